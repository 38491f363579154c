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
    ///
    /// # Errors
    /// When one of them is not what this layer writes. The stream is closed then, and says why;
    /// its batches are uploaded all the same, and its last checkpoint stays as it is.
    fn fold(
        &self,
        stream: StreamId,
        previous: Option<&Checkpoint>,
        batches: &[BatchSummary],
    ) -> Result<Bytes, FoldError>;
}

/// What a fold cannot read, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FoldError(pub String);
