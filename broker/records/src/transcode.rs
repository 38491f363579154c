//! Writes the records of a batch with another codec, piece by piece: no more than a piece is in memory
//! besides what is written. The records themselves stay as they are.

use std::io::{self, Read, Write};

use bytes::{Bytes, BytesMut};

use crate::attributes::Codec;
use crate::compression::{BoundedBuffer, Deflater, Encoding, Inflater, PIECE_BYTES, TooLong};
use crate::header::{BatchHeader, CRC_COVERS_FROM, HEADER_BYTES, LENGTH_PREFIX_BYTES};
use crate::rejection::{RecordsError, Rejection};
use crate::validate::Rules;

/// Gives a checked batch, whose records are compressed with `codec`, the target's encoding.
pub(crate) fn transcode(
    header: BatchHeader,
    codec: Codec,
    records: &[u8],
    target: Encoding,
    rules: &Rules,
    records_bytes_max: u64,
) -> Result<(BatchHeader, BytesMut), Rejection> {
    let bytes_max = rules.max_message_bytes;
    let mut out = BatchWriter::new(target, bytes_max, records.len(), records_bytes_max)?;
    match Inflater::new(codec, records, &rules.inflation)? {
        None => out.write(records)?,
        Some(inflater) => copy(inflater, rules.inflation.inflated_bytes_max, &mut out)?,
    }
    out.finish(header)
}

fn copy(
    mut inflater: Inflater<'_>,
    inflated_bytes_max: u64,
    out: &mut BatchWriter,
) -> Result<(), Rejection> {
    let mut piece = vec![0; PIECE_BYTES];
    let mut left = inflated_bytes_max;
    loop {
        let read = inflater
            .read(&mut piece)
            .map_err(|error| RecordsError::undecodable(inflater.codec(), &error))?;
        if read == 0 {
            return Ok(());
        }
        left = left
            .checked_sub(read as u64)
            .ok_or(RecordsError::InflatesTooFar { limit: inflated_bytes_max })?;
        out.write(&piece[..read])?;
    }
}

/// Writes a batch: compresses its records, and then knows its head.
pub(crate) struct BatchWriter {
    encoding: Encoding,
    bytes_max: usize,
    deflater: Deflater,
}

impl BatchWriter {
    /// A batch of at most `bytes_max` bytes, and of about `written_bytes` without its head, when
    /// `records_bytes_max` of records are compressed.
    pub(crate) fn new(
        encoding: Encoding,
        bytes_max: usize,
        written_bytes: usize,
        records_bytes_max: u64,
    ) -> Result<Self, Rejection> {
        // A batch's length is an i32.
        let bytes_max = bytes_max.min(i32::MAX as usize);
        let mut bytes = Vec::with_capacity((HEADER_BYTES + written_bytes).min(bytes_max));
        bytes.resize(HEADER_BYTES, 0);
        let out = BoundedBuffer::new(bytes, bytes_max);
        match Deflater::new(encoding, out, records_bytes_max) {
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
