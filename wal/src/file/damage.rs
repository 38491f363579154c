//! Directed tests: flipped bytes, missing files, torn groups, full disks, and what recovery makes
//! of each. On damage it refuses, names the place, and changes nothing.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::*;
use crate::conformance::{Ear, OWNER, append, begins, number};
use crate::files::PowerCutFiles;
use crate::{Entry, Location, ReadError, frame};

const DIR: &str = "/wal";

fn settings() -> FileWalSettings {
    FileWalSettings { segment_bytes: 2048, first_segment_bytes: 512, ..FileWalSettings::default() }
}

fn recover(disk: &PowerCutFiles, trim: Position) -> Result<FileRecovery, WalError> {
    let files: Arc<dyn Files> = Arc::new(disk.clone());
    FileWal::recover(&files, Path::new(DIR), OWNER, begins(trim), &settings())
}

/// Recovers, and returns the numbers that were found.
fn recovered(disk: &PowerCutFiles) -> Result<Vec<u64>, WalError> {
    let entries = Recovering::<u64>::take_entries(&mut recover(disk, Position(0))?);
    Ok(entries.iter().map(|entry| number(&entry.header)).collect())
}

fn open(disk: &PowerCutFiles) -> (Arc<dyn Wal<u64>>, Ear) {
    let ear = Ear::default();
    let recovery = Box::new(recover(disk, Position(0)).unwrap());
    (recovery.start(Box::new(ear.clone())), ear)
}

fn entry(number: u64, payload_length: usize) -> Entry {
    let header = Bytes::copy_from_slice(&number.to_le_bytes());
    let payload = Bytes::from(vec![0xA5; payload_length]);
    Entry { header, payload_crc32c: crc32c::crc32c(&payload), payload }
}

fn segment(start: u64) -> PathBuf {
    Path::new(DIR).join(segment::name(Position(start)))
}

type Disk = Vec<(PathBuf, Option<Vec<u8>>)>;

fn image(disk: &PowerCutFiles) -> Disk {
    disk.paths().into_iter().map(|path| (path.clone(), disk.content(&path))).collect()
}

/// A log of several segments that came to rest and then lost its process; and where its entries
/// lie.
async fn at_rest() -> (PowerCutFiles, Vec<Location>) {
    let disk = PowerCutFiles::new(1);
    let (wal, ear) = open(&disk);
    for number in 0..12 {
        let length = usize::try_from(number * 37).unwrap();
        append(&*wal, entry(number, length), number).await.unwrap();
        ear.wait_for(usize::try_from(number).unwrap() + 1).await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    (disk.kill(), ear.heard().durable.into_iter().map(|(location, _)| location).collect())
}

/// The parts of each file that hold durable bytes.
fn durable_bytes(disk: &PowerCutFiles, end: Position) -> Vec<(PathBuf, usize)> {
    let paths = disk.paths();
    let starts: Vec<Position> =
        paths.iter().filter_map(|path| segment::start_of(path.file_name()?.to_str()?)).collect();
    assert!(starts.len() > 2, "a log of several segments");
    let ends = starts[1..].iter().copied().chain([end]);
    let used = starts.iter().zip(ends).map(|(start, end)| end.0 - start.0);
    let files = starts.iter().zip(used).map(|(start, used)| {
        (segment(start.0), segment::HEADER_BYTES + usize::try_from(used).unwrap())
    });
    files.collect()
}

#[tokio::test(start_paused = true)]
async fn every_flipped_byte_is_found_at_recovery_and_nothing_is_changed() {
    let (disk, places) = at_rest().await;
    let last = places.last().unwrap();
    let end = Position(last.position.0 + frame::frame_bytes(*last));
    let before = image(&disk);
    assert_eq!(recovered(&disk).unwrap(), (0..12).collect::<Vec<_>>());
    assert!(image(&disk) == before, "the log was marked when it came to rest");
    for (path, used) in durable_bytes(&disk, end) {
        for at in 0..used {
            let mask = 1 << (at % 8);
            disk.flip(&path, at, mask);
            let before = image(&disk);
            match recovered(&disk) {
                Err(WalError::Corrupt { place, at: found, .. }) => {
                    assert_eq!(Path::new(&place), path, "byte {at}");
                    assert!(found <= at as u64, "byte {at} was found at {found}");
                }
                other => panic!("byte {at} of {path:?}: {other:?}"),
            }
            assert!(image(&disk) == before, "recovery changed what it refused");
            disk.flip(&path, at, mask);
        }
    }
    assert_eq!(recovered(&disk).unwrap(), (0..12).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn every_flipped_byte_is_found_when_it_is_read() {
    let (disk, places) = at_rest().await;
    let (wal, _) = open(&disk);
    let (place, frame) = (places[7], usize::try_from(frame::frame_bytes(places[7])).unwrap());
    let holds = |(path, used): &(PathBuf, usize)| {
        let start = segment::start_of(path.file_name()?.to_str()?)?;
        let at = usize::try_from(place.position.0.checked_sub(start.0)?).unwrap();
        (at < *used).then(|| (path.clone(), segment::HEADER_BYTES + at))
    };
    let end = Position(u64::MAX);
    let (path, from) = durable_bytes(&disk, end).iter().rev().find_map(holds).unwrap();
    for at in from..from + frame {
        disk.flip(&path, at, 1);
        match wal.read(place).await {
            Err(ReadError::Wal(WalError::Corrupt { .. })) => {}
            other => panic!("byte {at}: {other:?}"),
        }
        disk.flip(&path, at, 1);
    }
    assert_eq!(wal.read(place).await.unwrap(), entry(7, 7 * 37).payload);
}

/// A file that was cut after the fact, as by a copy that broke off, is no torn write: wherever the
/// cut takes a byte of a frame, or the room for the mark behind the last, recovery refuses.
#[tokio::test(start_paused = true)]
async fn a_segment_that_was_cut_is_refused_wherever_it_was() {
    let (disk, places) = at_rest().await;
    let end = Position(places[11].position.0 + frame::frame_bytes(places[11]));
    let (path, used) = durable_bytes(&disk, end).pop().unwrap();
    let whole = disk.content(&path).unwrap();
    let file = disk.open(&path, crate::files::OpenMode::ReadWrite).unwrap();
    for length in 0..used + frame::HEAD_BYTES {
        file.set_len(length as u64).unwrap();
        let before = image(&disk);
        match recovered(&disk) {
            Err(WalError::Corrupt { place, .. }) => assert_eq!(Path::new(&place), path),
            other => panic!("cut at {length} of {used}: {other:?}"),
        }
        assert!(image(&disk) == before, "recovery changed what it refused");
        file.write_all_at(&[io::IoSlice::new(&whole)], 0).unwrap();
    }
    assert_eq!(recovered(&disk).unwrap(), (0..12).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn missing_positions_are_named() {
    /// Removes the segments of these indices and recovers.
    async fn check(removed: &[usize], trim: u64, expect: Option<std::ops::Range<u64>>) {
        let (disk, _) = at_rest().await;
        let paths: Vec<PathBuf> = disk.paths();
        for index in removed {
            disk.remove(&paths[*index]).unwrap();
        }
        let found = match recover(&disk, Position(trim)) {
            Ok(_) => None,
            Err(WalError::Missing { missing, .. }) => Some(missing.start.0..missing.end.0),
            Err(error) => panic!("{error}"),
        };
        assert_eq!(found, expect, "without {removed:?}, from {trim}");
    }
    let (disk, places) = at_rest().await;
    let starts: Vec<u64> = disk
        .paths()
        .iter()
        .map(|path| segment::start_of(path.file_name().unwrap().to_str().unwrap()).unwrap().0)
        .collect();
    let end = places[11].position.0 + frame::frame_bytes(places[11]);
    assert_eq!(starts.len(), 3);
    check(&[], 0, None).await;
    check(&[0], 0, Some(0..starts[1])).await;
    check(&[0], starts[1] - 1, Some(starts[1] - 1..starts[1])).await;
    check(&[0], starts[1], None).await;
    check(&[1], 0, Some(starts[1]..starts[2])).await;
    check(&[1], starts[2], None).await;
    check(&[0, 1, 2], 0, None).await;
    check(&[0, 1, 2], 1, Some(0..1)).await;
    check(&[0, 1, 2], end, Some(0..end)).await;
    check(&[], end, None).await;
    check(&[], end + 1, Some(end..end + 1)).await;
}

#[tokio::test(start_paused = true)]
async fn a_log_that_was_begun_is_not_begun_again() {
    let disk = PowerCutFiles::new(1);
    let files: Arc<dyn Files> = Arc::new(disk.clone());
    let recover = |begins| FileWal::recover(&files, Path::new(DIR), OWNER, begins, &settings());
    let check_refused = || {
        assert!(matches!(recover(Some(Position(0))), Err(WalError::Gone { .. })));
        match recover(Some(Position(9))) {
            Err(WalError::Missing { missing, .. }) => assert_eq!(missing, Position(0)..Position(9)),
            other => panic!("{:?}", other.map(drop)),
        }
    };
    check_refused();
    drop(recover(None).unwrap());
    drop(recover(Some(Position(0))).unwrap());
    for path in disk.paths() {
        disk.remove(&path).unwrap();
    }
    check_refused();
}

/// The power goes when a group of two is written; the first loses its head.
#[tokio::test(start_paused = true)]
async fn no_piece_of_a_torn_group_comes_back() {
    let disk = PowerCutFiles::new(1);
    let (wal, ear) = open(&disk);
    append(&*wal, entry(0, 20), 0).await.unwrap();
    ear.wait_for(1).await;
    disk.stop_at(2);
    append(&*wal, entry(1, 20), 1).await.unwrap();
    append(&*wal, entry(2, 20), 2).await.unwrap();
    ear.wait_for(usize::MAX).await;
    let disk = disk.kill();
    let torn = segment::HEADER_BYTES + frame::HEAD_BYTES + 8 + 20;
    disk.flip(&segment(0), torn, 1);
    assert_eq!(recovered(&disk).unwrap(), [0]);
    let disk = disk.kill();
    let (wal, ear) = open(&disk);
    append(&*wal, entry(3, 20), 3).await.unwrap();
    ear.wait_for(1).await;
    let disk = disk.kill();
    assert_eq!(recovered(&disk).unwrap(), [0, 3]);
}

/// A group that is in the kernel's cache only when its process dies may be recovered and handed
/// out, and it may be lost; a recovery that is itself cut short must not make damage of it.
#[tokio::test(start_paused = true)]
async fn a_recovery_that_is_cut_short_is_made_again() {
    for seed in 0..200 {
        let disk = PowerCutFiles::new(seed);
        let (wal, ear) = open(&disk);
        append(&*wal, entry(0, 20), 0).await.unwrap();
        ear.wait_for(1).await;
        disk.stop_at(2);
        append(&*wal, entry(1, 20), 1).await.unwrap();
        ear.wait_for(usize::MAX).await;
        let disk = disk.kill();
        disk.stop_at(1 + seed % 6);
        let first = recovered(&disk);
        let second = recovered(&disk.crash()).unwrap();
        assert!(second == [0] || second == [0, 1], "{second:?}");
        if let Ok(first) = first {
            assert_eq!((&*first, &*second), (&[0, 1][..], &[0, 1][..]), "it was handed out");
        }
    }
}

/// The limit of what can be known: while nothing follows the last group, not even a mark, damage
/// to it cannot be told from a torn write.
#[tokio::test(start_paused = true)]
async fn damage_to_the_last_group_before_it_is_marked_is_a_torn_write() {
    let disk = PowerCutFiles::new(1);
    let (wal, ear) = open(&disk);
    for number in 0..2 {
        append(&*wal, entry(number, 20), number).await.unwrap();
        ear.wait_for(usize::try_from(number).unwrap() + 1).await;
    }
    let disk = disk.kill();
    disk.flip(&segment(0), segment::HEADER_BYTES + frame::HEAD_BYTES + 8 + 20 + 3, 1);
    assert_eq!(recovered(&disk).unwrap(), [0]);
}

#[tokio::test(start_paused = true)]
async fn a_start_that_is_cut_short_is_started_again() {
    for change in 1.. {
        let disk = PowerCutFiles::new(change);
        disk.stop_at(change);
        let done = recover(&disk, Position(0)).is_ok();
        let disk = if change % 2 == 0 { disk.crash() } else { disk.kill() };
        let (wal, ear) = open(&disk);
        append(&*wal, entry(1, 20), 1).await.unwrap();
        ear.wait_for(1).await;
        assert_eq!(recovered(&disk.crash()).unwrap(), [1]);
        if done {
            break;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_log_that_was_closed_is_opened_without_a_write() {
    let (disk, _) = at_rest().await;
    let (wal, _) = open(&disk);
    wal.close().await.unwrap();
    drop(wal);
    let (before, changes) = (image(&disk), disk.changes());
    assert_eq!(recovered(&disk).unwrap().len(), 12);
    assert!(image(&disk) == before);
    assert_eq!(disk.changes() - changes, 1, "the folder is synced, and that is all");
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_stops_the_log_and_loses_nothing() {
    let disk = PowerCutFiles::new(1);
    disk.set_capacity(3000);
    let (wal, ear) = open(&disk);
    let mut number = 0;
    while append(&*wal, entry(number, 100), number).await.is_ok() {
        number += 1;
        ear.wait_for(usize::try_from(number).unwrap()).await;
    }
    let (error, _) = ear.heard().stopped.unwrap();
    assert!(matches!(error, WalError::Io { action: "extend", .. }), "{error}");
    let heard = u64::try_from(ear.heard().durable.len()).unwrap();
    assert!(heard > 10);
    let disk = disk.kill();
    disk.set_capacity(u64::MAX);
    assert_eq!(recovered(&disk).unwrap(), (0..heard).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_log_is_inspected_without_a_change() {
    let (disk, places) = at_rest().await;
    let (before, changes) = (image(&disk), disk.changes());
    let inspect = || FileWal::inspect(&disk, Path::new(DIR)).unwrap();
    let report = inspect();
    let found = report.iter().flat_map(|segment| &segment.entries).map(|entry| entry.location);
    assert_eq!(found.collect::<Vec<_>>(), places);
    assert!(report.iter().all(|segment| segment.owner == Some(OWNER)));
    let tails: Vec<Tail> = report.iter().map(|segment| segment.tail).collect();
    assert_eq!(tails, [Tail::NextSegment, Tail::NextSegment, Tail::Mark]);
    assert_eq!(report[0].end, report[1].start);

    disk.flip(&segment(0), 5, 1);
    disk.flip(&segment(report[1].start.0), 100, 1);
    let damaged = inspect();
    assert!(matches!(damaged[0].tail, Tail::Damage { at: 0, .. }), "{:?}", damaged[0].tail);
    assert!(matches!(damaged[1].tail, Tail::Damage { at: 36, .. }), "{:?}", damaged[1].tail);
    assert_eq!(damaged[2].tail, Tail::Mark);
    disk.flip(&segment(0), 5, 1);
    disk.flip(&segment(report[1].start.0), 100, 1);
    assert!(image(&disk) == before && disk.changes() == changes);
}

#[tokio::test(start_paused = true)]
async fn a_segment_of_another_version_is_refused_and_kept() {
    let (disk, _) = at_rest().await;
    let mut header = segment::header(OWNER);
    header[8] += 1;
    let file = disk.open(&segment(0), crate::files::OpenMode::ReadWrite).unwrap();
    file.write_all_at(&[io::IoSlice::new(&header)], 0).unwrap();
    let error = recovered(&disk).unwrap_err();
    assert!(error.to_string().contains("another format version"), "{error}");
}

/// Whatever the trim position says of it, and even if only what was trimmed is another's.
#[tokio::test(start_paused = true)]
async fn the_log_of_another_owner_is_refused_by_name_and_kept() {
    const STRANGER: Owner = Owner(*b"of somebody else ...");
    let (disk, places) = at_rest().await;
    let paths = disk.paths();
    let end = places[11].position.0 + frame::frame_bytes(places[11]);
    let files: Arc<dyn Files> = Arc::new(disk.clone());
    let recover = |owner, trim| {
        FileWal::recover(&files, Path::new(DIR), owner, begins(Position(trim)), &settings())
    };
    let check = |refused: &Path, owner, trim| {
        let (before, changes) = (image(&disk), disk.changes());
        match recover(owner, trim) {
            Err(WalError::Foreign { place, .. }) => assert_eq!(Path::new(&place), refused),
            other => panic!("from {trim}: {:?}", other.map(drop)),
        }
        assert!(image(&disk) == before && disk.changes() == changes, "it was touched");
    };
    for trim in [0, 1, end, end + 1] {
        check(&paths[0], STRANGER, trim);
    }
    disk.remove(&paths[0]).unwrap();
    check(&paths[1], STRANGER, 0);

    let file = disk.open(&paths[1], crate::files::OpenMode::ReadWrite).unwrap();
    file.write_all_at(&[io::IoSlice::new(&segment::header(STRANGER))], 0).unwrap();
    check(&paths[1], OWNER, end);
}
