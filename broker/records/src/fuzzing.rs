//! What the fuzz targets of `broker/records/fuzz` run: any bytes as a produced batch, and as each
//! codec's stream of records.
//!
//! ```text
//!   validate   rules 1 | a batch      whose length and checksum are put right, mostly
//!   others     what follows a batch's head
//! ```

use std::io::Read;

use bytes::{Bytes, BytesMut};
use penstock_fuzzing::{Target, take};

use crate::compression::{Inflater, Reach};
use crate::{
    BatchBuilder, Batches, Codec, Encoding, HEADER_BYTES, InflationLimits, Inspection, NewRecord,
    RecordHeader, Records, Rules, TargetCompression, Timestamp, TimestampType, validate,
};

/// A produced batch, on its way to the log.
pub const VALIDATE: Target = Target { name: "validate", run: run_validate, seeds: batches };
/// Records as they are.
pub const RECORDS: Target = Target {
    name: "records",
    run: |bytes| inflate(Codec::None, bytes),
    seeds: || streams(Codec::None),
};
/// Gzip.
pub const GZIP: Target = Target {
    name: "gzip",
    run: |bytes| inflate(Codec::Gzip, bytes),
    seeds: || streams(Codec::Gzip),
};
/// Snappy, raw and framed.
pub const SNAPPY: Target = Target {
    name: "snappy",
    run: |bytes| inflate(Codec::Snappy, bytes),
    seeds: || streams(Codec::Snappy),
};
/// LZ4 frames.
pub const LZ4: Target =
    Target { name: "lz4", run: |bytes| inflate(Codec::Lz4, bytes), seeds: || streams(Codec::Lz4) };
/// Zstd frames.
pub const ZSTD: Target = Target {
    name: "zstd",
    run: |bytes| inflate(Codec::Zstd, bytes),
    seeds: || streams(Codec::Zstd),
};

/// Small, so that a bomb is found by the time that it takes.
const LIMITS: InflationLimits =
    InflationLimits { inflated_bytes_max: 1 << 20, zstd_window_log_max: 20 };

const NOW: Timestamp = Timestamp(1_800_000_000_000);

/// What is accepted can be read to its last record.
fn run_validate(mut input: &[u8]) -> Option<()> {
    let [draw] = *take(&mut input)?;
    let append_time = draw & 2 != 0;
    let rules = Rules {
        compacted: draw & 1 != 0,
        timestamp_type: match append_time {
            true => TimestampType::LogAppendTime,
            false => TimestampType::CreateTime,
        },
        inspection: if draw & 4 == 0 { Inspection::Full } else { Inspection::Header },
        compression: match Codec::ALL.get(usize::from(draw >> 4)) {
            Some(&codec) => TargetCompression::Always(Encoding::of(codec)),
            None => TargetCompression::Producer,
        },
        inflation: LIMITS,
        ..Rules::default()
    };
    let mut batch = BytesMut::from(input);
    if draw & 8 == 0 {
        seal(&mut batch);
    }
    let stored = validate(batch, &rules, NOW).ok()?.sequence(100, 1, NOW);
    assert_eq!(stored.crc32c, crc32c::crc32c(&stored.bytes));
    let batch = Batches::new(stored.bytes).next().expect("one").expect("whole");
    batch.check().expect("its checksum holds");
    if rules.inspection == Inspection::Full {
        // What was written here may have another window than the limits for others allow.
        let inflated = batch.inflate(&InflationLimits::default()).expect("it was inflated before");
        let mut expect = 100;
        for record in Records::new(batch.header(), &inflated) {
            assert_eq!(record.expect("it was walked over before").offset, expect);
            expect += 1;
        }
        assert_eq!(expect, batch.header().next_offset());
    }
    Some(())
}

/// Inflates a stream as the records of a batch, no further than was told before, and walks over what
/// comes out.
fn inflate(codec: Codec, stream: &[u8]) -> Option<()> {
    let mut builder = BatchBuilder::new(Encoding::None);
    builder.push(&NewRecord::default());
    let mut header = *builder.build().expect("a small batch").header();
    header.attributes = header.attributes.with_codec(codec);
    let mut bytes = BytesMut::from(header.to_bytes().as_slice());
    bytes.extend_from_slice(stream);
    seal(&mut bytes);
    check_reach(codec, stream);
    let batch = Batches::new(bytes.freeze()).next().expect("one").expect("sealed");
    let counted = batch.inflated_bytes(&LIMITS);
    let inflated = batch.inflate(&LIMITS);
    // What was counted is inflated, and no further. The reverse is not so: what zstd takes for damage
    // depends on how much it is asked for at a time.
    if let Ok(counted) = counted {
        let length = inflated.as_ref().map(Bytes::len);
        assert_eq!(length, Ok(if codec == Codec::None { stream.len() } else { counted }));
    }
    let inflated = inflated.ok()?;
    for record in Records::new(batch.header(), &inflated).flatten() {
        std::hint::black_box(record.headers.count());
    }
    Some(())
}

/// Even of a stream that breaks off.
fn check_reach(codec: Codec, stream: &[u8]) {
    let Some(Reach { inflated_bytes, .. }) = Reach::of(codec, stream, &LIMITS) else { return };
    let Ok(Some(inflater)) = Inflater::new(codec, stream, &LIMITS) else { return };
    let mut inflated = Vec::new();
    let _ended_or_broke_off = inflater.take(LIMITS.inflated_bytes_max).read_to_end(&mut inflated);
    assert!(inflated.len() as u64 <= inflated_bytes, "{} of {inflated_bytes}", inflated.len());
}

/// Gives a batch the length and the checksum of its bytes.
fn seal(batch: &mut BytesMut) {
    if batch.len() >= HEADER_BYTES {
        let length = i32::try_from(batch.len() - 12).expect("inputs are small");
        batch[8..12].copy_from_slice(&length.to_be_bytes());
        let crc = crc32c::crc32c(&batch[21..]);
        batch[17..21].copy_from_slice(&crc.to_be_bytes());
    }
}

fn batch(codec: Codec) -> Vec<u8> {
    let mut builder = BatchBuilder::new(Encoding::of(codec));
    let headers = [RecordHeader { key: b"key", value: None }];
    for at in 0..5 {
        let value = [at; 90];
        builder.push(&NewRecord {
            timestamp: Timestamp(NOW.0 + i64::from(at)),
            key: (at > 1).then_some(b"key"),
            value: (at > 2).then_some(&value),
            headers: if at == 4 { &headers } else { &[] },
        });
    }
    builder.build().expect("a small batch").sequence(0, 0, NOW).bytes.into()
}

fn batches() -> Vec<Vec<u8>> {
    let producer = 0xf0;
    let as_sent = Codec::ALL.map(|codec| [&[producer], &batch(codec)[..]].concat());
    let others = (0..5).map(|target: u8| [&[target << 4], &batch(Codec::Gzip)[..]].concat());
    as_sent.into_iter().chain(others).collect()
}

/// One stream, and where they may follow one another, two.
fn streams(codec: Codec) -> Vec<Vec<u8>> {
    let stream = batch(codec)[HEADER_BYTES..].to_vec();
    vec![stream.repeat(2), stream]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_and_streams() {
        for target in [VALIDATE, RECORDS, GZIP, SNAPPY, LZ4, ZSTD] {
            target.check();
        }
    }
}
