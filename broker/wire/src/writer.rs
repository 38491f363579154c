//! Writes Kafka's primitives: small fields into one buffer, large byte strings spliced in between.
//!
//! ```text
//! fields   ┌ length │ header │ … ┐          ┌ … │ … ┐
//! spliced                        └ records ─┘       └ records
//! ```

use bytes::{BufMut, Bytes, BytesMut};

use crate::error::EncodeError;
use crate::message::Element;
use crate::records::Records;
use crate::string::WireString;
use crate::uuid::Uuid;

/// Below this, copying is cheaper than one more element of a vectored write.
const SPLICE_BYTES_MIN: usize = 1024;

/// A message in the making.
#[derive(Debug, Default)]
pub struct Writer {
    fields: BytesMut,
    /// Byte strings and the position in `fields` before which each belongs, in order.
    spliced: Vec<(usize, Bytes)>,
    spliced_bytes: usize,
}

/// Where the content of a tagged field starts.
pub(crate) struct TagStart {
    fields: usize,
    spliced: usize,
    length: usize,
}

impl Writer {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes written so far.
    pub fn len(&self) -> usize {
        self.fields.len() + self.spliced_bytes
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes in order, as chunks for a vectored write. None is empty.
    pub fn into_chunks(self) -> Vec<Bytes> {
        let fields = self.fields.freeze();
        let mut chunks = Vec::with_capacity(2 * self.spliced.len() + 1);
        let mut from = 0;
        for (position, bytes) in self.spliced {
            if position > from {
                chunks.push(fields.slice(from..position));
                from = position;
            }
            chunks.push(bytes);
        }
        if fields.len() > from {
            chunks.push(fields.slice(from..));
        }
        chunks
    }

    /// The bytes in one piece: a copy where something was spliced in.
    pub fn into_bytes(self) -> Bytes {
        if self.spliced.is_empty() {
            return self.fields.freeze();
        }
        Records::from(self.into_chunks()).into_bytes()
    }

    /// Puts the number of bytes behind `position` there, over a placeholder.
    pub(crate) fn patch_length(&mut self, position: usize) -> Result<(), EncodeError> {
        let length = length_i32(self.len() - position - 4)?;
        self.fields[position..position + 4].copy_from_slice(&length.to_be_bytes());
        Ok(())
    }

    pub(crate) fn bool(&mut self, value: bool) {
        self.fields.put_u8(u8::from(value));
    }

    pub(crate) fn i8(&mut self, value: i8) {
        self.fields.put_i8(value);
    }

    pub(crate) fn i16(&mut self, value: i16) {
        self.fields.put_i16(value);
    }

    pub(crate) fn u16(&mut self, value: u16) {
        self.fields.put_u16(value);
    }

    pub(crate) fn i32(&mut self, value: i32) {
        self.fields.put_i32(value);
    }

    pub(crate) fn i64(&mut self, value: i64) {
        self.fields.put_i64(value);
    }

    pub(crate) fn f64(&mut self, value: f64) {
        self.fields.put_f64(value);
    }

    pub(crate) fn uuid(&mut self, value: Uuid) {
        self.fields.put_slice(&value.0);
    }

    /// Seven bits a byte, lowest first.
    pub(crate) fn varint(&mut self, value: u32) {
        let (bytes, length) = varint_bytes(value);
        self.fields.put_slice(&bytes[..length]);
    }

    fn length(&mut self, length: usize, flexible: bool) -> Result<(), EncodeError> {
        let length = length_i32(length)?;
        if flexible {
            self.varint(length.unsigned_abs() + 1);
        } else {
            self.i32(length);
        }
        Ok(())
    }

    fn null(&mut self, flexible: bool) {
        if flexible {
            self.varint(0);
        } else {
            self.i32(-1);
        }
    }

    pub(crate) fn string(&mut self, value: &WireString, flexible: bool) -> Result<(), EncodeError> {
        let bytes = value.as_bytes();
        match i16::try_from(bytes.len()) {
            Ok(length) if flexible => self.varint(u32::from(length.unsigned_abs()) + 1),
            Ok(length) => self.i16(length),
            Err(_) => return Err(EncodeError::StringTooLong(bytes.len())),
        }
        self.fields.put_slice(bytes);
        Ok(())
    }

    pub(crate) fn nullable_string(
        &mut self,
        value: Option<&WireString>,
        flexible: bool,
    ) -> Result<(), EncodeError> {
        match value {
            Some(value) => return self.string(value, flexible),
            None if flexible => self.varint(0),
            None => self.i16(-1),
        }
        Ok(())
    }

    fn splice(&mut self, bytes: &Bytes) {
        if bytes.len() < SPLICE_BYTES_MIN {
            self.fields.put_slice(bytes);
        } else {
            self.spliced.push((self.fields.len(), bytes.clone()));
            self.spliced_bytes += bytes.len();
        }
    }

    pub(crate) fn bytes(&mut self, value: &Bytes, flexible: bool) -> Result<(), EncodeError> {
        self.length(value.len(), flexible)?;
        self.splice(value);
        Ok(())
    }

    pub(crate) fn nullable_bytes(
        &mut self,
        value: Option<&Bytes>,
        flexible: bool,
    ) -> Result<(), EncodeError> {
        match value {
            Some(value) => self.bytes(value, flexible)?,
            None => self.null(flexible),
        }
        Ok(())
    }

    pub(crate) fn records(&mut self, value: &Records, flexible: bool) -> Result<(), EncodeError> {
        self.length(value.len(), flexible)?;
        for chunk in value.chunks() {
            self.splice(chunk);
        }
        Ok(())
    }

    pub(crate) fn nullable_records(
        &mut self,
        value: Option<&Records>,
        flexible: bool,
    ) -> Result<(), EncodeError> {
        match value {
            Some(value) => self.records(value, flexible)?,
            None => self.null(flexible),
        }
        Ok(())
    }

    pub(crate) fn array<T: Element>(
        &mut self,
        elements: &[T],
        version: i16,
        flexible: bool,
    ) -> Result<(), EncodeError> {
        self.length(elements.len(), flexible)?;
        for element in elements {
            element.write(self, version, flexible)?;
        }
        Ok(())
    }

    pub(crate) fn nullable_array<T: Element>(
        &mut self,
        elements: Option<&[T]>,
        version: i16,
        flexible: bool,
    ) -> Result<(), EncodeError> {
        match elements {
            Some(elements) => self.array(elements, version, flexible)?,
            None => self.null(flexible),
        }
        Ok(())
    }

    /// A structure behind a byte that is negative for null.
    pub(crate) fn nullable_structure<T: Element>(
        &mut self,
        value: Option<&T>,
        version: i16,
        flexible: bool,
    ) -> Result<(), EncodeError> {
        match value {
            Some(value) => {
                self.i8(1);
                value.write(self, version, flexible)?;
            }
            None => self.i8(-1),
        }
        Ok(())
    }

    /// As a tagged field, null is zero.
    pub(crate) fn nullable_tagged_structure<T: Element>(
        &mut self,
        value: Option<&T>,
        version: i16,
        flexible: bool,
    ) -> Result<(), EncodeError> {
        self.varint(u32::from(value.is_some()));
        match value {
            Some(value) => value.write(self, version, flexible),
            None => Ok(()),
        }
    }

    pub(crate) fn no_tags(&mut self) {
        self.varint(0);
    }

    /// How many of a structure's tagged fields follow.
    pub(crate) fn tag_count(&mut self, present: &[bool]) {
        self.varint(present.iter().map(|present| u32::from(*present)).sum());
    }

    pub(crate) fn begin_tag(&mut self, number: u32) -> TagStart {
        self.varint(number);
        TagStart { fields: self.fields.len(), spliced: self.spliced.len(), length: self.len() }
    }

    /// Puts the size of what was written since `start` before it.
    #[expect(clippy::needless_pass_by_value, reason = "a tag ends once")]
    pub(crate) fn end_tag(&mut self, start: TagStart) -> Result<(), EncodeError> {
        let size = length_i32(self.len() - start.length)?.unsigned_abs();
        let (_, width) = varint_bytes(size);
        self.varint(size);
        self.fields[start.fields..].rotate_right(width);
        for (position, _) in &mut self.spliced[start.spliced..] {
            *position += width;
        }
        Ok(())
    }
}

fn length_i32(length: usize) -> Result<i32, EncodeError> {
    i32::try_from(length).map_err(|_| EncodeError::TooLong(length))
}

fn varint_bytes(mut value: u32) -> ([u8; 5], usize) {
    let mut bytes = [0; 5];
    let mut length = 0;
    loop {
        let low = value.to_le_bytes()[0] & 0x7f;
        value >>= 7;
        bytes[length] = if value == 0 { low } else { low | 0x80 };
        length += 1;
        if value == 0 {
            return (bytes, length);
        }
    }
}
