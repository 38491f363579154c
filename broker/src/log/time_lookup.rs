//! Records by time: the batch is found by the stream, the record by a walk over the batch.

use penstock_model::id::{Offset, Timestamp};
use penstock_records::{InflationLimits, Records, StoredBatch};
use penstock_s3stream::{Found, ReadError, ReadLimits};

use super::partition::Partition;

/// A record that was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordPlace {
    /// Its offset.
    pub offset: Offset,
    /// Its timestamp.
    pub timestamp: Timestamp,
    /// The leader epoch of its batch.
    pub leader_epoch: i32,
}

impl Partition {
    /// The first readable record, by offset, whose timestamp is at or past `timestamp`.
    ///
    /// # Errors
    /// When the batches cannot be read.
    pub async fn record_at(&self, timestamp: Timestamp) -> Result<Option<RecordPlace>, ReadError> {
        let Some(found) = self.stream().find_by_timestamp(timestamp).await? else {
            return Ok(None);
        };
        let mut next = found.offsets.end;
        let mut batch = stored(found)?;
        loop {
            let start = self.stream().offsets().start;
            if let Some(place) = first_in(&batch, timestamp, start)? {
                return Ok(Some(place));
            }
            // The one that matched was deleted off the batch's beginning: look behind it.
            let up_to = self.stream().offsets().durable;
            let limits = ReadLimits { max_bytes: 0, at_least_one: true, up_to };
            let read = self.stream().read(next, limits).await?;
            let Some(mut payload) = read.batches.into_iter().next() else { return Ok(None) };
            next = read.next;
            batch = split(&mut payload)?;
        }
    }

    /// The first record, by offset, that carries the greatest timestamp of all.
    ///
    /// # Errors
    /// When the batches cannot be read.
    pub async fn newest_record(&self) -> Result<Option<RecordPlace>, ReadError> {
        let Some(found) = self.stream().max_timestamp_batch().await? else { return Ok(None) };
        let greatest = found.max_timestamp;
        first_in(&stored(found)?, greatest, Offset::ZERO)
    }
}

fn stored(found: Found) -> Result<StoredBatch, ReadError> {
    let mut payload = found.payload;
    split(&mut payload)
}

fn split(payload: &mut bytes::Bytes) -> Result<StoredBatch, ReadError> {
    StoredBatch::split_from(payload).map_err(|error| ReadError::Corrupt(error.to_string()))
}

/// The first record of a batch that is at or past both `timestamp` and `start`.
fn first_in(
    batch: &StoredBatch,
    timestamp: Timestamp,
    start: Offset,
) -> Result<Option<RecordPlace>, ReadError> {
    let header = batch.header();
    if header.max_timestamp.0 < timestamp.0 {
        return Ok(None);
    }
    let corrupt = |error: &dyn std::error::Error| ReadError::Corrupt(error.to_string());
    let inflated = batch.inflate(&InflationLimits::default()).map_err(|error| corrupt(&error))?;
    for record in Records::new(header, &inflated) {
        let record = record.map_err(|error| corrupt(&error))?;
        let offset = Offset::from_wire(record.offset)
            .ok_or_else(|| ReadError::Corrupt("a record has a negative offset".into()))?;
        if record.timestamp.0 >= timestamp.0 && offset >= start {
            return Ok(Some(RecordPlace {
                offset,
                timestamp: Timestamp(record.timestamp.0),
                leader_epoch: header.partition_leader_epoch,
            }));
        }
    }
    Ok(None)
}
