//! How long a PUT takes lately, and from when on it is worth sending again. Pure.

use std::collections::VecDeque;
use std::time::Duration;

/// How many answers are remembered.
const REMEMBERED: usize = 128;
/// Fewer tell nothing.
const NEEDED: usize = 16;
/// A PUT is sent again after so many times the 95th percentile. At the percentile itself one in
/// twenty would be, and each is a request that is paid for; the tail that matters lies far behind.
const FACTOR: u32 = 3;
/// Never sooner than this: below it, a second request saves less than it costs.
const SOONEST: Duration = Duration::from_millis(20);

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Latencies(VecDeque<Duration>);

impl Latencies {
    /// An answer came after so long.
    pub(crate) fn add(&mut self, latency: Duration) {
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back(latency);
    }

    /// From when on a PUT is sent a second time; `None` while too little is known.
    pub(crate) fn hedge_after(&self) -> Option<Duration> {
        if self.0.len() < NEEDED {
            return None;
        }
        let mut sorted: Vec<_> = self.0.iter().copied().collect();
        let rank = (sorted.len() * 95).div_ceil(100) - 1;
        let (_, percentile, _) = sorted.select_nth_unstable(rank);
        Some((*percentile * FACTOR).max(SOONEST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_is_told_from_the_rest() {
        let millis = Duration::from_millis;
        let mut latencies = Latencies::default();
        (0..NEEDED - 1).for_each(|_| latencies.add(millis(30)));
        assert_eq!(latencies.hedge_after(), None);
        latencies.add(millis(900));
        assert_eq!(latencies.hedge_after(), Some(millis(2700)));
        (0..20).for_each(|_| latencies.add(millis(30)));
        assert_eq!(latencies.hedge_after(), Some(millis(90)));
        (0..REMEMBERED).for_each(|_| latencies.add(millis(1)));
        assert_eq!(latencies.hedge_after(), Some(SOONEST));
    }
}
