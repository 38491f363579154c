//! What a walk over the store finds.

use std::sync::Arc;

use bytes::Bytes;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use penstock_model::client::MetadataClient;
use penstock_model::command::{Command, CommitUpload, LeaseObjects, ObjectKind, Reply};
use penstock_model::id::{
    ClusterId, ObjectId, Offset, RequestId, StreamEpoch, Timestamp, WalPosition,
};
use penstock_model::image::MetadataImage;
use penstock_s3stream::Settings;
use penstock_s3stream::object::key::object_key;
use penstock_s3stream::object::put::put_object;
use penstock_s3stream::object::reader::ObjectError;
use penstock_s3stream::object::writer::{ObjectWriter, StoredBatch};
use penstock_s3stream::store::retry::Backoff;
use penstock_s3stream::verify::{Listed, Report, verify};

use crate::oracle::Oracle;
use crate::random::Random;
use crate::world::World;

const CLUSTER: ClusterId = ClusterId([3; 16]);

/// A world with three objects of two streams each, its image and its store.
async fn uploaded() -> (World, Arc<MetadataImage>, Arc<dyn ObjectStore>) {
    let mut world = World::new(1, Settings::default());
    let process = world.start();
    let ids = world.create_topic(2);
    let mut random = Random::new(1);
    let mut streams = Vec::new();
    for id in ids {
        streams.push((process.open(&world, id).await.0, Oracle::new(id)));
    }
    for _ in 0..3 {
        for (stream, oracle) in &mut streams {
            let permit = process.storage.reserve(2_012).await.unwrap();
            stream.append(oracle.next(&mut random, 2_000), permit).unwrap();
            stream.durable(Offset(oracle.end())).await.unwrap();
        }
        process.flush().await.unwrap();
    }
    let (image, store) = (world.local.image(), Arc::clone(&world.store) as Arc<dyn ObjectStore>);
    assert_eq!(image.objects().count(), 3);
    process.crash();
    (world, image, store)
}

async fn verified(
    store: &Arc<dyn ObjectStore>,
    image: &MetadataImage,
) -> Result<Report, ObjectError> {
    let listed = Listed::new(&**store, CLUSTER).await.unwrap();
    verify(store, &listed, image, image).await
}

async fn put(store: &Arc<dyn ObjectStore>, key: &Path) {
    store.put(key, Bytes::from_static(b"something").into()).await.unwrap();
}

fn shown(report: &Report) -> String {
    report.findings.iter().map(|finding| format!("{finding}\n")).collect()
}

#[tokio::test(start_paused = true)]
async fn a_sound_store_is_clean() {
    let (_world, image, store) = uploaded().await;
    let report = verified(&store, &image).await.unwrap();
    assert!(report.is_clean(), "{report:?}");
    assert_eq!((report.objects, report.ranges, report.passing), (3, 6, 0));
    // Other clusters, and what is none of ours, are left alone.
    put(&store, &object_key(ClusterId([4; 16]), ObjectId(1))).await;
    put(&store, &Path::from("data/readme")).await;
    put(&store, &Path::from("elsewhere/7")).await;
    assert!(verified(&store, &image).await.unwrap().is_clean());
}

#[tokio::test(start_paused = true)]
async fn what_nothing_refers_to_is_an_orphan_unless_it_may_be_committed() {
    let (world, image, store) = uploaded().await;
    // The first ids were used up by leases that are gone.
    let orphan = object_key(CLUSTER, ObjectId(0));
    put(&store, &orphan).await;
    let later = object_key(CLUSTER, image.next_object());
    put(&store, &later).await;
    let report = verified(&store, &image).await.unwrap();
    assert_eq!(report.orphans, [(orphan, 9)]);
    assert_eq!(shown(&report), format!("{later} is newer than this metadata\n"));
    drop(world);
}

/// One look finds it, the next one deletes it; what may be committed stays, and all does while the
/// store is newer than the metadata.
#[tokio::test(start_paused = true)]
async fn what_is_found_twice_without_use_is_deleted() {
    let (mut world, image, store) = uploaded().await;
    let process = world.start();
    let lease = LeaseObjects {
        broker: process.epoch,
        request: RequestId([1; 16]),
        count: 1,
        deadline: Timestamp(i64::MAX),
    };
    let leased = world.local.apply(&Command::LeaseObjects(lease)).result.unwrap();
    let Reply::Leased(ids) = leased else { panic!("{leased:?}") };
    let later = ids.end;
    let [unused, leased, later] = [ObjectId(0), ids.start, later].map(|id| object_key(CLUSTER, id));
    for key in [&unused, &leased, &later] {
        put(&store, key).await;
    }
    process.storage.reconcile().await;
    assert_eq!(process.storage.orphans(), (0, 0));
    store.delete(&later).await.unwrap();
    process.storage.reconcile().await;
    assert_eq!(process.storage.orphans(), (1, 9));
    // While the store is away nothing is known.
    world.store.fail(100);
    process.storage.reconcile().await;
    world.store.fail(0);
    assert_eq!(process.storage.orphans(), (1, 9));
    assert!(store.head(&unused).await.is_ok());
    process.storage.reconcile().await;
    assert_eq!(process.storage.orphans(), (0, 0));
    assert!(store.head(&unused).await.is_err());
    assert!(store.head(&leased).await.is_ok());
    let there = Listed::new(&*store, CLUSTER).await.unwrap();
    let report = verify(&store, &there, &image, &world.local.image()).await.unwrap();
    assert!(report.findings.is_empty() && report.objects == 3, "{report:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_damaged_or_gone_is_named() {
    let (world, image, store) = uploaded().await;
    let ids: Vec<_> = image.objects().map(|(id, _)| id).collect();
    world.store.flip(ids[0], 7).await;
    let index = image.object(ids[1]).unwrap().index_position;
    world.store.flip(ids[1], index + 3).await;
    let key = object_key(CLUSTER, ids[2]);
    let bytes = store.get(&key).await.unwrap().bytes().await.unwrap();
    put(&store, &key).await;
    let report = verified(&store, &image).await.unwrap();
    let text = shown(&report);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines[0].contains("is damaged at byte 0: the block"), "{text}");
    assert!(lines[1].contains(&format!("is damaged at byte {index}")), "{text}");
    assert!(lines[2].contains(key.as_ref()), "{text}");
    // A checkpoint lies behind the blocks.
    store.put(&key, bytes.into()).await.unwrap();
    let (_, stream) = image.streams().next().unwrap();
    let checkpoint = stream.checkpoint.unwrap();
    assert_eq!(checkpoint.object, ids[2]);
    world.store.flip(ids[2], checkpoint.position + 1).await;
    let text = shown(&verified(&store, &image).await.unwrap());
    assert!(text.contains("the checkpoint does not match its checksum"), "{text}");
}

/// An object that is whole, and does not hold what was committed of it.
#[tokio::test(start_paused = true)]
async fn a_range_finds_its_offsets() {
    for (committed, what) in [(0..9, "the blocks do not end where they do"), (0..2, "")] {
        let mut world = World::new(1, Settings::default());
        let process = world.start();
        let id = world.create_topic(1)[0];
        let lease = LeaseObjects {
            broker: process.epoch,
            request: RequestId([1; 16]),
            count: 1,
            deadline: Timestamp(0),
        };
        let leased = world.local.apply(&Command::LeaseObjects(lease)).result.unwrap();
        let Reply::Leased(ids) = leased else { panic!("{leased:?}") };
        let mut writer = ObjectWriter::new(ids.start, ObjectKind::Stream);
        let bytes = Bytes::from_static(b"two records");
        let batch = StoredBatch {
            offsets: Offset(0)..Offset(2),
            records: 2,
            max_timestamp: Timestamp(0),
            crc32c: crc32c::crc32c(&bytes),
            bytes,
        };
        writer.stream(id, StreamEpoch(0), vec![batch]);
        let object = writer.finish();
        let store = Arc::clone(&world.store) as Arc<dyn ObjectStore>;
        put_object(&*store, CLUSTER, &object, Backoff::default()).await.unwrap();
        let mut ranges = object.ranges;
        ranges[0].offsets = Offset(committed.start)..Offset(committed.end);
        let commit = CommitUpload {
            broker: process.epoch,
            wal: WalPosition(0)..WalPosition(0),
            objects: vec![object.object],
            ranges,
            checkpoints: Vec::new(),
            now: Timestamp(0),
        };
        world.local.apply(&Command::CommitUpload(commit)).result.unwrap();
        let text = shown(&verified(&store, &world.local.image()).await.unwrap());
        assert_eq!(text.is_empty(), what.is_empty(), "{text}");
        assert!(text.contains(what), "{text}");
        process.crash();
    }
}

/// A store that does not answer says nothing about what it holds.
#[tokio::test(start_paused = true)]
async fn an_outage_is_no_damage() {
    let (world, image, store) = uploaded().await;
    world.store.fail_gets(true);
    let error = verified(&store, &image).await.unwrap_err();
    assert!(matches!(error, ObjectError::Store { .. }), "{error}");
    world.store.fail_gets(false);
    world.store.fail(20);
    assert!(verified(&store, &image).await.unwrap().is_clean());
}

/// What a broker deletes while the walk goes on, and what it puts, is no fault.
#[tokio::test(start_paused = true)]
async fn a_broker_may_go_on_meanwhile() {
    let (world, before, store) = uploaded().await;
    let gone = before.objects().next().unwrap().0;
    world.store.flip(gone, 7).await;
    put(&store, &object_key(CLUSTER, before.next_object())).await;
    let listed = Listed::new(&*store, CLUSTER).await.unwrap();
    // Since then the object was committed under a lease, and the topic deleted.
    let lease = LeaseObjects {
        broker: before.active_brokers().next().unwrap().1.epoch,
        request: RequestId([9; 16]),
        count: 1,
        deadline: Timestamp(0),
    };
    world.local.apply(&Command::LeaseObjects(lease)).result.unwrap();
    let image = world.local.image();
    let mut report = verify(&store, &listed, &before, &image).await.unwrap();
    assert_eq!((report.findings.len(), report.passing), (1, 1), "{report:?}");
    world.delete_topic();
    report.forget_what_went(&world.local.image());
    assert!(report.is_clean(), "{report:?}");
}
