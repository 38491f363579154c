// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Value of coordinator record type 15; versions 0, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Value of coordinator record type 15; versions 0, flexible from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareGroupStatePartitionMetadataValue {
    /// Versions 0.
    pub initializing_topics: Vec<TopicPartitionsInfo>,
    /// Versions 0.
    pub initialized_topics: Vec<TopicPartitionsInfo>,
    /// Versions 0.
    pub deleting_topics: Vec<TopicInfo>,
}

impl Message for ShareGroupStatePartitionMetadataValue {
    const NAME: &'static str = "ShareGroupStatePartitionMetadataValue";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Element for ShareGroupStatePartitionMetadataValue {
    const SIZE_MIN: usize = 4;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let initializing_topics = reader.array(version, flexible)?;
        let initialized_topics = reader.array(version, flexible)?;
        let deleting_topics = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { initializing_topics, initialized_topics, deleting_topics })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.array(&self.initializing_topics, version, flexible)?;
        writer.array(&self.initialized_topics, version, flexible)?;
        writer.array(&self.deleting_topics, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicPartitionsInfo {
    /// Versions 0.
    pub topic_id: Uuid,
    /// Versions 0.
    pub topic_name: WireString,
    /// Versions 0.
    pub partitions: Vec<i32>,
}

impl Element for TopicPartitionsInfo {
    const SIZE_MIN: usize = 19;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let topic_id = reader.uuid()?;
        let topic_name = reader.string(flexible)?;
        let partitions = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { topic_id, topic_name, partitions })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.uuid(self.topic_id);
        writer.string(&self.topic_name, flexible)?;
        writer.array(&self.partitions, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicInfo {
    /// Versions 0.
    pub topic_id: Uuid,
    /// Versions 0.
    pub topic_name: WireString,
}

impl Element for TopicInfo {
    const SIZE_MIN: usize = 18;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let topic_id = reader.uuid()?;
        let topic_name = reader.string(flexible)?;
        reader.skip_tags()?;
        Ok(Self { topic_id, topic_name })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.uuid(self.topic_id);
        writer.string(&self.topic_name, flexible)?;
        writer.no_tags();
        Ok(())
    }
}
