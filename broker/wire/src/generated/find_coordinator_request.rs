// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 10; versions 0-6, flexible from 3.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::find_coordinator_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 10; versions 0-6, flexible from 3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FindCoordinatorRequest {
    /// Versions 0-3.
    pub key: WireString,
    /// Versions 1-6.
    pub key_type: i8,
    /// Versions 4-6.
    pub coordinator_keys: Vec<WireString>,
}

impl Message for FindCoordinatorRequest {
    const NAME: &'static str = "FindCoordinatorRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=6;
    const FLEXIBLE_FROM: i16 = 3;
}

impl Request for FindCoordinatorRequest {
    const API_KEY: ApiKey = ApiKey::FindCoordinator;
    type Response = find_coordinator_response::FindCoordinatorResponse;
}

impl Element for FindCoordinatorRequest {
    const SIZE_MIN: usize = 2;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let key = if version <= 3 { reader.string(flexible)? } else { WireString::default() };
        let key_type = if version >= 1 { reader.i8()? } else { 0 };
        let coordinator_keys =
            if version >= 4 { reader.array(version, flexible)? } else { Vec::new() };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { key, key_type, coordinator_keys })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        if version <= 3 {
            writer.string(&self.key, flexible)?;
        } else if !self.key.is_empty() {
            return Err(EncodeError::not_in_version("FindCoordinatorRequest.key", version));
        }
        if version >= 1 {
            writer.i8(self.key_type);
        } else if self.key_type != 0 {
            return Err(EncodeError::not_in_version("FindCoordinatorRequest.key_type", version));
        }
        if version >= 4 {
            writer.array(&self.coordinator_keys, version, flexible)?;
        } else if !self.coordinator_keys.is_empty() {
            return Err(EncodeError::not_in_version(
                "FindCoordinatorRequest.coordinator_keys",
                version,
            ));
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
