// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 74; versions 0-1, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::list_config_resources_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::writer::Writer;

/// Request of API 74; versions 0-1, flexible from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListConfigResourcesRequest {
    /// Versions 1.
    pub resource_types: Vec<i8>,
}

impl Message for ListConfigResourcesRequest {
    const NAME: &'static str = "ListConfigResourcesRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=1;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for ListConfigResourcesRequest {
    const API_KEY: ApiKey = ApiKey::ListConfigResources;
    type Response = list_config_resources_response::ListConfigResourcesResponse;
}

impl Element for ListConfigResourcesRequest {
    const SIZE_MIN: usize = 1;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let resource_types =
            if version >= 1 { reader.array(version, flexible)? } else { Vec::new() };
        reader.skip_tags()?;
        Ok(Self { resource_types })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        if version >= 1 {
            writer.array(&self.resource_types, version, flexible)?;
        } else if !self.resource_types.is_empty() {
            return Err(EncodeError::not_in_version(
                "ListConfigResourcesRequest.resource_types",
                version,
            ));
        }
        writer.no_tags();
        Ok(())
    }
}
