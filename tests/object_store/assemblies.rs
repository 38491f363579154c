//! Objects that the store makes of parts of others.
//!
//! The client is asked in this process, and finds the user in its environment: `run` sets it.

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use bytes::Bytes;
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt};
use penstock_records::Encoding;
use penstock_s3stream::store::assemble::{Assemble, Piece, Unfinished};
use penstock_s3stream::store::metered::{MeteredStore, Operation, Outcome};
use penstock_s3stream::store::open::{StoreSettings, open};
use penstock_s3stream::store::retry::is_transient;
use penstock_tests::fault_proxy::{Fault, FaultProxy, Plan};
use penstock_tests::minio::{ACCESS_KEY, BUCKET, Minio, SECRET_KEY};
use penstock_tests::producer::{batch, create_topic, produce};
use penstock_wal::files::OsFiles;

use crate::world::WalKind;

/// The least of a part, and a little more.
const SOURCE_BYTES: usize = (5 << 20) + 3;

/// A store of its own with two sources.
struct World {
    store: MeteredStore,
    assembler: Arc<dyn Assemble>,
    sources: [Bytes; 2],
    minio: Minio,
}

impl World {
    async fn start(prefix: &str) -> anyhow::Result<Self> {
        for (name, value) in
            [("AWS_ACCESS_KEY_ID", ACCESS_KEY), ("AWS_SECRET_ACCESS_KEY", SECRET_KEY)]
        {
            let given = std::env::var(name).unwrap_or_default();
            ensure!(given == value, "{name} is not {value}: see tests/object_store/run");
        }
        let minio = Minio::start()?;
        let store = open_at(minio.address(), prefix)?;
        let assembler = store.assembler().context("S3 assembles")?;
        let sources = [7, 11].map(|step| {
            let bytes = (0..SOURCE_BYTES).map(|at| (at * step % 251).to_le_bytes()[0]);
            Bytes::from_iter(bytes)
        });
        for (name, source) in ["f/a b", "f/b"].into_iter().zip(&sources) {
            store.put(&Path::from(name), source.clone().into()).await?;
        }
        Ok(Self { store, assembler, sources, minio })
    }

    async fn unfinished(&self) -> anyhow::Result<Vec<Unfinished>> {
        Ok(self.assembler.unfinished(&Path::from("f")).await?)
    }

    async fn read(&self, key: &str) -> anyhow::Result<Bytes> {
        Ok(self.store.get(&Path::from(key)).await?.bytes().await?)
    }
}

fn open_at(address: SocketAddr, prefix: &str) -> anyhow::Result<MeteredStore> {
    let url = format!("s3://{BUCKET}/{prefix}?endpoint=http://{address}");
    Ok(open(&url.parse()?, Arc::new(OsFiles), &StoreSettings::default())?)
}

fn copied(key: &str, bytes: Range<usize>) -> Piece {
    Piece::Copied { key: key.into(), bytes: bytes.start as u64..bytes.end as u64 }
}

async fn check_an_assembly(prefix: &str) -> anyhow::Result<()> {
    let world = World::start(prefix).await?;
    let made = Path::from("f/made=1");
    let tail = Bytes::from_static(b"and a tail that is sent");
    let pieces = [
        copied("f/a b", 3..SOURCE_BYTES),
        copied("f/b", 0..SOURCE_BYTES),
        Piece::Sent(tail.clone()),
    ];
    world.assembler.assemble(&made, &pieces).await?;
    let expected = [&world.sources[0][3..], &world.sources[1], &tail].concat();
    ensure!(world.read("f/made=1").await? == expected, "other bytes");
    let counters = world.store.counters();
    let counted = |operation| counters.requests(operation, Outcome::Ok);
    // Two sources, and of the assembly its beginning, its tail and its end.
    ensure!(counted(Operation::Put) == 5 && counted(Operation::Copy) == 2, "{counters:?}");
    ensure!(counters.bytes_written() == (2 * SOURCE_BYTES + tail.len()) as u64, "{counters:?}");
    ensure!(counters.bytes_copied() == (2 * SOURCE_BYTES - 3) as u64, "{counters:?}");

    // Taken: by this one, and by one that was put.
    for key in [&made, &Path::from("f/b")] {
        let again = world.assembler.assemble(key, &pieces[..1]).await;
        ensure!(matches!(again, Err(Error::AlreadyExists { .. })), "{again:?}");
    }
    ensure!(world.read("f/made=1").await? == expected, "other bytes");
    ensure!(world.read("f/b").await? == world.sources[1], "other bytes");
    let conflicts = counters.requests(Operation::Put, Outcome::Conflict);
    ensure!(conflicts == 2 && counted(Operation::Delete) == 2, "{counters:?}");
    ensure!(world.unfinished().await?.is_empty(), "what failed is abandoned");
    Ok(())
}

#[tokio::test]
async fn an_object_is_made_once_of_copies_and_a_tail() -> anyhow::Result<()> {
    check_an_assembly("").await
}

#[tokio::test]
async fn so_it_is_below_a_prefix() -> anyhow::Result<()> {
    check_an_assembly("one/two").await
}

#[tokio::test]
async fn a_source_that_is_gone_leaves_nothing_unfinished() -> anyhow::Result<()> {
    let world = World::start("p").await?;
    let pieces = [copied("f/b", 0..SOURCE_BYTES), copied("f/gone", 0..SOURCE_BYTES)];
    let made = Path::from("f/made");
    let answer = world.assembler.assemble(&made, &pieces).await;
    ensure!(matches!(answer, Err(Error::NotFound { .. })), "{answer:?}");
    let found = world.store.head(&made).await;
    ensure!(matches!(found, Err(Error::NotFound { .. })), "{found:?}");
    ensure!(world.unfinished().await?.is_empty(), "what failed is abandoned");
    // Pieces of another order of size are refused for good.
    let answer = world.assembler.assemble(&made, &[copied("f/b", 0..9), copied("f/b", 0..9)]).await;
    ensure!(matches!(answer, Err(Error::NotImplemented { .. })), "{answer:?}");
    Ok(())
}

#[tokio::test]
async fn what_is_unfinished_is_listed_and_abandoned() -> anyhow::Result<()> {
    let world = World::start("p").await?;
    let made = Path::from("f/made");
    let pieces: Vec<_> = (0..40).map(|_| copied("f/b", 0..SOURCE_BYTES)).collect();
    while world.unfinished().await?.is_empty() {
        // Whoever drops it has begun it.
        let assembling = world.assembler.assemble(&made, &pieces);
        let dropped = tokio::time::timeout(Duration::from_millis(20), assembling).await;
        ensure!(dropped.is_err(), "too quick");
    }
    let elsewhere = open_at(world.minio.address(), "q")?.assembler().context("S3 assembles")?;
    ensure!(elsewhere.unfinished(&Path::from("f")).await?.is_empty(), "of another prefix");
    ensure!(world.assembler.unfinished(&Path::from("g")).await?.is_empty(), "of another folder");
    let left = world.unfinished().await?;
    for assembly in &left {
        ensure!(assembly.key == made, "{assembly:?}");
        world.assembler.abandon(assembly).await?;
        // It may be gone.
        world.assembler.abandon(assembly).await?;
    }
    ensure!(world.unfinished().await?.is_empty(), "{left:?} was abandoned");
    Ok(())
}

/// Begins to make an object, and leaves it.
async fn leave_unfinished(store: &MeteredStore, made: &Path) -> anyhow::Result<()> {
    let source = Path::from("elsewhere/source");
    store.put(&source, vec![7; SOURCE_BYTES].into()).await?;
    let assembler = store.assembler().context("S3 assembles")?;
    let pieces: Vec<_> = (0..40).map(|_| copied(source.as_ref(), 0..SOURCE_BYTES)).collect();
    let folder = Path::from("data");
    while assembler.unfinished(&folder).await?.is_empty() {
        let assembling = assembler.assemble(made, &pieces);
        let dropped = tokio::time::timeout(Duration::from_millis(20), assembling).await;
        ensure!(dropped.is_err(), "too quick");
    }
    Ok(())
}

/// Of a merge that died, and whose lease has ended.
#[test]
fn what_nobody_completes_any_more_is_an_orphan() -> anyhow::Result<()> {
    let mut world = crate::world::World::start(WalKind::File, &[])?;
    let mut client = world.server.connect();
    create_topic(&mut client, "t")?;
    let value = Bytes::from_static(b"of an object");
    produce(&mut client, "t", 0, batch(Encoding::None, None, std::slice::from_ref(&value)))?;
    // A stop uploads it.
    ensure!(world.server.terminate().success(), "the server does not stop in order");
    world.setup.verify()?;
    let store = open_at(world.minio.address(), "")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let objects = store.list(Some(&Path::from("data"))).try_collect::<Vec<_>>().await?;
        leave_unfinished(&store, &objects.first().context("it is stored")?.location).await
    })?;
    let found = world.setup.verify().unwrap_err().to_string();
    ensure!(found.contains("begun and never to be completed"), "{found}");
    world.setup.verify_and_delete_orphans()?;
    world.setup.verify()
}

#[tokio::test]
async fn faults_are_outlived() -> anyhow::Result<()> {
    const REPEATED: Duration = Duration::from_secs(1);
    let world = World::start("p").await?;
    let proxy = FaultProxy::start(world.minio.address(), 7)?;
    let store = open_at(proxy.address(), "p")?;
    let assembler = store.assembler().context("S3 assembles")?;
    let faults = [
        Fault::Unavailable,
        Fault::AnswerWithheld,
        Fault::ResetBefore,
        Fault::ResetAfter,
        Fault::AnswerHangs,
        Fault::AnswerCut,
        Fault::Repeated { after: REPEATED },
    ];
    proxy.set(faults.into_iter().fold(Plan::default(), |plan, fault| plan.with(fault, 50)));
    let tail = Bytes::from_static(b"tail");
    let pieces = [copied("f/a b", 0..SOURCE_BYTES), Piece::Sent(tail.clone())];
    let expected = [&world.sources[0][..], &tail].concat();
    for at in 0..6 {
        let key = format!("f/made{at}");
        loop {
            match assembler.assemble(&Path::from(key.as_str()), &pieces).await {
                // Taken: by an attempt whose answer was lost.
                Ok(()) | Err(Error::AlreadyExists { .. }) => break,
                Err(error) => ensure!(is_transient(&error), "{error}"),
            }
        }
        ensure!(world.read(&key).await? == expected, "{key} has other bytes");
    }
    ensure!(proxy.faults_met() > 3, "{} faults", proxy.faults_met());
    proxy.set(Plan::default());
    tokio::time::sleep(REPEATED + Duration::from_millis(500)).await;
    for assembly in world.unfinished().await? {
        assembler.abandon(&assembly).await?;
    }
    ensure!(world.unfinished().await?.is_empty(), "all is finished or abandoned");
    Ok(())
}
