//! Where the bytes of records come from: a slice, or a codec that inflates them piece by piece.

use std::io::Read;

use crate::compression::{Inflater, PIECE_BYTES};
use crate::rejection::RecordsError;

/// Bytes that are read once, from front to back.
pub(crate) trait Source {
    /// How many bytes were taken so far.
    fn position(&self) -> u64;

    /// Takes the next byte, if there is one.
    fn next(&mut self) -> Result<Option<u8>, RecordsError>;

    /// Skips `bytes` bytes. Gives back whether there were as many.
    fn skip(&mut self, bytes: u64) -> Result<bool, RecordsError>;
}

/// Uncompressed records.
#[derive(Clone, Debug)]
pub(crate) struct SliceSource<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> SliceSource<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// Takes `bytes` bytes, if there are as many.
    #[inline]
    pub(crate) fn slice(&mut self, bytes: u64) -> Option<&'a [u8]> {
        let slice = self.bytes[self.position..].get(..usize::try_from(bytes).ok()?)?;
        self.position += slice.len();
        Some(slice)
    }
}

impl Source for SliceSource<'_> {
    #[inline]
    fn position(&self) -> u64 {
        self.position as u64
    }

    #[inline]
    fn next(&mut self) -> Result<Option<u8>, RecordsError> {
        let byte = self.bytes.get(self.position).copied();
        self.position += usize::from(byte.is_some());
        Ok(byte)
    }

    #[inline]
    fn skip(&mut self, bytes: u64) -> Result<bool, RecordsError> {
        Ok(self.slice(bytes).is_some())
    }
}

/// Compressed records: memory stays at one piece, however far they inflate, and they inflate no
/// further than `inflated_bytes_max`.
pub(crate) struct InflatingSource<'a> {
    inflater: Inflater<'a>,
    piece: Box<[u8]>,
    next: usize,
    end: usize,
    /// Of all pieces before this one.
    taken_before: u64,
    inflated_bytes_max: u64,
}

impl<'a> InflatingSource<'a> {
    pub(crate) fn new(inflater: Inflater<'a>, inflated_bytes_max: u64) -> Self {
        Self {
            inflater,
            piece: vec![0; PIECE_BYTES].into_boxed_slice(),
            next: 0,
            end: 0,
            taken_before: 0,
            inflated_bytes_max,
        }
    }

    /// The part of the current piece that was not taken yet; empty only at the end.
    fn piece(&mut self) -> Result<&[u8], RecordsError> {
        if self.next == self.end {
            self.taken_before += self.end as u64;
            self.next = 0;
            self.end = 0;
            self.end = self
                .inflater
                .read(&mut self.piece)
                .map_err(|error| RecordsError::undecodable(self.inflater.codec(), &error))?;
            if self.taken_before + self.end as u64 > self.inflated_bytes_max {
                return Err(RecordsError::InflatesTooFar { limit: self.inflated_bytes_max });
            }
        }
        Ok(&self.piece[self.next..self.end])
    }
}

impl Source for InflatingSource<'_> {
    #[inline]
    fn position(&self) -> u64 {
        self.taken_before + self.next as u64
    }

    #[inline]
    fn next(&mut self) -> Result<Option<u8>, RecordsError> {
        let byte = self.piece()?.first().copied();
        self.next += usize::from(byte.is_some());
        Ok(byte)
    }

    fn skip(&mut self, bytes: u64) -> Result<bool, RecordsError> {
        let mut missing = bytes;
        while missing > 0 {
            let piece = self.piece()?.len();
            if piece == 0 {
                return Ok(false);
            }
            let skipped = usize::try_from(missing).unwrap_or(usize::MAX).min(piece);
            self.next += skipped;
            missing -= skipped as u64;
        }
        Ok(true)
    }
}
