//! The way of a batch: produced, validated, sequenced, stored, read back.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use bytes::{Bytes, BytesMut};
use penstock_records::{
    BatchBuilder, Batches, Codec, Encoding, InflationLimits, NewRecord, RecordHeader, Records,
    Rules, TargetCompression, Timestamp, TimestampType, validate,
};

const NOW: Timestamp = Timestamp(1_800_000_000_000);

/// Three records, as a producer sends them.
fn produced(encoding: Encoding) -> BytesMut {
    let mut builder = BatchBuilder::new(encoding);
    let trace = [RecordHeader { key: b"trace", value: Some(b"1") }];
    for (at, timestamp) in [NOW.0 - 2, NOW.0, NOW.0 - 1].into_iter().enumerate() {
        let value = [b'v'; 700];
        builder.push(&NewRecord {
            timestamp: Timestamp(timestamp),
            key: (at != 1).then_some(b"key"),
            value: (at != 2).then_some(&value),
            headers: if at == 0 { &trace } else { &[] },
        });
    }
    builder.build().unwrap().sequence(0, 0, NOW).bytes.into()
}

fn read_back(bytes: Bytes) -> Vec<String> {
    let batch = Batches::new(bytes).next().unwrap().unwrap();
    batch.check().unwrap();
    let inflated = batch.inflate(&InflationLimits::default()).unwrap();
    Records::new(batch.header(), &inflated)
        .map(|record| {
            let record = record.unwrap();
            format!(
                "{} @{} {:?} {:?} {}",
                record.offset,
                record.timestamp.0 - NOW.0,
                record.key.map(<[u8]>::len),
                record.value.map(<[u8]>::len),
                record.headers.count(),
            )
        })
        .collect()
}

fn check(sent: Encoding, stored: TargetCompression, timestamp_type: TimestampType) {
    let rules = Rules { compression: stored, timestamp_type, ..Rules::default() };
    let batch = validate(produced(sent), &rules, NOW).unwrap();
    assert_eq!(batch.header().max_timestamp, NOW);
    let stored = batch.sequence(42, 7, Timestamp(NOW.0 + 5));
    assert_eq!(stored.crc32c, crc32c::crc32c(&stored.bytes));
    assert_eq!((stored.header.base_offset, stored.header.partition_leader_epoch), (42, 7));
    assert_eq!(stored.header.next_offset(), 45);
    let expected = match timestamp_type {
        TimestampType::CreateTime => {
            ["42 @-2 Some(3) Some(700) 1", "43 @0 None Some(700) 0", "44 @-1 Some(3) None 0"]
        }
        TimestampType::LogAppendTime => {
            ["42 @5 Some(3) Some(700) 1", "43 @5 None Some(700) 0", "44 @5 Some(3) None 0"]
        }
    };
    assert_eq!(read_back(stored.bytes), expected, "{sent:?}");
}

#[test]
fn every_codec_goes_in_and_out() {
    for codec in Codec::ALL {
        check(Encoding::of(codec), TargetCompression::Producer, TimestampType::CreateTime);
        check(Encoding::of(codec), TargetCompression::Producer, TimestampType::LogAppendTime);
    }
}

#[test]
fn every_codec_becomes_every_other() {
    for sent in Codec::ALL {
        for stored in Codec::ALL {
            let stored = TargetCompression::Always(Encoding::of(stored));
            check(Encoding::of(sent), stored, TimestampType::CreateTime);
            check(Encoding::of(sent), stored, TimestampType::LogAppendTime);
        }
    }
}

#[test]
fn what_stays_as_it_is_stays_where_it_is() {
    let sent = produced(Encoding::None);
    let place = sent.as_ptr();
    let batch = validate(sent, &Rules::default(), NOW).unwrap();
    assert_eq!(batch.sequence(1, 1, NOW).bytes.as_ptr(), place);
}
