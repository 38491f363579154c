// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Value of coordinator record type 20; versions 0, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::writer::Writer;

/// Value of coordinator record type 20; versions 0, flexible from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamsGroupTargetAssignmentMetadataValue {
    /// Versions 0.
    pub assignment_epoch: i32,
    /// Versions 0; tag 0; ignorable.
    pub assignment_timestamp: i64,
}

impl Message for StreamsGroupTargetAssignmentMetadataValue {
    const NAME: &'static str = "StreamsGroupTargetAssignmentMetadataValue";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Element for StreamsGroupTargetAssignmentMetadataValue {
    const SIZE_MIN: usize = 5;

    fn read(reader: &mut Reader, _version: i16, _flexible: bool) -> Result<Self, DecodeError> {
        let assignment_epoch = reader.i32()?;
        let mut assignment_timestamp = 0;
        for _ in 0..reader.tag_count()? {
            let tag = reader.begin_tag()?;
            match tag.number {
                0 => {
                    assignment_timestamp = reader.i64()?;
                }
                _ => reader.skip_tag(),
            }
            reader.end_tag(tag)?;
        }
        Ok(Self { assignment_epoch, assignment_timestamp })
    }

    fn write(
        &self,
        writer: &mut Writer,
        _version: i16,
        _flexible: bool,
    ) -> Result<(), EncodeError> {
        writer.i32(self.assignment_epoch);
        let has_assignment_timestamp = self.assignment_timestamp != 0;
        writer.tag_count(&[has_assignment_timestamp]);
        if has_assignment_timestamp {
            let start = writer.begin_tag(0);
            writer.i64(self.assignment_timestamp);
            writer.end_tag(start)?;
        }
        Ok(())
    }
}
