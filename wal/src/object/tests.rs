//! The suite of all backends, on the object backend, and what is special to it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutPayload};
use tokio::time::Instant;

use super::scripted::{CountingStore, PutTakes};
use super::sequence::{Sequence, key};
use super::*;
use crate::conformance::{self, Ear, OWNER, Subject, append, check_content, entry};
use crate::{Location, ReadError};

mod slow;

/// A log in a store, with what the metadata would know of it.
struct InStore {
    wal: ObjectWal,
    store: Arc<CountingStore>,
    parts: Mutex<Vec<LogPart>>,
    epochs: AtomicU64,
    /// Whether time is paused, so that an hour at rest takes none.
    is_paused: bool,
}

impl InStore {
    fn new(settings: ObjectWalSettings, is_paused: bool) -> Self {
        Self::slow(settings, is_paused, |_, _| Some(Duration::ZERO))
    }

    fn slow(settings: ObjectWalSettings, is_paused: bool, put_takes: PutTakes) -> Self {
        let store = Arc::new(CountingStore::new(put_takes));
        let wal = ObjectWal::new(store.clone(), Path::from("wal/root"), OWNER, settings);
        Self { wal, store, parts: Mutex::default(), epochs: AtomicU64::new(1), is_paused }
    }
}

fn settings() -> ObjectWalSettings {
    ObjectWalSettings {
        wal: conformance::settings(),
        puts_per_second_max: 0,
        ..ObjectWalSettings::default()
    }
}

#[async_trait]
impl Subject for InStore {
    async fn recover(&self, trim: Position) -> Result<Box<dyn Recovering<u64>>, WalError> {
        let parts = self.parts.lock().unwrap().clone();
        let end = match parts.last() {
            Some(last) => self.wal.seal(*last, trim).await?,
            None => Position(0),
        };
        let epoch = self.epochs.fetch_add(1, Ordering::Relaxed);
        let recovery = self.wal.recover(&parts, end, trim, epoch).await?;
        self.parts.lock().unwrap().push(LogPart { epoch, begins: end });
        Ok(Box::new(recovery))
    }

    fn fail_next_write(&self) -> bool {
        false
    }

    fn operations(&self) -> Option<u64> {
        self.is_paused.then(|| self.store.requests())
    }
}

#[tokio::test(start_paused = true)]
async fn conforms() {
    conformance::check_all(async || InStore::new(settings(), true)).await;
}

#[tokio::test(start_paused = true)]
async fn conforms_within_a_budget() {
    let budget = ObjectWalSettings { puts_per_second_max: 20, ..settings() };
    conformance::check_all(async || InStore::new(budget.clone(), true)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conforms_on_many_threads() {
    conformance::check_all(async || InStore::new(settings(), false)).await;
}

/// A store with a log, each of whose entries is an object.
struct Shelf {
    store: Arc<InMemory>,
    wal: ObjectWal,
}

const FIRST: LogPart = LogPart { epoch: 1, begins: Position(0) };
const ROOT: &str = "wal/root";

impl Shelf {
    fn new() -> Self {
        let store = Arc::new(InMemory::new());
        let settings = ObjectWalSettings { object_bytes_max: 1, ..settings() };
        let wal = ObjectWal::new(store.clone(), Path::from(ROOT), OWNER, settings);
        Self { store, wal }
    }

    fn key(epoch: u64, sequence: u64) -> Path {
        key(&Path::from(ROOT), epoch, Sequence(sequence))
    }

    /// Goes on after `parts`, which end at `end`, and writes these entries.
    async fn write(
        &self,
        parts: &[LogPart],
        end: Position,
        epoch: u64,
        numbers: std::ops::Range<u64>,
    ) -> (Arc<dyn Wal<u64>>, Vec<Location>) {
        let recovery = self.wal.recover(parts, end, Position(0), epoch).await.unwrap();
        let ear = Ear::default();
        let log: Arc<dyn Wal<u64>> = Box::new(recovery).start(Box::new(ear.clone()));
        for number in numbers.clone() {
            append(&*log, entry(number), number).await.unwrap();
        }
        ear.wait_for(numbers.count()).await;
        let places = ear.heard().durable.into_iter().map(|(place, _)| place).collect();
        (log, places)
    }

    async fn exists(&self, key: &Path) -> bool {
        self.store.head(key).await.is_ok()
    }
}

fn at(sequence: u64) -> Position {
    Sequence(sequence).begins()
}

#[tokio::test(start_paused = true)]
async fn a_part_ends_where_its_objects_do() {
    let shelf = Shelf::new();
    let (log, _) = shelf.write(&[], Position(0), 1, 0..6).await;
    // A PUT that never arrived, and two behind it that did: nothing of the three was acknowledged.
    let unproven = shelf.store.get(&Shelf::key(1, 2)).await.unwrap().bytes().await.unwrap();
    drop(log);
    shelf.store.delete(&Shelf::key(1, 3)).await.unwrap();
    for late in [4, 5] {
        // As if they were sent when nothing behind the gap was durable.
        let mut label = format::Label::decode(unproven.first_chunk().unwrap()).unwrap();
        label.origin.sequence = Sequence(late);
        let object = format::encode(label.origin, &[entry(late)]);
        let payload = PutPayload::from_iter(object.parts);
        shelf.store.put(&Shelf::key(1, late), payload).await.unwrap();
    }
    for _ in 0..2 {
        assert_eq!(shelf.wal.seal(FIRST, Position(0)).await.unwrap(), at(3));
    }
    let mut recovery = shelf.wal.recover(&[FIRST], at(3), at(1), 2).await.unwrap();
    let found = Recovering::<u64>::take_entries(&mut recovery);
    let log = Box::new(recovery).start(Box::new(Ear::default()));
    check_content(&*log, &found, 1..3).await;
}

#[tokio::test(start_paused = true)]
async fn what_was_durable_and_is_gone_is_named_and_nothing_is_sealed() {
    let shelf = Shelf::new();
    let recovery = shelf.wal.recover(&[], Position(0), Position(0), 1).await.unwrap();
    let ear = Ear::default();
    let log: Arc<dyn Wal<u64>> = Box::new(recovery).start(Box::new(ear.clone()));
    for number in 0..8 {
        append(&*log, entry(number), number).await.unwrap();
        ear.wait_for(usize::try_from(number).unwrap() + 1).await;
    }
    drop(log);
    shelf.store.delete(&Shelf::key(1, 3)).await.unwrap();
    match shelf.wal.seal(FIRST, at(1)).await {
        Err(WalError::Missing { missing, .. }) => assert_eq!(missing, at(3)..at(4)),
        other => panic!("{other:?}"),
    }
    assert!(!shelf.exists(&Shelf::key(1, 3)).await && !shelf.exists(&Shelf::key(1, 8)).await);
    match shelf.wal.recover(&[FIRST], at(8), at(1), 2).await.map(drop) {
        Err(WalError::Missing { missing, .. }) => assert_eq!(missing, at(3)..at(4)),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn epochs_are_one_log() {
    let shelf = Shelf::new();
    let (first, mut places) = shelf.write(&[], Position(0), 1, 0..3).await;
    let mut parts = vec![FIRST];
    let mut end = shelf.wal.seal(FIRST, Position(0)).await.unwrap();
    // An epoch that wrote nothing.
    parts.push(LogPart { epoch: 2, begins: end });
    assert_eq!(shelf.wal.seal(parts[1], Position(0)).await.unwrap(), end);
    let (second, more) = shelf.write(&parts, end, 3, 3..5).await;
    places.extend(more);
    parts.push(LogPart { epoch: 3, begins: end });
    end = shelf.wal.seal(parts[2], Position(0)).await.unwrap();
    assert_eq!(end, at(5));
    let mut recovery = shelf.wal.recover(&parts, end, Position(0), 4).await.unwrap();
    let found = Recovering::<u64>::take_entries(&mut recovery);
    let log: Arc<dyn Wal<u64>> = Box::new(recovery).start(Box::new(Ear::default()));
    check_content(&*log, &found, 0..5).await;
    log.trim(places[4].position).await.unwrap();
    log.close().await.unwrap();
    let left: Vec<_> = [(1, 0), (1, 2), (1, 3), (2, 3), (3, 3), (3, 4), (3, 5)].into();
    let mut stays = Vec::new();
    for (epoch, sequence) in left {
        stays.push(shelf.exists(&Shelf::key(epoch, sequence)).await);
    }
    // The seals, and what is not trimmed.
    assert_eq!(stays, [false, false, true, true, false, true, true]);
    assert!(matches!(log.read(places[3]).await, Err(ReadError::Trimmed(_))));
    log.read(places[4]).await.unwrap();
    drop((first, second));
}

#[tokio::test(start_paused = true)]
async fn what_a_trim_left_behind_goes_at_the_next_start() {
    let shelf = Shelf::new();
    let (log, _) = shelf.write(&[], Position(0), 1, 0..5).await;
    drop(log);
    let end = shelf.wal.seal(FIRST, at(3)).await.unwrap();
    let recovery = shelf.wal.recover(&[FIRST], end, at(3), 2).await.unwrap();
    let log: Arc<dyn Wal<u64>> = Box::new(recovery).start(Box::new(Ear::default()));
    tokio::time::sleep(Duration::from_secs(1)).await;
    for (sequence, stays) in [(0, false), (2, false), (3, true), (5, true)] {
        assert_eq!(shelf.exists(&Shelf::key(1, sequence)).await, stays, "{sequence}");
    }
    log.close().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_is_no_object_of_this_log_is_named() {
    async fn check(change: impl FnOnce(&mut Vec<u8>), expect: &str) {
        let shelf = Shelf::new();
        let (log, _) = shelf.write(&[], Position(0), 1, 0..3).await;
        drop(log);
        let end = shelf.wal.seal(FIRST, Position(0)).await.unwrap();
        let there = shelf.store.get(&Shelf::key(1, 1)).await.unwrap().bytes().await.unwrap();
        let mut bytes = there.to_vec();
        change(&mut bytes);
        shelf.store.put(&Shelf::key(1, 1), PutPayload::from(bytes)).await.unwrap();
        let found = shelf.wal.recover(&[FIRST], end, Position(0), 2).await.map(drop);
        let error = found.unwrap_err().to_string();
        assert!(error.contains(expect) && error.contains("00000000000000000001"), "{error}");
    }
    check(|bytes| bytes.truncate(50), "too short").await;
    check(|bytes| bytes.push(7), "no object of a log").await;
    check(
        |bytes| {
            let at = bytes.len() - 80;
            bytes[at] ^= 1;
        },
        "does not match its checksum",
    )
    .await;
    check(
        |bytes| {
            let at = bytes.len() - 100;
            bytes[at] ^= 1;
        },
        "its table does not match",
    )
    .await;
    let shelf = Shelf::new();
    let (log, _) = shelf.write(&[], Position(0), 1, 0..3).await;
    drop(log);
    let other = Owner(*b"somebody else's logs");
    let others = ObjectWal::new(shelf.store.clone(), Path::from(ROOT), other, settings());
    let found = others.recover(&[FIRST], at(3), Position(0), 2).await.map(drop);
    assert!(matches!(found, Err(WalError::Foreign { .. })), "{found:?}");
}

#[tokio::test(start_paused = true)]
async fn a_budget_bounds_the_requests_and_a_lone_record_waits_for_nobody() {
    let settings = ObjectWalSettings { puts_per_second_max: 4, ..ObjectWalSettings::default() };
    let subject = InStore::new(settings, true);
    let recovering = subject.recover(Position(0)).await.unwrap();
    let ear = Ear::default();
    let log = recovering.start(Box::new(ear.clone()));
    let start = Instant::now();
    append(&*log, entry(0), 0).await.unwrap();
    ear.wait_for(1).await;
    assert_eq!(start.elapsed(), Duration::ZERO);
    let before = subject.store.requests();
    for number in 1..2000 {
        append(&*log, entry(number % 3), number).await.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    ear.wait_for(2000).await;
    let sent = subject.store.requests() - before;
    assert!((38..=45).contains(&sent), "{sent} requests in ten seconds");
    log.close().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_object_that_is_none_is_named_before_anything_is_sealed() {
    let shelf = Shelf::new();
    let (log, _) = shelf.write(&[], Position(0), 1, 0..3).await;
    drop(log);
    shelf.store.put(&Shelf::key(1, 3), PutPayload::new()).await.unwrap();
    let error = shelf.wal.seal(FIRST, Position(0)).await.unwrap_err().to_string();
    assert!(error.contains("too short") && error.contains("00000000000000000003"), "{error}");
    assert!(!shelf.exists(&Shelf::key(1, 4)).await);
}

/// Also what lies below it in epochs whose parts are trimmed to their ends.
#[tokio::test(start_paused = true)]
async fn no_epoch_leaves_anything_behind_but_its_seal() {
    let shelf = Shelf::new();
    let (log, _) = shelf.write(&[], Position(0), 1, 0..3).await;
    drop(log);
    let end = shelf.wal.seal(FIRST, Position(0)).await.unwrap();
    let (log, _) = shelf.write(&[FIRST], end, 2, 3..5).await;
    drop(log);
    let second = LogPart { epoch: 2, begins: end };
    let end = shelf.wal.seal(second, at(4)).await.unwrap();
    let recovery = shelf.wal.recover(&[second], end, at(4), 3).await.unwrap();
    let log: Arc<dyn Wal<u64>> = Box::new(recovery).start(Box::new(Ear::default()));
    tokio::time::sleep(Duration::from_secs(1)).await;
    for (epoch, sequence, stays) in [(1, 0, false), (1, 3, true), (2, 3, false), (2, 4, true)] {
        let key = Shelf::key(epoch, sequence);
        assert_eq!(shelf.exists(&key).await, stays, "{key}");
    }
    log.close().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_log_that_was_begun_is_missed_where_it_is_not() {
    let shelf = Shelf::new();
    assert!(!shelf.wal.is_begun().await.unwrap());
    for _ in 0..2 {
        shelf.wal.begin().await.unwrap();
        assert!(shelf.wal.is_begun().await.unwrap());
    }
    let other = Owner(*b"somebody else's logs");
    let others = ObjectWal::new(shelf.store.clone(), Path::from(ROOT), other, settings());
    assert!(matches!(others.is_begun().await, Err(WalError::Foreign { .. })));
    assert!(matches!(others.begin().await, Err(WalError::Foreign { .. })));
    assert!(!shelf.wal.is_written().await.unwrap());
    let (log, _) = shelf.write(&[], Position(0), 1, 0..1).await;
    assert!(shelf.wal.is_written().await.unwrap());
    drop(log);
}

#[tokio::test(start_paused = true)]
async fn an_epoch_is_that_of_one_process() {
    let shelf = Shelf::new();
    for _ in 0..2 {
        shelf.wal.claim(7, [1; 16]).await.unwrap();
    }
    assert!(matches!(shelf.wal.claim(7, [2; 16]).await, Err(WalError::Fenced)));
    assert!(shelf.exists(&Path::from(format!("{ROOT}/00000000000000000007/claim"))).await);
    shelf.wal.claim(8, [2; 16]).await.unwrap();
}
