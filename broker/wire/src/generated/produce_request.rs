// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 0; versions 3-13, flexible from 9.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::produce_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::records::Records;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Request of API 0; versions 3-13, flexible from 9.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProduceRequest {
    /// Versions 3-13; nullable 3-13; default null.
    pub transactional_id: Option<WireString>,
    /// Versions 3-13.
    pub acks: i16,
    /// Versions 3-13.
    pub timeout_ms: i32,
    /// Versions 3-13.
    pub topic_data: Vec<TopicProduceData>,
}

impl Message for ProduceRequest {
    const NAME: &'static str = "ProduceRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 3..=13;
    const FLEXIBLE_FROM: i16 = 9;
}

impl Request for ProduceRequest {
    const API_KEY: ApiKey = ApiKey::Produce;
    type Response = produce_response::ProduceResponse;
}

impl Element for ProduceRequest {
    const SIZE_MIN: usize = 9;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let transactional_id = reader.nullable_string(flexible)?;
        let acks = reader.i16()?;
        let timeout_ms = reader.i32()?;
        let topic_data = reader.array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { transactional_id, acks, timeout_ms, topic_data })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.nullable_string(self.transactional_id.as_ref(), flexible)?;
        writer.i16(self.acks);
        writer.i32(self.timeout_ms);
        writer.array(&self.topic_data, version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 3-13.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicProduceData {
    /// Versions 3-12; ignorable.
    pub name: WireString,
    /// Versions 13; ignorable.
    pub topic_id: Uuid,
    /// Versions 3-13.
    pub partition_data: Vec<PartitionProduceData>,
}

impl Element for TopicProduceData {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = if version <= 12 { reader.string(flexible)? } else { WireString::default() };
        let topic_id = if version >= 13 { reader.uuid()? } else { Uuid::ZERO };
        let partition_data = reader.array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { name, topic_id, partition_data })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        if version <= 12 {
            writer.string(&self.name, flexible)?;
        }
        if version >= 13 {
            writer.uuid(self.topic_id);
        }
        writer.array(&self.partition_data, version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 3-13.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionProduceData {
    /// Versions 3-13.
    pub index: i32,
    /// Versions 3-13; nullable 3-13; default null.
    pub records: Option<Records>,
}

impl Element for PartitionProduceData {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let index = reader.i32()?;
        let records = reader.nullable_records(flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { index, records })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.index);
        writer.nullable_records(self.records.as_ref(), flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
