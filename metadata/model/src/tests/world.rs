//! Short ways to say what happened to a cluster.

use std::ops::Range;
use std::sync::Arc;

use crate::apply::apply;
use crate::command::{
    CheckpointRef, Command, CommitUpload, CreateTopic, LeaseObjects, ObjectKind, Refused,
    RegisterBroker, Reply, TrimStreams, UploadedObject, UploadedRange, WalKind,
};
use crate::id::{
    BrokerEpoch, Incarnation, LogIndex, NodeId, ObjectId, Offset, RequestId, StreamEpoch, StreamId,
    Timestamp, TopicId, WalPosition,
};
use crate::image::{MetadataImage, ObjectLife};
use crate::invariants::check;

/// An image under test, whose invariants are checked after each command.
#[derive(Clone, Default)]
pub(super) struct World {
    pub(super) image: MetadataImage,
    requests: u8,
}

impl World {
    /// One broker, epoch 1, that owns the streams of one topic, from 1 on.
    pub(super) fn with_streams(count: usize) -> Self {
        let mut world = Self::default();
        world.register(1, 1);
        world.create(1, "topic", count).unwrap();
        world
    }

    pub(super) fn run(&mut self, command: &Command) -> Result<Reply, Refused> {
        let index = LogIndex(self.image.index().0 + 1);
        let outcome = apply(&mut self.image, index, command);
        assert_eq!(outcome.index, index);
        assert_eq!(check(&self.image), Ok(()), "after {command:?}");
        outcome.result
    }

    /// Registers a start of a node; the epoch and the epochs to recover.
    pub(super) fn register(&mut self, node: i32, start: u8) -> (BrokerEpoch, Vec<BrokerEpoch>) {
        self.register_with(node, start, WalKind::Local)
    }

    /// The same, with this kind of log.
    pub(super) fn register_with(
        &mut self,
        node: i32,
        start: u8,
        wal: WalKind,
    ) -> (BrokerEpoch, Vec<BrokerEpoch>) {
        let command = Command::RegisterBroker(RegisterBroker {
            node: NodeId(node),
            incarnation: Incarnation([start; 16]),
            endpoints: Vec::new(),
            rack: None,
            wal,
        });
        match self.run(&command) {
            Ok(Reply::Registered { epoch, unrecovered }) => (epoch, unrecovered),
            other => panic!("{other:?}"),
        }
    }

    /// Creates a topic on node 1.
    pub(super) fn create(&mut self, id: u8, name: &str, count: usize) -> Result<Reply, Refused> {
        self.run(&Command::CreateTopic(CreateTopic {
            id: TopicId([id; 16]),
            name: name.into(),
            replication_factor: 1,
            leaders: vec![NodeId(1); count],
            configs: vec![(Arc::from("retention.ms"), Arc::from("1"))],
        }))
    }

    /// Leases ids for the broker.
    pub(super) fn lease(&mut self, broker: u64, count: u32) -> Range<u64> {
        self.requests += 1;
        let command = Command::LeaseObjects(LeaseObjects {
            broker: BrokerEpoch(broker),
            request: RequestId([self.requests; 16]),
            count,
            deadline: Timestamp(100),
        });
        match self.run(&command) {
            Ok(Reply::Leased(ids)) => ids.start.0..ids.end.0,
            other => panic!("{other:?}"),
        }
    }

    /// Leases ids for an upload by broker epoch 1 and commits it; skipped streams.
    pub(super) fn commit(&mut self, upload: &Upload) -> Result<Vec<u64>, Refused> {
        let ids = self.lease(1, upload.objects);
        self.run_commit(&upload.command(ids.start))
    }

    pub(super) fn run_commit(&mut self, command: &CommitUpload) -> Result<Vec<u64>, Refused> {
        match self.run(&Command::CommitUpload(command.clone()))? {
            Reply::Committed { skipped } => Ok(skipped.iter().map(|stream| stream.0).collect()),
            other => panic!("{other:?}"),
        }
    }

    /// Trims streams of broker epoch 1.
    pub(super) fn trim(&mut self, starts: &[(u64, u64)], now: i64) -> Result<Reply, Refused> {
        let start = |(id, start): &(u64, u64)| (StreamId(*id), StreamEpoch(0), Offset(*start));
        self.run(&Command::TrimStreams(TrimStreams {
            broker: BrokerEpoch(1),
            starts: starts.iter().map(start).collect(),
            now: Timestamp(now),
        }))
    }

    /// `start..end` of a stream, then its ranges as `start..end@object`.
    pub(super) fn stream(&self, id: u64) -> String {
        let stream = self.image.stream(StreamId(id)).unwrap();
        let mut text = format!("{}..{}", stream.start, stream.end);
        for range in self.image.ranges_from(StreamId(id), Offset::ZERO) {
            let (start, end) = (range.offsets.start, range.offsets.end);
            text += &format!(" {start}..{end}@{}", range.object);
        }
        text
    }

    /// Every object as `id:references`, or `id:destroyed at time`.
    pub(super) fn objects(&self) -> String {
        let life = |life| match life {
            ObjectLife::Live { references } => references.to_string(),
            ObjectLife::Destroyed { at } => format!("destroyed at {at}"),
        };
        let text = self.image.objects().map(|(id, object)| format!("{id}:{}", life(object.life)));
        text.collect::<Vec<_>>().join(" ")
    }

    pub(super) fn wal_trim(&self, epoch: u64) -> u64 {
        self.image.wal(BrokerEpoch(epoch)).unwrap().trim.0
    }
}

/// An upload by broker epoch 1 under stream epoch 0. Objects are numbered within it, from 0.
#[derive(Clone, Default)]
pub(super) struct Upload {
    pub(super) wal: Range<u64>,
    pub(super) objects: u32,
    /// Stream, offsets, object.
    pub(super) ranges: Vec<(u64, Range<u64>, u64)>,
    /// Stream, offset, object.
    pub(super) checkpoints: Vec<(u64, u64, u64)>,
    pub(super) now: i64,
}

impl Upload {
    /// The command, with objects from the id `first` on.
    pub(super) fn command(&self, first: u64) -> CommitUpload {
        let object = |number| UploadedObject {
            id: ObjectId(first + number),
            kind: ObjectKind::StreamSet,
            size: 1_000,
            index_position: 900,
        };
        let range = |(stream, offsets, object): &(u64, Range<u64>, u64)| UploadedRange {
            stream: StreamId(*stream),
            epoch: StreamEpoch(0),
            offsets: Offset(offsets.start)..Offset(offsets.end),
            object: ObjectId(first + object),
            size: 10,
            max_timestamp: Timestamp(0),
        };
        let checkpoint = |(stream, offset, object): &(u64, u64, u64)| {
            let object = ObjectId(first + object);
            let offset = Offset(*offset);
            (StreamId(*stream), CheckpointRef { offset, object, position: 0, size: 10 })
        };
        CommitUpload {
            broker: BrokerEpoch(1),
            wal: WalPosition(self.wal.start)..WalPosition(self.wal.end),
            objects: (0..u64::from(self.objects)).map(object).collect(),
            ranges: self.ranges.iter().map(range).collect(),
            checkpoints: self.checkpoints.iter().map(checkpoint).collect(),
            now: Timestamp(self.now),
        }
    }
}
