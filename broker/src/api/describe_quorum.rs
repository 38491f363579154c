//! `DescribeQuorum` (55): who decides on the metadata, and how far the log of it is (KIP-595).

use penstock_wire::describe_quorum_request::DescribeQuorumRequest;
use penstock_wire::describe_quorum_response::{
    DescribeQuorumResponse, Node, PartitionData, ReplicaState, TopicData,
};
use penstock_wire::{Uuid, WireString};

use super::RequestContext;
use super::error_code::ErrorCode;
use super::topic_name::CLUSTER_METADATA;
use crate::broker::Broker;

/// What a partition answers that has no quorum.
const NOT_HOSTED: &str = "This server does not host this topic-partition.";

/// The first version that tells where the voters are.
const WITH_NODES: i16 = 2;

pub(super) fn handle(
    broker: &Broker,
    context: &RequestContext,
    request: &DescribeQuorumRequest,
) -> DescribeQuorumResponse {
    let is_metadata = match &request.topics[..] {
        [topic] => {
            topic.topic_name.as_str() == CLUSTER_METADATA
                && matches!(&topic.partitions[..], [partition] if partition.partition_index == 0)
        }
        _ => false,
    };
    let partition = |index| if is_metadata { state(broker) } else { not_hosted(index) };
    let topics = request.topics.iter().map(|topic| TopicData {
        topic_name: topic.topic_name.clone(),
        partitions: topic.partitions.iter().map(|p| partition(p.partition_index)).collect(),
    });
    // The lone controller listens nowhere.
    let node = Node { node_id: broker.node.0, listeners: Vec::new() };
    let with_nodes = is_metadata && context.api_version >= WITH_NODES;
    DescribeQuorumResponse {
        error_message: Some(WireString::default()),
        topics: topics.collect(),
        nodes: if with_nodes { vec![node] } else { Vec::new() },
        ..DescribeQuorumResponse::default()
    }
}

/// This node is the only voter, and leads.
fn state(broker: &Broker) -> PartitionData {
    let index = broker.metadata.image().index().0;
    let end = i64::try_from(index.saturating_add(1)).unwrap_or(i64::MAX);
    let now = broker.clock.now().0;
    PartitionData {
        error_message: Some(WireString::default()),
        leader_id: broker.node.0,
        leader_epoch: i32::try_from((broker.quorum_term)()).unwrap_or(i32::MAX),
        high_watermark: end,
        current_voters: vec![ReplicaState {
            replica_id: broker.node.0,
            replica_directory_id: Uuid::ZERO,
            log_end_offset: end,
            last_fetch_timestamp: now,
            last_caught_up_timestamp: now,
        }],
        ..PartitionData::default()
    }
}

fn not_hosted(index: i32) -> PartitionData {
    PartitionData {
        partition_index: index,
        error_code: ErrorCode::UNKNOWN_TOPIC_OR_PARTITION.0,
        error_message: Some(WireString::from(NOT_HOSTED)),
        ..PartitionData::default()
    }
}
