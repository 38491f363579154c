//! Which batches a read returns.

use penstock_model::id::Offset;
use proptest::collection::vec;
use proptest::prelude::*;

use super::world::{Plain, World, filled, limits, one};
use crate::read::object_reads::ObjectReadError;
use crate::stream::ReadLimits;

const MEMORY: usize = 64 << 20;

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

#[tokio::test]
async fn batches_are_whole_and_in_order() {
    let mut world = World::new();
    world.upload(vec![one("aa", 0), Plain { span: 3, ..one("bbb", 0) }, one("c", 0)]).await;
    world.upload(vec![one("dddd", 0)]).await;
    let reads = world.reads(MEMORY);
    let check = async |from: u64, limits: ReadLimits, expected: &[&str], next: u64| {
        let read = reads.read(&world.image, world.stream, Offset(from), limits).await.unwrap();
        assert_eq!(read.batches, expected, "from {from} {limits:?}");
        assert_eq!(read.next, Offset(next), "from {from} {limits:?}");
    };
    check(0, limits(100, 6), &["aabbbcdddd"], 6).await;
    check(0, limits(7, 6), &["aabbbc"], 5).await;
    check(0, limits(5, 6), &["aabbb"], 4).await;
    check(0, limits(4, 6), &["aa"], 1).await;
    // A batch is returned whole from any of its offsets.
    check(3, limits(100, 6), &["bbbcdddd"], 6).await;
    check(5, limits(100, 6), &["dddd"], 6).await;
    // Nothing that ends past `up_to`.
    check(0, limits(100, 3), &["aa"], 1).await;
    check(1, limits(100, 3), &[], 1).await;
    check(0, limits(100, 5), &["aabbbc"], 5).await;
    check(6, limits(100, 6), &[], 6).await;
    // The first batch may be too large, where that is wished.
    check(1, limits(1, 6), &["bbb"], 4).await;
    check(1, ReadLimits { at_least_one: false, ..limits(1, 6) }, &[], 1).await;
    check(1, ReadLimits { at_least_one: false, ..limits(0, 6) }, &[], 1).await;
    check(1, ReadLimits { at_least_one: false, ..limits(3, 6) }, &["bbb"], 4).await;
}

#[tokio::test]
async fn the_size_of_a_first_batch_that_is_too_large_is_told() {
    const LARGE: usize = 2 << 20;
    let mut world = World::new();
    world.upload(vec![one("aa", 0), Plain { span: 3, ..one("bbb", 0) }]).await;
    world.upload(vec![one(vec![7; LARGE], 0)]).await;
    let reads = world.reads(MEMORY);
    let check = async |from: u64, limits: ReadLimits, expect: Option<usize>| {
        let limits = ReadLimits { at_least_one: false, ..limits };
        let read = reads.read(&world.image, world.stream, Offset(from), limits).await.unwrap();
        assert_eq!(read.kept_out, expect, "from {from} {limits:?}");
        assert!(expect.is_none() || read.batches.is_empty() && read.next == Offset(from));
    };
    check(0, limits(1, 5), Some(2)).await;
    check(2, limits(1, 5), Some(3)).await;
    check(2, limits(1, 3), None).await;
    check(0, limits(2, 5), None).await;
    check(0, limits(0, 5), None).await;
    check(4, limits(100, 4), None).await;
    // What fills a block is not fetched to be told of: the index alone is.
    let before = world.gets();
    check(4, limits(100, 5), Some(LARGE)).await;
    check(4, limits(LARGE - 1, 5), Some(LARGE)).await;
    assert_eq!(world.gets() - before, 1);
    check(4, limits(LARGE, 5), None).await;
}

#[tokio::test]
async fn an_offset_in_no_range_is_an_error_not_an_empty_answer() {
    let mut world = World::new();
    world.upload(filled(0..4, 10)).await;
    world.upload(filled(4..6, 10)).await;
    world.trim(5);
    let reads = world.reads(MEMORY);
    for from in [0, 3, 6, 9] {
        let read = reads.read(&world.image, world.stream, Offset(from), limits(100, 10)).await;
        let error = read.unwrap_err();
        assert!(matches!(error, ObjectReadError::NotCommitted { .. }), "{from}: {error}");
    }
    // What a range holds below the stream's start is still there for who comes late.
    assert!(reads.read(&world.image, world.stream, Offset(4), limits(100, 6)).await.is_ok());
}

/// Some uploads of some batches each, small ones and some that fill a block.
fn any_uploads() -> impl Strategy<Value = Vec<Vec<Plain>>> {
    let size = prop_oneof![6 => 1..2_000_usize, 1 => 300_000..1_200_000_usize];
    let plain =
        (1..20_u64, size, any::<u8>(), 0..50_i64).prop_map(|(span, size, fill, timestamp)| Plain {
            span,
            ..one(vec![fill; size], timestamp)
        });
    vec(vec(plain, 1..10), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Read after read from any offset, a stream comes back as it was appended, in no more
    /// bytes than asked for but for single batches, and in steps that all make progress.
    #[test]
    fn a_stream_is_read_as_it_was_written(
        uploads in any_uploads(), max_bytes in 1..3_000_000_usize, from in 0..100_u64,
    ) {
        block_on(async {
            let mut world = World::new();
            for batches in &uploads {
                world.upload(batches.clone()).await;
            }
            let end = world.end();
            let mut expected = Vec::new();
            let mut offset = 0;
            for batch in uploads.iter().flatten() {
                offset += batch.span;
                if offset > from {
                    expected.extend_from_slice(&batch.bytes);
                }
            }
            let reads = world.reads(MEMORY);
            let mut found = Vec::new();
            let mut next = Offset(from).min(end);
            while next < end {
                let limits = limits(max_bytes, end.0);
                let read = reads.read(&world.image, world.stream, next, limits).await.unwrap();
                assert!(read.next > next, "a read that makes no progress at {next}");
                let bytes: usize = read.batches.iter().map(|batches| batches.len()).sum();
                let single = uploads.iter().flatten().any(|batch| batch.bytes.len() == bytes);
                assert!(bytes <= max_bytes || single, "{bytes} of {max_bytes}");
                read.batches.iter().for_each(|batches| found.extend_from_slice(batches));
                next = read.next;
            }
            assert!(found == expected);
        });
    }
}
