//! The APIs of classic groups, in every version.

use std::pin::pin;

use bytes::Bytes;
use futures::poll;
use penstock_wire::delete_groups_request::DeleteGroupsRequest;
use penstock_wire::describe_groups_request::DescribeGroupsRequest;
use penstock_wire::describe_groups_response::DescribedGroupMember;
use penstock_wire::find_coordinator_request::FindCoordinatorRequest;
use penstock_wire::heartbeat_request::HeartbeatRequest;
use penstock_wire::join_group_request::{JoinGroupRequest, JoinGroupRequestProtocol};
use penstock_wire::join_group_response::JoinGroupResponse;
use penstock_wire::leave_group_request::{LeaveGroupRequest, MemberIdentity};
use penstock_wire::list_groups_request::ListGroupsRequest;
use penstock_wire::offset_commit_request::{
    OffsetCommitRequest, OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use penstock_wire::offset_commit_response::OffsetCommitResponse;
use penstock_wire::offset_delete_request::{
    OffsetDeleteRequest, OffsetDeleteRequestPartition, OffsetDeleteRequestTopic,
};
use penstock_wire::offset_delete_response::OffsetDeleteResponsePartition;
use penstock_wire::offset_fetch_request::{
    OffsetFetchRequest, OffsetFetchRequestGroup, OffsetFetchRequestTopic, OffsetFetchRequestTopics,
};
use penstock_wire::sync_group_request::{SyncGroupRequest, SyncGroupRequestAssignment};
use penstock_wire::{Uuid, WireString};

use super::{create, topic};
use crate::testing::TestBroker;

/// A broker with a topic of two partitions, and the topic that groups are kept in.
async fn start() -> TestBroker {
    start_with(&[]).await
}

async fn start_with(settings: &[&str]) -> TestBroker {
    let common = ["offsets.topic.num.partitions=1", "group.initial.rebalance.delay.ms=0"];
    let test = TestBroker::start(&[&common, settings].concat());
    test.ask(7, &create(vec![topic("orders", 2, &[])])).await;
    assert_eq!(find(&test, 3, 0).await, (15, -1, -1), "the topic is created by the first question");
    test
}

/// Error, node and port.
async fn find(test: &TestBroker, version: i16, key_type: i8) -> (i16, i32, i32) {
    let request = if version < 4 {
        FindCoordinatorRequest { key: "g".into(), key_type, coordinator_keys: Vec::new() }
    } else {
        let coordinator_keys = vec!["g".into()];
        FindCoordinatorRequest { key: WireString::default(), key_type, coordinator_keys }
    };
    let response = test.ask(version, &request).await;
    match response.coordinators.first() {
        Some(found) => (found.error_code, found.node_id, found.port),
        None => (response.error_code, response.node_id, response.port),
    }
}

fn id(test: &TestBroker, topic: &str) -> Uuid {
    let image = test.broker.metadata.image();
    image.topic_by_name(topic).map_or(Uuid([9; 16]), |topic| Uuid(topic.id.0))
}

async fn join(test: &TestBroker, version: i16, member: &WireString) -> JoinGroupResponse {
    let protocol =
        JoinGroupRequestProtocol { name: "range".into(), metadata: Bytes::from_static(b"S") };
    let request = JoinGroupRequest {
        group_id: "g".into(),
        session_timeout_ms: 10_000,
        rebalance_timeout_ms: 10_000,
        member_id: member.clone(),
        protocol_type: "consumer".into(),
        protocols: vec![protocol],
        ..JoinGroupRequest::default()
    };
    test.ask(version, &request).await
}

/// Commits offset 7 with a note in partition 1 of a topic.
async fn commit(
    test: &TestBroker,
    version: i16,
    topic: &'static str,
    (member, generation): (&WireString, i32),
    note: &str,
) -> i16 {
    let partition = OffsetCommitRequestPartition {
        partition_index: 1,
        committed_offset: 7,
        committed_leader_epoch: 3,
        committed_metadata: Some(WireString::copy_from(note)),
    };
    let request = OffsetCommitRequest {
        group_id: "g".into(),
        generation_id_or_member_epoch: generation,
        member_id: member.clone(),
        topics: vec![OffsetCommitRequestTopic {
            name: topic.into(),
            topic_id: id(test, topic),
            partitions: vec![partition],
        }],
        ..OffsetCommitRequest::default()
    };
    let response: OffsetCommitResponse = test.ask(version, &request).await;
    response.topics[0].partitions[0].error_code
}

/// What clients ask again after.
#[tokio::test]
async fn groups_that_no_memory_is_left_for_have_no_coordinator_now() {
    let test = start_with(&["memory.groups.bytes=1"]).await;
    let nobody = WireString::default();
    assert_eq!(commit(&test, 8, "orders", (&nobody, -1), "").await, 15);
    assert_eq!(join(&test, 9, &nobody).await.error_code, 15);
    let known = WireString::from("m");
    assert_eq!(join(&test, 9, &known).await.error_code, 25, "it is told that it is no member");
}

/// Error, offset, leader epoch and note of the partitions asked for; of all when none is.
async fn fetch(
    test: &TestBroker,
    version: i16,
    partitions: Option<&[i32]>,
) -> Vec<(i16, i64, i32, String)> {
    let text = |text: Option<WireString>| text.map_or("null".to_owned(), |text| text.to_string());
    if version < 8 {
        let topic = |partitions: &[i32]| OffsetFetchRequestTopic {
            name: "orders".into(),
            partition_indexes: partitions.to_vec(),
        };
        let request = OffsetFetchRequest {
            group_id: "g".into(),
            topics: partitions.map(|partitions| vec![topic(partitions)]),
            ..OffsetFetchRequest::default()
        };
        let response = test.ask(version, &request).await;
        let partitions = response.topics.into_iter().flat_map(|topic| topic.partitions);
        let line = partitions.map(|found| {
            let epoch = found.committed_leader_epoch;
            (found.error_code, found.committed_offset, epoch, text(found.metadata))
        });
        return line.collect();
    }
    let topic = |partitions: &[i32]| OffsetFetchRequestTopics {
        name: "orders".into(),
        topic_id: id(test, "orders"),
        partition_indexes: partitions.to_vec(),
    };
    let group = OffsetFetchRequestGroup {
        group_id: "g".into(),
        topics: partitions.map(|partitions| vec![topic(partitions)]),
        ..OffsetFetchRequestGroup::default()
    };
    let request = OffsetFetchRequest { groups: vec![group], ..OffsetFetchRequest::default() };
    let response = test.ask(version, &request).await;
    let partitions = response.groups.into_iter().flat_map(|group| group.topics);
    let line = partitions.flat_map(|topic| topic.partitions).map(|found| {
        let epoch = found.committed_leader_epoch;
        (found.error_code, found.committed_offset, epoch, text(found.metadata))
    });
    line.collect()
}

#[tokio::test]
async fn the_coordinator_is_who_leads_the_partition() {
    let test = start().await;
    for version in 0..=6 {
        assert_eq!(find(&test, version, 0).await, (0, 1, 9001), "{version}");
        if version >= 1 {
            assert_eq!(find(&test, version, 1).await, (53, -1, -1), "{version}");
            assert_eq!(find(&test, version, 9).await, (42, -1, -1), "{version}");
        }
    }
}

#[tokio::test]
async fn a_member_lives_in_every_version() {
    for version in 0..=10_i16 {
        let test = start().await;
        let nobody = WireString::default();
        let mut joined = join(&test, version.min(9), &nobody).await;
        if version >= 4 {
            assert_eq!(joined.error_code, 79, "{version}");
            joined = join(&test, version.min(9), &joined.member_id).await;
        }
        assert_eq!((joined.error_code, joined.generation_id), (0, 1), "{version}");
        assert_eq!((&joined.leader, joined.members.len()), (&joined.member_id, 1));
        assert_eq!(joined.protocol_type.is_some(), version >= 7);
        let member = joined.member_id;

        let assigned = SyncGroupRequestAssignment {
            member_id: member.clone(),
            assignment: Bytes::from_static(b"A"),
        };
        let sync = SyncGroupRequest {
            group_id: "g".into(),
            generation_id: 1,
            member_id: member.clone(),
            protocol_type: Some("consumer".into()),
            protocol_name: Some("range".into()),
            assignments: vec![assigned],
            ..SyncGroupRequest::default()
        };
        let unstated = SyncGroupRequest { protocol_name: None, ..sync.clone() };
        assert_eq!(test.ask(5, &unstated).await.error_code, 23);
        let synced = test.ask(version.min(5), &sync).await;
        assert_eq!((synced.error_code, &synced.assignment[..]), (0, &b"A"[..]), "{version}");
        let heartbeat = HeartbeatRequest {
            group_id: "g".into(),
            generation_id: 1,
            member_id: member.clone(),
            group_instance_id: None,
        };
        assert_eq!(test.ask(version.min(4), &heartbeat).await.error_code, 0, "{version}");

        let commit_version = version.max(2);
        let us = (&member, 1);
        assert_eq!(commit(&test, commit_version, "orders", us, "note").await, 0, "{version}");
        assert_eq!(commit(&test, commit_version, "orders", (&member, 2), "").await, 22);
        assert_eq!(commit(&test, commit_version, "orders", (&nobody, -1), "").await, 25);
        assert_eq!(commit(&test, commit_version, "orders", us, &"x".repeat(4097)).await, 12);
        let unknown = if commit_version >= 10 { 100 } else { 3 };
        assert_eq!(commit(&test, commit_version, "none", us, "").await, unknown, "{version}");

        let fetch_version = version.max(1);
        let epoch = if commit_version >= 6 && fetch_version >= 5 { 3 } else { -1 };
        let expect = (0, 7, epoch, "note".to_owned());
        let nothing = (0, -1, -1, String::new());
        let found = fetch(&test, fetch_version, Some(&[1, 0])).await;
        assert_eq!(found, [expect.clone(), nothing], "{version}");
        if fetch_version >= 2 {
            assert_eq!(fetch(&test, fetch_version, None).await, [expect], "{version}");
        }
        operate(&test, version, &member).await;
    }
}

/// Describes, lists, empties and deletes the group.
async fn operate(test: &TestBroker, version: i16, member: &WireString) {
    let describe_version = version.min(6);
    let describe = DescribeGroupsRequest {
        groups: vec!["g".into(), "none".into()],
        include_authorized_operations: describe_version >= 3,
    };
    let described = test.ask(describe_version, &describe).await.groups;
    assert_eq!((&*described[0].group_state, described[0].error_code), ("Stable", 0));
    assert_eq!(described[0].authorized_operations, if version >= 3 { 3400 } else { i32::MIN });
    let shown = &described[0].members[0];
    assert_eq!((&shown.member_id, &*shown.client_host), (member, "/127.0.0.1"));
    assert_eq!((&shown.member_metadata[..], &shown.member_assignment[..]), (&b"S"[..], &b"A"[..]));
    let missing = if describe_version >= 6 { 69 } else { 0 };
    assert_eq!((&*described[1].group_state, described[1].error_code), ("Dead", missing));

    let list_version = version.min(5);
    let mut list = ListGroupsRequest::default();
    let listed = test.ask(list_version, &list).await.groups;
    assert_eq!((&*listed[0].group_id, &*listed[0].protocol_type), ("g", "consumer"));
    assert_eq!(&*listed[0].group_type, if version >= 5 { "classic" } else { "" });
    if list_version >= 4 {
        list.states_filter = vec!["stable".into()];
        assert_eq!(test.ask(list_version, &list).await.groups.len(), 1);
        list.states_filter = vec!["Empty".into(), "nonsense".into()];
        assert_eq!(test.ask(list_version, &list).await.groups.len(), 0);
    }

    let delete = DeleteGroupsRequest { groups_names: vec!["g".into()] };
    let delete_version = version.min(2);
    assert_eq!(test.ask(delete_version, &delete).await.results[0].error_code, 68, "{version}");
    let leave_version = version.min(5);
    let leave = if leave_version < 3 {
        let group_id = "g".into();
        LeaveGroupRequest { group_id, member_id: member.clone(), members: Vec::new() }
    } else {
        let leaving = MemberIdentity { member_id: member.clone(), ..MemberIdentity::default() };
        let group_id = "g".into();
        LeaveGroupRequest { group_id, member_id: WireString::default(), members: vec![leaving] }
    };
    for expect in [0, 25] {
        let left = test.ask(leave_version, &leave).await;
        let error = left.members.first().map_or(left.error_code, |member| member.error_code);
        assert_eq!((error, left.members.len()), (expect, usize::from(leave_version >= 3)));
    }
    assert_eq!(test.ask(delete_version, &delete).await.results[0].error_code, 0, "{version}");
    assert_eq!(test.ask(delete_version, &delete).await.results[0].error_code, 69, "{version}");
}

/// As Kafka answers: the door's verdicts first, and the coordinator's on the rest.
#[tokio::test]
async fn each_offset_has_a_verdict_of_its_own() {
    let test = start().await;
    let large = "x".repeat(4097);
    let check = async |generation: i32, group: &'static str, expect: [i16; 4]| {
        let offset = |index: i32, note: &str| OffsetCommitRequestPartition {
            partition_index: index,
            committed_offset: 1,
            committed_metadata: Some(WireString::copy_from(note)),
            ..OffsetCommitRequestPartition::default()
        };
        let topic = |name: &'static str, partitions| OffsetCommitRequestTopic {
            name: name.into(),
            partitions,
            ..OffsetCommitRequestTopic::default()
        };
        let orders = vec![offset(0, "note"), offset(1, &large), offset(2, "")];
        let request = OffsetCommitRequest {
            group_id: group.into(),
            generation_id_or_member_epoch: generation,
            topics: vec![topic("orders", orders), topic("none", vec![offset(0, "")])],
            ..OffsetCommitRequest::default()
        };
        let response: OffsetCommitResponse = test.ask(9, &request).await;
        let told: Vec<(&str, i32)> = response
            .topics
            .iter()
            .flat_map(|topic| topic.partitions.iter().map(|at| (&*topic.name, at.partition_index)))
            .collect();
        assert_eq!(told, [("orders", 2), ("orders", 0), ("orders", 1), ("none", 0)]);
        let partitions = response.topics.iter().flat_map(|topic| &topic.partitions);
        let errors: Vec<i16> = partitions.map(|partition| partition.error_code).collect();
        assert_eq!(errors, expect, "{generation}");
    };
    check(-1, "g", [3, 0, 12, 3]).await;
    // Who may not commit is told that alone.
    check(4, "g", [3, 25, 25, 3]).await;
    check(4, "other", [3, 69, 69, 3]).await;
    let nobody = WireString::default();
    assert_eq!(commit(&test, 9, "orders", (&nobody, -1), &large).await, 12);
}

#[tokio::test]
async fn offsets_are_deleted_partition_by_partition() {
    let test = start().await;
    let check = async |group: &'static str, top: i16, expect: &[(&str, i32, i16)]| {
        let topic = |name: &'static str, partitions: &[i32]| {
            let partition = |index: &i32| OffsetDeleteRequestPartition { partition_index: *index };
            let partitions = partitions.iter().map(partition).collect();
            OffsetDeleteRequestTopic { name: name.into(), partitions }
        };
        let topics = vec![topic("orders", &[1, 0, 1, 7]), topic("none", &[0])];
        let request = OffsetDeleteRequest { group_id: group.into(), topics };
        let response = test.ask(0, &request).await;
        assert_eq!(response.error_code, top);
        let told: Vec<(&str, i32, i16)> = response
            .topics
            .iter()
            .flat_map(|topic| {
                let told = |at: &OffsetDeleteResponsePartition| (at.partition_index, at.error_code);
                topic.partitions.iter().map(told).map(|(at, error)| (&*topic.name, at, error))
            })
            .collect();
        assert_eq!(told, expect);
    };
    check("g", 69, &[]).await;
    check("", 24, &[]).await;
    let nobody = WireString::default();
    assert_eq!(commit(&test, 9, "orders", (&nobody, -1), "").await, 0);
    let gone = [("orders", 7, 3), ("orders", 1, 0), ("orders", 0, 0), ("orders", 1, 0)];
    check("g", 0, &[&gone[..], &[("none", 0, 3)]].concat()).await;
    assert_eq!(fetch(&test, 9, None).await, []);
    // A member that says what nobody understands may read anything.
    let joined = join(&test, 3, &nobody).await;
    assert_eq!(joined.error_code, 0);
    let read = [("orders", 7, 3), ("orders", 1, 86), ("orders", 0, 86), ("orders", 1, 86)];
    check("g", 0, &[&read[..], &[("none", 0, 3)]].concat()).await;
}

/// One that counted twice was spoken by more members than there were: nothing was agreed on.
#[tokio::test]
async fn a_protocol_that_is_named_twice_counts_once() {
    let test = start().await;
    let protocol = |metadata| JoinGroupRequestProtocol { name: "range".into(), metadata };
    let protocols = [&b"S"[..], b"T"].map(|said| protocol(Bytes::from_static(said)));
    let request = JoinGroupRequest {
        group_id: "g".into(),
        session_timeout_ms: 10_000,
        rebalance_timeout_ms: 10_000,
        protocol_type: "consumer".into(),
        protocols: protocols.to_vec(),
        ..JoinGroupRequest::default()
    };
    let joined = test.ask(3, &request).await;
    assert_eq!(joined.protocol_name.as_deref(), Some("range"));
    assert_eq!(joined.members[0].metadata, &b"S"[..]);
}

/// A group that comes together shows what its members were assigned before, and nothing that they
/// say: what is agreed on is not known.
#[tokio::test]
async fn a_group_is_described_as_far_as_it_is_settled() {
    let test = start().await;
    let nobody = WireString::default();
    let describe = async || {
        let groups = vec!["g".into()];
        let request = DescribeGroupsRequest { groups, ..DescribeGroupsRequest::default() };
        let described = test.ask(6, &request).await.groups.remove(0);
        let member = |member: &DescribedGroupMember| {
            (member.member_metadata.to_vec(), member.member_assignment.to_vec())
        };
        let members: Vec<_> = described.members.iter().map(member).collect();
        (described.group_state.to_string(), described.protocol_data.to_string(), members)
    };
    let joined = join(&test, 3, &nobody).await;
    let settled = |state: &str, protocol: &str, members| (state.into(), protocol.into(), members);
    assert_eq!(describe().await, settled("CompletingRebalance", "", vec![(vec![], vec![])]));
    let assigned = SyncGroupRequestAssignment {
        member_id: joined.member_id.clone(),
        assignment: Bytes::from_static(b"A"),
    };
    let sync = SyncGroupRequest {
        group_id: "g".into(),
        generation_id: 1,
        member_id: joined.member_id.clone(),
        assignments: vec![assigned],
        ..SyncGroupRequest::default()
    };
    assert_eq!(test.ask(3, &sync).await.error_code, 0);
    let all = vec![(b"S".to_vec(), b"A".to_vec())];
    assert_eq!(describe().await, settled("Stable", "range", all));
    let mut other = pin!(join(&test, 3, &nobody));
    assert!(poll!(&mut other).is_pending());
    let (state, protocol, mut members) = describe().await;
    members.sort_unstable();
    let expect = vec![(vec![], vec![]), (vec![], b"A".to_vec())];
    assert_eq!((state, protocol, members), settled("PreparingRebalance", "", expect));
}

/// An operator's hundred deletions are one wait for the log.
#[tokio::test]
async fn groups_are_deleted_side_by_side() {
    let test = start().await;
    let names = ["a", "b", "c"];
    for name in names {
        let request = OffsetCommitRequest {
            group_id: name.into(),
            generation_id_or_member_epoch: -1,
            topics: vec![OffsetCommitRequestTopic {
                name: "orders".into(),
                partitions: vec![OffsetCommitRequestPartition::default()],
                ..OffsetCommitRequestTopic::default()
            }],
            ..OffsetCommitRequest::default()
        };
        let response: OffsetCommitResponse = test.ask(9, &request).await;
        assert_eq!(response.topics[0].partitions[0].error_code, 0);
    }
    // Of a group that is named again nothing is told twice.
    let groups_names = ["c", "a", "b", "a", "d"].map(WireString::from).to_vec();
    let delete = DeleteGroupsRequest { groups_names };
    let mut deleting = pin!(test.ask(2, &delete));
    assert!(poll!(&mut deleting).is_pending(), "their tombstones are on their way");
    for name in names {
        let mut describing = pin!(test.broker.groups.describe(name));
        assert!(poll!(&mut describing).is_pending(), "{name} is still there");
    }
    let results = deleting.await.results;
    let told: Vec<_> =
        results.iter().map(|result| (&*result.group_id, result.error_code)).collect();
    assert_eq!(told, [("c", 0), ("a", 0), ("b", 0), ("d", 69)]);
}
