//! A new group reads what lies in objects while producers go on, beside bare ranged GETs of the same
//! objects while the same producers go on.
//!
//! ```text
//! cargo build --release -p penstock-broker
//! cargo run --release -p penstock-bench --bin cold-read -- target/release/penstock GIB [KEY=VALUE ...]
//! ```
//!
//! The store is MinIO on one core of this machine, its disk the folder for temporary files. Keys and
//! values are settings of the server. Each round measures producers alone, beside the GETs, and beside the
//! reader; then another reader comes for what the cache has.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures of metrics are counts, as floats"
)]
#![expect(clippy::disallowed_methods, reason = "it keeps a pace, and waits for idleness")]

mod bare;
mod paced;
mod reader;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use penstock_bench::{acknowledged, fill, median, percentile, random_batch};
use penstock_tests::figures::metric;
use penstock_tests::memory::peak_resident_bytes;
use penstock_tests::minio::{Minio, with_bucket};
use penstock_tests::producer::create_topic;
use penstock_tests::server::{Server, Setup};
use tokio::time::Instant;

use bare::Bare;
use paced::Paced;
use reader::Reader;

const PARTITIONS: usize = 6;
const RECORD_BYTES: usize = 1_024;
const RECORDS_PER_BATCH: usize = 240;
const IN_FLIGHT: u64 = 32;
const ROUNDS: usize = 3;
/// The core that MinIO has.
const CORE: usize = 1;
/// Producers alone are measured for so long: what they write is uploaded once meanwhile.
const ALONE: Duration = Duration::from_secs(30);
/// What the store is asked for must have come to an end for so long before anything is measured.
const QUIET: Duration = Duration::from_secs(15);

/// What the cold topic is called.
const TOPIC: &str = "cold";

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [program, gib, settings @ ..] = &arguments[..] else {
        bail!("usage: cold-read PROGRAM GIB [KEY=VALUE ...]");
    };
    let gib: u64 = gib.parse()?;
    let folder = tempfile::tempdir()?;
    let minio = Minio::start_on(Some(CORE))?;
    let store = minio.id().context("MinIO is up")?;
    let mut setup = Setup::new(PathBuf::from(program), &folder.path().join("data"))
        .with("wal.url=object")
        .with(&format!("num.partitions={PARTITIONS}"));
    for setting in settings {
        setup = setup.with(setting);
    }
    let setup = with_bucket(setup, minio.address());
    let mut server = setup.start()?;
    write(&server, gib << 30)?;
    // A stop uploads what the log has.
    ensure!(server.terminate().success(), "the server does not stop in order");
    server = setup.start()?;
    wait_until_quiet(server.admin())?;
    // The first read fills the system's cache, for all that come.
    let stored = Bare::new(&minio)?.read_all()?;
    println!("{gib} GiB in {PARTITIONS} partitions, {} MB in objects", stored / 1_000_000);

    println!("what      MB/s  GETs  fetched/served  CPU-s/GB server, store  produce p50, p99 (ms)");
    let (mut ratios, mut slower) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let alone = Measured::of(&server, store, || {
            std::thread::sleep(ALONE);
            Ok(0)
        })?;
        alone.print("alone");
        let bare = Bare::new(&minio)?;
        let bare = Measured::of(&server, store, || bare.read_all())?;
        bare.print("bare");
        // Nothing is in the caches of a server that has just started.
        ensure!(server.terminate().success(), "the server does not stop in order");
        server = setup.start()?;
        let mut ends = [0; PARTITIONS];
        let cold = Measured::of(&server, store, || {
            let (bytes, reached) = Reader::new(&server).read([0; PARTITIONS])?;
            ends = reached;
            Ok(bytes)
        })?;
        cold.print("cold");
        ratios.push(cold.bytes_per_second() * 100 / bare.bytes_per_second());
        slower.push(cold.p99 * 100 / alone.p99);
        let cached = metric(server.admin(), "penstock_memory_bytes{pool=\"block_cache\"}")?;
        let newest = i64::try_from(cached as usize / 2 / PARTITIONS / RECORD_BYTES)?;
        let before = gets(server.admin())?;
        let (again, _) = Reader::new(&server).read(ends.map(|end| (end - newest).max(0)))?;
        let more = gets(server.admin())? - before;
        println!(
            "another group read {} MB of what was cached, with {more} GETs",
            again / 1_000_000
        );
    }
    println!(
        "medians: {} % of bare GETs, produce p99 {} % of that alone; peak resident {} MB",
        median(&mut ratios),
        median(&mut slower),
        peak_resident_bytes(server.id())? / 1_000_000,
    );
    ensure!(server.terminate().success(), "the server does not stop in order");
    setup.verify()
}

/// Writes so many bytes in all, spread evenly.
fn write(server: &Server, bytes: u64) -> anyhow::Result<()> {
    let mut client = server.connect();
    create_topic(&mut client, TOPIC)?;
    let batch = random_batch(1, RECORDS_PER_BATCH, RECORD_BYTES);
    let to = (TOPIC, i32::try_from(PARTITIONS)?);
    let under_way = fill(&mut client, to, &batch, bytes, IN_FLIGHT)?;
    (0..under_way).try_for_each(|_| acknowledged(&mut client))
}

/// Waits until uploads and compaction have come to an end.
fn wait_until_quiet(admin: SocketAddr) -> anyhow::Result<()> {
    let mut last = (0.0, Instant::now());
    loop {
        let requests = metric(admin, "penstock_object_store_requests_total")?;
        if requests > last.0 {
            last = (requests, Instant::now());
        } else if last.1.elapsed() > QUIET {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(500));
    }
}

fn gets(admin: SocketAddr) -> anyhow::Result<u64> {
    let name = "penstock_object_store_requests_total{operation=\"get\",outcome=\"ok\"}";
    // It is not there before the first.
    Ok(metric(admin, name).unwrap_or_default() as u64)
}

/// One measurement, with producers beside it.
struct Measured {
    /// Bytes that were read.
    bytes: u64,
    took: Duration,
    gets: u64,
    fetched: u64,
    server_cpu: f64,
    store_cpu: f64,
    /// Of producers, in microseconds.
    p50: i128,
    p99: i128,
}

impl Measured {
    fn of(
        server: &Server,
        store: u32,
        read: impl FnOnce() -> anyhow::Result<u64>,
    ) -> anyhow::Result<Self> {
        let fetched =
            || metric(server.admin(), "penstock_object_store_bytes_total{direction=\"in\"}");
        let paced = Paced::start(server)?;
        let before = (gets(server.admin())?, fetched().unwrap_or_default());
        let cpu = (cpu_seconds(server.id())?, cpu_seconds(store)?);
        let begun = Instant::now();
        let bytes = read()?;
        let took = begun.elapsed();
        let server_cpu = cpu_seconds(server.id())? - cpu.0;
        let store_cpu = cpu_seconds(store)? - cpu.1;
        let gets = gets(server.admin())? - before.0;
        let fetched = (fetched().unwrap_or_default() - before.1) as u64;
        let mut latencies = paced.stop()?;
        let (p50, p99) = (percentile(&mut latencies, 50), percentile(&mut latencies, 99));
        Ok(Self { bytes, took, gets, fetched, server_cpu, store_cpu, p50, p99 })
    }

    fn bytes_per_second(&self) -> i128 {
        (self.bytes as f64 / self.took.as_secs_f64()) as i128
    }

    fn print(&self, what: &str) {
        let gigabytes = (self.bytes as f64 / 1e9).max(f64::MIN_POSITIVE);
        let per_gigabyte =
            |seconds: f64| if self.bytes == 0 { seconds } else { seconds / gigabytes };
        println!(
            "{what:8} {:5}  {:4}  {:14.3}  {:14.2} {:6.2}  {:14.1} {:6.1}",
            self.bytes_per_second() / 1_000_000,
            self.gets,
            self.fetched as f64 / self.bytes.max(1) as f64,
            per_gigabyte(self.server_cpu),
            per_gigabyte(self.store_cpu),
            self.p50 as f64 / 1e3,
            self.p99 as f64 / 1e3,
        );
    }
}

/// What a process has had of all cores.
fn cpu_seconds(process: u32) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(Path::new("/proc").join(process.to_string()).join("stat"))?;
    // Behind the name, which may hold anything: the state, and from the 12th on user and system time,
    // in hundredths of a second.
    let (_, fields) = stat.rsplit_once(") ").context("a process has a name")?;
    let ticks = |at| fields.split(' ').nth(at).and_then(|ticks: &str| ticks.parse::<f64>().ok());
    let (user, system) = ticks(11).zip(ticks(12)).context("a process has times")?;
    Ok((user + system) / 100.0)
}
