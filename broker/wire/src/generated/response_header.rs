// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Header; versions 0-1, flexible from 1.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::writer::Writer;

/// Header; versions 0-1, flexible from 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResponseHeader {
    /// Versions 0-1.
    pub correlation_id: i32,
}

impl Message for ResponseHeader {
    const NAME: &'static str = "ResponseHeader";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=1;
    const FLEXIBLE_FROM: i16 = 1;
}

impl Element for ResponseHeader {
    const SIZE_MIN: usize = 4;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let correlation_id = reader.i32()?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { correlation_id })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.correlation_id);
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
