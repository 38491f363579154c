//! Brings the metrics that others count for themselves up to date when somebody looks.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use penstock_s3stream::store::metered::{Operation, Outcome, StoreCounters};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;

use crate::broker::Broker;
use crate::metrics::{
    CacheLabel, DirectionLabel, ObjectsLabel, PoolLabel, StoreLabel, WriterLabel,
};
use crate::net::RequestBudget;
use crate::storage_figures::StorageFigures;

/// What is looked at.
pub(super) struct Sampler {
    pub(super) broker: Arc<Broker>,
    pub(super) store: Arc<StoreCounters>,
    pub(super) requests: RequestBudget,
}

impl Sampler {
    /// Reads every count once, and walks over what the metadata has of objects and what groups have
    /// committed; waits for nothing.
    pub(super) fn sample(&self) {
        let metrics = &self.broker.metrics;
        let storage = &self.broker.storage;
        let memory = storage.memory();
        for (pool, bytes) in [
            ("requests", self.requests.used()),
            ("inflation", self.broker.inspector.used()),
            ("log_compaction", self.broker.log_compaction.used()),
            ("responses", self.broker.answers.used()),
            ("fetches", self.broker.fetches.used()),
            ("fetch_sessions", self.broker.fetch_sessions_bytes()),
            ("producers", self.broker.partitions.remembered_producers_bytes()),
            ("groups", self.broker.groups.memory_bytes()),
            ("log_cache", memory.log_cache),
            ("index", memory.index),
            ("upload", memory.upload),
            ("block_cache", memory.block_cache),
        ] {
            let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
            metrics.memory_bytes.get_or_create(&PoolLabel { pool }).set(bytes);
        }

        let counters = storage.counters();
        // A counter that only grows elsewhere is copied, not added to.
        let copy = |family: &Family<CacheLabel, Counter>, cache, count| {
            let counter = family.get_or_create(&CacheLabel { cache });
            counter.inner().store(count, Ordering::Relaxed);
        };
        copy(&metrics.cache_hits, "log", counters.log_cache_hits.get());
        copy(&metrics.cache_misses, "log", counters.wal_reads.get() + counters.object_reads.get());
        let changed = counters.changed_payloads.get();
        metrics.changed_payloads.inner().store(changed, Ordering::Relaxed);
        let superseded = counters.superseded_bytes.get();
        metrics.superseded_bytes.inner().store(superseded, Ordering::Relaxed);
        for (writer, objects, bytes) in [
            ("upload", &counters.uploaded_objects, &counters.uploaded_bytes),
            ("compaction", &counters.compactions, &counters.compacted_bytes),
            ("log_compaction", &counters.cleanings, &counters.cleaned_bytes),
            ("merge", &counters.merges, &counters.merged_bytes),
        ] {
            let label = WriterLabel { writer };
            let set = |family: &Family<WriterLabel, Counter>, count| {
                family.get_or_create(&label).inner().store(count, Ordering::Relaxed);
            };
            set(&metrics.storage_written_objects, objects.get());
            set(&metrics.storage_written_bytes, bytes.get());
        }
        let blocks = storage.block_cache();
        copy(&metrics.cache_hits, "block", blocks.hits);
        copy(&metrics.cache_misses, "block", blocks.misses);

        for operation in Operation::ALL {
            for outcome in Outcome::ALL {
                let count = self.store.requests(operation, outcome);
                if count > 0 {
                    let label = StoreLabel { operation: operation.name(), outcome: outcome.name() };
                    let counter = metrics.object_store_requests.get_or_create(&label);
                    counter.inner().store(count, Ordering::Relaxed);
                }
            }
        }
        for (direction, bytes) in [
            ("in", self.store.bytes_read()),
            ("out", self.store.bytes_written()),
            ("within", self.store.bytes_copied()),
        ] {
            let counter = metrics.object_store_bytes.get_or_create(&DirectionLabel { direction });
            counter.inner().store(bytes, Ordering::Relaxed);
        }
        let series_max = self.broker.given.number("metrics.group.lag.series.max");
        self.broker.groups.sample_lag(metrics, series_max);
        let image = self.broker.metadata.image();
        let figures = StorageFigures::of(&image);
        let set = |gauge: &Gauge, value: u64| {
            gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        };
        set(&metrics.storage_records_bytes, figures.records_bytes);
        set(&metrics.wal_backlog_bytes, storage.backlog_bytes());
        let (orphans, orphans_bytes) = storage.orphans();
        for (state, objects, bytes) in [
            ("live", figures.objects, figures.objects_bytes),
            ("destroyed", figures.destroyed_objects, figures.destroyed_objects_bytes),
            ("orphaned", orphans, orphans_bytes),
        ] {
            let label = ObjectsLabel { state };
            set(&metrics.storage_objects.get_or_create(&label), objects);
            set(&metrics.storage_objects_bytes.get_or_create(&label), bytes);
        }
        let led = image.owned_count(self.broker.epoch);
        metrics.partitions_led.set(i64::try_from(led).unwrap_or(i64::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestBroker;

    #[tokio::test]
    async fn every_cache_and_pool_is_shown() {
        let test = TestBroker::start(&[]);
        let sampler = Sampler {
            broker: Arc::clone(&test.broker),
            store: Arc::default(),
            requests: RequestBudget::new(1 << 20),
        };
        sampler.sample();
        let shown = test.broker.metrics.encode().unwrap();
        for cache in ["log", "block"] {
            for what in ["hits", "misses"] {
                let line = format!("penstock_cache_{what}_total{{cache=\"{cache}\"}} 0");
                assert!(shown.contains(&line), "{line}: {shown}");
            }
        }
        for line in [
            "penstock_storage_records_bytes 0",
            "penstock_storage_objects{state=\"live\"} 0",
            "penstock_storage_objects_bytes{state=\"destroyed\"} 0",
            "penstock_storage_objects{state=\"orphaned\"} 0",
            "penstock_storage_written_objects_total{writer=\"compaction\"} 0",
            "penstock_storage_written_objects_total{writer=\"merge\"} 0",
            "penstock_storage_written_bytes_total{writer=\"upload\"} 0",
            "penstock_wal_backlog_bytes 0",
            "penstock_consumer_group_lag_omitted 0",
        ] {
            assert!(shown.contains(line), "{line}: {shown}");
        }
        for pool in [
            "requests",
            "inflation",
            "log_compaction",
            "responses",
            "fetches",
            "fetch_sessions",
            "producers",
            "groups",
            "log_cache",
            "index",
            "upload",
            "block_cache",
        ] {
            let line = format!("penstock_memory_bytes{{pool=\"{pool}\"}} ");
            assert!(shown.contains(&line), "{line}: {shown}");
        }
    }
}
