//! Rules about streams, ranges, objects and leases (design 2, invariant 6).

use std::collections::BTreeMap;

use super::{Violation, require};
use crate::id::{ObjectId, Offset, StreamId};
use crate::image::{MetadataImage, ObjectLife, Stream, WalState};

pub(super) fn check_streams(image: &MetadataImage) -> Result<(), Violation> {
    for (id, stream) in image.streams() {
        let subject = || format!("stream {id}");
        require(id < image.next.stream, "the counter is above every stream", subject)?;
        let owner = image.wal(stream.owner).map(|wal| wal.state);
        let owned = matches!(owner, Some(WalState::Active | WalState::Fenced));
        require(owned, "its owner exists and is not closed", subject)?;
        let indexed = image.owned.get(&stream.owner).is_some_and(|owned| owned.contains(&id));
        require(indexed, "its owner's index holds it", subject)?;
        require(i32::try_from(stream.epoch.0).is_ok(), "Kafka can state its epoch", subject)?;
        require(stream.start <= stream.end, "it starts before it ends", subject)?;
        require(i64::try_from(stream.end.0).is_ok(), "Kafka can state its end", subject)?;
        let folded = stream.checkpoint.is_none_or(|checkpoint| checkpoint.offset <= stream.end);
        require(folded, "its checkpoint is of committed records", subject)?;
        let cleaned = stream.first_dirty.max(stream.gaps_to) <= stream.end;
        require(cleaned, "only committed records are compacted", subject)?;
    }
    let empty = image.owned.values().any(imbl::OrdSet::is_empty);
    require(!empty, "an owner without streams is not in the index", || "owners".into())?;
    let indexed: usize = image.owned.values().map(imbl::OrdSet::len).sum();
    require(indexed == image.streams.len(), "the index holds streams once", || "owners".into())
}

/// Ranges are contiguous up to the stream's end, and the first is the one that holds its start.
pub(super) fn check_ranges(image: &MetadataImage) -> Result<(), Violation> {
    let mut counted = 0;
    for (id, stream) in image.streams() {
        counted += check_ranges_of(image, id, stream)?;
    }
    require(counted == image.ranges.len(), "every range is a stream's", || "ranges".into())
}

fn check_ranges_of(
    image: &MetadataImage,
    id: StreamId,
    stream: &Stream,
) -> Result<usize, Violation> {
    let subject = || format!("stream {id}");
    let (mut count, mut bytes, mut reached) = (0, 0_u64, None::<Offset>);
    for range in image.ranges_from(id, Offset::ZERO) {
        let offsets = range.offsets;
        require(offsets.start < offsets.end, "a range is not empty", subject)?;
        match reached {
            None => {
                let first = offsets.start <= stream.start && stream.start < offsets.end;
                require(first, "the first range holds the start", subject)?;
            }
            Some(end) => require(offsets.start == end, "ranges follow each other", subject)?,
        }
        reached = Some(offsets.end);
        bytes = bytes.saturating_add(range.size);
        count += 1;
    }
    require(reached.unwrap_or(stream.start) == stream.end, "ranges reach the end", subject)?;
    require(bytes == stream.bytes, "its bytes are those of its ranges", subject)?;
    Ok(count)
}

/// Reference counts are exact, and an object without references is destroyed.
pub(super) fn check_objects(image: &MetadataImage) -> Result<(), Violation> {
    let in_ranges = image.ranges.values().map(|range| range.object);
    let in_checkpoints = image.streams.values().filter_map(|stream| stream.checkpoint);
    let mut references = BTreeMap::<ObjectId, u32>::new();
    for id in in_ranges.chain(in_checkpoints.map(|checkpoint| checkpoint.object)) {
        require(image.objects.contains_key(&id), "what is referred to exists", || {
            format!("object {id}")
        })?;
        *references.entry(id).or_default() += 1;
    }
    let mut destroyed = 0;
    for (id, object) in image.objects() {
        let subject = || format!("object {id}");
        require(id < image.next.object, "the counter is above every object", subject)?;
        require(object.index_position <= object.size, "its index is within it", subject)?;
        let counted = references.get(&id).copied();
        match object.life {
            ObjectLife::Live { references } => {
                require(references > 0, "an object without references is destroyed", subject)?;
                require(counted == Some(references), "its references are counted", subject)?;
            }
            ObjectLife::Destroyed { at } => {
                destroyed += 1;
                require(counted.is_none(), "a destroyed object is not referred to", subject)?;
                let indexed = image.destroyed.contains(&(at, id));
                require(indexed, "a destroyed object is in the index", subject)?;
            }
        }
    }
    let exact = image.destroyed.len() == destroyed;
    require(exact, "the index holds destroyed objects only", || "destroyed".into())
}

pub(super) fn check_leases(image: &MetadataImage) -> Result<(), Violation> {
    let mut granted = ObjectId(0);
    for (first, lease) in image.leases() {
        let subject = || format!("lease of object {first}");
        require(first < lease.end, "it promises an id", subject)?;
        require(granted <= first, "no id is promised twice", subject)?;
        require(lease.end <= image.next.object, "the counter is above every lease", subject)?;
        require(image.wal(lease.broker).is_some(), "its broker exists", subject)?;
        let committed = image.objects.range(first..lease.end).next().is_some();
        require(!committed, "no promised id is an object", subject)?;
        granted = lease.end;
    }
    Ok(())
}
