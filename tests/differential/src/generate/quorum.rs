//! Who decides on the metadata, the brokers registered in it, and its features. All sequences share
//! them: what is asked for here changes nothing.

use penstock_wire::ApiKey;
use serde_json::{Value, json};

use super::world::{World, answer, no_id};

/// What no server has.
const NOBODY: &str = "6e6f626f64796e6f626f64796e6f6264";

pub(super) fn describe(world: &mut World) {
    let version = world.version(ApiKey::DescribeQuorum);
    let usual = world.some(|world| {
        let name = world.mostly(&["__cluster_metadata"], &["~t0", ""]);
        let partitions = world.some(
            |world| json!({ "partition_index": world.mostly(&[0], &[1, -1, i64::from(i32::MAX)]) }),
        );
        json!({ "topic_name": name, "partitions": partitions })
    });
    world.ask(ApiKey::DescribeQuorum, version, json!({ "topics": usual }));
}

/// A broker that is not registered.
pub(super) fn unregister_broker(world: &mut World) {
    let version = world.version(ApiKey::UnregisterBroker);
    let body = json!({ "broker_id": *world.pick(&[0, 2, 1000, -1, i32::MAX, i32::MIN]) });
    world.ask(ApiKey::UnregisterBroker, version, body);
}

/// Looked at only, or what cannot be.
pub(super) fn update_features(world: &mut World) {
    let version = world.version(ApiKey::UpdateFeatures);
    let mut updates = world.some(|world| {
        let features = ["no.such.feature", "", "kraft.version"];
        json!({ "feature": world.mostly(&["metadata.version"], &features),
            "max_version_level": world.mostly(&[30, 29, 7, 31], &[0, 1, 6, -1, i16::MAX]),
            "upgrade_type": world.mostly(&[1, 2, 3], &[0, 4, -1]),
            "allow_downgrade": world.one_in(2) })
    });
    if version == 0 {
        // It is done at once.
        updates.truncate(1);
        for update in &mut updates {
            update["feature"] = json!("no.such.feature");
        }
    }
    let body = json!({ "timeout_ms": world.mostly(&[5000], &[0, -1]), "feature_updates": updates,
        "validate_only": true });
    world.ask(ApiKey::UpdateFeatures, version, body);
}

fn cluster_id(world: &mut World) -> Value {
    let told = world.ask(ApiKey::DescribeCluster, 0, json!({}));
    let own = answer(told, "cluster_id", Value::Null);
    world.mostly(&[own, Value::Null], &[json!("another"), json!("")])
}

pub(super) fn add_voter(world: &mut World) {
    let version = world.version(ApiKey::AddRaftVoter);
    // Kafka's process ends over a listener without a name.
    let listener = |name: &str| json!({ "name": name, "host": "localhost", "port": 9 });
    let listeners = [json!([listener("CONTROLLER")])];
    let body = json!({ "cluster_id": cluster_id(world), "timeout_ms": world.mostly(&[5000], &[0, -1]),
        "voter_id": world.mostly(&[2, 1], &[-1, i32::MAX]),
        "voter_directory_id": world.mostly(&[json!(NOBODY)], &[no_id()]),
        "listeners": world.mostly(&listeners, &[json!([]), json!([listener("ANOTHER")])]),
        "ack_when_committed": world.one_in(2) });
    world.ask(ApiKey::AddRaftVoter, version, body);
}

pub(super) fn remove_voter(world: &mut World) {
    let version = world.version(ApiKey::RemoveRaftVoter);
    let body = json!({ "cluster_id": cluster_id(world),
        "voter_id": world.mostly(&[2, 1], &[-1, i32::MAX]),
        "voter_directory_id": world.mostly(&[json!(NOBODY)], &[no_id()]) });
    world.ask(ApiKey::RemoveRaftVoter, version, body);
}
