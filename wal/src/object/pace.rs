//! When the next object goes out, the pure part. Knows no store and no queue.
//!
//! A group goes out at once when a slot is free, so that a lone record waits for nobody; while all
//! slots are busy, entries gather. A budget of requests stretches the gathering when there is more
//! traffic than it pays for, but never past a full object: then there is enough in it for its cost.
//!
//! The budget is the ceiling of the store's bill: in any time it pays for so many PUTs a second, and one
//! second's more. Each is charged, whatever it is for: an object's first waits for its token unless it
//! is full, one that is sent again after a failure waits for its token, and one that hedges is not sent
//! without. Beside that there are what full objects overdraw, and what the store's own client repeats
//! because it hangs: one in two seconds for each that is on its way.

use std::time::Duration;

use tokio::time::Instant;

use super::ObjectWalSettings;
use super::latency::Latencies;
use super::window::Window;
use crate::batch::Load;

/// What all PUTs of a log learn from, and share.
#[derive(Debug)]
pub(crate) struct Pace {
    pub(crate) budget: Budget,
    pub(crate) latencies: Latencies,
    pub(crate) window: Window,
}

impl Pace {
    /// `full` is the bytes of a full object.
    pub(crate) fn new(settings: &ObjectWalSettings, full: usize, now: Instant) -> Self {
        Self {
            budget: Budget::new(settings.puts_per_second_max, now),
            latencies: Latencies::default(),
            window: Window::new(full, settings.puts_in_flight_max),
        }
    }
}

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

    /// Spends a request, though there may be none. A second's worth is the most that is owed: nobody
    /// waits for longer because others had full objects.
    pub(crate) fn spend(&mut self, now: Instant) {
        if self.empty_at < now + Self::SAVED {
            self.reserve(now);
        }
    }

    /// Spends a request if there is one.
    pub(crate) fn try_spend(&mut self, now: Instant) -> bool {
        let is_ready = self.is_ready(now);
        if is_ready {
            self.reserve(now);
        }
        is_ready
    }

    /// Spends a request that is sent once there is one: at the time answered.
    pub(crate) fn reserve(&mut self, now: Instant) -> Instant {
        let Some(every) = self.every else { return now };
        let saved = now.checked_sub(Self::SAVED.max(every));
        self.empty_at = saved.map_or(self.empty_at, |saved| self.empty_at.max(saved)) + every;
        self.empty_at.max(now)
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
        // A second's worth is the most that is owed.
        (0..100).for_each(|_| budget.spend(start));
        assert_eq!(budget.ready_at(start), start + millis(1250));
        // What is not used is saved, a second of it.
        let later = start + Duration::from_secs(60);
        for _ in 0..4 {
            assert!(budget.is_ready(later));
            budget.spend(later);
        }
        assert!(!budget.is_ready(later));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_reserved_is_spent_and_whoever_must_have_one_at_once_goes_without() {
        let start = Instant::now() + Duration::from_secs(100);
        let mut budget = Budget::new(4, start);
        for _ in 0..3 {
            assert!(budget.try_spend(start));
        }
        assert_eq!(budget.reserve(start), start);
        assert!(!budget.try_spend(start));
        assert_eq!(budget.reserve(start), start + millis(250));
        assert_eq!(budget.reserve(start), start + millis(500));
        assert!(!budget.try_spend(start + millis(500)));
        assert!(budget.try_spend(start + millis(750)));
    }

    #[tokio::test(start_paused = true)]
    async fn no_budget_is_no_limit() {
        let now = Instant::now();
        let mut budget = Budget::new(0, now);
        for _ in 0..1000 {
            assert!(budget.try_spend(now));
            assert_eq!(budget.reserve(now), now);
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
