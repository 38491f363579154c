// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 48; versions 0-1, flexible from 1.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::describe_client_quotas_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 48; versions 0-1, flexible from 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeClientQuotasRequest {
    /// Versions 0-1.
    pub components: Vec<ComponentData>,
    /// Versions 0-1.
    pub strict: bool,
}

impl Message for DescribeClientQuotasRequest {
    const NAME: &'static str = "DescribeClientQuotasRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=1;
    const FLEXIBLE_FROM: i16 = 1;
}

impl Request for DescribeClientQuotasRequest {
    const API_KEY: ApiKey = ApiKey::DescribeClientQuotas;
    type Response = describe_client_quotas_response::DescribeClientQuotasResponse;
}

impl Element for DescribeClientQuotasRequest {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let components = reader.array(version, flexible)?;
        let strict = reader.bool()?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { components, strict })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.array(&self.components, version, flexible)?;
        writer.bool(self.strict);
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct ComponentData {
    /// Versions 0-1.
    pub entity_type: WireString,
    /// Versions 0-1.
    pub match_type: i8,
    /// Versions 0-1; nullable 0-1.
    pub r#match: Option<WireString>,
}

impl Default for ComponentData {
    fn default() -> Self {
        Self {
            entity_type: WireString::default(),
            match_type: 0,
            r#match: Some(WireString::default()),
        }
    }
}

impl Element for ComponentData {
    const SIZE_MIN: usize = 4;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let entity_type = reader.string(flexible)?;
        let match_type = reader.i8()?;
        let r#match = reader.nullable_string(flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { entity_type, match_type, r#match })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.entity_type, flexible)?;
        writer.i8(self.match_type);
        writer.nullable_string(self.r#match.as_ref(), flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
