// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Value of coordinator record type 2; versions 0-4, flexible from 4.

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Value of coordinator record type 2; versions 0-4, flexible from 4.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupMetadataValue {
    /// Versions 0-4.
    pub protocol_type: WireString,
    /// Versions 0-4.
    pub generation: i32,
    /// Versions 0-4; nullable 0-4.
    pub protocol: Option<WireString>,
    /// Versions 0-4; nullable 0-4.
    pub leader: Option<WireString>,
    /// Versions 2-4; ignorable; default -1.
    pub current_state_timestamp: i64,
    /// Versions 0-4.
    pub members: Vec<MemberMetadata>,
}

impl Default for GroupMetadataValue {
    fn default() -> Self {
        Self {
            protocol_type: WireString::default(),
            generation: 0,
            protocol: Some(WireString::default()),
            leader: Some(WireString::default()),
            current_state_timestamp: -1,
            members: Vec::new(),
        }
    }
}

impl Message for GroupMetadataValue {
    const NAME: &'static str = "GroupMetadataValue";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=4;
    const FLEXIBLE_FROM: i16 = 4;
}

impl Element for GroupMetadataValue {
    const SIZE_MIN: usize = 14;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let protocol_type = reader.string(flexible)?;
        let generation = reader.i32()?;
        let protocol = reader.nullable_string(flexible)?;
        let leader = reader.nullable_string(flexible)?;
        let current_state_timestamp = if version >= 2 { reader.i64()? } else { -1 };
        let members = reader.array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { protocol_type, generation, protocol, leader, current_state_timestamp, members })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.protocol_type, flexible)?;
        writer.i32(self.generation);
        writer.nullable_string(self.protocol.as_ref(), flexible)?;
        writer.nullable_string(self.leader.as_ref(), flexible)?;
        if version >= 2 {
            writer.i64(self.current_state_timestamp);
        }
        writer.array(&self.members, version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 0-4.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberMetadata {
    /// Versions 0-4.
    pub member_id: WireString,
    /// Versions 3-4; nullable 3-4; ignorable; default null.
    pub group_instance_id: Option<WireString>,
    /// Versions 0-4.
    pub client_id: WireString,
    /// Versions 0-4.
    pub client_host: WireString,
    /// Versions 1-4; ignorable; default -1.
    pub rebalance_timeout: i32,
    /// Versions 0-4.
    pub session_timeout: i32,
    /// Versions 0-4.
    pub subscription: Bytes,
    /// Versions 0-4.
    pub assignment: Bytes,
}

impl Default for MemberMetadata {
    fn default() -> Self {
        Self {
            member_id: WireString::default(),
            group_instance_id: None,
            client_id: WireString::default(),
            client_host: WireString::default(),
            rebalance_timeout: -1,
            session_timeout: 0,
            subscription: Bytes::default(),
            assignment: Bytes::default(),
        }
    }
}

impl Element for MemberMetadata {
    const SIZE_MIN: usize = 15;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let member_id = reader.string(flexible)?;
        let group_instance_id = if version >= 3 { reader.nullable_string(flexible)? } else { None };
        let client_id = reader.string(flexible)?;
        let client_host = reader.string(flexible)?;
        let rebalance_timeout = if version >= 1 { reader.i32()? } else { -1 };
        let session_timeout = reader.i32()?;
        let subscription = reader.bytes(flexible)?;
        let assignment = reader.bytes(flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self {
            member_id,
            group_instance_id,
            client_id,
            client_host,
            rebalance_timeout,
            session_timeout,
            subscription,
            assignment,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.member_id, flexible)?;
        if version >= 3 {
            writer.nullable_string(self.group_instance_id.as_ref(), flexible)?;
        }
        writer.string(&self.client_id, flexible)?;
        writer.string(&self.client_host, flexible)?;
        if version >= 1 {
            writer.i32(self.rebalance_timeout);
        }
        writer.i32(self.session_timeout);
        writer.bytes(&self.subscription, flexible)?;
        writer.bytes(&self.assignment, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}
