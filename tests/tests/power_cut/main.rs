//! The storage of a whole node on a disk whose power is cut: metadata quorum, write-ahead log and
//! object store in files, and the streams over them, on one thread and in virtual time.
//!
//! One seed is one history of several lives; each starts as the node does on what the last one
//! left. After each death everything that was reported durable, or was visible, is there with its
//! value and its offset; checkpoints and tails add up to all batches; the metadata holds together.
//! And each bug that is planted is found, or all of this would prove nothing.
//!
//! Seeds: 200, or as many as `POWER_CUT_SEEDS` says. `POWER_CUT_SEED=7` replays one.

#![allow(clippy::unwrap_used, reason = "all of it is test code, not only its test functions")]

mod fold;
mod history;
mod node;
mod oracle;
mod power;
mod search;
mod seen;
mod steps;
mod topic;

use penstock_wal::files::PlantedBug;

use crate::node::{OBJECTS, QUORUM_LOG, SNAPSHOTS, WAL};
use crate::search::{number_from_environment, search};

/// In how many histories a planted bug must be found.
const SEEDS_PER_BUG: u64 = 60;

#[test]
fn histories_lose_nothing() {
    let seeds = match number_from_environment("POWER_CUT_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number_from_environment("POWER_CUT_SEEDS").unwrap_or(200),
    };
    let several = seeds.end - seeds.start >= 50;
    match search(seeds, None) {
        Ok(seen) => {
            println!("{seen:?}");
            assert!(!several || seen.is_worth_something(), "too little happens: {seen:?}");
        }
        Err(finding) => panic!("{finding}"),
    }
}

/// Whether the bug in this folder is found.
#[track_caller]
fn check_found(folder: &'static str, bug: PlantedBug) {
    match search(0..SEEDS_PER_BUG, Some((folder, bug))) {
        Ok(seen) => panic!("{bug:?} in {folder} was not found: {seen:?}"),
        Err(finding) => println!("{bug:?} in {folder}: {finding}"),
    }
}

#[test]
fn a_log_without_fdatasync_is_found() {
    check_found(WAL, PlantedBug::NoSyncData);
    check_found(QUORUM_LOG, PlantedBug::NoSyncData);
}

#[test]
fn an_answer_before_fdatasync_is_found() {
    check_found(WAL, PlantedBug::LateSyncData);
    check_found(QUORUM_LOG, PlantedBug::LateSyncData);
}

#[test]
fn a_segment_without_a_durable_name_is_found() {
    check_found(WAL, PlantedBug::NoSyncDir);
}

/// The write-ahead log is trimmed while the objects that take its place can still be lost.
#[test]
fn a_trim_before_the_object_is_safe_is_found() {
    check_found(OBJECTS, PlantedBug::NoSyncData);
    check_found(OBJECTS, PlantedBug::NoSyncDir);
}

/// The quorum's log is given up while the snapshot that takes its place can still be lost.
#[test]
fn a_snapshot_that_is_not_safe_before_the_log_goes_is_found() {
    check_found(SNAPSHOTS, PlantedBug::NoSyncData);
    check_found(SNAPSHOTS, PlantedBug::NoSyncDir);
}
