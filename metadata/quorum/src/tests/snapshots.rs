//! Snapshot files: their bytes, and what a damaged one costs.

use std::fs;
use std::path::PathBuf;

use penstock_model::apply::apply;
use penstock_model::id::LogIndex;
use penstock_wal::WalError;
use penstock_wal::files::PowerCutFiles;
use tokio::sync::watch;

use super::*;
use crate::codec::{put_log_id, put_optional};
use crate::compaction::Progress;
use crate::snapshot::{self, ReadFailure};
use crate::snapshot_store::{Covered, SnapshotStore};
use crate::type_config::{LeaderId, LogId, Membership, Snapshot, SnapshotMeta, StoredMembership};
use crate::{Damage, LogError, QuorumNode, SnapshotError, StartError, membership};

fn log_id(term: u64, index: u64) -> LogId {
    LogId { leader_id: LeaderId { term, node_id: RaftId(1) }, index }
}

fn sample() -> Snapshot {
    let mut image = MetadataImage::default();
    apply(&mut image, LogIndex(2), &format()).result.unwrap();
    apply(&mut image, LogIndex(3), &set("key", "value")).result.unwrap();
    let membership = Membership::from(voters(&[1]));
    let last_membership = StoredMembership::new(Some(log_id(0, 0)), membership);
    let meta = SnapshotMeta { last_log_id: Some(log_id(1, 3)), last_membership };
    Snapshot { meta, snapshot: Arc::new(image) }
}

fn bytes_of(sample: &Snapshot) -> Vec<u8> {
    snapshot::encode(log_id(1, 3), sample).flatten().collect()
}

#[test]
fn layout_and_round_trip() {
    let sample = sample();
    let bytes = bytes_of(&sample);
    let mut head = b"PNSTSNP1".to_vec();
    put_log_id(&mut head, log_id(1, 3));
    put_optional(&mut head, Some(log_id(0, 0)), put_log_id);
    let members = membership::encode(sample.meta.last_membership.membership());
    head.extend(u32::try_from(members.len()).unwrap().to_be_bytes());
    head.extend(members);
    assert_eq!(bytes[..head.len()], head);
    let (content, checksum) = bytes.split_last_chunk::<4>().unwrap();
    assert_eq!(crc32c::crc32c(content), u32::from_be_bytes(*checksum));
    assert!(content.ends_with(&[0; 4]));
    let read = snapshot::decode(&bytes[..]).unwrap();
    assert_eq!((read.meta, read.snapshot), (sample.meta, sample.snapshot));
}

#[test]
fn every_flipped_or_missing_byte_is_noticed() {
    let good = bytes_of(&sample());
    for position in 0..good.len() {
        let mut bytes = good.clone();
        bytes[position] ^= 0x10;
        assert!(matches!(snapshot::decode(&bytes[..]), Err(ReadFailure::Damaged(_))), "{position}");
        let cut = snapshot::decode(&good[..position]);
        assert!(matches!(cut, Err(ReadFailure::Damaged(_))), "cut at {position}");
    }
    let longer = [&good[..], &[0]].concat();
    let longer = snapshot::decode(&longer[..]);
    assert!(matches!(longer, Err(ReadFailure::Damaged(Damage::Trailing))));
}

/// The same image as of another index.
fn sample_at(index: u64) -> Snapshot {
    let mut sample = sample();
    sample.meta.last_log_id = Some(log_id(1, index));
    sample
}

fn open_store(disk: &PowerCutFiles) -> SnapshotStore {
    let (progress, _) = watch::channel(Progress::default());
    let files = Arc::new(disk.clone());
    SnapshotStore::open(files, Path::new("/snapshot"), Covered::default(), progress).unwrap()
}

/// The indices of the snapshots that are there.
fn kept(disk: &PowerCutFiles) -> Vec<u64> {
    let index = |path: PathBuf| path.file_name()?.to_str()?.split('-').next()?.parse().ok();
    let finished = |path: &PathBuf| path.extension().is_some_and(|end| end == "snapshot");
    disk.paths().into_iter().filter(finished).filter_map(index).collect()
}

/// The third save stops at each of its changes in turn.
#[test]
fn a_third_snapshot_is_the_one_that_was_replaced_and_goes_at_the_next_start() {
    let mut seen = Vec::new();
    let deaths = [PowerCutFiles::crash, PowerCutFiles::kill];
    for (change, die) in (1..).flat_map(|change| deaths.map(|die| (change, die))) {
        let disk = PowerCutFiles::new(change);
        let store = open_store(&disk);
        for index in [3, 4] {
            store.save(&sample_at(index)).unwrap();
        }
        disk.stop_at(change);
        let saved = store.save(&sample_at(5)).is_ok();
        let disk = die(&disk);
        let left = kept(&disk);
        assert!([&[3, 4][..], &[3, 4, 5], &[4, 5]].contains(&&left[..]), "{left:?}");
        let store = open_store(&disk);
        store.load(None).unwrap();
        let newest = &left[left.len() - 2..];
        assert_eq!(kept(&disk), newest, "of {left:?}");
        assert_eq!(store.current().unwrap().meta.last_log_id, Some(log_id(1, newest[1])));
        seen.push(left.len());
        if saved {
            break;
        }
    }
    assert!(seen.contains(&3), "it stopped between writing and tidying up");
}

#[test]
fn a_closed_store_keeps_its_folder_as_it_is() {
    let disk = PowerCutFiles::new(1);
    let store = open_store(&disk);
    store.save(&sample_at(3)).unwrap();
    store.close();
    let changes = disk.changes();
    store.save(&sample_at(4)).unwrap_err();
    assert_eq!((kept(&disk), disk.changes()), (vec![3], changes));
}

fn small(dir: &Path) -> Parts {
    let mut parts = alone(dir);
    parts.settings.snapshot_entries = 20;
    parts
}

/// A folder with two snapshots, and the log from behind the first of them on; its images' last
/// number is 99.
async fn with_two_snapshots(dir: &Path) -> Vec<PathBuf> {
    let node = QuorumNode::start(small(dir)).await.unwrap();
    node.recovered().await.unwrap();
    for number in 0..100 {
        node.client().submit(set("number", &number.to_string())).await.unwrap();
    }
    let purged = node.raft().wait(None);
    purged.metrics(|now| now.purged.is_some_and(|id| id.index > 20), "purge").await.unwrap();
    node.shutdown().await.unwrap();
    let names = fs::read_dir(dir.join("snapshot")).unwrap();
    let mut paths: Vec<_> = names.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert_eq!(paths.len(), 2);
    paths
}

fn damage(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn a_damaged_snapshot_costs_a_longer_replay() {
    let dir = tempfile::tempdir().unwrap();
    let paths = with_two_snapshots(dir.path()).await;
    damage(&paths[1]);
    let bytes = fs::read(&paths[1]).unwrap();
    let node = QuorumNode::start(small(dir.path())).await.unwrap();
    node.recovered().await.unwrap();
    assert_eq!(get(&node.client().image(), "number").as_deref(), Some("99"));
    assert_eq!(fs::read(&paths[1]).unwrap(), bytes, "the bytes are kept");
    node.shutdown().await.unwrap();
}

#[tokio::test]
async fn without_a_snapshot_that_the_log_reaches_nothing_starts() {
    let dir = tempfile::tempdir().unwrap();
    let paths = with_two_snapshots(dir.path()).await;
    paths.iter().for_each(|path| damage(path));
    match QuorumNode::start(small(dir.path())).await.err().unwrap() {
        StartError::Snapshot(SnapshotError::Damaged { path, .. }) => {
            assert_eq!(Path::new(&path), paths[1]);
        }
        other => panic!("{other}"),
    }
    paths.iter().for_each(|path| fs::remove_file(path).unwrap());
    let error = QuorumNode::start(small(dir.path())).await.err().unwrap();
    assert!(matches!(error, StartError::Snapshot(SnapshotError::Missing { .. })), "{error}");
}

#[tokio::test]
async fn a_log_that_is_gone_is_not_started_without() {
    let dir = tempfile::tempdir().unwrap();
    with_two_snapshots(dir.path()).await;
    fs::remove_dir_all(dir.path().join("log")).unwrap();
    // Where it began says that there was one.
    let error = QuorumNode::start(small(dir.path())).await.err().unwrap();
    assert!(matches!(error, StartError::Log(LogError::Wal(WalError::Missing { .. }))), "{error}");
    // And if that is gone too, the snapshots do.
    fs::remove_dir_all(dir.path().join("log")).unwrap();
    fs::remove_file(dir.path().join("head")).unwrap();
    let error = QuorumNode::start(small(dir.path())).await.err().unwrap();
    assert!(matches!(error, StartError::Log(LogError::Gone)), "{error}");
}
