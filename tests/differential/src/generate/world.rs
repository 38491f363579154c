//! What a sequence has made so far, and values from it: mostly right ones, some at the edge.

use penstock_wire::ApiKey;
use penstock_wire::random::Random;
use serde_json::{Value, json};

use super::Generator;
use crate::sequence::{Ask, Step};

/// Where servers keep what they know of groups.
pub(crate) const GROUPS_TOPIC: &str = "__consumer_offsets";

/// A topic that was asked for.
#[derive(Clone, Debug)]
pub(super) struct Topic {
    pub(super) name: Value,
    pub(super) id: Value,
    pub(super) partitions: i64,
}

/// An idempotent producer, and what it has sent to the first partition of the first topic.
#[derive(Clone, Debug)]
pub(super) struct Producer {
    pub(super) id: Value,
    pub(super) epoch: i64,
    pub(super) next_sequence: i64,
}

/// A member of a group.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) group: Value,
    pub(super) id: Value,
    pub(super) instance: Value,
    pub(super) protocols: Value,
    /// The connection it speaks on: joins wait there.
    pub(super) on: u64,
    /// The step of its last join.
    pub(super) joined: u64,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct World {
    random: Random,
    steps: Vec<Step>,
    pub(super) topics: Vec<Topic>,
    pub(super) producers: Vec<Producer>,
    pub(super) members: Vec<Member>,
    /// Steps that opened a fetch session, and how many fetches each has seen.
    pub(super) sessions: Vec<(u64, i64)>,
    connections: u64,
}

/// The id of no topic.
pub(super) fn no_id() -> Value {
    Value::from("0".repeat(32))
}

/// What an earlier answer says.
pub(super) fn answer(step: u64, path: &str, otherwise: impl Into<Value>) -> Value {
    json!({ "answer": [step, path], "else": otherwise.into() })
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            random: Random::new(seed),
            steps: Vec::new(),
            topics: Vec::new(),
            producers: Vec::new(),
            members: Vec::new(),
            sessions: Vec::new(),
            connections: 1,
        }
    }

    pub(super) fn into_steps(self) -> Vec<Step> {
        self.steps
    }

    /// One or two topics to begin with.
    pub(super) fn set_up(&mut self) {
        let count = 1 + self.below(2);
        let version = self.version(ApiKey::CreateTopics).max(7);
        let topics: Vec<Value> = (0..count)
            .map(|number| {
                let partitions = 1 + self.below(3);
                json!({ "name": format!("~t{number}"), "num_partitions": partitions,
                    "replication_factor": 1 })
            })
            .collect();
        let step = self.ask(ApiKey::CreateTopics, version, json!({ "topics": topics }));
        for (at, topic) in topics.iter().enumerate() {
            self.topics.push(Topic {
                name: topic["name"].clone(),
                id: answer(step, &format!("topics.{at}.topic_id"), no_id()),
                partitions: topic["num_partitions"].as_i64().unwrap_or(1),
            });
        }
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.random.below(bound)
    }

    pub(super) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    pub(super) fn weighted(&mut self, weights: &[(Generator, usize)]) -> Generator {
        let mut at = self.below(weights.iter().map(|(_, weight)| weight).sum());
        for (generator, weight) in weights {
            if at < *weight {
                return *generator;
            }
            at -= weight;
        }
        unreachable!("it is below the sum")
    }

    /// The newest version half of the time, else any.
    pub(super) fn version(&mut self, api: ApiKey) -> i16 {
        let versions = api.stable_versions();
        match self.one_in(2) {
            true => *versions.end(),
            false => self.random.version(*versions.start(), *versions.end()),
        }
    }

    /// Asks on the first connection, or now and then on another.
    pub(super) fn ask(&mut self, api: ApiKey, version: i16, body: Value) -> u64 {
        let on = if self.one_in(6) { 1 } else { 0 };
        self.ask_on(on, api, version, body, false)
    }

    pub(super) fn ask_on(
        &mut self,
        on: u64,
        api: ApiKey,
        version: i16,
        body: Value,
        parked: bool,
    ) -> u64 {
        self.push(on, Ask::Request { api, version, body }, parked)
    }

    pub(super) fn send(&mut self, bytes: Vec<u8>) {
        let on = self.new_connection();
        self.push(on, Ask::Bytes(bytes), false);
    }

    fn push(&mut self, on: u64, ask: Ask, parked: bool) -> u64 {
        let id = self.steps.len() as u64;
        self.steps.push(Step { id, on, ask, parked });
        id
    }

    /// The id of the step that comes next.
    pub(super) fn next_step(&self) -> u64 {
        self.steps.len() as u64
    }

    pub(super) fn new_connection(&mut self) -> u64 {
        self.connections += 1;
        self.connections
    }

    /// A topic: mostly one that is there.
    pub(super) fn topic(&mut self) -> Topic {
        if !self.topics.is_empty() && !self.one_in(10) {
            let at = self.below(self.topics.len());
            return self.topics[at].clone();
        }
        let name = match self.one_in(3) {
            true => self.odd_name(),
            false => Value::from("~missing"),
        };
        let id = match self.one_in(2) {
            true => no_id(),
            false => Value::from("6d697373696e67206d697373696e6721"),
        };
        Topic { name, id, partitions: 1 }
    }

    /// A topic that is no other sequence's too: what is in the groups' topic, and whether it is
    /// there, all of them share.
    pub(super) fn own_topic(&mut self) -> Topic {
        let topic = self.topic();
        match topic.name == GROUPS_TOPIC {
            true => Topic { name: Value::from("~missing"), ..topic },
            false => topic,
        }
    }

    /// A name that no topic of the sequence has, or can have.
    pub(super) fn odd_name(&mut self) -> Value {
        let odd =
            ["", ".", "..", "~white space", "~umläut", GROUPS_TOPIC, "__cluster_metadata", "~a/b"];
        match self.below(odd.len() + 2) {
            0 => Value::from(format!("~{}", "x".repeat(249))),
            1 => Value::from(format!("~{}", "x".repeat(200))),
            at => Value::from(odd[at - 2]),
        }
    }

    /// A partition: mostly one that is there.
    pub(super) fn partition(&mut self, topic: &Topic) -> i64 {
        match self.one_in(12) {
            true => *self.pick(&[-1, topic.partitions, i64::from(i32::MAX), i64::from(i32::MIN)]),
            false => i64::try_from(self.below(usize::try_from(topic.partitions).unwrap_or(1)))
                .expect("partitions are few"),
        }
    }

    /// An offset: mostly a small one.
    pub(super) fn offset(&mut self) -> i64 {
        match self.one_in(8) {
            true => *self.pick(&[-1, -2, i64::MAX, i64::MIN, 1 << 40]),
            false => i64::try_from(self.below(8)).expect("small"),
        }
    }

    /// A leader epoch, where none (-1) is usual and 0 is the only one there is.
    pub(super) fn leader_epoch(&mut self) -> i64 {
        match self.one_in(8) {
            true => *self.pick(&[1, -2, i64::from(i32::MAX), i64::from(i32::MIN)]),
            false => *self.pick(&[-1, -1, 0]),
        }
    }

    /// One of the usual values, or now and then one of the edges.
    pub(super) fn mostly<T: Clone>(&mut self, usual: &[T], edges: &[T]) -> T {
        let edge = self.one_in(8);
        self.pick(if edge { edges } else { usual }).clone()
    }

    /// One to three of something, now and then none or one twice.
    pub(super) fn some(&mut self, make: fn(&mut Self) -> Value) -> Vec<Value> {
        let count = match self.one_in(15) {
            true => 0,
            false => *self.pick(&[1, 1, 1, 2, 2, 3]),
        };
        let mut all: Vec<Value> = (0..count).map(|_| make(self)).collect();
        if self.one_in(25)
            && let Some(first) = all.first().cloned()
        {
            all.push(first);
        }
        all
    }
}
