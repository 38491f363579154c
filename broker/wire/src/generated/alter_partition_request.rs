// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 56; versions 2-3, flexible from 2.

use crate::error::{DecodeError, EncodeError};
use crate::generated::alter_partition_response;
use crate::generated::api_key::ApiKey;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Request of API 56; versions 2-3, flexible from 2.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterPartitionRequest {
    /// Versions 2-3.
    pub broker_id: i32,
    /// Versions 2-3; default -1.
    pub broker_epoch: i64,
    /// Versions 2-3.
    pub topics: Vec<TopicData>,
}

impl Default for AlterPartitionRequest {
    fn default() -> Self {
        Self { broker_id: 0, broker_epoch: -1, topics: Vec::new() }
    }
}

impl Message for AlterPartitionRequest {
    const NAME: &'static str = "AlterPartitionRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 2..=3;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Request for AlterPartitionRequest {
    const API_KEY: ApiKey = ApiKey::AlterPartition;
    type Response = alter_partition_response::AlterPartitionResponse;
}

impl Element for AlterPartitionRequest {
    const SIZE_MIN: usize = 14;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let broker_id = reader.i32()?;
        let broker_epoch = reader.i64()?;
        let topics = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { broker_id, broker_epoch, topics })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.broker_id);
        writer.i64(self.broker_epoch);
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
    pub leader_epoch: i32,
    /// Versions 2.
    pub new_isr: Vec<i32>,
    /// Versions 3.
    pub new_isr_with_epochs: Vec<BrokerState>,
    /// Versions 2-3.
    pub leader_recovery_state: i8,
    /// Versions 2-3.
    pub partition_epoch: i32,
}

impl Element for PartitionData {
    const SIZE_MIN: usize = 15;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let leader_epoch = reader.i32()?;
        let new_isr = if version <= 2 { reader.array(version, flexible)? } else { Vec::new() };
        let new_isr_with_epochs =
            if version >= 3 { reader.array(version, flexible)? } else { Vec::new() };
        let leader_recovery_state = reader.i8()?;
        let partition_epoch = reader.i32()?;
        reader.skip_tags()?;
        Ok(Self {
            partition_index,
            leader_epoch,
            new_isr,
            new_isr_with_epochs,
            leader_recovery_state,
            partition_epoch,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.partition_index);
        writer.i32(self.leader_epoch);
        if version <= 2 {
            writer.array(&self.new_isr, version, flexible)?;
        } else if !self.new_isr.is_empty() {
            return Err(EncodeError::not_in_version("PartitionData.new_isr", version));
        }
        if version >= 3 {
            writer.array(&self.new_isr_with_epochs, version, flexible)?;
        } else if !self.new_isr_with_epochs.is_empty() {
            return Err(EncodeError::not_in_version("PartitionData.new_isr_with_epochs", version));
        }
        writer.i8(self.leader_recovery_state);
        writer.i32(self.partition_epoch);
        writer.no_tags();
        Ok(())
    }
}

/// Versions 3.
#[derive(Clone, Debug, PartialEq)]
pub struct BrokerState {
    /// Versions 3.
    pub broker_id: i32,
    /// Versions 3; default -1.
    pub broker_epoch: i64,
}

impl Default for BrokerState {
    fn default() -> Self {
        Self { broker_id: 0, broker_epoch: -1 }
    }
}

impl Element for BrokerState {
    const SIZE_MIN: usize = 13;

    fn read(reader: &mut Reader, _version: i16, _flexible: bool) -> Result<Self, DecodeError> {
        let broker_id = reader.i32()?;
        let broker_epoch = reader.i64()?;
        reader.skip_tags()?;
        Ok(Self { broker_id, broker_epoch })
    }

    fn write(
        &self,
        writer: &mut Writer,
        _version: i16,
        _flexible: bool,
    ) -> Result<(), EncodeError> {
        writer.i32(self.broker_id);
        writer.i64(self.broker_epoch);
        writer.no_tags();
        Ok(())
    }
}
