//! Runs histories, up to the first finding.

use std::fmt;
use std::num::NonZero;
use std::ops::Range;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use penstock_tests::panics;
use penstock_wal::files::PlantedBug;

use crate::history::History;
use crate::seen::Seen;

/// What a history found to be wrong.
#[derive(Debug)]
pub(crate) struct Finding {
    seed: u64,
    what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}: {}", self.seed, self.what)
    }
}

/// Runs the histories of the seeds, on all cores, each on one thread. Every panic in one is a
/// finding, also that of a task, with which the real process would end.
pub(crate) fn search(
    seeds: Range<u64>,
    bug: Option<(&'static str, PlantedBug)>,
) -> Result<Seen, Finding> {
    panics::remember();
    let next = AtomicU64::new(seeds.start);
    let work = || {
        let mut seen = Seen::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return Ok(seen);
            }
            let found = run(seed, bug);
            if found.is_err() {
                // Nobody begins another one.
                next.store(seeds.end, Ordering::Relaxed);
            }
            seen.add(&found?);
        }
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let mut all = Seen::default();
        for worker in workers {
            all.add(&worker.join().expect("panics are caught")?);
        }
        Ok(all)
    })
}

fn run(seed: u64, bug: Option<(&'static str, PlantedBug)>) -> Result<Seen, Finding> {
    let history = AssertUnwindSafe(|| History::new(seed, bug).run());
    let outcome = panic::catch_unwind(history);
    match panics::take() {
        Some(what) => Err(Finding { seed, what }),
        None => Ok(outcome.expect("a panic is remembered")),
    }
}

pub(crate) fn number_from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|number| number.parse().unwrap())
}
