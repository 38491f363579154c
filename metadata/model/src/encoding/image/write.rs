//! From an image to chunks.

use std::iter::{from_fn, once};

use prost::Message;

use super::entry::{
    Broker, Entry, EntryMessage, Grant, Head, Lease, Object, Range, ResourceSetting, Stream, Topic,
    Wal, WalState,
};
use crate::encoding::VERSION;
use crate::encoding::message::{Feature, Setting, object_kind, wal_kind};
use crate::image::{self, MetadataImage, ObjectLife, Settings};

/// A chunk ends with the entry that reaches this size: large enough that the chunk's own cost is
/// lost in it, small enough to hold many.
const CHUNK_BYTES: usize = 64 * 1024;

/// The image as chunks of about 64 KiB, each made when it is asked for.
pub fn encode_image(image: &MetadataImage) -> impl Iterator<Item = Vec<u8>> {
    let mut entries = entries(image).peekable();
    from_fn(move || {
        entries.peek()?;
        let mut chunk = vec![VERSION];
        while chunk.len() < CHUNK_BYTES
            && let Some(entry) = entries.next()
        {
            let message = EntryMessage { entry: Some(entry) };
            let encoded = message.encode_length_delimited(&mut chunk);
            encoded.expect("a vector takes any number of bytes");
        }
        Some(chunk)
    })
}

fn entries(image: &MetadataImage) -> impl Iterator<Item = Entry> {
    let mut count = 0;
    let content = once(Entry::Head(head(image)))
        .chain(
            image.features.levels().map(|(name, level)| Entry::Feature(Feature::new(name, level))),
        )
        .chain(image.wals().map(|(epoch, wal)| Entry::Wal(self::wal(epoch.0, wal))))
        .chain(image.brokers().map(|(node, broker)| Entry::Broker(self::broker(node.0, broker))))
        .chain(image.producer_id_grants.iter().map(|(epoch, grant)| {
            let request = grant.request.0.to_vec();
            let (first, count) = (grant.first.0, grant.count);
            Entry::Grant(Grant { epoch: epoch.0, request, first, count })
        }))
        .chain(image.topics.values().map(|topic| Entry::Topic(self::topic(topic))))
        .chain(
            image.configs.iter().flat_map(|(resource, settings)| {
                settings_of(resource, settings).map(Entry::Setting)
            }),
        )
        .chain(image.streams().map(|(id, stream)| Entry::Stream(self::stream(id.0, stream))))
        .chain(image.ranges.iter().map(|((stream, start), range)| {
            Entry::Range(Range {
                stream: stream.0,
                start: start.0,
                end: range.end.0,
                object: range.object.0,
                size: range.size,
                max_timestamp: range.max_timestamp.0,
            })
        }))
        .chain(image.objects().map(|(id, object)| Entry::Object(self::object(id.0, object))))
        .chain(image.leases().map(|(first, lease)| {
            Entry::Lease(Lease {
                first: first.0,
                end: lease.end.0,
                broker: lease.broker.0,
                request: lease.request.0.to_vec(),
                deadline: lease.deadline.0,
                expired: lease.expired,
            })
        }))
        .map(Some)
        .chain(once(None));
    content.map(move |entry| match entry {
        Some(entry) => {
            count += 1;
            entry
        }
        None => Entry::End(count),
    })
}

fn head(image: &MetadataImage) -> Head {
    Head {
        index: image.index.0,
        cluster: image.cluster.map(|cluster| cluster.0.to_vec()),
        feature_level: image.feature_level,
        next_broker_epoch: image.next.broker_epoch.0,
        next_stream: image.next.stream.0,
        next_object: image.next.object.0,
        next_producer_id: image.next.producer_id.0,
        feature_epoch: image.features.epoch,
    }
}

fn wal(epoch: u64, wal: &image::Wal) -> Wal {
    let state = match wal.state {
        image::WalState::Active => WalState::Active(()),
        image::WalState::Fenced => WalState::Fenced(()),
        image::WalState::Closed { heir } => WalState::Closed(heir.0),
    };
    Wal {
        epoch,
        node: wal.node.0,
        incarnation: wal.incarnation.0.to_vec(),
        kind: wal_kind(wal.kind),
        trim: wal.trim.0,
        state: Some(state),
        begins: wal.begins.map(|begins| begins.0),
    }
}

fn broker(node: i32, broker: &image::Broker) -> Broker {
    Broker {
        node,
        epoch: broker.epoch.0,
        endpoints: broker.endpoints.iter().map(Into::into).collect(),
        rack: broker.rack.as_ref().map(|rack| rack.as_ref().into()),
    }
}

fn topic(topic: &image::Topic) -> Topic {
    Topic {
        id: topic.id.0.to_vec(),
        name: topic.name.as_ref().into(),
        replication_factor: topic.replication_factor.into(),
    }
}

fn settings_of(
    resource: &crate::command::ConfigResource,
    settings: &Settings,
) -> impl Iterator<Item = ResourceSetting> {
    settings.iter().map(move |(key, value)| ResourceSetting {
        resource: Some(resource.into()),
        setting: Some(Setting::new(key, Some(value))),
    })
}

fn stream(id: u64, stream: &image::Stream) -> Stream {
    Stream {
        id,
        topic: stream.topic.0.to_vec(),
        partition: stream.partition,
        epoch: stream.epoch.0,
        owner: stream.owner.0,
        start: stream.start.0,
        end: stream.end.0,
        checkpoint: stream.checkpoint.map(Into::into),
        gaps_to: stream.gaps_to.0,
        first_dirty: stream.first_dirty.0,
    }
}

fn object(id: u64, object: &image::Object) -> Object {
    let destroyed_at = match object.life {
        ObjectLife::Live { .. } => None,
        ObjectLife::Destroyed { at } => Some(at.0),
    };
    Object {
        id,
        kind: object_kind(object.kind),
        size: object.size,
        index_position: object.index_position,
        destroyed_at,
        content: object.content,
    }
}
