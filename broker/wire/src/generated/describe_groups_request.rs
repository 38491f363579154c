// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 15; versions 0-6, flexible from 5.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::describe_groups_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 15; versions 0-6, flexible from 5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeGroupsRequest {
    /// Versions 0-6.
    pub groups: Vec<WireString>,
    /// Versions 3-6.
    pub include_authorized_operations: bool,
}

impl Message for DescribeGroupsRequest {
    const NAME: &'static str = "DescribeGroupsRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=6;
    const FLEXIBLE_FROM: i16 = 5;
}

impl Request for DescribeGroupsRequest {
    const API_KEY: ApiKey = ApiKey::DescribeGroups;
    type Response = describe_groups_response::DescribeGroupsResponse;
}

impl Element for DescribeGroupsRequest {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let groups = reader.array(version, flexible)?;
        let include_authorized_operations = if version >= 3 { reader.bool()? } else { false };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { groups, include_authorized_operations })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.array(&self.groups, version, flexible)?;
        if version >= 3 {
            writer.bool(self.include_authorized_operations);
        } else if self.include_authorized_operations {
            return Err(EncodeError::not_in_version(
                "DescribeGroupsRequest.include_authorized_operations",
                version,
            ));
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
