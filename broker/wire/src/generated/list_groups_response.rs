// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 16; versions 0-5, flexible from 3.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Response of API 16; versions 0-5, flexible from 3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListGroupsResponse {
    /// Versions 1-5; ignorable.
    pub throttle_time_ms: i32,
    /// Versions 0-5.
    pub error_code: i16,
    /// Versions 0-5.
    pub groups: Vec<ListedGroup>,
}

impl Message for ListGroupsResponse {
    const NAME: &'static str = "ListGroupsResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=5;
    const FLEXIBLE_FROM: i16 = 3;
}

impl Element for ListGroupsResponse {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let throttle_time_ms = if version >= 1 { reader.i32()? } else { 0 };
        let error_code = reader.i16()?;
        let groups = reader.array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { throttle_time_ms, error_code, groups })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        if version >= 1 {
            writer.i32(self.throttle_time_ms);
        }
        writer.i16(self.error_code);
        writer.array(&self.groups, version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 0-5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListedGroup {
    /// Versions 0-5.
    pub group_id: WireString,
    /// Versions 0-5.
    pub protocol_type: WireString,
    /// Versions 4-5; ignorable.
    pub group_state: WireString,
    /// Versions 5; ignorable.
    pub group_type: WireString,
}

impl Element for ListedGroup {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let group_id = reader.string(flexible)?;
        let protocol_type = reader.string(flexible)?;
        let group_state =
            if version >= 4 { reader.string(flexible)? } else { WireString::default() };
        let group_type =
            if version >= 5 { reader.string(flexible)? } else { WireString::default() };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { group_id, protocol_type, group_state, group_type })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.group_id, flexible)?;
        writer.string(&self.protocol_type, flexible)?;
        if version >= 4 {
            writer.string(&self.group_state, flexible)?;
        }
        if version >= 5 {
            writer.string(&self.group_type, flexible)?;
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
