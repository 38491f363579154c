//! One step over one record, reading what must hold about it and skipping what need not be seen.
//!
//! ```text
//!   length varint | attributes i8 (unused) | timestamp delta varlong | offset delta varint
//!   | key length varint, key | value length varint, value
//!   | headers varint, each: key length varint, key | value length varint, value
//! ```
//!
//! A length below zero stands for null, but in the key of a header, which there must be.

use crate::rejection::RecordsError;
use crate::source::Source;
use crate::varint::{VarintError, read_varint, read_varlong};

/// What a record says of itself before its key.
pub(crate) struct RecordStart {
    /// The position behind the record's last byte.
    pub(crate) end: u64,
    pub(crate) timestamp_delta: i64,
    pub(crate) offset_delta: i32,
}

/// What is to know of a record without its bytes.
pub(crate) struct RecordFacts {
    pub(crate) timestamp_delta: i64,
    pub(crate) offset_delta: i32,
    /// Below 0 for null.
    pub(crate) key_bytes: i32,
    /// Below 0 for null.
    pub(crate) value_bytes: i32,
}

/// Reads a record up to its key.
#[inline]
pub(crate) fn start_record(source: &mut impl Source) -> Result<RecordStart, RecordsError> {
    let length = varint(source)?;
    let Ok(length) = u64::try_from(length) else {
        return Err(RecordsError::Malformed("a record's length is negative"));
    };
    let end = source.position() + length;
    let _attributes = byte(source)?;
    Ok(RecordStart { end, timestamp_delta: varlong(source)?, offset_delta: varint(source)? })
}

/// Walks over one record.
#[inline]
pub(crate) fn walk_record(source: &mut impl Source) -> Result<RecordFacts, RecordsError> {
    let RecordStart { end, timestamp_delta, offset_delta } = start_record(source)?;
    let key_bytes = skip_field(source, end)?;
    let value_bytes = skip_field(source, end)?;
    skip_headers(source, end, |_| ())?;
    end_record(source, end)?;
    Ok(RecordFacts { timestamp_delta, offset_delta, key_bytes, value_bytes })
}

/// Skips the headers of a record that ends at `end`. Gives back their number, and what `at_first`
/// makes of the source where the first begins.
#[inline]
pub(crate) fn skip_headers<S: Source, T>(
    source: &mut S,
    end: u64,
    at_first: impl FnOnce(&S) -> T,
) -> Result<(i32, T), RecordsError> {
    let count = varint(source)?;
    if count < 0 {
        return Err(RecordsError::Malformed("a record has a negative number of headers"));
    }
    let first = at_first(source);
    for _ in 0..count {
        if skip_field(source, end)? < 0 {
            return Err(RecordsError::Malformed("a record header has no key"));
        }
        skip_field(source, end)?;
    }
    Ok((count, first))
}

/// Checks that the fields of a record end where it says.
#[inline]
pub(crate) fn end_record(source: &impl Source, end: u64) -> Result<(), RecordsError> {
    if source.position() == end {
        Ok(())
    } else {
        Err(RecordsError::Malformed("a record's length disagrees with its fields"))
    }
}

/// Checks that there is nothing behind the last record.
pub(crate) fn end_records(source: &mut impl Source) -> Result<(), RecordsError> {
    match source.next()? {
        None => Ok(()),
        Some(_) => Err(RecordsError::Malformed("there are bytes behind the last record")),
    }
}

/// Skips a length and as many bytes, and gives back the length.
#[inline]
fn skip_field(source: &mut impl Source, end: u64) -> Result<i32, RecordsError> {
    match field_bytes(source, end)? {
        Err(null) => Ok(null),
        Ok(bytes) => {
            if !source.skip(bytes)? {
                return Err(RecordsError::CutOff);
            }
            Ok(i32::try_from(bytes).expect("it came from an i32"))
        }
    }
}

/// Takes the length of a field of a record that ends at `end`, which leaves room for it; the inner
/// error is the length of null.
#[inline]
pub(crate) fn field_bytes(
    source: &mut impl Source,
    end: u64,
) -> Result<Result<u64, i32>, RecordsError> {
    let length = varint(source)?;
    match u64::try_from(length) {
        Err(_) => Ok(Err(length)),
        Ok(bytes) if bytes <= end.saturating_sub(source.position()) => Ok(Ok(bytes)),
        Ok(_) => Err(RecordsError::Malformed("a field reaches beyond its record")),
    }
}

#[inline]
fn byte(source: &mut impl Source) -> Result<u8, RecordsError> {
    source.next()?.ok_or(RecordsError::CutOff)
}

#[inline]
fn varint(source: &mut impl Source) -> Result<i32, RecordsError> {
    read_varint(|| byte(source)).map_err(refuse)
}

#[inline]
fn varlong(source: &mut impl Source) -> Result<i64, RecordsError> {
    read_varlong(|| byte(source)).map_err(refuse)
}

fn refuse(error: VarintError<RecordsError>) -> RecordsError {
    match error {
        VarintError::Source(error) => error,
        VarintError::TooLong => RecordsError::Malformed("a number has too many bytes"),
    }
}
