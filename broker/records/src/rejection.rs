//! Why a produced batch is refused: facts, each with a text for people, in the classes that Kafka
//! answers differently.
//!
//! Kafka's answer carries a text only where single records are named ([`RejectedRecords`]); those
//! texts are Kafka's own, since clients show them.

use std::fmt::Write;
use std::io;

use crate::attributes::Codec;
use crate::field::{ProducerId, Sequence, Timestamp};

/// Why a batch is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The field does not hold exactly one batch of format 2.
    #[error(transparent)]
    Framing(#[from] FramingError),
    /// Fields of the head do not go together.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// The batch was damaged on its way; send it again.
    #[error("the batch's checksum is {stored:#010x}, but its bytes have {computed:#010x}")]
    Checksum {
        /// What the head states.
        stored: u32,
        /// What the bytes have.
        computed: u32,
    },
    /// The batch, as sent or as the topic would store it; split it.
    #[error("the batch has {size} bytes or more, and the topic takes {limit} (max.message.bytes)")]
    TooLarge {
        /// Its bytes with the head; when re-encoded, as many as were written until it was too much.
        size: usize,
        /// `max.message.bytes`.
        limit: usize,
    },
    /// Zstandard in a produce request below version 7.
    #[error("zstd needs produce requests of version 7 or above (KIP-110)")]
    ZstdNotNegotiated,
    /// The topic's codec gave up on the records.
    #[error("{codec:?} cannot compress the records: {reason}")]
    Unencodable {
        /// The codec.
        codec: Codec,
        /// What it says.
        reason: String,
    },
    /// The records cannot be read.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// Records that can be read break the topic's rules.
    #[error("{} of the batch's records break the topic's rules", .0.total)]
    RejectedRecords(RejectedRecords),
}

/// What Kafka tells its clients apart, with the code that it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectionClass {
    /// `INVALID_RECORD` (87).
    InvalidRecord,
    /// `CORRUPT_MESSAGE` (2), which makes clients send again.
    Corrupt,
    /// `UNSUPPORTED_COMPRESSION_TYPE` (76).
    UnsupportedCompression,
    /// `MESSAGE_TOO_LARGE` (10), which makes Java's producer split the batch.
    TooLarge,
    /// `INVALID_TIMESTAMP` (32).
    InvalidTimestamp,
    /// Kafka answers `UNKNOWN_SERVER_ERROR` (-1), an oddity of its own: the codec is unknown, or
    /// cannot make sense of the bytes although their checksum holds. Sending again does not help.
    CodecFailed,
}

impl Rejection {
    /// The class.
    #[must_use]
    pub fn class(&self) -> RejectionClass {
        match self {
            Self::Framing(FramingError::UnknownMagic(_) | FramingError::TooShort(_))
            | Self::Checksum { .. } => RejectionClass::Corrupt,
            Self::Framing(_) | Self::Field(_) => RejectionClass::InvalidRecord,
            Self::TooLarge { .. } | Self::Records(RecordsError::InflatesTooFar { .. }) => {
                RejectionClass::TooLarge
            }
            Self::ZstdNotNegotiated => RejectionClass::UnsupportedCompression,
            Self::Unencodable { .. }
            | Self::Records(RecordsError::UnknownCodec(_) | RecordsError::Undecodable { .. }) => {
                RejectionClass::CodecFailed
            }
            Self::Records(RecordsError::Malformed(_) | RecordsError::CutOff) => {
                RejectionClass::InvalidRecord
            }
            Self::RejectedRecords(rejected) if rejected.any_timestamp => {
                RejectionClass::InvalidTimestamp
            }
            Self::RejectedRecords(_) => RejectionClass::InvalidRecord,
        }
    }
}

/// Why bytes are not exactly one batch of format 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FramingError {
    /// Nothing, or less than the batch's own length.
    #[error("there is no whole batch")]
    NoBatch,
    /// Only one batch a partition and request since format 2.
    #[error("there is more than one batch")]
    SecondBatch,
    /// Formats 0 and 1 went with Kafka 4.0.
    #[error("the batch has message format {0}, and only 2 is left: use a newer client")]
    OldMagic(i8),
    /// A format that there is not.
    #[error("the batch has message format {0}, which there is not")]
    UnknownMagic(i8),
    /// The length leaves no room for the head.
    #[error("the batch's length is {0}, less than its head takes")]
    TooShort(i32),
}

/// Which fields of a batch's head do not go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// A client's offsets start at 0.
    #[error("the base offset is {0} instead of 0")]
    BaseOffset(i64),
    /// The last record's offset lies before the first's.
    #[error("the last offset delta is {0}")]
    LastOffsetDelta(i32),
    /// A batch without records, or fewer.
    #[error("the number of records is {0}")]
    RecordCount(i32),
    /// As many offsets as records, until compaction.
    #[error("there are {record_count} records, but the last offset delta is {last_offset_delta}")]
    CountMismatch {
        /// The number of records.
        record_count: i32,
        /// The last offset delta.
        last_offset_delta: i32,
    },
    /// Control batches are the broker's own.
    #[error("clients do not write control batches")]
    Control,
    /// Only a producer has transactions.
    #[error("the batch is part of a transaction, but of no producer")]
    TransactionWithoutProducer,
    /// An idempotent producer counts from 0.
    #[error("producer {producer_id} sent sequence {base_sequence}")]
    Sequence {
        /// The producer.
        producer_id: ProducerId,
        /// Its base sequence.
        base_sequence: Sequence,
    },
}

/// Why the records of a batch cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordsError {
    /// A record is not built as one.
    #[error("{0}")]
    Malformed(&'static str),
    /// There are fewer records than the head says.
    #[error("the records end before the last")]
    CutOff,
    /// The attributes name a codec that there is not.
    #[error("there is no codec number {0}")]
    UnknownCodec(u8),
    /// The codec cannot make sense of the bytes.
    #[error("{codec:?} cannot inflate the records: {reason}")]
    Undecodable {
        /// The codec.
        codec: Codec,
        /// What it says.
        reason: String,
    },
    /// Inflated they are longer than anything honest; an honest sender splits the batch.
    #[error("the records inflate to more than {limit} bytes")]
    InflatesTooFar {
        /// [`InflationLimits::inflated_bytes_max`](crate::InflationLimits::inflated_bytes_max).
        limit: u64,
    },
}

impl RecordsError {
    pub(crate) fn undecodable(codec: Codec, error: &io::Error) -> Self {
        Self::Undecodable { codec, reason: error.to_string() }
    }
}

/// The records of a batch that break the topic's rules; none of the batch is appended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RejectedRecords {
    /// The first of them, at most [`RejectedRecords::NAMED_MAX`], in order.
    pub named: Vec<RecordError>,
    /// How many there are in all.
    pub total: usize,
    any_timestamp: bool,
}

impl RejectedRecords {
    /// How many are named. Kafka names all; past this a client learns only that its record was part
    /// of a refused batch, and a small batch cannot make a large answer.
    pub const NAMED_MAX: usize = 1_000;

    pub(crate) fn push(&mut self, error: RecordError) {
        self.total += 1;
        self.any_timestamp |= matches!(
            error.fault,
            RecordFault::TimestampOutOfRange { .. } | RecordFault::TimestampType { .. }
        );
        if self.named.len() < Self::NAMED_MAX {
            self.named.push(error);
        }
    }

    /// The text that answers for the whole batch, as Kafka has it. `topic_partition` is the topic's
    /// name, a hyphen and the partition's number.
    #[must_use]
    pub fn message(&self, topic_partition: &str) -> String {
        if self.any_timestamp {
            return "One or more records have been rejected due to invalid timestamp".to_owned();
        }
        let mut message = format!(
            "One or more records have been rejected due to {} record errors in total, and only \
             showing the first three errors at most: [",
            self.total
        );
        for (at, error) in self.named.iter().take(3).enumerate() {
            let separator = if at == 0 { "" } else { ", " };
            let text = error.message(topic_partition);
            let index = error.batch_index;
            write!(message, "{separator}RecordError(batchIndex={index}, message='{text}')")
                .expect("a string takes whatever is written");
        }
        message.push(']');
        message
    }
}

/// A record that breaks the topic's rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordError {
    /// Which record of the batch, from 0.
    pub batch_index: i32,
    /// What is wrong with it.
    pub fault: RecordFault,
}

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordFault {
    /// A compacted topic keeps the last record of each key.
    NoKey,
    /// See `message.timestamp.before.max.ms` and `message.timestamp.after.max.ms`.
    TimestampOutOfRange {
        /// The record's.
        timestamp: Timestamp,
        /// The record's, in its batch.
        offset: i64,
        /// The least and the greatest that would do.
        window: (Timestamp, Timestamp),
    },
    /// Only the broker says that a timestamp is its own.
    TimestampType {
        /// The record's.
        timestamp: Timestamp,
        /// The record's, in its batch.
        offset: i64,
        /// Its key's length; below 0 for null.
        key_bytes: i32,
        /// Its value's length; below 0 for null.
        value_bytes: i32,
        /// Whether it was compressed, which Kafka's text gives away.
        compressed: bool,
    },
}

impl RecordError {
    /// The text for this record, as Kafka has it.
    #[must_use]
    pub fn message(&self, topic_partition: &str) -> String {
        match self.fault {
            RecordFault::NoKey => format!(
                "Compacted topic cannot accept message without key in topic partition \
                 {topic_partition}"
            ),
            RecordFault::TimestampOutOfRange { timestamp, offset, window: (least, greatest) } => {
                format!(
                    "Timestamp {timestamp} of message with offset {offset} is out of range. The \
                     timestamp should be within [{least}, {greatest}]"
                )
            }
            RecordFault::TimestampType {
                timestamp,
                offset,
                key_bytes,
                value_bytes,
                compressed,
            } => {
                let (class, null) =
                    if compressed { ("PartialDefaultRecord", -1) } else { ("DefaultRecord", 0) };
                let key = if key_bytes < 0 { null } else { key_bytes };
                let value = if value_bytes < 0 { null } else { value_bytes };
                format!(
                    "Invalid timestamp type in message {class}(offset={offset}, \
                     timestamp={timestamp}, key={key} bytes, value={value} bytes). Producer should \
                     not set timestamp type to LogAppendTime."
                )
            }
        }
    }
}
