//! The records of a partition of `__consumer_offsets`:
//!
//! ```text
//!   (key as a part | has a value 1 | value as a part) …
//! ```

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use penstock_fuzzing::{put_part, take, take_part};
use penstock_model::id::{Timestamp, TopicId};

use super::classic::{ClassicGroup, Client, Effects, MemberSnapshot, Snapshot};
use super::id::{Generation, GroupId, InstanceId, MemberId};
use super::load::{Loaded, replay};
use super::offsets::Committed;
use super::record::{self, GroupRecord, Read};
use super::time::Tick;

/// What is read is written and read as the same; a group that was restored is written as it was,
/// and counts what it takes.
pub(crate) fn run(mut input: &[u8]) -> Option<()> {
    let mut groups: BTreeMap<GroupId, Loaded> = BTreeMap::new();
    while let Some(key) = take_part(&mut input) {
        let [has_value] = *take(&mut input)?;
        let value = take_part(&mut input)?;
        let read = record::read(key, (has_value != 0).then_some(value)).ok()?;
        if let Some(GroupRecord { key, value }) = written(&read) {
            assert_eq!(record::read(&key, value.as_deref()).as_ref(), Ok(&read));
        }
        replay(&mut groups, read);
    }
    for Loaded { snapshot, offsets } in groups.into_values() {
        assert!(snapshot.is_some() || !offsets.is_empty(), "nothing is left of it");
        assert_eq!(offsets.bytes(), offsets.counted_anew());
        let Some(snapshot) = snapshot else { continue };
        let group = ClassicGroup::restore(snapshot, Tick(0), &mut Effects::default());
        let again = ClassicGroup::restore(group.snapshot(), Tick(0), &mut Effects::default());
        assert_eq!(again.snapshot(), group.snapshot());
        assert_eq!(again.memory_bytes(), group.memory_bytes());
        assert!(group.record_bytes_max() > 0);
    }
    Some(())
}

fn written(read: &Read) -> Option<GroupRecord> {
    Some(match read {
        Read::Group(id, Some(snapshot)) => record::group(id, snapshot),
        Read::Group(id, None) => record::no_group(id),
        Read::Offset(id, topic, partition, Some(committed)) => {
            record::offset(id, topic, *partition, committed)
        }
        Read::Offset(id, topic, partition, None) => record::no_offset(id, topic, *partition),
        Read::Other(_) => return None,
    })
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let id = GroupId::new("group");
    let committed = Committed {
        offset: 7,
        leader_epoch: Some(2),
        metadata: Arc::from("note"),
        committed_at: Timestamp(9),
        expires_at: None,
        topic_id: Some(TopicId([5; 16])),
    };
    let expiring = Committed { expires_at: Some(Timestamp(8)), ..committed.clone() };
    let member = |name: &str| MemberSnapshot {
        id: MemberId::new(name),
        instance: Some(InstanceId::new("instance")),
        client: Client { id: Arc::from("client"), host: Arc::from("/127.0.0.1") },
        rebalance_timeout: Duration::from_secs(300),
        session_timeout: Duration::from_secs(45),
        subscription: Bytes::from_static(b"subscription"),
        assignment: Bytes::from_static(b"assignment"),
    };
    let snapshot = Snapshot {
        protocol_type: Some(Arc::from("consumer")),
        protocol: Some(Arc::from("range")),
        generation: Generation(3),
        leader: Some(MemberId::new("one")),
        since: Some(Timestamp(4)),
        members: vec![member("one"), member("two")],
    };
    let records = [
        record::group(&id, &snapshot),
        record::offset(&id, "topic", 3, &committed),
        record::offset(&id, "topic", 4, &expiring),
        record::no_offset(&id, "topic", 3),
        record::no_group(&id),
    ];
    let input = |records: &[GroupRecord]| {
        let mut input = Vec::new();
        for GroupRecord { key, value } in records {
            put_part(&mut input, key);
            input.push(value.is_some().into());
            put_part(&mut input, value.as_deref().unwrap_or_default());
        }
        input
    };
    vec![input(&records[..3]), input(&records), input(&[])]
}
