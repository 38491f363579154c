// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 18; versions 0-4, flexible from 3.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::api_versions_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 18; versions 0-4, flexible from 3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ApiVersionsRequest {
    /// Versions 3-4; ignorable.
    pub client_software_name: WireString,
    /// Versions 3-4; ignorable.
    pub client_software_version: WireString,
}

impl Message for ApiVersionsRequest {
    const NAME: &'static str = "ApiVersionsRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=4;
    const FLEXIBLE_FROM: i16 = 3;
}

impl Request for ApiVersionsRequest {
    const API_KEY: ApiKey = ApiKey::ApiVersions;
    type Response = api_versions_response::ApiVersionsResponse;
}

impl Element for ApiVersionsRequest {
    const SIZE_MIN: usize = 0;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let client_software_name =
            if version >= 3 { reader.string(flexible)? } else { WireString::default() };
        let client_software_version =
            if version >= 3 { reader.string(flexible)? } else { WireString::default() };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { client_software_name, client_software_version })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        if version >= 3 {
            writer.string(&self.client_software_name, flexible)?;
        }
        if version >= 3 {
            writer.string(&self.client_software_version, flexible)?;
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
