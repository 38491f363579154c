use penstock_model::command::{
    AdvanceFirstDirty, Command, MovedCheckpoint, ReplaceRanges, ReplacedRun, Reply, TrimStreams,
    UploadedObject,
};
use penstock_model::id::{BrokerEpoch, StreamEpoch, Timestamp};
use penstock_model::invariants;
use proptest::prelude::*;

use super::*;
use crate::compaction::testing::Cluster;

mod merges;

const SETTINGS: PlanSettings = PlanSettings {
    object_bytes_max: 1_000,
    index_bytes_max: 1_000,
    stream_object_bytes_min: 400,
    small_max: 4,
    command_bytes_max: 1 << 20,
    jobs_max: 1_000,
};

/// What is in objects, by the real commands; no bytes.
struct World {
    cluster: Cluster,
    span: Option<u64>,
    dirty_span: Option<u64>,
    settings: PlanSettings,
    unreadable: BTreeSet<ObjectId>,
    uploaded: u64,
    written: u64,
}

impl World {
    fn new(streams: usize) -> Self {
        Self {
            cluster: Cluster::new(streams),
            span: None,
            dirty_span: None,
            settings: SETTINGS,
            unreadable: BTreeSet::new(),
            uploaded: 0,
            written: 0,
        }
    }

    fn upload(&mut self, kind: ObjectKind, time: i64, parts: &[(u64, u64)]) {
        self.uploaded += parts.iter().map(|(_, bytes)| bytes).sum::<u64>();
        self.cluster.upload(kind, time, parts);
    }

    fn share(&mut self, parts: &[(u64, u64)]) {
        self.upload(ObjectKind::StreamSet, 0, parts);
    }

    fn plan(&self) -> Vec<Job> {
        self.in_scope(|scope| plan(&self.cluster.image, scope, &self.settings))
    }

    fn in_scope<T>(&self, plan: impl FnOnce(&Scope<'_>) -> T) -> T {
        let limits = RangeLimits { span: self.span, dirty_span: self.dirty_span, bytes: None };
        plan(&Scope { wanted: &|_| true, limits: &|_| limits, unreadable: &self.unreadable })
    }

    fn commit(&mut self, job: &Job) {
        let id = self.cluster.lease();
        let size = job.bytes();
        self.written += size;
        let run = |part: &Part, run: &Run| ReplacedRun {
            cleaned: false,
            stream: part.stream,
            offsets: run[0].offsets.start..run.last().unwrap().offsets.end,
            objects: run.iter().map(|range| range.object).collect(),
            size: bytes(run),
            max_timestamp: run.iter().map(|range| range.max_timestamp).max().unwrap(),
        };
        let runs = job.parts.iter().flat_map(|part| part.runs.iter().map(|r| run(part, r)));
        let moved = |part: &Part| {
            part.checkpoint.map(|former| MovedCheckpoint {
                stream: part.stream,
                from: former.object,
                to: CheckpointRef { object: id, ..former },
            })
        };
        let command = ReplaceRanges {
            broker: BrokerEpoch(1),
            object: UploadedObject { id, kind: job.kind, size: size + 100, index_position: size },
            runs: runs.collect(),
            checkpoints: job.parts.iter().filter_map(moved).collect(),
            now: Timestamp(0),
        };
        let reply = self.cluster.apply(&Command::ReplaceRanges(command));
        assert_eq!(reply, Reply::Committed { skipped: Vec::new() }, "of {job:?}");
        assert_eq!(invariants::check(&self.cluster.image), Ok(()));
    }

    /// Carries plans out until there is none; the jobs.
    fn compact(&mut self) -> Vec<Job> {
        let mut done = Vec::new();
        loop {
            let jobs = self.plan();
            if jobs.is_empty() {
                return done;
            }
            for job in &jobs {
                check_job(job);
                self.commit(job);
            }
            done.extend(jobs);
            assert!(done.len() < 10_000, "it comes to no end");
        }
    }

    fn trim(&mut self, stream: u64, ranges: usize) {
        let id = StreamId(stream);
        let last = self.cluster.image.ranges_from(id, Offset::ZERO).take(ranges).last();
        let Some(last) = last else { return };
        let starts = vec![(id, StreamEpoch(0), last.offsets.end)];
        let trim = TrimStreams { broker: BrokerEpoch(1), starts, now: Timestamp(0) };
        self.cluster.apply(&Command::TrimStreams(trim));
    }

    fn live(&self) -> impl Iterator<Item = (ObjectId, &Object)> {
        self.cluster.image.objects().filter(|(id, _)| self.cluster.image.is_live(*id))
    }
}

fn check_job(job: &Job) {
    assert!(job.bytes() <= SETTINGS.object_bytes_max, "{job:?}");
    assert!(job.index_bytes <= SETTINGS.index_bytes_max, "{job:?}");
    assert!(job.parts.is_sorted_by(|a, b| a.stream < b.stream), "{job:?}");
    for part in &job.parts {
        assert!(!part.runs.is_empty() || part.checkpoint.is_some(), "{job:?}");
        for run in &part.runs {
            assert!(run.windows(2).all(|pair| pair[0].offsets.end == pair[1].offsets.start));
        }
    }
    if job.kind == ObjectKind::Stream {
        let [Part { runs, .. }] = &job.parts[..] else { panic!("{job:?}") };
        assert_eq!(runs.len(), 1);
        assert!(job.bytes() >= SETTINGS.stream_object_bytes_min, "{job:?}");
    }
}

/// `stream@object,object` for each run, `stream*object` for a checkpoint; shared jobs in brackets.
fn shown(jobs: &[Job]) -> String {
    let part = |part: &Part| {
        let run = |run: &Run| {
            let objects: Vec<_> = run.iter().map(|range| range.object.to_string()).collect();
            format!("{}@{}", part.stream, objects.join(","))
        };
        let mut text: Vec<_> = part.runs.iter().map(run).collect();
        text.extend(part.checkpoint.map(|c| format!("{}*{}", part.stream, c.object)));
        text.join(" ")
    };
    let job = |job: &Job| {
        let parts = job.parts.iter().map(part).collect::<Vec<_>>().join(" ");
        if job.kind == ObjectKind::Stream { parts } else { format!("[{parts}]") }
    };
    jobs.iter().map(job).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_stream_with_enough_gets_an_object_of_its_own() {
    let mut world = World::new(3);
    for _ in 0..5 {
        world.share(&[(1, 190), (2, 180), (3, 150)]);
    }
    assert_eq!(shown(&world.plan()), "", "all may still grow");
    world.share(&[(1, 190), (2, 40), (3, 200)]);
    assert_eq!(shown(&world.compact()), "1@1,2,3,4,5");
}

#[test]
fn what_is_large_stays_as_it_is_and_closes_what_is_before_it() {
    let mut world = World::new(1);
    world.share(&[(1, 90)]);
    world.share(&[(1, 90)]);
    assert_eq!(shown(&world.plan()), "");
    world.upload(ObjectKind::Stream, 0, &[(1, 900)]);
    assert_eq!(shown(&world.compact()), "[1@1,2]");
    world.upload(ObjectKind::Stream, 0, &[(1, 900)]);
    assert_eq!(shown(&world.compact()), "");
}

#[test]
fn what_is_large_stays_in_a_shared_object_until_that_is_emptied() {
    let mut world = World::new(3);
    for _ in 0..9 {
        world.share(&[(1, 500), (2, 400), (3, 500)]);
    }
    assert_eq!(shown(&world.compact()), "");
    world.trim(1, 3);
    world.trim(3, 3);
    assert_eq!(shown(&world.compact()), "2@1,2 2@3");
}

#[test]
fn small_objects_become_fewer() {
    let mut world = World::new(9);
    for stream in 1..=4 {
        world.share(&[(stream, 10), (stream + 5, 1)]);
    }
    assert_eq!(shown(&world.plan()), "");
    world.share(&[(5, 10)]);
    let all = "[1@1 1*1 2@2 2*2 3@3 3*3 4@4 4*4 5@5 5*5 6@1 6*1 7@2 7*2 8@3 8*3 9@4 9*4]";
    assert_eq!(shown(&world.compact()), all);
    assert_eq!(world.live().count(), 1);
}

#[test]
fn many_small_ranges_become_fewer_where_that_triples_the_oldest() {
    let mut world = World::new(10);
    let sizes = [90, 30, 7, 7, 7, 7, 7, 7, 7];
    for (filler, bytes) in (2..).zip(sizes) {
        assert_eq!(shown(&world.plan()), "");
        world.share(&[(1, bytes), (filler, 800)]);
    }
    assert_eq!(shown(&world.compact()), "[1@3,4,5,6,7,8,9]");
}

#[test]
fn periods_are_not_joined() {
    let mut world = World::new(1);
    world.span = Some(100);
    for time in [10, 20, 90, 105, 106, 150, 30, 160, 230] {
        world.upload(ObjectKind::StreamSet, time, &[(1, 60)]);
    }
    assert_eq!(shown(&world.plan()), "[1@1,2,3 1@4,5,6,7,8 1@9 1*9]");
}

/// How far log compaction got cuts periods only of what it has yet to look at.
#[test]
fn ages_cut_what_is_dirty() {
    let joined = |first_dirty: u64| {
        let mut world = World::new(1);
        world.dirty_span = Some(100);
        for time in (0..12).map(|at| at * 60) {
            world.upload(ObjectKind::StreamSet, time, &[(1, 20)]);
        }
        let (broker, streams) = (BrokerEpoch(1), vec![(StreamId(1), Offset(first_dirty))]);
        let advance = AdvanceFirstDirty { broker, streams };
        world.cluster.apply(&Command::AdvanceFirstDirty(advance));
        world.compact();
        let ranges = world.cluster.image.ranges_from(StreamId(1), Offset::ZERO);
        ranges.map(|range| range.offsets.end.0).collect::<Vec<_>>()
    };
    // Two ranges of one period each; the last period may still grow.
    assert_eq!(joined(0), [2, 4, 5, 7, 9, 10, 12]);
    assert_eq!(joined(5), [5, 7, 9, 10, 12]);
}

#[test]
fn what_is_hardly_used_is_emptied() {
    let mut world = World::new(3);
    for _ in 0..3 {
        world.share(&[(1, 600), (2, 20), (3, 20)]);
        assert_eq!(shown(&world.compact()), "");
    }
    world.trim(1, 2);
    assert_eq!(shown(&world.compact()), "[2@1,2 3@1,2]");
    world.trim(1, 1);
    // The checkpoint of the first stream moves, too.
    world.share(&[(2, 20), (3, 800)]);
    assert_eq!(shown(&world.compact()), "");
    world.share(&[(3, 800)]);
    world.trim(3, 9);
    assert_eq!(shown(&world.compact()), "[1*3 2@3,5 2*5 3*6]");
}

#[test]
fn what_cannot_be_read_stays() {
    let mut world = World::new(1);
    for _ in 0..7 {
        world.share(&[(1, 200)]);
    }
    world.unreadable.insert(ObjectId(3));
    assert_eq!(shown(&world.compact()), "1@1,2 1@4,5,6,7 [1*7]");
}

/// What lay for long: it is joined in steps, none of which takes much memory.
#[test]
fn many_ranges_become_one_in_steps() {
    let mut world = World::new(1);
    for _ in 0..3_000 {
        world.upload(ObjectKind::StreamSet, 0, &[(1, 1)]);
    }
    let jobs = world.compact();
    let longest = jobs.iter().flat_map(|job| &job.parts).flat_map(|part| &part.runs);
    assert_eq!(longest.map(Vec::len).max(), Some(10), "an index takes a hundred bytes");
    assert!(world.cluster.image.ranges_from(StreamId(1), Offset::ZERO).count() < 12);
    assert!(world.written <= 9 * world.uploaded, "{}", world.written);
}

#[test]
fn what_may_stand_in_one_range_is_bounded_in_bytes() {
    let mut world = World::new(1);
    for _ in 0..9 {
        world.share(&[(1, 60)]);
    }
    let limits = RangeLimits { bytes: Some(200), ..RangeLimits::default() };
    let scope = Scope { wanted: &|_| true, limits: &|_| limits, unreadable: &BTreeSet::new() };
    let jobs = plan(&world.cluster.image, &scope, &SETTINGS);
    assert_eq!(shown(&jobs), "[1@1,2,3 1@4,5,6 1@7,8,9 1*9]");
}

fn upload() -> impl Strategy<Value = (bool, Vec<u64>)> {
    let sizes = prop_oneof![
        4 => Just(0_u64), 8 => 1_u64..20, 4 => 20_u64..200, 1 => 200_u64..399, 1 => 400_u64..800
    ];
    (prop::bool::weighted(0.9), prop::collection::vec(sizes, 6))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn it_comes_to_an_end_and_leaves_little_that_is_small(
        uploads in prop::collection::vec((upload(), any::<u32>()), 1..120),
        span in prop::option::of(1_u64..50),
        is_command_small in prop::bool::weighted(0.2),
    ) {
        let mut world = World::new(6);
        world.span = span;
        if is_command_small {
            world.settings.command_bytes_max = 600;
        }
        for (time, ((compacts, sizes), seed)) in (0..).zip(uploads) {
            let parts: Vec<_> =
                (1..).zip(sizes).filter(|(_, size)| *size > 0).collect();
            world.upload(ObjectKind::StreamSet, time, &parts);
            if seed % 5 == 0 {
                world.trim(u64::from(seed / 5 % 6) + 1, (seed / 30 % 4) as usize);
            }
            if compacts {
                world.compact();
            }
        }
        world.compact();
        prop_assert_eq!(world.plan(), vec![]);

        // Small ranges: a few in the open, and one for each period or window that is closed.
        let periods = span.map_or(1, |span| 120 / usize::try_from(span).unwrap() + 2);
        for (id, stream) in world.cluster.image.streams() {
            let small = world.cluster.image.ranges_from(id, Offset::ZERO).filter(|range| {
                let object = world.cluster.image.object(range.object).unwrap();
                object.kind == ObjectKind::StreamSet && !world.settings.holds_large_ranges(object)
            });
            let small: Vec<_> = small.collect();
            let most = 3 * SETTINGS.small_max + periods + usize::try_from(stream.bytes).unwrap() / 200;
            prop_assert!(small.len() <= most, "stream {}: {:?}", id, small);
        }
        let small = world.live().filter(|(_, object)| world.settings.is_small_shared(object));
        prop_assert!(small.count() <= SETTINGS.small_max);
        let in_use: u64 = world.cluster.image.streams().map(|(_, stream)| stream.bytes + 1).sum();
        let stored: u64 = world.live().map(|(_, object)| object.content).sum();
        prop_assert!(stored <= 2 * in_use + 2 * SETTINGS.object_bytes_max, "{} of {}", in_use, stored);
        prop_assert!(world.written <= 6 * world.uploaded + 1_000, "{} of {}", world.written, world.uploaded);
    }
}

/// Ten streams of a trickle and one of much, for long: what is written in all.
#[test]
fn amplification_is_bounded() {
    let mut world = World::new(11);
    let trickle: Vec<_> = (1..=10).map(|stream| (stream, 3)).chain([(11, 200)]).collect();
    for _ in 0..2_000 {
        world.share(&trickle);
        world.compact();
    }
    let factor = world.written * 100 / world.uploaded;
    assert!((100..250).contains(&factor), "{factor} %");
    assert!(world.live().count() < 650, "{}", world.live().count());
}
