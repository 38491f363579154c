//! Creating, growing and deleting topics.

use penstock_model::id::TopicId;
use penstock_wire::create_partitions_request::{CreatePartitionsRequest, CreatePartitionsTopic};
use penstock_wire::create_topics_request::{CreatableTopic, CreateTopicsRequest};
use penstock_wire::create_topics_response::CreatableTopicResult;
use penstock_wire::delete_topics_request::{DeleteTopicState, DeleteTopicsRequest};
use penstock_wire::{Uuid, WireString};

use super::{create, topic};
use crate::api::internal_topic::{create_consumer_offsets, create_internal_topic};
use crate::testing::TestBroker;

fn codes(results: &[CreatableTopicResult]) -> Vec<(&str, i16)> {
    results.iter().map(|result| (result.name.as_str(), result.error_code)).collect()
}

fn partitions(test: &TestBroker, name: &str) -> Option<usize> {
    test.broker.metadata.image().topic_by_name(name).map(|topic| topic.streams.len())
}

#[tokio::test]
async fn a_created_topic_is_visible_and_its_partitions_open() {
    for version in 2..=7 {
        let test = TestBroker::start(&["num.partitions=2"]);
        let by_default = || {
            let mut request = create(vec![topic("t", -1, &[("retention.ms", "5")])]);
            request.topics[0].replication_factor = -1;
            request
        };
        let response = test.ask(version, &by_default()).await;
        assert_eq!(codes(&response.topics), [("t", 0)], "{version}");
        let id = test.broker.metadata.image().topic_by_name("t").unwrap().id;
        assert!(test.broker.partitions.get(id, 1).await.is_ok());
        let [result] = &response.topics[..] else { panic!("{response:?}") };
        assert_eq!(result.error_message, None);
        if version >= 5 {
            assert_eq!((result.num_partitions, result.replication_factor), (2, 1));
            let configs = result.configs.as_ref().unwrap();
            let source = |name: &str| {
                let config = configs.iter().find(|config| config.name == name).unwrap();
                (config.value.as_deref(), config.config_source)
            };
            assert_eq!(source("retention.ms"), (Some("5"), 1));
            assert_eq!(source("cleanup.policy"), (Some("delete"), 5));
        }
        if version >= 7 {
            assert_eq!(result.topic_id, Uuid(id.0));
        }
        let again = test.ask(version, &by_default()).await;
        assert_eq!(codes(&again.topics), [("t", 36)]);
        let message = again.topics[0].error_message.as_deref();
        assert_eq!(message, Some("Topic 't' already exists."));
    }
}

#[tokio::test]
async fn each_topic_of_a_request_stands_or_falls_alone() {
    let test = TestBroker::start(&[]);
    let request = create(vec![
        topic("dup", 1, &[]),
        topic("good", 2, &[]),
        topic("bad", 1, &[("nope", "1")]),
        topic("dup", 2, &[]),
    ]);
    let response = test.ask(7, &request).await;
    assert_eq!(codes(&response.topics), [("dup", 42), ("good", 0), ("bad", 40)]);
    assert_eq!(partitions(&test, "good"), Some(2));
    assert_eq!((partitions(&test, "dup"), partitions(&test, "bad")), (None, None));
    let bad = &response.topics[2];
    assert_eq!((bad.num_partitions, bad.replication_factor), (-1, -1));
    assert_eq!(bad.topic_id, Uuid::ZERO);
}

/// In Kafka nobody gets to tell what else is wrong with them.
#[tokio::test]
async fn too_many_partitions_are_all_that_is_said_of_a_request() {
    let test = TestBroker::start(&[]);
    let (prohibited, many) = (topic("__cluster_metadata", 1, &[]), topic("many", 10_001, &[]));
    let request = create(vec![prohibited.clone(), topic("t", 1, &[]), many, prohibited]);
    let response = test.ask(7, &request).await;
    assert_eq!(codes(&response.topics), [("__cluster_metadata", 44), ("t", 44), ("many", 44)]);
    assert_eq!(partitions(&test, "t"), None);
}

#[tokio::test]
async fn a_validated_topic_is_not_there() {
    let test = TestBroker::start(&[]);
    let request = CreateTopicsRequest { validate_only: true, ..create(vec![topic("t", 3, &[])]) };
    let response = test.ask(7, &request).await;
    assert_eq!((response.topics[0].error_code, response.topics[0].num_partitions), (0, 3));
    assert_ne!(response.topics[0].topic_id, Uuid::ZERO);
    assert_eq!(partitions(&test, "t"), None);
}

#[tokio::test]
async fn topics_grow() {
    for version in 0..=3 {
        let test = TestBroker::start(&[]);
        test.ask(7, &create(vec![topic("a", 1, &[]), topic("b", 1, &[])])).await;
        let grow = |names: &[&'static str], validate_only| CreatePartitionsRequest {
            topics: names
                .iter()
                .map(|name| CreatePartitionsTopic {
                    name: (*name).into(),
                    count: 3,
                    assignments: None,
                })
                .collect(),
            validate_only,
            ..CreatePartitionsRequest::default()
        };
        let response = test.ask(version, &grow(&["a"], true)).await;
        assert_eq!(response.results[0].error_code, 0);
        assert_eq!(partitions(&test, "a"), Some(1));
        let response = test.ask(version, &grow(&["a", "b", "c", "b"], false)).await;
        let codes: Vec<_> = response
            .results
            .iter()
            .map(|result| (result.name.as_str(), result.error_code))
            .collect();
        assert_eq!(codes, [("a", 0), ("b", 42), ("c", 3)]);
        assert_eq!((partitions(&test, "a"), partitions(&test, "b")), (Some(3), Some(1)));
        let id = test.broker.metadata.image().topic_by_name("a").unwrap().id;
        assert!(test.broker.partitions.get(id, 2).await.is_ok());
    }
}

fn delete(version: i16, names: &[&'static str]) -> DeleteTopicsRequest {
    let names = names.iter().map(|name| WireString::from(*name));
    let mut request = DeleteTopicsRequest::default();
    if version >= 6 {
        let state = |name| DeleteTopicState { name: Some(name), topic_id: Uuid::ZERO };
        request.topics = names.map(state).collect();
    } else {
        request.topic_names = names.collect();
    }
    request
}

#[tokio::test]
async fn a_deleted_topic_is_gone_and_its_name_free() {
    for version in 1..=6 {
        let test = TestBroker::start(&[]);
        test.ask(7, &create(vec![topic("t", 1, &[])])).await;
        let id = test.broker.metadata.image().topic_by_name("t").unwrap().id;
        let response = test.ask(version, &delete(version, &["t", "u"])).await;
        let codes: Vec<i16> = response.responses.iter().map(|line| line.error_code).collect();
        assert_eq!(codes, [0, 3], "{version}");
        assert_eq!(partitions(&test, "t"), None);
        assert!(test.broker.partitions.get(id, 0).await.is_err());
        if version >= 6 {
            assert_eq!(response.responses[0].topic_id, Uuid(id.0));
        }
        let created = test.ask(7, &create(vec![topic("t", 1, &[])])).await;
        assert_eq!(created.topics[0].error_code, 0);
        assert_ne!(TopicId(created.topics[0].topic_id.0), id);
    }
}

#[tokio::test]
async fn topics_by_id_are_deleted_with_their_names() {
    let test = TestBroker::start(&[]);
    let created = test.ask(7, &create(vec![topic("t", 1, &[])])).await;
    let topic_id = created.topics[0].topic_id;
    let topics = vec![DeleteTopicState { name: None, topic_id }];
    let request = DeleteTopicsRequest { topics, ..DeleteTopicsRequest::default() };
    for (error, name) in [(0, Some("t")), (100, None)] {
        let response = test.ask(6, &request).await;
        let [line] = &response.responses[..] else { panic!("{response:?}") };
        assert_eq!((line.error_code, line.name.as_deref()), (error, name));
        assert_eq!(line.topic_id, topic_id);
    }
}

#[tokio::test]
async fn deletion_can_be_switched_off() {
    let test = TestBroker::start(&["delete.topic.enable=false"]);
    test.ask(7, &create(vec![topic("t", 1, &[])])).await;
    for version in 1..=6 {
        let response = test.ask(version, &delete(version, &["t"])).await;
        let expect = if version < 3 { 42 } else { 73 };
        assert_eq!(response.responses[0].error_code, expect, "{version}");
    }
    assert_eq!(partitions(&test, "t"), Some(1));
}

#[tokio::test]
async fn the_offsets_topic_is_made_once() {
    let test = TestBroker::start(&["offsets.topic.num.partitions=7"]);
    let (a, b) = futures::join!(
        create_consumer_offsets(&test.broker),
        create_consumer_offsets(&test.broker)
    );
    assert_eq!((a, b), (Ok(()), Ok(())));
    assert_eq!(partitions(&test, "__consumer_offsets"), Some(7));
    let image = test.broker.metadata.image();
    let id = image.topic_by_name("__consumer_offsets").unwrap().id;
    assert!(test.broker.topic_settings.of(&image, id).config.rules.compacted);
    // Somebody who planned on an older image finds it, too.
    let again = create_internal_topic(&test.broker, "__consumer_offsets", 9, 1, &[]).await;
    assert_eq!(again, Ok(()));
    assert_eq!(partitions(&test, "__consumer_offsets"), Some(7));
}

/// The answer to one topic tells some thirty settings; those to thousands take no more than there
/// is room for.
#[tokio::test]
async fn settings_are_told_of_as_many_topics_as_there_is_room_for() {
    let test = TestBroker::start(&[]);
    let told_max = test.broker.answers.total() / 2 / 8192;
    let names = (0..told_max + 2).map(|number| format!("t{number}"));
    let topics = names.map(|name| CreatableTopic { name: name.into(), ..topic("", 1, &[]) });
    let request = CreateTopicsRequest { validate_only: true, ..create(topics.collect()) };
    let response = test.ask(7, &request).await;
    let told = response.topics.iter().map(|topic| {
        let settings = topic.configs.as_ref().map(Vec::len);
        (topic.error_code, topic.topic_config_error_code, settings)
    });
    let told: Vec<_> = told.collect();
    let known = crate::config::topic::SETTINGS.len();
    assert_eq!(told[..told_max], vec![(0, 0, Some(known)); told_max]);
    assert_eq!(told[told_max..], [(0, 29, None); 2]);
}
