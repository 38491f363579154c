//! A stored batch without some of its records, as log compaction leaves it.
//!
//! ```text
//!   before   base 10 | last 14 | a=1  b=1  a=2  -   c     (10 to 14)
//!   after    base 10 | last 14 |      b=1           c     (11 and 14)
//! ```
//!
//! The batch keeps its offsets, its producer's sequence and its codec, whatever is left in it, so that
//! nobody who goes by those can tell. Once it holds a tombstone that was looked at, its base timestamp
//! says from when on that may go, and the deltas count from there (KIP-534).

use bytes::{Bytes, BytesMut};

use crate::attributes::{Codec, TimestampType};
use crate::batch::StoredBatch;
use crate::compression::{Encoding, InflationLimits};
use crate::field::Timestamp;
use crate::header::{BatchHeader, CRC_COVERS_FROM, HEADER_BYTES, LENGTH_PREFIX_BYTES};
use crate::record::{NewRecord, Record, Records, write_record};
use crate::rejection::{RecordsError, Rejection};
use crate::transcode::BatchWriter;
use crate::work::Work;

/// What is left of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remainder {
    /// All of it, as it is.
    All,
    /// A batch of some of its records, or of all with a delete horizon.
    Some(RewrittenBatch),
    /// No record.
    Nothing,
}

/// A batch that takes the place of one with the same offsets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RewrittenBatch {
    /// Its head.
    pub header: BatchHeader,
    /// All of it, head and records.
    pub bytes: Bytes,
}

impl StoredBatch {
    /// The batch with the records that `keep` wants, from its `inflated` ones. Where one of those is
    /// a tombstone, or the batch `is_spent` (a marker of a transaction that has no record any more),
    /// it gets the delete horizon `horizon`, unless it has one.
    ///
    /// # Errors
    /// When the records cannot be read, or their codec gives up.
    pub fn retain(
        &self,
        inflated: &[u8],
        is_spent: bool,
        horizon: Timestamp,
        mut keep: impl FnMut(&Record<'_>) -> bool,
    ) -> Result<Remainder, Rejection> {
        let header = self.header();
        let mut kept = Vec::new();
        let (mut count, mut tombstones) = (0, false);
        for record in Records::new(header, inflated) {
            let record = record?;
            let keeps = keep(&record);
            kept.push(keeps);
            count += i32::from(keeps);
            tombstones |= keeps && record.value.is_none();
        }
        let has_horizon = header.attributes.has_delete_horizon();
        let gets_horizon = (tombstones || is_spent) && !has_horizon;
        if count == 0 {
            return Ok(Remainder::Nothing);
        }
        if count == header.record_count && !gets_horizon {
            return Ok(Remainder::All);
        }
        let horizon = match (gets_horizon, has_horizon) {
            (true, _) => Some(horizon),
            (false, true) => Some(header.base_timestamp),
            (false, false) => None,
        };
        self.write(inflated, &kept, count, horizon).map(Remainder::Some)
    }

    fn write(
        &self,
        inflated: &[u8],
        kept: &[bool],
        record_count: i32,
        horizon: Option<Timestamp>,
    ) -> Result<RewrittenBatch, Rejection> {
        let encoding = self.encoding()?;
        let mut writer =
            BatchWriter::new(encoding, usize::MAX, self.bytes().len(), inflated.len() as u64)?;
        let (mut base, mut greatest) = (horizon, Timestamp::NONE);
        let (mut written, mut headers) = (Vec::new(), Vec::new());
        let records = Records::new(self.header(), inflated).zip(kept).filter(|(_, kept)| **kept);
        for (record, _) in records {
            let record = record?;
            let base = *base.get_or_insert(record.timestamp);
            greatest = greatest.max(record.timestamp);
            let offset_delta = record.offset.wrapping_sub(self.header().base_offset);
            let offset_delta = i32::try_from(offset_delta).expect("it was read from so many bits");
            let Record { timestamp, key, value, .. } = record;
            headers.clear();
            headers.extend(record.headers);
            let record = NewRecord { timestamp, key, value, headers: &headers };
            written.clear();
            write_record(&mut written, timestamp.0.wrapping_sub(base.0), offset_delta, &record);
            writer.write(&written)?;
        }
        let header = self.header();
        let max_timestamp = match header.attributes.timestamp_type() {
            TimestampType::CreateTime => greatest,
            TimestampType::LogAppendTime => header.max_timestamp,
        };
        let (header, bytes) = writer.finish(BatchHeader {
            attributes: header.attributes.with_delete_horizon(horizon.is_some()),
            base_timestamp: base.expect("a record is left"),
            max_timestamp,
            record_count,
            ..*header
        })?;
        Ok(RewrittenBatch::new(header, bytes))
    }

    /// The batch without any record: its head, which keeps its offsets and its producer's sequence.
    #[must_use]
    pub fn emptied(&self) -> RewrittenBatch {
        let header = self.header();
        let attributes = header.attributes.with_codec(Codec::None).with_delete_horizon(false);
        let header = BatchHeader {
            batch_length: i32::try_from(HEADER_BYTES - LENGTH_PREFIX_BYTES).expect("a few bytes"),
            attributes,
            base_timestamp: Timestamp::NONE,
            record_count: 0,
            ..*header
        };
        RewrittenBatch::new(header, BytesMut::zeroed(HEADER_BYTES))
    }

    /// What [`retain`](Self::retain) takes, the inflated records included, which are of so many bytes
    /// ([`inflated_bytes`](Self::inflated_bytes)).
    ///
    /// # Errors
    /// When the codec is unknown.
    pub fn retaining_work(
        &self,
        limits: &InflationLimits,
        inflated: usize,
    ) -> Result<Work, RecordsError> {
        let Work { memory_bytes, records_bytes } = self.work(limits)?;
        let records_bytes = if inflated == 0 { records_bytes } else { inflated as u64 };
        let flags = usize::try_from(self.header().record_count).unwrap_or(0);
        let memory_bytes = memory_bytes.saturating_add(inflated).saturating_add(2 * flags);
        let work = Work { memory_bytes, records_bytes };
        Ok(work.and_writing(self.encoding()?, usize::MAX))
    }

    fn encoding(&self) -> Result<Encoding, RecordsError> {
        let codec = self.header().attributes.codec();
        codec.map(Encoding::of).map_err(RecordsError::UnknownCodec)
    }
}

impl RewrittenBatch {
    /// `bytes` with the head and the checksum that go with the records in them.
    fn new(mut header: BatchHeader, mut bytes: BytesMut) -> Self {
        bytes[..HEADER_BYTES].copy_from_slice(&header.to_bytes());
        header.crc = crc32c::crc32c(&bytes[CRC_COVERS_FROM..]);
        bytes[..HEADER_BYTES].copy_from_slice(&header.to_bytes());
        Self { header, bytes: bytes.freeze() }
    }
}

#[cfg(test)]
mod tests;
