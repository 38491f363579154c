//! The second tier: what of the large ranges the store is to make one object of. Pure, and comes to an
//! end as the first.
//!
//! ```text
//!   [ L  L  L  L  L ][ L  L  L … ][ very large ][ L  L  L ][ s ][ L ][ L  L ][ s  s ]
//!   └── closed ─────┘└─ closed ──┘               └ closed ┘     └── open ───┘
//! ```
//!
//! Neighbours that the first tier leaves alone make up windows, by its rules: none crosses the border
//! of a period or of what is clean. A window is merged once it is closed: behind it stands what can never be
//! a part of it, because it does not fit, or is of another period. Small ranges close nothing by
//! themselves, for they may become a large one yet.
//!
//! So a byte is merged once, or a few times: what was closed for its bytes has three quarters of the
//! most or more, and is no candidate any more; what was closed for its period is alone in it.
//!
//! Topics whose logs are compacted are left to that: it writes all of them again and again, joins
//! ranges as it does so, and has each range in memory.

use std::collections::BTreeSet;

use penstock_model::id::{ObjectId, Offset, StreamId};
use penstock_model::image::{MetadataImage, Stream, StreamRange};

use super::{Periods, PlanSettings, Planner, Run, Scope, bytes, emptied, index_bytes};

/// A window with fewer ranges is not worth its requests.
pub(crate) const RANGES_MIN: usize = 4;

/// What is larger than this part of the largest object is large enough.
const CANDIDATE_PART: u64 = 4;

/// The numbers of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MergeSettings {
    /// Nothing is merged while all streams in scope together have no more ranges.
    pub(crate) ranges_max: usize,
    /// The largest object to make, in bytes of batches.
    pub(crate) bytes_max: u64,
    /// The least that the store copies, in bytes.
    pub(crate) piece_bytes_min: u64,
    /// A plan ends with so many merges; the next one goes on.
    pub(crate) merges_max: usize,
}

/// Neighbouring ranges of one stream that become one, in an object of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Merge {
    pub(crate) stream: StreamId,
    pub(crate) run: Run,
    /// What the indexes of its sources take.
    pub(crate) index_bytes: u64,
}

/// What to merge, oldest first. `unfit` are objects that cannot be parts of others.
pub(crate) fn plan(
    image: &MetadataImage,
    scope: &Scope<'_>,
    unfit: &BTreeSet<ObjectId>,
    settings: &PlanSettings,
    merging: &MergeSettings,
) -> Vec<Merge> {
    let streams = || image.streams().filter(|(_, stream)| (scope.wanted)(stream));
    let ranges: usize = streams().map(|(id, _)| image.ranges_from(id, Offset::ZERO).count()).sum();
    let mut too_many = ranges.saturating_sub(merging.ranges_max);
    if too_many == 0 {
        return Vec::new();
    }
    let planner = Planner { image, scope, settings, emptied: emptied(image, scope, settings) };
    let merger = Merger { planner, unfit, merging };
    let mut merges: Vec<_> = streams().flat_map(|(id, stream)| merger.merges(id, stream)).collect();
    // Ids are granted in order of time.
    merges.sort_by_key(|merge| (merge.run[0].object, merge.stream, merge.run[0].offsets.start));
    let enough = merges.iter().take_while(|merge| {
        let is_wanted = too_many > 0;
        too_many = too_many.saturating_sub(merge.run.len() - 1);
        is_wanted
    });
    let enough = enough.count().min(merging.merges_max);
    merges.truncate(enough);
    merges
}

struct Merger<'a> {
    planner: Planner<'a>,
    unfit: &'a BTreeSet<ObjectId>,
    merging: &'a MergeSettings,
}

impl Merger<'_> {
    fn merges(&self, id: StreamId, stream: &Stream) -> Vec<Merge> {
        let Planner { image, scope, settings, .. } = self.planner;
        let limits = (scope.limits)(stream.topic);
        let (first_tier, _) = self.planner.runs(id, stream);
        // The first tier goes first, so that what it leaves small stays small.
        let is_rested = first_tier.iter().all(|run| bytes(run) < settings.stream_object_min());
        if limits.dirty_span.is_some() || !is_rested {
            return Vec::new();
        }
        let ranges: Vec<_> = image.ranges_from(id, Offset::ZERO).collect();
        let bytes_max = self.merging.bytes_max.min(limits.bytes.unwrap_or(u64::MAX));
        let sizes = self.merging.piece_bytes_min..bytes_max / CANDIDATE_PART;
        let may_join = |range: &StreamRange| {
            sizes.contains(&range.size)
                && !self.planner.is_small(range)
                && !scope.unreadable.contains(&range.object)
                && !self.unfit.contains(&range.object)
        };
        let windows =
            self.planner.windows(&ranges, limits, stream.first_dirty, may_join, bytes_max);
        let mut periods = Periods::new(limits);
        let periods: Vec<_> = ranges.iter().map(|range| periods.of(range)).collect();
        let last_large = ranges.iter().rposition(|range| !self.planner.is_small(range));
        let is_closed = |end: usize| {
            last_large.is_some_and(|last| last >= end) || periods.last() != Some(&periods[end - 1])
        };
        let closed = windows.into_iter().filter(|w| w.len() >= RANGES_MIN && is_closed(w.end));
        let merge = |run: &[StreamRange]| Merge {
            stream: id,
            run: run.to_vec(),
            index_bytes: run.iter().map(|range| index_bytes(image, range.object)).sum(),
        };
        closed.map(|window| merge(&ranges[window])).collect()
    }
}
