// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Value of coordinator record type 1; versions 0-4, flexible from 4.

use crate::error::{DecodeError, EncodeError};
use crate::message::{Element, Message};
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// Value of coordinator record type 1; versions 0-4, flexible from 4.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetCommitValue {
    /// Versions 0-4.
    pub offset: i64,
    /// Versions 3-4; ignorable; default -1.
    pub leader_epoch: i32,
    /// Versions 0-4.
    pub metadata: WireString,
    /// Versions 0-4.
    pub commit_timestamp: i64,
    /// Versions 1; ignorable; default -1.
    pub expire_timestamp: i64,
    /// Versions 4; tag 0; ignorable.
    pub topic_id: Uuid,
}

impl Default for OffsetCommitValue {
    fn default() -> Self {
        Self {
            offset: 0,
            leader_epoch: -1,
            metadata: WireString::default(),
            commit_timestamp: 0,
            expire_timestamp: -1,
            topic_id: Uuid::ZERO,
        }
    }
}

impl Message for OffsetCommitValue {
    const NAME: &'static str = "OffsetCommitValue";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=4;
    const FLEXIBLE_FROM: i16 = 4;
}

impl Element for OffsetCommitValue {
    const SIZE_MIN: usize = 18;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let offset = reader.i64()?;
        let leader_epoch = if version >= 3 { reader.i32()? } else { -1 };
        let metadata = reader.string(flexible)?;
        let commit_timestamp = reader.i64()?;
        let expire_timestamp = if version == 1 { reader.i64()? } else { -1 };
        let mut topic_id = Uuid::ZERO;
        if flexible {
            for _ in 0..reader.tag_count()? {
                let tag = reader.begin_tag()?;
                match tag.number {
                    0 => {
                        topic_id = reader.uuid()?;
                    }
                    _ => reader.skip_tag(),
                }
                reader.end_tag(tag)?;
            }
        }
        Ok(Self { offset, leader_epoch, metadata, commit_timestamp, expire_timestamp, topic_id })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.i64(self.offset);
        if version >= 3 {
            writer.i32(self.leader_epoch);
        }
        writer.string(&self.metadata, flexible)?;
        writer.i64(self.commit_timestamp);
        if version == 1 {
            writer.i64(self.expire_timestamp);
        }
        if flexible {
            let has_topic_id = self.topic_id != Uuid::ZERO;
            writer.tag_count(&[has_topic_id]);
            if has_topic_id {
                let start = writer.begin_tag(0);
                writer.uuid(self.topic_id);
                writer.end_tag(start)?;
            }
        }
        Ok(())
    }
}
