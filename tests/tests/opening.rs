//! A partition whose checkpoint the store does not give out now: the server is ready without it,
//! serves the others, stops when told, and opens it when the store answers.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use bytes::Bytes;
use penstock_records::Encoding;
use penstock_tests::client::Client;
use penstock_tests::producer::{batch, create_topic, produce, read_all};
use penstock_tests::server::Setup;
use tokio::time::Instant;

/// Longer than a start or a stop may take, far less than a store may be away.
const SOON: Duration = Duration::from_secs(15);

fn add(client: &mut Client, topic: &str) -> anyhow::Result<i64> {
    produce(client, topic, 0, batch(Encoding::None, None, &[Bytes::from_static(b"value")]))
}

/// The only file below a folder.
fn only_file(dir: &Path) -> anyhow::Result<PathBuf> {
    let mut path = dir.to_owned();
    while path.is_dir() {
        let entry = fs::read_dir(&path)?.next().with_context(|| path.display().to_string())?;
        path = entry?.path();
    }
    Ok(path)
}

#[test]
fn a_checkpoint_that_cannot_be_read_now_holds_up_nobody_else() -> anyhow::Result<()> {
    let data = tempfile::tempdir()?;
    let setup = Setup::new(env!("CARGO_BIN_EXE_penstock-under-test"), data.path());
    let mut server = setup.start()?;
    let mut client = server.connect();
    create_topic(&mut client, "away")?;
    add(&mut client, "away")?;
    ensure!(server.terminate().success(), "{}", server.errors());

    // A name that leads to itself: every attempt to open it fails, and the next may not.
    let object = only_file(&data.path().join("objects/data"))?;
    let kept = data.path().join("kept");
    fs::rename(&object, &kept)?;
    symlink(&object, &object)?;

    let start = Instant::now();
    let mut server = setup.start()?;
    ensure!(start.elapsed() < SOON, "ready after {:?}", start.elapsed());
    let mut client = server.connect();
    let refusal = add(&mut client, "away").err().context("it was served")?.to_string();
    ensure!(refusal.ends_with("error 6"), "clients come back: {refusal}");
    create_topic(&mut client, "beside")?;
    add(&mut client, "beside")?;
    let stop = Instant::now();
    ensure!(server.terminate().success(), "{}", server.errors());
    ensure!(stop.elapsed() < SOON, "stopped after {:?}", stop.elapsed());

    let server = setup.start()?;
    let mut client = server.connect();
    ensure!(add(&mut client, "away").is_err(), "it was served");
    fs::rename(&kept, &object)?;
    let mended = Instant::now();
    while add(&mut client, "away").is_err() {
        add(&mut client, "beside")?;
        ensure!(mended.elapsed() < SOON, "it does not open");
    }
    ensure!(read_all(&mut client, "away", 0)?.len() == 2, "nothing is missing");
    Ok(())
}
