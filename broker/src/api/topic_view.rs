//! Partitions as answers show them: leader, replicas, and which of these are away.

use std::collections::HashSet;

use penstock_model::id::StreamId;
use penstock_model::image::{MetadataImage, Partition, Topic};

use super::cluster_view;

/// Topics as one image has them.
pub(super) struct TopicView<'a> {
    pub(super) image: &'a MetadataImage,
    /// Led here, and not served: shown as Kafka shows partitions in a failed log folder.
    refused: HashSet<StreamId>,
    /// Ascending.
    active: Vec<i32>,
}

/// One partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PartitionView {
    pub(super) index: i32,
    /// `None` while nobody serves it.
    pub(super) leader: Option<i32>,
    pub(super) leader_epoch: i32,
    pub(super) replicas: Vec<i32>,
    pub(super) in_sync: Vec<i32>,
    pub(super) offline: Vec<i32>,
}

impl<'a> TopicView<'a> {
    pub(super) fn new(image: &'a MetadataImage, refused: HashSet<StreamId>) -> Self {
        let active = image.active_brokers().map(|(node, _)| node.0).collect();
        Self { image, refused, active }
    }

    /// The partitions of a topic, in order, from one on.
    pub(super) fn partitions<'b>(
        &'b self,
        topic: &'b Topic,
        first: usize,
    ) -> impl Iterator<Item = PartitionView> + use<'a, 'b> {
        let streams = topic.streams.get(first..).unwrap_or_default();
        let places = streams.iter().filter_map(|stream| self.image.partition_of(*stream));
        places.map(|place| self.partition(topic.replication_factor, &place))
    }

    /// One partition of a topic with this replication factor.
    pub(super) fn partition(&self, replication_factor: i16, place: &Partition) -> PartitionView {
        let leader = place.leader.0;
        let replicas = cluster_view::replicas(&self.active, leader, replication_factor);
        let is_served = place.online && !self.refused.contains(&place.stream);
        PartitionView {
            index: i32::try_from(place.number).expect("creation bounds it"),
            leader: is_served.then_some(leader),
            leader_epoch: place.epoch.leader_epoch(),
            in_sync: if is_served { replicas.clone() } else { vec![leader] },
            offline: if is_served { Vec::new() } else { vec![leader] },
            replicas,
        }
    }
}
