// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 54; versions 0-1, flexible from 1.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::end_quorum_epoch_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Request of API 54; versions 0-1, flexible from 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EndQuorumEpochRequest {
    /// Versions 0-1; nullable 0-1; default null.
    pub cluster_id: Option<WireString>,
    /// Versions 0-1.
    pub topics: Vec<TopicData>,
    /// Versions 1; ignorable.
    pub leader_endpoints: Vec<LeaderEndpoint>,
}

impl Message for EndQuorumEpochRequest {
    const NAME: &'static str = "EndQuorumEpochRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=1;
    const FLEXIBLE_FROM: i16 = 1;
}

impl Request for EndQuorumEpochRequest {
    const API_KEY: ApiKey = ApiKey::EndQuorumEpoch;
    type Response = end_quorum_epoch_response::EndQuorumEpochResponse;
}

impl Element for EndQuorumEpochRequest {
    const SIZE_MIN: usize = 4;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let cluster_id = reader.nullable_string(flexible)?;
        let topics = reader.array(version, flexible)?;
        let leader_endpoints =
            if version >= 1 { reader.array(version, flexible)? } else { Vec::new() };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { cluster_id, topics, leader_endpoints })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.nullable_string(self.cluster_id.as_ref(), flexible)?;
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
    /// Versions 0-1.
    pub leader_id: i32,
    /// Versions 0-1.
    pub leader_epoch: i32,
    /// Versions 0; ignorable.
    pub preferred_successors: Vec<i32>,
    /// Versions 1; ignorable.
    pub preferred_candidates: Vec<ReplicaInfo>,
}

impl Element for PartitionData {
    const SIZE_MIN: usize = 14;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let leader_id = reader.i32()?;
        let leader_epoch = reader.i32()?;
        let preferred_successors =
            if version <= 0 { reader.array(version, flexible)? } else { Vec::new() };
        let preferred_candidates =
            if version >= 1 { reader.array(version, flexible)? } else { Vec::new() };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self {
            partition_index,
            leader_id,
            leader_epoch,
            preferred_successors,
            preferred_candidates,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.partition_index);
        writer.i32(self.leader_id);
        writer.i32(self.leader_epoch);
        if version <= 0 {
            writer.array(&self.preferred_successors, version, flexible)?;
        }
        if version >= 1 {
            writer.array(&self.preferred_candidates, version, flexible)?;
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReplicaInfo {
    /// Versions 1.
    pub candidate_id: i32,
    /// Versions 1.
    pub candidate_directory_id: Uuid,
}

impl Element for ReplicaInfo {
    const SIZE_MIN: usize = 21;

    fn read(reader: &mut Reader, _version: i16, _flexible: bool) -> Result<Self, DecodeError> {
        let candidate_id = reader.i32()?;
        let candidate_directory_id = reader.uuid()?;
        reader.skip_tags()?;
        Ok(Self { candidate_id, candidate_directory_id })
    }

    fn write(
        &self,
        writer: &mut Writer,
        _version: i16,
        _flexible: bool,
    ) -> Result<(), EncodeError> {
        writer.i32(self.candidate_id);
        writer.uuid(self.candidate_directory_id);
        writer.no_tags();
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
