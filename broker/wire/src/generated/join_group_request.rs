// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 11; versions 0-9, flexible from 6.

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::join_group_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 11; versions 0-9, flexible from 6.
#[derive(Clone, Debug, PartialEq)]
pub struct JoinGroupRequest {
    /// Versions 0-9.
    pub group_id: WireString,
    /// Versions 0-9.
    pub session_timeout_ms: i32,
    /// Versions 1-9; ignorable; default -1.
    pub rebalance_timeout_ms: i32,
    /// Versions 0-9.
    pub member_id: WireString,
    /// Versions 5-9; nullable 5-9; default null.
    pub group_instance_id: Option<WireString>,
    /// Versions 0-9.
    pub protocol_type: WireString,
    /// Versions 0-9.
    pub protocols: Vec<JoinGroupRequestProtocol>,
    /// Versions 8-9; nullable 8-9; ignorable; default null.
    pub reason: Option<WireString>,
}

impl Default for JoinGroupRequest {
    fn default() -> Self {
        Self {
            group_id: WireString::default(),
            session_timeout_ms: 0,
            rebalance_timeout_ms: -1,
            member_id: WireString::default(),
            group_instance_id: None,
            protocol_type: WireString::default(),
            protocols: Vec::new(),
            reason: None,
        }
    }
}

impl Message for JoinGroupRequest {
    const NAME: &'static str = "JoinGroupRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=9;
    const FLEXIBLE_FROM: i16 = 6;
}

impl Request for JoinGroupRequest {
    const API_KEY: ApiKey = ApiKey::JoinGroup;
    type Response = join_group_response::JoinGroupResponse;
}

impl Element for JoinGroupRequest {
    const SIZE_MIN: usize = 14;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let group_id = reader.string(flexible)?;
        let session_timeout_ms = reader.i32()?;
        let rebalance_timeout_ms = if version >= 1 { reader.i32()? } else { -1 };
        let member_id = reader.string(flexible)?;
        let group_instance_id = if version >= 5 { reader.nullable_string(flexible)? } else { None };
        let protocol_type = reader.string(flexible)?;
        let protocols = reader.array(version, flexible)?;
        let reason = if version >= 8 { reader.nullable_string(flexible)? } else { None };
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self {
            group_id,
            session_timeout_ms,
            rebalance_timeout_ms,
            member_id,
            group_instance_id,
            protocol_type,
            protocols,
            reason,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.group_id, flexible)?;
        writer.i32(self.session_timeout_ms);
        if version >= 1 {
            writer.i32(self.rebalance_timeout_ms);
        }
        writer.string(&self.member_id, flexible)?;
        if version >= 5 {
            writer.nullable_string(self.group_instance_id.as_ref(), flexible)?;
        } else if self.group_instance_id.is_some() {
            return Err(EncodeError::not_in_version("JoinGroupRequest.group_instance_id", version));
        }
        writer.string(&self.protocol_type, flexible)?;
        writer.array(&self.protocols, version, flexible)?;
        if version >= 8 {
            writer.nullable_string(self.reason.as_ref(), flexible)?;
        }
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 0-9.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JoinGroupRequestProtocol {
    /// Versions 0-9.
    pub name: WireString,
    /// Versions 0-9.
    pub metadata: Bytes,
}

impl Element for JoinGroupRequestProtocol {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = reader.string(flexible)?;
        let metadata = reader.bytes(flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { name, metadata })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.name, flexible)?;
        writer.bytes(&self.metadata, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
