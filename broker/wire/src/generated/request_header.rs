// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Header; versions 1-2, flexible from 2.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Header; versions 1-2, flexible from 2.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestHeader {
    /// Versions 1-2.
    pub request_api_key: i16,
    /// Versions 1-2.
    pub request_api_version: i16,
    /// Versions 1-2.
    pub correlation_id: i32,
    /// Versions 1-2; nullable 1-2.
    pub client_id: Option<WireString>,
}

impl Default for RequestHeader {
    fn default() -> Self {
        Self {
            request_api_key: 0,
            request_api_version: 0,
            correlation_id: 0,
            client_id: Some(WireString::default()),
        }
    }
}

impl Message for RequestHeader {
    const NAME: &'static str = "RequestHeader";
    const VERSIONS: std::ops::RangeInclusive<i16> = 1..=2;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Element for RequestHeader {
    const SIZE_MIN: usize = 10;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let request_api_key = reader.i16()?;
        let request_api_version = reader.i16()?;
        let correlation_id = reader.i32()?;
        let client_id = reader.nullable_string(false)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { request_api_key, request_api_version, correlation_id, client_id })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i16(self.request_api_key);
        writer.i16(self.request_api_version);
        writer.i32(self.correlation_id);
        writer.nullable_string(self.client_id.as_ref(), false)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
