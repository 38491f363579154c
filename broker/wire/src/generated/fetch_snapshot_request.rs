// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 59; versions 0-1, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::fetch_snapshot_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Request of API 59; versions 0-1, flexible from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct FetchSnapshotRequest {
    /// Versions 0-1; nullable 0-1; tag 0; default null.
    pub cluster_id: Option<WireString>,
    /// Versions 0-1; default -1.
    pub replica_id: i32,
    /// Versions 0-1; default 2147483647.
    pub max_bytes: i32,
    /// Versions 0-1.
    pub topics: Vec<TopicSnapshot>,
}

impl Default for FetchSnapshotRequest {
    fn default() -> Self {
        Self { cluster_id: None, replica_id: -1, max_bytes: i32::MAX, topics: Vec::new() }
    }
}

impl Message for FetchSnapshotRequest {
    const NAME: &'static str = "FetchSnapshotRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=1;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for FetchSnapshotRequest {
    const API_KEY: ApiKey = ApiKey::FetchSnapshot;
    type Response = fetch_snapshot_response::FetchSnapshotResponse;
}

impl Element for FetchSnapshotRequest {
    const SIZE_MIN: usize = 10;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let replica_id = reader.i32()?;
        let max_bytes = reader.i32()?;
        let topics = reader.array(version, flexible)?;
        let mut cluster_id = None;
        for _ in 0..reader.tag_count()? {
            let tag = reader.begin_tag()?;
            match tag.number {
                0 => {
                    cluster_id = reader.nullable_string(flexible)?;
                }
                _ => reader.skip_tag(),
            }
            reader.end_tag(tag)?;
        }
        Ok(Self { cluster_id, replica_id, max_bytes, topics })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.replica_id);
        writer.i32(self.max_bytes);
        writer.array(&self.topics, version, flexible)?;
        let has_cluster_id = self.cluster_id.is_some();
        writer.tag_count(&[has_cluster_id]);
        if has_cluster_id {
            let start = writer.begin_tag(0);
            writer.nullable_string(self.cluster_id.as_ref(), flexible)?;
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
    pub partition: i32,
    /// Versions 0-1.
    pub current_leader_epoch: i32,
    /// Versions 0-1.
    pub snapshot_id: SnapshotId,
    /// Versions 0-1.
    pub position: i64,
    /// Versions 1; tag 0; ignorable.
    pub replica_directory_id: Uuid,
}

impl Element for PartitionSnapshot {
    const SIZE_MIN: usize = 30;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let partition = reader.i32()?;
        let current_leader_epoch = reader.i32()?;
        let snapshot_id = SnapshotId::read(reader, version, flexible)?;
        let position = reader.i64()?;
        let mut replica_directory_id = Uuid::ZERO;
        for _ in 0..reader.tag_count()? {
            let tag = reader.begin_tag()?;
            match tag.number {
                0 if version >= 1 => {
                    replica_directory_id = reader.uuid()?;
                }
                _ => reader.skip_tag(),
            }
            reader.end_tag(tag)?;
        }
        Ok(Self { partition, current_leader_epoch, snapshot_id, position, replica_directory_id })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.partition);
        writer.i32(self.current_leader_epoch);
        self.snapshot_id.write(writer, version, flexible)?;
        writer.i64(self.position);
        let has_replica_directory_id = version >= 1 && self.replica_directory_id != Uuid::ZERO;
        writer.tag_count(&[has_replica_directory_id]);
        if has_replica_directory_id {
            let start = writer.begin_tag(0);
            writer.uuid(self.replica_directory_id);
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
