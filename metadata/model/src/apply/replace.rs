//! The commit of a compaction: one object for several, over the same offsets.
//!
//! ```text
//!   before   |-- 7 --|- 8 -|---- 9 ----|--- 12 ---|
//!   run              8 and 9, from here to there     as the sender saw them
//!   after    |-- 7 --|------- 13 ------|--- 12 ---|
//! ```
//!
//! Somebody may have trimmed, deleted or replaced since: then the run finds other ranges than those
//! it names, and has no effect. So whatever else happened, what stands is contiguous.

use std::collections::BTreeSet;

use super::broker::require_active;
use super::commit::{Found, committed, find_lease, require};
use super::storage::{release, retain};
use crate::command::{
    AdvanceFirstDirty, MovedCheckpoint, Refused, ReplaceRanges, ReplacedRun, Reply,
};
use crate::id::{ObjectId, Timestamp};
use crate::image::{MetadataImage, Object, StoredRange, StreamRange};

pub(super) fn ranges(image: &mut MetadataImage, command: &ReplaceRanges) -> Result<Reply, Refused> {
    check_form(command)?;
    require_active(image, command.broker)?;
    let object = command.object;
    match find_lease(image, command.broker, &[object])? {
        Found::NoObjects => unreachable!("there is one"),
        Found::Committed => return Ok(replaced_before(image, command)),
        Found::Leased(first) => {
            image.leases.remove(&first);
        }
    }
    // One reference of its own, until the ranges and checkpoints have taken theirs.
    let ranges = command.runs.iter().map(|run| run.size);
    let checkpoints = command.checkpoints.iter().map(|moved| moved.to.size.into());
    let content = ranges.chain(checkpoints).fold(0, u64::saturating_add);
    image.objects.insert(object.id, Object::committed(&object, content));
    let mut skipped = BTreeSet::new();
    for run in &command.runs {
        if !replace(image, object.id, run, command.now)? {
            skipped.insert(run.stream);
        }
    }
    for moved in &command.checkpoints {
        if !move_checkpoint(image, moved, command.now)? {
            skipped.insert(moved.stream);
        }
    }
    release(image, object.id, command.now);
    Ok(committed(skipped))
}

pub(super) fn advance_first_dirty(
    image: &mut MetadataImage,
    command: &AdvanceFirstDirty,
) -> Result<Reply, Refused> {
    require_active(image, command.broker)?;
    for (id, offset) in &command.streams {
        if let Some(stream) = image.streams.get_mut(id) {
            require(*offset <= stream.end, "a stream is cleaned past its end")?;
            stream.first_dirty = stream.first_dirty.max(*offset);
        }
    }
    Ok(Reply::Done)
}

/// What can be said of a command without an image.
fn check_form(command: &ReplaceRanges) -> Result<(), Refused> {
    let object = &command.object;
    require(object.index_position <= object.size, "an index behind its object's end")?;
    if command.runs.is_empty() && command.checkpoints.is_empty() {
        return Err(Refused::Empty("a replacement of nothing"));
    }
    for run in &command.runs {
        require(run.offsets.start < run.offsets.end, "an empty range")?;
        require(!run.objects.is_empty(), "a run that takes no range's place")?;
        require(!run.objects.contains(&object.id), "an object that takes its own place")?;
        require(run.size <= object.size, "a range larger than its object")?;
    }
    for MovedCheckpoint { to, .. } in &command.checkpoints {
        require(to.object == object.id, "a checkpoint without its object")?;
        let end = to.position.checked_add(u64::from(to.size));
        let within = end.is_some_and(|end| end <= object.size);
        require(within, "a checkpoint behind its object's end")?;
    }
    Ok(())
}

/// The answer to the retry of an applied command, as far as it can still be told.
fn replaced_before(image: &MetadataImage, command: &ReplaceRanges) -> Reply {
    let object = command.object.id;
    let stands = |run: &&ReplacedRun| {
        let range = image.ranges_from(run.stream, run.offsets.start).next();
        range.is_some_and(|range| range.object == object && range.offsets == run.offsets)
    };
    let runs = command.runs.iter().filter(|run| !stands(run)).map(|run| run.stream);
    let moved = |moved: &&MovedCheckpoint| {
        image.stream(moved.stream).is_some_and(|stream| stream.checkpoint == Some(moved.to))
    };
    let checkpoints = command.checkpoints.iter().filter(|checkpoint| !moved(checkpoint));
    committed(runs.chain(checkpoints.map(|checkpoint| checkpoint.stream)).collect())
}

/// Puts one range in the place of those that the run names. False if the stream has others.
fn replace(
    image: &mut MetadataImage,
    object: ObjectId,
    run: &ReplacedRun,
    now: Timestamp,
) -> Result<bool, Refused> {
    let Some(mut stream) = image.stream(run.stream).copied() else { return Ok(false) };
    let former: Vec<StreamRange> = image
        .ranges_from(run.stream, run.offsets.start)
        .take(run.objects.len())
        .take_while(|range| range.offsets.end <= run.offsets.end)
        .collect();
    let begins = former.first().is_some_and(|range| range.offsets.start == run.offsets.start);
    let ends = former.last().is_some_and(|range| range.offsets.end == run.offsets.end);
    let objects = former.iter().map(|range| range.object);
    if !begins || !ends || !objects.eq(run.objects.iter().copied()) {
        return Ok(false);
    }
    retain(image, object)?;
    for range in &former {
        image.ranges.remove(&(run.stream, range.offsets.start));
        stream.bytes -= range.size;
        release(image, range.object, now);
    }
    let stored = StoredRange {
        end: run.offsets.end,
        object,
        max_timestamp: run.max_timestamp,
        size: run.size,
    };
    image.ranges.insert((run.stream, run.offsets.start), stored);
    stream.bytes = stream.bytes.checked_add(run.size).ok_or(Refused::Exhausted("stream bytes"))?;
    if run.cleaned {
        stream.gaps_to = stream.gaps_to.max(run.offsets.end);
    }
    image.streams.insert(run.stream, stream);
    Ok(true)
}

/// Says where the stream's checkpoint lies now. False if it has another one.
fn move_checkpoint(
    image: &mut MetadataImage,
    moved: &MovedCheckpoint,
    now: Timestamp,
) -> Result<bool, Refused> {
    let MovedCheckpoint { stream: id, from, to } = *moved;
    let Some(mut stream) = image.stream(id).copied() else { return Ok(false) };
    let same = |former: &crate::command::CheckpointRef| {
        (former.object, former.offset, former.size) == (from, to.offset, to.size)
    };
    if !stream.checkpoint.as_ref().is_some_and(same) {
        return Ok(false);
    }
    retain(image, to.object)?;
    stream.checkpoint = Some(to);
    image.streams.insert(id, stream);
    release(image, from, now);
    Ok(true)
}
