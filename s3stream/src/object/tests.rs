//! Written and read back; frozen in its bytes; and no byte of it can change unnoticed.

use std::sync::Arc;

use bytes::Bytes;
use expect_test::expect;
use object_store::ObjectStoreExt;
use object_store::memory::InMemory;
use penstock_model::command::ObjectKind;
use penstock_model::id::{ClusterId, ObjectId, Offset, StreamEpoch, StreamId, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;

use super::format::{BATCH_ENTRY_BYTES, BLOCK_TRAILER_BYTES, Block, decode_checkpoint};
use super::index::{BlockEntry, ObjectExtent, ObjectIndex};
use super::key::object_key;
use super::put::{PutError, put_object};
use super::reader::{ObjectError, ObjectReader};
use super::writer::{BLOCK_BYTES_TARGET, EncodedObject, ObjectWriter, StoredBatch};
use crate::store::faulty::{Fault, FaultyStore};
use crate::store::retry::Backoff;

const CLUSTER: ClusterId = ClusterId([7; 16]);
const OBJECT: ObjectId = ObjectId(42);

fn batch(start: u64, span: u64, bytes: impl Into<Bytes>, timestamp: i64) -> StoredBatch {
    let bytes = bytes.into();
    StoredBatch {
        offsets: Offset(start)..Offset(start + span),
        records: u32::try_from(span).unwrap_or(1),
        max_timestamp: Timestamp(timestamp),
        crc32c: crc32c::crc32c(&bytes),
        bytes,
    }
}

/// Two streams and a checkpoint each, in a few hundred bytes.
fn small() -> EncodedObject {
    let mut writer = ObjectWriter::new(OBJECT, ObjectKind::StreamSet);
    writer.stream(
        StreamId(1),
        StreamEpoch(3),
        vec![batch(10, 2, "first", 700), batch(12, 1, "second", -1)],
    );
    writer.stream(StreamId(2), StreamEpoch(0), vec![batch(1 << 40, 5, "other", 800)]);
    writer.checkpoint(StreamId(2), Offset((1 << 40) + 5), "state of 2".into());
    writer.checkpoint(StreamId(1), Offset(13), "".into());
    writer.finish()
}

async fn stored(bytes: Vec<u8>) -> ObjectReader {
    let store = InMemory::new();
    store.put(&object_key(CLUSTER, OBJECT), bytes.into()).await.unwrap();
    ObjectReader::new(Arc::new(store), CLUSTER)
}

/// Everything that the object holds, by way of its index.
async fn read_all(
    reader: &ObjectReader,
    object: &EncodedObject,
) -> Result<(Vec<Block>, Vec<Bytes>), ObjectError> {
    let index = reader.index(object.extent()).await?;
    let blocks = match index.blocks() {
        [] => Vec::new(),
        entries => reader.blocks(OBJECT, entries).await?,
    };
    let mut checkpoints = Vec::new();
    for (stream, checkpoint) in &object.checkpoints {
        checkpoints.push(reader.checkpoint(*stream, checkpoint).await?);
    }
    Ok((blocks, checkpoints))
}

#[test]
fn the_bytes_of_version_1_are_fixed_for_ever() {
    let object = small();
    let mut lines = String::new();
    for chunk in object.payload.concat().chunks(32) {
        chunk.iter().for_each(|byte| lines += &format!("{byte:02x}"));
        lines.push('\n');
    }
    expect![[r#"
        66697273747365636f6e64000000000000000200000005000000020000000000
        0002bc00000002000000010000000b00000001ffffffffffffffff0000000000
        000001000000000000000a00000002d06fa1f96f746865720000000000000005
        0000000500000005000000000000032000000000000000020000010000000000
        000000014de306550000000000000001000000000000000d0966007173746174
        65206f6620320000000000000002000001000000000534497145000000020000
        000200000000000000010000000300000002000000000000000a000000000000
        000d000000000000000000000053d06fa1f90000000000000003000000000000
        02bc000000000000000200000000000000010000010000000000000001000000
        00050000000000000053000000354de306550000000000000005000000000000
        03200000000000000001000000000000000d0000000000000088000000140966
        007100000000000000020000010000000005000000000000009c0000001e3449
        7145000000000000002a00000000000000ba000000c800000001900c8b8b5045
        4e53544f434b
    "#]]
    .assert_eq(&lines);
}

#[tokio::test]
async fn what_was_put_is_found() {
    let object = small();
    let store = Arc::new(InMemory::new());
    put_object(&*store, CLUSTER, &object, Backoff::default()).await.unwrap();
    let reader = ObjectReader::new(store, CLUSTER);
    assert_eq!(reader.extent(OBJECT).await.unwrap(), object.extent());
    let index = reader.index(object.extent()).await.unwrap();
    assert_eq!(index.blocks().len(), 2);
    assert_eq!(index.checkpoints().len(), 2);
    let (blocks, checkpoints) = read_all(&reader, &object).await.unwrap();
    assert_eq!(blocks[0].slice(0..2), "firstsecond");
    assert_eq!(blocks[0].slice(1..2), "second");
    assert_eq!(blocks[1].slice(0..1), "other");
    assert_eq!(checkpoints, ["", "state of 2"]);
    let ranges: Vec<_> =
        object.ranges.iter().map(|range| (range.offsets.clone(), range.size)).collect();
    let other = Offset(1 << 40)..Offset((1 << 40) + 5);
    assert_eq!(ranges, [(Offset(10)..Offset(13), 11), (other, 5)]);
    assert_eq!(object.ranges[0].max_timestamp, Timestamp(700));
}

#[tokio::test]
async fn a_flipped_byte_anywhere_is_named_and_not_served() {
    let object = small();
    let bytes = object.payload.concat();
    for at in 0..bytes.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut bytes = bytes.clone();
            bytes[at] ^= flip;
            let reader = stored(bytes).await;
            match read_all(&reader, &object).await {
                Err(ObjectError::Damaged { key, at: from, .. }) => {
                    assert_eq!(key, object_key(CLUSTER, OBJECT));
                    assert!(from <= at as u64, "byte {at} was named as {from}");
                }
                Err(ObjectError::Version { .. }) => {}
                other => panic!("byte {at} ^ {flip:#x}: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn a_cut_object_is_damaged_and_a_missing_one_gone() {
    let object = small();
    let bytes = object.payload.concat();
    for length in 0..bytes.len() {
        let reader = stored(bytes[..length].to_vec()).await;
        let error = read_all(&reader, &object).await.unwrap_err();
        let named = matches!(error, ObjectError::Damaged { .. });
        assert!(named, "{length}: {error}");
    }
    let nowhere = ObjectReader::new(Arc::new(InMemory::new()), CLUSTER);
    let error = nowhere.index(object.extent()).await.unwrap_err();
    assert!(matches!(error, ObjectError::Gone { .. }), "{error}");
}

#[tokio::test]
async fn an_object_under_another_ones_key_is_not_taken_for_it() {
    let object = small();
    let other = ObjectId(43);
    let store = InMemory::new();
    store.put(&object_key(CLUSTER, other), object.payload.concat().into()).await.unwrap();
    let reader = ObjectReader::new(Arc::new(store), CLUSTER);
    let extent = ObjectExtent { id: other, ..object.extent() };
    let error = reader.index(extent).await.unwrap_err();
    assert!(matches!(error, ObjectError::Damaged { .. }), "{error}");
}

#[tokio::test]
async fn a_taken_key_is_fine_if_it_holds_the_same_object() {
    let store = InMemory::new();
    let object = small();
    for _ in 0..2 {
        put_object(&store, CLUSTER, &object, Backoff::default()).await.unwrap();
    }
    let mut writer = ObjectWriter::new(OBJECT, ObjectKind::Stream);
    writer.stream(StreamId(9), StreamEpoch(0), vec![batch(0, 1, "foreign", 0)]);
    let error =
        put_object(&store, CLUSTER, &writer.finish(), Backoff::default()).await.unwrap_err();
    assert!(matches!(error, PutError::Taken { .. }), "{error}");
    let kept = store.get(&object_key(CLUSTER, OBJECT)).await.unwrap().bytes().await.unwrap();
    assert_eq!(kept, object.payload.concat());
}

#[tokio::test(start_paused = true)]
async fn an_object_is_put_once_whatever_the_store_answers() {
    let check = async |faults: &[Fault]| {
        let object = small();
        let kept = Arc::new(InMemory::new());
        let store = FaultyStore::new(kept.clone());
        store.meet(faults.iter().copied());
        put_object(&store, CLUSTER, &object, Backoff::default()).await.unwrap();
        let there = kept.get(&object_key(CLUSTER, OBJECT)).await.unwrap().bytes().await.unwrap();
        assert_eq!(there, object.payload.concat(), "{faults:?}");
    };
    check(&[Fault::Refused; 40]).await;
    check(&[Fault::NoBucket; 3]).await;
    check(&[Fault::AnswerLost]).await;
    check(&[Fault::AnswerLost, Fault::AnswerLost, Fault::Refused]).await;
    check(&[Fault::Conflict, Fault::Conflict]).await;
}

#[test]
fn payload_bytes_are_not_copied() {
    let bytes = Bytes::from(vec![1; 1000]);
    let address = bytes.as_ptr();
    let mut writer = ObjectWriter::new(OBJECT, ObjectKind::Stream);
    writer.stream(StreamId(1), StreamEpoch(0), vec![batch(0, 1, bytes, 0)]);
    assert_eq!(writer.finish().payload[0].as_ptr(), address);
}

#[test]
fn a_block_holds_a_mebibyte_or_a_single_batch() {
    let check = |sizes: &[usize], expected_batches: &[u32]| {
        let batches = sizes.iter().zip(0..).map(|(size, at)| batch(at, 1, vec![0; *size], 0));
        let mut writer = ObjectWriter::new(OBJECT, ObjectKind::Stream);
        writer.stream(StreamId(1), StreamEpoch(0), batches.collect());
        let object = writer.finish();
        let tail = ObjectIndex::decode(object.tail(), object.extent()).unwrap();
        let counts: Vec<u32> = tail.blocks().iter().map(|block| block.batches).collect();
        assert_eq!(counts, expected_batches, "{sizes:?}");
    };
    let fits = BLOCK_BYTES_TARGET - BLOCK_TRAILER_BYTES - 2 * BATCH_ENTRY_BYTES;
    check(&[10], &[1]);
    check(&[fits - 10, 10], &[2]);
    check(&[fits - 10, 11], &[1, 1]);
    check(&[5 << 20], &[1]);
    check(&[1, 5 << 20, 1, 1], &[1, 1, 2]);
}

#[test]
fn offsets_far_apart_begin_a_new_block() {
    let mut writer = ObjectWriter::new(OBJECT, ObjectKind::Stream);
    let far = u64::from(u32::MAX) + 1;
    let batches = vec![batch(0, 1, "a", 0), batch(far - 2, 1, "b", 0), batch(far - 1, 1, "c", 0)];
    writer.stream(StreamId(1), StreamEpoch(0), batches);
    let object = writer.finish();
    let index = ObjectIndex::decode(object.tail(), object.extent()).unwrap();
    let counts: Vec<u32> = index.blocks().iter().map(|block| block.batches).collect();
    assert_eq!(counts, [2, 1]);
}

/// Streams with batches of any size up to a few blocks, and gaps between their offsets.
fn any_streams() -> impl Strategy<Value = Vec<Vec<StoredBatch>>> {
    let size = prop_oneof![8 => 1..2_000_usize, 1 => 200_000..1_500_000_usize];
    let raw = (0..50_u64, 1..1_000_u64, size, any::<u8>(), any::<i64>());
    vec(vec(raw, 1..12), 1..4).prop_map(|streams| {
        let with_offsets = |batches: Vec<(u64, u64, usize, u8, i64)>| {
            let mut next = 0;
            let place = |(gap, span, size, fill, timestamp)| {
                let start = next + gap;
                next = start + span;
                batch(start, span, vec![fill; size], timestamp)
            };
            batches.into_iter().map(place).collect()
        };
        streams.into_iter().map(with_offsets).collect()
    })
}

/// Overwrites some bytes and makes the checksum behind them fit again.
fn forge(bytes: &mut [u8], forgeries: &[(usize, u8)], checked: usize) {
    for (at, value) in forgeries {
        bytes[at % checked] = *value;
    }
    let checksum = crc32c::crc32c(&bytes[..checked]).to_be_bytes();
    bytes[checked..checked + 4].copy_from_slice(&checksum);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whatever bytes come with a checksum that fits, a decoder answers, and stays in bounds.
    #[test]
    fn forged_bytes_are_decoded_or_refused(
        forgeries in vec((any::<usize>(), any::<u8>()), 0..6),
        noise in vec(any::<u8>(), 0..200),
    ) {
        let object = small();
        let extent = object.extent();
        let mut tail = object.tail().to_vec();
        let checked = tail.len() - 12;
        forge(&mut tail, &forgeries, checked);
        if let Ok(index) = ObjectIndex::decode(&tail, extent) {
            let bytes = object.payload.concat();
            for entry in index.blocks() {
                let at = |at: u64| usize::try_from(at).unwrap();
                let mut block = bytes[at(entry.position)..at(entry.bytes().end)].to_vec();
                let _ = Block::decode(block.clone().into(), entry);
                if let Some(checked) = block.len().checked_sub(4).filter(|checked| *checked > 0) {
                    forge(&mut block, &forgeries, checked);
                    let crc32c = crc32c::crc32c(&block[..checked]);
                    let entry = BlockEntry { crc32c, ..entry.clone() };
                    if let Ok(block) = Block::decode(block.into(), &entry) {
                        prop_assert!(!block.slice(0..block.batches()).is_empty());
                    }
                }
            }
        }
        let noise = Bytes::from(noise);
        let extent = ObjectExtent { size: extent.index_position + noise.len() as u64, ..extent };
        prop_assert!(ObjectIndex::decode(&noise, extent).is_err());
        prop_assert!(decode_checkpoint(&noise, 0, StreamId(1), Offset(1)).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_batch_comes_back_as_it_was(streams in any_streams()) {
        let mut writer = ObjectWriter::new(OBJECT, ObjectKind::StreamSet);
        for (stream, batches) in (0..).zip(&streams) {
            writer.stream(StreamId(stream), StreamEpoch(1), batches.clone());
        }
        let object = writer.finish();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (index, blocks) = runtime.block_on(async {
            let reader = stored(object.payload.concat()).await;
            let index = reader.index(object.extent()).await.unwrap();
            let blocks = reader.blocks(OBJECT, index.blocks()).await.unwrap();
            (index, blocks)
        });
        let mut found: Vec<Vec<StoredBatch>> = vec![Vec::new(); streams.len()];
        for (entry, block) in index.blocks().iter().zip(&blocks) {
            for at in 0..block.batches() {
                let one = block.batch(at);
                let bytes = block.slice(at..at + 1);
                found[usize::try_from(entry.stream.0).unwrap()].push(StoredBatch {
                    offsets: one.offsets,
                    records: one.records,
                    max_timestamp: one.max_timestamp,
                    crc32c: crc32c::crc32c(&bytes),
                    bytes,
                });
            }
        }
        prop_assert!(found == streams);
    }

    #[test]
    fn the_blocks_of_a_range_are_those_that_overlap_it(
        streams in any_streams(), from in 0..8_000_u64, length in 0..2_000_u64,
    ) {
        let mut writer = ObjectWriter::new(OBJECT, ObjectKind::StreamSet);
        for (stream, batches) in (0..).zip(streams) {
            writer.stream(StreamId(stream * 2), StreamEpoch(1), batches);
        }
        let object = writer.finish();
        let index = ObjectIndex::decode(object.tail(), object.extent()).unwrap();
        let wanted = Offset(from)..Offset(from + length);
        for stream in (0..8).map(StreamId) {
            let overlaps = |block: &&BlockEntry| {
                block.stream == stream
                    && block.offsets.start < wanted.end
                    && block.offsets.end > wanted.start
            };
            let expected: Vec<_> = index.blocks().iter().filter(overlaps).collect();
            let found: Vec<_> = index.blocks_of(stream, &wanted).iter().collect();
            prop_assert_eq!(found, expected);
        }
    }
}
