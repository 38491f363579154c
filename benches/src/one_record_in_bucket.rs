//! One record at a time, acknowledged by a write-ahead log in the object store, beside a bare PUT of
//! an object of that size into the same store.
//!
//! ```text
//! cargo build --release -p penstock-broker
//! cargo run --release -p penstock-bench --bin one-record-in-bucket -- target/release/penstock
//! ```
//!
//! The store is MinIO on this machine. What counts is how the medians compare. The budget of requests
//! is off: what is measured is one record and its PUT.

use std::path::PathBuf;

use anyhow::Context;
use bytes::Bytes;
use futures::TryStreamExt;
use object_store::aws::AmazonS3;
use object_store::path::Path;
use object_store::{ObjectStore, PutMode, PutOptions, PutPayload};
use penstock_bench::{bare_client, compare};
use penstock_records::Encoding;
use penstock_tests::minio::{Minio, with_bucket};
use penstock_tests::producer::{batch, create_topic, produce};
use penstock_tests::server::Setup;
use tokio::runtime::Runtime;

const RECORDS_PER_ROUND: usize = 200;
const RECORD_BYTES: usize = 100;

fn main() -> anyhow::Result<()> {
    let program = std::env::args_os().nth(1).map(PathBuf::from);
    let program = program.context("usage: one-record-in-bucket PROGRAM")?;
    let folder = tempfile::tempdir()?;
    let minio = Minio::start()?;
    let setup = Setup::new(program, &folder.path().join("data"));
    let server = with_bucket(setup, minio.address())
        .with("wal.url=object")
        .with("wal.max.put.per.second=0")
        .start()?;
    let mut client = server.connect();
    create_topic(&mut client, "t")?;
    let record = batch(Encoding::None, None, &[Bytes::from(vec![b'x'; RECORD_BYTES])]);
    let mut produce = || produce(&mut client, "t", 0, record.clone()).map(drop);
    produce()?;
    let bare = Bare::new(&minio)?;
    println!("an object of the log takes {} bytes", bare.payload.content_length());
    let (bare, produced) = compare(RECORDS_PER_ROUND, |i| bare.put(i), produce)?;
    let percent = produced * 100 / bare;
    println!("median of medians: bare {bare}, produce {produced}, {percent} %");
    Ok(())
}

/// The least that an acknowledgement can cost: the creation of one object.
struct Bare {
    runtime: Runtime,
    store: AmazonS3,
    payload: PutPayload,
}

impl Bare {
    /// Objects of the size of the one in the log.
    fn new(minio: &Minio) -> anyhow::Result<Self> {
        let (runtime, store) = bare_client(minio)?;
        let log = runtime.block_on(store.list(Some(&Path::from("wal"))).try_collect::<Vec<_>>())?;
        // Beside it lie only marks of the log and of its epochs, which are smaller.
        let object = log.iter().map(|object| object.size).max();
        let size = usize::try_from(object.context("the log holds a record")?)?;
        let payload = PutPayload::from(Bytes::from(vec![b'x'; size]));
        Ok(Self { runtime, store, payload })
    }

    fn put(&self, i: usize) -> anyhow::Result<()> {
        let key = Path::from(format!("bare/{i:020}"));
        let create = PutOptions::from(PutMode::Create);
        let put = self.store.put_opts(&key, self.payload.clone(), create);
        self.runtime.block_on(put)?;
        Ok(())
    }
}
