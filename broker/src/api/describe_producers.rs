//! `DescribeProducers` (61): the idempotent producers that a partition remembers (KIP-664).

use penstock_wire::describe_producers_request::DescribeProducersRequest;
use penstock_wire::describe_producers_response::{
    DescribeProducersResponse, PartitionResponse, ProducerState, TopicResponse,
};

use super::answer_room::Rows;
use super::error_code::ErrorCode;
use super::refusal::Refusal;
use super::topic_name;
use crate::broker::Broker;
use crate::log::RememberedProducer;

/// Kafka's text of the code.
const NOT_HOSTED: &str = "This server does not host this topic-partition.";

/// Kafka's text of the code.
const NOT_LEADER: &str = "For requests intended only for the leader, this error indicates that the \
    broker is not the current leader. For requests intended for any replica, this error indicates \
    that the broker is not a replica of the topic partition.";

/// Nobody has begun a transaction.
const NONE: i32 = -1;

/// The rows of an answer, with the producers that partitions remember now.
pub(super) async fn rows(broker: &Broker, request: &DescribeProducersRequest) -> Rows {
    let named: usize = request.topics.iter().map(|topic| topic.partition_indexes.len()).sum();
    let mut producers = 0;
    let image = broker.metadata.image();
    for topic in &request.topics {
        let Some(id) = image.topic_by_name(&topic.name).map(|topic| topic.id) else { continue };
        for index in &topic.partition_indexes {
            if let Ok(partition) = broker.partitions.get(id, *index).await {
                producers += partition.remembered_producers_count();
            }
        }
    }
    let known = producers * size_of::<ProducerState>() * 2;
    Rows::of::<PartitionResponse>(named).knowing(known)
}

pub(super) async fn handle(
    broker: &Broker,
    request: &DescribeProducersRequest,
) -> DescribeProducersResponse {
    let mut topics = Vec::with_capacity(request.topics.len());
    for topic in &request.topics {
        let mut partitions = Vec::with_capacity(topic.partition_indexes.len());
        for index in &topic.partition_indexes {
            let at = PartitionResponse { partition_index: *index, ..Default::default() };
            partitions.push(match describe(broker, &topic.name, *index).await {
                Ok(active_producers) => PartitionResponse { active_producers, ..at },
                Err(refusal) => PartitionResponse {
                    error_code: refusal.code.0,
                    error_message: refusal.wire_message(),
                    ..at
                },
            });
        }
        topics.push(TopicResponse { name: topic.name.clone(), partitions });
    }
    DescribeProducersResponse { throttle_time_ms: 0, topics }
}

async fn describe(broker: &Broker, topic: &str, index: i32) -> Result<Vec<ProducerState>, Refusal> {
    topic_name::check(topic)
        .map_err(|error| Refusal::new(ErrorCode::INVALID_TOPIC_EXCEPTION, error.to_string()))?;
    let image = broker.metadata.image();
    let topic = image
        .topic_by_name(topic)
        .ok_or_else(|| Refusal::new(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, NOT_HOSTED))?;
    let partition = broker.partitions.get(topic.id, index).await;
    let partition = partition.map_err(|error| match ErrorCode::from(&error) {
        ErrorCode::NOT_LEADER_OR_FOLLOWER => {
            Refusal::new(ErrorCode::NOT_LEADER_OR_FOLLOWER, NOT_LEADER)
        }
        other => other.into(),
    })?;
    Ok(partition.remembered_producers().iter().map(state).collect())
}

fn state(producer: &RememberedProducer) -> ProducerState {
    ProducerState {
        producer_id: producer.id.0,
        producer_epoch: producer.epoch.into(),
        last_sequence: producer.last_sequence,
        last_timestamp: producer.last_timestamp.0,
        coordinator_epoch: NONE,
        current_txn_start_offset: NONE.into(),
    }
}
