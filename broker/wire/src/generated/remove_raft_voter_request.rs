// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 81; versions 0, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::remove_raft_voter_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Request of API 81; versions 0, flexible from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoveRaftVoterRequest {
    /// Versions 0; nullable 0.
    pub cluster_id: Option<WireString>,
    /// Versions 0.
    pub voter_id: i32,
    /// Versions 0.
    pub voter_directory_id: Uuid,
}

impl Default for RemoveRaftVoterRequest {
    fn default() -> Self {
        Self {
            cluster_id: Some(WireString::default()),
            voter_id: 0,
            voter_directory_id: Uuid::ZERO,
        }
    }
}

impl Message for RemoveRaftVoterRequest {
    const NAME: &'static str = "RemoveRaftVoterRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for RemoveRaftVoterRequest {
    const API_KEY: ApiKey = ApiKey::RemoveRaftVoter;
    type Response = remove_raft_voter_response::RemoveRaftVoterResponse;
}

impl Element for RemoveRaftVoterRequest {
    const SIZE_MIN: usize = 22;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let cluster_id = reader.nullable_string(flexible)?;
        let voter_id = reader.i32()?;
        let voter_directory_id = reader.uuid()?;
        reader.skip_tags()?;
        Ok(Self { cluster_id, voter_id, voter_directory_id })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.nullable_string(self.cluster_id.as_ref(), flexible)?;
        writer.i32(self.voter_id);
        writer.uuid(self.voter_directory_id);
        writer.no_tags();
        Ok(())
    }
}
