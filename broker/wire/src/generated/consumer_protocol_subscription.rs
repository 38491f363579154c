// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Data inside of other messages or records; versions 0-3, never flexible.

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Data inside of other messages or records; versions 0-3, never flexible.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsumerProtocolSubscription {
    /// Versions 0-3.
    pub topics: Vec<WireString>,
    /// Versions 0-3; nullable 0-3; default null.
    pub user_data: Option<Bytes>,
    /// Versions 1-3; ignorable.
    pub owned_partitions: Vec<TopicPartition>,
    /// Versions 2-3; ignorable; default -1.
    pub generation_id: i32,
    /// Versions 3; nullable 3; ignorable; default null.
    pub rack_id: Option<WireString>,
}

impl Default for ConsumerProtocolSubscription {
    fn default() -> Self {
        Self {
            topics: Vec::new(),
            user_data: None,
            owned_partitions: Vec::new(),
            generation_id: -1,
            rack_id: None,
        }
    }
}

impl Message for ConsumerProtocolSubscription {
    const NAME: &'static str = "ConsumerProtocolSubscription";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=3;
    const FLEXIBLE_FROM: i16 = i16::MAX;
}

impl Element for ConsumerProtocolSubscription {
    const SIZE_MIN: usize = 8;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let topics = reader.array(version, flexible)?;
        let user_data = reader.nullable_bytes(flexible)?;
        let owned_partitions =
            if version >= 1 { reader.array(version, flexible)? } else { Vec::new() };
        let generation_id = if version >= 2 { reader.i32()? } else { -1 };
        let rack_id = if version >= 3 { reader.nullable_string(flexible)? } else { None };
        Ok(Self { topics, user_data, owned_partitions, generation_id, rack_id })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.array(&self.topics, version, flexible)?;
        writer.nullable_bytes(self.user_data.as_ref(), flexible)?;
        if version >= 1 {
            writer.array(&self.owned_partitions, version, flexible)?;
        }
        if version >= 2 {
            writer.i32(self.generation_id);
        }
        if version >= 3 {
            writer.nullable_string(self.rack_id.as_ref(), flexible)?;
        }
        Ok(())
    }
}

/// Versions 1-3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicPartition {
    /// Versions 1-3.
    pub topic: WireString,
    /// Versions 1-3.
    pub partitions: Vec<i32>,
}

impl Element for TopicPartition {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let topic = reader.string(flexible)?;
        let partitions = reader.array(version, flexible)?;
        Ok(Self { topic, partitions })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.topic, flexible)?;
        writer.array(&self.partitions, version, flexible)?;
        Ok(())
    }
}
