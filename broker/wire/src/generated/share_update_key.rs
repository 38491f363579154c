// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Key of coordinator record type 1; versions 0, never flexible.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message, RecordKey};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Key of coordinator record type 1; versions 0, never flexible.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareUpdateKey {
    /// Versions 0.
    pub group_id: WireString,
    /// Versions 0.
    pub topic_id: Uuid,
    /// Versions 0.
    pub partition: i32,
}

impl Message for ShareUpdateKey {
    const NAME: &'static str = "ShareUpdateKey";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = i16::MAX;
}

impl RecordKey for ShareUpdateKey {
    const RECORD_TYPE: i16 = 1;
}

impl Element for ShareUpdateKey {
    const SIZE_MIN: usize = 22;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let group_id = reader.string(flexible)?;
        let topic_id = reader.uuid()?;
        let partition = reader.i32()?;
        Ok(Self { group_id, topic_id, partition })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.group_id, flexible)?;
        writer.uuid(self.topic_id);
        writer.i32(self.partition);
        Ok(())
    }
}
