//! The store is away. With a file WAL, produce and tail reads go on until the backlog is full, and
//! then producers wait; with an object WAL they wait at once. Nothing ends, and both resume by
//! themselves once the store is back.
//!
//! For 20 s, or as long as `STORE_OUTAGE_SECONDS` says.

use std::time::Duration;

use anyhow::ensure;
use penstock_tests::fault_proxy::{Outage, Plan};
use penstock_tests::figures::{get, metric};
use penstock_tests::rounds::number_from_environment;
use tokio::time::Instant;

use crate::world::{PATIENCE, RESUMES_WITHIN, WalKind, World};

const BACKLOG_BYTES: u32 = 4_000_000;
/// What may be under way past it when it fills up: nine requests of at most 40 kB, and what is in
/// the log's queue.
const SLACK_BYTES: u32 = 1_000_000;
/// Who has no batch acknowledged for so long stands still.
const STILL: Duration = Duration::from_secs(3);

fn check(wal: WalKind, outage: Outage) -> anyhow::Result<()> {
    let duration = Duration::from_secs(number_from_environment("STORE_OUTAGE_SECONDS", 20)?);
    let world = World::start(wal, &[&format!("wal.backlog.bytes.max={BACKLOG_BYTES}")])?;
    let mut load = world.load()?;
    let produced = || metric(world.server.admin(), "penstock_produce_bytes_total");
    load.run(world.server.kafka(), |progress| {
        progress.all_go_on(PATIENCE)?;
        world.proxy.set(Plan::away(outage));
        let (begun, before) = (Instant::now(), produced()?);
        if wal == WalKind::File {
            progress.all_go_on(RESUMES_WITHIN)?;
        }
        while !progress.stands_still(STILL) {
            ensure!(begun.elapsed() < PATIENCE, "producers are not held up");
        }
        let more = produced()? - before;
        ensure!(more <= f64::from(BACKLOG_BYTES + SLACK_BYTES), "{more} bytes past the outage");
        if wal == WalKind::File {
            ensure!(more >= f64::from(BACKLOG_BYTES / 2), "held up after {more} bytes already");
        }
        while begun.elapsed() < duration {
            get(world.server.admin(), "/livez")?;
            ensure!(progress.stands_still(STILL), "acknowledged while there is no room");
        }
        world.proxy.set(Plan::default());
        progress.all_go_on(RESUMES_WITHIN)
    })?;
    world.finish(&load)
}

mod with_a_file_wal {
    use super::*;

    #[test]
    fn the_store_refuses_connections() -> anyhow::Result<()> {
        check(WalKind::File, Outage::Refused)
    }

    #[test]
    fn the_store_answers_nothing() -> anyhow::Result<()> {
        check(WalKind::File, Outage::Silent)
    }
}

mod with_an_object_wal {
    use super::*;

    #[test]
    fn the_store_refuses_connections() -> anyhow::Result<()> {
        check(WalKind::Object, Outage::Refused)
    }

    #[test]
    fn the_store_answers_nothing() -> anyhow::Result<()> {
        check(WalKind::Object, Outage::Silent)
    }
}
