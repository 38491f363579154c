//! The product in a box: a whole node (broker, storage, controller), its clients, its disk and its
//! object store in one thread, in simulated time. One seed is one history.
//!
//! ```text
//!   clients ──duplex──► Node::start, as in production ──► PowerCutFiles, whose power is cut
//!      │                        └──────────────────────► Bucket, with its weather
//!      └► oracle ► invariants                each line of the event log: who, what, when
//! ```
//!
//! Tokio's own clock, paused, goes on by itself to the next timer once nobody can do anything more;
//! its current-thread runtime runs tasks in the order in which they were woken; connections are
//! pipes in memory. With one process a simulated network has nothing to add to that, so there is no
//! turmoil, which would bring hosts, links and a patched libc. Each life has a runtime of its
//! own, because that is what ends all tasks of a process at once, wherever they are.
//!
//! `just sim` plays seeds, `just sim --seed 7` one of them with its event log. What else decides the
//! order of events, and what was done about it, is in `tests/sim/README.md`.

#![allow(clippy::unwrap_used, reason = "all of it is test code, not only its test functions")]

mod bucket;
mod client;
mod environment;
mod events;
mod faults;
mod findings;
mod history;
mod invariants;
mod network;
mod oracle;
mod seeds;
mod server;
mod tally;
mod workload;
mod world;

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use clap::Parser;
use penstock_wal::files::PlantedBug;

use crate::events::LEGEND;
use crate::history::{Outcome, play, play_long, play_with};
use crate::seeds::play_all;
use crate::server::Bug::{self, OfProduct};
use crate::server::Log;
use crate::tally::Tally;

/// In how many histories a planted bug must be found.
const SEEDS_PER_BUG: u64 = 20;

const WEEK: Duration = Duration::from_secs(7 * 86_400);

/// What `just sim` hands over, in the variable `SIM_ARGS`.
#[derive(Debug, Parser)]
struct Args {
    /// Plays this one, and prints its events.
    #[arg(long)]
    seed: Option<u64>,
    /// Plays so many.
    #[arg(long, default_value_t = 20)]
    seeds: u64,
    /// From this one on.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// In the test of many weeks: so many.
    #[arg(long, default_value_t = 3)]
    weeks: u32,
    /// Writes the events of the one seed there instead.
    #[arg(long)]
    events: Option<std::path::PathBuf>,
}

impl Args {
    fn of_environment() -> Self {
        let given = std::env::var("SIM_ARGS").unwrap_or_default();
        Self::parse_from(["sim"].into_iter().chain(given.split_whitespace()))
    }
}

#[test]
fn seeds_lose_nothing() {
    start_logs();
    let args = Args::of_environment();
    if let Some(seed) = args.seed {
        return play_one(seed, args.events.as_deref());
    }
    let tally = play_all(args.from..args.from + args.seeds);
    println!("{tally}");
    let rare = if args.seeds < 20 { Vec::new() } else { tally.rare() };
    assert!(rare.is_empty(), "too little of {rare:?} happens: {tally}");
}

/// Topics come and go, are expired, cut short, joined and compacted; nodes die at any step of it.
#[test]
fn weeks_of_churn_leave_what_is_referred_to() {
    start_logs();
    let Args { seed, weeks, .. } = Args::of_environment();
    let seed = seed.unwrap_or(0);
    let outcomes = thread::scope(|scope| {
        // Of seeds 0 and 2 the second one has many objects.
        let plays = [(Log::Files, seed), (Log::Objects, seed + 2)];
        let plays =
            plays.map(|(log, seed)| (log, scope.spawn(move || play_long(seed, log, weeks * WEEK))));
        plays.map(|(log, outcome)| (log, outcome.join().unwrap()))
    });
    let mut all = Tally::default();
    for (log, Outcome { finding, tally, .. }) in outcomes {
        println!("{log:?}: {tally}");
        assert_eq!(finding, None, "{weeks} weeks with a log in {log:?}");
        all.add(&tally);
    }
    let never = all.counts().into_iter().filter(|(_, count)| *count == 0);
    let never: Vec<_> = never.map(|(name, _)| name).collect();
    assert!(never.is_empty(), "{never:?} does not happen in {weeks} weeks");
}

fn play_one(seed: u64, events: Option<&Path>) {
    if events.is_none() {
        print!("{LEGEND}");
    }
    let outcome = play(seed, events.is_none());
    if let Some(path) = events {
        std::fs::write(path, &outcome.text).unwrap();
    }
    println!("{}", outcome.tally);
    if let Some(finding) = outcome.finding {
        panic!("seed {seed}: {finding}");
    }
}

/// The product's own logs, for whoever looks for a cause: `PENSTOCK_LOG=debug`.
fn start_logs() {
    if let Ok(filter) = tracing_subscriber::EnvFilter::try_from_env("PENSTOCK_LOG") {
        let logs = tracing_subscriber::fmt().with_env_filter(filter).without_time();
        // Only the first test of a process comes first.
        let _ = logs.with_writer(std::io::stdout).try_init();
    }
}

/// Whether the bug is found, and by what.
#[track_caller]
fn check_found(bug: Bug, by: &str) {
    let mut others = Vec::new();
    for seed in 0..SEEDS_PER_BUG {
        match play_with(seed, false, Some(bug)).finding {
            Some(finding) if finding.contains(by) => {
                return println!("{bug:?}: seed {seed}: {finding}");
            }
            found => others.extend(found),
        }
    }
    panic!("{bug:?} is not found; what is: {others:?}");
}

#[test]
fn a_log_without_fdatasync_is_found() {
    let never = PlantedBug::NoSyncData;
    check_found(Bug::OfFiles("/data/wal", never), "nothing but faults ends a node");
}

#[test]
fn metadata_without_fdatasync_is_found() {
    let never = PlantedBug::NoSyncData;
    check_found(Bug::OfFiles("/data/quorum", never), "nothing but faults ends a node");
}

#[test]
fn a_store_that_loses_what_it_took_is_found() {
    // It shows in many ways.
    check_found(Bug::LostPuts, "");
    check_found(Bug::LostObjects, "");
}

#[test]
fn a_store_that_keeps_no_two_writers_apart_is_found() {
    check_found(Bug::BlindCreations, "nothing but faults ends a node");
}

/// Each safeguard of the product is away in turn, and something says so that is no panic.
#[test]
fn a_safeguard_that_is_away_is_found() {
    use penstock_planted::Bug;
    for (bug, by) in [
        (Bug::AckBeforeDurable, "watermarks are monotone"),
        (Bug::AckOutOfOrder, "the write-ahead log cannot be used"),
        (Bug::VisibleBeforeDurable, "no false OFFSET_OUT_OF_RANGE"),
        (Bug::CommitBeforeUpload, "each life leaves a store that verifies"),
        (Bug::TrimBeforeCommit, "the write-ahead log cannot be used"),
        (Bug::DeleteBeforeReplacement, "no referenced object is deleted"),
        (Bug::ProducersForgotten, "acked offset is read offset"),
        (Bug::StaleCheckpoint, "sequence order is offset order"),
        (Bug::CompactionPastLag, "only what is superseded goes"),
    ] {
        check_found(OfProduct(bug), by);
    }
}

/// Says where two event logs part.
#[track_caller]
fn check_same(one: &str, other: &str) {
    let parts = one.lines().zip(other.lines()).enumerate().find(|(_, (one, other))| one != other);
    if let Some((line, (one, other))) = parts {
        panic!("from line {} on they differ:\n{one}\n{other}", line + 1);
    }
    assert_eq!(one.len(), other.len(), "one goes on where the other ends");
}

#[test]
fn one_seed_is_one_history() {
    for seed in 100..103 {
        let (one, other) = (play(seed, false), play(seed, false));
        check_same(&one.text, &other.text);
        assert!(one.text.lines().count() > 1_000, "there is something to compare");
    }
}

#[test]
fn one_seed_is_one_history_in_every_process() {
    let dir = tempfile::tempdir().unwrap();
    for seed in 100..102 {
        let path = dir.path().join(seed.to_string());
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "seeds_lose_nothing"])
            .env("SIM_ARGS", format!("--seed {seed} --events {}", path.display()))
            .output()
            .unwrap();
        assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
        check_same(&play(seed, false).text, &std::fs::read_to_string(path).unwrap());
    }
}
