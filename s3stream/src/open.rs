//! Opening and closing streams.

use std::sync::Arc;

use penstock_model::id::{Offset, StreamEpoch, StreamId};

use crate::batch::BatchSummary;
use crate::checkpoint::Checkpoint;
use crate::lifecycle::{Failure, Stopped};
use crate::recover::new_state;
use crate::shared::Shared;
use crate::storage::Storage;
use crate::stream::Stream;
use crate::stream_cache::CachedBatch;
use crate::stream_state::StreamState;

/// An open stream, with what the layer above needs to know of its past.
#[derive(Debug)]
pub struct Opened {
    /// The stream.
    pub stream: Stream,
    /// The newest folded state; `None` is that of an empty stream.
    pub checkpoint: Option<Checkpoint>,
    /// Every batch behind the checkpoint, in order.
    pub tail: Vec<BatchSummary>,
}

/// Why a stream was not opened.
#[derive(Clone, Debug, thiserror::Error)]
pub enum OpenError {
    /// The metadata gives it to another broker or epoch: look again.
    #[error("stream {0} does not belong to this broker at epoch {1}")]
    NotOwned(StreamId, StreamEpoch),
    /// The checkpoint cannot be read, or is damaged: a person must look.
    #[error("the checkpoint of stream {stream} cannot be used: {reason}")]
    Checkpoint {
        /// The stream.
        stream: StreamId,
        /// What does not hold.
        reason: String,
    },
    /// The node is stopping.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl Storage {
    /// Opens a stream that the metadata gives to this broker. While the store fails this goes on
    /// trying: bound it by dropping it.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(&self, stream: StreamId, epoch: StreamEpoch) -> Result<Opened, OpenError> {
        let state = self.state(stream, epoch).await?;
        let (checkpoint, tail) = self.shared.past(&state).await?;
        Ok(Opened { stream: Stream { shared: Arc::clone(&self.shared), state }, checkpoint, tail })
    }

    /// Gives up a stream whose leadership or topic is gone. What it still holds in the log is
    /// uploaded if the metadata wants it, and dropped otherwise.
    pub fn close(&self, stream: StreamId) {
        let streams = &self.shared.streams;
        let Some(state) = streams.get(stream) else { return };
        state.close();
        if self.shared.owned(&self.shared.metadata.image(), &state).is_none() {
            streams.cache.give_up(&state);
        }
        streams.forget_if_finished(&state);
    }

    /// The state of the stream at this epoch. An earlier ownership is finished first, so that
    /// nothing of it is in the log any more.
    async fn state(&self, id: StreamId, epoch: StreamEpoch) -> Result<Arc<StreamState>, OpenError> {
        let streams = &self.shared.streams;
        loop {
            let image = self.shared.metadata.image();
            let stream = image
                .stream(id)
                .filter(|stream| stream.owner == self.shared.broker && stream.epoch == epoch)
                .ok_or(OpenError::NotOwned(id, epoch))?;
            if !streams.lifecycle.is_running() {
                return Err(Stopped.into());
            }
            let state = match streams.get(id) {
                Some(state) => state,
                None => streams.get_or_insert(new_state(id, stream)),
            };
            if state.epoch == epoch && state.ended().is_none() {
                return Ok(state);
            }
            state.close();
            state.durable(state.cells.appended.get()).await.map_err(|_| Stopped)?;
            self.flush().await?;
            streams.forget_if_finished(&state);
        }
    }
}

impl Shared {
    /// The newest checkpoint, and every batch behind it.
    async fn past(
        &self,
        state: &StreamState,
    ) -> Result<(Option<Checkpoint>, Vec<BatchSummary>), OpenError> {
        let stream = state.id;
        let unusable = |reason| OpenError::Checkpoint { stream, reason };
        // Before the checkpoint: what the cache forgets meanwhile, the checkpoint includes.
        let cached: Vec<_> =
            state.lock().cache.batches_from(Offset::ZERO).map(CachedBatch::summary).collect();
        let checkpoint = self
            .previous_checkpoint(state)
            .await
            .map_err(|failure: Failure| unusable(failure.to_string()))?
            .ok_or(OpenError::NotOwned(stream, state.epoch))?;
        let folded_to = checkpoint.as_ref().map_or(Offset::ZERO, |checkpoint| checkpoint.offset);
        let tail: Vec<_> =
            cached.into_iter().filter(|batch| batch.offsets.end > folded_to).collect();
        if let Some(first) = tail.first()
            && first.offsets.start > folded_to
        {
            let (goes_on, gap) = (folded_to, first.offsets.start);
            return Err(unusable(format!("it ends at {goes_on}, and the log begins at {gap}")));
        }
        if let Some(checkpoint) = &checkpoint {
            state.lock().keep_committed_fold(checkpoint);
        }
        Ok((checkpoint, tail))
    }
}
