//! The running admin HTTP against its description.

use std::net::SocketAddr;
use std::sync::Arc;

use penstock_records::{BatchBuilder, Encoding, NewRecord, Timestamp};
use penstock_wire::create_topics_request::{CreatableTopic, CreateTopicsRequest};
use penstock_wire::find_coordinator_request::FindCoordinatorRequest;
use penstock_wire::offset_commit_request::{
    OffsetCommitRequest, OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::v1::PATHS;
use super::{AdminHttp, Insight, Readiness, Sample};
use crate::metrics::Metrics;
use crate::shutdown::{self, ShutdownTrigger};
use crate::testing::{TestBroker, produce_request};

/// A status and a body.
pub(super) async fn ask(address: SocketAddr, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// An admin HTTP that stops when it is dropped.
struct Running {
    address: SocketAddr,
    insight: watch::Sender<Option<Insight>>,
    readiness: watch::Sender<Readiness>,
    _stop: ShutdownTrigger,
}

impl Running {
    async fn start(metrics: Arc<Metrics>) -> Self {
        let admin = AdminHttp::bind("127.0.0.1:0").await.unwrap();
        let address = admin.local_address().unwrap();
        let (insight, seen) = watch::channel(None);
        let (readiness, ready) = watch::channel(Readiness::Starting);
        let (stop, shutdown) = shutdown::channel();
        tokio::spawn(admin.run(metrics, seen, ready, shutdown));
        Self { address, insight, readiness, _stop: stop }
    }

    async fn ask(&self, path: &str) -> (u16, String) {
        ask(self.address, path).await
    }

    async fn json(&self, path: &str) -> (u16, Value) {
        let (status, body) = self.ask(path).await;
        (status, serde_json::from_str(&body).unwrap_or_else(|error| panic!("{path}: {error}")))
    }
}

/// What a broker shows.
fn insight(test: &TestBroker, sample: Sample) -> Insight {
    Insight { sample, broker: Arc::clone(&test.broker), store: Arc::default() }
}

#[tokio::test]
async fn probes_follow_the_node_and_metrics_are_sampled() {
    let test = TestBroker::start(&[]);
    let metrics = Arc::clone(&test.broker.metrics);
    let running = Running::start(Arc::clone(&metrics)).await;
    assert_eq!(running.ask("/livez").await.0, 200);
    assert_eq!(running.ask("/readyz").await.0, 503);
    running.readiness.send_replace(Readiness::Serving);
    assert_eq!(running.ask("/readyz").await.0, 200);
    running.readiness.send_replace(Readiness::Draining);
    assert_eq!(running.ask("/readyz").await, (503, "draining\n".to_owned()));
    assert!(running.ask("/metrics").await.1.contains("\npenstock_partitions_led 0\n"));
    let led = metrics.partitions_led.clone();
    let sample: Sample = Arc::new(move || {
        led.set(7);
    });
    running.insight.send_replace(Some(insight(&test, sample)));
    assert!(running.ask("/metrics").await.1.contains("\npenstock_partitions_led 7\n"));
    assert_eq!(running.ask("/nothing").await.0, 404);
}

/// Appends a record of a second before the broker's clock.
async fn append(test: &TestBroker, topic: &'static str, partition: i32) {
    let mut builder = BatchBuilder::new(Encoding::None);
    builder.push(&NewRecord { timestamp: Timestamp(999_000), ..NewRecord::default() });
    let records = builder.build().unwrap().sequence(0, 0, Timestamp(0)).bytes;
    let answer = test.ask(12, &produce_request(topic, partition, records)).await;
    assert_eq!(answer.responses[0].partition_responses[0].error_code, 0);
}

/// A broker with topics, records, and a group that has read some of them.
async fn broker() -> TestBroker {
    let test = TestBroker::start(&["offsets.topic.num.partitions=1"]);
    let topic = |name: &'static str, partitions| CreatableTopic {
        name: name.into(),
        num_partitions: partitions,
        replication_factor: 1,
        ..CreatableTopic::default()
    };
    let topics = vec![topic("orders", 3), topic("plain", 1)];
    test.ask(7, &CreateTopicsRequest { topics, ..CreateTopicsRequest::default() }).await;
    test.broker.partitions.open_all().await;
    for _ in 0..5 {
        append(&test, "orders", 1).await;
    }
    let find = FindCoordinatorRequest {
        coordinator_keys: vec!["readers".into()],
        ..FindCoordinatorRequest::default()
    };
    test.ask(6, &find).await;
    let partition = |partition_index, committed_offset| OffsetCommitRequestPartition {
        partition_index,
        committed_offset,
        ..OffsetCommitRequestPartition::default()
    };
    for group in ["readers", "writers/2"] {
        let commit = OffsetCommitRequest {
            group_id: group.into(),
            generation_id_or_member_epoch: -1,
            topics: vec![OffsetCommitRequestTopic {
                name: "orders".into(),
                partitions: vec![partition(0, 0), partition(1, 2)],
                ..OffsetCommitRequestTopic::default()
            }],
            ..OffsetCommitRequest::default()
        };
        let answer = test.ask(9, &commit).await;
        assert_eq!(answer.topics[0].partitions[1].error_code, 0);
    }
    test
}

/// Whether a value has exactly the shape that a schema describes; where it has not, why.
fn check(document: &Value, schema: &Value, value: &Value, place: &str) {
    if let Some(reference) = schema.get("$ref") {
        let pointer = reference.as_str().unwrap().trim_start_matches('#');
        return check(document, document.pointer(pointer).unwrap(), value, place);
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().map(|kind| kind.as_str().unwrap()).collect(),
        one => vec![one.as_str().unwrap()],
    };
    assert!(kinds.contains(&kind), "{place} is {kind}, not {kinds:?}");
    if let Some(words) = schema.get("enum") {
        assert!(words.as_array().unwrap().contains(value), "{place} is {value}");
    }
    if let (Value::Array(items), Some(schema)) = (value, schema.get("items")) {
        for (index, item) in items.iter().enumerate() {
            check(document, schema, item, &format!("{place}[{index}]"));
        }
    }
    if let (Value::Object(fields), Some(properties)) = (value, schema.get("properties")) {
        let properties = properties.as_object().unwrap();
        let described: Vec<_> = properties.keys().collect();
        let mut found: Vec<_> = fields.keys().collect();
        found.sort_unstable();
        assert_eq!(found, described, "the fields of {place}");
        for (name, field) in fields {
            check(document, &properties[name], field, &format!("{place}.{name}"));
        }
    }
}

#[tokio::test]
async fn every_path_answers_as_it_is_described() {
    let test = broker().await;
    let running = Running::start(Arc::clone(&test.broker.metrics)).await;
    let (status, document) = running.json("/v1/openapi.json").await;
    assert_eq!(status, 200);
    let described: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    assert_eq!(described, PATHS);
    let schema = |path: &str, status: u16| {
        let responses = &document["paths"][path]["get"]["responses"];
        responses[status.to_string()]["content"]["application/json"]["schema"].clone()
    };
    let asked = [
        ("/v1/cluster", "/v1/cluster", 200),
        ("/v1/groups", "/v1/groups", 200),
        ("/v1/groups", "/v1/groups?limit=1", 200),
        ("/v1/groups", "/v1/groups?limit=0", 400),
        ("/v1/groups/{group}", "/v1/groups/readers", 200),
        ("/v1/groups/{group}", "/v1/groups/writers%2F2?limit=1", 200),
        ("/v1/groups/{group}", "/v1/groups/readers?after=orders", 400),
        ("/v1/groups/{group}", "/v1/groups/nobody", 404),
        ("/v1/openapi.json", "/v1/openapi.json", 200),
        ("/v1/storage", "/v1/storage", 200),
        ("/v1/topics", "/v1/topics", 200),
        ("/v1/topics", "/v1/topics?pages=2", 400),
        ("/v1/topics/{topic}", "/v1/topics/orders", 200),
        ("/v1/topics/{topic}", "/v1/topics/orders?limit=2", 200),
        ("/v1/topics/{topic}", "/v1/topics/orders?after=x", 400),
        ("/v1/topics/{topic}", "/v1/topics/nothing", 404),
    ];
    for path in PATHS {
        assert!(asked.iter().any(|(of, _, status)| *of == path && *status == 200), "{path}");
        if path != "/v1/openapi.json" {
            let (status, answer) = running.json(&path.replace(['{', '}'], "")).await;
            assert_eq!(status, 503, "a node that starts: {path}");
            check(&document, &schema(path, 503), &answer, path);
        }
    }
    running.insight.send_replace(Some(insight(&test, Arc::new(|| {}))));
    for (path, asked, expect) in asked {
        let (status, answer) = running.json(asked).await;
        assert_eq!(status, expect, "{asked}: {answer}");
        check(&document, &schema(path, expect), &answer, asked);
    }
}

#[tokio::test]
async fn lag_is_told_by_records_and_by_time_page_by_page() {
    let test = broker().await;
    let running = Running::start(Arc::clone(&test.broker.metrics)).await;
    running.insight.send_replace(Some(insight(&test, Arc::new(|| {}))));
    // The broker's clock stands at 1,000 s, and the records are of 999 s.
    let (_, page) = running.json("/v1/groups?limit=1").await;
    let group = &page["groups"][0];
    assert_eq!((&group["group"], &group["lag"]), (&"readers".into(), &3.into()));
    assert_eq!((&group["lag_seconds"], &page["next"]), (&1.0.into(), &"readers".into()));
    let (_, page) = running.json("/v1/groups?after=readers").await;
    assert_eq!((&page["groups"][0]["group"], &page["next"]), (&"writers/2".into(), &Value::Null));

    let (_, page) = running.json("/v1/groups/readers?limit=1").await;
    let position = &page["positions"][0];
    assert_eq!((&position["partition"], &position["lag"]), (&0.into(), &0.into()));
    assert_eq!((&position["lag_seconds"], &page["next"]), (&0.0.into(), &"orders-0".into()));
    let (_, page) = running.json("/v1/groups/readers?after=orders-0").await;
    let position = &page["positions"][0];
    assert_eq!((&position["committed_offset"], &position["end_offset"]), (&2.into(), &5.into()));
    assert_eq!(page["next"], Value::Null);

    let (_, page) = running.json("/v1/topics?limit=1&after=__consumer_offsets").await;
    assert_eq!((&page["topics"][0]["name"], &page["next"]), (&"orders".into(), &"orders".into()));
    let (_, page) = running.json("/v1/topics/orders?after=0&limit=1").await;
    assert_eq!((&page["partitions"][0]["end_offset"], &page["next"]), (&5.into(), &"1".into()));
}

#[tokio::test]
async fn an_answer_has_room_or_is_not_made() {
    let test = broker().await;
    let running = Running::start(Arc::clone(&test.broker.metrics)).await;
    running.insight.send_replace(Some(insight(&test, Arc::new(|| {}))));
    let answers = &test.broker.answers;
    let all = answers.acquire(answers.total()).await;
    assert_eq!(running.ask("/v1/topics").await.0, 503);
    drop(all);
    assert_eq!(running.ask("/v1/topics").await.0, 200);
}
