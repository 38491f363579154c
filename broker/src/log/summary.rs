//! What the log keeps of every batch beside its bytes, so that a partition's state is rebuilt
//! without reading payloads: producer, sequence, leader epoch, time.
//!
//! ```text
//!   version 2 | flags 1 | leader epoch 4 | producer id 8 | producer epoch 2 | base sequence 4
//!   | max timestamp 8 | appended at 8 | producers forgotten below 8  (44 bytes, little endian)
//! ```
//!
//! Offsets are not in it: the write-ahead log's entry header and the caller state them.

use bytes::{Buf, BufMut};
use penstock_model::id::{Offset, ProducerId, StreamEpoch, Timestamp};
use penstock_records::{BatchHeader, TimestampType};
use penstock_s3stream::Summary as SummaryBytes;

const VERSION: u8 = 2;
const LENGTH: usize = 44;
const TRANSACTIONAL: u8 = 1;
const CONTROL: u8 = 1 << 1;
const LOG_APPEND_TIME: u8 = 1 << 2;

/// The sequence numbers of an idempotent producer's batch (KIP-98).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ProducerBatch {
    /// The producer.
    pub id: ProducerId,
    /// Its epoch: the greatest one seen fences the smaller.
    pub epoch: i16,
    /// The sequence number of the batch's first record.
    pub base_sequence: i32,
}

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Summary {
    /// The leader epoch under which the batch was appended.
    pub leader_epoch: StreamEpoch,
    /// The producer, where the batch has one.
    pub producer: Option<ProducerBatch>,
    /// The batch is part of a transaction.
    pub transactional: bool,
    /// The batch is a control batch.
    pub control: bool,
    /// The topic's records carry the time of their append (`LogAppendTime`).
    pub log_append_time: bool,
    /// The batch's greatest record timestamp, or the time of its append.
    pub max_timestamp: Timestamp,
    /// The leader's clock when it appended the batch.
    pub(crate) appended_at: Timestamp,
    /// The leader has forgotten the producers whose last batch lies below this offset.
    pub producers_forgotten_below: Offset,
}

/// A summary that is not one of ours: the log is damaged or was written by a later release.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum SummaryError {
    /// Written by a release that this one does not know; upgrade first.
    #[error("batch summary has version {0}, this release reads version {VERSION}")]
    Version(u8),
    /// Damaged in spite of its checksum: a bug, report it.
    #[error("batch summary is malformed: {0}")]
    Malformed(&'static str),
}

#[cfg(any(test, feature = "fuzzing"))]
impl Summary {
    /// Of a batch of which there is nothing to tell.
    pub(super) const PLAIN: Self = Self {
        leader_epoch: StreamEpoch(0),
        producer: None,
        transactional: false,
        control: false,
        log_append_time: false,
        max_timestamp: Timestamp(0),
        appended_at: Timestamp(0),
        producers_forgotten_below: Offset::ZERO,
    };

    /// The batch at these offsets, as the log tells of it.
    #[cfg(test)]
    pub(super) fn of_batch(
        &self,
        offsets: std::ops::Range<Offset>,
    ) -> penstock_s3stream::BatchSummary {
        let records = u32::try_from(offsets.end.0 - offsets.start.0).expect("a small batch");
        let (max_timestamp, summary) = (Timestamp(0), self.encode());
        penstock_s3stream::BatchSummary { offsets, records, max_timestamp, summary }
    }
}

impl Summary {
    /// The summary of a batch as it lies in the log. When it was appended is not in there; as of
    /// `now` nobody is taken for silent who is not. Nor is it known whom the leader had forgotten.
    #[must_use]
    pub(super) fn of_stored(header: &BatchHeader, now: Timestamp) -> Self {
        let max_timestamp = Timestamp(header.max_timestamp.0);
        Self {
            leader_epoch: StreamEpoch(u32::try_from(header.partition_leader_epoch).unwrap_or(0)),
            producer: header.producer_id.is_some().then_some(ProducerBatch {
                id: ProducerId(header.producer_id.0),
                epoch: header.producer_epoch.0,
                base_sequence: header.base_sequence.0,
            }),
            transactional: header.attributes.is_transactional(),
            control: header.attributes.is_control(),
            log_append_time: header.attributes.timestamp_type() == TimestampType::LogAppendTime,
            max_timestamp,
            appended_at: now,
            producers_forgotten_below: Offset::ZERO,
        }
    }

    /// The bytes that go beside the batch.
    #[must_use]
    pub(super) fn encode(&self) -> SummaryBytes {
        let mut bytes = [0; LENGTH];
        let mut out = &mut bytes[..];
        let producer = self.producer.unwrap_or(ProducerBatch {
            id: ProducerId(-1),
            epoch: -1,
            base_sequence: -1,
        });
        out.put_u8(VERSION);
        out.put_u8(
            u8::from(self.transactional) * TRANSACTIONAL
                + u8::from(self.control) * CONTROL
                + u8::from(self.log_append_time) * LOG_APPEND_TIME,
        );
        out.put_u32_le(self.leader_epoch.0);
        out.put_i64_le(producer.id.0);
        out.put_i16_le(producer.epoch);
        out.put_i32_le(producer.base_sequence);
        out.put_i64_le(self.max_timestamp.0);
        out.put_i64_le(self.appended_at.0);
        out.put_u64_le(self.producers_forgotten_below.0);
        assert!(out.is_empty(), "the fields fill the summary");
        SummaryBytes::new(&bytes).expect("44 bytes fit into 48")
    }

    /// Reads what [`encode`](Self::encode) wrote.
    ///
    /// # Errors
    /// When the bytes are of another version, or no summary.
    pub(super) fn decode(mut bytes: &[u8]) -> Result<Self, SummaryError> {
        match bytes.first() {
            None => return Err(SummaryError::Malformed("it is empty")),
            Some(&VERSION) => {}
            Some(&other) => return Err(SummaryError::Version(other)),
        }
        if bytes.len() != LENGTH {
            return Err(SummaryError::Malformed("its length is not 44"));
        }
        bytes.advance(1);
        let flags = bytes.get_u8();
        if flags & !(TRANSACTIONAL | CONTROL | LOG_APPEND_TIME) != 0 {
            return Err(SummaryError::Malformed("it has unknown flags"));
        }
        let leader_epoch = StreamEpoch(bytes.get_u32_le());
        let id = ProducerId(bytes.get_i64_le());
        let epoch = bytes.get_i16_le();
        let base_sequence = bytes.get_i32_le();
        let producer = (id.0 >= 0).then_some(ProducerBatch { id, epoch, base_sequence });
        Ok(Self {
            leader_epoch,
            producer,
            transactional: flags & TRANSACTIONAL != 0,
            control: flags & CONTROL != 0,
            log_append_time: flags & LOG_APPEND_TIME != 0,
            max_timestamp: Timestamp(bytes.get_i64_le()),
            appended_at: Timestamp(bytes.get_i64_le()),
            producers_forgotten_below: Offset(bytes.get_u64_le()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Summary {
        Summary {
            leader_epoch: StreamEpoch(7),
            producer: Some(ProducerBatch { id: ProducerId(4000), epoch: 3, base_sequence: 15 }),
            transactional: false,
            control: true,
            log_append_time: false,
            max_timestamp: Timestamp(1_700_000_000_123),
            appended_at: Timestamp(-2),
            producers_forgotten_below: Offset(5),
        }
    }

    #[test]
    fn golden_bytes() {
        let golden = [
            2, 2, 7, 0, 0, 0, 0xa0, 0x0f, 0, 0, 0, 0, 0, 0, 3, 0, 15, 0, 0, 0, 0x7b, 0x68, 0xe5,
            0xcf, 0x8b, 1, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 5, 0, 0, 0, 0, 0,
            0, 0,
        ];
        assert_eq!(*example().encode(), golden);
        assert_eq!(Summary::decode(&golden), Ok(example()));
    }

    #[test]
    fn no_producer_round_trips() {
        let plain = Summary { producer: None, control: false, ..example() };
        assert_eq!(Summary::decode(&plain.encode()), Ok(plain));
    }

    #[test]
    fn foreign_bytes_are_named() {
        fn check(bytes: &[u8], expect: SummaryError) {
            assert_eq!(Summary::decode(bytes), Err(expect));
        }
        check(&[], SummaryError::Malformed("it is empty"));
        check(&[9], SummaryError::Version(9));
        check(&[2, 0], SummaryError::Malformed("its length is not 44"));
        let mut flags = example().encode().to_vec();
        flags[1] = 0x80;
        check(&flags, SummaryError::Malformed("it has unknown flags"));
    }
}
