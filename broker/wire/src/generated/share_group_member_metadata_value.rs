// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Value of coordinator record type 10; versions 0, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Value of coordinator record type 10; versions 0, flexible from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct ShareGroupMemberMetadataValue {
    /// Versions 0; nullable 0.
    pub rack_id: Option<WireString>,
    /// Versions 0.
    pub client_id: WireString,
    /// Versions 0.
    pub client_host: WireString,
    /// Versions 0.
    pub subscribed_topic_names: Vec<WireString>,
}

impl Default for ShareGroupMemberMetadataValue {
    fn default() -> Self {
        Self {
            rack_id: Some(WireString::default()),
            client_id: WireString::default(),
            client_host: WireString::default(),
            subscribed_topic_names: Vec::new(),
        }
    }
}

impl Message for ShareGroupMemberMetadataValue {
    const NAME: &'static str = "ShareGroupMemberMetadataValue";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Element for ShareGroupMemberMetadataValue {
    const SIZE_MIN: usize = 5;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let rack_id = reader.nullable_string(flexible)?;
        let client_id = reader.string(flexible)?;
        let client_host = reader.string(flexible)?;
        let subscribed_topic_names = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { rack_id, client_id, client_host, subscribed_topic_names })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.nullable_string(self.rack_id.as_ref(), flexible)?;
        writer.string(&self.client_id, flexible)?;
        writer.string(&self.client_host, flexible)?;
        writer.array(&self.subscribed_topic_names, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}
