//! Topics made, listed, grown and deleted.

use penstock_wire::ApiKey;
use serde_json::{Value, json};

use super::world::{Topic, World, answer, no_id};

pub(super) fn create(world: &mut World) {
    let version = world.version(ApiKey::CreateTopics);
    let topics = world.some(new_topic);
    let validate_only = world.one_in(6);
    let body = json!({ "topics": topics, "timeout_ms": world.mostly(&[5000], &[-1, 0]),
        "validate_only": validate_only });
    let step = world.ask(ApiKey::CreateTopics, version, body);
    for (at, topic) in topics.iter().enumerate() {
        if !validate_only && world.topics.len() < 6 {
            world.topics.push(Topic {
                name: topic["name"].clone(),
                id: answer(step, &format!("topics.{at}.topic_id"), no_id()),
                partitions: topic["num_partitions"].as_i64().unwrap_or(1).clamp(1, 3),
            });
        }
    }
}

fn new_topic(world: &mut World) -> Value {
    let name = match world.below(10) {
        0 => world.odd_name(),
        1 => world.topic().name,
        2 => Value::from(*world.pick(&["~a.b", "~a_b"])),
        _ => Value::from(format!("~n{}", world.below(4))),
    };
    let partitions = world.mostly(&[1, 1, 2, 3, -1], &[0, -2, 100_000, i32::MIN]);
    let replicas = world.mostly(&[1, 1, 1, -1], &[0, -2, 2, 3, 32767]);
    let mut topic =
        json!({ "name": name, "num_partitions": partitions, "replication_factor": replicas });
    if world.one_in(8) {
        topic["assignments"] = Value::from(world.some(assignment));
        if !world.one_in(4) {
            topic["num_partitions"] = Value::from(-1);
            topic["replication_factor"] = Value::from(-1);
        }
    }
    if world.one_in(3) {
        topic["configs"] = Value::from(world.some(|world| {
            let (name, value) = super::configs::topic_setting(world);
            json!({ "name": name, "value": value })
        }));
    }
    topic
}

fn assignment(world: &mut World) -> Value {
    let brokers = world.mostly(&[vec![1]], &[vec![], vec![1, 1], vec![2], vec![-1], vec![1, 2]]);
    json!({ "partition_index": world.mostly(&[0, 1, 2], &[-1, 5]), "broker_ids": brokers })
}

pub(super) fn delete(world: &mut World) {
    let version = world.version(ApiKey::DeleteTopics);
    let topics = world.some(|world| {
        let topic = world.own_topic();
        match world.below(6) {
            0 => json!({ "name": topic.name, "topic_id": topic.id }),
            1 => json!({ "name": null, "topic_id": topic.id }),
            2 => json!({ "name": null, "topic_id": no_id() }),
            _ => json!({ "name": topic.name, "topic_id": no_id() }),
        }
    });
    let names: Vec<Value> = topics.iter().map(|topic| topic["name"].clone()).collect();
    let names: Vec<Value> =
        names.into_iter().map(|name| if name.is_null() { "~t0".into() } else { name }).collect();
    let body = json!({ "topics": topics, "topic_names": names,
        "timeout_ms": world.mostly(&[5000], &[-1, 0]) });
    world.ask(ApiKey::DeleteTopics, version, body);
}

pub(super) fn create_partitions(world: &mut World) {
    let version = world.version(ApiKey::CreatePartitions);
    let topics = world.some(|world| {
        let topic = world.own_topic();
        let count = match world.one_in(4) {
            // Kafka makes a hundred thousand of them, and is not seen again for a while.
            true => *world.pick(&[0, -1, topic.partitions, i64::from(i32::MIN)]),
            false => topic.partitions + 1,
        };
        let assignments = match world.one_in(6) {
            true => Value::from(vec![world.mostly(
                &[json!({ "broker_ids": [1] })],
                &[
                    json!({ "broker_ids": [] }),
                    json!({ "broker_ids": [7] }),
                    json!({ "broker_ids": [1, 1] }),
                ],
            )]),
            false => Value::Null,
        };
        json!({ "name": topic.name, "count": count, "assignments": assignments })
    });
    let body = json!({ "topics": topics, "timeout_ms": 5000, "validate_only": world.one_in(4) });
    world.ask(ApiKey::CreatePartitions, version, body);
}

pub(super) fn metadata(world: &mut World) {
    let version = world.version(ApiKey::Metadata);
    let topics = match world.below(8) {
        0 => Value::Null,
        1 => Value::from(Vec::<Value>::new()),
        _ => Value::from(world.some(|world| {
            let topic = world.topic();
            match world.below(6) {
                0 => json!({ "topic_id": topic.id, "name": null }),
                1 => json!({ "topic_id": topic.id, "name": topic.name }),
                _ => json!({ "topic_id": no_id(), "name": topic.name }),
            }
        })),
    };
    // Before it can be null, a name that is left out is another topic.
    let topics = match (version, topics) {
        (0, Value::Null) => json!([]),
        (0..=9, Value::Array(topics)) => {
            topics.into_iter().filter(|topic| !topic["name"].is_null()).collect()
        }
        (_, topics) => topics,
    };
    let body = json!({ "topics": topics,
        "allow_auto_topic_creation": !world.one_in(3),
        "include_cluster_authorized_operations": world.one_in(4),
        "include_topic_authorized_operations": world.one_in(4) });
    world.ask(ApiKey::Metadata, version, body);
}
