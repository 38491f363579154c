//! Counts of values by bucket.

use std::marker::PhantomData;
use std::ops::RangeInclusive;

use crate::PercentileStats;
use crate::bucket;

/// How often values of each size were recorded.
///
/// Memory is taken up to the bucket of the largest value recorded: none while empty, some hundred
/// bytes for small values, a few KiB at most. Percentiles are never too small, and too large by less
/// than an eighth. `T` has no use here; openraft names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram<T = ()> {
    /// By bucket, up to the last that is not empty.
    counts: Vec<u64>,
    unused: PhantomData<T>,
}

impl<T> Default for Histogram<T> {
    fn default() -> Self {
        Self { counts: Vec::new(), unused: PhantomData }
    }
}

impl<T> Histogram<T> {
    /// An empty histogram.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts `value` once.
    pub fn record(&mut self, value: u64) {
        self.record_n(value, 1);
    }

    /// Counts `value` as often as `count` says.
    pub fn record_n(&mut self, value: u64, count: u64) {
        if count == 0 {
            return;
        }
        let index = bucket::of(value);
        if self.counts.len() <= index {
            self.counts.resize(index + 1, 0);
        }
        // A count that stands still at the end of its range is better than one that starts over.
        self.counts[index] = self.counts[index].saturating_add(count);
    }

    /// How many values were recorded.
    pub fn total(&self) -> u64 {
        self.counts.iter().fold(0, |total, count| total.saturating_add(*count))
    }

    /// What openraft prints.
    pub fn percentile_stats(&self) -> PercentileStats {
        PercentileStats {
            samples: self.total(),
            p0_1: self.at_permille(1),
            p1: self.at_permille(10),
            p5: self.at_permille(50),
            p10: self.at_permille(100),
            p50: self.at_permille(500),
            p90: self.at_permille(900),
            p99: self.at_permille(990),
            p99_9: self.at_permille(999),
        }
    }

    /// The largest value of the bucket in which `permille` thousandths of all values, counted from
    /// the smallest, are reached.
    fn at_permille(&self, permille: u64) -> u64 {
        let total = self.total();
        // ⌈total × permille / 1000⌉, in two parts so that it does not overflow.
        let rank = total / 1000 * permille + (total % 1000 * permille).div_ceil(1000);
        let mut seen = 0_u64;
        for (values, count) in self.filled() {
            seen = seen.saturating_add(count);
            if seen >= rank {
                return *values.end();
            }
        }
        0
    }

    /// The buckets that are not empty, by value: which values, how many were recorded.
    pub(crate) fn filled(&self) -> impl Iterator<Item = (RangeInclusive<u64>, u64)> {
        let counts = self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        counts.map(|(index, count)| (bucket::values(index), *count))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn histogram(values: &[u64]) -> Histogram {
        let mut histogram = Histogram::new();
        values.iter().for_each(|value| histogram.record(*value));
        histogram
    }

    fn check(values: &[u64], permille: u64, expect: u64) {
        assert_eq!(histogram(values).at_permille(permille), expect, "{values:?} at {permille} ‰");
    }

    #[test]
    fn percentiles_of_small_values_are_exact() {
        check(&[], 500, 0);
        check(&[0], 999, 0);
        check(&[7], 1, 7);
        check(&[1, 2], 500, 1);
        check(&[1, 2], 501, 2);
        check(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 900, 9);
        check(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 990, 10);
        check(&[15, 3, 3, 3], 500, 3);
    }

    #[test]
    fn percentiles_of_large_values_are_the_end_of_their_bucket() {
        check(&[100], 500, 103);
        check(&[u64::MAX], 500, u64::MAX);
    }

    #[test]
    fn an_empty_histogram_has_only_zeros() {
        let stats = Histogram::<()>::new().percentile_stats();
        let text = "0 samples (p0.1 0, p1 0, p5 0, p10 0, p50 0, p90 0, p99 0, p99.9 0)";
        assert_eq!(stats.to_string(), text);
    }

    #[test]
    fn counts_stand_still_at_the_end_of_their_range() {
        let mut histogram = Histogram::<()>::new();
        histogram.record_n(3, u64::MAX);
        histogram.record(3);
        histogram.record(9);
        assert_eq!(histogram.total(), u64::MAX);
        assert_eq!(histogram.at_permille(999), 3);
    }

    #[test]
    fn a_value_counted_no_times_leaves_no_trace() {
        let mut counted = histogram(&[4]);
        counted.record_n(1 << 40, 0);
        assert_eq!(counted, histogram(&[4]));
    }

    proptest! {
        #[test]
        fn percentiles_are_never_too_small_and_less_than_an_eighth_too_large(
            parts in prop::collection::vec((any::<u64>(), 0_u32..64), 1..300),
            permille in 1_u64..=1000,
        ) {
            let mut values: Vec<u64> = parts.iter().map(|(bits, shift)| bits >> shift).collect();
            let found = histogram(&values).at_permille(permille);
            values.sort_unstable();
            let rank = (values.len() as u64 * permille).div_ceil(1000);
            let exact = values[usize::try_from(rank).unwrap() - 1];
            prop_assert!(found >= exact, "{} for {}", found, exact);
            prop_assert!(found - exact <= exact / 8, "{} for {}", found, exact);
        }

        #[test]
        fn one_record_of_many_is_many_records_of_one(value in any::<u64>(), count in 0_u64..50) {
            let mut at_once = Histogram::<()>::new();
            at_once.record_n(value, count);
            let mut one_by_one = Histogram::new();
            (0..count).for_each(|_| one_by_one.record(value));
            prop_assert_eq!(at_once.total(), count);
            prop_assert_eq!(at_once, one_by_one);
        }
    }
}
