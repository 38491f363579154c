//! Reads a segment from front to back, in large pieces, and checks its frames. Memory stays
//! bounded whatever the frames' lengths: a payload is checked as it passes by.

use std::io;
use std::ops::Range;

use super::segment::Segment;
use crate::files::File;
use crate::frame::{HEAD_BYTES, Head, Kind, claimed_position};
use crate::{Entry, Position};

/// Read at a time: few calls, and it stays in the processor's cache between reading and checking.
const BUFFER_BYTES: usize = 256 << 10;

/// A file seen through a buffer that moves forward.
struct Window<'a> {
    file: &'a dyn File,
    length: u64,
    buffer: Vec<u8>,
    /// The bytes of the file that the buffer holds.
    held: Range<u64>,
}

impl<'a> Window<'a> {
    fn new(file: &'a dyn File, length: u64) -> Self {
        Self { file, length, buffer: Vec::new(), held: 0..0 }
    }

    /// At least `least` bytes from `at` on, and what else is held behind them; `None` if the file
    /// ends before.
    fn from(&mut self, at: u64, least: usize) -> io::Result<Option<&[u8]>> {
        assert!(least <= BUFFER_BYTES, "{least} bytes at a time");
        let end = at.saturating_add(least as u64);
        if end > self.length {
            return Ok(None);
        }
        if at < self.held.start || end > self.held.end {
            let length = usize::try_from(self.length - at).unwrap_or(BUFFER_BYTES);
            self.held = 0..0;
            self.buffer.resize(length.min(BUFFER_BYTES), 0);
            self.file.read_exact_at(&mut self.buffer, at)?;
            self.held = at..at + self.buffer.len() as u64;
        }
        let skip = usize::try_from(at - self.held.start).expect("within the buffer");
        Ok(Some(&self.buffer[skip..]))
    }
}

/// What lies where a frame should begin.
#[derive(Debug)]
pub(crate) enum Found {
    Entry(Head),
    Mark,
    /// Zeros, as far as a head would reach, or the end of the file.
    Nothing,
    /// The head of a frame that goes on behind the end of the file.
    Cut,
    /// Anything else, and what is wrong with it.
    Damaged(&'static str),
}

/// Checks the frames of one segment.
pub(crate) struct Scan<'a> {
    segment: &'a Segment,
    window: Window<'a>,
    /// The header of the entry that was found last.
    pub(crate) header: Vec<u8>,
}

impl<'a> Scan<'a> {
    pub(crate) fn new(segment: &'a Segment) -> Self {
        let window = Window::new(&*segment.file, segment.length);
        Self { segment, window, header: Vec::with_capacity(Entry::HEADER_BYTES_MAX) }
    }

    /// Reads what lies at `position`.
    pub(crate) fn frame(&mut self, position: Position) -> io::Result<Found> {
        let offset = self.segment.offset(position);
        let Some(bytes) = self.window.from(offset, HEAD_BYTES)? else {
            return Ok(Found::Nothing);
        };
        let head_bytes = *bytes.first_chunk().expect("as many as were asked for");
        if head_bytes == [0; HEAD_BYTES] {
            return Ok(Found::Nothing);
        }
        let head = match Head::decode(&head_bytes, position) {
            Ok(head) => head,
            Err(what) => return Ok(Found::Damaged(what)),
        };
        if offset.saturating_add(head.frame_bytes()) > self.segment.length {
            return Ok(Found::Cut);
        }
        let header_at = offset + HEAD_BYTES as u64;
        let header_length = usize::from(head.location.header_length);
        let header = self.window.from(header_at, header_length)?.expect("within the file");
        self.header.clear();
        self.header.extend_from_slice(&header[..header_length]);
        let mut crc32c = crc32c::crc32c(Head::checked_bytes(&head_bytes));
        crc32c = crc32c::crc32c_append(crc32c, &self.header);
        let mut at = header_at + header_length as u64;
        let end = offset + head.frame_bytes();
        while at < end {
            let held = self.window.from(at, 1)?.expect("within the file");
            let wanted = usize::try_from(end - at).unwrap_or(usize::MAX);
            let piece = &held[..held.len().min(wanted)];
            crc32c = crc32c::crc32c_append(crc32c, piece);
            at += piece.len() as u64;
        }
        if crc32c != head.crc32c {
            return Ok(Found::Damaged("the frame does not match its checksum"));
        }
        Ok(match head.kind {
            Kind::Entry => Found::Entry(head),
            Kind::Mark => Found::Mark,
        })
    }

    /// The byte behind the last one from `from` on that is not zero; `None` if all are.
    pub(crate) fn last_written(&mut self, from: u64) -> io::Result<Option<u64>> {
        const ZEROS: [u8; 4096] = [0; 4096];
        let (mut at, mut last) = (from, None);
        while let Some(held) = self.window.from(at, 1)? {
            for (index, piece) in held.chunks(ZEROS.len()).enumerate() {
                if *piece != ZEROS[..piece.len()] {
                    let byte = piece.iter().rposition(|byte| *byte != 0).expect("one is not zero");
                    last = Some(at + (index * ZEROS.len() + byte + 1) as u64);
                }
            }
            at += held.len() as u64;
        }
        Ok(last)
    }

    /// Looks in `range` of the file for an intact frame that was written when more than
    /// everything below `position` was durable already.
    pub(crate) fn proof_past(&mut self, position: Position, range: Range<u64>) -> io::Result<bool> {
        let mut at = range.start;
        while at < range.end {
            let Some(held) = self.window.from(at, HEAD_BYTES)? else {
                return Ok(false);
            };
            let first = self.segment.position(at).0;
            let candidates = held.windows(HEAD_BYTES).zip(first..);
            let found = candidates.map_while(|(bytes, place)| {
                Some((*bytes.first_chunk::<HEAD_BYTES>()?, Position(place)))
            });
            let held_heads = held.len() - (HEAD_BYTES - 1);
            // Few bytes look like a frame's head by chance: collecting them is free.
            let found: Vec<Position> = found
                .filter(|(bytes, place)| claimed_position(bytes) == *place)
                .filter(|(bytes, place)| {
                    Head::decode(bytes, *place).is_ok_and(|head| head.durable > position)
                })
                .map(|(_, place)| place)
                .collect();
            at += held_heads as u64;
            for place in found {
                if matches!(self.frame(place)?, Found::Entry(_) | Found::Mark) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}
