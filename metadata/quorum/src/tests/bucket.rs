//! A lone controller whose state is in a bucket.

mod bounds;
mod faults;
mod refusals;

use std::sync::Mutex;
use std::time::Duration;

use futures::TryStreamExt;
use object_store::memory::InMemory;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use penstock_model::client::SubmitError;
use penstock_wal::{ObjectWalSettings, WalError};
use tokio::time::{sleep, timeout};

use super::store::{Fault, TestStore};
use super::*;
use crate::{Bucket, BucketError, BucketParts, LogError, QuorumNode, StartError};

const CLUSTER: ClusterId = ClusterId([7; 16]);

pub(super) fn bucket_parts(store: &TestStore) -> BucketParts {
    BucketParts {
        store: Arc::new(store.clone()),
        cluster: CLUSTER,
        node: NodeId(1),
        journal: ObjectWalSettings { puts_per_second_max: 0, ..ObjectWalSettings::default() },
        drawn: RaftId(1),
        stamp: store.stamp(),
    }
}

fn settings() -> QuorumSettings {
    QuorumSettings { snapshot_entries: 4, entry_cache_bytes: 100, ..QuorumSettings::default() }
}

async fn start_with(
    parts: BucketParts,
    settings: QuorumSettings,
) -> Result<QuorumNode, StartError> {
    let bucket = Bucket::open(parts).await?;
    let parts = Parts::alone(bucket.id(), NodeId(1), settings);
    let node = QuorumNode::start(Place::Bucket(bucket), parts).await?;
    match node.recovered().await {
        Ok(()) => Ok(node),
        Err(failure) => Err(StartError::Raft(failure.to_string())),
    }
}

async fn start(store: &TestStore) -> Result<QuorumNode, StartError> {
    start_with(bucket_parts(store), settings()).await
}

/// As a process of its own, whose tasks all end with it.
fn live<T>(life: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build().unwrap().block_on(life)
}

/// The keys below a folder of the cluster's.
pub(super) async fn keys(bucket: &InMemory, folder: &str) -> Vec<Key> {
    let prefix = Key::from("meta").join(CLUSTER.to_string());
    let prefix = folder.split('/').fold(prefix, |prefix, part| prefix.join(part));
    let listed = bucket.list(Some(&prefix)).map_ok(|meta| meta.location);
    let mut keys: Vec<Key> = listed.try_collect().await.unwrap();
    keys.sort();
    keys
}

pub(super) async fn damage(bucket: &InMemory, key: &Key) {
    let mut bytes = bucket.get(key).await.unwrap().bytes().await.unwrap().to_vec();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bucket.put(key, bytes.into()).await.unwrap();
}

/// Starts on the bucket as it is, and says why it does not.
async fn refusal(bucket: &Arc<InMemory>) -> StartError {
    start(&TestStore::new(bucket)).await.err().expect("it does not start")
}

/// What is known of the one setting that lives set, to ever greater numbers.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    answered: u64,
    submitted: u64,
}

/// Sets the number so many times, each to the next one. Stops where it is not answered.
async fn count_on(node: &QuorumNode, known: &Mutex<Known>, times: u64) -> Result<(), SubmitError> {
    for _ in 0..times {
        let number = {
            let mut known = known.lock().unwrap();
            known.submitted += 1;
            known.submitted
        };
        node.client().submit(set("number", &number.to_string())).await?;
        known.lock().unwrap().answered = number;
    }
    Ok(())
}

fn check_number(node: &QuorumNode, known: &Mutex<Known>) {
    let found = get(&node.client().image(), "number").map_or(0, |number| number.parse().unwrap());
    let mut known = known.lock().unwrap();
    assert!(known.answered <= found && found <= known.submitted, "{known:?}, {found} is there");
    *known = Known { answered: found, submitted: found };
}

/// A bucket with some history: two snapshots, a trimmed journal, two incarnations.
async fn with_history() -> (InMemory, Known) {
    let bucket = Arc::new(InMemory::new());
    let known = Mutex::default();
    for commands in [9, 2] {
        let node = start(&TestStore::new(&bucket)).await.unwrap();
        check_number(&node, &known);
        count_on(&node, &known, commands).await.unwrap();
        node.shutdown().await.unwrap();
    }
    assert_eq!(keys(&bucket, "snapshot").await.len(), 2);
    assert_eq!(keys(&bucket, "log/begins").await.len(), 1);
    let known = *known.lock().unwrap();
    (bucket.fork(), known)
}

/// Nothing is left that newer objects have made superfluous.
async fn check_tidy(bucket: &InMemory) {
    let snapshots = keys(bucket, "snapshot").await;
    assert_eq!(snapshots.len(), 2, "{snapshots:?}");
    let begins = keys(bucket, "log/begins").await;
    assert_eq!(begins.len(), 1, "{begins:?}");
    // Some thirty entries are kept, a few other records, and a seal for each incarnation.
    let log = keys(bucket, "log").await;
    assert!(log.len() < 60, "{log:?}");
}
