// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 3; versions 0-13, flexible from 9.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::metadata_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Request of API 3; versions 0-13, flexible from 9.
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataRequest {
    /// Versions 0-13; nullable 1-13.
    pub topics: Option<Vec<MetadataRequestTopic>>,
    /// Versions 4-13; default true.
    pub allow_auto_topic_creation: bool,
    /// Versions 8-10.
    pub include_cluster_authorized_operations: bool,
    /// Versions 8-13.
    pub include_topic_authorized_operations: bool,
}

impl Default for MetadataRequest {
    fn default() -> Self {
        Self {
            topics: Some(Vec::new()),
            allow_auto_topic_creation: true,
            include_cluster_authorized_operations: false,
            include_topic_authorized_operations: false,
        }
    }
}

impl Message for MetadataRequest {
    const NAME: &'static str = "MetadataRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=13;
    const FLEXIBLE_FROM: i16 = 9;
}

impl Request for MetadataRequest {
    const API_KEY: ApiKey = ApiKey::Metadata;
    type Response = metadata_response::MetadataResponse;
}

impl Element for MetadataRequest {
    const SIZE_MIN: usize = 4;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let topics = if version >= 1 {
            reader.nullable_array(version, flexible)?
        } else {
            Some(reader.array(version, flexible)?)
        };
        let allow_auto_topic_creation = if version >= 4 { reader.bool()? } else { true };
        let include_cluster_authorized_operations =
            if (8..=10).contains(&version) { reader.bool()? } else { false };
        let include_topic_authorized_operations = if version >= 8 { reader.bool()? } else { false };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self {
            topics,
            allow_auto_topic_creation,
            include_cluster_authorized_operations,
            include_topic_authorized_operations,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        if version >= 1 {
            writer.nullable_array(self.topics.as_deref(), version, flexible)?;
        } else {
            let present = self
                .topics
                .as_ref()
                .ok_or(EncodeError::null_in_version("MetadataRequest.topics", version))?;
            writer.array(present, version, flexible)?;
        }
        if version >= 4 {
            writer.bool(self.allow_auto_topic_creation);
        } else if !self.allow_auto_topic_creation {
            return Err(EncodeError::not_in_version(
                "MetadataRequest.allow_auto_topic_creation",
                version,
            ));
        }
        if (8..=10).contains(&version) {
            writer.bool(self.include_cluster_authorized_operations);
        } else if self.include_cluster_authorized_operations {
            return Err(EncodeError::not_in_version(
                "MetadataRequest.include_cluster_authorized_operations",
                version,
            ));
        }
        if version >= 8 {
            writer.bool(self.include_topic_authorized_operations);
        } else if self.include_topic_authorized_operations {
            return Err(EncodeError::not_in_version(
                "MetadataRequest.include_topic_authorized_operations",
                version,
            ));
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 0-13.
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataRequestTopic {
    /// Versions 10-13; ignorable.
    pub topic_id: Uuid,
    /// Versions 0-13; nullable 10-13.
    pub name: Option<WireString>,
}

impl Default for MetadataRequestTopic {
    fn default() -> Self {
        Self { topic_id: Uuid::ZERO, name: Some(WireString::default()) }
    }
}

impl Element for MetadataRequestTopic {
    const SIZE_MIN: usize = 2;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let topic_id = if version >= 10 { reader.uuid()? } else { Uuid::ZERO };
        let name = if version >= 10 {
            reader.nullable_string(flexible)?
        } else {
            Some(reader.string(flexible)?)
        };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { topic_id, name })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        if version >= 10 {
            writer.uuid(self.topic_id);
        }
        if version >= 10 {
            writer.nullable_string(self.name.as_ref(), flexible)?;
        } else {
            let present = self
                .name
                .as_ref()
                .ok_or(EncodeError::null_in_version("MetadataRequestTopic.name", version))?;
            writer.string(present, flexible)?;
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
