//! `DescribeLogDirs` (35): what the partitions that are led here take (KIP-113).

use std::collections::{BTreeMap, BTreeSet};

use penstock_model::image::{MetadataImage, Topic};
use penstock_wire::WireString;
use penstock_wire::describe_log_dirs_request::DescribeLogDirsRequest;
use penstock_wire::describe_log_dirs_response::{
    DescribeLogDirsPartition, DescribeLogDirsResponse, DescribeLogDirsResult, DescribeLogDirsTopic,
};

use super::answer_room::Rows;
use super::log_dir;
use crate::broker::Broker;

/// The size of a volume that nobody can know: the store's.
const UNKNOWN_BYTES: i64 = -1;

/// The rows of an answer.
pub(super) fn rows(broker: &Broker, request: &DescribeLogDirsRequest) -> Rows {
    let led = broker.metadata.image().owned_count(broker.epoch);
    let named = request.topics.as_ref().map(|topics| topics.iter().map(|t| t.partitions.len()));
    Rows::of::<DescribeLogDirsPartition>(named.map_or(led, |named| led.min(named.sum())))
}

pub(super) fn handle(broker: &Broker, request: &DescribeLogDirsRequest) -> DescribeLogDirsResponse {
    let image = broker.metadata.image();
    let topics = match &request.topics {
        None => image.topics().filter_map(|topic| of_topic(broker, &image, topic, None)).collect(),
        Some(named) => {
            let mut wanted: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
            for topic in named {
                let numbers = topic.partitions.iter().filter_map(|n| u32::try_from(*n).ok());
                wanted.entry(&topic.topic).or_default().extend(numbers);
            }
            let found = wanted.iter().filter_map(|(name, numbers)| {
                of_topic(broker, &image, image.topic_by_name(name)?, Some(numbers))
            });
            found.collect()
        }
    };
    DescribeLogDirsResponse {
        results: vec![DescribeLogDirsResult {
            log_dir: WireString::copy_from(log_dir::name(broker)),
            topics,
            total_bytes: UNKNOWN_BYTES,
            usable_bytes: UNKNOWN_BYTES,
            ..DescribeLogDirsResult::default()
        }],
        ..DescribeLogDirsResponse::default()
    }
}

/// The partitions of a topic that are led here, if any are asked for.
fn of_topic(
    broker: &Broker,
    image: &MetadataImage,
    topic: &Topic,
    wanted: Option<&BTreeSet<u32>>,
) -> Option<DescribeLogDirsTopic> {
    let is_wanted = |number| wanted.is_none_or(|wanted| wanted.contains(&number));
    let led = image.partitions(topic).filter(|place| place.owner == broker.epoch);
    let partitions: Vec<_> = led
        .filter(|place| is_wanted(place.number))
        .map(|place| DescribeLogDirsPartition {
            partition_index: i32::try_from(place.number).expect("creation bounds it"),
            partition_size: log_dir::partition_bytes(broker, image, place.stream),
            offset_lag: 0,
            is_future_key: false,
        })
        .collect();
    let name = WireString::copy_from(&topic.name);
    (!partitions.is_empty()).then_some(DescribeLogDirsTopic { name, partitions })
}
