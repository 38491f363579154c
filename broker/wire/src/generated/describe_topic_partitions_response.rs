// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 75; versions 0, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Response of API 75; versions 0, flexible from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeTopicPartitionsResponse {
    /// Versions 0; ignorable.
    pub throttle_time_ms: i32,
    /// Versions 0.
    pub topics: Vec<DescribeTopicPartitionsResponseTopic>,
    /// Versions 0; nullable 0; default null.
    pub next_cursor: Option<Cursor>,
}

impl Message for DescribeTopicPartitionsResponse {
    const NAME: &'static str = "DescribeTopicPartitionsResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Element for DescribeTopicPartitionsResponse {
    const SIZE_MIN: usize = 7;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let topics = reader.array(version, flexible)?;
        let next_cursor = reader.nullable_structure(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { throttle_time_ms, topics, next_cursor })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.throttle_time_ms);
        writer.array(&self.topics, version, flexible)?;
        writer.nullable_structure(self.next_cursor.as_ref(), version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeTopicPartitionsResponseTopic {
    /// Versions 0.
    pub error_code: i16,
    /// Versions 0; nullable 0.
    pub name: Option<WireString>,
    /// Versions 0; ignorable.
    pub topic_id: Uuid,
    /// Versions 0; ignorable.
    pub is_internal: bool,
    /// Versions 0.
    pub partitions: Vec<DescribeTopicPartitionsResponsePartition>,
    /// Versions 0; default -2147483648.
    pub topic_authorized_operations: i32,
}

impl Default for DescribeTopicPartitionsResponseTopic {
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

impl Element for DescribeTopicPartitionsResponseTopic {
    const SIZE_MIN: usize = 26;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let error_code = reader.i16()?;
        let name = reader.nullable_string(flexible)?;
        let topic_id = reader.uuid()?;
        let is_internal = reader.bool()?;
        let partitions = reader.array(version, flexible)?;
        let topic_authorized_operations = reader.i32()?;
        reader.skip_tags()?;
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
        writer.nullable_string(self.name.as_ref(), flexible)?;
        writer.uuid(self.topic_id);
        writer.bool(self.is_internal);
        writer.array(&self.partitions, version, flexible)?;
        writer.i32(self.topic_authorized_operations);
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeTopicPartitionsResponsePartition {
    /// Versions 0.
    pub error_code: i16,
    /// Versions 0.
    pub partition_index: i32,
    /// Versions 0.
    pub leader_id: i32,
    /// Versions 0; ignorable; default -1.
    pub leader_epoch: i32,
    /// Versions 0.
    pub replica_nodes: Vec<i32>,
    /// Versions 0.
    pub isr_nodes: Vec<i32>,
    /// Versions 0; nullable 0; default null.
    pub eligible_leader_replicas: Option<Vec<i32>>,
    /// Versions 0; nullable 0; default null.
    pub last_known_elr: Option<Vec<i32>>,
    /// Versions 0; ignorable.
    pub offline_replicas: Vec<i32>,
}

impl Default for DescribeTopicPartitionsResponsePartition {
    fn default() -> Self {
        Self {
            error_code: 0,
            partition_index: 0,
            leader_id: 0,
            leader_epoch: -1,
            replica_nodes: Vec::new(),
            isr_nodes: Vec::new(),
            eligible_leader_replicas: None,
            last_known_elr: None,
            offline_replicas: Vec::new(),
        }
    }
}

impl Element for DescribeTopicPartitionsResponsePartition {
    const SIZE_MIN: usize = 20;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let error_code = reader.i16()?;
        let partition_index = reader.i32()?;
        let leader_id = reader.i32()?;
        let leader_epoch = reader.i32()?;
        let replica_nodes = reader.array(version, flexible)?;
        let isr_nodes = reader.array(version, flexible)?;
        let eligible_leader_replicas = reader.nullable_array(version, flexible)?;
        let last_known_elr = reader.nullable_array(version, flexible)?;
        let offline_replicas = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self {
            error_code,
            partition_index,
            leader_id,
            leader_epoch,
            replica_nodes,
            isr_nodes,
            eligible_leader_replicas,
            last_known_elr,
            offline_replicas,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i16(self.error_code);
        writer.i32(self.partition_index);
        writer.i32(self.leader_id);
        writer.i32(self.leader_epoch);
        writer.array(&self.replica_nodes, version, flexible)?;
        writer.array(&self.isr_nodes, version, flexible)?;
        writer.nullable_array(self.eligible_leader_replicas.as_deref(), version, flexible)?;
        writer.nullable_array(self.last_known_elr.as_deref(), version, flexible)?;
        writer.array(&self.offline_replicas, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cursor {
    /// Versions 0.
    pub topic_name: WireString,
    /// Versions 0.
    pub partition_index: i32,
}

impl Element for Cursor {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let topic_name = reader.string(flexible)?;
        let partition_index = reader.i32()?;
        reader.skip_tags()?;
        Ok(Self { topic_name, partition_index })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.topic_name, flexible)?;
        writer.i32(self.partition_index);
        writer.no_tags();
        Ok(())
    }
}
