// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Value of coordinator record type 17; versions 0, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Value of coordinator record type 17; versions 0, flexible from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamsGroupMetadataValue {
    /// Versions 0.
    pub epoch: i32,
    /// Versions 0.
    pub metadata_hash: i64,
    /// Versions 0; tag 0; default -1.
    pub validated_topology_epoch: i32,
    /// Versions 0; nullable 0; tag 1.
    pub last_assignment_configs: Option<Vec<LastAssignmentConfig>>,
}

impl Default for StreamsGroupMetadataValue {
    fn default() -> Self {
        Self {
            epoch: 0,
            metadata_hash: 0,
            validated_topology_epoch: -1,
            last_assignment_configs: Some(Vec::new()),
        }
    }
}

impl Message for StreamsGroupMetadataValue {
    const NAME: &'static str = "StreamsGroupMetadataValue";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Element for StreamsGroupMetadataValue {
    const SIZE_MIN: usize = 13;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let epoch = reader.i32()?;
        let metadata_hash = reader.i64()?;
        let mut validated_topology_epoch = -1;
        let mut last_assignment_configs = Some(Vec::new());
        for _ in 0..reader.tag_count()? {
            let tag = reader.begin_tag()?;
            match tag.number {
                0 => {
                    validated_topology_epoch = reader.i32()?;
                }
                1 => {
                    last_assignment_configs = reader.nullable_array(version, flexible)?;
                }
                _ => reader.skip_tag(),
            }
            reader.end_tag(tag)?;
        }
        Ok(Self { epoch, metadata_hash, validated_topology_epoch, last_assignment_configs })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.epoch);
        writer.i64(self.metadata_hash);
        let has_validated_topology_epoch = self.validated_topology_epoch != -1;
        let has_last_assignment_configs =
            self.last_assignment_configs.as_ref().is_none_or(|value| !value.is_empty());
        writer.tag_count(&[has_validated_topology_epoch, has_last_assignment_configs]);
        if has_validated_topology_epoch {
            let start = writer.begin_tag(0);
            writer.i32(self.validated_topology_epoch);
            writer.end_tag(start)?;
        }
        if has_last_assignment_configs {
            let start = writer.begin_tag(1);
            writer.nullable_array(self.last_assignment_configs.as_deref(), version, flexible)?;
            writer.end_tag(start)?;
        }
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LastAssignmentConfig {
    /// Versions 0.
    pub key: WireString,
    /// Versions 0.
    pub value: WireString,
}

impl Element for LastAssignmentConfig {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let key = reader.string(flexible)?;
        let value = reader.string(flexible)?;
        reader.skip_tags()?;
        Ok(Self { key, value })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.key, flexible)?;
        writer.string(&self.value, flexible)?;
        writer.no_tags();
        Ok(())
    }
}
