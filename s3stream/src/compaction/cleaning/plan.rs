//! Which stream to clean next: a pure function of the image and the clock.

use std::collections::BTreeSet;
use std::ops::Range;

use penstock_model::command::CheckpointRef;
use penstock_model::id::{ObjectId, Offset, StreamId, Timestamp, TopicId};
use penstock_model::image::{MetadataImage, Stream, StreamRange};

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

/// The stream that needs it most.
pub(crate) fn dirtiest(image: &MetadataImage, scope: &CleaningScope<'_>) -> Option<Due> {
    // Streams of one topic mostly follow each other.
    let mut known: Option<(TopicId, Option<CleaningRules>)> = None;
    let due = image.streams().filter_map(|(id, stream)| {
        let rules = match known {
            Some((topic, rules)) if topic == stream.topic => rules,
            _ => (scope.rules)(stream.topic),
        };
        known = Some((stream.topic, rules));
        due(image, scope, rules?, id, stream)
    });
    due.max_by(|a, b| a.ratio.total_cmp(&b.ratio))
}

fn due(
    image: &MetadataImage,
    scope: &CleaningScope<'_>,
    rules: CleaningRules,
    id: StreamId,
    stream: &Stream,
) -> Option<Due> {
    // What its owner has not folded yet is nobody's to judge.
    let checkpoint = stream.checkpoint?;
    if !(scope.wanted)(id, stream) {
        return None;
    }
    let age = |range: &StreamRange| {
        u64::try_from(scope.now.0.saturating_sub(range.max_timestamp.0)).unwrap_or(0)
    };
    let first_dirty = stream.first_dirty.max(stream.start);
    let (mut clean_bytes, mut dirty_bytes, mut oldest) = (0, 0, None);
    let mut end = first_dirty;
    for range in image.ranges_from(id, Offset::ZERO) {
        if range.offsets.end <= first_dirty {
            clean_bytes += range.size;
        } else if range.offsets.end <= checkpoint.offset && age(&range) >= rules.lag_min {
            dirty_bytes += range.size;
            oldest = oldest.or(Some(age(&range)));
            end = range.offsets.end;
        } else {
            break;
        }
        if scope.unreadable.contains(&range.object) {
            return None;
        }
    }
    let oldest = oldest?;
    let is_overdue = oldest > rules.lag_max;
    let is_enough = dirty_bytes >= rules.dirty_bytes_min.min(DIRTY_BYTES_ENOUGH)
        || oldest >= rules.dirty_age_min;
    let ratio = dirty_bytes as f64 / (clean_bytes + dirty_bytes).max(1) as f64;
    let is_due = is_overdue || is_enough && ratio > rules.dirty_ratio_min;
    let topic = stream.topic;
    is_due.then_some(Due { stream: id, topic, dirty: first_dirty..end, checkpoint, ratio })
}

#[cfg(test)]
mod tests;
