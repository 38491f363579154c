//! What it will take to look into the records of a batch, told before anything is inflated.
//!
//! Codecs state in their heads how much memory their reader needs, and a small batch may state a
//! lot. What a reader really touches is also bounded by how far the records can inflate, which the
//! sizes of the codec's blocks tell. The less of both is what has to be set aside.

use crate::attributes::Codec;
use crate::compression::{Encoding, InflationLimits, PIECE_BYTES, Reach};
use crate::header::HEADER_BYTES;

/// Bounds on the work with the records of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Memory beside the batch itself.
    pub memory_bytes: usize,
    /// Bytes of records that are walked over: a bound on the time.
    pub records_bytes: u64,
}

impl Work {
    /// To inflate the records piece by piece.
    pub(crate) fn inflating(codec: Codec, records: &[u8], limits: &InflationLimits) -> Self {
        let Some(Reach { memory_bytes, inflated_bytes }) = Reach::of(codec, records, limits) else {
            return Self { memory_bytes: 0, records_bytes: records.len() as u64 };
        };
        Self {
            memory_bytes: memory_bytes + PIECE_BYTES,
            records_bytes: inflated_bytes.min(limits.inflated_bytes_max),
        }
    }

    /// And to write them with another encoding, to a batch of at most `bytes_max` bytes.
    pub(crate) fn and_writing(self, encoding: Encoding, bytes_max: usize) -> Self {
        let records_bytes = usize::try_from(self.records_bytes).unwrap_or(usize::MAX);
        // No codec makes more of what it cannot compress; and a buffer grows by moving.
        let written = records_bytes.saturating_add(records_bytes / 4 + HEADER_BYTES + 1_024);
        let buffers = written.min(bytes_max).saturating_mul(2);
        let memory_bytes = self
            .memory_bytes
            .saturating_add(encoding.memory_bytes(self.records_bytes))
            .saturating_add(buffers);
        Self { memory_bytes, records_bytes: self.records_bytes.saturating_mul(2) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_that_are_not_compressed_take_no_memory() {
        let work = Work::inflating(Codec::None, &[0; 500], &InflationLimits::default());
        assert_eq!(work, Work { memory_bytes: 0, records_bytes: 500 });
        let written = work.and_writing(Encoding::Snappy, 400);
        let encoder = Encoding::Snappy.memory_bytes(500);
        assert_eq!(written, Work { memory_bytes: encoder + 800, records_bytes: 1_000 });
    }

    #[test]
    fn writing_counts_what_is_written_and_walked_again() {
        fn check(max: usize, expect: usize) {
            let work = Work { memory_bytes: 7, records_bytes: 8_000 };
            let written = work.and_writing(Encoding::None, max);
            assert_eq!(written, Work { memory_bytes: 7 + expect, records_bytes: 16_000 });
        }
        check(1_000, 2_000);
        check(usize::MAX, 2 * (8_000 + 2_000 + HEADER_BYTES + 1_024));
    }

    #[test]
    fn no_record_is_inflated_past_the_limit() {
        let limits = InflationLimits { inflated_bytes_max: 1 << 20, ..InflationLimits::default() };
        let work = Work::inflating(Codec::Gzip, &[0; 5_000], &limits);
        assert_eq!(work.records_bytes, 1 << 20);
    }
}
