//! The batches of all streams in the log's order, and which of them are in memory: the part of
//! the log cache behind its lock.

use std::collections::VecDeque;
use std::sync::Arc;

use penstock_model::id::Offset;
use penstock_wal::{Location, Position};

use crate::batch::Batch;
use crate::page::{COPIED_BYTES_MAX, Page};
use crate::stream_cache::{CachedBatch, CachedPayload};
use crate::stream_state::StreamState;
use crate::upload::block::{BlockLimits, Blocks};

/// What the budget allows.
#[derive(Clone, Copy, Debug)]
pub(super) struct CacheLimits {
    pub(super) resident_bytes: usize,
    pub(super) batches: usize,
    pub(super) backlog_bytes: u64,
}

/// See the module's head. Numbers count batches since the start.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) batches: VecDeque<Ordered>,
    /// The number of the first of them.
    base: u64,
    /// The number of the first batch in memory.
    pub(super) evicted: u64,
    /// The number of the first batch that is not committed.
    pub(super) committed: u64,
    /// What the payloads in memory keep allocated.
    pub(super) resident_bytes: usize,
    /// Payload bytes that are durable and not committed.
    pub(super) backlog_bytes: u64,
    page: Page,
    pub(super) blocks: Blocks,
}

/// One batch of the log's order.
#[derive(Clone, Debug)]
pub(super) struct Ordered {
    pub(super) stream: Arc<StreamState>,
    pub(super) start: Offset,
}

impl Order {
    /// Nothing is cached, and blocks start at the log's trim position.
    pub(super) fn new(limits: BlockLimits, trim: Position) -> Self {
        Self {
            batches: VecDeque::new(),
            base: 0,
            evicted: 0,
            committed: 0,
            resident_bytes: 0,
            backlog_bytes: 0,
            page: Page::default(),
            blocks: Blocks::new(limits, trim),
        }
    }

    /// The number that the next batch gets.
    pub(super) fn next(&self) -> u64 {
        self.base + self.batches.len() as u64
    }

    /// Where the batch with this number is.
    pub(super) fn index_of(&self, number: u64) -> usize {
        let index = number.checked_sub(self.base).expect("uncommitted batches are remembered");
        usize::try_from(index).expect("the order is in memory")
    }

    /// Takes a batch into memory.
    pub(super) fn load(&mut self, batch: Batch, location: Location) -> CachedBatch {
        let (bytes, backing) = if batch.payload.len() < COPIED_BYTES_MAX {
            self.page.copy(&batch.payload)
        } else {
            (batch.payload, batch.backing)
        };
        self.resident_bytes += backing.hold();
        let span = batch.offsets.end.0 - batch.offsets.start.0;
        CachedBatch {
            start: batch.offsets.start,
            span: u32::try_from(span).expect("append checks the span of a batch"),
            records: batch.records,
            max_timestamp: batch.max_timestamp,
            position: location.position,
            header_length: location.header_length,
            payload_length: location.payload_length,
            payload_crc32c: batch.payload_crc32c,
            summary: batch.summary,
            payload: Some(CachedPayload { bytes, backing }),
        }
    }

    /// Takes payloads out of memory, oldest first, until the budget holds. Where there are too
    /// many entries, only what is committed helps: its entries go with it.
    pub(super) fn evict(&mut self, limits: CacheLimits) {
        while self.evicted < self.next() {
            let remembered = self.next() - self.evicted.min(self.committed);
            let too_many = remembered > limits.batches as u64 && self.evicted < self.committed;
            if self.resident_bytes <= limits.resident_bytes && !too_many {
                break;
            }
            let oldest = &self.batches[self.index_of(self.evicted)];
            self.resident_bytes -= oldest.stream.lock().cache.evict(oldest.start);
            self.evicted += 1;
        }
        let forgotten = self.evicted.min(self.committed) - self.base;
        self.batches.drain(..usize::try_from(forgotten).expect("the order is in memory"));
        self.base += forgotten;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use penstock_model::id::{StreamEpoch, StreamId, Timestamp};

    use super::*;
    use crate::batch::{Backing, Summary};
    use crate::position::Positions;

    /// One stream with `count` batches in memory, the first `committed` of them committed.
    fn order(count: u64, committed: u64) -> Order {
        let limits =
            BlockLimits { bytes: 1, age: Duration::from_secs(1), batches: 1, groups: None };
        let mut order = Order::new(limits, Position(0));
        let zero = Offset::ZERO;
        let at = Positions { start: zero, uploaded: zero, durable: zero, appended: zero };
        let stream = Arc::new(StreamState::new(StreamId(1), StreamEpoch(0), at, zero));
        for start in (0..count).map(Offset) {
            let batch = Batch {
                offsets: start..start.plus(1),
                records: 1,
                max_timestamp: Timestamp(0),
                summary: Summary::EMPTY,
                payload: Bytes::from_static(b"payload"),
                payload_crc32c: 0,
                backing: Backing::new(7),
            };
            let location =
                Location { position: Position(start.0), header_length: 1, payload_length: 7 };
            let cached = order.load(batch, location);
            stream.lock().cache.push(cached);
            order.batches.push_back(Ordered { stream: Arc::clone(&stream), start });
        }
        order.committed = committed;
        order
    }

    /// `evicted` and `remembered` as numbers of batches.
    #[track_caller]
    fn check(count: u64, committed: u64, batches_max: usize, evicted: u64, remembered: usize) {
        let mut order = order(count, committed);
        let limits =
            CacheLimits { resident_bytes: usize::MAX, batches: batches_max, backlog_bytes: 0 };
        order.evict(limits);
        assert_eq!((order.evicted, order.batches.len()), (evicted, remembered));
    }

    #[test]
    fn a_full_index_drops_no_more_than_it_must() {
        check(10, 10, 10, 0, 10);
        check(10, 10, 7, 3, 7);
        check(10, 10, 0, 10, 0);
        // What is not committed stays remembered, and so stays in memory.
        check(10, 2, 7, 2, 8);
    }
}
