//! What a commit does to streams, objects and the log's trim position.

use super::world::{Upload, World};
use crate::command::{Command, CommitUpload, Refused};
use crate::id::{BrokerEpoch, ObjectId, Offset, StreamEpoch, StreamId, Timestamp, WalPosition};

/// The uploads on one broker with two streams, then: skipped streams of the last one, the
/// streams, the objects.
#[track_caller]
fn check(uploads: &[Upload], skipped: &[u64], streams: [&str; 2], objects: &str) {
    let mut world = World::with_streams(2);
    let mut last = Vec::new();
    for upload in uploads {
        last = world.commit(upload).unwrap();
    }
    assert_eq!(last, skipped);
    assert_eq!([world.stream(1), world.stream(2)], streams);
    assert_eq!(world.objects(), objects);
}

fn upload(objects: u32, ranges: &[(u64, std::ops::Range<u64>, u64)]) -> Upload {
    Upload { objects, ranges: ranges.to_vec(), now: 7, ..Upload::default() }
}

#[test]
fn ranges_join_their_streams() {
    let one = upload(1, &[(1, 0..10, 0), (2, 0..5, 0)]);
    let two = upload(2, &[(1, 10..20, 0), (2, 5..9, 1)]);
    let streams = ["0..20 0..10@1 10..20@2", "0..9 0..5@1 5..9@3"];
    check(&[one, two], &[], streams, "1:2 2:1 3:1");
}

#[test]
fn a_range_is_clipped_at_the_end_of_its_stream() {
    let (one, two) = (upload(1, &[(1, 0..10, 0)]), upload(1, &[(1, 5..20, 0)]));
    check(&[one, two], &[], ["0..20 0..10@1 10..20@2", "0..0"], "1:1 2:1");
}

#[test]
fn a_covered_range_is_of_no_use_and_its_object_goes() {
    let (one, two) = (upload(1, &[(1, 0..10, 0)]), upload(1, &[(1, 5..10, 0)]));
    check(&[one, two], &[], ["0..10 0..10@1", "0..0"], "1:1 2:destroyed at 7");
}

/// The trim position stays with it: what is missing may still be in the log.
#[test]
fn a_gap_is_refused_with_the_whole_upload() {
    let mut world = World::with_streams(2);
    world.commit(&upload(1, &[(1, 0..3, 0)])).unwrap();
    let gap = Upload { wal: 0..9, ..upload(1, &[(2, 0..5, 0), (1, 4..10, 0)]) };
    let refused = Refused::Gap { stream: StreamId(1), end: Offset(3), start: Offset(4) };
    assert_eq!(world.commit(&gap), Err(refused));
    assert_eq!([world.stream(1), world.stream(2)], ["0..3 0..3@1", "0..0"]);
    assert_eq!((world.objects().as_str(), world.wal_trim(1)), ("1:1", 0));
}

#[test]
fn unknown_streams_are_skipped_and_the_rest_stands() {
    let one = upload(1, &[(9, 4..10, 0), (1, 0..5, 0), (3, 0..1, 0), (9, 10..11, 0)]);
    check(&[one], &[3, 9], ["0..5 0..5@1", "0..0"], "1:1");
    check(&[upload(1, &[(3, 0..1, 0)])], &[3], ["0..0", "0..0"], "1:destroyed at 7");
}

#[test]
fn streams_of_another_owner_are_skipped() {
    let mut world = World::with_streams(1);
    let (other, _) = world.register(2, 1);
    let first = world.lease(other.0, 1).start;
    let foreign = Upload { checkpoints: vec![(1, 0, 0)], ..upload(1, &[(1, 0..10, 0)]) };
    let foreign = CommitUpload { broker: other, ..foreign.command(first) };
    assert_eq!(world.run_commit(&foreign), Ok(vec![1]));
    assert_eq!(world.stream(1), "0..0");
    assert_eq!(world.objects(), "1:destroyed at 7");
}

#[test]
fn two_ranges_of_a_stream_may_come_in_one_upload() {
    let one = upload(2, &[(1, 0..10, 0), (1, 10..12, 1)]);
    check(&[one], &[], ["0..12 0..10@1 10..12@2", "0..0"], "1:1 2:1");
}

#[test]
fn another_stream_epoch_is_skipped() {
    let mut world = World::with_streams(1);
    let first = world.lease(1, 1).start;
    let mut command = upload(1, &[(1, 0..10, 0)]).command(first);
    command.ranges[0].epoch = StreamEpoch(1);
    assert_eq!(world.run_commit(&command), Ok(vec![1]));
    assert_eq!(world.stream(1), "0..0");
}

#[test]
fn a_checkpoint_replaces_the_former_one_and_lets_go_of_its_object() {
    let mut world = World::with_streams(1);
    let step =
        |ranges: &[_], offset| Upload { checkpoints: vec![(1, offset, 0)], ..upload(1, ranges) };
    world.commit(&step(&[(1, 0..10, 0)], 10)).unwrap();
    assert_eq!(world.objects(), "1:2");
    world.commit(&step(&[(1, 10..20, 0)], 20)).unwrap();
    assert_eq!(world.objects(), "1:1 2:2");
    // It stays referenced by the checkpoint though all its ranges are trimmed.
    world.trim(&[(1, 20)], 9).unwrap();
    assert_eq!(world.objects(), "1:destroyed at 9 2:1");
    // An older one comes too late.
    assert_eq!(world.commit(&step(&[], 15)), Ok(vec![]));
    assert_eq!(world.objects(), "1:destroyed at 9 2:1 3:destroyed at 7");
    // One beyond the stream's end says what nobody can know.
    let refused = Refused::Malformed("a checkpoint past its stream's end");
    assert_eq!(world.commit(&step(&[], 21)), Err(refused));
    // An equal one moves the state to another object.
    assert_eq!(world.commit(&step(&[], 20)), Ok(vec![]));
    assert_eq!(world.objects(), "1:destroyed at 9 2:destroyed at 7 3:destroyed at 7 5:1");
}

#[test]
fn uploads_are_committed_in_the_order_of_the_log() {
    let mut world = World::with_streams(1);
    let wal = |wal| Upload { wal, ..Upload::default() };
    world.commit_nothing(&wal(0..10)).unwrap();
    assert_eq!(world.wal_trim(1), 10);
    let refused = Refused::UploadOutOfOrder { from: WalPosition(11), trim: WalPosition(10) };
    assert_eq!(world.commit_nothing(&wal(11..12)), Err(refused));
    // From before the trim position is a retry, or an upload that starts over.
    world.commit_nothing(&wal(0..5)).unwrap();
    assert_eq!(world.wal_trim(1), 10);
    world.commit_nothing(&wal(5..15)).unwrap();
    assert_eq!(world.wal_trim(1), 15);
}

impl World {
    fn commit_nothing(&mut self, upload: &Upload) -> Result<Vec<u64>, Refused> {
        self.run_commit(&upload.command(0))
    }
}

#[test]
fn a_retry_answers_success_and_changes_nothing() {
    let mut world = World::with_streams(2);
    let first = world.lease(1, 2).start;
    let command = upload(2, &[(1, 0..10, 0), (3, 3..10, 1)]).command(first);
    assert_eq!(world.run_commit(&command), Ok(vec![3]));
    let before = world.objects();
    assert_eq!(world.run_commit(&command), Ok(vec![3]));
    // One of its two objects is forgotten already.
    world.run(&Command::ForgetObjects(vec![ObjectId(first + 1)])).unwrap();
    assert_eq!(world.run_commit(&command), Ok(vec![3]));
    assert_eq!(before, "1:1 2:destroyed at 7");
    assert_eq!(world.objects(), "1:1");
}

#[test]
fn only_a_live_lease_can_be_committed() {
    let mut world = World::with_streams(1);
    let (other, _) = world.register(2, 1);
    let foreign = world.lease(other.0, 1).start;
    let (first, second) = (world.lease(1, 1).start, world.lease(1, 1).start);
    let one = upload(1, &[(1, 0..10, 0)]);
    let not_leased = |id| Err(Refused::NotLeased(ObjectId(id)));

    assert_eq!(world.run_commit(&one.command(foreign)), not_leased(foreign));
    assert_eq!(world.run_commit(&one.command(99)), not_leased(99));
    // The ids follow each other, but are of two leases.
    let both = upload(2, &[(1, 0..10, 0)]);
    assert_eq!(world.run_commit(&both.command(first)), not_leased(second));

    let expire = |now| {
        let (leases, now) = (vec![ObjectId(first)], Timestamp(now));
        Command::ExpireLeases { leases, now }
    };
    world.run(&expire(99)).unwrap();
    assert!(world.image.lease_of(ObjectId(first)).is_some(), "its deadline is at 100");
    let forget = Command::ForgetLeases(vec![ObjectId(first), ObjectId(second)]);
    world.run(&forget).unwrap();
    assert_eq!(world.image.leases().count(), 3, "none has expired");
    world.run(&expire(100)).unwrap();
    assert_eq!(world.run_commit(&one.command(first)), not_leased(first));
    // Until then whoever ends in between finds what there is to delete.
    assert!(world.image.lease_of(ObjectId(first)).is_some_and(|(_, lease)| lease.expired));
    world.run(&forget).unwrap();
    assert!(world.image.lease_of(ObjectId(first)).is_none());
    assert_eq!(world.run_commit(&one.command(first)), not_leased(first));
    assert_eq!(world.run_commit(&one.command(second)), Ok(vec![]));
    // Another upload under the same id is not its retry.
    let mut same_id = one.command(second);
    same_id.objects[0].size += 1;
    assert_eq!(world.run_commit(&same_id), not_leased(second));
}

#[test]
fn a_commit_ends_its_lease_with_the_ids_it_did_not_use() {
    let mut world = World::with_streams(1);
    let ids = world.lease(1, 3);
    world.run_commit(&upload(1, &[(1, 0..10, 0)]).command(ids.start)).unwrap();
    assert_eq!(world.image.leases().count(), 0);
    let late = upload(1, &[(1, 10..20, 0)]).command(ids.start + 1);
    assert_eq!(world.run_commit(&late), Err(Refused::NotLeased(ObjectId(ids.start + 1))));
}

#[test]
fn a_fenced_broker_commits_nothing_not_even_again() {
    let mut world = World::with_streams(1);
    let first = world.lease(1, 1).start;
    let command = upload(1, &[(1, 0..10, 0)]).command(first);
    world.run_commit(&command).unwrap();
    world.run(&Command::FenceBroker(BrokerEpoch(1))).unwrap();
    let refused = Err(Refused::BrokerNotActive(BrokerEpoch(1)));
    assert_eq!(world.run_commit(&command), refused);
}

#[test]
fn malformed_uploads_are_refused() {
    let sound = Upload {
        wal: 0..5,
        checkpoints: vec![(1, 10, 0)],
        ..upload(2, &[(1, 0..10, 0), (1, 10..20, 1)])
    };
    type Spoil = fn(&mut CommitUpload);
    let cases: [(Spoil, &str); 9] = [
        (|c| c.wal.end = WalPosition(0), ""),
        (|c| c.wal = WalPosition(1)..WalPosition(0), "the positions run backwards"),
        (|c| c.objects[1] = c.objects[0], "an object twice"),
        (|c| c.objects[0].index_position = 1_001, "an index behind its object's end"),
        (|c| c.ranges[0].object = ObjectId(50), "a range without its object"),
        (|c| c.ranges[0].offsets.end = c.ranges[0].offsets.start, "an empty range"),
        (|c| c.ranges[0].size = 1_001, "a range larger than its object"),
        (|c| c.checkpoints[0].1.object = ObjectId(50), "a checkpoint without its object"),
        (|c| c.checkpoints[0].1.position = u64::MAX, "a checkpoint behind its object's end"),
    ];
    for (spoil, reason) in cases {
        let mut world = World::with_streams(1);
        let first = world.lease(1, 2).start;
        let mut command = sound.command(first);
        spoil(&mut command);
        let expected = if reason.is_empty() { Ok(vec![]) } else { Err(Refused::Malformed(reason)) };
        assert_eq!(world.run_commit(&command), expected);
    }
}
