//! Keeps what a coordinator reads when it opens short: a log begins with a snapshot.
//!
//! ```text
//!   before   ░░░░ what was ever committed ░░░░│
//!   renewed  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░│ all that is live, written again │ tail
//!   trimmed                                   │ snapshot                        │ tail
//! ```
//!
//! Once a log is several times as long as what is live in it, all that is live is written again at
//! its end, group by group, while they are served; then everything before is trimmed. The snapshot
//! is made of the records that tools which read `__consumer_offsets` know. Whatever changes while it
//! is written is in the log behind what it changes, as ever; and until the trim is decided the log
//! is whole, so that nothing depends on the snapshot being finished.
//!
//! It knows no transactions, and no groups of other kinds: a log that has any of them stays whole.

use std::collections::HashSet;
use std::iter::once;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use penstock_model::id::Offset;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};

use super::coordinator::GroupCoordinator;
use super::error::GroupError;
use super::id::GroupId;
use super::offsets::Committed;
use super::record::{self, BatchRoom};
use super::shard::Shard;
use super::state::{Group, GroupState, Writes};

/// A shorter log is left as it is: it is read in no time.
const LOG_BYTES_MIN: usize = 4 << 20;

/// A log is renewed when it is so many times as long as what is live in it. So a byte that is
/// committed is written again a third of a time, on average.
const LIVE_SHARE: usize = 4;

/// How often logs are measured.
const MEASURED_EVERY: Duration = Duration::from_secs(30);

/// How long to leave groups alone that are coming together.
const UNSETTLED_RETRY: Duration = Duration::from_secs(1);

/// How long a log may become before it is renewed, with so much that is live.
fn log_bytes_max(live_bytes: usize) -> usize {
    live_bytes.saturating_mul(LIVE_SHARE).max(LOG_BYTES_MIN)
}

fn size_of_record(group: &GroupId, topic: &str, committed: &Committed) -> usize {
    let expires = committed.expires_at.is_some();
    record::offset_bytes(&group.0, topic, &committed.metadata, expires)
}

impl GroupState {
    /// Bytes of the records of all that is live.
    fn live_bytes(&self, group: &GroupId) -> usize {
        let itself =
            if self.has_record { group.0.len() + self.classic.record_bytes_max() } else { 0 };
        let offsets = self.offsets.iter();
        let offsets = offsets.map(|(topic, _, committed)| size_of_record(group, topic, committed));
        record::batch_bytes_max(once(itself).chain(offsets))
    }
}

impl GroupCoordinator {
    /// Renews logs that are long, for as long as it runs.
    pub(super) async fn keep_logs_short(self: Arc<Self>) {
        let mut ticks = interval_at(Instant::now() + MEASURED_EVERY, MEASURED_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut renewing = HashSet::new();
        let mut work = FuturesUnordered::new();
        loop {
            tokio::select! {
                biased;
                Some(index) = work.next() => {
                    renewing.remove(&index);
                }
                _ = ticks.tick() => {
                    for (index, shard) in self.ready_shards() {
                        if !is_too_long(&shard) || !renewing.insert(index) {
                            continue;
                        }
                        let groups = Arc::clone(&self);
                        work.push(async move {
                            if let Err(error) = groups.renew(&shard).await {
                                tracing::debug!(partition = index, %error, "its log stays long");
                            }
                            index
                        });
                    }
                }
            }
        }
    }

    /// Writes all that is live in a shard again, and trims what is before.
    ///
    /// # Errors
    /// When the log takes no more, or is another's. It is whole then.
    pub(super) async fn renew(&self, shard: &Arc<Shard>) -> Result<(), GroupError> {
        if shard.is_foreign() {
            return Ok(());
        }
        let stream = shard.partition.stream();
        // Where the snapshot begins. Whatever is made or changed from here on is behind it.
        let (begin, before) = (stream.offsets().appended, shard.log_bytes());
        let mut unsettled = Vec::new();
        for group in shard.all() {
            self.renew_offsets(shard, &group).await?;
            if !self.renew_group(shard, &group, begin).await? {
                unsettled.push(group);
            }
        }
        // One that comes together is written when it has, as ever: until then the log has what it
        // was before, which nobody could go on from otherwise.
        while let Some(group) = unsettled.pop() {
            while !self.renew_group(shard, &group, begin).await? {
                sleep(UNSETTLED_RETRY).await;
            }
        }
        let end = stream.offsets().appended;
        self.durable(shard, end).await?;
        for trimmed in self.storage.trim(&[(stream.id(), begin)]).await {
            if let Err(error) = trimmed {
                tracing::debug!(partition = shard.partition.number(), %error, "not trimmed");
                return Err(GroupError::NotAvailable);
            }
        }
        shard.trimmed(before);
        tracing::debug!(partition = shard.partition.number(), begin = begin.0, "renewed");
        Ok(())
    }

    /// Writes the group itself, unless the log has it from `begin` on. Not while it comes together:
    /// false then.
    async fn renew_group(
        &self,
        shard: &Arc<Shard>,
        group: &Group,
        begin: Offset,
    ) -> Result<bool, GroupError> {
        let is_due = |state: &GroupState| state.has_record && state.recorded <= begin;
        if !is_due(&group.lock()) {
            return Ok(true);
        }
        let renewing = self.act(shard, &group.id, false, Writes::Group(0), |state, _, change| {
            if !is_due(state) {
                return true;
            }
            change.effects.write = !state.classic.is_rebalancing();
            change.effects.write
        });
        gone_is_done(renewing.await.map(|(is_settled, _)| is_settled))
    }

    /// Writes the group's offsets, batch by batch.
    async fn renew_offsets(&self, shard: &Arc<Shard>, group: &Group) -> Result<(), GroupError> {
        let id = &group.id;
        let mut last: Option<(Arc<str>, i32)> = None;
        loop {
            let from = last.as_ref().map(|(topic, partition)| (&**topic, *partition));
            let room = {
                let state = group.lock();
                let sizes = || {
                    let left = state.offsets.iter_behind(from);
                    left.map(|(topic, _, committed)| size_of_record(id, topic, committed))
                };
                let one = record::batch_bytes_max(sizes().max().into_iter());
                let most = self.limits().record_bytes_max.max(one);
                record::batch_bytes_max(sizes()).min(most)
            };
            let renewing = self.act(shard, id, false, Writes::Records(room), |state, _, change| {
                let mut room = BatchRoom::of(room);
                let mut written = None;
                for (topic, partition, committed) in state.offsets.iter_behind(from) {
                    if !room.take(size_of_record(id, topic, committed)) {
                        return (written, false);
                    }
                    change.records.push(record::offset(id, topic, partition, committed));
                    written = Some((Arc::clone(topic), partition));
                }
                (written, true)
            });
            match renewing.await {
                Ok(((_, true), _)) | Err(GroupError::UnknownGroup) => return Ok(()),
                // None where the first has grown meanwhile: it is measured again.
                Ok(((written, false), _)) => last = written.or_else(|| last.take()),
                Err(error) => return Err(error),
            }
        }
    }
}

/// A group that has gone is nowhere to be written.
fn gone_is_done(outcome: Result<bool, GroupError>) -> Result<bool, GroupError> {
    match outcome {
        Err(GroupError::UnknownGroup) => Ok(true),
        outcome => outcome,
    }
}

/// Whether a log is much longer than what is live in it. Looks at all that is live as rarely as it
/// can.
fn is_too_long(shard: &Shard) -> bool {
    if !shard.is_to_be_measured() {
        return false;
    }
    let groups = shard.all();
    let live = groups.iter().map(|group| group.lock().live_bytes(&group.id)).sum();
    shard.measured(log_bytes_max(live))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_may_be_a_few_times_as_long_as_what_is_live_in_it() {
        for (live, expect) in [(0, 4 << 20), (1 << 20, 4 << 20), (3 << 20, 12 << 20)] {
            assert_eq!(log_bytes_max(live), expect);
        }
    }
}
