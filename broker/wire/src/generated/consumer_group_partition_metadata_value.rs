// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Value of coordinator record type 4; versions 0, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Value of coordinator record type 4; versions 0, flexible from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsumerGroupPartitionMetadataValue {
    /// Versions 0.
    pub topics: Vec<TopicMetadata>,
}

impl Message for ConsumerGroupPartitionMetadataValue {
    const NAME: &'static str = "ConsumerGroupPartitionMetadataValue";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Element for ConsumerGroupPartitionMetadataValue {
    const SIZE_MIN: usize = 2;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let topics = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { topics })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.array(&self.topics, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicMetadata {
    /// Versions 0.
    pub topic_id: Uuid,
    /// Versions 0.
    pub topic_name: WireString,
    /// Versions 0.
    pub num_partitions: i32,
    /// Versions 0.
    pub partition_metadata: Vec<PartitionMetadata>,
}

impl Element for TopicMetadata {
    const SIZE_MIN: usize = 23;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let topic_id = reader.uuid()?;
        let topic_name = reader.string(flexible)?;
        let num_partitions = reader.i32()?;
        let partition_metadata = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { topic_id, topic_name, num_partitions, partition_metadata })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.uuid(self.topic_id);
        writer.string(&self.topic_name, flexible)?;
        writer.i32(self.num_partitions);
        writer.array(&self.partition_metadata, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionMetadata {
    /// Versions 0.
    pub partition: i32,
    /// Versions 0.
    pub racks: Vec<WireString>,
}

impl Element for PartitionMetadata {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let partition = reader.i32()?;
        let racks = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { partition, racks })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.partition);
        writer.array(&self.racks, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}
