//! Any bytes as a produced batch, with a checksum that holds; the first byte draws the rules. What is
//! accepted can be read to its last record.
#![no_main]

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use penstock_records::{
    Batches, Codec, Encoding, InflationLimits, Inspection, Records, Rules, TargetCompression,
    Timestamp, TimestampType, validate,
};

fuzz_target!(|input: &[u8]| {
    let Some((&draw, bytes)) = input.split_first() else { return };
    let rules = Rules {
        compacted: draw & 1 != 0,
        timestamp_type: if draw & 2 == 0 {
            TimestampType::CreateTime
        } else {
            TimestampType::LogAppendTime
        },
        inspection: if draw & 4 == 0 { Inspection::Full } else { Inspection::Header },
        compression: match Codec::ALL.get(usize::from(draw >> 4)) {
            Some(&codec) => TargetCompression::Always(Encoding::of(codec)),
            None => TargetCompression::Producer,
        },
        inflation: penstock_records_fuzz::LIMITS,
        ..Rules::default()
    };
    let mut batch = BytesMut::from(bytes);
    if draw & 8 == 0 {
        penstock_records_fuzz::seal(&mut batch);
    }
    let now = Timestamp(1_800_000_000_000);
    let Ok(batch) = validate(batch, &rules, now) else { return };
    let stored = batch.sequence(100, 1, now);
    assert_eq!(stored.crc32c, crc32c::crc32c(&stored.bytes));
    let batch = Batches::new(stored.bytes).next().expect("one").expect("whole");
    batch.check().expect("its checksum holds");
    if rules.inspection == Inspection::Full {
        let inflated = batch.inflate(&InflationLimits::default()).expect("it was inflated before");
        let records = Records::new(batch.header(), &inflated);
        let mut expect = 100;
        for record in records {
            assert_eq!(record.expect("it was walked over before").offset, expect);
            expect += 1;
        }
        assert_eq!(expect, batch.header().next_offset());
    }
});
