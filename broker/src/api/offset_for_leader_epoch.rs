//! `OffsetForLeaderEpoch` (23): where a leader epoch ended, by which consumers find out whether
//! the log was cut behind their back (KIP-320).

use penstock_model::id::StreamEpoch;
use penstock_wire::offset_for_leader_epoch_request::{
    OffsetForLeaderEpochRequest, OffsetForLeaderPartition,
};
use penstock_wire::offset_for_leader_epoch_response::{
    EpochEndOffset, OffsetForLeaderEpochResponse, OffsetForLeaderTopicResult,
};

use super::error_code::ErrorCode;
use super::fetch::check_leader_epoch;
use crate::broker::Broker;

pub(super) async fn handle(
    broker: &Broker,
    request: OffsetForLeaderEpochRequest,
) -> OffsetForLeaderEpochResponse {
    let mut topics = Vec::with_capacity(request.topics.len());
    for topic in request.topics {
        let mut partitions = Vec::with_capacity(topic.partitions.len());
        for asked in &topic.partitions {
            let answer = find(broker, &topic.topic, asked).await;
            partitions.push(answer.unwrap_or_else(|error| EpochEndOffset {
                error_code: error.0,
                ..unknown(asked.partition)
            }));
        }
        topics.push(OffsetForLeaderTopicResult { topic: topic.topic, partitions });
    }
    OffsetForLeaderEpochResponse { throttle_time_ms: 0, topics }
}

/// The answer that knows nothing.
fn unknown(partition: i32) -> EpochEndOffset {
    EpochEndOffset { error_code: 0, partition, leader_epoch: -1, end_offset: -1 }
}

async fn find(
    broker: &Broker,
    topic: &str,
    asked: &OffsetForLeaderPartition,
) -> Result<EpochEndOffset, ErrorCode> {
    let image = broker.metadata.image();
    let topic = image.topic_by_name(topic).ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
    let partition = broker.partitions.get(topic.id, asked.partition).await;
    let partition = partition.map_err(|error| ErrorCode::from(&error))?;
    if let Some(error) = check_leader_epoch(partition.epoch(), asked.current_leader_epoch) {
        return Err(error);
    }
    let found = u32::try_from(asked.leader_epoch)
        .ok()
        .and_then(|epoch| partition.end_of_epoch(StreamEpoch(epoch)));
    Ok(found.map_or(unknown(asked.partition), |(epoch, end)| EpochEndOffset {
        leader_epoch: epoch.leader_epoch(),
        end_offset: end.to_wire(),
        ..unknown(asked.partition)
    }))
}
