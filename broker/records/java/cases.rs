//! Drawn batches: good ones, and ones with a fault that a client could send.

use std::fmt;
use std::io::Write;

use anyhow::Result;
use penstock_records::{
    BatchBuilder, BatchHeader, Codec, Encoding, HEADER_BYTES, NewRecord, ProducerEpoch, ProducerId,
    RecordHeader, Rules, Sequence, TargetCompression, Timestamp, TimestampType,
};

use crate::NOW;

/// A source of chance with a seed (splitmix64).
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Below `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }

    pub(crate) fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    pub(crate) fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::try_from(self.below(choices.len() as u64)).expect("an index")]
    }

    fn bytes(&mut self, bound: u64) -> Vec<u8> {
        let length = self.below(bound);
        (0..length).map(|_| self.of(b"abcdefgh")).collect()
    }
}

/// A batch and the rules that it meets.
pub(crate) struct Case {
    pub(crate) rules: Rules,
    pub(crate) batch: Vec<u8>,
    /// Whether bytes of its inflated records were changed.
    pub(crate) records_are_broken: bool,
    /// Whether bytes of its compressed records were changed.
    pub(crate) stream_is_broken: bool,
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case")
            .field("records_are_broken", &self.records_are_broken)
            .field("stream_is_broken", &self.stream_is_broken)
            .field("header", &BatchHeader::read(&self.batch))
            .field("rules", &self.rules)
            .finish()
    }
}

impl Case {
    pub(crate) fn draw(seed: u64) -> Result<Self> {
        let mut draw = Draw::new(seed);
        let mut rules = rules(&mut draw);
        let plain = written(&mut draw, Encoding::None)?;
        let mut records = plain[HEADER_BYTES..].to_vec();
        let mut header = BatchHeader::read(&plain).expect("a batch has a head");
        let records_are_broken = draw.one_in(3);
        if records_are_broken {
            for _ in 0..=draw.below(3) {
                damage(&mut draw, &mut records);
            }
        }
        let codec = draw.of(&Codec::ALL);
        header.attributes = header.attributes.with_codec(codec);
        let mut stream = compress(&mut draw, codec, &records)?;
        let stream_is_broken = codec != Codec::None && draw.one_in(6);
        if stream_is_broken {
            damage(&mut draw, &mut stream);
        }
        let mut batch = plain[..HEADER_BYTES].to_vec();
        batch.extend(stream);
        header.batch_length = i32::try_from(batch.len() - 12)?;
        if draw.one_in(3) {
            break_header(&mut draw, &mut header);
        }
        batch[..HEADER_BYTES].copy_from_slice(&header.to_bytes());
        if !draw.one_in(20) {
            header.crc = crc32c::crc32c(&batch[21..]);
            batch[..HEADER_BYTES].copy_from_slice(&header.to_bytes());
        }
        match draw.below(40) {
            0 => batch.truncate(usize::try_from(draw.below(batch.len() as u64))?),
            1 => batch.extend(draw.bytes(100)),
            2 => batch.extend_from_within(..),
            3 => rules.max_message_bytes = batch.len() - 1 + usize::try_from(draw.below(2))?,
            _ => {}
        }
        Ok(Self { rules, batch, records_are_broken, stream_is_broken })
    }

    pub(crate) fn claims_append_time(&self) -> bool {
        BatchHeader::read(&self.batch).is_some_and(|header| {
            header.attributes.timestamp_type() == TimestampType::LogAppendTime
        })
    }
}

fn rules(draw: &mut Draw) -> Rules {
    Rules {
        compacted: draw.one_in(4),
        timestamp_type: if draw.one_in(4) {
            TimestampType::LogAppendTime
        } else {
            TimestampType::CreateTime
        },
        timestamp_before_max_ms: draw.of(&[i64::MAX, 5_000]),
        timestamp_after_max_ms: draw.of(&[i64::MAX, 3_600_000, 400]),
        compression: if draw.one_in(2) {
            TargetCompression::Always(Encoding::of(draw.of(&Codec::ALL)))
        } else {
            TargetCompression::Producer
        },
        zstd_negotiated: !draw.one_in(8),
        ..Rules::default()
    }
}

/// A batch as we write it.
pub(crate) fn written(draw: &mut Draw, encoding: Encoding) -> Result<Vec<u8>> {
    let mut builder = BatchBuilder::new(encoding);
    if draw.one_in(3) {
        builder = builder.producer(ProducerId(4711), ProducerEpoch(2), Sequence(5));
        if draw.one_in(2) {
            builder = builder.transactional();
        }
    }
    let value_bound = draw.of(&[4, 100, 3_000, 100_000]);
    for _ in 0..=draw.below(8) {
        let (key, value) = (draw.bytes(20), draw.bytes(value_bound));
        let header = draw.bytes(5);
        let headers = [
            RecordHeader { key: &header, value: Some(&key) },
            RecordHeader { key: b"empty", value: None },
        ];
        builder.push(&NewRecord {
            timestamp: if draw.one_in(8) {
                Timestamp::NONE
            } else {
                Timestamp(NOW.0 - 500 + i64::try_from(draw.below(1_000))?)
            },
            key: (!draw.one_in(10)).then_some(key.as_slice()),
            value: (!draw.one_in(4)).then_some(value.as_slice()),
            headers: if draw.one_in(3) { &headers } else { &[] },
        });
    }
    let mut bytes = builder.build()?.sequence(0, 0, NOW).bytes.to_vec();
    // As a client leaves it.
    bytes[12..16].copy_from_slice(&(-1_i32).to_be_bytes());
    Ok(bytes)
}

/// As clients of many kinds compress; unlike the crate under test, which has one way for each.
fn compress(draw: &mut Draw, codec: Codec, records: &[u8]) -> Result<Vec<u8>> {
    Ok(match codec {
        Codec::None => records.to_vec(),
        Codec::Gzip => {
            let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            writer.write_all(records)?;
            writer.finish()?
        }
        Codec::Snappy if draw.one_in(2) => snap::raw::Encoder::new().compress_vec(records)?,
        Codec::Snappy => {
            let mut out = b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01".to_vec();
            for block in records.chunks(usize::try_from(1 + draw.below(40_000))?) {
                let block = snap::raw::Encoder::new().compress_vec(block)?;
                out.extend(u32::try_from(block.len())?.to_be_bytes());
                out.extend(block);
            }
            out
        }
        Codec::Lz4 => {
            use lz4_flex::frame::{BlockSize, FrameEncoder, FrameInfo};
            let info = FrameInfo::new()
                .block_size(draw.of(&[BlockSize::Max64KB, BlockSize::Max256KB, BlockSize::Max4MB]))
                .block_checksums(draw.one_in(2))
                .content_checksum(draw.one_in(2))
                .content_size(draw.one_in(2).then_some(records.len() as u64));
            let mut writer = FrameEncoder::with_frame_info(info, Vec::new());
            writer.write_all(records)?;
            writer.finish()?
        }
        Codec::Zstd => zstd::bulk::compress(records, draw.of(&[1, 3, 10]))?,
    })
}

/// Changes, cuts off or adds a few bytes.
fn damage(draw: &mut Draw, bytes: &mut Vec<u8>) {
    let at = usize::try_from(draw.below(bytes.len().max(1) as u64)).expect("an index");
    match draw.below(8) {
        0 => bytes.truncate(at),
        1 => bytes.insert(at, draw.of(&[0, 1, 0x7f, 0xff])),
        _ if bytes.is_empty() => {}
        // The beginning is where lengths are.
        2..=4 => {
            let at = at % 24 % bytes.len();
            bytes[at] = bytes[at].wrapping_add(draw.of(&[1, 2, 0x80, 0xff]));
        }
        _ => bytes[at] ^= draw.of(&[1, 0x80, 0xff]),
    }
}

/// Sets a field to what it must not be, or need not be.
fn break_header(draw: &mut Draw, header: &mut BatchHeader) {
    match draw.below(14) {
        0 => header.base_offset = draw.of(&[1, -1, i64::MAX]),
        1 => header.batch_length = draw.of(&[-1, 0, 13, 14, 40, 48, 1_000_000, i32::MAX]),
        2 => header.magic = draw.of(&[-1, 0, 1, 3]),
        3 => header.attributes.0 ^= 1 << draw.below(16),
        4 => header.last_offset_delta = draw.of(&[-1, 0, 1, i32::MAX, i32::MIN]),
        5 => header.record_count = draw.of(&[-1, 0, 1, i32::MAX, i32::MIN]),
        6 => {
            header.record_count = draw.of(&[-5, 0, 1, 3, 1_000, i32::MAX]);
            header.last_offset_delta = header.record_count.wrapping_sub(1);
        }
        7 => header.base_timestamp.0 = draw.of(&[-1, 0, i64::MAX, i64::MIN]),
        8 => header.max_timestamp.0 = draw.of(&[-1, 0, NOW.0, i64::MAX]),
        9 => header.base_sequence.0 = draw.of(&[-1, -2, 0, i32::MAX]),
        10 => header.producer_id.0 = draw.of(&[-2, -1, 0, 1]),
        11 => header.attributes = header.attributes.with_control(true),
        12 => header.partition_leader_epoch = draw.of(&[99, -7]),
        _ => {
            header.attributes = header.attributes.with_timestamp_type(TimestampType::LogAppendTime);
        }
    }
}
