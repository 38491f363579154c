// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 11; versions 0-9, flexible from 6.

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Response of API 11; versions 0-9, flexible from 6.
#[derive(Clone, Debug, PartialEq)]
pub struct JoinGroupResponse {
    /// Versions 2-9; ignorable.
    pub throttle_time_ms: i32,
    /// Versions 0-9.
    pub error_code: i16,
    /// Versions 0-9; default -1.
    pub generation_id: i32,
    /// Versions 7-9; nullable 7-9; ignorable; default null.
    pub protocol_type: Option<WireString>,
    /// Versions 0-9; nullable 7-9.
    pub protocol_name: Option<WireString>,
    /// Versions 0-9.
    pub leader: WireString,
    /// Versions 9.
    pub skip_assignment: bool,
    /// Versions 0-9.
    pub member_id: WireString,
    /// Versions 0-9.
    pub members: Vec<JoinGroupResponseMember>,
}

impl Default for JoinGroupResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            generation_id: -1,
            protocol_type: None,
            protocol_name: Some(WireString::default()),
            leader: WireString::default(),
            skip_assignment: false,
            member_id: WireString::default(),
            members: Vec::new(),
        }
    }
}

impl Message for JoinGroupResponse {
    const NAME: &'static str = "JoinGroupResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=9;
    const FLEXIBLE_FROM: i16 = 6;
}

impl Element for JoinGroupResponse {
    const SIZE_MIN: usize = 15;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let throttle_time_ms = if version >= 2 { reader.i32()? } else { 0 };
        let error_code = reader.i16()?;
        let generation_id = reader.i32()?;
        let protocol_type = if version >= 7 { reader.nullable_string(flexible)? } else { None };
        let protocol_name = if version >= 7 {
            reader.nullable_string(flexible)?
        } else {
            Some(reader.string(flexible)?)
        };
        let leader = reader.string(flexible)?;
        let skip_assignment = if version >= 9 { reader.bool()? } else { false };
        let member_id = reader.string(flexible)?;
        let members = reader.array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self {
            throttle_time_ms,
            error_code,
            generation_id,
            protocol_type,
            protocol_name,
            leader,
            skip_assignment,
            member_id,
            members,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        if version >= 2 {
            writer.i32(self.throttle_time_ms);
        }
        writer.i16(self.error_code);
        writer.i32(self.generation_id);
        if version >= 7 {
            writer.nullable_string(self.protocol_type.as_ref(), flexible)?;
        }
        if version >= 7 {
            writer.nullable_string(self.protocol_name.as_ref(), flexible)?;
        } else {
            let present = self
                .protocol_name
                .as_ref()
                .ok_or(EncodeError::null_in_version("JoinGroupResponse.protocol_name", version))?;
            writer.string(present, flexible)?;
        }
        writer.string(&self.leader, flexible)?;
        if version >= 9 {
            writer.bool(self.skip_assignment);
        } else if self.skip_assignment {
            return Err(EncodeError::not_in_version("JoinGroupResponse.skip_assignment", version));
        }
        writer.string(&self.member_id, flexible)?;
        writer.array(&self.members, version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 0-9.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JoinGroupResponseMember {
    /// Versions 0-9.
    pub member_id: WireString,
    /// Versions 5-9; nullable 5-9; ignorable; default null.
    pub group_instance_id: Option<WireString>,
    /// Versions 0-9.
    pub metadata: Bytes,
}

impl Element for JoinGroupResponseMember {
    const SIZE_MIN: usize = 4;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let member_id = reader.string(flexible)?;
        let group_instance_id = if version >= 5 { reader.nullable_string(flexible)? } else { None };
        let metadata = reader.bytes(flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { member_id, group_instance_id, metadata })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.member_id, flexible)?;
        if version >= 5 {
            writer.nullable_string(self.group_instance_id.as_ref(), flexible)?;
        }
        writer.bytes(&self.metadata, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
