//! Reads Kafka's primitives from one buffer; slices share it.
//!
//! Nothing is reserved before its length is checked against what remains, and the memory of
//! decoded arrays is drawn from an allowance: an empty string takes one byte on the wire and a few
//! dozen in memory, so that the frame's size alone does not bound it.

use bytes::Bytes;

use crate::error::DecodeError;
use crate::message::Element;
use crate::records::Records;
use crate::string::WireString;
use crate::uuid::Uuid;

/// Kafka's limit for strings, whatever their length prefix could hold.
const STRING_BYTES_MAX: usize = i16::MAX as usize;

/// What [`Reader::new`] allows beside [`DECODED_BYTES_PER_BYTE`].
const DECODED_BYTES_SLACK: usize = 64 << 10;
/// And at most this, whatever the message's size.
const DECODED_BYTES_MAX: usize = 32 << 20;

/// The multiple of a message's bytes that its arrays may take: no honest message comes near. A
/// partition of a fetch request, 33 bytes or more, takes 56.
pub const DECODED_BYTES_PER_BYTE: usize = 8;

/// A position in a buffer.
#[derive(Clone, Debug)]
pub struct Reader {
    bytes: Bytes,
    position: usize,
    /// Where the current tagged field, or the buffer, ends.
    end: usize,
    allowance: usize,
}

/// A tagged field that is being read.
pub(crate) struct Tag {
    pub(crate) number: u32,
    outer_end: usize,
}

impl Reader {
    /// Reads `bytes` from their start. What is decoded may take 8 times their size and 64 KiB, at
    /// most 32 MiB.
    pub fn new(bytes: Bytes) -> Self {
        let allowed = bytes.len().saturating_mul(DECODED_BYTES_PER_BYTE);
        let allowed = allowed.saturating_add(DECODED_BYTES_SLACK).min(DECODED_BYTES_MAX);
        Self::with_allowance(bytes, allowed)
    }

    /// Reads `bytes` from their start. What is decoded may take `allowance` bytes beside them.
    pub fn with_allowance(bytes: Bytes, allowance: usize) -> Self {
        let end = bytes.len();
        Self { bytes, position: 0, end, allowance }
    }

    /// Bytes of memory that may still be taken beside the buffer.
    pub fn allowance(&self) -> usize {
        self.allowance
    }

    /// Bytes not yet read.
    pub fn remaining(&self) -> usize {
        self.end - self.position
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        match self.bytes[self.position..self.end].first_chunk::<N>() {
            Some(chunk) => {
                self.position += N;
                Ok(*chunk)
            }
            None => Err(self.truncated(N as u64)),
        }
    }

    fn slice(&mut self, length: usize) -> Result<Bytes, DecodeError> {
        if length > self.remaining() {
            return Err(self.truncated(length as u64));
        }
        let slice = self.bytes.slice(self.position..self.position + length);
        self.position += length;
        Ok(slice)
    }

    fn truncated(&self, needed: u64) -> DecodeError {
        DecodeError::Truncated { needed, remaining: self.remaining() }
    }

    pub(crate) fn bool(&mut self) -> Result<bool, DecodeError> {
        Ok(self.take::<1>()? != [0])
    }

    pub(crate) fn i8(&mut self) -> Result<i8, DecodeError> {
        Ok(i8::from_be_bytes(self.take()?))
    }

    pub(crate) fn i16(&mut self) -> Result<i16, DecodeError> {
        Ok(i16::from_be_bytes(self.take()?))
    }

    pub(crate) fn u16(&mut self) -> Result<u16, DecodeError> {
        Ok(u16::from_be_bytes(self.take()?))
    }

    pub(crate) fn i32(&mut self) -> Result<i32, DecodeError> {
        Ok(i32::from_be_bytes(self.take()?))
    }

    pub(crate) fn i64(&mut self) -> Result<i64, DecodeError> {
        Ok(i64::from_be_bytes(self.take()?))
    }

    pub(crate) fn f64(&mut self) -> Result<f64, DecodeError> {
        Ok(f64::from_be_bytes(self.take()?))
    }

    pub(crate) fn uuid(&mut self) -> Result<Uuid, DecodeError> {
        Ok(Uuid(self.take()?))
    }

    /// Seven bits a byte, lowest first, at most 32 bits.
    pub(crate) fn varint(&mut self) -> Result<u32, DecodeError> {
        let mut value: u32 = 0;
        for shift in (0..35).step_by(7) {
            let [byte] = self.take()?;
            let bits = u32::from(byte & 0x7f);
            if shift == 28 && bits > 0x0f {
                return Err(DecodeError::VarintTooLong);
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(DecodeError::VarintTooLong)
    }

    /// Length of bytes, records or an array; `None` for null.
    fn length(&mut self, flexible: bool) -> Result<Option<usize>, DecodeError> {
        let length = if flexible { i64::from(self.varint()?) - 1 } else { i64::from(self.i32()?) };
        present(length)
    }

    fn string_length(&mut self, flexible: bool) -> Result<Option<usize>, DecodeError> {
        let length = if flexible { i64::from(self.varint()?) - 1 } else { i64::from(self.i16()?) };
        match present(length)? {
            Some(length) if length > STRING_BYTES_MAX => Err(DecodeError::StringTooLong(length)),
            length => Ok(length),
        }
    }

    pub(crate) fn nullable_string(
        &mut self,
        flexible: bool,
    ) -> Result<Option<WireString>, DecodeError> {
        match self.string_length(flexible)? {
            Some(length) => {
                let text = WireString::from_bytes(self.slice(length)?);
                if text.len() > STRING_BYTES_MAX {
                    return Err(DecodeError::StringTooLong(text.len()));
                }
                if text.len() != length {
                    // It was not UTF-8, and has memory of its own now.
                    self.allow(text.len())?;
                }
                Ok(Some(text))
            }
            None => Ok(None),
        }
    }

    pub(crate) fn string(&mut self, flexible: bool) -> Result<WireString, DecodeError> {
        self.nullable_string(flexible)?.ok_or(DecodeError::InvalidLength(-1))
    }

    pub(crate) fn nullable_bytes(&mut self, flexible: bool) -> Result<Option<Bytes>, DecodeError> {
        match self.length(flexible)? {
            Some(length) => Ok(Some(self.slice(length)?)),
            None => Ok(None),
        }
    }

    pub(crate) fn bytes(&mut self, flexible: bool) -> Result<Bytes, DecodeError> {
        self.nullable_bytes(flexible)?.ok_or(DecodeError::InvalidLength(-1))
    }

    pub(crate) fn nullable_records(
        &mut self,
        flexible: bool,
    ) -> Result<Option<Records>, DecodeError> {
        Ok(self.nullable_bytes(flexible)?.map(Records::from))
    }

    pub(crate) fn records(&mut self, flexible: bool) -> Result<Records, DecodeError> {
        Ok(Records::from(self.bytes(flexible)?))
    }

    /// Takes memory out of the allowance.
    fn allow(&mut self, needed: usize) -> Result<(), DecodeError> {
        let left = self.allowance;
        self.allowance =
            left.checked_sub(needed).ok_or(DecodeError::TooMuchMemory { needed, left })?;
        Ok(())
    }

    pub(crate) fn nullable_array<T: Element>(
        &mut self,
        version: i16,
        flexible: bool,
    ) -> Result<Option<Vec<T>>, DecodeError> {
        let Some(count) = self.length(flexible)? else { return Ok(None) };
        if count > self.remaining() / T::SIZE_MIN {
            return Err(self.truncated(count as u64 * T::SIZE_MIN as u64));
        }
        self.allow(count.saturating_mul(size_of::<T>()))?;
        let mut elements = Vec::with_capacity(count);
        for _ in 0..count {
            elements.push(T::read(self, version, flexible)?);
        }
        Ok(Some(elements))
    }

    pub(crate) fn array<T: Element>(
        &mut self,
        version: i16,
        flexible: bool,
    ) -> Result<Vec<T>, DecodeError> {
        self.nullable_array(version, flexible)?.ok_or(DecodeError::InvalidLength(-1))
    }

    /// A structure behind a byte that is negative for null.
    pub(crate) fn nullable_structure<T: Element>(
        &mut self,
        version: i16,
        flexible: bool,
    ) -> Result<Option<T>, DecodeError> {
        if self.i8()? < 0 { Ok(None) } else { T::read(self, version, flexible).map(Some) }
    }

    /// As a tagged field, null is zero.
    pub(crate) fn nullable_tagged_structure<T: Element>(
        &mut self,
        version: i16,
        flexible: bool,
    ) -> Result<Option<T>, DecodeError> {
        if self.varint()? == 0 { Ok(None) } else { T::read(self, version, flexible).map(Some) }
    }

    pub(crate) fn tag_count(&mut self) -> Result<u32, DecodeError> {
        self.varint()
    }

    /// Enters the next tagged field: reads are bounded by its size until `end_tag`.
    pub(crate) fn begin_tag(&mut self) -> Result<Tag, DecodeError> {
        let number = self.varint()?;
        let size = self.varint()?;
        if u64::from(size) > self.remaining() as u64 {
            return Err(self.truncated(u64::from(size)));
        }
        let outer_end = self.end;
        self.end = self.position + size as usize;
        Ok(Tag { number, outer_end })
    }

    pub(crate) fn skip_tag(&mut self) {
        self.position = self.end;
    }

    #[expect(clippy::needless_pass_by_value, reason = "a tag ends once")]
    pub(crate) fn end_tag(&mut self, tag: Tag) -> Result<(), DecodeError> {
        if self.remaining() > 0 {
            let left = self.remaining();
            return Err(DecodeError::TaggedFieldSize { number: tag.number, left });
        }
        self.end = tag.outer_end;
        Ok(())
    }

    /// The tagged fields of a structure that knows none.
    pub(crate) fn skip_tags(&mut self) -> Result<(), DecodeError> {
        for _ in 0..self.tag_count()? {
            let tag = self.begin_tag()?;
            self.skip_tag();
            self.end_tag(tag)?;
        }
        Ok(())
    }
}

fn present(length: i64) -> Result<Option<usize>, DecodeError> {
    match usize::try_from(length) {
        Ok(length) => Ok(Some(length)),
        Err(_) if length == -1 => Ok(None),
        Err(_) => Err(DecodeError::InvalidLength(length)),
    }
}
