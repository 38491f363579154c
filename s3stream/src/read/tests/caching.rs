//! How many requests reads cost.

use futures::future::join_all;
use penstock_model::id::Offset;

use super::world::{World, filled, limits};
use crate::read::block_cache::CacheCounts;

const MIB: usize = 1 << 20;
/// A batch that fills a block.
const BLOCK: usize = MIB - 48;

#[tokio::test]
async fn readers_that_come_together_share_one_request() {
    let mut world = World::new();
    world.upload(filled(0..1, BLOCK)).await;
    let reads = world.reads(64 * MIB);
    let before = world.gets();
    let read = || reads.read(&world.image, world.stream, Offset(0), limits(MIB, 1));
    let answers = join_all((0..50).map(|_| read())).await;
    assert!(answers.iter().all(|answer| answer.as_ref().unwrap().batches[0].len() == BLOCK));
    assert_eq!(world.gets() - before, 2, "one for the index, one for the block");
    assert_eq!(reads.block_counts(), CacheCounts { hits: 49, misses: 1 });
    assert_eq!(reads.index_counts(), CacheCounts { hits: 49, misses: 1 });
}

#[tokio::test]
async fn a_second_reader_costs_no_request() {
    let mut world = World::new();
    world.upload(filled(0..8, BLOCK)).await;
    let reads = world.reads(64 * MIB);
    let mut gets = Vec::new();
    for _ in 0..2 {
        let before = world.gets();
        let mut next = Offset(0);
        while next < world.end() {
            let limits = limits(MIB, world.end().0);
            next = reads.read(&world.image, world.stream, next, limits).await.unwrap().next;
        }
        gets.push(world.gets() - before);
    }
    assert!(gets[0] <= 9, "at most one a block, and the index: {gets:?}");
    assert_eq!(gets[1], 0);
    assert_eq!(reads.block_counts().hits + reads.block_counts().misses, 16);
}

#[tokio::test]
async fn neighbouring_blocks_come_in_one_request() {
    let mut world = World::new();
    world.upload(filled(0..12, BLOCK)).await;
    let reads = world.reads(256 * MIB);
    let before = world.gets();
    let limits = limits(12 * MIB, 12);
    let read = reads.read(&world.image, world.stream, Offset(0), limits).await.unwrap();
    assert_eq!(read.next, Offset(12));
    assert_eq!(world.gets() - before, 1 + 2, "the index, eight blocks, and four");
}

#[tokio::test]
async fn a_reader_gets_what_it_asked_for_and_little_more() {
    let mut world = World::new();
    world.upload(filled(0..64, MIB / 16)).await;
    let reads = world.reads(64 * MIB);
    let read_before = world.store.counters().bytes_read();
    let (mut next, mut served) = (Offset(0), 0);
    while next < world.end() {
        let limits = limits(MIB / 4, 64);
        let read = reads.read(&world.image, world.stream, next, limits).await.unwrap();
        served += read.batches.iter().map(|batches| batches.len() as u64).sum::<u64>();
        next = read.next;
    }
    let read = world.store.counters().bytes_read() - read_before;
    assert_eq!(served, 4 << 20);
    assert!(read * 10 <= served * 11, "{read} bytes read for {served} served");
}

#[tokio::test]
async fn caches_keep_within_their_bytes() {
    let mut world = World::new();
    world.upload(filled(0..40, BLOCK)).await;
    let budget = 16 * MIB;
    let reads = world.reads(budget);
    let mut next = Offset(0);
    while next < world.end() {
        let limits = limits(3 * MIB, 40);
        next = reads.read(&world.image, world.stream, next, limits).await.unwrap().next;
        assert!(reads.cached_bytes() <= budget, "{}", reads.cached_bytes());
    }
    assert!(reads.cached_bytes() > budget / 2);
}

#[tokio::test]
async fn a_sequential_reader_finds_its_blocks_fetched() {
    let mut world = World::new();
    world.upload(filled(0..60, BLOCK)).await;
    let reads = world.reads(128 * MIB);
    let mut next = Offset(0);
    while next < world.end() {
        let limits = limits(MIB, 60);
        next = reads.read(&world.image, world.stream, next, limits).await.unwrap().next;
        // Let the fetches ahead begin; those that are needed are joined.
        tokio::task::yield_now().await;
    }
    let CacheCounts { hits, misses } = reads.block_counts();
    assert_eq!(hits + misses, 60);
    assert!(misses <= 4, "{misses} of 60 blocks were waited for");
}

#[tokio::test]
async fn a_reader_that_leaves_takes_its_request_along() {
    let mut world = World::new();
    world.upload(filled(0..1, BLOCK)).await;
    let reads = world.reads(64 * MIB);
    {
        let read = reads.read(&world.image, world.stream, Offset(0), limits(MIB, 1));
        let mut read = std::pin::pin!(read);
        assert!(futures::poll!(&mut read).is_pending() || world.gets() > 1);
    }
    let read = reads.read(&world.image, world.stream, Offset(0), limits(MIB, 1)).await.unwrap();
    assert_eq!(read.next, Offset(1));
}

/// Two reads of the same: they share memory where they take most of a block, and neither keeps the
/// block where they take little.
#[tokio::test]
async fn most_of_a_block_is_read_as_it_lies_there_and_little_is_copied() {
    let mut world = World::new();
    world.upload(filled(0..4, MIB / 5)).await;
    let reads = world.reads(64 * MIB);
    for (bytes, is_copied) in [(MIB / 5, true), (3 * MIB / 5, false), (MIB, false)] {
        let read = || reads.read(&world.image, world.stream, Offset(0), limits(bytes, 4));
        let (one, other) = (read().await.unwrap(), read().await.unwrap());
        assert_eq!(one, other);
        let places = [&one, &other].map(|read| read.batches[0].as_ptr());
        assert_eq!(places[0] != places[1], is_copied, "{bytes} bytes");
    }
}
