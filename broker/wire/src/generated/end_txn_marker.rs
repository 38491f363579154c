// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Data inside of other messages or records; versions 0, never flexible.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::writer::Writer;

/// Data inside of other messages or records; versions 0, never flexible.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EndTxnMarker {
    /// Versions 0.
    pub coordinator_epoch: i32,
}

impl Message for EndTxnMarker {
    const NAME: &'static str = "EndTxnMarker";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = i16::MAX;
}

impl Element for EndTxnMarker {
    const SIZE_MIN: usize = 4;

    fn read(reader: &mut Reader, _version: i16, _flexible: bool) -> Result<Self, DecodeError> {
        let coordinator_epoch = reader.i32()?;
        Ok(Self { coordinator_epoch })
    }

    fn write(
        &self,
        writer: &mut Writer,
        _version: i16,
        _flexible: bool,
    ) -> Result<(), EncodeError> {
        writer.i32(self.coordinator_epoch);
        Ok(())
    }
}
