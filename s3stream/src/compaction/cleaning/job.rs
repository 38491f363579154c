//! Cleans one stream: both passes, and a commit for each object that changes.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{self, Stream, StreamExt};
use penstock_model::command::{AdvanceFirstDirty, Command, ObjectKind, Refused};
use penstock_model::id::{Offset, StreamEpoch};
use penstock_model::image::{MetadataImage, StreamRange};

use super::plan::Due;
use super::{Cleaning, CleaningError, Dirty, Fate, LogCleaner, SourceBatch};
use crate::checkpoint::Checkpoint;
use crate::compaction::commit::{CommitError, Committed, commit};
use crate::compaction::pace::Earned;
use crate::compaction::plan::{Job, Part, Periods, PlanSettings, RUN_RANGES_MAX, RangeLimits};
use crate::compaction::source::{Content, Follower, RunContent, Sources, Unreadable};
use crate::object::format::Block;
use crate::object::index::BlockEntry;
use crate::object::writer::StoredBatch;
use crate::read::plan::{GET_BYTES_MAX, group_up_to};
use crate::shared::Shared;
use crate::upload::room::Room;

/// How many requests are under way at once.
const GETS_MAX: usize = 2;

/// A GET takes at most one part in so many of what an object may have, but for a single block.
const GET_PARTS: u64 = 32;

/// Why a stream was not cleaned to the end. What was committed stands, and is not lost with it.
#[derive(Debug, thiserror::Error)]
pub(in crate::compaction) enum CleaningFailure {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error(transparent)]
    Layer(#[from] CleaningError),
    #[error(transparent)]
    Commit(#[from] CommitError),
    #[error("its ranges are others by now, or its topic is not compacted any more")]
    Changed,
}

impl From<Refused> for CleaningFailure {
    fn from(refused: Refused) -> Self {
        Self::Commit(refused.into())
    }
}

/// What a cleaning did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::compaction) struct Cleaned {
    /// All before it is clean.
    pub(in crate::compaction) end: Offset,
    /// Stored bytes of what was rewritten, before.
    pub(in crate::compaction) bytes_before: u64,
    /// And after.
    pub(in crate::compaction) bytes_after: u64,
}

/// Cleans streams of one image.
pub(in crate::compaction) struct CleaningJob<'a> {
    pub(in crate::compaction) shared: &'a Shared,
    pub(in crate::compaction) image: &'a MetadataImage,
    pub(in crate::compaction) sources: Sources<'a>,
    pub(in crate::compaction) earned: Earned<'a>,
    pub(in crate::compaction) settings: PlanSettings,
    pub(in crate::compaction) limits: RangeLimits,
    pub(in crate::compaction) due: &'a Due,
}

/// Neighbouring ranges, and what is left of them.
#[derive(Default)]
struct OpenRun {
    ranges: Vec<StreamRange>,
    batches: Vec<StoredBatch>,
    epoch: StreamEpoch,
    period: i64,
    bytes: u64,
    is_changed: bool,
    room: Option<Room>,
}

impl OpenRun {
    /// Takes what is left of a block.
    fn add(&mut self, batches: Vec<SourceBatch>, fates: Vec<Fate>) {
        // What keeps its neighbours in memory is copied out from among them.
        let is_whole = fates.iter().all(|fate| *fate == Fate::Kept);
        self.is_changed |= !is_whole;
        for (batch, fate) in batches.into_iter().zip(fates) {
            let SourceBatch { offsets, records, max_timestamp, bytes, stays } = batch;
            let (records, max_timestamp, bytes) = match fate {
                Fate::Kept if is_whole => (records, max_timestamp, bytes),
                Fate::Kept => (records, max_timestamp, Bytes::copy_from_slice(&bytes)),
                Fate::Rewritten { records, max_timestamp, bytes } => {
                    (records, max_timestamp, bytes)
                }
                Fate::Gone => {
                    assert!(!stays, "the batch at {offsets:?} was to stay");
                    continue;
                }
            };
            self.bytes += bytes.len() as u64;
            let crc32c = crc32c::crc32c(&bytes);
            self.batches.push(StoredBatch { offsets, records, max_timestamp, bytes, crc32c });
        }
    }
}

impl CleaningJob<'_> {
    /// Does all of it.
    pub(in crate::compaction) async fn run(
        mut self,
        layer: &Arc<dyn LogCleaner>,
    ) -> Result<Cleaned, CleaningFailure> {
        let begun = layer.begin(&self.dirty().await?).await?;
        let mut cleaning = begun.ok_or(CleaningFailure::Changed)?;
        self.look(cleaning.as_mut()).await?;
        let end = cleaning.end();
        if end <= self.due.dirty.start {
            let nothing = format!("nothing of {:?} was looked at", self.due.dirty);
            return Err(CleaningError(nothing).into());
        }
        let mut cleaned = Cleaned { end, ..Cleaned::default() };
        self.rewrite(cleaning.as_mut(), &mut cleaned).await?;
        // Last: all before it was committed, or was as it should be.
        let streams = vec![(self.due.stream, end)];
        let broker = self.shared.broker;
        let advance = AdvanceFirstDirty { broker, streams };
        self.shared.submit(Command::AdvanceFirstDirty(advance)).await?;
        if let Some(state) = self.shared.streams.get(self.due.stream)
            && cleaned.bytes_before > 0
        {
            self.shared.streams.cache.supersede(&state, end);
        }
        Ok(cleaned)
    }

    async fn dirty(&mut self) -> Result<Dirty, CleaningFailure> {
        let Due { stream, topic, ref dirty, checkpoint, .. } = *self.due;
        let bytes = self.sources.checkpoint(stream, &checkpoint).await?;
        let mut records = 0;
        for range in self.ranges(dirty) {
            let index = self.sources.index(range.object).await?;
            let blocks = index.blocks_of(stream, &range.offsets);
            records += blocks.iter().map(|block| block.records).sum::<u64>();
        }
        Ok(Dirty {
            topic,
            stream,
            offsets: dirty.clone(),
            records,
            checkpoint: Checkpoint { offset: checkpoint.offset, bytes },
            now: self.shared.clock.now(),
        })
    }

    /// The ranges that overlap some offsets.
    fn ranges(&self, offsets: &Range<Offset>) -> Vec<StreamRange> {
        let ranges = self.image.ranges_from(self.due.stream, offsets.start);
        ranges.take_while(|range| range.offsets.start < offsets.end).collect()
    }

    /// The first pass.
    async fn look(&mut self, cleaning: &mut dyn Cleaning) -> Result<(), CleaningFailure> {
        let dirty = self.due.dirty.clone();
        for range in self.ranges(&dirty) {
            let wanted = range.offsets.start.max(dirty.start)..range.offsets.end.min(dirty.end);
            let gets = self.gets(&range, &wanted).await?;
            let bytes = gets.iter().flatten().map(|block| u64::from(block.size)).sum();
            self.earned.take(bytes).await;
            let _room = self.shared.upload_room.take(self.in_flight()).await;
            let mut blocks = self.blocks(&range, gets);
            while let Some(got) = blocks.next().await {
                let got = got?;
                let batches = got.iter().flat_map(|block| batches_of(block, &wanted));
                if !cleaning.look(batches.collect()).await? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The second pass.
    async fn rewrite(
        &mut self,
        cleaning: &mut dyn Cleaning,
        cleaned: &mut Cleaned,
    ) -> Result<(), CleaningFailure> {
        let ranges = self.ranges(&(Offset::ZERO..cleaned.end));
        let mut periods = Periods::new(self.limits);
        let start = ranges.first().map_or(Offset::ZERO, |range| range.offsets.start);
        let mut follower = Follower::new(self.image, self.due.stream, start);
        let mut run = OpenRun::default();
        let mut read = 0;
        for range in ranges {
            let period = periods.of(&range);
            if !self.is_room_for(&run, &range, period) {
                self.commit(std::mem::take(&mut run), cleaned).await?;
            }
            if run.room.is_none() {
                // Paid without it: uploads may want it.
                self.earned.take(std::mem::take(&mut read)).await;
                run.room = Some(self.shared.upload_room.take(self.run_memory()).await);
            }
            run.period = period;
            read += range.size;
            self.rewrite_range(range, &mut follower, cleaning, &mut run).await?;
        }
        self.commit(run, cleaned).await?;
        self.earned.take(read).await;
        Ok(())
    }

    async fn rewrite_range(
        &mut self,
        range: StreamRange,
        follower: &mut Follower,
        cleaning: &mut dyn Cleaning,
        run: &mut OpenRun,
    ) -> Result<(), CleaningFailure> {
        let gets = self.gets(&range, &range.offsets).await?;
        let epochs = gets.iter().flatten().map(|block| block.epoch);
        run.epoch = epochs.fold(run.epoch, StreamEpoch::max);
        let mut blocks = self.blocks(&range, gets);
        while let Some(got) = blocks.next().await {
            for block in got? {
                let batches = batches_of(&block, &range.offsets);
                let batches: Vec<_> = batches.filter(|b| follower.is_next(&b.offsets)).collect();
                if !batches.iter().all(|batch| follower.follow(&batch.offsets)) {
                    return Err(self.sources.contradicts(range.object).into());
                }
                let fates = cleaning.rewrite(batches.clone()).await?;
                assert_eq!(fates.len(), batches.len(), "each batch has a fate");
                run.add(batches, fates);
            }
        }
        if !follower.has_reached(range.offsets.end) {
            return Err(self.sources.contradicts(range.object).into());
        }
        run.ranges.push(range);
        Ok(())
    }

    /// Puts what is left of a run in its place, where that is less.
    async fn commit(&mut self, run: OpenRun, cleaned: &mut Cleaned) -> Result<(), CleaningFailure> {
        if !run.is_changed {
            return Ok(());
        }
        let stream = self.due.stream;
        let is_large = run.bytes >= self.settings.stream_object_min();
        let kind = if is_large { ObjectKind::Stream } else { ObjectKind::StreamSet };
        cleaned.bytes_before += run.ranges.iter().map(|range| range.size).sum::<u64>();
        cleaned.bytes_after += run.bytes;
        let part = Part { stream, runs: vec![run.ranges], checkpoint: None };
        let job = Job { kind, parts: vec![part], index_bytes: 0, cleans: true };
        let runs = vec![RunContent { stream, epoch: run.epoch, batches: run.batches }];
        let content = Content { runs, checkpoints: Vec::new() };
        let Committed { bytes, skipped } = commit(self.shared, &job, content).await?;
        self.shared.counters.cleanings.add(1);
        self.shared.counters.cleaned_bytes.add(bytes);
        if skipped.is_empty() { Ok(()) } else { Err(CleaningFailure::Changed) }
    }

    /// The blocks of a range that hold some offsets, by GET.
    async fn gets(
        &mut self,
        range: &StreamRange,
        wanted: &Range<Offset>,
    ) -> Result<Vec<Vec<BlockEntry>>, Unreadable> {
        let index = self.sources.index(range.object).await?;
        let blocks = index.blocks_of(self.due.stream, wanted);
        let gets = group_up_to(self.get_bytes_max(), |at| blocks[at].bytes(), 0..blocks.len());
        Ok(gets.into_iter().map(|get| blocks[get].to_vec()).collect())
    }

    /// Gets them, a few at once, in order.
    fn blocks<'b>(
        &'b self,
        range: &StreamRange,
        gets: Vec<Vec<BlockEntry>>,
    ) -> impl Stream<Item = Result<Vec<Block>, Unreadable>> + Unpin + use<'b> {
        let object = range.object;
        let sources = &self.sources;
        let gets = stream::iter(gets);
        Box::pin(
            gets.map(move |get| async move { sources.blocks_at(object, &get).await })
                .buffered(GETS_MAX),
        )
    }

    /// Whether another range may be part of the same object.
    fn is_room_for(&self, run: &OpenRun, range: &StreamRange, period: i64) -> bool {
        let room = self.settings.object_bytes_max - self.in_flight();
        let bytes_max = self.limits.bytes.unwrap_or(u64::MAX).min(room);
        run.ranges.is_empty()
            || run.period == period
                && run.bytes + range.size <= bytes_max
                && run.ranges.len() < RUN_RANGES_MAX
    }

    fn get_bytes_max(&self) -> u64 {
        GET_BYTES_MAX.min(self.settings.object_bytes_max / GET_PARTS)
    }

    /// What GETs take while they are under way.
    fn in_flight(&self) -> u64 {
        GETS_MAX as u64 * self.get_bytes_max().min(self.bytes())
    }

    /// What one object takes, and the GETs for it: no more than an upload.
    fn run_memory(&self) -> u64 {
        self.settings.object_bytes_max.min(self.bytes() + self.in_flight())
    }

    /// All of the stream.
    fn bytes(&self) -> u64 {
        self.image.stream(self.due.stream).map_or(0, |stream| stream.bytes)
    }
}

/// The batches of a block that overlap some offsets.
fn batches_of<'a>(
    block: &'a Block,
    wanted: &'a Range<Offset>,
) -> impl Iterator<Item = SourceBatch> + 'a {
    let batches = (0..block.batches()).map(|place| (place, block.batch(place)));
    let wanted_only = batches
        .filter(|(_, batch)| batch.offsets.end > wanted.start && batch.offsets.start < wanted.end);
    wanted_only.map(|(place, batch)| SourceBatch {
        stays: batch.offsets.end == wanted.end,
        offsets: batch.offsets,
        records: batch.records,
        max_timestamp: batch.max_timestamp,
        bytes: block.slice(place..place + 1),
    })
}
