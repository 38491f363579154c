//! Topics and their partitions.

use std::sync::Arc;

use super::MetadataImage;
use crate::id::{BrokerEpoch, NodeId, StreamEpoch, StreamId, TopicId};

/// One topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its identity.
    pub id: TopicId,
    /// Its name, unique in the cluster.
    pub name: Arc<str>,
    /// The replication factor to show.
    pub replication_factor: i16,
    /// The stream of each partition, in order of partition; never empty.
    pub streams: Vec<StreamId>,
}

/// One partition as clients see it. Nothing here is stored twice: the leader is whoever owns the
/// stream, the leader epoch is the stream's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    /// Its number within the topic.
    pub number: u32,
    /// Its log.
    pub stream: StreamId,
    /// The node that leads it, or led it until its epoch was fenced.
    pub leader: NodeId,
    /// The epoch of that leadership.
    pub epoch: StreamEpoch,
    /// The broker epoch that owns the stream.
    pub owner: BrokerEpoch,
    /// Whether the owner is active; otherwise the partition waits for recovery, offline.
    pub online: bool,
}

impl MetadataImage {
    /// The topic with this id.
    #[must_use]
    pub fn topic(&self, id: TopicId) -> Option<&Arc<Topic>> {
        self.topics.get(&id)
    }

    /// The topic with this name.
    #[must_use]
    pub fn topic_by_name(&self, name: &str) -> Option<&Arc<Topic>> {
        self.topics.get(self.topic_names.get(name)?)
    }

    /// Every topic, by name.
    pub fn topics(&self) -> impl Iterator<Item = &Arc<Topic>> {
        self.topic_names.values().filter_map(|id| self.topics.get(id))
    }

    /// How many topics there are.
    #[must_use]
    pub fn topic_count(&self) -> usize {
        self.topics.len()
    }

    /// How many partitions all topics have.
    #[must_use]
    pub fn partition_count(&self) -> usize {
        self.streams.len()
    }

    /// Whether a topic of an earlier image is gone: what was kept for it may go too. Costs nothing
    /// where no topic has changed.
    #[must_use]
    pub fn lacks_topics_of(&self, earlier: &Self) -> bool {
        let is_gone = |id: &TopicId| !self.topics.contains_key(id);
        !self.topics.ptr_eq(&earlier.topics) && earlier.topics.keys().any(is_gone)
    }

    /// One partition of a topic.
    #[must_use]
    pub fn partition(&self, topic: TopicId, number: u32) -> Option<Partition> {
        let stream = self.topic(topic)?.streams.get(usize::try_from(number).ok()?)?;
        self.partition_of(*stream)
    }

    /// The partition whose log is this stream.
    #[must_use]
    pub fn partition_of(&self, id: StreamId) -> Option<Partition> {
        let stream = self.stream(id)?;
        let wal = self.wal(stream.owner)?;
        Some(Partition {
            number: stream.partition,
            stream: id,
            leader: wal.node,
            epoch: stream.epoch,
            owner: stream.owner,
            online: self.is_active(stream.owner),
        })
    }

    /// The partitions of a topic of this image, in order.
    pub fn partitions(&self, topic: &Topic) -> impl Iterator<Item = Partition> {
        topic.streams.iter().filter_map(|stream| self.partition_of(*stream))
    }
}
