//! Topics and partitions: each partition is a stream from its creation on.

use std::sync::Arc;

use super::{set_configs, storage};
use crate::command::{ConfigResource, CreatePartitions, CreateTopic, DeleteTopic, Refused, Reply};
use crate::id::{BrokerEpoch, NodeId, Offset, StreamEpoch, StreamId, TopicId};
use crate::image::{MetadataImage, Stream, Topic};

/// Partition numbers are `INT32` in Kafka's protocol, and so is their count.
const PARTITIONS_MAX: usize = i32::MAX.unsigned_abs() as usize;

pub(super) fn create(image: &mut MetadataImage, command: &CreateTopic) -> Result<Reply, Refused> {
    if command.id == TopicId::NONE {
        return Err(Refused::Malformed("the topic has no id"));
    }
    if let Some(present) = image.topic(command.id) {
        return if present.name == command.name {
            Ok(Reply::Done)
        } else {
            Err(Refused::Malformed("the id is another topic's"))
        };
    }
    if image.topic_names.contains_key(&command.name) {
        return Err(Refused::TopicExists(Arc::clone(&command.name)));
    }
    if command.leaders.is_empty() {
        return Err(Refused::Empty("a topic without partitions"));
    }
    let streams = create_streams(image, command.id, 0, &command.leaders)?;
    let topic = Topic {
        id: command.id,
        name: Arc::clone(&command.name),
        replication_factor: command.replication_factor,
        streams,
    };
    image.topics.insert(command.id, Arc::new(topic));
    image.topic_names.insert(Arc::clone(&command.name), command.id);
    let settings = command.configs.iter().cloned().collect();
    set_configs(image, ConfigResource::Topic(command.id), settings);
    Ok(Reply::Done)
}

pub(super) fn create_partitions(
    image: &mut MetadataImage,
    command: &CreatePartitions,
) -> Result<Reply, Refused> {
    let topic = image.topic(command.id).ok_or(Refused::UnknownTopic(command.id))?;
    let mut topic = Topic::clone(topic);
    if command.leaders.is_empty() {
        return Err(Refused::Empty("no partition to add"));
    }
    let present = u32::try_from(topic.streams.len()).expect("creation bounds it");
    if present != command.existing {
        let made = image.partitions(&topic).skip(command.existing as usize);
        return if made.map(|partition| partition.leader).eq(command.leaders.iter().copied()) {
            Ok(Reply::Done)
        } else {
            Err(Refused::PartitionCount(present))
        };
    }
    topic.streams.extend(create_streams(image, topic.id, present, &command.leaders)?);
    image.topics.insert(topic.id, Arc::new(topic));
    Ok(Reply::Done)
}

/// Creates the streams of the partitions from number `first` on, one for each leader.
fn create_streams(
    image: &mut MetadataImage,
    topic: TopicId,
    first: u32,
    leaders: &[NodeId],
) -> Result<Vec<StreamId>, Refused> {
    if leaders.len() > PARTITIONS_MAX - first as usize {
        return Err(Refused::Exhausted("partition numbers"));
    }
    (first..)
        .zip(leaders)
        .map(|(partition, leader)| {
            let owner = active_epoch(image, *leader)?;
            let id = image.next.stream;
            let next = id.0.checked_add(1).ok_or(Refused::Exhausted("stream ids"))?;
            image.next.stream = StreamId(next);
            let stream = Stream {
                topic,
                partition,
                epoch: StreamEpoch(0),
                owner,
                start: Offset::ZERO,
                end: Offset::ZERO,
                bytes: 0,
                checkpoint: None,
                gaps_to: Offset::ZERO,
                first_dirty: Offset::ZERO,
            };
            image.streams.insert(id, stream);
            image.owned.entry(owner).or_default().insert(id);
            Ok(id)
        })
        .collect()
}

/// The epoch of an active node.
fn active_epoch(image: &MetadataImage, node: NodeId) -> Result<BrokerEpoch, Refused> {
    match image.broker(node) {
        Some(broker) if broker.active => Ok(broker.epoch),
        _ => Err(Refused::UnknownLeader(node)),
    }
}

pub(super) fn delete(image: &mut MetadataImage, command: &DeleteTopic) -> Result<Reply, Refused> {
    let topic = image.topics.remove(&command.id).ok_or(Refused::UnknownTopic(command.id))?;
    image.topic_names.remove(&topic.name);
    image.configs.remove(&ConfigResource::Topic(command.id));
    for stream in &topic.streams {
        storage::remove_stream(image, *stream, command.now);
    }
    Ok(Reply::Done)
}
