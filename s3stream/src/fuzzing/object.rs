//! An object: `sealed 1 | the object`
//!
//! Where it is sealed, parts that the index names lie back to back in the object's order, and get
//! their checksums, so that what stands in them is looked at.

use std::ops::Range;
use std::sync::Arc;

use bytes::{BufMut, Bytes, BytesMut};
use futures::FutureExt;
use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt};
use penstock_fuzzing::take;
use penstock_model::command::{CheckpointRef, ObjectKind};
use penstock_model::id::{ClusterId, ObjectId, Offset, StreamEpoch, StreamId, Timestamp};

use crate::object::format::{
    BLOCK_ENTRY_BYTES, Block, CHECKPOINT_ENTRY_BYTES, FOOTER_BYTES, INDEX_HEAD_BYTES, MAGIC,
    VERSION, checkpoint_trailer, put_batch_entry, put_block_trailer,
};
use crate::object::index::BlockEntry;
use crate::object::key::object_key;
use crate::object::reader::{ObjectError, ObjectReader};
use crate::object::writer::{ObjectWriter, StoredBatch};

const CLUSTER: ClusterId = ClusterId([7; 16]);
const OBJECT: ObjectId = ObjectId(42);

/// What is read is what would be written, byte by byte.
pub(super) fn run(mut input: &[u8]) -> Option<()> {
    let [sealed] = *take(&mut input)?;
    let mut bytes = input.to_vec();
    if sealed != 0 {
        seal(&mut bytes);
    }
    match read(bytes).now_or_never().expect("a store in memory never waits") {
        Ok(()) => Some(()),
        Err(ObjectError::Damaged { .. } | ObjectError::Version { .. }) => None,
        Err(error) => panic!("the bytes of an object cannot make {error}"),
    }
}

async fn read(bytes: Vec<u8>) -> Result<(), ObjectError> {
    let bytes = Bytes::from(bytes);
    let part = |range: Range<u64>| {
        let place = |at: u64| usize::try_from(at).expect("within the object");
        bytes.slice(place(range.start)..place(range.end))
    };
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let put = store.put(&object_key(CLUSTER, OBJECT), bytes.clone().into()).await;
    put.expect("memory takes an object");
    let reader = ObjectReader::new(store, CLUSTER);
    let extent = reader.extent(OBJECT).await?;
    let index = reader.index(extent).await?;
    let tail = part(extent.index_position..extent.size);
    assert_eq!(index.encode(OBJECT, extent.index_position), tail);
    for checkpoint in index.checkpoints() {
        let (stream, offset, position) =
            (checkpoint.stream, checkpoint.offset, checkpoint.position);
        let size = checkpoint.size;
        let place = CheckpointRef { offset, object: OBJECT, position, size };
        let state = reader.checkpoint(stream, &place).await?;
        let written = [&state[..], &checkpoint_trailer(stream, offset, &state)].concat();
        assert_eq!(written, part(position..position + u64::from(size)));
    }
    if index.blocks().is_empty() {
        return Ok(());
    }
    let blocks = reader.blocks(OBJECT, index.blocks()).await?;
    for (entry, block) in index.blocks().iter().zip(&blocks) {
        assert_eq!(written(entry, block), part(entry.bytes()));
        assert_eq!(index.blocks_of(entry.stream, &entry.offsets), std::slice::from_ref(entry));
    }
    Ok(())
}

/// The bytes that a block of these batches has.
fn written(entry: &BlockEntry, block: &Block) -> Bytes {
    let mut bytes = BytesMut::from(block.slice(0..block.batches()).as_ref());
    assert_eq!(bytes.len(), entry.payload_size() as usize);
    for index in 0..block.batches() {
        put_batch_entry(&mut bytes, entry.offsets.start, &block.batch(index));
    }
    put_block_trailer(&mut bytes, entry.stream, entry.offsets.start, entry.batches);
    let crc32c = crc32c::crc32c(&bytes);
    bytes.put_u32(crc32c);
    bytes.freeze()
}

/// Puts right what is not what a fuzzer should spend its time on: places, checksums, names.
fn seal(bytes: &mut [u8]) -> Option<()> {
    let footer = bytes.len().checked_sub(FOOTER_BYTES)?;
    let length = u32_at(bytes, footer + 16)?;
    let index = footer.checked_sub(length)?;
    put(bytes, footer, &OBJECT.0.to_be_bytes());
    put(bytes, footer + 8, &(index as u64).to_be_bytes());
    put(bytes, footer + 20, &VERSION.to_be_bytes());
    let (blocks, checkpoints) = (u32_at(bytes, index)?, u32_at(bytes, index + 4)?);
    let entries = (index + INDEX_HEAD_BYTES..footer).step_by(BLOCK_ENTRY_BYTES).take(blocks);
    let behind = blocks.checked_mul(BLOCK_ENTRY_BYTES)?.checked_add(index + INDEX_HEAD_BYTES)?;
    let others = (behind..footer).step_by(CHECKPOINT_ENTRY_BYTES).take(checkpoints);
    let mut position = 0_usize;
    for (entry, place) in entries.map(|at| (at, 32)).chain(others.map(|at| (at, 16))) {
        let size = u32_at(bytes, entry + place + 8)?;
        put(bytes, entry + place, &(position as u64).to_be_bytes());
        let end = position.checked_add(size).filter(|end| *end <= index)?;
        let checksum = end.checked_sub(4).filter(|at| *at >= position)?;
        let crc32c = crc32c::crc32c(&bytes[position..checksum]).to_be_bytes();
        put(bytes, checksum, &crc32c);
        put(bytes, entry + place + 12, &crc32c);
        position = end;
    }
    let crc32c = crc32c::crc32c(&bytes[index..footer + 24]);
    put(bytes, footer + 24, &crc32c.to_be_bytes());
    put(bytes, footer + 28, &MAGIC);
    Some(())
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    let number = bytes.get(at..)?.first_chunk()?;
    usize::try_from(u32::from_be_bytes(*number)).ok()
}

/// As far as there is room for it.
fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    bytes.iter_mut().skip(at).zip(value).for_each(|(byte, value)| *byte = *value);
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let batch = |offsets: Range<u64>, bytes: &'static [u8]| StoredBatch {
        offsets: Offset(offsets.start)..Offset(offsets.end),
        records: 1,
        max_timestamp: Timestamp(700),
        crc32c: crc32c::crc32c(bytes),
        bytes: Bytes::from_static(bytes),
    };
    let object = |kind, content: &dyn Fn(&mut ObjectWriter)| {
        let mut writer = ObjectWriter::new(OBJECT, kind);
        content(&mut writer);
        writer.finish().payload.concat()
    };
    let one = object(ObjectKind::Stream, &|writer| {
        writer.stream(StreamId(1), StreamEpoch(0), vec![batch(0..1, b"x")]);
    });
    let several = object(ObjectKind::StreamSet, &|writer| {
        let batches = vec![batch(10..12, b"first"), batch(12..13, b"second")];
        writer.stream(StreamId(1), StreamEpoch(3), batches);
        // Too far from each other for one block.
        let far = 1 << 33;
        let batches = vec![batch(5..9, b"other"), batch(far..far + 1, b"last")];
        writer.stream(StreamId(2), StreamEpoch(0), batches);
        writer.checkpoint(StreamId(2), Offset(9), "state of 2".into());
        writer.checkpoint(StreamId(1), Offset(13), "".into());
    });
    let checkpoint = object(ObjectKind::StreamSet, &|writer| {
        writer.checkpoint(StreamId(2), Offset(9), "state".into());
    });
    let seeds = [0, 1].into_iter().flat_map(|sealed: u8| {
        [&one, &several, &checkpoint].map(|object| [&[sealed], &object[..]].concat())
    });
    seeds.collect()
}
