//! Records by time: the batch is found by the stream, the record by a walk over the batch.

use penstock_model::id::{Offset, Timestamp};
use penstock_records::{InflationLimits, StoredBatch};
use penstock_s3stream::{Found, ReadError, ReadLimits};

use super::partition::Partition;
use crate::inspector::Inspector;

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
    pub async fn record_at(
        &self,
        timestamp: Timestamp,
        inspector: &Inspector,
    ) -> Result<Option<RecordPlace>, ReadError> {
        let Some(found) = self.stream().find_by_timestamp(timestamp).await? else {
            return Ok(None);
        };
        let mut next = found.offsets.end;
        let mut batch = stored(found)?;
        loop {
            let start = self.stream().offsets().start;
            if let Some(place) = first_in(batch, timestamp, start, inspector).await? {
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
    pub async fn newest_record(
        &self,
        inspector: &Inspector,
    ) -> Result<Option<RecordPlace>, ReadError> {
        let Some(found) = self.stream().max_timestamp_batch().await? else { return Ok(None) };
        let greatest = found.max_timestamp;
        first_in(stored(found)?, greatest, Offset::ZERO, inspector).await
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
async fn first_in(
    batch: StoredBatch,
    timestamp: Timestamp,
    start: Offset,
    inspector: &Inspector,
) -> Result<Option<RecordPlace>, ReadError> {
    let header = *batch.header();
    if header.max_timestamp.0 < timestamp.0 {
        return Ok(None);
    }
    let limits = InflationLimits::default();
    let work = batch.work(&limits).map_err(|error| ReadError::Corrupt(error.to_string()))?;
    let (timestamp, start) = (penstock_records::Timestamp(timestamp.0), start.to_wire());
    let find = move || batch.find_record(&limits, |offset, at| at >= timestamp && offset >= start);
    // A batch that could be stored under a larger budget than today's cannot be looked into.
    let found = inspector.run(work, find).await;
    let (found, _) = found.map_err(|error| ReadError::Unavailable(error.to_string()))?;
    let found = found.map_err(|error| ReadError::Corrupt(error.to_string()))?;
    let Some((offset, timestamp)) = found else { return Ok(None) };
    let offset = Offset::from_wire(offset)
        .ok_or_else(|| ReadError::Corrupt("a record has a negative offset".into()))?;
    Ok(Some(RecordPlace {
        offset,
        timestamp: Timestamp(timestamp.0),
        leader_epoch: header.partition_leader_epoch,
    }))
}
