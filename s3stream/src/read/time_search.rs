//! Finds batches by the time of their records: ranges, then blocks, then batches, each by the
//! greatest timestamp in it, so that hardly more than one block is read.

use std::cmp::Reverse;
use std::ops::Range;
use std::slice;

use penstock_model::id::{Offset, StreamId, Timestamp};
use penstock_model::image::{MetadataImage, StreamRange};

use super::block_cache::{BlockCache, Purpose};
use super::object_reads::{ObjectReadError, extent};
use super::plan::first_batch_past;
use crate::object::format::{BatchEntry, Block};
use crate::object::index::BlockEntry;
use crate::stream::Found;

/// The committed part of a stream that is searched.
pub(super) struct TimeSearch<'a> {
    pub(super) cache: &'a BlockCache,
    pub(super) image: &'a MetadataImage,
    pub(super) stream: StreamId,
    /// Batches that overlap it and end within it are searched.
    pub(super) offsets: Range<Offset>,
}

impl TimeSearch<'_> {
    /// The first batch that reaches `timestamp`.
    pub(super) async fn first_at(
        &self,
        timestamp: Timestamp,
    ) -> Result<Option<Found>, ObjectReadError> {
        for range in self.ranges()? {
            if range.max_timestamp < timestamp {
                continue;
            }
            for entry in self.blocks(&range).await? {
                if entry.max_timestamp < timestamp {
                    continue;
                }
                let block = self.block(&range, &entry).await?;
                let mut batches = self.batches(&range, &block);
                if let Some(batch) = batches.find(|batch| batch.max_timestamp >= timestamp) {
                    return Ok(Some(found(batch)));
                }
            }
        }
        Ok(None)
    }

    /// The first batch that holds the greatest timestamp. What a range or a block states counts
    /// batches that were trimmed since, so it only says where to look first.
    pub(super) async fn greatest(&self) -> Result<Option<Found>, ObjectReadError> {
        let mut best: Option<Found> = None;
        let mut ranges = self.ranges()?;
        ranges.sort_by_key(|range| (Reverse(range.max_timestamp), range.offsets.start));
        for range in ranges {
            if !could_beat(best.as_ref(), range.max_timestamp, range.offsets.start) {
                continue;
            }
            let mut blocks = self.blocks(&range).await?;
            blocks.sort_by_key(|entry| (Reverse(entry.max_timestamp), entry.offsets.start));
            for entry in blocks {
                if !could_beat(best.as_ref(), entry.max_timestamp, entry.offsets.start) {
                    continue;
                }
                let block = self.block(&range, &entry).await?;
                for batch in self.batches(&range, &block) {
                    if could_beat(best.as_ref(), batch.max_timestamp, batch.offsets.start) {
                        best = Some(found(batch));
                    }
                }
            }
        }
        Ok(best)
    }

    /// The ranges that hold the offsets: all of them, or it is an error.
    fn ranges(&self) -> Result<Vec<StreamRange>, ObjectReadError> {
        let mut ranges = Vec::new();
        let mut next = self.offsets.start;
        for range in self.image.ranges_from(self.stream, next) {
            if next >= self.offsets.end || !range.offsets.contains(&next) {
                break;
            }
            next = range.offsets.end;
            ranges.push(range);
        }
        if next < self.offsets.end {
            return Err(ObjectReadError::NotCommitted { stream: self.stream, offset: next });
        }
        Ok(ranges)
    }

    /// The part of a range that is searched.
    fn within(&self, range: &StreamRange) -> Range<Offset> {
        range.offsets.start.max(self.offsets.start)..range.offsets.end.min(self.offsets.end)
    }

    async fn blocks(&self, range: &StreamRange) -> Result<Vec<BlockEntry>, ObjectReadError> {
        let extent = extent(self.image, range.object);
        let index = self.cache.index(Purpose::Serve, extent).await?;
        Ok(index.blocks_of(self.stream, &self.within(range)).to_vec())
    }

    async fn block(
        &self,
        range: &StreamRange,
        entry: &BlockEntry,
    ) -> Result<Block, ObjectReadError> {
        let entry = slice::from_ref(entry);
        let mut got = self.cache.blocks(Purpose::Serve, range.object, entry).await?;
        Ok(got.blocks.pop().expect("one block was asked for"))
    }

    /// The batches of a block that are searched.
    fn batches<'b>(
        &self,
        range: &StreamRange,
        block: &'b Block,
    ) -> impl Iterator<Item = BatchEntry> + use<'b> {
        let (within, end) = (self.within(range), self.offsets.end);
        (first_batch_past(block, within.start)..block.batches())
            .map(|place| block.batch(place))
            .take_while(move |batch| batch.offsets.start < within.end && batch.offsets.end <= end)
    }
}

/// Whether something at `offset` that states `timestamp` may come before the best so far.
fn could_beat(best: Option<&Found>, timestamp: Timestamp, offset: Offset) -> bool {
    best.is_none_or(|best| {
        (Reverse(timestamp), offset) < (Reverse(best.max_timestamp), best.offsets.start)
    })
}

fn found(batch: BatchEntry) -> Found {
    let BatchEntry { offsets, bytes, max_timestamp, .. } = batch;
    Found { offsets, max_timestamp, bytes: bytes.len() }
}
