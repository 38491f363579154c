//! What a node counts and measures: made once, passed in, read by `/metrics`.
//!
//! The names are a contract with dashboards and alerts: they only grow.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

/// The content type of [`Metrics::encode`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// All metrics of one node.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    produce_bytes: Traffic,
    fetch_bytes: Traffic,
    request_seconds: Family<ApiLabel, Histogram, Seconds>,
    /// Open connections, by listener.
    pub connections: Family<ListenerLabel, Gauge>,
    /// From append to durable.
    pub wal_append_seconds: Histogram,
    /// Logical operations on the object store.
    pub object_store_requests: Family<StoreLabel, Counter>,
    /// Payload to and from the object store.
    pub object_store_bytes: Family<DirectionLabel, Counter>,
    /// Reads answered by a cache.
    pub cache_hits: Family<CacheLabel, Counter>,
    /// Reads that a cache could not answer.
    pub cache_misses: Family<CacheLabel, Counter>,
    /// Batches that had changed in memory before their upload: the machine's memory is faulty.
    pub changed_payloads: Counter,
    /// Stored bytes that log compaction left out.
    pub superseded_bytes: Counter,
    /// Memory in use, by pool of the budget.
    pub memory_bytes: Family<PoolLabel, Gauge>,
    /// Partitions that this node leads.
    pub partitions_led: Gauge,
    /// Records behind the end, for each committed offset.
    pub consumer_group_lag: Family<LagLabel, Gauge>,
    /// The same by time.
    pub consumer_group_lag_seconds: Family<LagLabel, SecondsGauge>,
    /// Committed offsets whose lag is not shown.
    pub consumer_group_lag_omitted: Gauge,
    /// Stored bytes of all committed records.
    pub storage_records_bytes: Gauge,
    /// Objects in the store.
    pub storage_objects: Family<ObjectsLabel, Gauge>,
    /// Their bytes.
    pub storage_objects_bytes: Family<ObjectsLabel, Gauge>,
    /// Objects of records that were written, by why.
    pub storage_written_objects: Family<WriterLabel, Counter>,
    /// Their bytes.
    pub storage_written_bytes: Family<WriterLabel, Counter>,
    /// Durable in the WAL and not committed as objects.
    pub wal_backlog_bytes: Gauge,
}

/// A gauge of seconds.
pub type SecondsGauge = Gauge<f64, AtomicU64>;

/// Bytes, by topic where the node is set to it.
#[derive(Debug)]
enum Traffic {
    All(Counter),
    ByTopic(Family<TopicLabel, Counter>),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TopicLabel {
    topic: String,
}

impl Traffic {
    fn new(by_topic: bool) -> Self {
        if by_topic { Self::ByTopic(Family::default()) } else { Self::All(Counter::default()) }
    }

    fn register(&self, registry: &mut Registry, name: &str, help: &str) {
        match self {
            Self::All(counter) => registry.register(name, help, counter.clone()),
            Self::ByTopic(family) => registry.register(name, help, family.clone()),
        }
    }

    fn of(&self, topic: &str) -> Counter {
        match self {
            Self::All(counter) => counter.clone(),
            Self::ByTopic(family) => {
                family.get_or_create_owned(&TopicLabel { topic: topic.to_owned() })
            }
        }
    }

    fn forget(&self, topic: &str) {
        if let Self::ByTopic(family) = self {
            family.remove(&TopicLabel { topic: topic.to_owned() });
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ApiLabel {
    api: &'static str,
}

/// Labels by listener.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct ListenerLabel {
    /// As `listeners` names it.
    pub listener: String,
}

/// Labels of operations on the object store.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct StoreLabel {
    /// `put`, `get`, `delete`, `list`, `head`, `copy`.
    pub operation: &'static str,
    /// `ok` or `error`.
    pub outcome: &'static str,
}

/// Labels by direction.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct DirectionLabel {
    /// `in` from the store, `out` to it, `within` it.
    pub direction: &'static str,
}

/// Labels by what wrote an object.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct WriterLabel {
    /// `upload` out of the WAL, `compaction` in the place of other objects, `log_compaction` without what
    /// is superseded, `merge` by the store itself in the place of large ones.
    pub writer: &'static str,
}

/// Labels by cache.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct CacheLabel {
    /// `log`, `block` or `index`.
    pub cache: &'static str,
}

/// Labels by share of the memory budget.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct PoolLabel {
    /// `requests`, `responses`, `log_cache` or `block_cache`.
    pub pool: &'static str,
}

/// Labels of objects.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct ObjectsLabel {
    /// `live`, or `destroyed` until they are deleted.
    pub state: &'static str,
}

/// Labels of a group's position in a partition.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct LagLabel {
    /// The group.
    pub group: Arc<str>,
    /// The topic.
    pub topic: Arc<str>,
    /// The partition.
    pub partition: i32,
}

/// The counters of one topic: a partition takes them once and keeps them.
#[derive(Clone, Debug)]
pub struct TopicCounters {
    /// Stored bytes of accepted batches.
    pub produce_bytes: Counter,
    /// Bytes of batches in answers.
    pub fetch_bytes: Counter,
}

/// Makes histograms of durations: 50 µs doubled 18 times, to 13 s.
#[derive(Clone, Debug, Default)]
struct Seconds;

impl MetricConstructor<Histogram> for Seconds {
    fn new_metric(&self) -> Histogram {
        Histogram::new((0..19).map(|power| 0.000_05 * f64::from(1_u32 << power)))
    }
}

impl Metrics {
    /// The metrics of a node that has just started; `by_topic` adds a series for each topic.
    #[must_use]
    pub fn new(by_topic: bool) -> Self {
        let mut metrics = Self {
            registry: Registry::default(),
            produce_bytes: Traffic::new(by_topic),
            fetch_bytes: Traffic::new(by_topic),
            request_seconds: Family::new_with_constructor(Seconds),
            connections: Family::default(),
            wal_append_seconds: Seconds.new_metric(),
            object_store_requests: Family::default(),
            object_store_bytes: Family::default(),
            cache_hits: Family::default(),
            cache_misses: Family::default(),
            changed_payloads: Counter::default(),
            superseded_bytes: Counter::default(),
            memory_bytes: Family::default(),
            partitions_led: Gauge::default(),
            consumer_group_lag: Family::default(),
            consumer_group_lag_seconds: Family::default(),
            consumer_group_lag_omitted: Gauge::default(),
            storage_records_bytes: Gauge::default(),
            storage_objects: Family::default(),
            storage_objects_bytes: Family::default(),
            storage_written_objects: Family::default(),
            storage_written_bytes: Family::default(),
            wal_backlog_bytes: Gauge::default(),
        };
        metrics.register();
        metrics
    }

    /// The library puts `_total` behind the names of counters, and `_info` behind the build's.
    fn register(&mut self) {
        let r = &mut self.registry;
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        r.register("penstock_build", "The version that runs", build);
        self.produce_bytes.register(
            r,
            "penstock_produce_bytes",
            "Stored bytes of accepted batches",
        );
        self.fetch_bytes.register(r, "penstock_fetch_bytes", "Bytes of fetched batches");
        r.register(
            "penstock_request_seconds",
            "From a request's last byte to its answer, by API",
            self.request_seconds.clone(),
        );
        r.register("penstock_connections", "Open client connections", self.connections.clone());
        r.register(
            "penstock_wal_append_seconds",
            "From append to durable",
            self.wal_append_seconds.clone(),
        );
        r.register(
            "penstock_object_store_requests",
            "Operations on the object store",
            self.object_store_requests.clone(),
        );
        r.register(
            "penstock_object_store_bytes",
            "Payload bytes from (in), to (out) and copied within the object store",
            self.object_store_bytes.clone(),
        );
        r.register("penstock_cache_hits", "Reads that a cache answered", self.cache_hits.clone());
        r.register("penstock_cache_misses", "Reads that it did not", self.cache_misses.clone());
        r.register(
            "penstock_changed_payloads",
            "Batches that had changed in memory, and were uploaded as the WAL has them",
            self.changed_payloads.clone(),
        );
        r.register(
            "penstock_log_compaction_superseded_bytes",
            "Stored bytes of compacted topics that newer records superseded, and that are gone",
            self.superseded_bytes.clone(),
        );
        r.register(
            "penstock_memory_bytes",
            "Memory in use, by pool of the budget",
            self.memory_bytes.clone(),
        );
        r.register(
            "penstock_partitions_led",
            "Partitions that this node leads",
            self.partitions_led.clone(),
        );
        r.register(
            "penstock_consumer_group_lag",
            "Records between a group's committed offset and the end; names of up to 249 bytes",
            self.consumer_group_lag.clone(),
        );
        r.register(
            "penstock_consumer_group_lag_seconds",
            "For how long the record that a group reads next has been there",
            self.consumer_group_lag_seconds.clone(),
        );
        r.register(
            "penstock_consumer_group_lag_omitted",
            "Committed offsets whose lag is not shown: past metrics.group.lag.series.max, or of \
             groups with long names",
            self.consumer_group_lag_omitted.clone(),
        );
        r.register(
            "penstock_storage_records_bytes",
            "Stored bytes of all committed records",
            self.storage_records_bytes.clone(),
        );
        r.register(
            "penstock_storage_objects",
            "Objects in the store by state; orphaned: found last without anything that refers to them",
            self.storage_objects.clone(),
        );
        r.register(
            "penstock_storage_objects_bytes",
            "Bytes of these objects",
            self.storage_objects_bytes.clone(),
        );
        r.register(
            "penstock_storage_written_objects",
            "Objects of records that were written, by why",
            self.storage_written_objects.clone(),
        );
        r.register(
            "penstock_storage_written_bytes",
            "Their bytes; those of compaction over those of uploads is what it amplifies, and those of \
             merges go through no line",
            self.storage_written_bytes.clone(),
        );
        r.register(
            "penstock_wal_backlog_bytes",
            "Durable in the WAL and not committed as objects",
            self.wal_backlog_bytes.clone(),
        );
    }

    /// The counters of a topic; one and the same for all unless the node counts by topic.
    #[must_use]
    pub fn topic(&self, topic: &str) -> TopicCounters {
        TopicCounters {
            produce_bytes: self.produce_bytes.of(topic),
            fetch_bytes: self.fetch_bytes.of(topic),
        }
    }

    /// Forgets a deleted topic.
    pub fn forget_topic(&self, topic: &str) {
        self.produce_bytes.forget(topic);
        self.fetch_bytes.forget(topic);
    }

    /// Counts a request of the API that Kafka names so.
    pub fn request(&self, api: &'static str, took: Duration) {
        self.request_seconds.get_or_create(&ApiLabel { api }).observe(took.as_secs_f64());
    }

    /// Everything as text.
    ///
    /// # Errors
    /// None: memory takes what is written.
    pub fn encode(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_the_contract_are_there() {
        let metrics = Metrics::new(true);
        let topic = metrics.topic("orders");
        topic.produce_bytes.inc_by(7);
        topic.fetch_bytes.inc_by(8);
        metrics.request("Produce", Duration::from_millis(3));
        metrics.wal_append_seconds.observe(0.001);
        let store = StoreLabel { operation: "put", outcome: "ok" };
        metrics.object_store_requests.get_or_create(&store).inc();
        metrics.object_store_bytes.get_or_create(&DirectionLabel { direction: "out" }).inc();
        metrics.cache_hits.get_or_create(&CacheLabel { cache: "log" }).inc();
        metrics.cache_misses.get_or_create(&CacheLabel { cache: "block" }).inc();
        metrics.memory_bytes.get_or_create(&PoolLabel { pool: "requests" }).set(5);
        let lag = LagLabel { group: "g".into(), topic: "orders".into(), partition: 3 };
        metrics.consumer_group_lag.get_or_create(&lag).set(11);
        let text = metrics.encode().unwrap();
        let version = env!("CARGO_PKG_VERSION");
        for line in [
            &format!("penstock_build_info{{version=\"{version}\"}} 1"),
            "penstock_produce_bytes_total{topic=\"orders\"} 7",
            "penstock_fetch_bytes_total{topic=\"orders\"} 8",
            "penstock_request_seconds_count{api=\"Produce\"} 1",
            "penstock_wal_append_seconds_count 1",
            "penstock_object_store_requests_total{operation=\"put\",outcome=\"ok\"} 1",
            "penstock_object_store_bytes_total{direction=\"out\"} 1",
            "penstock_cache_hits_total{cache=\"log\"} 1",
            "penstock_cache_misses_total{cache=\"block\"} 1",
            "penstock_changed_payloads_total 0",
            "penstock_log_compaction_superseded_bytes_total 0",
            "penstock_memory_bytes{pool=\"requests\"} 5",
            "penstock_partitions_led 0",
            "penstock_consumer_group_lag{group=\"g\",topic=\"orders\",partition=\"3\"} 11",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
    }

    #[test]
    fn topics_share_a_series_unless_asked_for() {
        let metrics = Metrics::new(false);
        metrics.topic("a").produce_bytes.inc_by(1);
        metrics.topic("b").produce_bytes.inc_by(2);
        let text = metrics.encode().unwrap();
        assert!(text.lines().any(|line| line == "penstock_produce_bytes_total 3"), "{text}");
    }
}
