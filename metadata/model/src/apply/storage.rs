//! Leases, trims and the end of objects; and the counting of references to them.

use super::OFFSET_MAX;
use super::broker::require_active;
use crate::command::{LeaseObjects, Refused, Reply, TrimStreams};
use crate::id::{BrokerEpoch, ObjectId, Offset, StreamEpoch, StreamId, Timestamp};
use crate::image::{Lease, MetadataImage, ObjectLife, Stream};

pub(super) fn lease(image: &mut MetadataImage, command: &LeaseObjects) -> Result<Reply, Refused> {
    require_active(image, command.broker)?;
    if command.count == 0 {
        return Err(Refused::Empty("a lease without ids"));
    }
    // A scan: there are a few leases a broker, those of its uploads under way.
    let granted = image.leases().find(|(_, lease)| {
        lease.broker == command.broker && lease.request == command.request && !lease.expired
    });
    if let Some((first, lease)) = granted {
        return Ok(Reply::Leased(first..lease.end));
    }
    let first = image.next.object;
    let end = first.0.checked_add(u64::from(command.count));
    let end = ObjectId(end.ok_or(Refused::Exhausted("object ids"))?);
    image.next.object = end;
    let LeaseObjects { broker, request, deadline, .. } = *command;
    let lease = Lease { broker, request, end, deadline, expired: false };
    image.leases.insert(first, lease);
    Ok(Reply::Leased(first..end))
}

pub(super) fn expire_leases(
    image: &mut MetadataImage,
    leases: &[ObjectId],
    now: Timestamp,
) -> Result<Reply, Refused> {
    for first in leases {
        if let Some(lease) = image.leases.get_mut(first).filter(|lease| lease.deadline <= now) {
            lease.expired = true;
        }
    }
    Ok(Reply::Done)
}

pub(super) fn forget_leases(
    image: &mut MetadataImage,
    leases: &[ObjectId],
) -> Result<Reply, Refused> {
    for first in leases {
        if image.leases.get(first).is_some_and(|lease| lease.expired) {
            image.leases.remove(first);
        }
    }
    Ok(Reply::Done)
}

pub(super) fn forget(image: &mut MetadataImage, objects: &[ObjectId]) -> Result<Reply, Refused> {
    for id in objects {
        if let Some(ObjectLife::Destroyed { at }) = image.object(*id).map(|object| object.life) {
            image.objects.remove(id);
            image.destroyed.remove(&(at, *id));
        }
    }
    Ok(Reply::Done)
}

pub(super) fn trim(image: &mut MetadataImage, command: &TrimStreams) -> Result<Reply, Refused> {
    require_active(image, command.broker)?;
    for (id, epoch, start) in &command.starts {
        if *start > OFFSET_MAX {
            return Err(Refused::Malformed("an offset past what Kafka's protocol can state"));
        }
        let Some(mut stream) = owned_stream(image, *id, command.broker, *epoch) else { continue };
        if *start <= stream.start {
            continue;
        }
        stream.start = *start;
        stream.end = stream.end.max(*start);
        stream.bytes -= drop_ranges(image, *id, *start, command.now);
        image.streams.insert(*id, stream);
    }
    Ok(Reply::Done)
}

/// The stream, if this broker epoch owns it under this stream epoch.
pub(super) fn owned_stream(
    image: &MetadataImage,
    id: StreamId,
    owner: BrokerEpoch,
    epoch: StreamEpoch,
) -> Option<Stream> {
    image.stream(id).copied().filter(|stream| stream.owner == owner && stream.epoch == epoch)
}

/// Removes a stream with all that it refers to.
pub(super) fn remove_stream(image: &mut MetadataImage, id: StreamId, now: Timestamp) {
    let stream = image.streams.remove(&id).expect("a topic's streams exist");
    drop_ranges(image, id, stream.end, now);
    if let Some(checkpoint) = stream.checkpoint {
        release(image, checkpoint.object, now);
    }
    let owned = image.owned.get_mut(&stream.owner).expect("every owner is in the index");
    owned.remove(&id);
    if owned.is_empty() {
        image.owned.remove(&stream.owner);
    }
}

/// Drops the ranges that end at or before `start`; returns their bytes. One that straddles it
/// stays whole.
fn drop_ranges(image: &mut MetadataImage, stream: StreamId, start: Offset, now: Timestamp) -> u64 {
    let dropped: Vec<_> =
        image.ranges_from(stream, Offset::ZERO).take_while(|r| r.offsets.end <= start).collect();
    for range in &dropped {
        image.ranges.remove(&(stream, range.offsets.start));
        release(image, range.object, now);
    }
    dropped.iter().map(|range| range.size).sum()
}

/// One more range or checkpoint refers to a live object.
pub(super) fn retain(image: &mut MetadataImage, id: ObjectId) -> Result<(), Refused> {
    let object = image.objects.get_mut(&id).expect("the command brought the object");
    let ObjectLife::Live { references } = &mut object.life else {
        unreachable!("a destroyed object is never committed again");
    };
    *references = references.checked_add(1).ok_or(Refused::Exhausted("references"))?;
    Ok(())
}

/// One range or checkpoint less refers to the object; the last one destroys it.
pub(super) fn release(image: &mut MetadataImage, id: ObjectId, now: Timestamp) {
    let object = image.objects.get_mut(&id).expect("what is referred to exists");
    let ObjectLife::Live { references } = &mut object.life else {
        unreachable!("what is referred to is live");
    };
    *references -= 1;
    if *references == 0 {
        object.life = ObjectLife::Destroyed { at: now };
        image.destroyed.insert((now, id));
    }
}
