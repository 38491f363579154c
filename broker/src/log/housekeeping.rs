//! What has to be looked at from time to time, and what follows the metadata: retention, silent
//! producers, garbage, partitions that went elsewhere.

use std::sync::Arc;
use std::time::Duration;

use penstock_model::client::MetadataClient;
use penstock_model::id::{Offset, StreamId, Timestamp};
use penstock_s3stream::{Clock, Retention, Storage};
use tokio::time::{MissedTickBehavior, interval};

use super::partitions::Partitions;
use crate::shutdown::Shutdown;
use crate::topic_settings::TopicSettingsCache;

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
    /// Runs until the shutdown. A failed look is logged, and the next one comes.
    pub async fn run(self, shutdown: Shutdown) {
        let mut images = self.metadata.watch();
        let ticks = |period| {
            let mut ticks = interval(period);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticks
        };
        let mut retention = ticks(self.intervals.retention);
        let mut producers = ticks(self.intervals.producers);
        let mut garbage = ticks(self.intervals.garbage);
        loop {
            tokio::select! {
                () = shutdown.requested() => return,
                changed = images.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let image = Arc::clone(&images.borrow_and_update());
                    self.partitions.close_lost(&image);
                    self.topic_settings.forget_deleted(&image);
                }
                _ = retention.tick() => self.apply_retention().await,
                _ = producers.tick() => self.expire_producers(),
                _ = garbage.tick() => self.storage.collect_garbage(self.clock.now()).await,
            }
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
                    milliseconds: config
                        .retention
                        .map(|keep| u64::try_from(keep.as_millis()).unwrap_or(u64::MAX)),
                    bytes: config.retention_bytes,
                };
                let start = partition.stream().retention_start(now, retention)?;
                Some((partition.stream().id(), start))
            })
            .collect();
        if starts.is_empty() {
            return;
        }
        match self.storage.trim(&starts).await {
            Ok(()) => tracing::info!(partitions = starts.len(), "retention moved log starts"),
            Err(error) => tracing::warn!(%error, "retention will be tried again"),
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
