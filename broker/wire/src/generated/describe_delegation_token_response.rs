// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 41; versions 1-3, flexible from 2.

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Response of API 41; versions 1-3, flexible from 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeDelegationTokenResponse {
    /// Versions 1-3.
    pub error_code: i16,
    /// Versions 1-3.
    pub tokens: Vec<DescribedDelegationToken>,
    /// Versions 1-3.
    pub throttle_time_ms: i32,
}

impl Message for DescribeDelegationTokenResponse {
    const NAME: &'static str = "DescribeDelegationTokenResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 1..=3;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Element for DescribeDelegationTokenResponse {
    const SIZE_MIN: usize = 8;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let error_code = reader.i16()?;
        let tokens = reader.array(version, flexible)?;
        let throttle_time_ms = reader.i32()?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { error_code, tokens, throttle_time_ms })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i16(self.error_code);
        writer.array(&self.tokens, version, flexible)?;
        writer.i32(self.throttle_time_ms);
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 1-3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribedDelegationToken {
    /// Versions 1-3.
    pub principal_type: WireString,
    /// Versions 1-3.
    pub principal_name: WireString,
    /// Versions 3.
    pub token_requester_principal_type: WireString,
    /// Versions 3.
    pub token_requester_principal_name: WireString,
    /// Versions 1-3.
    pub issue_timestamp: i64,
    /// Versions 1-3.
    pub expiry_timestamp: i64,
    /// Versions 1-3.
    pub max_timestamp: i64,
    /// Versions 1-3.
    pub token_id: WireString,
    /// Versions 1-3.
    pub hmac: Bytes,
    /// Versions 1-3.
    pub renewers: Vec<DescribedDelegationTokenRenewer>,
}

impl Element for DescribedDelegationToken {
    const SIZE_MIN: usize = 30;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let principal_type = reader.string(flexible)?;
        let principal_name = reader.string(flexible)?;
        let token_requester_principal_type =
            if version >= 3 { reader.string(flexible)? } else { WireString::default() };
        let token_requester_principal_name =
            if version >= 3 { reader.string(flexible)? } else { WireString::default() };
        let issue_timestamp = reader.i64()?;
        let expiry_timestamp = reader.i64()?;
        let max_timestamp = reader.i64()?;
        let token_id = reader.string(flexible)?;
        let hmac = reader.bytes(flexible)?;
        let renewers = reader.array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self {
            principal_type,
            principal_name,
            token_requester_principal_type,
            token_requester_principal_name,
            issue_timestamp,
            expiry_timestamp,
            max_timestamp,
            token_id,
            hmac,
            renewers,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.principal_type, flexible)?;
        writer.string(&self.principal_name, flexible)?;
        if version >= 3 {
            writer.string(&self.token_requester_principal_type, flexible)?;
        } else if !self.token_requester_principal_type.is_empty() {
            return Err(EncodeError::not_in_version(
                "DescribedDelegationToken.token_requester_principal_type",
                version,
            ));
        }
        if version >= 3 {
            writer.string(&self.token_requester_principal_name, flexible)?;
        } else if !self.token_requester_principal_name.is_empty() {
            return Err(EncodeError::not_in_version(
                "DescribedDelegationToken.token_requester_principal_name",
                version,
            ));
        }
        writer.i64(self.issue_timestamp);
        writer.i64(self.expiry_timestamp);
        writer.i64(self.max_timestamp);
        writer.string(&self.token_id, flexible)?;
        writer.bytes(&self.hmac, flexible)?;
        writer.array(&self.renewers, version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 1-3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribedDelegationTokenRenewer {
    /// Versions 1-3.
    pub principal_type: WireString,
    /// Versions 1-3.
    pub principal_name: WireString,
}

impl Element for DescribedDelegationTokenRenewer {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let principal_type = reader.string(flexible)?;
        let principal_name = reader.string(flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { principal_type, principal_name })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.principal_type, flexible)?;
        writer.string(&self.principal_name, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
