// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 52; versions 0-2, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::vote_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Request of API 52; versions 0-2, flexible from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct VoteRequest {
    /// Versions 0-2; nullable 0-2; default null.
    pub cluster_id: Option<WireString>,
    /// Versions 1-2; ignorable; default -1.
    pub voter_id: i32,
    /// Versions 0-2.
    pub topics: Vec<TopicData>,
}

impl Default for VoteRequest {
    fn default() -> Self {
        Self { cluster_id: None, voter_id: -1, topics: Vec::new() }
    }
}

impl Message for VoteRequest {
    const NAME: &'static str = "VoteRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=2;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for VoteRequest {
    const API_KEY: ApiKey = ApiKey::Vote;
    type Response = vote_response::VoteResponse;
}

impl Element for VoteRequest {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let cluster_id = reader.nullable_string(flexible)?;
        let voter_id = if version >= 1 { reader.i32()? } else { -1 };
        let topics = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { cluster_id, voter_id, topics })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.nullable_string(self.cluster_id.as_ref(), flexible)?;
        if version >= 1 {
            writer.i32(self.voter_id);
        }
        writer.array(&self.topics, version, flexible)?;
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
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionData {
    /// Versions 0-2.
    pub partition_index: i32,
    /// Versions 0-2.
    pub replica_epoch: i32,
    /// Versions 0-2.
    pub replica_id: i32,
    /// Versions 1-2; ignorable.
    pub replica_directory_id: Uuid,
    /// Versions 1-2; ignorable.
    pub voter_directory_id: Uuid,
    /// Versions 0-2.
    pub last_offset_epoch: i32,
    /// Versions 0-2.
    pub last_offset: i64,
    /// Versions 2.
    pub pre_vote: bool,
}

impl Element for PartitionData {
    const SIZE_MIN: usize = 25;

    fn read(reader: &mut Reader, version: i16, _flexible: bool) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let replica_epoch = reader.i32()?;
        let replica_id = reader.i32()?;
        let replica_directory_id = if version >= 1 { reader.uuid()? } else { Uuid::ZERO };
        let voter_directory_id = if version >= 1 { reader.uuid()? } else { Uuid::ZERO };
        let last_offset_epoch = reader.i32()?;
        let last_offset = reader.i64()?;
        let pre_vote = if version >= 2 { reader.bool()? } else { false };
        reader.skip_tags()?;
        Ok(Self {
            partition_index,
            replica_epoch,
            replica_id,
            replica_directory_id,
            voter_directory_id,
            last_offset_epoch,
            last_offset,
            pre_vote,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, _flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.partition_index);
        writer.i32(self.replica_epoch);
        writer.i32(self.replica_id);
        if version >= 1 {
            writer.uuid(self.replica_directory_id);
        }
        if version >= 1 {
            writer.uuid(self.voter_directory_id);
        }
        writer.i32(self.last_offset_epoch);
        writer.i64(self.last_offset);
        if version >= 2 {
            writer.bool(self.pre_vote);
        } else if self.pre_vote {
            return Err(EncodeError::not_in_version("PartitionData.pre_vote", version));
        }
        writer.no_tags();
        Ok(())
    }
}
