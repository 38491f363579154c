// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 1; versions 4-18, flexible from 12.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::fetch_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Request of API 1; versions 4-18, flexible from 12.
#[derive(Clone, Debug, PartialEq)]
pub struct FetchRequest {
    /// Versions 12-18; nullable 12-18; tag 0; ignorable; default null.
    pub cluster_id: Option<WireString>,
    /// Versions 4-14; default -1.
    pub replica_id: i32,
    /// Versions 15-18; tag 1.
    pub replica_state: ReplicaState,
    /// Versions 4-18.
    pub max_wait_ms: i32,
    /// Versions 4-18.
    pub min_bytes: i32,
    /// Versions 4-18; ignorable; default 2147483647.
    pub max_bytes: i32,
    /// Versions 4-18; ignorable.
    pub isolation_level: i8,
    /// Versions 7-18; ignorable.
    pub session_id: i32,
    /// Versions 7-18; ignorable; default -1.
    pub session_epoch: i32,
    /// Versions 4-18.
    pub topics: Vec<FetchTopic>,
    /// Versions 7-18.
    pub forgotten_topics_data: Vec<ForgottenTopic>,
    /// Versions 11-18; ignorable.
    pub rack_id: WireString,
}

impl Default for FetchRequest {
    fn default() -> Self {
        Self {
            cluster_id: None,
            replica_id: -1,
            replica_state: ReplicaState::default(),
            max_wait_ms: 0,
            min_bytes: 0,
            max_bytes: i32::MAX,
            isolation_level: 0,
            session_id: 0,
            session_epoch: -1,
            topics: Vec::new(),
            forgotten_topics_data: Vec::new(),
            rack_id: WireString::default(),
        }
    }
}

impl Message for FetchRequest {
    const NAME: &'static str = "FetchRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 4..=18;
    const FLEXIBLE_FROM: i16 = 12;
}

impl Request for FetchRequest {
    const API_KEY: ApiKey = ApiKey::Fetch;
    type Response = fetch_response::FetchResponse;
}

impl Element for FetchRequest {
    const SIZE_MIN: usize = 21;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let replica_id = if version <= 14 { reader.i32()? } else { -1 };
        let max_wait_ms = reader.i32()?;
        let min_bytes = reader.i32()?;
        let max_bytes = reader.i32()?;
        let isolation_level = reader.i8()?;
        let session_id = if version >= 7 { reader.i32()? } else { 0 };
        let session_epoch = if version >= 7 { reader.i32()? } else { -1 };
        let topics = reader.array(version, flexible)?;
        let forgotten_topics_data =
            if version >= 7 { reader.array(version, flexible)? } else { Vec::new() };
        let rack_id = if version >= 11 { reader.string(flexible)? } else { WireString::default() };
        let mut cluster_id = None;
        let mut replica_state = ReplicaState::default();
        if flexible {
            for _ in 0..reader.tag_count()? {
                let tag = reader.begin_tag()?;
                match tag.number {
                    0 => {
                        cluster_id = reader.nullable_string(flexible)?;
                    }
                    1 if version >= 15 => {
                        replica_state = ReplicaState::read(reader, version, flexible)?;
                    }
                    _ => reader.skip_tag(),
                }
                reader.end_tag(tag)?;
            }
        }
        Ok(Self {
            cluster_id,
            replica_id,
            replica_state,
            max_wait_ms,
            min_bytes,
            max_bytes,
            isolation_level,
            session_id,
            session_epoch,
            topics,
            forgotten_topics_data,
            rack_id,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        if version <= 14 {
            writer.i32(self.replica_id);
        } else if self.replica_id != -1 {
            return Err(EncodeError::not_in_version("FetchRequest.replica_id", version));
        }
        writer.i32(self.max_wait_ms);
        writer.i32(self.min_bytes);
        writer.i32(self.max_bytes);
        writer.i8(self.isolation_level);
        if version >= 7 {
            writer.i32(self.session_id);
        }
        if version >= 7 {
            writer.i32(self.session_epoch);
        }
        writer.array(&self.topics, version, flexible)?;
        if version >= 7 {
            writer.array(&self.forgotten_topics_data, version, flexible)?;
        } else if !self.forgotten_topics_data.is_empty() {
            return Err(EncodeError::not_in_version("FetchRequest.forgotten_topics_data", version));
        }
        if version >= 11 {
            writer.string(&self.rack_id, flexible)?;
        }
        if version < 15 && self.replica_state != ReplicaState::default() {
            return Err(EncodeError::not_in_version("FetchRequest.replica_state", version));
        }
        if flexible {
            let has_cluster_id = self.cluster_id.is_some();
            let has_replica_state = version >= 15 && self.replica_state != ReplicaState::default();
            writer.tag_count(&[has_cluster_id, has_replica_state]);
            if has_cluster_id {
                let start = writer.begin_tag(0);
                writer.nullable_string(self.cluster_id.as_ref(), flexible)?;
                writer.end_tag(start)?;
            }
            if has_replica_state {
                let start = writer.begin_tag(1);
                self.replica_state.write(writer, version, flexible)?;
                writer.end_tag(start)?;
            }
        }
        Ok(())
    }
}

/// Versions 15-18.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplicaState {
    /// Versions 15-18; default -1.
    pub replica_id: i32,
    /// Versions 15-18; default -1.
    pub replica_epoch: i64,
}

impl Default for ReplicaState {
    fn default() -> Self {
        Self { replica_id: -1, replica_epoch: -1 }
    }
}

impl Element for ReplicaState {
    const SIZE_MIN: usize = 13;

    fn read(reader: &mut Reader, _version: i16, _flexible: bool) -> Result<Self, DecodeError> {
        let replica_id = reader.i32()?;
        let replica_epoch = reader.i64()?;
        reader.skip_tags()?;
        Ok(Self { replica_id, replica_epoch })
    }

    fn write(
        &self,
        writer: &mut Writer,
        _version: i16,
        _flexible: bool,
    ) -> Result<(), EncodeError> {
        writer.i32(self.replica_id);
        writer.i64(self.replica_epoch);
        writer.no_tags();
        Ok(())
    }
}

/// Versions 4-18.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FetchTopic {
    /// Versions 4-12; ignorable.
    pub topic: WireString,
    /// Versions 13-18; ignorable.
    pub topic_id: Uuid,
    /// Versions 4-18.
    pub partitions: Vec<FetchPartition>,
}

impl Element for FetchTopic {
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
pub struct FetchPartition {
    /// Versions 4-18.
    pub partition: i32,
    /// Versions 9-18; ignorable; default -1.
    pub current_leader_epoch: i32,
    /// Versions 4-18.
    pub fetch_offset: i64,
    /// Versions 12-18; default -1.
    pub last_fetched_epoch: i32,
    /// Versions 5-18; ignorable; default -1.
    pub log_start_offset: i64,
    /// Versions 4-18.
    pub partition_max_bytes: i32,
    /// Versions 17-18; tag 0; ignorable.
    pub replica_directory_id: Uuid,
    /// Versions 18; tag 1; ignorable; default 9223372036854775807.
    pub high_watermark: i64,
}

impl Default for FetchPartition {
    fn default() -> Self {
        Self {
            partition: 0,
            current_leader_epoch: -1,
            fetch_offset: 0,
            last_fetched_epoch: -1,
            log_start_offset: -1,
            partition_max_bytes: 0,
            replica_directory_id: Uuid::ZERO,
            high_watermark: i64::MAX,
        }
    }
}

impl Element for FetchPartition {
    const SIZE_MIN: usize = 16;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let partition = reader.i32()?;
        let current_leader_epoch = if version >= 9 { reader.i32()? } else { -1 };
        let fetch_offset = reader.i64()?;
        let last_fetched_epoch = if version >= 12 { reader.i32()? } else { -1 };
        let log_start_offset = if version >= 5 { reader.i64()? } else { -1 };
        let partition_max_bytes = reader.i32()?;
        let mut replica_directory_id = Uuid::ZERO;
        let mut high_watermark = i64::MAX;
        if flexible {
            for _ in 0..reader.tag_count()? {
                let tag = reader.begin_tag()?;
                match tag.number {
                    0 if version >= 17 => {
                        replica_directory_id = reader.uuid()?;
                    }
                    1 if version >= 18 => {
                        high_watermark = reader.i64()?;
                    }
                    _ => reader.skip_tag(),
                }
                reader.end_tag(tag)?;
            }
        }
        Ok(Self {
            partition,
            current_leader_epoch,
            fetch_offset,
            last_fetched_epoch,
            log_start_offset,
            partition_max_bytes,
            replica_directory_id,
            high_watermark,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.partition);
        if version >= 9 {
            writer.i32(self.current_leader_epoch);
        }
        writer.i64(self.fetch_offset);
        if version >= 12 {
            writer.i32(self.last_fetched_epoch);
        } else if self.last_fetched_epoch != -1 {
            return Err(EncodeError::not_in_version("FetchPartition.last_fetched_epoch", version));
        }
        if version >= 5 {
            writer.i64(self.log_start_offset);
        }
        writer.i32(self.partition_max_bytes);
        if flexible {
            let has_replica_directory_id = version >= 17 && self.replica_directory_id != Uuid::ZERO;
            let has_high_watermark = version >= 18 && self.high_watermark != i64::MAX;
            writer.tag_count(&[has_replica_directory_id, has_high_watermark]);
            if has_replica_directory_id {
                let start = writer.begin_tag(0);
                writer.uuid(self.replica_directory_id);
                writer.end_tag(start)?;
            }
            if has_high_watermark {
                let start = writer.begin_tag(1);
                writer.i64(self.high_watermark);
                writer.end_tag(start)?;
            }
        }
        Ok(())
    }
}

/// Versions 7-18.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ForgottenTopic {
    /// Versions 7-12; ignorable.
    pub topic: WireString,
    /// Versions 13-18; ignorable.
    pub topic_id: Uuid,
    /// Versions 7-18.
    pub partitions: Vec<i32>,
}

impl Element for ForgottenTopic {
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
