//! What a partition was when it was last open: its checkpoint, and every batch behind it.
//!
//! ```text
//!   checkpoint ──► [ batches that only objects have ) ──► [ summaries out of the log )
//! ```
//!
//! The part in the middle is empty, unless the checkpoint could not be read for a time. What was
//! trimmed of it meanwhile is gone with what it said of idempotent producers: they are forgotten,
//! and their next batches taken, rather than held to sequences that they have left behind.
//!
//! Batches say whom their leader had forgotten, so that no more producers are held than it held.
//! Stored ones do not, but it never held more than a partition may.

use penstock_model::id::{Offset, Timestamp};
use penstock_planted::{self as planted, Bug};
use penstock_records::{Batches, StoredBatchError};
use penstock_s3stream::{Checkpoint, Opened, ReadError, ReadLimits};

use super::checkpoint::{CheckpointError, LogState};
use super::producer_share::ProducerRoom;
use super::summary::{Summary, SummaryError};

/// Read at once of the batches in the middle.
const CHUNK_BYTES: usize = 1 << 20;

/// Batches that are taken in before their producers are counted.
const BATCHES_AT_ONCE: usize = 1_024;

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

/// Rebuilds the state at the end of the stream. Its producers have `room` from the first on.
pub(super) async fn restore(
    opened: &Opened,
    room: &mut ProducerRoom,
    now: Timestamp,
) -> Result<LogState, StateError> {
    let mut state = match &opened.checkpoint {
        None => LogState::default(),
        Some(Checkpoint { offset, bytes }) => {
            LogState::decode(bytes, *offset).map_err(|error| {
                let place = opened.stream.checkpoint_place().unwrap_or_default();
                StateError::Checkpoint { place, error }
            })?
        }
    };
    let folded_to = opened.checkpoint.as_ref().map_or(Offset::ZERO, |checkpoint| checkpoint.offset);
    if known_from(opened) > folded_to {
        state.forget_producers();
    }
    let durable = opened.stream.offsets().durable;
    room.settle(&mut state.producers, now, durable);
    replay_stored(&mut state, room, opened, now).await?;
    let mut end = opened.unfolded.end;
    for batches in opened.tail.chunks(BATCHES_AT_ONCE) {
        for batch in batches {
            let at = batch.offsets.start;
            state.replay(batch).map_err(|error| StateError::Summary { at, error })?;
            end = batch.offsets.end;
        }
        room.settle(&mut state.producers, now, durable);
    }
    // Also over a gap that was trimmed: no checkpoint could go on from the one before it.
    if opened.unfolded.end > folded_to {
        room.keep_last(&mut state.producers);
        opened.stream.adopt(Checkpoint { offset: end, bytes: state.encode() });
    }
    if planted::is(Bug::ProducersForgotten) {
        state.forget_producers();
    }
    Ok(state)
}

/// From where on everything is known: the log may still tell of batches that were trimmed.
fn known_from(opened: &Opened) -> Offset {
    let told = opened.tail.first().map(|batch| batch.offsets.start);
    told.map_or(opened.unfolded.start, |told| told.min(opened.unfolded.start))
}

/// Takes in the batches that no checkpoint has and of which the log has forgotten the summaries.
async fn replay_stored(
    state: &mut LogState,
    room: &mut ProducerRoom,
    opened: &Opened,
    now: Timestamp,
) -> Result<(), StateError> {
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
        let batches = read.batches.into_iter().flat_map(Batches::new);
        for (count, batch) in (1_usize..).zip(batches) {
            let batch = batch.map_err(|error| StateError::Batch { at: next, error })?;
            let header = batch.header();
            let (Some(start), Some(end)) =
                (Offset::from_wire(header.base_offset), Offset::from_wire(header.next_offset()))
            else {
                let corrupt = format!("a batch behind offset {next} has negative offsets");
                return Err(ReadError::Corrupt(corrupt).into());
            };
            let summary = Summary::of_stored(header, now);
            let replayed = state.replay_summary(start..end, &summary);
            replayed.map_err(|error| StateError::Summary { at: start, error })?;
            if count % BATCHES_AT_ONCE == 0 {
                room.keep_last(&mut state.producers);
            }
        }
        room.keep_last(&mut state.producers);
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
    use std::sync::Arc;

    use bytes::Bytes;
    use penstock_model::id::ProducerId;
    use penstock_records::{BatchBuilder, Encoding, NewRecord, ProducerEpoch, Sequence};
    use penstock_s3stream::{Backing, Batch};

    use super::super::producer_share::{IN_FLIGHT_MS, PRODUCER_BYTES, ProducerShare};
    use super::super::summary::{ProducerBatch, Summary};
    use super::*;
    use crate::testing::TestBroker;

    const NOW: Timestamp = Timestamp(1_000_000);

    /// The ids of the producers that are remembered, where a partition may have so many.
    async fn restored(opened: &Opened, of_one_max: usize) -> Vec<i64> {
        let share = Arc::new(ProducerShare::new(of_one_max * 8 * PRODUCER_BYTES));
        let mut room = share.partition();
        let state = restore(opened, &mut room, NOW).await.unwrap();
        let ids: Vec<_> = state.producers.iter().map(|(id, _)| id.0).collect();
        assert_eq!(share.bytes(), ids.len() * PRODUCER_BYTES, "they have room");
        ids
    }

    /// With a producer's first ten batches in the checkpoint, at offset 10, and a batch of nobody's
    /// that the log tells of.
    async fn remembered(unfolded: Range<u64>, told: Option<Range<u64>>) -> usize {
        let broker = TestBroker::start(&[]);
        let opened = broker.open_partition("t").await;
        let mut folded = LogState::default();
        let batch = ProducerBatch { id: ProducerId(7), epoch: 0, base_sequence: 0 };
        folded.producers.record(batch, Offset(0)..Offset(10), Timestamp(0), Timestamp(0));
        let checkpoint = Checkpoint { offset: Offset(10), bytes: folded.encode() };
        let unfolded = Offset(unfolded.start)..Offset(unfolded.end);
        let told =
            told.map(|offsets| Summary::PLAIN.of_batch(Offset(offsets.start)..Offset(offsets.end)));
        let tail = told.into_iter().collect();
        let opened = Opened { checkpoint: Some(checkpoint), unfolded, tail, ..opened };
        restored(&opened, 10).await.len()
    }

    #[tokio::test]
    async fn nobody_is_held_to_sequences_of_which_the_later_ones_are_gone() {
        assert_eq!(remembered(10..10, None).await, 1);
        // Batches from 10 to 20 were uploaded while the checkpoint could not be read, and trimmed.
        assert_eq!(remembered(20..20, None).await, 0);
        // All was trimmed, and the log tells of it still; or of the rest alone.
        assert_eq!(remembered(20..20, Some(10..20)).await, 1);
        assert_eq!(remembered(20..20, Some(15..20)).await, 0);
    }

    /// A record of a producer of its own, as it lies in the log.
    fn stored(offset: u64) -> Bytes {
        let id = i64::try_from(offset).unwrap();
        let mut builder = BatchBuilder::new(Encoding::None).producer(
            penstock_records::ProducerId(id),
            ProducerEpoch(0),
            Sequence(0),
        );
        builder.push(&NewRecord::default());
        builder.build().unwrap().sequence(id, 0, penstock_records::Timestamp(0)).bytes
    }

    /// A partition with so many records, each of a producer of its own.
    async fn filled(broker: &TestBroker, count: u64) -> Opened {
        let opened = broker.open_partition("t").await;
        for offset in (0..count).map(Offset) {
            let payload = stored(offset.0);
            let permit = broker.broker.storage.reserve(payload.len()).await.unwrap();
            let batch = Batch {
                offsets: offset..offset.plus(1),
                records: 1,
                max_timestamp: Timestamp(0),
                summary: penstock_s3stream::Summary::EMPTY,
                payload_crc32c: crc32c::crc32c(&payload),
                backing: Backing::new(payload.len()),
                payload,
            };
            opened.stream.append(batch, permit).unwrap();
        }
        opened.stream.durable(Offset(count)).await.unwrap();
        opened
    }

    #[tokio::test]
    async fn a_partition_that_is_rebuilt_remembers_no_more_than_it_ever_did() {
        let broker = TestBroker::start(&[]);
        let opened = filled(&broker, 3_000).await;
        let opened = Opened { unfolded: Offset(0)..Offset(3_000), ..opened };
        assert_eq!(restored(&opened, 50).await, (2_950..3_000).collect::<Vec<_>>());
    }

    /// Batches that the log has tell whom their leader had forgotten; those who were silent since
    /// give way, and nobody else, however many they are.
    #[tokio::test]
    async fn producers_have_room_while_the_log_is_replayed() {
        let broker = TestBroker::start(&[]);
        let mut opened = filled(&broker, 1_100).await;
        let batch = |offset: u64, forgotten_below: u64, appended_at: Timestamp| {
            let id = ProducerId(i64::try_from(offset).unwrap());
            let summary = Summary {
                producer: Some(ProducerBatch { id, epoch: 0, base_sequence: 0 }),
                appended_at,
                producers_forgotten_below: Offset(forgotten_below),
                ..Summary::PLAIN
            };
            summary.of_batch(Offset(offset)..Offset(offset + 1))
        };
        let silent = Timestamp(NOW.0 - IN_FLIGHT_MS);
        let at = |offset| if offset < 1_000 { silent } else { NOW };
        opened.tail = (0..1_100).map(|offset| batch(offset, 0, at(offset))).collect();
        assert_eq!(restored(&opened, 20).await, (1_000..1_100).collect::<Vec<_>>());
        opened.tail = (0..1_100).map(|offset| batch(offset, offset / 2, silent)).collect();
        assert_eq!(restored(&opened, 10_000).await, (549..1_100).collect::<Vec<_>>());
    }
}
