// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 31; versions 1-3, flexible from 2.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::delete_acls_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 31; versions 1-3, flexible from 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteAclsRequest {
    /// Versions 1-3.
    pub filters: Vec<DeleteAclsFilter>,
}

impl Message for DeleteAclsRequest {
    const NAME: &'static str = "DeleteAclsRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 1..=3;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Request for DeleteAclsRequest {
    const API_KEY: ApiKey = ApiKey::DeleteAcls;
    type Response = delete_acls_response::DeleteAclsResponse;
}

impl Element for DeleteAclsRequest {
    const SIZE_MIN: usize = 2;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let filters = reader.array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { filters })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.array(&self.filters, version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 1-3.
#[derive(Clone, Debug, PartialEq)]
pub struct DeleteAclsFilter {
    /// Versions 1-3.
    pub resource_type_filter: i8,
    /// Versions 1-3; nullable 1-3.
    pub resource_name_filter: Option<WireString>,
    /// Versions 1-3; default 3.
    pub pattern_type_filter: i8,
    /// Versions 1-3; nullable 1-3.
    pub principal_filter: Option<WireString>,
    /// Versions 1-3; nullable 1-3.
    pub host_filter: Option<WireString>,
    /// Versions 1-3.
    pub operation: i8,
    /// Versions 1-3.
    pub permission_type: i8,
}

impl Default for DeleteAclsFilter {
    fn default() -> Self {
        Self {
            resource_type_filter: 0,
            resource_name_filter: Some(WireString::default()),
            pattern_type_filter: 3,
            principal_filter: Some(WireString::default()),
            host_filter: Some(WireString::default()),
            operation: 0,
            permission_type: 0,
        }
    }
}

impl Element for DeleteAclsFilter {
    const SIZE_MIN: usize = 8;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let resource_type_filter = reader.i8()?;
        let resource_name_filter = reader.nullable_string(flexible)?;
        let pattern_type_filter = reader.i8()?;
        let principal_filter = reader.nullable_string(flexible)?;
        let host_filter = reader.nullable_string(flexible)?;
        let operation = reader.i8()?;
        let permission_type = reader.i8()?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self {
            resource_type_filter,
            resource_name_filter,
            pattern_type_filter,
            principal_filter,
            host_filter,
            operation,
            permission_type,
        })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i8(self.resource_type_filter);
        writer.nullable_string(self.resource_name_filter.as_ref(), flexible)?;
        writer.i8(self.pattern_type_filter);
        writer.nullable_string(self.principal_filter.as_ref(), flexible)?;
        writer.nullable_string(self.host_filter.as_ref(), flexible)?;
        writer.i8(self.operation);
        writer.i8(self.permission_type);
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
