//! Random histories over a disk whose power is cut: append, wait, read back, trim, rest, die,
//! recover, and so on, several lives long. After each death the log must hold what its sink heard
//! of, in order and to the byte, and at most what was appended behind that.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::*;
use crate::conformance::{self, Ear, Subject, append, number};
use crate::files::{Dice, PlantedBug, PlantedFiles, PowerCutFiles};
use crate::{Entry, Location, ReadError};

const DIR: &str = "/wal";

/// Small segments, so that a history crosses many; some entries are longer than one.
fn settings() -> FileWalSettings {
    let wal = WalSettings { group_bytes_max: 2 << 10, ..conformance::settings() };
    FileWalSettings { wal, segment_bytes: 4 << 10, first_segment_bytes: 1 << 10 }
}

struct OnPowerCutDisk(std::sync::Mutex<PowerCutFiles>);

#[async_trait::async_trait]
impl Subject for OnPowerCutDisk {
    async fn recover(&self, trim: Position) -> Result<Box<dyn Recovering<u64>>, WalError> {
        let files: Arc<dyn Files> = Arc::new(self.0.lock().unwrap().clone());
        Ok(Box::new(FileWal::recover(
            &files,
            Path::new(DIR),
            conformance::OWNER,
            conformance::begins(trim),
            &settings(),
        )?))
    }

    fn fail_next_write(&self) -> bool {
        self.0.lock().unwrap().fail_at(1, io::ErrorKind::Other);
        true
    }

    fn operations(&self) -> Option<u64> {
        Some(self.0.lock().unwrap().changes())
    }
}

#[tokio::test(start_paused = true)]
async fn conforms_on_a_disk_in_memory() {
    let new = async || OnPowerCutDisk(PowerCutFiles::new(1).into());
    conformance::check_all(new).await;
}

/// What a history found to be wrong.
type Finding = String;

macro_rules! ensure {
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            return Err(format!($($message)+));
        }
    };
}

/// One history: what the log is known to hold, over all lives.
struct History {
    dice: Dice,
    disk: PowerCutFiles,
    bug: Option<PlantedBug>,
    /// Durable entries that are not trimmed, in order.
    durable: Vec<(Location, u64)>,
    /// Appended behind them in the last life, with an unknown fate.
    unknown: Vec<u64>,
    /// Committed as metadata would: before the log is told.
    trim: Position,
    next_number: u64,
    lives: u64,
}

impl History {
    fn new(seed: u64, bug: Option<PlantedBug>) -> Self {
        Self {
            dice: Dice::new(seed),
            disk: PowerCutFiles::new(!seed),
            bug,
            durable: Vec::new(),
            unknown: Vec::new(),
            trim: Position(0),
            next_number: 0,
            lives: 0,
        }
    }

    async fn run(mut self) -> Result<u64, Finding> {
        for _ in 0..5 {
            self.choose_fault();
            let close = self.dice.percent(50);
            self.live(close).await?;
            self.die();
        }
        // The faults are over, and the machine starts anew: the log works.
        self.disk = self.disk.crash();
        self.live(true).await?;
        ensure!(self.unknown.is_empty(), "without a fault everything becomes durable");
        Ok(self.lives)
    }

    fn choose_fault(&mut self) {
        let change = 1 + self.dice.below(60);
        match self.dice.below(10) {
            0..7 => self.disk.stop_at(change),
            7 => self.disk.fail_at(change, io::ErrorKind::Other),
            _ => {}
        }
    }

    fn die(&mut self) {
        self.disk = if self.dice.percent(30) { self.disk.kill() } else { self.disk.crash() };
    }

    /// Recovers and, if the power lasts so long, works.
    async fn live(&mut self, close: bool) -> Result<(), Finding> {
        let mut files: Arc<dyn Files> = Arc::new(self.disk.clone());
        if let Some(bug) = self.bug {
            files = Arc::new(PlantedFiles::new(files, bug));
        }
        let mut recovery = match FileWal::recover(
            &files,
            Path::new(DIR),
            conformance::OWNER,
            conformance::begins(self.trim),
            &settings(),
        ) {
            Ok(recovery) => recovery,
            // The fault hit the recovery.
            Err(WalError::Io { .. }) => return Ok(()),
            Err(error) => return Err(format!("recovery refuses: {error}")),
        };
        self.lives += 1;
        let recovered = Recovering::<u64>::take_entries(&mut recovery);
        self.check_recovered(&recovered)?;
        let ear = Ear::default();
        let wal = Box::new(recovery).start(Box::new(ear.clone()));
        self.check_payloads(&*wal, &recovered).await?;
        for _ in 0..self.dice.below(25) {
            self.act(&*wal, &ear).await?;
        }
        if close {
            let _stopped_or_not = wal.close().await;
        }
        self.listen(&ear);
        Ok(())
    }

    /// Takes note of what the sink has heard.
    fn listen(&mut self, ear: &Ear) {
        for (location, number) in ear.take_durable() {
            assert_eq!(number, self.unknown.remove(0), "durable in order of append");
            self.durable.push((location, number));
        }
    }

    fn any_durable(&mut self) -> Option<(Location, u64)> {
        let choice = self.dice.below(self.durable.len() as u64 + 1);
        self.durable.get(usize::try_from(choice).unwrap()).copied()
    }

    /// The rule of the prefix.
    fn check_recovered(&mut self, recovered: &[Recovered]) -> Result<(), Finding> {
        self.durable.retain(|(location, _)| location.position >= self.trim);
        let found: Vec<u64> = recovered.iter().map(|entry| number(&entry.header)).collect();
        let heard = self.durable.iter().map(|(_, number)| *number);
        let appended: Vec<u64> = heard.chain(self.unknown.drain(..)).collect();
        ensure!(found.len() >= self.durable.len(), "of {:?} only {found:?}", self.durable);
        ensure!(appended.starts_with(&found), "of {appended:?} {found:?}");
        for (entry, (location, _)) in recovered.iter().zip(&self.durable) {
            ensure!(entry.location == *location, "{:?} was {location:?}", entry.location);
        }
        self.durable = recovered.iter().map(|entry| entry.location).zip(found).collect();
        Ok(())
    }

    async fn check_payloads(
        &self,
        wal: &dyn Wal<u64>,
        recovered: &[Recovered],
    ) -> Result<(), Finding> {
        for found in recovered {
            let expected = expected(number(&found.header));
            ensure!(found.header == expected.header, "another header at {:?}", found.location);
            match wal.read(found.location).await {
                Ok(payload) => ensure!(payload == expected.payload, "other bytes"),
                Err(error) => ensure!(self.disk.is_stopped(), "{error}"),
            }
        }
        Ok(())
    }

    async fn act(&mut self, wal: &dyn Wal<u64>, ear: &Ear) -> Result<(), Finding> {
        match self.dice.below(10) {
            0..6 => {
                for _ in 0..1 + self.dice.below(6) {
                    let number = self.next_number;
                    self.next_number += 1;
                    self.unknown.push(number);
                    if append(wal, expected(number), number).await.is_err() {
                        self.unknown.pop();
                        break;
                    }
                }
            }
            6 => tokio::time::sleep(Duration::from_millis(self.dice.below(20))).await,
            7 => {
                self.listen(ear);
                if let Some((location, _)) = self.any_durable() {
                    self.trim = self.trim.max(location.position);
                    let _stopped_or_not = wal.trim(self.trim).await;
                }
            }
            8 => {
                self.listen(ear);
                if let Some((location, number)) = self.any_durable() {
                    match wal.read(location).await {
                        Ok(payload) => ensure!(payload == expected(number).payload, "other bytes"),
                        Err(ReadError::Trimmed(_)) => {
                            ensure!(location.position < self.trim, "{location:?} is not trimmed");
                        }
                        Err(error) => ensure!(self.disk.is_stopped(), "{error}"),
                    }
                }
            }
            _ => {
                self.listen(ear);
                ear.wait_for(self.unknown.len()).await;
            }
        }
        Ok(())
    }
}

/// Few lengths, so that the places of entries often coincide with those of entries that were
/// torn; some entries are longer than a segment.
fn expected(number: u64) -> Entry {
    let length = [30, 30, 30, 500, 500, 500, 1300, 1300, 6000];
    let header = Bytes::copy_from_slice(&number.to_le_bytes());
    let choice = usize::try_from(Dice::new(number).below(length.len() as u64)).unwrap();
    let payload = Bytes::from(vec![header[0] | 1; length[choice]]);
    Entry { header, payload_crc32c: crc32c::crc32c(&payload), payload }
}

/// Runs the histories of the seeds, up to the first finding.
fn search(seeds: std::ops::Range<u64>, bug: Option<PlantedBug>) -> Option<(u64, Finding)> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().unwrap();
    let mut lives = 0;
    for seed in seeds {
        match runtime.block_on(History::new(seed, bug).run()) {
            Ok(lived) => lives += lived,
            Err(finding) => return Some((seed, finding)),
        }
    }
    assert!(lives > 0, "histories without a life prove nothing");
    None
}

#[test]
fn a_thousand_histories_lose_nothing() {
    assert_eq!(search(0..1000, None), None);
}

#[test]
fn planted_bugs_are_found() {
    for bug in [PlantedBug::NoSyncData, PlantedBug::LateSyncData, PlantedBug::NoSyncDir] {
        let found = search(0..100, Some(bug));
        assert!(found.is_some(), "{bug:?} was not found");
        println!("{bug:?}: {found:?}");
    }
}
