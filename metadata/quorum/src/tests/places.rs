//! What holds wherever a lone controller keeps its bytes: one suite for a folder and for a bucket.

use async_trait::async_trait;
use object_store::ObjectStoreExt;
use object_store::memory::InMemory;
use penstock_model::client::SubmitError;
use penstock_model::command::{Refused, Reply};
use penstock_wal::WalError;
use tempfile::TempDir;

use super::bucket::{bucket_parts, damage, keys};
use super::store::TestStore;
use super::*;
use crate::{Bucket, LogError, QuorumNode, SnapshotError, StartError};

/// A place that outlives the controllers that start in it.
#[async_trait]
trait Home: Send + Sync {
    /// As a process that starts has it.
    async fn open(&self) -> Place;

    /// What its snapshots are called, oldest first.
    async fn snapshots(&self) -> Vec<String>;

    async fn read(&self, name: &str) -> Vec<u8>;

    async fn damage(&self, name: &str);

    async fn remove(&self, name: &str);

    /// Removes what the journal is in.
    async fn remove_log(&self);
}

#[async_trait]
impl Home for TempDir {
    async fn open(&self) -> Place {
        Place::Folder(folder(self.path()))
    }

    async fn snapshots(&self) -> Vec<String> {
        let names = std::fs::read_dir(self.path().join("snapshot")).unwrap();
        let path = |entry: std::fs::DirEntry| entry.path().to_str().unwrap().to_owned();
        let mut paths: Vec<_> = names.map(|entry| path(entry.unwrap())).collect();
        paths.sort();
        paths
    }

    async fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(name).unwrap()
    }

    async fn damage(&self, name: &str) {
        let mut bytes = std::fs::read(name).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(name, bytes).unwrap();
    }

    async fn remove(&self, name: &str) {
        std::fs::remove_file(name).unwrap();
    }

    async fn remove_log(&self) {
        std::fs::remove_dir_all(self.path().join("log")).unwrap();
    }
}

#[async_trait]
impl Home for Arc<InMemory> {
    async fn open(&self) -> Place {
        let parts = bucket_parts(&TestStore::new(self));
        Place::Bucket(Bucket::open(parts).await.unwrap())
    }

    async fn snapshots(&self) -> Vec<String> {
        keys(self, "snapshot").await.iter().map(ToString::to_string).collect()
    }

    async fn read(&self, name: &str) -> Vec<u8> {
        self.get(&name.into()).await.unwrap().bytes().await.unwrap().into()
    }

    async fn damage(&self, name: &str) {
        damage(self, &name.into()).await;
    }

    async fn remove(&self, name: &str) {
        self.delete(&name.into()).await.unwrap();
    }

    async fn remove_log(&self) {
        let begins = keys(self, "log/begins").await;
        for key in keys(self, "log").await {
            if !begins.contains(&key) {
                self.delete(&key).await.unwrap();
            }
        }
    }
}

async fn on_both(check: impl AsyncFn(&dyn Home)) {
    check(&tempfile::tempdir().unwrap()).await;
    check(&Arc::new(InMemory::new())).await;
}

/// With a snapshot for every 20 entries.
async fn start(home: &dyn Home) -> Result<QuorumNode, StartError> {
    let mut parts = alone();
    (parts.settings.snapshot_entries, parts.settings.entry_cache_bytes) = (20, 100);
    let node = QuorumNode::start(home.open().await, parts).await?;
    node.recovered().await.unwrap();
    Ok(node)
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_restart() {
    on_both(async |home| {
        let node = start(home).await.unwrap();
        let client = node.client();
        let formatted = client.submit(format()).await.unwrap();
        assert_eq!(formatted.result, Ok(Reply::Done));
        let mut last = formatted.index;
        for number in 0..10 {
            let outcome = client.submit(set("number", &number.to_string())).await.unwrap();
            assert!(outcome.index > last);
            assert!(client.image().index() >= outcome.index, "guarantee 2");
            last = outcome.index;
        }
        let refused = client.submit(Command::Format(ClusterId([8; 16]))).await.unwrap();
        assert_eq!(refused.result, Err(Refused::OtherCluster(ClusterId([7; 16]))));
        node.shutdown().await.unwrap();
        assert_eq!(client.submit(format()).await, Err(SubmitError::Stopped));

        let node = start(home).await.unwrap();
        let image = node.client().image();
        assert_eq!(image.cluster(), Some(ClusterId([7; 16])));
        assert_eq!(get(&image, "number").as_deref(), Some("9"));
        assert_eq!(image.index(), refused.index);
        node.shutdown().await.unwrap();
    })
    .await;
}

/// A place with two snapshots, and the log from behind the first of them on.
async fn with_two_snapshots(home: &dyn Home) -> Vec<String> {
    let node = start(home).await.unwrap();
    for number in 0..100 {
        let command = set(&format!("key{}", number % 7), &number.to_string());
        node.client().submit(command).await.unwrap();
    }
    let purged = node.raft().wait(None);
    purged.metrics(|now| now.purged.is_some_and(|id| id.index > 20), "purge").await.unwrap();
    node.shutdown().await.unwrap();
    let names = home.snapshots().await;
    assert_eq!(names.len(), 2);
    names
}

async fn check_all_is_there(home: &dyn Home) {
    let node = start(home).await.unwrap();
    let image = node.client().image();
    for number in 93..100 {
        assert_eq!(get(&image, &format!("key{}", number % 7)), Some(number.to_string()));
    }
    node.shutdown().await.unwrap();
}

#[tokio::test]
async fn snapshots_take_the_place_of_the_log() {
    on_both(async |home| {
        with_two_snapshots(home).await;
        check_all_is_there(home).await;
    })
    .await;
}

#[tokio::test]
async fn a_damaged_snapshot_costs_a_longer_replay() {
    on_both(async |home| {
        let names = with_two_snapshots(home).await;
        home.damage(&names[1]).await;
        let bytes = home.read(&names[1]).await;
        check_all_is_there(home).await;
        assert_eq!(home.read(&names[1]).await, bytes, "the bytes are kept");
    })
    .await;
}

#[tokio::test]
async fn without_a_snapshot_that_the_log_reaches_nothing_starts() {
    on_both(async |home| {
        let names = with_two_snapshots(home).await;
        for name in &names {
            home.damage(name).await;
        }
        match start(home).await.err().unwrap() {
            StartError::Snapshot(SnapshotError::Damaged { place, .. }) => {
                assert_eq!(place, names[1]);
            }
            other => panic!("{other}"),
        }
        for name in &names {
            home.remove(name).await;
        }
        match start(home).await.err().unwrap() {
            StartError::Snapshot(SnapshotError::Missing { .. }) => {}
            other => panic!("{other}"),
        }
    })
    .await;
}

/// Where it began says that there was one.
#[tokio::test]
async fn a_log_that_is_gone_is_missed() {
    let gone = |error: &StartError| {
        matches!(error, StartError::Log(LogError::Wal(WalError::Missing { .. })))
    };
    let dir = tempfile::tempdir().unwrap();
    with_two_snapshots(&dir).await;
    dir.remove_log().await;
    let error = start(&dir).await.err().unwrap();
    assert!(gone(&error), "{error}");

    let bucket = Arc::new(InMemory::new());
    with_two_snapshots(&bucket).await;
    bucket.remove_log().await;
    let error = Bucket::open(bucket_parts(&TestStore::new(&bucket))).await.err().unwrap();
    assert!(gone(&error), "{error}");
}
