//! The bytes of an object, version 1.
//!
//! ```text
//!   object      block* | checkpoint* | index | footer                     no gap anywhere
//!
//!   block       batches, whole, of one stream, in order, back to back     n bytes
//!               batch entry × count                                       24 bytes each
//!               stream 8 | start offset 8 | count 4 | CRC32C 4            over all before it
//!   batch entry offset, from the block's start 4 | offset span 4 | end of its bytes in the
//!               block 4 | records 4 | max timestamp 8
//!
//!   checkpoint  opaque bytes | stream 8 | offset 8 | CRC32C 4             over all before it
//!
//!   index       blocks 4 | checkpoints 4 | block entry* | checkpoint entry*
//!   block entry stream 8 | stream epoch 4 | batches 4 | start offset 8 | end offset 8 |
//!               position 8 | size 4 | CRC32C 4 | records 8 | max timestamp 8
//!   checkpoint  stream 8 | offset 8 | position 8 | size 4 | CRC32C 4
//!    entry
//!
//!   footer      object 8 | index position 8 | index length 4 | version 4 |
//!               CRC32C 4 (over the index and the 24 bytes before) | "PENSTOCK"
//! ```
//!
//! All numbers are big-endian; timestamps and nothing else are signed. The last 16 bytes keep
//! their place in every version to come, so that any release can name what it cannot read.
//! Blocks and checkpoints name their stream themselves: bytes read from a wrong place, or put
//! back by hand in one, do not pass. The index repeats their checksums, so that two objects
//! with equal footers are equal.
//!
//! Offset spans are of offsets, not of records: compaction leaves gaps and empty batches.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use penstock_model::id::{ObjectId, Offset, StreamEpoch, StreamId, Timestamp};

pub use super::block::{BatchEntry, Block, block_overhead, put_batch_entry, put_block_trailer};
use super::index::{BlockEntry, CheckpointEntry};

/// The format's version, written into every footer.
pub const VERSION: u32 = 1;
/// How every object ends.
pub const MAGIC: [u8; 8] = *b"PENSTOCK";
/// The length of a batch's entry in its block.
pub const BATCH_ENTRY_BYTES: usize = 24;
/// The length of what follows the batch entries of a block.
pub const BLOCK_TRAILER_BYTES: usize = 24;
/// The length of what follows a checkpoint's own bytes.
pub const CHECKPOINT_TRAILER_BYTES: usize = 20;
/// The length of the counts at the head of an index.
pub const INDEX_HEAD_BYTES: usize = 8;
/// The length of a block's entry in the index.
pub const BLOCK_ENTRY_BYTES: usize = 64;
/// The length of a checkpoint's entry in the index.
pub const CHECKPOINT_ENTRY_BYTES: usize = 32;
/// The length of the footer.
pub const FOOTER_BYTES: usize = 36;

pub(super) const CHECKSUM_BYTES: usize = 4;
/// The footer's part that the checksum covers.
const FOOTER_CHECKED_BYTES: usize = 24;

/// What does not hold about stored bytes. They are to be kept, and never to be served.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}: {what}")]
pub struct Damage {
    /// Where in the object the damaged part begins.
    pub at: u64,
    /// What does not hold.
    pub what: &'static str,
}

/// Why a footer or an index cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// See there.
    #[error(transparent)]
    Damaged(#[from] Damage),
    /// A newer release wrote the object (or the number is damaged): read it with that release.
    #[error("format version {0} is unknown to this release")]
    Version(u32),
}

/// Appends a checkpoint's trailer to what it belongs to.
#[must_use]
pub fn checkpoint_trailer(stream: StreamId, offset: Offset, state: &[u8]) -> Bytes {
    let mut trailer = BytesMut::with_capacity(CHECKPOINT_TRAILER_BYTES);
    trailer.put_u64(stream.0);
    trailer.put_u64(offset.0);
    let checksum = crc32c::crc32c_append(crc32c::crc32c(state), &trailer);
    trailer.put_u32(checksum);
    trailer.freeze()
}

/// The checksum at the end of a block or a checkpoint, as it is stored.
#[must_use]
pub fn stored_checksum(tail: &[u8]) -> u32 {
    (&tail[tail.len() - CHECKSUM_BYTES..]).get_u32()
}

/// Checks a checkpoint's bytes, read from `position`, and takes the opaque state out of them.
///
/// # Errors
/// Whatever does not hold.
pub fn decode_checkpoint(
    bytes: &Bytes,
    position: u64,
    stream: StreamId,
    offset: Offset,
) -> Result<Bytes, Damage> {
    let damage = |what| Damage { at: position, what };
    let state = bytes
        .len()
        .checked_sub(CHECKPOINT_TRAILER_BYTES)
        .ok_or(damage("the checkpoint is too short"))?;
    let mut trailer = &bytes[state..];
    let named = (trailer.get_u64(), trailer.get_u64());
    if crc32c::crc32c(&bytes[..bytes.len() - CHECKSUM_BYTES]) != trailer.get_u32() {
        return Err(damage("the checkpoint does not match its checksum"));
    }
    if named != (stream.0, offset.0) {
        return Err(damage("this is another checkpoint than metadata names"));
    }
    Ok(bytes.slice(..state))
}

/// The index and the footer of an object, whose index begins at `position`.
///
/// # Panics
/// When the index is longer than 2³² bytes.
#[must_use]
pub fn encode_index(
    object: ObjectId,
    position: u64,
    blocks: &[BlockEntry],
    checkpoints: &[CheckpointEntry],
) -> Bytes {
    let length = INDEX_HEAD_BYTES
        + blocks.len() * BLOCK_ENTRY_BYTES
        + checkpoints.len() * CHECKPOINT_ENTRY_BYTES;
    let narrow = |wide: usize| u32::try_from(wide).expect("an index stays below 2^32 bytes");
    let mut buffer = BytesMut::with_capacity(length + FOOTER_BYTES);
    buffer.put_u32(narrow(blocks.len()));
    buffer.put_u32(narrow(checkpoints.len()));
    for block in blocks {
        buffer.put_u64(block.stream.0);
        buffer.put_u32(block.epoch.0);
        buffer.put_u32(block.batches);
        buffer.put_u64(block.offsets.start.0);
        buffer.put_u64(block.offsets.end.0);
        buffer.put_u64(block.position);
        buffer.put_u32(block.size);
        buffer.put_u32(block.crc32c);
        buffer.put_u64(block.records);
        buffer.put_i64(block.max_timestamp.0);
    }
    for checkpoint in checkpoints {
        buffer.put_u64(checkpoint.stream.0);
        buffer.put_u64(checkpoint.offset.0);
        buffer.put_u64(checkpoint.position);
        buffer.put_u32(checkpoint.size);
        buffer.put_u32(checkpoint.crc32c);
    }
    buffer.put_u64(object.0);
    buffer.put_u64(position);
    buffer.put_u32(narrow(length));
    buffer.put_u32(VERSION);
    let checksum = crc32c::crc32c(&buffer);
    buffer.put_u32(checksum);
    buffer.put_slice(&MAGIC);
    buffer.freeze()
}

/// What a footer says, for whoever does not know from metadata where the index begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Footer {
    /// The object that it ends.
    pub object: ObjectId,
    /// Where the index begins.
    pub index_position: u64,
}

/// Reads the last [`FOOTER_BYTES`] of an object of `size` bytes. Nothing is checked yet but that
/// they can be a footer there.
///
/// # Errors
/// When they cannot.
pub fn decode_footer(mut footer: &[u8], size: u64) -> Result<Footer, IndexError> {
    let damage = |what| Damage { at: size - FOOTER_BYTES as u64, what };
    assert_eq!(footer.len(), FOOTER_BYTES, "a footer has a fixed length");
    if footer[FOOTER_BYTES - MAGIC.len()..] != MAGIC {
        return Err(damage("the object does not end as an object of this system does").into());
    }
    let (object, index_position) = (ObjectId(footer.get_u64()), footer.get_u64());
    let (index_length, version) = (footer.get_u32(), footer.get_u32());
    if version != VERSION {
        return Err(IndexError::Version(version));
    }
    if index_position.checked_add(index_length.into()) != Some(size - FOOTER_BYTES as u64) {
        return Err(damage("the footer's index does not end where the footer begins").into());
    }
    Ok(Footer { object, index_position })
}

/// The entries of an index that was found whole.
pub(super) type Entries = (Vec<BlockEntry>, Vec<CheckpointEntry>);

/// Checks the bytes of an object from `index_position` to its end.
///
/// # Errors
/// Whatever does not hold.
pub(super) fn decode_index(
    bytes: &[u8],
    object: ObjectId,
    index_position: u64,
) -> Result<Entries, IndexError> {
    let damage = |what| Damage { at: index_position, what };
    let length = bytes
        .len()
        .checked_sub(FOOTER_BYTES)
        .filter(|length| *length >= INDEX_HEAD_BYTES)
        .ok_or(damage("the object is too short for its index"))?;
    let footer = decode_footer(&bytes[length..], index_position + bytes.len() as u64)?;
    if footer != (Footer { object, index_position }) {
        return Err(damage("this is the footer of another object").into());
    }
    let checked = length + FOOTER_CHECKED_BYTES;
    if crc32c::crc32c(&bytes[..checked]) != (&bytes[checked..]).get_u32() {
        return Err(damage("the index does not match its checksum").into());
    }
    let mut index = &bytes[..length];
    let (blocks, checkpoints) = (index.get_u32() as usize, index.get_u32() as usize);
    let expected = blocks
        .checked_mul(BLOCK_ENTRY_BYTES)
        .zip(checkpoints.checked_mul(CHECKPOINT_ENTRY_BYTES))
        .and_then(|(blocks, checkpoints)| blocks.checked_add(checkpoints));
    if expected != Some(index.len()) {
        return Err(damage("the index has another length than its entries").into());
    }
    let blocks = (0..blocks).map(|_| get_block_entry(&mut index)).collect();
    let checkpoints = (0..checkpoints).map(|_| get_checkpoint_entry(&mut index)).collect();
    Ok((blocks, checkpoints))
}

fn get_block_entry(index: &mut &[u8]) -> BlockEntry {
    BlockEntry {
        stream: StreamId(index.get_u64()),
        epoch: StreamEpoch(index.get_u32()),
        batches: index.get_u32(),
        offsets: Offset(index.get_u64())..Offset(index.get_u64()),
        position: index.get_u64(),
        size: index.get_u32(),
        crc32c: index.get_u32(),
        records: index.get_u64(),
        max_timestamp: Timestamp(index.get_i64()),
    }
}

fn get_checkpoint_entry(index: &mut &[u8]) -> CheckpointEntry {
    CheckpointEntry {
        stream: StreamId(index.get_u64()),
        offset: Offset(index.get_u64()),
        position: index.get_u64(),
        size: index.get_u32(),
        crc32c: index.get_u32(),
    }
}
