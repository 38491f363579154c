// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 45; versions 0-1, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::generated::alter_partition_reassignments_response;
use crate::generated::api_key::ApiKey;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 45; versions 0-1, flexible from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterPartitionReassignmentsRequest {
    /// Versions 0-1; default 60000.
    pub timeout_ms: i32,
    /// Versions 1; default true.
    pub allow_replication_factor_change: bool,
    /// Versions 0-1.
    pub topics: Vec<ReassignableTopic>,
}

impl Default for AlterPartitionReassignmentsRequest {
    fn default() -> Self {
        Self { timeout_ms: 60000, allow_replication_factor_change: true, topics: Vec::new() }
    }
}

impl Message for AlterPartitionReassignmentsRequest {
    const NAME: &'static str = "AlterPartitionReassignmentsRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=1;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for AlterPartitionReassignmentsRequest {
    const API_KEY: ApiKey = ApiKey::AlterPartitionReassignments;
    type Response = alter_partition_reassignments_response::AlterPartitionReassignmentsResponse;
}

impl Element for AlterPartitionReassignmentsRequest {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let timeout_ms = reader.i32()?;
        let allow_replication_factor_change = if version >= 1 { reader.bool()? } else { true };
        let topics = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { timeout_ms, allow_replication_factor_change, topics })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.timeout_ms);
        if version >= 1 {
            writer.bool(self.allow_replication_factor_change);
        } else if !self.allow_replication_factor_change {
            return Err(EncodeError::not_in_version(
                "AlterPartitionReassignmentsRequest.allow_replication_factor_change",
                version,
            ));
        }
        writer.array(&self.topics, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0-1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReassignableTopic {
    /// Versions 0-1.
    pub name: WireString,
    /// Versions 0-1.
    pub partitions: Vec<ReassignablePartition>,
}

impl Element for ReassignableTopic {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = reader.string(flexible)?;
        let partitions = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { name, partitions })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.name, flexible)?;
        writer.array(&self.partitions, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0-1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReassignablePartition {
    /// Versions 0-1.
    pub partition_index: i32,
    /// Versions 0-1; nullable 0-1; default null.
    pub replicas: Option<Vec<i32>>,
}

impl Element for ReassignablePartition {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let replicas = reader.nullable_array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { partition_index, replicas })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.partition_index);
        writer.nullable_array(self.replicas.as_deref(), version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}
