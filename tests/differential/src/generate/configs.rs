//! Settings of topics, brokers and groups.

use penstock_wire::ApiKey;
use serde_json::{Value, json};

use super::world::World;

const SETTINGS: &[(&str, &[&str])] = &[
    ("cleanup.policy", &["delete", "compact", "compact,delete", "delete,compact", "", "bad"]),
    ("retention.ms", &["-1", "1000000000000", "-2", "x", ""]),
    ("retention.bytes", &["-1", "1000000000", "-2"]),
    ("max.message.bytes", &["100", "1000", "0", "-1", "1048588", " 77 "]),
    (
        "compression.type",
        &["producer", "gzip", "zstd", "snappy", "lz4", "uncompressed", "bad", "ZSTD"],
    ),
    ("message.timestamp.type", &["CreateTime", "LogAppendTime", "createtime"]),
    ("message.timestamp.before.max.ms", &["9223372036854775807", "1000", "-1"]),
    ("message.timestamp.after.max.ms", &["9223372036854775807", "0", "3600000"]),
    ("min.insync.replicas", &["1", "2", "0"]),
    ("segment.bytes", &["1048576", "1000", "2147483647", "2147483648"]),
    ("segment.ms", &["1", "0", "604800000"]),
    ("min.cleanable.dirty.ratio", &["0.5", "1", "1.5", "-0.1", "1e-3"]),
    ("preallocate", &["true", "false", "TRUE", "yes"]),
    ("unclean.leader.election.enable", &["true", "false"]),
    ("delete.retention.ms", &["0", "-1", "5"]),
    ("min.compaction.lag.ms", &["0", "100"]),
    ("max.compaction.lag.ms", &["0", "1", "100"]),
    ("compression.gzip.level", &["-1", "0", "9", "10"]),
    ("compression.zstd.level", &["3", "22", "23"]),
    ("remote.storage.enable", &["false", "true"]),
    ("local.retention.ms", &["-2", "5"]),
    ("flush.messages", &["1", "0"]),
    ("leader.replication.throttled.replicas", &["", "*", "0:1", "bad"]),
    ("message.format.version", &["3.0"]),
    ("no.such.setting", &["1"]),
    ("", &[""]),
];

/// A setting of a topic, sometimes one that cannot be.
pub(super) fn topic_setting(world: &mut World) -> (Value, Value) {
    let (name, values) = world.pick(SETTINGS);
    let value = match world.one_in(15) {
        true => Value::Null,
        false => Value::from(*world.pick(values)),
    };
    (Value::from(*name), value)
}

/// A resource: mostly a topic.
fn resource(world: &mut World) -> (i64, Value) {
    match world.below(14) {
        0 => (4, Value::from(*world.pick(&["1", "", "2", "x"]))),
        1 => (i64::from(*world.pick(&[0, 1, 3, 127])), Value::from("x")),
        _ => (2, world.topic().name),
    }
}

pub(super) fn describe(world: &mut World) {
    let version = world.version(ApiKey::DescribeConfigs);
    let resources = world.some(|world| {
        let (kind, name) = resource(world);
        // All settings of a broker are its own; a few of them are everybody's.
        let shared =
            ["auto.create.topics.enable", "num.partitions", "message.max.bytes", "no.such"];
        let keys = match (kind, world.below(3)) {
            (4, _) => json!([world.pick(&shared)]),
            (_, 0) => Value::Null,
            (_, 1) => json!([topic_setting(world).0, topic_setting(world).0]),
            _ => json!([topic_setting(world).0]),
        };
        json!({ "resource_type": kind, "resource_name": name, "configuration_keys": keys })
    });
    let body = json!({ "resources": resources, "include_synonyms": world.one_in(2) });
    world.ask(ApiKey::DescribeConfigs, version, body);
}

pub(super) fn alter(world: &mut World) {
    let version = world.version(ApiKey::AlterConfigs);
    let resources = world.some(|world| {
        let topic = world.own_topic();
        let configs = world.some(|world| {
            let (name, value) = topic_setting(world);
            json!({ "name": name, "value": value })
        });
        json!({ "resource_type": 2, "resource_name": topic.name, "configs": configs })
    });
    let body = json!({ "resources": resources, "validate_only": world.one_in(4) });
    world.ask(ApiKey::AlterConfigs, version, body);
}

pub(super) fn incremental_alter(world: &mut World) {
    let version = world.version(ApiKey::IncrementalAlterConfigs);
    let resources = world.some(|world| {
        let topic = world.own_topic();
        let configs = world.some(|world| {
            let (name, value) = topic_setting(world);
            let operation = world.mostly(&[0, 0, 0, 1, 2, 3], &[4, -1, 127]);
            json!({ "name": name, "config_operation": operation, "value": value })
        });
        json!({ "resource_type": 2, "resource_name": topic.name, "configs": configs })
    });
    let body = json!({ "resources": resources, "validate_only": world.one_in(4) });
    world.ask(ApiKey::IncrementalAlterConfigs, version, body);
}
