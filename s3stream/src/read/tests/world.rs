//! A stream in objects: a metadata image made by the real commands, and a store that counts.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt};
use penstock_model::apply::apply;
use penstock_model::command::{
    Command, CommitUpload, CreateTopic, LeaseObjects, ObjectKind, RegisterBroker, Reply,
    TrimStreams, WalKind,
};
use penstock_model::id::{
    BrokerEpoch, ClusterId, Incarnation, LogIndex, NodeId, ObjectId, Offset, RequestId,
    StreamEpoch, StreamId, Timestamp, TopicId, WalPosition,
};
use penstock_model::image::MetadataImage;

use crate::object::key::object_key;
use crate::object::put::put_object;
use crate::object::writer::{ObjectWriter, StoredBatch};
use crate::read::object_reads::{ObjectReadSettings, ObjectReads};
use crate::store::metered::{MeteredStore, Operation, Outcome, StoreLimits};
use crate::store::retry::Backoff;
use crate::stream::ReadLimits;

pub(super) const CLUSTER: ClusterId = ClusterId([1; 16]);
const EPOCH: StreamEpoch = StreamEpoch(0);

pub(super) struct World {
    pub(super) image: Arc<MetadataImage>,
    pub(super) store: MeteredStore,
    pub(super) stream: StreamId,
    broker: BrokerEpoch,
    uploads: u8,
}

/// A batch without its place in the stream.
#[derive(Clone, Debug)]
pub(super) struct Plain {
    pub(super) span: u64,
    pub(super) bytes: Bytes,
    pub(super) timestamp: i64,
}

/// A batch of one record.
pub(super) fn one(bytes: impl Into<Bytes>, timestamp: i64) -> Plain {
    Plain { span: 1, bytes: bytes.into(), timestamp }
}

/// Batches of one record and so many bytes, each filled with its own offset.
pub(super) fn filled(offsets: Range<u8>, size: usize) -> Vec<Plain> {
    offsets.map(|offset| one(vec![offset; size], 0)).collect()
}

pub(super) fn limits(max_bytes: usize, up_to: u64) -> ReadLimits {
    ReadLimits { max_bytes, at_least_one: true, up_to: Offset(up_to) }
}

impl World {
    /// A stream without batches.
    pub(super) fn new() -> Self {
        Self::over(Arc::new(InMemory::new()))
    }

    pub(super) fn over(store: Arc<dyn ObjectStore>) -> Self {
        let mut world = Self {
            image: Arc::default(),
            store: MeteredStore::new(store, StoreLimits::default()),
            stream: StreamId(0),
            broker: BrokerEpoch(0),
            uploads: 0,
        };
        world.apply(&Command::Format(CLUSTER));
        let registered = world.apply(&Command::RegisterBroker(RegisterBroker {
            node: NodeId(1),
            incarnation: Incarnation([1; 16]),
            endpoints: Vec::new(),
            rack: None,
            wal: WalKind::Local,
        }));
        let Reply::Registered { epoch, .. } = registered else { panic!("{registered:?}") };
        world.broker = epoch;
        world.apply(&Command::CreateTopic(CreateTopic {
            id: TopicId([1; 16]),
            name: "topic".into(),
            replication_factor: 1,
            leaders: vec![NodeId(1)],
            configs: Vec::new(),
        }));
        world.stream = world.image.streams().next().unwrap().0;
        world
    }

    fn apply(&mut self, command: &Command) -> Reply {
        let index = LogIndex(self.image.index().0 + 1);
        apply(Arc::make_mut(&mut self.image), index, command).result.unwrap()
    }

    /// Where the stream ends.
    pub(super) fn end(&self) -> Offset {
        self.image.stream(self.stream).unwrap().end
    }

    /// Uploads batches behind all others, as one object.
    pub(super) async fn upload(&mut self, batches: Vec<Plain>) -> ObjectId {
        self.uploads += 1;
        let leased = self.apply(&Command::LeaseObjects(LeaseObjects {
            broker: self.broker,
            request: RequestId([self.uploads; 16]),
            count: 1,
            deadline: Timestamp(0),
        }));
        let Reply::Leased(ids) = leased else { panic!("{leased:?}") };
        let mut next = self.end();
        let place = |plain: Plain| {
            let offsets = next..next.plus(plain.span);
            next = offsets.end;
            StoredBatch {
                offsets,
                records: 1,
                max_timestamp: Timestamp(plain.timestamp),
                crc32c: crc32c::crc32c(&plain.bytes),
                bytes: plain.bytes,
            }
        };
        let mut writer = ObjectWriter::new(ids.start, ObjectKind::Stream);
        writer.stream(self.stream, EPOCH, batches.into_iter().map(place).collect());
        let object = writer.finish();
        put_object(&self.store, CLUSTER, &object, Backoff::default()).await.unwrap();
        let at = WalPosition(u64::from(self.uploads));
        self.apply(&Command::CommitUpload(CommitUpload {
            broker: self.broker,
            wal: WalPosition(0)..at,
            objects: vec![object.object],
            ranges: object.ranges,
            checkpoints: Vec::new(),
            now: Timestamp(0),
        }));
        ids.start
    }

    pub(super) fn trim(&mut self, start: u64) {
        self.apply(&Command::TrimStreams(TrimStreams {
            broker: self.broker,
            starts: vec![(self.stream, EPOCH, Offset(start))],
            now: Timestamp(0),
        }));
    }

    /// A reader with so much memory, and empty caches.
    pub(super) fn reads(&self, budget: usize) -> ObjectReads {
        let settings = ObjectReadSettings::of(budget);
        ObjectReads::new(Arc::new(self.store.clone()), CLUSTER, settings, None)
    }

    /// GETs that succeeded so far.
    pub(super) fn gets(&self) -> u64 {
        self.store.counters().requests(Operation::Get, Outcome::Ok)
    }

    /// Changes an object's bytes behind everybody's back.
    pub(super) async fn tamper(&self, object: ObjectId, change: impl FnOnce(&mut Vec<u8>)) {
        let key = object_key(CLUSTER, object);
        let mut bytes = self.store.get(&key).await.unwrap().bytes().await.unwrap().to_vec();
        change(&mut bytes);
        self.store.put(&key, bytes.into()).await.unwrap();
    }

    pub(super) async fn delete(&self, object: ObjectId) {
        self.store.delete(&object_key(CLUSTER, object)).await.unwrap();
    }
}
