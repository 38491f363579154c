//! What the commit of a compaction does to streams and objects.

use super::world::{Upload, World};
use crate::command::{
    AdvanceFirstDirty, CheckpointRef, Command, MovedCheckpoint, ObjectKind, Refused, ReplaceRanges,
    ReplacedRun, Reply, UploadedObject,
};
use crate::id::{BrokerEpoch, ObjectId, Offset, StreamId, Timestamp};

/// Runs as (stream, offsets, objects); checkpoints as (stream, offset, from).
fn replacement(
    id: u64,
    runs: &[(u64, std::ops::Range<u64>, &[u64])],
    checkpoints: &[(u64, u64, u64)],
) -> ReplaceRanges {
    let object = UploadedObject {
        id: ObjectId(id),
        kind: ObjectKind::StreamSet,
        size: 1_000,
        index_position: 900,
    };
    let run = |(stream, offsets, objects): &(u64, std::ops::Range<u64>, &[u64])| ReplacedRun {
        stream: StreamId(*stream),
        offsets: Offset(offsets.start)..Offset(offsets.end),
        objects: objects.iter().copied().map(ObjectId).collect(),
        size: 15,
        max_timestamp: Timestamp(3),
        cleaned: false,
    };
    let moved = |(stream, offset, from): &(u64, u64, u64)| MovedCheckpoint {
        stream: StreamId(*stream),
        from: ObjectId(*from),
        to: CheckpointRef { offset: Offset(*offset), object: object.id, position: 20, size: 10 },
    };
    ReplaceRanges {
        broker: BrokerEpoch(1),
        object,
        runs: runs.iter().map(run).collect(),
        checkpoints: checkpoints.iter().map(moved).collect(),
        now: Timestamp(8),
    }
}

impl World {
    fn replace(&mut self, command: &ReplaceRanges) -> Result<Vec<u64>, Refused> {
        match self.run(&Command::ReplaceRanges(command.clone()))? {
            Reply::Committed { skipped } => Ok(skipped.iter().map(|stream| stream.0).collect()),
            other => panic!("{other:?}"),
        }
    }

    /// Two streams, three uploads of both, each with a checkpoint of the first.
    fn uploaded() -> Self {
        let mut world = Self::with_streams(2);
        for at in [0, 10, 20] {
            let ranges = vec![(1, at..at + 10, 0), (2, at..at + 10, 0)];
            let checkpoints = vec![(1, at + 10, 0)];
            world
                .commit(&Upload { objects: 1, ranges, checkpoints, now: 7, ..Upload::default() })
                .unwrap();
        }
        assert_eq!(world.objects(), "1:2 2:2 3:3");
        world
    }
}

#[test]
fn ranges_become_one_and_their_objects_go_with_the_last() {
    let mut world = World::uploaded();
    let id = world.lease(1, 1).start;
    assert_eq!(world.replace(&replacement(id, &[(1, 0..30, &[1, 2, 3])], &[])), Ok(vec![]));
    assert_eq!(world.stream(1), "0..30 0..30@4");
    assert_eq!(world.image.stream(StreamId(1)).unwrap().bytes, 15);
    assert_eq!(world.stream(2), "0..30 0..10@1 10..20@2 20..30@3");
    assert_eq!(world.objects(), "1:1 2:1 3:2 4:1");

    let id = world.lease(1, 1).start;
    let rest = replacement(id, &[(2, 0..20, &[1, 2])], &[(1, 30, 3)]);
    assert_eq!(world.replace(&rest), Ok(vec![]));
    assert_eq!(world.stream(2), "0..30 0..20@5 20..30@3");
    assert_eq!(world.objects(), "1:destroyed at 8 2:destroyed at 8 3:1 4:1 5:2");
}

/// What happened meanwhile, and what the run of both streams over all uploads still does.
#[track_caller]
fn check(meanwhile: impl FnOnce(&mut World), skipped: &[u64], streams: [&str; 2]) {
    let mut world = World::uploaded();
    let id = world.lease(1, 1).start;
    meanwhile(&mut world);
    let runs: [(_, _, &[u64]); 2] = [(1, 0..30, &[1, 2, 3]), (2, 0..30, &[1, 2, 3])];
    assert_eq!(world.replace(&replacement(id, &runs, &[])), Ok(skipped.to_vec()));
    assert_eq!([world.stream(1), world.stream(2)], streams);
}

#[test]
fn a_stream_that_changed_meanwhile_stays_as_it_is() {
    check(|_| {}, &[], ["0..30 0..30@4", "0..30 0..30@4"]);
    // A range went.
    let trim = |world: &mut World| drop(world.trim(&[(1, 10)], 9).unwrap());
    check(trim, &[1], ["10..30 10..20@2 20..30@3", "0..30 0..30@4"]);
    // The start moved within a range: the reader skips what is before it.
    let trim = |world: &mut World| drop(world.trim(&[(1, 5)], 9).unwrap());
    check(trim, &[], ["5..30 0..30@4", "0..30 0..30@4"]);
    // Somebody else replaced some of them.
    let replace = |world: &mut World| {
        let id = world.lease(1, 1).start;
        world.replace(&replacement(id, &[(2, 10..30, &[2, 3])], &[])).unwrap();
    };
    check(replace, &[2], ["0..30 0..30@4", "0..30 0..10@1 10..30@5"]);
    // More was uploaded.
    let upload = |world: &mut World| {
        let ranges = vec![(1, 30..40, 0)];
        world.commit(&Upload { objects: 1, ranges, ..Upload::default() }).unwrap();
    };
    check(upload, &[], ["0..40 0..30@4 30..40@5", "0..30 0..30@4"]);
}

#[test]
fn what_nothing_wants_is_destroyed_at_once() {
    let mut world = World::uploaded();
    let id = world.lease(1, 1).start;
    let late = replacement(id, &[(1, 0..30, &[1, 2]), (9, 0..10, &[1])], &[(1, 20, 2)]);
    assert_eq!(world.replace(&late), Ok(vec![1, 9]));
    assert_eq!(world.objects(), "1:2 2:2 3:3 4:destroyed at 8");
}

#[test]
fn a_retry_answers_the_same_and_changes_nothing() {
    let mut world = World::uploaded();
    let id = world.lease(1, 1).start;
    let command = replacement(id, &[(1, 0..20, &[1, 2]), (2, 0..20, &[1, 3])], &[(1, 30, 3)]);
    assert_eq!(world.replace(&command), Ok(vec![2]));
    let before = (world.stream(1), world.stream(2), world.objects());
    assert_eq!(world.replace(&command), Ok(vec![2]));
    assert_eq!((world.stream(1), world.stream(2), world.objects()), before);
    // Its effect was replaced in turn.
    let next = world.lease(1, 1).start;
    world.replace(&replacement(next, &[(1, 0..30, &[4, 3])], &[])).unwrap();
    assert_eq!(world.replace(&command), Ok(vec![1, 2]));
    assert_eq!(world.stream(1), "0..30 0..30@5");
}

#[test]
fn only_a_live_lease_of_the_broker_can_be_committed() {
    let mut world = World::uploaded();
    let (other, _) = world.register(2, 1);
    let foreign = world.lease(other.0, 1).start;
    let run: [(_, _, &[u64]); 1] = [(1, 0..20, &[1, 2])];
    let not_leased = |id| Err(Refused::NotLeased(ObjectId(id)));
    assert_eq!(world.replace(&replacement(foreign, &run, &[])), not_leased(foreign));
    assert_eq!(world.replace(&replacement(99, &run, &[])), not_leased(99));
    let mut same_id = replacement(3, &run, &[]);
    same_id.object.size += 1;
    assert_eq!(world.replace(&same_id), not_leased(3), "it is another object");

    let id = world.lease(1, 1).start;
    let (leases, now) = (vec![ObjectId(id)], Timestamp(100));
    world.run(&Command::ExpireLeases { leases, now }).unwrap();
    assert_eq!(world.replace(&replacement(id, &run, &[])), not_leased(id));
    let id = world.lease(1, 1).start;
    world.run(&Command::FenceBroker(BrokerEpoch(1))).unwrap();
    let refused = Err(Refused::BrokerNotActive(BrokerEpoch(1)));
    assert_eq!(world.replace(&replacement(id, &run, &[])), refused);
}

/// Whoever compacts need not own the streams.
#[test]
fn another_broker_may_replace_ranges() {
    let mut world = World::uploaded();
    let (other, _) = world.register(2, 1);
    let id = world.lease(other.0, 1).start;
    let command = ReplaceRanges { broker: other, ..replacement(id, &[(1, 0..20, &[1, 2])], &[]) };
    assert_eq!(world.replace(&command), Ok(vec![]));
    assert_eq!(world.stream(1), format!("0..30 0..20@{id} 20..30@3"));
}

#[test]
fn malformed_replacements_are_refused() {
    let sound = replacement(4, &[(1, 0..20, &[1, 2])], &[(1, 30, 3)]);
    type Spoil = fn(&mut ReplaceRanges);
    let cases: [(Spoil, Refused); 8] = [
        (
            |c| (c.runs, c.checkpoints) = (Vec::new(), Vec::new()),
            Refused::Empty("a replacement of nothing"),
        ),
        (
            |c| c.object.index_position = 1_001,
            Refused::Malformed("an index behind its object's end"),
        ),
        (|c| c.runs[0].offsets.end = c.runs[0].offsets.start, Refused::Malformed("an empty range")),
        (|c| c.runs[0].objects.clear(), Refused::Malformed("a run that takes no range's place")),
        (
            |c| c.runs[0].objects[0] = c.object.id,
            Refused::Malformed("an object that takes its own place"),
        ),
        (|c| c.runs[0].size = 1_001, Refused::Malformed("a range larger than its object")),
        (
            |c| c.checkpoints[0].to.object = ObjectId(3),
            Refused::Malformed("a checkpoint without its object"),
        ),
        (
            |c| c.checkpoints[0].to.position = u64::MAX,
            Refused::Malformed("a checkpoint behind its object's end"),
        ),
    ];
    for (spoil, refused) in cases {
        let mut world = World::uploaded();
        assert_eq!(world.lease(1, 1).start, 4);
        let mut command = sound.clone();
        spoil(&mut command);
        assert_eq!(world.replace(&command), Err(refused));
    }
}

#[test]
fn log_compaction_is_known_by_how_far_it_got() {
    let mut world = World::uploaded();
    let id = world.lease(1, 1).start;
    let mut command = replacement(id, &[(1, 0..10, &[1])], &[]);
    command.runs[0].cleaned = true;
    assert_eq!(world.replace(&command), Ok(vec![]));
    let state = |world: &World| {
        let stream = world.image.stream(StreamId(1)).unwrap();
        (stream.gaps_to.0, stream.first_dirty.0)
    };
    assert_eq!(state(&world), (10, 0));
    // What was only moved has no more gaps than before.
    let id = world.lease(1, 1).start;
    assert_eq!(world.replace(&replacement(id, &[(1, 0..20, &[4, 2])], &[])), Ok(vec![]));
    assert_eq!(state(&world), (10, 0));
    // Nor has what was skipped.
    let id = world.lease(1, 1).start;
    let mut stale = replacement(id, &[(1, 0..30, &[4, 2, 3])], &[]);
    stale.runs[0].cleaned = true;
    assert_eq!(world.replace(&stale), Ok(vec![1]));
    assert_eq!(state(&world), (10, 0));

    let advance = |offset| {
        let streams = vec![(StreamId(1), Offset(offset)), (StreamId(99), Offset(5))];
        Command::AdvanceFirstDirty(AdvanceFirstDirty { broker: BrokerEpoch(1), streams })
    };
    assert_eq!(world.run(&advance(20)), Ok(Reply::Done));
    assert_eq!(world.run(&advance(15)), Ok(Reply::Done));
    assert_eq!(state(&world), (10, 20));
    assert!(matches!(world.run(&advance(31)), Err(Refused::Malformed(_))));
    assert_eq!(state(&world), (10, 20));
}
