//! What commands and images have in common on the wire, and how it becomes our types.
//!
//! A tag is never used for anything else again. Ids of 128 bits are `bytes`; numbers that may be
//! negative are `sint`; an enum starts at 1, so that 0 is a missing one.

use std::sync::Arc;

use super::{DecodeError, narrow, random, required};
use crate::command;
use crate::id::{NodeId, ObjectId, Offset, TopicId};

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Endpoint {
    #[prost(string, tag = "1")]
    pub(super) listener: String,
    #[prost(string, tag = "2")]
    pub(super) security: String,
    #[prost(string, tag = "3")]
    pub(super) host: String,
    #[prost(uint32, tag = "4")]
    pub(super) port: u32,
}

impl From<&command::Endpoint> for Endpoint {
    fn from(endpoint: &command::Endpoint) -> Self {
        Self {
            listener: endpoint.listener.as_ref().into(),
            security: endpoint.security.as_ref().into(),
            host: endpoint.host.as_ref().into(),
            port: endpoint.port.into(),
        }
    }
}

impl TryFrom<Endpoint> for command::Endpoint {
    type Error = DecodeError;

    fn try_from(endpoint: Endpoint) -> Result<Self, DecodeError> {
        Ok(Self {
            listener: endpoint.listener.into(),
            security: endpoint.security.into(),
            host: endpoint.host.into(),
            port: narrow(endpoint.port, "port")?,
        })
    }
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Setting {
    #[prost(string, tag = "1")]
    pub(super) key: String,
    /// Absent: the setting is removed.
    #[prost(string, optional, tag = "2")]
    pub(super) value: Option<String>,
}

impl Setting {
    pub(super) fn new(key: &Arc<str>, value: Option<&Arc<str>>) -> Self {
        Self { key: key.as_ref().into(), value: value.map(|value| value.as_ref().into()) }
    }

    pub(super) fn change(self) -> (Arc<str>, Option<Arc<str>>) {
        (self.key.into(), self.value.map(Arc::from))
    }

    pub(super) fn pair(self) -> Result<(Arc<str>, Arc<str>), DecodeError> {
        Ok((self.key.into(), required(self.value, "setting")?.into()))
    }
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Resource {
    #[prost(oneof = "ResourceKind", tags = "1, 2, 3, 4, 5")]
    pub(super) kind: Option<ResourceKind>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
pub(super) enum ResourceKind {
    #[prost(bytes, tag = "1")]
    Topic(Vec<u8>),
    #[prost(sint32, tag = "2")]
    Broker(i32),
    #[prost(message, tag = "3")]
    EveryBroker(()),
    #[prost(string, tag = "4")]
    Group(String),
    #[prost(string, tag = "5")]
    ClientMetrics(String),
}

impl From<&command::ConfigResource> for Resource {
    fn from(resource: &command::ConfigResource) -> Self {
        use command::ConfigResource as From;
        let kind = match resource {
            From::Topic(id) => ResourceKind::Topic(id.0.to_vec()),
            From::Broker(Some(node)) => ResourceKind::Broker(node.0),
            From::Broker(None) => ResourceKind::EveryBroker(()),
            From::Group(name) => ResourceKind::Group(name.as_ref().into()),
            From::ClientMetrics(name) => ResourceKind::ClientMetrics(name.as_ref().into()),
        };
        Self { kind: Some(kind) }
    }
}

impl TryFrom<Option<Resource>> for command::ConfigResource {
    type Error = DecodeError;

    fn try_from(resource: Option<Resource>) -> Result<Self, DecodeError> {
        let kind = resource.and_then(|resource| resource.kind);
        Ok(match required(kind, "resource")? {
            ResourceKind::Topic(id) => Self::Topic(TopicId(random(&id, "topic")?)),
            ResourceKind::Broker(node) => Self::Broker(Some(NodeId(node))),
            ResourceKind::EveryBroker(()) => Self::Broker(None),
            ResourceKind::Group(name) => Self::Group(name.into()),
            ResourceKind::ClientMetrics(name) => Self::ClientMetrics(name.into()),
        })
    }
}

#[derive(Clone, Copy, PartialEq, prost::Message)]
pub(super) struct Checkpoint {
    #[prost(uint64, tag = "1")]
    pub(super) offset: u64,
    #[prost(uint64, tag = "2")]
    pub(super) object: u64,
    #[prost(uint64, tag = "3")]
    pub(super) position: u64,
    #[prost(uint32, tag = "4")]
    pub(super) size: u32,
}

impl From<command::CheckpointRef> for Checkpoint {
    fn from(checkpoint: command::CheckpointRef) -> Self {
        let command::CheckpointRef { offset, object, position, size } = checkpoint;
        Self { offset: offset.0, object: object.0, position, size }
    }
}

impl From<Checkpoint> for command::CheckpointRef {
    fn from(checkpoint: Checkpoint) -> Self {
        let Checkpoint { offset, object, position, size } = checkpoint;
        Self { offset: Offset(offset), object: ObjectId(object), position, size }
    }
}

/// A feature and its level.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Feature {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(uint32, tag = "2")]
    level: u32,
}

impl Feature {
    pub(super) fn new(name: &str, level: u16) -> Self {
        Self { name: name.to_owned(), level: level.into() }
    }

    pub(super) fn level(self) -> Result<(Arc<str>, u16), DecodeError> {
        Ok((self.name.into(), narrow(self.level, "feature's level")?))
    }
}

pub(super) fn wal_kind(kind: command::WalKind) -> u32 {
    match kind {
        command::WalKind::Local => 1,
        command::WalKind::Object => 2,
    }
}

pub(super) fn to_wal_kind(number: u32) -> Result<command::WalKind, DecodeError> {
    match number {
        1 => Ok(command::WalKind::Local),
        2 => Ok(command::WalKind::Object),
        _ => Err(DecodeError::Field("kind of log")),
    }
}

pub(super) fn object_kind(kind: command::ObjectKind) -> u32 {
    match kind {
        command::ObjectKind::StreamSet => 1,
        command::ObjectKind::Stream => 2,
    }
}

pub(super) fn to_object_kind(number: u32) -> Result<command::ObjectKind, DecodeError> {
    match number {
        1 => Ok(command::ObjectKind::StreamSet),
        2 => Ok(command::ObjectKind::Stream),
        _ => Err(DecodeError::Field("kind of object")),
    }
}
