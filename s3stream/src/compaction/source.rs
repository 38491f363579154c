//! What a job reads: indexes, then the blocks and checkpoints that it needs of each object, in few
//! and large requests; and the batches that are in them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};
use penstock_model::command::CheckpointRef;
use penstock_model::id::{ObjectId, Offset, StreamEpoch, StreamId};
use penstock_model::image::{MetadataImage, StreamRange};

use tokio::time::timeout;

use super::plan::{Job, Part};
use crate::object::format::Block;
use crate::object::index::{BlockEntry, ObjectIndex};
use crate::object::reader::{ObjectError, ObjectReader, checkpoint_bytes};
use crate::object::writer::StoredBatch;
use crate::read::object_reads::extent;
use crate::read::plan::group_into_gets;
use crate::store::retry::{Backoff, with_retries};

/// How many requests are under way at once: compaction is in no hurry.
const GETS_MAX: usize = 4;

/// Indexes are kept for the jobs of one plan, up to so many bytes and one more.
const INDEX_BYTES_MAX: usize = 8 << 20;

/// An object that cannot be read, or contradicts the others.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub(super) struct Unreadable {
    pub(super) object: ObjectId,
    pub(super) error: ReadFailure,
}

/// Why it cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadFailure {
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// The store may be away, or refuse this one object for reasons that it takes for passing.
    #[error("the store did not give it within {ATTEMPTS_MAX:?}")]
    Late,
}

/// How long one request is tried again.
const ATTEMPTS_MAX: Duration = Duration::from_secs(120);

/// What a job writes, in its order.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) runs: Vec<RunContent>,
    pub(super) checkpoints: Vec<(StreamId, Offset, Bytes)>,
}

/// The batches of one run; not empty.
#[derive(Debug)]
pub(super) struct RunContent {
    pub(super) stream: StreamId,
    /// The newest of its blocks'.
    pub(super) epoch: StreamEpoch,
    pub(super) batches: Vec<StoredBatch>,
}

/// Reads for the jobs of one plan.
pub(super) struct Sources<'a> {
    reader: &'a ObjectReader,
    image: &'a MetadataImage,
    backoff: Backoff,
    indexes: BTreeMap<ObjectId, Arc<ObjectIndex>>,
}

/// What was read of the objects of one job.
struct Blocks {
    indexes: BTreeMap<ObjectId, Arc<ObjectIndex>>,
    blocks: BTreeMap<(ObjectId, u64), Block>,
}

impl<'a> Sources<'a> {
    pub(super) fn new(
        reader: &'a ObjectReader,
        image: &'a MetadataImage,
        backoff: Backoff,
    ) -> Self {
        Self { reader, image, backoff, indexes: BTreeMap::new() }
    }

    /// Reads all that a job writes. While the store fails this goes on trying for a while.
    pub(super) async fn read(&mut self, job: &Job) -> Result<Content, Unreadable> {
        let blocks = self.blocks(job).await?;
        let runs = job.parts.iter().flat_map(|part| part.runs.iter().map(|run| (part.stream, run)));
        let runs = runs.map(|(stream, run)| blocks.content(self, stream, run));
        Ok(Content {
            runs: runs.collect::<Result<_, _>>()?,
            checkpoints: self.checkpoints(job).await?,
        })
    }

    async fn blocks(&mut self, job: &Job) -> Result<Blocks, Unreadable> {
        let ranges = || {
            job.parts.iter().flat_map(|part| part.runs.iter().flatten().map(|r| (part.stream, r)))
        };
        let objects: BTreeSet<_> = ranges().map(|(_, range)| range.object).collect();
        let indexes = self.indexes(objects).await?;
        // In order of stream and offset, as they lie.
        let mut wanted = BTreeMap::<ObjectId, BTreeMap<u64, &BlockEntry>>::new();
        for (stream, range) in ranges() {
            let of_range = indexes[&range.object].blocks_of(stream, &range.offsets);
            let of_object = wanted.entry(range.object).or_default();
            of_object.extend(of_range.iter().map(|block| (block.position, block)));
        }
        let gets = wanted.iter().flat_map(|(object, blocks)| {
            let entries: Vec<BlockEntry> = blocks.values().map(|block| (*block).clone()).collect();
            let gets = group_into_gets(|place| entries[place].bytes(), 0..entries.len());
            gets.into_iter().map(move |get| (*object, entries[get].to_vec())).collect::<Vec<_>>()
        });
        let this = &*self;
        let read = gets.collect::<Vec<_>>().into_iter().map(|(object, entries)| async move {
            let blocks = this.blocks_at(object, &entries).await?;
            let keys = entries.iter().map(|entry| (object, entry.position));
            Ok(keys.zip(blocks).collect::<Vec<_>>())
        });
        let blocks: Vec<Vec<_>> = stream::iter(read).buffered(GETS_MAX).try_collect().await?;
        Ok(Blocks { blocks: blocks.into_iter().flatten().collect(), indexes })
    }

    /// Some neighbouring blocks of an object.
    pub(super) async fn blocks_at(
        &self,
        object: ObjectId,
        entries: &[BlockEntry],
    ) -> Result<Vec<Block>, Unreadable> {
        self.retried(object, || self.reader.blocks(object, entries)).await
    }

    /// The index of one object.
    pub(super) async fn index(&mut self, object: ObjectId) -> Result<Arc<ObjectIndex>, Unreadable> {
        let mut indexes = self.indexes(BTreeSet::from([object])).await?;
        Ok(indexes.remove(&object).expect("it was read"))
    }

    /// One checkpoint.
    pub(super) async fn checkpoint(
        &self,
        stream: StreamId,
        checkpoint: &CheckpointRef,
    ) -> Result<Bytes, Unreadable> {
        let object = checkpoint.object;
        self.retried(object, || self.reader.checkpoint(stream, checkpoint)).await
    }

    /// What is to say of an object without the batches that it should have.
    pub(super) fn contradicts(&self, object: ObjectId) -> Unreadable {
        let what = "its batches are not those that the metadata says, without a gap";
        Unreadable { object, error: self.reader.damaged(object, 0, what).into() }
    }

    /// The indexes of some objects.
    pub(super) async fn indexes(
        &mut self,
        objects: BTreeSet<ObjectId>,
    ) -> Result<BTreeMap<ObjectId, Arc<ObjectIndex>>, Unreadable> {
        let missing = objects.iter().filter(|id| !self.indexes.contains_key(*id));
        let missing: Vec<_> = missing.copied().collect();
        let read = missing.into_iter().map(|id| {
            let this = &*self;
            async move {
                let extent = extent(this.image, id);
                let index = this.retried(id, || this.reader.index(extent)).await?;
                Ok((id, Arc::new(index)))
            }
        });
        let read: Vec<_> = stream::iter(read).buffered(GETS_MAX).try_collect().await?;
        if self.indexes.values().map(|index| index.size()).sum::<usize>() > INDEX_BYTES_MAX {
            self.indexes.retain(|id, _| objects.contains(id));
        }
        self.indexes.extend(read);
        Ok(objects.into_iter().map(|id| (id, Arc::clone(&self.indexes[&id]))).collect())
    }

    async fn checkpoints(&self, job: &Job) -> Result<Vec<(StreamId, Offset, Bytes)>, Unreadable> {
        let of_part = |part: &Part| part.checkpoint.map(|checkpoint| (part.stream, checkpoint));
        let mut wanted: Vec<(StreamId, CheckpointRef)> =
            job.parts.iter().filter_map(of_part).collect();
        wanted.sort_by_key(|(_, checkpoint)| (checkpoint.object, checkpoint.position));
        let place = |place: usize| -> Range<u64> { checkpoint_bytes(&wanted[place].1) };
        let gets = wanted.chunk_by(|a, b| a.1.object == b.1.object).scan(0, |from, of_object| {
            let first = *from;
            *from += of_object.len();
            Some(group_into_gets(place, first..*from))
        });
        let gets: Vec<_> = gets.flatten().collect();
        let read = gets.into_iter().map(|get| {
            let wanted = &wanted[get];
            async move {
                let object = wanted[0].1.object;
                let states = self.retried(object, || self.reader.checkpoints(wanted)).await?;
                let named = wanted.iter().map(|(stream, checkpoint)| (*stream, checkpoint.offset));
                Ok(named
                    .zip(states)
                    .map(|((stream, offset), state)| (stream, offset, state))
                    .collect())
            }
        });
        let read: Vec<Vec<_>> = stream::iter(read).buffered(GETS_MAX).try_collect().await?;
        Ok(read.into_iter().flatten().collect())
    }

    async fn retried<T, A>(
        &self,
        object: ObjectId,
        attempt: impl FnMut() -> A,
    ) -> Result<T, Unreadable>
    where
        A: Future<Output = Result<T, ObjectError>>,
    {
        let what = format!("compaction of object {object}");
        let retried = with_retries(self.backoff, &what, ObjectError::is_transient, attempt);
        let read = timeout(ATTEMPTS_MAX, retried);
        let read = read.await.map_err(|_| ReadFailure::Late).and_then(|read| Ok(read?));
        read.map_err(|error| Unreadable { object, error })
    }
}

/// Follows a stream's batches from range to range, and notices where some are missing.
#[derive(Debug)]
pub(super) struct Follower {
    reached: Offset,
    /// Before it, log compaction may have left offsets out.
    gaps_to: Offset,
    /// None was there yet. A trim may have left a stream that begins within a batch.
    is_first: bool,
}

impl Follower {
    /// Up to the end of each range of the stream, from `start` on.
    pub(super) fn new(image: &MetadataImage, stream: StreamId, start: Offset) -> Self {
        let gaps_to = image.stream(stream).map_or(Offset::ZERO, |stream| stream.gaps_to);
        Self { reached: start, gaps_to, is_first: true }
    }

    /// Whether a batch begins before the end of those that were followed.
    pub(super) fn overlaps(&self, offsets: &Range<Offset>) -> bool {
        !self.is_first && offsets.start < self.reached
    }

    /// Whether a batch lies behind those that were followed.
    pub(super) fn is_next(&self, offsets: &Range<Offset>) -> bool {
        offsets.end > self.reached
    }

    /// Goes on with the next batch. False where one is missing between.
    pub(super) fn follow(&mut self, offsets: &Range<Offset>) -> bool {
        let joins = offsets.start == self.reached
            || offsets.start < self.reached && self.is_first
            || offsets.start > self.reached && offsets.start <= self.gaps_to;
        (self.reached, self.is_first) = (offsets.end, false);
        joins
    }

    /// Whether the batches reach to the end of their range.
    pub(super) fn has_reached(&self, end: Offset) -> bool {
        self.reached == end
    }
}

impl Blocks {
    /// The batches of a run: those of each range that overlap it, each once, and without a gap.
    fn content(
        &self,
        sources: &Sources<'_>,
        stream: StreamId,
        run: &[StreamRange],
    ) -> Result<RunContent, Unreadable> {
        let mut content = RunContent { stream, epoch: StreamEpoch(0), batches: Vec::new() };
        let mut follower = Follower::new(sources.image, stream, run[0].offsets.start);
        for StreamRange { offsets, object, .. } in run {
            for entry in self.indexes[object].blocks_of(stream, offsets) {
                let block = &self.blocks[&(*object, entry.position)];
                content.epoch = content.epoch.max(entry.epoch);
                for place in 0..block.batches() {
                    let batch = block.batch(place);
                    if !follower.is_next(&batch.offsets) || batch.offsets.start >= offsets.end {
                        continue;
                    }
                    if !follower.follow(&batch.offsets) {
                        return Err(sources.contradicts(*object));
                    }
                    let bytes = block.slice(place..place + 1);
                    content.batches.push(StoredBatch {
                        offsets: batch.offsets,
                        records: batch.records,
                        max_timestamp: batch.max_timestamp,
                        crc32c: crc32c::crc32c(&bytes),
                        bytes,
                    });
                }
            }
            if !follower.has_reached(offsets.end) {
                return Err(sources.contradicts(*object));
            }
        }
        Ok(content)
    }
}

#[cfg(test)]
mod tests;
