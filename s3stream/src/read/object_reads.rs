//! Reads of what is committed: the image says which objects, this gets the batches out of them.
//!
//! A read that fails because the store does is tried again, without end: whoever asked bounds it
//! by dropping the future. Nothing is ever returned in place of what cannot be had.

use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures::future::try_join_all;
use object_store::ObjectStore;
use penstock_model::command::CheckpointRef;
use penstock_model::id::{ClusterId, ObjectId, Offset, StreamId, Timestamp};
use penstock_model::image::MetadataImage;
use penstock_wal::put_times::PutTimes;

use super::block_cache::{BlockCache, CacheCounts, CacheSettings, Purpose};
use super::plan::{Fetch, FetchPlan, Picker};
use super::read_ahead::{Ahead, Observed, ReadAhead, ReadAheadSettings};
use super::time_search::TimeSearch;
use crate::object::format::Block;
use crate::object::index::ObjectExtent;
use crate::object::reader::{ObjectError, ObjectReader};
use crate::store::retry::{Backoff, with_retries};
use crate::stream::{Found, Read, ReadLimits};

/// Why nothing was read. In either case: look at a newer image; if that says the same, data is
/// missing or damaged, and a person must look.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ObjectReadError {
    /// No range of this image covers the offset: it was trimmed, or is not committed yet.
    #[error("offset {offset} of stream {stream} is in no object")]
    NotCommitted {
        /// The stream.
        stream: StreamId,
        /// The offset.
        offset: Offset,
    },
    /// See there.
    #[error(transparent)]
    Object(#[from] ObjectError),
}

/// The numbers of cold reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectReadSettings {
    /// Where the memory goes.
    pub cache: CacheSettings,
    /// How far ahead blocks are fetched.
    pub ahead: ReadAheadSettings,
    /// Pauses while the store fails.
    pub backoff: Backoff,
}

impl ObjectReadSettings {
    /// With so many bytes of memory in all.
    #[must_use]
    pub fn of(budget: usize) -> Self {
        let cache = CacheSettings::of(budget);
        let ahead = ReadAheadSettings::of(cache.block_bytes);
        Self { cache, ahead, backoff: Backoff::default() }
    }
}

/// Reads batches out of objects. Cheap to clone.
#[derive(Clone)]
pub struct ObjectReads(Arc<Shared>);

struct Shared {
    reader: ObjectReader,
    cache: BlockCache,
    /// Guards who reads where.
    ahead: Mutex<ReadAhead>,
    backoff: Backoff,
}

impl ObjectReads {
    /// Reads the objects of one cluster from a store, and gives way to a log that is in it, too.
    #[must_use]
    pub fn new(
        store: Arc<dyn ObjectStore>,
        cluster: ClusterId,
        settings: ObjectReadSettings,
        log: Option<Arc<PutTimes>>,
    ) -> Self {
        let reader = ObjectReader::new(store, cluster);
        Self(Arc::new(Shared {
            cache: BlockCache::new(reader.clone(), settings.cache, log),
            reader,
            ahead: Mutex::new(ReadAhead::new(settings.ahead)),
            backoff: settings.backoff,
        }))
    }

    /// Reads whole batches from the one that contains `from`, or follows it where compaction left
    /// a gap. Batches that lie together are one piece. `from` lies in a range of the image.
    ///
    /// # Errors
    /// See [`ObjectReadError`].
    pub async fn read(
        &self,
        image: &Arc<MetadataImage>,
        stream: StreamId,
        from: Offset,
        limits: ReadLimits,
    ) -> Result<Read, ObjectReadError> {
        if limits.max_bytes == 0 && !limits.at_least_one {
            return Ok(Read { next: from, ..Read::default() });
        }
        let what = format!("read of stream {stream} at {from}");
        let (read, missed) =
            self.0.retried(&what, || self.0.read_once(image, stream, from, limits)).await?;
        let bytes = read.batches.iter().map(|batches| batches.len() as u64).sum();
        let observed = Observed { stream, from, next: read.next, bytes, missed };
        let ahead = (bytes > 0).then(|| self.0.lock_ahead().observe(observed)).flatten();
        if let Some(ahead) = ahead {
            let (shared, image) = (self.0.clone(), image.clone());
            tokio::spawn(async move { shared.fetch_ahead(&image, ahead).await });
        }
        Ok(read)
    }

    /// The first batch, in order of offset, that overlaps `offsets`, ends within them, and holds
    /// a record with this timestamp or a later one.
    ///
    /// # Errors
    /// See [`ObjectReadError`].
    pub async fn find_by_timestamp(
        &self,
        image: &MetadataImage,
        stream: StreamId,
        offsets: Range<Offset>,
        timestamp: Timestamp,
    ) -> Result<Option<Found>, ObjectReadError> {
        let what = format!("search of stream {stream} for time {timestamp}");
        let search = self.0.search(image, stream, offsets);
        self.0.retried(&what, || search.first_at(timestamp)).await
    }

    /// The first batch, in order of offset, that overlaps `offsets`, ends within them, and holds
    /// the greatest timestamp of all that do.
    ///
    /// # Errors
    /// See [`ObjectReadError`].
    pub async fn max_timestamp_batch(
        &self,
        image: &MetadataImage,
        stream: StreamId,
        offsets: Range<Offset>,
    ) -> Result<Option<Found>, ObjectReadError> {
        let what = format!("search of stream {stream} for its greatest time");
        let search = self.0.search(image, stream, offsets);
        self.0.retried(&what, || search.greatest()).await
    }

    /// The opaque state of a checkpoint.
    ///
    /// # Errors
    /// See [`ObjectError`].
    pub async fn checkpoint(
        &self,
        stream: StreamId,
        checkpoint: &CheckpointRef,
    ) -> Result<Bytes, ObjectReadError> {
        let what = format!("checkpoint of stream {stream}");
        let read = || async { Ok(self.0.reader.checkpoint(stream, checkpoint).await?) };
        self.0.retried(&what, read).await
    }

    /// How often blocks were in the cache.
    #[must_use]
    pub fn block_counts(&self) -> CacheCounts {
        self.0.cache.block_counts()
    }

    /// How often indexes were in the cache.
    #[must_use]
    pub fn index_counts(&self) -> CacheCounts {
        self.0.cache.index_counts()
    }

    /// The bytes that both caches keep.
    #[must_use]
    pub fn cached_bytes(&self) -> usize {
        self.0.cache.bytes()
    }
}

/// Where the parts of an object lie that a range names.
pub(crate) fn extent(image: &MetadataImage, id: ObjectId) -> ObjectExtent {
    let object = image.object(id).expect("an image has the objects that its ranges name");
    ObjectExtent { id, size: object.size, index_position: object.index_position }
}

/// The bytes of the first batch, where it fills a block of its own and is too large: then nobody
/// need fetch it to know.
fn too_large(fetches: &[Fetch], limits: ReadLimits) -> Option<usize> {
    let first = fetches.iter().find_map(|fetch| fetch.blocks.first())?;
    let bytes = first.payload_size() as usize;
    let is_too_large = first.batches == 1
        && first.offsets.end <= limits.up_to
        && bytes > limits.max_bytes
        && !limits.at_least_one;
    is_too_large.then_some(bytes)
}

impl Shared {
    async fn retried<T, A>(
        &self,
        what: &String,
        attempt: impl FnMut() -> A,
    ) -> Result<T, ObjectReadError>
    where
        A: Future<Output = Result<T, ObjectReadError>>,
    {
        let transient = |error: &ObjectReadError| matches!(error, ObjectReadError::Object(error) if error.is_transient());
        with_retries(self.backoff, what, transient, attempt).await
    }

    fn search<'a>(
        &'a self,
        image: &'a MetadataImage,
        stream: StreamId,
        offsets: Range<Offset>,
    ) -> TimeSearch<'a> {
        TimeSearch { cache: &self.cache, image, stream, offsets }
    }

    async fn read_once(
        &self,
        image: &MetadataImage,
        stream: StreamId,
        from: Offset,
        limits: ReadLimits,
    ) -> Result<(Read, bool), ObjectReadError> {
        let offsets = from..limits.up_to;
        let plan = FetchPlan::new(stream, offsets.clone(), limits.max_bytes as u64);
        let fetches = self.complete(Purpose::Serve, image, plan).await?;
        if let Some(bytes) = too_large(&fetches, limits) {
            let read = Read { next: from, kept_out: Some(bytes), ..Read::default() };
            return Ok((read, false));
        }
        let (fetched, missed) = self.fetch(Purpose::Serve, &fetches).await?;
        let mut picker = Picker::new(offsets, limits.max_bytes, limits.at_least_one);
        for (fetch, blocks) in fetches.iter().zip(&fetched) {
            blocks.iter().for_each(|block| picker.block(block, &fetch.offsets));
            picker.passed(fetch.offsets.end);
        }
        Ok((picker.finish(), missed))
    }

    /// Completes a plan, range by range.
    async fn complete(
        &self,
        purpose: Purpose,
        image: &MetadataImage,
        mut plan: FetchPlan,
    ) -> Result<Vec<Fetch>, ObjectReadError> {
        let mut fetches = Vec::new();
        let (stream, offset) = (plan.stream(), plan.next());
        for range in image.ranges_from(stream, offset) {
            if plan.is_complete() || !range.offsets.contains(&plan.next()) {
                break;
            }
            let index = self.cache.index(purpose, extent(image, range.object)).await?;
            fetches.push(plan.take(&range.offsets, range.object, &index));
        }
        if fetches.is_empty() && !plan.is_complete() {
            return Err(ObjectReadError::NotCommitted { stream, offset });
        }
        Ok(fetches)
    }

    /// Gets the blocks of all fetches at once, and whether the store had to be asked.
    async fn fetch(
        &self,
        purpose: Purpose,
        fetches: &[Fetch],
    ) -> Result<(Vec<Vec<Block>>, bool), ObjectError> {
        let gets = fetches.iter().map(|f| self.cache.blocks(purpose, f.object, &f.blocks));
        let all = try_join_all(gets).await?;
        let missed = all.iter().any(|blocks| !blocks.all_hits);
        Ok((all.into_iter().map(|blocks| blocks.blocks).collect(), missed))
    }

    /// The policy is consistent between any two calls of it.
    fn lock_ahead(&self) -> MutexGuard<'_, ReadAhead> {
        self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fetches what a reader will want next. One attempt: the reader itself will try again.
    async fn fetch_ahead(&self, image: &MetadataImage, ahead: Ahead) {
        let end = image.stream(ahead.stream).map_or(ahead.from, |stream| stream.end);
        let plan = FetchPlan::new(ahead.stream, ahead.from..end, ahead.bytes);
        let planned = self.complete(Purpose::Ahead, image, plan).await;
        let fetches = planned.as_deref().unwrap_or_default();
        let until = fetches.last().map_or(ahead.from, |fetch| fetch.offsets.end);
        let blocks = fetches.iter().flat_map(|fetch| &fetch.blocks);
        let bytes = blocks.map(|block| u64::from(block.size)).sum();
        self.lock_ahead().fetched(ahead, until, bytes);
        let fetched = match planned {
            Ok(fetches) => self.fetch(Purpose::Ahead, &fetches).await.map_err(Into::into),
            Err(error) => Err(error),
        };
        if let Err(error) = fetched {
            tracing::debug!(stream = %ahead.stream, from = %ahead.from, %error, "read-ahead failed");
        }
    }
}
