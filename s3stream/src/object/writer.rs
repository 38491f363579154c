//! Lays batches out as an object. Pure: batches in, a payload and what metadata has to know out.
//!
//! Payload bytes are neither copied nor read: a block is a list of its batches' own slices, and
//! its checksum is combined from theirs. Bytes that were damaged in memory therefore do not get
//! a checksum that fits them.

use std::ops::Range;

use bytes::{BufMut, Bytes, BytesMut};
use penstock_checksum::crc32c_combine;
use penstock_model::command::{CheckpointRef, ObjectKind, UploadedObject, UploadedRange};
use penstock_model::id::{ObjectId, Offset, StreamEpoch, StreamId, Timestamp};

use super::format::{self, BATCH_ENTRY_BYTES, BLOCK_TRAILER_BYTES, BatchEntry};
use super::index::{BlockEntry, CheckpointEntry, ObjectExtent, ObjectIndex};

/// A block is closed before it would exceed this, unless it holds a single batch: what one cold
/// read fetches, and what one entry of the block cache costs.
pub const BLOCK_BYTES_TARGET: usize = 1 << 20;

/// The largest object: what every store takes in one conditional PUT (S3 and Azure: 5 GB).
pub const OBJECT_BYTES_MAX: u64 = 4 << 30;

/// One batch to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredBatch {
    /// The offsets it spans; never empty.
    pub offsets: Range<Offset>,
    /// How many records it holds.
    pub records: u32,
    /// The greatest timestamp among them.
    pub max_timestamp: Timestamp,
    /// The batch as it is served; not empty.
    pub bytes: Bytes,
    /// CRC32C of `bytes`.
    pub crc32c: u32,
}

/// An object, ready to be put, and what the commit of its upload says about it.
#[derive(Clone, Debug)]
pub struct EncodedObject {
    /// Its id, kind, size and index position.
    pub object: UploadedObject,
    /// Its bytes, in order.
    pub payload: Vec<Bytes>,
    /// The ranges, in order of stream and offset.
    pub ranges: Vec<UploadedRange>,
    /// Where each checkpoint lies.
    pub checkpoints: Vec<(StreamId, CheckpointRef)>,
}

impl EncodedObject {
    /// The last piece of the payload: index and footer. Objects that agree in it are equal.
    #[must_use]
    pub fn tail(&self) -> &Bytes {
        self.payload.last().expect("an object ends with its footer")
    }

    /// Where its parts lie.
    #[must_use]
    pub fn extent(&self) -> ObjectExtent {
        let UploadedObject { id, size, index_position, .. } = self.object;
        ObjectExtent { id, size, index_position }
    }
}

/// Builds one object, stream by stream.
#[derive(Debug)]
pub struct ObjectWriter {
    id: ObjectId,
    kind: ObjectKind,
    payload: Vec<Bytes>,
    position: u64,
    blocks: Vec<BlockEntry>,
    ranges: Vec<UploadedRange>,
    checkpoints: Vec<(StreamId, Offset, Bytes)>,
}

impl ObjectWriter {
    /// An object without content.
    #[must_use]
    pub fn new(id: ObjectId, kind: ObjectKind) -> Self {
        Self {
            id,
            kind,
            payload: Vec::new(),
            position: 0,
            blocks: Vec::new(),
            ranges: Vec::new(),
            checkpoints: Vec::new(),
        }
    }

    /// Adds batches of one stream, which become one range from the first to the last.
    ///
    /// # Panics
    /// When ranges do not come in order of stream and offset, batches not in order of offset, when
    /// there are none or an empty one, or when an object for one stream is given a second range.
    pub fn stream(&mut self, stream: StreamId, epoch: StreamEpoch, batches: Vec<StoredBatch>) {
        if let Some(former) = self.ranges.last() {
            let start = batches.first().map(|batch| batch.offsets.start);
            assert!(
                (former.stream, Some(former.offsets.end)) <= (stream, start)
                    || former.stream < stream,
                "{start:?} of stream {stream} comes after {former:?}"
            );
            assert!(self.kind == ObjectKind::StreamSet, "a stream object holds one stream");
        }
        let mut open = OpenBlock::default();
        let mut range: Option<UploadedRange> = None;
        for batch in batches {
            let range = range.get_or_insert(UploadedRange {
                stream,
                epoch,
                offsets: batch.offsets.start..batch.offsets.start,
                object: self.id,
                size: 0,
                max_timestamp: batch.max_timestamp,
            });
            assert!(
                range.offsets.end <= batch.offsets.start && !batch.offsets.is_empty(),
                "stream {stream}: {:?} comes after {:?}",
                batch.offsets,
                range.offsets
            );
            assert!(
                !batch.bytes.is_empty(),
                "stream {stream}: an empty batch at {:?}",
                batch.offsets
            );
            range.offsets.end = batch.offsets.end;
            range.size += batch.bytes.len() as u64;
            range.max_timestamp = range.max_timestamp.max(batch.max_timestamp);
            if !open.has_room(&batch) {
                self.close_block(stream, epoch, std::mem::take(&mut open));
            }
            open.push(batch, &mut self.payload);
        }
        self.close_block(stream, epoch, open);
        self.ranges.push(range.expect("a stream has batches"));
    }

    /// Adds the opaque state of one stream up to an offset.
    pub fn checkpoint(&mut self, stream: StreamId, offset: Offset, state: Bytes) {
        self.checkpoints.push((stream, offset, state));
    }

    fn close_block(&mut self, stream: StreamId, epoch: StreamEpoch, open: OpenBlock) {
        let (tail, entry) = open.close(stream, epoch, self.position);
        self.payload.push(tail);
        self.position += u64::from(entry.size);
        self.blocks.push(entry);
    }

    /// Lays down the checkpoints, the index and the footer.
    ///
    /// # Panics
    /// When a stream has two checkpoints, a checkpoint 2³² bytes, the object more than
    /// [`OBJECT_BYTES_MAX`], or nothing at all in it.
    #[must_use]
    pub fn finish(mut self) -> EncodedObject {
        assert!(!self.ranges.is_empty() || !self.checkpoints.is_empty(), "an empty object");
        self.checkpoints.sort_by_key(|(stream, ..)| *stream);
        let mut references = Vec::with_capacity(self.checkpoints.len());
        let mut entries = Vec::with_capacity(self.checkpoints.len());
        for (stream, offset, state) in self.checkpoints {
            let trailer = format::checkpoint_trailer(stream, offset, &state);
            let size = u32::try_from(state.len() + trailer.len()).expect("a checkpoint is small");
            let position = self.position;
            let crc32c = format::stored_checksum(&trailer);
            references.push((stream, CheckpointRef { offset, object: self.id, position, size }));
            entries.push(CheckpointEntry { stream, offset, position, size, crc32c });
            self.position += u64::from(size);
            self.payload.extend([state, trailer]);
        }
        let index_position = self.position;
        let index = ObjectIndex::new(self.blocks, entries, index_position)
            .expect("the writer lays blocks out in order, without gaps");
        self.payload.push(index.encode(self.id, index_position));
        let size = self.payload.iter().map(|piece| piece.len() as u64).sum();
        assert!(size <= OBJECT_BYTES_MAX, "an object of {size} bytes");
        EncodedObject {
            object: UploadedObject { id: self.id, kind: self.kind, size, index_position },
            payload: self.payload,
            ranges: self.ranges,
            checkpoints: references,
        }
    }
}

/// The block that batches are being added to.
#[derive(Debug, Default)]
struct OpenBlock {
    batches: Vec<BatchEntry>,
    crc32c: u32,
}

impl OpenBlock {
    fn data_bytes(&self) -> usize {
        self.batches.last().map_or(0, |batch| batch.bytes.end)
    }

    fn has_room(&self, batch: &StoredBatch) -> bool {
        let Some(first) = self.batches.first() else { return true };
        let entries = (self.batches.len() + 1) * BATCH_ENTRY_BYTES + BLOCK_TRAILER_BYTES;
        // Offsets within a block are 32 bits wide.
        let last_offset = batch.offsets.end.0 - first.offsets.start.0;
        self.data_bytes() + batch.bytes.len() + entries <= BLOCK_BYTES_TARGET
            && last_offset <= u64::from(u32::MAX)
    }

    fn push(&mut self, batch: StoredBatch, payload: &mut Vec<Bytes>) {
        let start = self.data_bytes();
        let length = batch.bytes.len() as u64;
        self.crc32c = crc32c_combine(self.crc32c, batch.crc32c, length);
        self.batches.push(BatchEntry {
            offsets: batch.offsets,
            bytes: start..start + batch.bytes.len(),
            records: batch.records,
            max_timestamp: batch.max_timestamp,
        });
        payload.push(batch.bytes);
    }

    /// What follows the batches in the object, and the block's entry in the index.
    fn close(self, stream: StreamId, epoch: StreamEpoch, position: u64) -> (Bytes, BlockEntry) {
        let (first, last) = self.batches.first().zip(self.batches.last()).expect("a batch");
        let offsets = first.offsets.start..last.offsets.end;
        let count = u32::try_from(self.batches.len()).expect("a block holds few batches");
        let length = self.batches.len() * BATCH_ENTRY_BYTES + BLOCK_TRAILER_BYTES;
        let mut tail = BytesMut::with_capacity(length);
        for batch in &self.batches {
            format::put_batch_entry(&mut tail, offsets.start, batch);
        }
        format::put_block_trailer(&mut tail, stream, offsets.start, count);
        let crc32c = crc32c::crc32c_append(self.crc32c, &tail);
        tail.put_u32(crc32c);
        let entry = BlockEntry {
            stream,
            epoch,
            batches: count,
            position,
            size: u32::try_from(self.data_bytes() + length).expect("a block stays below 2^32"),
            crc32c,
            records: self.batches.iter().map(|batch| u64::from(batch.records)).sum(),
            max_timestamp: self.batches.iter().map(|b| b.max_timestamp).max().expect("a batch"),
            offsets,
        };
        (tail.freeze(), entry)
    }
}
