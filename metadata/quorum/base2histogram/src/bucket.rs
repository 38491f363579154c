//! Which bucket a value falls into, and which values a bucket holds: arithmetic, no tables.
//!
//! A bucket is wider than one value only where its lowest value is at least eight times its
//! width, so that no two values in it differ by an eighth.

use std::ops::RangeInclusive;

/// Each doubling of the values is split into `1 << SPLIT_BITS` buckets.
const SPLIT_BITS: u32 = 3;
const SPLIT: usize = 1 << SPLIT_BITS;

/// All values of 64 bits: 16 buckets of one value, and 8 for each of the 60 doublings above.
#[cfg(test)]
pub(crate) const BUCKETS: usize = 2 * SPLIT + 60 * SPLIT;

/// The bucket that holds `value`.
pub(crate) fn of(value: u64) -> usize {
    // How many low bits do not count: none as long as the value has no more than four.
    let shift = (u64::BITS - value.leading_zeros()).saturating_sub(SPLIT_BITS + 1);
    let leading = usize::try_from(value >> shift).expect("what is left is four bits");
    shift as usize * SPLIT + leading
}

/// The values that bucket `index` holds.
pub(crate) fn values(index: usize) -> RangeInclusive<u64> {
    let shift = (index / SPLIT).saturating_sub(1);
    let leading = (index - shift * SPLIT) as u64;
    let lowest = leading << shift;
    lowest..=lowest + ((1 << shift) - 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(index: usize, expect: RangeInclusive<u64>) {
        assert_eq!(values(index), expect, "bucket {index}");
        assert_eq!(of(*expect.start()), index);
        assert_eq!(of(*expect.end()), index);
    }

    #[test]
    fn edges_of_buckets() {
        check(0, 0..=0);
        check(7, 7..=7);
        check(15, 15..=15);
        check(16, 16..=17);
        check(23, 30..=31);
        check(24, 32..=35);
        check(BUCKETS - 1, (15 << 60)..=u64::MAX);
    }

    #[test]
    fn buckets_follow_one_another_without_gap_or_overlap() {
        for index in 1..BUCKETS {
            assert_eq!(values(index - 1).end() + 1, *values(index).start(), "bucket {index}");
        }
    }

    proptest! {
        #[test]
        fn a_value_is_in_its_bucket_and_the_bucket_is_narrow(
            bits in any::<u64>(), shift in 0_u32..64,
        ) {
            let value = bits >> shift;
            let values = values(of(value));
            prop_assert!(values.contains(&value));
            prop_assert!(values.end() - values.start() <= value / 8);
        }
    }
}
