//! `/v1/topics` and `/v1/topics/{topic}`: what there is, where it is led, and what it takes.

use std::collections::HashMap;
use std::sync::Arc;

use axum::response::Response;
use penstock_model::id::StreamId;
use penstock_model::image::{MetadataImage, Partition, Topic};
use serde::Serialize;

use super::answer::{HttpError, Text, json, room};
use super::page::Page;
use crate::api::is_internal;
use crate::broker::Broker;
use crate::log;

#[derive(Serialize)]
struct Topics {
    topics: Vec<TopicFigures>,
    /// What to ask for next, as `after`.
    next: Option<Text>,
}

#[derive(Serialize)]
struct TopicFigures {
    name: Text,
    id: String,
    internal: bool,
    replication_factor: i16,
    partitions: usize,
    partitions_offline: usize,
    bytes: u64,
}

#[derive(Serialize)]
struct TopicPartitions {
    topic: TopicFigures,
    partitions: Vec<PartitionFigures>,
    next: Option<String>,
}

#[derive(Serialize)]
struct PartitionFigures {
    partition: u32,
    leader: Option<i32>,
    leader_epoch: i32,
    start_offset: Option<i64>,
    end_offset: Option<i64>,
    bytes: u64,
}

/// Partitions as this node knows them.
struct Known<'a> {
    broker: &'a Broker,
    image: &'a MetadataImage,
    opened: HashMap<StreamId, Arc<log::Partition>>,
}

impl<'a> Known<'a> {
    fn new(broker: &'a Broker, image: &'a MetadataImage) -> Self {
        let opened = broker.partitions.opened().into_iter();
        Self { broker, image, opened: opened.map(|led| (led.stream().id(), led)).collect() }
    }

    /// Stored bytes: in objects, and where it is led here also in the log alone.
    fn bytes(&self, stream: StreamId) -> u64 {
        let in_objects = self.image.stream(stream).map_or(0, |stream| stream.bytes);
        in_objects.saturating_add(self.broker.storage.log_bytes(stream))
    }

    fn topic(&self, topic: &Topic) -> TopicFigures {
        let offline = self.image.partitions(topic).filter(|place| !place.online).count();
        let bytes = topic.streams.iter().map(|stream| self.bytes(*stream));
        TopicFigures {
            name: Text::from(&topic.name),
            id: topic.id.to_string(),
            internal: is_internal(&topic.name),
            replication_factor: topic.replication_factor,
            partitions: topic.streams.len(),
            partitions_offline: offline,
            bytes: bytes.fold(0, u64::saturating_add),
        }
    }

    fn partition(&self, place: &Partition) -> PartitionFigures {
        let offsets = self.opened.get(&place.stream).map(|led| led.stream().offsets());
        PartitionFigures {
            partition: place.number,
            leader: place.online.then_some(place.leader.0),
            leader_epoch: place.epoch.leader_epoch(),
            start_offset: offsets.map(|offsets| offsets.start.to_wire()),
            end_offset: offsets.map(|offsets| offsets.durable.to_wire()),
            bytes: self.bytes(place.stream),
        }
    }
}

pub(super) fn list(broker: &Broker, query: Option<&str>) -> Result<Response, HttpError> {
    let page = Page::of(query)?;
    let room = room(&broker.answers, page.limit)?;
    let image = broker.metadata.image();
    let known = Known::new(broker, &image);
    let is_behind = |topic: &&Arc<Topic>| page.after.as_deref().is_none_or(|at| &*topic.name > at);
    let mut behind = image.topics().filter(is_behind);
    let topics: Vec<_> = behind.by_ref().take(page.limit).collect();
    let next = topics.last().map(|topic| Text::from(&topic.name));
    let next = next.filter(|_| behind.next().is_some());
    let topics = topics.into_iter().map(|topic| known.topic(topic)).collect();
    Ok(json(room, &Topics { topics, next }))
}

pub(super) fn one(broker: &Broker, name: &str, query: Option<&str>) -> Result<Response, HttpError> {
    let page = Page::of(query)?;
    let first = match &page.after {
        None => 0,
        Some(last) => last
            .parse::<u32>()
            .ok()
            .and_then(|last| last.checked_add(1))
            .ok_or_else(|| HttpError::bad_request("after is not the number of a partition"))?,
    };
    let room = room(&broker.answers, 1 + page.limit)?;
    let image = broker.metadata.image();
    let topic = image
        .topic_by_name(name)
        .ok_or_else(|| HttpError::not_found("there is no topic of this name"))?;
    let known = Known::new(broker, &image);
    let mut behind = image.partitions(topic).filter(|place| place.number >= first);
    let partitions: Vec<_> =
        behind.by_ref().take(page.limit).map(|place| known.partition(&place)).collect();
    let last = partitions.last().map(|partition| partition.partition.to_string());
    let next = last.filter(|_| behind.next().is_some());
    Ok(json(room, &TopicPartitions { topic: known.topic(topic), partitions, next }))
}
