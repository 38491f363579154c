//! Without traffic the store is asked nothing, although a consumer waits at the end.
//!
//! For 20 s, or as long as `STORE_IDLE_SECONDS` says.

use std::time::Duration;

use anyhow::ensure;
use penstock_tests::producer::{create_topic, fetch};
use penstock_tests::rounds::number_from_environment;
use tokio::time::Instant;

use crate::world::{PATIENCE, WalKind, World};

/// Longer than an upload may gather, and than compaction lets changes gather.
const QUIET: Duration = Duration::from_secs(12);

fn check(wal: WalKind) -> anyhow::Result<()> {
    let duration = Duration::from_secs(number_from_environment("STORE_IDLE_SECONDS", 20)?);
    // A few uploads: what compaction takes the place of would be deleted ten minutes later.
    let world = World::start(wal, &["upload.interval.ms=5000", "upload.bytes.max=100000000"])?;
    let mut load = world.load()?;
    load.run(world.server.kafka(), |progress| progress.goes_on(60, PATIENCE))?;
    let mut client = world.server.connect();
    create_topic(&mut client, "quiet")?;
    let mut tail_for = |duration| -> anyhow::Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < duration {
            let (values, _) = fetch(&mut client, "quiet", 0, 0, 500)?;
            ensure!(values.is_empty(), "nothing was produced");
        }
        Ok(())
    };
    let begun = Instant::now();
    loop {
        let before = world.proxy.counts();
        tail_for(QUIET)?;
        if world.proxy.counts() == before {
            break;
        }
        ensure!(begun.elapsed() < PATIENCE, "it does not come to rest: {before:?}");
    }
    let before = world.proxy.counts();
    tail_for(duration)?;
    let asked = world.proxy.counts().since(&before);
    ensure!(asked.all() == 0, "while idle the store was asked: {asked:?}");
    world.finish(&load)
}

#[test]
fn an_idle_server_with_a_file_wal_asks_nothing() -> anyhow::Result<()> {
    check(WalKind::File)
}

#[test]
fn an_idle_server_with_an_object_wal_asks_nothing() -> anyhow::Result<()> {
    check(WalKind::Object)
}
