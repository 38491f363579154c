//! Bytes that mean harm: whatever comes, an answer comes back, in bounded memory and time.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::io::Write;

use bytes::{Bytes, BytesMut};
use penstock_records::{
    BatchBuilder, BatchHeader, Batches, Codec, Encoding, HEADER_BYTES, InflationLimits, NewRecord,
    RawBatch, RecordHeader, Records, RecordsError, Rejection, Rules, TargetCompression, Timestamp,
    validate,
};
use proptest::prelude::*;

const NOW: Timestamp = Timestamp(1_800_000_000_000);

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
    builder.build().unwrap().sequence(0, 0, NOW).bytes.into()
}

/// Lets the batch's length and checksum agree with its bytes.
fn sealed(mut batch: Vec<u8>) -> Vec<u8> {
    if batch.len() >= HEADER_BYTES {
        let length = i32::try_from(batch.len() - 12).unwrap();
        batch[8..12].copy_from_slice(&length.to_be_bytes());
        let crc = crc32c::crc32c(&batch[21..]);
        batch[17..21].copy_from_slice(&crc.to_be_bytes());
    }
    batch
}

/// What is accepted is sound: whole, checked, and readable to its last record.
fn check(bytes: &[u8], rules: &Rules) {
    let _ = RawBatch::parse(BytesMut::from(bytes));
    if let Ok(batch) = validate(BytesMut::from(bytes), rules, NOW) {
        let stored = batch.sequence(100, 1, NOW);
        assert_eq!(stored.crc32c, crc32c::crc32c(&stored.bytes));
        let batch = Batches::new(stored.bytes).next().unwrap().unwrap();
        batch.check().unwrap();
        // What we wrote ourselves may have another window than the limits for others allow.
        let inflated = batch.inflate(&InflationLimits::default()).unwrap();
        let records = Records::new(batch.header(), &inflated);
        let offsets: Vec<_> = records.map(|record| record.unwrap().offset).collect();
        let expect: Vec<_> = (100..batch.header().next_offset()).collect();
        assert_eq!(offsets, expect);
    }
    for batch in Batches::new(Bytes::copy_from_slice(bytes)).flatten() {
        if let Ok(inflated) = batch.inflate(&rules.inflation) {
            let work = batch.work(&rules.inflation).unwrap();
            assert!(inflated.len() as u64 <= work.records_bytes, "{work:?} of {}", inflated.len());
            for record in Records::new(batch.header(), &inflated).flatten() {
                let _ = record.headers.count();
            }
        }
    }
}

fn small_limits() -> Rules {
    let inflation = InflationLimits { inflated_bytes_max: 1 << 20, zstd_window_log_max: 20 };
    Rules { inflation, ..Rules::default() }
}

/// Xerial's streams may follow one another; the last may be a header with nothing behind it.
#[test]
fn a_snappy_stream_may_end_with_an_empty_one() {
    let one = batch(Codec::Snappy);
    let header = one[HEADER_BYTES..HEADER_BYTES + 16].to_vec();
    for streams in [1, 2] {
        let joined = sealed([&one[..], &header.repeat(streams)].concat());
        validate(BytesMut::from(&joined[..]), &small_limits(), NOW).unwrap();
        check(&joined, &small_limits());
    }
}

#[test]
fn every_byte_of_a_batch_may_be_any_of_these() {
    for codec in Codec::ALL {
        let good = batch(codec);
        for at in 0..good.len() {
            for value in [0, 0x80, 0xff, good[at] ^ 1] {
                let mut changed = good.clone();
                changed[at] = value;
                check(&changed, &small_limits());
                check(&sealed(changed), &small_limits());
            }
            check(&sealed(good[..at].to_vec()), &small_limits());
        }
    }
}

proptest! {
    #[test]
    fn noise(bytes: Vec<u8>) {
        check(&bytes, &small_limits());
    }

    #[test]
    fn noise_behind_a_head(codec in 0_usize..8, count in 1..20, noise: Vec<u8>) {
        let mut bytes = batch(Codec::None);
        let mut header = BatchHeader::read(&bytes).unwrap();
        header.attributes.0 = i16::try_from(codec).unwrap();
        header.record_count = count;
        header.last_offset_delta = count - 1;
        bytes[..HEADER_BYTES].copy_from_slice(&header.to_bytes());
        bytes.truncate(HEADER_BYTES);
        bytes.extend(noise);
        check(&sealed(bytes), &small_limits());
    }

    #[test]
    fn noise_as_records(
        codec in proptest::sample::select(&Codec::ALL[..]),
        target in proptest::sample::select(&Codec::ALL[..]),
        count in 1..20,
        at in 0_usize..400,
        noise in proptest::collection::vec(any::<u8>(), 0..4),
    ) {
        let plain = batch(Codec::None);
        let mut records = plain[HEADER_BYTES..].to_vec();
        let at = at.min(records.len());
        let behind = records.len().min(at + noise.len());
        records.splice(at..behind, noise);
        let mut header = BatchHeader::read(&plain).unwrap();
        header.attributes = header.attributes.with_codec(codec);
        header.record_count = count;
        header.last_offset_delta = count - 1;
        let mut bytes = header.to_bytes().to_vec();
        bytes.extend(compressed(codec, &records));
        let compression = TargetCompression::Always(Encoding::of(target));
        check(&sealed(bytes), &Rules { compression, ..small_limits() });
    }
}

fn compressed(codec: Codec, records: &[u8]) -> Vec<u8> {
    match codec {
        Codec::None => records.to_vec(),
        Codec::Gzip => {
            let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            writer.write_all(records).unwrap();
            writer.finish().unwrap()
        }
        // As librdkafka writes it: one raw block.
        Codec::Snappy => snap::raw::Encoder::new().compress_vec(records).unwrap(),
        // As some clients write it: with everything that a frame may have.
        Codec::Lz4 => {
            let info = lz4_flex::frame::FrameInfo::new()
                .block_size(lz4_flex::frame::BlockSize::Max4MB)
                .block_checksums(true)
                .content_checksum(true)
                .content_size(Some(records.len() as u64));
            let mut writer = lz4_flex::frame::FrameEncoder::with_frame_info(info, Vec::new());
            writer.write_all(records).unwrap();
            writer.finish().unwrap()
        }
        Codec::Zstd => zstd::bulk::compress(records, 1).unwrap(),
    }
}

/// A batch with these compressed records.
fn with_stream(codec: Codec, stream: &[u8]) -> Vec<u8> {
    let mut bytes = batch(codec);
    bytes.truncate(HEADER_BYTES);
    bytes.extend(stream);
    sealed(bytes)
}

#[test]
fn other_writers_streams_are_read() {
    let plain = batch(Codec::None);
    for codec in Codec::ALL {
        let bytes = with_stream(codec, &compressed(codec, &plain[HEADER_BYTES..]));
        validate(bytes.as_slice().into(), &small_limits(), NOW).unwrap();
    }
}

#[test]
fn a_bomb_is_refused_while_it_inflates() {
    // 64 MiB of one record that never ends.
    let mut record = vec![0xfe, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0, 1, 0xe0, 0xff, 0xff, 0xff, 0x0f];
    record.resize(64 << 20, 0);
    for codec in [Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd] {
        let bytes = with_stream(codec, &compressed(codec, &record));
        let rules = Rules { max_message_bytes: usize::MAX, ..small_limits() };
        let refused = validate(bytes.as_slice().into(), &rules, NOW).unwrap_err();
        let limit = rules.inflation.inflated_bytes_max;
        assert_eq!(
            refused,
            Rejection::Records(RecordsError::InflatesTooFar { limit }),
            "{codec:?}"
        );
        let stored = Batches::new(bytes.into()).next().unwrap().unwrap();
        let refused = stored.inflate(&rules.inflation).unwrap_err();
        assert_eq!(refused, RecordsError::InflatesTooFar { limit }, "{codec:?}");
        let refused = stored.inflated_bytes(&rules.inflation).unwrap_err();
        assert_eq!(refused, RecordsError::InflatesTooFar { limit }, "{codec:?}");
    }
}

#[test]
fn streams_that_lie_or_end_early_are_refused() {
    let plain = batch(Codec::None);
    let lz4 = compressed(Codec::Lz4, &plain[HEADER_BYTES..]);
    // 2 GiB in a raw snappy block of ten bytes, and in a framed one; a frame without its end mark.
    let raw = [&[0xff, 0xff, 0xff, 0xff, 7][..], &[0; 5]].concat();
    let framed = [b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01\0\0\0\x0a", raw.as_slice()].concat();
    let negative = b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01\xff\xff\xff\xff".to_vec();
    let cases = [
        (Codec::Snappy, raw),
        (Codec::Snappy, framed),
        (Codec::Snappy, negative),
        // Behind the block come the end mark and the checksum, four bytes each.
        (Codec::Lz4, lz4[..lz4.len() - 8].to_vec()),
        (Codec::Lz4, lz4[..lz4.len() - 4].to_vec()),
        (Codec::Gzip, Vec::new()),
        (Codec::Lz4, Vec::new()),
    ];
    for (codec, stream) in cases {
        let bytes = with_stream(codec, &stream);
        let refused = validate(bytes.as_slice().into(), &small_limits(), NOW).unwrap_err();
        let undecodable = matches!(refused, Rejection::Records(RecordsError::Undecodable { .. }));
        assert!(undecodable, "{codec:?} {stream:02x?}: {refused}");
    }
}

#[test]
fn a_window_beyond_the_limit_is_refused() {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(21).unwrap();
    encoder.write_all(&batch(Codec::None)[HEADER_BYTES..]).unwrap();
    let bytes = with_stream(Codec::Zstd, &encoder.finish().unwrap());
    assert!(validate(bytes.as_slice().into(), &small_limits(), NOW).is_err());
    assert!(validate(bytes.as_slice().into(), &Rules::default(), NOW).is_ok());
}
