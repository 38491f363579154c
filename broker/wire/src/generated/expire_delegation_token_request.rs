// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 40; versions 1-2, flexible from 2.

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::expire_delegation_token_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::writer::Writer;

/// Request of API 40; versions 1-2, flexible from 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExpireDelegationTokenRequest {
    /// Versions 1-2.
    pub hmac: Bytes,
    /// Versions 1-2.
    pub expiry_time_period_ms: i64,
}

impl Message for ExpireDelegationTokenRequest {
    const NAME: &'static str = "ExpireDelegationTokenRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 1..=2;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Request for ExpireDelegationTokenRequest {
    const API_KEY: ApiKey = ApiKey::ExpireDelegationToken;
    type Response = expire_delegation_token_response::ExpireDelegationTokenResponse;
}

impl Element for ExpireDelegationTokenRequest {
    const SIZE_MIN: usize = 10;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let hmac = reader.bytes(flexible)?;
        let expiry_time_period_ms = reader.i64()?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { hmac, expiry_time_period_ms })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.bytes(&self.hmac, flexible)?;
        writer.i64(self.expiry_time_period_ms);
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
