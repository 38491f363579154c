//! What administrators ask of partitions, their leaders, replicas and producers.

use penstock_wire::ApiKey;
use serde_json::{Value, json};

use super::world::World;

/// Partitions by topic, as most of these APIs name them.
pub(super) fn topics(world: &mut World, topic_field: &str, partitions_field: &str) -> Vec<Value> {
    let topics = world.some(|world| {
        let topic = world.own_topic();
        let partitions = world.some(|_| Value::Null);
        let partitions: Vec<i64> = partitions.iter().map(|_| world.partition(&topic)).collect();
        json!([topic.name, partitions])
    });
    let named = |topic: &Value| json!({ topic_field: topic[0], partitions_field: topic[1] });
    topics.iter().map(named).collect()
}

pub(super) fn elect_leaders(world: &mut World) {
    let version = world.version(ApiKey::ElectLeaders);
    // Of all partitions (null) it is every sequence's answer.
    let body = json!({ "election_type": world.mostly(&[0, 0, 1], &[2, -1]),
        "topic_partitions": topics(world, "topic", "partitions"), "timeout_ms": 5000 });
    world.ask(ApiKey::ElectLeaders, version, body);
}

/// Nothing is moved: there is one broker.
pub(super) fn alter_reassignments(world: &mut World) {
    let version = world.version(ApiKey::AlterPartitionReassignments);
    let topics = world.some(|world| {
        let topic = world.own_topic();
        let replicas = world.mostly(
            &[json!([1]), Value::Null],
            &[json!([]), json!([2]), json!([-1]), json!([1, 1]), json!([1, 2])],
        );
        let partition = json!({ "partition_index": world.partition(&topic), "replicas": replicas });
        json!({ "name": topic.name, "partitions": [partition] })
    });
    let body = json!({ "timeout_ms": 5000, "topics": topics,
        "allow_replication_factor_change": !world.one_in(3) });
    world.ask(ApiKey::AlterPartitionReassignments, version, body);
}

pub(super) fn list_reassignments(world: &mut World) {
    let version = world.version(ApiKey::ListPartitionReassignments);
    let topics = match world.one_in(4) {
        true => Value::Null,
        false => Value::from(topics(world, "name", "partition_indexes")),
    };
    let body = json!({ "timeout_ms": 5000, "topics": topics });
    world.ask(ApiKey::ListPartitionReassignments, version, body);
}

pub(super) fn describe_producers(world: &mut World) {
    let version = world.version(ApiKey::DescribeProducers);
    let body = json!({ "topics": topics(world, "name", "partition_indexes") });
    world.ask(ApiKey::DescribeProducers, version, body);
}

pub(super) fn describe_topic_partitions(world: &mut World) {
    let version = world.version(ApiKey::DescribeTopicPartitions);
    let topics = world.some(|world| json!({ "name": world.own_topic().name }));
    let cursor = match world.one_in(3) {
        true => {
            let topic = world.own_topic();
            json!({ "topic_name": topic.name, "partition_index": world.partition(&topic) })
        }
        false => Value::Null,
    };
    // Without names it is about all topics there are, in the order of their names.
    let topics = if topics.is_empty() { vec![json!({ "name": "~t0" })] } else { topics };
    let body = json!({ "topics": topics, "cursor": cursor,
        "response_partition_limit": world.mostly(&[2000, 1, 2, 3], &[0, -1]) });
    world.ask(ApiKey::DescribeTopicPartitions, version, body);
}

pub(super) fn list_config_resources(world: &mut World) {
    let version = world.version(ApiKey::ListConfigResources);
    let kinds = world
        .mostly(&[json!([]), json!([2]), json!([4])], &[json!([2, 16]), json!([3]), json!([127])]);
    world.ask(ApiKey::ListConfigResources, version, json!({ "resource_types": kinds }));
}
