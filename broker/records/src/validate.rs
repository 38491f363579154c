//! Judges a produced batch as Kafka's broker does, and makes it what the topic stores.
//!
//! The order of the checks is Kafka's, since a batch with two faults gets the answer for the first:
//! framing, zstd by version, base offset, size, checksum, fields of the head, records. What Kafka
//! takes and mends is mended: a wrong maximum timestamp, the producer's timestamp type, a delete
//! horizon.
//!
//! Two steps: the second may take memory and time, and tells how much before ([`SoundBatch::work`]).

use bytes::BytesMut;

use crate::attributes::{Codec, TimestampType};
use crate::batch::{RawBatch, ValidBatch};
use crate::compression::{Encoding, Inflater, InflationLimits};
use crate::field::Timestamp;
use crate::header::{BatchHeader, CRC_COVERS_FROM, HEADER_BYTES, MAGIC};
use crate::rejection::{
    FieldError, FramingError, RecordError, RecordFault, RecordsError, RejectedRecords, Rejection,
};
use crate::source::{InflatingSource, SliceSource, Source};
use crate::transcode::transcode;
use crate::walk::{RecordFacts, end_records, walk_record};
use crate::work::Work;

/// What a topic, and the request that names it, ask of a batch.
#[derive(Clone, Debug)]
pub struct Rules {
    /// `max.message.bytes`: of a batch with its head, as sent and as stored.
    pub max_message_bytes: usize,
    /// Whether `cleanup.policy` has `compact`.
    pub compacted: bool,
    /// `message.timestamp.type`.
    pub timestamp_type: TimestampType,
    /// `message.timestamp.before.max.ms`.
    pub timestamp_before_max_ms: i64,
    /// `message.timestamp.after.max.ms`.
    pub timestamp_after_max_ms: i64,
    /// `compression.type`, and the levels.
    pub compression: TargetCompression,
    /// `penstock.validate.compressed`.
    pub inspection: Inspection,
    /// Whether the request's version is at least 7.
    pub zstd_negotiated: bool,
    /// What a compressed batch may cost.
    pub inflation: InflationLimits,
}

impl Default for Rules {
    /// Those of a topic with Kafka's default settings, in a request of a current version.
    fn default() -> Self {
        Self {
            max_message_bytes: 1_048_588,
            compacted: false,
            timestamp_type: TimestampType::CreateTime,
            timestamp_before_max_ms: i64::MAX,
            timestamp_after_max_ms: 3_600_000,
            compression: TargetCompression::Producer,
            inspection: Inspection::Full,
            zstd_negotiated: true,
            inflation: InflationLimits::default(),
        }
    }
}

/// How a topic's batches are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetCompression {
    /// With the codec that the producer chose.
    Producer,
    /// With this one; a batch that comes with its codec stays as it is, whatever its level.
    Always(Encoding),
}

/// How far compressed batches are looked into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Inspection {
    /// To their last record.
    #[default]
    Full,
    /// No further than their head, which is believed. A compacted topic's are looked into anyhow.
    Header,
}

/// Judges the record field of a produce request for one partition, in both steps at once. `now` is
/// the broker's clock.
///
/// # Errors
/// The first reason to refuse the batch; nothing of it may be appended then.
pub fn validate(records: BytesMut, rules: &Rules, now: Timestamp) -> Result<ValidBatch, Rejection> {
    SoundBatch::check(records, rules)?.inspect(rules, now)
}

fn begins_with_zstd(records: &[u8]) -> Result<bool, FramingError> {
    let first = RawBatch::first(records)?.and_then(BatchHeader::read);
    Ok(first.is_some_and(|header| {
        header.magic == MAGIC && header.attributes.codec() == Ok(Codec::Zstd)
    }))
}

/// A batch that is what its head says, as far as the head and the checksum tell; its records have
/// not been looked into.
#[derive(Debug)]
pub struct SoundBatch {
    header: BatchHeader,
    bytes: BytesMut,
    codec: Codec,
    target: Encoding,
    looked_into: bool,
    inflating: Work,
}

impl SoundBatch {
    /// Judges all but the records.
    ///
    /// # Errors
    /// The first reason to refuse the batch.
    pub fn check(records: BytesMut, rules: &Rules) -> Result<Self, Rejection> {
        // As in Kafka before it is asked whether the batch is alone.
        if !rules.zstd_negotiated && begins_with_zstd(&records)? {
            return Err(Rejection::ZstdNotNegotiated);
        }
        let RawBatch { header, bytes } = RawBatch::parse(records)?;
        let codec = header.attributes.codec();
        check_whole(&header, &bytes, rules)?;
        let codec = codec.map_err(RecordsError::UnknownCodec)?;
        check_fields(&header)?;
        let target = match rules.compression {
            TargetCompression::Producer => Encoding::of(codec),
            TargetCompression::Always(encoding) => encoding,
        };
        let believed = rules.inspection == Inspection::Header && !rules.compacted;
        let looked_into = codec == Codec::None || !believed;
        let inflating = Work::inflating(codec, &bytes[HEADER_BYTES..], &rules.inflation);
        Ok(Self { header, bytes, codec, target, looked_into, inflating })
    }

    /// The batch's head, as sent.
    #[must_use]
    pub fn header(&self) -> &BatchHeader {
        &self.header
    }

    /// Whether the topic stores it in memory of its own, in another encoding than the producer's.
    #[must_use]
    pub fn is_reencoded(&self) -> bool {
        self.target.codec() != self.codec
    }

    /// What [`inspect`](Self::inspect) takes.
    #[must_use]
    pub fn work(&self, rules: &Rules) -> Work {
        if self.is_reencoded() {
            self.inflating.and_writing(self.target, rules.max_message_bytes)
        } else if self.looked_into {
            self.inflating
        } else {
            Work::default()
        }
    }

    /// Judges the records by the rules of the first step, and makes the batch what the topic
    /// stores.
    ///
    /// # Errors
    /// The first reason to refuse the batch.
    pub fn inspect(self, rules: &Rules, now: Timestamp) -> Result<ValidBatch, Rejection> {
        let Self { header, bytes, codec, target, looked_into, inflating } = self;
        let records = &bytes[HEADER_BYTES..];
        let judge = Judge { header: &header, rules, now, compressed: codec != Codec::None };
        let max_timestamp =
            if looked_into { judge.by_records(codec, records)? } else { judge.by_header()? };
        let (header, bytes) = if target.codec() == codec {
            (header, bytes)
        } else {
            transcode(header, codec, records, target, rules, inflating.records_bytes)?
        };
        let mut batch = ValidBatch::new(header, bytes, rules.timestamp_type);
        let attributes =
            header.attributes.of_client().with_timestamp_type(TimestampType::CreateTime);
        batch.restamp(attributes, max_timestamp);
        Ok(batch)
    }
}

/// What holds of a batch before one looks into it.
fn check_whole(header: &BatchHeader, bytes: &[u8], rules: &Rules) -> Result<(), Rejection> {
    if header.base_offset != 0 {
        return Err(FieldError::BaseOffset(header.base_offset).into());
    }
    if bytes.len() > rules.max_message_bytes {
        return Err(Rejection::TooLarge { size: bytes.len(), limit: rules.max_message_bytes });
    }
    let computed = crc32c::crc32c(&bytes[CRC_COVERS_FROM..]);
    if computed != header.crc {
        return Err(Rejection::Checksum { stored: header.crc, computed });
    }
    Ok(())
}

/// What holds among the fields of the head.
fn check_fields(header: &BatchHeader) -> Result<(), FieldError> {
    let BatchHeader { last_offset_delta, record_count, producer_id, base_sequence, .. } = *header;
    if last_offset_delta < 0 {
        return Err(FieldError::LastOffsetDelta(last_offset_delta));
    }
    if record_count <= 0 {
        return Err(FieldError::RecordCount(record_count));
    }
    if last_offset_delta != record_count - 1 {
        return Err(FieldError::CountMismatch { record_count, last_offset_delta });
    }
    if header.attributes.is_control() {
        return Err(FieldError::Control);
    }
    // Kafka takes such a batch unless it re-encodes it; nothing could ever end its transaction.
    if header.attributes.is_transactional() && !producer_id.is_some() {
        return Err(FieldError::TransactionWithoutProducer);
    }
    if producer_id.is_some() && base_sequence.0 < 0 {
        return Err(FieldError::Sequence { producer_id, base_sequence });
    }
    Ok(())
}

/// The topic's rules, applied record by record.
struct Judge<'a> {
    header: &'a BatchHeader,
    rules: &'a Rules,
    now: Timestamp,
    compressed: bool,
}

impl Judge<'_> {
    /// Looks into the records, and gives back the greatest of their timestamps.
    fn by_records(&self, codec: Codec, records: &[u8]) -> Result<Timestamp, Rejection> {
        let limits = &self.rules.inflation;
        match Inflater::new(codec, records, limits)? {
            None => self.each(&mut SliceSource::new(records)),
            Some(inflater) => {
                self.each(&mut InflatingSource::new(inflater, limits.inflated_bytes_max))
            }
        }
    }

    fn each(&self, source: &mut impl Source) -> Result<Timestamp, Rejection> {
        let mut max_timestamp = Timestamp::NONE;
        let mut rejected = RejectedRecords::default();
        for batch_index in 0..self.header.record_count {
            let facts = walk_record(source)?;
            // Kafka stores such a batch if it is not compressed, and fails on it if it is. An offset
            // that two records have, or none, is never mended again.
            if facts.offset_delta != batch_index {
                return Err(RecordsError::Malformed("the offset deltas do not count up").into());
            }
            // The producer's timestamp type is not stored, so this is what consumers will see.
            let timestamp =
                Timestamp(self.header.base_timestamp.0.wrapping_add(facts.timestamp_delta));
            max_timestamp = max_timestamp.max(timestamp);
            if let Some(fault) = self.fault(timestamp, &facts) {
                rejected.push(RecordError { batch_index, fault });
            }
        }
        end_records(source)?;
        if rejected.total > 0 {
            return Err(Rejection::RejectedRecords(rejected));
        }
        Ok(max_timestamp)
    }

    /// Believes the head, and holds its greatest timestamp against the window.
    fn by_header(&self) -> Result<Timestamp, Rejection> {
        let timestamp = self.header.max_timestamp;
        if let Some(fault) = self.timestamp_fault(timestamp, self.header.last_offset()) {
            let mut rejected = RejectedRecords::default();
            rejected.push(RecordError { batch_index: self.header.last_offset_delta, fault });
            return Err(Rejection::RejectedRecords(rejected));
        }
        Ok(timestamp)
    }

    #[inline]
    fn fault(&self, timestamp: Timestamp, facts: &RecordFacts) -> Option<RecordFault> {
        if self.rules.compacted && facts.key_bytes < 0 {
            return Some(RecordFault::NoKey);
        }
        let offset = i64::from(facts.offset_delta);
        // What the producer claims: the maximum for all, if it sets the bit for log append time.
        let claimed = self.header.timestamp(facts.timestamp_delta);
        let claims_append_time =
            self.header.attributes.timestamp_type() == TimestampType::LogAppendTime;
        let stamped =
            self.rules.timestamp_type == TimestampType::CreateTime && claimed != Timestamp::NONE;
        if claims_append_time && !stamped {
            return Some(RecordFault::TimestampType {
                timestamp: claimed,
                offset,
                key_bytes: facts.key_bytes,
                value_bytes: facts.value_bytes,
                compressed: self.compressed,
            });
        }
        self.timestamp_fault(claimed, offset).or_else(|| self.timestamp_fault(timestamp, offset))
    }

    /// Holds a producer's timestamp against the topic's window, with the arithmetic of Java.
    #[inline]
    fn timestamp_fault(&self, timestamp: Timestamp, offset: i64) -> Option<RecordFault> {
        if self.rules.timestamp_type == TimestampType::LogAppendTime || timestamp == Timestamp::NONE
        {
            return None;
        }
        let Rules { timestamp_before_max_ms: before, timestamp_after_max_ms: after, .. } =
            *self.rules;
        let age = self.now.0.wrapping_sub(timestamp.0);
        (age > before || age.wrapping_neg() > after).then(|| RecordFault::TimestampOutOfRange {
            timestamp,
            offset,
            window: (
                Timestamp(self.now.0.wrapping_sub(before)),
                Timestamp(self.now.0.wrapping_add(after)),
            ),
        })
    }
}
