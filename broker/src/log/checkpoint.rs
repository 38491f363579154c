//! A partition's state up to an offset, as one block in the object store: producers and leader
//! epochs. Written along with uploads, read when a partition is opened.
//!
//! ```text
//!   version 2 | last append time 8 | epochs 4 | (epoch 4, start 8)*
//!   | producers forgotten below 8 | producers 4 | (id 8, epoch 2, last append 8, batches 1, (sequence 4, offset 8, records 4, time 8)*)*
//! ```
//!
//! Little endian. The block's checksum is the store's business.

use std::collections::VecDeque;
use std::ops::Range;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use penstock_model::id::{Offset, ProducerId, StreamEpoch, StreamId, Timestamp};
use penstock_s3stream::{BatchSummary, Checkpoint, CheckpointFold, FoldError};

use super::leader_epochs::LeaderEpochs;
use super::producer_state::{AppendedBatch, BATCHES_REMEMBERED, Producer, Producers};
use super::summary::{Summary, SummaryError};

const VERSION: u8 = 2;
/// What every checkpoint has: version, time, two counts and an offset.
const HEAD_BYTES: usize = 25;
const EPOCH_BYTES: usize = 12;
const PRODUCER_BYTES_MIN: usize = 19;
const BATCH_BYTES: usize = 24;

/// What is known of a log beside its records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LogState {
    /// Who wrote, and up to which sequence.
    pub producers: Producers,
    /// Which leader epochs wrote what.
    pub epochs: LeaderEpochs,
    /// The greatest time of append that any record carries (`LogAppendTime`): the next is no
    /// smaller.
    pub last_append_time: Timestamp,
}

impl Default for LogState {
    /// The state of an empty log.
    fn default() -> Self {
        Self {
            producers: Producers::default(),
            epochs: LeaderEpochs::default(),
            last_append_time: Timestamp(i64::MIN),
        }
    }
}

/// A checkpoint that cannot be used. It passed its checksum, so retrying does not help.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CheckpointError {
    /// Written by a release that this one does not know; upgrade first.
    #[error("partition checkpoint has version {0}, this release reads version {VERSION}")]
    Version(u8),
    /// Shorter or longer than its counts say.
    #[error("partition checkpoint is malformed: {0}")]
    Malformed(&'static str),
}

impl LogState {
    /// Takes in one batch, the next in the log, and forgets what its leader had forgotten.
    pub(super) fn record(&mut self, offsets: Range<Offset>, summary: &Summary) {
        self.epochs.record(summary.leader_epoch, offsets.start);
        if summary.log_append_time {
            self.last_append_time = self.last_append_time.max(summary.max_timestamp);
        }
        self.producers.forget_below(summary.producers_forgotten_below);
        if let Some(producer) = summary.producer {
            let (time, now) = (summary.max_timestamp, summary.appended_at);
            self.producers.record(producer, offsets, time, now);
        }
    }

    /// Nothing is known of idempotent producers any more: the next batch of each is its first.
    pub(super) fn forget_producers(&mut self) {
        self.producers = Producers::default();
    }

    /// Takes in one batch as the write-ahead log remembers it.
    ///
    /// # Errors
    /// When the summary is not one of ours, or contradicts what is known.
    pub(super) fn replay(&mut self, batch: &BatchSummary) -> Result<(), SummaryError> {
        self.replay_summary(batch.offsets.clone(), &Summary::decode(&batch.summary)?)
    }

    /// Takes in one batch that lies in the log.
    ///
    /// # Errors
    /// When it contradicts what is known.
    pub(super) fn replay_summary(
        &mut self,
        offsets: Range<Offset>,
        summary: &Summary,
    ) -> Result<(), SummaryError> {
        if offsets.is_empty() {
            return Err(SummaryError::Malformed("it has no offset"));
        }
        if summary.producer.is_some_and(|producer| producer.base_sequence < 0) {
            return Err(SummaryError::Malformed("its sequence number is negative"));
        }
        let forgotten = summary.producers_forgotten_below.max(self.producers.forgotten_below());
        if forgotten > offsets.start {
            return Err(SummaryError::Malformed("it lies below what is forgotten of producers"));
        }
        if !self.epochs.may_begin(summary.leader_epoch, offsets.start) {
            return Err(SummaryError::Malformed("its leader epoch begins before the former one"));
        }
        self.record(offsets, summary);
        Ok(())
    }

    fn encoded_bytes(&self) -> usize {
        let producers = self.producers.iter();
        let producers =
            producers.map(|(_, one)| PRODUCER_BYTES_MIN + one.batches.len() * BATCH_BYTES);
        HEAD_BYTES + self.epochs.entries().len() * EPOCH_BYTES + producers.sum::<usize>()
    }

    /// The block's bytes.
    #[must_use]
    pub(super) fn encode(&self) -> Bytes {
        let length = |n: usize| u32::try_from(n).expect("fewer than 2^32 epochs and producers");
        // It is kept until its upload is committed, and takes no more than it counts.
        let mut out = BytesMut::with_capacity(self.encoded_bytes());
        out.put_u8(VERSION);
        out.put_i64_le(self.last_append_time.0);
        out.put_u32_le(length(self.epochs.entries().len()));
        for (epoch, start) in self.epochs.entries() {
            out.put_u32_le(epoch.0);
            out.put_u64_le(start.0);
        }
        out.put_u64_le(self.producers.forgotten_below().0);
        let producers = self.producers.iter();
        out.put_u32_le(length(producers.len()));
        for (id, producer) in producers {
            out.put_i64_le(id.0);
            out.put_i16_le(producer.epoch);
            out.put_i64_le(producer.last_append.0);
            out.put_u8(u8::try_from(producer.batches.len()).expect("at most five batches"));
            for batch in &producer.batches {
                out.put_i32_le(batch.base_sequence);
                out.put_u64_le(batch.offsets.start.0);
                let records = batch.offsets.end.0 - batch.offsets.start.0;
                out.put_u32_le(u32::try_from(records).expect("a batch counts records in 31 bits"));
                out.put_i64_le(batch.max_timestamp.0);
            }
        }
        assert_eq!(out.len(), self.encoded_bytes(), "as much as was reserved");
        out.freeze()
    }

    /// Reads what [`encode`](Self::encode) wrote, of the log up to `end`.
    ///
    /// # Errors
    /// When the bytes are of another version, or no checkpoint, or tell of what is behind its end.
    pub(super) fn decode(mut bytes: &[u8], end: Offset) -> Result<Self, CheckpointError> {
        match bytes.try_get_u8() {
            Ok(VERSION) => {}
            Ok(other) => return Err(CheckpointError::Version(other)),
            Err(_) => return Err(CheckpointError::Malformed("it is empty")),
        }
        let mut state = Self::default();
        let time = bytes.try_get_i64_le();
        state.last_append_time =
            Timestamp(time.map_err(|_| CheckpointError::Malformed("its time is cut off"))?);
        for _ in 0..count(&mut bytes, EPOCH_BYTES)? {
            let (epoch, start) = (StreamEpoch(bytes.get_u32_le()), Offset(bytes.get_u64_le()));
            if start > end {
                return Err(CheckpointError::Malformed("a leader epoch begins behind its end"));
            }
            if state.epochs.entries().last().is_some_and(|&(e, s)| epoch <= e || start < s) {
                return Err(CheckpointError::Malformed("leader epochs do not grow"));
            }
            state.epochs.record(epoch, start);
        }
        let below = bytes.try_get_u64_le();
        let below = below.map_err(|_| CheckpointError::Malformed("an offset is cut off"))?;
        if Offset(below) > end {
            return Err(CheckpointError::Malformed("it forgets producers behind its end"));
        }
        state.producers.forget_below(Offset(below));
        let mut former = None;
        for _ in 0..count(&mut bytes, PRODUCER_BYTES_MIN)? {
            let (id, producer) = decode_producer(&mut bytes)?;
            if former.replace(id) >= Some(id) {
                return Err(CheckpointError::Malformed("producers are not in order of id"));
            }
            if producer.newest().offsets.end > end {
                return Err(CheckpointError::Malformed("a producer wrote behind its end"));
            }
            if producer.newest().offsets.start < state.producers.forgotten_below() {
                return Err(CheckpointError::Malformed("it has a producer that is forgotten"));
            }
            state.producers.restore(id, producer);
        }
        if bytes.has_remaining() {
            return Err(CheckpointError::Malformed("bytes follow its end"));
        }
        Ok(state)
    }
}

/// Reads a count whose items take at least `item_bytes` each.
fn count(bytes: &mut &[u8], item_bytes: usize) -> Result<u32, CheckpointError> {
    let count =
        bytes.try_get_u32_le().map_err(|_| CheckpointError::Malformed("a count is cut off"))?;
    if (count as usize).saturating_mul(item_bytes) > bytes.remaining() {
        return Err(CheckpointError::Malformed("it is shorter than a count says"));
    }
    Ok(count)
}

fn decode_producer(bytes: &mut &[u8]) -> Result<(ProducerId, Producer), CheckpointError> {
    if bytes.remaining() < PRODUCER_BYTES_MIN {
        return Err(CheckpointError::Malformed("a producer is cut off"));
    }
    let (id, epoch) = (ProducerId(bytes.get_i64_le()), bytes.get_i16_le());
    let last_append = Timestamp(bytes.get_i64_le());
    let batches = usize::from(bytes.get_u8());
    if batches == 0 || batches > BATCHES_REMEMBERED || batches * BATCH_BYTES > bytes.remaining() {
        return Err(CheckpointError::Malformed("a producer's batches are cut off or too many"));
    }
    let mut remembered = VecDeque::with_capacity(batches);
    for _ in 0..batches {
        let (base_sequence, start) = (bytes.get_i32_le(), bytes.get_u64_le());
        let (records, time) = (u64::from(bytes.get_u32_le()), bytes.get_i64_le());
        let end = start.checked_add(records).filter(|_| base_sequence >= 0 && records > 0);
        let end = end.ok_or(CheckpointError::Malformed("a producer's batch is no batch"))?;
        remembered.push_back(AppendedBatch {
            base_sequence,
            offsets: Offset(start)..Offset(end),
            max_timestamp: Timestamp(time),
        });
    }
    Ok((id, Producer { epoch, last_append, batches: remembered }))
}

/// Folds uploaded batches into a partition's checkpoint; see [`CheckpointFold`]. That remembers whom
/// the partition's leader remembered at that offset, and so all of them together take no more than
/// a third of the share that leaders have for it: 139 bytes a producer, of 400.
#[derive(Clone, Copy, Debug)]
pub struct LogStateFold;

impl CheckpointFold for LogStateFold {
    fn fold(
        &self,
        stream: StreamId,
        previous: Option<&Checkpoint>,
        batches: &[BatchSummary],
    ) -> Result<Bytes, FoldError> {
        let mut state = match previous {
            None => LogState::default(),
            Some(Checkpoint { offset, bytes }) => {
                LogState::decode(bytes, *offset).map_err(|error| {
                    FoldError(format!("stream {stream}, checkpoint at offset {offset}: {error}"))
                })?
            }
        };
        for batch in batches {
            let at = batch.offsets.start;
            state.replay(batch).map_err(|error| {
                FoldError(format!("stream {stream}, batch at offset {at}: {error}"))
            })?;
        }
        Ok(state.encode())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::summary::ProducerBatch;

    /// Behind all of them.
    const END: Offset = Offset(1_000_000);

    fn state() -> LogState {
        let mut state = LogState::default();
        for i in 0..20u32 {
            let summary = Summary {
                leader_epoch: StreamEpoch(i / 7),
                producer: (i % 3 != 0).then(|| ProducerBatch {
                    id: ProducerId(i64::from(i % 3)),
                    epoch: 1,
                    base_sequence: i32::try_from(i).unwrap(),
                }),
                log_append_time: i % 2 == 0,
                max_timestamp: Timestamp(i64::from(i) * 10),
                appended_at: Timestamp(i64::from(i)),
                ..Summary::PLAIN
            };
            let start = u64::from(i) * 5;
            state.record(Offset(start)..Offset(start + 5), &summary);
        }
        state
    }

    #[test]
    fn round_trips() {
        for state in [LogState::default(), state()] {
            assert_eq!(LogState::decode(&state.encode(), END), Ok(state));
        }
    }

    #[test]
    fn golden_bytes() {
        let mut state = LogState::default();
        let producer = Some(ProducerBatch { id: ProducerId(7), epoch: 2, base_sequence: 3 });
        let summary = Summary {
            leader_epoch: StreamEpoch(1),
            producer,
            log_append_time: true,
            max_timestamp: Timestamp(9),
            appended_at: Timestamp(5),
            producers_forgotten_below: Offset(3),
            ..Summary::PLAIN
        };
        state.record(Offset(4)..Offset(6), &summary);
        let golden = [
            2, 9, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0,
            0, 0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 2, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1, 3, 0,
            0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0,
        ];
        assert_eq!(state.encode(), &golden[..]);
    }

    #[test]
    fn every_truncation_and_extension_is_refused() {
        let bytes = state().encode();
        for length in 0..bytes.len() {
            assert!(LogState::decode(&bytes[..length], END).is_err(), "{length} bytes");
        }
        assert!(LogState::decode(&[&bytes[..], &[0]].concat(), END).is_err());
    }

    #[test]
    fn contradictions_are_refused() {
        // A checkpoint that states a later beginning of its epoch than the batch behind it.
        let epoch_at = |epoch, offset| {
            let mut state = LogState::default();
            state.epochs.record(StreamEpoch(epoch), Offset(offset));
            state
        };
        let summary = Summary { leader_epoch: StreamEpoch(2), ..Summary::PLAIN };
        let batch = summary.of_batch(Offset(5)..Offset(6));
        let unnumbered = ProducerBatch { id: ProducerId(1), epoch: 0, base_sequence: -1 };
        let summary =
            Summary { producer: Some(unnumbered), ..Summary::decode(&batch.summary).unwrap() };
        let mut empty = LogState::default();
        empty.replay_summary(Offset(0)..Offset(1), &summary).unwrap_err();
        let summary = Summary { producer: None, ..summary };
        let later = Summary { producers_forgotten_below: Offset(2), ..summary };
        empty.replay_summary(Offset(1)..Offset(2), &later).unwrap_err();
        let forgetful_from = |below| {
            let mut state = LogState::default();
            state.producers.forget_below(Offset(below));
            state
        };
        let mut forgetful = forgetful_from(2);
        forgetful.replay_summary(Offset(1)..Offset(2), &summary).unwrap_err();
        empty.replay_summary(Offset(1)..Offset(1), &summary).unwrap_err();
        for (state, expect) in [((1, 5), true), ((2, 9), true), ((3, 9), true), ((1, 6), false)] {
            assert_eq!(epoch_at(state.0, state.1).replay(&batch).is_ok(), expect, "{state:?}");
        }
        // What is behind the end of what the checkpoint is about.
        let mut wrote = LogState::default();
        let first = ProducerBatch { base_sequence: 0, ..unnumbered };
        let summary = Summary { producer: Some(first), leader_epoch: StreamEpoch(0), ..summary };
        wrote.replay_summary(Offset(0)..Offset(9), &summary).unwrap();
        for state in [epoch_at(1, 9), forgetful_from(9), wrote] {
            assert!(LogState::decode(&state.encode(), Offset(9)).is_ok(), "{state:?}");
            LogState::decode(&state.encode(), Offset(8)).unwrap_err();
        }
        // A producer below the offset up to which all are forgotten.
        let mut bytes = state().encode().to_vec();
        let last_batches = (PRODUCER_BYTES_MIN + BATCHES_REMEMBERED * BATCH_BYTES) * 2;
        let below = bytes.len() - last_batches - size_of::<u32>() - size_of::<u64>();
        bytes[below] = 100;
        let error = CheckpointError::Malformed("it has a producer that is forgotten");
        assert_eq!(LogState::decode(&bytes, END), Err(error));
        // The same producer twice.
        let bytes = state().encode();
        let one = PRODUCER_BYTES_MIN + BATCHES_REMEMBERED * BATCH_BYTES;
        let (rest, last) = bytes.split_at(bytes.len() - one);
        let (rest, _) = rest.split_at(rest.len() - one);
        let error = CheckpointError::Malformed("producers are not in order of id");
        assert_eq!(LogState::decode(&[rest, last, last].concat(), END), Err(error));
    }

    #[test]
    fn folding_in_parts_is_folding_at_once() {
        let batches: Vec<BatchSummary> = (0..30u64)
            .map(|i| {
                let leader_epoch = StreamEpoch(u32::try_from(i / 10).unwrap());
                let base_sequence = i32::try_from(i).unwrap();
                let producer = Some(ProducerBatch { id: ProducerId(1), epoch: 0, base_sequence });
                let summary = Summary { leader_epoch, producer, ..Summary::PLAIN };
                summary.of_batch(Offset(i)..Offset(i + 1))
            })
            .collect();
        let whole = LogStateFold.fold(StreamId(1), None, &batches).unwrap();
        for cut in 0..batches.len() {
            let bytes = LogStateFold.fold(StreamId(1), None, &batches[..cut]).unwrap();
            let first = Checkpoint { offset: Offset(cut as u64), bytes };
            let rest = LogStateFold.fold(StreamId(1), Some(&first), &batches[cut..]);
            assert_eq!(rest.unwrap(), whole);
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let fold = |previous: Option<&[u8]>, summary: &[u8]| {
            let previous = previous.map(|bytes| Checkpoint {
                offset: Offset(5),
                bytes: Bytes::copy_from_slice(bytes),
            });
            let batch = BatchSummary {
                offsets: Offset(5)..Offset(6),
                records: 1,
                max_timestamp: Timestamp(0),
                summary: penstock_s3stream::Summary::new(summary).unwrap(),
            };
            LogStateFold.fold(StreamId(7), previous.as_ref(), &[batch]).unwrap_err().to_string()
        };
        assert_eq!(
            fold(Some(&[9]), &[]),
            "stream 7, checkpoint at offset 5: partition checkpoint has version 9, this release \
             reads version 2"
        );
        assert_eq!(
            fold(None, &[2]),
            "stream 7, batch at offset 5: batch summary is malformed: its length is not 44"
        );
    }

    /// Whatever a leader forgets, its checkpoints forget with the next batch, and nobody else.
    #[test]
    fn a_checkpoint_remembers_whom_the_leader_remembers() {
        let mut leader = LogState::default();
        let mut batches = Vec::new();
        let start = |i: u64| Offset(i * 5);
        for i in 0..200_u64 {
            if i % 7 == 0 {
                leader.producers.forget_silent(4, |producer| producer.last_append.0 % 3 != 0);
            }
            let id = ProducerId(i64::try_from(i * i % 31).unwrap());
            let summary = Summary {
                producer: (i % 5 != 0).then_some(ProducerBatch { id, epoch: 0, base_sequence: 0 }),
                appended_at: Timestamp(i64::try_from(i).unwrap()),
                producers_forgotten_below: leader.producers.forgotten_below(),
                ..Summary::PLAIN
            };
            leader.record(start(i)..start(i + 1), &summary);
            batches.push(summary.of_batch(start(i)..start(i + 1)));
            let folded = LogStateFold.fold(StreamId(1), None, &batches).unwrap();
            assert_eq!(LogState::decode(&folded, END), Ok(leader.clone()));
        }
        assert!(leader.producers.len() < 31, "some are forgotten");
    }
}
