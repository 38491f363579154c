//! How many idempotent producers all partitions of a broker may remember together: a client makes
//! up as many as it likes, and each is held for a day.
//!
//! ```text
//!   new        refused while there is no room for one more
//!   in flight  wrote in the last six minutes, or is not durable yet: never forgotten
//!   silent     forgotten when there is no room, those first who have been silent for longest
//! ```
//!
//! A batch whose producer was forgotten is taken as that one's first (KIP-360), and so is the retry
//! of a batch that was appended: it would stand in the log twice. By default clients give a batch up
//! after two minutes (Java, `delivery.timeout.ms`) or five (librdkafka, `message.timeout.ms`), and
//! their last request waits for room a while; so long everybody is remembered. A client that tries
//! for longer finds its batch twice if its producer was forgotten, which takes a crowd.
//!
//! Half of the room is divided equally, so that whoever floods one partition takes nothing from the
//! others' parts. The other half is for whoever comes first, but no partition takes more than an
//! eighth of all: its checkpoints state whom it remembers, and are written with every upload.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use penstock_model::id::{Offset, Timestamp};
use tokio::sync::Notify;

use super::producer_state::{Producer, Producers};
use super::summary::ProducerBatch;

/// What one producer holds in memory at most: its entry and five batches, with what a tree and a
/// ring leave unused.
pub(super) const PRODUCER_BYTES: usize = 400;

/// How long a batch may be tried again after it was appended.
pub(super) const IN_FLIGHT_MS: i64 = 360_000;

/// How long the batches behind one that was refused may come: it is tried again meanwhile.
const REFUSING_MS: u64 = 120_000;

/// After a look at all producers of a partition that found nobody to forget, the next one waits.
const LOOK_PAUSE_MS: u64 = 1_000;

/// See the module.
#[derive(Debug)]
pub struct ProducerShare {
    producers_max: usize,
    producers: AtomicUsize,
    partitions: AtomicUsize,
    crowded: Notify,
}

/// What one partition takes of the share; it is given back when dropped.
#[derive(Debug)]
pub(super) struct ProducerRoom {
    share: Arc<ProducerShare>,
    counted: usize,
    /// When nobody was found who could be forgotten.
    looked_in_vain: Option<Timestamp>,
    /// When a producer was refused for want of room.
    refused: Option<Timestamp>,
}

/// There is no room for a producer that is new to the partition, because all that are remembered
/// wrote lately: try again, and give `memory.producers.bytes` more if it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no room to remember one more idempotent producer")]
pub struct TooManyProducers;

impl ProducerShare {
    /// As many as `bytes` hold.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self {
            producers_max: (bytes / PRODUCER_BYTES).max(1),
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

    /// Waits until somebody wants room: whoever has more than its part has to settle for less.
    pub async fn crowded(&self) {
        self.crowded.notified().await;
    }

    /// Whether there is nothing left but parts.
    fn is_full(&self) -> bool {
        self.producers.load(Ordering::Relaxed) >= self.producers_max / 2
    }

    /// What each partition may have, whatever the others have.
    fn part(&self) -> usize {
        let partitions = self.partitions.load(Ordering::Relaxed).max(1);
        (self.producers_max / 2 / partitions).max(1)
    }

    /// What no partition has more than.
    fn of_one_max(&self) -> usize {
        (self.producers_max / 8).max(1)
    }

    /// Room for one more partition.
    pub(super) fn partition(self: &Arc<Self>) -> ProducerRoom {
        self.partitions.fetch_add(1, Ordering::Relaxed);
        ProducerRoom { share: Arc::clone(self), counted: 0, looked_in_vain: None, refused: None }
    }
}

impl ProducerRoom {
    /// To be asked before a batch is appended, which was judged to be no duplicate: its producer
    /// may be new, and then others may be forgotten for it. Below `durable` all is durable.
    ///
    /// # Errors
    /// When there is no room. For as long as a batch may be in flight after that, who is not known
    /// has to begin with its first sequence number: it may be the next batch of one that was
    /// refused, and must not be taken for its first.
    pub(super) fn admit(
        &mut self,
        producers: &mut Producers,
        batch: ProducerBatch,
        now: Timestamp,
        durable: Offset,
    ) -> Result<(), TooManyProducers> {
        if producers.knows(batch.id) {
            return Ok(());
        }
        if batch.base_sequence != 0 && self.is_refusing(now) {
            return Err(TooManyProducers);
        }
        if !self.has_room() {
            self.make_room(producers, now, durable);
        }
        if self.has_room() {
            return Ok(());
        }
        self.refused = self.refused.max(Some(now));
        if self.share.is_full() {
            self.share.crowded.notify_one();
        }
        Err(TooManyProducers)
    }

    /// Whether a producer was refused lately.
    pub(super) fn is_refusing(&self, now: Timestamp) -> bool {
        self.refused.is_some_and(|at| now.0.abs_diff(at.0) < REFUSING_MS)
    }

    /// To be called when there may be more or fewer producers than before.
    pub(super) fn count(&mut self, producers: &Producers) {
        // Wraps around zero and back where it shrinks: the sum is what counts.
        let more = producers.len().wrapping_sub(self.counted);
        self.share.producers.fetch_add(more, Ordering::Relaxed);
        self.counted = producers.len();
    }

    /// Counts, and forgets what is above the partition's part if others want room.
    pub(super) fn settle(&mut self, producers: &mut Producers, now: Timestamp, durable: Offset) {
        let grew = producers.len() > self.counted;
        self.count(producers);
        let most = self.most();
        if !self.share.is_full() || self.counted <= most {
            return;
        }
        self.forget(producers, self.counted - most, now, durable);
        if grew && self.share.is_full() {
            self.share.crowded.notify_one();
        }
    }

    /// Counts, and keeps no more than a partition ever has, those that wrote last. So everybody is
    /// kept who may have a batch in flight, for a log of which nothing else is known.
    pub(super) fn keep_last(&mut self, producers: &mut Producers) {
        let too_many = producers.len().saturating_sub(self.share.of_one_max());
        producers.forget_silent(too_many, |_| true);
        self.count(producers);
    }

    /// Parts shrink with each partition that is opened, and nobody in flight gives way: all of the
    /// room is taken at most, and a place for each partition that has none.
    fn has_room(&self) -> bool {
        let share = &self.share;
        let is_left = share.producers.load(Ordering::Relaxed) < share.producers_max;
        self.counted < self.most() && (is_left || self.counted == 0)
    }

    /// What the partition may have now.
    fn most(&self) -> usize {
        let share = &self.share;
        if share.is_full() { share.part().min(share.of_one_max()) } else { share.of_one_max() }
    }

    /// Forgets what is too many, and an eighth, so that not every new one makes it look through all.
    fn make_room(&mut self, producers: &mut Producers, now: Timestamp, durable: Offset) {
        if self.looked_in_vain.is_some_and(|at| now.0.abs_diff(at.0) < LOOK_PAUSE_MS) {
            return;
        }
        let before = self.counted;
        let too_many = before.saturating_sub(self.most());
        self.forget(producers, too_many + before / 8 + 1, now, durable);
        self.looked_in_vain = (self.counted == before).then_some(now);
    }

    fn forget(&mut self, producers: &mut Producers, count: usize, now: Timestamp, durable: Offset) {
        let since = now.0.saturating_sub(IN_FLIGHT_MS);
        let is_silent = |producer: &Producer| {
            producer.last_append.0 <= since && producer.newest().offsets.end <= durable
        };
        producers.forget_silent(count, is_silent);
        self.count(producers);
    }
}

impl Drop for ProducerRoom {
    fn drop(&mut self) {
        self.share.producers.fetch_sub(self.counted, Ordering::Relaxed);
        self.share.partitions.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use penstock_model::id::ProducerId;

    use super::*;

    struct Partition {
        producers: Producers,
        room: ProducerRoom,
        end: u64,
        durable: Option<u64>,
    }

    impl Partition {
        fn new(share: &Arc<ProducerShare>) -> Self {
            let room = share.partition();
            Self { producers: Producers::default(), room, end: 0, durable: None }
        }

        /// A producer's batch of one record comes at this time.
        fn append(
            &mut self,
            id: i64,
            base_sequence: i32,
            now: i64,
        ) -> Result<(), TooManyProducers> {
            let batch = ProducerBatch { id: ProducerId(id), epoch: 0, base_sequence };
            let durable = Offset(self.durable.unwrap_or(self.end));
            self.room.admit(&mut self.producers, batch, Timestamp(now), durable)?;
            let offsets = Offset(self.end)..Offset(self.end + 1);
            self.end += 1;
            self.producers.record(batch, offsets, Timestamp(0), Timestamp(now));
            self.room.count(&self.producers);
            Ok(())
        }

        /// As many producers come at this time, one after the other. How many are taken?
        fn flood(&mut self, from: i64, count: i64, now: i64) -> usize {
            (from..from + count).filter(|id| self.append(*id, 0, now).is_ok()).count()
        }

        fn settle(&mut self, now: i64) {
            self.room.settle(&mut self.producers, Timestamp(now), Offset(self.end));
        }

        fn ids(&self) -> Vec<i64> {
            self.producers.iter().map(|(id, _)| id.0).collect()
        }
    }

    fn share(producers: usize) -> Arc<ProducerShare> {
        Arc::new(ProducerShare::new(producers * PRODUCER_BYTES))
    }

    const LATER: i64 = IN_FLIGHT_MS;

    /// The retry of a batch that was acknowledged must find its producer.
    #[test]
    fn who_wrote_lately_is_not_forgotten_whoever_floods() {
        let share = share(80);
        let mut partition = Partition::new(&share);
        assert_eq!(partition.flood(0, 10_000, 0), 10);
        assert_eq!(partition.flood(0, 10, LATER - 1), 10, "those that are known go on");
        assert_eq!(partition.flood(10, 100, 2 * LATER - 2_000), 0);
        // From six minutes after its last batch on, each may go.
        assert_eq!(partition.append(0, 1, 2 * LATER - 2_000), Ok(()));
        assert_eq!(partition.flood(10, 1, 2 * LATER - 1), 1);
        assert_eq!(partition.ids(), [0, 3, 4, 5, 6, 7, 8, 9, 10]);
    }

    #[test]
    fn what_is_not_durable_is_in_flight_however_long_that_takes() {
        let share = share(80);
        let mut partition = Partition::new(&share);
        partition.durable = Some(5);
        assert_eq!(partition.flood(0, 10, 0), 10);
        assert_eq!(partition.flood(10, 10, LATER), 5);
        assert_eq!(partition.ids(), [5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    }

    /// The first batch is refused, then there is room: what was pipelined behind it must not be the
    /// producer's first, or the retry of the first would be out of order.
    #[test]
    fn nobody_begins_in_the_middle_while_producers_are_refused() {
        let share = share(80);
        let mut partition = Partition::new(&share);
        partition.flood(0, 10, 0);
        assert_eq!(partition.append(77, 0, LATER - 1), Err(TooManyProducers));
        assert_eq!(partition.append(77, 5, LATER + 1_000), Err(TooManyProducers));
        assert_eq!(partition.append(77, 0, LATER + 1_000), Ok(()));
        assert_eq!(partition.append(77, 5, LATER + 1_000), Ok(()));
        // One that was silent for long goes on where it was, once nobody has been refused lately.
        let until = LATER - 1 + 120_000;
        assert_eq!(partition.append(78, 5, until - 1), Err(TooManyProducers));
        assert_eq!(partition.append(78, 5, until), Ok(()));
    }

    /// Its part shrinks while it has more: all that is too many is forgotten for one new producer.
    #[test]
    fn one_that_has_far_too_many_forgets_them_at_once() {
        let share = share(160);
        let mut partition = Partition::new(&share);
        assert_eq!(partition.flood(0, 20, 0), 20);
        let mut others: Vec<_> = (0..9).map(|_| Partition::new(&share)).collect();
        others.iter_mut().for_each(|other| assert!(other.flood(0, 20, 0) >= 8));
        assert_eq!(partition.append(100, 0, LATER), Ok(()));
        assert!(partition.ids().len() <= 8, "{:?}", partition.ids());
    }

    /// Nobody gives way who is in flight: all of the room is what is taken, however many partitions
    /// are opened meanwhile, but for one producer each.
    #[test]
    fn partitions_that_come_later_take_no_more_than_is_left() {
        let share = share(160);
        let mut partitions = Vec::new();
        for _ in 0..100 {
            let mut partition = Partition::new(&share);
            partition.flood(0, 100, 0);
            partitions.push(partition);
        }
        let producers = share.bytes() / PRODUCER_BYTES;
        assert!((160..=260).contains(&producers), "{producers}");
        assert!(partitions.iter().all(|partition| !partition.ids().is_empty()));
    }

    #[test]
    fn a_flood_takes_no_more_than_an_eighth_and_nothing_from_the_parts_of_others() {
        let share = share(160);
        let mut flooded: Vec<_> = (0..8).map(|_| Partition::new(&share)).collect();
        let taken: Vec<_> = flooded.iter_mut().map(|p| p.flood(0, 1_000, 0)).collect();
        // An eighth each until half is taken; then a tenth of the other half, a partition.
        assert_eq!(taken, [20, 20, 20, 20, 10, 10, 10, 10]);
        let (mut one, mut other) = (Partition::new(&share), Partition::new(&share));
        assert_eq!(one.flood(0, 1_000, 0), 8);
        assert_eq!(other.flood(0, 1_000, 0), 8);
        assert!(share.bytes() <= 160 * PRODUCER_BYTES);
        drop((flooded, one, other));
        assert_eq!(share.bytes(), 0);
    }

    /// Some had all of the room; others come, and they give up what is above their part once that
    /// is silent.
    #[test]
    fn who_has_more_than_its_part_settles_for_it() {
        let share = share(160);
        let mut former: Vec<_> = (0..4).map(|_| Partition::new(&share)).collect();
        former.iter_mut().for_each(|partition| assert_eq!(partition.flood(0, 20, 0), 20));
        let mut later = Partition::new(&share);
        assert_eq!(later.flood(0, 20, LATER), 16);
        assert!(share.crowded().now_or_never().is_some());
        former.iter_mut().for_each(|partition| partition.settle(LATER - 1));
        assert_eq!(later.flood(16, 4, LATER), 0, "they may all be in flight");
        former.iter_mut().for_each(|partition| partition.settle(LATER));
        assert!(former.iter().all(|partition| partition.ids() == (4..20).collect::<Vec<_>>()));
        former.iter_mut().for_each(|partition| partition.settle(LATER));
        assert!(former.iter().all(|partition| partition.ids().len() == 16));
    }

    #[test]
    fn one_is_always_remembered() {
        let share = share(0);
        let mut partition = Partition::new(&share);
        assert_eq!(partition.flood(0, 3, 0), 1);
        assert_eq!(partition.flood(3, 1, LATER), 1);
        assert_eq!(partition.ids(), [3]);
    }
}
