//! What the parts of one storage share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use object_store::ObjectStore;
use penstock_model::client::{MetadataClient, SubmitError};
use penstock_model::command::{Command, LeaseObjects, Refused, Reply};
use penstock_model::id::{BrokerEpoch, ClusterId, ObjectId, RequestId, Timestamp};
use penstock_model::image::{MetadataImage, Stream};
use penstock_wal::{Position, Wal};
use tokio::sync::watch;

use crate::checkpoint::{Checkpoint, CheckpointFold};
use crate::clock::Clock;
use crate::counters::Counters;
use crate::lifecycle::Failure;
use crate::log_cache::Appended;
use crate::object::reader::ObjectError;
use crate::read::object_reads::{ObjectReadError, ObjectReads};
use crate::settings::Settings;
use crate::stream_state::StreamState;
use crate::streams::Streams;
use crate::upload::room::UploadRoom;

/// See the module's head.
pub(crate) struct Shared {
    pub(crate) streams: Arc<Streams>,
    pub(crate) wal: Arc<dyn Wal<Appended>>,
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) objects: ObjectReads,
    pub(crate) metadata: Arc<dyn MetadataClient>,
    pub(crate) broker: BrokerEpoch,
    pub(crate) cluster: ClusterId,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) fold: Arc<dyn CheckpointFold>,
    pub(crate) settings: Settings,
    pub(crate) counters: Arc<Counters>,
    /// Up to which position of the log everything is committed.
    pub(crate) committed: watch::Sender<Position>,
    /// Memory for what is on its way into objects.
    pub(crate) upload_room: UploadRoom,
    pub(crate) requests: AtomicU64,
}

impl Shared {
    /// Submits a command until it is decided: commands are idempotent, and a quorum that is away
    /// comes back.
    pub(crate) async fn submit(&self, command: Command) -> Result<Reply, Refused> {
        let backoff = self.settings.upload.backoff;
        let mut failures = 0_u32;
        loop {
            match self.metadata.submit(command.clone()).await {
                Ok(outcome) => return outcome.result,
                Err(SubmitError::Unavailable(reason)) => {
                    failures = failures.saturating_add(1);
                    let pause = backoff.pause(failures, u32::try_from(self.broker.0).unwrap_or(0));
                    tracing::warn!(failures, ?pause, %reason, "metadata unavailable, will try again");
                    tokio::time::sleep(pause).await;
                }
                // The node is stopping, and whoever waits here with it.
                Err(SubmitError::Stopped) => std::future::pending().await,
            }
        }
    }

    /// The prepare of a commit: its objects get ids, from the one that is answered on, that nobody
    /// else gets.
    pub(crate) async fn lease(&self, objects: usize) -> Result<ObjectId, Refused> {
        let lease = i64::try_from(self.settings.upload.lease.as_millis()).unwrap_or(i64::MAX);
        let command = Command::LeaseObjects(LeaseObjects {
            broker: self.broker,
            request: self.next_request(),
            count: u32::try_from(objects).expect("a command's size bounds the count"),
            deadline: Timestamp(self.clock.now().0.saturating_add(lease)),
        });
        match self.submit(command).await? {
            Reply::Leased(ids) => Ok(ids.start),
            reply => unreachable!("a lease is answered with {reply:?}"),
        }
    }

    /// A name for one request for ids: unique, because the broker epoch is.
    fn next_request(&self) -> RequestId {
        let mut id = [0; 16];
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        id[..8].copy_from_slice(&self.broker.0.to_be_bytes());
        id[8..].copy_from_slice(&number.to_be_bytes());
        RequestId(id)
    }

    /// What a refusal means that no retry mends.
    pub(crate) fn refused(&self, refused: Refused) -> Failure {
        match refused {
            Refused::BrokerNotActive(_) => Failure::Fenced(self.broker),
            refused => Failure::Refused(refused),
        }
    }

    /// The stream, if the image gives it to this broker at this epoch.
    pub(crate) fn owned(&self, image: &MetadataImage, state: &StreamState) -> Option<Stream> {
        let owned = |stream: &&Stream| stream.owner == self.broker && stream.epoch == state.epoch;
        image.stream(state.id).filter(owned).copied()
    }

    /// The newest fold of a stream, committed or not; `None` of a stream that this broker does
    /// not own. While the store fails this goes on trying.
    ///
    /// # Errors
    /// When it is damaged or gone: that is this stream's misfortune, and nobody else's.
    pub(crate) async fn previous_checkpoint(
        &self,
        state: &StreamState,
    ) -> Result<Option<Option<Checkpoint>>, ObjectReadError> {
        loop {
            // Before the image: a fold is let go of only when the image has it.
            let folded = state.lock().folded.clone();
            let image = self.metadata.image();
            let Some(owned) = self.owned(&image, state) else { return Ok(None) };
            if folded.is_some() {
                return Ok(Some(folded));
            }
            let Some(stored) = owned.checkpoint else { return Ok(Some(None)) };
            match self.objects.checkpoint(state.id, &stored).await {
                Ok(bytes) => return Ok(Some(Some(Checkpoint { offset: stored.offset, bytes }))),
                Err(ObjectReadError::Object(ObjectError::Gone { .. }))
                    if self.metadata.image().index() > image.index() => {}
                Err(error) => return Err(error),
            }
        }
    }
}
