//! The stages of a batch on its way into the log, and batches as they lie there.
//!
//! A batch stays one contiguous piece of memory from the socket to the disk: what changes on the way
//! lies in its head, and is written in place (exclusive.rs says how that is safe). Checksums are
//! carried along: [`crc32c_shift`] exchanges what the head contributes, so that no byte of the
//! records is read for it.

use bytes::{Bytes, BytesMut};
use penstock_checksum::{crc32c_combine, crc32c_shift};

use crate::attributes::{Attributes, TimestampType};
use crate::compression::{Inflater, InflationLimits};
use crate::field::Timestamp;
use crate::header::{BatchHeader, CRC_COVERS_FROM, HEADER_BYTES, LENGTH_PREFIX_BYTES, MAGIC};
use crate::record::inflate;
use crate::rejection::{FramingError, RecordsError};
use crate::source::{InflatingSource, SliceSource, Source};
use crate::walk::walk_record;
use crate::work::Work;

/// Where the magic byte is; the formats before 2 have it at the same place.
const MAGIC_AT: usize = 16;
/// The least length that any format ever had.
const LENGTH_MIN_OF_ALL_FORMATS: i32 = 14;

/// One batch of format 2, whole, with nothing else known about it.
#[derive(Debug)]
pub struct RawBatch {
    pub(crate) header: BatchHeader,
    pub(crate) bytes: BytesMut,
}

impl RawBatch {
    /// Takes the record field of a produce request for a partition. A part of a batch at the end is
    /// cut off, as Kafka does.
    ///
    /// # Errors
    /// When there is not exactly one batch, or not of format 2.
    pub fn parse(mut records: BytesMut) -> Result<Self, FramingError> {
        let size = first_batch_bytes(&records)?.ok_or(FramingError::NoBatch)?;
        let magic = records[MAGIC_AT].cast_signed();
        if magic < MAGIC {
            return Err(FramingError::OldMagic(magic));
        }
        if first_batch_bytes(&records[size..])?.is_some() {
            return Err(FramingError::SecondBatch);
        }
        records.truncate(size);
        match BatchHeader::read(&records) {
            Some(header) => Ok(Self { header, bytes: records }),
            None => Err(FramingError::TooShort(batch_length(&records))),
        }
    }

    /// The batch that a record field begins with, of whatever format, or `None` when it is not
    /// whole.
    ///
    /// # Errors
    /// When the field does not begin as a batch of any format does.
    pub fn first(field: &[u8]) -> Result<Option<&[u8]>, FramingError> {
        Ok(first_batch_bytes(field)?.map(|size| &field[..size]))
    }

    /// The batch's head, as sent.
    #[must_use]
    pub fn header(&self) -> &BatchHeader {
        &self.header
    }
}

/// The bytes of the batch that `bytes` begin with, or `None` when it is not whole. Judges the same
/// fields as Kafka, in the same order.
fn first_batch_bytes(bytes: &[u8]) -> Result<Option<usize>, FramingError> {
    if bytes.len() < LENGTH_PREFIX_BYTES {
        return Ok(None);
    }
    let length = batch_length(bytes);
    let Some(whole) = usize::try_from(length)
        .ok()
        .filter(|_| length >= LENGTH_MIN_OF_ALL_FORMATS)
        .map(|length| LENGTH_PREFIX_BYTES + length)
    else {
        return Err(FramingError::TooShort(length));
    };
    let Some(magic) = bytes.get(MAGIC_AT).map(|byte| byte.cast_signed()) else {
        return Ok(None);
    };
    if !(0..=MAGIC).contains(&magic) {
        return Err(FramingError::UnknownMagic(magic));
    }
    Ok(Some(whole).filter(|&whole| whole <= bytes.len()))
}

fn batch_length(bytes: &[u8]) -> i32 {
    i32::from_be_bytes(*bytes[8..].first_chunk().expect("the length prefix is there"))
}

/// A batch that may be appended: checked, and as the topic stores it but for what is known only at
/// its append. Its base offset is 0.
#[derive(Debug)]
pub struct ValidBatch {
    header: BatchHeader,
    bytes: BytesMut,
    timestamp_type: TimestampType,
}

impl ValidBatch {
    /// Vouches for a batch whose bytes agree with the head, which may be ahead of them only in the
    /// fields that [`ValidBatch::sequence`] writes.
    pub(crate) fn new(header: BatchHeader, bytes: BytesMut, timestamp_type: TimestampType) -> Self {
        assert!(
            header.record_count > 0 && header.last_offset_delta == header.record_count - 1,
            "a batch that was checked has as many offsets as records"
        );
        Self { header, bytes, timestamp_type }
    }

    /// The head: with the true maximum timestamp, base offset 0 and an open leader epoch; under
    /// log append time the timestamps are still the producer's.
    #[must_use]
    pub fn header(&self) -> &BatchHeader {
        &self.header
    }

    /// The batch's size in bytes, with its head; it does not change any more.
    #[must_use]
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Whose clock the topic goes by.
    #[must_use]
    pub fn timestamp_type(&self) -> TimestampType {
        self.timestamp_type
    }

    /// Gives attributes and maximum timestamp new values, and the checksum the one that goes with
    /// them.
    pub(crate) fn restamp(&mut self, attributes: Attributes, max_timestamp: Timestamp) {
        if (self.header.attributes, self.header.max_timestamp) == (attributes, max_timestamp) {
            return;
        }
        let covered = |header: &BatchHeader| crc32c::crc32c(&header.to_bytes()[CRC_COVERS_FROM..]);
        let before = covered(&self.header);
        self.header.attributes = attributes;
        self.header.max_timestamp = max_timestamp;
        let change = before ^ covered(&self.header);
        self.header.crc ^= crc32c_shift(change, (self.bytes.len() - HEADER_BYTES) as u64);
    }

    /// Puts the batch in its place in the log. `append_time` stands for all its records where the
    /// topic goes by log append time, and is not looked at elsewhere. Reads and writes the head only.
    ///
    /// # Panics
    /// When offset or leader epoch is negative: no log has such.
    #[must_use]
    pub fn sequence(
        mut self,
        base_offset: i64,
        leader_epoch: i32,
        append_time: Timestamp,
    ) -> SequencedBatch {
        assert!(base_offset >= 0 && leader_epoch >= 0, "a log's offsets and epochs begin at 0");
        if self.timestamp_type == TimestampType::LogAppendTime {
            let attributes = self.header.attributes.with_timestamp_type(self.timestamp_type);
            self.restamp(attributes, append_time);
        }
        self.header.base_offset = base_offset;
        self.header.partition_leader_epoch = leader_epoch;
        self.bytes[..HEADER_BYTES].copy_from_slice(&self.header.to_bytes());
        let uncovered = crc32c::crc32c(&self.bytes[..CRC_COVERS_FROM]);
        let covered_bytes = self.bytes.len() - CRC_COVERS_FROM;
        SequencedBatch {
            header: self.header,
            crc32c: crc32c_combine(uncovered, self.header.crc, covered_bytes as u64),
            bytes: self.bytes.freeze(),
        }
    }
}

/// A batch with its place in the log.
#[derive(Clone, Debug)]
pub struct SequencedBatch {
    /// Its head.
    pub header: BatchHeader,
    /// All of it, head and records, as it is stored and fetched.
    pub bytes: Bytes,
    /// CRC32C of all its bytes, combined from the batch's own.
    pub crc32c: u32,
}

/// A batch as it lies in the log.
#[derive(Clone, Debug)]
pub struct StoredBatch {
    header: BatchHeader,
    bytes: Bytes,
}

/// Why stored bytes are not a batch. What lies below has checked its own checksums already, so this
/// is a fault of the broker or damage in its memory: do not serve the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoredBatchError {
    /// The bytes end within the batch.
    #[error("the stored batch is cut off")]
    CutOff,
    /// It is not of format 2.
    #[error("the stored batch has message format {0} instead of 2")]
    Magic(i8),
    /// Its length leaves no room for its head.
    #[error("the stored batch's length is {0}, less than its head takes")]
    TooShort(i32),
    /// Its checksum does not hold.
    #[error("the stored batch's checksum is {stored:#010x}, but its bytes have {computed:#010x}")]
    Checksum {
        /// What the head states.
        stored: u32,
        /// What the bytes have.
        computed: u32,
    },
}

impl StoredBatch {
    /// Takes the first batch off `bytes`. Looks at its head only; see [`StoredBatch::check`].
    ///
    /// # Errors
    /// When it is not whole or not of format 2.
    pub fn split_from(bytes: &mut Bytes) -> Result<Self, StoredBatchError> {
        let header = BatchHeader::read(bytes).ok_or(StoredBatchError::CutOff)?;
        if header.magic != MAGIC {
            return Err(StoredBatchError::Magic(header.magic));
        }
        let size = usize::try_from(header.batch_length)
            .map(|length| LENGTH_PREFIX_BYTES + length)
            .ok()
            .filter(|&size| size >= HEADER_BYTES)
            .ok_or(StoredBatchError::TooShort(header.batch_length))?;
        if size > bytes.len() {
            return Err(StoredBatchError::CutOff);
        }
        Ok(Self { header, bytes: bytes.split_to(size) })
    }

    /// The head.
    #[must_use]
    pub fn header(&self) -> &BatchHeader {
        &self.header
    }

    /// All of it, head and records.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Checks the checksum over all that it covers.
    ///
    /// # Errors
    /// When it does not hold.
    pub fn check(&self) -> Result<(), StoredBatchError> {
        let (stored, computed) = (self.header.crc, crc32c::crc32c(&self.bytes[CRC_COVERS_FROM..]));
        if stored == computed {
            Ok(())
        } else {
            Err(StoredBatchError::Checksum { stored, computed })
        }
    }

    /// What [`find_record`](Self::find_record) takes, and [`inflated_bytes`](Self::inflated_bytes).
    ///
    /// # Errors
    /// When the codec is unknown.
    pub fn work(&self, limits: &InflationLimits) -> Result<Work, RecordsError> {
        let codec = self.header.attributes.codec().map_err(RecordsError::UnknownCodec)?;
        Ok(Work::inflating(codec, &self.bytes[HEADER_BYTES..], limits))
    }

    /// The offset and the timestamp of the first record that is `wanted` by them. Compressed
    /// records are inflated piece by piece, as far as it takes.
    ///
    /// # Errors
    /// When the codec is unknown or fails, or the records up to there cannot be read.
    pub fn find_record(
        &self,
        limits: &InflationLimits,
        wanted: impl Fn(i64, Timestamp) -> bool,
    ) -> Result<Option<(i64, Timestamp)>, RecordsError> {
        let codec = self.header.attributes.codec().map_err(RecordsError::UnknownCodec)?;
        let records = &self.bytes[HEADER_BYTES..];
        match Inflater::new(codec, records, limits)? {
            None => self.find_in(&mut SliceSource::new(records), wanted),
            Some(inflater) => {
                let mut source = InflatingSource::new(inflater, limits.inflated_bytes_max);
                self.find_in(&mut source, wanted)
            }
        }
    }

    fn find_in(
        &self,
        source: &mut impl Source,
        wanted: impl Fn(i64, Timestamp) -> bool,
    ) -> Result<Option<(i64, Timestamp)>, RecordsError> {
        for _ in 0..self.header.record_count {
            let facts = walk_record(source)?;
            let offset = self.header.base_offset.wrapping_add(i64::from(facts.offset_delta));
            let timestamp = self.header.timestamp(facts.timestamp_delta);
            if wanted(offset, timestamp) {
                return Ok(Some((offset, timestamp)));
            }
        }
        Ok(None)
    }

    /// The memory of their own that the records need to be [inflated](Self::inflate): none where
    /// they are not compressed. They are inflated piece by piece to learn it.
    ///
    /// # Errors
    /// When the codec is unknown or fails, or the records are longer than the limit.
    pub fn inflated_bytes(&self, limits: &InflationLimits) -> Result<usize, RecordsError> {
        let codec = self.header.attributes.codec().map_err(RecordsError::UnknownCodec)?;
        let Some(inflater) = Inflater::new(codec, &self.bytes[HEADER_BYTES..], limits)? else {
            return Ok(0);
        };
        let mut source = InflatingSource::new(inflater, limits.inflated_bytes_max);
        source.skip(u64::MAX)?;
        Ok(usize::try_from(source.position()).unwrap_or(usize::MAX))
    }

    /// The records as [`Records`](crate::Records) walks over them: a slice of the batch, or inflated
    /// into memory of their own, within the limits.
    ///
    /// # Errors
    /// When the codec is unknown or fails, or the records are longer than the limit.
    pub fn inflate(&self, limits: &InflationLimits) -> Result<Bytes, RecordsError> {
        self.inflate_counted(limits, 0)
    }

    /// The same, in memory for so many bytes; where that is what they
    /// [need](Self::inflated_bytes), there is never more.
    ///
    /// # Errors
    /// As above.
    pub fn inflate_counted(
        &self,
        limits: &InflationLimits,
        bytes: usize,
    ) -> Result<Bytes, RecordsError> {
        inflate(&self.header, self.bytes.slice(HEADER_BYTES..), limits, bytes)
    }
}

/// Stored batches that follow one another.
#[derive(Clone, Debug)]
pub struct Batches {
    rest: Bytes,
}

impl Batches {
    /// All batches of `bytes`.
    #[must_use]
    pub fn new(bytes: Bytes) -> Self {
        Self { rest: bytes }
    }
}

impl Iterator for Batches {
    type Item = Result<StoredBatch, StoredBatchError>;

    /// The next batch. Nothing comes after an error.
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let batch = StoredBatch::split_from(&mut self.rest);
        if batch.is_err() {
            self.rest.clear();
        }
        Some(batch)
    }
}
