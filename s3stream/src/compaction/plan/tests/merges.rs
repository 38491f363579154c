//! The second tier, over what the first one leaves.

use super::merge::{Merge, MergeSettings, plan as plan_merges};
use super::*;

const MERGING: MergeSettings =
    MergeSettings { ranges_max: 0, bytes_max: 8_000, piece_bytes_min: 100, merges_max: 1_000 };

impl World {
    fn merges(&self, merging: &MergeSettings) -> Vec<Merge> {
        let unfit = BTreeSet::new();
        self.in_scope(|scope| {
            plan_merges(&self.cluster.image, scope, &unfit, &self.settings, merging)
        })
    }

    /// A range of its own.
    fn large(&mut self, stream: u64, time: i64, bytes: u64) {
        self.upload(ObjectKind::Stream, time, &[(stream, bytes)]);
    }

    /// Carries out both tiers until neither has anything to do; the merges, and the bytes that were
    /// copied.
    fn merge_all(&mut self, merging: &MergeSettings) -> (Vec<Merge>, u64) {
        let (mut done, mut copied) = (Vec::new(), 0);
        loop {
            let first = self.compact();
            let written = self.written;
            let merges = self.merges(merging);
            if first.is_empty() && merges.is_empty() {
                return (done, copied);
            }
            for merge in &merges {
                check_merge(merge, merging);
                let part =
                    Part { stream: merge.stream, runs: vec![merge.run.clone()], checkpoint: None };
                let (kind, parts) = (ObjectKind::Stream, vec![part]);
                self.commit(&Job { kind, parts, index_bytes: 0, cleans: false });
            }
            copied += self.written - written;
            self.written = written;
            done.extend(merges);
            assert!(done.len() < 10_000, "it comes to no end");
        }
    }

    fn ranges(&self, stream: u64) -> Vec<StreamRange> {
        self.cluster.image.ranges_from(StreamId(stream), Offset::ZERO).collect()
    }
}

fn check_merge(merge: &Merge, merging: &MergeSettings) {
    let sizes = merging.piece_bytes_min..merging.bytes_max / 4;
    assert!(merge.run.iter().all(|range| sizes.contains(&range.size)), "{merge:?}");
    assert!(bytes(&merge.run) <= merging.bytes_max, "{merge:?}");
    assert!((4..=RUN_RANGES_MAX).contains(&merge.run.len()), "{merge:?}");
    // An index of a hundred bytes each.
    assert_eq!(merge.index_bytes, 100 * merge.run.len() as u64);
}

/// `stream@object,object` for each.
fn shown(merges: &[Merge]) -> String {
    let merge = |merge: &Merge| {
        let objects: Vec<_> = merge.run.iter().map(|range| range.object.to_string()).collect();
        format!("{}@{}", merge.stream, objects.join(","))
    };
    merges.iter().map(merge).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_window_is_merged_when_it_is_closed_by_its_bytes() {
    let merging = MergeSettings { bytes_max: 7_300, ..MERGING };
    let mut world = World::new(1);
    for _ in 0..8 {
        world.large(1, 0, 900);
        assert_eq!(shown(&world.merges(&merging)), "");
    }
    // The ninth does not fit.
    world.large(1, 0, 900);
    let (merges, copied) = world.merge_all(&merging);
    assert_eq!((shown(&merges).as_str(), copied), ("1@1,2,3,4,5,6,7,8", 7_200));
    assert_eq!(world.ranges(1).len(), 2);
}

#[test]
fn periods_and_what_is_very_large_close_a_window() {
    let mut world = World::new(1);
    world.span = Some(100);
    for time in [0, 1, 2, 3, 100, 101, 102, 103] {
        world.large(1, time, 500);
    }
    assert_eq!(shown(&world.merge_all(&MERGING).0), "1@1,2,3,4");
    world.large(1, 104, 2_000);
    assert_eq!(shown(&world.merge_all(&MERGING).0), "1@5,6,7,8");
    assert_eq!(world.ranges(1).len(), 3);
}

/// Small ones may become a large one yet: then it is a part of the window.
#[test]
fn what_is_small_closes_no_window() {
    let mut world = World::new(1);
    for _ in 0..4 {
        world.large(1, 0, 500);
    }
    world.share(&[(1, 200)]);
    assert_eq!(shown(&world.merge_all(&MERGING).0), "");
    world.share(&[(1, 210)]);
    world.large(1, 0, 500);
    world.large(1, 0, 3_000);
    let (merges, _) = world.merge_all(&MERGING);
    assert_eq!(merges.iter().map(|merge| merge.run.len()).collect::<Vec<_>>(), [6]);
    // What stays small for good closes it.
    let mut world = World::new(1);
    for _ in 0..4 {
        world.large(1, 0, 500);
    }
    world.share(&[(1, 200)]);
    world.large(1, 0, 500);
    assert_eq!(shown(&world.merge_all(&MERGING).0), "1@1,2,3,4");
}

#[test]
fn few_ranges_are_left_as_they_are_and_the_oldest_go_first() {
    let mut world = World::new(3);
    for stream in [2, 1, 3] {
        for _ in 0..4 {
            world.large(stream, 0, 500);
        }
        world.large(stream, 0, 3_000);
    }
    let left = |ranges_max| shown(&world.merges(&MergeSettings { ranges_max, ..MERGING }));
    assert_eq!(left(15), "");
    assert_eq!(left(14), "2@1,2,3,4");
    assert_eq!(left(12), "2@1,2,3,4");
    assert_eq!(left(11), "2@1,2,3,4 1@6,7,8,9");
    assert_eq!(shown(&world.merges(&MergeSettings { merges_max: 1, ..MERGING })), "2@1,2,3,4");
}

#[test]
fn what_is_not_to_be_touched_is_not_merged() {
    let mut world = World::new(1);
    for _ in 0..9 {
        world.large(1, 0, 500);
    }
    world.large(1, 0, 3_000);
    // Too small for the store to copy.
    assert_eq!(shown(&world.merges(&MergeSettings { piece_bytes_min: 501, ..MERGING })), "");
    // Log compaction writes all of it again.
    world.dirty_span = Some(100);
    assert_eq!(shown(&world.merges(&MERGING)), "");
    world.dirty_span = None;
    world.unreadable.insert(ObjectId(5));
    assert_eq!(shown(&world.merges(&MERGING)), "1@1,2,3,4 1@6,7,8,9");
    let unfit = BTreeSet::from([ObjectId(4)]);
    let merges = world
        .in_scope(|scope| plan_merges(&world.cluster.image, scope, &unfit, &SETTINGS, &MERGING));
    assert_eq!(shown(&merges), "1@6,7,8,9");
    // The border of what is clean stands although nothing is compacted any more.
    world.unreadable.clear();
    let (broker, streams) = (BrokerEpoch(1), vec![(StreamId(1), Offset(4))]);
    world.cluster.apply(&Command::AdvanceFirstDirty(AdvanceFirstDirty { broker, streams }));
    assert_eq!(shown(&world.merges(&MERGING)), "1@1,2,3,4 1@5,6,7,8,9");
}

#[test]
fn what_is_merged_is_nothing_to_the_first_tier() {
    let mut world = World::new(1);
    for _ in 0..4 {
        world.large(1, 0, 450);
    }
    world.large(1, 0, 3_000);
    assert_eq!(world.merge_all(&MERGING).0.len(), 1);
    // Trimmed up to its middle, whatever comes after it.
    let starts = vec![(StreamId(1), StreamEpoch(0), Offset(2))];
    let trim = TrimStreams { broker: BrokerEpoch(1), starts, now: Timestamp(0) };
    world.cluster.apply(&Command::TrimStreams(trim));
    for _ in 0..20 {
        world.share(&[(1, 30)]);
        let jobs = world.compact();
        assert!(!jobs.iter().any(|job| job.bytes() > 1_000), "{jobs:?}");
    }
    assert_eq!(world.ranges(1)[0].offsets, Offset(0)..Offset(4));
}

/// Streams that share objects in large ranges leave these one after the other: what is left there in
/// the end is little, and moves.
#[test]
fn shared_objects_are_left_and_emptied() {
    let mut world = World::new(2);
    for _ in 0..12 {
        world.share(&[(1, 450), (2, 450)]);
    }
    for stream in 1..=2 {
        world.large(stream, 0, 3_000);
    }
    let (merges, copied) = world.merge_all(&MERGING);
    assert_eq!(merges.len(), 2);
    assert!(copied <= world.uploaded, "{copied} of {}", world.uploaded);
    assert_eq!(world.plan(), vec![]);
    assert!(world.live().count() <= 6, "{}", world.live().count());
}

/// One stream of large ranges and nothing else, for long: each byte is copied once.
#[test]
fn what_is_copied_is_bounded() {
    let mut world = World::new(1);
    world.span = Some(1_000);
    let mut copied = 0;
    for time in 0..3_000 {
        world.large(1, time, 400 + u64::try_from(time % 7).unwrap() * 80);
        copied += world.merge_all(&MERGING).1;
    }
    assert!(copied <= world.uploaded, "{copied} of {}", world.uploaded);
    let ranges = world.ranges(1).len() as u64;
    assert!(ranges <= world.uploaded / 6_000 + 20, "{ranges} ranges");
}

fn sizes() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => Just(0_u64), 3 => 1_u64..60, 2 => 60_u64..400, 6 => 400_u64..800, 2 => 800_u64..2_500
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn it_comes_to_an_end_and_copies_little(
        uploads in prop::collection::vec((prop::collection::vec(sizes(), 3), any::<u32>()), 1..150),
        span in prop::option::of(1_u64..60),
        merges_often in prop::bool::weighted(0.7),
    ) {
        let mut world = World::new(3);
        world.span = span;
        let mut copied = 0;
        for (time, (sizes, seed)) in (0..).zip(uploads) {
            let parts = (1..).zip(sizes).filter(|(_, size)| *size > 0);
            let (alone, shared): (Vec<_>, Vec<_>) =
                parts.partition(|(_, size)| *size >= 800 || *size >= 400 && seed % 3 > 0);
            for (stream, size) in alone {
                world.large(stream, time, size);
            }
            if !shared.is_empty() {
                world.upload(ObjectKind::StreamSet, time, &shared);
            }
            if seed % 11 == 0 {
                world.trim(u64::from(seed / 11 % 3) + 1, (seed / 33 % 3) as usize);
            }
            if merges_often {
                copied += world.merge_all(&MERGING).1;
            }
        }
        copied += world.merge_all(&MERGING).1;
        prop_assert_eq!(world.plan(), vec![]);
        prop_assert_eq!(world.merges(&MERGING), vec![]);
        prop_assert!(copied <= 2 * world.uploaded, "{} of {}", copied, world.uploaded);
    }
}
