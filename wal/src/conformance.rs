//! The suite that every backend passes: one test for each guarantee numbered at [`Wal`].
//!
//! A backend under test is a [`Subject`]; [`check_all`] makes a new one for each guarantee.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use crate::{
    DurableGroup, Entry, Location, Owner, Position, ReadError, Recovered, Recovering, Sink, Wal,
    WalError, WalSettings,
};

mod ear;

pub use ear::{Ear, Heard};

/// A log of its own, that can be recovered again and again.
#[async_trait]
pub trait Subject: Sync {
    /// Recovers the log, with [`settings`].
    async fn recover(&self, trim: Position) -> Result<Box<dyn Recovering<u64>>, WalError>;

    /// The next write or sync fails. Returns false if this subject cannot do that.
    fn fail_next_write(&self) -> bool;

    /// Counts the operations on the medium, if this subject can.
    fn operations(&self) -> Option<u64>;
}

/// What subjects are recovered with: small bounds, which the suite reaches.
#[must_use]
pub fn settings() -> WalSettings {
    WalSettings {
        in_flight_bytes_max: 16 << 10,
        group_bytes_max: 4 << 10,
        ..WalSettings::default()
    }
}

/// Where a log begins, for tests that know its trim position alone: until the first trim there may
/// be no log yet.
#[must_use]
pub fn begins(trim: Position) -> Option<Position> {
    (trim > Position(0)).then_some(trim)
}

/// Whose the logs of tests are.
pub const OWNER: Owner = Owner(*b"the logs of tests...");

/// Runs the whole suite.
pub async fn check_all<S: Subject>(new: impl AsyncFn() -> S) {
    entries_become_durable_in_order(&new().await).await;
    what_was_heard_is_recovered(&new().await).await;
    recovery_returns_a_prefix(&new().await).await;
    trim_keeps_what_lies_past_it(&new().await).await;
    missing_positions_are_named(&new().await).await;
    entries_are_read_back_as_appended_or_not_at_all(&new().await).await;
    bytes_in_flight_are_bounded(&new().await).await;
    after_a_failed_write_nothing_becomes_durable(&new().await).await;
    after_a_panic_nothing_becomes_durable(&new().await).await;
    a_log_at_rest_does_no_work(&new().await).await;
    one_handle_at_a_time(&new().await).await;
    appends_after_close_are_refused(&new().await).await;
}

/// The entry that a number stands for: its size and its bytes follow from it.
#[must_use]
pub fn entry(number: u64) -> Entry {
    let scattered = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let payload_length = usize::try_from(scattered >> 32).expect("32 bits") % 1500;
    let header_length = 8 + usize::try_from(scattered & 31).expect("5 bits");
    let fill = |salt: u64, length: usize| {
        let mut word = scattered ^ salt;
        let mut bytes = Vec::with_capacity(length + 8);
        while bytes.len() < length {
            word = word.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(salt);
            bytes.extend_from_slice(&word.rotate_left(29).to_le_bytes());
        }
        bytes.truncate(length);
        bytes
    };
    let mut header = number.to_le_bytes().to_vec();
    header.extend(fill(1, header_length - 8));
    let payload = Bytes::from(fill(2, payload_length));
    let payload_crc32c = crc32c::crc32c(&payload);
    Entry { header: header.into(), payload, payload_crc32c }
}

/// The number that an entry's header was made from.
#[must_use]
pub fn number(header: &[u8]) -> u64 {
    let number = header.first_chunk().expect("headers of the suite begin with their number");
    u64::from_le_bytes(*number)
}

/// Reserves and appends.
///
/// # Errors
/// When the log has stopped.
pub async fn append(wal: &dyn Wal<u64>, entry: Entry, context: u64) -> Result<(), WalError> {
    let permit = wal.reserve(entry.bytes()).await?;
    wal.append(entry, permit, context).map_err(|(error, _)| error)
}

/// Fails unless the recovered entries are those of the numbers, headers and payloads.
pub async fn check_content(
    wal: &dyn Wal<u64>,
    recovered: &[Recovered],
    numbers: impl Iterator<Item = u64>,
) {
    let found: Vec<u64> = recovered.iter().map(|entry| number(&entry.header)).collect();
    assert_eq!(found, numbers.collect::<Vec<_>>());
    for found in recovered {
        let expect = entry(number(&found.header));
        assert_eq!(found.header, expect.header);
        assert_eq!(wal.read(found.location).await.expect("readable"), expect.payload);
    }
}

async fn open(subject: &impl Subject, trim: Position) -> (Arc<dyn Wal<u64>>, Ear, Vec<Recovered>) {
    let mut recovering = subject.recover(trim).await.expect("it recovers");
    let entries = recovering.take_entries();
    assert!(recovering.take_entries().is_empty(), "entries are handed out once");
    let ear = Ear::default();
    (recovering.start(Box::new(ear.clone())), ear, entries)
}

async fn append_all(wal: &dyn Wal<u64>, numbers: std::ops::Range<u64>) {
    for number in numbers {
        append(wal, entry(number), number).await.expect("the log works");
    }
}

/// Guarantee 1.
async fn entries_become_durable_in_order(subject: &impl Subject) {
    let (wal, ear, _) = open(subject, Position(0)).await;
    append_all(&*wal, 0..300).await;
    ear.wait_for(300).await;
    let heard = ear.heard();
    let contexts: Vec<u64> = heard.durable.iter().map(|(_, context)| *context).collect();
    assert_eq!(contexts, (0..300).collect::<Vec<_>>());
    assert!(heard.durable.is_sorted_by(|(a, _), (b, _)| a.position < b.position));
    wal.close().await.expect("it closes");
    assert!(ear.heard().stopped.is_none(), "a close is no failure");
}

/// Guarantee 2, over several recoveries, and positions go on.
async fn what_was_heard_is_recovered(subject: &impl Subject) {
    let mut end = Position(0);
    for round in 0..4 {
        let (wal, ear, recovered) = open(subject, Position(0)).await;
        check_content(&*wal, &recovered, 0..round * 50).await;
        append_all(&*wal, round * 50..(round + 1) * 50).await;
        ear.wait_for(50).await;
        let heard = ear.heard();
        assert!(heard.durable[0].0.position >= end, "positions never restart");
        end = heard.end.expect("groups were heard of");
        wal.close().await.expect("it closes");
    }
    let recovering = subject.recover(Position(0)).await.expect("it recovers");
    assert_eq!(recovering.end(), end);
}

/// Guarantee 3: a handle that is dropped with entries in flight.
async fn recovery_returns_a_prefix(subject: &impl Subject) {
    let (wal, ear, _) = open(subject, Position(0)).await;
    append_all(&*wal, 0..40).await;
    ear.wait_for(10).await;
    wal.close().await.expect("it closes");
    let heard = u64::try_from(ear.heard().durable.len()).expect("few");
    let (wal, _, recovered) = open(subject, Position(0)).await;
    assert_eq!(heard, 40, "close waits for everything appended");
    check_content(&*wal, &recovered, 0..heard).await;
    wal.close().await.expect("it closes");
}

/// Guarantee 4.
async fn trim_keeps_what_lies_past_it(subject: &impl Subject) {
    let (wal, ear, _) = open(subject, Position(0)).await;
    append_all(&*wal, 0..300).await;
    ear.wait_for(300).await;
    let places: Vec<Location> = ear.heard().durable.into_iter().map(|(place, _)| place).collect();
    for (kept, place) in places.iter().enumerate().step_by(70) {
        wal.trim(place.position).await.expect("it trims");
        for (number, place) in places.iter().enumerate() {
            match wal.read(*place).await {
                Ok(payload) => assert_eq!(payload, entry(number as u64).payload),
                Err(ReadError::Trimmed(_)) => assert!(number < kept, "{number} is kept"),
                Err(error) => panic!("{number}: {error}"),
            }
        }
    }
    // A trim that lies behind changes nothing.
    wal.trim(places[3].position).await.expect("it trims");
    wal.close().await.expect("it closes");
    let (wal, _, recovered) = open(subject, places[280].position).await;
    check_content(&*wal, &recovered, 280..300).await;
    let end = ear.heard().end.expect("groups were heard of");
    wal.trim(end).await.expect("it trims");
    wal.close().await.expect("it closes");
    let (wal, ear, recovered) = open(subject, end).await;
    assert!(recovered.is_empty());
    append_all(&*wal, 7..9).await;
    ear.wait_for(2).await;
    wal.close().await.expect("it closes");
    let (wal, _, recovered) = open(subject, end).await;
    check_content(&*wal, &recovered, 7..9).await;
    wal.close().await.expect("it closes");
}

/// The reverse of guarantee 2: what should be there and is not is no empty log.
async fn missing_positions_are_named(subject: &impl Subject) {
    let wanted = Position(1 << 40);
    match subject.recover(wanted).await.map(|_| ()) {
        Err(WalError::Missing { missing, .. }) => assert_eq!(missing, Position(0)..wanted),
        other => panic!("{other:?}"),
    }
}

/// Guarantee 5.
async fn entries_are_read_back_as_appended_or_not_at_all(subject: &impl Subject) {
    let (wal, ear, _) = open(subject, Position(0)).await;
    append_all(&*wal, 0..100).await;
    ear.wait_for(100).await;
    for (place, number) in ear.heard().durable {
        assert_eq!(wal.read(place).await.expect("it is there"), entry(number).payload);
        let beside = Location { payload_length: place.payload_length + 1, ..place };
        wal.read(beside).await.expect_err("another length");
        let behind = Location { position: Position(place.position.0 + (1 << 40)), ..place };
        wal.read(behind).await.expect_err("past the durable end");
    }
    wal.close().await.expect("it closes");
}

/// Guarantee 6.
async fn bytes_in_flight_are_bounded(subject: &impl Subject) {
    let (wal, ear, _) = open(subject, Position(0)).await;
    let bound = settings().in_flight_bytes_max;
    let mut first = wal.reserve(bound / 2).await.expect("there is room");
    let second = wal.reserve(bound / 2).await.expect("there is room");
    let one_more = |patience| tokio::time::timeout(patience, wal.reserve(1));
    one_more(Duration::from_millis(1)).await.map(drop).expect_err("the room is taken");
    let part = first.split(entry(5).bytes()).expect("there is room");
    wal.append(entry(5), part, 5).expect("the log works");
    ear.wait_for(1).await;
    // Listeners may hear of it before.
    let given_back = one_more(Duration::from_secs(30)).await;
    drop(given_back.expect("what became durable leaves room"));
    drop((first, second));
    // An entry that is larger than the room has all of it.
    let payload = Bytes::from(vec![7; 2 * bound]);
    let payload_crc32c = crc32c::crc32c(&payload);
    let large = Entry { header: Bytes::from_static(b"large"), payload, payload_crc32c };
    append(&*wal, large.clone(), 6).await.expect("it fits");
    ear.wait_for(2).await;
    assert_eq!(wal.read(ear.heard().durable[1].0).await.expect("it is there"), large.payload);
    drop(wal.reserve(bound).await.expect("all room is free again"));
    wal.close().await.expect("it closes");
    wal.reserve(1).await.expect_err("a closed log has no room");
}

/// Guarantee 7, failure.
async fn after_a_failed_write_nothing_becomes_durable(subject: &impl Subject) {
    let (wal, ear, _) = open(subject, Position(0)).await;
    append_all(&*wal, 0..20).await;
    ear.wait_for(20).await;
    if !subject.fail_next_write() {
        return wal.close().await.expect("it closes");
    }
    append(&*wal, entry(20), 20).await.expect("the log does not know yet");
    ear.wait_for(usize::MAX).await;
    let heard = ear.heard();
    let (error, unresolved) = heard.stopped.expect("the log has stopped");
    assert!(matches!(error, WalError::Io { .. }), "{error}");
    assert_eq!((heard.durable.len(), unresolved), (20, vec![20]));
    append(&*wal, entry(21), 21).await.expect_err("the log has stopped");
    wal.trim(Position(0)).await.expect_err("the log has stopped");
    wal.close().await.expect_err("the log had stopped by itself");
    let (place, number) = heard.durable[3];
    assert_eq!(wal.read(place).await.expect("still there"), entry(number).payload);
    drop(wal);
    let (wal, _, recovered) = open(subject, Position(0)).await;
    let found = u64::try_from(recovered.len()).expect("few");
    assert!((20..=21).contains(&found), "{found} entries");
    check_content(&*wal, &recovered, 0..found).await;
    wal.close().await.expect("it closes");
}

/// Hears of the first few entries, and panics at the next one.
struct Clumsy {
    ear: Ear,
    good: u64,
}

impl Sink<u64> for Clumsy {
    fn durable(&mut self, group: DurableGroup<u64>) {
        assert!(group.entries.iter().all(|(_, number)| *number < self.good), "as it shall");
        self.ear.durable(group);
    }

    fn stopped(&mut self, error: &WalError, unresolved: Vec<u64>) {
        self.ear.stopped(error, unresolved);
    }
}

/// Guarantee 7, where a panic does not end the process: nobody waits for what never comes.
async fn after_a_panic_nothing_becomes_durable(subject: &impl Subject) {
    let ear = Ear::default();
    let recovering = subject.recover(Position(0)).await.expect("it is new");
    let wal = recovering.start(Box::new(Clumsy { ear: ear.clone(), good: 5 }));
    append_all(&*wal, 0..5).await;
    ear.wait_for(5).await;
    let all = wal.reserve(settings().in_flight_bytes_max).await.expect("it is free");
    let waiting = wal.reserve(1);
    let appending = async { wal.append(entry(5), all, 5).expect("the log does not know yet") };
    let (waited, ()) = tokio::join!(waiting, appending);
    assert!(matches!(waited, Err(WalError::Panicked)), "{waited:?}");
    ear.wait_for(usize::MAX).await;
    let (error, _) = ear.heard().stopped.expect("the log has stopped");
    assert!(matches!(error, WalError::Panicked), "{error}");
    append(&*wal, entry(6), 6).await.expect_err("the log has stopped");
    wal.trim(Position(0)).await.expect_err("the log has stopped");
    wal.close().await.expect_err("the log had stopped by itself");
    drop(wal);
    let (wal, _, recovered) = open(subject, Position(0)).await;
    check_content(&*wal, &recovered, 0..6).await;
    wal.close().await.expect("it closes");
}

/// Guarantee 8. With a paused clock, an hour goes by in no time.
async fn a_log_at_rest_does_no_work(subject: &impl Subject) {
    let (wal, ear, _) = open(subject, Position(0)).await;
    append_all(&*wal, 0..5).await;
    ear.wait_for(5).await;
    if subject.operations().is_some() {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let before = subject.operations();
        tokio::time::sleep(Duration::from_secs(3600)).await;
        assert_eq!(subject.operations(), before);
    }
    wal.close().await.expect("it closes");
}

/// A second recovery is refused, or fences the first handle; never do both write.
async fn one_handle_at_a_time(subject: &impl Subject) {
    let (first, first_ear, _) = open(subject, Position(0)).await;
    append_all(&*first, 0..3).await;
    first_ear.wait_for(3).await;
    match subject.recover(Position(0)).await {
        Err(WalError::Locked { .. }) => {
            append_all(&*first, 3..6).await;
            first_ear.wait_for(6).await;
            first.close().await.expect("it closes");
        }
        Err(error) => panic!("{error}"),
        Ok(second) => {
            let ear = Ear::default();
            let second = second.start(Box::new(ear.clone()));
            append_all(&*second, 3..6).await;
            ear.wait_for(3).await;
            append(&*first, entry(9), 9).await.expect("the first does not know yet");
            first_ear.wait_for(usize::MAX).await;
            let (error, unresolved) = first_ear.heard().stopped.expect("it has stopped");
            assert!(matches!(error, WalError::Fenced), "{error}");
            assert_eq!(unresolved, [9]);
            second.close().await.expect("it closes");
        }
    }
    let (wal, _, recovered) = open(subject, Position(0)).await;
    check_content(&*wal, &recovered, 0..6).await;
    wal.close().await.expect("it closes");
}

async fn appends_after_close_are_refused(subject: &impl Subject) {
    let (wal, _, _) = open(subject, Position(0)).await;
    let permit = wal.reserve(entry(1).bytes()).await.expect("there is room");
    wal.close().await.expect("it closes");
    let (error, context) = wal.append(entry(1), permit, 1).expect_err("closed");
    assert!(matches!(error, WalError::Closed) && context == 1, "{error}");
    wal.close().await.expect("a second close finds it closed");
    wal.trim(Position(0)).await.expect_err("closed");
}
