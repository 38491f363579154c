use proptest::prelude::*;

use super::*;
use crate::builder::BatchBuilder;
use crate::field::{ProducerEpoch, ProducerId, Sequence};
use crate::record::RecordHeader;

/// A record's offset, time, key and value.
type Told = (i64, i64, Option<Vec<u8>>, Option<Vec<u8>>);

const HORIZON: Timestamp = Timestamp(9_000);

/// A batch at offset 10 of records with these values, a second apart; their keys count up.
fn batch(encoding: Encoding, values: &[Option<&[u8]>]) -> StoredBatch {
    let header = RecordHeader { key: b"h", value: Some(b"x") };
    let mut builder =
        BatchBuilder::new(encoding).producer(ProducerId(7), ProducerEpoch(1), Sequence(3));
    for (at, value) in (0_i64..).zip(values) {
        let key = at.to_be_bytes();
        builder.push(&NewRecord {
            timestamp: Timestamp(1_000 + at),
            key: Some(&key),
            value: *value,
            headers: &[header],
        });
    }
    let mut bytes = builder.build().unwrap().sequence(10, 2, Timestamp(0)).bytes;
    StoredBatch::split_from(&mut bytes).unwrap()
}

fn records(batch: &StoredBatch) -> Vec<Told> {
    batch.check().unwrap();
    let inflated = batch.inflate(&InflationLimits::default()).unwrap();
    let records = Records::new(batch.header(), &inflated).map(Result::unwrap);
    let told = records.map(|record| {
        assert!(record.headers.clone().eq([RecordHeader { key: b"h", value: Some(b"x") }]));
        let own = |bytes: Option<&[u8]>| bytes.map(<[u8]>::to_vec);
        (record.offset, record.timestamp.0, own(record.key), own(record.value))
    });
    told.collect()
}

fn retain(batch: &StoredBatch, keep: impl Fn(i64) -> bool) -> Remainder {
    let inflated = batch.inflate(&InflationLimits::default()).unwrap();
    batch.retain(&inflated, false, HORIZON, |record| keep(record.offset)).unwrap()
}

fn stored(remainder: Remainder) -> StoredBatch {
    let Remainder::Some(RewrittenBatch { header, mut bytes }) = remainder else {
        panic!("{remainder:?}")
    };
    let batch = StoredBatch::split_from(&mut bytes).unwrap();
    assert!(bytes.is_empty());
    assert_eq!(batch.header(), &header);
    batch
}

const ENCODINGS: [Encoding; 5] = [
    Encoding::None,
    Encoding::Gzip { level: -1 },
    Encoding::Snappy,
    Encoding::Lz4,
    Encoding::Zstd { level: 3 },
];

#[test]
fn what_is_kept_keeps_its_place_and_the_batch_its_head() {
    for encoding in ENCODINGS {
        let before = batch(encoding, &[Some(b"a"), Some(b"b"), Some(b""), Some(b"d")]);
        let after = stored(retain(&before, |offset| offset % 2 == 1));
        let expected: Vec<_> =
            records(&before).into_iter().filter(|(offset, ..)| offset % 2 == 1).collect();
        assert_eq!(records(&after), expected);
        let expected = BatchHeader {
            base_timestamp: Timestamp(1_001),
            max_timestamp: Timestamp(1_003),
            record_count: 2,
            batch_length: after.header().batch_length,
            crc: after.header().crc,
            ..*before.header()
        };
        assert_eq!(*after.header(), expected, "{encoding:?}");
        assert_eq!(after.header().last_offset(), 13);
    }
}

#[test]
fn a_batch_that_keeps_all_stays_as_it_is() {
    let batch = batch(Encoding::None, &[Some(b"a"), Some(b"b")]);
    assert_eq!(retain(&batch, |_| true), Remainder::All);
    assert_eq!(retain(&batch, |_| false), Remainder::Nothing);
}

#[test]
fn a_tombstone_gets_a_horizon_once_and_no_record_another_time() {
    let before = batch(Encoding::Lz4, &[Some(b"a"), None, Some(b"c")]);
    let after = stored(retain(&before, |_| true));
    assert_eq!(records(&after), records(&before));
    let header = *after.header();
    assert!(header.attributes.has_delete_horizon());
    assert_eq!(header.base_timestamp, HORIZON);
    assert_eq!(header.max_timestamp, Timestamp(1_002));

    assert_eq!(retain(&after, |_| true), Remainder::All);
    let fewer = stored(retain(&after, |offset| offset != 12));
    assert!(fewer.header().attributes.has_delete_horizon());
    assert_eq!(fewer.header().base_timestamp, HORIZON);
    assert_eq!(records(&fewer), records(&before)[..2]);
    // Without the tombstone the batch needs none, and gets none.
    let without = stored(retain(&before, |offset| offset != 11));
    assert!(!without.header().attributes.has_delete_horizon());
}

#[test]
fn a_spent_marker_gets_a_horizon() {
    let batch = batch(Encoding::None, &[Some(b"a")]);
    let inflated = batch.inflate(&InflationLimits::default()).unwrap();
    let marked = stored(batch.retain(&inflated, true, HORIZON, |_| true).unwrap());
    assert_eq!(marked.header().base_timestamp, HORIZON);
    assert_eq!(records(&marked), records(&batch));
}

#[test]
fn append_time_stands_for_all_records_still() {
    let mut builder = BatchBuilder::new(Encoding::None);
    for at in 0..3 {
        builder.push(&NewRecord { timestamp: Timestamp(at), ..NewRecord::default() });
    }
    let mut valid = builder.build().unwrap();
    let attributes = valid.header().attributes.with_timestamp_type(TimestampType::LogAppendTime);
    valid.restamp(attributes, Timestamp(500));
    let mut bytes = valid.sequence(0, 0, Timestamp(0)).bytes;
    let before = StoredBatch::split_from(&mut bytes).unwrap();
    let after = stored(retain(&before, |offset| offset == 1));
    assert_eq!(after.header().max_timestamp, Timestamp(500));
    assert_eq!(after.header().base_timestamp, HORIZON, "a null value is a tombstone");
    let inflated = after.inflate(&InflationLimits::default()).unwrap();
    let record = Records::new(after.header(), &inflated).next().unwrap().unwrap();
    assert_eq!((record.offset, record.timestamp), (1, Timestamp(500)));
}

#[test]
fn an_emptied_batch_is_its_head() {
    let before = batch(Encoding::Gzip { level: -1 }, &[Some(b"a"), None]);
    let RewrittenBatch { header, mut bytes } = before.emptied();
    assert_eq!(bytes.len(), HEADER_BYTES);
    let after = StoredBatch::split_from(&mut bytes).unwrap();
    after.check().unwrap();
    let expected = BatchHeader {
        batch_length: 49,
        crc: header.crc,
        attributes: header.attributes,
        base_timestamp: Timestamp::NONE,
        record_count: 0,
        ..*before.header()
    };
    assert_eq!(*after.header(), expected);
    assert_eq!(header.attributes.codec(), Ok(Codec::None));
    assert_eq!(retain(&after, |_| true), Remainder::Nothing);
}

proptest! {
    #[test]
    fn any_records_may_stay(
        codec in 0..ENCODINGS.len(),
        records_kept in proptest::collection::vec((any::<bool>(), any::<bool>()), 1..40),
    ) {
        let values: Vec<_> = records_kept.iter().map(|(some, _)| some.then_some(&b"v"[..])).collect();
        let before = batch(ENCODINGS[codec], &values);
        let keeps = |offset: i64| records_kept[usize::try_from(offset - 10).unwrap()].1;
        let expected: Vec<_> =
            records(&before).into_iter().filter(|(offset, ..)| keeps(*offset)).collect();
        let after = match retain(&before, keeps) {
            Remainder::All => records(&before),
            Remainder::Nothing => Vec::new(),
            some => records(&stored(some)),
        };
        prop_assert_eq!(after, expected);
    }
}
