// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 76; versions 1, flexible from 1.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::share_group_heartbeat_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 76; versions 1, flexible from 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareGroupHeartbeatRequest {
    /// Versions 1.
    pub group_id: WireString,
    /// Versions 1.
    pub member_id: WireString,
    /// Versions 1.
    pub member_epoch: i32,
    /// Versions 1; nullable 1; default null.
    pub rack_id: Option<WireString>,
    /// Versions 1; nullable 1; default null.
    pub subscribed_topic_names: Option<Vec<WireString>>,
}

impl Message for ShareGroupHeartbeatRequest {
    const NAME: &'static str = "ShareGroupHeartbeatRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 1..=1;
    const FLEXIBLE_FROM: i16 = 1;
}

impl Request for ShareGroupHeartbeatRequest {
    const API_KEY: ApiKey = ApiKey::ShareGroupHeartbeat;
    type Response = share_group_heartbeat_response::ShareGroupHeartbeatResponse;
}

impl Element for ShareGroupHeartbeatRequest {
    const SIZE_MIN: usize = 9;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let group_id = reader.string(flexible)?;
        let member_id = reader.string(flexible)?;
        let member_epoch = reader.i32()?;
        let rack_id = reader.nullable_string(flexible)?;
        let subscribed_topic_names = reader.nullable_array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { group_id, member_id, member_epoch, rack_id, subscribed_topic_names })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.group_id, flexible)?;
        writer.string(&self.member_id, flexible)?;
        writer.i32(self.member_epoch);
        writer.nullable_string(self.rack_id.as_ref(), flexible)?;
        writer.nullable_array(self.subscribed_topic_names.as_deref(), version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}
