// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 58; versions 0, flexible from 0.

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::writer::Writer;

/// Response of API 58; versions 0, flexible from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EnvelopeResponse {
    /// Versions 0; nullable 0; default null.
    pub response_data: Option<Bytes>,
    /// Versions 0.
    pub error_code: i16,
}

impl Message for EnvelopeResponse {
    const NAME: &'static str = "EnvelopeResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Element for EnvelopeResponse {
    const SIZE_MIN: usize = 4;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let response_data = reader.nullable_bytes(flexible)?;
        let error_code = reader.i16()?;
        reader.skip_tags()?;
        Ok(Self { response_data, error_code })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.nullable_bytes(self.response_data.as_ref(), flexible)?;
        writer.i16(self.error_code);
        writer.no_tags();
        Ok(())
    }
}
