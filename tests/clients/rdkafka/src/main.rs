//! scenario.txt with rdkafka: prints what it sees of the broker whose address it is given.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use rdkafka::admin::{
    AdminClient, AdminOptions, AlterConfig, NewPartitions, NewTopic, ResourceSpecifier,
    TopicReplication,
};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, Headers, Message, OwnedHeaders, OwnedMessage};
use rdkafka::metadata::MetadataPartition;
use rdkafka::producer::{FutureProducer, FutureRecord, Producer};
use rdkafka::{Offset, TopicPartitionList};

const DEADLINE: Duration = Duration::from_secs(30);
/// How long a member waits for a record before it looks around.
const TURN: Duration = Duration::from_millis(50);

type Fallible<T> = Result<T, KafkaError>;

fn show(key: &str, sight: impl std::fmt::Display) {
    println!("{key}: {sight}");
}

/// Polls for what takes effect after its answer.
fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let end = Instant::now() + DEADLINE;
    while !condition() {
        assert!(Instant::now() < end, "not within {DEADLINE:?}: {what}");
        std::thread::sleep(TURN);
    }
}

fn code<T>(result: Fallible<T>) -> String {
    match result {
        Ok(_) => "no error".to_owned(),
        Err(KafkaError::AdminOp(code)) => format!("error {}", code as i32),
        Err(error) => match error.rdkafka_error_code() {
            Some(code) => format!("error {}", code as i32),
            None => format!("error {error}"),
        },
    }
}

/// The one answer to an admin call about one thing.
fn only<T>(answers: Vec<Result<T, (String, RDKafkaErrorCode)>>) -> Fallible<T> {
    let answer = answers.into_iter().next().expect("an answer");
    answer.map_err(|(_, code)| KafkaError::AdminOp(code))
}

fn listed<T: ToString>(values: impl IntoIterator<Item = T>) -> String {
    let texts: Vec<String> = values.into_iter().map(|value| value.to_string()).collect();
    texts.join(",")
}

fn text(value: Option<&[u8]>) -> String {
    match value {
        None => "null".to_owned(),
        Some(bytes) => format!("{:?}", String::from_utf8_lossy(bytes)),
    }
}

struct Record {
    value: Option<Vec<u8>>,
    key: Option<&'static str>,
    partition: i32,
    timestamp: Option<i64>,
    headers: Option<OwnedHeaders>,
}

fn record(value: impl Into<Vec<u8>>, partition: i32) -> Record {
    Record { value: Some(value.into()), key: None, partition, timestamp: None, headers: None }
}

fn numbered(count: i32) -> Vec<Record> {
    (0..count).map(|i| record(format!("value-{i}"), 0)).collect()
}

fn in_order(records: &[OwnedMessage]) -> usize {
    let expected = |(i, record): &(usize, &OwnedMessage)| {
        record.offset() == *i as i64 && record.payload() == Some(format!("value-{i}").as_bytes())
    };
    records.iter().enumerate().filter(expected).count()
}

/// A member of `workers` that remembers what it has read.
struct Member {
    consumer: BaseConsumer,
    seen: BTreeSet<String>,
}

impl Member {
    fn poll(&mut self) {
        if let Some(record) = self.consumer.poll(TURN) {
            let record = record.expect("a record");
            let value = record.payload_view::<str>().expect("a value").expect("UTF-8");
            self.seen.insert(value.to_owned());
        }
    }

    fn owned(&self) -> BTreeSet<i32> {
        let assignment = self.consumer.assignment().expect("an assignment");
        assignment.elements().iter().map(|element| element.partition()).collect()
    }

    fn commit(&self) {
        self.consumer.commit_consumer_state(CommitMode::Sync).expect("to commit");
    }
}

fn poll_until(what: &str, members: &mut [&mut Member], condition: impl Fn(&[&mut Member]) -> bool) {
    until(what, || {
        members.iter_mut().for_each(|member| member.poll());
        condition(members)
    });
}

struct Scenario {
    address: String,
    admin: AdminClient<DefaultClientContext>,
    options: AdminOptions,
    /// Of no group that ever joins: for questions about topics and offsets.
    asking: BaseConsumer,
}

impl Scenario {
    fn new(address: String) -> Self {
        let config = config(&address);
        Self {
            admin: config.create().expect("an admin client"),
            options: AdminOptions::new().operation_timeout(Some(DEADLINE)),
            asking: consumer(&address, "workers"),
            address,
        }
    }

    async fn run(&self) -> Fallible<()> {
        self.topic_and_settings().await?;
        self.codecs_and_idempotence().await?;
        self.records_and_offsets().await?;
        self.large().await?;
        self.group().await?;
        self.partitions_and_records().await?;
        self.unknown_and_deletion().await
    }

    async fn create(&self, name: &str, partitions: i32, settings: &[(&str, &str)]) -> Fallible<()> {
        let mut topic = NewTopic::new(name, partitions, TopicReplication::Fixed(1));
        topic.config = settings.to_vec();
        only(self.admin.create_topics([&topic], &self.options).await?)?;
        until(name, || {
            self.partitions_of(name).is_ok_and(|found| found.len() == partitions as usize)
        });
        Ok(())
    }

    /// The leaders of a topic's partitions.
    fn partitions_of(&self, name: &str) -> Fallible<Vec<i32>> {
        let metadata = self.asking.fetch_metadata(Some(name), DEADLINE)?;
        let topic = &metadata.topics()[0];
        match topic.error() {
            Some(error) => Err(KafkaError::MetadataFetch(error.into())),
            None => Ok(topic.partitions().iter().map(MetadataPartition::leader).collect()),
        }
    }

    fn topics(&self) -> Fallible<BTreeSet<String>> {
        let metadata = self.asking.fetch_metadata(None, DEADLINE)?;
        let names = metadata.topics().iter().map(|topic| topic.name().to_owned());
        Ok(names.filter(|name| !name.starts_with("__")).collect())
    }

    /// Sends records, and fails as the first of them does.
    async fn send(
        &self,
        topic: &str,
        records: Vec<Record>,
        settings: &[(&str, &str)],
    ) -> Fallible<()> {
        let mut config = config(&self.address);
        config.set("linger.ms", "20").set("message.max.bytes", "8388608");
        for (key, value) in settings {
            config.set(*key, *value);
        }
        let producer: FutureProducer = config.create()?;
        let sent: Vec<_> = records
            .iter()
            .map(|record| {
                let mut wire = FutureRecord::<str, [u8]>::to(topic).partition(record.partition);
                wire.key = record.key;
                wire.payload = record.value.as_deref();
                wire.timestamp = record.timestamp;
                wire.headers = record.headers.clone();
                producer.send_result(wire).map_err(|(error, _)| error)
            })
            .collect::<Fallible<_>>()?;
        producer.flush(DEADLINE)?;
        for delivery in sent {
            delivery.await.expect("a delivery").map_err(|(error, _)| error)?;
        }
        Ok(())
    }

    /// That many records of partition 0 from an offset on.
    fn read(&self, topic: &str, count: usize, offset: i64) -> Fallible<Vec<OwnedMessage>> {
        let consumer = consumer(&self.address, "nobody");
        let mut start = TopicPartitionList::new();
        start.add_partition_offset(topic, 0, Offset::Offset(offset))?;
        consumer.assign(&start)?;
        let mut records = Vec::new();
        let end = Instant::now() + DEADLINE;
        while records.len() < count {
            assert!(Instant::now() < end, "{} of {count} records of {topic}", records.len());
            if let Some(record) = consumer.poll(TURN) {
                records.push(record?.detach());
            }
        }
        Ok(records)
    }

    fn offset_at(&self, topic: &str, timestamp: i64) -> Fallible<Option<i64>> {
        let mut asked = TopicPartitionList::new();
        asked.add_partition_offset(topic, 0, Offset::Offset(timestamp))?;
        let found = self.asking.offsets_for_times(asked, DEADLINE)?;
        Ok(found.elements()[0].offset().to_raw().filter(|offset| *offset >= 0))
    }

    async fn setting(&self, topic: &str, key: &str) -> Fallible<String> {
        let asked = [ResourceSpecifier::Topic(topic)];
        let found = self.admin.describe_configs(&asked, &self.options).await?.remove(0);
        let found = found.map_err(KafkaError::AdminOp)?;
        Ok(found.get(key).and_then(|entry| entry.value.clone()).expect("the setting"))
    }

    async fn set_setting(&self, topic: &str, key: &str, value: &str) -> Fallible<()> {
        let change = AlterConfig::new(ResourceSpecifier::Topic(topic)).set(key, value);
        let answer = self.admin.alter_configs([&change], &self.options).await?.remove(0);
        answer.map(|_| ()).map_err(|(_, code)| KafkaError::AdminOp(code))
    }

    async fn topic_and_settings(&self) -> Fallible<()> {
        let settings = [("retention.ms", "86400000")];
        self.create("orders", 3, &settings).await?;
        let leaders = self.partitions_of("orders")?;
        let distinct = listed(leaders.iter().collect::<BTreeSet<_>>());
        show("topic", format!("orders has {} partitions led by {distinct}", leaders.len()));
        show("topic again", code(self.create("orders", 3, &settings).await));
        show("setting", format!("retention.ms={}", self.setting("orders", "retention.ms").await?));
        self.set_setting("orders", "retention.ms", "3600000").await?;
        let end = Instant::now() + DEADLINE;
        while self.setting("orders", "retention.ms").await? != "3600000" {
            assert!(Instant::now() < end, "not within {DEADLINE:?}: the setting");
            tokio::time::sleep(TURN).await;
        }
        show(
            "setting altered",
            format!("retention.ms={}", self.setting("orders", "retention.ms").await?),
        );
        Ok(())
    }

    async fn codecs_and_idempotence(&self) -> Fallible<()> {
        for codec in ["none", "gzip", "snappy", "lz4", "zstd"] {
            let topic = format!("codec-{codec}");
            self.create(&topic, 1, &[]).await?;
            self.send(&topic, numbered(1000), &[("compression.type", codec)]).await?;
            let seen = in_order(&self.read(&topic, 1000, 0)?);
            show(&format!("codec {codec}"), format!("{seen} of 1000 in order"));
        }
        self.create("idempotent", 1, &[]).await?;
        let settings = [("enable.idempotence", "true"), ("acks", "all")];
        self.send("idempotent", numbered(1000), &settings).await?;
        let seen = in_order(&self.read("idempotent", 1000, 0)?);
        show("idempotent", format!("{seen} of 1000 in order"));
        Ok(())
    }

    async fn records_and_offsets(&self) -> Fallible<()> {
        self.create("records", 1, &[("retention.ms", "-1")]).await?;
        let headers = OwnedHeaders::new()
            .insert(Header { key: "a", value: Some("1") })
            .insert(Header { key: "b", value: Some("") });
        let mut sent = vec![
            Record { key: Some("k1"), headers: Some(headers), ..record("v1", 0) },
            record("no key", 0),
            Record { key: Some("k1"), value: None, ..record("", 0) },
            Record { key: Some(""), ..record("", 0) },
        ];
        for (i, record) in (0..).zip(&mut sent) {
            record.timestamp = Some(1_700_000_000_000 + 1000 * i);
        }
        self.send("records", sent, &[]).await?;
        for record in self.read("records", 4, 0)? {
            let headers = record.headers().map_or("none".to_owned(), |headers| {
                listed(headers.iter().map(|header| {
                    let value = header.value.unwrap_or(b"null");
                    format!("{}={}", header.key, String::from_utf8_lossy(value))
                }))
            });
            let (key, value) = (text(record.key()), text(record.payload()));
            let timestamp = record.timestamp().to_millis().expect("a timestamp");
            show(
                &format!("record {}", record.offset()),
                format!("key {key} value {value} headers {headers} timestamp {timestamp}"),
            );
        }
        let (first, end) = self.asking.fetch_watermarks("records", 0, DEADLINE)?;
        show("offsets", format!("{first} to {end}"));
        let start = self.offset_at("records", 1_700_000_001_500)?.expect("an offset");
        show("offset at 1700000001500", start);
        let none = self.offset_at("records", 1_800_000_000_000)?;
        show(
            "offset at 1800000000000",
            none.map_or("none".to_owned(), |offset| offset.to_string()),
        );
        let seen = self.read("records", 2, start)?;
        show("from timestamp 1700000001500", listed(seen.iter().map(Message::offset)));
        let seen = self.read("idempotent", 3, 997)?;
        let values =
            seen.iter().map(|record| String::from_utf8_lossy(record.payload().expect("a value")));
        show("from offset 997", listed(values));
        Ok(())
    }

    async fn large(&self) -> Fallible<()> {
        self.create("large", 1, &[("max.message.bytes", "4194304")]).await?;
        let value: Vec<u8> = (0..3_u32 << 20).map(|i| (i % 251) as u8).collect();
        self.send("large", vec![record(value.clone(), 0)], &[]).await?;
        let got = self.read("large", 1, 0)?;
        assert!(got[0].payload() == Some(&value[..]), "the record has changed");
        show("large", format!("{} bytes as they were", value.len()));
        show("too large", code(self.send("records", vec![record(value, 0)], &[]).await));
        Ok(())
    }

    fn join(&self) -> Member {
        let consumer = consumer(&self.address, "workers");
        consumer.subscribe(&["orders"]).expect("to subscribe");
        Member { consumer, seen: BTreeSet::new() }
    }

    async fn send_orders(&self, numbers: std::ops::Range<i32>) -> Fallible<()> {
        let records = numbers.map(|i| record(format!("order-{i}"), i % 3)).collect();
        self.send("orders", records, &[]).await
    }

    async fn delete_group(&self) -> Fallible<String> {
        only(self.admin.delete_groups(&["workers"], &self.options).await?)
    }

    async fn group(&self) -> Fallible<()> {
        let everything = BTreeSet::from([0, 1, 2]);
        let mut first = self.join();
        poll_until("alone", &mut [&mut first], |members| members[0].owned() == everything);
        show("group alone", format!("1 member has {}", listed(first.owned())));
        let mut second = self.join();
        poll_until("together", &mut [&mut first, &mut second], |members| {
            let (one, other) = (members[0].owned(), members[1].owned());
            !one.is_empty()
                && !other.is_empty()
                && one.is_disjoint(&other)
                && &one | &other == everything
        });
        let all = &first.owned() | &second.owned();
        show("group together", format!("2 members have {}, each at least one", listed(all)));
        self.send_orders(0..30).await?;
        poll_until("read", &mut [&mut first, &mut second], |members| {
            (&members[0].seen | &members[1].seen).len() == 30
        });
        show("group read", format!("{} of 30", (&first.seen | &second.seen).len()));
        show("group deleted while in use", code(self.delete_group().await));
        first.commit();
        second.commit();
        drop(second);
        poll_until("one left", &mut [&mut first], |members| members[0].owned() == everything);
        show("group after one left", format!("1 member has {}", listed(first.owned())));
        drop(first);
        let mut asked = TopicPartitionList::new();
        asked.add_partition_range("orders", 0, 2);
        let committed = self.asking.committed_offsets(asked, DEADLINE)?;
        let offsets = committed
            .elements()
            .iter()
            .map(|e| e.offset().to_raw().expect("an offset"))
            .collect::<Vec<_>>();
        show("group committed", listed(offsets));
        self.send_orders(30..33).await?;
        let mut third = self.join();
        poll_until("resumed", &mut [&mut third], |members| members[0].seen.len() >= 3);
        show("group resumed", listed(&third.seen));
        third.commit();
        drop(third);
        let described =
            || self.asking.fetch_group_list(Some("workers"), DEADLINE).expect("an answer");
        until("empty", || described().groups()[0].members().is_empty());
        let found = described();
        let workers = &found.groups()[0];
        show(
            "group described",
            format!("{} with {} members", workers.state(), workers.members().len()),
        );
        self.delete_group().await?;
        until("deleted", || {
            let all = self.asking.fetch_group_list(None, DEADLINE).expect("an answer");
            all.groups().iter().all(|group| group.name() != "workers")
        });
        show("group deleted", "not listed");
        Ok(())
    }

    async fn raise_to(&self, count: usize) -> Fallible<String> {
        let asked = NewPartitions::new("orders", count);
        only(self.admin.create_partitions([&asked], &self.options).await?)
    }

    async fn partitions_and_records(&self) -> Fallible<()> {
        self.raise_to(5).await?;
        until("partitions", || self.partitions_of("orders").is_ok_and(|found| found.len() == 5));
        show(
            "partitions",
            format!("orders has {} partitions", self.partitions_of("orders")?.len()),
        );
        show("partitions fewer", code(self.raise_to(2).await));
        let mut before = TopicPartitionList::new();
        before.add_partition_offset("idempotent", 0, Offset::Offset(500))?;
        self.admin.delete_records(&before, &self.options).await?;
        let (start, _) = self.asking.fetch_watermarks("idempotent", 0, DEADLINE)?;
        show("records deleted", format!("idempotent starts at {start}"));
        let left = self.read("idempotent", 500, start)?;
        show("records left", format!("{} from {}", left.len(), left[0].offset()));
        Ok(())
    }

    async fn unknown_and_deletion(&self) -> Fallible<()> {
        show("unknown topic", code(self.partitions_of("absent")));
        // By default the client hopes for half a minute that the topic is only new.
        let patience = [("topic.metadata.propagation.max.ms", "1000")];
        if self.send("absent", numbered(1), &patience).await.is_err() {
            show("send to unknown topic", "refused");
        }
        let absent = self.admin.delete_topics(&["absent"], &self.options).await?;
        show("delete unknown topic", code(only(absent)));
        let topics = self.topics()?;
        show("topics", listed(&topics));
        let names: Vec<&str> = topics.iter().map(String::as_str).collect();
        for answer in self.admin.delete_topics(&names, &self.options).await? {
            answer.map_err(|(_, code)| KafkaError::AdminOp(code))?;
        }
        until("deleted", || self.topics().is_ok_and(|left| left.is_empty()));
        show("topics deleted", "none");
        Ok(())
    }
}

fn config(address: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", address);
    config
}

fn consumer(address: &str, group: &str) -> BaseConsumer {
    let mut config = config(address);
    config
        .set("group.id", group)
        .set("enable.auto.commit", "false")
        .set("auto.offset.reset", "earliest")
        .set("heartbeat.interval.ms", "500");
    config.create().expect("a consumer")
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Fallible<()> {
    let address = std::env::args().nth(1).expect("the broker's address");
    Scenario::new(address).run().await
}
