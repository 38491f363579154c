// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Value of coordinator record type 3; versions 0, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::writer::Writer;

/// Value of coordinator record type 3; versions 0, flexible from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsumerGroupMetadataValue {
    /// Versions 0.
    pub epoch: i32,
    /// Versions 0; tag 0.
    pub metadata_hash: i64,
}

impl Message for ConsumerGroupMetadataValue {
    const NAME: &'static str = "ConsumerGroupMetadataValue";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Element for ConsumerGroupMetadataValue {
    const SIZE_MIN: usize = 5;

    fn read(reader: &mut Reader, _version: i16, _flexible: bool) -> Result<Self, DecodeError> {
        let epoch = reader.i32()?;
        let mut metadata_hash = 0;
        for _ in 0..reader.tag_count()? {
            let tag = reader.begin_tag()?;
            match tag.number {
                0 => {
                    metadata_hash = reader.i64()?;
                }
                _ => reader.skip_tag(),
            }
            reader.end_tag(tag)?;
        }
        Ok(Self { epoch, metadata_hash })
    }

    fn write(
        &self,
        writer: &mut Writer,
        _version: i16,
        _flexible: bool,
    ) -> Result<(), EncodeError> {
        writer.i32(self.epoch);
        let has_metadata_hash = self.metadata_hash != 0;
        writer.tag_count(&[has_metadata_hash]);
        if has_metadata_hash {
            let start = writer.begin_tag(0);
            writer.i64(self.metadata_hash);
            writer.end_tag(start)?;
        }
        Ok(())
    }
}
