//! Offsets committed, fetched and forgotten.

use penstock_wire::ApiKey;
use serde_json::{Value, json};

use super::groups;
use super::world::{World, answer};

pub(super) fn commit(world: &mut World) {
    let version = world.version(ApiKey::OffsetCommit);
    let topics = world.some(|world| {
        let topic = world.topic();
        let partitions: Vec<Value> = (0..1 + world.below(2))
            .map(|_| {
                let long = Value::from("m".repeat(65));
                let just = Value::from("m".repeat(64));
                json!({ "partition_index": world.partition(&topic),
                    "committed_offset": world.offset(),
                    "committed_leader_epoch": world.leader_epoch(),
                    "committed_metadata": world.mostly(&[json!("m"), json!(""), Value::Null], &[long, just]) })
            })
            .collect();
        json!({ "name": topic.name, "topic_id": topic.id, "partitions": partitions })
    });
    let mut body = json!({ "group_id": groups::own_group(world), "topics": topics });
    if !world.members.is_empty() && !world.one_in(3) {
        let member = groups::known(world);
        body["group_id"] = member.group;
        body["member_id"] = member.id;
        body["group_instance_id"] = member.instance;
        let generation = answer(member.joined, "generation_id", 0);
        body["generation_id_or_member_epoch"] = world.mostly(&[generation], &[json!(-1), json!(7)]);
    } else if world.one_in(5) {
        body["generation_id_or_member_epoch"] = Value::from(*world.pick(&[0, 1, -2]));
        body["member_id"] = Value::from(*world.pick(&["", "nobody"]));
    }
    world.ask(ApiKey::OffsetCommit, version, body);
}

pub(super) fn fetch(world: &mut World) {
    let version = world.version(ApiKey::OffsetFetch);
    let topics = |world: &mut World| match world.below(4) {
        0 if version > 1 => Value::Null,
        _ => Value::from(world.some(|world| {
            let topic = world.topic();
            let partitions = json!([world.partition(&topic), world.partition(&topic)]);
            json!({ "name": topic.name, "topic_id": topic.id, "partition_indexes": partitions })
        })),
    };
    let group = groups::group(world);
    let mut groups = vec![json!({ "group_id": group, "topics": topics(world) })];
    if world.one_in(5) {
        groups.push(json!({ "group_id": groups::group(world), "topics": topics(world) }));
    }
    if world.one_in(6) {
        groups[0]["member_id"] = world.mostly(&[Value::Null], &[json!("nobody"), json!("")]);
        groups[0]["member_epoch"] = Value::from(*world.pick(&[-1, 0, 5]));
    }
    let mut by_name = topics(world);
    for topic in by_name.as_array_mut().into_iter().flatten() {
        topic.as_object_mut().expect("a topic is an object").remove("topic_id");
    }
    let body = json!({ "group_id": group, "topics": by_name, "groups": groups,
        "require_stable": world.one_in(4) });
    world.ask(ApiKey::OffsetFetch, version, body);
}

pub(super) fn delete(world: &mut World) {
    let version = world.version(ApiKey::OffsetDelete);
    let topics = world.some(|world| {
        let topic = world.topic();
        let partitions = world.some(|_| Value::Null);
        let partitions: Vec<Value> = partitions
            .iter()
            .map(|_| json!({ "partition_index": world.partition(&topic) }))
            .collect();
        json!({ "name": topic.name, "partitions": partitions })
    });
    let body = json!({ "group_id": groups::group(world), "topics": topics });
    world.ask(ApiKey::OffsetDelete, version, body);
}
