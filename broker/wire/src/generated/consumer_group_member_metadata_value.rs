// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Value of coordinator record type 5; versions 0, flexible from 0.

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Value of coordinator record type 5; versions 0, flexible from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsumerGroupMemberMetadataValue {
    /// Versions 0; nullable 0.
    pub instance_id: Option<WireString>,
    /// Versions 0; nullable 0.
    pub rack_id: Option<WireString>,
    /// Versions 0.
    pub client_id: WireString,
    /// Versions 0.
    pub client_host: WireString,
    /// Versions 0.
    pub subscribed_topic_names: Vec<WireString>,
    /// Versions 0; nullable 0.
    pub subscribed_topic_regex: Option<WireString>,
    /// Versions 0; default -1.
    pub rebalance_timeout_ms: i32,
    /// Versions 0; nullable 0.
    pub server_assignor: Option<WireString>,
    /// Versions 0; nullable 0; tag 0.
    pub classic_member_metadata: Option<ClassicMemberMetadata>,
}

impl Default for ConsumerGroupMemberMetadataValue {
    fn default() -> Self {
        Self {
            instance_id: Some(WireString::default()),
            rack_id: Some(WireString::default()),
            client_id: WireString::default(),
            client_host: WireString::default(),
            subscribed_topic_names: Vec::new(),
            subscribed_topic_regex: Some(WireString::default()),
            rebalance_timeout_ms: -1,
            server_assignor: Some(WireString::default()),
            classic_member_metadata: Some(ClassicMemberMetadata::default()),
        }
    }
}

impl Message for ConsumerGroupMemberMetadataValue {
    const NAME: &'static str = "ConsumerGroupMemberMetadataValue";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Element for ConsumerGroupMemberMetadataValue {
    const SIZE_MIN: usize = 12;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let instance_id = reader.nullable_string(flexible)?;
        let rack_id = reader.nullable_string(flexible)?;
        let client_id = reader.string(flexible)?;
        let client_host = reader.string(flexible)?;
        let subscribed_topic_names = reader.array(version, flexible)?;
        let subscribed_topic_regex = reader.nullable_string(flexible)?;
        let rebalance_timeout_ms = reader.i32()?;
        let server_assignor = reader.nullable_string(flexible)?;
        let mut classic_member_metadata = Some(ClassicMemberMetadata::default());
        for _ in 0..reader.tag_count()? {
            let tag = reader.begin_tag()?;
            match tag.number {
                0 => {
                    classic_member_metadata =
                        reader.nullable_tagged_structure(version, flexible)?;
                }
                _ => reader.skip_tag(),
            }
            reader.end_tag(tag)?;
        }
        Ok(Self {
            instance_id,
            rack_id,
            client_id,
            client_host,
            subscribed_topic_names,
            subscribed_topic_regex,
            rebalance_timeout_ms,
            server_assignor,
            classic_member_metadata,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.nullable_string(self.instance_id.as_ref(), flexible)?;
        writer.nullable_string(self.rack_id.as_ref(), flexible)?;
        writer.string(&self.client_id, flexible)?;
        writer.string(&self.client_host, flexible)?;
        writer.array(&self.subscribed_topic_names, version, flexible)?;
        writer.nullable_string(self.subscribed_topic_regex.as_ref(), flexible)?;
        writer.i32(self.rebalance_timeout_ms);
        writer.nullable_string(self.server_assignor.as_ref(), flexible)?;
        let has_classic_member_metadata =
            self.classic_member_metadata != Some(ClassicMemberMetadata::default());
        writer.tag_count(&[has_classic_member_metadata]);
        if has_classic_member_metadata {
            let start = writer.begin_tag(0);
            writer.nullable_tagged_structure(
                self.classic_member_metadata.as_ref(),
                version,
                flexible,
            )?;
            writer.end_tag(start)?;
        }
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClassicMemberMetadata {
    /// Versions 0.
    pub session_timeout_ms: i32,
    /// Versions 0.
    pub supported_protocols: Vec<ClassicProtocol>,
}

impl Element for ClassicMemberMetadata {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let session_timeout_ms = reader.i32()?;
        let supported_protocols = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { session_timeout_ms, supported_protocols })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.session_timeout_ms);
        writer.array(&self.supported_protocols, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClassicProtocol {
    /// Versions 0.
    pub name: WireString,
    /// Versions 0.
    pub metadata: Bytes,
}

impl Element for ClassicProtocol {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = reader.string(flexible)?;
        let metadata = reader.bytes(flexible)?;
        reader.skip_tags()?;
        Ok(Self { name, metadata })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.name, flexible)?;
        writer.bytes(&self.metadata, flexible)?;
        writer.no_tags();
        Ok(())
    }
}
