//! One controller: it leads at once, keeps what it answered, and says when it cannot go on.

use std::time::Duration;

use openraft::async_runtime::watch::WatchReceiver;
use penstock_model::client::SubmitError;
use penstock_model::command::{Refused, Reply};
use penstock_model::id::ClusterId;
use penstock_wal::files::PowerCutFiles;
use penstock_wal::{MemoryMedium, Position, WalSettings};
use tokio::time::timeout;

use super::*;
use crate::{LogError, QuorumNode, StartError};

async fn start(parts: Parts) -> QuorumNode {
    let node = QuorumNode::start(parts).await.unwrap();
    node.recovered().await.unwrap();
    node
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let node = start(alone(dir.path())).await;
    let client = node.client();
    let formatted = client.submit(format()).await.unwrap();
    assert_eq!(formatted.result, Ok(Reply::Done));
    let mut last = formatted.index;
    for number in 0..50 {
        let outcome = client.submit(set("number", &number.to_string())).await.unwrap();
        assert!(outcome.index > last);
        assert!(client.image().index() >= outcome.index, "guarantee 2");
        last = outcome.index;
    }
    let refused = client.submit(Command::Format(ClusterId([8; 16]))).await.unwrap();
    assert_eq!(refused.result, Err(Refused::OtherCluster(ClusterId([7; 16]))));
    node.shutdown().await.unwrap();
    assert_eq!(client.submit(format()).await, Err(SubmitError::Stopped));

    let node = start(alone(dir.path())).await;
    let image = node.client().image();
    assert_eq!(image.cluster(), Some(ClusterId([7; 16])));
    assert_eq!(get(&image, "number").as_deref(), Some("49"));
    assert_eq!(image.index(), refused.index);
    node.shutdown().await.unwrap();
}

#[tokio::test]
async fn watchers_see_images_grow() {
    let dir = tempfile::tempdir().unwrap();
    let node = start(alone(dir.path())).await;
    let client = node.client();
    let mut images = client.watch();
    client.submit(format()).await.unwrap();
    for number in 0..10 {
        client.submit(set("number", &number.to_string())).await.unwrap();
        let image = images.borrow_and_update().clone();
        assert_eq!(get(&image, "number"), Some(number.to_string()));
    }
    node.shutdown().await.unwrap();
}

#[tokio::test]
async fn snapshots_take_the_place_of_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let small = || {
        let mut parts = alone(dir.path());
        parts.settings.snapshot_entries = 20;
        parts.settings.entry_cache_bytes = 100;
        parts
    };
    let node = start(small()).await;
    let client = node.client();
    for number in 0..200 {
        client.submit(set(&format!("key{}", number % 7), &number.to_string())).await.unwrap();
    }
    let purged = node.raft().wait(None);
    purged.metrics(|now| now.purged.is_some_and(|id| id.index > 100), "purge").await.unwrap();
    node.shutdown().await.unwrap();
    assert_eq!(std::fs::read_dir(dir.path().join("snapshot")).unwrap().count(), 2);

    let node = start(small()).await;
    let image = node.client().image();
    for number in 193..200 {
        assert_eq!(get(&image, &format!("key{}", number % 7)), Some(number.to_string()));
    }
    node.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_controller_that_is_not_among_the_voters_waits() {
    let dir = tempfile::tempdir().unwrap();
    let mut parts = alone(dir.path());
    parts.voters = voters(&[2, 3]);
    let node = QuorumNode::start(parts).await.unwrap();
    let refused = node.client().submit(format()).await;
    assert!(matches!(refused, Err(SubmitError::Unavailable(_))), "{refused:?}");
    node.shutdown().await.unwrap();
}

/// It holds votes that this one never gave.
#[tokio::test]
async fn the_log_of_another_controller_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    start(alone(dir.path())).await.shutdown().await.unwrap();
    let mut parts = alone(dir.path());
    (parts.id, parts.voters) = (RaftId(2), voters(&[2]));
    let refused = QuorumNode::start(parts).await.err().unwrap();
    match &refused {
        StartError::Log(LogError::OtherController { found, expected, .. }) => {
            assert_eq!((&**found, *expected), ("0000000000000001", RaftId(2)));
        }
        other => panic!("{other}"),
    }
    start(alone(dir.path())).await.shutdown().await.unwrap();
}

/// Each change of a first start fails in turn. Whoever was told so may try again at once.
#[tokio::test]
async fn a_start_that_fails_leaves_nobody_in_the_folder() {
    let mut refused = 0;
    for change in 1..=40 {
        let disk = PowerCutFiles::new(change);
        let dir = Path::new("/quorum");
        disk.create_dir_all(dir).unwrap();
        disk.fail_at(change, std::io::ErrorKind::Other);
        match QuorumNode::start(alone_on(Arc::new(disk.clone()), dir)).await {
            // What fails later is told by the node.
            Ok(node) => drop(node.shutdown().await),
            Err(_) => refused += 1,
        }
        disk.create_dir_all(&dir.join("log")).unwrap();
        let free = disk.lock(&dir.join("log/lock"));
        assert!(free.is_ok(), "the log is held after change {change} failed");
    }
    assert!((10..40).contains(&refused), "{refused} starts failed");
}

async fn start_on(medium: &MemoryMedium, dir: &Path) -> QuorumNode {
    let recovery = medium.recover(Position(0), &WalSettings::default()).unwrap();
    let node = QuorumNode::start_on(Box::new(recovery), alone(dir)).await.unwrap();
    node.recovered().await.unwrap();
    node
}

#[tokio::test(start_paused = true)]
async fn an_idle_voter_sleeps() {
    let dir = tempfile::tempdir().unwrap();
    let medium = MemoryMedium::default();
    let node = start_on(&medium, dir.path()).await;
    node.client().submit(format()).await.unwrap();
    // Openraft's core reports its metrics whenever it woke up, changed or not.
    let mut reports = node.raft().metrics();
    while timeout(Duration::from_secs(1), reports.changed()).await.is_ok() {}
    assert!(timeout(Duration::from_secs(3600), reports.changed()).await.is_err());
    node.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_failed_write_is_final_and_told() {
    let dir = tempfile::tempdir().unwrap();
    let medium = MemoryMedium::default();
    let node = start_on(&medium, dir.path()).await;
    let client = node.client();
    let kept = client.submit(set("key", "kept")).await.unwrap();
    let failed = node.failed();
    medium.fail_next_write();
    let lost = client.submit(set("key", "lost")).await;
    assert!(matches!(lost, Err(SubmitError::Unavailable(_))), "{lost:?}");
    let failure = failed.await.to_string();
    assert!(failure.contains("the medium was told to fail"), "{failure}");
    assert_eq!(client.image().index(), kept.index, "what is not durable is not shown");
    assert!(client.submit(set("key", "late")).await.is_err());
    assert!(node.shutdown().await.is_err());

    let node = start_on(&medium, dir.path()).await;
    assert_eq!(get(&node.client().image(), "key").as_deref(), Some("kept"));
    node.shutdown().await.unwrap();
}
