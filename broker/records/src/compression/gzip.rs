//! RFC 1952. Members may follow one another, as Java reads them.

use flate2::Compression;
use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;

use super::{BoundedBuffer, Reach};

/// The window of 32 KiB, the code tables, and a head's texts: measured, and rounded up.
const READER_BYTES: usize = 128 << 10;
/// The windows and hash chains of deflate at its highest level, rounded up.
pub(crate) const WRITER_BYTES: usize = 512 << 10;
/// Deflate's densest code: two bits for 258 bytes.
const RATIO_MAX: u64 = 1_032;

pub(crate) type Reader<'a> = MultiGzDecoder<&'a [u8]>;
pub(crate) type Writer = GzEncoder<BoundedBuffer>;

pub(crate) fn reader(compressed: &[u8]) -> Reader<'_> {
    MultiGzDecoder::new(compressed)
}

pub(crate) fn reach(compressed: &[u8]) -> Reach {
    let bytes = compressed.len() as u64;
    Reach {
        // The texts of a member's head, of which there is one at a time, are kept.
        memory_bytes: READER_BYTES + 2 * compressed.len(),
        inflated_bytes: bytes.saturating_mul(RATIO_MAX),
    }
}

pub(crate) fn writer(out: BoundedBuffer, level: i32) -> Writer {
    let level = match u32::try_from(level) {
        Ok(level) => Compression::new(level.min(Compression::best().level())),
        Err(_) => Compression::default(),
    };
    GzEncoder::new(out, level)
}
