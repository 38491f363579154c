// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 38; versions 1-3, flexible from 2.

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Response of API 38; versions 1-3, flexible from 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreateDelegationTokenResponse {
    /// Versions 1-3.
    pub error_code: i16,
    /// Versions 1-3.
    pub principal_type: WireString,
    /// Versions 1-3.
    pub principal_name: WireString,
    /// Versions 3.
    pub token_requester_principal_type: WireString,
    /// Versions 3.
    pub token_requester_principal_name: WireString,
    /// Versions 1-3.
    pub issue_timestamp_ms: i64,
    /// Versions 1-3.
    pub expiry_timestamp_ms: i64,
    /// Versions 1-3.
    pub max_timestamp_ms: i64,
    /// Versions 1-3.
    pub token_id: WireString,
    /// Versions 1-3.
    pub hmac: Bytes,
    /// Versions 1-3.
    pub throttle_time_ms: i32,
}

impl Message for CreateDelegationTokenResponse {
    const NAME: &'static str = "CreateDelegationTokenResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 1..=3;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Element for CreateDelegationTokenResponse {
    const SIZE_MIN: usize = 35;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let error_code = reader.i16()?;
        let principal_type = reader.string(flexible)?;
        let principal_name = reader.string(flexible)?;
        let token_requester_principal_type =
            if version >= 3 { reader.string(flexible)? } else { WireString::default() };
        let token_requester_principal_name =
            if version >= 3 { reader.string(flexible)? } else { WireString::default() };
        let issue_timestamp_ms = reader.i64()?;
        let expiry_timestamp_ms = reader.i64()?;
        let max_timestamp_ms = reader.i64()?;
        let token_id = reader.string(flexible)?;
        let hmac = reader.bytes(flexible)?;
        let throttle_time_ms = reader.i32()?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self {
            error_code,
            principal_type,
            principal_name,
            token_requester_principal_type,
            token_requester_principal_name,
            issue_timestamp_ms,
            expiry_timestamp_ms,
            max_timestamp_ms,
            token_id,
            hmac,
            throttle_time_ms,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i16(self.error_code);
        writer.string(&self.principal_type, flexible)?;
        writer.string(&self.principal_name, flexible)?;
        if version >= 3 {
            writer.string(&self.token_requester_principal_type, flexible)?;
        } else if !self.token_requester_principal_type.is_empty() {
            return Err(EncodeError::not_in_version(
                "CreateDelegationTokenResponse.token_requester_principal_type",
                version,
            ));
        }
        if version >= 3 {
            writer.string(&self.token_requester_principal_name, flexible)?;
        } else if !self.token_requester_principal_name.is_empty() {
            return Err(EncodeError::not_in_version(
                "CreateDelegationTokenResponse.token_requester_principal_name",
                version,
            ));
        }
        writer.i64(self.issue_timestamp_ms);
        writer.i64(self.expiry_timestamp_ms);
        writer.i64(self.max_timestamp_ms);
        writer.string(&self.token_id, flexible)?;
        writer.bytes(&self.hmac, flexible)?;
        writer.i32(self.throttle_time_ms);
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
