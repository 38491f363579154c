//! How one object gets into the store: sent until its fate is known, twice where that takes longer than
//! most do.
//!
//! ```text
//!   PUT ─────────────┬──────────────────────┬──────────►
//!                    3 × p95, ≥ 20 ms       HANGS_AFTER
//!                    hedge ────────────────┘
//! ```
//!
//! A hedge is for the tail: of most PUTs that take longer than others, another one is answered at once.
//! It ends where the first one counts as hanging, which is for the store's client to ask again, since that
//! alone knows the line, and no longer for this. The client doubts nothing sooner, a hedge included, so
//! that no hedge is ever repeated, and what is sent of one attempt adds up: two, and the repeats of one.

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard};

use futures::future::{Either, select};
use object_store::path::Path;
use object_store::{Error, PutPayload};
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};

use super::bucket::{Bucket, Created, NOTHING_THERE};
use super::format::{EncodedObject, Kind, Label};
use super::pace::Pace;
use crate::WalError;
use crate::put_times::PutTimes;
use crate::retry::{HANGS_AFTER, may_pass};

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
    pace: Arc<Mutex<Pace>>,
    times: Arc<PutTimes>,
    key: Path,
    label: Label,
    payload: PutPayload,
    /// Bytes, its own among them, when it was first sent.
    under_way: usize,
}

impl Put {
    /// From here on the bytes of the key are what they are. `beside` is the bytes that are on their
    /// way already.
    pub(super) fn new(
        bucket: Arc<Bucket>,
        (pace, times): (Arc<Mutex<Pace>>, Arc<PutTimes>),
        object: EncodedObject,
        beside: usize,
    ) -> Self {
        let key = bucket.key(object.label.origin.epoch, object.label.origin.sequence);
        let payload = PutPayload::from_iter(object.parts);
        let under_way = beside + payload.content_length();
        Self { bucket, pace, times, key, label: object.label, payload, under_way }
    }

    /// Returns when the object lies in the store, however long that takes.
    ///
    /// # Errors
    /// [`WalError::Fenced`] when a seal lies there; others where nobody but a person can help.
    pub(super) async fn settle(self) -> Result<(), WalError> {
        let mut failures = 0_u32;
        loop {
            let reason = match self.attempt().await {
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
            let is_paid = self.pace().budget.reserve(Instant::now());
            sleep_until(is_paid).await;
        }
    }

    /// Sends the object, and tells the window how that went.
    async fn attempt(&self) -> Result<Created, Error> {
        let began = Instant::now();
        let mut sent = pin!(self.send());
        let Ok(answer) = timeout(HANGS_AFTER, &mut sent).await else {
            self.pace().window.narrow(began, Instant::now());
            return sent.await;
        };
        match &answer {
            Ok(_) => self.pace().window.widen(self.payload.content_length(), self.under_way),
            Err(_) => self.pace().window.narrow(began, Instant::now()),
        }
        answer
    }

    /// Sends the object, and again beside that when the answer takes longer than most do.
    async fn send(&self) -> Result<Created, Error> {
        let hangs_at = Instant::now() + HANGS_AFTER;
        let hedge_after = self.pace().latencies.hedge_after();
        let hedge_after = hedge_after.filter(|after| self.is_small() && *after < HANGS_AFTER);
        let mut first = pin!(self.create());
        let Some(hedge_after) = hedge_after else { return first.await };
        if let Ok(answer) = timeout(hedge_after, &mut first).await {
            return answer;
        }
        if !self.pace().budget.try_spend(Instant::now()) {
            return first.await;
        }
        // In a box, so that it ends with its time.
        let hedge = Box::pin(timeout_at(hangs_at, self.create()));
        // Of two, one that finds the key taken was beaten by the other, most likely, which may soon say
        // so. To look costs a request.
        match select(first, hedge).await {
            Either::Left((Ok(Created::Now), _)) | Either::Right((Ok(Ok(Created::Now)), _)) => {
                Ok(Created::Now)
            }
            Either::Left((Ok(Created::Taken), hedge)) => match timeout(hedge_after, hedge).await {
                Ok(Ok(Ok(Created::Now))) => Ok(Created::Now),
                _ => Ok(Created::Taken),
            },
            Either::Right((Ok(Ok(Created::Taken)), first)) => {
                match timeout(hedge_after, first).await {
                    Ok(Ok(Created::Now)) => Ok(Created::Now),
                    _ => Ok(Created::Taken),
                }
            }
            Either::Left((Err(error), hedge)) => hedge.await.unwrap_or(Err(error)),
            // It failed, or the first one hangs.
            Either::Right((Ok(Err(_)) | Err(_), first)) => first.await,
        }
    }

    async fn create(&self) -> Result<Created, Error> {
        let start = Instant::now();
        let under_way = self.times.begin(self.payload.content_length());
        let answer = self.bucket.create(&self.key, self.payload.clone()).await;
        if matches!(answer, Ok(Created::Now)) {
            under_way.answered();
        }
        if answer.is_ok() && self.is_small() {
            self.pace().latencies.add(start.elapsed());
        }
        answer
    }

    fn is_small(&self) -> bool {
        self.label.length <= HEDGED_BYTES_MAX
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

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().expect("nothing panics while it holds it")
    }
}
