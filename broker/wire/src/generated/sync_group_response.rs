// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 14; versions 0-5, flexible from 4.

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Response of API 14; versions 0-5, flexible from 4.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SyncGroupResponse {
    /// Versions 1-5; ignorable.
    pub throttle_time_ms: i32,
    /// Versions 0-5.
    pub error_code: i16,
    /// Versions 5; nullable 5; ignorable; default null.
    pub protocol_type: Option<WireString>,
    /// Versions 5; nullable 5; ignorable; default null.
    pub protocol_name: Option<WireString>,
    /// Versions 0-5.
    pub assignment: Bytes,
}

impl Message for SyncGroupResponse {
    const NAME: &'static str = "SyncGroupResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=5;
    const FLEXIBLE_FROM: i16 = 4;
}

impl Element for SyncGroupResponse {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let throttle_time_ms = if version >= 1 { reader.i32()? } else { 0 };
        let error_code = reader.i16()?;
        let protocol_type = if version >= 5 { reader.nullable_string(flexible)? } else { None };
        let protocol_name = if version >= 5 { reader.nullable_string(flexible)? } else { None };
        let assignment = reader.bytes(flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { throttle_time_ms, error_code, protocol_type, protocol_name, assignment })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        if version >= 1 {
            writer.i32(self.throttle_time_ms);
        }
        writer.i16(self.error_code);
        if version >= 5 {
            writer.nullable_string(self.protocol_type.as_ref(), flexible)?;
        }
        if version >= 5 {
            writer.nullable_string(self.protocol_name.as_ref(), flexible)?;
        }
        writer.bytes(&self.assignment, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
