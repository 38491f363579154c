// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 78; versions 1-2, flexible from 1.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::records::Records;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Response of API 78; versions 1-2, flexible from 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareFetchResponse {
    /// Versions 1-2.
    pub throttle_time_ms: i32,
    /// Versions 1-2.
    pub error_code: i16,
    /// Versions 1-2; nullable 1-2; default null.
    pub error_message: Option<WireString>,
    /// Versions 1-2.
    pub acquisition_lock_timeout_ms: i32,
    /// Versions 1-2.
    pub responses: Vec<ShareFetchableTopicResponse>,
    /// Versions 1-2.
    pub node_endpoints: Vec<NodeEndpoint>,
}

impl Message for ShareFetchResponse {
    const NAME: &'static str = "ShareFetchResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 1..=2;
    const FLEXIBLE_FROM: i16 = 1;
}

impl Element for ShareFetchResponse {
    const SIZE_MIN: usize = 14;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let error_code = reader.i16()?;
        let error_message = reader.nullable_string(flexible)?;
        let acquisition_lock_timeout_ms = reader.i32()?;
        let responses = reader.array(version, flexible)?;
        let node_endpoints = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self {
            throttle_time_ms,
            error_code,
            error_message,
            acquisition_lock_timeout_ms,
            responses,
            node_endpoints,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.throttle_time_ms);
        writer.i16(self.error_code);
        writer.nullable_string(self.error_message.as_ref(), flexible)?;
        writer.i32(self.acquisition_lock_timeout_ms);
        writer.array(&self.responses, version, flexible)?;
        writer.array(&self.node_endpoints, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 1-2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareFetchableTopicResponse {
    /// Versions 1-2.
    pub topic_id: Uuid,
    /// Versions 1-2.
    pub partitions: Vec<PartitionData>,
}

impl Element for ShareFetchableTopicResponse {
    const SIZE_MIN: usize = 18;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let topic_id = reader.uuid()?;
        let partitions = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { topic_id, partitions })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.uuid(self.topic_id);
        writer.array(&self.partitions, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 1-2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionData {
    /// Versions 1-2.
    pub partition_index: i32,
    /// Versions 1-2.
    pub error_code: i16,
    /// Versions 1-2; nullable 1-2; default null.
    pub error_message: Option<WireString>,
    /// Versions 1-2.
    pub acknowledge_error_code: i16,
    /// Versions 1-2; nullable 1-2; default null.
    pub acknowledge_error_message: Option<WireString>,
    /// Versions 1-2.
    pub current_leader: LeaderIdAndEpoch,
    /// Versions 1-2.
    pub records: Records,
    /// Versions 1-2.
    pub acquired_records: Vec<AcquiredRecords>,
}

impl Element for PartitionData {
    const SIZE_MIN: usize = 22;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let error_code = reader.i16()?;
        let error_message = reader.nullable_string(flexible)?;
        let acknowledge_error_code = reader.i16()?;
        let acknowledge_error_message = reader.nullable_string(flexible)?;
        let current_leader = LeaderIdAndEpoch::read(reader, version, flexible)?;
        let records = reader.records(flexible)?;
        let acquired_records = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self {
            partition_index,
            error_code,
            error_message,
            acknowledge_error_code,
            acknowledge_error_message,
            current_leader,
            records,
            acquired_records,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.partition_index);
        writer.i16(self.error_code);
        writer.nullable_string(self.error_message.as_ref(), flexible)?;
        writer.i16(self.acknowledge_error_code);
        writer.nullable_string(self.acknowledge_error_message.as_ref(), flexible)?;
        self.current_leader.write(writer, version, flexible)?;
        writer.records(&self.records, flexible)?;
        writer.array(&self.acquired_records, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 1-2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeaderIdAndEpoch {
    /// Versions 1-2.
    pub leader_id: i32,
    /// Versions 1-2.
    pub leader_epoch: i32,
}

impl Element for LeaderIdAndEpoch {
    const SIZE_MIN: usize = 9;

    fn read(reader: &mut Reader, _version: i16, _flexible: bool) -> Result<Self, DecodeError> {
        let leader_id = reader.i32()?;
        let leader_epoch = reader.i32()?;
        reader.skip_tags()?;
        Ok(Self { leader_id, leader_epoch })
    }

    fn write(
        &self,
        writer: &mut Writer,
        _version: i16,
        _flexible: bool,
    ) -> Result<(), EncodeError> {
        writer.i32(self.leader_id);
        writer.i32(self.leader_epoch);
        writer.no_tags();
        Ok(())
    }
}

/// Versions 1-2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AcquiredRecords {
    /// Versions 1-2.
    pub first_offset: i64,
    /// Versions 1-2.
    pub last_offset: i64,
    /// Versions 1-2.
    pub delivery_count: i16,
}

impl Element for AcquiredRecords {
    const SIZE_MIN: usize = 19;

    fn read(reader: &mut Reader, _version: i16, _flexible: bool) -> Result<Self, DecodeError> {
        let first_offset = reader.i64()?;
        let last_offset = reader.i64()?;
        let delivery_count = reader.i16()?;
        reader.skip_tags()?;
        Ok(Self { first_offset, last_offset, delivery_count })
    }

    fn write(
        &self,
        writer: &mut Writer,
        _version: i16,
        _flexible: bool,
    ) -> Result<(), EncodeError> {
        writer.i64(self.first_offset);
        writer.i64(self.last_offset);
        writer.i16(self.delivery_count);
        writer.no_tags();
        Ok(())
    }
}

/// Versions 1-2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeEndpoint {
    /// Versions 1-2.
    pub node_id: i32,
    /// Versions 1-2.
    pub host: WireString,
    /// Versions 1-2.
    pub port: i32,
    /// Versions 1-2; nullable 1-2; default null.
    pub rack: Option<WireString>,
}

impl Element for NodeEndpoint {
    const SIZE_MIN: usize = 11;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let node_id = reader.i32()?;
        let host = reader.string(flexible)?;
        let port = reader.i32()?;
        let rack = reader.nullable_string(flexible)?;
        reader.skip_tags()?;
        Ok(Self { node_id, host, port, rack })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.node_id);
        writer.string(&self.host, flexible)?;
        writer.i32(self.port);
        writer.nullable_string(self.rack.as_ref(), flexible)?;
        writer.no_tags();
        Ok(())
    }
}
