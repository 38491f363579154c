//! Lays an object out whose blocks are those of others, side by side. Pure: blocks in; what is to be
//! copied, the index and what metadata has to know out.
//!
//! ```text
//!   sources   | … [ 7  ][ 8  ] … | … [ 9 ] … |        index entries, and where they lie
//!   merged    [ 7  ][ 8  ][ 9 ] | index | footer      the same entries, moved
//! ```
//!
//! No block is read: its bytes name their stream and offsets and not their place, so that the entry
//! keeps its checksum, and bytes that were damaged before are found damaged by it.

use std::ops::Range;

use bytes::Bytes;
use penstock_model::command::{ObjectKind, UploadedObject, UploadedRange};
use penstock_model::id::{ClusterId, ObjectId};

use super::index::{BlockEntry, ObjectIndex, bytes_of};
use super::key::object_key;
use super::writer::OBJECT_BYTES_MAX;
use crate::store::assemble::{PIECES_MAX, Piece};

/// Neighbouring blocks of one stream in one object.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The object.
    pub object: ObjectId,
    /// They lie back to back; at least one.
    pub blocks: &'a [BlockEntry],
}

/// An object, ready to be assembled, and what its commit says about it.
#[derive(Clone, Debug)]
pub struct MergedObject {
    /// Its id, kind, size and index position.
    pub object: UploadedObject,
    /// Its blocks: bytes of other objects, in order.
    pub copied: Vec<(ObjectId, Range<u64>)>,
    /// Index and footer. Objects that agree in it are equal.
    pub tail: Bytes,
    /// What it holds.
    pub range: UploadedRange,
}

impl Source<'_> {
    /// Where its blocks lie in the object.
    ///
    /// # Panics
    /// When there are none, or gaps between them.
    #[must_use]
    pub fn bytes(&self) -> Range<u64> {
        bytes_of(self.blocks)
    }
}

impl MergedObject {
    /// What the store makes it of.
    ///
    /// # Panics
    /// When these are too many.
    #[must_use]
    pub fn pieces(&self, cluster: ClusterId) -> Vec<Piece> {
        let copied = self.copied.iter().map(|(object, bytes)| Piece::Copied {
            key: object_key(cluster, *object),
            bytes: bytes.clone(),
        });
        let pieces: Vec<_> = copied.chain([Piece::Sent(self.tail.clone())]).collect();
        assert!(pieces.len() <= PIECES_MAX, "an object of {} pieces", pieces.len());
        let size: u64 = pieces.iter().map(Piece::size).sum();
        assert_eq!(size, self.object.size, "the pieces add up to the object");
        pieces
    }
}

/// Lays out an object with one range of one stream.
///
/// # Panics
/// When there is no source, blocks are of several streams or out of order, or the object would have
/// more than [`OBJECT_BYTES_MAX`].
#[must_use]
pub fn merge(id: ObjectId, sources: &[Source<'_>]) -> MergedObject {
    let blocks = || sources.iter().flat_map(|source| source.blocks);
    let (first, last) = blocks().next().zip(blocks().last()).expect("a merge has blocks");
    let mut range = UploadedRange {
        stream: first.stream,
        epoch: first.epoch,
        offsets: first.offsets.start..last.offsets.end,
        object: id,
        size: 0,
        max_timestamp: first.max_timestamp,
    };
    let (mut position, mut moved) = (0, Vec::with_capacity(blocks().count()));
    for block in blocks() {
        assert_eq!(block.stream, range.stream, "a merged object holds one stream");
        range.epoch = range.epoch.max(block.epoch);
        range.max_timestamp = range.max_timestamp.max(block.max_timestamp);
        range.size += u64::from(block.payload_size());
        moved.push(BlockEntry { position, ..block.clone() });
        position += u64::from(block.size);
    }
    let copied: Vec<_> = sources.iter().map(|source| (source.object, source.bytes())).collect();
    let copied_bytes: u64 = copied.iter().map(|(_, bytes)| bytes.end - bytes.start).sum();
    assert_eq!(copied_bytes, position, "what is copied is what the index lists");
    let index = ObjectIndex::new(moved, Vec::new(), position);
    let tail = index.expect("blocks come in order, each once").encode(id, position);
    let size = position + tail.len() as u64;
    assert!(size <= OBJECT_BYTES_MAX, "an object of {size} bytes");
    let object = UploadedObject { id, kind: ObjectKind::Stream, size, index_position: position };
    MergedObject { object, copied, tail, range }
}

#[cfg(test)]
mod tests;
