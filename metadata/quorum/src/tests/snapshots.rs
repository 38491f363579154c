//! Snapshot files: their bytes, and what a damaged one costs.

use std::fs;
use std::path::PathBuf;

use object_store::memory::InMemory;
use penstock_model::apply::apply;
use penstock_model::id::LogIndex;
use penstock_wal::files::PowerCutFiles;
use tokio::sync::watch;

use super::store::TestStore;
use super::*;
use crate::bucket::objects::Objects;
use crate::bucket::snapshots::SnapshotObjects;
use crate::codec::{put_log_id, put_optional};
use crate::compaction::Progress;
use crate::folder::SnapshotFolder;
use crate::snapshot::{self, ReadFailure};
use crate::snapshot_store::{Covered, SnapshotPlace, SnapshotStore};
use crate::type_config::{LeaderId, LogId, Membership, Snapshot, SnapshotMeta, StoredMembership};
use crate::{Damage, LogError, QuorumNode, StartError, membership};

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

async fn open_store(disk: &PowerCutFiles) -> SnapshotStore {
    let (progress, _) = watch::channel(Progress::default());
    let place = SnapshotFolder::new(Arc::new(disk.clone()), "/snapshot".into());
    SnapshotStore::open(Box::new(place), Covered::default(), progress).await.unwrap()
}

/// The indices of the snapshots that are there.
fn kept(disk: &PowerCutFiles) -> Vec<u64> {
    let index = |path: PathBuf| path.file_name()?.to_str()?.split('-').next()?.parse().ok();
    let finished = |path: &PathBuf| path.extension().is_some_and(|end| end == "snapshot");
    disk.paths().into_iter().filter(finished).filter_map(index).collect()
}

/// The third save stops at each of its changes in turn.
#[tokio::test]
async fn a_third_snapshot_is_the_one_that_was_replaced_and_goes_at_the_next_start() {
    let mut seen = Vec::new();
    let deaths = [PowerCutFiles::crash, PowerCutFiles::kill];
    for (change, die) in (1..).flat_map(|change| deaths.map(|die| (change, die))) {
        let disk = PowerCutFiles::new(change);
        let store = open_store(&disk).await;
        for index in [3, 4] {
            store.save(&sample_at(index)).await.unwrap();
        }
        disk.stop_at(change);
        let saved = store.save(&sample_at(5)).await.is_ok() && !disk.is_stopped();
        let disk = die(&disk);
        let left = kept(&disk);
        assert!([&[3, 4][..], &[3, 4, 5], &[4, 5]].contains(&&left[..]), "{left:?}");
        let store = open_store(&disk).await;
        store.load(None).await.unwrap();
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

/// It stays until the next one is saved.
#[tokio::test]
async fn a_superfluous_snapshot_that_cannot_be_removed_fails_nothing() {
    let mut left = 0;
    for change in 1..20 {
        let disk = PowerCutFiles::new(change);
        let store = open_store(&disk).await;
        for index in [3, 4] {
            store.save(&sample_at(index)).await.unwrap();
        }
        disk.fail_at(change, std::io::ErrorKind::Other);
        if store.save(&sample_at(5)).await.is_ok() && kept(&disk) == [3, 4, 5] {
            left += 1;
            store.save(&sample_at(6)).await.unwrap();
            assert_eq!(kept(&disk), [5, 6]);
        }
    }
    assert_eq!(left, 1, "one of the changes is the removal");
}

#[tokio::test]
async fn a_closed_store_keeps_its_folder_as_it_is() {
    let disk = PowerCutFiles::new(1);
    let store = open_store(&disk).await;
    store.save(&sample_at(3)).await.unwrap();
    store.close().await;
    let changes = disk.changes();
    store.save(&sample_at(4)).await.unwrap_err();
    assert_eq!((kept(&disk), disk.changes()), (vec![3], changes));
}

/// A place as good as another: what one of its kind has stored, the next one finds.
async fn check_place(open: impl Fn() -> Box<dyn SnapshotPlace>) {
    let place = open();
    assert_eq!(place.list().await.unwrap(), []);
    for index in [3, 4, 5] {
        // A second attempt is none too many.
        for _ in 0..2 {
            assert!(place.write(log_id(1, index), &sample_at(index)).await.unwrap());
        }
    }
    place.remove(log_id(1, 4)).await.unwrap();
    for place in [place, open()] {
        let mut found = place.list().await.unwrap();
        found.sort();
        assert_eq!(found, [log_id(1, 3), log_id(1, 5)]);
        for id in found {
            let read = place.read(id).await.unwrap().unwrap();
            let written = sample_at(id.index);
            assert_eq!((read.meta, read.snapshot), (written.meta, written.snapshot));
        }
    }
}

#[tokio::test]
async fn a_folder_keeps_snapshots() {
    let disk = PowerCutFiles::new(1);
    let open = || -> Box<dyn SnapshotPlace> {
        Box::new(SnapshotFolder::new(Arc::new(disk.clone()), "/snapshot".into()))
    };
    check_place(open).await;
}

#[tokio::test]
async fn a_bucket_keeps_snapshots() {
    let bucket = Arc::new(InMemory::new());
    let open = || -> Box<dyn SnapshotPlace> {
        let objects = Objects::new(Arc::new(TestStore::new(&bucket)));
        Box::new(SnapshotObjects::new(objects, "meta/cluster/snapshot".into()))
    };
    check_place(open).await;
    // Another image under the same name stays as it is.
    let place = open();
    let other = Snapshot { snapshot: Arc::default(), ..sample_at(3) };
    assert!(!place.write(log_id(1, 3), &other).await.unwrap());
    let read = place.read(log_id(1, 3)).await.unwrap().unwrap();
    assert_eq!(read.meta.last_log_id, Some(log_id(1, 3)));
    assert_eq!(place.read(log_id(1, 9)).await.unwrap().unwrap_err(), Damage::Gone);
}

#[tokio::test]
async fn a_log_whose_beginning_is_forgotten_too_is_missed() {
    let dir = tempfile::tempdir().unwrap();
    let mut parts = alone();
    parts.settings.snapshot_entries = 5;
    let node = QuorumNode::start(Place::Folder(folder(dir.path())), parts).await.unwrap();
    node.recovered().await.unwrap();
    node.client().submit(set("key", "value")).await.unwrap();
    node.raft().trigger().snapshot().await.unwrap();
    let built = node.raft().wait(None);
    built.metrics(|now| now.snapshot.is_some(), "snapshot").await.unwrap();
    node.shutdown().await.unwrap();
    fs::remove_dir_all(dir.path().join("log")).unwrap();
    fs::remove_file(dir.path().join("head")).unwrap();
    let error = QuorumNode::start(Place::Folder(folder(dir.path())), alone()).await.err().unwrap();
    assert!(matches!(error, StartError::Log(LogError::Gone)), "{error}");
}
