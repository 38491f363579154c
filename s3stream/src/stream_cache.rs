//! The batches of one stream that are durable in the WAL, or were and are still in memory.
//!
//! ```text
//!   oldest ─────────────────────────────────────────────► newest
//!   [ evicted: the WAL alone has the payload ][ in memory      ]
//!   [ committed: objects have it too   ][ the WAL alone has it ]
//! ```
//!
//! Both borders only move right. A batch left of both is forgotten.

use std::collections::VecDeque;
use std::ops::Range;

use bytes::Bytes;
use penstock_model::id::{Offset, Timestamp};
use penstock_wal::{Location, Position};

use crate::batch::{Backing, BatchSummary, Summary};
use crate::slice::Slice;

/// What is remembered of one batch. One is held for every batch that is not uploaded yet, however
/// long the store may be away, so it is kept small.
#[derive(Clone, Debug)]
pub(crate) struct CachedBatch {
    pub(crate) start: Offset,
    pub(crate) span: u32,
    pub(crate) records: u32,
    pub(crate) max_timestamp: Timestamp,
    pub(crate) position: Position,
    pub(crate) header_length: u16,
    pub(crate) payload_length: u32,
    pub(crate) payload_crc32c: u32,
    pub(crate) summary: Summary,
    /// `None` once evicted.
    pub(crate) payload: Option<CachedPayload>,
}

/// A payload in memory, and the allocation that it keeps there.
#[derive(Clone, Debug)]
pub(crate) struct CachedPayload {
    pub(crate) bytes: Bytes,
    pub(crate) backing: Backing,
}

impl CachedBatch {
    pub(crate) fn end(&self) -> Offset {
        self.start.plus(u64::from(self.span))
    }

    pub(crate) fn offsets(&self) -> Range<Offset> {
        self.start..self.end()
    }

    pub(crate) fn location(&self) -> Location {
        Location {
            position: self.position,
            header_length: self.header_length,
            payload_length: self.payload_length,
        }
    }

    pub(crate) fn summary(&self) -> BatchSummary {
        BatchSummary {
            offsets: self.offsets(),
            records: self.records,
            max_timestamp: self.max_timestamp,
            summary: self.summary,
        }
    }

    /// The payload if it is in memory, or where it can be read.
    pub(crate) fn source(&self) -> BatchSource {
        match &self.payload {
            Some(CachedPayload { bytes, backing }) => {
                BatchSource::Memory(Slice { bytes: bytes.clone(), keeps: backing.bytes() })
            }
            None => BatchSource::Wal(self.location()),
        }
    }
}

/// Where a batch's payload is.
#[derive(Clone, Debug)]
pub(crate) enum BatchSource {
    Memory(Slice),
    Wal(Location),
}

/// See the module's head.
#[derive(Debug)]
pub(crate) struct StreamCache {
    batches: VecDeque<CachedBatch>,
    /// How many at the front are evicted.
    evicted: usize,
    /// Every batch before it is committed.
    committed: Offset,
}

impl StreamCache {
    /// Nothing is cached of a stream whose batches before `committed` are all uploaded.
    pub(crate) fn new(committed: Offset) -> Self {
        Self { batches: VecDeque::new(), evicted: 0, committed }
    }

    /// Adds the next durable batch.
    pub(crate) fn push(&mut self, batch: CachedBatch) {
        if let Some(last) = self.batches.back() {
            assert_eq!(last.end(), batch.start, "batches become durable in offset order");
            assert!(last.position <= batch.position, "the log's order is the stream's");
        }
        if batch.payload.is_none() {
            assert_eq!(self.evicted, self.batches.len(), "recovered batches come first");
            self.evicted += 1;
        }
        self.batches.push_back(batch);
    }

    /// The first offset that is cached.
    pub(crate) fn start(&self) -> Option<Offset> {
        self.batches.front().map(|batch| batch.start)
    }

    /// Every batch before it is committed, and folded into the stream's checkpoint.
    pub(crate) fn committed(&self) -> Offset {
        self.committed
    }

    /// Whether the WAL alone has no batch.
    pub(crate) fn is_drained(&self) -> bool {
        self.batches.back().is_none_or(|batch| batch.end() <= self.committed)
    }

    /// The batches from the one that contains `offset`, or else the first after it.
    pub(crate) fn batches_from(&self, offset: Offset) -> impl Iterator<Item = &CachedBatch> {
        let first = self.batches.partition_point(|batch| batch.end() <= offset);
        self.batches.range(first..)
    }

    /// Takes the payload of the batch that starts at `start` out of memory. It is the oldest in
    /// memory, or gone. Answers the bytes that this gives back.
    pub(crate) fn evict(&mut self, start: Offset) -> usize {
        let Some(batch) = self.batches.get_mut(self.evicted).filter(|b| b.start == start) else {
            return 0;
        };
        let payload = batch.payload.take().expect("what is not evicted is in memory");
        self.evicted += 1;
        self.forget();
        payload.backing.release()
    }

    /// Puts another payload in the place of the one of the batch that starts at `start`, unless that
    /// is not in memory any more. Answers the bytes that the old one gives back.
    pub(crate) fn replace(&mut self, start: Offset, payload: CachedPayload) -> Option<usize> {
        let index = self.batches.binary_search_by_key(&start, |batch| batch.start).ok()?;
        let in_memory = self.batches[index].payload.as_mut()?;
        Some(std::mem::replace(in_memory, payload).backing.release())
    }

    /// Everything before `end` is committed now.
    pub(crate) fn commit(&mut self, end: Offset) {
        self.committed = self.committed.max(end);
        self.forget();
    }

    /// Before `end`, objects have other batches by now: those that are committed leave. Answers the
    /// bytes that this gives back.
    pub(crate) fn supersede(&mut self, end: Offset) -> usize {
        let end = end.min(self.committed);
        let count = self.batches.partition_point(|batch| batch.end() <= end);
        self.evicted = self.evicted.saturating_sub(count);
        let gone = self.batches.drain(..count);
        let payloads = gone.filter_map(|batch| batch.payload);
        let released = payloads.map(|payload| payload.backing.release()).sum();
        self.forget();
        released
    }

    /// Gives up every batch. Answers the bytes that this gives back.
    pub(crate) fn clear(&mut self) -> usize {
        self.evicted = 0;
        if let Some(last) = self.batches.back() {
            self.committed = self.committed.max(last.end());
        }
        let batches = std::mem::take(&mut self.batches);
        batches.iter().filter_map(|b| b.payload.as_ref()).map(|p| p.backing.release()).sum()
    }

    fn forget(&mut self) {
        while self.evicted > 0 && self.batches.front().is_some_and(|b| b.end() <= self.committed) {
            self.batches.pop_front();
            self.evicted -= 1;
        }
        if self.batches.is_empty() {
            // A stream that fell idle keeps no memory for it.
            self.batches = VecDeque::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn batch(start: u64, span: u32, resident: bool) -> CachedBatch {
        CachedBatch {
            start: Offset(start),
            span,
            records: span,
            max_timestamp: Timestamp(0),
            position: Position(start),
            header_length: 42,
            payload_length: 1,
            payload_crc32c: 0,
            summary: Summary::EMPTY,
            payload: resident.then(|| {
                let backing = Backing::new(1);
                assert_eq!(backing.hold(), 1);
                CachedPayload { bytes: Bytes::from_static(b"x"), backing }
            }),
        }
    }

    #[test]
    fn what_is_remembered_of_a_batch_is_small() {
        assert!(size_of::<CachedBatch>() <= 144, "{}", size_of::<CachedBatch>());
    }

    #[derive(Clone, Debug)]
    enum Step {
        Push(u32),
        Evict,
        Commit(usize),
        Supersede(u64),
        Clear,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            6 => (1_u32..4).prop_map(Step::Push),
            4 => Just(Step::Evict),
            3 => (0_usize..6).prop_map(Step::Commit),
            2 => (0_u64..40).prop_map(Step::Supersede),
            1 => Just(Step::Clear),
        ]
    }

    proptest! {
        /// Against a plain list of (start, end, in memory, committed).
        #[test]
        fn a_batch_stays_until_it_is_both_evicted_and_committed(
            recovered in 0_u32..4, steps in prop::collection::vec(step(), 0..60)
        ) {
            let mut cache = StreamCache::new(Offset(0));
            let mut model: Vec<(u64, u64, bool, bool)> = Vec::new();
            let mut next = 0;
            for _ in 0..recovered {
                cache.push(batch(next, 1, false));
                model.push((next, next + 1, false, false));
                next += 1;
            }
            for step in steps {
                match step {
                    Step::Push(span) => {
                        let end = next + u64::from(span);
                        cache.push(batch(next, span, true));
                        model.push((next, end, true, false));
                        next = end;
                    }
                    Step::Evict => if let Some(oldest) = model.iter_mut().find(|b| b.2) {
                        oldest.2 = false;
                        prop_assert_eq!(cache.evict(Offset(oldest.0)), 1);
                        prop_assert_eq!(cache.evict(Offset(oldest.0)), 0);
                    },
                    Step::Commit(count) => {
                        let end = model.iter().filter(|b| !b.3).take(count).last().map(|b| b.1);
                        if let Some(end) = end {
                            cache.commit(Offset(end));
                            model.iter_mut().filter(|b| b.1 <= end).for_each(|b| b.3 = true);
                        }
                    }
                    Step::Supersede(end) => {
                        let gone = |b: &(u64, u64, bool, bool)| b.3 && b.1 <= end;
                        let resident = model.iter().filter(|b| b.2 && gone(b)).count();
                        prop_assert_eq!(cache.supersede(Offset(end)), resident);
                        model.retain(|b| !gone(b));
                    }
                    Step::Clear => {
                        let resident = model.iter().filter(|b| b.2).count();
                        prop_assert_eq!(cache.clear(), resident);
                        model.clear();
                    }
                }
                model.retain(|b| b.2 || !b.3);
                let cached: Vec<_> = cache
                    .batches_from(Offset(0))
                    .map(|b| (b.start.0, b.end().0, b.payload.is_some()))
                    .collect();
                let expect: Vec<_> = model.iter().map(|b| (b.0, b.1, b.2)).collect();
                prop_assert_eq!(cached, expect);
                prop_assert_eq!(cache.is_drained(), model.iter().all(|b| b.3));
                for offset in 0..=next {
                    let found = cache.batches_from(Offset(offset)).next().map(|b| b.start.0);
                    let expect = model.iter().find(|b| b.1 > offset).map(|b| b.0);
                    prop_assert_eq!(found, expect);
                }
            }
        }
    }
}
