//! One record at a time, acknowledged, beside the bare write and sync of its disk.
//!
//! ```text
//! cargo build --release -p penstock-broker
//! cargo run --release -p penstock-bench --bin one-record -- target/release/penstock [FOLDER]
//! ```
//!
//! Both take turns, in one folder and one run; what counts are the medians and their difference.

use std::io::IoSlice;
use std::path::{Path, PathBuf};

use anyhow::Context;
use bytes::Bytes;
use penstock_bench::compare;
use penstock_records::Encoding;
use penstock_tests::producer::{batch, create_topic, produce};
use penstock_tests::server::Setup;
use penstock_wal::files::{Files, OpenMode, OsFiles};

const RECORDS_PER_ROUND: usize = 300;
const RECORD_BYTES: usize = 100;
/// The bare operation overwrites a file of zeros, as the log does.
const FILE_BYTES: u64 = 4 << 20;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let program = arguments.next().context("usage: one-record PROGRAM [FOLDER]")?;
    let parent = arguments.next().unwrap_or_else(std::env::temp_dir);
    let folder = tempfile::tempdir_in(parent)?;
    let server = Setup::new(program, &folder.path().join("data")).start()?;
    let mut client = server.connect();
    create_topic(&mut client, "t")?;
    let record = batch(Encoding::None, None, &[Bytes::from(vec![b'x'; RECORD_BYTES])]);
    let bare = Bare::new(folder.path())?;

    let (bare, produced) = compare(
        RECORDS_PER_ROUND,
        |i| bare.write(i),
        || produce(&mut client, "t", 0, record.clone()).map(drop),
    )?;
    println!("median of medians: bare {bare}, produce {produced}, difference {}", produced - bare);
    Ok(())
}

/// The least that an acknowledgement can cost: one write over zeros and one `fdatasync`.
struct Bare(std::sync::Arc<dyn penstock_wal::files::File>);

impl Bare {
    fn new(folder: &Path) -> anyhow::Result<Self> {
        let file = OsFiles.open(&folder.join("bare"), OpenMode::CreateNew)?;
        let zeros = vec![0; usize::try_from(FILE_BYTES)?];
        file.write_all_at(&[IoSlice::new(&zeros)], 0)?;
        file.sync_data()?;
        OsFiles.sync_dir(folder)?;
        Ok(Self(file))
    }

    fn write(&self, i: usize) -> anyhow::Result<()> {
        let bytes = [7; 256];
        self.0.write_all_at(&[IoSlice::new(&bytes)], (i as u64 * 256) % FILE_BYTES)?;
        Ok(self.0.sync_data()?)
    }
}
