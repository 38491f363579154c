// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 13; versions 0-5, flexible from 4.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Response of API 13; versions 0-5, flexible from 4.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeaveGroupResponse {
    /// Versions 1-5; ignorable.
    pub throttle_time_ms: i32,
    /// Versions 0-5.
    pub error_code: i16,
    /// Versions 3-5.
    pub members: Vec<MemberResponse>,
}

impl Message for LeaveGroupResponse {
    const NAME: &'static str = "LeaveGroupResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=5;
    const FLEXIBLE_FROM: i16 = 4;
}

impl Element for LeaveGroupResponse {
    const SIZE_MIN: usize = 2;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let throttle_time_ms = if version >= 1 { reader.i32()? } else { 0 };
        let error_code = reader.i16()?;
        let members = if version >= 3 { reader.array(version, flexible)? } else { Vec::new() };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { throttle_time_ms, error_code, members })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        if version >= 1 {
            writer.i32(self.throttle_time_ms);
        }
        writer.i16(self.error_code);
        if version >= 3 {
            writer.array(&self.members, version, flexible)?;
        } else if !self.members.is_empty() {
            return Err(EncodeError::not_in_version("LeaveGroupResponse.members", version));
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 3-5.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberResponse {
    /// Versions 3-5.
    pub member_id: WireString,
    /// Versions 3-5; nullable 3-5.
    pub group_instance_id: Option<WireString>,
    /// Versions 3-5.
    pub error_code: i16,
}

impl Default for MemberResponse {
    fn default() -> Self {
        Self {
            member_id: WireString::default(),
            group_instance_id: Some(WireString::default()),
            error_code: 0,
        }
    }
}

impl Element for MemberResponse {
    const SIZE_MIN: usize = 5;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let member_id = reader.string(flexible)?;
        let group_instance_id = reader.nullable_string(flexible)?;
        let error_code = reader.i16()?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { member_id, group_instance_id, error_code })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.member_id, flexible)?;
        writer.nullable_string(self.group_instance_id.as_ref(), flexible)?;
        writer.i16(self.error_code);
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
