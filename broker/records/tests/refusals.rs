//! What a client may send wrong, and the class of the answer; Kafka's own answers, which the
//! comparison in `java/` keeps honest.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use bytes::BytesMut;
use penstock_records::{
    BatchBuilder, BatchHeader, Codec, Encoding, HEADER_BYTES, Inspection, NewRecord, ProducerId,
    Rejection, RejectionClass, Rules, Sequence, TargetCompression, Timestamp, TimestampType,
    validate,
};

const NOW: Timestamp = Timestamp(1_800_000_000_000);

/// Two records, the second without a key and a second older.
fn batch(encoding: Encoding) -> Vec<u8> {
    let mut builder = BatchBuilder::new(encoding);
    let (key, value) = (Some(b"key".as_slice()), Some([7; 400]));
    let value = value.as_ref().map(<[u8; 400]>::as_slice);
    builder.push(&NewRecord { timestamp: NOW, key, value, headers: &[] });
    let timestamp = Timestamp(NOW.0 - 1_000);
    builder.push(&NewRecord { timestamp, key: None, value, headers: &[] });
    builder.build().unwrap().sequence(0, 0, NOW).bytes.into()
}

/// The batch with another head, and a checksum that holds.
fn with_head(mut batch: Vec<u8>, change: impl FnOnce(&mut BatchHeader)) -> Vec<u8> {
    let mut header = BatchHeader::read(&batch).unwrap();
    change(&mut header);
    batch[..HEADER_BYTES].copy_from_slice(&header.to_bytes());
    header.crc = crc32c::crc32c(&batch[21..]);
    batch[..HEADER_BYTES].copy_from_slice(&header.to_bytes());
    batch
}

fn refusal(batch: &[u8], rules: &Rules) -> Rejection {
    validate(BytesMut::from(batch), rules, NOW).unwrap_err()
}

fn check(batch: &[u8], expect: RejectionClass) {
    let rejection = refusal(batch, &Rules::default());
    assert_eq!(rejection.class(), expect, "{rejection}");
}

#[test]
fn framing() {
    use RejectionClass::{Corrupt, InvalidRecord};
    let good = batch(Encoding::None);
    check(&[], InvalidRecord);
    check(&good[..good.len() - 1], InvalidRecord);
    check(&[good.as_slice(), &good].concat(), InvalidRecord);
    check(&with_head(good.clone(), |head| head.magic = 1), InvalidRecord);
    check(&with_head(good.clone(), |head| head.magic = 3), Corrupt);
    check(&with_head(good.clone(), |head| head.batch_length = 13), Corrupt);
    check(&with_head(good.clone(), |head| head.batch_length = 48), Corrupt);
    check(&with_head(good.clone(), |head| head.batch_length = i32::MAX), InvalidRecord);
    check(&with_head(good.clone(), |head| head.batch_length = i32::MIN), Corrupt);
    // A part of a second batch is cut off.
    let cut_off = [good.as_slice(), &good[..70]].concat();
    let size = validate(cut_off.as_slice().into(), &Rules::default(), NOW).unwrap().size();
    assert_eq!(size, good.len());
}

#[test]
fn any_flipped_bit_behind_the_checksum_is_corruption() {
    let good = batch(Encoding::None);
    for at in 17..good.len() {
        let mut flipped = good.clone();
        flipped[at] ^= 1;
        check(&flipped, RejectionClass::Corrupt);
    }
}

#[test]
fn fields() {
    use RejectionClass::{CodecFailed, InvalidRecord};
    let changed = |change: fn(&mut BatchHeader)| with_head(batch(Encoding::None), change);
    check(&changed(|head| head.base_offset = 1), InvalidRecord);
    check(&changed(|head| head.last_offset_delta = 0), InvalidRecord);
    check(&changed(|head| head.last_offset_delta = i32::MIN), InvalidRecord);
    check(&changed(|head| head.record_count = 0), InvalidRecord);
    check(&changed(|head| (head.record_count, head.last_offset_delta) = (1, 0)), InvalidRecord);
    check(&changed(|head| (head.record_count, head.last_offset_delta) = (3, 2)), InvalidRecord);
    check(&changed(|head| head.attributes = head.attributes.with_control(true)), InvalidRecord);
    check(
        &changed(|head| head.attributes = head.attributes.with_transactional(true)),
        InvalidRecord,
    );
    check(
        &changed(|head| (head.producer_id, head.base_sequence) = (ProducerId(1), Sequence::NONE)),
        InvalidRecord,
    );
    check(&changed(|head| head.attributes.0 |= 7), CodecFailed);
    check(&changed(|head| head.attributes = head.attributes.with_codec(Codec::Gzip)), CodecFailed);
}

#[test]
fn what_clients_need_not_say_is_mended() {
    let odd = with_head(batch(Encoding::None), |head| {
        head.partition_leader_epoch = 99;
        head.max_timestamp = Timestamp(5);
        head.attributes = head.attributes.with_delete_horizon(true);
    });
    let stored = validate(odd.as_slice().into(), &Rules::default(), NOW).unwrap();
    let stored = stored.sequence(3, 4, NOW);
    assert_eq!(stored.header.max_timestamp, NOW);
    assert_eq!(stored.header.attributes.0, 0);
    assert_eq!(stored.header.crc, crc32c::crc32c(&stored.bytes[21..]));
}

#[test]
fn sizes() {
    let good = batch(Encoding::Gzip { level: -1 });
    let rules = |max_message_bytes, compression| Rules {
        max_message_bytes,
        compression,
        ..Rules::default()
    };
    let as_sent = TargetCompression::Producer;
    assert!(validate(good.as_slice().into(), &rules(good.len(), as_sent), NOW).is_ok());
    let tight = refusal(&good, &rules(good.len() - 1, as_sent));
    assert_eq!(tight.class(), RejectionClass::TooLarge);
    for codec in [Codec::None, Codec::Snappy, Codec::Lz4, Codec::Zstd] {
        let re_encoded = TargetCompression::Always(Encoding::of(codec));
        let plain = validate(good.as_slice().into(), &rules(usize::MAX, re_encoded), NOW).unwrap();
        if plain.size() > good.len() {
            let tight = refusal(&good, &rules(plain.size() - 1, re_encoded));
            assert_eq!(tight.class(), RejectionClass::TooLarge, "{codec:?}");
        }
        assert!(
            validate(good.as_slice().into(), &rules(plain.size().max(good.len()), re_encoded), NOW)
                .is_ok()
        );
    }
}

#[test]
fn zstd_needs_a_version() {
    let rules = Rules { zstd_negotiated: false, ..Rules::default() };
    let one = batch(Encoding::Zstd { level: 3 });
    for field in [one.clone(), [one.clone(), one].concat()] {
        let refused = refusal(&field, &rules);
        assert_eq!(refused.class(), RejectionClass::UnsupportedCompression);
    }
}

/// The class and all texts of a refusal for the sake of records.
fn texts(batch: &[u8], rules: &Rules) -> (RejectionClass, Vec<String>) {
    let refused = refusal(batch, rules);
    let class = refused.class();
    let Rejection::RejectedRecords(rejected) = refused else { panic!("{refused}") };
    let mut texts = vec![rejected.message("topic-0")];
    for error in &rejected.named {
        texts.push(format!("{}: {}", error.batch_index, error.message("topic-0")));
    }
    (class, texts)
}

#[test]
fn a_compacted_topic_wants_keys() {
    let rules = Rules { compacted: true, inspection: Inspection::Header, ..Rules::default() };
    let expect = [
        "One or more records have been rejected due to 1 record errors in total, and only showing \
         the first three errors at most: [RecordError(batchIndex=1, message='Compacted topic \
         cannot accept message without key in topic partition topic-0')]",
        "1: Compacted topic cannot accept message without key in topic partition topic-0",
    ];
    for codec in Codec::ALL {
        let (class, texts) = texts(&batch(Encoding::of(codec)), &rules);
        assert_eq!(class, RejectionClass::InvalidRecord);
        assert_eq!(texts, expect, "{codec:?}");
    }
}

#[test]
fn timestamps_lie_in_the_window() {
    let rules = Rules { timestamp_before_max_ms: 999, ..Rules::default() };
    let (class, texts) = texts(&batch(Encoding::None), &rules);
    assert_eq!(class, RejectionClass::InvalidTimestamp);
    assert_eq!(
        texts,
        [
            "One or more records have been rejected due to invalid timestamp",
            "1: Timestamp 1799999999000 of message with offset 1 is out of range. The timestamp \
             should be within [1799999999001, 1800003600000]",
        ]
    );
    let edge = Rules { timestamp_before_max_ms: 1_000, timestamp_after_max_ms: 0, ..rules.clone() };
    assert!(validate(batch(Encoding::None).as_slice().into(), &edge, NOW).is_ok());
    let ours = Rules { timestamp_type: TimestampType::LogAppendTime, ..rules };
    assert!(validate(batch(Encoding::None).as_slice().into(), &ours, NOW).is_ok());
}

#[test]
fn by_header_the_greatest_timestamp_counts() {
    let rules = Rules { inspection: Inspection::Header, ..Rules::default() };
    let future = with_head(batch(Encoding::Lz4), |head| head.max_timestamp.0 += 3_600_001);
    assert_eq!(refusal(&future, &rules).class(), RejectionClass::InvalidTimestamp);
    // Only a full inspection finds the true one, and broken records.
    assert!(validate(future.as_slice().into(), &Rules::default(), NOW).is_ok());
}

#[test]
fn many_refused_records_make_a_small_answer() {
    let mut builder = BatchBuilder::new(Encoding::Zstd { level: 3 });
    for _ in 0..5_000 {
        builder.push(&NewRecord { timestamp: NOW, ..NewRecord::default() });
    }
    let batch: Vec<u8> = builder.build().unwrap().sequence(0, 0, NOW).bytes.into();
    let rules = Rules { compacted: true, ..Rules::default() };
    let Rejection::RejectedRecords(rejected) = refusal(&batch, &rules) else { panic!() };
    assert_eq!((rejected.total, rejected.named.len()), (5_000, 1_000));
}
