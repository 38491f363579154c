//! How many idempotent producers all partitions of a broker may remember together: a client makes
//! up as many as it likes, and each is held for a day.
//!
//! A partition that remembers more than its part forgets those that were silent for longest, but
//! only while all together are too many. A producer that was forgotten goes on as if it had been
//! silent for too long (KIP-360): its next batch is taken, but a retry is not recognised. Parts are
//! equal, so that whoever floods one partition takes nothing from the others.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

use super::producer_state::Producers;

/// What one producer holds in memory at most: its entry and five batches, with what a tree and a
/// ring leave unused.
const PRODUCER_BYTES: usize = 400;

/// See the module.
#[derive(Debug)]
pub struct ProducerShare {
    producers_max: usize,
    producers: AtomicUsize,
    partitions: AtomicUsize,
    crowded: Notify,
}

/// The producers that one partition has counted; they are given back when it is dropped.
#[derive(Debug)]
pub(super) struct CountedProducers {
    share: Arc<ProducerShare>,
    counted: usize,
}

impl ProducerShare {
    /// How many producers `bytes` hold.
    #[must_use]
    pub fn fitting(bytes: usize) -> usize {
        (bytes / PRODUCER_BYTES).max(1)
    }

    /// As many as `bytes` hold.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self {
            producers_max: Self::fitting(bytes),
            producers: AtomicUsize::new(0),
            partitions: AtomicUsize::new(0),
            crowded: Notify::new(),
        }
    }

    /// What those that are remembered may hold, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.producers.load(Ordering::Relaxed) * PRODUCER_BYTES
    }

    /// Waits until all together are too many though whoever added one has no more than its part:
    /// parts shrink as partitions come, and the others have to settle.
    pub async fn crowded(&self) {
        self.crowded.notified().await;
    }

    fn is_full(&self) -> bool {
        self.producers.load(Ordering::Relaxed) > self.producers_max
    }

    /// Counts a partition.
    pub(super) fn partition(self: &Arc<Self>) -> CountedProducers {
        self.partitions.fetch_add(1, Ordering::Relaxed);
        CountedProducers { share: Arc::clone(self), counted: 0 }
    }
}

impl CountedProducers {
    /// To be called when the number of `producers` may have changed: counts them, and has the
    /// partition forget some if it has to.
    pub(super) fn settle(&mut self, producers: &mut Producers) {
        let grew = producers.len() > self.counted;
        self.count(producers.len());
        let share = &self.share;
        if !share.is_full() {
            return;
        }
        let part = share.producers_max / share.partitions.load(Ordering::Relaxed).max(1);
        producers.keep_newest(part.max(1));
        self.count(producers.len());
        if grew && self.share.is_full() {
            self.share.crowded.notify_one();
        }
    }

    fn count(&mut self, producers: usize) {
        // Wraps around zero and back where it shrinks: the sum is what counts.
        self.share.producers.fetch_add(producers.wrapping_sub(self.counted), Ordering::Relaxed);
        self.counted = producers;
    }
}

impl Drop for CountedProducers {
    fn drop(&mut self) {
        self.count(0);
        self.share.partitions.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use penstock_model::id::{Offset, ProducerId, Timestamp};

    use super::*;
    use crate::log::summary::ProducerBatch;

    struct Partition {
        producers: Producers,
        counted: CountedProducers,
    }

    impl Partition {
        fn new(share: &Arc<ProducerShare>) -> Self {
            Self { producers: Producers::default(), counted: share.partition() }
        }

        /// As many producers append, one after the other, from this id and time on.
        fn append(&mut self, from: i64, count: i64) {
            for id in from..from + count {
                let batch = ProducerBatch { id: ProducerId(id), epoch: 0, base_sequence: 0 };
                let offsets = Offset(0)..Offset(1);
                self.producers.record(batch, offsets, Timestamp(0), Timestamp(id));
                self.counted.settle(&mut self.producers);
            }
        }

        fn ids(&self) -> Vec<i64> {
            self.producers.iter().map(|(id, _)| id.0).collect()
        }
    }

    #[test]
    fn a_flood_in_one_partition_takes_nothing_from_another() {
        let share = Arc::new(ProducerShare::new(100 * PRODUCER_BYTES));
        let (mut quiet, mut flooded) = (Partition::new(&share), Partition::new(&share));
        quiet.append(0, 40);
        flooded.append(1_000, 10_000);
        assert!(share.bytes() <= 100 * PRODUCER_BYTES);
        assert_eq!(flooded.ids().last(), Some(&10_999));
        // Below its part it forgets nobody, though all together are at their bound.
        quiet.append(40, 10);
        assert_eq!(quiet.ids(), (0..50).collect::<Vec<_>>());
        quiet.append(50, 1);
        assert_eq!(quiet.ids().last(), Some(&50));
        drop(flooded);
        drop(quiet);
        assert_eq!(share.bytes(), 0);
    }

    /// One that was alone had all of the room; each that comes has less, and takes it.
    #[test]
    fn partitions_that_come_later_make_the_former_give_up_what_is_above_their_part() {
        let share = Arc::new(ProducerShare::new(1_000 * PRODUCER_BYTES));
        let mut partitions: Vec<Partition> = Vec::new();
        for _ in 0..20 {
            partitions.push(Partition::new(&share));
            partitions.last_mut().expect("one was pushed").append(0, 1_000);
            if share.crowded().now_or_never().is_some() {
                for Partition { producers, counted } in &mut partitions {
                    counted.settle(producers);
                }
            }
            assert!(share.bytes() <= 1_000 * PRODUCER_BYTES, "{} bytes", share.bytes());
        }
        assert!(partitions.iter().all(|partition| partition.producers.len() >= 40));
    }

    #[test]
    fn those_silent_for_longest_are_forgotten_and_one_is_always_kept() {
        let share = Arc::new(ProducerShare::new(8 * PRODUCER_BYTES));
        let mut partition = Partition::new(&share);
        partition.append(0, 8);
        assert_eq!(partition.ids(), [0, 1, 2, 3, 4, 5, 6, 7]);
        partition.append(8, 1);
        assert_eq!(partition.ids(), [2, 3, 4, 5, 6, 7, 8]);
        let tiny = Arc::new(ProducerShare::new(0));
        let mut partition = Partition::new(&tiny);
        partition.append(0, 3);
        assert_eq!(partition.ids(), [2]);
    }
}
