//! How long a start takes, and how much memory stays: empty, and after `kill -9` under load with much stored.
//!
//! ```text
//! cargo build --release -p penstock-broker
//! cargo run --release -p penstock-bench --bin restart -- target/release/penstock FOLDER GIB PARTITIONS
//! ```

use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use bytes::Bytes;
use penstock_records::Encoding;
use penstock_tests::memory::peak_resident_bytes;
use penstock_tests::producer::{
    PRODUCE_BY_NAME, batch, create_topic, only_partition, produce_request,
};
use penstock_tests::random::Random;
use penstock_tests::server::Setup;
use penstock_wire::produce_request::ProduceRequest;
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
    let mut random = Random::new(1);
    let values: Vec<Bytes> =
        (0..RECORDS_PER_BATCH).map(|_| random.bytes(RECORD_BYTES).into()).collect();
    let batch = batch(Encoding::None, None, &values);
    let batches = (gib << 30) / batch.len() as u64;
    let begin = Instant::now();
    let answer = |client: &mut penstock_tests::client::Client| -> anyhow::Result<()> {
        let response = client.receive::<ProduceRequest>(PRODUCE_BY_NAME)?;
        let code = only_partition(&response)?.error_code;
        ensure!(code == 0, "produce: error {code}");
        Ok(())
    };
    for i in 0..batches {
        let partition = i32::try_from(i % u64::from(partitions.unsigned_abs()))?;
        client.send(PRODUCE_BY_NAME, &produce_request("t", partition, -1, batch.clone()))?;
        if i >= IN_FLIGHT {
            answer(&mut client).context("while filling")?;
        }
    }
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
