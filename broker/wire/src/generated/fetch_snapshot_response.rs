// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 59; versions 0-1, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::records::Records;
use crate::string::WireString;
use crate::writer::Writer;

/// Response of API 59; versions 0-1, flexible from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FetchSnapshotResponse {
    /// Versions 0-1; ignorable.
    pub throttle_time_ms: i32,
    /// Versions 0-1.
    pub error_code: i16,
    /// Versions 0-1.
    pub topics: Vec<TopicSnapshot>,
    /// Versions 1; tag 0.
    pub node_endpoints: Vec<NodeEndpoint>,
}

impl Message for FetchSnapshotResponse {
    const NAME: &'static str = "FetchSnapshotResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=1;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Element for FetchSnapshotResponse {
    const SIZE_MIN: usize = 8;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let error_code = reader.i16()?;
        let topics = reader.array(version, flexible)?;
        let mut node_endpoints = Vec::new();
        for _ in 0..reader.tag_count()? {
            let tag = reader.begin_tag()?;
            match tag.number {
                0 if version >= 1 => {
                    node_endpoints = reader.array(version, flexible)?;
                }
                _ => reader.skip_tag(),
            }
            reader.end_tag(tag)?;
        }
        Ok(Self { throttle_time_ms, error_code, topics, node_endpoints })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.throttle_time_ms);
        writer.i16(self.error_code);
        writer.array(&self.topics, version, flexible)?;
        if version < 1 && !self.node_endpoints.is_empty() {
            return Err(EncodeError::not_in_version(
                "FetchSnapshotResponse.node_endpoints",
                version,
            ));
        }
        let has_node_endpoints = version >= 1 && !self.node_endpoints.is_empty();
        writer.tag_count(&[has_node_endpoints]);
        if has_node_endpoints {
            let start = writer.begin_tag(0);
            writer.array(&self.node_endpoints, version, flexible)?;
            writer.end_tag(start)?;
        }
        Ok(())
    }
}

/// Versions 0-1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicSnapshot {
    /// Versions 0-1.
    pub name: WireString,
    /// Versions 0-1.
    pub partitions: Vec<PartitionSnapshot>,
}

impl Element for TopicSnapshot {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = reader.string(flexible)?;
        let partitions = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { name, partitions })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.name, flexible)?;
        writer.array(&self.partitions, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0-1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionSnapshot {
    /// Versions 0-1.
    pub index: i32,
    /// Versions 0-1.
    pub error_code: i16,
    /// Versions 0-1.
    pub snapshot_id: SnapshotId,
    /// Versions 0-1; tag 0.
    pub current_leader: LeaderIdAndEpoch,
    /// Versions 0-1.
    pub size: i64,
    /// Versions 0-1.
    pub position: i64,
    /// Versions 0-1.
    pub unaligned_records: Records,
}

impl Element for PartitionSnapshot {
    const SIZE_MIN: usize = 37;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let index = reader.i32()?;
        let error_code = reader.i16()?;
        let snapshot_id = SnapshotId::read(reader, version, flexible)?;
        let size = reader.i64()?;
        let position = reader.i64()?;
        let unaligned_records = reader.records(flexible)?;
        let mut current_leader = LeaderIdAndEpoch::default();
        for _ in 0..reader.tag_count()? {
            let tag = reader.begin_tag()?;
            match tag.number {
                0 => {
                    current_leader = LeaderIdAndEpoch::read(reader, version, flexible)?;
                }
                _ => reader.skip_tag(),
            }
            reader.end_tag(tag)?;
        }
        Ok(Self {
            index,
            error_code,
            snapshot_id,
            current_leader,
            size,
            position,
            unaligned_records,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.index);
        writer.i16(self.error_code);
        self.snapshot_id.write(writer, version, flexible)?;
        writer.i64(self.size);
        writer.i64(self.position);
        writer.records(&self.unaligned_records, flexible)?;
        let has_current_leader = self.current_leader != LeaderIdAndEpoch::default();
        writer.tag_count(&[has_current_leader]);
        if has_current_leader {
            let start = writer.begin_tag(0);
            self.current_leader.write(writer, version, flexible)?;
            writer.end_tag(start)?;
        }
        Ok(())
    }
}

/// Versions 0-1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SnapshotId {
    /// Versions 0-1.
    pub end_offset: i64,
    /// Versions 0-1.
    pub epoch: i32,
}

impl Element for SnapshotId {
    const SIZE_MIN: usize = 13;

    fn read(reader: &mut Reader, _version: i16, _flexible: bool) -> Result<Self, DecodeError> {
        let end_offset = reader.i64()?;
        let epoch = reader.i32()?;
        reader.skip_tags()?;
        Ok(Self { end_offset, epoch })
    }

    fn write(
        &self,
        writer: &mut Writer,
        _version: i16,
        _flexible: bool,
    ) -> Result<(), EncodeError> {
        writer.i64(self.end_offset);
        writer.i32(self.epoch);
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0-1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeaderIdAndEpoch {
    /// Versions 0-1.
    pub leader_id: i32,
    /// Versions 0-1.
    pub leader_epoch: i32,
}

impl Element for LeaderIdAndEpoch {
    const SIZE_MIN: usize = 9;

    fn read(reader: &mut Reader, _version: i16, _flexible: bool) -> Result<Self, DecodeError> {
        let leader_id = reader.i32()?;
        let leader_epoch = reader.i32()?;
        reader.skip_tags()?;
        Ok(Self { leader_id, leader_epoch })
    }

    fn write(
        &self,
        writer: &mut Writer,
        _version: i16,
        _flexible: bool,
    ) -> Result<(), EncodeError> {
        writer.i32(self.leader_id);
        writer.i32(self.leader_epoch);
        writer.no_tags();
        Ok(())
    }
}

/// Versions 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeEndpoint {
    /// Versions 1.
    pub node_id: i32,
    /// Versions 1.
    pub host: WireString,
    /// Versions 1.
    pub port: u16,
}

impl Element for NodeEndpoint {
    const SIZE_MIN: usize = 8;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let node_id = reader.i32()?;
        let host = reader.string(flexible)?;
        let port = reader.u16()?;
        reader.skip_tags()?;
        Ok(Self { node_id, host, port })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.node_id);
        writer.string(&self.host, flexible)?;
        writer.u16(self.port);
        writer.no_tags();
        Ok(())
    }
}
