//! What a read takes from the log cache. Pure.

use penstock_model::id::Offset;

use crate::stream::ReadLimits;
use crate::stream_cache::{BatchSource, CachedBatch};

/// What a read takes from the cache.
pub(super) struct Planned {
    pub(super) sources: Vec<BatchSource>,
    pub(super) next: Offset,
    /// Bytes of the first batch, where it alone is too large.
    pub(super) kept_out: Option<usize>,
}

/// Takes batches, each whole, as long as the limits hold.
pub(super) fn plan<'a>(
    batches: impl Iterator<Item = &'a CachedBatch>,
    from: Offset,
    limits: ReadLimits,
) -> Planned {
    let mut planned = Planned { sources: Vec::new(), next: from, kept_out: None };
    let mut rest = limits.max_bytes;
    for batch in batches {
        let bytes = batch.payload_length as usize;
        if batch.end() > limits.up_to {
            break;
        }
        let is_first = planned.sources.is_empty();
        if bytes > rest && !(limits.at_least_one && is_first) {
            planned.kept_out = is_first.then_some(bytes);
            break;
        }
        rest = rest.saturating_sub(bytes);
        planned.sources.push(batch.source());
        planned.next = batch.end();
    }
    planned
}

#[cfg(test)]
mod tests {
    use penstock_model::id::Timestamp;
    use penstock_wal::Position;

    use super::*;
    use crate::batch::Summary;

    /// Batches of these (span, bytes), from offset 100 on.
    #[track_caller]
    fn check(batches: &[(u32, u32)], max_bytes: usize, at_least_one: bool, up_to: u64, next: u64) {
        let mut start = 100;
        let cached: Vec<_> = batches
            .iter()
            .map(|(span, bytes)| {
                let batch = CachedBatch {
                    start: Offset(start),
                    span: *span,
                    records: 1,
                    max_timestamp: Timestamp(0),
                    position: Position(start),
                    header_length: 42,
                    payload_length: *bytes,
                    payload_crc32c: 0,
                    summary: Summary::EMPTY,
                    payload: None,
                };
                start = batch.end().0;
                batch
            })
            .collect();
        let limits = ReadLimits { max_bytes, at_least_one, up_to: Offset(up_to) };
        let planned = plan(cached.iter(), Offset(100), limits);
        assert_eq!(planned.next, Offset(next));
        let taken = cached.iter().take_while(|batch| batch.end().0 <= next).count();
        assert_eq!(planned.sources.len(), taken);
        let too_large = |batch: &&CachedBatch| {
            taken == 0 && batch.end().0 <= up_to && batch.payload_length as usize > max_bytes
        };
        let kept_out = cached.first().filter(too_large).map(|batch| batch.payload_length as usize);
        assert_eq!(planned.kept_out, kept_out);
    }

    #[test]
    fn a_read_takes_whole_batches_within_its_limits() {
        let batches = [(10, 50), (1, 50), (5, 50)];
        check(&[], 1_000, true, 1_000, 100);
        check(&batches, 150, true, 1_000, 116);
        check(&batches, 149, true, 1_000, 111);
        check(&batches, 49, true, 1_000, 110);
        check(&batches, 49, false, 1_000, 100);
        check(&batches, 0, false, 1_000, 100);
        check(&batches, 0, false, 109, 100);
        check(&batches, 150, true, 115, 111);
        check(&batches, 150, true, 110, 110);
        check(&batches, 150, true, 109, 100);
    }
}
