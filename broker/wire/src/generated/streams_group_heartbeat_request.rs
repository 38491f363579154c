// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 88; versions 0, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::generated::api_key::ApiKey;
use crate::generated::streams_group_heartbeat_response;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 88; versions 0, flexible from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamsGroupHeartbeatRequest {
    /// Versions 0.
    pub group_id: WireString,
    /// Versions 0.
    pub member_id: WireString,
    /// Versions 0.
    pub member_epoch: i32,
    /// Versions 0.
    pub endpoint_information_epoch: i32,
    /// Versions 0; nullable 0; default null.
    pub instance_id: Option<WireString>,
    /// Versions 0; nullable 0; default null.
    pub rack_id: Option<WireString>,
    /// Versions 0; default -1.
    pub rebalance_timeout_ms: i32,
    /// Versions 0; nullable 0; default null.
    pub topology: Option<Topology>,
    /// Versions 0; nullable 0; default null.
    pub active_tasks: Option<Vec<TaskIds>>,
    /// Versions 0; nullable 0; default null.
    pub standby_tasks: Option<Vec<TaskIds>>,
    /// Versions 0; nullable 0; default null.
    pub warmup_tasks: Option<Vec<TaskIds>>,
    /// Versions 0; nullable 0; default null.
    pub process_id: Option<WireString>,
    /// Versions 0; nullable 0; default null.
    pub user_endpoint: Option<Endpoint>,
    /// Versions 0; nullable 0; default null.
    pub client_tags: Option<Vec<KeyValue>>,
    /// Versions 0; nullable 0; default null.
    pub task_offsets: Option<Vec<TaskOffset>>,
    /// Versions 0; nullable 0; default null.
    pub task_end_offsets: Option<Vec<TaskOffset>>,
    /// Versions 0.
    pub shutdown_application: bool,
}

impl Default for StreamsGroupHeartbeatRequest {
    fn default() -> Self {
        Self {
            group_id: WireString::default(),
            member_id: WireString::default(),
            member_epoch: 0,
            endpoint_information_epoch: 0,
            instance_id: None,
            rack_id: None,
            rebalance_timeout_ms: -1,
            topology: None,
            active_tasks: None,
            standby_tasks: None,
            warmup_tasks: None,
            process_id: None,
            user_endpoint: None,
            client_tags: None,
            task_offsets: None,
            task_end_offsets: None,
            shutdown_application: false,
        }
    }
}

impl Message for StreamsGroupHeartbeatRequest {
    const NAME: &'static str = "StreamsGroupHeartbeatRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for StreamsGroupHeartbeatRequest {
    const API_KEY: ApiKey = ApiKey::StreamsGroupHeartbeat;
    type Response = streams_group_heartbeat_response::StreamsGroupHeartbeatResponse;
}

impl Element for StreamsGroupHeartbeatRequest {
    const SIZE_MIN: usize = 27;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let group_id = reader.string(flexible)?;
        let member_id = reader.string(flexible)?;
        let member_epoch = reader.i32()?;
        let endpoint_information_epoch = reader.i32()?;
        let instance_id = reader.nullable_string(flexible)?;
        let rack_id = reader.nullable_string(flexible)?;
        let rebalance_timeout_ms = reader.i32()?;
        let topology = reader.nullable_structure(version, flexible)?;
        let active_tasks = reader.nullable_array(version, flexible)?;
        let standby_tasks = reader.nullable_array(version, flexible)?;
        let warmup_tasks = reader.nullable_array(version, flexible)?;
        let process_id = reader.nullable_string(flexible)?;
        let user_endpoint = reader.nullable_structure(version, flexible)?;
        let client_tags = reader.nullable_array(version, flexible)?;
        let task_offsets = reader.nullable_array(version, flexible)?;
        let task_end_offsets = reader.nullable_array(version, flexible)?;
        let shutdown_application = reader.bool()?;
        reader.skip_tags()?;
        Ok(Self {
            group_id,
            member_id,
            member_epoch,
            endpoint_information_epoch,
            instance_id,
            rack_id,
            rebalance_timeout_ms,
            topology,
            active_tasks,
            standby_tasks,
            warmup_tasks,
            process_id,
            user_endpoint,
            client_tags,
            task_offsets,
            task_end_offsets,
            shutdown_application,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.group_id, flexible)?;
        writer.string(&self.member_id, flexible)?;
        writer.i32(self.member_epoch);
        writer.i32(self.endpoint_information_epoch);
        writer.nullable_string(self.instance_id.as_ref(), flexible)?;
        writer.nullable_string(self.rack_id.as_ref(), flexible)?;
        writer.i32(self.rebalance_timeout_ms);
        writer.nullable_structure(self.topology.as_ref(), version, flexible)?;
        writer.nullable_array(self.active_tasks.as_deref(), version, flexible)?;
        writer.nullable_array(self.standby_tasks.as_deref(), version, flexible)?;
        writer.nullable_array(self.warmup_tasks.as_deref(), version, flexible)?;
        writer.nullable_string(self.process_id.as_ref(), flexible)?;
        writer.nullable_structure(self.user_endpoint.as_ref(), version, flexible)?;
        writer.nullable_array(self.client_tags.as_deref(), version, flexible)?;
        writer.nullable_array(self.task_offsets.as_deref(), version, flexible)?;
        writer.nullable_array(self.task_end_offsets.as_deref(), version, flexible)?;
        writer.bool(self.shutdown_application);
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Topology {
    /// Versions 0.
    pub epoch: i32,
    /// Versions 0.
    pub subtopologies: Vec<Subtopology>,
}

impl Element for Topology {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let epoch = reader.i32()?;
        let subtopologies = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { epoch, subtopologies })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.epoch);
        writer.array(&self.subtopologies, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subtopology {
    /// Versions 0.
    pub subtopology_id: WireString,
    /// Versions 0.
    pub source_topics: Vec<WireString>,
    /// Versions 0.
    pub source_topic_regex: Vec<WireString>,
    /// Versions 0.
    pub state_changelog_topics: Vec<TopicInfo>,
    /// Versions 0.
    pub repartition_sink_topics: Vec<WireString>,
    /// Versions 0.
    pub repartition_source_topics: Vec<TopicInfo>,
    /// Versions 0.
    pub copartition_groups: Vec<CopartitionGroup>,
}

impl Element for Subtopology {
    const SIZE_MIN: usize = 8;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let subtopology_id = reader.string(flexible)?;
        let source_topics = reader.array(version, flexible)?;
        let source_topic_regex = reader.array(version, flexible)?;
        let state_changelog_topics = reader.array(version, flexible)?;
        let repartition_sink_topics = reader.array(version, flexible)?;
        let repartition_source_topics = reader.array(version, flexible)?;
        let copartition_groups = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self {
            subtopology_id,
            source_topics,
            source_topic_regex,
            state_changelog_topics,
            repartition_sink_topics,
            repartition_source_topics,
            copartition_groups,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.subtopology_id, flexible)?;
        writer.array(&self.source_topics, version, flexible)?;
        writer.array(&self.source_topic_regex, version, flexible)?;
        writer.array(&self.state_changelog_topics, version, flexible)?;
        writer.array(&self.repartition_sink_topics, version, flexible)?;
        writer.array(&self.repartition_source_topics, version, flexible)?;
        writer.array(&self.copartition_groups, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicInfo {
    /// Versions 0.
    pub name: WireString,
    /// Versions 0.
    pub partitions: i32,
    /// Versions 0.
    pub replication_factor: i16,
    /// Versions 0.
    pub topic_configs: Vec<KeyValue>,
}

impl Element for TopicInfo {
    const SIZE_MIN: usize = 9;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = reader.string(flexible)?;
        let partitions = reader.i32()?;
        let replication_factor = reader.i16()?;
        let topic_configs = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { name, partitions, replication_factor, topic_configs })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.name, flexible)?;
        writer.i32(self.partitions);
        writer.i16(self.replication_factor);
        writer.array(&self.topic_configs, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeyValue {
    /// Versions 0.
    pub key: WireString,
    /// Versions 0.
    pub value: WireString,
}

impl Element for KeyValue {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let key = reader.string(flexible)?;
        let value = reader.string(flexible)?;
        reader.skip_tags()?;
        Ok(Self { key, value })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.key, flexible)?;
        writer.string(&self.value, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CopartitionGroup {
    /// Versions 0.
    pub source_topics: Vec<i16>,
    /// Versions 0.
    pub source_topic_regex: Vec<i16>,
    /// Versions 0.
    pub repartition_source_topics: Vec<i16>,
}

impl Element for CopartitionGroup {
    const SIZE_MIN: usize = 4;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let source_topics = reader.array(version, flexible)?;
        let source_topic_regex = reader.array(version, flexible)?;
        let repartition_source_topics = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { source_topics, source_topic_regex, repartition_source_topics })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.array(&self.source_topics, version, flexible)?;
        writer.array(&self.source_topic_regex, version, flexible)?;
        writer.array(&self.repartition_source_topics, version, flexible)?;
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
pub struct TaskOffset {
    /// Versions 0.
    pub subtopology_id: WireString,
    /// Versions 0.
    pub partition: i32,
    /// Versions 0.
    pub offset: i64,
}

impl Element for TaskOffset {
    const SIZE_MIN: usize = 14;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let subtopology_id = reader.string(flexible)?;
        let partition = reader.i32()?;
        let offset = reader.i64()?;
        reader.skip_tags()?;
        Ok(Self { subtopology_id, partition, offset })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.subtopology_id, flexible)?;
        writer.i32(self.partition);
        writer.i64(self.offset);
        writer.no_tags();
        Ok(())
    }
}
