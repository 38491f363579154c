//! Builds batches that the broker itself writes: internal topics, control records; and tests.

use crate::attributes::{Attributes, TimestampType};
use crate::batch::ValidBatch;
use crate::compression::Encoding;
use crate::field::{ProducerEpoch, ProducerId, Sequence, Timestamp};
use crate::header::{BatchHeader, MAGIC};
use crate::record::{NewRecord, write_record};
use crate::rejection::Rejection;
use crate::transcode::BatchWriter;

/// A batch that takes records.
#[derive(Clone, Debug)]
pub struct BatchBuilder {
    encoding: Encoding,
    attributes: Attributes,
    producer: (ProducerId, ProducerEpoch, Sequence),
    base_timestamp: Timestamp,
    max_timestamp: Timestamp,
    record_count: i32,
    records: Vec<u8>,
}

impl BatchBuilder {
    /// An empty batch, of no producer and in no transaction.
    #[must_use]
    pub fn new(encoding: Encoding) -> Self {
        Self {
            encoding,
            attributes: Attributes::default(),
            producer: (ProducerId::NONE, ProducerEpoch::NONE, Sequence::NONE),
            base_timestamp: Timestamp::NONE,
            max_timestamp: Timestamp::NONE,
            record_count: 0,
            records: Vec::new(),
        }
    }

    /// Of this producer; the first record has the sequence `base`, or none where it is a control
    /// record.
    #[must_use]
    pub fn producer(mut self, id: ProducerId, epoch: ProducerEpoch, base: Sequence) -> Self {
        self.producer = (id, epoch, base);
        self
    }

    /// Part of its producer's transaction.
    #[must_use]
    pub fn transactional(mut self) -> Self {
        self.attributes = self.attributes.with_transactional(true);
        self
    }

    /// Of control records.
    #[must_use]
    pub fn control(mut self) -> Self {
        self.attributes = self.attributes.with_control(true);
        self
    }

    /// Appends a record.
    ///
    /// # Panics
    /// When the record, or the number of records, is longer than an `i32` can say.
    pub fn push(&mut self, record: &NewRecord<'_>) {
        if self.record_count == 0 {
            self.base_timestamp = record.timestamp;
        }
        self.max_timestamp = self.max_timestamp.max(record.timestamp);
        let timestamp_delta = record.timestamp.0.wrapping_sub(self.base_timestamp.0);
        write_record(&mut self.records, timestamp_delta, self.record_count, record);
        self.record_count = self.record_count.checked_add(1).expect("a batch is far smaller");
    }

    /// The bytes of the records so far, before compression.
    #[must_use]
    pub fn records_bytes(&self) -> usize {
        self.records.len()
    }

    /// Compresses the records, and completes the batch.
    ///
    /// # Errors
    /// When the batch is longer than an `i32` can say, or the codec gives up.
    ///
    /// # Panics
    /// When there is no record.
    pub fn build(self) -> Result<ValidBatch, Rejection> {
        let bytes = self.records.len();
        let mut writer = BatchWriter::new(self.encoding, usize::MAX, bytes, bytes as u64)?;
        writer.write(&self.records)?;
        let (producer_id, producer_epoch, base_sequence) = self.producer;
        let (header, bytes) = writer.finish(BatchHeader {
            base_offset: 0,
            batch_length: 0,
            partition_leader_epoch: -1,
            magic: MAGIC,
            crc: 0,
            attributes: self.attributes,
            last_offset_delta: self.record_count - 1,
            base_timestamp: self.base_timestamp,
            max_timestamp: self.max_timestamp,
            producer_id,
            producer_epoch,
            base_sequence,
            record_count: self.record_count,
        })?;
        Ok(ValidBatch::new(header, bytes, TimestampType::CreateTime))
    }
}
