// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 36; versions 0-2, flexible from 2.

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::sasl_authenticate_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::writer::Writer;

/// Request of API 36; versions 0-2, flexible from 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SaslAuthenticateRequest {
    /// Versions 0-2.
    pub auth_bytes: Bytes,
}

impl Message for SaslAuthenticateRequest {
    const NAME: &'static str = "SaslAuthenticateRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=2;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Request for SaslAuthenticateRequest {
    const API_KEY: ApiKey = ApiKey::SaslAuthenticate;
    type Response = sasl_authenticate_response::SaslAuthenticateResponse;
}

impl Element for SaslAuthenticateRequest {
    const SIZE_MIN: usize = 2;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let auth_bytes = reader.bytes(flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { auth_bytes })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.bytes(&self.auth_bytes, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
