//! Checkpoints: what the layer above remembers of a stream up to an offset, folded batch by batch
//! while batches are uploaded, so that opening the stream reads one block and a short tail.

use bytes::Bytes;
use penstock_model::id::{Offset, StreamId};

use crate::batch::BatchSummary;

/// A stream's folded state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// It includes every batch before this offset.
    pub offset: Offset,
    /// What [`CheckpointFold::fold`] returned.
    pub bytes: Bytes,
}

/// How the layer above folds batches into its state.
///
/// Pure: the same arguments give the same bytes. Called off the write path, in offset order.
pub trait CheckpointFold: Send + Sync + 'static {
    /// The state after `batches`, which follow `previous` without a gap. Without `previous` the
    /// state is that of an empty stream.
    fn fold(
        &self,
        stream: StreamId,
        previous: Option<&Checkpoint>,
        batches: &[BatchSummary],
    ) -> Bytes;
}
