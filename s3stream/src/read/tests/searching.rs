//! Finding batches by time.

use penstock_model::id::{Offset, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;

use super::world::{Plain, World, one};

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

#[tokio::test]
async fn a_search_reads_one_index_and_one_block() {
    let mut world = World::new();
    for upload in 0..5_i64 {
        let large = |timestamp| one(vec![0; 600_000], upload * 100 + timestamp);
        world.upload(vec![large(1), large(2), large(3), large(4)]).await;
    }
    let reads = world.reads(64 << 20);
    let before = world.gets();
    let all = Offset(0)..world.end();
    let found = reads
        .find_by_timestamp(&world.image, world.stream, all.clone(), Timestamp(203))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.offsets, Offset(10)..Offset(11));
    assert_eq!(world.gets() - before, 2);
    let found = reads.max_timestamp_batch(&world.image, world.stream, all).await.unwrap().unwrap();
    assert_eq!(found.offsets, Offset(19)..Offset(20));
    assert_eq!(world.gets() - before, 4);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn searches_agree_with_a_walk_over_all_batches(
        uploads in vec(vec((1..5_u64, 0..12_i64), 1..8), 1..4),
        from in 0..30_u64, trimmed in 0..30_u64, to in 0..60_u64, wanted in 0..13_i64,
    ) {
        block_on(async {
            let mut world = World::new();
            let mut batches = Vec::new();
            for upload in &uploads {
                let plain = |(span, timestamp): &(u64, i64)| {
                    // Large enough that a few make a block.
                    Plain { span: *span, ..one(vec![7; 400_000], *timestamp) }
                };
                let mut offset = world.end();
                for (span, timestamp) in upload {
                    batches.push((offset..offset.plus(*span), Timestamp(*timestamp)));
                    offset = offset.plus(*span);
                }
                world.upload(upload.iter().map(plain).collect()).await;
            }
            let end = world.end();
            let start = Offset(trimmed).min(end);
            world.trim(start.0);
            let from = Offset(from).max(start).min(end);
            let to = Offset(to).max(from).min(end);
            let searched = batches.iter().filter(|(at, _)| at.end > from && at.end <= to);
            let first = searched.clone().find(|(_, time)| *time >= Timestamp(wanted));
            let greatest = searched.rev().max_by_key(|(_, time)| *time);

            let reads = world.reads(64 << 20);
            let found = reads
                .find_by_timestamp(&world.image, world.stream, from..to, Timestamp(wanted))
                .await
                .unwrap();
            let found = found.map(|found| (found.offsets, found.max_timestamp));
            assert_eq!(found.as_ref(), first);
            let found = reads.max_timestamp_batch(&world.image, world.stream, from..to).await;
            let found = found.unwrap().map(|found| (found.offsets, found.max_timestamp));
            assert_eq!(found.as_ref(), greatest);
        });
    }
}
