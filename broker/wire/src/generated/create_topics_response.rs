// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 19; versions 2-7, flexible from 5.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Response of API 19; versions 2-7, flexible from 5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreateTopicsResponse {
    /// Versions 2-7; ignorable.
    pub throttle_time_ms: i32,
    /// Versions 2-7.
    pub topics: Vec<CreatableTopicResult>,
}

impl Message for CreateTopicsResponse {
    const NAME: &'static str = "CreateTopicsResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 2..=7;
    const FLEXIBLE_FROM: i16 = 5;
}

impl Element for CreateTopicsResponse {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let topics = reader.array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { throttle_time_ms, topics })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.throttle_time_ms);
        writer.array(&self.topics, version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 2-7.
#[derive(Clone, Debug, PartialEq)]
pub struct CreatableTopicResult {
    /// Versions 2-7.
    pub name: WireString,
    /// Versions 7; ignorable.
    pub topic_id: Uuid,
    /// Versions 2-7.
    pub error_code: i16,
    /// Versions 2-7; nullable 2-7; ignorable.
    pub error_message: Option<WireString>,
    /// Versions 5-7; tag 0; ignorable.
    pub topic_config_error_code: i16,
    /// Versions 5-7; ignorable; default -1.
    pub num_partitions: i32,
    /// Versions 5-7; ignorable; default -1.
    pub replication_factor: i16,
    /// Versions 5-7; nullable 5-7; ignorable.
    pub configs: Option<Vec<CreatableTopicConfigs>>,
}

impl Default for CreatableTopicResult {
    fn default() -> Self {
        Self {
            name: WireString::default(),
            topic_id: Uuid::ZERO,
            error_code: 0,
            error_message: Some(WireString::default()),
            topic_config_error_code: 0,
            num_partitions: -1,
            replication_factor: -1,
            configs: Some(Vec::new()),
        }
    }
}

impl Element for CreatableTopicResult {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = reader.string(flexible)?;
        let topic_id = if version >= 7 { reader.uuid()? } else { Uuid::ZERO };
        let error_code = reader.i16()?;
        let error_message = reader.nullable_string(flexible)?;
        let num_partitions = if version >= 5 { reader.i32()? } else { -1 };
        let replication_factor = if version >= 5 { reader.i16()? } else { -1 };
        let configs =
            if version >= 5 { reader.nullable_array(version, flexible)? } else { Some(Vec::new()) };
        let mut topic_config_error_code = 0;
        if flexible {
            for _ in 0..reader.tag_count()? {
                let tag = reader.begin_tag()?;
                match tag.number {
                    0 => {
                        topic_config_error_code = reader.i16()?;
                    }
                    _ => reader.skip_tag(),
                }
                reader.end_tag(tag)?;
            }
        }
        Ok(Self {
            name,
            topic_id,
            error_code,
            error_message,
            topic_config_error_code,
            num_partitions,
            replication_factor,
            configs,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.name, flexible)?;
        if version >= 7 {
            writer.uuid(self.topic_id);
        }
        writer.i16(self.error_code);
        writer.nullable_string(self.error_message.as_ref(), flexible)?;
        if version >= 5 {
            writer.i32(self.num_partitions);
        }
        if version >= 5 {
            writer.i16(self.replication_factor);
        }
        if version >= 5 {
            writer.nullable_array(self.configs.as_deref(), version, flexible)?;
        }
        if flexible {
            let has_topic_config_error_code = self.topic_config_error_code != 0;
            writer.tag_count(&[has_topic_config_error_code]);
            if has_topic_config_error_code {
                let start = writer.begin_tag(0);
                writer.i16(self.topic_config_error_code);
                writer.end_tag(start)?;
            }
        }
        Ok(())
    }
}

/// Versions 5-7.
#[derive(Clone, Debug, PartialEq)]
pub struct CreatableTopicConfigs {
    /// Versions 5-7.
    pub name: WireString,
    /// Versions 5-7; nullable 5-7.
    pub value: Option<WireString>,
    /// Versions 5-7.
    pub read_only: bool,
    /// Versions 5-7; ignorable; default -1.
    pub config_source: i8,
    /// Versions 5-7.
    pub is_sensitive: bool,
}

impl Default for CreatableTopicConfigs {
    fn default() -> Self {
        Self {
            name: WireString::default(),
            value: Some(WireString::default()),
            read_only: false,
            config_source: -1,
            is_sensitive: false,
        }
    }
}

impl Element for CreatableTopicConfigs {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = reader.string(flexible)?;
        let value = reader.nullable_string(flexible)?;
        let read_only = reader.bool()?;
        let config_source = reader.i8()?;
        let is_sensitive = reader.bool()?;
        reader.skip_tags()?;
        Ok(Self { name, value, read_only, config_source, is_sensitive })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.name, flexible)?;
        writer.nullable_string(self.value.as_ref(), flexible)?;
        writer.bool(self.read_only);
        writer.i8(self.config_source);
        writer.bool(self.is_sensitive);
        writer.no_tags();
        Ok(())
    }
}
