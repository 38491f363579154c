// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 88; versions 0, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Response of API 88; versions 0, flexible from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamsGroupHeartbeatResponse {
    /// Versions 0.
    pub throttle_time_ms: i32,
    /// Versions 0.
    pub error_code: i16,
    /// Versions 0; nullable 0; default null.
    pub error_message: Option<WireString>,
    /// Versions 0.
    pub member_id: WireString,
    /// Versions 0.
    pub member_epoch: i32,
    /// Versions 0.
    pub heartbeat_interval_ms: i32,
    /// Versions 0.
    pub acceptable_recovery_lag: i32,
    /// Versions 0.
    pub task_offset_interval_ms: i32,
    /// Versions 0; nullable 0.
    pub status: Option<Vec<Status>>,
    /// Versions 0; nullable 0; default null.
    pub active_tasks: Option<Vec<TaskIds>>,
    /// Versions 0; nullable 0; default null.
    pub standby_tasks: Option<Vec<TaskIds>>,
    /// Versions 0; nullable 0; default null.
    pub warmup_tasks: Option<Vec<TaskIds>>,
    /// Versions 0.
    pub endpoint_information_epoch: i32,
    /// Versions 0; nullable 0; default null.
    pub partitions_by_user_endpoint: Option<Vec<EndpointToPartitions>>,
}

impl Default for StreamsGroupHeartbeatResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: None,
            member_id: WireString::default(),
            member_epoch: 0,
            heartbeat_interval_ms: 0,
            acceptable_recovery_lag: 0,
            task_offset_interval_ms: 0,
            status: Some(Vec::new()),
            active_tasks: None,
            standby_tasks: None,
            warmup_tasks: None,
            endpoint_information_epoch: 0,
            partitions_by_user_endpoint: None,
        }
    }
}

impl Message for StreamsGroupHeartbeatResponse {
    const NAME: &'static str = "StreamsGroupHeartbeatResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Element for StreamsGroupHeartbeatResponse {
    const SIZE_MIN: usize = 34;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let error_code = reader.i16()?;
        let error_message = reader.nullable_string(flexible)?;
        let member_id = reader.string(flexible)?;
        let member_epoch = reader.i32()?;
        let heartbeat_interval_ms = reader.i32()?;
        let acceptable_recovery_lag = reader.i32()?;
        let task_offset_interval_ms = reader.i32()?;
        let status = reader.nullable_array(version, flexible)?;
        let active_tasks = reader.nullable_array(version, flexible)?;
        let standby_tasks = reader.nullable_array(version, flexible)?;
        let warmup_tasks = reader.nullable_array(version, flexible)?;
        let endpoint_information_epoch = reader.i32()?;
        let partitions_by_user_endpoint = reader.nullable_array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self {
            throttle_time_ms,
            error_code,
            error_message,
            member_id,
            member_epoch,
            heartbeat_interval_ms,
            acceptable_recovery_lag,
            task_offset_interval_ms,
            status,
            active_tasks,
            standby_tasks,
            warmup_tasks,
            endpoint_information_epoch,
            partitions_by_user_endpoint,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.throttle_time_ms);
        writer.i16(self.error_code);
        writer.nullable_string(self.error_message.as_ref(), flexible)?;
        writer.string(&self.member_id, flexible)?;
        writer.i32(self.member_epoch);
        writer.i32(self.heartbeat_interval_ms);
        writer.i32(self.acceptable_recovery_lag);
        writer.i32(self.task_offset_interval_ms);
        writer.nullable_array(self.status.as_deref(), version, flexible)?;
        writer.nullable_array(self.active_tasks.as_deref(), version, flexible)?;
        writer.nullable_array(self.standby_tasks.as_deref(), version, flexible)?;
        writer.nullable_array(self.warmup_tasks.as_deref(), version, flexible)?;
        writer.i32(self.endpoint_information_epoch);
        writer.nullable_array(self.partitions_by_user_endpoint.as_deref(), version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    /// Versions 0.
    pub status_code: i8,
    /// Versions 0.
    pub status_detail: WireString,
}

impl Element for Status {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let status_code = reader.i8()?;
        let status_detail = reader.string(flexible)?;
        reader.skip_tags()?;
        Ok(Self { status_code, status_detail })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i8(self.status_code);
        writer.string(&self.status_detail, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskIds {
    /// Versions 0.
    pub subtopology_id: WireString,
    /// Versions 0.
    pub partitions: Vec<i32>,
}

impl Element for TaskIds {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let subtopology_id = reader.string(flexible)?;
        let partitions = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { subtopology_id, partitions })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.subtopology_id, flexible)?;
        writer.array(&self.partitions, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EndpointToPartitions {
    /// Versions 0.
    pub user_endpoint: Endpoint,
    /// Versions 0.
    pub active_partitions: Vec<TopicPartition>,
    /// Versions 0.
    pub standby_partitions: Vec<TopicPartition>,
}

impl Element for EndpointToPartitions {
    const SIZE_MIN: usize = 7;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let user_endpoint = Endpoint::read(reader, version, flexible)?;
        let active_partitions = reader.array(version, flexible)?;
        let standby_partitions = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { user_endpoint, active_partitions, standby_partitions })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        self.user_endpoint.write(writer, version, flexible)?;
        writer.array(&self.active_partitions, version, flexible)?;
        writer.array(&self.standby_partitions, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Endpoint {
    /// Versions 0.
    pub host: WireString,
    /// Versions 0.
    pub port: u16,
}

impl Element for Endpoint {
    const SIZE_MIN: usize = 4;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let host = reader.string(flexible)?;
        let port = reader.u16()?;
        reader.skip_tags()?;
        Ok(Self { host, port })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.host, flexible)?;
        writer.u16(self.port);
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicPartition {
    /// Versions 0.
    pub topic: WireString,
    /// Versions 0.
    pub partitions: Vec<i32>,
}

impl Element for TopicPartition {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let topic = reader.string(flexible)?;
        let partitions = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { topic, partitions })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.topic, flexible)?;
        writer.array(&self.partitions, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}
