// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 28; versions 0-5, flexible from 3.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::txn_offset_commit_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 28; versions 0-5, flexible from 3.
#[derive(Clone, Debug, PartialEq)]
pub struct TxnOffsetCommitRequest {
    /// Versions 0-5.
    pub transactional_id: WireString,
    /// Versions 0-5.
    pub group_id: WireString,
    /// Versions 0-5.
    pub producer_id: i64,
    /// Versions 0-5.
    pub producer_epoch: i16,
    /// Versions 3-5; default -1.
    pub generation_id: i32,
    /// Versions 3-5.
    pub member_id: WireString,
    /// Versions 3-5; nullable 3-5; default null.
    pub group_instance_id: Option<WireString>,
    /// Versions 0-5.
    pub topics: Vec<TxnOffsetCommitRequestTopic>,
}

impl Default for TxnOffsetCommitRequest {
    fn default() -> Self {
        Self {
            transactional_id: WireString::default(),
            group_id: WireString::default(),
            producer_id: 0,
            producer_epoch: 0,
            generation_id: -1,
            member_id: WireString::default(),
            group_instance_id: None,
            topics: Vec::new(),
        }
    }
}

impl Message for TxnOffsetCommitRequest {
    const NAME: &'static str = "TxnOffsetCommitRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=5;
    const FLEXIBLE_FROM: i16 = 3;
}

impl Request for TxnOffsetCommitRequest {
    const API_KEY: ApiKey = ApiKey::TxnOffsetCommit;
    type Response = txn_offset_commit_response::TxnOffsetCommitResponse;
}

impl Element for TxnOffsetCommitRequest {
    const SIZE_MIN: usize = 18;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let transactional_id = reader.string(flexible)?;
        let group_id = reader.string(flexible)?;
        let producer_id = reader.i64()?;
        let producer_epoch = reader.i16()?;
        let generation_id = if version >= 3 { reader.i32()? } else { -1 };
        let member_id = if version >= 3 { reader.string(flexible)? } else { WireString::default() };
        let group_instance_id = if version >= 3 { reader.nullable_string(flexible)? } else { None };
        let topics = reader.array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self {
            transactional_id,
            group_id,
            producer_id,
            producer_epoch,
            generation_id,
            member_id,
            group_instance_id,
            topics,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.transactional_id, flexible)?;
        writer.string(&self.group_id, flexible)?;
        writer.i64(self.producer_id);
        writer.i16(self.producer_epoch);
        if version >= 3 {
            writer.i32(self.generation_id);
        } else if self.generation_id != -1 {
            return Err(EncodeError::not_in_version(
                "TxnOffsetCommitRequest.generation_id",
                version,
            ));
        }
        if version >= 3 {
            writer.string(&self.member_id, flexible)?;
        } else if !self.member_id.is_empty() {
            return Err(EncodeError::not_in_version("TxnOffsetCommitRequest.member_id", version));
        }
        if version >= 3 {
            writer.nullable_string(self.group_instance_id.as_ref(), flexible)?;
        } else if self.group_instance_id.is_some() {
            return Err(EncodeError::not_in_version(
                "TxnOffsetCommitRequest.group_instance_id",
                version,
            ));
        }
        writer.array(&self.topics, version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 0-5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TxnOffsetCommitRequestTopic {
    /// Versions 0-5.
    pub name: WireString,
    /// Versions 0-5.
    pub partitions: Vec<TxnOffsetCommitRequestPartition>,
}

impl Element for TxnOffsetCommitRequestTopic {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = reader.string(flexible)?;
        let partitions = reader.array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { name, partitions })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.name, flexible)?;
        writer.array(&self.partitions, version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 0-5.
#[derive(Clone, Debug, PartialEq)]
pub struct TxnOffsetCommitRequestPartition {
    /// Versions 0-5.
    pub partition_index: i32,
    /// Versions 0-5.
    pub committed_offset: i64,
    /// Versions 2-5; ignorable; default -1.
    pub committed_leader_epoch: i32,
    /// Versions 0-5; nullable 0-5.
    pub committed_metadata: Option<WireString>,
}

impl Default for TxnOffsetCommitRequestPartition {
    fn default() -> Self {
        Self {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            committed_metadata: Some(WireString::default()),
        }
    }
}

impl Element for TxnOffsetCommitRequestPartition {
    const SIZE_MIN: usize = 14;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let committed_offset = reader.i64()?;
        let committed_leader_epoch = if version >= 2 { reader.i32()? } else { -1 };
        let committed_metadata = reader.nullable_string(flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { partition_index, committed_offset, committed_leader_epoch, committed_metadata })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.partition_index);
        writer.i64(self.committed_offset);
        if version >= 2 {
            writer.i32(self.committed_leader_epoch);
        }
        writer.nullable_string(self.committed_metadata.as_ref(), flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
