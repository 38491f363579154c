// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 82; versions 0, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Response of API 82; versions 0, flexible from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UpdateRaftVoterResponse {
    /// Versions 0.
    pub throttle_time_ms: i32,
    /// Versions 0.
    pub error_code: i16,
    /// Versions 0; tag 0.
    pub current_leader: CurrentLeader,
}

impl Message for UpdateRaftVoterResponse {
    const NAME: &'static str = "UpdateRaftVoterResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Element for UpdateRaftVoterResponse {
    const SIZE_MIN: usize = 7;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let error_code = reader.i16()?;
        let mut current_leader = CurrentLeader::default();
        for _ in 0..reader.tag_count()? {
            let tag = reader.begin_tag()?;
            match tag.number {
                0 => {
                    current_leader = CurrentLeader::read(reader, version, flexible)?;
                }
                _ => reader.skip_tag(),
            }
            reader.end_tag(tag)?;
        }
        Ok(Self { throttle_time_ms, error_code, current_leader })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.throttle_time_ms);
        writer.i16(self.error_code);
        let has_current_leader = self.current_leader != CurrentLeader::default();
        writer.tag_count(&[has_current_leader]);
        if has_current_leader {
            let start = writer.begin_tag(0);
            self.current_leader.write(writer, version, flexible)?;
            writer.end_tag(start)?;
        }
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct CurrentLeader {
    /// Versions 0; default -1.
    pub leader_id: i32,
    /// Versions 0; default -1.
    pub leader_epoch: i32,
    /// Versions 0.
    pub host: WireString,
    /// Versions 0.
    pub port: i32,
}

impl Default for CurrentLeader {
    fn default() -> Self {
        Self { leader_id: -1, leader_epoch: -1, host: WireString::default(), port: 0 }
    }
}

impl Element for CurrentLeader {
    const SIZE_MIN: usize = 14;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let leader_id = reader.i32()?;
        let leader_epoch = reader.i32()?;
        let host = reader.string(flexible)?;
        let port = reader.i32()?;
        reader.skip_tags()?;
        Ok(Self { leader_id, leader_epoch, host, port })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.leader_id);
        writer.i32(self.leader_epoch);
        writer.string(&self.host, flexible)?;
        writer.i32(self.port);
        writer.no_tags();
        Ok(())
    }
}
