//! How many requests at once: as many as the store answers about as quickly as one alone. Pure.
//!
//! ```text
//!   a line for each request       4 at once take as long as 1      more, up to what there may be
//!   one core, disk or line        4 at once take 4 times as long   fewer: the rest only waits, and
//!                                                                  with it the log's PUTs
//! ```
//!
//! What one alone takes is looked at from time to time, for each magnitude of sizes apart; and where
//! there is only one, whether two would take longer. (The idea of TCP Vegas: Brakmo and Peterson, 1995.)

use std::time::Duration;

/// After so many requests one goes alone, or two do where there was only one.
const LOOK_EVERY: u32 = 200;

/// Magnitudes: powers of two of bytes.
const MAGNITUDES: usize = 64;

/// What requests took that went alone, on average of the last few; and how large they were.
#[derive(Clone, Copy, Debug)]
struct Alone {
    took: Duration,
    bytes: u64,
}

impl Alone {
    fn joined_by(self, took: Duration, bytes: u64) -> Self {
        Self { took: (self.took * 3 + took) / 4, bytes: (self.bytes * 3 + bytes) / 4 }
    }

    /// What one of so many bytes would take: of twice as many twice as long, at most.
    fn expected(self, bytes: u64) -> Duration {
        self.took.mul_f64(bytes.max(self.bytes) as f64 / self.bytes.max(1) as f64)
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct Concurrency {
    max: usize,
    limit: usize,
    alone: [Option<Alone>; MAGNITUDES],
    /// Requests since the last such look.
    since_look: u32,
    in_flight: usize,
    /// More good answers than bad ones at this limit.
    score: isize,
}

/// A request that goes out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Began {
    is_alone: bool,
}

impl Concurrency {
    /// At most so many, and a quarter of it at first.
    pub(super) fn new(max: usize) -> Self {
        Self {
            max,
            limit: max.div_ceil(4),
            alone: [None; MAGNITUDES],
            since_look: 0,
            in_flight: 0,
            score: 0,
        }
    }

    /// How many may be on their way now.
    pub(super) fn limit(&self) -> usize {
        if self.since_look >= LOOK_EVERY { 1 } else { self.limit }
    }

    /// One goes out.
    pub(super) fn begin(&mut self) -> Began {
        self.in_flight += 1;
        Began { is_alone: self.in_flight == 1 && self.limit() == 1 }
    }

    /// One is over: answered with so many bytes in this time, or given up.
    pub(super) fn end(&mut self, began: Began, answered: Option<(u64, Duration)>) {
        let others = self.in_flight - 1;
        self.in_flight = others;
        let Some((bytes, took)) = answered else { return };
        let alone = &mut self.alone[bytes.max(1).ilog2() as usize];
        self.since_look += 1;
        if began.is_alone || (others == 0 && alone.is_none()) {
            let first = Alone { took, bytes };
            *alone = Some(alone.map_or(first, |known| known.joined_by(took, bytes)));
            if self.limit > 1 || self.since_look >= LOOK_EVERY {
                (self.limit, self.since_look) = (self.limit.max(2).min(self.max), 0);
            }
            return;
        }
        let Some(alone) = *alone else { return };
        let expected = alone.expected(bytes);
        let is_full = others + 1 >= self.limit;
        if took > expected * 15 / 8 {
            self.score -= 2;
        } else if took < expected * 3 / 2 && is_full {
            self.score += 1;
        }
        let limit = self.limit.cast_signed();
        if self.score >= limit {
            (self.limit, self.score) = ((self.limit + 1).min(self.max), 0);
        } else if self.score <= -limit {
            (self.limit, self.score) = ((self.limit - 1).max(1), 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    /// So many requests one after the other, as many at once as may be; `answer` says of the number
    /// at once, and of a number that is drawn, how many bytes each is and how many milliseconds it
    /// takes. The least limit of the second half.
    fn least_limit(requests: usize, answer: impl Fn(u64, u64) -> (u64, u64)) -> usize {
        let mut concurrency = Concurrency::new(16);
        let mut under_way = Vec::new();
        let (mut drawn, mut least) = (1_u64, usize::MAX);
        for request in 0..requests {
            while under_way.len() < concurrency.limit() {
                under_way.push(concurrency.begin());
            }
            drawn = drawn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let (bytes, millis) = answer(under_way.len() as u64, drawn >> 40);
            let took = Duration::from_millis(millis);
            concurrency.end(under_way.remove(0), Some((bytes, took)));
            if request > requests / 2 {
                least = least.min(concurrency.limit);
            }
        }
        while let Some(began) = under_way.pop() {
            concurrency.end(began, None);
        }
        assert_eq!(concurrency.in_flight, 0);
        least
    }

    /// The same with a mebibyte each.
    fn limit_after(requests: usize, took: impl Fn(u64) -> u64) -> usize {
        least_limit(requests, |at_once, _| (MIB, took(at_once)))
    }

    #[test]
    fn a_store_with_a_line_for_each_gets_all() {
        assert_eq!(limit_after(2_000, |_| 30), 16);
        assert_eq!(limit_after(2_000, |at_once| 30 + at_once / 2), 16);
    }

    #[test]
    fn what_differs_by_chance_or_in_size_is_not_taken_for_slow() {
        // Sizes of one magnitude, at 80 MiB/s each.
        let sizes = |_, drawn| {
            (4 * MIB + drawn % (4 * MIB), 30 + (4 * MIB + drawn % (4 * MIB)) / (80 * MIB / 1_000))
        };
        assert!(least_limit(20_000, sizes) >= 14);
        let chance = |_, drawn| (MIB, 20 + drawn % 40);
        assert!(least_limit(20_000, chance) >= 8);
    }

    #[test]
    fn one_that_shares_what_it_has_gets_few() {
        assert_eq!(limit_after(2_000, |at_once| 5 * at_once), 1);
        assert_eq!(limit_after(2_000, |at_once| 1 + 5 * at_once), 2);
        assert_eq!(limit_after(2_000, |at_once| 20 + 5 * at_once), 4);
    }

    #[test]
    fn what_is_slow_for_good_is_the_new_measure() {
        let mut concurrency = Concurrency::new(4);
        for millis in [10, 50] {
            for _ in 0..1_000 {
                let batch: Vec<_> = (0..concurrency.limit()).map(|_| concurrency.begin()).collect();
                let took = Duration::from_millis(millis);
                batch.into_iter().for_each(|began| concurrency.end(began, Some((100, took))));
            }
            assert_eq!(concurrency.limit, 4, "{millis} ms");
        }
    }
}
