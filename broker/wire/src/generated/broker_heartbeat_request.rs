// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 63; versions 0-2, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::broker_heartbeat_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Request of API 63; versions 0-2, flexible from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct BrokerHeartbeatRequest {
    /// Versions 0-2.
    pub broker_id: i32,
    /// Versions 0-2; default -1.
    pub broker_epoch: i64,
    /// Versions 0-2.
    pub current_metadata_offset: i64,
    /// Versions 0-2.
    pub want_fence: bool,
    /// Versions 0-2.
    pub want_shut_down: bool,
    /// Versions 1-2; tag 0.
    pub offline_log_dirs: Vec<Uuid>,
    /// Versions 2; nullable 2; tag 1; default null.
    pub cordoned_log_dirs: Option<Vec<Uuid>>,
}

impl Default for BrokerHeartbeatRequest {
    fn default() -> Self {
        Self {
            broker_id: 0,
            broker_epoch: -1,
            current_metadata_offset: 0,
            want_fence: false,
            want_shut_down: false,
            offline_log_dirs: Vec::new(),
            cordoned_log_dirs: None,
        }
    }
}

impl Message for BrokerHeartbeatRequest {
    const NAME: &'static str = "BrokerHeartbeatRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=2;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for BrokerHeartbeatRequest {
    const API_KEY: ApiKey = ApiKey::BrokerHeartbeat;
    type Response = broker_heartbeat_response::BrokerHeartbeatResponse;
}

impl Element for BrokerHeartbeatRequest {
    const SIZE_MIN: usize = 23;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let broker_id = reader.i32()?;
        let broker_epoch = reader.i64()?;
        let current_metadata_offset = reader.i64()?;
        let want_fence = reader.bool()?;
        let want_shut_down = reader.bool()?;
        let mut offline_log_dirs = Vec::new();
        let mut cordoned_log_dirs = None;
        for _ in 0..reader.tag_count()? {
            let tag = reader.begin_tag()?;
            match tag.number {
                0 if version >= 1 => {
                    offline_log_dirs = reader.array(version, flexible)?;
                }
                1 if version >= 2 => {
                    cordoned_log_dirs = reader.nullable_array(version, flexible)?;
                }
                _ => reader.skip_tag(),
            }
            reader.end_tag(tag)?;
        }
        Ok(Self {
            broker_id,
            broker_epoch,
            current_metadata_offset,
            want_fence,
            want_shut_down,
            offline_log_dirs,
            cordoned_log_dirs,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.broker_id);
        writer.i64(self.broker_epoch);
        writer.i64(self.current_metadata_offset);
        writer.bool(self.want_fence);
        writer.bool(self.want_shut_down);
        if version < 1 && !self.offline_log_dirs.is_empty() {
            return Err(EncodeError::not_in_version(
                "BrokerHeartbeatRequest.offline_log_dirs",
                version,
            ));
        }
        if version < 2 && self.cordoned_log_dirs.is_some() {
            return Err(EncodeError::not_in_version(
                "BrokerHeartbeatRequest.cordoned_log_dirs",
                version,
            ));
        }
        let has_offline_log_dirs = version >= 1 && !self.offline_log_dirs.is_empty();
        let has_cordoned_log_dirs = version >= 2 && self.cordoned_log_dirs.is_some();
        writer.tag_count(&[has_offline_log_dirs, has_cordoned_log_dirs]);
        if has_offline_log_dirs {
            let start = writer.begin_tag(0);
            writer.array(&self.offline_log_dirs, version, flexible)?;
            writer.end_tag(start)?;
        }
        if has_cordoned_log_dirs {
            let start = writer.begin_tag(1);
            writer.nullable_array(self.cordoned_log_dirs.as_deref(), version, flexible)?;
            writer.end_tag(start)?;
        }
        Ok(())
    }
}
