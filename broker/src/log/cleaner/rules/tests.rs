use penstock_records::{
    BatchBuilder, Encoding, InflationLimits, NewRecord, ProducerEpoch, ProducerId, Sequence,
};

use super::*;

const NOW: i64 = 1_000_000;
const KEEP_MS: i64 = 500;

/// What a log is made of, in a few letters: batches by spaces, records by commas. `a1` is the key `a`
/// with the value `1`, `a` the key without a value (a tombstone), and `-1` a value without a key.
/// `p:` before a batch's records is its producer, `p!` a batch of its transaction, and `p+` and `p^`
/// the marker that commits or aborts it.
fn log(text: &str) -> Vec<StoredBatch> {
    let mut offset = 0;
    let mut batches = Vec::new();
    for text in text.split_whitespace() {
        let batch = batch(offset, text);
        offset = batch.header().next_offset();
        batches.push(batch);
    }
    batches
}

fn batch(offset: i64, text: &str) -> StoredBatch {
    let (head, records) = text.split_at(text.find([':', '!', '+', '^']).map_or(0, |at| at + 1));
    let mut builder = BatchBuilder::new(Encoding::None);
    if let [producer, kind] = head.as_bytes() {
        let id = ProducerId(i64::from(*producer));
        builder = builder.producer(id, ProducerEpoch(0), Sequence(0));
        builder = if *kind == b':' { builder } else { builder.transactional() };
        if let b'+' | b'^' = kind {
            let key = [0, 0, 0, u8::from(*kind == b'+')];
            let mut marker = builder.control();
            marker.push(&NewRecord { key: Some(&key), value: Some(b"m"), ..record(offset) });
            return stored(marker, offset);
        }
    }
    for (at, text) in (offset..).zip(records.split(',')) {
        let (key, value) = text.split_at(1);
        let value = Some(value.as_bytes()).filter(|value| !value.is_empty());
        let key = Some(key.as_bytes()).filter(|key| *key != b"-");
        builder.push(&NewRecord { key, value, ..record(at) });
    }
    stored(builder, offset)
}

fn record(offset: i64) -> NewRecord<'static> {
    NewRecord { timestamp: Timestamp(offset), ..NewRecord::default() }
}

fn stored(builder: BatchBuilder, offset: i64) -> StoredBatch {
    let mut bytes = builder.build().unwrap().sequence(offset, 0, Timestamp(0)).bytes;
    StoredBatch::split_from(&mut bytes).unwrap()
}

/// What is left, as `offset:key value`; a batch without records is `[first-last]`, one whose
/// tombstones have an end has `until` it.
fn shown(batches: &[StoredBatch]) -> String {
    let mut words = Vec::new();
    for batch in batches {
        let header = batch.header();
        batch.check().unwrap();
        if header.record_count == 0 {
            words.push(format!("[{}-{}]", header.base_offset, header.last_offset()));
        }
        let inflated = batch.inflate(&InflationLimits::default()).unwrap();
        for record in Records::new(header, &inflated) {
            let record = record.unwrap();
            let text =
                |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or(b"")).into_owned();
            let key =
                if header.attributes.is_control() { "marker".into() } else { text(record.key) };
            words.push(format!("{}:{key}{}", record.offset, text(record.value)));
        }
        if header.attributes.has_delete_horizon() {
            words.push(format!("until {}", header.base_timestamp.0));
        }
    }
    words.join(" ")
}

/// A cleaning that is told these things.
struct Setup {
    dirty_from: i64,
    aborted: Vec<(u8, i64, i64)>,
    last_of_producers: Vec<(u8, i64)>,
    now: i64,
    keys_max: u64,
    /// The last batch that may not go, by its last offset.
    stays: i64,
}

const FIRST: Setup = Setup {
    dirty_from: 0,
    aborted: Vec::new(),
    last_of_producers: Vec::new(),
    now: NOW,
    keys_max: 100,
    stays: -1,
};

impl Setup {
    /// Cleans a log. What is left, and up to where it is clean.
    fn clean(&self, log: &[StoredBatch]) -> (Vec<StoredBatch>, i64) {
        let aborted = |&(producer, first_offset, last_offset): &(u8, i64, i64)| {
            AbortedTransaction { producer: producer.into(), first_offset, last_offset }
        };
        let last = |&(producer, last): &(u8, i64)| (i64::from(producer), last);
        let given = Given {
            dirty_from: self.dirty_from,
            aborted: self.aborted.iter().map(aborted).collect(),
            last_of_producers: self.last_of_producers.iter().map(last).collect(),
            now: Timestamp(self.now),
            keep_tombstones_ms: KEEP_MS,
        };
        let mut rules = Rules::new(Keys::new([7; 16], self.keys_max, 1 << 20), given);
        let inflated = |batch: &StoredBatch| batch.inflate(&InflationLimits::default()).unwrap();
        let dirty = log.iter().filter(|batch| batch.header().next_offset() > self.dirty_from);
        for batch in dirty {
            if !rules.look(batch, &inflated(batch)).unwrap() {
                break;
            }
        }
        let mut left = Vec::new();
        for batch in log {
            let stays = batch.header().last_offset() == self.stays;
            match rules.rewrite(batch, &inflated(batch), stays).unwrap() {
                Fate::Kept => left.push(batch.clone()),
                Fate::Gone => {}
                Fate::Rewritten { records, max_timestamp, mut bytes } => {
                    let batch = StoredBatch::split_from(&mut bytes).unwrap();
                    assert_eq!(i64::from(records), i64::from(batch.header().record_count));
                    let greatest = batch.header().max_timestamp.0;
                    assert_eq!(max_timestamp.0, if records == 0 { -1 } else { greatest });
                    left.push(batch);
                }
            }
        }
        (left, rules.end())
    }

    #[track_caller]
    fn check(&self, before: &str, expect: &str) -> Vec<StoredBatch> {
        let (left, _) = self.clean(&log(before));
        assert_eq!(shown(&left), expect, "of {before}");
        left
    }
}

#[test]
fn the_newest_record_of_each_key_stays() {
    FIRST.check("a1 b1 a2", "1:b1 2:a2");
    FIRST.check("a1,b1,a2 b2,c1 a3", "3:b2 4:c1 5:a3");
    FIRST.check("a1 b1 c1", "0:a1 1:b1 2:c1");
}

#[test]
fn what_has_no_key_goes() {
    FIRST.check("-1 a1,-2 -3", "1:a1");
}

#[test]
fn what_is_clean_loses_what_is_dirty_again() {
    let (clean, end) = FIRST.clean(&log("a1,b1 a2 c1"));
    assert_eq!((shown(&clean).as_str(), end), ("1:b1 2:a2 3:c1", 4));
    let mut all = clean;
    all.push(batch(4, "b2,d1"));
    let (left, end) = Setup { dirty_from: 4, ..FIRST }.clean(&all);
    assert_eq!((shown(&left).as_str(), end), ("2:a2 3:c1 4:b2 5:d1", 6));
}

#[test]
fn a_tombstone_stays_until_its_time() {
    let left = FIRST.check("a1 a b1", "1:a until 1000500 2:b1");
    // Another cleaning before its end leaves it, and gives it no other.
    let before = Setup { dirty_from: 3, now: NOW + KEEP_MS - 1, ..FIRST };
    assert_eq!(shown(&before.clean(&left).0), "1:a until 1000500 2:b1");
    let at = Setup { dirty_from: 3, now: NOW + KEEP_MS, ..FIRST };
    // With nothing dirty there is nothing to be done.
    let dirty = || left.iter().cloned().chain([batch(3, "c1")]).collect::<Vec<_>>();
    assert_eq!(shown(&at.clean(&dirty()).0), "2:b1 3:c1");
}

#[test]
fn a_tombstone_that_is_superseded_goes_at_once() {
    FIRST.check("a1 a a2", "2:a2");
    FIRST.check("a,b1 a2", "1:b1 2:a2");
}

#[test]
fn what_no_key_has_room_for_stays_dirty() {
    let full = Setup { keys_max: 2, ..FIRST };
    let (left, end) = full.clean(&log("a1 b1 a2,c1,a3 b2"));
    // The third key is at offset 3: what is from there on stays, and supersedes nothing yet.
    assert_eq!((shown(&left).as_str(), end), ("1:b1 2:a2 3:c1 4:a3 5:b2", 3));
    let (left, end) = Setup { dirty_from: 3, keys_max: 2, ..FIRST }.clean(&left);
    assert_eq!((shown(&left).as_str(), end), ("1:b1 3:c1 4:a3 5:b2", 5));
    let (left, end) = Setup { dirty_from: 5, keys_max: 2, ..FIRST }.clean(&left);
    assert_eq!((shown(&left).as_str(), end), ("3:c1 4:a3 5:b2", 6));
}

#[test]
fn the_last_batch_of_a_producer_stays_for_its_sequence() {
    let last = Setup { last_of_producers: vec![(b'p', 1)], ..FIRST };
    let left = last.check("p:a1 p:a2 q:b1 a3,b2", "[1-1] 3:a3 4:b2");
    assert_eq!(left[0].header().producer_id, ProducerId(i64::from(b'p')));
    // Once it is forgotten, or has written more, the batch goes.
    let (left, _) = Setup { dirty_from: 5, ..FIRST }.clean(&left);
    assert_eq!(shown(&left), "3:a3 4:b2");
}

#[test]
fn a_batch_that_is_to_stay_is_emptied_once() {
    let stays = Setup { stays: 2, ..FIRST };
    let (left, _) = stays.clean(&log("a1 b1,a2 a3,b2"));
    assert_eq!(shown(&left), "[1-2] 3:a3 4:b2");
    let (again, _) = Setup { dirty_from: 5, ..stays }.clean(&left);
    assert!(again.iter().zip(&left).all(|(a, b)| a.bytes() == b.bytes()), "as it was");
}

#[test]
fn aborted_records_go_and_supersede_nothing() {
    let aborted = Setup { aborted: vec![(b'p', 1, 3)], ..FIRST };
    let left = aborted.check("a1 p!a2,b2 p^ b1", "0:a1 3:markerm 4:b1");
    // The marker goes once nothing that it closes is there, and its time is up.
    let again = Setup { dirty_from: 5, ..FIRST };
    let (left, _) = again.clean(&left);
    assert_eq!(shown(&left), "0:a1 3:markerm until 1000500 4:b1");
    let (left, _) = Setup { dirty_from: 5, now: NOW + KEEP_MS, ..FIRST }.clean(&left);
    assert_eq!(shown(&left), "0:a1 4:b1");
}

#[test]
fn the_marker_of_a_committed_transaction_outlives_its_records() {
    let left = FIRST.check("p!a1,b1 p+ a2", "1:b1 2:markerm 3:a2");
    let (left, _) =
        Setup { dirty_from: 4, ..FIRST }.clean(&[&left[..], &[batch(4, "b2")]].concat());
    assert_eq!(shown(&left), "2:markerm 3:a2 4:b2");
    let (left, _) = Setup { dirty_from: 5, ..FIRST }.clean(&left);
    assert_eq!(shown(&left), "2:markerm until 1000500 3:a2 4:b2");
    let (left, _) = Setup { dirty_from: 5, now: NOW + KEEP_MS, ..FIRST }.clean(&left);
    assert_eq!(shown(&left), "3:a2 4:b2");
}

#[test]
fn transactions_of_one_producer_are_told_apart() {
    let aborted = Setup { aborted: vec![(b'p', 0, 1), (b'p', 4, 5)], ..FIRST };
    aborted.check("p!a1 p^ p!b1 p+ p!c1 p^ d1", "1:markerm 2:b1 3:markerm 5:markerm 6:d1");
}

/// One that was aborted in what is clean says nothing of what its producer commits later.
#[test]
fn a_transaction_that_ended_is_over() {
    let all = log("a1 p!b1 p^ p!a2 p+");
    let later = Setup { dirty_from: 3, aborted: vec![(b'p', 1, 2)], ..FIRST };
    assert_eq!(shown(&later.clean(&all).0), "2:markerm 3:a2 4:markerm");
    // Nor where a trim took its marker.
    let trimmed = Setup { dirty_from: 3, aborted: vec![(b'p', 1, 2)], ..FIRST };
    assert_eq!(shown(&trimmed.clean(&all[3..]).0), "3:a2 4:markerm");
}

/// Whatever is cleaned in however many steps: the newest value of each key is what it was.
#[test]
fn no_cleaning_changes_what_the_newest_values_are() {
    let mut state = 0x9e37_79b9_u32;
    let mut draw = move |below: u32| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state % below
    };
    for _ in 0..300 {
        let mut batches: Vec<StoredBatch> = Vec::new();
        let (mut dirty_from, mut next, mut now) = (0, 0, NOW);
        let mut newest = HashMap::<char, String>::new();
        for _ in 0..draw(8) + 1 {
            for _ in 0..draw(6) {
                let mut records = Vec::new();
                for _ in 0..=draw(4) {
                    let key = char::from(b'a' + u8::try_from(draw(5)).unwrap());
                    let value = if draw(4) == 0 { String::new() } else { draw(100).to_string() };
                    newest.insert(key, value.clone());
                    records.push(format!("{key}{value}"));
                }
                batches.push(batch(next, &records.join(",")));
                next = batches.last().unwrap().header().next_offset();
            }
            now += i64::from(draw(400));
            let keys_max = u64::from(draw(6)) + 1;
            let setup = Setup { dirty_from, keys_max, now, ..FIRST };
            if dirty_from < next {
                (batches, dirty_from) = setup.clean(&batches);
            }
            let mut read = HashMap::<char, String>::new();
            for word in shown(&batches).split(' ').filter(|word| word.contains(':')) {
                let record = word.split_once(':').unwrap().1;
                read.insert(record.chars().next().unwrap(), record[1..].to_owned());
            }
            for (key, value) in &newest {
                match read.get(key) {
                    Some(found) => assert_eq!(found, value),
                    None => assert!(value.is_empty(), "{key} is gone"),
                }
            }
        }
    }
}
