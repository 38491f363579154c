//! Plays the histories of many seeds, on all cores, each on one thread.

use std::num::NonZero;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::history::play;
use crate::tally::Tally;

/// Plays all, or up to the first finding.
///
/// # Panics
/// With the finding and its seed.
pub(crate) fn play_all(seeds: Range<u64>) -> Tally {
    let next = AtomicU64::new(seeds.start);
    let work = || {
        let mut tally = Tally::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return Ok(tally);
            }
            let outcome = play(seed, false);
            if let Some(finding) = outcome.finding {
                // Nobody begins another one.
                next.store(seeds.end, Ordering::Relaxed);
                return Err(format!("seed {seed}: {finding}"));
            }
            tally.add(&outcome.tally);
        }
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let ended: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().expect("findings are answers")).collect()
    });
    let mut all = Tally::default();
    for tally in ended {
        match tally {
            Ok(tally) => all.add(&tally),
            Err(finding) => panic!("{finding}; just sim --seed shows it"),
        }
    }
    all
}
