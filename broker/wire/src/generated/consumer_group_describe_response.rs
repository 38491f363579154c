// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 69; versions 0-1, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Response of API 69; versions 0-1, flexible from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsumerGroupDescribeResponse {
    /// Versions 0-1.
    pub throttle_time_ms: i32,
    /// Versions 0-1.
    pub groups: Vec<DescribedGroup>,
}

impl Message for ConsumerGroupDescribeResponse {
    const NAME: &'static str = "ConsumerGroupDescribeResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=1;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Element for ConsumerGroupDescribeResponse {
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

/// Versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribedGroup {
    /// Versions 0-1.
    pub error_code: i16,
    /// Versions 0-1; nullable 0-1; default null.
    pub error_message: Option<WireString>,
    /// Versions 0-1.
    pub group_id: WireString,
    /// Versions 0-1.
    pub group_state: WireString,
    /// Versions 0-1.
    pub group_epoch: i32,
    /// Versions 0-1.
    pub assignment_epoch: i32,
    /// Versions 0-1.
    pub assignor_name: WireString,
    /// Versions 0-1.
    pub members: Vec<Member>,
    /// Versions 0-1; default -2147483648.
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
            assignor_name: WireString::default(),
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
        let assignor_name = reader.string(flexible)?;
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
            assignor_name,
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
        writer.string(&self.assignor_name, flexible)?;
        writer.array(&self.members, version, flexible)?;
        writer.i32(self.authorized_operations);
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Versions 0-1.
    pub member_id: WireString,
    /// Versions 0-1; nullable 0-1; default null.
    pub instance_id: Option<WireString>,
    /// Versions 0-1; nullable 0-1; default null.
    pub rack_id: Option<WireString>,
    /// Versions 0-1.
    pub member_epoch: i32,
    /// Versions 0-1.
    pub client_id: WireString,
    /// Versions 0-1.
    pub client_host: WireString,
    /// Versions 0-1.
    pub subscribed_topic_names: Vec<WireString>,
    /// Versions 0-1; nullable 0-1; default null.
    pub subscribed_topic_regex: Option<WireString>,
    /// Versions 0-1.
    pub assignment: Assignment,
    /// Versions 0-1.
    pub target_assignment: Assignment,
    /// Versions 1; ignorable; default -1.
    pub member_type: i8,
}

impl Default for Member {
    fn default() -> Self {
        Self {
            member_id: WireString::default(),
            instance_id: None,
            rack_id: None,
            member_epoch: 0,
            client_id: WireString::default(),
            client_host: WireString::default(),
            subscribed_topic_names: Vec::new(),
            subscribed_topic_regex: None,
            assignment: Assignment::default(),
            target_assignment: Assignment::default(),
            member_type: -1,
        }
    }
}

impl Element for Member {
    const SIZE_MIN: usize = 16;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let member_id = reader.string(flexible)?;
        let instance_id = reader.nullable_string(flexible)?;
        let rack_id = reader.nullable_string(flexible)?;
        let member_epoch = reader.i32()?;
        let client_id = reader.string(flexible)?;
        let client_host = reader.string(flexible)?;
        let subscribed_topic_names = reader.array(version, flexible)?;
        let subscribed_topic_regex = reader.nullable_string(flexible)?;
        let assignment = Assignment::read(reader, version, flexible)?;
        let target_assignment = Assignment::read(reader, version, flexible)?;
        let member_type = if version >= 1 { reader.i8()? } else { -1 };
        reader.skip_tags()?;
        Ok(Self {
            member_id,
            instance_id,
            rack_id,
            member_epoch,
            client_id,
            client_host,
            subscribed_topic_names,
            subscribed_topic_regex,
            assignment,
            target_assignment,
            member_type,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.member_id, flexible)?;
        writer.nullable_string(self.instance_id.as_ref(), flexible)?;
        writer.nullable_string(self.rack_id.as_ref(), flexible)?;
        writer.i32(self.member_epoch);
        writer.string(&self.client_id, flexible)?;
        writer.string(&self.client_host, flexible)?;
        writer.array(&self.subscribed_topic_names, version, flexible)?;
        writer.nullable_string(self.subscribed_topic_regex.as_ref(), flexible)?;
        self.assignment.write(writer, version, flexible)?;
        self.target_assignment.write(writer, version, flexible)?;
        if version >= 1 {
            writer.i8(self.member_type);
        }
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0-1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assignment {
    /// Versions 0-1.
    pub topic_partitions: Vec<TopicPartitions>,
}

impl Element for Assignment {
    const SIZE_MIN: usize = 2;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let topic_partitions = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { topic_partitions })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.array(&self.topic_partitions, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0-1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicPartitions {
    /// Versions 0-1.
    pub topic_id: Uuid,
    /// Versions 0-1.
    pub topic_name: WireString,
    /// Versions 0-1.
    pub partitions: Vec<i32>,
}

impl Element for TopicPartitions {
    const SIZE_MIN: usize = 19;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let topic_id = reader.uuid()?;
        let topic_name = reader.string(flexible)?;
        let partitions = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { topic_id, topic_name, partitions })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.uuid(self.topic_id);
        writer.string(&self.topic_name, flexible)?;
        writer.array(&self.partitions, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}
