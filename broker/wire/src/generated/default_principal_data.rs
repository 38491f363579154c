// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Data inside of other messages or records; versions 0, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Data inside of other messages or records; versions 0, flexible from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DefaultPrincipalData {
    /// Versions 0.
    pub r#type: WireString,
    /// Versions 0.
    pub name: WireString,
    /// Versions 0.
    pub token_authenticated: bool,
}

impl Message for DefaultPrincipalData {
    const NAME: &'static str = "DefaultPrincipalData";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Element for DefaultPrincipalData {
    const SIZE_MIN: usize = 4;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let r#type = reader.string(flexible)?;
        let name = reader.string(flexible)?;
        let token_authenticated = reader.bool()?;
        reader.skip_tags()?;
        Ok(Self { r#type, name, token_authenticated })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.r#type, flexible)?;
        writer.string(&self.name, flexible)?;
        writer.bool(self.token_authenticated);
        writer.no_tags();
        Ok(())
    }
}
