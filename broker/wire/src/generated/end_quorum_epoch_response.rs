// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 54; versions 0-1, flexible from 1.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Response of API 54; versions 0-1, flexible from 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EndQuorumEpochResponse {
    /// Versions 0-1.
    pub error_code: i16,
    /// Versions 0-1.
    pub topics: Vec<TopicData>,
    /// Versions 1; tag 0.
    pub node_endpoints: Vec<NodeEndpoint>,
}

impl Message for EndQuorumEpochResponse {
    const NAME: &'static str = "EndQuorumEpochResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=1;
    const FLEXIBLE_FROM: i16 = 1;
}

impl Element for EndQuorumEpochResponse {
    const SIZE_MIN: usize = 4;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let error_code = reader.i16()?;
        let topics = reader.array(version, flexible)?;
        let mut node_endpoints = Vec::new();
        if flexible {
            for _ in 0..reader.tag_count()? {
                let tag = reader.begin_tag()?;
                match tag.number {
                    0 => {
                        node_endpoints = reader.array(version, flexible)?;
                    }
                    _ => reader.skip_tag(),
                }
                reader.end_tag(tag)?;
            }
        }
        Ok(Self { error_code, topics, node_endpoints })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i16(self.error_code);
        writer.array(&self.topics, version, flexible)?;
        if version < 1 && !self.node_endpoints.is_empty() {
            return Err(EncodeError::not_in_version(
                "EndQuorumEpochResponse.node_endpoints",
                version,
            ));
        }
        if flexible {
            let has_node_endpoints = !self.node_endpoints.is_empty();
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
    pub error_code: i16,
    /// Versions 0-1.
    pub leader_id: i32,
    /// Versions 0-1.
    pub leader_epoch: i32,
}

impl Element for PartitionData {
    const SIZE_MIN: usize = 14;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let error_code = reader.i16()?;
        let leader_id = reader.i32()?;
        let leader_epoch = reader.i32()?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { partition_index, error_code, leader_id, leader_epoch })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.partition_index);
        writer.i16(self.error_code);
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
pub struct NodeEndpoint {
    /// Versions 1.
    pub node_id: i32,
    /// Versions 1.
    pub host: WireString,
    /// Versions 1.
    pub port: u16,
}

impl Element for NodeEndpoint {
    const SIZE_MIN: usize = 8;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let node_id = reader.i32()?;
        let host = reader.string(flexible)?;
        let port = reader.u16()?;
        reader.skip_tags()?;
        Ok(Self { node_id, host, port })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.node_id);
        writer.string(&self.host, flexible)?;
        writer.u16(self.port);
        writer.no_tags();
        Ok(())
    }
}
