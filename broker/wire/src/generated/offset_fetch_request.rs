// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 9; versions 1-10, flexible from 6.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::offset_fetch_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Request of API 9; versions 1-10, flexible from 6.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetFetchRequest {
    /// Versions 1-7.
    pub group_id: WireString,
    /// Versions 1-7; nullable 2-7.
    pub topics: Option<Vec<OffsetFetchRequestTopic>>,
    /// Versions 8-10.
    pub groups: Vec<OffsetFetchRequestGroup>,
    /// Versions 7-10.
    pub require_stable: bool,
}

impl Default for OffsetFetchRequest {
    fn default() -> Self {
        Self {
            group_id: WireString::default(),
            topics: Some(Vec::new()),
            groups: Vec::new(),
            require_stable: false,
        }
    }
}

impl Message for OffsetFetchRequest {
    const NAME: &'static str = "OffsetFetchRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 1..=10;
    const FLEXIBLE_FROM: i16 = 6;
}

impl Request for OffsetFetchRequest {
    const API_KEY: ApiKey = ApiKey::OffsetFetch;
    type Response = offset_fetch_response::OffsetFetchResponse;
}

impl Element for OffsetFetchRequest {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let group_id = if version <= 7 { reader.string(flexible)? } else { WireString::default() };
        let topics = if version <= 7 {
            if version >= 2 {
                reader.nullable_array(version, flexible)?
            } else {
                Some(reader.array(version, flexible)?)
            }
        } else {
            Some(Vec::new())
        };
        let groups = if version >= 8 { reader.array(version, flexible)? } else { Vec::new() };
        let require_stable = if version >= 7 { reader.bool()? } else { false };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { group_id, topics, groups, require_stable })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        if version <= 7 {
            writer.string(&self.group_id, flexible)?;
        } else if !self.group_id.is_empty() {
            return Err(EncodeError::not_in_version("OffsetFetchRequest.group_id", version));
        }
        if version <= 7 {
            if version >= 2 {
                writer.nullable_array(self.topics.as_deref(), version, flexible)?;
            } else {
                let present = self
                    .topics
                    .as_ref()
                    .ok_or(EncodeError::null_in_version("OffsetFetchRequest.topics", version))?;
                writer.array(present, version, flexible)?;
            }
        } else if self.topics.as_ref().is_none_or(|value| !value.is_empty()) {
            return Err(EncodeError::not_in_version("OffsetFetchRequest.topics", version));
        }
        if version >= 8 {
            writer.array(&self.groups, version, flexible)?;
        } else if !self.groups.is_empty() {
            return Err(EncodeError::not_in_version("OffsetFetchRequest.groups", version));
        }
        if version >= 7 {
            writer.bool(self.require_stable);
        } else if self.require_stable {
            return Err(EncodeError::not_in_version("OffsetFetchRequest.require_stable", version));
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 1-7.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetFetchRequestTopic {
    /// Versions 1-7.
    pub name: WireString,
    /// Versions 1-7.
    pub partition_indexes: Vec<i32>,
}

impl Element for OffsetFetchRequestTopic {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = reader.string(flexible)?;
        let partition_indexes = reader.array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { name, partition_indexes })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.name, flexible)?;
        writer.array(&self.partition_indexes, version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 8-10.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetFetchRequestGroup {
    /// Versions 8-10.
    pub group_id: WireString,
    /// Versions 9-10; nullable 9-10; ignorable; default null.
    pub member_id: Option<WireString>,
    /// Versions 9-10; ignorable; default -1.
    pub member_epoch: i32,
    /// Versions 8-10; nullable 8-10.
    pub topics: Option<Vec<OffsetFetchRequestTopics>>,
}

impl Default for OffsetFetchRequestGroup {
    fn default() -> Self {
        Self {
            group_id: WireString::default(),
            member_id: None,
            member_epoch: -1,
            topics: Some(Vec::new()),
        }
    }
}

impl Element for OffsetFetchRequestGroup {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let group_id = reader.string(flexible)?;
        let member_id = if version >= 9 { reader.nullable_string(flexible)? } else { None };
        let member_epoch = if version >= 9 { reader.i32()? } else { -1 };
        let topics = reader.nullable_array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { group_id, member_id, member_epoch, topics })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.group_id, flexible)?;
        if version >= 9 {
            writer.nullable_string(self.member_id.as_ref(), flexible)?;
        }
        if version >= 9 {
            writer.i32(self.member_epoch);
        }
        writer.nullable_array(self.topics.as_deref(), version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 8-10.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetFetchRequestTopics {
    /// Versions 8-9; ignorable.
    pub name: WireString,
    /// Versions 10; ignorable.
    pub topic_id: Uuid,
    /// Versions 8-10.
    pub partition_indexes: Vec<i32>,
}

impl Element for OffsetFetchRequestTopics {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = if version <= 9 { reader.string(flexible)? } else { WireString::default() };
        let topic_id = if version >= 10 { reader.uuid()? } else { Uuid::ZERO };
        let partition_indexes = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { name, topic_id, partition_indexes })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        if version <= 9 {
            writer.string(&self.name, flexible)?;
        }
        if version >= 10 {
            writer.uuid(self.topic_id);
        }
        writer.array(&self.partition_indexes, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}
