//! What to compact next: a pure function of the image. Applied again and again without anything
//! new, it comes to an end.
//!
//! The ranges of a stream, oldest first, and what becomes of them:
//!
//! ```text
//!   [ large ][ large ][ s  s  s  s  s │ s  s  s ][ large ][ s  s  s  s ]
//!                      └─ closed ───┘   └closed┘           └── open ─┘
//! ```
//!
//! Large is what has a large object of its own, and what shares one with few others, as an upload
//! of a few streams writes it: to read that takes no more requests, so that to move it would bring
//! nothing. Small is everything else, and what lies in an object that is to be emptied. Neighbours
//! that are small make up windows, as large as an object may be, and as long as the stream's
//! records may outstay their time. A window that something follows is closed: it becomes one range
//! for good. The last one is open, and its newest ranges are joined once they are many, where that
//! at least triples the range that they join: so a byte is rewritten as often as the logarithm of
//! its range's growth.
//!
//! A joined range that is large enough gets an object of its own; the others share objects, stream
//! by stream, so that neighbours stay neighbours. Two things empty whole shared objects: that there
//! are many small ones, and that little of what they hold is still referred to.
//!
//! What is large is left to the second tier (`merge.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use penstock_model::command::{CheckpointRef, ObjectKind};
use penstock_model::id::{ObjectId, Offset, StreamId, TopicId};
use penstock_model::image::{MetadataImage, Object, ObjectLife, Stream, StreamRange};

pub(crate) mod merge;

/// How many ranges become one at a time.
pub(crate) const RUN_RANGES_MAX: usize = 128;

/// The numbers of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PlanSettings {
    /// The largest object to write, in bytes of batches: it is in memory until it is stored.
    pub(crate) object_bytes_max: u64,
    /// What the indexes of its sources may take in memory.
    pub(crate) index_bytes_max: u64,
    /// A stream with so many bytes gets an object of its own.
    pub(crate) stream_object_bytes_min: u64,
    /// So many small ranges of a stream, and so many small shared objects, may stand side by side.
    pub(crate) small_max: usize,
    /// The largest metadata command, in encoded bytes.
    pub(crate) command_bytes_max: usize,
    /// A plan ends with so many jobs; the next one goes on.
    pub(crate) jobs_max: usize,
}

/// How much of a topic's records may stand in one range: by so much may they outstay its retention,
/// because ranges go as a whole. `None` where that does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RangeLimits {
    /// The time within which they were written, in milliseconds.
    pub span: Option<u64>,
    /// The same of those that log compaction has yet to look at: it goes by the ages of ranges.
    pub dirty_span: Option<u64>,
    /// Their stored bytes.
    pub bytes: Option<u64>,
}

/// What the plan is to look at.
pub(crate) struct Scope<'a> {
    /// Whether the stream is to be compacted here.
    pub(crate) wanted: &'a dyn Fn(&Stream) -> bool,
    /// How much may stand in one range: it goes as a whole, or not at all.
    pub(crate) limits: &'a dyn Fn(TopicId) -> RangeLimits,
    /// Objects that cannot be read: they stay as they are.
    pub(crate) unreadable: &'a BTreeSet<ObjectId>,
}

/// One object to write. Never without content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Job {
    pub(crate) kind: ObjectKind,
    /// In order of stream.
    pub(crate) parts: Vec<Part>,
    /// What the indexes of its sources take.
    pub(crate) index_bytes: u64,
    /// What log compaction found to be superseded is left out.
    pub(crate) cleans: bool,
}

/// What one stream has in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) stream: StreamId,
    pub(crate) runs: Vec<Run>,
    pub(crate) checkpoint: Option<CheckpointRef>,
}

/// Neighbouring ranges that become one. Never empty.
pub(crate) type Run = Vec<StreamRange>;

impl Job {
    /// About how many bytes it writes.
    pub(crate) fn bytes(&self) -> u64 {
        self.parts.iter().map(Part::bytes).sum()
    }

    /// About how many bytes it has in memory.
    pub(crate) fn memory(&self) -> u64 {
        self.bytes() + self.index_bytes
    }
}

impl Part {
    fn bytes(&self) -> u64 {
        let checkpoint = self.checkpoint.map_or(0, |checkpoint| checkpoint.size.into());
        self.runs.iter().map(|run| bytes(run)).sum::<u64>() + checkpoint
    }

    /// The objects that it reads.
    pub(super) fn objects(&self) -> impl Iterator<Item = ObjectId> {
        let ranges = self.runs.iter().flatten().map(|range| range.object);
        ranges.chain(self.checkpoint.map(|checkpoint| checkpoint.object))
    }

    /// An upper bound of what it adds to an encoded command.
    fn command_bytes(&self) -> usize {
        let run = |run: &Run| RUN_COMMAND_BYTES + RANGE_COMMAND_BYTES * run.len();
        let runs: usize = self.runs.iter().map(run).sum();
        runs + self.checkpoint.map_or(0, |_| CHECKPOINT_COMMAND_BYTES)
    }
}

/// What an object's index takes in memory, about.
fn index_bytes(image: &MetadataImage, id: ObjectId) -> u64 {
    image.object(id).map_or(0, |object| object.size.saturating_sub(object.index_position))
}

fn bytes(ranges: &[StreamRange]) -> u64 {
    ranges.iter().map(|range| range.size).sum()
}

/// The jobs, those for objects of one stream first. None reads what another one writes.
pub(crate) fn plan(image: &MetadataImage, scope: &Scope<'_>, settings: &PlanSettings) -> Vec<Job> {
    let planner = Planner { image, scope, settings, emptied: emptied(image, scope, settings) };
    let (mut own, mut shared) = (Vec::new(), Vec::new());
    let mut most = 0;
    for (id, stream) in image.streams().filter(|(_, stream)| (scope.wanted)(stream)) {
        let (runs, small) = planner.runs(id, stream);
        most = most.max(small);
        for run in runs {
            let is_large = bytes(&run) >= settings.stream_object_min();
            let part = Part { stream: id, runs: vec![run], checkpoint: None };
            if is_large {
                let index_bytes = part.objects().map(|object| index_bytes(image, object)).sum();
                let (kind, parts) = (ObjectKind::Stream, vec![part]);
                own.push(Job { kind, parts, index_bytes, cleans: false });
            } else {
                shared.push(part);
            }
        }
        if let Some(checkpoint) = planner.moved(stream) {
            shared.push(Part { stream: id, runs: Vec::new(), checkpoint: Some(checkpoint) });
        }
    }
    // A few ranges of a few streams can wait for others to share an object with.
    let shared_bytes: u64 = shared.iter().map(Part::bytes).sum();
    let due = !planner.emptied.is_empty()
        || shared_bytes >= settings.object_bytes_max / 8
        || most > 2 * settings.small_max;
    let mut jobs = own;
    if due {
        pack(shared, image, settings, &mut jobs);
    }
    jobs.truncate(settings.jobs_max);
    jobs
}

impl PlanSettings {
    /// From how many bytes on a stream gets an object of its own: less where memory is scarce.
    pub(crate) fn stream_object_min(&self) -> u64 {
        self.stream_object_bytes_min.min(self.object_bytes_max / 8 * 7)
    }

    /// Whether two such shared objects fit into one, in bytes and in one command: else joining them
    /// would come to no end.
    fn is_small_shared(&self, object: &Object) -> bool {
        let ObjectLife::Live { references } = object.life else { return false };
        let each = CHECKPOINT_COMMAND_BYTES.max(RUN_COMMAND_BYTES + RANGE_COMMAND_BYTES);
        let room = self.command_bytes_max.saturating_sub(FIXED_COMMAND_BYTES);
        object.kind == ObjectKind::StreamSet
            && object.size < self.object_bytes_max / 2
            && references as usize <= room / each / 2
    }

    /// Whether a shared object is large, and so is on average what refers to it: a checkpoint beside
    /// each range.
    fn holds_large_ranges(&self, object: &Object) -> bool {
        let ObjectLife::Live { references } = object.life else { return false };
        let large = (self.object_bytes_max / 2).min(2 * self.stream_object_min());
        let each = object.content / u64::from(references.max(1));
        object.kind == ObjectKind::StreamSet
            && object.size >= large
            && each >= self.stream_object_min() / 2
    }
}

struct Planner<'a> {
    image: &'a MetadataImage,
    scope: &'a Scope<'a>,
    settings: &'a PlanSettings,
    /// Nothing that is referred to is to be left in these.
    emptied: BTreeSet<ObjectId>,
}

impl Planner<'_> {
    fn is_small(&self, range: &StreamRange) -> bool {
        let object = self.image.object(range.object).expect("an image has the objects of ranges");
        let small = match object.kind {
            ObjectKind::Stream => object.size < self.settings.stream_object_min(),
            ObjectKind::StreamSet => {
                range.size < self.settings.stream_object_min() / 4
                    || !self.settings.holds_large_ranges(object)
                    || self.is_emptied(range)
            }
        };
        small && !self.scope.unreadable.contains(&range.object)
    }

    /// The stream's checkpoint, where it has to move.
    fn moved(&self, stream: &Stream) -> Option<CheckpointRef> {
        stream.checkpoint.filter(|checkpoint| self.emptied.contains(&checkpoint.object))
    }

    /// The runs of one stream, and how many small ranges it has.
    fn runs(&self, id: StreamId, stream: &Stream) -> (Vec<Run>, usize) {
        let ranges: Vec<_> = self.image.ranges_from(id, Offset::ZERO).collect();
        let limits = (self.scope.limits)(stream.topic);
        let is_small = |range: &StreamRange| self.is_small(range);
        let bytes_max = self.settings.object_bytes_max;
        let windows = self.windows(&ranges, limits, stream.first_dirty, is_small, bytes_max);
        let mut runs = Vec::new();
        for window in &windows {
            let is_open = window.end == ranges.len();
            let joined = self.joined(&ranges[window.clone()], is_open);
            let (rest, joined) = ranges[window.clone()].split_at(window.len() - joined);
            let emptied = rest.chunk_by(|a, b| self.is_emptied(a) == self.is_emptied(b));
            runs.extend(emptied.filter(|run| self.is_emptied(&run[0])).map(<[_]>::to_vec));
            if !joined.is_empty() {
                runs.push(joined.to_vec());
            }
        }
        (runs, windows.iter().map(Range::len).sum())
    }

    fn is_emptied(&self, range: &StreamRange) -> bool {
        self.emptied.contains(&range.object)
    }

    /// How many of the newest ranges of a window are to be joined, whatever they lie in.
    fn joined(&self, window: &[StreamRange], is_open: bool) -> usize {
        if !is_open {
            return if window.len() > 1 { window.len() } else { 0 };
        }
        // Nothing is joined to what could be an object of its own: the window closes first.
        let mut left = self.settings.stream_object_min();
        let fits = |range: &&StreamRange| {
            let room = left.checked_sub(range.size);
            left = room.unwrap_or(0);
            room.is_some_and(|room| room > 0)
        };
        let newest = window.iter().rev().take_while(fits).count();
        let sizes: Vec<_> = window[window.len() - newest..].iter().map(|r| r.size).collect();
        newest_to_join(&sizes, self.settings.small_max)
    }

    /// Cuts those of a stream's ranges that may be joined, such as are small, into windows of at most so
    /// many bytes, in order. What is read to join a window is bounded, too: what was left lying for long
    /// is joined in several steps.
    fn windows(
        &self,
        ranges: &[StreamRange],
        limits: RangeLimits,
        first_dirty: Offset,
        may_join: impl Fn(&StreamRange) -> bool,
        bytes_max: u64,
    ) -> Vec<Range<usize>> {
        let mut windows: Vec<Range<usize>> = Vec::new();
        let (mut periods, mut open) = (Periods::new(limits), None::<Window>);
        let mut is_dirty = false;
        let bytes_max = limits.bytes.unwrap_or(u64::MAX).min(bytes_max);
        for (place, range) in ranges.iter().enumerate() {
            // What is clean is joined with its like, so that one can tell how much is dirty.
            if !is_dirty && range.offsets.start >= first_dirty {
                is_dirty = true;
                open = None;
                periods = Periods::of_dirty(limits, &periods);
            }
            let period = periods.of(range);
            if !may_join(range) {
                open = None;
                continue;
            }
            let index_bytes = index_bytes(self.image, range.object);
            let more = Window { period, bytes: range.size, index_bytes, ranges: 1 };
            let joined = open.and_then(|open| {
                let joined = Window {
                    period,
                    bytes: open.bytes + more.bytes,
                    index_bytes: open.index_bytes + more.index_bytes,
                    ranges: open.ranges + 1,
                };
                let fits = open.period == period
                    && joined.bytes <= bytes_max
                    && joined.index_bytes <= self.settings.index_bytes_max
                    && joined.ranges <= RUN_RANGES_MAX;
                fits.then_some(joined)
            });
            match (windows.last_mut(), joined) {
                (Some(last), Some(_)) => last.end = place + 1,
                _ => windows.push(place..place + 1),
            }
            open = joined.or(Some(more));
        }
        windows
    }
}

/// Cuts the time of a stream's records into periods of what may stand in one range, in order. Their
/// borders are fixed, so that what was joined stays in its own.
pub(crate) struct Periods {
    span: i64,
    latest: i64,
}

impl Periods {
    pub(crate) fn new(limits: RangeLimits) -> Self {
        Self { span: milliseconds(limits.span), latest: i64::MIN }
    }

    /// From here on nothing was looked at.
    fn of_dirty(limits: RangeLimits, before: &Self) -> Self {
        let span = milliseconds(limits.span).min(milliseconds(limits.dirty_span));
        Self { span, latest: before.latest }
    }

    /// The period of the next range. It goes when all before it have gone, and none of its records
    /// is of use any more: the greatest time so far decides.
    pub(crate) fn of(&mut self, range: &StreamRange) -> i64 {
        self.latest = self.latest.max(range.max_timestamp.0);
        self.latest.div_euclid(self.span)
    }
}

fn milliseconds(span: Option<u64>) -> i64 {
    span.map_or(i64::MAX, |span| i64::try_from(span).unwrap_or(i64::MAX)).max(1)
}

/// A window that may still grow.
#[derive(Clone, Copy)]
struct Window {
    period: i64,
    bytes: u64,
    index_bytes: u64,
    ranges: usize,
}

/// Of things with these sizes, oldest first, how many of the newest are to be joined: as many as
/// at least triple the oldest of them, or half of what may be, where none is that small. None while
/// there are few.
fn newest_to_join(sizes: &[u64], few: usize) -> usize {
    if sizes.len() <= few.max(1) {
        return 0;
    }
    let mut newer: u64 = sizes.iter().sum();
    for (place, size) in sizes.iter().enumerate() {
        newer -= size;
        if place + 1 < sizes.len() && size.saturating_mul(2) <= newer {
            return sizes.len() - place;
        }
    }
    few.div_ceil(2).max(2)
}

/// What is in use of an object.
#[derive(Clone, Copy, Debug, Default)]
struct Use {
    bytes: u64,
    /// Whether a stream of the scope refers to it.
    wanted: bool,
}

/// The objects that are to be emptied: those of which less than half is in use, or two thirds where
/// compaction does not move their ranges by itself, once they waste as much as an object may have; and
/// small shared ones, once they are many.
fn emptied(
    image: &MetadataImage,
    scope: &Scope<'_>,
    settings: &PlanSettings,
) -> BTreeSet<ObjectId> {
    let mut uses = BTreeMap::<ObjectId, Use>::new();
    for (id, stream) in image.streams() {
        let wanted = (scope.wanted)(stream);
        let ranges = image.ranges_from(id, Offset::ZERO).map(|range| (range.object, range.size));
        let checkpoint = stream.checkpoint.map(|c| (c.object, c.size.into()));
        for (object, bytes) in ranges.chain(checkpoint) {
            let of = uses.entry(object).or_default();
            of.bytes += bytes;
            of.wanted |= wanted;
        }
    }
    let candidates: Vec<_> = uses
        .iter()
        .filter(|(id, of)| of.wanted && !scope.unreadable.contains(id))
        .map(|(id, of)| (*id, image.object(*id).expect("it is referred to"), of.bytes))
        .collect();
    let waste = |(_, object, in_use): &(_, &Object, u64)| object.content.saturating_sub(*in_use);
    let in_use_min = |(_, object, in_use): &(_, &Object, u64)| {
        if settings.holds_large_ranges(object) { in_use / 2 } else { *in_use }
    };
    let wasteful = || candidates.iter().filter(|of| waste(of) > in_use_min(of));
    let mut emptied = BTreeSet::new();
    if wasteful().map(waste).sum::<u64>() >= settings.object_bytes_max {
        emptied.extend(wasteful().map(|(id, ..)| *id));
    }
    let small: Vec<_> = candidates
        .iter()
        .filter(|(_, object, _)| settings.is_small_shared(object))
        .map(|(id, _, in_use)| (*id, *in_use))
        .collect();
    let sizes: Vec<_> = small.iter().map(|(_, in_use)| *in_use).collect();
    let joined = newest_to_join(&sizes, settings.small_max);
    emptied.extend(small[small.len() - joined..].iter().map(|(id, _)| *id));
    emptied
}

/// Spreads parts, in order of stream, over as few objects as hold them.
fn pack(parts: Vec<Part>, image: &MetadataImage, settings: &PlanSettings, jobs: &mut Vec<Job>) {
    let kind = ObjectKind::StreamSet;
    let new = || Job { kind, parts: Vec::new(), index_bytes: 0, cleans: false };
    let (mut open, mut open_bytes, mut command_bytes) = (new(), 0, 0);
    let mut sources = BTreeSet::new();
    for part in parts {
        let (bytes, more) = (part.bytes(), part.command_bytes());
        let index_bytes = |sources: &BTreeSet<ObjectId>| -> u64 {
            let more: BTreeSet<_> = part.objects().filter(|id| !sources.contains(id)).collect();
            more.into_iter().map(|object| index_bytes(image, object)).sum()
        };
        let full = open_bytes + bytes > settings.object_bytes_max
            || open.index_bytes + index_bytes(&sources) > settings.index_bytes_max
            || FIXED_COMMAND_BYTES + command_bytes + more > settings.command_bytes_max;
        if full && !open.parts.is_empty() {
            jobs.push(std::mem::replace(&mut open, new()));
            (open_bytes, command_bytes) = (0, 0);
            sources.clear();
        }
        open.index_bytes += index_bytes(&sources);
        sources.extend(part.objects());
        open_bytes += bytes;
        command_bytes += more;
        match open.parts.last_mut() {
            Some(last) if last.stream == part.stream => {
                last.runs.extend(part.runs);
                last.checkpoint = last.checkpoint.or(part.checkpoint);
            }
            _ => open.parts.push(part),
        }
    }
    if !open.parts.is_empty() {
        jobs.push(open);
    }
}

/// Upper bounds of what stands in an encoded command: numbers of at most 11 bytes each with their
/// tags, and their frames.
const FIXED_COMMAND_BYTES: usize = 128;
const RUN_COMMAND_BYTES: usize = 6 * 11;
const RANGE_COMMAND_BYTES: usize = 10;
const CHECKPOINT_COMMAND_BYTES: usize = 7 * 11;

#[cfg(test)]
mod tests;
