//! What the parts of one storage share.

use std::sync::Arc;

use object_store::ObjectStore;
use penstock_model::client::{MetadataClient, SubmitError};
use penstock_model::command::{Command, Refused, Reply};
use penstock_model::id::{BrokerEpoch, ClusterId};
use penstock_model::image::{MetadataImage, Stream};
use penstock_wal::{Position, Wal};
use tokio::sync::watch;

use crate::checkpoint::{Checkpoint, CheckpointFold};
use crate::clock::Clock;
use crate::counters::Counters;
use crate::leases::Leases;
use crate::lifecycle::Failure;
use crate::log_cache::Appended;
use crate::object::reader::ObjectError;
use crate::read::object_reads::{ObjectReadError, ObjectReads};
use crate::reconcile::Orphans;
use crate::settings::Settings;
use crate::store::assemble::Assemble;
use crate::stream_state::StreamState;
use crate::streams::Streams;
use crate::upload::room::UploadRoom;

/// See the module's head.
pub(crate) struct Shared {
    pub(crate) streams: Arc<Streams>,
    pub(crate) wal: Arc<dyn Wal<Appended>>,
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) assembler: Option<Arc<dyn Assemble>>,
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
    pub(crate) leases: Leases,
    pub(crate) orphans: Orphans,
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
