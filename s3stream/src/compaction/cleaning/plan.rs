//! Which stream to clean next: a pure function of the image and the clock.

use std::collections::BTreeSet;
use std::ops::Range;

use penstock_model::command::CheckpointRef;
use penstock_model::id::{ObjectId, Offset, StreamId, Timestamp, TopicId};
use penstock_model::image::{MetadataImage, Stream, StreamRange};
use penstock_planted::{self as planted, Bug};

use super::CleaningRules;

/// However large segments may be, so many bytes are worth to be looked at: what is clean is read, and
/// partly written, with them.
const DIRTY_BYTES_ENOUGH: u64 = 8 << 20;

/// What the plan is to look at.
pub(crate) struct CleaningScope<'a> {
    /// Whether the stream is to be cleaned here.
    pub(crate) wanted: &'a dyn Fn(StreamId, &Stream) -> bool,
    /// When a topic's streams are cleaned.
    pub(crate) rules: &'a dyn Fn(TopicId) -> Option<CleaningRules>,
    /// Objects that cannot be read: streams that are in them stay as they are.
    pub(crate) unreadable: &'a BTreeSet<ObjectId>,
    /// How many milliseconds ago a stream was cleaned, if it was since the start.
    pub(crate) cleaned_ago: &'a dyn Fn(StreamId) -> Option<u64>,
    /// The clock.
    pub(crate) now: Timestamp,
}

/// A stream that is due.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Due {
    pub(crate) stream: StreamId,
    pub(crate) topic: TopicId,
    /// What is dirty, and may be cleaned.
    pub(crate) dirty: Range<Offset>,
    pub(crate) checkpoint: CheckpointRef,
    /// The share of its bytes that is dirty.
    ratio: f64,
}

/// The streams that are due, those that need it most first.
pub(crate) fn plan(image: &MetadataImage, scope: &CleaningScope<'_>) -> Vec<Due> {
    // Streams of one topic mostly follow each other.
    let mut known: Option<(TopicId, Option<CleaningRules>)> = None;
    let due = image.streams().filter_map(|(id, stream)| {
        // What its owner has not folded yet is nobody's to judge.
        let checkpoint = stream.checkpoint?;
        if !(scope.wanted)(id, stream) {
            return None;
        }
        let rules = match known {
            Some((topic, rules)) if topic == stream.topic => rules,
            _ => (scope.rules)(stream.topic),
        };
        known = Some((stream.topic, rules));
        due(image, scope, (id, stream), checkpoint, &rules?)
    });
    let mut due: Vec<Due> = due.collect();
    due.sort_by(|a, b| b.ratio.total_cmp(&a.ratio));
    due
}

/// Whether one stream is due.
pub(crate) fn of_stream(
    image: &MetadataImage,
    scope: &CleaningScope<'_>,
    id: StreamId,
) -> Option<Due> {
    let stream = image.stream(id).filter(|stream| (scope.wanted)(id, stream))?;
    due(image, scope, (id, stream), stream.checkpoint?, &(scope.rules)(stream.topic)?)
}

fn due(
    image: &MetadataImage,
    scope: &CleaningScope<'_>,
    (id, stream): (StreamId, &Stream),
    checkpoint: CheckpointRef,
    rules: &CleaningRules,
) -> Option<Due> {
    // Where no record is left there is no age either.
    let age = |range: &StreamRange| match range.max_timestamp {
        Timestamp(..0) => None,
        Timestamp(time) => Some(u64::try_from(scope.now.0.saturating_sub(time)).unwrap_or(0)),
    };
    let may_go = |range: &StreamRange| {
        age(range).is_none_or(|age| age >= rules.lag_min) || planted::is(Bug::CompactionPastLag)
    };
    let first_dirty = stream.first_dirty.max(stream.start);
    let (mut clean_bytes, mut dirty_bytes, mut oldest) = (0, 0, None);
    let mut end = first_dirty;
    let mut is_readable = !scope.unreadable.contains(&checkpoint.object);
    for range in image.ranges_from(id, Offset::ZERO) {
        if range.offsets.end <= first_dirty {
            clean_bytes += range.size;
        } else if range.offsets.end <= checkpoint.offset && may_go(&range) {
            dirty_bytes += range.size;
            oldest = oldest.or(age(&range));
            end = range.offsets.end;
        } else {
            break;
        }
        is_readable &= !scope.unreadable.contains(&range.object);
    }
    let oldest = oldest.filter(|_| is_readable)?;
    // Records that come with old times are not a reason to read all of the log for each of them.
    let patience = rules.dirty_age_min.min(rules.lag_max);
    let is_rested = (scope.cleaned_ago)(id).is_none_or(|ago| ago >= patience);
    let is_overdue = is_rested && oldest > rules.lag_max;
    let is_old = is_rested && oldest >= rules.dirty_age_min;
    let is_enough = dirty_bytes >= rules.dirty_bytes_min.min(DIRTY_BYTES_ENOUGH) || is_old;
    let ratio = dirty_bytes as f64 / (clean_bytes + dirty_bytes).max(1) as f64;
    let is_due = is_overdue || is_enough && ratio > rules.dirty_ratio_min;
    let topic = stream.topic;
    is_due.then_some(Due { stream: id, topic, dirty: first_dirty..end, checkpoint, ratio })
}

#[cfg(test)]
mod tests;
