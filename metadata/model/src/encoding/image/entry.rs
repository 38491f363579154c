//! The entries of an image.

use crate::encoding::message::{Checkpoint, Endpoint, Feature, Resource, Setting};

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct EntryMessage {
    #[prost(oneof = "Entry", tags = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12")]
    pub(super) entry: Option<Entry>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
pub(super) enum Entry {
    #[prost(message, tag = "1")]
    Head(Head),
    #[prost(message, tag = "2")]
    Wal(Wal),
    #[prost(message, tag = "3")]
    Broker(Broker),
    #[prost(message, tag = "4")]
    Grant(Grant),
    #[prost(message, tag = "5")]
    Topic(Topic),
    #[prost(message, tag = "6")]
    Setting(ResourceSetting),
    #[prost(message, tag = "7")]
    Stream(Stream),
    #[prost(message, tag = "8")]
    Range(Range),
    #[prost(message, tag = "9")]
    Object(Object),
    #[prost(message, tag = "10")]
    Lease(Lease),
    /// How many entries there were, so that an image that was cut short is known as one.
    #[prost(uint64, tag = "11")]
    End(u64),
    #[prost(message, tag = "12")]
    Feature(Feature),
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Head {
    #[prost(uint64, tag = "1")]
    pub(super) index: u64,
    #[prost(bytes = "vec", optional, tag = "2")]
    pub(super) cluster: Option<Vec<u8>>,
    #[prost(uint32, tag = "3")]
    pub(super) feature_level: u32,
    #[prost(uint64, tag = "4")]
    pub(super) next_broker_epoch: u64,
    #[prost(uint64, tag = "5")]
    pub(super) next_stream: u64,
    #[prost(uint64, tag = "6")]
    pub(super) next_object: u64,
    #[prost(int64, tag = "7")]
    pub(super) next_producer_id: i64,
    #[prost(uint64, tag = "8")]
    pub(super) feature_epoch: u64,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Wal {
    #[prost(uint64, tag = "1")]
    pub(super) epoch: u64,
    #[prost(sint32, tag = "2")]
    pub(super) node: i32,
    #[prost(bytes = "vec", tag = "3")]
    pub(super) incarnation: Vec<u8>,
    #[prost(uint32, tag = "4")]
    pub(super) kind: u32,
    #[prost(uint64, tag = "5")]
    pub(super) trim: u64,
    #[prost(oneof = "WalState", tags = "6, 7, 8")]
    pub(super) state: Option<WalState>,
    #[prost(uint64, optional, tag = "9")]
    pub(super) begins: Option<u64>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
pub(super) enum WalState {
    #[prost(message, tag = "6")]
    Active(()),
    #[prost(message, tag = "7")]
    Fenced(()),
    /// The heir.
    #[prost(uint64, tag = "8")]
    Closed(u64),
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Broker {
    #[prost(sint32, tag = "1")]
    pub(super) node: i32,
    #[prost(uint64, tag = "2")]
    pub(super) epoch: u64,
    #[prost(message, repeated, tag = "3")]
    pub(super) endpoints: Vec<Endpoint>,
    #[prost(string, optional, tag = "4")]
    pub(super) rack: Option<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Grant {
    #[prost(uint64, tag = "1")]
    pub(super) epoch: u64,
    #[prost(bytes = "vec", tag = "2")]
    pub(super) request: Vec<u8>,
    #[prost(int64, tag = "3")]
    pub(super) first: i64,
    #[prost(uint32, tag = "4")]
    pub(super) count: u32,
}

/// Its partitions are found at the streams.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Topic {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) id: Vec<u8>,
    #[prost(string, tag = "2")]
    pub(super) name: String,
    #[prost(sint32, tag = "3")]
    pub(super) replication_factor: i32,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ResourceSetting {
    #[prost(message, optional, tag = "1")]
    pub(super) resource: Option<Resource>,
    #[prost(message, optional, tag = "2")]
    pub(super) setting: Option<Setting>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Stream {
    #[prost(uint64, tag = "1")]
    pub(super) id: u64,
    #[prost(bytes = "vec", tag = "2")]
    pub(super) topic: Vec<u8>,
    #[prost(uint32, tag = "3")]
    pub(super) partition: u32,
    #[prost(uint32, tag = "4")]
    pub(super) epoch: u32,
    #[prost(uint64, tag = "5")]
    pub(super) owner: u64,
    #[prost(uint64, tag = "6")]
    pub(super) start: u64,
    #[prost(uint64, tag = "7")]
    pub(super) end: u64,
    #[prost(message, optional, tag = "8")]
    pub(super) checkpoint: Option<Checkpoint>,
    #[prost(uint64, tag = "9")]
    pub(super) gaps_to: u64,
    #[prost(uint64, tag = "10")]
    pub(super) first_dirty: u64,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Range {
    #[prost(uint64, tag = "1")]
    pub(super) stream: u64,
    #[prost(uint64, tag = "2")]
    pub(super) start: u64,
    #[prost(uint64, tag = "3")]
    pub(super) end: u64,
    #[prost(uint64, tag = "4")]
    pub(super) object: u64,
    #[prost(uint64, tag = "5")]
    pub(super) size: u64,
    #[prost(sint64, tag = "6")]
    pub(super) max_timestamp: i64,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Object {
    #[prost(uint64, tag = "1")]
    pub(super) id: u64,
    #[prost(uint32, tag = "2")]
    pub(super) kind: u32,
    #[prost(uint64, tag = "3")]
    pub(super) size: u64,
    #[prost(uint64, tag = "4")]
    pub(super) index_position: u64,
    /// Absent: it is live.
    #[prost(sint64, optional, tag = "5")]
    pub(super) destroyed_at: Option<i64>,
    /// Absent: it was written before this was known.
    #[prost(uint64, tag = "6")]
    pub(super) content: u64,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Lease {
    #[prost(uint64, tag = "1")]
    pub(super) first: u64,
    #[prost(uint64, tag = "2")]
    pub(super) end: u64,
    #[prost(uint64, tag = "3")]
    pub(super) broker: u64,
    #[prost(bytes = "vec", tag = "4")]
    pub(super) request: Vec<u8>,
    #[prost(sint64, tag = "5")]
    pub(super) deadline: i64,
    #[prost(bool, tag = "6")]
    pub(super) expired: bool,
}
