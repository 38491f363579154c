//! How a storage ends: by order, by a broken disk, by another that takes over.

use std::time::Duration;

use penstock_model::command::Command;
use penstock_model::id::Offset;
use penstock_s3stream::{AppendError, Failure, Lost, Settings};

use crate::oracle::Oracle;
use crate::random::Random;
use crate::world::World;

#[tokio::test(start_paused = true)]
async fn a_broken_disk_stops_everything_and_nobody_is_told_a_lie() {
    let mut world = World::new(1, Settings::default());
    let process = world.start();
    let id = world.create_topic(1)[0];
    let (stream, _) = process.open(&world, id).await;
    let (mut oracle, mut random) = (Oracle::new(id), Random::new(1));
    let failed = process.storage.failed();
    world.medium.fail_next_write();
    let batch = oracle.next(&mut random, 100);
    let permit = process.storage.reserve(batch.payload.len()).await.unwrap();
    let end = batch.offsets.end;
    let next = oracle.next(&mut random, 100);
    let next_permit = process.storage.reserve(next.payload.len()).await.unwrap();
    stream.append(batch, permit).unwrap();
    let (first, second) = (stream.durable(end), stream.durable(end));
    assert_eq!((first.await, second.await), (Err(Lost), Err(Lost)));
    assert!(matches!(failed.await, Failure::Wal(_)));
    assert_eq!(stream.durable(end).await, Err(Lost));
    assert_eq!(stream.durable(Offset(0)).await, Ok(()));
    assert_eq!(stream.append(next, next_permit), Err(AppendError::Stopped));
    assert!(process.storage.reserve(1).await.is_err());
    assert!(process.flush().await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_fenced_broker_stops_and_trims_nothing() {
    let mut world = World::new(1, Settings::default());
    let process = world.start();
    let id = world.create_topic(1)[0];
    let (stream, _) = process.open(&world, id).await;
    let (mut oracle, mut random) = (Oracle::new(id), Random::new(1));
    let batch = oracle.next(&mut random, 100);
    let end = batch.offsets.end;
    let permit = process.storage.reserve(batch.payload.len()).await.unwrap();
    stream.append(batch, permit).unwrap();
    stream.durable(end).await.unwrap();
    world.local.apply(&Command::FenceBroker(process.epoch)).result.unwrap();
    assert!(process.flush().await.is_err());
    assert!(matches!(process.storage.failed().await, Failure::Fenced(_)));
    process.crash();

    let process = world.start();
    let (stream, link) = process.open(&world, id).await;
    oracle.acked = end.0;
    oracle.recovered(stream.offsets().durable.0, link);
    process.flush().await.unwrap();
    world.check_store(&process.storage).await;
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_uploads_and_is_no_failure() {
    let mut world = World::new(1, Settings::default());
    let process = world.start();
    let id = world.create_topic(1)[0];
    let (stream, _) = process.open(&world, id).await;
    let mut oracle = Oracle::new(id);
    let batch = oracle.next(&mut Random::new(1), 100);
    let permit = process.storage.reserve(batch.payload.len()).await.unwrap();
    let late = process.storage.reserve(100).await.unwrap();
    let durable = stream.durable(batch.offsets.end);
    stream.append(batch, permit).unwrap();
    let failed = process.storage.failed();
    process.shut_down(Duration::from_secs(10)).await;
    assert_eq!(durable.await, Ok(()), "what was accepted is made durable first");
    let batch = oracle.next(&mut Random::new(2), 80);
    assert!(stream.append(batch, late).is_err());
    let waited = tokio::time::timeout(Duration::from_secs(60), failed).await;
    assert!(waited.is_err(), "a shutdown is no failure");
    assert_eq!(stream.offsets().uploaded, stream.offsets().durable);
}
