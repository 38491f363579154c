//! A checkpoint, and batches behind it:
//!
//! ```text
//!   offset 8 | checkpoint as a part | (offset span 2 | summary as a part) …
//! ```
//!
//! Without bytes of a checkpoint there is none.

use bytes::Bytes;
use penstock_fuzzing::{put_part, take, take_part};
use penstock_model::id::{Offset, ProducerId, StreamEpoch, StreamId, Timestamp};
use penstock_s3stream::{BatchSummary, Checkpoint, CheckpointFold, Summary as SummaryBytes};

use super::LogStateFold;
use super::checkpoint::LogState;
use super::summary::{ProducerBatch, Summary};

/// What can be read is written again as it was; what was folded can be read, and stopping at a
/// checkpoint in the middle changes nothing.
pub(crate) fn run(mut input: &[u8]) -> Option<()> {
    let offset = Offset(u64::from_le_bytes(*take(&mut input)?));
    let bytes = Bytes::copy_from_slice(take_part(&mut input)?);
    let batches = batches(offset, input)?;
    let previous = (!bytes.is_empty()).then_some(Checkpoint { offset, bytes });
    let folded = LogStateFold.fold(StreamId(1), previous.as_ref(), &batches).ok();

    let mut state = match &previous {
        Some(checkpoint) => LogState::decode(&checkpoint.bytes, checkpoint.offset).ok()?,
        None => LogState::default(),
    };
    if let Some(checkpoint) = &previous {
        assert_eq!(state.encode(), checkpoint.bytes);
    }
    let mut stopped = state.clone();
    for batch in &batches {
        let summary = Summary::decode(&batch.summary).ok()?;
        assert_eq!(Summary::decode(&summary.encode()), Ok(summary));
        state.replay(batch).ok()?;
        let so_far = LogState::decode(&stopped.encode(), batch.offsets.start);
        stopped = so_far.expect("it was written here");
        stopped.replay(batch).expect("it was replayed before");
        if let Some(producer) = summary.producer {
            let _decision = state.producers.judge(producer, 1);
        }
    }
    assert_eq!(stopped, state);
    let folded = folded.expect("all of it can be read");
    let end = batches.last().map_or(offset, |batch| batch.offsets.end);
    assert_eq!(LogState::decode(&folded, end), Ok(state));
    Some(())
}

/// One behind the other.
fn batches(mut next: Offset, mut input: &[u8]) -> Option<Vec<BatchSummary>> {
    let mut batches = Vec::new();
    while let Some(span) = take(&mut input) {
        let end = Offset(next.0.checked_add(u64::from(u16::from_le_bytes(*span)) + 1)?);
        batches.push(BatchSummary {
            offsets: next..end,
            records: 1,
            max_timestamp: Timestamp(0),
            summary: SummaryBytes::new(take_part(&mut input)?)?,
        });
        next = end;
    }
    Some(batches)
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let producer =
        |id, base_sequence| Some(ProducerBatch { id: ProducerId(id), epoch: 1, base_sequence });
    let summary = |leader_epoch, producer| Summary {
        leader_epoch: StreamEpoch(leader_epoch),
        producer,
        log_append_time: true,
        max_timestamp: Timestamp(9),
        appended_at: Timestamp(5),
        ..Summary::PLAIN
    };
    let summaries = [
        summary(1, producer(7, 0)),
        summary(1, None),
        summary(2, producer(8, 5)),
        Summary { producers_forgotten_below: Offset(1), ..summary(2, producer(7, 1)) },
    ];
    let input = |offset: u64, checkpoint: &[u8], behind: &[Summary]| {
        let mut input = offset.to_le_bytes().to_vec();
        put_part(&mut input, checkpoint);
        for summary in behind {
            input.extend([0, 0]);
            put_part(&mut input, &summary.encode());
        }
        input
    };
    let mut state = LogState::default();
    for (offset, summary) in (0..).zip(&summaries) {
        state.record(Offset(offset)..Offset(offset + 1), summary);
    }
    vec![input(0, &[], &summaries), input(4, &state.encode(), &summaries[2..])]
}
