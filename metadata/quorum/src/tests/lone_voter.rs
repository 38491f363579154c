//! One controller: it leads at once, keeps what it answered, and says when it cannot go on.

use std::time::Duration;

use openraft::async_runtime::watch::WatchReceiver;
use penstock_model::client::SubmitError;
use penstock_wal::files::PowerCutFiles;
use penstock_wal::{MemoryMedium, Position, WalSettings};
use tokio::time::timeout;

use super::*;
use crate::{LogError, QuorumNode, StartError};

async fn start(folder: Folder, parts: Parts) -> QuorumNode {
    let node = QuorumNode::start(Place::Folder(folder), parts).await.unwrap();
    node.recovered().await.unwrap();
    node
}

#[tokio::test]
async fn watchers_see_images_grow() {
    let dir = tempfile::tempdir().unwrap();
    let node = start(folder(dir.path()), alone()).await;
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
async fn a_controller_that_is_not_among_the_voters_waits() {
    let dir = tempfile::tempdir().unwrap();
    let parts = Parts { voters: voters(&[2, 3]), ..alone() };
    let place = Place::Folder(folder(dir.path()));
    let node = QuorumNode::start(place, parts).await.unwrap();
    let refused = node.client().submit(format()).await;
    assert!(matches!(refused, Err(SubmitError::Unavailable(_))), "{refused:?}");
    node.shutdown().await.unwrap();
}

/// It holds votes that this one never gave.
#[tokio::test]
async fn the_log_of_another_controller_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    start(folder(dir.path()), alone()).await.shutdown().await.unwrap();
    let parts = Parts { id: RaftId(2), voters: voters(&[2]), ..alone() };
    let other = Folder::of(Arc::new(OsFiles), dir.path().to_owned(), RaftId(2));
    let refused = QuorumNode::start(Place::Folder(other), parts).await.err().unwrap();
    match &refused {
        StartError::Log(LogError::OtherController { found, expected, .. }) => {
            assert_eq!((&**found, *expected), ("0000000000000001", RaftId(2)));
        }
        other => panic!("{other}"),
    }
    start(folder(dir.path()), alone()).await.shutdown().await.unwrap();
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
        let place = Place::Folder(folder_on(Arc::new(disk.clone()), dir));
        match QuorumNode::start(place, alone()).await {
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
    let found = folder(dir).with_journal(Box::new(recovery));
    let node = QuorumNode::start_on(found, alone()).await.unwrap();
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
