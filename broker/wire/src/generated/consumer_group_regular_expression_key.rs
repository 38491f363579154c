// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Key of coordinator record type 16; versions 0, never flexible.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message, RecordKey};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Key of coordinator record type 16; versions 0, never flexible.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsumerGroupRegularExpressionKey {
    /// Versions 0.
    pub group_id: WireString,
    /// Versions 0.
    pub regular_expression: WireString,
}

impl Message for ConsumerGroupRegularExpressionKey {
    const NAME: &'static str = "ConsumerGroupRegularExpressionKey";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = i16::MAX;
}

impl RecordKey for ConsumerGroupRegularExpressionKey {
    const RECORD_TYPE: i16 = 16;
}

impl Element for ConsumerGroupRegularExpressionKey {
    const SIZE_MIN: usize = 4;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let group_id = reader.string(flexible)?;
        let regular_expression = reader.string(flexible)?;
        Ok(Self { group_id, regular_expression })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.group_id, flexible)?;
        writer.string(&self.regular_expression, flexible)?;
        Ok(())
    }
}
