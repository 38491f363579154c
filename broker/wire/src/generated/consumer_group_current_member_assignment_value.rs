// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Value of coordinator record type 8; versions 0, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Value of coordinator record type 8; versions 0, flexible from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsumerGroupCurrentMemberAssignmentValue {
    /// Versions 0.
    pub member_epoch: i32,
    /// Versions 0.
    pub previous_member_epoch: i32,
    /// Versions 0.
    pub state: i8,
    /// Versions 0.
    pub assigned_partitions: Vec<TopicPartitions>,
    /// Versions 0.
    pub partitions_pending_revocation: Vec<TopicPartitions>,
}

impl Message for ConsumerGroupCurrentMemberAssignmentValue {
    const NAME: &'static str = "ConsumerGroupCurrentMemberAssignmentValue";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Element for ConsumerGroupCurrentMemberAssignmentValue {
    const SIZE_MIN: usize = 12;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let member_epoch = reader.i32()?;
        let previous_member_epoch = reader.i32()?;
        let state = reader.i8()?;
        let assigned_partitions = reader.array(version, flexible)?;
        let partitions_pending_revocation = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self {
            member_epoch,
            previous_member_epoch,
            state,
            assigned_partitions,
            partitions_pending_revocation,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.member_epoch);
        writer.i32(self.previous_member_epoch);
        writer.i8(self.state);
        writer.array(&self.assigned_partitions, version, flexible)?;
        writer.array(&self.partitions_pending_revocation, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct TopicPartitions {
    /// Versions 0.
    pub topic_id: Uuid,
    /// Versions 0.
    pub partitions: Vec<i32>,
    /// Versions 0; nullable 0; tag 0.
    pub assignment_epochs: Option<Vec<i32>>,
}

impl Default for TopicPartitions {
    fn default() -> Self {
        Self { topic_id: Uuid::ZERO, partitions: Vec::new(), assignment_epochs: Some(Vec::new()) }
    }
}

impl Element for TopicPartitions {
    const SIZE_MIN: usize = 18;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let topic_id = reader.uuid()?;
        let partitions = reader.array(version, flexible)?;
        let mut assignment_epochs = Some(Vec::new());
        for _ in 0..reader.tag_count()? {
            let tag = reader.begin_tag()?;
            match tag.number {
                0 => {
                    assignment_epochs = reader.nullable_array(version, flexible)?;
                }
                _ => reader.skip_tag(),
            }
            reader.end_tag(tag)?;
        }
        Ok(Self { topic_id, partitions, assignment_epochs })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.uuid(self.topic_id);
        writer.array(&self.partitions, version, flexible)?;
        let has_assignment_epochs =
            self.assignment_epochs.as_ref().is_none_or(|value| !value.is_empty());
        writer.tag_count(&[has_assignment_epochs]);
        if has_assignment_epochs {
            let start = writer.begin_tag(0);
            writer.nullable_array(self.assignment_epochs.as_deref(), version, flexible)?;
            writer.end_tag(start)?;
        }
        Ok(())
    }
}
