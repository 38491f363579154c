// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 14; versions 0-5, flexible from 4.

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::sync_group_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 14; versions 0-5, flexible from 4.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SyncGroupRequest {
    /// Versions 0-5.
    pub group_id: WireString,
    /// Versions 0-5.
    pub generation_id: i32,
    /// Versions 0-5.
    pub member_id: WireString,
    /// Versions 3-5; nullable 3-5; default null.
    pub group_instance_id: Option<WireString>,
    /// Versions 5; nullable 5; ignorable; default null.
    pub protocol_type: Option<WireString>,
    /// Versions 5; nullable 5; ignorable; default null.
    pub protocol_name: Option<WireString>,
    /// Versions 0-5.
    pub assignments: Vec<SyncGroupRequestAssignment>,
}

impl Message for SyncGroupRequest {
    const NAME: &'static str = "SyncGroupRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=5;
    const FLEXIBLE_FROM: i16 = 4;
}

impl Request for SyncGroupRequest {
    const API_KEY: ApiKey = ApiKey::SyncGroup;
    type Response = sync_group_response::SyncGroupResponse;
}

impl Element for SyncGroupRequest {
    const SIZE_MIN: usize = 9;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let group_id = reader.string(flexible)?;
        let generation_id = reader.i32()?;
        let member_id = reader.string(flexible)?;
        let group_instance_id = if version >= 3 { reader.nullable_string(flexible)? } else { None };
        let protocol_type = if version >= 5 { reader.nullable_string(flexible)? } else { None };
        let protocol_name = if version >= 5 { reader.nullable_string(flexible)? } else { None };
        let assignments = reader.array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self {
            group_id,
            generation_id,
            member_id,
            group_instance_id,
            protocol_type,
            protocol_name,
            assignments,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.group_id, flexible)?;
        writer.i32(self.generation_id);
        writer.string(&self.member_id, flexible)?;
        if version >= 3 {
            writer.nullable_string(self.group_instance_id.as_ref(), flexible)?;
        } else if self.group_instance_id.is_some() {
            return Err(EncodeError::not_in_version("SyncGroupRequest.group_instance_id", version));
        }
        if version >= 5 {
            writer.nullable_string(self.protocol_type.as_ref(), flexible)?;
        }
        if version >= 5 {
            writer.nullable_string(self.protocol_name.as_ref(), flexible)?;
        }
        writer.array(&self.assignments, version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 0-5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SyncGroupRequestAssignment {
    /// Versions 0-5.
    pub member_id: WireString,
    /// Versions 0-5.
    pub assignment: Bytes,
}

impl Element for SyncGroupRequestAssignment {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let member_id = reader.string(flexible)?;
        let assignment = reader.bytes(flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { member_id, assignment })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.member_id, flexible)?;
        writer.bytes(&self.assignment, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
