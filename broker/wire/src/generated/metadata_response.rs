// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 3; versions 0-13, flexible from 9.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Response of API 3; versions 0-13, flexible from 9.
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataResponse {
    /// Versions 3-13; ignorable.
    pub throttle_time_ms: i32,
    /// Versions 0-13.
    pub brokers: Vec<MetadataResponseBroker>,
    /// Versions 2-13; nullable 2-13; ignorable; default null.
    pub cluster_id: Option<WireString>,
    /// Versions 1-13; ignorable; default -1.
    pub controller_id: i32,
    /// Versions 0-13.
    pub topics: Vec<MetadataResponseTopic>,
    /// Versions 8-10; default -2147483648.
    pub cluster_authorized_operations: i32,
    /// Versions 13; ignorable.
    pub error_code: i16,
}

impl Default for MetadataResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            brokers: Vec::new(),
            cluster_id: None,
            controller_id: -1,
            topics: Vec::new(),
            cluster_authorized_operations: i32::MIN,
            error_code: 0,
        }
    }
}

impl Message for MetadataResponse {
    const NAME: &'static str = "MetadataResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=13;
    const FLEXIBLE_FROM: i16 = 9;
}

impl Element for MetadataResponse {
    const SIZE_MIN: usize = 8;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let throttle_time_ms = if version >= 3 { reader.i32()? } else { 0 };
        let brokers = reader.array(version, flexible)?;
        let cluster_id = if version >= 2 { reader.nullable_string(flexible)? } else { None };
        let controller_id = if version >= 1 { reader.i32()? } else { -1 };
        let topics = reader.array(version, flexible)?;
        let cluster_authorized_operations =
            if (8..=10).contains(&version) { reader.i32()? } else { i32::MIN };
        let error_code = if version >= 13 { reader.i16()? } else { 0 };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self {
            throttle_time_ms,
            brokers,
            cluster_id,
            controller_id,
            topics,
            cluster_authorized_operations,
            error_code,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        if version >= 3 {
            writer.i32(self.throttle_time_ms);
        }
        writer.array(&self.brokers, version, flexible)?;
        if version >= 2 {
            writer.nullable_string(self.cluster_id.as_ref(), flexible)?;
        }
        if version >= 1 {
            writer.i32(self.controller_id);
        }
        writer.array(&self.topics, version, flexible)?;
        if (8..=10).contains(&version) {
            writer.i32(self.cluster_authorized_operations);
        } else if self.cluster_authorized_operations != i32::MIN {
            return Err(EncodeError::not_in_version(
                "MetadataResponse.cluster_authorized_operations",
                version,
            ));
        }
        if version >= 13 {
            writer.i16(self.error_code);
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 0-13.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MetadataResponseBroker {
    /// Versions 0-13.
    pub node_id: i32,
    /// Versions 0-13.
    pub host: WireString,
    /// Versions 0-13.
    pub port: i32,
    /// Versions 1-13; nullable 1-13; ignorable; default null.
    pub rack: Option<WireString>,
}

impl Element for MetadataResponseBroker {
    const SIZE_MIN: usize = 10;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let node_id = reader.i32()?;
        let host = reader.string(flexible)?;
        let port = reader.i32()?;
        let rack = if version >= 1 { reader.nullable_string(flexible)? } else { None };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { node_id, host, port, rack })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.node_id);
        writer.string(&self.host, flexible)?;
        writer.i32(self.port);
        if version >= 1 {
            writer.nullable_string(self.rack.as_ref(), flexible)?;
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 0-13.
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataResponseTopic {
    /// Versions 0-13.
    pub error_code: i16,
    /// Versions 0-13; nullable 12-13.
    pub name: Option<WireString>,
    /// Versions 10-13; ignorable.
    pub topic_id: Uuid,
    /// Versions 1-13; ignorable.
    pub is_internal: bool,
    /// Versions 0-13.
    pub partitions: Vec<MetadataResponsePartition>,
    /// Versions 8-13; default -2147483648.
    pub topic_authorized_operations: i32,
}

impl Default for MetadataResponseTopic {
    fn default() -> Self {
        Self {
            error_code: 0,
            name: Some(WireString::default()),
            topic_id: Uuid::ZERO,
            is_internal: false,
            partitions: Vec::new(),
            topic_authorized_operations: i32::MIN,
        }
    }
}

impl Element for MetadataResponseTopic {
    const SIZE_MIN: usize = 8;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let error_code = reader.i16()?;
        let name = if version >= 12 {
            reader.nullable_string(flexible)?
        } else {
            Some(reader.string(flexible)?)
        };
        let topic_id = if version >= 10 { reader.uuid()? } else { Uuid::ZERO };
        let is_internal = if version >= 1 { reader.bool()? } else { false };
        let partitions = reader.array(version, flexible)?;
        let topic_authorized_operations = if version >= 8 { reader.i32()? } else { i32::MIN };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self {
            error_code,
            name,
            topic_id,
            is_internal,
            partitions,
            topic_authorized_operations,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i16(self.error_code);
        if version >= 12 {
            writer.nullable_string(self.name.as_ref(), flexible)?;
        } else {
            let present = self
                .name
                .as_ref()
                .ok_or(EncodeError::null_in_version("MetadataResponseTopic.name", version))?;
            writer.string(present, flexible)?;
        }
        if version >= 10 {
            writer.uuid(self.topic_id);
        }
        if version >= 1 {
            writer.bool(self.is_internal);
        }
        writer.array(&self.partitions, version, flexible)?;
        if version >= 8 {
            writer.i32(self.topic_authorized_operations);
        } else if self.topic_authorized_operations != i32::MIN {
            return Err(EncodeError::not_in_version(
                "MetadataResponseTopic.topic_authorized_operations",
                version,
            ));
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 0-13.
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataResponsePartition {
    /// Versions 0-13.
    pub error_code: i16,
    /// Versions 0-13.
    pub partition_index: i32,
    /// Versions 0-13.
    pub leader_id: i32,
    /// Versions 7-13; ignorable; default -1.
    pub leader_epoch: i32,
    /// Versions 0-13.
    pub replica_nodes: Vec<i32>,
    /// Versions 0-13.
    pub isr_nodes: Vec<i32>,
    /// Versions 5-13; ignorable.
    pub offline_replicas: Vec<i32>,
}

impl Default for MetadataResponsePartition {
    fn default() -> Self {
        Self {
            error_code: 0,
            partition_index: 0,
            leader_id: 0,
            leader_epoch: -1,
            replica_nodes: Vec::new(),
            isr_nodes: Vec::new(),
            offline_replicas: Vec::new(),
        }
    }
}

impl Element for MetadataResponsePartition {
    const SIZE_MIN: usize = 18;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let error_code = reader.i16()?;
        let partition_index = reader.i32()?;
        let leader_id = reader.i32()?;
        let leader_epoch = if version >= 7 { reader.i32()? } else { -1 };
        let replica_nodes = reader.array(version, flexible)?;
        let isr_nodes = reader.array(version, flexible)?;
        let offline_replicas =
            if version >= 5 { reader.array(version, flexible)? } else { Vec::new() };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self {
            error_code,
            partition_index,
            leader_id,
            leader_epoch,
            replica_nodes,
            isr_nodes,
            offline_replicas,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i16(self.error_code);
        writer.i32(self.partition_index);
        writer.i32(self.leader_id);
        if version >= 7 {
            writer.i32(self.leader_epoch);
        }
        writer.array(&self.replica_nodes, version, flexible)?;
        writer.array(&self.isr_nodes, version, flexible)?;
        if version >= 5 {
            writer.array(&self.offline_replicas, version, flexible)?;
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
