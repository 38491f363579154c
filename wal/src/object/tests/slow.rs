//! What is sent to a store that is slow, in part or altogether.

use bytes::Bytes;

use super::*;
use crate::Entry;
use crate::retry::HANGS_AFTER;

/// A log within a budget, in a store whose PUTs take their time.
async fn start(puts_per_second: u32, takes: PutTakes) -> (InStore, Arc<dyn Wal<u64>>, Ear) {
    let settings = ObjectWalSettings {
        puts_per_second_max: puts_per_second,
        puts_in_flight_max: PUTS_IN_FLIGHT,
        ..ObjectWalSettings::default()
    };
    let subject = InStore::slow(settings, true, takes);
    let ear = Ear::default();
    let log = subject.recover(Position(0)).await.unwrap().start(Box::new(ear.clone()));
    (subject, log, ear)
}

const PUTS_IN_FLIGHT: usize = 16;
const QUICK: Duration = Duration::from_millis(10);
const SLOW: Duration = Duration::from_millis(1_500);
const NEVER: Duration = Duration::from_secs(1_000_000);

/// Appends an entry every ten milliseconds for so many seconds, and answers how many PUTs were sent.
async fn puts_within(seconds: u64, puts_per_second: u32, takes: PutTakes) -> u64 {
    let (subject, log, ear) = start(puts_per_second, takes).await;
    for number in 0..seconds * 100 {
        append(&*log, entry(number % 3), number).await.unwrap();
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(ear.heard().stopped.is_none());
    subject.store.puts()
}

#[tokio::test(start_paused = true)]
async fn no_put_is_sent_that_is_not_paid_for() {
    let check = async |puts_per_second: u32, takes: PutTakes| {
        let puts = puts_within(30, puts_per_second, takes).await;
        let paid = u64::from(puts_per_second) * 30;
        let saved = u64::from(puts_per_second);
        assert!((paid / 2..=paid + saved).contains(&puts), "{puts} PUTs, {paid} are paid for");
    };
    check(20, |_, _| Some(QUICK)).await;
    // The tail is slow for ever: every third is worth a hedge.
    let slow_tail = |put, _| Some(if put > 100 && put % 3 == 0 { SLOW } else { QUICK });
    check(20, slow_tail).await;
    check(5, slow_tail).await;
    let every_second_fails = |put, _| (put % 2 == 0).then_some(QUICK);
    check(20, every_second_fails).await;
    check(2, every_second_fails).await;
    check(1, |_, _| None).await;
}

/// A hedge ends where the store's client begins to repeat what hangs.
#[tokio::test(start_paused = true)]
async fn what_hangs_is_not_hedged_any_more() {
    let (subject, log, ear) = start(20, |put, _| Some(if put < 20 { QUICK } else { NEVER })).await;
    for number in 0..21 {
        append(&*log, entry(0), number).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    ear.wait_for(20).await;
    let under_way = async |millis: u64, expect: u64| {
        tokio::time::sleep(Duration::from_millis(millis)).await;
        let store = &subject.store;
        assert_eq!((store.puts_under_way(), store.puts()), (expect, 22), "{millis}");
    };
    under_way(1_900, 2).await;
    under_way(100, 1).await;
    under_way(1_000_000, 1).await;
}

/// So many entries of 64 KiB each, numbered from `first` on, and as long as they take to be durable.
async fn append_large(log: &Arc<dyn Wal<u64>>, ear: &Ear, first: u64, entries: u64) -> Duration {
    let begun = Instant::now();
    let payload = Bytes::from(vec![7; 64 << 10]);
    let payload_crc32c = crc32c::crc32c(&payload);
    for number in first..first + entries {
        let header = Bytes::from_static(b"header");
        let entry = Entry { header, payload_crc32c, payload: payload.clone() };
        append(&**log, entry, number).await.unwrap();
    }
    ear.wait_for(usize::try_from(first + entries).unwrap()).await;
    begun.elapsed()
}

/// From cold, and with more than the line carries in half a minute.
#[tokio::test(start_paused = true)]
async fn a_slow_line_carries_a_backlog_without_anything_that_hangs() {
    const MIB: u64 = 1 << 20;
    let check = async |bytes_per_second: u64, takes: PutTakes| {
        let (subject, log, ear) = start(20, takes).await;
        let took = append_large(&log, &ear, 0, 512).await.as_secs();
        let ideal = 32 * MIB / bytes_per_second;
        assert!((ideal - 1..=ideal + 5).contains(&took), "{took} of {ideal} seconds");
        // Nothing was sent twice, and no object took much longer than what is taken for hanging.
        let puts = subject.store.puts();
        assert!((2..=32 * MIB / (128 << 10)).contains(&puts), "{puts} PUTs");
        assert_eq!(subject.store.requests(), puts + 1, "and a list");
        let longest = subject.store.longest_put();
        assert!(longest <= 2 * HANGS_AFTER, "{longest:?}");
    };
    check(MIB / 2, |_, bytes| Some(Duration::from_millis(bytes * 2_000 / MIB))).await;
    check(MIB, |_, bytes| Some(Duration::from_millis(bytes * 1_000 / MIB))).await;
    check(8 * MIB, |_, bytes| Some(Duration::from_millis(bytes * 125 / MIB))).await;
}

/// What a line carries easily says nothing of what more it could.
#[tokio::test(start_paused = true)]
async fn a_burst_on_a_slow_line_that_was_quiet_does_not_hang() {
    const MIB: u64 = 1 << 20;
    let half_a_mebibyte_a_second = |_, bytes| Some(Duration::from_millis(bytes * 2_000 / MIB));
    let (subject, log, ear) = start(20, half_a_mebibyte_a_second).await;
    for number in 0..6_000 {
        append(&*log, entry(number), number).await.unwrap();
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    ear.wait_for(6_000).await;
    append_large(&log, &ear, 6_000, 512).await;
    let longest = subject.store.longest_put();
    assert!(longest <= 2 * HANGS_AFTER, "{longest:?}");
}
