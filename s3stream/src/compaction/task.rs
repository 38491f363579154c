//! The compactor: carries out what the plans say, one job after the other: objects are joined, logs
//! compacted, and large objects merged by the store.
//!
//! Without changes of the metadata it only looks, from time to time, whether a log is due for its age, and
//! whether a store that failed to merge does so now. A failure is nobody's misfortune: what was planned
//! stays as it is, and is planned again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use penstock_model::id::{ObjectId, Offset, StreamId, TopicId};
use penstock_model::image::MetadataImage;
use tokio::time::{Instant, sleep, timeout};

use super::cleaning::LogCleaner;
use super::cleaning::job::{Cleaned, CleaningFailure, CleaningJob};
use super::cleaning::plan::{self as cleaning_plan, CleaningScope, Due};
use super::commit::{Committed, commit};
use super::merging::{MergeFailure, Merged, lay_out, make};
use super::pace::{Earned, Pace, PaceSettings};
use super::plan::merge::{self as merge_plan, MergeSettings};
use super::plan::{Job, PlanSettings, RangeLimits, Scope, plan};
use super::source::{ReadFailure, Sources, Unreadable};
use crate::object::reader::{ObjectError, ObjectReader};
use crate::shared::Shared;
use crate::store::assemble::Assemble;

/// A plan has so many jobs at most, so that the next one sees what changed.
const JOBS_MAX: usize = 64;

/// The same of merges: with the largest, so many gibibytes are twice in the store for a while.
const MERGES_MAX: usize = 16;

/// Room for the indexes of one job, however little memory there is: an index has up to a mebibyte,
/// because a commit has, and sixteen sources of the same streams are to be joined at once.
const INDEX_BYTES_MIN: u64 = 16 << 20;

/// For how long an object is left alone that could not be read.
const ASIDE: Duration = Duration::from_secs(1_800);

/// How long to wait after what no retry mends.
const FAILURE_PAUSE: Duration = Duration::from_secs(60);

/// How often to look whether a log is due because of its age.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// When and how objects are compacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompactionSettings {
    /// So many small ranges of a stream, and so many small objects of many streams, may stand side
    /// by side.
    pub small_max: usize,
    /// More ranges than that of all streams together, and large ones are merged within the store.
    pub large_max: usize,
    /// The largest object that comes of it, in bytes.
    pub merged_bytes_max: u64,
    /// How long changes of the metadata gather before they are looked at.
    pub pause: Duration,
    /// How fast.
    pub pace: PaceSettings,
}

impl Default for CompactionSettings {
    fn default() -> Self {
        Self {
            small_max: 8,
            // Below it nothing is gained: a range and its object are 200 bytes in each broker's memory,
            // all of these 2 MB, and to merge them takes a request for each.
            large_max: 10_000,
            // A few dozen requests make one, far below what one copy may have (5 GiB), and its index of
            // 64 KiB is read at once.
            merged_bytes_max: 1 << 30,
            pause: Duration::from_secs(10),
            pace: PaceSettings::default(),
        }
    }
}

/// For how long records are wanted, as far as compaction has to know it.
pub trait Expiry: Send + Sync + 'static {
    /// How much of a topic's records may stand in one range.
    fn limits(&self, topic: TopicId) -> RangeLimits;
}

/// See [`Tasks::compaction`](crate::Tasks::compaction).
pub struct CompactionTask {
    pub(crate) shared: Arc<Shared>,
}

impl CompactionTask {
    /// Runs until the storage is shut down or failed.
    pub async fn run(self, expiry: Arc<dyn Expiry>, cleaner: Arc<dyn LogCleaner>) {
        let shared = Arc::clone(&self.shared);
        tokio::select! {
            biased;
            () = shared.streams.lifecycle.ended() => {}
            () = Compactor::new(self.shared, expiry, cleaner).run() => {}
        }
    }
}

struct Compactor {
    shared: Arc<Shared>,
    expiry: Arc<dyn Expiry>,
    cleaner: Arc<dyn LogCleaner>,
    reader: ObjectReader,
    settings: PlanSettings,
    pace: Pace,
    /// Objects that cannot be read, or contradict others, and until when they are left as they are:
    /// somebody may restore them.
    unreadable: BTreeMap<ObjectId, Instant>,
    /// Streams that the layer above cannot clean: until the next start they are left as they are.
    uncleanable: BTreeSet<StreamId>,
    /// When streams were cleaned last.
    cleaned: BTreeMap<StreamId, Instant>,
    /// Merges large objects, until it is known that it cannot.
    assembler: Option<Arc<dyn Assemble>>,
    /// Objects that cannot be parts of others.
    unfit: BTreeSet<ObjectId>,
    /// Nothing is merged before: the store failed.
    merge_from: Instant,
}

impl Compactor {
    fn new(shared: Arc<Shared>, expiry: Arc<dyn Expiry>, cleaner: Arc<dyn LogCleaner>) -> Self {
        let upload = &shared.settings.upload;
        let object_bytes_max = shared.settings.object_payload_bytes_max() as u64;
        let settings = PlanSettings {
            object_bytes_max,
            index_bytes_max: object_bytes_max.max(INDEX_BYTES_MIN),
            // Below what an upload has, so that a stream that misses it by little is not moved.
            stream_object_bytes_min: upload.stream_object_bytes_min / 2,
            small_max: shared.settings.compaction.small_max,
            command_bytes_max: upload.command_bytes_max,
            jobs_max: JOBS_MAX,
        };
        Self {
            reader: ObjectReader::new(Arc::clone(&shared.store), shared.cluster),
            pace: Pace::new(shared.settings.compaction.pace, Instant::now()),
            unreadable: BTreeMap::new(),
            uncleanable: BTreeSet::new(),
            cleaned: BTreeMap::new(),
            assembler: shared.assembler.clone(),
            unfit: BTreeSet::new(),
            merge_from: Instant::now(),
            shared,
            expiry,
            cleaner,
            settings,
        }
    }

    async fn run(mut self) {
        let mut images = self.shared.metadata.watch();
        loop {
            let image = Arc::clone(&images.borrow_and_update());
            let now = Instant::now();
            self.unreadable.retain(|object, until| image.object(*object).is_some() && *until > now);
            self.unfit.retain(|object| image.object(*object).is_some());
            self.uncleanable.retain(|stream| image.stream(*stream).is_some());
            self.cleaned.retain(|stream, _| image.stream(*stream).is_some());
            let jobs = self.plan(&image);
            self.carry_out(&image, &jobs).await;
            // However much there is to be joined.
            let cleaned = self.clean_what_is_due().await;
            let merged = self.merge_what_is_large().await;
            let mut is_idle = jobs.is_empty() && !cleaned && !merged;
            while is_idle {
                match timeout(LOOK_AGAIN, images.changed()).await {
                    Ok(Err(_)) => return,
                    Ok(Ok(())) => break,
                    // Time alone makes logs due, and a store well.
                    Err(_) => {
                        let cleaned = self.clean_what_is_due().await;
                        is_idle = !cleaned && !self.merge_what_is_large().await;
                    }
                }
            }
            if is_idle {
                sleep(self.shared.settings.compaction.pause).await;
            }
        }
    }

    /// Cleans the logs that are due, and answers whether any was.
    async fn clean_what_is_due(&mut self) -> bool {
        let image = self.shared.metadata.image();
        let planned = self.scoped(|scope| cleaning_plan::plan(&image, scope));
        for Due { stream, .. } in &planned {
            // While others were cleaned something may have changed.
            let image = self.shared.metadata.image();
            let due = self.scoped(|scope| cleaning_plan::of_stream(&image, scope, *stream));
            if let Some(due) = due {
                self.clean(&image, &due).await;
            }
        }
        !planned.is_empty()
    }

    fn plan(&self, image: &MetadataImage) -> Vec<Job> {
        self.in_scope(|scope| plan(image, scope, &self.settings))
    }

    /// Answers what `plan` makes of what is to be compacted here.
    fn in_scope<T>(&self, plan: impl FnOnce(&Scope<'_>) -> T) -> T {
        let broker = self.shared.broker;
        plan(&Scope {
            wanted: &|stream| stream.owner == broker,
            limits: &|topic| self.expiry.limits(topic),
            unreadable: &self.set_aside(),
        })
    }

    /// Merges what the second tier's plan says, and answers whether that was anything.
    async fn merge_what_is_large(&mut self) -> bool {
        let Some(assembler) = self.assembler.clone() else { return false };
        if Instant::now() < self.merge_from {
            return false;
        }
        let merging = MergeSettings {
            ranges_max: self.shared.settings.compaction.large_max,
            bytes_max: self.shared.settings.compaction.merged_bytes_max,
            piece_bytes_min: assembler.piece_bytes_min(),
            merges_max: MERGES_MAX,
        };
        let image = self.shared.metadata.image();
        let merges = self.in_scope(|scope| {
            merge_plan::plan(&image, scope, &self.unfit, &self.settings, &merging)
        });
        let (reader, shared) = (self.reader.clone(), Arc::clone(&self.shared));
        let mut sources = Sources::new(&reader, &image, shared.settings.upload.backoff);
        for planned in &merges {
            let uploaded = &shared.counters.uploaded_bytes;
            // All that comes through here.
            Earned { pace: &mut self.pace, uploaded }.take(planned.index_bytes).await;
            let room = shared.upload_room.take(planned.index_bytes).await;
            let merged = lay_out(&shared, &*assembler, &image, &mut sources, planned).await;
            // Only the new index is left.
            drop(room);
            let merged = match merged {
                Ok(merged) => make(&shared, &*assembler, planned, &merged).await,
                Err(failure) => Err(failure),
            };
            match merged {
                Ok(Merged { bytes, skipped }) => {
                    shared.counters.merges.add(1);
                    shared.counters.merged_bytes.add(bytes);
                    if !skipped.is_empty() {
                        tracing::debug!(?skipped, "streams changed while they were merged");
                    }
                }
                Err(failure) => {
                    self.leave_merge(failure).await;
                    break;
                }
            }
        }
        !merges.is_empty()
    }

    async fn leave_merge(&mut self, failure: MergeFailure) {
        match failure {
            MergeFailure::Unreadable(unreadable) => self.leave_object(&unreadable).await,
            MergeFailure::Unfit(object) => {
                tracing::debug!(%object, "an object cannot be merged with others");
                self.unfit.insert(object);
            }
            MergeFailure::Stale => {
                tracing::debug!("what was to be merged has gone meanwhile");
                self.merge_from = Instant::now() + FAILURE_PAUSE;
            }
            MergeFailure::Unsupported(error) => {
                tracing::warn!(%error, "the store merges no objects: there will be as many as there are until the next start");
                self.assembler = None;
            }
            failure => {
                tracing::warn!(error = %failure, "large objects were not merged, will plan anew");
                self.merge_from = Instant::now() + FAILURE_PAUSE;
            }
        }
    }

    /// Answers what `plan` makes of what is known here.
    fn scoped<T>(&self, plan: impl FnOnce(&CleaningScope<'_>) -> T) -> T {
        let broker = self.shared.broker;
        let now = Instant::now();
        let milliseconds = |ago: Duration| u64::try_from(ago.as_millis()).unwrap_or(u64::MAX);
        let scope = CleaningScope {
            wanted: &|id, stream| stream.owner == broker && !self.uncleanable.contains(&id),
            rules: &|topic| self.cleaner.rules(topic),
            unreadable: &self.set_aside(),
            cleaned_ago: &|id| Some(milliseconds(now - *self.cleaned.get(&id)?)),
            now: self.shared.clock.now(),
        };
        plan(&scope)
    }

    /// The objects that are left as they are.
    fn set_aside(&self) -> BTreeSet<ObjectId> {
        self.unreadable.keys().copied().collect()
    }

    async fn clean(&mut self, image: &MetadataImage, due: &Due) {
        let shared = Arc::clone(&self.shared);
        // Each is in memory as a whole. Such were merged before the topic became a compacted one.
        let sizes = image.ranges_from(due.stream, Offset::ZERO).map(|range| range.size);
        let (largest, room) =
            (sizes.max().unwrap_or(0), shared.settings.payload_bytes_max() as u64);
        if largest > room {
            tracing::error!(stream = %due.stream, largest, room, "a log has a range larger than the memory for it, and is not compacted until the next start");
            self.uncleanable.insert(due.stream);
            return;
        }
        let reader = self.reader.clone();
        let job = CleaningJob {
            shared: &shared,
            image,
            sources: Sources::new(&reader, image, shared.settings.upload.backoff),
            earned: Earned { pace: &mut self.pace, uploaded: &shared.counters.uploaded_bytes },
            settings: self.settings,
            limits: self.expiry.limits(due.topic),
            due,
        };
        let outcome = job.run(&self.cleaner).await;
        self.cleaned.insert(due.stream, Instant::now());
        match outcome {
            Ok(Cleaned { end, bytes_before, bytes_after }) => {
                let superseded = bytes_before.saturating_sub(bytes_after);
                shared.counters.superseded_bytes.add(superseded);
                tracing::debug!(stream = %due.stream, %end, bytes_before, bytes_after, "compacted a log");
            }
            Err(CleaningFailure::Changed) => {
                tracing::debug!(stream = %due.stream, "a log changed while it was compacted");
            }
            Err(CleaningFailure::Unreadable(unreadable)) => self.leave_object(&unreadable).await,
            Err(CleaningFailure::Layer(error)) => {
                tracing::error!(stream = %due.stream, %error, "a log cannot be compacted, and stays as it is until the next start");
                self.uncleanable.insert(due.stream);
            }
            Err(CleaningFailure::Commit(error)) => {
                tracing::warn!(%error, "a log compaction was not committed, will plan anew");
                sleep(FAILURE_PAUSE).await;
            }
        }
    }

    async fn carry_out(&mut self, image: &MetadataImage, jobs: &[Job]) {
        let (reader, shared) = (self.reader.clone(), Arc::clone(&self.shared));
        let mut sources = Sources::new(&reader, image, shared.settings.upload.backoff);
        for job in jobs {
            let uploaded = &shared.counters.uploaded_bytes;
            Earned { pace: &mut self.pace, uploaded }.take(job.memory()).await;
            let _room = shared.upload_room.take(job.memory()).await;
            let content = match sources.read(job).await {
                Ok(content) => content,
                Err(unreadable) => return self.leave_object(&unreadable).await,
            };
            match commit(&shared, job, content).await {
                Ok(Committed { bytes, skipped }) => {
                    shared.counters.compactions.add(1);
                    shared.counters.compacted_bytes.add(bytes);
                    if !skipped.is_empty() {
                        tracing::debug!(?skipped, "streams changed while they were compacted");
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "a compaction was not committed, will plan anew");
                    sleep(FAILURE_PAUSE).await;
                    return;
                }
            }
        }
    }

    /// Leaves an object alone for a while, so that it keeps no other from being compacted.
    async fn leave_object(&mut self, unreadable: &Unreadable) {
        let Unreadable { object, ref error } = *unreadable;
        if matches!(error, ReadFailure::Object(ObjectError::Gone { .. }))
            && !self.shared.metadata.image().is_live(object)
        {
            // What has gone meanwhile was not wanted any more: plan anew.
            return;
        }
        tracing::error!(%object, %error, "an object cannot be compacted, and stays as it is");
        self.unreadable.insert(object, Instant::now() + ASIDE);
        if !matches!(error, ReadFailure::Object(ObjectError::Damaged { .. })) {
            // The store may be out of order as a whole.
            sleep(FAILURE_PAUSE).await;
        }
    }
}

impl fmt::Debug for CompactionTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompactionTask").finish_non_exhaustive()
    }
}
