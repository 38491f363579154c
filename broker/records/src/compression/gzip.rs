//! RFC 1952. Members may follow one another, as Java reads them.

use flate2::Compression;
use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;

use super::BoundedBuffer;

pub(crate) type Reader<'a> = MultiGzDecoder<&'a [u8]>;
pub(crate) type Writer = GzEncoder<BoundedBuffer>;

pub(crate) fn reader(compressed: &[u8]) -> Reader<'_> {
    MultiGzDecoder::new(compressed)
}

pub(crate) fn writer(out: BoundedBuffer, level: i32) -> Writer {
    let level = match u32::try_from(level) {
        Ok(level) => Compression::new(level.min(Compression::best().level())),
        Err(_) => Compression::default(),
    };
    GzEncoder::new(out, level)
}
