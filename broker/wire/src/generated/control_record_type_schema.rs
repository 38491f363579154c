// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Data inside of other messages or records; versions 0, never flexible.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::writer::Writer;

/// Data inside of other messages or records; versions 0, never flexible.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ControlRecordTypeSchema {
    /// Versions 0.
    pub r#type: i16,
}

impl Message for ControlRecordTypeSchema {
    const NAME: &'static str = "ControlRecordTypeSchema";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = i16::MAX;
}

impl Element for ControlRecordTypeSchema {
    const SIZE_MIN: usize = 2;

    fn read(reader: &mut Reader, _version: i16, _flexible: bool) -> Result<Self, DecodeError> {
        let r#type = reader.i16()?;
        Ok(Self { r#type })
    }

    fn write(
        &self,
        writer: &mut Writer,
        _version: i16,
        _flexible: bool,
    ) -> Result<(), EncodeError> {
        writer.i16(self.r#type);
        Ok(())
    }
}
