//! RFC 8878. Frames may follow one another.

use std::io;

use zstd::stream::{read, write};

use super::BoundedBuffer;

pub(crate) type Reader<'a> = read::Decoder<'static, &'a [u8]>;
pub(crate) type Writer = write::Encoder<'static, BoundedBuffer>;

pub(crate) fn reader(compressed: &[u8], window_log_max: u32) -> io::Result<Reader<'_>> {
    let mut reader = Reader::with_buffer(compressed)?;
    reader.window_log_max(window_log_max)?;
    Ok(reader)
}

pub(crate) fn writer(out: BoundedBuffer, level: i32) -> io::Result<Writer> {
    Writer::new(out, level)
}
