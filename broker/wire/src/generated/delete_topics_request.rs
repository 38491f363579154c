// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 20; versions 1-6, flexible from 4.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::delete_topics_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Request of API 20; versions 1-6, flexible from 4.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteTopicsRequest {
    /// Versions 6.
    pub topics: Vec<DeleteTopicState>,
    /// Versions 1-5; ignorable.
    pub topic_names: Vec<WireString>,
    /// Versions 1-6.
    pub timeout_ms: i32,
}

impl Message for DeleteTopicsRequest {
    const NAME: &'static str = "DeleteTopicsRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 1..=6;
    const FLEXIBLE_FROM: i16 = 4;
}

impl Request for DeleteTopicsRequest {
    const API_KEY: ApiKey = ApiKey::DeleteTopics;
    type Response = delete_topics_response::DeleteTopicsResponse;
}

impl Element for DeleteTopicsRequest {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let topics = if version >= 6 { reader.array(version, flexible)? } else { Vec::new() };
        let topic_names = if version <= 5 { reader.array(version, flexible)? } else { Vec::new() };
        let timeout_ms = reader.i32()?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { topics, topic_names, timeout_ms })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        if version >= 6 {
            writer.array(&self.topics, version, flexible)?;
        } else if !self.topics.is_empty() {
            return Err(EncodeError::not_in_version("DeleteTopicsRequest.topics", version));
        }
        if version <= 5 {
            writer.array(&self.topic_names, version, flexible)?;
        }
        writer.i32(self.timeout_ms);
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 6.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteTopicState {
    /// Versions 6; nullable 6; default null.
    pub name: Option<WireString>,
    /// Versions 6.
    pub topic_id: Uuid,
}

impl Element for DeleteTopicState {
    const SIZE_MIN: usize = 18;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = reader.nullable_string(flexible)?;
        let topic_id = reader.uuid()?;
        reader.skip_tags()?;
        Ok(Self { name, topic_id })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.nullable_string(self.name.as_ref(), flexible)?;
        writer.uuid(self.topic_id);
        writer.no_tags();
        Ok(())
    }
}
