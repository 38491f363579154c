//! Records and offsets read.

use penstock_wire::ApiKey;
use serde_json::{Value, json};

use super::world::{World, answer};

fn topics(world: &mut World) -> Vec<Value> {
    world.some(|world| {
        let topic = world.own_topic();
        let count = if world.one_in(4) { 2 } else { 1 };
        let partitions: Vec<Value> = (0..count)
            .map(|_| {
                json!({ "partition": world.partition(&topic),
                    "current_leader_epoch": world.leader_epoch(), "fetch_offset": world.offset(),
                    "last_fetched_epoch": world.mostly(&[-1], &[0, 1]),
                    "log_start_offset": world.mostly(&[-1], &[0, 5]),
                    "partition_max_bytes": world.mostly(&[1_000_000], &[0, 1, 100, -1]) })
            })
            .collect();
        json!({ "topic": topic.name, "topic_id": topic.id, "partitions": partitions })
    })
}

pub(super) fn fetch(world: &mut World) {
    let version = world.version(ApiKey::Fetch);
    let body = fetch_body(world);
    world.ask(ApiKey::Fetch, version, body);
}

fn fetch_body(world: &mut World) -> Value {
    json!({ "replica_id": -1,
        "max_wait_ms": world.mostly(&[0, 1, 20], &[-1]), "min_bytes": world.mostly(&[0, 1], &[100, -1]),
        "max_bytes": world.mostly(&[1_000_000, i32::MAX], &[0, 1, 200, -1]),
        "isolation_level": world.mostly(&[0, 1], &[2, -1]), "session_id": 0, "session_epoch": -1,
        "topics": topics(world), "rack_id": "" })
}

/// A fetch in a session: opened, gone on with, closed, and asked out of turn.
pub(super) fn session(world: &mut World) {
    let mut body = fetch_body(world);
    // One that nobody waits for.
    body["max_wait_ms"] = Value::from(0);
    // Sessions know topics by name, or by id.
    let version = match world.one_in(10) {
        true => world.version(ApiKey::Fetch).max(7),
        false => *world.pick(&[13, 17, 18]),
    };
    if world.sessions.is_empty() || world.one_in(6) {
        body["session_epoch"] = Value::from(0);
        let step = world.ask(ApiKey::Fetch, version, body);
        world.sessions.push((step, 1));
        return;
    }
    let at = world.below(world.sessions.len());
    let (opened, epoch) = world.sessions[at];
    let (id, epoch) = match world.below(14) {
        0 => (answer(opened, "session_id", 0), -1),
        1 => (answer(opened, "session_id", 0), epoch + 1),
        2 => (answer(opened, "session_id", 0), 0),
        3 => (Value::from(77), epoch),
        _ => {
            world.sessions[at].1 += 1;
            (answer(opened, "session_id", 0), epoch)
        }
    };
    body["session_id"] = id;
    body["session_epoch"] = Value::from(epoch);
    if world.one_in(2) {
        body["topics"] = json!([]);
    }
    if world.one_in(4) {
        let topic = world.own_topic();
        body["forgotten_topics_data"] = json!([{ "topic": topic.name, "topic_id": topic.id,
            "partitions": [world.partition(&topic)] }]);
    }
    world.ask(ApiKey::Fetch, version, body);
}

pub(super) fn list_offsets(world: &mut World) {
    let version = world.version(ApiKey::ListOffsets);
    let topics = world.some(|world| {
        let topic = world.own_topic();
        let partitions = world.some(|_| Value::Null);
        let partitions: Vec<Value> = partitions
            .iter()
            .map(|_| {
                let times =
                    [-1, -2, -1, -2, -3, -4, -5, -6, 1_700_000_000_003, 1_700_000_000_009, 0];
                json!({ "partition_index": world.partition(&topic),
                    "current_leader_epoch": world.leader_epoch(),
                    "timestamp": world.mostly(&times, &[-7, i64::MIN, i64::MAX]) })
            })
            .collect();
        json!({ "name": topic.name, "partitions": partitions })
    });
    let body = json!({ "replica_id": world.mostly(&[-1], &[-2, -3]),
        "isolation_level": world.mostly(&[0, 1], &[2, -1]), "topics": topics, "timeout_ms": 1000 });
    world.ask(ApiKey::ListOffsets, version, body);
}

pub(super) fn offset_for_leader_epoch(world: &mut World) {
    let version = world.version(ApiKey::OffsetForLeaderEpoch);
    let topics = world.some(|world| {
        let topic = world.own_topic();
        let partition = json!({ "partition": world.partition(&topic),
            "current_leader_epoch": world.leader_epoch(), "leader_epoch": world.leader_epoch() });
        json!({ "topic": topic.name, "partitions": [partition] })
    });
    let body = json!({ "replica_id": world.mostly(&[-1], &[-2]), "topics": topics });
    world.ask(ApiKey::OffsetForLeaderEpoch, version, body);
}

pub(super) fn delete_records(world: &mut World) {
    let version = world.version(ApiKey::DeleteRecords);
    let topics = world.some(|world| {
        let topic = world.topic();
        let partition =
            json!({ "partition_index": world.partition(&topic), "offset": world.offset() });
        json!({ "name": topic.name, "partitions": [partition] })
    });
    let body = json!({ "topics": topics, "timeout_ms": world.mostly(&[1000], &[0, -1]) });
    world.ask(ApiKey::DeleteRecords, version, body);
}
