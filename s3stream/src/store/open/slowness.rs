//! From when on a request that was not answered is doubted: learned from those that were. Pure.

use std::time::Duration;

use penstock_wal::retry::HANGS_AFTER;

/// No request is doubted sooner.
const DOUBT_MIN: Duration = HANGS_AFTER;
/// However slow a store is, a request is doubted then.
const DOUBT_MAX: Duration = Duration::from_secs(20);
/// What a MiB of a body adds until more is known.
const PER_MEBIBYTE_MIN: Duration = Duration::from_millis(125);
/// What it adds at most.
const PER_MEBIBYTE_MAX: Duration = Duration::from_secs(10);
/// Twice what was seen is still nothing strange.
const FACTOR: u32 = 2;
/// What was seen counts half as much so much later.
const HALF_LIFE: Duration = Duration::from_secs(60);
/// Smaller bodies say nothing of the line.
const BODY_BYTES_MIN: usize = 256 << 10;

/// How slow a store was lately, in answering and in taking bodies. Times are from any fixed moment
/// on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slowness {
    answer: Fading,
    per_mebibyte: Fading,
    answered: Option<Duration>,
}

/// The longest that was seen, and when; older ones fade.
#[derive(Clone, Copy, Debug, Default)]
struct Fading {
    longest: Duration,
    seen: Duration,
}

impl Fading {
    fn at(&self, now: Duration) -> Duration {
        let age = now.saturating_sub(self.seen).as_secs_f64();
        self.longest.mul_f64((-age / HALF_LIFE.as_secs_f64()).exp2())
    }

    fn see(&mut self, took: Duration, now: Duration) {
        if took >= self.at(now) {
            *self = Self { longest: took, seen: now };
        }
    }
}

impl Slowness {
    /// A request with a body of so many bytes was answered after so long.
    pub(super) fn answered(&mut self, body_bytes: usize, took: Duration, now: Duration) {
        self.answered = Some(now);
        if body_bytes < BODY_BYTES_MIN {
            self.answer.see(took, now);
        } else {
            self.per_mebibyte.see(took.div_f64(mebibytes(body_bytes)), now);
        }
    }

    /// Whether any request was answered since then: the line carries something.
    pub(super) fn answers_since(&self, begun: Duration) -> bool {
        self.answered.is_some_and(|answered| answered >= begun)
    }

    /// From when on a request is doubted, once its body's time was doubled so often.
    pub(super) fn doubt(&self, body_bytes: usize, doublings: u32, now: Duration) -> Duration {
        let answer = (self.answer.at(now) * FACTOR).clamp(DOUBT_MIN, DOUBT_MAX);
        let per_mebibyte =
            (self.per_mebibyte.at(now) * FACTOR).clamp(PER_MEBIBYTE_MIN, PER_MEBIBYTE_MAX);
        let body = per_mebibyte.mul_f64(mebibytes(body_bytes)) * (1 << doublings.min(10));
        answer + if body_bytes < BODY_BYTES_MIN { Duration::ZERO } else { body }
    }
}

fn mebibytes(bytes: usize) -> f64 {
    u32::try_from(bytes >> 10).map_or(f64::from(u32::MAX), f64::from) / 1024.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    /// After these answers (bytes of the body, how long they took), the doubt about one more.
    fn check(answers: &[(usize, u64)], body: usize, doublings: u32, later: u64, expected: u64) {
        let mut slowness = Slowness::default();
        for (bytes, took) in answers {
            slowness.answered(*bytes, millis(*took), Duration::ZERO);
        }
        let doubt = slowness.doubt(body, doublings, millis(later));
        assert_eq!(
            doubt.as_millis(),
            u128::from(expected),
            "{answers:?} {body} {doublings} {later}"
        );
    }

    #[test]
    fn a_store_is_doubted_by_what_it_showed() {
        check(&[], 0, 0, 0, 2_000);
        check(&[], 0, 5, 0, 2_000);
        check(&[(0, 30), (0, 40)], 0, 0, 0, 2_000);
        check(&[(0, 5_000), (0, 40)], 0, 0, 0, 10_000);
        check(&[(0, 60_000)], 0, 0, 0, 20_000);
    }

    #[test]
    fn what_was_slow_once_is_forgiven() {
        check(&[(0, 5_000)], 0, 0, 60_000, 5_000);
        check(&[(0, 5_000)], 0, 0, 600_000, 2_000);
    }

    #[test]
    fn a_body_takes_the_time_that_the_line_needs() {
        check(&[], 8 << 20, 0, 0, 3_000);
        check(&[], 8 << 20, 2, 0, 6_000);
        // 0.5 MiB/s.
        check(&[(8 << 20, 16_000)], 64 << 20, 0, 0, 2_000 + 256_000);
        check(&[(8 << 20, 16_000)], 0, 0, 0, 2_000);
        // Nothing moved.
        check(&[(1 << 20, 3_600_000)], 64 << 20, 0, 0, 2_000 + 640_000);
    }
}
