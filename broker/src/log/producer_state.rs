//! What a partition remembers of its idempotent producers (KIP-98, KIP-360): the epoch and the
//! last five batches of each, to tell the next batch from a retry and from a gap.
//!
//! Who is forgotten is forgotten in the log's order: nobody stays who wrote before one that goes.
//! So one offset tells all of it, each batch carries that beside its own numbers, and whoever
//! replays the log forgets the same.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use penstock_model::id::{Offset, ProducerId, Timestamp};

use super::summary::ProducerBatch;

/// How many batches of a producer are recognised when they come again; Kafka's number, and with
/// it the most requests that an idempotent producer may have in flight.
pub(super) const BATCHES_REMEMBERED: usize = 5;

/// One batch that was appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AppendedBatch {
    /// The sequence number of its first record.
    pub base_sequence: i32,
    /// The offsets it was given.
    pub offsets: Range<Offset>,
    /// Its greatest timestamp as stored.
    pub max_timestamp: Timestamp,
}

impl AppendedBatch {
    /// The sequence number of its last record.
    pub(super) fn last_sequence(&self) -> i32 {
        sequence_plus(self.base_sequence, self.offsets.end.0 - self.offsets.start.0 - 1)
    }
}

/// One producer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Producer {
    /// The greatest epoch seen.
    pub epoch: i16,
    /// When it appended last, by the leader's clock.
    pub last_append: Timestamp,
    /// The last batches of this epoch, oldest first; never empty, at most
    /// [`BATCHES_REMEMBERED`].
    pub batches: VecDeque<AppendedBatch>,
}

/// What to do with a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// It is new: append it.
    Append,
    /// It was appended before, as this.
    Duplicate(AppendedBatch),
}

/// Why a batch cannot be appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SequenceError {
    /// Another process of the producer has taken over: stop it.
    #[error("producer {producer} has epoch {current}, the batch has {received}")]
    Fenced {
        /// The producer.
        producer: ProducerId,
        /// The epoch on record.
        current: i16,
        /// The batch's.
        received: i16,
    },
    /// A batch before this one is missing or was rejected: send that one again first, or start a
    /// new epoch.
    #[error("producer {producer} sent sequence {received}, {expected} is next")]
    OutOfOrder {
        /// The producer.
        producer: ProducerId,
        /// The sequence that would be accepted.
        expected: i32,
        /// The batch's.
        received: i32,
    },
}

/// All producers of a partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Producers {
    by_id: BTreeMap<ProducerId, Producer>,
    /// Those whose last batch lies below are forgotten.
    forgotten_below: Offset,
}

impl Producers {
    /// Judges a batch of `records` records against what is on record.
    ///
    /// # Errors
    /// When the batch's epoch is fenced or its sequence leaves a gap.
    pub(super) fn judge(
        &self,
        batch: ProducerBatch,
        records: u32,
    ) -> Result<Decision, SequenceError> {
        let Some(producer) = self.by_id.get(&batch.id) else {
            // Nothing is known, or no longer: the producer bumps its epoch by itself (KIP-360).
            return Ok(Decision::Append);
        };
        let out_of_order = |expected| SequenceError::OutOfOrder {
            producer: batch.id,
            expected,
            received: batch.base_sequence,
        };
        if batch.epoch < producer.epoch {
            return Err(SequenceError::Fenced {
                producer: batch.id,
                current: producer.epoch,
                received: batch.epoch,
            });
        }
        if batch.epoch > producer.epoch {
            return if batch.base_sequence == 0 {
                Ok(Decision::Append)
            } else {
                Err(out_of_order(0))
            };
        }
        let last = sequence_plus(batch.base_sequence, u64::from(records) - 1);
        let same = |b: &&AppendedBatch| {
            b.base_sequence == batch.base_sequence && b.last_sequence() == last
        };
        if let Some(duplicate) = producer.batches.iter().find(same) {
            return Ok(Decision::Duplicate(duplicate.clone()));
        }
        let expected = sequence_plus(producer.newest().last_sequence(), 1);
        if batch.base_sequence == expected {
            Ok(Decision::Append)
        } else {
            Err(out_of_order(expected))
        }
    }

    /// Records a batch that has its place in the log now; `appended_at` is the leader's clock.
    pub(super) fn record(
        &mut self,
        batch: ProducerBatch,
        offsets: Range<Offset>,
        max_timestamp: Timestamp,
        appended_at: Timestamp,
    ) {
        let producer = self.by_id.entry(batch.id).or_insert_with(|| Producer {
            epoch: batch.epoch,
            last_append: appended_at,
            batches: VecDeque::with_capacity(1),
        });
        producer.last_append = appended_at;
        if producer.epoch != batch.epoch {
            producer.epoch = batch.epoch;
            producer.batches.clear();
        }
        if producer.batches.len() == BATCHES_REMEMBERED {
            producer.batches.pop_front();
        }
        let base_sequence = batch.base_sequence;
        producer.batches.push_back(AppendedBatch { base_sequence, offsets, max_timestamp });
    }

    /// Forgets up to `count` producers, those that have been silent for longest, unless they are
    /// not `forgettable`, or wrote behind one that is not.
    pub(super) fn forget_silent(&mut self, count: usize, forgettable: impl Fn(&Producer) -> bool) {
        let newest = |producer: &Producer| producer.newest().offsets.start;
        let first_kept =
            self.by_id.values().filter(|producer| !forgettable(producer)).map(newest).min();
        let mut all: Vec<_> = self.by_id.values().map(newest).collect();
        let below = if count < all.len() {
            let (_, first_too_many, _) = all.select_nth_unstable(count);
            first_kept.unwrap_or(*first_too_many).min(*first_too_many)
        } else {
            let behind_all =
                self.by_id.values().map(|producer| producer.newest().offsets.end).max();
            let Some(below) = first_kept.or(behind_all) else { return };
            below
        };
        self.forget_below(below);
    }

    /// Forgets those whose last batch lies below `offset`.
    pub(super) fn forget_below(&mut self, offset: Offset) {
        if offset > self.forgotten_below {
            self.forgotten_below = offset;
            self.by_id.retain(|_, producer| producer.newest().offsets.start >= offset);
        }
    }

    /// See [`forget_below`](Self::forget_below).
    pub(super) fn forgotten_below(&self) -> Offset {
        self.forgotten_below
    }

    /// Whether anything is known of a producer.
    pub(super) fn knows(&self, id: ProducerId) -> bool {
        self.by_id.contains_key(&id)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Every producer, by id.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (ProducerId, &Producer)> {
        self.by_id.iter().map(|(id, producer)| (*id, producer))
    }

    /// Puts a producer back as a checkpoint stated it.
    ///
    /// # Panics
    /// Without batches.
    pub(super) fn restore(&mut self, id: ProducerId, producer: Producer) {
        assert!(!producer.batches.is_empty(), "a producer is known by its batches");
        self.by_id.insert(id, producer);
    }
}

impl Producer {
    /// The newest batch.
    pub(super) fn newest(&self) -> &AppendedBatch {
        self.batches.back().expect("a producer is known by its batches")
    }
}

/// The sequence number `count` records on; after `i32::MAX` comes 0.
fn sequence_plus(sequence: i32, count: u64) -> i32 {
    const CYCLE: u64 = 1 << 31;
    let sequence = u64::try_from(sequence).expect("sequence numbers were validated to be positive");
    i32::try_from((sequence + count) % CYCLE).expect("the remainder is below 2^31")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(epoch: i16, base_sequence: i32) -> ProducerBatch {
        ProducerBatch { id: ProducerId(9), epoch, base_sequence }
    }

    /// A producer of epoch 1 that sent `count` batches of 10 records from sequence 0.
    fn after(count: i32) -> Producers {
        let mut producers = Producers::default();
        for i in 0..count {
            let time = Timestamp(1000 + i64::from(i));
            producers.record(batch(1, i * 10), offsets(i), Timestamp(0), time);
        }
        producers
    }

    fn offsets(i: i32) -> Range<Offset> {
        let start = 100 + u64::try_from(i).unwrap() * 10;
        Offset(start)..Offset(start + 10)
    }

    #[test]
    fn judgements() {
        #[track_caller]
        fn check(known: i32, sent: (i16, i32, u32), expect: &str) {
            let (epoch, sequence, records) = sent;
            let judged = match after(known).judge(batch(epoch, sequence), records) {
                Ok(Decision::Append) => "append".to_string(),
                Ok(Decision::Duplicate(b)) => format!("duplicate of {}", b.offsets.start),
                Err(SequenceError::Fenced { current, .. }) => format!("fenced by {current}"),
                Err(SequenceError::OutOfOrder { expected, .. }) => format!("expected {expected}"),
            };
            assert_eq!(judged, expect);
        }
        // Nothing known: anything goes.
        check(0, (0, 0, 1), "append");
        check(0, (5, 77, 3), "append");
        // In order, a gap, an overlap.
        check(3, (1, 30, 10), "append");
        check(3, (1, 31, 10), "expected 30");
        check(3, (1, 25, 10), "expected 30");
        // The last five come again; what is older, or of another length, is out of order.
        check(7, (1, 60, 10), "duplicate of 160");
        check(7, (1, 20, 10), "duplicate of 120");
        check(7, (1, 10, 10), "expected 70");
        check(7, (1, 60, 9), "expected 70");
        // A new epoch starts at zero; an old one is fenced, even with a known sequence.
        check(3, (2, 0, 10), "append");
        check(3, (2, 30, 10), "expected 0");
        check(3, (0, 20, 10), "fenced by 1");
    }

    #[test]
    fn sequences_wrap_to_zero() {
        let mut producers = Producers::default();
        let near_end = batch(0, i32::MAX - 4);
        producers.record(near_end, Offset(0)..Offset(5), Timestamp(1), Timestamp(1));
        assert_eq!(producers.judge(batch(0, 0), 1), Ok(Decision::Append));
        let mut producers = Producers::default();
        producers.record(batch(0, i32::MAX - 4), Offset(0)..Offset(10), Timestamp(1), Timestamp(1));
        assert_eq!(producers.judge(batch(0, 5), 1), Ok(Decision::Append));
        assert!(matches!(producers.judge(near_end, 10), Ok(Decision::Duplicate(_))));
    }

    #[test]
    fn a_new_epoch_forgets_the_batches_of_the_old() {
        let mut producers = after(3);
        producers.record(batch(2, 0), Offset(500)..Offset(501), Timestamp(0), Timestamp(2000));
        assert!(producers.judge(batch(2, 1), 1).is_ok());
        assert!(producers.judge(batch(2, 30), 10).is_err());
    }

    /// Ten producers that each wrote once, one after the other, of which some must not be forgotten.
    #[track_caller]
    fn check_forgotten(count: usize, kept: &[i64], expect: Range<i64>) {
        let mut producers = Producers::default();
        for (id, offset) in (0..10).zip(100..) {
            let batch = ProducerBatch { id: ProducerId(id), epoch: 0, base_sequence: 0 };
            let offsets = Offset(offset)..Offset(offset + 1);
            producers.record(batch, offsets, Timestamp(0), Timestamp(id));
        }
        let all = producers.clone();
        producers.forget_silent(count, |producer| !kept.contains(&producer.last_append.0));
        let ids: Vec<_> = producers.iter().map(|(id, _)| id.0).collect();
        assert_eq!(ids, expect.collect::<Vec<_>>());
        let mut replayed = all;
        replayed.forget_below(producers.forgotten_below());
        assert_eq!(replayed, producers);
    }

    #[test]
    fn nobody_is_forgotten_who_wrote_behind_one_that_is_kept() {
        check_forgotten(0, &[], 0..10);
        check_forgotten(3, &[], 3..10);
        check_forgotten(9, &[], 9..10);
        check_forgotten(10, &[], 10..10);
        check_forgotten(99, &[], 10..10);
        check_forgotten(99, &[4, 7], 4..10);
        check_forgotten(3, &[4], 3..10);
        check_forgotten(5, &[4], 4..10);
        check_forgotten(5, &[0], 0..10);
        Producers::default().forget_silent(5, |_| true);
    }
}
