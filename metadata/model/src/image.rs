//! Everything the cluster knows about itself, after one prefix of the log of commands.
//!
//! ```text
//!   topic ──► stream ──► ranges ──► object          what clients read
//!               │ owner                ▲
//!               ▼                      │ commit
//!   node ──► broker epoch ──► lease ───┘            who may write
//! ```
//!
//! Maps are persistent (they share what did not change), so that a clone costs a few reference
//! counts, and a reader keeps a consistent image for as long as it likes. What can be derived from
//! other content is either not stored (a partition's leader), or an index that `apply` maintains
//! and a snapshot does not carry.
//!
//! The image decides nothing: `apply` alone changes it.

mod broker;
mod features;
mod storage;
mod topic;

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};

pub use broker::{Broker, ProducerIdGrant, Wal, WalState};
pub use features::Features;
pub(crate) use storage::StoredRange;
pub use storage::{Lease, Object, ObjectLife, Stream, StreamRange};
pub use topic::{Partition, Topic};

use crate::command::ConfigResource;
use crate::id::{
    BrokerEpoch, ClusterId, LogIndex, NodeId, ObjectId, Offset, ProducerId, StreamId, Timestamp,
    TopicId,
};

/// The settings of one resource, by Kafka's names.
pub(crate) type Settings = OrdMap<Arc<str>, Arc<str>>;

/// One consistent state of the cluster's metadata. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MetadataImage {
    pub(crate) index: LogIndex,
    pub(crate) cluster: Option<ClusterId>,
    pub(crate) feature_level: u32,
    pub(crate) features: Features,
    pub(crate) next: Counters,

    pub(crate) brokers: OrdMap<NodeId, Broker>,
    pub(crate) wals: OrdMap<BrokerEpoch, Wal>,
    /// Index: the epochs that are fenced and not closed.
    pub(crate) unrecovered: OrdSet<(NodeId, BrokerEpoch)>,
    pub(crate) producer_id_grants: OrdMap<BrokerEpoch, ProducerIdGrant>,

    pub(crate) topics: OrdMap<TopicId, Arc<Topic>>,
    /// Index: names to ids.
    pub(crate) topic_names: OrdMap<Arc<str>, TopicId>,
    pub(crate) configs: OrdMap<ConfigResource, Settings>,

    pub(crate) streams: OrdMap<StreamId, Stream>,
    /// Index: the streams of each owner that has any.
    pub(crate) owned: OrdMap<BrokerEpoch, OrdSet<StreamId>>,
    pub(crate) ranges: OrdMap<(StreamId, Offset), StoredRange>,
    pub(crate) objects: OrdMap<ObjectId, Object>,
    /// Index: destroyed objects by the time of their destruction.
    pub(crate) destroyed: OrdSet<(Timestamp, ObjectId)>,
    /// By first id; they never overlap.
    pub(crate) leases: OrdMap<ObjectId, Lease>,
}

/// The next ids to grant: each is greater than every id ever granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counters {
    pub(crate) broker_epoch: BrokerEpoch,
    pub(crate) stream: StreamId,
    pub(crate) object: ObjectId,
    pub(crate) producer_id: ProducerId,
}

impl Default for Counters {
    /// Zero stays free for ids that a reader could mistake for an unset field; producer ids
    /// start at zero, as Kafka's do.
    fn default() -> Self {
        Self {
            broker_epoch: BrokerEpoch(1),
            stream: StreamId(1),
            object: ObjectId(1),
            producer_id: ProducerId(0),
        }
    }
}

impl MetadataImage {
    /// The last command that this image includes.
    #[must_use]
    pub fn index(&self) -> LogIndex {
        self.index
    }

    /// The cluster's id, or `None` before it is formatted.
    #[must_use]
    pub fn cluster(&self) -> Option<ClusterId> {
        self.cluster
    }

    /// The finalized level of behaviour; 0 before the cluster is formatted.
    #[must_use]
    pub fn feature_level(&self) -> u32 {
        self.feature_level
    }

    /// The dynamic settings of one resource, by name.
    pub fn configs(
        &self,
        resource: &ConfigResource,
    ) -> impl Iterator<Item = (&Arc<str>, &Arc<str>)> {
        self.configs.get(resource).into_iter().flat_map(Settings::iter)
    }

    /// One dynamic setting of one resource.
    #[must_use]
    pub fn config(&self, resource: &ConfigResource, key: &str) -> Option<&Arc<str>> {
        self.configs.get(resource)?.get(key)
    }

    /// Whether no setting changed between two images: what was derived from one holds in the
    /// other. May say no where they are equal; costs nothing.
    #[must_use]
    pub fn same_configs(&self, other: &Self) -> bool {
        self.configs.ptr_eq(&other.configs)
    }

    /// Every resource that has dynamic settings.
    pub fn configured_resources(&self) -> impl Iterator<Item = &ConfigResource> {
        self.configs.keys()
    }
}
