// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Key of coordinator record type 1; versions 0, never flexible.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message, RecordKey};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Key of coordinator record type 1; versions 0, never flexible.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetCommitKey {
    /// Versions 0.
    pub group: WireString,
    /// Versions 0.
    pub topic: WireString,
    /// Versions 0.
    pub partition: i32,
}

impl Message for OffsetCommitKey {
    const NAME: &'static str = "OffsetCommitKey";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = i16::MAX;
}

impl RecordKey for OffsetCommitKey {
    const RECORD_TYPE: i16 = 1;
}

impl Element for OffsetCommitKey {
    const SIZE_MIN: usize = 8;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let group = reader.string(flexible)?;
        let topic = reader.string(flexible)?;
        let partition = reader.i32()?;
        Ok(Self { group, topic, partition })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.group, flexible)?;
        writer.string(&self.topic, flexible)?;
        writer.i32(self.partition);
        Ok(())
    }
}
