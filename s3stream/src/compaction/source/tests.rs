use object_store::ObjectStoreExt;
use object_store::memory::InMemory;
use penstock_model::command::{Command, CommitUpload, ObjectKind};
use penstock_model::id::{BrokerEpoch, ClusterId, Timestamp, WalPosition};

use super::*;
use crate::compaction::testing::Cluster;
use crate::object::key::object_key;
use crate::object::put::put_object;
use crate::object::writer::ObjectWriter;
use crate::store::metered::{MeteredStore, Operation, Outcome, StoreLimits};

const CLUSTER: ClusterId = ClusterId([1; 16]);

/// Streams in objects.
struct World {
    cluster: Cluster,
    store: MeteredStore,
}

/// A batch of these offsets, each byte of which is its first offset.
fn batch((start, end): (u64, u64)) -> StoredBatch {
    let bytes = Bytes::from(vec![u8::try_from(start).unwrap(); 10]);
    StoredBatch {
        records: 1,
        max_timestamp: Timestamp(i64::try_from(start).unwrap()),
        crc32c: crc32c::crc32c(&bytes),
        bytes,
        offsets: Offset(start)..Offset(end),
    }
}

impl World {
    fn new(streams: usize) -> Self {
        let store = MeteredStore::new(Arc::new(InMemory::new()), StoreLimits::default());
        Self { cluster: Cluster::new(streams), store }
    }

    /// Uploads these batches of each stream, with a checkpoint for each, as one object.
    async fn upload(&mut self, streams: &[(u64, &[(u64, u64)])]) {
        let id = self.cluster.lease();
        let mut writer = ObjectWriter::new(id, ObjectKind::StreamSet);
        for (stream, batches) in streams {
            let end = Offset(batches.last().unwrap().1);
            let batches = batches.iter().copied().map(batch).collect();
            writer.stream(StreamId(*stream), StreamEpoch(0), batches);
            writer.checkpoint(StreamId(*stream), end, format!("{stream} to {end}").into());
        }
        let object = writer.finish();
        put_object(&self.store, CLUSTER, &object, Backoff::default()).await.unwrap();
        self.cluster.apply(&Command::CommitUpload(CommitUpload {
            broker: BrokerEpoch(1),
            wal: WalPosition(0)..WalPosition(0),
            objects: vec![object.object],
            ranges: object.ranges,
            checkpoints: object.checkpoints,
            now: Timestamp(0),
        }));
    }

    /// A job over all ranges and checkpoints of all streams.
    fn job(&self) -> Job {
        let part = |(stream, state): (StreamId, &penstock_model::image::Stream)| Part {
            stream,
            runs: vec![self.cluster.image.ranges_from(stream, Offset::ZERO).collect()],
            checkpoint: state.checkpoint,
        };
        let parts = self.cluster.image.streams().map(part).collect();
        Job { kind: ObjectKind::StreamSet, parts, index_bytes: 0, cleans: false }
    }

    async fn read(&self) -> Result<Content, Unreadable> {
        let reader = ObjectReader::new(Arc::new(self.store.clone()), CLUSTER);
        Sources::new(&reader, &self.cluster.image, Backoff::default()).read(&self.job()).await
    }

    fn gets(&self) -> u64 {
        self.store.counters().requests(Operation::Get, Outcome::Ok)
    }
}

fn offsets(run: &RunContent) -> Vec<(u64, u64)> {
    run.batches.iter().map(|batch| (batch.offsets.start.0, batch.offsets.end.0)).collect()
}

#[tokio::test]
async fn neighbours_come_in_one_request() {
    let mut world = World::new(3);
    let all: [(u64, &[(u64, u64)]); 3] =
        [(1, &[(0, 1), (1, 2)]), (2, &[(0, 5)]), (3, &[(0, 1), (1, 2), (2, 3)])];
    world.upload(&all).await;
    let content = world.read().await.unwrap();
    let runs: Vec<_> = content.runs.iter().map(|run| (run.stream.0, offsets(run))).collect();
    assert_eq!(runs, all.map(|(stream, batches)| (stream, batches.to_vec())));
    let state = |(stream, offset, state): &(StreamId, Offset, Bytes)| {
        (stream.0, offset.0, String::from_utf8(state.to_vec()).unwrap())
    };
    let states: Vec<_> = content.checkpoints.iter().map(state).collect();
    let expected = [(1, 2, "1 to 2"), (2, 5, "2 to 5"), (3, 3, "3 to 3")];
    assert_eq!(states, expected.map(|(stream, offset, state)| (stream, offset, state.to_owned())));
    assert_eq!(world.gets(), 3, "the index, the blocks, the checkpoints");
}

/// An upload that came again with more has the first part of its batches in two objects.
#[tokio::test]
async fn what_two_objects_hold_is_taken_once() {
    let mut world = World::new(1);
    world.upload(&[(1, &[(0, 2), (2, 4)])]).await;
    world.upload(&[(1, &[(0, 2), (2, 4), (4, 6)])]).await;
    world.upload(&[(1, &[(4, 6), (6, 9)])]).await;
    let content = world.read().await.unwrap();
    assert_eq!(offsets(&content.runs[0]), [(0, 2), (2, 4), (4, 6), (6, 9)]);
}

#[tokio::test]
async fn objects_that_contradict_each_other_are_left_alone() {
    // Overlapping batches, and a batch that is missing.
    for second in [[(3, 5), (5, 7)], [(4, 5), (6, 7)]] {
        let mut world = World::new(1);
        world.upload(&[(1, &[(0, 2), (2, 4)])]).await;
        world.upload(&[(1, &second)]).await;
        let error = world.read().await.unwrap_err();
        assert_eq!(error.object, ObjectId(2));
        assert!(error.to_string().contains("without a gap"), "{error}");
    }
}

#[tokio::test]
async fn an_object_that_is_damaged_or_gone_is_named() {
    for is_gone in [false, true] {
        let mut world = World::new(1);
        world.upload(&[(1, &[(0, 2)])]).await;
        world.upload(&[(1, &[(2, 4)])]).await;
        let key = object_key(CLUSTER, ObjectId(2));
        let mut bytes = world.store.get(&key).await.unwrap().bytes().await.unwrap().to_vec();
        bytes[3] ^= 1;
        world.store.delete(&key).await.unwrap();
        if !is_gone {
            world.store.put(&key, bytes.into()).await.unwrap();
        }
        let error = world.read().await.unwrap_err();
        assert_eq!(error.object, ObjectId(2));
        assert_eq!(matches!(error.error, ReadFailure::Object(ObjectError::Gone { .. })), is_gone);
    }
}
