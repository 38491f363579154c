//! How long a start takes, and how much memory stays: empty, and after `kill -9` under load with much stored.
//!
//! ```text
//! cargo build --release -p penstock-broker
//! cargo run --release -p penstock-bench --bin restart -- target/release/penstock FOLDER GIB PARTITIONS
//! ```

use std::path::PathBuf;

use anyhow::{Context, bail};
use penstock_bench::{fill, random_batch};
use penstock_tests::memory::peak_resident_bytes;
use penstock_tests::producer::create_topic;
use penstock_tests::server::Setup;
use tokio::time::Instant;

const RECORD_BYTES: usize = 1000;
const RECORDS_PER_BATCH: usize = 250;
const IN_FLIGHT: u64 = 8;
const STARTS: usize = 11;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [program, folder, gib, partitions] = &arguments[..] else {
        bail!("usage: restart PROGRAM FOLDER GIB PARTITIONS");
    };
    let (gib, partitions): (u64, i32) = (gib.parse()?, partitions.parse()?);
    let folder = tempfile::tempdir_in(PathBuf::from(folder))?;
    let setup = |name: &str| {
        Setup::new(program, &folder.path().join(name)).with(&format!("num.partitions={partitions}"))
    };

    let (mut empty, mut idle) = (Vec::new(), 0);
    for i in 0..STARTS {
        let begin = Instant::now();
        let server = setup(&format!("empty-{i}")).start()?;
        empty.push(begin.elapsed().as_millis());
        idle = peak_resident_bytes(server.id())? >> 10;
    }
    empty.sort_unstable();
    println!("empty: median {} ms, {empty:?}, {idle} KiB resident", empty[STARTS / 2]);

    let full = setup("full");
    let mut server = full.start()?;
    let mut client = server.connect();
    create_topic(&mut client, "t")?;
    let batch = random_batch(1, RECORDS_PER_BATCH, RECORD_BYTES);
    let begin = Instant::now();
    // The last ones are still under way when it is killed.
    fill(&mut client, ("t", partitions), &batch, gib << 30, IN_FLIGHT).context("while filling")?;
    let seconds = begin.elapsed().as_secs_f64();
    let peak = peak_resident_bytes(server.id())? >> 20;
    println!("filled {gib} GiB over {partitions} partitions in {seconds:.1} s, peak {peak} MiB");
    for _ in 0..3 {
        server.kill();
        let begin = Instant::now();
        server = full.start()?;
        println!("ready {} ms after kill -9", begin.elapsed().as_millis());
    }
    Ok(())
}
