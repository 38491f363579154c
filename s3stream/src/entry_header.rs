//! The header of a WAL entry, version 1: all that recovery learns of a batch without its payload.
//!
//! ```text
//!   version 1 | summary length 1 | stream 8 | stream epoch 4 | start offset 8 | offset span 4 |
//!   records 4 | max timestamp 8 | payload CRC32C 4 | summary 0..=48
//! ```
//!
//! Big-endian; the timestamp alone is signed. The log guards the bytes with a checksum of its own.

use std::ops::Range;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use penstock_model::id::{Offset, StreamEpoch, StreamId, Timestamp};

use crate::batch::{Batch, Summary};

/// The version that is written.
const VERSION: u8 = 1;

/// Everything before the summary.
const FIXED_BYTES: usize = 42;

/// The longest header.
pub(crate) const HEADER_BYTES_MAX: usize = FIXED_BYTES + Summary::BYTES_MAX;

/// A decoded header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EntryHeader {
    pub(crate) stream: StreamId,
    /// The ownership under which the batch was appended.
    pub(crate) epoch: StreamEpoch,
    pub(crate) offsets: Range<Offset>,
    pub(crate) records: u32,
    pub(crate) max_timestamp: Timestamp,
    pub(crate) payload_crc32c: u32,
    pub(crate) summary: Summary,
}

/// Why a header cannot be used. The log's own checksum holds, so this is no torn write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Use the release that wrote it.
    #[error("an entry has format version {0}, which this release does not know")]
    Version(u8),
    /// It was not written by any release.
    #[error("an entry's header does not decode: {0}")]
    Malformed(&'static str),
}

impl EntryHeader {
    /// The header of a batch that was checked.
    pub(crate) fn of(stream: StreamId, epoch: StreamEpoch, batch: &Batch) -> Self {
        Self {
            stream,
            epoch,
            offsets: batch.offsets.clone(),
            records: batch.records,
            max_timestamp: batch.max_timestamp,
            payload_crc32c: batch.payload_crc32c,
            summary: batch.summary,
        }
    }

    pub(crate) fn encode(&self) -> Bytes {
        let span = self.offsets.end.0 - self.offsets.start.0;
        let mut buffer = BytesMut::with_capacity(FIXED_BYTES + self.summary.len());
        buffer.put_u8(VERSION);
        buffer.put_u8(u8::try_from(self.summary.len()).expect("a summary is short"));
        buffer.put_u64(self.stream.0);
        buffer.put_u32(self.epoch.0);
        buffer.put_u64(self.offsets.start.0);
        buffer.put_u32(u32::try_from(span).expect("append checks the span of a batch"));
        buffer.put_u32(self.records);
        buffer.put_i64(self.max_timestamp.0);
        buffer.put_u32(self.payload_crc32c);
        buffer.put_slice(&self.summary);
        buffer.freeze()
    }

    pub(crate) fn decode(mut bytes: &[u8]) -> Result<Self, HeaderError> {
        let version = *bytes.first().ok_or(HeaderError::Malformed("it is empty"))?;
        if version != VERSION {
            return Err(HeaderError::Version(version));
        }
        if bytes.len() < FIXED_BYTES {
            return Err(HeaderError::Malformed("it ends early"));
        }
        bytes.advance(1);
        let summary_length = usize::from(bytes.get_u8());
        let stream = StreamId(bytes.get_u64());
        let epoch = StreamEpoch(bytes.get_u32());
        let start = bytes.get_u64();
        let end = start.checked_add(u64::from(bytes.get_u32()));
        let end = end.ok_or(HeaderError::Malformed("its offsets overflow"))?;
        let records = bytes.get_u32();
        let max_timestamp = Timestamp(bytes.get_i64());
        let payload_crc32c = bytes.get_u32();
        if bytes.len() != summary_length {
            return Err(HeaderError::Malformed("its summary has another length"));
        }
        let summary =
            Summary::new(bytes).ok_or(HeaderError::Malformed("its summary is too long"))?;
        if start == end {
            return Err(HeaderError::Malformed("it spans no offset"));
        }
        let offsets = Offset(start)..Offset(end);
        Ok(Self { stream, epoch, offsets, records, max_timestamp, payload_crc32c, summary })
    }
}

/// What the log says of a batch, for people who look at a log that no storage has open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryDescription {
    /// The stream that it was appended to.
    pub stream: StreamId,
    /// The ownership under which it was.
    pub epoch: StreamEpoch,
    /// The offsets that it takes.
    pub offsets: Range<Offset>,
    /// The records in it.
    pub records: u32,
    /// The greatest timestamp of them.
    pub max_timestamp: Timestamp,
}

impl EntryDescription {
    /// Reads it from an entry's header.
    ///
    /// # Errors
    /// When this release did not write it, nor could have.
    pub fn read(header: &[u8]) -> Result<Self, HeaderError> {
        let EntryHeader { stream, epoch, offsets, records, max_timestamp, .. } =
            EntryHeader::decode(header)?;
        Ok(Self { stream, epoch, offsets, records, max_timestamp })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn header() -> EntryHeader {
        EntryHeader {
            stream: StreamId(0x0102),
            epoch: StreamEpoch(3),
            offsets: Offset(0x0405)..Offset(0x0408),
            records: 2,
            max_timestamp: Timestamp(-2),
            payload_crc32c: 0xdead_beef,
            summary: Summary::new(b"seq").unwrap(),
        }
    }

    #[test]
    fn the_bytes_are_fixed_for_ever() {
        let golden: &[u8] = &[
            1, 3, // version, summary length
            0, 0, 0, 0, 0, 0, 1, 2, // stream
            0, 0, 0, 3, // epoch
            0, 0, 0, 0, 0, 0, 4, 5, // start
            0, 0, 0, 3, // span
            0, 0, 0, 2, // records
            255, 255, 255, 255, 255, 255, 255, 254, // max timestamp
            0xde, 0xad, 0xbe, 0xef, // payload checksum
            b's', b'e', b'q',
        ];
        assert_eq!(header().encode(), golden);
        assert_eq!(EntryHeader::decode(golden), Ok(header()));
    }

    #[test]
    fn what_does_not_decode_is_named() {
        #[track_caller]
        fn check(change: impl FnOnce(&mut Vec<u8>), expect: HeaderError) {
            let mut bytes = header().encode().to_vec();
            change(&mut bytes);
            assert_eq!(EntryHeader::decode(&bytes), Err(expect));
        }
        let malformed = HeaderError::Malformed;
        check(|bytes| bytes.clear(), malformed("it is empty"));
        check(|bytes| bytes[0] = 2, HeaderError::Version(2));
        check(|bytes| bytes.truncate(41), malformed("it ends early"));
        check(|bytes| bytes.push(0), malformed("its summary has another length"));
        check(|bytes| bytes[14..22].fill(255), malformed("its offsets overflow"));
        check(|bytes| bytes[22..26].fill(0), malformed("it spans no offset"));
        check(
            |bytes| {
                bytes[1] = 49;
                bytes.resize(FIXED_BYTES + 49, 0);
            },
            malformed("its summary is too long"),
        );
    }

    proptest! {
        #[test]
        fn every_header_comes_back(
            stream: u64, epoch: u32, start in 0..u64::MAX >> 1, span in 1..=u32::MAX, records: u32,
            timestamp: i64, crc: u32, summary in prop::collection::vec(any::<u8>(), 0..=48),
        ) {
            let header = EntryHeader {
                stream: StreamId(stream),
                epoch: StreamEpoch(epoch),
                offsets: Offset(start)..Offset(start + u64::from(span)),
                records,
                max_timestamp: Timestamp(timestamp),
                payload_crc32c: crc,
                summary: Summary::new(&summary).unwrap(),
            };
            let bytes = header.encode();
            prop_assert!(bytes.len() <= HEADER_BYTES_MAX);
            prop_assert_eq!(EntryHeader::decode(&bytes), Ok(header));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
            let _ = EntryHeader::decode(&bytes);
        }
    }
}
