//! Records produced: right ones, and wrong in every way a producer can be.

use penstock_wire::ApiKey;
use serde_json::{Value, json};

use super::world::{Producer, World, answer};

/// A time long past: retention is off, and no clock shows it any more.
const TIME: i64 = 1_700_000_000_000;

pub(super) fn produce(world: &mut World) {
    let version = world.version(ApiKey::Produce);
    let acks = world.mostly(&[-1, 1, -1, 1, 0], &[2, -2, 127]);
    let mut topics = world.some(|world| {
        let topic = world.topic();
        let count = if world.one_in(5) { 2 } else { 1 };
        let partitions: Vec<Value> = (0..count)
            .map(|_| json!({ "index": world.partition(&topic), "records": records(world) }))
            .collect();
        json!({ "name": topic.name, "topic_id": topic.id, "partition_data": partitions })
    });
    if acks == 0 {
        // Nobody hears what became of the others.
        topics.truncate(1);
        for topic in &mut topics {
            topic["partition_data"].as_array_mut().expect("it was made so").truncate(1);
        }
    }
    let transactional = match topics.iter().any(|topic| says(topic, "transactional")) {
        // With an id it is a transaction.
        true => Value::Null,
        false => world.mostly(&[Value::Null], &[json!("~tx"), json!("")]),
    };
    let body = json!({ "acks": acks,
        "timeout_ms": world.mostly(&[5000], &[0, -1]), "transactional_id": transactional,
        "topic_data": topics });
    world.ask(ApiKey::Produce, version, body);
}

/// Whether something has a field of this name.
fn says(body: &Value, field: &str) -> bool {
    match body {
        Value::Object(fields) => {
            fields.iter().any(|(name, inner)| name == field || says(inner, field))
        }
        Value::Array(items) => items.iter().any(|item| says(item, field)),
        _ => false,
    }
}

fn records(world: &mut World) -> Value {
    match world.below(24) {
        0 => Value::from(""),
        1 => json!({ "batches": [batch(world), batch(world)] }),
        2 => json!({ "hex": "00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff" }),
        _ => json!({ "batches": [batch(world)] }),
    }
}

fn batch(world: &mut World) -> Value {
    let count = if world.one_in(20) { 0 } else { 1 + world.below(4) };
    let records: Vec<Value> = (0..count).map(|_| record(world)).collect();
    let mut batch = json!({ "records": records });
    if world.one_in(3) {
        batch["codec"] = Value::from(*world.pick(&["none", "gzip", "snappy", "lz4", "zstd"]));
    }
    match world.below(30) {
        0 => batch["wrong_crc"] = Value::from(true),
        1 => batch["cut"] = Value::from(1 + world.below(70)),
        2 => batch["transactional"] = Value::from(true),
        3 => batch["control"] = Value::from(true),
        4..=8 => batch["head"] = wrong_head(world),
        _ => {}
    }
    batch
}

fn wrong_head(world: &mut World) -> Value {
    let wrong: &[(&str, &[i64])] = &[
        ("magic", &[0, 1, 3, -1]),
        ("batch_length", &[0, -1, 48, 49, i32::MAX as i64]),
        ("leader_epoch", &[0, 5, -2]),
        ("base_offset", &[1, -1, i64::MAX]),
        ("last_offset_delta", &[-1, 0, 1, 7, i32::MAX as i64]),
        ("record_count", &[-1, 0, 1, 7, i32::MAX as i64]),
        ("base_timestamp", &[-1, 0, i64::MAX]),
        ("max_timestamp", &[-1, 0, 5, i64::MAX]),
        // An unknown codec, append time, a delete horizon, and bits of nobody.
        ("attributes", &[5, 7, 8, 64, 128, 1 << 14]),
        ("producer_id", &[0, 5]),
        ("producer_epoch", &[0, 5]),
        ("base_sequence", &[0, 5, -2]),
    ];
    let (field, values) = world.pick(wrong);
    json!({ *field: world.pick(values) })
}

fn record(world: &mut World) -> Value {
    let timestamp = match world.one_in(12) {
        true => *world.pick(&[-1, 0, -2, i64::MAX, 9_000_000_000_000]),
        false => TIME + i64::try_from(world.below(10)).expect("small"),
    };
    let key = match world.one_in(2) {
        true => Value::Null,
        false => Value::from(format!("k{}", world.below(3))),
    };
    let value = match world.below(12) {
        0 => Value::Null,
        1 => Value::from("v".repeat(1 + world.below(3000))),
        2 => Value::from(""),
        _ => Value::from(format!("v{}", world.below(100))),
    };
    let headers = match world.below(6) {
        0 => json!([["h", "x"], ["h", null], ["", ""]]),
        _ => json!([]),
    };
    json!({ "timestamp": timestamp, "key": key, "value": value, "headers": headers })
}

pub(super) fn init_producer_id(world: &mut World) {
    let version = world.version(ApiKey::InitProducerId);
    // With a transactional id it is another question, for another issue; the empty one is refused.
    let transactional = world.mostly(&[Value::Null], &[json!("")]);
    let body = json!({ "transactional_id": transactional,
        "transaction_timeout_ms": world.mostly(&[1000, i32::MAX], &[0, -1]),
        "producer_id": world.mostly(&[-1], &[0, 5, i64::MAX, -2]),
        "producer_epoch": world.mostly(&[-1], &[0, 5, 32767, -2]) });
    let step = world.ask(ApiKey::InitProducerId, version, body);
    let id = answer(step, "producer_id", -1);
    world.producers.push(Producer { id, epoch: 0, next_sequence: 0 });
}

/// The next batch of a producer, or one that is not the next.
pub(super) fn idempotent(world: &mut World) {
    if world.producers.is_empty() {
        let known = Producer { id: Value::from(7_000_000), epoch: 0, next_sequence: 0 };
        match world.one_in(4) {
            true => world.producers.push(known),
            false => init_producer_id(world),
        }
    }
    let at = world.below(world.producers.len());
    let mut producer = world.producers[at].clone();
    let count = 1 + world.below(3);
    let sent = i64::try_from(count).expect("few");
    match world.below(10) {
        // The same again, or one of those before.
        0 | 1 => producer.next_sequence = (producer.next_sequence - sent).max(0),
        2 => producer.next_sequence += 1,
        3 => producer.next_sequence = world.mostly(&[0, i64::from(i32::MAX)], &[-1, -2]),
        4 => {
            producer =
                Producer { epoch: (producer.epoch + 1).min(32767), next_sequence: 0, ..producer }
        }
        5 => producer.epoch = world.mostly(&[0, 1], &[32767]),
        _ => {}
    }
    let records: Vec<Value> = (0..count).map(|_| record(world)).collect();
    let batch = json!({ "records": records, "producer_id": producer.id,
        "producer_epoch": producer.epoch, "base_sequence": producer.next_sequence });
    let topic = world.topics[0].clone();
    let partition = if world.one_in(10) { world.partition(&topic) } else { 0 };
    let version = world.version(ApiKey::Produce);
    let body = json!({ "acks": world.mostly(&[-1], &[1]), "timeout_ms": 5000, "topic_data": [{
        "name": topic.name, "topic_id": topic.id, "partition_data": [
            { "index": partition, "records": { "batches": [batch] } }] }] });
    world.ask(ApiKey::Produce, version, body);
    producer.next_sequence = (producer.next_sequence.max(0) + sent) % (i64::from(i32::MAX) + 1);
    producer.epoch = producer.epoch.max(0);
    world.producers[at] = producer;
}
