use penstock_model::command::{AdvanceFirstDirty, Command, ObjectKind, TrimStreams};
use penstock_model::id::{BrokerEpoch, StreamEpoch};

use super::*;
use crate::compaction::testing::Cluster;

const NOW: i64 = 1_000_000;

const RULES: CleaningRules = CleaningRules {
    dirty_ratio_min: 0.5,
    lag_min: 0,
    lag_max: u64::MAX,
    dirty_bytes_min: 100,
    dirty_age_min: u64::MAX,
};

/// Streams with ranges of one offset each, of so many bytes and so old; then how many offsets of the
/// first stream are clean.
fn cluster(streams: &[&[(u64, i64)]], clean: u64) -> Cluster {
    let mut cluster = Cluster::new(streams.len());
    for (id, ranges) in (1..).zip(streams) {
        for (bytes, age) in *ranges {
            cluster.upload(ObjectKind::StreamSet, NOW - age, &[(id, *bytes)]);
        }
    }
    let streams = vec![(StreamId(1), Offset(clean))];
    let broker = BrokerEpoch(1);
    cluster.apply(&Command::AdvanceFirstDirty(AdvanceFirstDirty { broker, streams }));
    cluster
}

/// The stream that is due first, and what is dirty of it.
fn due(cluster: &Cluster, rules: CleaningRules) -> Option<(u64, Range<u64>)> {
    let scope = CleaningScope {
        wanted: &|_, _| true,
        rules: &|_| Some(rules),
        unreadable: &BTreeSet::new(),
        cleaned_ago: &|_| None,
        now: Timestamp(NOW),
    };
    first(cluster, &scope)
}

fn first(cluster: &Cluster, scope: &CleaningScope<'_>) -> Option<(u64, Range<u64>)> {
    let due = plan(&cluster.image, scope).into_iter().next()?;
    Some((due.stream.0, due.dirty.start.0..due.dirty.end.0))
}

#[test]
fn a_stream_is_due_once_more_than_its_share_is_dirty() {
    for (clean, expect) in [(0, true), (1, true), (2, false), (3, false)] {
        let cluster = cluster(&[&[(100, 1), (100, 1), (200, 1)]], clean);
        let dirty = expect.then_some((1, clean..3));
        assert_eq!(due(&cluster, RULES), dirty, "{clean} are clean");
    }
    assert_eq!(due(&cluster(&[&[]], 0), RULES), None, "nothing is there");
}

#[test]
fn the_dirtiest_is_first() {
    let mut cluster = cluster(&[&[(100, 1), (150, 1)], &[(100, 1)], &[(99, 1)]], 1);
    assert_eq!(due(&cluster, RULES), Some((2, 0..1)));
    // What was deleted since is neither.
    let starts = vec![(StreamId(2), StreamEpoch(0), Offset(1))];
    let (broker, now) = (BrokerEpoch(1), Timestamp(0));
    cluster.apply(&Command::TrimStreams(TrimStreams { broker, starts, now }));
    assert_eq!(due(&cluster, RULES), Some((1, 1..2)));
}

#[test]
fn a_little_waits_for_more_or_for_its_time() {
    let cluster = cluster(&[&[(50, 900), (49, 1)]], 0);
    assert_eq!(due(&cluster, RULES), None);
    for (dirty_age_min, expect) in [(901, None), (900, Some((1, 0..2)))] {
        assert_eq!(due(&cluster, CleaningRules { dirty_age_min, ..RULES }), expect);
    }
    // Nobody waits for a gibibyte.
    let large = self::cluster(&[&[(DIRTY_BYTES_ENOUGH, 1)]], 0);
    let rules = CleaningRules { dirty_bytes_min: 1 << 30, ..RULES };
    assert_eq!(due(&large, rules), Some((1, 0..1)));
}

#[test]
fn young_records_wait_and_so_does_all_behind_them() {
    let cluster = cluster(&[&[(100, 500), (100, 499), (100, 1_000)]], 0);
    assert_eq!(due(&cluster, CleaningRules { lag_min: 500, ..RULES }), Some((1, 0..1)));
    assert_eq!(due(&cluster, CleaningRules { lag_min: 501, ..RULES }), None);
}

/// As a cleaning leaves it that dies before its end.
#[test]
fn what_has_no_record_left_is_neither_young_nor_old() {
    let cluster = cluster(&[&[(50, NOW + 1), (49, 500), (100, 499)]], 0);
    let lagging = CleaningRules { lag_min: 500, ..RULES };
    assert_eq!(due(&cluster, lagging), None);
    let aged = CleaningRules { dirty_age_min: 500, ..lagging };
    assert_eq!(due(&cluster, aged), Some((1, 0..2)));
}

#[test]
fn old_records_do_not_wait() {
    let cluster = cluster(&[&[(1_000, 1), (1, 500)]], 1);
    assert_eq!(due(&cluster, RULES), None);
    assert_eq!(due(&cluster, CleaningRules { lag_max: 500, ..RULES }), None);
    assert_eq!(due(&cluster, CleaningRules { lag_max: 499, ..RULES }), Some((1, 1..2)));
}

#[test]
fn what_cannot_be_read_stays() {
    let cluster = cluster(&[&[(100, 1), (100, 1)]], 1);
    let object = cluster.image.ranges_from(StreamId(1), Offset::ZERO).next().unwrap().object;
    let scope = CleaningScope {
        wanted: &|_, _| true,
        rules: &|_| Some(CleaningRules { dirty_ratio_min: 0.0, ..RULES }),
        unreadable: &BTreeSet::from([object]),
        cleaned_ago: &|_| None,
        now: Timestamp(NOW),
    };
    assert_eq!(first(&cluster, &scope), None);
    // Nor is anything known of it without its checkpoint.
    let checkpoint = cluster.image.stream(StreamId(1)).unwrap().checkpoint.unwrap().object;
    assert_ne!(checkpoint, object);
    let scope = CleaningScope { unreadable: &BTreeSet::from([checkpoint]), ..scope };
    assert_eq!(first(&cluster, &scope), None);
    let scope = CleaningScope { unreadable: &BTreeSet::new(), ..scope };
    assert_eq!(first(&cluster, &scope), Some((1, 1..2)));
    let scope = CleaningScope { wanted: &|id, _| id != StreamId(1), ..scope };
    assert_eq!(first(&cluster, &scope), None);
    assert_eq!(first(&cluster, &CleaningScope { rules: &|_| None, ..scope }), None);
}

/// What comes with times of last year is not of last year.
#[test]
fn old_times_make_no_stream_due_again_and_again() {
    let cluster = cluster(&[&[(1_000, 900_000), (1, 900_000)]], 1);
    let rules = CleaningRules { lag_max: 500, dirty_age_min: 700, ..RULES };
    for (ago, expect) in [(None, true), (Some(499), false), (Some(500), true)] {
        let scope = CleaningScope {
            wanted: &|_, _| true,
            rules: &|_| Some(rules),
            unreadable: &BTreeSet::new(),
            cleaned_ago: &|_| ago,
            now: Timestamp(NOW),
        };
        assert_eq!(first(&cluster, &scope).is_some(), expect, "cleaned {ago:?} ago");
    }
    // And those without a time have no age.
    let cluster = self::cluster(&[&[(1_000, NOW + 1)]], 0);
    assert_eq!(due(&cluster, CleaningRules { dirty_bytes_min: 2_000, ..rules }), None);
}
