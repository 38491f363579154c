//! From chunks to an image.

use std::collections::BTreeMap;
use std::sync::Arc;

use prost::Message;

use super::entry::{Broker, Entry, EntryMessage, Head, Object, Stream, Topic, Wal, WalState};
use crate::command::ConfigResource;
use crate::encoding::message::{to_object_kind, to_wal_kind};
use crate::encoding::{DecodeError, narrow, random, required, versioned};
use crate::id::{
    BrokerEpoch, ClusterId, Incarnation, LogIndex, NodeId, ObjectId, Offset, ProducerId, RequestId,
    StreamEpoch, StreamId, Timestamp, TopicId, WalPosition,
};
use crate::image::{
    self, Counters, Lease, MetadataImage, ObjectLife, ProducerIdGrant, StoredRange,
};
use crate::invariants;

/// The image that these chunks hold.
///
/// # Errors
/// When a chunk is damaged, missing or of another version, or the whole is no image.
pub fn decode_image<C: AsRef<[u8]>>(
    chunks: impl IntoIterator<Item = C>,
) -> Result<MetadataImage, DecodeError> {
    let mut decoder = ImageDecoder::default();
    for chunk in chunks {
        decoder.push(chunk.as_ref())?;
    }
    decoder.finish()
}

/// Takes the chunks of an image one by one, as they arrive.
#[derive(Debug, Default)]
pub struct ImageDecoder {
    /// Grows; what is derived from the rest is still missing.
    image: MetadataImage,
    /// Without their partitions.
    topics: BTreeMap<TopicId, image::Topic>,
    found: u64,
    expected: Option<u64>,
}

impl ImageDecoder {
    /// Takes the next chunk.
    ///
    /// # Errors
    /// When it is damaged or of another version; the image is lost then.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), DecodeError> {
        let mut bytes = versioned(chunk)?;
        while !bytes.is_empty() {
            let message = EntryMessage::decode_length_delimited(&mut bytes)?;
            match required(message.entry, "entry")? {
                Entry::End(count) if self.expected.is_none() => self.expected = Some(count),
                _ if self.expected.is_some() => return Err(DecodeError::Field("end")),
                Entry::Head(head) if self.found == 0 => self.head(&head)?,
                _ if self.found == 0 => return Err(DecodeError::Field("head")),
                entry => self.entry(entry)?,
            }
            self.found += u64::from(self.expected.is_none());
        }
        Ok(())
    }

    /// The whole image, once every chunk was taken.
    ///
    /// # Errors
    /// When chunks are missing, or the entries contradict each other.
    pub fn finish(mut self) -> Result<MetadataImage, DecodeError> {
        let (found, expected) = (self.found, self.expected.unwrap_or(0));
        if found == 0 || found != expected {
            return Err(DecodeError::Incomplete { found, expected });
        }
        self.derive_brokers()?;
        self.derive_topics()?;
        self.derive_storage()?;
        invariants::check(&self.image)?;
        Ok(self.image)
    }

    fn head(&mut self, head: &Head) -> Result<(), DecodeError> {
        let cluster = head.cluster.as_ref().map(|id| random(id, "cluster")).transpose()?;
        self.image.index = LogIndex(head.index);
        self.image.cluster = cluster.map(ClusterId);
        self.image.feature_level = head.feature_level;
        self.image.features.epoch = head.feature_epoch;
        self.image.next = Counters {
            broker_epoch: BrokerEpoch(head.next_broker_epoch),
            stream: StreamId(head.next_stream),
            object: ObjectId(head.next_object),
            producer_id: ProducerId(head.next_producer_id),
        };
        Ok(())
    }

    fn entry(&mut self, entry: Entry) -> Result<(), DecodeError> {
        let image = &mut self.image;
        match entry {
            Entry::Head(_) => return Err(DecodeError::Field("head")),
            Entry::End(_) => return Err(DecodeError::Field("end")),
            Entry::Feature(feature) => {
                let (name, level) = feature.level()?;
                once(image.features.levels.insert(name, level), "feature")?;
            }
            Entry::Wal(wal) => {
                once(image.wals.insert(BrokerEpoch(wal.epoch), to_wal(&wal)?), "log")?;
            }
            Entry::Broker(broker) => {
                once(image.brokers.insert(NodeId(broker.node), to_broker(broker)?), "broker")?;
            }
            Entry::Grant(grant) => {
                let request = RequestId(random(&grant.request, "request")?);
                let first = ProducerId(grant.first);
                let stored = ProducerIdGrant { request, first, count: grant.count };
                let epoch = BrokerEpoch(grant.epoch);
                once(image.producer_id_grants.insert(epoch, stored), "grant")?;
            }
            Entry::Topic(topic) => {
                let topic = to_topic(topic)?;
                once(self.topics.insert(topic.id, topic), "topic")?;
            }
            Entry::Setting(entry) => {
                let resource = ConfigResource::try_from(entry.resource)?;
                let (key, value) = required(entry.setting, "setting")?.pair()?;
                let settings = image.configs.entry(resource).or_default();
                once(settings.insert(key, value), "setting")?;
            }
            Entry::Stream(stream) => {
                once(image.streams.insert(StreamId(stream.id), to_stream(&stream)?), "stream")?;
            }
            Entry::Range(range) => {
                let stored = StoredRange {
                    end: Offset(range.end),
                    object: ObjectId(range.object),
                    max_timestamp: Timestamp(range.max_timestamp),
                    size: range.size,
                };
                let key = (StreamId(range.stream), Offset(range.start));
                once(image.ranges.insert(key, stored), "range")?;
            }
            Entry::Object(object) => {
                once(image.objects.insert(ObjectId(object.id), to_object(&object)?), "object")?;
            }
            Entry::Lease(lease) => {
                let stored = Lease {
                    broker: BrokerEpoch(lease.broker),
                    request: RequestId(random(&lease.request, "request")?),
                    end: ObjectId(lease.end),
                    deadline: Timestamp(lease.deadline),
                    expired: lease.expired,
                };
                once(image.leases.insert(ObjectId(lease.first), stored), "lease")?;
            }
        }
        Ok(())
    }

    fn derive_brokers(&mut self) -> Result<(), DecodeError> {
        let image = &mut self.image;
        let nodes: Vec<_> = image.brokers.keys().copied().collect();
        for node in nodes {
            let broker = image.brokers.get_mut(&node).expect("the key was just read");
            let wal = required(image.wals.get(&broker.epoch), "broker's epoch")?;
            broker.incarnation = wal.incarnation;
            broker.active = wal.state == image::WalState::Active;
        }
        let fenced = image.wals.iter().filter(|(_, wal)| wal.state == image::WalState::Fenced);
        image.unrecovered = fenced.map(|(epoch, wal)| (wal.node, *epoch)).collect();
        Ok(())
    }

    fn derive_topics(&mut self) -> Result<(), DecodeError> {
        let image = &mut self.image;
        let mut partitions: Vec<_> =
            image.streams.iter().map(|(id, s)| (s.topic, s.partition, s.owner, *id)).collect();
        partitions.sort_unstable();
        for (topic, _, owner, id) in partitions {
            required(self.topics.get_mut(&topic), "stream's topic")?.streams.push(id);
            image.owned.entry(owner).or_default().insert(id);
        }
        for (id, topic) in std::mem::take(&mut self.topics) {
            once(image.topic_names.insert(Arc::clone(&topic.name), id), "name")?;
            image.topics.insert(id, Arc::new(topic));
        }
        Ok(())
    }

    fn derive_storage(&mut self) -> Result<(), DecodeError> {
        let image = &mut self.image;
        let checkpoints = image.streams.values().filter_map(|stream| stream.checkpoint);
        let referred: Vec<_> = image
            .ranges
            .values()
            .map(|range| range.object)
            .chain(checkpoints.map(|checkpoint| checkpoint.object))
            .collect();
        for id in referred {
            let object = required(image.objects.get_mut(&id), "range's object")?;
            if let ObjectLife::Live { references } = &mut object.life {
                *references = required(references.checked_add(1), "references")?;
            }
        }
        for ((id, _), range) in &image.ranges {
            let stream = required(image.streams.get_mut(id), "range's stream")?;
            stream.bytes = required(stream.bytes.checked_add(range.size), "bytes")?;
        }
        let destroyed = image.objects.iter().filter_map(|(id, object)| match object.life {
            ObjectLife::Live { .. } => None,
            ObjectLife::Destroyed { at } => Some((at, *id)),
        });
        image.destroyed = destroyed.collect();
        Ok(())
    }
}

/// What an insertion displaced must be nothing.
fn once<T>(displaced: Option<T>, field: &'static str) -> Result<(), DecodeError> {
    displaced.map_or(Ok(()), |_| Err(DecodeError::Field(field)))
}

fn to_wal(wal: &Wal) -> Result<image::Wal, DecodeError> {
    Ok(image::Wal {
        node: NodeId(wal.node),
        incarnation: Incarnation(random(&wal.incarnation, "incarnation")?),
        kind: to_wal_kind(wal.kind)?,
        begins: wal.begins.map(WalPosition),
        trim: WalPosition(wal.trim),
        state: match required(wal.state.as_ref(), "state of a log")? {
            WalState::Active(()) => image::WalState::Active,
            WalState::Fenced(()) => image::WalState::Fenced,
            WalState::Closed(heir) => image::WalState::Closed { heir: BrokerEpoch(*heir) },
        },
    })
}

/// Its incarnation and whether it is active are its epoch's, and follow.
fn to_broker(broker: Broker) -> Result<image::Broker, DecodeError> {
    let endpoints = broker.endpoints.into_iter().map(TryInto::try_into);
    Ok(image::Broker {
        epoch: BrokerEpoch(broker.epoch),
        incarnation: Incarnation::default(),
        endpoints: endpoints.collect::<Result<_, _>>()?,
        rack: broker.rack.map(Arc::from),
        active: false,
    })
}

fn to_topic(topic: Topic) -> Result<image::Topic, DecodeError> {
    Ok(image::Topic {
        id: TopicId(random(&topic.id, "topic")?),
        name: topic.name.into(),
        replication_factor: narrow(topic.replication_factor, "replication factor")?,
        streams: Vec::new(),
    })
}

fn to_stream(stream: &Stream) -> Result<image::Stream, DecodeError> {
    Ok(image::Stream {
        topic: TopicId(random(&stream.topic, "topic")?),
        partition: stream.partition,
        epoch: StreamEpoch(stream.epoch),
        owner: BrokerEpoch(stream.owner),
        start: Offset(stream.start),
        end: Offset(stream.end),
        bytes: 0,
        checkpoint: stream.checkpoint.map(Into::into),
        gaps_to: Offset(stream.gaps_to),
        first_dirty: Offset(stream.first_dirty),
    })
}

fn to_object(object: &Object) -> Result<image::Object, DecodeError> {
    let at = object.destroyed_at.map(Timestamp);
    Ok(image::Object {
        kind: to_object_kind(object.kind)?,
        size: object.size,
        index_position: object.index_position,
        content: object.content,
        life: at.map_or(ObjectLife::Live { references: 0 }, |at| ObjectLife::Destroyed { at }),
    })
}
