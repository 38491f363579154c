//! Kafka's record batches (message format v2): read, check, patch, re-encode, build.
//!
//! ```text
//!   Produce: request frame ──► RawBatch ──► SoundBatch ──► ValidBatch ──► SequencedBatch ──► log
//!            (exclusive.rs)    framing      head and       records        offset, epoch,
//!                                           checksum;      checked, as    append time,
//!                                           tells its      the topic      checksum
//!                                           work           stores it
//!
//!   Fetch:   stored bytes ──► Batches ──► StoredBatch ──► Records (lazily, where one must look)
//!
//!   Log compaction: StoredBatch ──► the same, without what is superseded (retain.rs)
//! ```
//!
//! The way of a produced batch is one pass for its checksum and one walk over its records; neither
//! allocates or copies, unless the topic stores another codec than the producer sent.
//!
//! It knows no topics by name, no offsets of a log and no error codes: time and the topic's rules
//! come in as values, and a refusal is a fact that the broker maps to Kafka's codes.

mod attributes;
mod batch;
mod builder;
mod compression;
mod exclusive;
mod field;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod header;
mod record;
mod rejection;
mod retain;
mod source;
mod transcode;
mod validate;
mod varint;
mod walk;
mod work;

pub use attributes::{Attributes, Codec, TimestampType};
pub use batch::{Batches, RawBatch, SequencedBatch, StoredBatch, StoredBatchError, ValidBatch};
pub use builder::BatchBuilder;
pub use compression::{Encoding, InflationLimits};
pub use exclusive::take_exclusive;
pub use field::{ProducerEpoch, ProducerId, Sequence, Timestamp};
pub use header::{BatchHeader, HEADER_BYTES};
pub use record::{NewRecord, Record, RecordHeader, RecordHeaders, Records};
pub use rejection::{
    FieldError, FramingError, RecordError, RecordFault, RecordsError, RejectedRecords, Rejection,
    RejectionClass,
};
pub use retain::{Remainder, RewrittenBatch};
pub use validate::{Inspection, Rules, SoundBatch, TargetCompression, validate};
pub use work::Work;
