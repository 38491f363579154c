// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 39; versions 1-2, flexible from 2.

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::renew_delegation_token_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::writer::Writer;

/// Request of API 39; versions 1-2, flexible from 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RenewDelegationTokenRequest {
    /// Versions 1-2.
    pub hmac: Bytes,
    /// Versions 1-2.
    pub renew_period_ms: i64,
}

impl Message for RenewDelegationTokenRequest {
    const NAME: &'static str = "RenewDelegationTokenRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 1..=2;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Request for RenewDelegationTokenRequest {
    const API_KEY: ApiKey = ApiKey::RenewDelegationToken;
    type Response = renew_delegation_token_response::RenewDelegationTokenResponse;
}

impl Element for RenewDelegationTokenRequest {
    const SIZE_MIN: usize = 10;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let hmac = reader.bytes(flexible)?;
        let renew_period_ms = reader.i64()?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { hmac, renew_period_ms })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.bytes(&self.hmac, flexible)?;
        writer.i64(self.renew_period_ms);
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
