// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 1; versions 4-18, flexible from 12.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::records::Records;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Response of API 1; versions 4-18, flexible from 12.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FetchResponse {
    /// Versions 4-18; ignorable.
    pub throttle_time_ms: i32,
    /// Versions 7-18; ignorable.
    pub error_code: i16,
    /// Versions 7-18.
    pub session_id: i32,
    /// Versions 4-18.
    pub responses: Vec<FetchableTopicResponse>,
    /// Versions 16-18; tag 0.
    pub node_endpoints: Vec<NodeEndpoint>,
}

impl Message for FetchResponse {
    const NAME: &'static str = "FetchResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 4..=18;
    const FLEXIBLE_FROM: i16 = 12;
}

impl Element for FetchResponse {
    const SIZE_MIN: usize = 8;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let error_code = if version >= 7 { reader.i16()? } else { 0 };
        let session_id = if version >= 7 { reader.i32()? } else { 0 };
        let responses = reader.array(version, flexible)?;
        let mut node_endpoints = Vec::new();
        if flexible {
            for _ in 0..reader.tag_count()? {
                let tag = reader.begin_tag()?;
                match tag.number {
                    0 if version >= 16 => {
                        node_endpoints = reader.array(version, flexible)?;
                    }
                    _ => reader.skip_tag(),
                }
                reader.end_tag(tag)?;
            }
        }
        Ok(Self { throttle_time_ms, error_code, session_id, responses, node_endpoints })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.throttle_time_ms);
        if version >= 7 {
            writer.i16(self.error_code);
        }
        if version >= 7 {
            writer.i32(self.session_id);
        } else if self.session_id != 0 {
            return Err(EncodeError::not_in_version("FetchResponse.session_id", version));
        }
        writer.array(&self.responses, version, flexible)?;
        if version < 16 && !self.node_endpoints.is_empty() {
            return Err(EncodeError::not_in_version("FetchResponse.node_endpoints", version));
        }
        if flexible {
            let has_node_endpoints = version >= 16 && !self.node_endpoints.is_empty();
            writer.tag_count(&[has_node_endpoints]);
            if has_node_endpoints {
                let start = writer.begin_tag(0);
                writer.array(&self.node_endpoints, version, flexible)?;
                writer.end_tag(start)?;
            }
        }
        Ok(())
    }
}

/// Versions 4-18.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FetchableTopicResponse {
    /// Versions 4-12; ignorable.
    pub topic: WireString,
    /// Versions 13-18; ignorable.
    pub topic_id: Uuid,
    /// Versions 4-18.
    pub partitions: Vec<PartitionData>,
}

impl Element for FetchableTopicResponse {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let topic = if version <= 12 { reader.string(flexible)? } else { WireString::default() };
        let topic_id = if version >= 13 { reader.uuid()? } else { Uuid::ZERO };
        let partitions = reader.array(version, flexible)?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { topic, topic_id, partitions })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        if version <= 12 {
            writer.string(&self.topic, flexible)?;
        }
        if version >= 13 {
            writer.uuid(self.topic_id);
        }
        writer.array(&self.partitions, version, flexible)?;
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 4-18.
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionData {
    /// Versions 4-18.
    pub partition_index: i32,
    /// Versions 4-18.
    pub error_code: i16,
    /// Versions 4-18.
    pub high_watermark: i64,
    /// Versions 4-18; ignorable; default -1.
    pub last_stable_offset: i64,
    /// Versions 5-18; ignorable; default -1.
    pub log_start_offset: i64,
    /// Versions 12-18; tag 0.
    pub diverging_epoch: EpochEndOffset,
    /// Versions 12-18; tag 1.
    pub current_leader: LeaderIdAndEpoch,
    /// Versions 12-18; tag 2.
    pub snapshot_id: SnapshotId,
    /// Versions 4-18; nullable 4-18; ignorable.
    pub aborted_transactions: Option<Vec<AbortedTransaction>>,
    /// Versions 11-18; default -1.
    pub preferred_read_replica: i32,
    /// Versions 4-18; nullable 4-18; default null.
    pub records: Option<Records>,
}

impl Default for PartitionData {
    fn default() -> Self {
        Self {
            partition_index: 0,
            error_code: 0,
            high_watermark: 0,
            last_stable_offset: -1,
            log_start_offset: -1,
            diverging_epoch: EpochEndOffset::default(),
            current_leader: LeaderIdAndEpoch::default(),
            snapshot_id: SnapshotId::default(),
            aborted_transactions: Some(Vec::new()),
            preferred_read_replica: -1,
            records: None,
        }
    }
}

impl Element for PartitionData {
    const SIZE_MIN: usize = 30;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let error_code = reader.i16()?;
        let high_watermark = reader.i64()?;
        let last_stable_offset = reader.i64()?;
        let log_start_offset = if version >= 5 { reader.i64()? } else { -1 };
        let aborted_transactions = reader.nullable_array(version, flexible)?;
        let preferred_read_replica = if version >= 11 { reader.i32()? } else { -1 };
        let records = reader.nullable_records(flexible)?;
        let mut diverging_epoch = EpochEndOffset::default();
        let mut current_leader = LeaderIdAndEpoch::default();
        let mut snapshot_id = SnapshotId::default();
        if flexible {
            for _ in 0..reader.tag_count()? {
                let tag = reader.begin_tag()?;
                match tag.number {
                    0 => {
                        diverging_epoch = EpochEndOffset::read(reader, version, flexible)?;
                    }
                    1 => {
                        current_leader = LeaderIdAndEpoch::read(reader, version, flexible)?;
                    }
                    2 => {
                        snapshot_id = SnapshotId::read(reader, version, flexible)?;
                    }
                    _ => reader.skip_tag(),
                }
                reader.end_tag(tag)?;
            }
        }
        Ok(Self {
            partition_index,
            error_code,
            high_watermark,
            last_stable_offset,
            log_start_offset,
            diverging_epoch,
            current_leader,
            snapshot_id,
            aborted_transactions,
            preferred_read_replica,
            records,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.partition_index);
        writer.i16(self.error_code);
        writer.i64(self.high_watermark);
        writer.i64(self.last_stable_offset);
        if version >= 5 {
            writer.i64(self.log_start_offset);
        }
        writer.nullable_array(self.aborted_transactions.as_deref(), version, flexible)?;
        if version >= 11 {
            writer.i32(self.preferred_read_replica);
        } else if self.preferred_read_replica != -1 {
            return Err(EncodeError::not_in_version(
                "PartitionData.preferred_read_replica",
                version,
            ));
        }
        writer.nullable_records(self.records.as_ref(), flexible)?;
        if version < 12 && self.diverging_epoch != EpochEndOffset::default() {
            return Err(EncodeError::not_in_version("PartitionData.diverging_epoch", version));
        }
        if version < 12 && self.current_leader != LeaderIdAndEpoch::default() {
            return Err(EncodeError::not_in_version("PartitionData.current_leader", version));
        }
        if version < 12 && self.snapshot_id != SnapshotId::default() {
            return Err(EncodeError::not_in_version("PartitionData.snapshot_id", version));
        }
        if flexible {
            let has_diverging_epoch = self.diverging_epoch != EpochEndOffset::default();
            let has_current_leader = self.current_leader != LeaderIdAndEpoch::default();
            let has_snapshot_id = self.snapshot_id != SnapshotId::default();
            writer.tag_count(&[has_diverging_epoch, has_current_leader, has_snapshot_id]);
            if has_diverging_epoch {
                let start = writer.begin_tag(0);
                self.diverging_epoch.write(writer, version, flexible)?;
                writer.end_tag(start)?;
            }
            if has_current_leader {
                let start = writer.begin_tag(1);
                self.current_leader.write(writer, version, flexible)?;
                writer.end_tag(start)?;
            }
            if has_snapshot_id {
                let start = writer.begin_tag(2);
                self.snapshot_id.write(writer, version, flexible)?;
                writer.end_tag(start)?;
            }
        }
        Ok(())
    }
}

/// Versions 12-18.
#[derive(Clone, Debug, PartialEq)]
pub struct EpochEndOffset {
    /// Versions 12-18; default -1.
    pub epoch: i32,
    /// Versions 12-18; default -1.
    pub end_offset: i64,
}

impl Default for EpochEndOffset {
    fn default() -> Self {
        Self { epoch: -1, end_offset: -1 }
    }
}

impl Element for EpochEndOffset {
    const SIZE_MIN: usize = 13;

    fn read(reader: &mut Reader, _version: i16, _flexible: bool) -> Result<Self, DecodeError> {
        let epoch = reader.i32()?;
        let end_offset = reader.i64()?;
        reader.skip_tags()?;
        Ok(Self { epoch, end_offset })
    }

    fn write(
        &self,
        writer: &mut Writer,
        _version: i16,
        _flexible: bool,
    ) -> Result<(), EncodeError> {
        writer.i32(self.epoch);
        writer.i64(self.end_offset);
        writer.no_tags();
        Ok(())
    }
}

/// Versions 12-18.
#[derive(Clone, Debug, PartialEq)]
pub struct LeaderIdAndEpoch {
    /// Versions 12-18; default -1.
    pub leader_id: i32,
    /// Versions 12-18; default -1.
    pub leader_epoch: i32,
}

impl Default for LeaderIdAndEpoch {
    fn default() -> Self {
        Self { leader_id: -1, leader_epoch: -1 }
    }
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

/// Versions 12-18.
#[derive(Clone, Debug, PartialEq)]
pub struct SnapshotId {
    /// Versions 12-18; default -1.
    pub end_offset: i64,
    /// Versions 12-18; default -1.
    pub epoch: i32,
}

impl Default for SnapshotId {
    fn default() -> Self {
        Self { end_offset: -1, epoch: -1 }
    }
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

/// Versions 4-18.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AbortedTransaction {
    /// Versions 4-18.
    pub producer_id: i64,
    /// Versions 4-18.
    pub first_offset: i64,
}

impl Element for AbortedTransaction {
    const SIZE_MIN: usize = 16;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let producer_id = reader.i64()?;
        let first_offset = reader.i64()?;
        if flexible {
            reader.skip_tags()?;
        }
        Ok(Self { producer_id, first_offset })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i64(self.producer_id);
        writer.i64(self.first_offset);
        if flexible {
            writer.no_tags();
        }
        Ok(())
    }
}

/// Versions 16-18.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeEndpoint {
    /// Versions 16-18.
    pub node_id: i32,
    /// Versions 16-18.
    pub host: WireString,
    /// Versions 16-18.
    pub port: i32,
    /// Versions 16-18; nullable 16-18; default null.
    pub rack: Option<WireString>,
}

impl Element for NodeEndpoint {
    const SIZE_MIN: usize = 11;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let node_id = reader.i32()?;
        let host = reader.string(flexible)?;
        let port = reader.i32()?;
        let rack = reader.nullable_string(flexible)?;
        reader.skip_tags()?;
        Ok(Self { node_id, host, port, rack })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.node_id);
        writer.string(&self.host, flexible)?;
        writer.i32(self.port);
        writer.nullable_string(self.rack.as_ref(), flexible)?;
        writer.no_tags();
        Ok(())
    }
}
