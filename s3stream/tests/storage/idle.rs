//! Idle is free: without traffic nobody asks the store or the quorum for anything.

use std::sync::atomic::Ordering;
use std::time::Duration;

use penstock_s3stream::{Clock, Settings};

use crate::oracle::Oracle;
use crate::random::Random;
use crate::world::World;

const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test(start_paused = true)]
async fn an_idle_storage_asks_nobody_for_anything() {
    let mut world = World::new(1, Settings::default());
    let process = world.start();
    let id = world.create_topic(1)[0];
    let (stream, _) = process.open(&world, id).await;
    let mut oracle = Oracle::new(id);
    let batch = oracle.next(&mut Random::new(1), 100);
    let end = batch.offsets.end;
    let permit = process.storage.reserve(batch.payload.len()).await.unwrap();
    stream.append(batch, permit).unwrap();
    stream.durable(end).await.unwrap();

    world.pass(Duration::from_secs(29)).await;
    assert_eq!(world.store.requests(), 0, "a block is not uploaded before its time");
    world.pass(Duration::from_secs(2)).await;
    assert_eq!(world.store.requests(), 1, "one object holds it, and its checkpoint");
    assert_eq!(world.metadata.commands.load(Ordering::Relaxed), 2, "a lease and a commit");
    assert_eq!(stream.offsets().uploaded, end);

    for _ in 0..10 {
        world.pass(DAY).await;
        process.storage.collect_garbage(world.clock.now()).await;
        process.flush().await.unwrap();
    }
    assert_eq!(world.store.requests(), 1);
    assert_eq!(world.metadata.commands.load(Ordering::Relaxed), 2);
    process.shut_down(Duration::from_secs(1)).await;
}
