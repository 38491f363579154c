//! Primitives as array elements.

use crate::error::{DecodeError, EncodeError};
use crate::message::Element;
use crate::reader::Reader;
use crate::string::WireString;
use crate::uuid::Uuid;
use crate::writer::Writer;

macro_rules! fixed_size {
    ($($of:ty => $method:ident),*) => {$(
        impl Element for $of {
            const SIZE_MIN: usize = size_of::<$of>();

            fn read(reader: &mut Reader, _: i16, _: bool) -> Result<Self, DecodeError> {
                reader.$method()
            }

            fn write(&self, writer: &mut Writer, _: i16, _: bool) -> Result<(), EncodeError> {
                writer.$method(*self);
                Ok(())
            }
        }
    )*};
}

fixed_size!(i8 => i8, i16 => i16, i32 => i32, i64 => i64, Uuid => uuid);

impl Element for WireString {
    const SIZE_MIN: usize = 1;

    fn read(reader: &mut Reader, _: i16, flexible: bool) -> Result<Self, DecodeError> {
        reader.string(flexible)
    }

    fn write(&self, writer: &mut Writer, _: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(self, flexible)
    }
}
