//! Group commit, the pure part: when is the next group due? Knows no queue, thread or clock.
//!
//! A group goes out at once when the writer is free, so that a lone record waits for nobody. When
//! entries came while the writer was busy there is load, and each sync costs the same whatever it
//! carries: then the next group waits, for a short gap at most, until as many more entries have
//! come as were just answered (whoever waited for those may send again), or until there are
//! enough bytes that the cost of the sync does not show.

use std::time::Duration;

/// A group of this size hides the cost of its sync: 40 µs are a tenth of what it takes to bring
/// 256 KiB in from a socket and check them.
const ENOUGH_BYTES: usize = 256 << 10;

/// What waits in the queue, or must for the writer to wake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Load {
    pub(crate) entries: usize,
    pub(crate) bytes: usize,
}

impl Load {
    pub(crate) const ONE_ENTRY: Self = Self { entries: 1, bytes: usize::MAX };

    /// Either measure is enough.
    pub(crate) fn reaches(self, threshold: Self) -> bool {
        self.entries >= threshold.entries || self.bytes >= threshold.bytes
    }
}

/// The load that the next group waits for, after a group of `answered` entries during whose write
/// `came` came; `None` if it goes out at once.
pub(crate) fn worth_waiting_for(answered: usize, came: Load, gap_max: Duration) -> Option<Load> {
    let busy = came.entries > 0 && came.bytes < ENOUGH_BYTES && !gap_max.is_zero();
    busy.then_some(Load { entries: came.entries + answered, bytes: ENOUGH_BYTES })
}

/// How many of the entries, whose sizes are given, the next group takes: at least one, and no
/// further one once it holds `group_bytes_max`.
pub(crate) fn group_length(sizes: impl Iterator<Item = usize>, group_bytes_max: usize) -> usize {
    let mut bytes = 0;
    sizes
        .take_while(|size| {
            let open = bytes == 0 || bytes + size <= group_bytes_max;
            bytes += size;
            open
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_under_load_only() {
        #[track_caller]
        fn check(answered: usize, came: (usize, usize), expect: Option<usize>) {
            let came = Load { entries: came.0, bytes: came.1 };
            let expect = expect.map(|entries| Load { entries, bytes: ENOUGH_BYTES });
            assert_eq!(worth_waiting_for(answered, came, Duration::from_micros(500)), expect);
            assert_eq!(worth_waiting_for(answered, came, Duration::ZERO), None);
        }
        check(1, (0, 0), None);
        check(50, (0, 0), None);
        check(1, (1, 100), Some(2));
        check(20, (5, 100), Some(25));
        check(1, (1, ENOUGH_BYTES), None);
    }

    #[test]
    fn load_is_reached_by_either_measure() {
        let threshold = Load { entries: 3, bytes: 100 };
        assert!(!Load { entries: 2, bytes: 99 }.reaches(threshold));
        assert!(Load { entries: 3, bytes: 1 }.reaches(threshold));
        assert!(Load { entries: 1, bytes: 100 }.reaches(threshold));
        assert!(Load { entries: 1, bytes: 1 }.reaches(Load::ONE_ENTRY));
    }

    #[test]
    fn group_length_by_sizes() {
        #[track_caller]
        fn check(sizes: &[usize], expect: usize) {
            assert_eq!(group_length(sizes.iter().copied(), 10), expect);
        }
        check(&[], 0);
        check(&[4, 6, 1], 2);
        check(&[4, 7], 1);
        check(&[50, 1], 1);
        check(&[1, 50, 1], 1);
    }
}
