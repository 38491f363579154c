//! `AlterReplicaLogDirs` (34): moves partitions between folders (KIP-113), of which there is one.

use std::collections::BTreeMap;

use penstock_model::image::MetadataImage;
use penstock_wire::WireString;
use penstock_wire::alter_replica_log_dirs_request::AlterReplicaLogDirsRequest;
use penstock_wire::alter_replica_log_dirs_response::{
    AlterReplicaLogDirPartitionResult, AlterReplicaLogDirTopicResult, AlterReplicaLogDirsResponse,
};

use super::error_code::ErrorCode;
use super::log_dir;
use crate::broker::Broker;

pub(super) fn handle(
    broker: &Broker,
    request: AlterReplicaLogDirsRequest,
) -> AlterReplicaLogDirsResponse {
    let image = broker.metadata.image();
    // A partition can go to one folder: the one that is named last.
    let mut moves: BTreeMap<WireString, BTreeMap<i32, bool>> = BTreeMap::new();
    for dir in request.dirs {
        let is_there = dir.path.as_str() == log_dir::name(broker);
        for topic in dir.topics.into_iter().filter(|topic| !topic.partitions.is_empty()) {
            let partitions = topic.partitions.iter().map(|index| (*index, is_there));
            moves.entry(topic.name).or_default().extend(partitions);
        }
    }
    let results = moves.into_iter().map(|(topic_name, partitions)| {
        let partitions = partitions.into_iter().map(|(partition_index, is_there)| {
            let error = if is_there {
                stay(broker, &image, &topic_name, partition_index)
            } else {
                ErrorCode::LOG_DIR_NOT_FOUND
            };
            AlterReplicaLogDirPartitionResult { partition_index, error_code: error.0 }
        });
        let partitions = partitions.collect();
        AlterReplicaLogDirTopicResult { topic_name, partitions }
    });
    AlterReplicaLogDirsResponse { throttle_time_ms: 0, results: results.collect() }
}

/// Whatever is led here is in the folder already.
fn stay(broker: &Broker, image: &MetadataImage, topic: &str, index: i32) -> ErrorCode {
    let place = image
        .topic_by_name(topic)
        .zip(u32::try_from(index).ok())
        .and_then(|(topic, number)| image.partition(topic.id, number));
    match place {
        Some(place) if place.owner == broker.epoch => ErrorCode::NONE,
        _ => ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
    }
}
