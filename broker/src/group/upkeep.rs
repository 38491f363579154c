//! What happens to groups without anybody asking: time runs out, offsets expire, partitions come
//! and go.

use std::sync::Arc;

use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use penstock_model::image::MetadataImage;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until};

use super::coordinator::{GroupCoordinator, RETRY_AFTER};
use super::error::GroupError;
use super::removal::Look;
use super::state::Writes;
use super::timers::{LookId, Timer};
use crate::api::CONSUMER_OFFSETS;
use crate::shutdown::Shutdown;

impl GroupCoordinator {
    /// Runs until the shutdown. What fails is repeated; nothing ends this task.
    pub async fn run(self: Arc<Self>, shutdown: Shutdown) {
        let mut images = self.metadata.watch();
        images.mark_changed();
        let mut seen = self.metadata.image();
        let period = self.settings.retention_check_interval;
        let mut retention = interval_at(Instant::now() + period, period);
        retention.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut work = FuturesUnordered::new();
        loop {
            let first = self.timers.first().map(|at| self.instant(at));
            let due = async {
                match first {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                () = shutdown.requested() => return,
                () = due => {
                    for (id, timer) in self.timers.due(self.now().tick) {
                        work.push(self.look_at(id, timer).boxed());
                    }
                }
                changed = images.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let image = Arc::clone(&images.borrow_and_update());
                    if image.lacks_topics_of(&seen) {
                        work.push(self.expire_offsets(Look::ForDeletedTopics).boxed());
                    }
                    seen = Arc::clone(&image);
                    work.push(self.follow(image).boxed());
                }
                _ = retention.tick() => work.push(self.expire_offsets(Look::ForExpired).boxed()),
                // Only what is before makes more of it.
                Some(()) = work.next() => {}
                // Each turn looks at the timers, so that this may wait for all others.
                () = self.timers.changed.notified() => {}
            }
        }
    }

    /// Does in a group what time has come for.
    async fn look_at(&self, id: LookId, timer: Timer) {
        let Some(shard) = timer.shard.upgrade() else { return };
        let Ok(group) = shard.find(&timer.group.0) else { return };
        {
            let mut state = group.lock();
            if state.scheduled.as_ref().is_none_or(|planned| planned.id != id) {
                return;
            }
            state.scheduled = None;
        }
        let limits = self.limits();
        let looking =
            self.act(&shard, &timer.group, false, Writes::Group(0), |state, now, change| {
                state.classic.expire(now, &limits, &mut change.effects);
            });
        if let Err(GroupError::NotAvailable) = looking.await {
            let again = self.now().tick.after(RETRY_AFTER);
            self.timers.schedule(&shard, &group, &mut group.lock(), again);
        }
    }

    /// Loads the groups of partitions that came, so that their sessions go on, and gives up those
    /// of partitions that went.
    async fn follow(self: &Arc<Self>, image: Arc<MetadataImage>) {
        let topic = image.topic_by_name(CONSUMER_OFFSETS);
        for (index, shard) in self.all_shards() {
            let number = u32::try_from(index).ok();
            let place = topic.zip(number).and_then(|(topic, n)| image.partition(topic.id, n));
            let is_ours = place.is_some_and(|place| {
                place.owner == self.epoch
                    && place.stream == shard.partition.stream().id()
                    && place.epoch == shard.partition.epoch()
            });
            if !is_ours || shard.is_closed() {
                self.close_shard(index);
            }
        }
        let Some(topic) = topic else { return };
        for place in image.partitions(topic).filter(|place| place.owner == self.epoch) {
            let Ok(index) = i32::try_from(place.number) else { continue };
            match self.partitions.get(topic.id, index).await {
                Ok(partition) => drop(self.shard(index, &partition)),
                Err(error) => tracing::debug!(index, %error, "groups are loaded when asked for"),
            }
        }
    }
}
