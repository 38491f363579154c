//! Writes the records of a batch anew: with another codec, or with offset deltas that count up from
//! 0 by one. Piece by piece: no more than a piece is in memory besides what is written.

use std::io::{self, Write};

use bytes::{Bytes, BytesMut};

use crate::attributes::Codec;
use crate::compression::{BoundedBuffer, Deflater, Encoding, Inflater, TooLong};
use crate::header::{BatchHeader, CRC_COVERS_FROM, HEADER_BYTES, LENGTH_PREFIX_BYTES};
use crate::rejection::{RecordsError, Rejection};
use crate::source::{InflatingSource, SliceSource, Source};
use crate::validate::Rules;
use crate::varint::{varint_bytes, varlong_bytes, write_varint, write_varlong};
use crate::walk::start_record;

/// Gives a checked batch, whose records are compressed with `codec`, the target's encoding.
pub(crate) fn transcode(
    header: BatchHeader,
    codec: Codec,
    records: &[u8],
    target: Encoding,
    rules: &Rules,
) -> Result<(BatchHeader, BytesMut), Rejection> {
    let mut out = BatchWriter::new(target, rules.max_message_bytes, records.len())?;
    match Inflater::new(codec, records, &rules.inflation)? {
        None => copy(&header, &mut SliceSource::new(records), &mut out)?,
        Some(inflater) => {
            let limit = rules.inflation.inflated_bytes_max;
            copy(&header, &mut InflatingSource::new(inflater, limit), &mut out)?;
        }
    }
    out.finish(header)
}

fn copy(
    header: &BatchHeader,
    source: &mut impl Source,
    out: &mut BatchWriter,
) -> Result<(), Rejection> {
    let mut start_bytes = Vec::new();
    for offset_delta in 0..header.record_count {
        let start = start_record(source)?;
        let rest = start.end.saturating_sub(source.position());
        let length = 1
            + varlong_bytes(start.timestamp_delta) as u64
            + varint_bytes(offset_delta) as u64
            + rest;
        let Ok(length) = i32::try_from(length) else {
            return Err(RecordsError::Malformed("a record is too long").into());
        };
        start_bytes.clear();
        write_varint(&mut start_bytes, length);
        start_bytes.push(start.attributes);
        write_varlong(&mut start_bytes, start.timestamp_delta);
        write_varint(&mut start_bytes, offset_delta);
        out.write(&start_bytes)?;
        if !source.take(rest, |piece| out.write(piece))? {
            return Err(RecordsError::CutOff.into());
        }
    }
    Ok(())
}

/// Writes a batch: compresses its records, and then knows its head.
pub(crate) struct BatchWriter {
    encoding: Encoding,
    bytes_max: usize,
    deflater: Deflater,
}

impl BatchWriter {
    /// A batch of at most `bytes_max` bytes, and of about `records_bytes` without its head.
    pub(crate) fn new(
        encoding: Encoding,
        bytes_max: usize,
        records_bytes: usize,
    ) -> Result<Self, Rejection> {
        // A batch's length is an i32.
        let bytes_max = bytes_max.min(i32::MAX as usize);
        let mut bytes = Vec::with_capacity((HEADER_BYTES + records_bytes).min(bytes_max));
        bytes.resize(HEADER_BYTES, 0);
        let out = BoundedBuffer::new(bytes, bytes_max);
        match Deflater::new(encoding, out) {
            Ok(deflater) => Ok(Self { encoding, bytes_max, deflater }),
            Err(error) => Err(refuse(encoding, bytes_max, &error)),
        }
    }

    /// Appends bytes of records.
    pub(crate) fn write(&mut self, records: &[u8]) -> Result<(), Rejection> {
        self.deflater
            .write_all(records)
            .map_err(|error| refuse(self.encoding, self.bytes_max, &error))
    }

    /// Completes the batch; its head is the given one, with the codec, the length and the checksum
    /// that it has now.
    pub(crate) fn finish(
        self,
        mut header: BatchHeader,
    ) -> Result<(BatchHeader, BytesMut), Rejection> {
        let Self { encoding, bytes_max, deflater } = self;
        let mut bytes = deflater.finish().map_err(|error| refuse(encoding, bytes_max, &error))?;
        header.attributes = header.attributes.with_codec(encoding.codec());
        header.batch_length = i32::try_from(bytes.len() - LENGTH_PREFIX_BYTES)
            .expect("the buffer is bounded by an i32");
        bytes[..HEADER_BYTES].copy_from_slice(&header.to_bytes());
        header.crc = crc32c::crc32c(&bytes[CRC_COVERS_FROM..]);
        // Nothing else holds the memory, so that it changes hands without a copy.
        Ok((header, Bytes::from(bytes).into()))
    }
}

fn refuse(encoding: Encoding, limit: usize, error: &io::Error) -> Rejection {
    match TooLong::in_error(error) {
        Some(TooLong { size }) => Rejection::TooLarge { size, limit },
        None => Rejection::Unencodable { codec: encoding.codec(), reason: error.to_string() },
    }
}
