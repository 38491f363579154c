//! A writer that does not know that it was replaced, against those who replace it: every order in
//! which their requests can reach the store, be lost, come late or come twice, within small bounds.
//!
//! Lists are made of two pages, read at different moments. That one is not of one moment cannot matter:
//! it says where to begin, and decides nothing. No key of the log is ever overwritten, so what is on the
//! list was there, with that size; what is not on it is asked for by its key before anything is
//! concluded, by a creation (where a seal goes) or a look (where something seems to be missing).
//!
//! Stateless search: each run follows a list of choices as far as it goes and takes the first
//! option from there on; the next run changes the last choice that has another option left.

use std::sync::Arc;
use std::time::Duration;

use object_store::path::Path;
use tokio::task::JoinHandle;

use super::scripted::{Answer, SteppedStore};
use super::*;
use crate::conformance::{self, Ear, OWNER, check_content, entry};

/// What a search covers.
#[derive(Clone, Copy)]
struct Bounds {
    /// Entries of the writer, each an object.
    entries: u64,
    /// How many take over, at once.
    recoverers: usize,
    /// Answers lost, and requests that come late.
    faults: usize,
    /// Whether the writer commits and trims its first entry.
    trims: bool,
}

/// The choices of one run.
struct Choices {
    taken: Vec<(usize, usize)>,
    at: usize,
}

impl Choices {
    fn choose(&mut self, options: usize) -> usize {
        assert!(options > 0, "nothing can happen any more");
        if self.at == self.taken.len() {
            self.taken.push((0, options));
        }
        let (choice, of) = self.taken[self.at];
        assert_eq!(of, options, "the same choices lead to the same place");
        self.at += 1;
        choice
    }

    /// The next run's choices; `None` when there is none.
    fn next(mut self) -> Option<Self> {
        while let Some((choice, of)) = self.taken.pop() {
            if choice + 1 < of {
                self.taken.push((choice + 1, of));
                return Some(Self { taken: self.taken, at: 0 });
            }
        }
        None
    }
}

/// What can happen next.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A request reaches the store, with this answer.
    Request(usize, Answer),
    /// One that seemed to fail reaches it after all.
    Late(usize),
    /// The writer's broker is fenced, and one more takes over.
    TakeOver,
    /// The writer commits its first entry, and trims it.
    Trim,
}

const FIRST: LogPart = LogPart { epoch: 1, begins: Position(0) };

struct World {
    bounds: Bounds,
    store: Arc<SteppedStore>,
    wal: ObjectWal,
    log: Arc<dyn Wal<u64>>,
    ear: Ear,
    recoverers: Vec<JoinHandle<Position>>,
    /// As the metadata has it.
    trim: Option<Position>,
    faults_left: usize,
}

impl World {
    async fn new(bounds: Bounds, store: SteppedStore) -> Self {
        let store = Arc::new(store);
        let settings = ObjectWalSettings {
            puts_per_second_max: 0,
            object_bytes_max: 1,
            puts_in_flight_max: 2,
            ..ObjectWalSettings::default()
        };
        let wal = ObjectWal::new(store.clone(), Path::from("wal"), OWNER, settings);
        let recovery = wal.recover(&[], Position(0), Position(0), 1).await.unwrap();
        let ear = Ear::default();
        let log = Box::new(recovery).start(Box::new(ear.clone()));
        store.wait(true);
        for number in 0..bounds.entries {
            conformance::append(&*log, entry(number), number).await.unwrap();
        }
        let faults_left = bounds.faults;
        Self { bounds, store, wal, log, ear, recoverers: vec![], trim: None, faults_left }
    }

    fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        for (index, is_put) in self.store.pending().into_iter().enumerate() {
            steps.push(Step::Request(index, Answer::Told));
            if is_put && self.faults_left > 0 {
                steps.push(Step::Request(index, Answer::Lost));
                steps.push(Step::Request(index, Answer::FailedAndLate));
            }
        }
        steps.extend((0..self.store.late()).map(Step::Late));
        if self.recoverers.len() < self.bounds.recoverers {
            steps.push(Step::TakeOver);
        }
        let durable = self.ear.heard().durable.len();
        if self.bounds.trims && self.trim.is_none() && self.recoverers.is_empty() && durable > 0 {
            steps.push(Step::Trim);
        }
        steps
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::Request(index, answer) => {
                self.faults_left -= usize::from(answer != Answer::Told);
                self.store.answer(index, answer);
            }
            Step::Late(index) => self.store.land(index),
            Step::TakeOver => {
                let (wal, trim) = (self.wal.clone(), self.trim.unwrap_or_default());
                let seal = async move { wal.seal(FIRST, trim).await.expect("it is sealed") };
                self.recoverers.push(tokio::spawn(seal));
            }
            Step::Trim => {
                let position = Sequence(1).begins();
                self.trim = Some(position);
                // A log that was fenced meanwhile keeps what it has.
                let _ = self.log.trim(position).await;
            }
        }
    }

    /// Lets everybody go on until all wait for the store or for time.
    async fn settle(&self) {
        for _ in 0..24 {
            tokio::task::yield_now().await;
        }
    }

    fn is_over(&self) -> bool {
        let all_took_over = self.recoverers.len() == self.bounds.recoverers;
        let resolved = self.ear.heard();
        let is_resolved =
            resolved.stopped.is_some() || resolved.durable.len() as u64 == self.bounds.entries;
        all_took_over && is_resolved && self.recoverers.iter().all(JoinHandle::is_finished)
    }

    async fn run(mut self, choices: &mut Choices) {
        loop {
            self.settle().await;
            let steps = self.steps();
            match steps.as_slice() {
                [] if self.is_over() => break,
                // Everybody waits for the pause before the next attempt.
                [] => tokio::time::advance(Duration::from_secs(3)).await,
                steps => self.take(steps[choices.choose(steps.len())]).await,
            }
        }
        self.check().await;
    }

    /// All agree on one end; what was acknowledged lies before it, and is found.
    async fn check(self) {
        let Self { store, wal, ear, recoverers, trim, log, .. } = self;
        let mut ends = Vec::new();
        for recoverer in recoverers {
            ends.push(recoverer.await.expect("no recoverer panics"));
        }
        store.wait(false);
        let end = ends[0];
        assert!(ends.iter().all(|other| *other == end), "{ends:?}");
        let again = wal.seal(FIRST, trim.unwrap_or_default()).await.unwrap();
        assert_eq!(again, end, "the end of an epoch has moved");
        let heard = ear.heard();
        let acknowledged = heard.end.unwrap_or_default();
        assert!(
            acknowledged <= end,
            "{acknowledged:?} was acknowledged, the content ends at {end:?}"
        );
        if let Some((error, _)) = &heard.stopped {
            assert!(matches!(error, WalError::Fenced), "{error}");
        }
        let trim = trim.unwrap_or_default();
        let mut recovery = wal.recover(&[FIRST], end, trim, 2).await.unwrap();
        let found = Recovering::<u64>::take_entries(&mut recovery);
        let heir = Box::new(recovery).start(Box::new(Ear::default()));
        let numbers = Sequence::of(trim).0..Sequence::of(end).0;
        check_content(&*heir, &found, numbers).await;
        drop((log, heir));
    }
}

/// Runs every order, and answers how many there were.
fn search(bounds: Bounds, store: impl Fn() -> SteppedStore) -> usize {
    let mut choices = Some(Choices { taken: Vec::new(), at: 0 });
    let mut runs = 0;
    while let Some(mut run) = choices {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async { World::new(bounds, store()).await.run(&mut run).await });
        runs += 1;
        choices = run.next();
    }
    runs
}

#[test]
fn a_zombie_and_one_recoverer() {
    let bounds = Bounds { entries: 2, recoverers: 1, faults: 1, trims: false };
    assert!(search(bounds, SteppedStore::paging) > 500);
}

#[test]
fn a_zombie_and_two_recoverers() {
    let bounds = Bounds { entries: 1, recoverers: 2, faults: 0, trims: false };
    assert!(search(bounds, SteppedStore::default) > 500);
}

#[test]
fn a_zombie_that_trims() {
    let bounds = Bounds { entries: 2, recoverers: 1, faults: 0, trims: true };
    assert!(search(bounds, SteppedStore::paging) > 50);
}

/// The search can fail.
#[test]
#[should_panic(expected = "the end of an epoch has moved")]
fn a_store_that_overwrites_is_found() {
    let bounds = Bounds { entries: 1, recoverers: 1, faults: 1, trims: false };
    search(bounds, SteppedStore::overwriting);
}
