//! What is in objects, as the real commands have it, for the tests of compaction.

use penstock_model::apply::apply;
use penstock_model::command::{
    CheckpointRef, Command, CommitUpload, CreateTopic, LeaseObjects, ObjectKind, RegisterBroker,
    Reply, UploadedObject, UploadedRange, WalKind,
};
use penstock_model::id::{
    BrokerEpoch, Incarnation, LogIndex, NodeId, ObjectId, RequestId, StreamEpoch, StreamId,
    Timestamp, TopicId, WalPosition,
};
use penstock_model::image::MetadataImage;

/// One broker, epoch 1, that owns the streams of one topic, from 1 on.
pub(super) struct Cluster {
    pub(super) image: MetadataImage,
    leases: u128,
}

impl Cluster {
    pub(super) fn new(streams: usize) -> Self {
        let mut cluster = Self { image: MetadataImage::default(), leases: 0 };
        cluster.apply(&Command::RegisterBroker(RegisterBroker {
            node: NodeId(1),
            incarnation: Incarnation([1; 16]),
            endpoints: Vec::new(),
            rack: None,
            wal: WalKind::Local,
        }));
        cluster.apply(&Command::CreateTopic(CreateTopic {
            id: TopicId([1; 16]),
            name: "topic".into(),
            replication_factor: 1,
            leaders: vec![NodeId(1); streams],
            configs: Vec::new(),
        }));
        cluster
    }

    pub(super) fn apply(&mut self, command: &Command) -> Reply {
        let index = LogIndex(self.image.index().0 + 1);
        apply(&mut self.image, index, command).result.unwrap()
    }

    /// An id for one object.
    pub(super) fn lease(&mut self) -> ObjectId {
        self.leases += 1;
        let leased = self.apply(&Command::LeaseObjects(LeaseObjects {
            broker: BrokerEpoch(1),
            request: RequestId(self.leases.to_be_bytes()),
            count: 1,
            deadline: Timestamp(0),
        }));
        let Reply::Leased(ids) = leased else { panic!("{leased:?}") };
        ids.start
    }

    /// One object of these streams (from 1 on) with so many bytes at a time, an offset each, and a
    /// checkpoint of one byte each.
    pub(super) fn upload(&mut self, kind: ObjectKind, time: i64, parts: &[(u64, u64)]) {
        let id = self.lease();
        let size: u64 = parts.iter().map(|(_, bytes)| bytes).sum();
        let mut command = CommitUpload {
            broker: BrokerEpoch(1),
            wal: WalPosition(0)..WalPosition(0),
            objects: vec![UploadedObject { id, kind, size: size + 100, index_position: size }],
            ranges: Vec::new(),
            checkpoints: Vec::new(),
            now: Timestamp(0),
        };
        for (stream, size) in parts {
            let start = self.image.stream(StreamId(*stream)).unwrap().end;
            command.ranges.push(UploadedRange {
                stream: StreamId(*stream),
                epoch: StreamEpoch(0),
                offsets: start..start.plus(1),
                object: id,
                size: *size,
                max_timestamp: Timestamp(time),
            });
            let checkpoint =
                CheckpointRef { offset: start.plus(1), object: id, position: 0, size: 1 };
            command.checkpoints.push((StreamId(*stream), checkpoint));
        }
        self.apply(&Command::CommitUpload(command));
    }
}
