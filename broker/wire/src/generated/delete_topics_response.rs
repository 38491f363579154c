// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 20; versions 1-6, flexible from 4.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Response of API 20; versions 1-6, flexible from 4.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteTopicsResponse {
    /// Versions 1-6; ignorable.
    pub throttle_time_ms: i32,
    /// Versions 1-6.
    pub responses: Vec<DeletableTopicResult>,
}

impl Message for DeleteTopicsResponse {
    const NAME: &'static str = "DeleteTopicsResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 1..=6;
    const FLEXIBLE_FROM: i16 = 4;
}

impl Element for DeleteTopicsResponse {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let responses = reader.array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { throttle_time_ms, responses })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.throttle_time_ms);
        writer.array(&self.responses, version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 1-6.
#[derive(Clone, Debug, PartialEq)]
pub struct DeletableTopicResult {
    /// Versions 1-6; nullable 6.
    pub name: Option<WireString>,
    /// Versions 6; ignorable.
    pub topic_id: Uuid,
    /// Versions 1-6.
    pub error_code: i16,
    /// Versions 5-6; nullable 5-6; ignorable; default null.
    pub error_message: Option<WireString>,
}

impl Default for DeletableTopicResult {
    fn default() -> Self {
        Self {
            name: Some(WireString::default()),
            topic_id: Uuid::ZERO,
            error_code: 0,
            error_message: None,
        }
    }
}

impl Element for DeletableTopicResult {
    const SIZE_MIN: usize = 4;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = if version >= 6 {
            reader.nullable_string(flexible)?
        } else {
            Some(reader.string(flexible)?)
        };
        let topic_id = if version >= 6 { reader.uuid()? } else { Uuid::ZERO };
        let error_code = reader.i16()?;
        let error_message = if version >= 5 { reader.nullable_string(flexible)? } else { None };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { name, topic_id, error_code, error_message })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        if version >= 6 {
            writer.nullable_string(self.name.as_ref(), flexible)?;
        } else {
            let present = self
                .name
                .as_ref()
                .ok_or(EncodeError::null_in_version("DeletableTopicResult.name", version))?;
            writer.string(present, flexible)?;
        }
        if version >= 6 {
            writer.uuid(self.topic_id);
        }
        writer.i16(self.error_code);
        if version >= 5 {
            writer.nullable_string(self.error_message.as_ref(), flexible)?;
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
