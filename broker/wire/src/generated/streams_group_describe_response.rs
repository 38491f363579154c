// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 89; versions 0, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Response of API 89; versions 0, flexible from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamsGroupDescribeResponse {
    /// Versions 0.
    pub throttle_time_ms: i32,
    /// Versions 0.
    pub groups: Vec<DescribedGroup>,
}

impl Message for StreamsGroupDescribeResponse {
    const NAME: &'static str = "StreamsGroupDescribeResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Element for StreamsGroupDescribeResponse {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let groups = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { throttle_time_ms, groups })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.throttle_time_ms);
        writer.array(&self.groups, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribedGroup {
    /// Versions 0.
    pub error_code: i16,
    /// Versions 0; nullable 0; default null.
    pub error_message: Option<WireString>,
    /// Versions 0.
    pub group_id: WireString,
    /// Versions 0.
    pub group_state: WireString,
    /// Versions 0.
    pub group_epoch: i32,
    /// Versions 0.
    pub assignment_epoch: i32,
    /// Versions 0; nullable 0; default null.
    pub topology: Option<Topology>,
    /// Versions 0.
    pub members: Vec<Member>,
    /// Versions 0; default -2147483648.
    pub authorized_operations: i32,
}

impl Default for DescribedGroup {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: None,
            group_id: WireString::default(),
            group_state: WireString::default(),
            group_epoch: 0,
            assignment_epoch: 0,
            topology: None,
            members: Vec::new(),
            authorized_operations: i32::MIN,
        }
    }
}

impl Element for DescribedGroup {
    const SIZE_MIN: usize = 20;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let error_code = reader.i16()?;
        let error_message = reader.nullable_string(flexible)?;
        let group_id = reader.string(flexible)?;
        let group_state = reader.string(flexible)?;
        let group_epoch = reader.i32()?;
        let assignment_epoch = reader.i32()?;
        let topology = reader.nullable_structure(version, flexible)?;
        let members = reader.array(version, flexible)?;
        let authorized_operations = reader.i32()?;
        reader.skip_tags()?;
        Ok(Self {
            error_code,
            error_message,
            group_id,
            group_state,
            group_epoch,
            assignment_epoch,
            topology,
            members,
            authorized_operations,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i16(self.error_code);
        writer.nullable_string(self.error_message.as_ref(), flexible)?;
        writer.string(&self.group_id, flexible)?;
        writer.string(&self.group_state, flexible)?;
        writer.i32(self.group_epoch);
        writer.i32(self.assignment_epoch);
        writer.nullable_structure(self.topology.as_ref(), version, flexible)?;
        writer.array(&self.members, version, flexible)?;
        writer.i32(self.authorized_operations);
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Topology {
    /// Versions 0.
    pub epoch: i32,
    /// Versions 0; nullable 0; default null.
    pub subtopologies: Option<Vec<Subtopology>>,
}

impl Element for Topology {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let epoch = reader.i32()?;
        let subtopologies = reader.nullable_array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { epoch, subtopologies })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.epoch);
        writer.nullable_array(self.subtopologies.as_deref(), version, flexible)?;
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
    pub repartition_sink_topics: Vec<WireString>,
    /// Versions 0.
    pub state_changelog_topics: Vec<TopicInfo>,
    /// Versions 0.
    pub repartition_source_topics: Vec<TopicInfo>,
}

impl Element for Subtopology {
    const SIZE_MIN: usize = 6;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let subtopology_id = reader.string(flexible)?;
        let source_topics = reader.array(version, flexible)?;
        let repartition_sink_topics = reader.array(version, flexible)?;
        let state_changelog_topics = reader.array(version, flexible)?;
        let repartition_source_topics = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self {
            subtopology_id,
            source_topics,
            repartition_sink_topics,
            state_changelog_topics,
            repartition_source_topics,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.subtopology_id, flexible)?;
        writer.array(&self.source_topics, version, flexible)?;
        writer.array(&self.repartition_sink_topics, version, flexible)?;
        writer.array(&self.state_changelog_topics, version, flexible)?;
        writer.array(&self.repartition_source_topics, version, flexible)?;
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
pub struct Member {
    /// Versions 0.
    pub member_id: WireString,
    /// Versions 0.
    pub member_epoch: i32,
    /// Versions 0; nullable 0; default null.
    pub instance_id: Option<WireString>,
    /// Versions 0; nullable 0; default null.
    pub rack_id: Option<WireString>,
    /// Versions 0.
    pub client_id: WireString,
    /// Versions 0.
    pub client_host: WireString,
    /// Versions 0.
    pub topology_epoch: i32,
    /// Versions 0.
    pub process_id: WireString,
    /// Versions 0; nullable 0; default null.
    pub user_endpoint: Option<Endpoint>,
    /// Versions 0.
    pub client_tags: Vec<KeyValue>,
    /// Versions 0.
    pub task_offsets: Vec<TaskOffset>,
    /// Versions 0.
    pub task_end_offsets: Vec<TaskOffset>,
    /// Versions 0.
    pub assignment: Assignment,
    /// Versions 0.
    pub target_assignment: Assignment,
    /// Versions 0.
    pub is_classic: bool,
}

impl Element for Member {
    const SIZE_MIN: usize = 28;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let member_id = reader.string(flexible)?;
        let member_epoch = reader.i32()?;
        let instance_id = reader.nullable_string(flexible)?;
        let rack_id = reader.nullable_string(flexible)?;
        let client_id = reader.string(flexible)?;
        let client_host = reader.string(flexible)?;
        let topology_epoch = reader.i32()?;
        let process_id = reader.string(flexible)?;
        let user_endpoint = reader.nullable_structure(version, flexible)?;
        let client_tags = reader.array(version, flexible)?;
        let task_offsets = reader.array(version, flexible)?;
        let task_end_offsets = reader.array(version, flexible)?;
        let assignment = Assignment::read(reader, version, flexible)?;
        let target_assignment = Assignment::read(reader, version, flexible)?;
        let is_classic = reader.bool()?;
        reader.skip_tags()?;
        Ok(Self {
            member_id,
            member_epoch,
            instance_id,
            rack_id,
            client_id,
            client_host,
            topology_epoch,
            process_id,
            user_endpoint,
            client_tags,
            task_offsets,
            task_end_offsets,
            assignment,
            target_assignment,
            is_classic,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.member_id, flexible)?;
        writer.i32(self.member_epoch);
        writer.nullable_string(self.instance_id.as_ref(), flexible)?;
        writer.nullable_string(self.rack_id.as_ref(), flexible)?;
        writer.string(&self.client_id, flexible)?;
        writer.string(&self.client_host, flexible)?;
        writer.i32(self.topology_epoch);
        writer.string(&self.process_id, flexible)?;
        writer.nullable_structure(self.user_endpoint.as_ref(), version, flexible)?;
        writer.array(&self.client_tags, version, flexible)?;
        writer.array(&self.task_offsets, version, flexible)?;
        writer.array(&self.task_end_offsets, version, flexible)?;
        self.assignment.write(writer, version, flexible)?;
        self.target_assignment.write(writer, version, flexible)?;
        writer.bool(self.is_classic);
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

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assignment {
    /// Versions 0.
    pub active_tasks: Vec<TaskIds>,
    /// Versions 0.
    pub standby_tasks: Vec<TaskIds>,
    /// Versions 0.
    pub warmup_tasks: Vec<TaskIds>,
}

impl Element for Assignment {
    const SIZE_MIN: usize = 4;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let active_tasks = reader.array(version, flexible)?;
        let standby_tasks = reader.array(version, flexible)?;
        let warmup_tasks = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { active_tasks, standby_tasks, warmup_tasks })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.array(&self.active_tasks, version, flexible)?;
        writer.array(&self.standby_tasks, version, flexible)?;
        writer.array(&self.warmup_tasks, version, flexible)?;
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
