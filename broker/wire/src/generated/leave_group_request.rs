// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 13; versions 0-5, flexible from 4.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::leave_group_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 13; versions 0-5, flexible from 4.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeaveGroupRequest {
    /// Versions 0-5.
    pub group_id: WireString,
    /// Versions 0-2.
    pub member_id: WireString,
    /// Versions 3-5.
    pub members: Vec<MemberIdentity>,
}

impl Message for LeaveGroupRequest {
    const NAME: &'static str = "LeaveGroupRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=5;
    const FLEXIBLE_FROM: i16 = 4;
}

impl Request for LeaveGroupRequest {
    const API_KEY: ApiKey = ApiKey::LeaveGroup;
    type Response = leave_group_response::LeaveGroupResponse;
}

impl Element for LeaveGroupRequest {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let group_id = reader.string(flexible)?;
        let member_id = if version <= 2 { reader.string(flexible)? } else { WireString::default() };
        let members = if version >= 3 { reader.array(version, flexible)? } else { Vec::new() };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { group_id, member_id, members })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.group_id, flexible)?;
        if version <= 2 {
            writer.string(&self.member_id, flexible)?;
        } else if !self.member_id.is_empty() {
            return Err(EncodeError::not_in_version("LeaveGroupRequest.member_id", version));
        }
        if version >= 3 {
            writer.array(&self.members, version, flexible)?;
        } else if !self.members.is_empty() {
            return Err(EncodeError::not_in_version("LeaveGroupRequest.members", version));
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 3-5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemberIdentity {
    /// Versions 3-5.
    pub member_id: WireString,
    /// Versions 3-5; nullable 3-5; default null.
    pub group_instance_id: Option<WireString>,
    /// Versions 5; nullable 5; ignorable; default null.
    pub reason: Option<WireString>,
}

impl Element for MemberIdentity {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let member_id = reader.string(flexible)?;
        let group_instance_id = reader.nullable_string(flexible)?;
        let reason = if version >= 5 { reader.nullable_string(flexible)? } else { None };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { member_id, group_instance_id, reason })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.member_id, flexible)?;
        writer.nullable_string(self.group_instance_id.as_ref(), flexible)?;
        if version >= 5 {
            writer.nullable_string(self.reason.as_ref(), flexible)?;
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
