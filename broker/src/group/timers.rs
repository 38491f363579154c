//! When to look at which group again: one look a group, and none once the group is gone. Nothing
//! ticks while there is nothing to wait for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::Notify;

use super::id::GroupId;
use super::shard::Shard;
use super::state::{Group, GroupState};
use super::time::Tick;
use crate::footprint::in_tree;

/// What a look takes in memory.
pub(super) const LOOK_BYTES: usize = in_tree::<(LookId, Timer)>();

/// See the module.
#[derive(Default)]
pub(super) struct Timers {
    /// Guards the looks alone, and no other lock is taken under it.
    looks: Mutex<Looks>,
    /// The first of them has changed.
    pub(super) changed: Notify,
}

#[derive(Default)]
struct Looks {
    by_time: BTreeMap<LookId, Timer>,
    last: u64,
}

/// A look among all: in order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LookId {
    at: Tick,
    number: u64,
}

/// Where to look.
pub(super) struct Timer {
    pub(super) shard: Weak<Shard>,
    pub(super) group: GroupId,
}

/// A look that is planned, for as long as this is kept.
pub(super) struct PlannedLook {
    pub(super) id: LookId,
    timers: Arc<Timers>,
}

impl Timers {
    /// Looks at a group no later than `at`; nothing to do where an earlier look is planned, which
    /// will find out by itself.
    pub(super) fn schedule(
        self: &Arc<Self>,
        shard: &Arc<Shard>,
        group: &Group,
        state: &mut GroupState,
        at: Tick,
    ) {
        if state.scheduled.as_ref().is_some_and(|planned| planned.id.at <= at) {
            return;
        }
        let timer = Timer { shard: Arc::downgrade(shard), group: group.id.clone() };
        let mut looks = self.lock();
        looks.last += 1;
        let id = LookId { at, number: looks.last };
        let is_first = looks.by_time.first_key_value().is_none_or(|(first, _)| id < *first);
        looks.by_time.insert(id, timer);
        drop(looks);
        state.scheduled = Some(PlannedLook { id, timers: Arc::clone(self) });
        if is_first {
            self.changed.notify_one();
        }
    }

    /// The time of the first look.
    pub(super) fn first(&self) -> Option<Tick> {
        self.lock().by_time.first_key_value().map(|(id, _)| id.at)
    }

    /// Takes out what is due.
    pub(super) fn due(&self, now: Tick) -> Vec<(LookId, Timer)> {
        let mut looks = self.lock();
        let later = looks.by_time.split_off(&LookId { at: now.next(), number: 0 });
        std::mem::replace(&mut looks.by_time, later).into_iter().collect()
    }

    /// How many looks are planned.
    #[cfg(test)]
    pub(super) fn planned(&self) -> usize {
        self.lock().by_time.len()
    }

    fn lock(&self) -> MutexGuard<'_, Looks> {
        self.looks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for PlannedLook {
    fn drop(&mut self) {
        self.timers.lock().by_time.remove(&self.id);
    }
}
