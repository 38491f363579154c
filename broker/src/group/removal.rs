//! What is taken out of groups: offsets that operators delete or that have expired, and whole
//! groups.
//!
//! Each offset takes a tombstone that names its group, so that they may be far more bytes than a
//! message of `__consumer_offsets` may have: they are written batch by batch, one step each. After a
//! failure some may be gone and others not; whoever asks again goes on from there.

use std::collections::{BTreeSet, HashSet};
use std::iter::once;
use std::sync::Arc;

use super::classic::{ClassicGroup, State};
use super::coordinator::GroupCoordinator;
use super::error::GroupError;
use super::id::GroupId;
use super::offsets::Expiry;
use super::record::{self, BatchRoom};
use super::shard::{Change, Shard};
use super::state::{Group, GroupState, Writes};
use super::subscription::{CONSUMER, Subscription};

/// Groups whose expired offsets are looked for at a time.
const EXPIRING_AT_ONCE: usize = 16;

/// Why offsets are looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Topics were deleted, and take theirs along.
    ForDeletedTopics,
    /// From time to time.
    ForExpired,
}

/// What one step takes out.
struct Removal {
    offsets: Vec<(Arc<str>, i32)>,
    /// Nothing is left for another step.
    is_all: bool,
    room: BatchRoom,
}

impl Removal {
    /// As many of these as the tombstones of a batch of `room` bytes hold.
    fn plan<'a>(
        group: &GroupId,
        offsets: impl IntoIterator<Item = (&'a Arc<str>, i32)>,
        room: usize,
    ) -> Self {
        let mut room = BatchRoom::of(room);
        let (mut planned, mut is_all) = (Vec::new(), true);
        for (topic, partition) in offsets {
            is_all = room.take(record::no_offset_bytes(&group.0, topic));
            if !is_all {
                break;
            }
            planned.push((Arc::clone(topic), partition));
        }
        Self { offsets: planned, is_all, room }
    }

    fn carry_out(&mut self, group: &GroupId, state: &mut GroupState, change: &mut Change) {
        for (topic, partition) in self.offsets.drain(..) {
            change.records.push(record::no_offset(group, &topic, partition));
            state.offsets.remove(&topic, partition);
        }
    }

    /// The group itself goes too, unless that takes another step.
    fn carry_out_with_group(&mut self, group: &GroupId, state: &GroupState, change: &mut Change) {
        if !self.is_all {
            return;
        }
        if state.has_record {
            self.is_all = self.room.take(record::no_group_bytes(&group.0));
            if !self.is_all {
                return;
            }
            change.records.push(record::no_group(group));
        }
        change.remove = true;
    }
}

impl GroupCoordinator {
    /// Deletes a group and its offsets; durable when this returns.
    ///
    /// # Errors
    /// When it has members, is not there, or there is nobody to ask.
    pub(crate) async fn delete(self: &Arc<Self>, group: &str) -> Result<(), GroupError> {
        let id = Self::group_id(group)?;
        let shard = self.shard_of(&id).await?;
        loop {
            let bytes = self.look(&shard, group, |_, state| state.tombstone_bytes(group)).await?;
            let room = self.room_of_step(&id, bytes.ok_or(GroupError::UnknownGroup)?);
            let deleting =
                self.act(&shard, &id, false, Writes::Records(room), |state, _, change| {
                    if state.classic.state() != State::Empty {
                        return Err(GroupError::NotEmpty);
                    }
                    let offsets = state.offsets.iter().map(|(topic, at, _)| (topic, at));
                    let mut removal = Removal::plan(&id, offsets, room);
                    removal.carry_out(&id, state, change);
                    removal.carry_out_with_group(&id, state, change);
                    Ok(removal.is_all)
                });
            let (outcome, written) = deleting.await?;
            if outcome? {
                return self.durable(&shard, written).await;
            }
        }
    }

    /// Deletes the offsets of these partitions, where the group has any; durable when this returns.
    /// Answers for each.
    ///
    /// # Errors
    /// When the group is not there, has members that tell nobody what they read, or there is nobody
    /// to ask.
    pub(crate) async fn delete_offsets(
        self: &Arc<Self>,
        group: &str,
        partitions: &[(Arc<str>, i32)],
    ) -> Result<Vec<Result<(), GroupError>>, GroupError> {
        if group.is_empty() {
            return Err(GroupError::InvalidGroup);
        }
        let id = Self::group_id(group)?;
        let shard = self.shard_of(&id).await?;
        let distinct: BTreeSet<&(Arc<str>, i32)> = partitions.iter().collect();
        let there = |state: &GroupState| {
            let is_there = |at: &&(Arc<str>, i32)| state.offsets.get(&at.0, at.1).is_some();
            distinct.iter().copied().filter(is_there).collect::<Vec<_>>()
        };
        loop {
            let measure = |_: &Group, state: &mut GroupState| {
                let offsets = there(state).into_iter();
                record::batch_bytes_max(
                    offsets.map(|(topic, _)| record::no_offset_bytes(group, topic)),
                )
            };
            let bytes = self.look(&shard, group, measure).await?;
            let room = self.room_of_step(&id, bytes.ok_or(GroupError::UnknownGroup)?);
            let deleting =
                self.act(&shard, &id, false, Writes::Records(room), |state, _, change| {
                    let is_of_consumers =
                        state.classic.protocol_type().is_some_and(|kind| &**kind == CONSUMER);
                    if state.classic.state() != State::Empty && !is_of_consumers {
                        return Err(GroupError::NotEmpty);
                    }
                    let subscription = Subscription::of(&state.classic);
                    let outcome = |(topic, _): &(Arc<str>, i32)| {
                        let is_read = subscription.may_include(topic);
                        if is_read { Err(GroupError::SubscribedToTopic) } else { Ok(()) }
                    };
                    let outcomes: Vec<_> = partitions.iter().map(outcome).collect();
                    let free = there(state).into_iter();
                    let free = free.filter(|(topic, _)| !subscription.may_include(topic));
                    let free = free.map(|(topic, partition)| (topic, *partition));
                    let mut removal = Removal::plan(&id, free, room);
                    removal.carry_out(&id, state, change);
                    Ok((outcomes, removal.is_all))
                });
            let (outcome, written) = deleting.await?;
            let (outcomes, is_all) = outcome?;
            if is_all {
                self.durable(&shard, written).await?;
                return Ok(outcomes);
            }
        }
    }

    /// Forgets offsets that nobody needs any more and, at a look for what has expired, groups that
    /// have nothing left.
    pub(super) async fn expire_offsets(&self, look: Look) {
        let mut expiring = Vec::new();
        for (_, shard) in self.ready_shards() {
            expiring.extend(shard.all().into_iter().map(|group| (Arc::clone(&shard), group)));
        }
        futures::StreamExt::for_each_concurrent(
            futures::stream::iter(expiring),
            EXPIRING_AT_ONCE,
            |(shard, group)| async move {
                if let Err(error) = self.expire_offsets_of(&shard, &group, look).await {
                    tracing::debug!(group = %group.id, %error, "offsets expire at the next look");
                }
            },
        )
        .await;
    }

    async fn expire_offsets_of(
        &self,
        shard: &Arc<Shard>,
        group: &Group,
        look: Look,
    ) -> Result<(), GroupError> {
        let id = &group.id;
        // A topic that goes is no business of groups that have read nothing of it.
        let ends = |state: &GroupState| look == Look::ForExpired && state.is_over();
        // The image is at least as new as whatever the group was told to commit.
        let expired = |state: &GroupState| {
            let image = self.metadata.image();
            let topic_id = |name: &str| image.topic_by_name(name).map(|topic| topic.id);
            let expiry = self.expiry(&state.classic);
            state.offsets.expired(expiry.as_ref(), topic_id)
        };
        loop {
            let bytes = {
                let state = group.lock();
                if state.gone || (expired(&state).is_empty() && !ends(&state)) {
                    return Ok(());
                }
                state.tombstone_bytes(&id.0)
            };
            let room = self.room_of_step(id, bytes);
            let expiring = self.act(shard, id, false, Writes::Records(room), |state, _, change| {
                let expired = expired(state);
                let offsets = expired.iter().map(|(topic, partition)| (topic, *partition));
                let mut removal = Removal::plan(id, offsets, room);
                removal.carry_out(id, state, change);
                if ends(state) {
                    removal.carry_out_with_group(id, state, change);
                }
                removal.is_all
            });
            if expiring.await?.0 {
                return Ok(());
            }
        }
    }

    /// What makes the offsets of a group expire now; none do while it has members of a kind whose
    /// subscriptions are not known.
    fn expiry(&self, group: &ClassicGroup) -> Option<Expiry> {
        let now = self.clock.now();
        let retention = self.settings.retention;
        let of_age = |since| Expiry { now, retention, since, in_use: HashSet::new() };
        match (group.protocol_type(), group.state()) {
            (None, _) => Some(of_age(None)),
            (Some(_), State::Empty) => Some(of_age(group.since())),
            (Some(kind), State::Stable) if &**kind == CONSUMER => match Subscription::of(group) {
                Subscription::Topics(in_use) => Some(Expiry { in_use, ..of_age(None) }),
                Subscription::Unknown => None,
            },
            _ => None,
        }
    }

    /// Bytes of the batch of a step that has so much to write in all: what a message may have, or
    /// one tombstone where that is more.
    fn room_of_step(&self, group: &GroupId, bytes: usize) -> usize {
        let one = record::no_offset_bytes(&group.0, "") + usize::from(u16::MAX);
        let most = self.limits().record_bytes_max.max(record::batch_bytes_max(once(one)));
        bytes.min(most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_takes_out_what_a_batch_tells_of() {
        let id = GroupId::new("group");
        let topic: Arc<str> = Arc::from("topic");
        let bytes_of = |count: usize| {
            record::batch_bytes_max(std::iter::repeat_n(
                record::no_offset_bytes("group", "topic"),
                count,
            ))
        };
        let check = |offsets: i32, room: usize, expect: (usize, bool)| {
            let offsets = (0..offsets).map(|partition| (&topic, partition));
            let removal = Removal::plan(&id, offsets, room);
            assert_eq!((removal.offsets.len(), removal.is_all), expect, "{room}");
        };
        check(0, 0, (0, true));
        check(3, bytes_of(3), (3, true));
        check(3, bytes_of(3) - 1, (2, false));
        check(3, bytes_of(2), (2, false));
        check(1, 0, (0, false));
    }
}
