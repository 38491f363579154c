// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Response of API 77; versions 1, flexible from 1.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Response of API 77; versions 1, flexible from 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareGroupDescribeResponse {
    /// Versions 1.
    pub throttle_time_ms: i32,
    /// Versions 1.
    pub groups: Vec<DescribedGroup>,
}

impl Message for ShareGroupDescribeResponse {
    const NAME: &'static str = "ShareGroupDescribeResponse";
    const VERSIONS: std::ops::RangeInclusive<i16> = 1..=1;
    const FLEXIBLE_FROM: i16 = 1;
}

impl Element for ShareGroupDescribeResponse {
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

/// Versions 1.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribedGroup {
    /// Versions 1.
    pub error_code: i16,
    /// Versions 1; nullable 1; default null.
    pub error_message: Option<WireString>,
    /// Versions 1.
    pub group_id: WireString,
    /// Versions 1.
    pub group_state: WireString,
    /// Versions 1.
    pub group_epoch: i32,
    /// Versions 1.
    pub assignment_epoch: i32,
    /// Versions 1.
    pub assignor_name: WireString,
    /// Versions 1.
    pub members: Vec<Member>,
    /// Versions 1; default -2147483648.
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

/// Versions 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Member {
    /// Versions 1.
    pub member_id: WireString,
    /// Versions 1; nullable 1; default null.
    pub rack_id: Option<WireString>,
    /// Versions 1.
    pub member_epoch: i32,
    /// Versions 1.
    pub client_id: WireString,
    /// Versions 1.
    pub client_host: WireString,
    /// Versions 1.
    pub subscribed_topic_names: Vec<WireString>,
    /// Versions 1.
    pub assignment: Assignment,
}

impl Element for Member {
    const SIZE_MIN: usize = 12;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let member_id = reader.string(flexible)?;
        let rack_id = reader.nullable_string(flexible)?;
        let member_epoch = reader.i32()?;
        let client_id = reader.string(flexible)?;
        let client_host = reader.string(flexible)?;
        let subscribed_topic_names = reader.array(version, flexible)?;
        let assignment = Assignment::read(reader, version, flexible)?;
        reader.skip_tags()?;
        Ok(Self {
            member_id,
            rack_id,
            member_epoch,
            client_id,
            client_host,
            subscribed_topic_names,
            assignment,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.member_id, flexible)?;
        writer.nullable_string(self.rack_id.as_ref(), flexible)?;
        writer.i32(self.member_epoch);
        writer.string(&self.client_id, flexible)?;
        writer.string(&self.client_host, flexible)?;
        writer.array(&self.subscribed_topic_names, version, flexible)?;
        self.assignment.write(writer, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assignment {
    /// Versions 1.
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

/// Versions 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicPartitions {
    /// Versions 1.
    pub topic_id: Uuid,
    /// Versions 1.
    pub topic_name: WireString,
    /// Versions 1.
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
