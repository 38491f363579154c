// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Value of coordinator record type 0; versions 0, never flexible.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Value of coordinator record type 0; versions 0, never flexible.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LegacyOffsetCommitValue {
    /// Versions 0.
    pub offset: i64,
    /// Versions 0.
    pub metadata: WireString,
    /// Versions 0.
    pub commit_timestamp: i64,
}

impl Message for LegacyOffsetCommitValue {
    const NAME: &'static str = "LegacyOffsetCommitValue";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = i16::MAX;
}

impl Element for LegacyOffsetCommitValue {
    const SIZE_MIN: usize = 18;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let offset = reader.i64()?;
        let metadata = reader.string(flexible)?;
        let commit_timestamp = reader.i64()?;
        Ok(Self { offset, metadata, commit_timestamp })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i64(self.offset);
        writer.string(&self.metadata, flexible)?;
        writer.i64(self.commit_timestamp);
        Ok(())
    }
}
