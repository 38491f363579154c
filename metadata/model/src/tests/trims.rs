//! What a trim and a deletion do to streams and objects.

use super::world::{Upload, World};
use crate::command::{Command, DeleteTopic, Refused, Reply, TrimStreams};
use crate::id::{BrokerEpoch, ObjectId, Offset, StreamEpoch, StreamId, Timestamp, TopicId};

/// Two streams, 0..10 and 10..20 of each; object 1 has the first halves, object 2 the second.
fn world() -> World {
    let mut world = World::with_streams(2);
    for from in [0, 10] {
        let ranges = vec![(1, from..from + 10, 0), (2, from..from + 10, 0)];
        world.commit(&Upload { objects: 1, ranges, ..Upload::default() }).unwrap();
    }
    assert_eq!(world.objects(), "1:2 2:2");
    world
}

#[track_caller]
fn check(trims: &[(u64, u64)], streams: [&str; 2], objects: &str) {
    let mut world = world();
    assert_eq!(world.trim(trims, 5), Ok(Reply::Done));
    assert_eq!([world.stream(1), world.stream(2)], streams);
    assert_eq!(world.objects(), objects);
}

const WHOLE: &str = "0..20 0..10@1 10..20@2";

#[test]
fn a_range_that_straddles_the_start_stays() {
    check(&[(1, 9)], ["9..20 0..10@1 10..20@2", WHOLE], "1:2 2:2");
    check(&[(1, 19)], ["19..20 10..20@2", WHOLE], "1:1 2:2");
}

#[test]
fn whole_ranges_below_the_start_are_dropped() {
    check(&[(1, 10)], ["10..20 10..20@2", WHOLE], "1:1 2:2");
    check(&[(1, 20)], ["20..20", WHOLE], "1:1 2:1");
}

#[test]
fn an_object_goes_with_its_last_reference() {
    check(&[(1, 10), (2, 12)], ["10..20 10..20@2", "12..20 10..20@2"], "1:destroyed at 5 2:2");
}

#[test]
fn past_the_end_the_end_moves_along() {
    check(&[(1, 35)], ["35..35", WHOLE], "1:1 2:1");
}

#[test]
fn a_smaller_start_and_an_unknown_stream_change_nothing() {
    check(&[(1, 15), (1, 3), (77, 4)], ["15..20 10..20@2", WHOLE], "1:1 2:2");
}

#[test]
fn only_the_owner_trims() {
    let mut world = world();
    let (other, _) = world.register(2, 1);
    let trim = |broker, epoch| {
        let starts = vec![(StreamId(1), StreamEpoch(epoch), Offset(15))];
        Command::TrimStreams(TrimStreams { broker, starts, now: Timestamp(0) })
    };
    assert_eq!(world.run(&trim(other, 0)), Ok(Reply::Done));
    assert_eq!(world.run(&trim(BrokerEpoch(1), 1)), Ok(Reply::Done));
    assert_eq!(world.stream(1), WHOLE);
    let unknown = BrokerEpoch(9);
    assert_eq!(world.run(&trim(unknown, 0)), Err(Refused::BrokerNotActive(unknown)));
}

#[test]
fn an_offset_that_kafka_cannot_state_is_refused() {
    let mut world = world();
    let refused = Refused::Malformed("an offset past what Kafka's protocol can state");
    assert_eq!(world.trim(&[(1, 15), (1, 1 << 63)], 5), Err(refused));
    assert_eq!(world.stream(1), WHOLE);
}

#[test]
fn a_commit_of_what_was_trimmed_past_the_end_is_clipped() {
    let mut world = World::with_streams(1);
    world.trim(&[(1, 100)], 5).unwrap();
    let upload =
        |offsets| Upload { objects: 1, ranges: vec![(1, offsets, 0)], ..Upload::default() };
    assert_eq!(world.commit(&upload(50..80)), Ok(vec![]));
    assert_eq!(world.stream(1), "100..100");
    assert_eq!(world.commit(&upload(80..120)), Ok(vec![]));
    assert_eq!(world.stream(1), "100..120 100..120@2");
    assert_eq!(world.objects(), "1:destroyed at 0 2:1");
}

#[test]
fn ranges_are_found_from_the_one_that_holds_the_offset() {
    let world = world();
    let found = |stream, offset| -> Vec<u64> {
        let ranges = world.image.ranges_from(StreamId(stream), Offset(offset));
        ranges.map(|range| range.offsets.start.0).collect()
    };
    for offset in 0..10 {
        assert_eq!(found(1, offset), [0, 10]);
        assert_eq!(found(2, offset + 10), [10]);
    }
    assert_eq!(found(1, 20), [0; 0]);
    assert_eq!(found(1, u64::MAX), [0; 0]);
    assert_eq!(found(3, 0), [0; 0]);
    assert_eq!(found(0, 0), [0; 0]);
}

#[test]
fn a_deleted_topic_leaves_objects_that_others_use() {
    let mut world = World::with_streams(1);
    world.create(2, "other", 1).unwrap();
    let ranges = vec![(1, 0..10, 0), (2, 0..10, 0), (1, 10..20, 1)];
    let checkpoints = vec![(1, 20, 2), (2, 10, 2)];
    world.commit(&Upload { objects: 3, ranges, checkpoints, ..Upload::default() }).unwrap();
    assert_eq!(world.objects(), "1:2 2:1 3:2");
    let before = world.image.clone();
    world.create(3, "a third", 1).unwrap();
    assert!(!world.image.lacks_topics_of(&before));
    let delete =
        |topic| Command::DeleteTopic(DeleteTopic { id: TopicId([topic; 16]), now: Timestamp(8) });
    assert_eq!(world.run(&delete(1)), Ok(Reply::Done));
    assert_eq!(world.objects(), "1:1 2:destroyed at 8 3:1");
    assert!(world.image.topic_by_name("topic").is_none());
    assert!(world.image.lacks_topics_of(&before));
    assert_eq!(world.run(&delete(2)), Ok(Reply::Done));
    assert_eq!(world.run(&delete(2)), Err(Refused::UnknownTopic(TopicId([2; 16]))));
    assert_eq!(world.objects(), "1:destroyed at 8 2:destroyed at 8 3:destroyed at 8");
    // The third's.
    assert_eq!(world.image.configured_resources().count(), 1);

    let destroyed = |time| world.image.destroyed_before(Timestamp(time)).count();
    assert_eq!((destroyed(8), destroyed(9)), (0, 3));
}

#[test]
fn only_destroyed_objects_are_forgotten() {
    let mut world = world();
    world.trim(&[(1, 10), (2, 10)], 5).unwrap();
    world.run(&Command::ForgetObjects([1, 2, 3].map(ObjectId).to_vec())).unwrap();
    assert_eq!(world.objects(), "2:2");
    assert_eq!(world.image.destroyed_before(Timestamp(99)).count(), 0);
}
