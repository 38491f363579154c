// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 55; versions 0-2, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Response of API 55; versions 0-2, flexible from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeQuorumResponse {
    /// Versions 0-2.
    pub error_code: i16,
    /// Versions 2; nullable 2; ignorable.
    pub error_message: Option<WireString>,
    /// Versions 0-2.
    pub topics: Vec<TopicData>,
    /// Versions 2.
    pub nodes: Vec<Node>,
}

impl Default for DescribeQuorumResponse {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: Some(WireString::default()),
            topics: Vec::new(),
            nodes: Vec::new(),
        }
    }
}

impl Message for DescribeQuorumResponse {
    const NAME: &'static str = "DescribeQuorumResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=2;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Element for DescribeQuorumResponse {
    const SIZE_MIN: usize = 4;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let error_code = reader.i16()?;
        let error_message = if version >= 2 {
            reader.nullable_string(flexible)?
        } else {
            Some(WireString::default())
        };
        let topics = reader.array(version, flexible)?;
        let nodes = if version >= 2 { reader.array(version, flexible)? } else { Vec::new() };
        reader.skip_tags()?;
        Ok(Self { error_code, error_message, topics, nodes })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i16(self.error_code);
        if version >= 2 {
            writer.nullable_string(self.error_message.as_ref(), flexible)?;
        }
        writer.array(&self.topics, version, flexible)?;
        if version >= 2 {
            writer.array(&self.nodes, version, flexible)?;
        } else if !self.nodes.is_empty() {
            return Err(EncodeError::not_in_version("DescribeQuorumResponse.nodes", version));
        }
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0-2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicData {
    /// Versions 0-2.
    pub topic_name: WireString,
    /// Versions 0-2.
    pub partitions: Vec<PartitionData>,
}

impl Element for TopicData {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let topic_name = reader.string(flexible)?;
        let partitions = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { topic_name, partitions })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.topic_name, flexible)?;
        writer.array(&self.partitions, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0-2.
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionData {
    /// Versions 0-2.
    pub partition_index: i32,
    /// Versions 0-2.
    pub error_code: i16,
    /// Versions 2; nullable 2; ignorable.
    pub error_message: Option<WireString>,
    /// Versions 0-2.
    pub leader_id: i32,
    /// Versions 0-2.
    pub leader_epoch: i32,
    /// Versions 0-2.
    pub high_watermark: i64,
    /// Versions 0-2.
    pub current_voters: Vec<ReplicaState>,
    /// Versions 0-2.
    pub observers: Vec<ReplicaState>,
}

impl Default for PartitionData {
    fn default() -> Self {
        Self {
            partition_index: 0,
            error_code: 0,
            error_message: Some(WireString::default()),
            leader_id: 0,
            leader_epoch: 0,
            high_watermark: 0,
            current_voters: Vec::new(),
            observers: Vec::new(),
        }
    }
}

impl Element for PartitionData {
    const SIZE_MIN: usize = 25;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let error_code = reader.i16()?;
        let error_message = if version >= 2 {
            reader.nullable_string(flexible)?
        } else {
            Some(WireString::default())
        };
        let leader_id = reader.i32()?;
        let leader_epoch = reader.i32()?;
        let high_watermark = reader.i64()?;
        let current_voters = reader.array(version, flexible)?;
        let observers = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self {
            partition_index,
            error_code,
            error_message,
            leader_id,
            leader_epoch,
            high_watermark,
            current_voters,
            observers,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.partition_index);
        writer.i16(self.error_code);
        if version >= 2 {
            writer.nullable_string(self.error_message.as_ref(), flexible)?;
        }
        writer.i32(self.leader_id);
        writer.i32(self.leader_epoch);
        writer.i64(self.high_watermark);
        writer.array(&self.current_voters, version, flexible)?;
        writer.array(&self.observers, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0-2.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplicaState {
    /// Versions 0-2.
    pub replica_id: i32,
    /// Versions 2.
    pub replica_directory_id: Uuid,
    /// Versions 0-2.
    pub log_end_offset: i64,
    /// Versions 1-2; ignorable; default -1.
    pub last_fetch_timestamp: i64,
    /// Versions 1-2; ignorable; default -1.
    pub last_caught_up_timestamp: i64,
}

impl Default for ReplicaState {
    fn default() -> Self {
        Self {
            replica_id: 0,
            replica_directory_id: Uuid::ZERO,
            log_end_offset: 0,
            last_fetch_timestamp: -1,
            last_caught_up_timestamp: -1,
        }
    }
}

impl Element for ReplicaState {
    const SIZE_MIN: usize = 13;

    fn read(reader: &mut Reader, version: i16, _flexible: bool) -> Result<Self, DecodeError> {
        let replica_id = reader.i32()?;
        let replica_directory_id = if version >= 2 { reader.uuid()? } else { Uuid::ZERO };
        let log_end_offset = reader.i64()?;
        let last_fetch_timestamp = if version >= 1 { reader.i64()? } else { -1 };
        let last_caught_up_timestamp = if version >= 1 { reader.i64()? } else { -1 };
        reader.skip_tags()?;
        Ok(Self {
            replica_id,
            replica_directory_id,
            log_end_offset,
            last_fetch_timestamp,
            last_caught_up_timestamp,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, _flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.replica_id);
        if version >= 2 {
            writer.uuid(self.replica_directory_id);
        } else if self.replica_directory_id != Uuid::ZERO {
            return Err(EncodeError::not_in_version("ReplicaState.replica_directory_id", version));
        }
        writer.i64(self.log_end_offset);
        if version >= 1 {
            writer.i64(self.last_fetch_timestamp);
        }
        if version >= 1 {
            writer.i64(self.last_caught_up_timestamp);
        }
        writer.no_tags();
        Ok(())
    }
}

/// Versions 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// Versions 2.
    pub node_id: i32,
    /// Versions 2.
    pub listeners: Vec<Listener>,
}

impl Element for Node {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let node_id = reader.i32()?;
        let listeners = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { node_id, listeners })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.node_id);
        writer.array(&self.listeners, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listener {
    /// Versions 2.
    pub name: WireString,
    /// Versions 2.
    pub host: WireString,
    /// Versions 2.
    pub port: u16,
}

impl Element for Listener {
    const SIZE_MIN: usize = 5;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = reader.string(flexible)?;
        let host = reader.string(flexible)?;
        let port = reader.u16()?;
        reader.skip_tags()?;
        Ok(Self { name, host, port })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.name, flexible)?;
        writer.string(&self.host, flexible)?;
        writer.u16(self.port);
        writer.no_tags();
        Ok(())
    }
}
