//! The LZ4 frame format, as far as Java's reader in Kafka takes it: one frame of independent blocks,
//! without a dictionary; content size and checksums as they come.
//!
//! Written frames have blocks of 64 KiB and no checksums: the batch's own covers them.

use std::io::{self, Read};

use lz4_flex::frame::{BlockMode, BlockSize, FrameDecoder, FrameEncoder, FrameInfo};

use super::{BoundedBuffer, Reach};

const MAGIC: [u8; 4] = [0x04, 0x22, 0x4d, 0x18];
/// The flag byte's bit that makes blocks independent of those before.
const INDEPENDENT_BLOCKS: u8 = 1 << 5;

/// Two blocks of 64 KiB and the table of the fast compressor, rounded up.
pub(crate) const WRITER_BYTES: usize = 256 << 10;
/// The densest code: a byte for each 255 that a match is longer.
const RATIO_MAX: usize = 255;
/// In a block's size: the block is as it was.
const PLAIN: u32 = 1 << 31;

/// The reader has a block as it comes in and a block inflated, of the size that the head states.
pub(crate) fn reach(compressed: &[u8]) -> Reach {
    let mut reach = Reach { memory_bytes: 1_024, inflated_bytes: 0 };
    let [flags, sizes] = match compressed {
        [_, _, _, _, flags, sizes, ..] => [flags, sizes],
        _ => return reach,
    };
    let block = match sizes >> 4 & 7 {
        size @ 4..=7 => 1_usize << (8 + 2 * size),
        _ => return reach,
    };
    reach.memory_bytes += block + block.min(compressed.len());
    // Magic, two bytes of flags, the content's size, the dictionary's id, a checksum.
    let head = 7 + usize::from(flags >> 3 & 1) * 8 + usize::from(flags & 1) * 4;
    let checksum = usize::from(flags >> 4 & 1) * 4;
    let mut rest = compressed.get(head..).unwrap_or_default();
    while let Some((size, behind)) = rest.split_first_chunk() {
        let size = u32::from_le_bytes(*size);
        let (stored, bytes) = (size & PLAIN != 0, usize::try_from(size & !PLAIN));
        let bytes = bytes.unwrap_or(usize::MAX);
        if bytes == 0 {
            break;
        }
        let inflated = if stored { bytes } else { bytes.saturating_mul(RATIO_MAX) };
        reach.inflated_bytes += inflated.min(block) as u64;
        rest = behind.get(bytes.saturating_add(checksum)..).unwrap_or_default();
    }
    reach
}

pub(crate) struct Reader<'a> {
    decoder: FrameDecoder<Compressed<'a>>,
    at_end: bool,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(compressed: &'a [u8]) -> io::Result<Self> {
        let Some((magic, [flags, ..])) = compressed.split_first_chunk() else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        if *magic != MAGIC {
            return Err(refused("it does not begin as an LZ4 frame"));
        }
        // A frame whose blocks build on one another stops every Java consumer.
        if flags & INDEPENDENT_BLOCKS == 0 {
            return Err(refused("the blocks of its LZ4 frame are not independent"));
        }
        let compressed = Compressed { rest: compressed, ran_out: false };
        Ok(Self { decoder: FrameDecoder::new(compressed), at_end: false })
    }
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at_end || buffer.is_empty() {
            return Ok(0);
        }
        let read = self.decoder.read(buffer)?;
        if read == 0 {
            // The decoder takes the end of its input between two blocks for the end of the frame.
            if self.decoder.get_ref().ran_out {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            // What follows the frame is not looked at, as in Java.
            self.at_end = true;
        }
        Ok(read)
    }
}

/// The compressed bytes; remembers whether more of them were asked for than there are.
struct Compressed<'a> {
    rest: &'a [u8],
    ran_out: bool,
}

impl Read for Compressed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.rest.read(buffer)?;
        self.ran_out |= read < buffer.len();
        Ok(read)
    }
}

fn refused(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

pub(crate) type Writer = FrameEncoder<BoundedBuffer>;

pub(crate) fn writer(out: BoundedBuffer) -> Writer {
    let frame = FrameInfo::new()
        .block_mode(BlockMode::Independent)
        .block_size(BlockSize::Max64KB)
        .block_checksums(false)
        .content_checksum(false);
    FrameEncoder::with_frame_info(frame, out)
}
