//! The records of `__consumer_offsets`, in Kafka's own formats: what tools that read the topic
//! expect.
//!
//! ```text
//!   key type 1  group, topic, partition   value  a committed offset, or a tombstone
//!   key type 2  group                     value  the group's members,  or a tombstone
//! ```

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use penstock_model::id::{Timestamp, TopicId};
use penstock_wire::group_metadata_key::GroupMetadataKey;
use penstock_wire::group_metadata_value::{GroupMetadataValue, MemberMetadata};
use penstock_wire::offset_commit_key::OffsetCommitKey;
use penstock_wire::offset_commit_value::OffsetCommitValue;
use penstock_wire::{
    DecodeError, RecordKey, Uuid, WireString, decode_record_key, decode_versioned,
    encode_record_key, encode_versioned, record_type,
};

use super::classic::{Client, MemberSnapshot, Snapshot};
use super::id::{Generation, GroupId, InstanceId, MemberId};
use super::offsets::Committed;

/// As Kafka 4.3 writes groups: the last version that is not flexible.
const GROUP_VERSION: i16 = 3;
/// Offsets, with the topic's id.
const OFFSET_VERSION: i16 = 4;
/// Offsets that expire when the client said; the only version that can tell.
const EXPIRING_OFFSET_VERSION: i16 = 1;

/// What a record takes in a batch beside key and value: lengths, and its place among the others.
const RECORD_BYTES: usize = 17;

/// The head of a batch.
const BATCH_BYTES: usize = 61;

/// Texts of records are counted in 15 bits: identifiers must be so short that what we add fits.
pub(crate) const TEXT_BYTES_MAX: usize = 16_384;

/// A record to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GroupRecord {
    pub(crate) key: Bytes,
    /// None for a tombstone.
    pub(crate) value: Option<Bytes>,
}

/// A record that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// A group, or the end of one.
    Group(GroupId, Option<Snapshot>),
    /// An offset, or the end of one.
    Offset(GroupId, Arc<str>, i32, Option<Committed>),
    /// Of a type that classic groups do not have.
    Other(i16),
}

/// Bytes of key and value of an offset's record, known before it is made: text lengths are all
/// that varies.
pub(crate) fn offset_bytes(group: &str, topic: &str, metadata: &str, expires: bool) -> usize {
    // Versions, lengths and numbers, as the two formats have them.
    let value = if expires { 28 } else { 41 + compact_length_bytes(metadata) };
    no_offset_bytes(group, topic) + value + metadata.len()
}

/// Bytes of the key that ends an offset.
pub(crate) fn no_offset_bytes(group: &str, topic: &str) -> usize {
    // The version, two lengths and the partition.
    10 + group.len() + topic.len()
}

/// Bytes of the key that ends a group.
pub(crate) fn no_group_bytes(group: &str) -> usize {
    // The version and a length.
    4 + group.len()
}

/// Bytes that a batch takes at most, before compression, of records with so many bytes of key and
/// value.
pub(crate) fn batch_bytes_max(records: impl Iterator<Item = usize>) -> usize {
    records.fold(BATCH_BYTES, |sum, bytes| sum.saturating_add(RECORD_BYTES.saturating_add(bytes)))
}

/// What is left of a batch while records are found for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BatchRoom(usize);

impl BatchRoom {
    /// Of a batch of so many bytes, before compression.
    pub(crate) fn of(bytes: usize) -> Self {
        Self(bytes.saturating_sub(BATCH_BYTES))
    }

    /// Takes room for a record with so many bytes of key and value; false where there is not so
    /// much.
    pub(crate) fn take(&mut self, bytes: usize) -> bool {
        let left = self.0.checked_sub(RECORD_BYTES.saturating_add(bytes));
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }
}

/// Bytes that state how long a text is where one byte has 7 bits of that, plus one.
fn compact_length_bytes(text: &str) -> usize {
    let bits = usize::BITS - (text.len() + 1).leading_zeros();
    usize::try_from(bits.div_ceil(7)).expect("a few bytes")
}

/// A group as it is.
pub(crate) fn group(group: &GroupId, snapshot: &Snapshot) -> GroupRecord {
    let member = |member: &MemberSnapshot| MemberMetadata {
        member_id: member.id.to_wire(),
        group_instance_id: member.instance.as_ref().map(InstanceId::to_wire),
        client_id: WireString::copy_from(&member.client.id),
        client_host: WireString::copy_from(&member.client.host),
        rebalance_timeout: milliseconds(member.rebalance_timeout),
        session_timeout: milliseconds(member.session_timeout),
        subscription: member.subscription.clone(),
        assignment: member.assignment.clone(),
    };
    let value = GroupMetadataValue {
        protocol_type: snapshot
            .protocol_type
            .as_deref()
            .map(WireString::copy_from)
            .unwrap_or_default(),
        generation: snapshot.generation.0,
        protocol: snapshot.protocol.as_deref().map(WireString::copy_from),
        leader: snapshot.leader.as_ref().map(MemberId::to_wire),
        current_state_timestamp: snapshot.since.map_or(-1, |since| since.0),
        members: snapshot.members.iter().map(member).collect(),
    };
    let value = encode_versioned(&value, GROUP_VERSION).expect("texts were checked when they came");
    GroupRecord { key: group_key(group), value: Some(value) }
}

/// The end of a group.
pub(crate) fn no_group(group: &GroupId) -> GroupRecord {
    GroupRecord { key: group_key(group), value: None }
}

/// A committed offset.
pub(crate) fn offset(
    group: &GroupId,
    topic: &str,
    partition: i32,
    committed: &Committed,
) -> GroupRecord {
    let value = OffsetCommitValue {
        offset: committed.offset,
        leader_epoch: committed.leader_epoch.unwrap_or(-1),
        metadata: WireString::copy_from(&committed.metadata),
        commit_timestamp: committed.committed_at.0,
        expire_timestamp: committed.expires_at.map_or(-1, |at| at.0),
        topic_id: committed.topic_id.map_or(Uuid::ZERO, |id| Uuid(id.0)),
    };
    let version =
        if committed.expires_at.is_some() { EXPIRING_OFFSET_VERSION } else { OFFSET_VERSION };
    let value = encode_versioned(&value, version).expect("texts were checked when they came");
    GroupRecord { key: offset_key(group, topic, partition), value: Some(value) }
}

/// The end of a committed offset.
pub(crate) fn no_offset(group: &GroupId, topic: &str, partition: i32) -> GroupRecord {
    GroupRecord { key: offset_key(group, topic, partition), value: None }
}

/// Reads a record.
///
/// # Errors
/// When it is of a known type and cannot be read.
pub(crate) fn read(key: &[u8], value: Option<&[u8]>) -> Result<Read, DecodeError> {
    let (key, value) = (Bytes::copy_from_slice(key), value.map(Bytes::copy_from_slice));
    match record_type(&key)? {
        GroupMetadataKey::RECORD_TYPE => {
            let key: GroupMetadataKey = decode_record_key(&key)?;
            let value = value.map(|value| decode_versioned(&value)).transpose()?;
            Ok(Read::Group(GroupId::new(&key.group), value.map(read_group)))
        }
        OffsetCommitKey::RECORD_TYPE => {
            let key: OffsetCommitKey = decode_record_key(&key)?;
            let value = value.map(|value| decode_versioned(&value)).transpose()?;
            let topic = Arc::from(&*key.topic);
            Ok(Read::Offset(GroupId::new(&key.group), topic, key.partition, value.map(read_offset)))
        }
        other => Ok(Read::Other(other)),
    }
}

fn group_key(group: &GroupId) -> Bytes {
    let key = GroupMetadataKey { group: group.to_wire() };
    encode_record_key(&key).expect("a group's id was checked when it came")
}

fn offset_key(group: &GroupId, topic: &str, partition: i32) -> Bytes {
    let key =
        OffsetCommitKey { group: group.to_wire(), topic: WireString::copy_from(topic), partition };
    encode_record_key(&key).expect("a group's id was checked when it came")
}

fn read_group(value: GroupMetadataValue) -> Snapshot {
    let member = |member: MemberMetadata| {
        let session_timeout = duration(member.session_timeout);
        let rebalance_timeout = match member.rebalance_timeout {
            // Before version 1 there was only one.
            -1 => session_timeout,
            timeout => duration(timeout),
        };
        MemberSnapshot {
            id: MemberId::new(&member.member_id),
            instance: member.group_instance_id.as_deref().map(InstanceId::new),
            client: Client {
                id: Arc::from(&*member.client_id),
                host: Arc::from(&*member.client_host),
            },
            rebalance_timeout,
            session_timeout,
            subscription: Bytes::copy_from_slice(&member.subscription),
            assignment: Bytes::copy_from_slice(&member.assignment),
        }
    };
    Snapshot {
        protocol_type: Some(Arc::from(&*value.protocol_type))
            .filter(|kind: &Arc<str>| !kind.is_empty()),
        protocol: value.protocol.as_deref().map(Arc::from),
        generation: Generation(value.generation),
        leader: value.leader.as_deref().map(MemberId::new),
        since: Some(Timestamp(value.current_state_timestamp)).filter(|since| since.0 != -1),
        members: value.members.into_iter().map(member).collect(),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what was read")]
fn read_offset(value: OffsetCommitValue) -> Committed {
    Committed {
        offset: value.offset,
        leader_epoch: Some(value.leader_epoch).filter(|epoch| *epoch != -1),
        metadata: Arc::from(&*value.metadata),
        committed_at: Timestamp(value.commit_timestamp),
        expires_at: Some(Timestamp(value.expire_timestamp)).filter(|at| at.0 != -1),
        topic_id: Some(TopicId(value.topic_id.0)).filter(|id| id.0 != Uuid::ZERO.0),
    }
}

fn milliseconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_millis()).unwrap_or(i32::MAX)
}

fn duration(milliseconds: i32) -> Duration {
    Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn committed() -> Committed {
        Committed {
            offset: 7,
            leader_epoch: Some(2),
            metadata: Arc::from("m"),
            committed_at: Timestamp(9),
            expires_at: None,
            topic_id: Some(TopicId([5; 16])),
        }
    }

    fn snapshot() -> Snapshot {
        Snapshot {
            protocol_type: Some(Arc::from("consumer")),
            protocol: Some(Arc::from("range")),
            generation: Generation(3),
            leader: Some(MemberId::new("a")),
            since: Some(Timestamp(4)),
            members: vec![MemberSnapshot {
                id: MemberId::new("a"),
                instance: Some(InstanceId::new("i")),
                client: Client { id: Arc::from("c"), host: Arc::from("/h") },
                rebalance_timeout: Duration::from_millis(2),
                session_timeout: Duration::from_millis(1),
                subscription: Bytes::from_static(b"S"),
                assignment: Bytes::from_static(b"A"),
            }],
        }
    }

    #[test]
    fn offsets_are_kafkas_bytes() {
        let id = GroupId::new("g");
        let record = offset(&id, "t", 3, &committed());
        assert_eq!(record.key, &b"\0\x01\0\x01g\0\x01t\0\0\0\x03"[..]);
        let mut golden =
            b"\0\x04\0\0\0\0\0\0\0\x07\0\0\0\x02\x02m\0\0\0\0\0\0\0\x09\x01\0\x10".to_vec();
        golden.extend([5; 16]);
        assert_eq!(record.value.as_deref(), Some(&golden[..]));
        let expiring = Committed { expires_at: Some(Timestamp(8)), ..committed() };
        let record = offset(&id, "t", 3, &expiring);
        let golden = b"\0\x01\0\0\0\0\0\0\0\x07\0\x01m\0\0\0\0\0\0\0\x09\0\0\0\0\0\0\0\x08";
        assert_eq!(record.value.as_deref(), Some(&golden[..]));
    }

    #[test]
    fn the_size_of_an_offset_is_known_before_it_is_written() {
        fn check(metadata_bytes: usize, expires: bool) {
            let (group, topic) = (GroupId::new("group"), "topic");
            let metadata: Arc<str> = Arc::from("x".repeat(metadata_bytes));
            let expires_at = expires.then_some(Timestamp(8));
            let committed = Committed { metadata, expires_at, ..committed() };
            let record = offset(&group, topic, 3, &committed);
            let written = record.key.len() + record.value.map_or(0, |value| value.len());
            let known = offset_bytes(&group.0, topic, &committed.metadata, expires);
            assert_eq!(written, known, "{metadata_bytes}, {expires}");
            let written = no_offset(&group, topic, 3).key.len();
            assert_eq!(written, no_offset_bytes(&group.0, topic));
            assert_eq!(no_group(&group).key.len(), no_group_bytes(&group.0));
        }
        for expires in [false, true] {
            for metadata_bytes in [0, 1, 126, 127, 128, 16_382, 16_383, 16_384] {
                check(metadata_bytes, expires);
            }
        }
    }

    #[test]
    fn groups_are_kafkas_bytes() {
        let record = group(&GroupId::new("g"), &snapshot());
        assert_eq!(record.key, &b"\0\x02\0\x01g"[..]);
        let golden = b"\0\x03\0\x08consumer\0\0\0\x03\0\x05range\0\x01a\0\0\0\0\0\0\0\x04\
            \0\0\0\x01\0\x01a\0\x01i\0\x01c\0\x02/h\0\0\0\x02\0\0\0\x01\0\0\0\x01S\0\0\0\x01A";
        assert_eq!(record.value.as_deref(), Some(&golden[..]));
    }

    #[test]
    fn what_is_written_is_read() {
        fn check(record: &GroupRecord, expect: Read) {
            assert_eq!(read(&record.key, record.value.as_deref()), Ok(expect));
        }
        let id = GroupId::new("g");
        let empty = Snapshot {
            protocol: None,
            leader: None,
            since: None,
            members: Vec::new(),
            ..snapshot()
        };
        for snapshot in [snapshot(), empty] {
            check(&group(&id, &snapshot), Read::Group(id.clone(), Some(snapshot)));
        }
        check(&no_group(&id), Read::Group(id.clone(), None));
        let plain = Committed { leader_epoch: None, topic_id: None, ..committed() };
        let below = Committed { leader_epoch: Some(-2), ..committed() };
        for committed in [committed(), plain, below] {
            let record = offset(&id, "t", 3, &committed);
            check(&record, Read::Offset(id.clone(), Arc::from("t"), 3, Some(committed)));
        }
        check(&no_offset(&id, "t", 3), Read::Offset(id.clone(), Arc::from("t"), 3, None));
        assert_eq!(read(b"\0\x03\0\x01g", None), Ok(Read::Other(3)));
        assert!(read(b"\0", None).is_err() && read(b"\0\x02\0\x09g", None).is_err());
    }
}
