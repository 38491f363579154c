// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Data inside of other messages or records; versions 0-3, never flexible.

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Data inside of other messages or records; versions 0-3, never flexible.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsumerProtocolAssignment {
    /// Versions 0-3.
    pub assigned_partitions: Vec<TopicPartition>,
    /// Versions 0-3; nullable 0-3; default null.
    pub user_data: Option<Bytes>,
}

impl Message for ConsumerProtocolAssignment {
    const NAME: &'static str = "ConsumerProtocolAssignment";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=3;
    const FLEXIBLE_FROM: i16 = i16::MAX;
}

impl Element for ConsumerProtocolAssignment {
    const SIZE_MIN: usize = 8;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let assigned_partitions = reader.array(version, flexible)?;
        let user_data = reader.nullable_bytes(flexible)?;
        Ok(Self { assigned_partitions, user_data })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.array(&self.assigned_partitions, version, flexible)?;
        writer.nullable_bytes(self.user_data.as_ref(), flexible)?;
        Ok(())
    }
}

/// Versions 0-3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicPartition {
    /// Versions 0-3.
    pub topic: WireString,
    /// Versions 0-3.
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
