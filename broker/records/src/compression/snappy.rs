//! Snappy, which has no stream of its own: Java's clients use xerial's framing, others (librdkafka)
//! write one raw block.
//!
//! ```text
//!   xerial: 0x82 "SNAPPY" 0x00 | version i32 | compatible i32 | blocks: length i32, raw block
//! ```
//!
//! A raw block states its own inflated length.

use std::io::{self, Read, Write};

use snap::raw::{Decoder, Encoder, decompress_len, max_compress_len};

use super::{BoundedBuffer, Reach};

const MAGIC: [u8; 8] = *b"\x82SNAPPY\0";
const HEADER_BYTES: usize = 16;
/// Both versions that xerial writes.
const VERSION: [u8; 4] = 1_i32.to_be_bytes();
/// The block that is written at once; snappy-java's own size.
const BLOCK_BYTES: usize = 32 * 1024;
/// The densest element copies 64 bytes and takes three; past this a stated length is a lie.
const RATIO_MAX: usize = 22;

/// What a writer has: a block, and a block compressed.
pub(crate) const WRITER_BYTES: usize = 128 << 10;

/// The reader has one block inflated at a time.
pub(crate) fn reach(compressed: &[u8]) -> Reach {
    let mut reach = Reach::default();
    let Ok(mut blocks) = Blocks::new(compressed) else { return reach };
    while let Ok(Some((_, inflated))) = blocks.next() {
        reach.memory_bytes = reach.memory_bytes.max(inflated);
        reach.inflated_bytes += inflated as u64;
    }
    reach.memory_bytes += 1_024;
    reach
}

/// The blocks of a stream, compressed.
struct Blocks<'a> {
    rest: &'a [u8],
    framed: bool,
}

impl<'a> Blocks<'a> {
    fn new(compressed: &'a [u8]) -> io::Result<Self> {
        let framed = compressed.starts_with(&MAGIC);
        let rest = if framed { behind_header(compressed)? } else { compressed };
        Ok(Self { rest, framed })
    }

    /// The next block, and the bytes that it inflates to.
    fn next(&mut self) -> io::Result<Option<(&'a [u8], usize)>> {
        // Streams may follow one another, each with its header.
        while self.framed && self.rest.starts_with(&MAGIC) {
            self.rest = behind_header(self.rest)?;
        }
        if self.rest.is_empty() {
            return Ok(None);
        }
        let compressed = if self.framed {
            let (length, rest) =
                self.rest.split_first_chunk().ok_or(io::ErrorKind::UnexpectedEof)?;
            let length = usize::try_from(i32::from_be_bytes(*length))
                .map_err(|_| refused("a snappy block's length is negative"))?;
            let (compressed, rest) =
                rest.split_at_checked(length).ok_or(io::ErrorKind::UnexpectedEof)?;
            self.rest = rest;
            compressed
        } else {
            std::mem::take(&mut self.rest)
        };
        let inflated = decompress_len(compressed)?;
        if inflated > compressed.len().saturating_mul(RATIO_MAX) {
            return Err(refused("a snappy block states a length that it cannot inflate to"));
        }
        Ok(Some((compressed, inflated)))
    }
}

pub(crate) struct Reader<'a> {
    blocks: Blocks<'a>,
    block: Vec<u8>,
    next: usize,
    decoder: Decoder,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(compressed: &'a [u8]) -> io::Result<Self> {
        let blocks = Blocks::new(compressed)?;
        Ok(Self { blocks, block: Vec::new(), next: 0, decoder: Decoder::new() })
    }

    /// Inflates the next block, if there is one.
    fn next_block(&mut self) -> io::Result<bool> {
        self.block.clear();
        self.next = 0;
        let Some((compressed, inflated)) = self.blocks.next()? else { return Ok(false) };
        if inflated > self.block.capacity() {
            // Not grown: that would hold both for a moment.
            self.block = Vec::new();
            self.block.reserve_exact(inflated);
        }
        self.block.resize(inflated, 0);
        self.decoder.decompress(compressed, &mut self.block)?;
        Ok(true)
    }
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.next == self.block.len() {
            if !self.next_block()? {
                return Ok(0);
            }
        }
        let read = (&self.block[self.next..]).read(buffer)?;
        self.next += read;
        Ok(read)
    }
}

fn behind_header(stream: &[u8]) -> io::Result<&[u8]> {
    stream.get(HEADER_BYTES..).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

fn refused(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

pub(crate) struct Writer {
    out: BoundedBuffer,
    block: Vec<u8>,
    compressed: Vec<u8>,
    encoder: Encoder,
}

impl Writer {
    pub(crate) fn new(mut out: BoundedBuffer) -> io::Result<Self> {
        out.write_all(&MAGIC)?;
        out.write_all(&VERSION)?;
        out.write_all(&VERSION)?;
        Ok(Self {
            out,
            block: Vec::with_capacity(BLOCK_BYTES),
            compressed: vec![0; max_compress_len(BLOCK_BYTES)],
            encoder: Encoder::new(),
        })
    }

    fn write_block(&mut self) -> io::Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        let length = self.encoder.compress(&self.block, &mut self.compressed)?;
        let prefix = i32::try_from(length).expect("a block is a few KiB").to_be_bytes();
        self.out.write_all(&prefix)?;
        self.out.write_all(&self.compressed[..length])?;
        self.block.clear();
        Ok(())
    }

    pub(crate) fn finish(mut self) -> io::Result<BoundedBuffer> {
        self.write_block()?;
        Ok(self.out)
    }
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.block.len() == BLOCK_BYTES {
            self.write_block()?;
        }
        let taken = bytes.len().min(BLOCK_BYTES - self.block.len());
        self.block.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
