//! What the targets share: a batch around bytes, and the limits for what it may cost.

use bytes::{Bytes, BytesMut};
use penstock_records::{
    BatchBuilder, BatchHeader, Batches, Codec, Encoding, HEADER_BYTES, InflationLimits, NewRecord,
    Records,
};

/// Small, so that a bomb is found by the time that it takes.
pub const LIMITS: InflationLimits =
    InflationLimits { inflated_bytes_max: 1 << 20, zstd_window_log_max: 20 };

/// Gives a batch the length and the checksum of its bytes.
pub fn seal(batch: &mut BytesMut) {
    if batch.len() >= HEADER_BYTES {
        let length = i32::try_from(batch.len() - 12).expect("inputs are small");
        batch[8..12].copy_from_slice(&length.to_be_bytes());
        let crc = crc32c::crc32c(&batch[21..]);
        batch[17..21].copy_from_slice(&crc.to_be_bytes());
    }
}

/// Inflates `stream` as the records of a batch, and walks over what comes out.
pub fn inflate(codec: Codec, stream: &[u8]) {
    let mut builder = BatchBuilder::new(Encoding::None);
    builder.push(&NewRecord::default());
    let batch = builder.build().expect("a small batch");
    let mut header = *batch.header();
    header.attributes = header.attributes.with_codec(codec);
    let mut bytes = BytesMut::from(header.to_bytes().as_slice());
    bytes.extend_from_slice(stream);
    seal(&mut bytes);
    let batch = Batches::new(bytes.freeze()).next().expect("one").expect("sealed");
    if let Ok(inflated) = batch.inflate(&LIMITS) {
        walk(batch.header(), &inflated);
    }
}

/// Walks over records to the last header.
pub fn walk(header: &BatchHeader, inflated: &Bytes) {
    for record in Records::new(header, inflated).flatten() {
        for header in record.headers {
            std::hint::black_box(header);
        }
    }
}
