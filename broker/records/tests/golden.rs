//! Batches that Apache Kafka 4.3.1 wrote (`MemoryRecordsBuilder`), one for each codec, as bytes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use bytes::{Bytes, BytesMut};
use penstock_records::{
    Batches, Codec, InflationLimits, ProducerEpoch, ProducerId, Records, Rules, Sequence,
    TargetCompression, Timestamp, validate,
};

const RECORDS: [&str; 4] = [
    "0 @1800000000000 first=a penstock is a gated pipe, a penstock is a gated pipe",
    "1 @1800000000005 null=no key twice=1 twice=null",
    "2 @1799999999990 tombstone=null",
    "3 @1800000000001 = =",
];

fn text(bytes: Option<&[u8]>) -> &str {
    bytes.map_or("null", |bytes| str::from_utf8(bytes).unwrap())
}

fn check(codec: Codec, bytes: &'static [u8]) {
    let batch = Batches::new(Bytes::from_static(bytes)).next().unwrap().unwrap();
    batch.check().unwrap();
    let header = batch.header();
    assert_eq!(header.to_bytes(), bytes[..61]);
    assert_eq!(header.attributes.codec(), Ok(codec));
    assert!(header.attributes.is_transactional() && !header.attributes.is_control());
    assert_eq!(header.producer_id, ProducerId(4711));
    assert_eq!(header.producer_epoch, ProducerEpoch(3));
    assert_eq!(header.base_sequence, Sequence(i32::MAX - 1));
    assert_eq!(header.last_sequence(), Sequence(1));
    assert_eq!(header.max_timestamp, Timestamp(1_800_000_000_005));

    let inflated = batch.inflate(&InflationLimits::default()).unwrap();
    let records = Records::new(header, &inflated).map(|record| {
        let record = record.unwrap();
        let (key, value) = (text(record.key), text(record.value));
        let mut line = format!("{} @{} {key}={value}", record.offset, record.timestamp);
        for header in record.headers {
            line += &format!(" {}={}", text(Some(header.key)), text(header.value));
        }
        line
    });
    assert_eq!(records.collect::<Vec<_>>(), RECORDS, "{codec:?}");

    // As a producer sends it, it is stored as it is but for its place.
    let now = Timestamp(1_800_000_000_000);
    let rules = Rules { compression: TargetCompression::Producer, ..Rules::default() };
    let stored = validate(BytesMut::from(bytes), &rules, now).unwrap().sequence(9, 1, now);
    assert_eq!(stored.bytes[16..], bytes[16..], "{codec:?}");
    assert_eq!(stored.crc32c, crc32c::crc32c(&stored.bytes));
}

#[test]
fn javas_batches_are_read() {
    check(Codec::None, include_bytes!("golden/none.batch"));
    check(Codec::Gzip, include_bytes!("golden/gzip.batch"));
    check(Codec::Snappy, include_bytes!("golden/snappy.batch"));
    check(Codec::Lz4, include_bytes!("golden/lz4.batch"));
    check(Codec::Zstd, include_bytes!("golden/zstd.batch"));
}
