//! Which part of a stream is past its time, or too much: a pure function over its ranges.

use penstock_model::id::{Offset, Timestamp};
use penstock_model::image::StreamRange;

/// How much of a stream is kept: Kafka's `retention.ms` and `retention.bytes`, whose -1 is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// Milliseconds since the greatest record timestamp of a range.
    pub milliseconds: Option<u64>,
    /// Stored bytes. As in Kafka, a range goes only if so many remain without it.
    pub bytes: Option<u64>,
}

/// Where a stream should start, as a border between two ranges or the end of the last: the start
/// moves past leading ranges that are too old, or too much. `None` where it may stay. What is not
/// committed counts in `stream_bytes` and is never dropped.
pub(crate) fn retention_start(
    ranges: impl Iterator<Item = StreamRange>,
    stream_bytes: u64,
    now: Timestamp,
    retention: Retention,
) -> Option<Offset> {
    let mut rest = stream_bytes;
    let mut start = None;
    for range in ranges {
        let age = now.0.saturating_sub(range.max_timestamp.0);
        let too_old =
            retention.milliseconds.is_some_and(|max| u64::try_from(age).is_ok_and(|age| age > max));
        let rest_after = rest.saturating_sub(range.size);
        let too_much = retention.bytes.is_some_and(|max| rest_after >= max);
        if !too_old && !too_much {
            break;
        }
        rest = rest_after;
        start = Some(range.offsets.end);
    }
    start
}

#[cfg(test)]
mod tests {
    use penstock_model::id::ObjectId;

    use super::*;

    const NOW: i64 = 10_000;

    /// Ranges of ten offsets each, as (max timestamp, bytes).
    #[track_caller]
    fn check(ranges: &[(i64, u64)], unuploaded: u64, retention: Retention, expect: Option<u64>) {
        let bytes = ranges.iter().map(|(_, bytes)| bytes).sum::<u64>() + unuploaded;
        let ranges = (0..).zip(ranges).map(|(i, (max_timestamp, size))| StreamRange {
            offsets: Offset(i * 10)..Offset(i * 10 + 10),
            object: ObjectId(1),
            max_timestamp: Timestamp(*max_timestamp),
            size: *size,
        });
        let start = retention_start(ranges, bytes, Timestamp(NOW), retention);
        assert_eq!(start, expect.map(Offset));
    }

    fn keep(milliseconds: Option<u64>, bytes: Option<u64>) -> Retention {
        Retention { milliseconds, bytes }
    }

    #[test]
    fn without_limits_everything_stays() {
        check(&[(0, 100), (0, 100)], 0, keep(None, None), None);
    }

    #[test]
    fn ranges_go_once_all_their_records_are_too_old() {
        let week = keep(Some(1_000), None);
        check(&[], 0, week, None);
        check(&[(9_000, 1), (9_001, 1)], 0, week, None);
        check(&[(8_999, 1), (9_000, 1)], 0, week, Some(10));
        check(&[(1, 1), (2, 1)], 0, week, Some(20));
        check(&[(1, 1), (9_500, 1), (2, 1)], 0, week, Some(10));
        check(&[(i64::MIN, 1), (NOW + 5, 1)], 0, week, Some(10));
        check(&[(NOW, 1)], 0, keep(Some(0), None), None);
    }

    #[test]
    fn ranges_go_while_enough_bytes_remain_without_them() {
        check(&[(NOW, 100), (NOW, 100)], 0, keep(None, Some(100)), Some(10));
        check(&[(NOW, 100), (NOW, 100)], 0, keep(None, Some(101)), None);
        check(&[(NOW, 100), (NOW, 100)], 50, keep(None, Some(150)), Some(10));
        check(&[(NOW, 100), (NOW, 100)], 50, keep(None, Some(0)), Some(20));
    }

    #[test]
    fn either_limit_is_enough() {
        check(&[(1, 100), (NOW, 100), (NOW, 100)], 0, keep(Some(9), Some(100)), Some(20));
        check(&[(1, 100), (NOW, 100), (NOW, 100)], 0, keep(Some(9), Some(1_000)), Some(10));
    }
}
