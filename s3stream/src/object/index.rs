//! The index of an object: which stream's offsets lie in which of its blocks.
//!
//! It knows nothing of bytes (`format.rs`) nor of how they are fetched (`reader.rs`).

use std::ops::Range;

use bytes::Bytes;
use penstock_model::id::{ObjectId, Offset, StreamEpoch, StreamId, Timestamp};

use super::format::{self, Damage, IndexError};

/// One block: whole batches of one stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockEntry {
    /// The stream.
    pub stream: StreamId,
    /// The epoch under which its batches were appended, or a later one of the same owner.
    pub epoch: StreamEpoch,
    /// How many batches; at least one.
    pub batches: u32,
    /// From the first batch's first offset to behind the last batch's last.
    pub offsets: Range<Offset>,
    /// Where it begins in the object, in bytes.
    pub position: u64,
    /// Its length in bytes, entries and checksum included.
    pub size: u32,
    /// Its checksum.
    pub crc32c: u32,
    /// How many records its batches hold together.
    pub records: u64,
    /// The greatest timestamp of a record in it.
    pub max_timestamp: Timestamp,
}

impl BlockEntry {
    /// Where its bytes lie in the object.
    #[must_use]
    pub fn bytes(&self) -> Range<u64> {
        self.position..self.position + u64::from(self.size)
    }

    /// How many of its bytes are batches.
    #[must_use]
    pub fn payload_size(&self) -> u32 {
        self.size.saturating_sub(format::block_overhead(self.batches))
    }
}

/// Where blocks lie that are read or copied at once.
///
/// # Panics
/// When there are none, or gaps between them.
pub(crate) fn bytes_of(blocks: &[BlockEntry]) -> Range<u64> {
    let (first, last) = blocks.first().zip(blocks.last()).expect("some blocks");
    let adjacent = |pair: &[BlockEntry]| pair[0].bytes().end == pair[1].position;
    assert!(blocks.windows(2).all(adjacent), "these blocks lie back to back");
    first.position..last.bytes().end
}

/// One checkpoint: the opaque state of one stream up to an offset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointEntry {
    /// The stream.
    pub stream: StreamId,
    /// The state includes every batch before it.
    pub offset: Offset,
    /// Where it begins in the object, in bytes.
    pub position: u64,
    /// Its length in bytes, checksum included.
    pub size: u32,
    /// Its checksum.
    pub crc32c: u32,
}

/// Where an object's parts lie, as metadata says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectExtent {
    /// The object.
    pub id: ObjectId,
    /// Its size in bytes.
    pub size: u64,
    /// Where its index begins, in bytes.
    pub index_position: u64,
}

/// The index of one object. Its entries cover the bytes before it without gap or overlap; blocks
/// are in order of stream and offset, checkpoints, one a stream, in order of stream behind them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectIndex {
    blocks: Box<[BlockEntry]>,
    checkpoints: Box<[CheckpointEntry]>,
}

impl ObjectIndex {
    /// Takes entries that hold together.
    ///
    /// # Errors
    /// When they do not.
    pub(super) fn new(
        blocks: Vec<BlockEntry>,
        checkpoints: Vec<CheckpointEntry>,
        index_position: u64,
    ) -> Result<Self, Damage> {
        let damage = |what| Damage { at: index_position, what };
        let extents = blocks.iter().map(|block| (block.position, block.size));
        let extents = extents.chain(checkpoints.iter().map(|c| (c.position, c.size)));
        let mut end = 0_u64;
        for (position, size) in extents {
            if position != end {
                return Err(damage("the index leaves a gap, or lets blocks overlap"));
            }
            end = end.checked_add(size.into()).ok_or(damage("the index exceeds all bounds"))?;
        }
        if end != index_position {
            return Err(damage("the index does not begin where the last block ends"));
        }
        let sane = |block: &BlockEntry| {
            let last = block.offsets.end.0;
            !block.offsets.is_empty() && i64::try_from(last).is_ok() && block.batches > 0
        };
        let follows = |former: &BlockEntry, next: &BlockEntry| {
            former.stream < next.stream
                || former.stream == next.stream && former.offsets.end <= next.offsets.start
        };
        if !blocks.iter().all(sane) || !blocks.windows(2).all(|pair| follows(&pair[0], &pair[1])) {
            return Err(damage("the index lists blocks that cannot be, or out of order"));
        }
        if !checkpoints.windows(2).all(|pair| pair[0].stream < pair[1].stream) {
            return Err(damage("the index lists checkpoints out of order"));
        }
        Ok(Self { blocks: blocks.into(), checkpoints: checkpoints.into() })
    }

    /// Checks the bytes of an object from its index position to its end.
    ///
    /// # Errors
    /// Whatever does not hold.
    pub fn decode(bytes: &[u8], object: ObjectExtent) -> Result<Self, IndexError> {
        let at = object.index_position;
        if at.checked_add(bytes.len() as u64) != Some(object.size) {
            let what = "the object has another size than metadata says";
            return Err(Damage { at, what }.into());
        }
        let (blocks, checkpoints) = format::decode_index(bytes, object.id, at)?;
        Ok(Self::new(blocks, checkpoints, at)?)
    }

    /// Its bytes, and the footer's.
    #[must_use]
    pub fn encode(&self, object: ObjectId, position: u64) -> Bytes {
        format::encode_index(object, position, &self.blocks, &self.checkpoints)
    }

    /// All blocks, in order of stream and offset.
    #[must_use]
    pub fn blocks(&self) -> &[BlockEntry] {
        &self.blocks
    }

    /// All checkpoints, in order of stream.
    #[must_use]
    pub fn checkpoints(&self) -> &[CheckpointEntry] {
        &self.checkpoints
    }

    /// The blocks that hold offsets of a stream within `offsets`, in order.
    #[must_use]
    pub fn blocks_of(&self, stream: StreamId, offsets: &Range<Offset>) -> &[BlockEntry] {
        let key = |block: &BlockEntry| (block.stream, block.offsets.end);
        let first = self.blocks.partition_point(|block| key(block) <= (stream, offsets.start));
        let rest = &self.blocks[first..];
        let count = rest
            .partition_point(|block| block.stream == stream && block.offsets.start < offsets.end);
        &rest[..count]
    }

    /// The bytes that it keeps in memory.
    #[must_use]
    pub fn size(&self) -> usize {
        size_of::<Self>()
            + self.blocks.len() * size_of::<BlockEntry>()
            + self.checkpoints.len() * size_of::<CheckpointEntry>()
    }
}
