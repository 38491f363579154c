//! Records, read lazily from inflated bytes, and written. walk.rs draws their layout.

use std::io::Read;

use bytes::Bytes;

use crate::compression::{Inflater, InflationLimits};
use crate::field::Timestamp;
use crate::header::BatchHeader;
use crate::rejection::RecordsError;
use crate::source::SliceSource;
use crate::varint::{varint_bytes, varlong_bytes, write_varint, write_varlong};
use crate::walk::{RecordStart, end_record, end_records, field_bytes, skip_headers, start_record};

/// A record of a batch; its bytes are slices of the batch's.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    /// Its offset in the log.
    pub offset: i64,
    /// Its own timestamp, or its batch's under log append time.
    pub timestamp: Timestamp,
    /// Its key, if it has one.
    pub key: Option<&'a [u8]>,
    /// Its value; none for a tombstone.
    pub value: Option<&'a [u8]>,
    /// Its headers.
    pub headers: RecordHeaders<'a>,
}

/// A header of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordHeader<'a> {
    /// UTF-8 by agreement; not checked.
    pub key: &'a [u8],
    /// The value, if there is one.
    pub value: Option<&'a [u8]>,
}

/// The records of a batch, in order.
#[derive(Clone, Debug)]
pub struct Records<'a> {
    header: BatchHeader,
    source: SliceSource<'a>,
    /// How many are still to come; below 0 after the last word.
    remaining: i32,
}

impl<'a> Records<'a> {
    /// The records of the batch with this head, from its inflated bytes
    /// ([`StoredBatch::inflate`](crate::StoredBatch::inflate)).
    #[must_use]
    pub fn new(header: &BatchHeader, inflated: &'a [u8]) -> Self {
        let remaining = header.record_count.max(0);
        Self { header: *header, source: SliceSource::new(inflated), remaining }
    }

    fn read(&mut self) -> Result<Record<'a>, RecordsError> {
        let source = &mut self.source;
        let RecordStart { end, timestamp_delta, offset_delta } = start_record(source)?;
        let key = field(source, end)?;
        let value = field(source, end)?;
        let (count, headers) = skip_headers(source, end, SliceSource::clone)?;
        end_record(source, end)?;
        Ok(Record {
            offset: self.header.base_offset.wrapping_add(i64::from(offset_delta)),
            timestamp: self.header.timestamp(timestamp_delta),
            key,
            value,
            headers: RecordHeaders { source: headers, end, remaining: count },
        })
    }
}

/// Takes a length and as many bytes; `None` for null.
fn field<'a>(source: &mut SliceSource<'a>, end: u64) -> Result<Option<&'a [u8]>, RecordsError> {
    match field_bytes(source, end)? {
        Ok(bytes) => source.slice(bytes).ok_or(RecordsError::CutOff).map(Some),
        Err(_) => Ok(None),
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, RecordsError>;

    /// The next record. Nothing comes after an error; bytes behind the last record are one.
    fn next(&mut self) -> Option<Self::Item> {
        if self.remaining < 0 {
            return None;
        }
        self.remaining -= 1;
        let outcome = if self.remaining < 0 {
            end_records(&mut self.source).err().map(Err)
        } else {
            Some(self.read())
        };
        if !matches!(outcome, Some(Ok(_))) {
            self.remaining = -1;
        }
        outcome
    }
}

/// The headers of a record, in order; keys may come more than once.
#[derive(Clone, Debug)]
pub struct RecordHeaders<'a> {
    source: SliceSource<'a>,
    end: u64,
    remaining: i32,
}

impl<'a> Iterator for RecordHeaders<'a> {
    type Item = RecordHeader<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.remaining == 0 {
            return None;
        }
        self.remaining -= 1;
        let mut field = || field(&mut self.source, self.end).expect("the record was walked over");
        let key = field().expect("a header's key is not null");
        Some(RecordHeader { key, value: field() })
    }
}

/// Gives the records of a batch as they are without compression, in memory for so many bytes where
/// they are.
pub(crate) fn inflate(
    header: &BatchHeader,
    records: Bytes,
    limits: &InflationLimits,
    bytes: usize,
) -> Result<Bytes, RecordsError> {
    let codec = header.attributes.codec().map_err(RecordsError::UnknownCodec)?;
    let Some(inflater) = Inflater::new(codec, &records, limits)? else {
        return Ok(records);
    };
    let limit = limits.inflated_bytes_max;
    let mut inflated = Vec::with_capacity(bytes);
    // One byte more than allowed tells "too far" from "just so".
    inflater
        .take(limit.saturating_add(1))
        .read_to_end(&mut inflated)
        .map_err(|error| RecordsError::undecodable(codec, &error))?;
    if inflated.len() as u64 > limit {
        return Err(RecordsError::InflatesTooFar { limit });
    }
    Ok(inflated.into())
}

/// A record to be written, as far as its batch does not give it.
#[derive(Clone, Debug, Default)]
pub struct NewRecord<'a> {
    /// The timestamp.
    pub timestamp: Timestamp,
    /// The key, if there is one.
    pub key: Option<&'a [u8]>,
    /// The value, if there is one.
    pub value: Option<&'a [u8]>,
    /// The headers.
    pub headers: &'a [RecordHeader<'a>],
}

/// Appends a record.
///
/// # Panics
/// When it is longer than an `i32` can say.
pub(crate) fn write_record(
    out: &mut Vec<u8>,
    timestamp_delta: i64,
    offset_delta: i32,
    record: &NewRecord<'_>,
) {
    let header_bytes =
        |header: &RecordHeader<'_>| written_bytes(Some(header.key)) + written_bytes(header.value);
    let body = 1
        + varlong_bytes(timestamp_delta)
        + varint_bytes(offset_delta)
        + written_bytes(record.key)
        + written_bytes(record.value)
        + varint_bytes(length(record.headers.len()))
        + record.headers.iter().map(header_bytes).sum::<usize>();
    out.reserve(varint_bytes(length(body)) + body);
    write_varint(out, length(body));
    out.push(0);
    write_varlong(out, timestamp_delta);
    write_varint(out, offset_delta);
    write_field(out, record.key);
    write_field(out, record.value);
    write_varint(out, length(record.headers.len()));
    for header in record.headers {
        write_field(out, Some(header.key));
        write_field(out, header.value);
    }
}

fn write_field(out: &mut Vec<u8>, field: Option<&[u8]>) {
    match field {
        None => write_varint(out, -1),
        Some(bytes) => {
            write_varint(out, length(bytes.len()));
            out.extend_from_slice(bytes);
        }
    }
}

fn written_bytes(field: Option<&[u8]>) -> usize {
    field.map_or(1, |bytes| varint_bytes(length(bytes.len())) + bytes.len())
}

fn length(bytes: usize) -> i32 {
    i32::try_from(bytes).expect("a record's lengths fit an i32")
}
