// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Value of coordinator record type 22; versions 0, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Value of coordinator record type 22; versions 0, flexible from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamsGroupCurrentMemberAssignmentValue {
    /// Versions 0.
    pub member_epoch: i32,
    /// Versions 0.
    pub previous_member_epoch: i32,
    /// Versions 0.
    pub state: i8,
    /// Versions 0.
    pub active_tasks: Vec<TaskIds>,
    /// Versions 0.
    pub standby_tasks: Vec<TaskIds>,
    /// Versions 0.
    pub warmup_tasks: Vec<TaskIds>,
    /// Versions 0.
    pub active_tasks_pending_revocation: Vec<TaskIds>,
    /// Versions 0.
    pub standby_tasks_pending_revocation: Vec<TaskIds>,
    /// Versions 0.
    pub warmup_tasks_pending_revocation: Vec<TaskIds>,
}

impl Message for StreamsGroupCurrentMemberAssignmentValue {
    const NAME: &'static str = "StreamsGroupCurrentMemberAssignmentValue";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Element for StreamsGroupCurrentMemberAssignmentValue {
    const SIZE_MIN: usize = 16;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let member_epoch = reader.i32()?;
        let previous_member_epoch = reader.i32()?;
        let state = reader.i8()?;
        let active_tasks = reader.array(version, flexible)?;
        let standby_tasks = reader.array(version, flexible)?;
        let warmup_tasks = reader.array(version, flexible)?;
        let active_tasks_pending_revocation = reader.array(version, flexible)?;
        let standby_tasks_pending_revocation = reader.array(version, flexible)?;
        let warmup_tasks_pending_revocation = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self {
            member_epoch,
            previous_member_epoch,
            state,
            active_tasks,
            standby_tasks,
            warmup_tasks,
            active_tasks_pending_revocation,
            standby_tasks_pending_revocation,
            warmup_tasks_pending_revocation,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.member_epoch);
        writer.i32(self.previous_member_epoch);
        writer.i8(self.state);
        writer.array(&self.active_tasks, version, flexible)?;
        writer.array(&self.standby_tasks, version, flexible)?;
        writer.array(&self.warmup_tasks, version, flexible)?;
        writer.array(&self.active_tasks_pending_revocation, version, flexible)?;
        writer.array(&self.standby_tasks_pending_revocation, version, flexible)?;
        writer.array(&self.warmup_tasks_pending_revocation, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskIds {
    /// Versions 0.
    pub subtopology_id: WireString,
    /// Versions 0.
    pub partitions: Vec<i32>,
    /// Versions 0; nullable 0; tag 0.
    pub assignment_epochs: Option<Vec<i32>>,
}

impl Default for TaskIds {
    fn default() -> Self {
        Self {
            subtopology_id: WireString::default(),
            partitions: Vec::new(),
            assignment_epochs: Some(Vec::new()),
        }
    }
}

impl Element for TaskIds {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let subtopology_id = reader.string(flexible)?;
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
        Ok(Self { subtopology_id, partitions, assignment_epochs })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.subtopology_id, flexible)?;
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
