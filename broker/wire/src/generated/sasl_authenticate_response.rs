// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 36; versions 0-2, flexible from 2.

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Response of API 36; versions 0-2, flexible from 2.
#[derive(Clone, Debug, PartialEq)]
pub struct SaslAuthenticateResponse {
    /// Versions 0-2.
    pub error_code: i16,
    /// Versions 0-2; nullable 0-2.
    pub error_message: Option<WireString>,
    /// Versions 0-2.
    pub auth_bytes: Bytes,
    /// Versions 1-2; ignorable.
    pub session_lifetime_ms: i64,
}

impl Default for SaslAuthenticateResponse {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: Some(WireString::default()),
            auth_bytes: Bytes::default(),
            session_lifetime_ms: 0,
        }
    }
}

impl Message for SaslAuthenticateResponse {
    const NAME: &'static str = "SaslAuthenticateResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=2;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Element for SaslAuthenticateResponse {
    const SIZE_MIN: usize = 8;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let error_code = reader.i16()?;
        let error_message = reader.nullable_string(flexible)?;
        let auth_bytes = reader.bytes(flexible)?;
        let session_lifetime_ms = if version >= 1 { reader.i64()? } else { 0 };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { error_code, error_message, auth_bytes, session_lifetime_ms })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i16(self.error_code);
        writer.nullable_string(self.error_message.as_ref(), flexible)?;
        writer.bytes(&self.auth_bytes, flexible)?;
        if version >= 1 {
            writer.i64(self.session_lifetime_ms);
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
