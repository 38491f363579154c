//! What has to be looked at from time to time, and what follows the metadata: retention, silent
//! producers, garbage, what the store holds beside it, partitions that went elsewhere. A task for
//! each, so that one that waits, for the store or for the quorum, keeps none of the others waiting,
//! nor the shutdown.

use std::sync::Arc;
use std::time::Duration;

use penstock_model::client::MetadataClient;
use penstock_model::id::{Offset, StreamId, Timestamp};
use penstock_s3stream::{Clock, Retention, Storage};
use tokio::task::JoinSet;
use tokio::time::{Interval, MissedTickBehavior, interval, sleep};

use super::milliseconds;
use super::partitions::Partitions;
use crate::shutdown::Shutdown;
use crate::topic_settings::TopicSettingsCache;

/// Between two rounds over all partitions because idempotent producers are too many.
const CROWDED_PAUSE: Duration = Duration::from_millis(100);

/// So long after a start the store is compared with the metadata at the latest.
const FIRST_LOOK: Duration = Duration::from_secs(3_600);

/// How often to look, and what counts as silent.
#[derive(Clone, Copy, Debug)]
pub struct HousekeepingIntervals {
    /// `log.retention.check.interval.ms`.
    pub retention: Duration,
    /// `producer.id.expiration.check.interval.ms`.
    pub producers: Duration,
    /// `producer.id.expiration.ms`.
    pub producer_expiration: Duration,
    /// Between two looks for objects that may be deleted.
    pub garbage: Duration,
    /// `storage.reconcile.interval.ms`.
    pub reconcile: Duration,
}

/// See the module.
#[derive(Clone)]
pub struct Housekeeping {
    /// The partitions that are led here.
    pub partitions: Arc<Partitions>,
    /// Their storage.
    pub storage: Storage,
    /// The metadata.
    pub metadata: Arc<dyn MetadataClient>,
    /// What holds for each topic.
    pub topic_settings: Arc<TopicSettingsCache>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// How often.
    pub intervals: HousekeepingIntervals,
}

impl Housekeeping {
    /// Starts the tasks. Each runs until the shutdown, and ends then whatever it waits for.
    pub fn spawn(self, tasks: &mut JoinSet<()>, shutdown: &Shutdown) {
        let this = Arc::new(self);
        tasks.spawn(until(shutdown.clone(), Arc::clone(&this).follow_metadata()));
        tasks.spawn(until(shutdown.clone(), Arc::clone(&this).keep_retention()));
        tasks.spawn(until(shutdown.clone(), Arc::clone(&this).keep_producers()));
        tasks.spawn(until(shutdown.clone(), Arc::clone(&this).keep_garbage()));
        tasks.spawn(until(shutdown.clone(), this.keep_reconciled()));
    }

    async fn follow_metadata(self: Arc<Self>) {
        let mut images = self.metadata.watch();
        while images.changed().await.is_ok() {
            let image = Arc::clone(&images.borrow_and_update());
            self.partitions.close_lost(&image);
            self.topic_settings.forget_deleted(&image);
        }
    }

    async fn keep_retention(self: Arc<Self>) {
        let mut ticks = ticks(self.intervals.retention);
        loop {
            ticks.tick().await;
            self.apply_retention().await;
        }
    }

    async fn keep_producers(self: Arc<Self>) {
        let mut ticks = ticks(self.intervals.producers);
        loop {
            tokio::select! {
                biased;
                _ = ticks.tick() => self.expire_producers(),
                () = self.partitions.producers_crowded() => {
                    for partition in self.partitions.opened() {
                        partition.settle_producers(self.clock.now());
                    }
                    sleep(CROWDED_PAUSE).await;
                }
            }
        }
    }

    async fn keep_garbage(self: Arc<Self>) {
        let mut ticks = ticks(self.intervals.garbage);
        loop {
            ticks.tick().await;
            self.storage.collect_garbage(self.clock.now()).await;
        }
    }

    /// Not at the start: a node that starts often would list often. But for the first time soon, so
    /// that one that starts every day looks at all.
    async fn keep_reconciled(self: Arc<Self>) {
        sleep(self.intervals.reconcile.min(FIRST_LOOK)).await;
        loop {
            self.storage.reconcile().await;
            sleep(self.intervals.reconcile).await;
        }
    }

    /// Moves the start of every log to where its topic's retention wants it.
    async fn apply_retention(&self) {
        let now = self.clock.now();
        let image = self.metadata.image();
        let starts: Vec<(StreamId, Offset)> = self
            .partitions
            .opened()
            .iter()
            .filter_map(|partition| {
                let config = &self.topic_settings.of(&image, partition.topic()).config;
                let retention = Retention {
                    milliseconds: config.retention.map(milliseconds),
                    bytes: config.retention_bytes,
                };
                let start = partition.stream().retention_start(now, retention)?;
                Some((partition.stream().id(), start))
            })
            .collect();
        if starts.is_empty() {
            return;
        }
        let mut moved = 0_usize;
        for trimmed in self.storage.trim(&starts).await {
            match trimmed {
                Ok(()) => moved += 1,
                Err(error) => tracing::warn!(%error, "retention will be tried again"),
            }
        }
        if moved > 0 {
            tracing::info!(partitions = moved, "retention moved log starts");
        }
    }

    fn expire_producers(&self) {
        let keep =
            i64::try_from(self.intervals.producer_expiration.as_millis()).unwrap_or(i64::MAX);
        let horizon = Timestamp(self.clock.now().0.saturating_sub(keep));
        for partition in self.partitions.opened() {
            partition.expire(horizon);
        }
    }
}

/// Runs until the shutdown. What is under way then is broken off, as by a crash.
async fn until(shutdown: Shutdown, work: impl Future<Output = ()> + Send) {
    tokio::select! {
        biased;
        () = shutdown.requested() => {}
        () = work => {}
    }
}

fn ticks(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use penstock_model::client::SubmitError;
    use penstock_model::command::{Command, CreateTopic, DeleteTopic, LeaseObjects, Outcome};
    use penstock_model::id::{RequestId, TopicId};
    use penstock_model::image::MetadataImage;
    use penstock_model::watch;
    use tokio::sync::Notify;

    use super::*;
    use crate::shutdown;
    use crate::testing::{TestBroker, start_storage};

    /// A client of a quorum that takes commands and never decides.
    struct Undecided {
        metadata: Arc<dyn MetadataClient>,
        asked: Arc<Notify>,
    }

    #[async_trait]
    impl MetadataClient for Undecided {
        async fn submit(&self, _command: Command) -> Result<Outcome, SubmitError> {
            self.asked.notify_one();
            std::future::pending().await
        }

        fn image(&self) -> Arc<MetadataImage> {
            self.metadata.image()
        }

        fn watch(&self) -> watch::Receiver<Arc<MetadataImage>> {
            self.metadata.watch()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_quorum_that_is_away_delays_nothing_else_and_no_shutdown() {
        let test = TestBroker::start(&[]);
        let broker = &test.broker;
        let lease = LeaseObjects {
            broker: broker.epoch,
            request: RequestId([1; 16]),
            count: 1,
            deadline: Timestamp(0),
        };
        test.metadata.apply(&Command::LeaseObjects(lease)).result.unwrap();
        let topic = TopicId([2; 16]);
        let create = CreateTopic {
            id: topic,
            name: Arc::from("topic"),
            replication_factor: 1,
            leaders: vec![broker.node],
            configs: Vec::new(),
        };
        test.metadata.apply(&Command::CreateTopic(create)).result.unwrap();
        broker.partitions.get(topic, 0).await.unwrap();

        let asked = Arc::new(Notify::new());
        let metadata: Arc<dyn MetadataClient> = Arc::new(Undecided {
            metadata: Arc::clone(&broker.metadata),
            asked: Arc::clone(&asked),
        });
        let period = Duration::from_millis(1);
        let housekeeping = Housekeeping {
            partitions: Arc::clone(&broker.partitions),
            storage: start_storage(broker.epoch, &metadata, &broker.clock),
            metadata: Arc::clone(&broker.metadata),
            topic_settings: Arc::clone(&broker.topic_settings),
            clock: Arc::clone(&broker.clock),
            intervals: HousekeepingIntervals {
                retention: period,
                producers: period,
                producer_expiration: period,
                garbage: period,
                reconcile: period,
            },
        };
        let (trigger, shutdown) = shutdown::channel();
        let mut tasks = JoinSet::new();
        housekeeping.spawn(&mut tasks, &shutdown);
        // The lease has run out, and nobody decides on its end.
        asked.notified().await;
        let delete = DeleteTopic { id: topic, now: Timestamp(0) };
        test.metadata.apply(&Command::DeleteTopic(delete)).result.unwrap();
        for _ in 0..1_000 {
            sleep(period).await;
            if broker.partitions.opened().is_empty() {
                break;
            }
        }
        assert!(broker.partitions.opened().is_empty(), "what is gone is closed");
        trigger.request();
        while let Some(ended) = tasks.join_next().await {
            ended.unwrap();
        }
    }
}
