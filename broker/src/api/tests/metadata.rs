//! `Metadata` and `DescribeCluster`.

use penstock_model::command::Command;
use penstock_wire::describe_cluster_request::DescribeClusterRequest;
use penstock_wire::metadata_request::{MetadataRequest, MetadataRequestTopic};
use penstock_wire::metadata_response::{MetadataResponse, MetadataResponseTopic};
use penstock_wire::{Uuid, WireString};

use super::{assigned, create, topic};
use crate::api::cluster_view::{CLUSTER_OPERATIONS, TOPIC_OPERATIONS};
use crate::cluster_id;
use crate::testing::{CLUSTER, TestBroker};

fn by_name(name: &str) -> MetadataRequestTopic {
    MetadataRequestTopic { topic_id: Uuid::ZERO, name: Some(WireString::copy_from(name)) }
}

fn by_id(id: Uuid) -> MetadataRequestTopic {
    MetadataRequestTopic { topic_id: id, name: None }
}

fn naming(names: &[&str]) -> MetadataRequest {
    let topics = names.iter().map(|name| by_name(name)).collect();
    MetadataRequest { topics: Some(topics), ..MetadataRequest::default() }
}

fn name(topic: &MetadataResponseTopic) -> &str {
    topic.name.as_deref().unwrap_or("null")
}

/// Each topic with its error and number of partitions.
fn lines(response: &MetadataResponse) -> Vec<String> {
    let line = |topic: &MetadataResponseTopic| {
        format!("{}: {} {}", name(topic), topic.error_code, topic.partitions.len())
    };
    response.topics.iter().map(line).collect()
}

#[tokio::test]
async fn a_topic_that_is_asked_for_exists_when_it_is_asked_for_again() {
    for version in 0..=13 {
        let test = TestBroker::start(&["num.partitions=3"]);
        let response = test.ask(version, &naming(&["new", "bad name"])).await;
        assert_eq!(lines(&response), ["new: 3 0", "bad name: 17 0"], "{version}");
        let response = test.ask(version, &naming(&["new", "new"])).await;
        assert_eq!(lines(&response), ["new: 0 3"], "{version}");

        let brokers: Vec<_> =
            response.brokers.iter().map(|b| (b.node_id, b.host.as_str(), b.port)).collect();
        assert_eq!(brokers, [(1, "127.0.0.1", 9001)]);
        let id = (version >= 2).then(|| WireString::from(cluster_id::format(CLUSTER)));
        assert_eq!(response.cluster_id, id);
        assert_eq!(response.controller_id, if version >= 1 { 1 } else { -1 });
        let partition = &response.topics[0].partitions[2];
        assert_eq!((partition.error_code, partition.partition_index), (0, 2));
        assert_eq!(partition.leader_id, 1);
        assert_eq!(partition.leader_epoch, if version >= 7 { 0 } else { -1 });
        assert_eq!((&*partition.replica_nodes, &*partition.isr_nodes), (&[1][..], &[1][..]));
    }
}

#[tokio::test]
async fn topics_are_made_only_where_both_sides_want_them() {
    let without = MetadataRequest { allow_auto_topic_creation: false, ..naming(&["new"]) };
    for (settings, request) in
        [(&[][..], without), (&["auto.create.topics.enable=false"][..], naming(&["new"]))]
    {
        let test = TestBroker::start(settings);
        for _ in 0..2 {
            assert_eq!(lines(&test.ask(13, &request).await), ["new: 3 0"]);
        }
    }
}

#[tokio::test]
async fn colliding_and_reserved_names_are_never_made() {
    let test = TestBroker::start(&["offsets.topic.num.partitions=4"]);
    test.ask(7, &create(vec![topic("a.b", 1, &[])])).await;
    let names = ["a_b", "__consumer_offsets", "__transaction_state", "__cluster_metadata"];
    test.ask(13, &naming(&names)).await;
    let response = test.ask(13, &naming(&names)).await;
    let expect = [
        "a_b: 3 0",
        "__consumer_offsets: 0 4",
        "__transaction_state: 3 0",
        "__cluster_metadata: 3 0",
    ];
    assert_eq!(lines(&response), expect);
    let internal: Vec<bool> = response.topics.iter().map(|topic| topic.is_internal).collect();
    assert_eq!(internal, [false, true, true, false]);
}

#[tokio::test]
async fn no_list_is_every_topic_and_an_empty_one_is_none() {
    let test = TestBroker::start(&[]);
    test.ask(7, &create(vec![topic("b", 1, &[]), topic("a", 2, &[])])).await;
    let (all, none) = (
        MetadataRequest { topics: None, ..MetadataRequest::default() },
        MetadataRequest { topics: Some(Vec::new()), ..MetadataRequest::default() },
    );
    assert_eq!(lines(&test.ask(0, &none).await), ["a: 0 2", "b: 0 1"]);
    for version in [1, 13] {
        assert_eq!(lines(&test.ask(version, &all).await), ["a: 0 2", "b: 0 1"]);
        let response = test.ask(version, &none).await;
        assert!(response.topics.is_empty());
        assert_eq!(response.brokers.len(), 1);
    }
}

#[tokio::test]
async fn topics_are_found_by_id() {
    let test = TestBroker::start(&[]);
    let created = test.ask(7, &create(vec![topic("a", 1, &[])])).await;
    let (id, other) = (created.topics[0].topic_id, Uuid([9; 16]));
    let topics = vec![by_id(id), by_id(other), by_id(id)];
    let request = MetadataRequest { topics: Some(topics), ..MetadataRequest::default() };
    let response = test.ask(13, &request).await;
    assert_eq!(lines(&response), ["a: 0 1", "null: 100 0"]);
    assert_eq!((response.topics[0].topic_id, response.topics[1].topic_id), (id, other));
}

#[tokio::test]
async fn a_request_that_is_broken_in_one_topic_is_refused_as_a_whole() {
    let test = TestBroker::start(&[]);
    for (version, broken, expect) in [
        (10, MetadataRequestTopic { topic_id: Uuid([9; 16]), ..by_name("b") }, "b: 42 0"),
        (11, MetadataRequestTopic { topic_id: Uuid([9; 16]), name: None }, ": 42 0"),
        (12, by_id(Uuid::ZERO), "null: 42 0"),
    ] {
        let topics = Some(vec![by_name("a"), broken]);
        let request = MetadataRequest { topics, ..MetadataRequest::default() };
        let response = test.ask(version, &request).await;
        assert_eq!(lines(&response), ["a: 42 0", expect]);
        assert!(response.brokers.is_empty());
        assert_eq!((response.cluster_id, response.controller_id), (None, -1));
    }
}

#[tokio::test]
async fn what_one_may_do_is_told_on_request() {
    let test = TestBroker::start(&[]);
    for with in [false, true] {
        for version in 8..=13 {
            let request = MetadataRequest {
                include_topic_authorized_operations: with,
                include_cluster_authorized_operations: with && version <= 10,
                ..naming(&["t"])
            };
            let response = test.ask(version, &request).await;
            let topic = if with { TOPIC_OPERATIONS } else { i32::MIN };
            assert_eq!(response.topics[0].topic_authorized_operations, topic);
            let cluster = if with && version <= 10 { CLUSTER_OPERATIONS } else { i32::MIN };
            assert_eq!(response.cluster_authorized_operations, cluster, "{version}");
        }
    }
}

#[tokio::test]
async fn partitions_of_a_lost_broker_have_no_leader() {
    let test = TestBroker::start(&[]);
    let two = test.join(2);
    test.ask(7, &create(vec![assigned("t", &[&[1, 2], &[2, 1]])])).await;
    let before = test.ask(13, &naming(&["t"])).await;
    let leaders: Vec<i32> = before.topics[0].partitions.iter().map(|p| p.leader_id).collect();
    assert_eq!(leaders, [1, 2]);
    assert_eq!(before.topics[0].partitions[1].isr_nodes, [2, 1]);

    test.metadata.apply(&Command::FenceBroker(two)).result.unwrap();
    let after = test.ask(13, &naming(&["t"])).await;
    assert_eq!(after.brokers.len(), 1);
    let [here, gone] = &after.topics[0].partitions[..] else { panic!("{after:?}") };
    assert_eq!((here.error_code, here.leader_id, &*here.replica_nodes), (0, 1, &[1][..]));
    assert_eq!((gone.error_code, gone.leader_id, gone.leader_epoch), (5, -1, 0));
    assert_eq!((&*gone.isr_nodes, &*gone.offline_replicas), (&[2][..], &[2][..]));
}

#[tokio::test]
async fn the_cluster_is_described() {
    let test = TestBroker::start(&[]);
    let two = test.join(2);
    test.metadata.apply(&Command::FenceBroker(two)).result.unwrap();
    for version in 0..=2 {
        for with in [false, true] {
            let request = DescribeClusterRequest {
                include_cluster_authorized_operations: with,
                include_fenced_brokers: with && version >= 2,
                ..DescribeClusterRequest::default()
            };
            let response = test.ask(version, &request).await;
            assert_eq!((response.error_code, response.controller_id), (0, 1));
            assert_eq!(response.cluster_id.as_str(), cluster_id::format(CLUSTER));
            let operations = if with { CLUSTER_OPERATIONS } else { i32::MIN };
            assert_eq!(response.cluster_authorized_operations, operations);
            let fenced: Vec<bool> = response.brokers.iter().map(|b| b.is_fenced).collect();
            let expect: &[bool] = if with && version >= 2 { &[false, true] } else { &[false] };
            assert_eq!(fenced, expect);
        }
    }
    for (endpoint_type, error) in [(2, 114), (3, 115)] {
        let request = DescribeClusterRequest { endpoint_type, ..DescribeClusterRequest::default() };
        assert_eq!(test.ask(2, &request).await.error_code, error);
    }
}
