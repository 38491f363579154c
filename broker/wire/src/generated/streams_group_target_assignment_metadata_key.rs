// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Key of coordinator record type 20; versions 0, never flexible.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message, RecordKey};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Key of coordinator record type 20; versions 0, never flexible.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamsGroupTargetAssignmentMetadataKey {
    /// Versions 0.
    pub group_id: WireString,
}

impl Message for StreamsGroupTargetAssignmentMetadataKey {
    const NAME: &'static str = "StreamsGroupTargetAssignmentMetadataKey";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = i16::MAX;
}

impl RecordKey for StreamsGroupTargetAssignmentMetadataKey {
    const RECORD_TYPE: i16 = 20;
}

impl Element for StreamsGroupTargetAssignmentMetadataKey {
    const SIZE_MIN: usize = 2;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let group_id = reader.string(flexible)?;
        Ok(Self { group_id })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.group_id, flexible)?;
        Ok(())
    }
}
