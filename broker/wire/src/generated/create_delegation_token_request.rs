// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 38; versions 1-3, flexible from 2.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::create_delegation_token_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 38; versions 1-3, flexible from 2.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateDelegationTokenRequest {
    /// Versions 3; nullable 3.
    pub owner_principal_type: Option<WireString>,
    /// Versions 3; nullable 3.
    pub owner_principal_name: Option<WireString>,
    /// Versions 1-3.
    pub renewers: Vec<CreatableRenewers>,
    /// Versions 1-3.
    pub max_lifetime_ms: i64,
}

impl Default for CreateDelegationTokenRequest {
    fn default() -> Self {
        Self {
            owner_principal_type: Some(WireString::default()),
            owner_principal_name: Some(WireString::default()),
            renewers: Vec::new(),
            max_lifetime_ms: 0,
        }
    }
}

impl Message for CreateDelegationTokenRequest {
    const NAME: &'static str = "CreateDelegationTokenRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 1..=3;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Request for CreateDelegationTokenRequest {
    const API_KEY: ApiKey = ApiKey::CreateDelegationToken;
    type Response = create_delegation_token_response::CreateDelegationTokenResponse;
}

impl Element for CreateDelegationTokenRequest {
    const SIZE_MIN: usize = 10;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let owner_principal_type = if version >= 3 {
            reader.nullable_string(flexible)?
        } else {
            Some(WireString::default())
        };
        let owner_principal_name = if version >= 3 {
            reader.nullable_string(flexible)?
        } else {
            Some(WireString::default())
        };
        let renewers = reader.array(version, flexible)?;
        let max_lifetime_ms = reader.i64()?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { owner_principal_type, owner_principal_name, renewers, max_lifetime_ms })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        if version >= 3 {
            writer.nullable_string(self.owner_principal_type.as_ref(), flexible)?;
        } else if self.owner_principal_type.as_ref().is_none_or(|value| !value.is_empty()) {
            return Err(EncodeError::not_in_version(
                "CreateDelegationTokenRequest.owner_principal_type",
                version,
            ));
        }
        if version >= 3 {
            writer.nullable_string(self.owner_principal_name.as_ref(), flexible)?;
        } else if self.owner_principal_name.as_ref().is_none_or(|value| !value.is_empty()) {
            return Err(EncodeError::not_in_version(
                "CreateDelegationTokenRequest.owner_principal_name",
                version,
            ));
        }
        writer.array(&self.renewers, version, flexible)?;
        writer.i64(self.max_lifetime_ms);
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 1-3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreatableRenewers {
    /// Versions 1-3.
    pub principal_type: WireString,
    /// Versions 1-3.
    pub principal_name: WireString,
}

impl Element for CreatableRenewers {
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
