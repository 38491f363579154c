//! `DescribeTopicPartitions` (75): topics with their partitions, page by page (KIP-966).

use std::collections::BTreeSet;

use penstock_model::image::MetadataImage;
use penstock_wire::describe_topic_partitions_request::DescribeTopicPartitionsRequest;
use penstock_wire::describe_topic_partitions_response::{
    Cursor, DescribeTopicPartitionsResponse, DescribeTopicPartitionsResponsePartition,
    DescribeTopicPartitionsResponseTopic,
};
use penstock_wire::{Uuid, WireString};

use super::answer_room::Rows;
use super::cluster_view::{NO_NODE, TOPIC_OPERATIONS};
use super::error_code::ErrorCode;
use super::topic_name;
use super::topic_view::{PartitionView, TopicView};
use crate::broker::Broker;

/// What a row takes: the partition, and a number for each of its replicas four times.
const ROW_BYTES: usize = size_of::<DescribeTopicPartitionsResponsePartition>() + 128;

/// The rows of an answer, which names topics too.
pub(super) fn rows(broker: &Broker, request: &DescribeTopicPartitionsRequest) -> Rows {
    let topics = request.topics.len();
    let partitions = page(broker, request).min(broker.metadata.image().partition_count());
    Rows::sized(topics + partitions, ROW_BYTES)
}

/// How many partitions a page may have: what is asked for, allowed, and fits into an answer with
/// room to spare for others.
fn page(broker: &Broker, request: &DescribeTopicPartitionsRequest) -> usize {
    let allowed = broker.given.number("max.request.partition.size.limit");
    let wanted = usize::try_from(request.response_partition_limit).unwrap_or(0);
    wanted.min(allowed).min(broker.answers.total() / ROW_BYTES / 4).max(1)
}

pub(super) fn handle(
    broker: &Broker,
    request: &DescribeTopicPartitionsRequest,
) -> DescribeTopicPartitionsResponse {
    let image = broker.metadata.image();
    let Some(names) = names(&image, request) else { return refuse_all(request) };
    let view = TopicView::new(&image, broker.partitions.refused());
    let mut left = page(broker, request);
    let mut answer = DescribeTopicPartitionsResponse::default();
    for name in names {
        if left == 0 {
            answer.next_cursor = Some(cursor(name, 0));
            break;
        }
        let Some(topic) = image.topic_by_name(name) else {
            answer.topics.push(missing(name));
            continue;
        };
        let first = match &request.cursor {
            Some(cursor) if *cursor.topic_name == *name => cursor.partition_index,
            _ => 0,
        };
        let first = usize::try_from(first).expect("`names` has looked at it");
        let partitions: Vec<_> = view.partitions(topic, first).take(left).map(row).collect();
        let next = first + partitions.len();
        left -= partitions.len();
        answer.topics.push(DescribeTopicPartitionsResponseTopic {
            name: Some(WireString::copy_from(name)),
            topic_id: Uuid(topic.id.0),
            is_internal: topic_name::is_internal(name),
            partitions,
            topic_authorized_operations: TOPIC_OPERATIONS,
            ..DescribeTopicPartitionsResponseTopic::default()
        });
        if next < topic.streams.len() {
            answer.next_cursor = Some(cursor(name, next));
            break;
        }
    }
    answer
}

/// The topics from the cursor on, by name and each once; `None` where the cursor makes no sense.
fn names<'a>(
    image: &'a MetadataImage,
    request: &'a DescribeTopicPartitionsRequest,
) -> Option<Vec<&'a str>> {
    let from = request.cursor.as_ref().map_or("", |cursor| cursor.topic_name.as_str());
    if request.cursor.as_ref().is_some_and(|cursor| cursor.partition_index < 0) {
        return None;
    }
    if request.topics.is_empty() {
        let names = image.topics().map(|topic| &*topic.name);
        return Some(names.skip_while(|name| *name < from).collect());
    }
    let named: BTreeSet<&str> = request.topics.iter().map(|topic| topic.name.as_str()).collect();
    let is_known = request.cursor.is_none() || named.contains(from);
    is_known.then(|| named.range(from..).copied().collect())
}

fn refuse_all(request: &DescribeTopicPartitionsRequest) -> DescribeTopicPartitionsResponse {
    let refused = request.topics.iter().map(|topic| DescribeTopicPartitionsResponseTopic {
        error_code: ErrorCode::INVALID_REQUEST.0,
        name: Some(topic.name.clone()),
        ..DescribeTopicPartitionsResponseTopic::default()
    });
    DescribeTopicPartitionsResponse {
        topics: refused.collect(),
        ..DescribeTopicPartitionsResponse::default()
    }
}

fn missing(name: &str) -> DescribeTopicPartitionsResponseTopic {
    let error = if topic_name::check(name).is_ok() {
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
    } else {
        ErrorCode::INVALID_TOPIC_EXCEPTION
    };
    DescribeTopicPartitionsResponseTopic {
        error_code: error.0,
        name: Some(WireString::copy_from(name)),
        is_internal: topic_name::is_internal(name),
        topic_authorized_operations: TOPIC_OPERATIONS,
        ..DescribeTopicPartitionsResponseTopic::default()
    }
}

fn cursor(topic: &str, partition: usize) -> Cursor {
    Cursor {
        topic_name: WireString::copy_from(topic),
        partition_index: i32::try_from(partition).expect("creation bounds it"),
    }
}

/// There are no replicas that could be elected but those that are in sync.
fn row(partition: PartitionView) -> DescribeTopicPartitionsResponsePartition {
    DescribeTopicPartitionsResponsePartition {
        error_code: ErrorCode::NONE.0,
        partition_index: partition.index,
        leader_id: partition.leader.unwrap_or(NO_NODE),
        leader_epoch: partition.leader_epoch,
        replica_nodes: partition.replicas,
        isr_nodes: partition.in_sync,
        eligible_leader_replicas: Some(Vec::new()),
        last_known_elr: Some(Vec::new()),
        offline_replicas: partition.offline,
    }
}
