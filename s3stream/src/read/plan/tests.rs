use penstock_model::command::ObjectKind;
use penstock_model::id::{StreamEpoch, Timestamp};

use super::*;
use crate::object::writer::{ObjectWriter, StoredBatch};

const STREAM: StreamId = StreamId(5);

/// The index of an object with blocks of so many batches, each of one offset and 500,000 bytes.
fn index(start: u64, batches: u64) -> ObjectIndex {
    let mut writer = ObjectWriter::new(ObjectId(1), ObjectKind::StreamSet);
    for stream in [StreamId(4), STREAM, StreamId(6)] {
        let batch = |offset| StoredBatch {
            offsets: Offset(offset)..Offset(offset + 1),
            records: 1,
            max_timestamp: Timestamp(0),
            bytes: vec![0; 500_000].into(),
            crc32c: crc32c::crc32c(&[0; 500_000]),
        };
        writer.stream(stream, StreamEpoch(0), (start..start + batches).map(batch).collect());
    }
    let object = writer.finish();
    ObjectIndex::decode(object.tail(), object.extent()).unwrap()
}

/// The first offsets of the blocks that are fetched from an object with offsets 10 to 20, two a
/// block, and the offset that the plan has come to.
fn check(from: u64, to: u64, max_bytes: u64, blocks: &[u64], next: u64) {
    let mut plan = FetchPlan::new(STREAM, Offset(from)..Offset(to), max_bytes);
    let fetch = plan.take(&(Offset(10)..Offset(20)), ObjectId(1), &index(10, 10));
    let starts: Vec<u64> = fetch.blocks.iter().map(|block| block.offsets.start.0).collect();
    assert_eq!(starts, blocks, "{from}..{to}, {max_bytes} bytes");
    assert_eq!(plan.next(), Offset(next));
    assert_eq!(fetch.offsets, Offset(from)..Offset(next));
}

#[test]
fn as_many_blocks_are_fetched_as_bytes_are_wanted() {
    check(10, 20, 1, &[10], 12);
    check(10, 20, 1_000_000, &[10], 12);
    check(10, 20, 1_100_000, &[10, 12], 14);
    check(10, 20, u64::MAX, &[10, 12, 14, 16, 18], 20);
    check(10, 13, u64::MAX, &[10, 12], 13);
    // Half of the first block is behind the reader.
    check(11, 20, 500_000, &[10], 12);
    check(11, 20, 1_000_000, &[10, 12], 14);
    check(19, 25, u64::MAX, &[18], 20);
}

#[test]
fn a_plan_goes_on_in_the_next_object() {
    let mut plan = FetchPlan::new(STREAM, Offset(18)..Offset(40), 2_000_000);
    let first = plan.take(&(Offset(10)..Offset(20)), ObjectId(1), &index(10, 10));
    assert_eq!(first.blocks.len(), 1);
    assert!(!plan.is_complete());
    let second = plan.take(&(Offset(20)..Offset(30)), ObjectId(2), &index(20, 10));
    assert_eq!((second.object, second.blocks.len()), (ObjectId(2), 1));
    assert!(plan.is_complete());
}

#[test]
fn a_clipped_range_takes_nothing_before_its_start() {
    let mut plan = FetchPlan::new(STREAM, Offset(13)..Offset(15), u64::MAX);
    let fetch = plan.take(&(Offset(13)..Offset(20)), ObjectId(1), &index(10, 10));
    assert_eq!(fetch.blocks.len(), 2, "the blocks of 12 and 13, and of 14 and 15");
}

#[test]
fn neighbours_share_a_get_up_to_its_size() {
    let index = index(0, 40);
    let blocks = index.blocks_of(STREAM, &(Offset(0)..Offset(40)));
    assert_eq!(blocks.len(), 20);
    let check = |wanted: &[usize], expected: &[(usize, usize)]| {
        let gets = group_into_gets(|place| blocks[place].bytes(), wanted.iter().copied());
        let gets: Vec<(usize, usize)> = gets.iter().map(|get| (get.start, get.end)).collect();
        assert_eq!(gets, expected, "{wanted:?}");
    };
    check(&[], &[]);
    check(&[3], &[(3, 4)]);
    check(&[0, 1, 2], &[(0, 3)]);
    check(&[0, 2, 3, 7], &[(0, 1), (2, 4), (7, 8)]);
    let all: Vec<usize> = (0..20).collect();
    check(&all, &[(0, 8), (8, 16), (16, 20)]);
}
