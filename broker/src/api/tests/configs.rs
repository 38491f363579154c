//! Describing and altering settings.

use std::collections::HashMap;

use penstock_wire::alter_configs_request::{
    AlterConfigsRequest, AlterConfigsResource as Replaced, AlterableConfig as ReplacedLine,
};
use penstock_wire::describe_configs_request::{DescribeConfigsRequest, DescribeConfigsResource};
use penstock_wire::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResult,
};
use penstock_wire::incremental_alter_configs_request::{
    AlterConfigsResource, AlterableConfig, IncrementalAlterConfigsRequest,
};

use super::{create, topic};
use crate::config::topic::SETTINGS;
use crate::testing::TestBroker;

const TOPIC: i8 = 2;
const BROKER: i8 = 4;
const LOGGER: i8 = 8;
const METRICS: i8 = 16;
const GROUP: i8 = 32;

const SET: i8 = 0;
const DELETE: i8 = 1;
const APPEND: i8 = 2;
const SUBTRACT: i8 = 3;

type Line = (&'static str, i8, &'static str);

fn describing(resource_type: i8, name: &'static str) -> DescribeConfigsRequest {
    let resource = DescribeConfigsResource {
        resource_type,
        resource_name: name.into(),
        configuration_keys: None,
    };
    DescribeConfigsRequest {
        resources: vec![resource],
        include_synonyms: true,
        include_documentation: true,
    }
}

async fn describe(
    test: &TestBroker,
    resource_type: i8,
    name: &'static str,
) -> DescribeConfigsResult {
    test.ask(4, &describing(resource_type, name)).await.results.remove(0)
}

/// The entries by key.
async fn entries(
    test: &TestBroker,
    resource_type: i8,
    name: &'static str,
) -> HashMap<String, DescribeConfigsResourceResult> {
    let result = describe(test, resource_type, name).await;
    assert_eq!((result.error_code, result.error_message.as_deref()), (0, Some("")));
    result.configs.into_iter().map(|entry| (entry.name.to_string(), entry)).collect()
}

fn altering(changes: &[(i8, &'static str, &[Line])]) -> IncrementalAlterConfigsRequest {
    let resource = |(resource_type, name, lines): &(i8, &'static str, &[Line])| {
        let line = |(key, operation, value): &Line| AlterableConfig {
            name: (*key).into(),
            config_operation: *operation,
            value: Some((*value).into()),
        };
        AlterConfigsResource {
            resource_type: *resource_type,
            resource_name: (*name).into(),
            configs: lines.iter().map(line).collect(),
        }
    };
    IncrementalAlterConfigsRequest {
        resources: changes.iter().map(resource).collect(),
        validate_only: false,
    }
}

/// Changes one resource.
async fn alter(
    test: &TestBroker,
    resource_type: i8,
    name: &'static str,
    lines: &[Line],
) -> (i16, String) {
    let response = test.ask(1, &altering(&[(resource_type, name, lines)])).await;
    let outcome = &response.responses[0];
    (outcome.error_code, outcome.error_message.as_deref().unwrap_or("null").to_owned())
}

async fn with_topic(name: &'static str) -> TestBroker {
    let test = TestBroker::start(&[]);
    test.ask(7, &create(vec![topic(name, 1, &[])])).await;
    test
}

#[tokio::test]
async fn every_setting_of_a_topic_is_described_in_every_version() {
    let test = with_topic("t").await;
    for version in 1..=4 {
        let mut request = describing(TOPIC, "t");
        request.include_documentation = version >= 3;
        let response = test.ask(version, &request).await;
        let configs = &response.results[0].configs;
        assert_eq!(configs.len(), SETTINGS.len());
        let policy = configs.iter().find(|entry| entry.name == "cleanup.policy").unwrap();
        assert_eq!((policy.value.as_deref(), policy.config_source), (Some("delete"), 5));
        let synonym = &policy.synonyms[0];
        assert_eq!((synonym.name.as_str(), synonym.source), ("log.cleanup.policy", 5));
        if version >= 3 {
            assert_eq!(policy.config_type, 7);
            assert!(policy.documentation.is_some());
        }
        assert!(configs.iter().all(|entry| !entry.read_only && !entry.is_sensitive));
    }
}

#[tokio::test]
async fn a_description_has_the_keys_that_were_asked_for() {
    let test = with_topic("t").await;
    let mut request = describing(TOPIC, "t");
    for (keys, expect) in [
        (vec!["retention.ms".into(), "nope".into()], vec!["retention.ms"]),
        (Vec::new(), SETTINGS.iter().map(|setting| setting.name).collect()),
    ] {
        request.resources[0].configuration_keys = Some(keys);
        let result = test.ask(4, &request).await.results.remove(0);
        let names: Vec<&str> = result.configs.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, expect);
    }
}

#[tokio::test]
async fn what_cannot_be_described_is_refused_in_kafkas_words() {
    let test = with_topic("t").await;
    for (resource_type, name, error, message) in [
        (TOPIC, "u", 3, ""),
        (TOPIC, "", 17, "Topic name is invalid: the empty string is not allowed"),
        (BROKER, "2", 42, "Unexpected broker id, expected 1 or empty string, but received 2"),
        (BROKER, "x", 42, "Broker id must be an integer, but it is: x"),
        (LOGGER, "", 42, "Broker id must not be empty"),
        (GROUP, "", 42, "Group name must not be empty"),
        (METRICS, "", 42, "Client metrics subscription name must not be empty"),
        (3, "x", 42, "Unknown resource type 3"),
    ] {
        let result = describe(&test, resource_type, name).await;
        let got = (result.error_code, result.error_message.as_deref(), result.configs.len());
        assert_eq!(got, (error, Some(message), 0), "{resource_type} {name}");
    }
    assert_eq!(entries(&test, LOGGER, "1").await["root"].config_source, 6);
}

#[tokio::test]
async fn a_change_is_seen_where_it_counts() {
    let test = with_topic("t").await;
    let altered = alter(&test, TOPIC, "t", &[("retention.ms", SET, " 9 ")]).await;
    assert_eq!(altered, (0, "null".to_owned()));
    let entry = entries(&test, TOPIC, "t").await.remove("retention.ms").unwrap();
    assert_eq!((entry.value.as_deref(), entry.config_source), (Some("9"), 1));
    assert_eq!(entry.synonyms[0].name.as_str(), "retention.ms");

    let image = test.broker.metadata.image();
    let id = image.topic_by_name("t").unwrap().id;
    let retention = test.broker.topic_settings.of(&image, id).config.retention;
    assert_eq!(retention, Some(std::time::Duration::from_millis(9)));

    alter(&test, TOPIC, "t", &[("retention.ms", DELETE, "")]).await;
    assert_eq!(entries(&test, TOPIC, "t").await["retention.ms"].config_source, 5);
}

#[tokio::test]
async fn a_resource_changes_as_a_whole_or_not_at_all() {
    let test = with_topic("t").await;
    test.ask(7, &create(vec![topic("u", 1, &[])])).await;
    let request = altering(&[
        (TOPIC, "t", &[("segment.ms", SET, "5"), ("retention.ms", SET, "x")]),
        (TOPIC, "u", &[("retention.ms", SET, "8")]),
    ]);
    let response = test.ask(1, &request).await;
    let codes: Vec<i16> = response.responses.iter().map(|line| line.error_code).collect();
    assert_eq!(codes, [40, 0]);
    assert_eq!(entries(&test, TOPIC, "t").await["segment.ms"].config_source, 5);
    assert_eq!(entries(&test, TOPIC, "u").await["retention.ms"].config_source, 1);

    let twice = altering(&[(TOPIC, "u", &[]), (TOPIC, "u", &[])]);
    let response = test.ask(0, &twice).await;
    let codes: Vec<i16> = response.responses.iter().map(|line| line.error_code).collect();
    assert_eq!(codes, [42, 42]);
}

#[tokio::test]
async fn a_validated_change_is_not_made() {
    let test = with_topic("t").await;
    let mut request = altering(&[(TOPIC, "t", &[("retention.ms", SET, "9")])]);
    request.validate_only = true;
    assert_eq!(test.ask(1, &request).await.responses[0].error_code, 0);
    assert_eq!(entries(&test, TOPIC, "t").await["retention.ms"].config_source, 5);
}

#[tokio::test]
async fn changes_are_refused_in_kafkas_words() {
    let test = with_topic("t").await;
    for (resource_type, name, lines, error, message) in [
        (TOPIC, "u", &[("retention.ms", SET, "1")], 3, "The topic 'u' does not exist."),
        (TOPIC, "u", &[("zz", SET, "1")], 40, "Unknown topic config name: zz"),
        (TOPIC, "", &[("zz", SET, "1")], 42, "Default topic resources are not allowed."),
        (
            TOPIC,
            "a b",
            &[("retention.ms", SUBTRACT, "1")],
            40,
            "Can't SUBTRACT to key retention.ms because its type is not LIST.",
        ),
        (BROKER, "2", &[("a", SET, "1")], 42, "Unexpected broker id, expected 1, but received 2"),
        (BROKER, "x", &[("a", SET, "1")], 42, "Node id must be an integer, but it is: x"),
        (LOGGER, "", &[("root", SET, "INFO")], 42, "Node id must be an integer, but it is: "),
        (LOGGER, "1", &[("nope", SET, "INFO")], 40, "Logger nope does not exist!"),
        (
            LOGGER,
            "1",
            &[("root", SET, "INFO")],
            42,
            "The level of logs is set at the start, by PENSTOCK_LOG.",
        ),
        (GROUP, "g", &[("zz", SET, "1")], 40, "Unknown group config name: zz"),
        (GROUP, "", &[("zz", SET, "1")], 42, "Default group resources are not allowed."),
        (METRICS, "m", &[("zz", SET, "1")], 42, "Unknown client metrics configuration: zz"),
        (99, "x", &[("a", SET, "b")], 42, "Unknown resource type 99"),
    ] {
        let altered = alter(&test, resource_type, name, lines).await;
        assert_eq!(altered, (error, message.to_owned()), "{resource_type} {name} {lines:?}");
    }
}

#[tokio::test]
async fn settings_of_brokers_come_in_layers() {
    let test = with_topic("t").await;
    let set = |value| [("log.retention.ms", SET, value), ("unknown.key", SET, "secret")];
    assert_eq!(alter(&test, BROKER, "", &set("2000")).await.0, 0);
    assert_eq!(entries(&test, TOPIC, "t").await["retention.ms"].value.as_deref(), Some("2000"));
    assert_eq!(alter(&test, BROKER, "1", &set("1000")).await.0, 0);
    assert_eq!(entries(&test, TOPIC, "t").await["retention.ms"].value.as_deref(), Some("1000"));

    let own = entries(&test, BROKER, "1").await;
    let entry = &own["log.retention.ms"];
    let sources: Vec<i8> = entry.synonyms.iter().map(|synonym| synonym.source).collect();
    assert_eq!((entry.value.as_deref(), &sources[..2]), (Some("1000"), &[2, 3][..]));
    assert!(!entry.read_only);
    assert!(own["num.partitions"].read_only);
    let unknown = &own["unknown.key"];
    assert_eq!((unknown.value.as_deref(), unknown.is_sensitive), (None, true));
    assert_eq!((unknown.config_source, unknown.config_type), (2, 0));

    let shared = entries(&test, BROKER, "").await;
    assert_eq!(shared.len(), 2);
    let entry = &shared["log.retention.ms"];
    assert_eq!((entry.value.as_deref(), entry.config_source), (Some("2000"), 3));
}

#[tokio::test]
async fn a_replacement_leaves_nothing_of_what_was() {
    for version in 0..=2 {
        let test = TestBroker::start(&[]);
        let policy = ("cleanup.policy", "compact");
        test.ask(7, &create(vec![topic("t", 1, &[("retention.ms", "5"), policy])])).await;
        let replacing = |value: &'static str| {
            let line = |(name, value): (&'static str, &'static str)| ReplacedLine {
                name: name.into(),
                value: Some(value.into()),
            };
            AlterConfigsRequest {
                resources: vec![Replaced {
                    resource_type: TOPIC,
                    resource_name: "t".into(),
                    configs: [("segment.ms", value), policy].into_iter().map(line).collect(),
                }],
                validate_only: false,
            }
        };
        assert_eq!(test.ask(version, &replacing("x")).await.responses[0].error_code, 40);
        assert_eq!(entries(&test, TOPIC, "t").await["retention.ms"].config_source, 1);
        assert_eq!(test.ask(version, &replacing("7")).await.responses[0].error_code, 0);
        let after = entries(&test, TOPIC, "t").await;
        let sources = ["retention.ms", "segment.ms", "cleanup.policy"];
        assert_eq!(sources.map(|name| after[name].config_source), [5, 1, 1]);
    }
}

/// As Apache Kafka 4.3.1 shows them: a group that nobody knows has settings too.
#[tokio::test]
async fn groups_and_subscriptions_have_settings_that_are_kept_and_shown() {
    let test = TestBroker::start(&["group.consumer.session.timeout.ms=46000"]);
    let shown = async |resource_type, name, key: &str| {
        let entry = entries(&test, resource_type, name).await.remove(key).unwrap();
        let synonyms = entry.synonyms.iter();
        let synonyms = synonyms.map(|synonym| {
            format!(" {}={}:{}", synonym.name, synonym.value.as_deref().unwrap(), synonym.source)
        });
        format!(
            "{}:{}{}",
            entry.value.as_deref().unwrap(),
            entry.config_source,
            synonyms.collect::<String>()
        )
    };
    let (session, reset) = ("consumer.session.timeout.ms", "share.auto.offset.reset");
    let broker =
        "group.consumer.session.timeout.ms=46000:4 group.consumer.session.timeout.ms=45000:5";
    assert_eq!(shown(GROUP, "g", session).await, format!("46000:4 {broker}"));
    assert_eq!(shown(GROUP, "g", reset).await, "latest:5 share.auto.offset.reset=latest:5");
    assert_eq!(shown(METRICS, "m", "interval.ms").await, "300000:5");
    for (resource_type, name, lines) in [
        (GROUP, "g", &[(session, SET, "50000"), (reset, SET, "earliest")][..]),
        (METRICS, "m", &[("interval.ms", SET, "1000"), ("metrics", SET, "a.b,c")]),
    ] {
        assert_eq!(alter(&test, resource_type, name, lines).await, (0, "null".to_owned()));
    }
    let expect = format!("50000:8 consumer.session.timeout.ms=50000:8 {broker}");
    assert_eq!(shown(GROUP, "g", session).await, expect);
    assert_eq!(shown(GROUP, "h", session).await, format!("46000:4 {broker}"));
    assert_eq!(shown(METRICS, "m", "interval.ms").await, "1000:7 interval.ms=1000:7");
    assert_eq!(shown(METRICS, "m", "metrics").await, "a.b,c:7 metrics=a.b,c:7");
    for (resource_type, name, line, error, message) in [
        (
            GROUP,
            "g",
            (session, SET, "5"),
            40,
            "consumer.session.timeout.ms must be greater than or equal to \
             group.consumer.min.session.timeout.ms",
        ),
        (
            METRICS,
            "m",
            ("interval.ms", SET, "5"),
            42,
            "Invalid value 5 for interval.ms, interval must be between 100 and 3600000 (1 hour)",
        ),
        (
            METRICS,
            "m",
            ("metrics", APPEND, "d"),
            40,
            "Can't APPEND to key metrics because its type is not LIST.",
        ),
    ] {
        let refused = alter(&test, resource_type, name, &[line]).await;
        assert_eq!(refused, (error, message.to_owned()));
    }
    assert_eq!(alter(&test, GROUP, "g", &[(session, DELETE, "")]).await, (0, "null".to_owned()));
    assert_eq!(shown(GROUP, "g", session).await, format!("46000:4 {broker}"));
}
