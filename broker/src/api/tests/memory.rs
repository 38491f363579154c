//! Memory that requests hold, and how much their answers may take.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use penstock_model::command::Command;
use penstock_records::{BatchBuilder, Batches, Encoding, NewRecord, Timestamp, Work};
use penstock_wire::delete_groups_request::DeleteGroupsRequest;
use penstock_wire::describe_configs_request::{DescribeConfigsRequest, DescribeConfigsResource};
use penstock_wire::describe_groups_request::DescribeGroupsRequest;
use penstock_wire::fetch_request::{FetchPartition, FetchRequest, FetchTopic};
use penstock_wire::find_coordinator_request::FindCoordinatorRequest;
use penstock_wire::find_coordinator_response::Coordinator;
use penstock_wire::join_group_request::{JoinGroupRequest, JoinGroupRequestProtocol};
use penstock_wire::list_offsets_request::{
    ListOffsetsPartition, ListOffsetsRequest, ListOffsetsTopic,
};
use penstock_wire::offset_commit_request::{
    OffsetCommitRequest, OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use penstock_wire::offset_fetch_request::{
    OffsetFetchRequest, OffsetFetchRequestGroup, OffsetFetchRequestTopic, OffsetFetchRequestTopics,
};
use penstock_wire::produce_request::{PartitionProduceData, ProduceRequest, TopicProduceData};
use penstock_wire::sync_group_request::{SyncGroupRequest, SyncGroupRequestAssignment};
use penstock_wire::{Records, Uuid, WireString};
use tokio::time::{Instant, timeout};

use super::{create, topic};
use crate::net::Outcome;
use crate::net::fetch_budget::FETCHED_PARTITION_BYTES;
use crate::testing::TestBroker;

const KIB: usize = 1024;

/// A broker with the topic `t`, whose partitions hold batches of these sizes.
async fn filled(partitions: &[&[usize]]) -> Arc<TestBroker> {
    let broker = TestBroker::start(&[]);
    let count = i32::try_from(partitions.len()).unwrap();
    let created = broker.ask(7, &create(vec![topic("t", count, &[])])).await;
    assert_eq!(created.topics[0].error_code, 0);
    for (index, sizes) in (0..).zip(partitions) {
        for size in *sizes {
            let mut builder = BatchBuilder::new(Encoding::None);
            // A little less, for the heads of record and batch.
            let value = vec![7; size - 100];
            let timestamp = Timestamp(1_000);
            builder.push(&NewRecord { timestamp, value: Some(&value), ..NewRecord::default() });
            let records = builder.build().unwrap().sequence(0, 0, Timestamp(0)).bytes;
            let request = ProduceRequest {
                acks: -1,
                timeout_ms: 1_000,
                topic_data: vec![TopicProduceData {
                    name: "t".into(),
                    partition_data: vec![PartitionProduceData {
                        index,
                        records: Some(Records::from(records)),
                    }],
                    ..TopicProduceData::default()
                }],
                ..ProduceRequest::default()
            };
            let answer = broker.ask(12, &request).await;
            assert_eq!(answer.responses[0].partition_responses[0].error_code, 0);
        }
    }
    Arc::new(broker)
}

/// The topic that groups are kept in is created by the first question for a coordinator.
async fn with_groups(broker: &TestBroker) {
    let coordinator_keys = vec!["g".into()];
    let request = FindCoordinatorRequest { coordinator_keys, ..FindCoordinatorRequest::default() };
    assert_eq!(broker.ask(4, &request).await.coordinators[0].error_code, 15);
}

/// From the start of so many partitions.
fn fetch(partitions: usize, max_bytes: usize, partition_max_bytes: usize) -> FetchRequest {
    let partition = |index: usize| FetchPartition {
        partition: i32::try_from(index).unwrap(),
        current_leader_epoch: -1,
        last_fetched_epoch: -1,
        log_start_offset: -1,
        partition_max_bytes: i32::try_from(partition_max_bytes).unwrap(),
        ..FetchPartition::default()
    };
    FetchRequest {
        replica_id: -1,
        min_bytes: 1,
        max_bytes: i32::try_from(max_bytes).unwrap(),
        session_epoch: -1,
        topics: vec![FetchTopic {
            topic: "t".into(),
            partitions: (0..partitions).map(partition).collect(),
            ..FetchTopic::default()
        }],
        ..FetchRequest::default()
    }
}

/// The number of batches in each partition of an answer.
async fn batches(broker: &TestBroker, request: &FetchRequest) -> Vec<usize> {
    let mut response = broker.ask(12, request).await;
    let partitions = response.responses.remove(0).partitions.into_iter();
    let records = partitions.map(|data| data.records.map_or(Bytes::new(), Records::into_bytes));
    records.map(|records| Batches::new(records).count()).collect()
}

/// Waits until what others do has come so far.
async fn until(what: impl Fn() -> bool) {
    let reached = async {
        while !what() {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(60), reached).await.expect("it comes to that");
}

#[tokio::test]
async fn partitions_are_read_in_order_within_the_limits() {
    async fn check(broker: &TestBroker, max: usize, each: usize, expect: &[usize]) {
        assert_eq!(batches(broker, &fetch(expect.len(), max, each)).await, expect, "{max}, {each}");
        assert_eq!(broker.broker.answers.used(), 0);
    }
    let ten = [10 * KIB, 10 * KIB];
    let broker = filled(&[&ten, &ten, &ten, &ten]).await;
    check(&broker, 100 * KIB, 100 * KIB, &[2, 2, 2, 2]).await;
    check(&broker, 55 * KIB, 100 * KIB, &[2, 2, 1, 0]).await;
    check(&broker, 55 * KIB, 15 * KIB, &[1, 1, 1, 1]).await;
    check(&broker, 35 * KIB, 15 * KIB, &[1, 1, 1, 0]).await;
    check(&broker, 15 * KIB, 5 * KIB, &[1, 0, 0, 0]).await;
    check(&broker, 0, 0, &[1, 0, 0, 0]).await;
    // At least one, of the first partition that has any; nothing but that one, where it is larger.
    let broker = filled(&[&[], &[200 * KIB, 10 * KIB], &ten]).await;
    check(&broker, 50 * KIB, 100 * KIB, &[0, 0, 2]).await;
    check(&broker, 50 * KIB, 5 * KIB, &[0, 1, 0]).await;
}

#[tokio::test(start_paused = true)]
async fn beside_slow_clients_answers_are_small_and_large_batches_wait() {
    let broker = filled(&[&[15 * KIB; 4], &[200 * KIB]]).await;
    let answers = broker.broker.answers.clone();
    let slow = answers.acquire(answers.total() - 150 * KIB).await;
    // Two of 15 KiB are as many as a small answer holds, which may keep 64.
    assert_eq!(batches(&broker, &fetch(1, 1 << 20, 1 << 20)).await, [2]);
    let mut large = fetch(2, 1 << 20, 1 << 20);
    large.topics[0].partitions.remove(0);
    let waiting = {
        let broker = Arc::clone(&broker);
        tokio::spawn(async move { batches(&broker, &large).await })
    };
    let reads = || broker.broker.storage.counters().log_cache_hits.get();
    let before = reads();
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert!(!waiting.is_finished());
    assert_eq!(reads(), before, "it is not read before there is room for it");
    drop(slow);
    assert_eq!(waiting.await.unwrap(), [1]);
    assert_eq!(reads(), before + 1);
    assert_eq!(answers.used(), 0);
}

/// What a fetch of so many takes of the room for fetches; their topic's name has one byte.
fn fetches(partitions: usize) -> usize {
    partitions * (FETCHED_PARTITION_BYTES + 2)
}

#[tokio::test]
async fn a_fetch_that_waits_holds_neither_its_request_nor_records() {
    let broker = filled(&[&[KIB][..]; 100]).await;
    let memory = Arc::clone(&broker.broker);
    let patient =
        FetchRequest { min_bytes: 1 << 20, max_wait_ms: 600_000, ..fetch(100, 1 << 20, 1 << 20) };
    let waiting = {
        let (broker, patient) = (Arc::clone(&broker), patient.clone());
        tokio::spawn(async move { batches(&broker, &patient).await })
    };
    until(|| memory.fetches.used() == fetches(100) && broker.requests.used() == 0).await;
    until(|| memory.answers.used() == 0).await;
    waiting.abort();
    until(|| memory.fetches.used() == 0).await;
}

#[tokio::test(start_paused = true)]
async fn a_fetch_has_room_before_it_is_planned_and_gives_it_up_to_those_who_wait() {
    let broker = filled(&[&[KIB][..]; 100]).await;
    let memory = Arc::clone(&broker.broker);
    // Of a mebibyte, three quarters are for fetches of many partitions.
    let others = memory.fetches.acquire(768 * KIB - fetches(150)).await.unwrap();
    let patient =
        FetchRequest { min_bytes: 1 << 20, max_wait_ms: 600_000, ..fetch(100, 1 << 20, 1 << 20) };
    let ask = || {
        let (broker, patient) = (Arc::clone(&broker), patient.clone());
        tokio::spawn(async move { batches(&broker, &patient).await })
    };
    let begun = Instant::now();
    let first = ask();
    tokio::time::sleep(Duration::from_secs(100)).await;
    assert!(!first.is_finished(), "nobody wants its room");
    // Few partitions wait for nobody.
    assert_eq!(batches(&broker, &fetch(64, 1 << 20, 1 << 20)).await, [1; 64]);
    let second = ask();
    assert_eq!(first.await.unwrap(), [1; 100], "what there is");
    assert!(begun.elapsed() < Duration::from_secs(102));
    tokio::time::sleep(Duration::from_secs(100)).await;
    assert!(!second.is_finished());
    drop(others);
    second.abort();
    until(|| memory.fetches.used() == 0).await;

    // The room is kept until the answer is written: as much as is not in the memory for answers.
    let Outcome::Respond(answer) = broker.begin(12, &fetch(100, 1 << 20, 1 << 20)).await else {
        panic!("no answer")
    };
    let kept = memory.fetches.used() + memory.answers.used();
    assert!((answer.len()..answer.len() + 20 * KIB).contains(&kept), "{kept}");
    drop(answer);
    assert_eq!((memory.fetches.used(), memory.answers.used()), (0, 0));
}

/// A session remembers what its client does not repeat.
#[tokio::test]
async fn a_fetch_has_room_for_the_partitions_of_its_session() {
    let broker = filled(&[&[KIB][..]; 100]).await;
    let opening = FetchRequest { session_epoch: 0, ..fetch(100, 1 << 20, 1 << 20) };
    let session_id = broker.ask(12, &opening).await.session_id;
    let next = FetchRequest {
        session_id,
        session_epoch: 1,
        max_wait_ms: 600_000,
        min_bytes: 1 << 20,
        ..fetch(0, 1 << 20, 1 << 20)
    };
    let memory = Arc::clone(&broker.broker);
    let waiting = {
        let broker = Arc::clone(&broker);
        tokio::spawn(async move { drop(broker.begin(12, &next).await) })
    };
    until(|| memory.fetches.used() == fetches(100)).await;
    waiting.abort();
    until(|| memory.fetches.used() == 0).await;
}

/// A client may send the next fetch of its session before the one that adds to it is planned.
#[tokio::test]
async fn a_fetch_has_room_for_what_its_session_becomes_while_it_waits() {
    let broker = filled(&[&[]]).await;
    assert_eq!(broker.ask(7, &create(vec![topic("u", 500, &[])])).await.topics[0].error_code, 0);
    let memory = Arc::clone(&broker.broker);
    let fetch_u = |partitions: usize| {
        let mut request = fetch(partitions, 1 << 20, 1 << 20);
        request.topics[0].topic = "u".into();
        request
    };
    let opening = FetchRequest { session_epoch: 0, ..fetch_u(9) };
    let session_id = broker.ask(12, &opening).await.session_id;
    // All the room for fetches of few partitions.
    let mut others = Vec::new();
    while let Some(place) = memory.fetches.acquire(32 * KIB).now_or_never() {
        others.extend(place.unwrap());
    }
    let patient = FetchRequest { session_id, max_wait_ms: 600_000, ..fetch_u(0) };
    let second = FetchRequest { session_epoch: 2, ..patient };
    let waiting = {
        let broker = Arc::clone(&broker);
        tokio::spawn(async move { drop(broker.begin(12, &second).await) })
    };
    until(|| others[0].is_wanted()).await;
    let first = FetchRequest { session_id, session_epoch: 1, ..fetch_u(500) };
    assert_eq!(broker.ask(12, &first).await.session_id, session_id);
    drop(others);
    until(|| memory.fetches.used() == fetches(500) && broker.requests.used() == 0).await;
    waiting.abort();
    until(|| memory.fetches.used() == 0).await;
}

#[tokio::test]
async fn a_fetch_of_more_partitions_than_there_is_ever_room_for_is_refused() {
    let broker = filled(&[&[]]).await;
    let most = 768 * KIB / fetches(1);
    let outcome = broker.begin(12, &fetch(most + 1, 1 << 20, 1 << 20)).await;
    assert!(matches!(outcome, Outcome::Close(_)));
    assert_eq!((broker.broker.fetches.used(), broker.requests.used()), (0, 0));
    let outcome = broker.begin(12, &fetch(most, 1 << 20, 1 << 20)).await;
    assert!(matches!(outcome, Outcome::Respond(_)));
}

/// Topics need not be there to be named, at a length that none has.
#[tokio::test]
async fn a_fetch_has_room_for_the_names_of_its_topics() {
    const NAME: usize = 32_767;
    let broker = filled(&[&[KIB]]).await;
    let memory = Arc::clone(&broker.broker);
    let mut request = fetch(1, 1 << 20, 1 << 20);
    for number in 0..7 {
        let mut unknown = request.topics[0].clone();
        unknown.topic = WireString::from(format!("{number:0NAME$}"));
        request.topics.push(unknown);
    }
    let patient = FetchRequest { min_bytes: 1 << 20, max_wait_ms: 600_000, ..request.clone() };
    let waiting = {
        let broker = Arc::clone(&broker);
        tokio::spawn(async move { drop(broker.begin(12, &patient).await) })
    };
    let both = fetches(1) + 7 * (FETCHED_PARTITION_BYTES + 2 * NAME);
    until(|| memory.fetches.used() == both && broker.requests.used() == 0).await;
    waiting.abort();
    until(|| memory.fetches.used() == 0).await;
    let Outcome::Respond(answer) = broker.begin(12, &request).await else { panic!("no answer") };
    assert!(answer.len() > 7 * NAME);
    assert!(memory.fetches.used() + memory.answers.used() >= answer.len());
    drop(answer);
    assert_eq!((memory.fetches.used(), memory.answers.used()), (0, 0));
}

#[tokio::test]
async fn what_is_named_again_is_answered_once() {
    let broker = filled(&[&[]]).await;
    let resource = DescribeConfigsResource {
        resource_type: 2,
        resource_name: "t".into(),
        ..DescribeConfigsResource::default()
    };
    let resources = vec![resource; 100];
    let request = DescribeConfigsRequest { resources, ..DescribeConfigsRequest::default() };
    assert_eq!(broker.ask(4, &request).await.results.len(), 1);
    let groups = vec!["g".into(); 1_000];
    let request = DescribeGroupsRequest { groups, ..DescribeGroupsRequest::default() };
    assert_eq!(broker.ask(5, &request).await.groups.len(), 1);
    let group =
        OffsetFetchRequestGroup { group_id: "g".into(), ..OffsetFetchRequestGroup::default() };
    let groups = vec![group; 30];
    let request = OffsetFetchRequest { groups, ..OffsetFetchRequest::default() };
    assert_eq!(broker.ask(8, &request).await.groups.len(), 1);
    // The note of a partition is much longer than the number that names it.
    with_groups(&broker).await;
    let asked = [vec![0; 1_000], vec![0, 1, 0], vec![1]];
    let one = |partitions: &Vec<i32>| OffsetFetchRequestTopic {
        name: "t".into(),
        partition_indexes: partitions.clone(),
    };
    let topics = Some(asked.iter().map(one).collect());
    let request =
        OffsetFetchRequest { group_id: "g".into(), topics, ..OffsetFetchRequest::default() };
    let told = broker.ask(7, &request).await.topics.into_iter();
    let told =
        told.map(|topic| topic.partitions.into_iter().map(|at| at.partition_index).collect());
    assert_eq!(told.collect::<Vec<Vec<i32>>>(), [[0], [1]]);
    let id = broker.broker.metadata.image().topic_by_name("t").map_or(Uuid::ZERO, |t| Uuid(t.id.0));
    for version in [8, 10] {
        let one = |partitions: &Vec<i32>| OffsetFetchRequestTopics {
            name: if version < 10 { "t".into() } else { WireString::default() },
            topic_id: if version < 10 { Uuid::ZERO } else { id },
            partition_indexes: partitions.clone(),
        };
        let groups = vec![OffsetFetchRequestGroup {
            group_id: "g".into(),
            topics: Some(asked.iter().map(one).collect()),
            ..OffsetFetchRequestGroup::default()
        }];
        let request = OffsetFetchRequest { groups, ..OffsetFetchRequest::default() };
        let told = broker.ask(version, &request).await.groups.remove(0).topics.into_iter();
        let told =
            told.map(|topic| topic.partitions.into_iter().map(|at| at.partition_index).collect());
        assert_eq!(told.collect::<Vec<Vec<i32>>>(), [[0], [1]], "v{version}");
    }
}

#[tokio::test]
async fn an_answer_has_room_before_it_is_made_and_until_it_is_written() {
    let broker = filled(&[&[]]).await;
    let answers = &broker.broker.answers;
    let request = |keys: usize| FindCoordinatorRequest {
        coordinator_keys: (0..keys).map(|key| WireString::from(key.to_string())).collect(),
        ..FindCoordinatorRequest::default()
    };
    assert_eq!(broker.ask(4, &request(1_000)).await.coordinators.len(), 1_000);
    assert_eq!(answers.used(), 0);
    let Outcome::Respond(answer) = broker.begin(4, &request(1_000)).await else {
        panic!("no answer")
    };
    assert_eq!(answers.used(), answer.len());
    drop(answer);
    let most = answers.total() / (size_of::<Coordinator>() + 128);
    let outcome = broker.begin(4, &request(most + 1)).await;
    assert!(matches!(outcome, Outcome::Close(_)));
    assert_eq!(answers.used(), 0);
}

#[tokio::test]
async fn an_answer_that_never_fits_is_not_given() {
    let broker = TestBroker::start(&[]);
    broker.ask(7, &create(vec![topic("t", 1_000, &[])])).await;
    with_groups(&broker).await;
    let note = "x".repeat(4 * KIB);
    let commit = async |partitions: Range<i32>| {
        let partition = |partition_index| OffsetCommitRequestPartition {
            partition_index,
            committed_metadata: Some(WireString::copy_from(&note)),
            ..OffsetCommitRequestPartition::default()
        };
        let topics = vec![OffsetCommitRequestTopic {
            name: "t".into(),
            partitions: partitions.map(partition).collect(),
            ..OffsetCommitRequestTopic::default()
        }];
        let request = OffsetCommitRequest {
            group_id: "g".into(),
            generation_id_or_member_epoch: -1,
            topics,
            ..OffsetCommitRequest::default()
        };
        assert_eq!(broker.ask(8, &request).await.topics[0].partitions[0].error_code, 0);
    };
    let group = OffsetFetchRequestGroup {
        group_id: "g".into(),
        topics: None,
        ..OffsetFetchRequestGroup::default()
    };
    let all = OffsetFetchRequest { groups: vec![group], ..OffsetFetchRequest::default() };
    let answers = &broker.broker.answers;
    for first in [0, 200, 400, 600] {
        commit(first..first + 200).await;
    }
    // Nearly all the room that there is.
    let Outcome::Respond(answer) = broker.begin(8, &all).await else { panic!("no answer") };
    assert!(answer.len() > answers.total() / 9 * 8);
    assert_eq!(answers.used(), answer.len());
    drop(answer);
    commit(800..1_000).await;
    assert!(matches!(broker.begin(8, &all).await, Outcome::Close(_)));
    assert_eq!(answers.used(), 0);
}

#[tokio::test]
async fn no_more_is_described_than_an_answer_may_take() {
    let broker = TestBroker::start(&[]);
    let names: Vec<String> = (0..1_000).map(|number| format!("topic-{number}")).collect();
    for name in &names {
        let command = Command::CreateTopic(crate::testing::topic(name, &[1]));
        broker.metadata.apply(&command).result.unwrap();
    }
    let resource = |name: &String| DescribeConfigsResource {
        resource_type: 2,
        resource_name: WireString::copy_from(name),
        ..DescribeConfigsResource::default()
    };
    let request = DescribeConfigsRequest {
        resources: names.iter().map(resource).collect(),
        include_documentation: true,
        include_synonyms: true,
    };
    let results = broker.ask(4, &request).await.results;
    assert_eq!(results.len(), 1_000);
    let described = results.iter().take_while(|result| result.error_code == 0).count();
    assert!((100..900).contains(&described), "{described}");
    assert!(results[described..].iter().all(|result| result.error_code == 42));
    assert!(results[described].error_message.as_ref().is_some_and(|text| text.contains("fewer")));
    assert_eq!(broker.broker.answers.used(), 0);
}

/// One group is told of when it is durable; another was looked at before.
#[tokio::test]
async fn an_answer_that_waits_while_it_is_made_has_room_for_what_it_tells() {
    let broker = TestBroker::start(&[]);
    broker.ask(7, &create(vec![topic("t", 400, &[])])).await;
    with_groups(&broker).await;
    let commit = |group: &'static str, partitions: Range<i32>, note: usize| {
        let partition = |partition_index| OffsetCommitRequestPartition {
            partition_index,
            committed_metadata: Some(WireString::from("x".repeat(note))),
            ..OffsetCommitRequestPartition::default()
        };
        let topics = vec![OffsetCommitRequestTopic {
            name: "t".into(),
            partitions: partitions.map(partition).collect(),
            ..OffsetCommitRequestTopic::default()
        }];
        OffsetCommitRequest {
            group_id: group.into(),
            generation_id_or_member_epoch: -1,
            topics,
            ..OffsetCommitRequest::default()
        }
    };
    for first in [0, 200] {
        broker.ask(8, &commit("g", first..first + 200, 4 * KIB)).await;
    }
    broker.ask(8, &commit("another", 0..1, 0)).await;
    let all = |group: &'static str| OffsetFetchRequestGroup {
        group_id: group.into(),
        topics: None,
        ..OffsetFetchRequestGroup::default()
    };
    let named = OffsetFetchRequestGroup {
        topics: Some(vec![OffsetFetchRequestTopics {
            name: "t".into(),
            partition_indexes: (0..400).collect(),
            ..OffsetFetchRequestTopics::default()
        }]),
        ..all("g")
    };
    for first in [all("g"), named] {
        let later = commit("another", 0..1, 0);
        let mut committing = Box::pin(broker.begin(8, &later));
        assert!(futures::poll!(&mut committing).is_pending());
        let both = OffsetFetchRequest {
            groups: vec![first, all("another")],
            ..OffsetFetchRequest::default()
        };
        let mut asking = Box::pin(broker.begin(8, &both));
        assert!(futures::poll!(&mut asking).is_pending());
        let charged = broker.broker.answers.used();
        assert!(charged >= 400 * 4 * KIB, "{charged} bytes while 1.6 MiB of notes are held");
        let (answered, committed) = futures::join!(asking, committing);
        let Outcome::Respond(answer) = answered else { panic!("no answer") };
        assert!(answer.len() >= 400 * 4 * KIB);
        assert_eq!(broker.broker.answers.used(), answer.len());
        drop((answer, committed));
    }
    assert_eq!(broker.broker.answers.used(), 0);
}

/// Topics of a produce request that nobody has.
fn unknown_topics(count: usize) -> ProduceRequest {
    let topic = |number: usize| TopicProduceData {
        name: WireString::from(format!("{number:050}")),
        ..TopicProduceData::default()
    };
    let topic_data = (0..count).map(topic).collect();
    ProduceRequest { acks: -1, timeout_ms: 1_000, topic_data, ..ProduceRequest::default() }
}

/// A client that reads none of its answers may send a hundred requests on.
#[tokio::test]
async fn what_is_to_be_told_of_refused_batches_keeps_the_room_of_its_request() {
    let broker = filled(&[&[]]).await;
    let Outcome::Later(answer, _) = broker.begin(12, &unknown_topics(1_000)).await else {
        panic!("no answer")
    };
    let waiting = broker.requests.used();
    assert!(waiting >= 50 * KIB, "{waiting} bytes for a thousand names of 50");
    let answer = answer.await;
    assert!(broker.requests.used() >= waiting.min(answer.len()));
    drop(answer);
    assert_eq!(broker.requests.used(), 0);
    // A name of nothing takes three bytes, and seventy when it is decoded.
    let names = vec![TopicProduceData::default(); 10_000];
    let bomb = ProduceRequest { topic_data: names, ..unknown_topics(0) };
    assert!(matches!(broker.begin(12, &bomb).await, Outcome::Close(_)));
    assert_eq!(broker.requests.used(), 0);
}

/// Records that compress to nothing, each of which is to be named with a text.
#[tokio::test]
async fn what_is_told_of_refused_records_takes_no_more_than_their_request() {
    let broker = TestBroker::start(&[]);
    let compacted = topic("c", 1, &[("cleanup.policy", "compact")]);
    assert_eq!(broker.ask(7, &create(vec![compacted])).await.topics[0].error_code, 0);
    let mut builder = BatchBuilder::new(Encoding::Zstd { level: 3 });
    for _ in 0..1_000 {
        let timestamp = Timestamp(1_000);
        builder.push(&NewRecord { timestamp, value: Some(b""), ..NewRecord::default() });
    }
    let records = builder.build().unwrap().sequence(0, 0, Timestamp(0)).bytes;
    let count = 16_000 / (records.len() + 12);
    let one = PartitionProduceData { index: 0, records: Some(Records::from(records)) };
    let topic_data = vec![TopicProduceData {
        name: "c".into(),
        partition_data: vec![one; count],
        ..TopicProduceData::default()
    }];
    let request = ProduceRequest { topic_data, ..unknown_topics(0) };
    let told = broker.ask(12, &request).await.responses.remove(0).partition_responses;
    assert!(told.iter().all(|one| one.error_code == 87), "{told:?}");
    assert!(told[0].error_message.is_some() && told[0].record_errors.len() > 10, "{told:?}");
    let Outcome::Later(answer, _) = broker.begin(12, &request).await else { panic!("no answer") };
    let waiting = broker.requests.used();
    let answer = answer.await;
    assert!(waiting >= answer.len(), "{waiting} bytes for an answer of {}", answer.len());
    drop(answer);
    assert_eq!(broker.requests.used(), 0);
}

#[tokio::test]
async fn no_answer_of_a_group_waits_for_room() {
    let broker = TestBroker::start(&["group.initial.rebalance.delay.ms=0"]);
    with_groups(&broker).await;
    let join = |member: &str| JoinGroupRequest {
        group_id: "g".into(),
        session_timeout_ms: 10_000,
        rebalance_timeout_ms: 10_000,
        member_id: WireString::copy_from(member),
        protocol_type: "consumer".into(),
        protocols: vec![JoinGroupRequestProtocol {
            name: "range".into(),
            metadata: Bytes::from(vec![7; 400 * KIB]),
        }],
        ..JoinGroupRequest::default()
    };
    let joined = loop {
        let joined = broker.ask(3, &join("")).await;
        if joined.error_code == 0 {
            break joined;
        }
    };
    let answers = &broker.broker.answers;
    let slow = answers.acquire(answers.total()).await;
    assert_eq!(broker.ask(3, &join(&joined.member_id)).await.error_code, 15);
    drop(slow);
    let Outcome::Respond(answer) = broker.begin(3, &join(&joined.member_id)).await else {
        panic!("no answer")
    };
    assert_eq!(answers.used(), answer.len());
    drop(answer);

    let rejoined = broker.ask(3, &join(&joined.member_id)).await;
    let sync = SyncGroupRequest {
        group_id: "g".into(),
        generation_id: rejoined.generation_id,
        member_id: rejoined.member_id.clone(),
        assignments: vec![SyncGroupRequestAssignment {
            member_id: rejoined.member_id,
            assignment: Bytes::from(vec![7; 400 * KIB]),
        }],
        ..SyncGroupRequest::default()
    };
    let slow = answers.acquire(answers.total()).await;
    assert_eq!(broker.ask(3, &sync).await.error_code, 15);
    drop(slow);
    assert_eq!(broker.ask(3, &sync).await.assignment.len(), 400 * KIB);
    assert_eq!(answers.used(), 0);
}

#[tokio::test]
async fn every_large_answer_has_room_until_it_is_written() {
    let broker = filled(&[&[]]).await;
    let groups_names = (0..1_000).map(|group| WireString::from(group.to_string())).collect();
    let request = DeleteGroupsRequest { groups_names };
    let Outcome::Respond(answer) = broker.begin(2, &request).await else { panic!("no answer") };
    assert_eq!(broker.broker.answers.used(), answer.len());
    assert_eq!(broker.requests.used(), 0);
    drop(answer);
    assert_eq!(broker.broker.answers.used(), 0);
}

/// While all threads are busy, those who search wait for them, and no more batches with them than
/// there is room for.
#[tokio::test]
async fn searches_by_time_have_room_before_they_read() {
    let broker = filled(&[&[300 * KIB][..]; 3]).await;
    let inspector = &broker.broker.inspector;
    let busy = Work { memory_bytes: 1, records_bytes: 1 << 30 };
    let (release, released) = std::sync::mpsc::channel::<()>();
    let released = Arc::new(std::sync::Mutex::new(released));
    let threads = std::thread::available_parallelism().unwrap().get();
    let jobs: Vec<_> = (0..threads)
        .map(|_| {
            let (inspector, released) = (inspector.clone(), Arc::clone(&released));
            let job = move || released.lock().unwrap().recv();
            tokio::spawn(async move { drop(inspector.run_at_any_size(busy, job).await) })
        })
        .collect();
    until(|| inspector.used() == threads).await;

    let partition = |partition_index| ListOffsetsPartition {
        partition_index,
        current_leader_epoch: -1,
        timestamp: 5,
    };
    let partitions = (0..3).map(partition).collect();
    let search = ListOffsetsRequest {
        replica_id: -1,
        topics: vec![ListOffsetsTopic { name: "t".into(), partitions }],
        ..ListOffsetsRequest::default()
    };
    let reads = || broker.broker.storage.counters().log_cache_hits.get();
    let before = reads();
    let mut searches: Vec<_> = (0..30).map(|_| Box::pin(broker.ask(7, &search))).collect();
    for search in &mut searches {
        assert!(futures::poll!(search).is_pending());
        tokio::task::yield_now().await;
    }
    // Each is larger than the share, and has it for itself.
    assert_eq!(reads() - before, 1);
    drop(release);
    for answer in futures::future::join_all(searches).await {
        let found: Vec<_> = answer.topics[0].partitions.iter().map(|at| at.offset).collect();
        assert_eq!(found, [0; 3]);
    }
    futures::future::join_all(jobs).await;
    assert_eq!((reads() - before, inspector.used()), (90, 0));
}
