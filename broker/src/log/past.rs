//! What a partition was when it was last open: its checkpoint, and every batch behind it.
//!
//! ```text
//!   checkpoint ──► [ batches that only objects have ) ──► [ summaries out of the log )
//! ```
//!
//! The part in the middle is empty, unless the checkpoint could not be read for a time. What was
//! trimmed of it meanwhile is gone with what it said of idempotent producers: they are forgotten,
//! and their next batches taken, rather than held to sequences that they have left behind.

use penstock_model::id::Offset;
use penstock_records::{Batches, StoredBatchError};
use penstock_s3stream::{Checkpoint, Opened, ReadError, ReadLimits};

use super::checkpoint::{CheckpointError, LogState};
use super::summary::{Summary, SummaryError};

/// Read at once of the batches in the middle.
const CHUNK_BYTES: usize = 1 << 20;

/// Why a partition's state cannot be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum StateError {
    /// A person must look.
    #[error("the checkpoint in {place} cannot be used: {error}")]
    Checkpoint { place: String, error: CheckpointError },
    /// A person must look.
    #[error("the log's batch at offset {at}: {error}")]
    Summary { at: Offset, error: SummaryError },
    /// A person must look.
    #[error("the stored batch at offset {at}: {error}")]
    Batch { at: Offset, error: StoredBatchError },
    /// See the error.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Rebuilds the state at the end of the stream.
pub(super) async fn restore(opened: &Opened) -> Result<LogState, StateError> {
    let mut state = match &opened.checkpoint {
        None => LogState::default(),
        Some(checkpoint) => LogState::decode(&checkpoint.bytes).map_err(|error| {
            let place = opened.stream.checkpoint_place().unwrap_or_default();
            StateError::Checkpoint { place, error }
        })?,
    };
    let folded_to = opened.checkpoint.as_ref().map_or(Offset::ZERO, |checkpoint| checkpoint.offset);
    if opened.unfolded.start > folded_to {
        state.forget_producers();
    }
    replay_stored(&mut state, opened).await?;
    let mut end = opened.unfolded.end;
    for batch in &opened.tail {
        let at = batch.offsets.start;
        state.replay(batch).map_err(|error| StateError::Summary { at, error })?;
        end = batch.offsets.end;
    }
    // Also over a gap that was trimmed: no checkpoint could go on from the one before it.
    if opened.unfolded.end > folded_to {
        opened.stream.adopt(Checkpoint { offset: end, bytes: state.encode() });
    }
    Ok(state)
}

/// Takes in the batches that no checkpoint has and of which the log has forgotten the summaries.
async fn replay_stored(state: &mut LogState, opened: &Opened) -> Result<(), StateError> {
    let (mut next, up_to) = (opened.unfolded.start, opened.unfolded.end);
    while next < up_to {
        let limits = ReadLimits { max_bytes: CHUNK_BYTES, at_least_one: true, up_to };
        let read = match opened.stream.read(next, limits).await {
            Ok(read) => read,
            // Deleted meanwhile, and what it would have added with it.
            Err(ReadError::OutOfRange { start, .. }) if start > next => {
                state.forget_producers();
                next = start;
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        for batch in read.batches.into_iter().flat_map(Batches::new) {
            let batch = batch.map_err(|error| StateError::Batch { at: next, error })?;
            let header = batch.header();
            let (Some(start), Some(end)) =
                (Offset::from_wire(header.base_offset), Offset::from_wire(header.next_offset()))
            else {
                let corrupt = format!("a batch behind offset {next} has negative offsets");
                return Err(ReadError::Corrupt(corrupt).into());
            };
            let summary = Summary::of_stored(header);
            let replayed = state.replay_summary(start..end, &summary);
            replayed.map_err(|error| StateError::Summary { at: start, error })?;
        }
        if read.next <= next {
            // Nothing is left below the end: compaction took it.
            break;
        }
        next = read.next;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use penstock_model::id::{ProducerId, Timestamp};

    use super::super::summary::ProducerBatch;
    use super::*;
    use crate::testing::TestBroker;

    /// With a producer's first ten batches in the checkpoint, at offset 10.
    async fn remembered(unfolded: Range<u64>) -> usize {
        let broker = TestBroker::start(&[]);
        let opened = broker.open_partition("t").await;
        let mut folded = LogState::default();
        let batch = ProducerBatch { id: ProducerId(7), epoch: 0, base_sequence: 0 };
        folded.producers.record(batch, Offset(0)..Offset(10), Timestamp(0), Timestamp(0));
        let checkpoint = Checkpoint { offset: Offset(10), bytes: folded.encode() };
        let unfolded = Offset(unfolded.start)..Offset(unfolded.end);
        let opened = Opened { checkpoint: Some(checkpoint), unfolded, ..opened };
        restore(&opened).await.unwrap().producers.len()
    }

    #[tokio::test]
    async fn nobody_is_held_to_sequences_of_which_the_later_ones_are_gone() {
        assert_eq!(remembered(10..10).await, 1);
        // Batches from 10 to 20 were uploaded while the checkpoint could not be read, and trimmed.
        assert_eq!(remembered(20..20).await, 0);
    }
}
