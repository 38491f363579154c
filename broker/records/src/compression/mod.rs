//! Kafka's codecs as bounded streams.
//!
//! Reading takes whatever Kafka's clients write; writing gives what all of them read. What a reader
//! takes of memory, [`Reach`] tells before it begins. How far the whole may inflate is its caller's
//! to count.

mod gzip;
mod lz4;
mod reach;
mod snappy;
mod zstd;

use std::io::{self, Read, Write};

pub(crate) use self::reach::Reach;
use crate::attributes::Codec;
use crate::rejection::RecordsError;

/// What is inflated at once: enough to make calls into a codec rare, and little enough to stay in the
/// first-level cache.
pub(crate) const PIECE_BYTES: usize = 16 * 1024;

/// How a batch is compressed when it is written, with the level where the codec has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Not at all.
    None,
    /// With `compression.gzip.level`: 1 to 9, or -1 for 6.
    Gzip {
        /// The level.
        level: i32,
    },
    /// In xerial's framing, which Java reads.
    Snappy,
    /// Always the fast compressor, whatever `compression.lz4.level` says: as Kafka by default.
    Lz4,
    /// With `compression.zstd.level`, up to 22.
    Zstd {
        /// The level; 3 by default, and below 0 ever faster.
        level: i32,
    },
}

impl Encoding {
    /// The codec with Kafka's default level.
    #[must_use]
    pub fn of(codec: Codec) -> Self {
        match codec {
            Codec::None => Self::None,
            Codec::Gzip => Self::Gzip { level: -1 },
            Codec::Snappy => Self::Snappy,
            Codec::Lz4 => Self::Lz4,
            Codec::Zstd => Self::Zstd { level: 3 },
        }
    }

    /// The codec.
    #[must_use]
    pub fn codec(self) -> Codec {
        match self {
            Self::None => Codec::None,
            Self::Gzip { .. } => Codec::Gzip,
            Self::Snappy => Codec::Snappy,
            Self::Lz4 => Codec::Lz4,
            Self::Zstd { .. } => Codec::Zstd,
        }
    }

    /// What writing records of so many bytes takes, beside what is written.
    pub(crate) fn memory_bytes(self, records_bytes: u64) -> usize {
        match self {
            Self::None => 0,
            Self::Gzip { .. } => gzip::WRITER_BYTES,
            Self::Snappy => snappy::WRITER_BYTES,
            Self::Lz4 => lz4::WRITER_BYTES,
            Self::Zstd { level } => zstd::writer_bytes(level, records_bytes),
        }
    }
}

/// What a compressed batch may cost its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InflationLimits {
    /// The bytes of a batch's inflated records; they are never in memory all at once when they are
    /// only checked, so that this bounds time.
    pub inflated_bytes_max: u64,
    /// The window that a zstd frame may ask for, as a power of two.
    pub zstd_window_log_max: u32,
}

impl Default for InflationLimits {
    /// 256 MiB inflated: the default `max.message.bytes` of 1 MiB at a ratio of 256. A sender of
    /// better-compressible records is told that the batch is too large, and splits it. 128 MiB of
    /// zstd window, which level 22 asks for and Kafka accepts.
    fn default() -> Self {
        Self { inflated_bytes_max: 256 << 20, zstd_window_log_max: 27 }
    }
}

/// Inflates the records of a batch.
pub(crate) enum Inflater<'a> {
    Gzip(gzip::Reader<'a>),
    Snappy(snappy::Reader<'a>),
    Lz4(lz4::Reader<'a>),
    Zstd(zstd::Reader<'a>),
}

impl<'a> Inflater<'a> {
    /// A reader for compressed records, or `None` where they are not compressed.
    pub(crate) fn new(
        codec: Codec,
        compressed: &'a [u8],
        limits: &InflationLimits,
    ) -> Result<Option<Self>, RecordsError> {
        let inflater = match codec {
            Codec::None => return Ok(None),
            Codec::Gzip => Ok(Self::Gzip(gzip::reader(compressed))),
            Codec::Snappy => snappy::Reader::new(compressed).map(Self::Snappy),
            Codec::Lz4 => lz4::Reader::new(compressed).map(Self::Lz4),
            Codec::Zstd => zstd::reader(compressed, limits.zstd_window_log_max).map(Self::Zstd),
        };
        inflater.map(Some).map_err(|error| RecordsError::undecodable(codec, &error))
    }

    /// Which codec this is.
    pub(crate) fn codec(&self) -> Codec {
        match self {
            Self::Gzip(_) => Codec::Gzip,
            Self::Snappy(_) => Codec::Snappy,
            Self::Lz4(_) => Codec::Lz4,
            Self::Zstd(_) => Codec::Zstd,
        }
    }
}

impl Read for Inflater<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Gzip(reader) => reader.read(buffer),
            Self::Snappy(reader) => reader.read(buffer),
            Self::Lz4(reader) => reader.read(buffer),
            Self::Zstd(reader) => reader.read(buffer),
        }
    }
}

/// Compresses the records of a batch behind what is in a buffer already.
pub(crate) enum Deflater {
    None(BoundedBuffer),
    Gzip(gzip::Writer),
    Snappy(Box<snappy::Writer>),
    Lz4(Box<lz4::Writer>),
    Zstd(zstd::Writer),
}

impl Deflater {
    /// A writer of at most `records_bytes` to the end of `out`.
    pub(crate) fn new(
        encoding: Encoding,
        out: BoundedBuffer,
        records_bytes: u64,
    ) -> io::Result<Self> {
        Ok(match encoding {
            Encoding::None => Self::None(out),
            Encoding::Gzip { level } => Self::Gzip(gzip::writer(out, level)),
            Encoding::Snappy => Self::Snappy(Box::new(snappy::Writer::new(out)?)),
            Encoding::Lz4 => Self::Lz4(Box::new(lz4::writer(out))),
            Encoding::Zstd { level } => Self::Zstd(zstd::writer(out, level, records_bytes)?),
        })
    }

    /// Writes what is left, and gives the buffer back.
    pub(crate) fn finish(self) -> io::Result<Vec<u8>> {
        Ok(match self {
            Self::None(out) => out,
            Self::Gzip(writer) => writer.finish()?,
            Self::Snappy(writer) => writer.finish()?,
            Self::Lz4(writer) => writer.finish()?,
            Self::Zstd(writer) => writer.finish()?,
        }
        .bytes)
    }
}

impl Write for Deflater {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::None(out) => out.write(bytes),
            Self::Gzip(writer) => writer.write(bytes),
            Self::Snappy(writer) => writer.write(bytes),
            Self::Lz4(writer) => writer.write(bytes),
            Self::Zstd(writer) => writer.write(bytes),
        }
    }

    /// Nothing is to be seen before [`Deflater::finish`].
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A buffer that refuses to grow past a limit.
pub(crate) struct BoundedBuffer {
    bytes: Vec<u8>,
    bytes_max: usize,
}

impl BoundedBuffer {
    pub(crate) fn new(bytes: Vec<u8>, bytes_max: usize) -> Self {
        Self { bytes, bytes_max }
    }
}

impl Write for BoundedBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let size = self.bytes.len() + bytes.len();
        if size > self.bytes_max {
            return Err(io::Error::other(TooLong { size }));
        }
        if size > self.bytes.capacity() {
            let capacity = size.max(self.bytes.capacity() * 2).min(self.bytes_max);
            self.bytes.reserve_exact(capacity - self.bytes.len());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A [`BoundedBuffer`] would have become longer than it may.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the buffer would hold {size} bytes or more")]
pub(crate) struct TooLong {
    /// As many bytes as were known to be needed.
    pub(crate) size: usize,
}

impl TooLong {
    /// The refusal of a [`BoundedBuffer`], as it comes back through the codec that writes to it.
    pub(crate) fn in_error(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }
}
