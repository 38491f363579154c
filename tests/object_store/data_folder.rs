//! With an object WAL the server's disk holds nothing that is missed.

use std::path::Path;

use anyhow::ensure;
use bytes::Bytes;
use penstock_records::Encoding;
use penstock_tests::producer::{batch, create_topic, fetch, produce};

use crate::world::{WalKind, World};

/// Stands in no file by chance.
const VALUE: &[u8] = b"what only the bucket may hold";

fn holds(folder: &Path, bytes: &[u8]) -> anyhow::Result<bool> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let found = match path.is_dir() {
            true => holds(&path, bytes)?,
            false => std::fs::read(&path)?.windows(bytes.len()).any(|window| window == bytes),
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

fn check(wal: WalKind, expected: bool) -> anyhow::Result<()> {
    // Not uploaded yet: in the log or nowhere.
    let mut world = World::start(wal, &["upload.interval.ms=600000"])?;
    let mut client = world.server.connect();
    create_topic(&mut client, "t")?;
    let value = Bytes::from_static(VALUE);
    produce(&mut client, "t", 0, batch(Encoding::None, None, std::slice::from_ref(&value)))?;
    let on_disk = holds(world.setup.data(), VALUE)?;
    ensure!(on_disk == expected, "{wal:?}: {on_disk}");
    for _ in 0..3 {
        world.server.kill();
        if wal == WalKind::Object {
            std::fs::remove_dir_all(world.setup.data())?;
        }
        world.server = world.setup.start()?;
        let (read, _) = fetch(&mut world.server.connect(), "t", 0, 0, 0)?;
        ensure!(read == [(0, value.clone())], "it is there after a restart");
    }
    Ok(())
}

#[test]
fn a_file_wal_holds_records_on_disk() -> anyhow::Result<()> {
    check(WalKind::File, true)
}

#[test]
fn an_object_wal_holds_none_on_disk_and_misses_no_folder() -> anyhow::Result<()> {
    check(WalKind::Object, false)
}
