// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 43; versions 0-2, flexible from 2.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::elect_leaders_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 43; versions 0-2, flexible from 2.
#[derive(Clone, Debug, PartialEq)]
pub struct ElectLeadersRequest {
    /// Versions 1-2.
    pub election_type: i8,
    /// Versions 0-2; nullable 0-2.
    pub topic_partitions: Option<Vec<TopicPartitions>>,
    /// Versions 0-2; default 60000.
    pub timeout_ms: i32,
}

impl Default for ElectLeadersRequest {
    fn default() -> Self {
        Self { election_type: 0, topic_partitions: Some(Vec::new()), timeout_ms: 60000 }
    }
}

impl Message for ElectLeadersRequest {
    const NAME: &'static str = "ElectLeadersRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=2;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Request for ElectLeadersRequest {
    const API_KEY: ApiKey = ApiKey::ElectLeaders;
    type Response = elect_leaders_response::ElectLeadersResponse;
}

impl Element for ElectLeadersRequest {
    const SIZE_MIN: usize = 7;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let election_type = if version >= 1 { reader.i8()? } else { 0 };
        let topic_partitions = reader.nullable_array(version, flexible)?;
        let timeout_ms = reader.i32()?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { election_type, topic_partitions, timeout_ms })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        if version >= 1 {
            writer.i8(self.election_type);
        } else if self.election_type != 0 {
            return Err(EncodeError::not_in_version("ElectLeadersRequest.election_type", version));
        }
        writer.nullable_array(self.topic_partitions.as_deref(), version, flexible)?;
        writer.i32(self.timeout_ms);
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 0-2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicPartitions {
    /// Versions 0-2.
    pub topic: WireString,
    /// Versions 0-2.
    pub partitions: Vec<i32>,
}

impl Element for TopicPartitions {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let topic = reader.string(flexible)?;
        let partitions = reader.array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { topic, partitions })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.topic, flexible)?;
        writer.array(&self.partitions, version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
