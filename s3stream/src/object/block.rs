//! Blocks: writing the entries of one, and checking one that was read. `format.rs` shows the bytes.

use std::ops::Range;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use penstock_model::id::{Offset, StreamId, Timestamp};

use super::format::{
    BATCH_ENTRY_BYTES, BLOCK_TRAILER_BYTES, CHECKSUM_BYTES, Damage, stored_checksum,
};
use super::index::BlockEntry;

/// One batch of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchEntry {
    /// The offsets it spans; never empty.
    pub offsets: Range<Offset>,
    /// Where its bytes lie in the block.
    pub bytes: Range<usize>,
    /// How many records it holds; 0 of a batch that compaction emptied.
    pub records: u32,
    /// The greatest timestamp of a record in it.
    pub max_timestamp: Timestamp,
}

/// How many bytes a block of so many batches has beside them.
#[must_use]
pub fn block_overhead(batches: u32) -> u32 {
    let bytes = batches as usize * BATCH_ENTRY_BYTES + BLOCK_TRAILER_BYTES;
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// Writes a batch's entry.
///
/// # Panics
/// When the batch lies, or spans, 2³² offsets or bytes past the block's start: the writer begins
/// a new block before that.
pub fn put_batch_entry(buffer: &mut BytesMut, block_start: Offset, batch: &BatchEntry) {
    let narrow = |wide: u64| u32::try_from(wide).expect("the writer keeps blocks below 2^32");
    buffer.put_u32(narrow(batch.offsets.start.0 - block_start.0));
    buffer.put_u32(narrow(batch.offsets.end.0 - batch.offsets.start.0));
    buffer.put_u32(narrow(batch.bytes.end as u64));
    buffer.put_u32(batch.records);
    buffer.put_i64(batch.max_timestamp.0);
}

/// Writes what follows the batch entries of a block, but for the checksum.
pub fn put_block_trailer(buffer: &mut BytesMut, stream: StreamId, start: Offset, count: u32) {
    buffer.put_u64(stream.0);
    buffer.put_u64(start.0);
    buffer.put_u32(count);
}

/// A block that was read and found whole.
#[derive(Clone, Debug)]
pub struct Block {
    bytes: Bytes,
    start: Offset,
    count: usize,
}

impl Block {
    /// Checks a block's bytes against their checksum and against what the index says.
    ///
    /// # Errors
    /// Whatever does not hold.
    pub fn decode(bytes: Bytes, entry: &BlockEntry) -> Result<Self, Damage> {
        let damage = |what| Damage { at: entry.position, what };
        let count = entry.batches as usize;
        let data_length = bytes
            .len()
            .checked_sub(block_overhead(entry.batches) as usize)
            .ok_or(damage("the block is too short for its batches"))?;
        let checked = bytes.len() - CHECKSUM_BYTES;
        let checksum = crc32c::crc32c(&bytes[..checked]);
        if checksum != stored_checksum(&bytes) {
            return Err(damage("the block does not match its checksum"));
        }
        let mut trailer = &bytes[bytes.len() - BLOCK_TRAILER_BYTES..];
        let named = (trailer.get_u64(), trailer.get_u64(), trailer.get_u32());
        if named != (entry.stream.0, entry.offsets.start.0, entry.batches)
            || checksum != entry.crc32c
        {
            return Err(damage("this is another block than the index names"));
        }
        let block = Self { bytes, start: entry.offsets.start, count };
        if !block.holds_together(data_length, entry) {
            return Err(damage("the block's batches contradict the index"));
        }
        Ok(block)
    }

    /// True if the batches follow each other and add up to what the index says.
    fn holds_together(&self, data_length: usize, entry: &BlockEntry) -> bool {
        let (mut offset, mut position) = (self.start, 0);
        let (mut records, mut max_timestamp) = (0, None);
        for index in 0..self.count {
            let batch = self.batch(index);
            if batch.offsets.start < offset
                || batch.offsets.is_empty()
                || batch.bytes.start != position
                || batch.bytes.is_empty()
            {
                return false;
            }
            (offset, position) = (batch.offsets.end, batch.bytes.end);
            records += u64::from(batch.records);
            max_timestamp = max_timestamp.max(Some(batch.max_timestamp));
        }
        offset == entry.offsets.end
            && position == data_length
            && records == entry.records
            && max_timestamp == Some(entry.max_timestamp)
    }

    /// How many batches it holds; at least one.
    #[must_use]
    pub fn batches(&self) -> usize {
        self.count
    }

    /// One batch by its place, in order of offset.
    ///
    /// # Panics
    /// When there is no such batch.
    #[must_use]
    pub fn batch(&self, index: usize) -> BatchEntry {
        assert!(index < self.count, "batch {index} of {}", self.count);
        let table = self.bytes.len() - BLOCK_TRAILER_BYTES - self.count * BATCH_ENTRY_BYTES;
        let at = table + index * BATCH_ENTRY_BYTES;
        let mut entry = &self.bytes[at..at + BATCH_ENTRY_BYTES];
        let start = self.start.plus(entry.get_u32().into());
        let end = start.plus(entry.get_u32().into());
        let bytes_end = entry.get_u32() as usize;
        let bytes_start = match index {
            0 => 0,
            _ => (&self.bytes[at - BATCH_ENTRY_BYTES + 8..]).get_u32() as usize,
        };
        BatchEntry {
            offsets: start..end,
            bytes: bytes_start..bytes_end,
            records: entry.get_u32(),
            max_timestamp: Timestamp(entry.get_i64()),
        }
    }

    /// The bytes of consecutive batches, as one slice of the block.
    ///
    /// # Panics
    /// When the batches are none, or beyond the block's.
    #[must_use]
    pub fn slice(&self, batches: Range<usize>) -> Bytes {
        assert!(!batches.is_empty(), "an empty run of batches");
        let (first, last) = (self.batch(batches.start), self.batch(batches.end - 1));
        self.bytes.slice(first.bytes.start..last.bytes.end)
    }

    /// The bytes that it keeps in memory.
    #[must_use]
    pub fn size(&self) -> usize {
        self.bytes.len()
    }
}
