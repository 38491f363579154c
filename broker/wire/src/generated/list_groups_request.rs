// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 16; versions 0-5, flexible from 3.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::list_groups_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 16; versions 0-5, flexible from 3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListGroupsRequest {
    /// Versions 4-5.
    pub states_filter: Vec<WireString>,
    /// Versions 5.
    pub types_filter: Vec<WireString>,
}

impl Message for ListGroupsRequest {
    const NAME: &'static str = "ListGroupsRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=5;
    const FLEXIBLE_FROM: i16 = 3;
}

impl Request for ListGroupsRequest {
    const API_KEY: ApiKey = ApiKey::ListGroups;
    type Response = list_groups_response::ListGroupsResponse;
}

impl Element for ListGroupsRequest {
    const SIZE_MIN: usize = 0;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let states_filter =
            if version >= 4 { reader.array(version, flexible)? } else { Vec::new() };
        let types_filter = if version >= 5 { reader.array(version, flexible)? } else { Vec::new() };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { states_filter, types_filter })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        if version >= 4 {
            writer.array(&self.states_filter, version, flexible)?;
        } else if !self.states_filter.is_empty() {
            return Err(EncodeError::not_in_version("ListGroupsRequest.states_filter", version));
        }
        if version >= 5 {
            writer.array(&self.types_filter, version, flexible)?;
        } else if !self.types_filter.is_empty() {
            return Err(EncodeError::not_in_version("ListGroupsRequest.types_filter", version));
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
