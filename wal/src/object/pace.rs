//! When the next object goes out, the pure part. Knows no store and no queue.
//!
//! A group goes out at once when a slot is free, so that a lone record waits for nobody; while all
//! slots are busy, entries gather. A budget of requests stretches the gathering when there is more
//! traffic than it pays for, but never past a full object: then there is enough in it for its cost.

use std::time::Duration;

use tokio::time::Instant;

use crate::batch::Load;

/// A token bucket of requests: one second's worth at most, filled evenly. Full objects may overdraw
/// it, and whoever comes next pays.
#[derive(Debug)]
pub(crate) struct Budget {
    /// `None` for no limit.
    every: Option<Duration>,
    /// When the bucket was, or will be, empty.
    empty_at: Instant,
}

impl Budget {
    /// How much of unused budget is kept.
    const SAVED: Duration = Duration::from_secs(1);

    /// So many requests a second, from `now` on; 0 for no limit.
    pub(crate) fn new(requests_per_second: u32, now: Instant) -> Self {
        let every = Duration::from_secs(1).checked_div(requests_per_second);
        Self { every, empty_at: now.checked_sub(Self::SAVED).unwrap_or(now) }
    }

    /// When there is a request to spend: at once if not later than `now`.
    pub(crate) fn ready_at(&self, now: Instant) -> Instant {
        self.every.map_or(now, |every| self.empty_at + every)
    }

    /// Whether there is a request to spend now.
    pub(crate) fn is_ready(&self, now: Instant) -> bool {
        self.ready_at(now) <= now
    }

    /// Spends a request, though there may be none.
    pub(crate) fn spend(&mut self, now: Instant) {
        let Some(every) = self.every else { return };
        let saved = now.checked_sub(Self::SAVED.max(every));
        self.empty_at = saved.map_or(self.empty_at, |saved| self.empty_at.max(saved)) + every;
    }
}

/// What the writer does about the entries that wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Sends the next object.
    Send,
    /// Looks again when so much waits, or at the time given.
    Wait { until: Option<Instant>, load: Option<Load> },
}

/// Decides; `waiting` is what waits, `full` the bytes of a full object.
pub(crate) fn next(
    waiting: Load,
    slot_is_free: bool,
    full: usize,
    budget: &Budget,
    now: Instant,
) -> Next {
    if !slot_is_free {
        return Next::Wait { until: None, load: None };
    }
    if waiting.entries == 0 {
        return Next::Wait { until: None, load: Some(Load::ONE_ENTRY) };
    }
    if waiting.bytes >= full || budget.is_ready(now) {
        return Next::Send;
    }
    let load = Load { entries: usize::MAX, bytes: full };
    Next::Wait { until: Some(budget.ready_at(now)), load: Some(load) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[tokio::test(start_paused = true)]
    async fn a_budget_pays_for_a_burst_and_then_evenly() {
        let start = Instant::now() + Duration::from_secs(100);
        let mut budget = Budget::new(4, start);
        for _ in 0..4 {
            assert!(budget.is_ready(start));
            budget.spend(start);
        }
        assert_eq!(budget.ready_at(start), start + millis(250));
        assert!(!budget.is_ready(start + millis(249)));
        // Overdrawn by a full object: the next one waits for both.
        budget.spend(start);
        assert_eq!(budget.ready_at(start), start + millis(500));
        // What is not used is saved, a second of it.
        let later = start + Duration::from_secs(60);
        for _ in 0..4 {
            assert!(budget.is_ready(later));
            budget.spend(later);
        }
        assert!(!budget.is_ready(later));
    }

    #[tokio::test(start_paused = true)]
    async fn no_budget_is_no_limit() {
        let now = Instant::now();
        let mut budget = Budget::new(0, now);
        for _ in 0..1000 {
            assert!(budget.is_ready(now));
            budget.spend(now);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn objects_go_out_when_they_may() {
        let now = Instant::now() + Duration::from_secs(100);
        let rich = Budget::new(4, now);
        let mut poor = Budget::new(4, now);
        (0..4).for_each(|_| poor.spend(now));
        let load = |entries, bytes| Load { entries, bytes };
        let check = |waiting, slot, budget: &Budget, expect| {
            assert_eq!(next(waiting, slot, 1000, budget, now), expect);
        };
        let nothing = load(0, 0);
        check(nothing, true, &rich, Next::Wait { until: None, load: Some(Load::ONE_ENTRY) });
        check(load(1, 10), true, &rich, Next::Send);
        check(load(1, 10), false, &rich, Next::Wait { until: None, load: None });
        let full = load(usize::MAX, 1000);
        let wait = Next::Wait { until: Some(now + millis(250)), load: Some(full) };
        check(load(9, 999), true, &poor, wait);
        check(load(9, 1000), true, &poor, Next::Send);
    }
}
