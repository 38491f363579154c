//! A folder of the object store that did not reach the disk: the node ends, and says what to do.
//! It would be told at the next attempt that all is well, which is a lie.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use bytes::Bytes;
use penstock_broker::config::{Given, NodeConfig};
use penstock_broker::node::{Node, Parts};
use penstock_broker::shutdown;
use penstock_records::Encoding;
use penstock_tests::client::Client;
use penstock_tests::producer::{batch, create_topic, produce};
use penstock_wal::files::{Blocking, DirEntry, File, Files, LockGuard, OpenMode, OsFiles};

/// The next sync of a folder of objects fails; those after it succeed, as the kernel has it.
struct FailingOnce(AtomicBool);

impl Files for FailingOnce {
    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        OsFiles.create_dir_all(dir)
    }

    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        OsFiles.create_dir(dir)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<DirEntry>> {
        OsFiles.list(dir)
    }

    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>> {
        OsFiles.open(path, mode)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        OsFiles.rename(from, to)
    }

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        OsFiles.rename_new(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        OsFiles.remove(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let is_object = dir.components().any(|part| part.as_os_str() == "objects");
        if is_object && self.0.swap(false, Ordering::Relaxed) {
            return Err(io::Error::other("the disk is gone"));
        }
        OsFiles.sync_dir(dir)
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn LockGuard>> {
        OsFiles.lock(path)
    }

    fn blocking(&self) -> Blocking {
        Blocking::Thread
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_fails_to_sync_ends_the_node() -> anyhow::Result<()> {
    let data = tempfile::tempdir()?;
    let set = [
        format!("data.dir={}", data.path().display()),
        "listeners=PLAINTEXT://127.0.0.1:0".to_owned(),
        "admin.listener=127.0.0.1:0".to_owned(),
        "upload.interval.ms=20".to_owned(),
    ];
    let given = Given::load(None, [], &set)?;
    let config = NodeConfig::new(&given)?;
    let files = Arc::new(FailingOnce(AtomicBool::new(false)));
    let parts = Parts::of_system(given, config, Arc::clone(&files) as _);
    let node = Box::pin(Node::start(parts)).await?;
    let address = node.kafka_addresses()[0].1.clone();
    let address = address.strip_prefix("PLAINTEXT://").context("it is plain")?.parse()?;
    let (_trigger, shutdown) = shutdown::channel();
    let running = tokio::spawn(Box::pin(node.run(shutdown)));
    files.0.store(true, Ordering::Relaxed);
    let client = tokio::task::spawn_blocking(move || {
        let mut client = Client::connect(address)?;
        create_topic(&mut client, "topic")?;
        produce(&mut client, "topic", 0, batch(Encoding::None, None, &[Bytes::from("x")]))
    });
    client.await??;
    let ended = tokio::time::timeout(Duration::from_secs(30), running).await??;
    let failure = ended.err().context("it went on")?.to_string();
    for part in ["the disk is gone", "see to the disk, then restart", "the log keeps"] {
        ensure!(failure.contains(part), "{failure}");
    }
    Ok(())
}
