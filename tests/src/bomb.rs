//! Batches that mean harm: small on the wire, large in memory.

use bytes::Bytes;
use penstock_records::{BatchBuilder, Encoding, HEADER_BYTES, NewRecord, Timestamp};

use crate::producer::batch;

/// Lets a batch's length and checksum agree with its bytes.
///
/// # Panics
/// When it is longer than a batch can be, or shorter than its head.
#[must_use]
pub fn sealed(mut batch: Vec<u8>) -> Vec<u8> {
    let length = i32::try_from(batch.len() - 12).expect("it is short");
    batch[8..12].copy_from_slice(&length.to_be_bytes());
    let checksum = crc32c::crc32c(&batch[21..]);
    batch[17..21].copy_from_slice(&checksum.to_be_bytes());
    batch
}

/// A batch of one record whose compressed part is anything.
#[must_use]
pub fn with_payload(codec: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = batch(Encoding::None, None, &[Bytes::new()]).to_vec();
    bytes.truncate(HEADER_BYTES);
    bytes[22] = codec;
    bytes.extend(payload);
    sealed(bytes)
}

/// A batch of so many MiB of zeros, which is much less.
///
/// # Panics
/// Never: zeros make a batch.
#[must_use]
pub fn bomb(encoding: Encoding, mebibytes: usize) -> Vec<u8> {
    let zeros = vec![0; 1 << 20];
    let mut builder = BatchBuilder::new(encoding);
    for _ in 0..mebibytes {
        builder.push(&NewRecord { value: Some(&zeros), ..NewRecord::default() });
    }
    builder.build().expect("zeros make a batch").sequence(0, 0, Timestamp(0)).bytes.to_vec()
}

/// A batch of one record of zeros as a zstd frame that states a window of 2 to the power of
/// `window_log`, and fills `mebibytes` of it. What is around the record's value is stored, the
/// value's bytes are blocks of one byte, repeated.
///
/// # Panics
/// When the record would be longer than a record can be.
#[must_use]
pub fn zstd_window(window_log: u8, mebibytes: usize) -> Vec<u8> {
    const BLOCK: usize = 128 << 10;
    let value = varint(mebibytes << 20);
    // Attributes, timestamp and offset deltas, no key, the value, no headers.
    let fields = [&[0, 0, 0, 1][..], &value].concat();
    let record = varint(fields.len() + (mebibytes << 20) + 1);
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, (window_log - 10) << 3];
    let mut block = |last: bool, kind: u32, size: usize, bytes: &[u8]| {
        let size = u32::try_from(size).expect("a block is small");
        frame.extend(&(u32::from(last) | kind << 1 | size << 3).to_le_bytes()[..3]);
        frame.extend(bytes);
    };
    let head = [record, fields].concat();
    block(false, 0, head.len(), &head);
    for _ in 0..(mebibytes << 20) / BLOCK {
        block(false, 1, BLOCK, &[0]);
    }
    block(true, 0, 1, &[0]);
    with_payload(4, &frame)
}

/// A length as records have it: zigzag, seven bits a byte.
fn varint(length: usize) -> Vec<u8> {
    let mut rest = length << 1;
    let mut bytes = Vec::new();
    while rest > 0x7f {
        bytes.push(u8::try_from(rest & 0x7f).expect("seven bits") | 0x80);
        rest >>= 7;
    }
    bytes.push(u8::try_from(rest).expect("seven bits"));
    bytes
}
