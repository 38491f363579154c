// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 58; versions 0, flexible from 0.

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::envelope_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::writer::Writer;

/// Request of API 58; versions 0, flexible from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct EnvelopeRequest {
    /// Versions 0.
    pub request_data: Bytes,
    /// Versions 0; nullable 0.
    pub request_principal: Option<Bytes>,
    /// Versions 0.
    pub client_host_address: Bytes,
}

impl Default for EnvelopeRequest {
    fn default() -> Self {
        Self {
            request_data: Bytes::default(),
            request_principal: Some(Bytes::default()),
            client_host_address: Bytes::default(),
        }
    }
}

impl Message for EnvelopeRequest {
    const NAME: &'static str = "EnvelopeRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for EnvelopeRequest {
    const API_KEY: ApiKey = ApiKey::Envelope;
    type Response = envelope_response::EnvelopeResponse;
}

impl Element for EnvelopeRequest {
    const SIZE_MIN: usize = 4;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let request_data = reader.bytes(flexible)?;
        let request_principal = reader.nullable_bytes(flexible)?;
        let client_host_address = reader.bytes(flexible)?;
        reader.skip_tags()?;
        Ok(Self { request_data, request_principal, client_host_address })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.bytes(&self.request_data, flexible)?;
        writer.nullable_bytes(self.request_principal.as_ref(), flexible)?;
        writer.bytes(&self.client_host_address, flexible)?;
        writer.no_tags();
        Ok(())
    }
}
