//! Opening and closing streams.

use std::ops::Range;
use std::sync::Arc;

use penstock_model::id::{Offset, StreamEpoch, StreamId};
use penstock_model::image::MetadataImage;

use crate::batch::BatchSummary;
use crate::checkpoint::Checkpoint;
use crate::lifecycle::Stopped;
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
    /// Batches behind the checkpoint that only objects have, because they were uploaded while it
    /// could not be read: read them, and see [`Stream::adopt`]. Empty but for that.
    pub unfolded: Range<Offset>,
    /// Every batch behind both, in order.
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
        self.shared.past(state).await
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
        let owned_in = |image: &MetadataImage| {
            let stream = image.stream(id);
            let stream =
                stream.filter(|stream| stream.owner == self.shared.broker && stream.epoch == epoch);
            stream.map(|stream| new_state(id, stream)).ok_or(OpenError::NotOwned(id, epoch))
        };
        loop {
            owned_in(&self.shared.metadata.image())?;
            if !streams.lifecycle.is_running() {
                return Err(Stopped.into());
            }
            let state = streams.get_or_insert(id, || owned_in(&self.shared.metadata.image()))?;
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
    /// The stream with its newest checkpoint, and what lies behind that.
    async fn past(self: &Arc<Self>, state: Arc<StreamState>) -> Result<Opened, OpenError> {
        // Before the checkpoint: what the cache forgets meanwhile is in it, or in objects.
        let (cached, durable) = {
            let inner = state.lock();
            let cached = inner.cache.batches_from(Offset::ZERO).map(CachedBatch::summary);
            (cached.collect::<Vec<_>>(), state.cells.durable.get())
        };
        let checkpoint = self
            .previous_checkpoint(&state)
            .await
            .map_err(|error| OpenError::Checkpoint { stream: state.id, reason: error.to_string() })?
            .ok_or(OpenError::NotOwned(state.id, state.epoch))?;
        let folded_to = checkpoint.as_ref().map_or(Offset::ZERO, |checkpoint| checkpoint.offset);
        let tail: Vec<_> =
            cached.into_iter().filter(|batch| batch.offsets.end > folded_to).collect();
        let tail_start = tail.first().map_or(durable, |batch| batch.offsets.start);
        // What was trimmed is in no object, and its state went with it.
        let unfolded = folded_to.max(state.cells.start.get());
        let unfolded = unfolded..tail_start.max(unfolded);
        if let Some(checkpoint) = &checkpoint {
            state.lock().keep_committed_fold(checkpoint);
        }
        Ok(Opened {
            stream: Stream { shared: Arc::clone(self), state },
            checkpoint,
            unfolded,
            tail,
        })
    }
}
