//! Records by time: the batch is found by the stream, the record by a walk over the batch.

use std::ops::Range;
use std::sync::Arc;

use penstock_model::id::{Offset, Timestamp};
use penstock_records::{InflationLimits, StoredBatch};
use penstock_s3stream::{Found, Read, ReadError, ReadLimits};

use super::partition::Partition;
use crate::inspector::Inspector;
use crate::net::BytePermit;

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

/// Which record is looked for: the first at or past both.
#[derive(Clone, Copy)]
struct Sought {
    timestamp: Timestamp,
    offset: Offset,
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
        // The one that matched may have been deleted off the batch's beginning: look behind it too.
        let offsets = found.offsets.start..self.stream().offsets().durable;
        let sought = |start| Sought { timestamp, offset: start };
        self.first_of(offsets, found.bytes, sought, inspector).await
    }

    /// The first record, by offset, that carries the greatest timestamp of all.
    ///
    /// # Errors
    /// When the batches cannot be read.
    pub async fn newest_record(
        &self,
        inspector: &Inspector,
    ) -> Result<Option<RecordPlace>, ReadError> {
        let mut last = None;
        loop {
            let Some(found) = self.stream().max_timestamp_batch().await? else { return Ok(None) };
            let Found { offsets, max_timestamp: timestamp, bytes } = found;
            let sought = |_| Sought { timestamp, offset: Offset::ZERO };
            let place = self.first_of(offsets.clone(), bytes, sought, inspector).await?;
            // A batch that was deleted before it was read is not found again.
            if place.is_some() || last.replace(offsets.clone()) == Some(offsets) {
                return Ok(place);
            }
        }
    }

    /// The first record of `offsets` that is sought, given where the log starts. Batches are read
    /// when there is room for them, of which the first probably has `bytes`.
    async fn first_of(
        &self,
        offsets: Range<Offset>,
        mut bytes: usize,
        sought: impl Fn(Offset) -> Sought,
        inspector: &Inspector,
    ) -> Result<Option<RecordPlace>, ReadError> {
        let Range { start: mut next, end: up_to } = offsets;
        while next < up_to {
            let mut room = inspector.room_to_read(bytes).await;
            let start = self.stream().offsets().start;
            next = next.max(start);
            let limits = ReadLimits { max_bytes: bytes, at_least_one: false, up_to };
            let read = match self.stream().read(next, limits).await {
                Ok(read) => read,
                // What is deleted in this moment is passed by.
                Err(ReadError::OutOfRange { start, .. }) if start > next => {
                    next = start;
                    continue;
                }
                Err(error) => return Err(error),
            };
            room.shrink_to(read.keeps);
            bytes = match read.kept_out {
                Some(larger) => larger,
                None if read.next == next => break,
                None => bytes,
            };
            next = read.next;
            if let Some(place) =
                first_in_read(read, &Arc::new(room), sought(start), inspector).await?
            {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }
}

/// The first record of some batches, which have `room`, that is sought.
async fn first_in_read(
    read: Read,
    room: &Arc<BytePermit>,
    sought: Sought,
    inspector: &Inspector,
) -> Result<Option<RecordPlace>, ReadError> {
    for mut batches in read.batches {
        while !batches.is_empty() {
            let batch = StoredBatch::split_from(&mut batches)
                .map_err(|error| ReadError::Corrupt(error.to_string()))?;
            if let Some(place) = first_in(batch, room, sought, inspector).await? {
                return Ok(Some(place));
            }
        }
    }
    Ok(None)
}

/// The first record of a batch that is sought.
async fn first_in(
    batch: StoredBatch,
    room: &Arc<BytePermit>,
    sought: Sought,
    inspector: &Inspector,
) -> Result<Option<RecordPlace>, ReadError> {
    let header = *batch.header();
    if header.max_timestamp.0 < sought.timestamp.0 {
        return Ok(None);
    }
    let limits = InflationLimits::default();
    let work = batch.work(&limits).map_err(|error| ReadError::Corrupt(error.to_string()))?;
    let timestamp = penstock_records::Timestamp(sought.timestamp.0);
    let start = sought.offset.to_wire();
    // The look goes on when nobody waits for it any more, and the batch has its room until then.
    let room = Arc::clone(room);
    let find = move || {
        let found = batch.find_record(&limits, |offset, at| at >= timestamp && offset >= start);
        drop((batch, room));
        found
    };
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
