//! What producing and tailing cost: no GET, and one PUT for each upload.

use anyhow::{Context, ensure};
use bytes::Bytes;
use penstock_records::Encoding;
use penstock_tests::producer::{batch, create_topic, fetch, produce};

use crate::world::{WalKind, World};

const RECORDS: i64 = 50;

/// Lone records, each read at the tail once it is acknowledged; uploads wait for longer than that
/// takes.
fn check(wal: WalKind) -> anyhow::Result<()> {
    let world = World::start(wal, &["upload.interval.ms=600000"])?;
    let mut client = world.server.connect();
    create_topic(&mut client, "t")?;
    let before = world.proxy.counts();
    for at in 0..RECORDS {
        let value = Bytes::from(at.to_string());
        let sent = batch(Encoding::None, None, std::slice::from_ref(&value));
        ensure!(produce(&mut client, "t", 0, sent)? == at, "offsets are in order");
        let (read, _) = fetch(&mut client, "t", 0, at, 0)?;
        ensure!(read == [(at, value)], "what was produced is read");
    }
    let asked = world.proxy.counts().since(&before);
    let commits = match wal {
        WalKind::File => 0,
        WalKind::Object => u64::try_from(RECORDS).context("a few")?,
    };
    ensure!(asked.of("PUT", "wal") == commits && asked.all() == commits, "{asked:?}");
    Ok(())
}

#[test]
fn a_record_in_a_file_wal_costs_no_request() -> anyhow::Result<()> {
    check(WalKind::File)
}

#[test]
fn a_record_in_an_object_wal_costs_one_put() -> anyhow::Result<()> {
    check(WalKind::Object)
}
