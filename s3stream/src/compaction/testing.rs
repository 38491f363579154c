//! What is in objects, as the real commands have it, for the tests of compaction.

use penstock_model::apply::apply;
use penstock_model::command::{Command, CreateTopic, LeaseObjects, RegisterBroker, Reply, WalKind};
use penstock_model::id::{
    BrokerEpoch, Incarnation, LogIndex, NodeId, ObjectId, RequestId, Timestamp, TopicId,
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
}
