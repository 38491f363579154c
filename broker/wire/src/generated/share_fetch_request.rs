// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 78; versions 1-2, flexible from 1.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::share_fetch_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Request of API 78; versions 1-2, flexible from 1.
#[derive(Clone, Debug, PartialEq)]
pub struct ShareFetchRequest {
    /// Versions 1-2; nullable 1-2; default null.
    pub group_id: Option<WireString>,
    /// Versions 1-2; nullable 1-2.
    pub member_id: Option<WireString>,
    /// Versions 1-2.
    pub share_session_epoch: i32,
    /// Versions 1-2.
    pub max_wait_ms: i32,
    /// Versions 1-2.
    pub min_bytes: i32,
    /// Versions 1-2; default 2147483647.
    pub max_bytes: i32,
    /// Versions 1-2.
    pub max_records: i32,
    /// Versions 1-2.
    pub batch_size: i32,
    /// Versions 2; ignorable.
    pub share_acquire_mode: i8,
    /// Versions 2.
    pub is_renew_ack: bool,
    /// Versions 1-2.
    pub topics: Vec<FetchTopic>,
    /// Versions 1-2.
    pub forgotten_topics_data: Vec<ForgottenTopic>,
}

impl Default for ShareFetchRequest {
    fn default() -> Self {
        Self {
            group_id: None,
            member_id: Some(WireString::default()),
            share_session_epoch: 0,
            max_wait_ms: 0,
            min_bytes: 0,
            max_bytes: i32::MAX,
            max_records: 0,
            batch_size: 0,
            share_acquire_mode: 0,
            is_renew_ack: false,
            topics: Vec::new(),
            forgotten_topics_data: Vec::new(),
        }
    }
}

impl Message for ShareFetchRequest {
    const NAME: &'static str = "ShareFetchRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 1..=2;
    const FLEXIBLE_FROM: i16 = 1;
}

impl Request for ShareFetchRequest {
    const API_KEY: ApiKey = ApiKey::ShareFetch;
    type Response = share_fetch_response::ShareFetchResponse;
}

impl Element for ShareFetchRequest {
    const SIZE_MIN: usize = 29;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let group_id = reader.nullable_string(flexible)?;
        let member_id = reader.nullable_string(flexible)?;
        let share_session_epoch = reader.i32()?;
        let max_wait_ms = reader.i32()?;
        let min_bytes = reader.i32()?;
        let max_bytes = reader.i32()?;
        let max_records = reader.i32()?;
        let batch_size = reader.i32()?;
        let share_acquire_mode = if version >= 2 { reader.i8()? } else { 0 };
        let is_renew_ack = if version >= 2 { reader.bool()? } else { false };
        let topics = reader.array(version, flexible)?;
        let forgotten_topics_data = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self {
            group_id,
            member_id,
            share_session_epoch,
            max_wait_ms,
            min_bytes,
            max_bytes,
            max_records,
            batch_size,
            share_acquire_mode,
            is_renew_ack,
            topics,
            forgotten_topics_data,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.nullable_string(self.group_id.as_ref(), flexible)?;
        writer.nullable_string(self.member_id.as_ref(), flexible)?;
        writer.i32(self.share_session_epoch);
        writer.i32(self.max_wait_ms);
        writer.i32(self.min_bytes);
        writer.i32(self.max_bytes);
        writer.i32(self.max_records);
        writer.i32(self.batch_size);
        if version >= 2 {
            writer.i8(self.share_acquire_mode);
        }
        if version >= 2 {
            writer.bool(self.is_renew_ack);
        } else if self.is_renew_ack {
            return Err(EncodeError::not_in_version("ShareFetchRequest.is_renew_ack", version));
        }
        writer.array(&self.topics, version, flexible)?;
        writer.array(&self.forgotten_topics_data, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 1-2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FetchTopic {
    /// Versions 1-2.
    pub topic_id: Uuid,
    /// Versions 1-2.
    pub partitions: Vec<FetchPartition>,
}

impl Element for FetchTopic {
    const SIZE_MIN: usize = 18;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let topic_id = reader.uuid()?;
        let partitions = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { topic_id, partitions })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.uuid(self.topic_id);
        writer.array(&self.partitions, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 1-2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FetchPartition {
    /// Versions 1-2.
    pub partition_index: i32,
    /// Versions 1-2.
    pub acknowledgement_batches: Vec<AcknowledgementBatch>,
}

impl Element for FetchPartition {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let acknowledgement_batches = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { partition_index, acknowledgement_batches })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.partition_index);
        writer.array(&self.acknowledgement_batches, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 1-2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AcknowledgementBatch {
    /// Versions 1-2.
    pub first_offset: i64,
    /// Versions 1-2.
    pub last_offset: i64,
    /// Versions 1-2.
    pub acknowledge_types: Vec<i8>,
}

impl Element for AcknowledgementBatch {
    const SIZE_MIN: usize = 18;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let first_offset = reader.i64()?;
        let last_offset = reader.i64()?;
        let acknowledge_types = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { first_offset, last_offset, acknowledge_types })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i64(self.first_offset);
        writer.i64(self.last_offset);
        writer.array(&self.acknowledge_types, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 1-2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ForgottenTopic {
    /// Versions 1-2.
    pub topic_id: Uuid,
    /// Versions 1-2.
    pub partitions: Vec<i32>,
}

impl Element for ForgottenTopic {
    const SIZE_MIN: usize = 18;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let topic_id = reader.uuid()?;
        let partitions = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { topic_id, partitions })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.uuid(self.topic_id);
        writer.array(&self.partitions, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}
