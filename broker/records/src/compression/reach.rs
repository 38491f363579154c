//! How far a codec's reader reaches, in memory and in what it gives, by what the compressed bytes
//! say of themselves.

use crate::attributes::Codec;
use crate::compression::{InflationLimits, gzip, lz4, snappy, zstd};

/// Upper bounds on a reader of certain bytes. What stands behind a fault of the bytes does not
/// count: a reader gets no further.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reach {
    /// Memory that the reader touches.
    pub(crate) memory_bytes: usize,
    /// What it gives.
    pub(crate) inflated_bytes: u64,
}

impl Reach {
    /// Of a reader of these records; `None` where they are not compressed.
    pub(crate) fn of(codec: Codec, compressed: &[u8], limits: &InflationLimits) -> Option<Self> {
        Some(match codec {
            Codec::None => return None,
            Codec::Gzip => gzip::reach(compressed),
            Codec::Snappy => snappy::reach(compressed),
            Codec::Lz4 => lz4::reach(compressed),
            Codec::Zstd => zstd::reach(compressed, limits.zstd_window_log_max),
        })
    }
}
