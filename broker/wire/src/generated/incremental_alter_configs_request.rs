// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 44; versions 0-1, flexible from 1.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::incremental_alter_configs_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 44; versions 0-1, flexible from 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IncrementalAlterConfigsRequest {
    /// Versions 0-1.
    pub resources: Vec<AlterConfigsResource>,
    /// Versions 0-1.
    pub validate_only: bool,
}

impl Message for IncrementalAlterConfigsRequest {
    const NAME: &'static str = "IncrementalAlterConfigsRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=1;
    const FLEXIBLE_FROM: i16 = 1;
}

impl Request for IncrementalAlterConfigsRequest {
    const API_KEY: ApiKey = ApiKey::IncrementalAlterConfigs;
    type Response = incremental_alter_configs_response::IncrementalAlterConfigsResponse;
}

impl Element for IncrementalAlterConfigsRequest {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let resources = reader.array(version, flexible)?;
        let validate_only = reader.bool()?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { resources, validate_only })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.array(&self.resources, version, flexible)?;
        writer.bool(self.validate_only);
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 0-1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterConfigsResource {
    /// Versions 0-1.
    pub resource_type: i8,
    /// Versions 0-1.
    pub resource_name: WireString,
    /// Versions 0-1.
    pub configs: Vec<AlterableConfig>,
}

impl Element for AlterConfigsResource {
    const SIZE_MIN: usize = 4;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let resource_type = reader.i8()?;
        let resource_name = reader.string(flexible)?;
        let configs = reader.array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { resource_type, resource_name, configs })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i8(self.resource_type);
        writer.string(&self.resource_name, flexible)?;
        writer.array(&self.configs, version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterableConfig {
    /// Versions 0-1.
    pub name: WireString,
    /// Versions 0-1.
    pub config_operation: i8,
    /// Versions 0-1; nullable 0-1.
    pub value: Option<WireString>,
}

impl Default for AlterableConfig {
    fn default() -> Self {
        Self {
            name: WireString::default(),
            config_operation: 0,
            value: Some(WireString::default()),
        }
    }
}

impl Element for AlterableConfig {
    const SIZE_MIN: usize = 4;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = reader.string(flexible)?;
        let config_operation = reader.i8()?;
        let value = reader.nullable_string(flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { name, config_operation, value })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.name, flexible)?;
        writer.i8(self.config_operation);
        writer.nullable_string(self.value.as_ref(), flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
