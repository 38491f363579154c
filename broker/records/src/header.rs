//! The head of a batch: 61 bytes, big-endian.
//!
//! ```text
//!    0  base offset           i64      23  last offset delta    i32
//!    8  batch length          i32      27  base timestamp       i64
//!   12  partition leader epoch i32     35  max timestamp        i64
//!   16  magic                 i8       43  producer id          i64
//!   17  crc                   u32      51  producer epoch       i16
//!   21  attributes            i16      53  base sequence        i32
//!                                      57  record count         i32
//! ```
//!
//! The batch length counts from byte 12 on. The CRC is CRC32C of everything from the attributes
//! (byte 21) to the end of the batch, so base offset and leader epoch change without it.

use crate::attributes::{Attributes, TimestampType};
use crate::field::{ProducerEpoch, ProducerId, Sequence, Timestamp};

/// The length of a batch's head; the records follow.
pub const HEADER_BYTES: usize = 61;

/// Base offset and length: what stands before the bytes that the length counts.
pub(crate) const LENGTH_PREFIX_BYTES: usize = 12;

/// Where the bytes begin that the CRC covers.
pub(crate) const CRC_COVERS_FROM: usize = 21;

/// The only message format that is left since Kafka 4.0.
pub(crate) const MAGIC: i8 = 2;

/// All fields of a batch's head, as they are; nothing about them is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchHeader {
    /// The offset of the first record, or of where it was before compaction.
    pub base_offset: i64,
    /// The batch's length from byte 12 on.
    pub batch_length: i32,
    /// The leader epoch it was appended in; -1 where a client leaves it open.
    pub partition_leader_epoch: i32,
    /// The message format, 2.
    pub magic: i8,
    /// CRC32C of the batch from its attributes on.
    pub crc: u32,
    /// Codec, timestamp type and flags.
    pub attributes: Attributes,
    /// The last record's offset less the base offset; compaction keeps it.
    pub last_offset_delta: i32,
    /// What the records' timestamp deltas count from.
    pub base_timestamp: Timestamp,
    /// The greatest of the records' timestamps, or the append time of them all.
    pub max_timestamp: Timestamp,
    /// The idempotent producer.
    pub producer_id: ProducerId,
    /// Its incarnation.
    pub producer_epoch: ProducerEpoch,
    /// The first record's sequence.
    pub base_sequence: Sequence,
    /// How many records follow; fewer than the offsets span after compaction, even 0.
    pub record_count: i32,
}

impl BatchHeader {
    /// Reads the head of a batch, or `None` when there are not 61 bytes.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let head: &[u8; HEADER_BYTES] = bytes.first_chunk()?;
        Some(Self {
            base_offset: i64::from_be_bytes(at(head, 0)),
            batch_length: i32::from_be_bytes(at(head, 8)),
            partition_leader_epoch: i32::from_be_bytes(at(head, 12)),
            magic: i8::from_be_bytes(at(head, 16)),
            crc: u32::from_be_bytes(at(head, 17)),
            attributes: Attributes(i16::from_be_bytes(at(head, 21))),
            last_offset_delta: i32::from_be_bytes(at(head, 23)),
            base_timestamp: Timestamp(i64::from_be_bytes(at(head, 27))),
            max_timestamp: Timestamp(i64::from_be_bytes(at(head, 35))),
            producer_id: ProducerId(i64::from_be_bytes(at(head, 43))),
            producer_epoch: ProducerEpoch(i16::from_be_bytes(at(head, 51))),
            base_sequence: Sequence(i32::from_be_bytes(at(head, 53))),
            record_count: i32::from_be_bytes(at(head, 57)),
        })
    }

    /// The 61 bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; HEADER_BYTES] {
        let mut head = [0; HEADER_BYTES];
        let mut put = |from: usize, field: &[u8]| {
            head[from..from + field.len()].copy_from_slice(field);
        };
        put(0, &self.base_offset.to_be_bytes());
        put(8, &self.batch_length.to_be_bytes());
        put(12, &self.partition_leader_epoch.to_be_bytes());
        put(16, &self.magic.to_be_bytes());
        put(17, &self.crc.to_be_bytes());
        put(21, &self.attributes.0.to_be_bytes());
        put(23, &self.last_offset_delta.to_be_bytes());
        put(27, &self.base_timestamp.0.to_be_bytes());
        put(35, &self.max_timestamp.0.to_be_bytes());
        put(43, &self.producer_id.0.to_be_bytes());
        put(51, &self.producer_epoch.0.to_be_bytes());
        put(53, &self.base_sequence.0.to_be_bytes());
        put(57, &self.record_count.to_be_bytes());
        head
    }

    /// The offset of the last record, or of where it was before compaction.
    #[must_use]
    pub fn last_offset(&self) -> i64 {
        self.base_offset.wrapping_add(i64::from(self.last_offset_delta))
    }

    /// The offset behind the batch.
    #[must_use]
    pub fn next_offset(&self) -> i64 {
        self.last_offset().wrapping_add(1)
    }

    /// The last record's sequence, or [`Sequence::NONE`].
    #[must_use]
    pub fn last_sequence(&self) -> Sequence {
        if self.base_sequence.0 < 0 || self.last_offset_delta < 0 {
            Sequence::NONE
        } else {
            self.base_sequence.plus(self.last_offset_delta)
        }
    }

    /// A record's timestamp from its delta.
    pub(crate) fn timestamp(&self, delta: i64) -> Timestamp {
        match self.attributes.timestamp_type() {
            // As Java's arithmetic has it: a hostile delta wraps, and then fails the time window.
            TimestampType::CreateTime => Timestamp(self.base_timestamp.0.wrapping_add(delta)),
            TimestampType::LogAppendTime => self.max_timestamp,
        }
    }
}

/// The `N` bytes at `from`, which lie within the head.
fn at<const N: usize>(head: &[u8; HEADER_BYTES], from: usize) -> [u8; N] {
    *head[from..].first_chunk().expect("every field lies within the head")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_byte_is_some_fields(bytes: [[u8; 32]; 2]) {
            let bytes = &bytes.as_flattened()[..HEADER_BYTES];
            let written = BatchHeader::read(bytes).unwrap().to_bytes();
            prop_assert_eq!(written.as_slice(), bytes);
        }
    }

    #[test]
    fn a_short_head_is_none() {
        assert_eq!(BatchHeader::read(&[0; HEADER_BYTES - 1]), None);
    }
}
