// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 37; versions 0-3, flexible from 2.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::create_partitions_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 37; versions 0-3, flexible from 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreatePartitionsRequest {
    /// Versions 0-3.
    pub topics: Vec<CreatePartitionsTopic>,
    /// Versions 0-3.
    pub timeout_ms: i32,
    /// Versions 0-3.
    pub validate_only: bool,
}

impl Message for CreatePartitionsRequest {
    const NAME: &'static str = "CreatePartitionsRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=3;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Request for CreatePartitionsRequest {
    const API_KEY: ApiKey = ApiKey::CreatePartitions;
    type Response = create_partitions_response::CreatePartitionsResponse;
}

impl Element for CreatePartitionsRequest {
    const SIZE_MIN: usize = 7;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let topics = reader.array(version, flexible)?;
        let timeout_ms = reader.i32()?;
        let validate_only = reader.bool()?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { topics, timeout_ms, validate_only })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.array(&self.topics, version, flexible)?;
        writer.i32(self.timeout_ms);
        writer.bool(self.validate_only);
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 0-3.
#[derive(Clone, Debug, PartialEq)]
pub struct CreatePartitionsTopic {
    /// Versions 0-3.
    pub name: WireString,
    /// Versions 0-3.
    pub count: i32,
    /// Versions 0-3; nullable 0-3.
    pub assignments: Option<Vec<CreatePartitionsAssignment>>,
}

impl Default for CreatePartitionsTopic {
    fn default() -> Self {
        Self { name: WireString::default(), count: 0, assignments: Some(Vec::new()) }
    }
}

impl Element for CreatePartitionsTopic {
    const SIZE_MIN: usize = 7;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = reader.string(flexible)?;
        let count = reader.i32()?;
        let assignments = reader.nullable_array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { name, count, assignments })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.name, flexible)?;
        writer.i32(self.count);
        writer.nullable_array(self.assignments.as_deref(), version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 0-3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreatePartitionsAssignment {
    /// Versions 0-3.
    pub broker_ids: Vec<i32>,
}

impl Element for CreatePartitionsAssignment {
    const SIZE_MIN: usize = 2;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let broker_ids = reader.array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { broker_ids })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.array(&self.broker_ids, version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
