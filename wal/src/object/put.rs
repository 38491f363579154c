//! How one object gets into the store: sent until its fate is known, twice where that takes long.

use std::pin::pin;
use std::sync::{Arc, Mutex};

use futures::future::{Either, select};
use object_store::path::Path;
use object_store::{Error, PutPayload};
use tokio::time::{Instant, sleep, timeout};

use super::bucket::{Bucket, Created, NOTHING_THERE};
use super::format::{EncodedObject, Kind, Label};
use super::latency::Latencies;
use crate::WalError;
use crate::retry::may_pass;

/// Larger ones are not sent twice because they take long: they would share the line with themselves.
const HEDGED_BYTES_MAX: u64 = 256 << 10;

/// What a key that is taken holds.
enum Whose {
    /// These very bytes, sent before.
    Ours,
    /// Nothing after all: some stores say that a key is taken while somebody tries to.
    Nobodys,
}

/// One object on its way.
pub(super) struct Put {
    bucket: Arc<Bucket>,
    latencies: Arc<Mutex<Latencies>>,
    key: Path,
    label: Label,
    payload: PutPayload,
}

impl Put {
    /// From here on the bytes of the key are what they are.
    pub(super) fn new(
        bucket: Arc<Bucket>,
        latencies: Arc<Mutex<Latencies>>,
        object: EncodedObject,
    ) -> Self {
        let key = bucket.key(object.label.origin.epoch, object.label.origin.sequence);
        let payload = PutPayload::from_iter(object.parts);
        Self { bucket, latencies, key, label: object.label, payload }
    }

    /// Returns when the object lies in the store, however long that takes.
    ///
    /// # Errors
    /// [`WalError::Fenced`] when a seal lies there; others where nobody but a person can help.
    pub(super) async fn settle(self) -> Result<(), WalError> {
        let mut failures = 0_u32;
        loop {
            let reason = match self.send().await {
                Ok(Created::Now) => return Ok(()),
                Ok(Created::Taken) => match self.whose().await? {
                    Whose::Ours => return Ok(()),
                    Whose::Nobodys => NOTHING_THERE.to_owned(),
                },
                Err(error) if may_pass(&error) => error.to_string(),
                // A bucket that is gone may be made again.
                Err(error @ Error::NotFound { .. }) => error.to_string(),
                Err(error) => {
                    return Err(self.bucket.failed("put", &self.key, &error.to_string()));
                }
            };
            failures = failures.saturating_add(1);
            let seed = crc32c::crc32c(self.key.as_ref().as_bytes());
            let pause = self.bucket.settings.backoff.pause(failures, seed);
            tracing::warn!(key = %self.key, failures, ?pause, reason, "the log's object is not stored yet, will try again");
            sleep(pause).await;
        }
    }

    /// Sends the object, and again beside that when the answer takes longer than most do.
    async fn send(&self) -> Result<Created, Error> {
        let is_small = self.label.length <= HEDGED_BYTES_MAX;
        let hedge_after = self.latencies().hedge_after().filter(|_| is_small);
        let mut first = pin!(self.attempt());
        let Some(hedge_after) = hedge_after else { return first.await };
        if let Ok(answer) = timeout(hedge_after, &mut first).await {
            return answer;
        }
        let second = pin!(self.attempt());
        let (answer, other) = match select(first, second).await {
            Either::Left((answer, other)) => (answer, Either::Left(other)),
            Either::Right((answer, other)) => (answer, Either::Right(other)),
        };
        let other = async {
            match other {
                Either::Left(other) => other.await,
                Either::Right(other) => other.await,
            }
        };
        match answer {
            Ok(Created::Now) => Ok(Created::Now),
            // By the other one, most likely, which may soon say so. To look costs a request.
            Ok(Created::Taken) => match timeout(hedge_after, other).await {
                Ok(Ok(Created::Now)) => Ok(Created::Now),
                _ => Ok(Created::Taken),
            },
            Err(_) => other.await,
        }
    }

    async fn attempt(&self) -> Result<Created, Error> {
        let start = Instant::now();
        let answer = self.bucket.create(&self.key, self.payload.clone()).await;
        if answer.is_ok() && self.label.length <= HEDGED_BYTES_MAX {
            self.latencies().add(start.elapsed());
        }
        answer
    }

    /// The key is taken. By this object, sent before?
    async fn whose(&self) -> Result<Whose, WalError> {
        let origin = self.label.origin;
        match self.bucket.look(origin.epoch, origin.sequence).await? {
            None => Ok(Whose::Nobodys),
            Some(there) if there == self.label => Ok(Whose::Ours),
            Some(Label { kind: Kind::Seal, .. }) => Err(WalError::Fenced),
            Some(_) => {
                Err(self.bucket.corrupt(&self.key, 0, "it holds other entries than were sent"))
            }
        }
    }

    fn latencies(&self) -> std::sync::MutexGuard<'_, Latencies> {
        self.latencies.lock().expect("nothing panics while it holds them")
    }
}
