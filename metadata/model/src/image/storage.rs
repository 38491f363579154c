//! Streams, the ranges that make them up, objects and leases of object ids.

use std::ops::Range;

use super::MetadataImage;
use crate::command::{CheckpointRef, ObjectKind, UploadedObject};
use crate::id::{
    BrokerEpoch, ObjectId, Offset, RequestId, StreamEpoch, StreamId, Timestamp, TopicId,
};

/// The log of one partition, as far as it is in objects.
///
/// Its ranges are contiguous up to `end`. The first may begin before `start`, because ranges are
/// dropped whole; if there is none, `start` equals `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    /// The topic it belongs to.
    pub topic: TopicId,
    /// The partition's number.
    pub partition: u32,
    /// The ownership's epoch.
    pub epoch: StreamEpoch,
    /// The broker epoch that owns it.
    pub owner: BrokerEpoch,
    /// The first offset that may be read.
    pub start: Offset,
    /// All before it is committed; what follows is in the owner's log.
    pub end: Offset,
    /// Stored bytes of its ranges.
    pub bytes: u64,
    /// The state that opening it starts from.
    pub checkpoint: Option<CheckpointRef>,
    /// Before it, log compaction may have left offsets out.
    pub gaps_to: Offset,
    /// Log compaction has looked at all before it.
    pub first_dirty: Offset,
}

/// What the map of ranges holds behind (stream, first offset).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StoredRange {
    pub(crate) end: Offset,
    pub(crate) object: ObjectId,
    pub(crate) max_timestamp: Timestamp,
    pub(crate) size: u64,
}

/// Contiguous offsets of one stream in one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamRange {
    /// The offsets. The object may hold earlier ones too, which another object served first: a
    /// reader skips what is before the range.
    pub offsets: Range<Offset>,
    /// The object.
    pub object: ObjectId,
    /// The greatest record timestamp of the range as it was uploaded.
    pub max_timestamp: Timestamp,
    /// Stored bytes of the range as it was uploaded.
    pub size: u64,
}

/// An object that was committed and not forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Object {
    /// What it holds.
    pub kind: ObjectKind,
    /// Its size in bytes.
    pub size: u64,
    /// Where its index begins, in bytes.
    pub index_position: u64,
    /// Stored bytes of the ranges and checkpoints that it was committed with; 0 where an older
    /// release took the snapshot.
    pub content: u64,
    /// Whether it is in use.
    pub life: ObjectLife,
}

impl Object {
    /// An object that is being committed, with one reference of its own: until ranges and
    /// checkpoints have taken theirs, nothing can destroy it.
    pub(crate) fn committed(object: &UploadedObject, content: u64) -> Self {
        let UploadedObject { kind, size, index_position, .. } = *object;
        let life = ObjectLife::Live { references: 1 };
        Self { kind, size, index_position, content, life }
    }
}

/// Whether an object is in use. A destroyed one never comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectLife {
    /// Ranges and checkpoints refer to it.
    Live {
        /// How many; at least one.
        references: u32,
    },
    /// Nothing refers to it; it may be deleted once no read can be under way.
    Destroyed {
        /// The clock of whoever let go of the last reference.
        at: Timestamp,
    },
}

/// Consecutive object ids promised to one upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The broker that may commit them.
    pub broker: BrokerEpoch,
    /// The request that they were granted to.
    pub request: RequestId,
    /// The id after the last; the first is the lease's key.
    pub end: ObjectId,
    /// When it may be expired.
    pub deadline: Timestamp,
    /// It ended without a commit; what was put under it is to be deleted.
    pub expired: bool,
}

impl MetadataImage {
    /// Whether the stream exists or has existed. A log that names another was written under newer
    /// metadata, or under another cluster's.
    #[must_use]
    pub fn was_granted(&self, stream: StreamId) -> bool {
        stream < self.next.stream
    }

    /// One stream.
    #[must_use]
    pub fn stream(&self, id: StreamId) -> Option<&Stream> {
        self.streams.get(&id)
    }

    /// Every stream, by id.
    pub fn streams(&self) -> impl Iterator<Item = (StreamId, &Stream)> {
        self.streams.iter().map(|(id, stream)| (*id, stream))
    }

    /// The streams that a broker epoch owns, by id.
    pub fn streams_of(&self, owner: BrokerEpoch) -> impl Iterator<Item = (StreamId, &Stream)> {
        let ids = self.owned.get(&owner).into_iter().flatten();
        ids.filter_map(|id| self.stream(*id).map(|stream| (*id, stream)))
    }

    /// How many streams a broker epoch owns.
    #[must_use]
    pub fn owned_count(&self, owner: BrokerEpoch) -> usize {
        self.owned.get(&owner).map_or(0, imbl::OrdSet::len)
    }

    /// The committed ranges of a stream in order, from the one that contains `offset`, or else
    /// the first after it.
    pub fn ranges_from(
        &self,
        stream: StreamId,
        offset: Offset,
    ) -> impl DoubleEndedIterator<Item = StreamRange> {
        let containing = self
            .ranges
            .get_prev(&(stream, offset))
            .filter(|((of, _), range)| *of == stream && range.end > offset)
            .map_or(offset, |((_, start), _)| *start);
        self.ranges.range((stream, containing)..=(stream, Offset(u64::MAX))).map(
            |((_, start), range)| StreamRange {
                offsets: *start..range.end,
                object: range.object,
                max_timestamp: range.max_timestamp,
                size: range.size,
            },
        )
    }

    /// One object, live or destroyed.
    #[must_use]
    pub fn object(&self, id: ObjectId) -> Option<&Object> {
        self.objects.get(&id)
    }

    /// The id that the next lease begins with: no object has it, or a greater one.
    #[must_use]
    pub fn next_object(&self) -> ObjectId {
        self.next.object
    }

    /// Whether ranges or checkpoints refer to an object.
    #[must_use]
    pub fn is_live(&self, id: ObjectId) -> bool {
        self.object(id).is_some_and(|object| matches!(object.life, ObjectLife::Live { .. }))
    }

    /// Every object, live or destroyed, by id.
    pub fn objects(&self) -> impl Iterator<Item = (ObjectId, &Object)> {
        self.objects.iter().map(|(id, object)| (*id, object))
    }

    /// Objects that were destroyed before a time, the longest ago first.
    pub fn destroyed_before(&self, time: Timestamp) -> impl Iterator<Item = (Timestamp, ObjectId)> {
        self.destroyed.range(..(time, ObjectId(0))).copied()
    }

    /// The lease that promises this object id.
    #[must_use]
    pub fn lease_of(&self, object: ObjectId) -> Option<(ObjectId, &Lease)> {
        let (first, lease) = self.leases.get_prev(&object)?;
        (object < lease.end).then_some((*first, lease))
    }

    /// Every lease by its first id.
    pub fn leases(&self) -> impl Iterator<Item = (ObjectId, &Lease)> {
        self.leases.iter().map(|(first, lease)| (*first, lease))
    }

    /// The leases, by first id, whose deadline is not after `now`: those to be expired, and those
    /// that were.
    pub fn expired_leases(&self, now: Timestamp) -> impl Iterator<Item = (ObjectId, &Lease)> {
        self.leases().filter(move |(_, lease)| lease.deadline <= now)
    }
}
