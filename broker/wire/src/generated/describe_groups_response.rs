// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 15; versions 0-6, flexible from 5.

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Response of API 15; versions 0-6, flexible from 5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeGroupsResponse {
    /// Versions 1-6; ignorable.
    pub throttle_time_ms: i32,
    /// Versions 0-6.
    pub groups: Vec<DescribedGroup>,
}

impl Message for DescribeGroupsResponse {
    const NAME: &'static str = "DescribeGroupsResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=6;
    const FLEXIBLE_FROM: i16 = 5;
}

impl Element for DescribeGroupsResponse {
    const SIZE_MIN: usize = 4;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let throttle_time_ms = if version >= 1 { reader.i32()? } else { 0 };
        let groups = reader.array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { throttle_time_ms, groups })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        if version >= 1 {
            writer.i32(self.throttle_time_ms);
        }
        writer.array(&self.groups, version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 0-6.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribedGroup {
    /// Versions 0-6.
    pub error_code: i16,
    /// Versions 6; nullable 6; default null.
    pub error_message: Option<WireString>,
    /// Versions 0-6.
    pub group_id: WireString,
    /// Versions 0-6.
    pub group_state: WireString,
    /// Versions 0-6.
    pub protocol_type: WireString,
    /// Versions 0-6.
    pub protocol_data: WireString,
    /// Versions 0-6.
    pub members: Vec<DescribedGroupMember>,
    /// Versions 3-6; default -2147483648.
    pub authorized_operations: i32,
}

impl Default for DescribedGroup {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: None,
            group_id: WireString::default(),
            group_state: WireString::default(),
            protocol_type: WireString::default(),
            protocol_data: WireString::default(),
            members: Vec::new(),
            authorized_operations: i32::MIN,
        }
    }
}

impl Element for DescribedGroup {
    const SIZE_MIN: usize = 12;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let error_code = reader.i16()?;
        let error_message = if version >= 6 { reader.nullable_string(flexible)? } else { None };
        let group_id = reader.string(flexible)?;
        let group_state = reader.string(flexible)?;
        let protocol_type = reader.string(flexible)?;
        let protocol_data = reader.string(flexible)?;
        let members = reader.array(version, flexible)?;
        let authorized_operations = if version >= 3 { reader.i32()? } else { i32::MIN };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self {
            error_code,
            error_message,
            group_id,
            group_state,
            protocol_type,
            protocol_data,
            members,
            authorized_operations,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i16(self.error_code);
        if version >= 6 {
            writer.nullable_string(self.error_message.as_ref(), flexible)?;
        } else if self.error_message.is_some() {
            return Err(EncodeError::not_in_version("DescribedGroup.error_message", version));
        }
        writer.string(&self.group_id, flexible)?;
        writer.string(&self.group_state, flexible)?;
        writer.string(&self.protocol_type, flexible)?;
        writer.string(&self.protocol_data, flexible)?;
        writer.array(&self.members, version, flexible)?;
        if version >= 3 {
            writer.i32(self.authorized_operations);
        } else if self.authorized_operations != i32::MIN {
            return Err(EncodeError::not_in_version(
                "DescribedGroup.authorized_operations",
                version,
            ));
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 0-6.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribedGroupMember {
    /// Versions 0-6.
    pub member_id: WireString,
    /// Versions 4-6; nullable 4-6; ignorable; default null.
    pub group_instance_id: Option<WireString>,
    /// Versions 0-6.
    pub client_id: WireString,
    /// Versions 0-6.
    pub client_host: WireString,
    /// Versions 0-6.
    pub member_metadata: Bytes,
    /// Versions 0-6.
    pub member_assignment: Bytes,
}

impl Element for DescribedGroupMember {
    const SIZE_MIN: usize = 7;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let member_id = reader.string(flexible)?;
        let group_instance_id = if version >= 4 { reader.nullable_string(flexible)? } else { None };
        let client_id = reader.string(flexible)?;
        let client_host = reader.string(flexible)?;
        let member_metadata = reader.bytes(flexible)?;
        let member_assignment = reader.bytes(flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self {
            member_id,
            group_instance_id,
            client_id,
            client_host,
            member_metadata,
            member_assignment,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.member_id, flexible)?;
        if version >= 4 {
            writer.nullable_string(self.group_instance_id.as_ref(), flexible)?;
        }
        writer.string(&self.client_id, flexible)?;
        writer.string(&self.client_host, flexible)?;
        writer.bytes(&self.member_metadata, flexible)?;
        writer.bytes(&self.member_assignment, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
