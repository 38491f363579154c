//! The commit of an upload (design 4.1.1, rule 5).
//!
//! ```text
//!   stream    start ────────── end
//!                    [ covered ]            no effect: the offsets are committed already
//!                         [ clipped ────)   joins at the end, minus what is there
//!                               [ ──────)   joins at the end
//!                                   [ ──)   refused, with the whole upload: a gap would open
//! ```
//!
//! A stream that is gone or of another owner is skipped: its records are of no use, and the trim
//! position passes over them. A gap in a stream that the sender owns is another matter. Records
//! are missing that the log may still hold, and a trim would lose them for good.

use std::collections::{BTreeMap, BTreeSet};

use super::OFFSET_MAX;
use super::broker::require_active;
use super::storage::{owned_stream, release, retain};
use crate::command::{CheckpointRef, CommitUpload, Refused, Reply, UploadedObject, UploadedRange};
use crate::id::{BrokerEpoch, ObjectId, StreamId, Timestamp};
use crate::image::{MetadataImage, Object, StoredRange, Wal};

pub(super) fn upload(image: &mut MetadataImage, command: &CommitUpload) -> Result<Reply, Refused> {
    check_form(command)?;
    require_active(image, command.broker)?;
    let wal = *image.wal(command.broker).expect("an active epoch has a log");
    if must_inherit_first(image, &wal) {
        return Err(Refused::Malformed("a commit before the node's earlier logs were inherited"));
    }
    if command.wal.start > wal.trim {
        let (from, trim) = (command.wal.start, wal.trim);
        return Err(Refused::UploadOutOfOrder { from, trim });
    }
    match find_lease(image, command.broker, &command.objects)? {
        Found::Committed => return Ok(committed_before(image, command)),
        Found::NoObjects => {}
        Found::Leased(first) => {
            image.leases.remove(&first);
        }
    }

    // Each object is held by one reference of its own until the ranges and checkpoints have
    // taken theirs, so that letting go of it destroys an object that nothing needed.
    let content = content(command);
    for object in &command.objects {
        let content = content.get(&object.id).copied().unwrap_or(0);
        image.objects.insert(object.id, Object::committed(object, content));
    }
    let mut skipped = BTreeSet::new();
    for range in &command.ranges {
        if !join(image, command.broker, range)? {
            skipped.insert(range.stream);
        }
    }
    for (stream, checkpoint) in &command.checkpoints {
        let wanted = !skipped.contains(stream);
        if wanted && !set_checkpoint(image, command.broker, *stream, *checkpoint, command.now)? {
            skipped.insert(*stream);
        }
    }
    for object in &command.objects {
        release(image, object.id, command.now);
    }
    let wal = image.wals.get_mut(&command.broker).expect("it was read above");
    wal.trim = wal.trim.max(command.wal.end);
    Ok(committed(skipped))
}

/// A log goes on where its forerunner's ended: a trim before it was inherited would pass over the
/// forerunner's records unread.
fn must_inherit_first(image: &MetadataImage, wal: &Wal) -> bool {
    image.unrecovered(wal.node).next().is_some()
}

/// What a commit answers.
pub(super) fn committed(skipped: BTreeSet<StreamId>) -> Reply {
    Reply::Committed { skipped: skipped.into_iter().collect() }
}

/// Something that has to hold of a command, whatever the image.
pub(super) fn require(holds: bool, reason: &'static str) -> Result<(), Refused> {
    if holds { Ok(()) } else { Err(Refused::Malformed(reason)) }
}

/// What can be said of a command without an image.
fn check_form(command: &CommitUpload) -> Result<(), Refused> {
    require(command.wal.start <= command.wal.end, "the positions run backwards")?;
    let mut objects = BTreeMap::new();
    for object in &command.objects {
        require(object.index_position <= object.size, "an index behind its object's end")?;
        require(objects.insert(object.id, object).is_none(), "an object twice")?;
    }
    for range in &command.ranges {
        let object = objects.get(&range.object);
        let size = object.ok_or(Refused::Malformed("a range without its object"))?.size;
        require(range.offsets.start < range.offsets.end, "an empty range")?;
        require(range.offsets.end <= OFFSET_MAX, "an offset past what Kafka's protocol can state")?;
        require(range.size <= size, "a range larger than its object")?;
    }
    for (_, checkpoint) in &command.checkpoints {
        let object = objects.get(&checkpoint.object);
        let size = object.ok_or(Refused::Malformed("a checkpoint without its object"))?.size;
        let end = checkpoint.position.checked_add(u64::from(checkpoint.size));
        require(end.is_some_and(|end| end <= size), "a checkpoint behind its object's end")?;
    }
    Ok(())
}

/// The bytes of each object's ranges and checkpoints.
fn content(command: &CommitUpload) -> BTreeMap<ObjectId, u64> {
    let ranges = command.ranges.iter().map(|range| (range.object, range.size));
    let checkpoints = command.checkpoints.iter().map(|(_, c)| (c.object, c.size.into()));
    let mut content = BTreeMap::<ObjectId, u64>::new();
    for (object, bytes) in ranges.chain(checkpoints) {
        let sum = content.entry(object).or_default();
        *sum = sum.saturating_add(bytes);
    }
    content
}

/// How the ids of a commit's objects stand.
pub(super) enum Found {
    /// There are none: an upload that only moves the trim position.
    NoObjects,
    /// All belong to the lease with this first id.
    Leased(ObjectId),
    /// They were committed before.
    Committed,
}

/// A lease is the prepare of one commit, which ends it: the ids of one commit are all of one
/// lease, or, on a retry, all known as objects. Some may have been destroyed and even forgotten
/// between the commit and its retry; as long as one is known, the commit is recognized.
pub(super) fn find_lease(
    image: &MetadataImage,
    broker: BrokerEpoch,
    objects: &[UploadedObject],
) -> Result<Found, Refused> {
    let Some(one) = objects.first() else { return Ok(Found::NoObjects) };
    let lease_of = |id| image.lease_of(id).filter(|(_, lease)| lease.broker == broker);
    if let Some((first, lease)) = lease_of(one.id) {
        if lease.expired {
            return Err(Refused::NotLeased(one.id));
        }
        let stray = objects.iter().find(|o| o.id < first || o.id >= lease.end);
        return stray.map_or(Ok(Found::Leased(first)), |o| Err(Refused::NotLeased(o.id)));
    }
    let is_same = |known: &Object, object: &UploadedObject| {
        (known.kind, known.size, known.index_position)
            == (object.kind, object.size, object.index_position)
    };
    let mut known = false;
    for object in objects {
        match image.object(object.id) {
            Some(present) if is_same(present, object) => known = true,
            None if image.lease_of(object.id).is_none() => {}
            _ => return Err(Refused::NotLeased(object.id)),
        }
    }
    if known { Ok(Found::Committed) } else { Err(Refused::NotLeased(one.id)) }
}

/// The answer to the retry of an applied commit, as far as it can still be told.
fn committed_before(image: &MetadataImage, command: &CommitUpload) -> Reply {
    let broker = command.broker;
    let ranges = command.ranges.iter();
    let ranges = ranges.filter(|r| owned_stream(image, r.stream, broker, r.epoch).is_none());
    let checkpoints = command.checkpoints.iter().map(|(stream, _)| *stream);
    let checkpoints = checkpoints.filter(|id| image.stream(*id).is_none_or(|s| s.owner != broker));
    let skipped: BTreeSet<_> = ranges.map(|range| range.stream).chain(checkpoints).collect();
    committed(skipped)
}

/// Adds to the stream what the range has beyond its end. False if the stream is not the broker's.
fn join(
    image: &mut MetadataImage,
    broker: BrokerEpoch,
    range: &UploadedRange,
) -> Result<bool, Refused> {
    let Some(mut stream) = owned_stream(image, range.stream, broker, range.epoch) else {
        return Ok(false);
    };
    if range.offsets.start > stream.end {
        let (end, start) = (stream.end, range.offsets.start);
        return Err(Refused::Gap { stream: range.stream, end, start });
    }
    if range.offsets.end <= stream.end {
        return Ok(true);
    }
    let stored = StoredRange {
        end: range.offsets.end,
        object: range.object,
        max_timestamp: range.max_timestamp,
        size: range.size,
    };
    image.ranges.insert((range.stream, stream.end), stored);
    retain(image, range.object)?;
    stream.end = range.offsets.end;
    stream.bytes =
        stream.bytes.checked_add(range.size).ok_or(Refused::Exhausted("stream bytes"))?;
    image.streams.insert(range.stream, stream);
    Ok(true)
}

/// Puts the checkpoint in place of the stream's former one, unless that one knows more. False if
/// the stream is not the broker's.
fn set_checkpoint(
    image: &mut MetadataImage,
    broker: BrokerEpoch,
    id: StreamId,
    checkpoint: CheckpointRef,
    now: Timestamp,
) -> Result<bool, Refused> {
    let Some(mut stream) = image.stream(id).copied().filter(|stream| stream.owner == broker) else {
        return Ok(false);
    };
    if checkpoint.offset > stream.end {
        return Err(Refused::Malformed("a checkpoint past its stream's end"));
    }
    if stream.checkpoint.is_some_and(|former| former.offset > checkpoint.offset) {
        return Ok(true);
    }
    retain(image, checkpoint.object)?;
    if let Some(former) = stream.checkpoint.replace(checkpoint) {
        release(image, former.object, now);
    }
    image.streams.insert(id, stream);
    Ok(true)
}
