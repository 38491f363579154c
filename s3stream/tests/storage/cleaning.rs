//! Log compaction, step by step.

use std::time::Duration;

use penstock_model::client::MetadataClient;
use penstock_model::id::{Offset, StreamId};
use penstock_s3stream::{ReadLimits, Stream};

use crate::oracle::Oracle;
use crate::random::Random;
use crate::world::{Process, World, tiny};

/// Longer than a cleaning takes at its pace.
const PATIENCE: u32 = 2_000;

/// Reads all of a stream, and checks it.
async fn check_all(stream: &Stream, oracle: &Oracle) -> usize {
    let at = stream.offsets();
    let (mut from, mut bytes) = (at.start, 0);
    while from < at.durable {
        let limits = ReadLimits { max_bytes: 10_000, at_least_one: true, up_to: Offset(u64::MAX) };
        let read = stream.read(from, limits).await.unwrap();
        oracle.check_read(from.0, u64::MAX, 10_000, at.durable.0, &read);
        bytes += read.batches.iter().map(|batches| batches.len()).sum::<usize>();
        from = read.next;
    }
    bytes
}

/// Until where the metadata says that offsets may be missing, and what is clean.
fn progress(world: &World, id: StreamId) -> (u64, u64) {
    let image = world.local.image();
    let stream = image.stream(id).unwrap();
    (stream.gaps_to.0, stream.first_dirty.0)
}

async fn upload(world: &World, process: &Process, stream: &Stream, oracle: &mut Oracle) {
    let mut random = Random::new(5);
    for _ in 0..200 {
        let permit = process.storage.reserve(3_000).await.unwrap();
        stream.append(oracle.next(&mut random, 2_900), permit).unwrap();
        stream.durable(Offset(oracle.end())).await.unwrap();
        oracle.acked = oracle.end();
    }
    process.flush().await.unwrap();
    world.check_metadata();
}

/// Whoever dies between two commits of a cleaning leaves a log that says the same, and is cleaned.
#[tokio::test(start_paused = true)]
async fn a_cleaning_may_end_between_any_two_commits() {
    let mut world = World::new(1, tiny());
    world.cleans = true;
    let mut process = world.start();
    let id = world.create_topic(1)[0];
    let mut oracle = Oracle { cleans: true, ..Oracle::new(id) };
    let (mut stream, _) = process.open(&world, id).await;
    upload(&world, &process, &stream, &mut oracle).await;
    let whole = world.local.image().stream(id).unwrap().bytes;

    let mut cut = 0;
    let mut gaps = 0;
    for _ in 0..PATIENCE {
        world.pass(Duration::from_secs(1)).await;
        let (gaps_to, first_dirty) = progress(&world, id);
        if first_dirty == oracle.end() {
            break;
        }
        if gaps_to > gaps && cut < 3 {
            // Some objects of it are committed, and others not.
            (gaps, cut) = (gaps_to, cut + 1);
            process.crash();
            process = world.start();
            let (opened, link) = process.open(&world, id).await;
            oracle.recovered(opened.offsets().durable.0, link);
            check_all(&opened, &oracle).await;
            stream = opened;
        }
        check_all(&stream, &oracle).await;
    }
    assert_eq!((cut, progress(&world, id).1), (3, oracle.end()), "it was cut, and came to its end");
    let left = check_all(&stream, &oracle).await;
    let stored = world.local.image().stream(id).unwrap().bytes;
    assert!(stored < whole / 10 && left as u64 == stored, "{stored} of {whole} bytes, {left} read");
    world.check_store(&process.storage).await;
    process.crash();
}

/// What is damaged is not asked for again and again.
#[tokio::test(start_paused = true)]
async fn a_log_that_is_damaged_is_left_alone() {
    let mut world = World::new(1, tiny());
    let process = world.start();
    let id = world.create_topic(1)[0];
    let mut oracle = Oracle::new(id);
    let (stream, _) = process.open(&world, id).await;
    upload(&world, &process, &stream, &mut oracle).await;
    // All joining is done.
    world.pass(Duration::from_secs(3_600)).await;
    process.crash();

    let checkpoint = world.local.image().stream(id).unwrap().checkpoint.unwrap();
    world.store.flip(checkpoint.object, checkpoint.position + 1).await;
    world.cleans = true;
    let before = world.store.requests();
    let process = world.start();
    world.pass(Duration::from_secs(60)).await;
    let asked = world.store.requests() - before;
    assert!((1..10).contains(&asked), "{asked} requests");
    // While nothing changes it is not looked at again.
    world.pass(Duration::from_secs(7_200)).await;
    assert_eq!(world.store.requests(), before + asked);
    assert_eq!(progress(&world, id), (0, 0));
    process.check_alive();
    process.crash();
}
