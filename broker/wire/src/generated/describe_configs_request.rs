// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 32; versions 1-4, flexible from 4.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::describe_configs_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 32; versions 1-4, flexible from 4.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeConfigsRequest {
    /// Versions 1-4.
    pub resources: Vec<DescribeConfigsResource>,
    /// Versions 1-4.
    pub include_synonyms: bool,
    /// Versions 3-4.
    pub include_documentation: bool,
}

impl Message for DescribeConfigsRequest {
    const NAME: &'static str = "DescribeConfigsRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 1..=4;
    const FLEXIBLE_FROM: i16 = 4;
}

impl Request for DescribeConfigsRequest {
    const API_KEY: ApiKey = ApiKey::DescribeConfigs;
    type Response = describe_configs_response::DescribeConfigsResponse;
}

impl Element for DescribeConfigsRequest {
    const SIZE_MIN: usize = 4;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let resources = reader.array(version, flexible)?;
        let include_synonyms = reader.bool()?;
        let include_documentation = if version >= 3 { reader.bool()? } else { false };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { resources, include_synonyms, include_documentation })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.array(&self.resources, version, flexible)?;
        writer.bool(self.include_synonyms);
        if version >= 3 {
            writer.bool(self.include_documentation);
        } else if self.include_documentation {
            return Err(EncodeError::not_in_version(
                "DescribeConfigsRequest.include_documentation",
                version,
            ));
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 1-4.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeConfigsResource {
    /// Versions 1-4.
    pub resource_type: i8,
    /// Versions 1-4.
    pub resource_name: WireString,
    /// Versions 1-4; nullable 1-4.
    pub configuration_keys: Option<Vec<WireString>>,
}

impl Default for DescribeConfigsResource {
    fn default() -> Self {
        Self {
            resource_type: 0,
            resource_name: WireString::default(),
            configuration_keys: Some(Vec::new()),
        }
    }
}

impl Element for DescribeConfigsResource {
    const SIZE_MIN: usize = 4;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let resource_type = reader.i8()?;
        let resource_name = reader.string(flexible)?;
        let configuration_keys = reader.nullable_array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { resource_type, resource_name, configuration_keys })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i8(self.resource_type);
        writer.string(&self.resource_name, flexible)?;
        writer.nullable_array(self.configuration_keys.as_deref(), version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
