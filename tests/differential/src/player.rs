//! Plays sequences against one server.

use std::collections::VecDeque;
use std::collections::hash_map::Entry;
use std::time::Duration;

use anyhow::{bail, ensure};
use penstock_wire::ApiKey;
use serde_json::{Value, json};

use crate::codec::hex;
use crate::connection::{Connection, Heard, Outcome};
use crate::peer::Peer;
use crate::played::{Exchange, Line, Played};
use crate::sequence::{Ask, Step, resolve};

/// An answer that comes at once comes within this, however busy the machine.
const PATIENCE: Duration = Duration::from_secs(4);
/// Asked without end, a server has no time for what it is asked about.
const BETWEEN_TRIES: Duration = Duration::from_millis(1);
/// How often something is asked again before the server is taken for broken.
const TRIES: usize = 5000;

/// A server and what one worker has with it.
#[derive(Debug)]
pub(crate) struct Player<'a> {
    peer: &'a Peer,
    /// For questions that are no part of a sequence.
    control: Connection,
    /// A topic of this worker's, whose settings tell how far the server has seen its own changes.
    marker: String,
    marker_is_compacted: bool,
}

impl<'a> Player<'a> {
    /// A player with a marker topic of its own.
    ///
    /// # Errors
    /// When the server does not do the simplest things.
    pub(crate) fn new(peer: &'a Peer, worker: usize) -> anyhow::Result<Self> {
        let mut control = Connection::open(peer.address)?;
        let marker = format!("marker-{worker}");
        let topic =
            json!({ "topics": [{ "name": marker, "num_partitions": 1, "replication_factor": 1 }] });
        let created = control.call(ApiKey::CreateTopics, 5, &topic)?;
        ensure!(created["topics"][0]["error_code"] == 0, "no marker topic: {created}");
        let mut player = Self { peer, control, marker, marker_is_compacted: false };
        player.warm_up()?;
        Ok(player)
    }

    /// Until coordinators and producer ids are there.
    fn warm_up(&mut self) -> anyhow::Result<()> {
        for key in 0..8 {
            let key = format!("warm-{key}");
            self.until(ApiKey::FindCoordinator, 0, &json!({ "key": key }), "error_code", 0)?;
            let body = json!({ "group_id": key, "topics": null });
            self.until(ApiKey::OffsetFetch, 5, &body, "error_code", 0)?;
        }
        let body = json!({ "transactional_id": null, "transaction_timeout_ms": 1000 });
        self.until(ApiKey::InitProducerId, 0, &body, "error_code", 0)?;
        self.see_changes()
    }

    fn until(
        &mut self,
        api: ApiKey,
        version: i16,
        body: &Value,
        path: &str,
        wanted: i64,
    ) -> anyhow::Result<()> {
        let mut last = Value::Null;
        for _ in 0..TRIES {
            last = self.control.call(api, version, body)?;
            if crate::sequence::at(&last, path).and_then(Value::as_i64) == Some(wanted) {
                return Ok(());
            }
            self.control.pause(BETWEEN_TRIES);
        }
        bail!("{}: {} does not come to {path}={wanted}: {last}", self.peer.name, api.name())
    }

    /// Waits until the server has seen all that it has agreed to. Kafka answers once its controller
    /// has committed a change; its broker sees changes in their order, a little later. The marker's
    /// cleanup policy is changed behind them, and DeleteRecords tells which one the log goes by.
    fn see_changes(&mut self) -> anyhow::Result<()> {
        if !self.peer.lags {
            return Ok(());
        }
        let compacted = !self.marker_is_compacted;
        let policy = if compacted { "compact" } else { "delete" };
        let alter = json!({ "resources": [{ "resource_type": 2, "resource_name": self.marker,
            "configs": [{ "name": "cleanup.policy", "config_operation": 0, "value": policy }] }] });
        let altered = self.control.call(ApiKey::IncrementalAlterConfigs, 0, &alter)?;
        ensure!(altered["responses"][0]["error_code"] == 0, "the marker stays: {altered}");
        self.marker_is_compacted = compacted;
        let ask = json!({ "timeout_ms": 1000, "topics": [{ "name": self.marker,
            "partitions": [{ "partition_index": 0, "offset": 0 }] }] });
        let wanted = if compacted { 44 } else { 0 };
        self.until(ApiKey::DeleteRecords, 0, &ask, "topics.0.partitions.0.error_code", wanted)
    }

    /// Waits until whatever was appended before can be read: nobody is told when that is so of
    /// records that are sent without acknowledgement, and what is behind them in the log is told of.
    fn see_records(&mut self) -> anyhow::Result<()> {
        let record = json!({ "timestamp": 0, "key": "k", "value": "v" });
        let body = json!({ "acks": -1, "timeout_ms": 5000, "topic_data": [{ "name": self.marker,
            "partition_data": [{ "index": 0, "records": { "batches": [{ "records": [record] }] } }] }] });
        let answer = self.control.call(ApiKey::Produce, 9, &body)?;
        let code = &answer["responses"][0]["partition_responses"][0]["error_code"];
        ensure!(*code == 0, "the marker takes no records: {answer}");
        Ok(())
    }

    /// Plays a sequence; what its steps came to is in their order.
    ///
    /// # Errors
    /// When the server does not take part, or a step cannot be said.
    pub(crate) fn play(&mut self, steps: &[Step], prefix: &str) -> anyhow::Result<Vec<Exchange>> {
        let mut played = Played::of(steps.len());
        for index in 0..steps.len() {
            self.step(steps, index, prefix, &mut played)?;
        }
        let open: Vec<u64> = played.connections.keys().copied().collect();
        for on in open {
            played.take_parked(steps, on);
        }
        self.clean_up(steps, prefix)?;
        Ok(played.into_exchanges())
    }

    fn step(
        &mut self,
        steps: &[Step],
        index: usize,
        prefix: &str,
        played: &mut Played,
    ) -> anyhow::Result<()> {
        let step = &steps[index];
        played.take_parked(steps, step.on);
        let line = match played.connections.entry(step.on) {
            Entry::Occupied(line) => line.into_mut(),
            Entry::Vacant(free) => free.insert(Line {
                connection: Connection::open(self.peer.address)?,
                parked: VecDeque::new(),
            }),
        };
        let outcome = match &step.ask {
            Ask::Bytes(bytes) => {
                played.asked.push(Value::Null);
                line.connection.send_bytes(bytes);
                match line.connection.hear_frame(PATIENCE) {
                    Heard::Frame(frame) => Outcome::Answer(json!({ "frame": hex(&frame) })),
                    Heard::Closed => Outcome::Closed,
                    Heard::Nothing => Outcome::Silence,
                }
            }
            Ask::Request { api, version, body } => {
                let body = resolve(body, prefix, &played.answers);
                played.asked.push(body.clone());
                let asked = line.connection.send(*api, *version, &body)?;
                if step.parked {
                    line.parked.push_back((index, asked));
                    return self.settle(&body);
                }
                match *api == ApiKey::Produce && body["acks"] == 0 {
                    true => {
                        let outcome = unanswered(&mut line.connection)?;
                        self.see_records()?;
                        outcome
                    }
                    false => line.connection.hear(&asked, PATIENCE),
                }
            }
        };
        played.note(steps, index, outcome);
        match step.api() {
            Some(api) if changes(api) => self.see_changes(),
            _ => Ok(()),
        }
    }

    /// Waits until a group that somebody waits in no longer changes.
    fn settle(&mut self, body: &Value) -> anyhow::Result<()> {
        let Some(group) = body.get("group_id").filter(|group| group.is_string()) else {
            return Ok(());
        };
        let ask = json!({ "groups": [group] });
        let (mut seen, mut same) = (Value::Null, 0);
        for _ in 0..TRIES {
            let now = self.control.call(ApiKey::DescribeGroups, 0, &ask)?;
            same = if now == seen { same + 1 } else { 0 };
            seen = now;
            if same == 8 {
                break;
            }
        }
        Ok(())
    }

    /// Removes what the sequence has made, so that thousands of them find room.
    fn clean_up(&mut self, steps: &[Step], prefix: &str) -> anyhow::Result<()> {
        let makes_topics = |step: &Step| {
            step.api().is_some_and(|api| matches!(api, ApiKey::CreateTopics | ApiKey::Metadata))
        };
        if steps.iter().any(makes_topics) {
            let all = self.control.call(ApiKey::Metadata, 1, &json!({ "topics": null }))?;
            let topics = all["topics"].as_array().cloned().unwrap_or_default();
            let names = topics.iter().map(|topic| topic["name"].clone());
            let names: Vec<Value> = names.filter(|name| has_prefix(name, prefix)).collect();
            let ask = json!({ "topic_names": names, "timeout_ms": 5000 });
            self.control.call(ApiKey::DeleteTopics, 1, &ask)?;
        }
        let all = self.control.call(ApiKey::ListGroups, 0, &json!({}))?;
        let groups = all["groups"].as_array().cloned().unwrap_or_default();
        let names = groups.iter().map(|group| group["group_id"].clone());
        let names: Vec<Value> = names.filter(|name| has_prefix(name, prefix)).collect();
        if !names.is_empty() {
            // Those with members are gone once their sessions are.
            self.control.call(ApiKey::DeleteGroups, 0, &json!({ "groups_names": names }))?;
        }
        Ok(())
    }
}

fn has_prefix(name: &Value, prefix: &str) -> bool {
    name.as_str().is_some_and(|name| name.starts_with(prefix))
}

/// Whether the request may change what the broker must hear of from its controller.
fn changes(api: ApiKey) -> bool {
    matches!(
        api,
        ApiKey::Metadata
            | ApiKey::CreateTopics
            | ApiKey::DeleteTopics
            | ApiKey::CreatePartitions
            | ApiKey::AlterConfigs
            | ApiKey::IncrementalAlterConfigs
            | ApiKey::UpdateFeatures
            | ApiKey::AlterPartitionReassignments
    )
}

/// What comes of a request that must not be answered: the question behind it tells whether the
/// connection is still there.
fn unanswered(connection: &mut Connection) -> anyhow::Result<Outcome> {
    let asked = connection.send(ApiKey::ApiVersions, 0, &json!({}))?;
    Ok(match connection.hear(&asked, PATIENCE) {
        Outcome::Answer(_) => Outcome::Unanswered,
        other => other,
    })
}
