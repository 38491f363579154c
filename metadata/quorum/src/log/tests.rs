use proptest::prelude::*;

use super::*;
use crate::identity::RaftId;
use crate::type_config::LeaderId;

fn id(term: u64, index: u64) -> LogId {
    LogId { leader_id: LeaderId { term, node_id: RaftId(1) }, index }
}

fn at(position: u64) -> Location {
    Location { position: Position(position), header_length: 30, payload_length: 10 }
}

fn blank(term: u64, index: u64) -> Entry {
    Entry { log_id: id(term, index), payload: Payload::Blank }
}

fn indexes(log: &Log, range: Range<u64>, bytes_max: usize) -> Vec<(u64, bool)> {
    let describe = |found: &Found| match found {
        Found::Cached(entry) => (entry.log_id.index, true),
        Found::Stored(id, ..) => (id.index, false),
    };
    log.find(range, bytes_max).iter().map(describe).collect()
}

#[test]
fn only_durable_entries_leave_the_cache() {
    let mut log = Log::new(20);
    for index in 0..5 {
        log.append(blank(1, index), 10);
    }
    let all_cached: Vec<_> = (0..5).map(|index| (index, true)).collect();
    assert_eq!(indexes(&log, 0..9, 1000), all_cached);
    log.durable(id(1, 0), at(0));
    log.durable(id(1, 1), at(100));
    assert_eq!(
        indexes(&log, 0..9, 1000),
        [(0, false), (1, false), (2, true), (3, true), (4, true)]
    );
    // The bound in bytes ends a reading, but never before its first entry.
    assert_eq!(indexes(&log, 1..9, 20), [(1, false), (2, true)]);
    assert_eq!(indexes(&log, 1..9, 1), [(1, false)]);
    // What was removed and appended again is another entry.
    log.truncate_after(Some(id(1, 2)));
    log.append(blank(2, 3), 10);
    log.durable(id(1, 3), at(300));
    assert_eq!(log.slots[3].location, None);
    log.durable(id(2, 3), at(500));
    assert_eq!(log.slots[3].location, Some(at(500)));
}

#[test]
fn a_purge_moves_what_is_needed() {
    let mut log = Log::new(1000);
    for index in 0..5 {
        log.append(blank(1, index), 10);
        log.durable(id(1, index), at(index * 100));
    }
    assert_eq!(log.first_needed(Position(900)), Position(0));
    log.purge(id(1, 2));
    assert_eq!(log.first_needed(Position(900)), Position(300));
    assert_eq!((log.purged(), log.last()), (Some(id(1, 2)), Some(id(1, 4))));
    log.purge(id(3, 50));
    assert_eq!(log.first_needed(Position(900)), Position(900));
    assert_eq!((log.purged(), log.last()), (Some(id(3, 50)), Some(id(3, 50))));
    assert_eq!(log.cached_bytes, 0);
    log.append(blank(3, 51), 10);
    assert_eq!(indexes(&log, 0..99, 1000), [(51, true)]);
}

#[test]
fn a_journal_with_a_hole_makes_no_log() {
    let entry = |index| Record::Entry(id(1, index), PayloadKind::Blank);
    let mut log = Log::new(0);
    log.replay(entry(3), at(0)).unwrap();
    assert_eq!(log.replay(entry(5), at(1)), Err(Hole { expected: 4, found: 5 }));
    assert_eq!(log.check_replayed(), Err(Hole { expected: 0, found: 3 }));
    log.replay(Record::Purged { upto: id(1, 2), vote: None, committed: None }, at(2)).unwrap();
    assert_eq!(log.check_replayed(), Ok(()));
}

/// One operation of a log's life; the numbers choose among what is possible then.
#[derive(Clone, Debug)]
enum Step {
    Append,
    Vote(u64),
    Truncate(u64),
    Commit,
    Purge(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => Just(Step::Append),
        1 => any::<u64>().prop_map(Step::Vote),
        1 => (0_u64..4).prop_map(Step::Truncate),
        1 => Just(Step::Commit),
        1 => (0_u64..6).prop_map(Step::Purge),
    ]
}

/// All that matters of it.
fn state(log: &Log) -> String {
    format!("{:?} {:?} {:?} {:?}", log.vote, log.committed, log.purged, log.slots)
}

/// The entry of that index, or what was purged last if that is it.
fn at_index(log: &Log, index: u64) -> Option<LogId> {
    match log.find(index..index + 1, 0).first() {
        Some(Found::Stored(id, ..)) => Some(*id),
        Some(Found::Cached(entry)) => Some(entry.log_id),
        None => log.purged().filter(|id| id.index == index),
    }
}

proptest! {
    /// Whatever happened, the journal from any position that it was trimmed to replays to the
    /// same state as the whole: a later trim may not have been stored.
    #[test]
    fn a_trimmed_journal_replays_to_the_same_state(
        steps in prop::collection::vec(step(), 0..60)
    ) {
        let mut journal: Vec<Record> = Vec::new();
        let mut log = Log::new(0);
        let mut term = 1;
        let mut trims = vec![0];
        for step in steps {
            let next = log.last().map_or(0, |id| id.index + 1);
            let record = match step {
                Step::Append => Record::Entry(id(term, next), PayloadKind::Blank),
                Step::Vote(leader) => Record::Vote(Vote {
                    leader_id: LeaderId { term, node_id: RaftId(leader) },
                    committed: false,
                }),
                Step::Truncate(count) => {
                    let floor = log.committed.max(log.purged()).map_or(0, |id| id.index + 1);
                    let keep = next.saturating_sub(count).max(floor);
                    term += 1;
                    Record::Truncated(keep.checked_sub(1).and_then(|index| at_index(&log, index)))
                }
                Step::Commit => match log.last() {
                    Some(last) => Record::Committed(last),
                    None => continue,
                },
                Step::Purge(behind) => match log.committed {
                    Some(committed) if committed.index >= behind => {
                        let Some(upto) = at_index(&log, committed.index - behind) else {
                            continue;
                        };
                        Record::Purged { upto, vote: log.vote, committed: log.committed }
                    }
                    _ => continue,
                },
            };
            let position = journal.len() as u64;
            journal.push(record);
            log.replay(record, at(position)).unwrap();
            if let Record::Purged { .. } = record {
                trims.push(log.first_needed(Position(position)).0);
            }
        }
        for head in trims {
            let mut replayed = Log::new(0);
            for (position, record) in (0..).zip(&journal).filter(|(at, _)| *at >= head) {
                replayed.replay(*record, at(position)).unwrap();
            }
            prop_assert_eq!(replayed.check_replayed(), Ok(()));
            prop_assert_eq!(state(&replayed), state(&log), "head {}", head);
        }
    }
}
