// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Key of coordinator record type 2; versions 0, never flexible.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message, RecordKey};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Key of coordinator record type 2; versions 0, never flexible.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupMetadataKey {
    /// Versions 0.
    pub group: WireString,
}

impl Message for GroupMetadataKey {
    const NAME: &'static str = "GroupMetadataKey";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = i16::MAX;
}

impl RecordKey for GroupMetadataKey {
    const RECORD_TYPE: i16 = 2;
}

impl Element for GroupMetadataKey {
    const SIZE_MIN: usize = 2;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let group = reader.string(flexible)?;
        Ok(Self { group })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.group, flexible)?;
        Ok(())
    }
}
