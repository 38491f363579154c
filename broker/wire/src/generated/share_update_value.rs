// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Value of coordinator record type 1; versions 0, flexible from 0.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::writer::Writer;

/// Value of coordinator record type 1; versions 0, flexible from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct ShareUpdateValue {
    /// Versions 0.
    pub snapshot_epoch: i32,
    /// Versions 0.
    pub leader_epoch: i32,
    /// Versions 0.
    pub start_offset: i64,
    /// Versions 0; tag 0; default -1.
    pub delivery_complete_count: i32,
    /// Versions 0.
    pub state_batches: Vec<StateBatch>,
}

impl Default for ShareUpdateValue {
    fn default() -> Self {
        Self {
            snapshot_epoch: 0,
            leader_epoch: 0,
            start_offset: 0,
            delivery_complete_count: -1,
            state_batches: Vec::new(),
        }
    }
}

impl Message for ShareUpdateValue {
    const NAME: &'static str = "ShareUpdateValue";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Element for ShareUpdateValue {
    const SIZE_MIN: usize = 18;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let snapshot_epoch = reader.i32()?;
        let leader_epoch = reader.i32()?;
        let start_offset = reader.i64()?;
        let state_batches = reader.array(version, flexible)?;
        let mut delivery_complete_count = -1;
        for _ in 0..reader.tag_count()? {
            let tag = reader.begin_tag()?;
            match tag.number {
                0 => {
                    delivery_complete_count = reader.i32()?;
                }
                _ => reader.skip_tag(),
            }
            reader.end_tag(tag)?;
        }
        Ok(Self {
            snapshot_epoch,
            leader_epoch,
            start_offset,
            delivery_complete_count,
            state_batches,
        })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i32(self.snapshot_epoch);
        writer.i32(self.leader_epoch);
        writer.i64(self.start_offset);
        writer.array(&self.state_batches, version, flexible)?;
        let has_delivery_complete_count = self.delivery_complete_count != -1;
        writer.tag_count(&[has_delivery_complete_count]);
        if has_delivery_complete_count {
            let start = writer.begin_tag(0);
            writer.i32(self.delivery_complete_count);
            writer.end_tag(start)?;
        }
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StateBatch {
    /// Versions 0.
    pub first_offset: i64,
    /// Versions 0.
    pub last_offset: i64,
    /// Versions 0.
    pub delivery_state: i8,
    /// Versions 0.
    pub delivery_count: i16,
}

impl Element for StateBatch {
    const SIZE_MIN: usize = 20;

    fn read(reader: &mut Reader, _version: i16, _flexible: bool) -> Result<Self, DecodeError> {
        let first_offset = reader.i64()?;
        let last_offset = reader.i64()?;
        let delivery_state = reader.i8()?;
        let delivery_count = reader.i16()?;
        reader.skip_tags()?;
        Ok(Self { first_offset, last_offset, delivery_state, delivery_count })
    }

    fn write(
        &self,
        writer: &mut Writer,
        _version: i16,
        _flexible: bool,
    ) -> Result<(), EncodeError> {
        writer.i64(self.first_offset);
        writer.i64(self.last_offset);
        writer.i8(self.delivery_state);
        writer.i16(self.delivery_count);
        writer.no_tags();
        Ok(())
    }
}
