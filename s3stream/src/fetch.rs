//! Reads of one stream, wherever its batches are.
//!
//! ```text
//!   start ─────────────── objects ───────────────┐
//!                           ┌── log cache: evicted, in the WAL ──┬── in memory ──┐ durable
//! ```
//!
//! The log cache comes first: what it has, nobody asks the store for. What it has not is in the
//! objects of an image that is read after the look into the cache, because the cache forgets a
//! batch only when the image has it. If batches move meanwhile, the read starts over.

mod plan;

use std::ops::Range;

use bytes::Bytes;
use penstock_model::id::{LogIndex, Offset, Timestamp};
use penstock_model::image::MetadataImage;
use penstock_wal::ReadError as WalReadError;

use self::plan::plan;
use crate::object::reader::ObjectError;
use crate::read::object_reads::ObjectReadError;
use crate::slice::{Slice, into_pieces};
use crate::stream::{Found, Read, ReadError, ReadLimits, Stream};
use crate::stream_cache::{BatchSource, CachedBatch};
use crate::stream_state::Ended;

/// What a payload that was read back from the WAL keeps beside itself: the head and header of its
/// frame, and what any allocation costs.
const READ_BACK_BYTES: usize = 256;

/// Why a part of a read came to nothing.
enum Miss {
    /// Batches moved between the look and the read. Look again, unless the image is still the
    /// one of this index: then there is no newer truth, and the reason stands.
    Moved(LogIndex, String),
    Error(ReadError),
}

impl Stream {
    /// Reads batches from the one that contains `from`. While the store fails this goes on
    /// trying: bound it by dropping it. What is read keeps at most twice its bytes in memory,
    /// whatever it was a part of.
    ///
    /// # Errors
    /// See [`ReadError`]. The durable end itself is in range, and reads as nothing.
    pub async fn read(&self, from: Offset, limits: ReadLimits) -> Result<Read, ReadError> {
        self.retried(|| self.read_once(from, limits)).await
    }

    /// The first readable batch whose greatest timestamp is at or past `timestamp`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn find_by_timestamp(
        &self,
        timestamp: Timestamp,
    ) -> Result<Option<Found>, ReadError> {
        self.retried(|| self.find_once(timestamp)).await
    }

    /// The first readable batch that holds the greatest timestamp of all.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn max_timestamp_batch(&self) -> Result<Option<Found>, ReadError> {
        self.retried(|| self.greatest_once()).await
    }

    async fn retried<T, A>(&self, mut attempt: impl FnMut() -> A) -> Result<T, ReadError>
    where
        A: Future<Output = Result<T, Miss>>,
    {
        let mut last_seen = None;
        loop {
            if self.state.ended() == Some(Ended::Closed) {
                return Err(ReadError::Closed);
            }
            match attempt().await {
                Ok(answer) => return Ok(answer),
                Err(Miss::Error(error)) => return Err(error),
                Err(Miss::Moved(index, reason)) if last_seen == Some(index) => {
                    tracing::error!(stream = %self.state.id, %reason, "batches cannot be found");
                    return Err(ReadError::Unavailable(reason));
                }
                Err(Miss::Moved(index, _)) => last_seen = Some(index),
            }
        }
    }

    async fn read_once(&self, from: Offset, limits: ReadLimits) -> Result<Read, Miss> {
        let range = self.readable();
        if from < range.start || from > range.end {
            let Range { start, end: durable } = range;
            return Err(Miss::Error(ReadError::OutOfRange { start, durable }));
        }
        let limits = ReadLimits { up_to: limits.up_to.min(range.end), ..limits };
        if from >= limits.up_to {
            return Ok(Read { next: from, ..Read::default() });
        }
        if let Some(read) = self.read_cached(from, limits).await? {
            return Ok(read);
        }
        self.shared.counters.object_reads.add(1);
        let image = self.shared.metadata.image();
        let Some(owned) = self.shared.owned(&image, &self.state) else {
            return Err(Miss::Error(ReadError::Closed));
        };
        if from < owned.start {
            // A trim that has just been decided.
            let (start, durable) = (owned.start, range.end);
            return Err(Miss::Error(ReadError::OutOfRange { start, durable }));
        }
        let objects = &self.shared.objects;
        let mut read = objects
            .read(&image, self.state.id, from, limits)
            .await
            .map_err(|error| miss(&image, &error))?;
        // Where the objects end, the cache goes on.
        let bytes: usize = read.batches.iter().map(Bytes::len).sum();
        let rest = ReadLimits {
            max_bytes: limits.max_bytes.saturating_sub(bytes),
            at_least_one: limits.at_least_one && read.batches.is_empty(),
            up_to: limits.up_to,
        };
        if read.next < limits.up_to
            && let Ok(Some(more)) = self.read_cached(read.next, rest).await
        {
            if read.batches.is_empty() {
                read.kept_out = more.kept_out;
            }
            read.batches.extend(more.batches);
            read.keeps += more.keeps;
            read.next = more.next;
        }
        Ok(read)
    }

    /// Reads what the log cache has; `None` when `from` lies before that.
    async fn read_cached(&self, from: Offset, limits: ReadLimits) -> Result<Option<Read>, Miss> {
        // Of before the look: what is trimmed between it and the read is committed in a newer image.
        let looked_at = self.shared.metadata.image().index();
        let planned = {
            let state = self.state.lock();
            match state.cache.start() {
                Some(start) if start <= from => plan(state.cache.batches_from(from), from, limits),
                _ => return Ok(None),
            }
        };
        let mut slices = Vec::with_capacity(planned.sources.len());
        for source in planned.sources {
            slices.push(self.load(source, looked_at).await?);
        }
        let (batches, keeps) = into_pieces(&slices);
        Ok(Some(Read { batches, keeps, next: planned.next, kept_out: planned.kept_out }))
    }

    async fn find_once(&self, timestamp: Timestamp) -> Result<Option<Found>, Miss> {
        let range = self.readable();
        let reaches = |batch: &&CachedBatch| batch.max_timestamp >= timestamp;
        let (in_objects, cached) = {
            let state = self.state.lock();
            let cached = state.cache.batches_from(range.start).find(reaches).map(found);
            (range.start..state.cache.start().unwrap_or(range.end), cached)
        };
        let image = self.shared.metadata.image();
        let in_objects = self.not_trimmed(&image, in_objects)?;
        if !in_objects.is_empty() {
            let objects = &self.shared.objects;
            let found = objects.find_by_timestamp(&image, self.state.id, in_objects, timestamp);
            if let Some(found) = found.await.map_err(|error| miss(&image, &error))? {
                return Ok(Some(found));
            }
        }
        Ok(cached)
    }

    async fn greatest_once(&self) -> Result<Option<Found>, Miss> {
        let range = self.readable();
        let (in_objects, cached) = {
            let state = self.state.lock();
            let mut cached: Option<&CachedBatch> = None;
            for batch in state.cache.batches_from(range.start) {
                if cached.is_none_or(|best| batch.max_timestamp > best.max_timestamp) {
                    cached = Some(batch);
                }
            }
            (range.start..state.cache.start().unwrap_or(range.end), cached.map(found))
        };
        let image = self.shared.metadata.image();
        let in_objects = self.not_trimmed(&image, in_objects)?;
        if !in_objects.is_empty() {
            let found =
                self.shared.objects.max_timestamp_batch(&image, self.state.id, in_objects).await;
            if let Some(found) = found.map_err(|error| miss(&image, &error))?
                && cached.as_ref().is_none_or(|batch| batch.max_timestamp <= found.max_timestamp)
            {
                return Ok(Some(found));
            }
        }
        Ok(cached)
    }

    /// The part of `offsets` that an image still has: a trim is decided there before the stream's
    /// own start moves.
    fn not_trimmed(
        &self,
        image: &MetadataImage,
        offsets: Range<Offset>,
    ) -> Result<Range<Offset>, Miss> {
        let owned = self.shared.owned(image, &self.state);
        let owned = owned.ok_or(Miss::Error(ReadError::Closed))?;
        Ok(offsets.start.max(owned.start)..offsets.end)
    }

    /// From the start to the durable end.
    fn readable(&self) -> Range<Offset> {
        let at = self.state.cells.get();
        at.start..at.durable
    }

    async fn load(&self, source: BatchSource, looked_at: LogIndex) -> Result<Slice, Miss> {
        match source {
            BatchSource::Memory(slice) => {
                self.shared.counters.log_cache_hits.add(1);
                Ok(slice)
            }
            BatchSource::Wal(location) => {
                self.shared.counters.wal_reads.add(1);
                let read = self.shared.wal.read(location).await;
                let bytes = read.map_err(|error| match error {
                    // It is in objects by now, and the image says so.
                    WalReadError::Trimmed(_) => Miss::Moved(looked_at, error.to_string()),
                    WalReadError::Wal(error @ penstock_wal::WalError::Corrupt { .. }) => {
                        Miss::Error(ReadError::Corrupt(error.to_string()))
                    }
                    WalReadError::Wal(error) => {
                        Miss::Error(ReadError::Unavailable(error.to_string()))
                    }
                })?;
                let keeps = bytes.len() + READ_BACK_BYTES;
                Ok(Slice { bytes, keeps })
            }
        }
    }
}

fn found(batch: &CachedBatch) -> Found {
    Found {
        offsets: batch.offsets(),
        max_timestamp: batch.max_timestamp,
        bytes: batch.payload_length as usize,
    }
}

fn miss(image: &MetadataImage, error: &ObjectReadError) -> Miss {
    let moved = |reason| Miss::Moved(image.index(), reason);
    match error {
        ObjectReadError::NotCommitted { .. }
        | ObjectReadError::Object(ObjectError::Gone { .. }) => moved(error.to_string()),
        ObjectReadError::Object(ObjectError::Store { .. }) => {
            Miss::Error(ReadError::Unavailable(error.to_string()))
        }
        ObjectReadError::Object(ObjectError::Damaged { .. } | ObjectError::Version { .. }) => {
            Miss::Error(ReadError::Corrupt(error.to_string()))
        }
    }
}
