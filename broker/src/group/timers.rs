//! When to look at which group again. Nothing ticks while there is nothing to wait for.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::Notify;

use super::id::GroupId;
use super::shard::{GroupState, Shard};
use super::time::Tick;

/// See the module.
#[derive(Default)]
pub(super) struct Timers {
    /// Guards the heap alone.
    heap: Mutex<BinaryHeap<Reverse<Timer>>>,
    /// The first of them has changed.
    pub(super) changed: Notify,
}

/// A look at a group.
pub(super) struct Timer {
    pub(super) at: Tick,
    pub(super) shard: Weak<Shard>,
    pub(super) group: GroupId,
}

impl Timers {
    /// Looks at a group no later than `at`; nothing to do where an earlier look is planned, which
    /// will find out by itself.
    pub(super) fn schedule(
        &self,
        shard: &Arc<Shard>,
        group: &GroupId,
        state: &mut GroupState,
        at: Tick,
    ) {
        if state.scheduled.is_some_and(|planned| planned <= at) {
            return;
        }
        state.scheduled = Some(at);
        let timer = Timer { at, shard: Arc::downgrade(shard), group: group.clone() };
        let mut heap = self.lock();
        let is_first = heap.peek().is_none_or(|Reverse(first)| at < first.at);
        heap.push(Reverse(timer));
        drop(heap);
        if is_first {
            self.changed.notify_one();
        }
    }

    /// The time of the first look.
    pub(super) fn first(&self) -> Option<Tick> {
        self.lock().peek().map(|Reverse(timer)| timer.at)
    }

    /// Takes out what is due.
    pub(super) fn due(&self, now: Tick) -> Vec<Timer> {
        let mut heap = self.lock();
        let mut due = Vec::new();
        while heap.peek().is_some_and(|Reverse(timer)| timer.at <= now) {
            due.extend(heap.pop().map(|Reverse(timer)| timer));
        }
        due
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BinaryHeap<Reverse<Timer>>> {
        self.heap.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// By time alone.
impl PartialEq for Timer {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for Timer {}

impl Ord for Timer {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.cmp(&other.at)
    }
}

impl PartialOrd for Timer {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
