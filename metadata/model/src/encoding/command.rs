//! The encoding of commands.

mod from_message;
mod to_message;

use prost::Message;

use super::message::{Checkpoint, Endpoint, Feature, Resource, Setting};
use super::{DecodeError, VERSION, required, versioned};
use crate::command::Command;

/// One command as bytes.
#[must_use]
pub fn encode_command(command: &Command) -> Vec<u8> {
    let message = CommandMessage { body: Some(command.into()) };
    let mut bytes = Vec::with_capacity(1 + message.encoded_len());
    bytes.push(VERSION);
    message.encode(&mut bytes).expect("a vector takes any number of bytes");
    bytes
}

/// The command that was encoded.
///
/// # Errors
/// When the bytes are of another version, damaged, or no command.
pub fn decode_command(bytes: &[u8]) -> Result<Command, DecodeError> {
    let message = CommandMessage::decode(versioned(bytes)?)?;
    required(message.body, "command")?.try_into()
}

#[derive(Clone, PartialEq, prost::Message)]
struct CommandMessage {
    #[prost(
        oneof = "Body",
        tags = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18"
    )]
    body: Option<Body>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum Body {
    #[prost(bytes, tag = "1")]
    Format(Vec<u8>),
    #[prost(message, tag = "2")]
    RegisterBroker(RegisterBroker),
    #[prost(uint64, tag = "3")]
    FenceBroker(u64),
    #[prost(message, tag = "4")]
    InheritWal(InheritWal),
    #[prost(message, tag = "5")]
    CreateTopic(CreateTopic),
    #[prost(message, tag = "6")]
    DeleteTopic(DeleteTopic),
    #[prost(message, tag = "7")]
    CreatePartitions(CreatePartitions),
    #[prost(message, tag = "8")]
    AlterConfigs(AlterConfigs),
    #[prost(message, tag = "9")]
    LeaseObjects(LeaseObjects),
    #[prost(message, tag = "10")]
    CommitUpload(CommitUpload),
    #[prost(message, tag = "11")]
    ExpireLeases(ExpireLeases),
    #[prost(message, tag = "12")]
    TrimStreams(TrimStreams),
    #[prost(message, tag = "13")]
    ForgetObjects(ForgetObjects),
    #[prost(message, tag = "14")]
    AllocateProducerIds(AllocateProducerIds),
    #[prost(message, tag = "15")]
    ForgetLeases(ForgetLeases),
    #[prost(message, tag = "16")]
    UpdateFeatures(UpdateFeatures),
    #[prost(message, tag = "17")]
    ReplaceRanges(ReplaceRanges),
    #[prost(message, tag = "18")]
    AdvanceFirstDirty(AdvanceFirstDirty),
}

#[derive(Clone, PartialEq, prost::Message)]
struct RegisterBroker {
    #[prost(sint32, tag = "1")]
    node: i32,
    #[prost(bytes = "vec", tag = "2")]
    incarnation: Vec<u8>,
    #[prost(message, repeated, tag = "3")]
    endpoints: Vec<Endpoint>,
    #[prost(string, optional, tag = "4")]
    rack: Option<String>,
    #[prost(uint32, tag = "5")]
    wal: u32,
}

#[derive(Clone, PartialEq, prost::Message)]
struct InheritWal {
    #[prost(uint64, tag = "1")]
    from: u64,
    #[prost(uint64, tag = "2")]
    to: u64,
    #[prost(uint64, optional, tag = "3")]
    end: Option<u64>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct CreateTopic {
    #[prost(bytes = "vec", tag = "1")]
    id: Vec<u8>,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(sint32, tag = "3")]
    replication_factor: i32,
    #[prost(sint32, repeated, tag = "4")]
    leaders: Vec<i32>,
    #[prost(message, repeated, tag = "5")]
    configs: Vec<Setting>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct DeleteTopic {
    #[prost(bytes = "vec", tag = "1")]
    id: Vec<u8>,
    #[prost(sint64, tag = "2")]
    now: i64,
}

#[derive(Clone, PartialEq, prost::Message)]
struct CreatePartitions {
    #[prost(bytes = "vec", tag = "1")]
    id: Vec<u8>,
    #[prost(uint32, tag = "2")]
    existing: u32,
    #[prost(sint32, repeated, tag = "3")]
    leaders: Vec<i32>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct AlterConfigs {
    #[prost(message, optional, tag = "1")]
    resource: Option<Resource>,
    #[prost(message, repeated, tag = "2")]
    changes: Vec<Setting>,
    #[prost(message, optional, tag = "3")]
    relies_on: Option<Settings>,
}

/// None at all is not the same as an absent one.
#[derive(Clone, PartialEq, prost::Message)]
struct Settings {
    #[prost(message, repeated, tag = "1")]
    settings: Vec<Setting>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct UpdateFeatures {
    #[prost(uint64, tag = "1")]
    epoch: u64,
    #[prost(message, repeated, tag = "2")]
    levels: Vec<Feature>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct LeaseObjects {
    #[prost(uint64, tag = "1")]
    broker: u64,
    #[prost(bytes = "vec", tag = "2")]
    request: Vec<u8>,
    #[prost(uint32, tag = "3")]
    count: u32,
    #[prost(sint64, tag = "4")]
    deadline: i64,
}

#[derive(Clone, PartialEq, prost::Message)]
struct CommitUpload {
    #[prost(uint64, tag = "1")]
    broker: u64,
    #[prost(uint64, tag = "2")]
    wal_start: u64,
    #[prost(uint64, tag = "3")]
    wal_end: u64,
    #[prost(message, repeated, tag = "4")]
    objects: Vec<UploadedObject>,
    #[prost(message, repeated, tag = "5")]
    ranges: Vec<UploadedRange>,
    #[prost(message, repeated, tag = "6")]
    checkpoints: Vec<StreamCheckpoint>,
    #[prost(sint64, tag = "7")]
    now: i64,
}

#[derive(Clone, PartialEq, prost::Message)]
struct UploadedObject {
    #[prost(uint64, tag = "1")]
    id: u64,
    #[prost(uint32, tag = "2")]
    kind: u32,
    #[prost(uint64, tag = "3")]
    size: u64,
    #[prost(uint64, tag = "4")]
    index_position: u64,
}

#[derive(Clone, PartialEq, prost::Message)]
struct UploadedRange {
    #[prost(uint64, tag = "1")]
    stream: u64,
    #[prost(uint32, tag = "2")]
    epoch: u32,
    #[prost(uint64, tag = "3")]
    start: u64,
    #[prost(uint64, tag = "4")]
    end: u64,
    #[prost(uint64, tag = "5")]
    object: u64,
    #[prost(uint64, tag = "6")]
    size: u64,
    #[prost(sint64, tag = "7")]
    max_timestamp: i64,
}

#[derive(Clone, PartialEq, prost::Message)]
struct StreamCheckpoint {
    #[prost(uint64, tag = "1")]
    stream: u64,
    #[prost(message, optional, tag = "2")]
    checkpoint: Option<Checkpoint>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ReplaceRanges {
    #[prost(uint64, tag = "1")]
    broker: u64,
    #[prost(message, optional, tag = "2")]
    object: Option<UploadedObject>,
    #[prost(message, repeated, tag = "3")]
    runs: Vec<ReplacedRun>,
    #[prost(message, repeated, tag = "4")]
    checkpoints: Vec<MovedCheckpoint>,
    #[prost(sint64, tag = "5")]
    now: i64,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ReplacedRun {
    #[prost(uint64, tag = "1")]
    stream: u64,
    #[prost(uint64, tag = "2")]
    start: u64,
    #[prost(uint64, tag = "3")]
    end: u64,
    #[prost(uint64, repeated, tag = "4")]
    objects: Vec<u64>,
    #[prost(uint64, tag = "5")]
    size: u64,
    #[prost(sint64, tag = "6")]
    max_timestamp: i64,
    #[prost(bool, tag = "7")]
    cleaned: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
struct MovedCheckpoint {
    #[prost(uint64, tag = "1")]
    stream: u64,
    #[prost(uint64, tag = "2")]
    from: u64,
    #[prost(message, optional, tag = "3")]
    to: Option<Checkpoint>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ExpireLeases {
    #[prost(uint64, repeated, tag = "1")]
    leases: Vec<u64>,
    #[prost(sint64, tag = "2")]
    now: i64,
}

#[derive(Clone, PartialEq, prost::Message)]
struct AdvanceFirstDirty {
    #[prost(uint64, tag = "1")]
    broker: u64,
    #[prost(message, repeated, tag = "2")]
    streams: Vec<FirstDirty>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct FirstDirty {
    #[prost(uint64, tag = "1")]
    stream: u64,
    #[prost(uint64, tag = "2")]
    offset: u64,
}

#[derive(Clone, PartialEq, prost::Message)]
struct TrimStreams {
    #[prost(uint64, tag = "1")]
    broker: u64,
    #[prost(message, repeated, tag = "2")]
    starts: Vec<StreamStart>,
    #[prost(sint64, tag = "3")]
    now: i64,
}

#[derive(Clone, PartialEq, prost::Message)]
struct StreamStart {
    #[prost(uint64, tag = "1")]
    stream: u64,
    #[prost(uint32, tag = "2")]
    epoch: u32,
    #[prost(uint64, tag = "3")]
    start: u64,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ForgetObjects {
    #[prost(uint64, repeated, tag = "1")]
    objects: Vec<u64>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ForgetLeases {
    #[prost(uint64, repeated, tag = "1")]
    leases: Vec<u64>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct AllocateProducerIds {
    #[prost(uint64, tag = "1")]
    broker: u64,
    #[prost(bytes = "vec", tag = "2")]
    request: Vec<u8>,
    #[prost(uint32, tag = "3")]
    count: u32,
}
