//! Log compaction by both: the same records go to compacted topics of either server, in rounds with a
//! compaction behind each, and what is left is compared, record by record and head by head.
//!
//! What is told only by the moment is left out of it: until when a tombstone stays, and batches without
//! records, which each keeps where it needs them.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use penstock_wire::ApiKey;
use penstock_wire::random::Random;
use serde_json::{Value, json};

use crate::connection::Connection;
use crate::peer::Peer;

/// What the servers need so that compaction comes soon, and only when it is asked for.
pub(crate) const KAFKA: &[&str] = &["log.cleaner.enable=true", "log.cleaner.backoff.ms=50"];
pub(crate) const PENSTOCK: &[&str] = &["upload.interval.ms=100"];

/// A time long past, which both stamp as they are told.
const TIME: i64 = 1_700_000_000_000;

/// How often records are sent, with a compaction behind each.
const ROUNDS: usize = 3;

/// So many looks, for two minutes, until what was asked for must have happened.
const LOOKS: usize = 600;
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

const CODECS: [&str; 5] = ["none", "gzip", "snappy", "lz4", "zstd"];

/// A batch's flags, but for the one that says that tombstones have an end.
const FLAGS: i64 = !(1 << 6);

/// One topic, and what it was sent.
struct Log {
    name: String,
    /// Whether tombstones go with the next compaction.
    forgets: bool,
    random: Random,
    keys: usize,
    producer: Option<i64>,
    next_sequence: i64,
    sent: usize,
    time: i64,
}

impl Log {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        Self {
            name: format!("log-{seed}"),
            forgets: random.below(2) == 0,
            keys: 1 + random.below(12),
            producer: (random.below(2) == 0).then_some(7),
            random,
            next_sequence: 0,
            sent: 0,
            time: TIME,
        }
    }

    /// What a round sends, and behind it a record of a key of its own, which nothing supersedes: it is
    /// never compacted by Kafka, whose last segment it is.
    fn round(&mut self, round: usize) -> Vec<Value> {
        let count = 1 + self.random.below(15);
        let mut batches: Vec<_> = (0..count).map(|_| self.batch()).collect();
        // A segment of its own: its time is far behind the others'.
        self.time += 1_000_000;
        let end = json!({ "key": format!("end of {round}"), "value": "v", "timestamp": self.time });
        batches.push(json!({ "records": [end] }));
        self.sent += 1;
        batches
    }

    fn batch(&mut self) -> Value {
        let count = 1 + self.random.below(6);
        let records: Vec<_> = (0..count).map(|_| self.record()).collect();
        let codec = CODECS[self.random.below(CODECS.len())];
        let mut batch = json!({ "records": records, "codec": codec });
        if let Some(producer) = self.producer.filter(|_| self.random.below(2) == 0) {
            batch["producer_id"] = Value::from(producer);
            batch["producer_epoch"] = Value::from(0);
            batch["base_sequence"] = Value::from(self.next_sequence);
            self.next_sequence += i64::try_from(count).expect("a few");
        }
        self.sent += count;
        batch
    }

    fn record(&mut self) -> Value {
        // Most segments are rolled by the time, some hold several batches.
        self.time += [0, 5, 10_000][self.random.below(3)];
        let key = format!("k{}", self.random.below(self.keys));
        let value = match self.random.below(4) {
            0 => Value::Null,
            _ => Value::from("v".repeat(1 + self.random.below(30))),
        };
        let headers = match self.random.below(4) {
            0 => json!([["h", "x"], ["h", null]]),
            _ => json!([]),
        };
        json!({ "key": key, "value": value, "timestamp": self.time, "headers": headers })
    }
}

/// What a log holds.
#[derive(Clone, Debug, PartialEq)]
struct Held {
    /// Batches with records, by their first offset.
    batches: Vec<Value>,
}

impl Held {
    fn records(&self) -> impl Iterator<Item = &Value> {
        self.batches.iter().filter_map(|batch| batch["records"].as_array()).flatten()
    }

    /// How many records a compaction would change: those whose key is there again, tombstones
    /// without an end, and those before `offset`.
    fn unfinished(&self, offset: i64) -> usize {
        let mut newest = BTreeMap::new();
        for record in self.records() {
            newest.insert(record["key"].to_string(), record["offset"].clone());
        }
        let is_unfinished = |batch: &Value, record: &Value| {
            let has_end = batch["attributes"].as_i64().is_some_and(|flags| flags & !FLAGS != 0);
            let is_past = record["offset"].as_i64().is_some_and(|at| at < offset);
            newest[&record["key"].to_string()] != record["offset"]
                || record["value"].is_null() && (is_past || !has_end)
        };
        let unfinished = self.batches.iter().map(|batch| {
            let records = batch["records"].as_array().into_iter().flatten();
            records.filter(|record| is_unfinished(batch, record)).count()
        });
        unfinished.sum()
    }

    /// What is compared: of a batch with tombstones that have an end, not that end.
    fn compared(&self, with_tombstones: bool) -> Vec<Value> {
        let mut compared = Vec::new();
        for batch in &self.batches {
            let mut batch = batch.clone();
            let attributes = batch["attributes"].as_i64().unwrap_or(-1);
            batch["attributes"] = Value::from(attributes & FLAGS);
            batch["base_timestamp"] = Value::Null;
            // Offsets and leader epochs are each server's own.
            batch["leader_epoch"] = Value::Null;
            if let Some(records) = batch["records"].as_array_mut().filter(|_| !with_tombstones) {
                records.retain(|record| !record["value"].is_null());
                let count = records.len();
                batch["record_count"] = Value::from(count);
                batch["max_timestamp"] = Value::Null;
                if count == 0 {
                    continue;
                }
            }
            compared.push(batch);
        }
        compared
    }
}

/// Plays logs from these seeds on both servers.
///
/// # Errors
/// When a server does not take part, or what is left differs.
pub(crate) fn run(
    kafka: &Peer,
    penstock: &Peer,
    seeds: std::ops::Range<u64>,
) -> anyhow::Result<()> {
    let peers = [kafka, penstock];
    let mut logs: Vec<Log> = seeds.map(Log::new).collect();
    let mut lines = Vec::new();
    for peer in peers {
        let mut line = Line { name: peer.name, connection: Connection::open(peer.address)? };
        line.create(&logs)?;
        lines.push(line);
    }
    let (mut records, mut left) = (0, 0);
    for round in 0..ROUNDS {
        let rounds: Vec<_> = logs.iter_mut().map(|log| (log.sent, log.round(round))).collect();
        for line in &mut lines {
            line.compact(&logs, false)?;
            for (log, (_, batches)) in logs.iter().zip(&rounds) {
                line.send(&log.name, batches)?;
            }
            line.compact(&logs, true)?;
        }
        for (log, (before, _)) in logs.iter().zip(rounds) {
            let before = if log.forgets { i64::try_from(before)? } else { 0 };
            let is_last = round + 1 == ROUNDS;
            let mut held = Vec::new();
            for line in &mut lines {
                held.push(line.compacted(&log.name, before)?);
            }
            // Within a round one may have compacted twice, and forgotten what the other just met.
            let with_tombstones = !log.forgets;
            let compared: Vec<_> = held.iter().map(|held| held.compared(with_tombstones)).collect();
            ensure!(
                compared[0] == compared[1],
                "{} differs after round {round}:\nkafka:    {}\npenstock: {}",
                log.name,
                Value::from(compared[0].clone()),
                Value::from(compared[1].clone()),
            );
            if is_last {
                records += log.sent;
                left += held[0].records().count();
            }
        }
    }
    println!(
        "{} compacted logs: {left} of {records} records are left, the same in both",
        logs.len()
    );
    Ok(())
}

/// A server, and a connection to it.
struct Line {
    name: &'static str,
    connection: Connection,
}

impl Line {
    fn create(&mut self, logs: &[Log]) -> anyhow::Result<()> {
        let config = |name: &str, value: &str| json!({ "name": name, "value": value });
        let topics = logs.iter().map(|log| {
            let forget = if log.forgets { "0" } else { "86400000" };
            json!({ "name": log.name, "num_partitions": 1, "replication_factor": 1, "configs": [
                config("cleanup.policy", "compact"),
                config("segment.ms", "5000"),
                config("min.cleanable.dirty.ratio", "1.0"),
                config("delete.retention.ms", forget),
            ] })
        });
        let topics: Vec<_> = topics.collect();
        let body = json!({ "topics": topics, "timeout_ms": 20000 });
        let made = self.connection.call(ApiKey::CreateTopics, 5, &body)?;
        for topic in made["topics"].as_array().into_iter().flatten() {
            ensure!(topic["error_code"] == 0, "{}: {topic}", self.name);
        }
        Ok(())
    }

    /// From now on every log that has anything dirty is compacted, or none.
    fn compact(&mut self, logs: &[Log], whether: bool) -> anyhow::Result<()> {
        let ratio = if whether { "0.0" } else { "1.0" };
        let resources = logs.iter().map(|log| {
            json!({ "resource_type": 2, "resource_name": log.name, "configs": [
                { "name": "min.cleanable.dirty.ratio", "config_operation": 0, "value": ratio }] })
        });
        let body = json!({ "resources": resources.collect::<Vec<_>>() });
        let altered = self.connection.call(ApiKey::IncrementalAlterConfigs, 0, &body)?;
        for answer in altered["responses"].as_array().into_iter().flatten() {
            ensure!(answer["error_code"] == 0, "{}: {answer}", self.name);
        }
        Ok(())
    }

    fn send(&mut self, topic: &str, batches: &[Value]) -> anyhow::Result<()> {
        for batch in batches {
            let body = json!({ "acks": -1, "timeout_ms": 20000, "topic_data": [{ "name": topic,
                "partition_data": [{ "index": 0, "records": { "batches": [batch] } }] }] });
            self.send_one(&body)?;
        }
        Ok(())
    }

    /// A leader may still be on its way to a new topic.
    fn send_one(&mut self, body: &Value) -> anyhow::Result<()> {
        for _ in 0..LOOKS {
            let answer = self.connection.call(ApiKey::Produce, 9, body)?;
            match answer["responses"][0]["partition_responses"][0]["error_code"].as_i64() {
                Some(0) => return Ok(()),
                Some(3 | 5 | 6) => self.connection.pause(BETWEEN_LOOKS),
                _ => bail!("{} does not take {body}: {answer}", self.name),
            }
        }
        bail!("{} has no leader for {body}", self.name)
    }

    /// What is left of a log once no compaction would change it; no tombstone before `offset` is.
    fn compacted(&mut self, topic: &str, offset: i64) -> anyhow::Result<Held> {
        let mut last = None;
        for _ in 0..LOOKS {
            let held = self.held(topic)?;
            if held.unfinished(offset) == 0 {
                return Ok(held);
            }
            last = Some(held);
            self.connection.pause(BETWEEN_LOOKS);
        }
        bail!("{}: {topic} is not compacted: {last:?}", self.name)
    }

    /// All of a log.
    fn held(&mut self, topic: &str) -> anyhow::Result<Held> {
        let mut batches = BTreeMap::new();
        let mut next = 0;
        loop {
            let body = json!({ "replica_id": -1, "max_wait_ms": 0, "min_bytes": 0,
                "max_bytes": 10_000_000, "topics": [{ "topic": topic, "partitions": [{
                "partition": 0, "fetch_offset": next, "partition_max_bytes": 10_000_000 }] }] });
            let answer = self.connection.call(ApiKey::Fetch, 4, &body)?;
            let partition = &answer["responses"][0]["partitions"][0];
            ensure!(partition["error_code"] == 0, "{}: {answer}", self.name);
            let end = partition["high_watermark"].as_i64().context("no high watermark")?;
            let before = next;
            for batch in partition["records"]["batches"].as_array().into_iter().flatten() {
                ensure!(batch["crc_holds"] == true, "{}: {batch}", self.name);
                let base = batch["base_offset"].as_i64().context("no offset")?;
                next = base + 1 + batch["last_offset_delta"].as_i64().context("no delta")?;
                if batch["record_count"] != 0 {
                    batches.insert(base, batch.clone());
                }
            }
            if next >= end {
                return Ok(Held { batches: batches.into_values().collect() });
            }
            ensure!(
                next > before,
                "{}: nothing at {next} of {topic}, which ends at {end}",
                self.name
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_compaction_would_change_is_told() {
        let unfinished = |flags: i64, records: &[(i64, &str, Option<&str>)], offset| {
            let records = records.iter().map(
                |(offset, key, value)| json!({ "offset": offset, "key": key, "value": value }),
            );
            let records: Vec<_> = records.collect();
            let batches = vec![json!({ "attributes": flags, "records": records })];
            Held { batches }.unfinished(offset)
        };
        assert_eq!(unfinished(0, &[(0, "a", Some("v")), (1, "b", Some("v"))], 9), 0);
        assert_eq!(unfinished(0, &[(0, "a", Some("v")), (1, "a", Some("v"))], 0), 1);
        assert_eq!(unfinished(64, &[(3, "a", None)], 3), 0);
        assert_eq!(unfinished(64, &[(3, "a", None)], 4), 1);
        assert_eq!(unfinished(0, &[(3, "a", None)], 3), 1);
    }
}
