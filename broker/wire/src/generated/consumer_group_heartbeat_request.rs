// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 68; versions 0-1, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::consumer_group_heartbeat_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Request of API 68; versions 0-1, flexible from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsumerGroupHeartbeatRequest {
    /// Versions 0-1.
    pub group_id: WireString,
    /// Versions 0-1.
    pub member_id: WireString,
    /// Versions 0-1.
    pub member_epoch: i32,
    /// Versions 0-1; nullable 0-1; default null.
    pub instance_id: Option<WireString>,
    /// Versions 0-1; nullable 0-1; default null.
    pub rack_id: Option<WireString>,
    /// Versions 0-1; default -1.
    pub rebalance_timeout_ms: i32,
    /// Versions 0-1; nullable 0-1; default null.
    pub subscribed_topic_names: Option<Vec<WireString>>,
    /// Versions 1; nullable 1; default null.
    pub subscribed_topic_regex: Option<WireString>,
    /// Versions 0-1; nullable 0-1; default null.
    pub server_assignor: Option<WireString>,
    /// Versions 0-1; nullable 0-1; default null.
    pub topic_partitions: Option<Vec<TopicPartitions>>,
}

impl Default for ConsumerGroupHeartbeatRequest {
    fn default() -> Self {
        Self {
            group_id: WireString::default(),
            member_id: WireString::default(),
            member_epoch: 0,
            instance_id: None,
            rack_id: None,
            rebalance_timeout_ms: -1,
            subscribed_topic_names: None,
            subscribed_topic_regex: None,
            server_assignor: None,
            topic_partitions: None,
        }
    }
}

impl Message for ConsumerGroupHeartbeatRequest {
    const NAME: &'static str = "ConsumerGroupHeartbeatRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=1;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for ConsumerGroupHeartbeatRequest {
    const API_KEY: ApiKey = ApiKey::ConsumerGroupHeartbeat;
    type Response = consumer_group_heartbeat_response::ConsumerGroupHeartbeatResponse;
}

impl Element for ConsumerGroupHeartbeatRequest {
    const SIZE_MIN: usize = 16;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let group_id = reader.string(flexible)?;
        let member_id = reader.string(flexible)?;
        let member_epoch = reader.i32()?;
        let instance_id = reader.nullable_string(flexible)?;
        let rack_id = reader.nullable_string(flexible)?;
        let rebalance_timeout_ms = reader.i32()?;
        let subscribed_topic_names = reader.nullable_array(version, flexible)?;
        let subscribed_topic_regex =
            if version >= 1 { reader.nullable_string(flexible)? } else { None };
        let server_assignor = reader.nullable_string(flexible)?;
        let topic_partitions = reader.nullable_array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self {
            group_id,
            member_id,
            member_epoch,
            instance_id,
            rack_id,
            rebalance_timeout_ms,
            subscribed_topic_names,
            subscribed_topic_regex,
            server_assignor,
            topic_partitions,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.group_id, flexible)?;
        writer.string(&self.member_id, flexible)?;
        writer.i32(self.member_epoch);
        writer.nullable_string(self.instance_id.as_ref(), flexible)?;
        writer.nullable_string(self.rack_id.as_ref(), flexible)?;
        writer.i32(self.rebalance_timeout_ms);
        writer.nullable_array(self.subscribed_topic_names.as_deref(), version, flexible)?;
        if version >= 1 {
            writer.nullable_string(self.subscribed_topic_regex.as_ref(), flexible)?;
        } else if self.subscribed_topic_regex.is_some() {
            return Err(EncodeError::not_in_version(
                "ConsumerGroupHeartbeatRequest.subscribed_topic_regex",
                version,
            ));
        }
        writer.nullable_string(self.server_assignor.as_ref(), flexible)?;
        writer.nullable_array(self.topic_partitions.as_deref(), version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0-1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicPartitions {
    /// Versions 0-1.
    pub topic_id: Uuid,
    /// Versions 0-1.
    pub partitions: Vec<i32>,
}

impl Element for TopicPartitions {
    const SIZE_MIN: usize = 18;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let topic_id = reader.uuid()?;
        let partitions = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { topic_id, partitions })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.uuid(self.topic_id);
        writer.array(&self.partitions, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}
