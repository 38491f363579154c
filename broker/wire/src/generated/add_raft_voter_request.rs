// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 80; versions 0-1, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::generated::add_raft_voter_response;
use crate::generated::api_key::ApiKey;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Request of API 80; versions 0-1, flexible from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct AddRaftVoterRequest {
    /// Versions 0-1; nullable 0-1.
    pub cluster_id: Option<WireString>,
    /// Versions 0-1.
    pub timeout_ms: i32,
    /// Versions 0-1.
    pub voter_id: i32,
    /// Versions 0-1.
    pub voter_directory_id: Uuid,
    /// Versions 0-1.
    pub listeners: Vec<Listener>,
    /// Versions 1; default true.
    pub ack_when_committed: bool,
}

impl Default for AddRaftVoterRequest {
    fn default() -> Self {
        Self {
            cluster_id: Some(WireString::default()),
            timeout_ms: 0,
            voter_id: 0,
            voter_directory_id: Uuid::ZERO,
            listeners: Vec::new(),
            ack_when_committed: true,
        }
    }
}

impl Message for AddRaftVoterRequest {
    const NAME: &'static str = "AddRaftVoterRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=1;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for AddRaftVoterRequest {
    const API_KEY: ApiKey = ApiKey::AddRaftVoter;
    type Response = add_raft_voter_response::AddRaftVoterResponse;
}

impl Element for AddRaftVoterRequest {
    const SIZE_MIN: usize = 27;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let cluster_id = reader.nullable_string(flexible)?;
        let timeout_ms = reader.i32()?;
        let voter_id = reader.i32()?;
        let voter_directory_id = reader.uuid()?;
        let listeners = reader.array(version, flexible)?;
        let ack_when_committed = if version >= 1 { reader.bool()? } else { true };
        reader.skip_tags()?;
        Ok(Self {
            cluster_id,
            timeout_ms,
            voter_id,
            voter_directory_id,
            listeners,
            ack_when_committed,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.nullable_string(self.cluster_id.as_ref(), flexible)?;
        writer.i32(self.timeout_ms);
        writer.i32(self.voter_id);
        writer.uuid(self.voter_directory_id);
        writer.array(&self.listeners, version, flexible)?;
        if version >= 1 {
            writer.bool(self.ack_when_committed);
        } else if !self.ack_when_committed {
            return Err(EncodeError::not_in_version(
                "AddRaftVoterRequest.ack_when_committed",
                version,
            ));
        }
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0-1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listener {
    /// Versions 0-1.
    pub name: WireString,
    /// Versions 0-1.
    pub host: WireString,
    /// Versions 0-1.
    pub port: u16,
}

impl Element for Listener {
    const SIZE_MIN: usize = 5;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = reader.string(flexible)?;
        let host = reader.string(flexible)?;
        let port = reader.u16()?;
        reader.skip_tags()?;
        Ok(Self { name, host, port })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.name, flexible)?;
        writer.string(&self.host, flexible)?;
        writer.u16(self.port);
        writer.no_tags();
        Ok(())
    }
}
