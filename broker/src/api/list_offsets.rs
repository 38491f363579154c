//! `ListOffsets` (2): offsets by time, and by the names that stand for the ends of a log.

use std::collections::HashSet;

use penstock_model::id::Timestamp;
use penstock_s3stream::ReadError;
use penstock_wire::list_offsets_request::{ListOffsetsPartition, ListOffsetsRequest};
use penstock_wire::list_offsets_response::{
    ListOffsetsPartitionResponse, ListOffsetsResponse, ListOffsetsTopicResponse,
};

use super::RequestContext;
use super::error_code::ErrorCode;
use super::fetch::check_leader_epoch;
use crate::broker::Broker;
use crate::log::{Partition, RecordPlace};

/// Behind the last record that can be read.
const LATEST: i64 = -1;
/// The first record that is left.
const EARLIEST: i64 = -2;
/// The record with the greatest timestamp (KIP-734).
const MAX_TIMESTAMP: i64 = -3;
/// The first record that is not only in remote storage (KIP-405): there is no other storage here.
const EARLIEST_LOCAL: i64 = -4;
/// The last record in remote storage (KIP-1005).
const LATEST_TIERED: i64 = -5;
/// The first record that waits for its upload to remote storage (KIP-1023).
const EARLIEST_PENDING_UPLOAD: i64 = -6;

/// From which version on a special timestamp may be asked for.
const SPECIAL_SINCE: [(i64, i16); 6] = [
    (LATEST, 1),
    (EARLIEST, 1),
    (MAX_TIMESTAMP, 7),
    (EARLIEST_LOCAL, 8),
    (LATEST_TIERED, 9),
    (EARLIEST_PENDING_UPLOAD, 11),
];

pub(super) async fn handle(
    broker: &Broker,
    context: &RequestContext,
    request: ListOffsetsRequest,
) -> ListOffsetsResponse {
    let mut seen = HashSet::new();
    let mut repeated = HashSet::new();
    for topic in &request.topics {
        for partition in &topic.partitions {
            let key = (topic.name.as_str(), partition.partition_index);
            if !seen.insert(key) {
                repeated.insert(key);
            }
        }
    }
    let mut topics = Vec::with_capacity(request.topics.len());
    for topic in &request.topics {
        let mut partitions = Vec::with_capacity(topic.partitions.len());
        for asked in &topic.partitions {
            let answer = if repeated.contains(&(topic.name.as_str(), asked.partition_index)) {
                Err(ErrorCode::INVALID_REQUEST)
            } else {
                find(broker, context, &topic.name, asked).await
            };
            partitions.push(match answer {
                Ok(place) => place.to_wire(context.api_version, asked.partition_index),
                Err(error) => ListOffsetsPartitionResponse {
                    partition_index: asked.partition_index,
                    error_code: error.0,
                    ..ListOffsetsPartitionResponse::default()
                },
            });
        }
        topics.push(ListOffsetsTopicResponse { name: topic.name.clone(), partitions });
    }
    ListOffsetsResponse { throttle_time_ms: 0, topics }
}

/// An answer; -1 for what is not known or not there.
struct Place {
    timestamp: i64,
    offset: i64,
    leader_epoch: i32,
}

impl Place {
    const NOWHERE: Self = Self { timestamp: -1, offset: -1, leader_epoch: -1 };

    fn of(record: Option<RecordPlace>) -> Self {
        record.map_or(Self::NOWHERE, |record| Self {
            timestamp: record.timestamp.0,
            offset: record.offset.to_wire(),
            leader_epoch: record.leader_epoch,
        })
    }

    fn to_wire(&self, version: i16, partition_index: i32) -> ListOffsetsPartitionResponse {
        ListOffsetsPartitionResponse {
            partition_index,
            error_code: ErrorCode::NONE.0,
            timestamp: self.timestamp,
            offset: self.offset,
            leader_epoch: if version >= 4 { self.leader_epoch } else { -1 },
        }
    }
}

async fn find(
    broker: &Broker,
    context: &RequestContext,
    topic: &str,
    asked: &ListOffsetsPartition,
) -> Result<Place, ErrorCode> {
    let image = broker.metadata.image();
    let topic = image.topic_by_name(topic).ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
    if asked.timestamp < 0 {
        let since = SPECIAL_SINCE.iter().find(|(special, _)| *special == asked.timestamp);
        if since.is_none_or(|(_, version)| context.api_version < *version) {
            return Err(ErrorCode::UNSUPPORTED_VERSION);
        }
    }
    let partition = broker.partitions.get(topic.id, asked.partition_index).await;
    let partition = partition.map_err(|error| ErrorCode::from(&error))?;
    if let Some(error) = check_leader_epoch(partition.epoch(), asked.current_leader_epoch) {
        return Err(error);
    }
    let found = by_time(broker, &partition, asked.timestamp).await;
    found.map_err(|error| ErrorCode::from(&error))
}

async fn by_time(
    broker: &Broker,
    partition: &Partition,
    timestamp: i64,
) -> Result<Place, ReadError> {
    let offsets = partition.stream().offsets();
    let at = |offset: penstock_model::id::Offset| Place {
        timestamp: -1,
        offset: offset.to_wire(),
        leader_epoch: partition.epoch_at(offset).leader_epoch(),
    };
    Ok(match timestamp {
        LATEST => Place { leader_epoch: partition.epoch().leader_epoch(), ..at(offsets.durable) },
        EARLIEST | EARLIEST_LOCAL => at(offsets.start),
        MAX_TIMESTAMP => Place::of(partition.newest_record(&broker.inspector).await?),
        LATEST_TIERED | EARLIEST_PENDING_UPLOAD => Place::NOWHERE,
        timestamp => {
            let timestamp = Timestamp(timestamp);
            Place::of(partition.record_at(timestamp, &broker.inspector).await?)
        }
    })
}
