// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 56; versions 2-3, flexible from 2.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Response of API 56; versions 2-3, flexible from 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterPartitionResponse {
    /// Versions 2-3.
    pub throttle_time_ms: i32,
    /// Versions 2-3.
    pub error_code: i16,
    /// Versions 2-3.
    pub topics: Vec<TopicData>,
}

impl Message for AlterPartitionResponse {
    const NAME: &'static str = "AlterPartitionResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 2..=3;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Element for AlterPartitionResponse {
    const SIZE_MIN: usize = 8;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let error_code = reader.i16()?;
        let topics = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { throttle_time_ms, error_code, topics })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.throttle_time_ms);
        writer.i16(self.error_code);
        writer.array(&self.topics, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 2-3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicData {
    /// Versions 2-3; ignorable.
    pub topic_id: Uuid,
    /// Versions 2-3.
    pub partitions: Vec<PartitionData>,
}

impl Element for TopicData {
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

/// Versions 2-3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionData {
    /// Versions 2-3.
    pub partition_index: i32,
    /// Versions 2-3.
    pub error_code: i16,
    /// Versions 2-3.
    pub leader_id: i32,
    /// Versions 2-3.
    pub leader_epoch: i32,
    /// Versions 2-3.
    pub isr: Vec<i32>,
    /// Versions 2-3; ignorable.
    pub leader_recovery_state: i8,
    /// Versions 2-3.
    pub partition_epoch: i32,
}

impl Element for PartitionData {
    const SIZE_MIN: usize = 21;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let error_code = reader.i16()?;
        let leader_id = reader.i32()?;
        let leader_epoch = reader.i32()?;
        let isr = reader.array(version, flexible)?;
        let leader_recovery_state = reader.i8()?;
        let partition_epoch = reader.i32()?;
        reader.skip_tags()?;
        Ok(Self {
            partition_index,
            error_code,
            leader_id,
            leader_epoch,
            isr,
            leader_recovery_state,
            partition_epoch,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.partition_index);
        writer.i16(self.error_code);
        writer.i32(self.leader_id);
        writer.i32(self.leader_epoch);
        writer.array(&self.isr, version, flexible)?;
        writer.i8(self.leader_recovery_state);
        writer.i32(self.partition_epoch);
        writer.no_tags();
        Ok(())
    }
}
