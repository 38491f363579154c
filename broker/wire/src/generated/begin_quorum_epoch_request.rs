// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 53; versions 0-1, flexible from 1.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::begin_quorum_epoch_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Request of API 53; versions 0-1, flexible from 1.
#[derive(Clone, Debug, PartialEq)]
pub struct BeginQuorumEpochRequest {
    /// Versions 0-1; nullable 0-1; default null.
    pub cluster_id: Option<WireString>,
    /// Versions 1; ignorable; default -1.
    pub voter_id: i32,
    /// Versions 0-1.
    pub topics: Vec<TopicData>,
    /// Versions 1; ignorable.
    pub leader_endpoints: Vec<LeaderEndpoint>,
}

impl Default for BeginQuorumEpochRequest {
    fn default() -> Self {
        Self { cluster_id: None, voter_id: -1, topics: Vec::new(), leader_endpoints: Vec::new() }
    }
}

impl Message for BeginQuorumEpochRequest {
    const NAME: &'static str = "BeginQuorumEpochRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=1;
    const FLEXIBLE_FROM: i16 = 1;
}

impl Request for BeginQuorumEpochRequest {
    const API_KEY: ApiKey = ApiKey::BeginQuorumEpoch;
    type Response = begin_quorum_epoch_response::BeginQuorumEpochResponse;
}

impl Element for BeginQuorumEpochRequest {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let cluster_id = reader.nullable_string(flexible)?;
        let voter_id = if version >= 1 { reader.i32()? } else { -1 };
        let topics = reader.array(version, flexible)?;
        let leader_endpoints =
            if version >= 1 { reader.array(version, flexible)? } else { Vec::new() };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { cluster_id, voter_id, topics, leader_endpoints })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.nullable_string(self.cluster_id.as_ref(), flexible)?;
        if version >= 1 {
            writer.i32(self.voter_id);
        }
        writer.array(&self.topics, version, flexible)?;
        if version >= 1 {
            writer.array(&self.leader_endpoints, version, flexible)?;
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 0-1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicData {
    /// Versions 0-1.
    pub topic_name: WireString,
    /// Versions 0-1.
    pub partitions: Vec<PartitionData>,
}

impl Element for TopicData {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let topic_name = reader.string(flexible)?;
        let partitions = reader.array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { topic_name, partitions })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.topic_name, flexible)?;
        writer.array(&self.partitions, version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 0-1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionData {
    /// Versions 0-1.
    pub partition_index: i32,
    /// Versions 1; ignorable.
    pub voter_directory_id: Uuid,
    /// Versions 0-1.
    pub leader_id: i32,
    /// Versions 0-1.
    pub leader_epoch: i32,
}

impl Element for PartitionData {
    const SIZE_MIN: usize = 12;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let voter_directory_id = if version >= 1 { reader.uuid()? } else { Uuid::ZERO };
        let leader_id = reader.i32()?;
        let leader_epoch = reader.i32()?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { partition_index, voter_directory_id, leader_id, leader_epoch })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.partition_index);
        if version >= 1 {
            writer.uuid(self.voter_directory_id);
        }
        writer.i32(self.leader_id);
        writer.i32(self.leader_epoch);
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeaderEndpoint {
    /// Versions 1.
    pub name: WireString,
    /// Versions 1.
    pub host: WireString,
    /// Versions 1.
    pub port: u16,
}

impl Element for LeaderEndpoint {
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
