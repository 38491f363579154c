//! Compares batches, and what is made of them, with Apache Kafka's own classes:
//!
//! ```text
//! cargo run -p penstock-records --features java --example compare-with-java [ROUNDS [SEED]]
//! ```
//!
//! 1. What Java writes with every codec and level, we read as Java does.
//! 2. What we write with every codec and level, Java reads as we do.
//! 3. Broken batches get Kafka's answer from us, and good ones are stored as Kafka stores them.
//!
//! Where we mean to differ from Kafka, `agreed_difference` and `told_apart_by_size` say so and why.

mod cases;
mod listing;
mod peer;

use anyhow::{Context, Result, ensure};
use bytes::{Bytes, BytesMut};
use penstock_records::{
    Codec, Encoding, FieldError, RecordsError, Rejection, RejectionClass, Rules, TargetCompression,
    Timestamp, TimestampType, validate,
};

use cases::{Case, Draw};
use listing::list;
use peer::{Peer, Verdict};

const NOW: Timestamp = Timestamp(1_800_000_000_000);
/// Where the peer puts what it validates.
const PLACE: (i64, i32) = (42, 7);

fn main() -> Result<()> {
    let rounds = match std::env::args().nth(1) {
        Some(rounds) => rounds.parse().context("ROUNDS is a number")?,
        None => 20_000,
    };
    let mut peer = Peer::start()?;
    read_what_java_writes(&mut peer)?;
    java_reads_what_we_write(&mut peer)?;
    let refused = same_answers(&mut peer, rounds)?;
    peer.stop()?;
    println!("{rounds} batches validated alike, {refused} of them refused");
    Ok(())
}

/// The levels that each codec has: none given, the least, the greatest.
fn levels(codec: Codec) -> &'static [Option<i32>] {
    match codec {
        Codec::None | Codec::Snappy => &[None],
        Codec::Gzip => &[None, Some(1), Some(9)],
        Codec::Lz4 => &[None, Some(1), Some(17)],
        Codec::Zstd => &[None, Some(-5), Some(19)],
    }
}

fn read_what_java_writes(peer: &mut Peer) -> Result<()> {
    for codec in Codec::ALL {
        for &level in levels(codec) {
            for (seed, count) in [(1, 1), (2, 10), (3, 2_000)] {
                let batch = peer.write(codec as u8, level, seed, count)?;
                let (java, ours) = (peer.list(&batch)?, list(&batch)?);
                ensure!(java == ours, "{codec:?} {level:?} {count}: read otherwise than by Java");
            }
        }
    }
    Ok(())
}

fn java_reads_what_we_write(peer: &mut Peer) -> Result<()> {
    for seed in 0..10 {
        let mut draw = Draw::new(seed);
        for codec in Codec::ALL {
            for &level in levels(codec) {
                let encoding = match (codec, level) {
                    (Codec::Gzip, Some(level)) => Encoding::Gzip { level },
                    (Codec::Zstd, Some(level)) => Encoding::Zstd { level },
                    _ => Encoding::of(codec),
                };
                let batch = cases::written(&mut draw, encoding)?;
                let (java, ours) = (peer.list(&batch)?, list(&batch)?);
                ensure!(java == ours, "{encoding:?}, seed {seed}: Java reads otherwise");
            }
        }
    }
    Ok(())
}

/// Validates drawn batches on both sides; gives back how many were refused.
fn same_answers(peer: &mut Peer, rounds: u64) -> Result<u64> {
    let mut refused = 0;
    let from = std::env::args().nth(2).map_or(Ok(0), |seed| seed.parse())?;
    for seed in from..from + rounds {
        let case = Case::draw(seed)?;
        let mut theirs = peer.validate(&peer_rules(&case.rules), &case.batch)?;
        let mut ours = validated(&case.batch, &case.rules);
        refused += u64::from(ours.is_err());
        if let Some(unbounded) = told_apart_by_size(peer, &case, &theirs, ours.as_deref())? {
            (theirs, ours) = unbounded;
        }
        compare(peer, &case, &theirs, ours.as_deref()).with_context(|| {
            format!("seed {seed}: {case:?}\nKafka: {} {}", theirs.code, theirs.message)
        })?;
    }
    Ok(refused)
}

/// What we store, at its place.
fn validated(batch: &[u8], rules: &Rules) -> Result<Bytes, Rejection> {
    let valid = validate(BytesMut::from(batch), rules, NOW)?;
    Ok(valid.sequence(PLACE.0, PLACE.1, NOW).bytes)
}

/// Codecs of the same name do not pack alike: of a batch that is encoded anew, one side's may fit
/// `max.message.bytes` where the other's does not. That is agreed on where the limit lies between
/// the two sizes, and nowhere else; then what both do without it must still be the same.
fn told_apart_by_size(
    peer: &mut Peer,
    case: &Case,
    theirs: &Verdict,
    ours: Result<&[u8], &Rejection>,
) -> Result<Option<(Verdict, Result<Bytes, Rejection>)>> {
    let too_large = RejectionClass::TooLarge;
    let we_refuse = ours.is_err_and(|rejection| rejection.class() == too_large);
    let kafka_refuses = theirs.code == code(too_large);
    let TargetCompression::Always(encoding) = case.rules.compression else { return Ok(None) };
    if we_refuse == kafka_refuses || encoding.codec() == Codec::None {
        return Ok(None);
    }
    let limit = case.rules.max_message_bytes;
    let rules = Rules { max_message_bytes: i32::MAX as usize, ..case.rules.clone() };
    let theirs = peer.validate(&peer_rules(&rules), &case.batch)?;
    let ours = validated(&case.batch, &rules);
    let Ok(stored) = &ours else { return Ok(None) };
    let (fits, exceeds) = if we_refuse {
        (theirs.stored.len(), stored.len())
    } else {
        (stored.len(), theirs.stored.len())
    };
    Ok((theirs.code == 0 && fits <= limit && limit < exceeds).then_some((theirs, ours)))
}

fn compare(
    peer: &mut Peer,
    case: &Case,
    theirs: &Verdict,
    ours: Result<&[u8], &Rejection>,
) -> Result<()> {
    match ours {
        Err(rejection) => {
            let code = code(rejection.class());
            if agreed_difference(case, theirs, rejection) {
                return Ok(());
            }
            ensure!(code == theirs.code, "we refuse with {code}: {rejection}");
            if let Rejection::RejectedRecords(rejected) = rejection {
                let message = rejected.message("topic-0");
                ensure!(message == theirs.message, "our text: {message}");
                let ours: Vec<_> = rejected
                    .named
                    .iter()
                    .map(|error| (error.batch_index, error.message("topic-0")))
                    .collect();
                ensure!(ours == theirs.records, "ours: {ours:?}\ntheirs: {:?}", theirs.records);
            }
            Ok(())
        }
        Ok(stored) => {
            if kafka_stumbled(theirs) {
                return Ok(());
            }
            ensure!(theirs.code == 0, "we accept it");
            let (mut kafka, mut ours) = (peer.list(&theirs.stored)?, peer.list(stored)?);
            if case.claims_append_time() {
                // Kafka stores the claimed maximum, and in a batch that it re-encodes for all
                // records; we store what the records say.
                kafka = without_timestamps(&kafka);
                ours = without_timestamps(&ours);
            }
            ensure!(kafka == ours, "stored otherwise; Kafka:\n{kafka}\nours:\n{ours}");
            Ok(())
        }
    }
}

fn without_timestamps(listing: &str) -> String {
    let mut after_max = false;
    let words = listing.split(' ').filter(|word| {
        let is_timestamp = word.starts_with('@') || after_max;
        after_max = *word == "max";
        !is_timestamp
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Kafka does not judge some nonsense (timestamps before 1970, producer ids below -1, lengths near
/// `i32::MAX`), and then trips over it.
fn kafka_stumbled(theirs: &Verdict) -> bool {
    theirs.code == -1 && theirs.message.contains("IllegalArgumentException")
}

/// Where we are stricter than Kafka, or tell another reason, on purpose.
fn agreed_difference(case: &Case, theirs: &Verdict, ours: &Rejection) -> bool {
    // A broken stream fails early or late, by the codec's implementation. And Java does not look
    // at what follows the last gzip member, nor at the checksum of an LZ4 frame's content.
    if case.stream_is_broken {
        return true;
    }
    // Two faults, of which we name the other.
    if theirs.code == 76 {
        return true;
    }
    if kafka_stumbled(theirs) {
        return true;
    }
    // Kafka takes these unless it re-encodes them.
    if matches!(ours, Rejection::Field(FieldError::TransactionWithoutProducer)) {
        return true;
    }
    // With the bit for log append time, Kafka judges the maximum timestamp only, and then stores
    // the others although they may lie outside the window.
    if case.claims_append_time() && ours.class() == RejectionClass::InvalidTimestamp {
        return true;
    }
    // Kafka does not check the lengths within compressed records that its consumers stumble over,
    // nor the offset deltas of uncompressed ones.
    case.records_are_broken && matches!(ours, Rejection::Records(RecordsError::Malformed(_)))
}

fn code(class: RejectionClass) -> i16 {
    match class {
        RejectionClass::InvalidRecord => 87,
        RejectionClass::Corrupt => 2,
        RejectionClass::UnsupportedCompression => 76,
        RejectionClass::TooLarge => 10,
        RejectionClass::InvalidTimestamp => 32,
        RejectionClass::CodecFailed => -1,
    }
}

/// The rules as the peer reads them.
fn peer_rules(rules: &Rules) -> Vec<u8> {
    let version: i16 = if rules.zstd_negotiated { 13 } else { 6 };
    let target = match rules.compression {
        TargetCompression::Producer => u8::MAX,
        TargetCompression::Always(encoding) => encoding.codec() as u8,
    };
    let bytes_max = i32::try_from(rules.max_message_bytes).unwrap_or(i32::MAX);
    let mut out = version.to_be_bytes().to_vec();
    out.push(rules.compacted.into());
    out.push((rules.timestamp_type == TimestampType::LogAppendTime).into());
    out.push(target);
    out.extend(rules.timestamp_before_max_ms.to_be_bytes());
    out.extend(rules.timestamp_after_max_ms.to_be_bytes());
    out.extend(NOW.0.to_be_bytes());
    out.extend(bytes_max.to_be_bytes());
    out
}
