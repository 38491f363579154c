// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 0; versions 3-13, flexible from 9.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Response of API 0; versions 3-13, flexible from 9.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProduceResponse {
    /// Versions 3-13.
    pub responses: Vec<TopicProduceResponse>,
    /// Versions 3-13; ignorable.
    pub throttle_time_ms: i32,
    /// Versions 10-13; tag 0.
    pub node_endpoints: Vec<NodeEndpoint>,
}

impl Message for ProduceResponse {
    const NAME: &'static str = "ProduceResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 3..=13;
    const FLEXIBLE_FROM: i16 = 9;
}

impl Element for ProduceResponse {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let responses = reader.array(version, flexible)?;
        let throttle_time_ms = reader.i32()?;
        let mut node_endpoints = Vec::new();
        if flexible {
            for _ in 0..reader.tag_count()? {
                let tag = reader.begin_tag()?;
                match tag.number {
                    0 if version >= 10 => {
                        node_endpoints = reader.array(version, flexible)?;
                    }
                    _ => reader.skip_tag(),
                }
                reader.end_tag(tag)?;
            }
        }
        Ok(Self { responses, throttle_time_ms, node_endpoints })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.array(&self.responses, version, flexible)?;
        writer.i32(self.throttle_time_ms);
        if version < 10 && !self.node_endpoints.is_empty() {
            return Err(EncodeError::not_in_version("ProduceResponse.node_endpoints", version));
        }
        if flexible {
            let has_node_endpoints = version >= 10 && !self.node_endpoints.is_empty();
            writer.tag_count(&[has_node_endpoints]);
            if has_node_endpoints {
                let start = writer.begin_tag(0);
                writer.array(&self.node_endpoints, version, flexible)?;
                writer.end_tag(start)?;
            }
        }
        Ok(())
    }
}

/// Versions 3-13.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicProduceResponse {
    /// Versions 3-12; ignorable.
    pub name: WireString,
    /// Versions 13; ignorable.
    pub topic_id: Uuid,
    /// Versions 3-13.
    pub partition_responses: Vec<PartitionProduceResponse>,
}

impl Element for TopicProduceResponse {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = if version <= 12 { reader.string(flexible)? } else { WireString::default() };
        let topic_id = if version >= 13 { reader.uuid()? } else { Uuid::ZERO };
        let partition_responses = reader.array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { name, topic_id, partition_responses })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        if version <= 12 {
            writer.string(&self.name, flexible)?;
        }
        if version >= 13 {
            writer.uuid(self.topic_id);
        }
        writer.array(&self.partition_responses, version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 3-13.
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionProduceResponse {
    /// Versions 3-13.
    pub index: i32,
    /// Versions 3-13.
    pub error_code: i16,
    /// Versions 3-13.
    pub base_offset: i64,
    /// Versions 3-13; ignorable; default -1.
    pub log_append_time_ms: i64,
    /// Versions 5-13; ignorable; default -1.
    pub log_start_offset: i64,
    /// Versions 8-13; ignorable.
    pub record_errors: Vec<BatchIndexAndErrorMessage>,
    /// Versions 8-13; nullable 8-13; ignorable; default null.
    pub error_message: Option<WireString>,
    /// Versions 10-13; tag 0.
    pub current_leader: LeaderIdAndEpoch,
}

impl Default for PartitionProduceResponse {
    fn default() -> Self {
        Self {
            index: 0,
            error_code: 0,
            base_offset: 0,
            log_append_time_ms: -1,
            log_start_offset: -1,
            record_errors: Vec::new(),
            error_message: None,
            current_leader: LeaderIdAndEpoch::default(),
        }
    }
}

impl Element for PartitionProduceResponse {
    const SIZE_MIN: usize = 22;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let index = reader.i32()?;
        let error_code = reader.i16()?;
        let base_offset = reader.i64()?;
        let log_append_time_ms = reader.i64()?;
        let log_start_offset = if version >= 5 { reader.i64()? } else { -1 };
        let record_errors =
            if version >= 8 { reader.array(version, flexible)? } else { Vec::new() };
        let error_message = if version >= 8 { reader.nullable_string(flexible)? } else { None };
        let mut current_leader = LeaderIdAndEpoch::default();
        if flexible {
            for _ in 0..reader.tag_count()? {
                let tag = reader.begin_tag()?;
                match tag.number {
                    0 if version >= 10 => {
                        current_leader = LeaderIdAndEpoch::read(reader, version, flexible)?;
                    }
                    _ => reader.skip_tag(),
                }
                reader.end_tag(tag)?;
            }
        }
        Ok(Self {
            index,
            error_code,
            base_offset,
            log_append_time_ms,
            log_start_offset,
            record_errors,
            error_message,
            current_leader,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.index);
        writer.i16(self.error_code);
        writer.i64(self.base_offset);
        writer.i64(self.log_append_time_ms);
        if version >= 5 {
            writer.i64(self.log_start_offset);
        }
        if version >= 8 {
            writer.array(&self.record_errors, version, flexible)?;
        }
        if version >= 8 {
            writer.nullable_string(self.error_message.as_ref(), flexible)?;
        }
        if version < 10 && self.current_leader != LeaderIdAndEpoch::default() {
            return Err(EncodeError::not_in_version(
                "PartitionProduceResponse.current_leader",
                version,
            ));
        }
        if flexible {
            let has_current_leader =
                version >= 10 && self.current_leader != LeaderIdAndEpoch::default();
            writer.tag_count(&[has_current_leader]);
            if has_current_leader {
                let start = writer.begin_tag(0);
                self.current_leader.write(writer, version, flexible)?;
                writer.end_tag(start)?;
            }
        }
        Ok(())
    }
}

/// Versions 8-13.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BatchIndexAndErrorMessage {
    /// Versions 8-13.
    pub batch_index: i32,
    /// Versions 8-13; nullable 8-13; default null.
    pub batch_index_error_message: Option<WireString>,
}

impl Element for BatchIndexAndErrorMessage {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let batch_index = reader.i32()?;
        let batch_index_error_message = reader.nullable_string(flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { batch_index, batch_index_error_message })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.batch_index);
        writer.nullable_string(self.batch_index_error_message.as_ref(), flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 10-13.
#[derive(Clone, Debug, PartialEq)]
pub struct LeaderIdAndEpoch {
    /// Versions 10-13; default -1.
    pub leader_id: i32,
    /// Versions 10-13; default -1.
    pub leader_epoch: i32,
}

impl Default for LeaderIdAndEpoch {
    fn default() -> Self {
        Self { leader_id: -1, leader_epoch: -1 }
    }
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

/// Versions 10-13.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeEndpoint {
    /// Versions 10-13.
    pub node_id: i32,
    /// Versions 10-13.
    pub host: WireString,
    /// Versions 10-13.
    pub port: i32,
    /// Versions 10-13; nullable 10-13; default null.
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
