//! How fast to compact: always behind the uploads. Pure.
//!
//! What is uploaded earns bytes, so that compaction keeps up with any load, and takes its share of
//! the line and of the store's requests no faster than that; and some come with time, so that what
//! is left over is done when little else goes on.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::counters::Counter;

/// The numbers of the pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaceSettings {
    /// Bytes that a hundred uploaded bytes earn.
    pub percent_of_uploads: u64,
    /// Bytes that a second earns; at least one.
    pub bytes_per_second: u64,
    /// Bytes that can be saved up. What is larger goes alone, once all that is earned.
    pub burst_bytes: u64,
}

impl Default for PaceSettings {
    fn default() -> Self {
        // What is uploaded is rewritten once, and less often again (`plan.rs`); where logs are
        // compacted it is read once, and twice as much rewritten, at Kafka's share of dirty bytes.
        Self { percent_of_uploads: 400, bytes_per_second: 8 << 20, burst_bytes: 256 << 20 }
    }
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Pace {
    settings: PaceSettings,
    earned: u64,
    uploaded: u64,
    at: Instant,
}

impl Pace {
    pub(crate) fn new(settings: PaceSettings, now: Instant) -> Self {
        Self { settings, earned: settings.burst_bytes, uploaded: 0, at: now }
    }

    /// Takes what a job of so many bytes costs, when it is earned. Else after how long to ask again.
    /// `uploaded` is what was uploaded since the start.
    pub(crate) fn take(&mut self, bytes: u64, uploaded: u64, now: Instant) -> Option<Duration> {
        let PaceSettings { percent_of_uploads, bytes_per_second, burst_bytes } = self.settings;
        let nanos = now.saturating_duration_since(self.at).as_nanos();
        let with_time = nanos * u128::from(bytes_per_second) / 1_000_000_000;
        let with_uploads = u128::from(uploaded - self.uploaded) * u128::from(percent_of_uploads);
        let earned = u128::from(self.earned) + with_time + with_uploads / 100;
        self.earned = u64::try_from(earned).unwrap_or(u64::MAX).min(burst_bytes);
        (self.uploaded, self.at) = (uploaded, now);
        let cost = bytes.min(burst_bytes);
        let missing = cost.saturating_sub(self.earned);
        if missing == 0 {
            self.earned -= cost;
            return None;
        }
        // Never at once again, and never so late that uploads meanwhile earn nothing.
        let with_time = Duration::from_secs_f64(missing as f64 / bytes_per_second.max(1) as f64);
        Some(with_time.clamp(Duration::from_millis(10), Duration::from_secs(1)))
    }
}

/// The pace, and what is uploaded.
pub(crate) struct Earned<'a> {
    pub(crate) pace: &'a mut Pace,
    pub(crate) uploaded: &'a Counter,
}

impl Earned<'_> {
    /// Waits until so many bytes are earned.
    pub(crate) async fn take(&mut self, bytes: u64) {
        while let Some(pause) = self.pace.take(bytes, self.uploaded.get(), Instant::now()) {
            sleep(pause).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: PaceSettings =
        PaceSettings { percent_of_uploads: 50, bytes_per_second: 10, burst_bytes: 100 };

    #[test]
    fn uploads_and_time_earn_bytes_up_to_a_burst() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut pace = Pace::new(SETTINGS, start);
        assert_eq!(pace.take(60, 0, at(0)), None);
        assert_eq!(pace.take(40, 0, at(0)), None);
        assert_eq!(pace.take(5, 0, at(0)), Some(Duration::from_millis(500)));
        assert_eq!(pace.take(5, 10, at(0)), None, "half of ten");
        assert_eq!(pace.take(100, 10, at(2)), Some(Duration::from_secs(1)), "eighty are missing");
        assert_eq!(pace.take(20, 10, at(2)), None);
        // What is larger than a burst costs a burst.
        assert_eq!(pace.take(1_000, 10, at(11)), Some(Duration::from_secs(1)));
        assert_eq!(pace.take(1_000, 10, at(12)), None);
        assert_eq!(pace.take(1, 10, at(12)), Some(Duration::from_millis(100)));
        // A long pause saves up no more than a burst.
        assert_eq!(pace.take(100, 10_000, at(1_000)), None);
        assert_eq!(pace.take(100, 10_000, at(1_005)), Some(Duration::from_secs(1)));
    }
}
