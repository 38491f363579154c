//! `DeleteRecords` (21): moves the start of logs forward (KIP-107).

use penstock_model::id::Offset;
use penstock_wire::delete_records_request::DeleteRecordsRequest;
use penstock_wire::delete_records_response::{
    DeleteRecordsPartitionResult, DeleteRecordsResponse, DeleteRecordsTopicResult,
};

use super::error_code::ErrorCode;
use super::topic_name;
use crate::broker::Broker;

/// Up to the high watermark, whatever that is.
const HIGH_WATERMARK: i64 = -1;

pub(super) async fn handle(
    broker: &Broker,
    request: DeleteRecordsRequest,
) -> DeleteRecordsResponse {
    let mut topics = Vec::with_capacity(request.topics.len());
    for topic in request.topics {
        let mut partitions = Vec::with_capacity(topic.partitions.len());
        for asked in &topic.partitions {
            let index = asked.partition_index;
            let outcome = delete(broker, &topic.name, index, asked.offset).await;
            let (low_watermark, error) = match outcome {
                Ok(start) => (start.to_wire(), ErrorCode::NONE),
                Err(error) => (-1, error),
            };
            partitions.push(DeleteRecordsPartitionResult {
                partition_index: index,
                low_watermark,
                error_code: error.0,
            });
        }
        topics.push(DeleteRecordsTopicResult { name: topic.name, partitions });
    }
    DeleteRecordsResponse { throttle_time_ms: 0, topics }
}

async fn delete(
    broker: &Broker,
    topic: &str,
    index: i32,
    before: i64,
) -> Result<Offset, ErrorCode> {
    let image = broker.metadata.image();
    let topic = image.topic_by_name(topic).ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
    let number = u32::try_from(index).map_err(|_| ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
    if image.partition(topic.id, number).is_none() {
        return Err(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    }
    if topic_name::is_internal(&topic.name) {
        return Err(ErrorCode::INVALID_TOPIC_EXCEPTION);
    }
    let partition = broker.partitions.get(topic.id, index).await;
    let partition = partition.map_err(|error| ErrorCode::from(&error))?;
    let settings = broker.topic_settings.of(&image, topic.id);
    // A topic that neither compacts nor deletes by itself lets its clients delete.
    if settings.config.rules.compacted && !settings.config.deletes {
        return Err(ErrorCode::POLICY_VIOLATION);
    }
    let stream = partition.stream();
    let start = match before {
        HIGH_WATERMARK => stream.offsets().durable,
        before => Offset::from_wire(before).ok_or(ErrorCode::OFFSET_OUT_OF_RANGE)?,
    };
    if start > stream.offsets().durable {
        return Err(ErrorCode::OFFSET_OUT_OF_RANGE);
    }
    if start > stream.offsets().start {
        for trimmed in broker.storage.trim(&[(stream.id(), start)]).await {
            trimmed.map_err(|error| ErrorCode::from(&error))?;
        }
    }
    Ok(stream.offsets().start)
}
