//! Makes topics and deletes them.

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use penstock_wal::files::Dice;
use penstock_wire::WireString;
use penstock_wire::create_topics_request::{
    CreatableTopic, CreatableTopicConfig, CreateTopicsRequest,
};
use penstock_wire::delete_topics_request::{DeleteTopicState, DeleteTopicsRequest};

use super::{Actor, Base, topic_name};
use crate::client::{Failure, check};
use crate::oracle::{Presence, Topic};
use crate::world::World;

const CREATE_TOPICS: i16 = 7;
const DELETE_TOPICS: i16 = 6;
const UNKNOWN_TOPIC: i16 = 3;
const TOPIC_EXISTS: i16 = 36;

/// So many are there at most, and at least.
const TOPICS_MAX: usize = 4;
const TOPICS_MIN: usize = 2;

/// How long some of them keep records.
const RETENTION_MS: i64 = 60_000;

/// How many bytes of each partition some of them keep.
const RETENTION_BYTES: u64 = 40_000;

/// For how long half of those that are compacted keep all records.
const LAG_MS: i64 = 60_000;

pub(super) struct Topics {
    base: Base,
    next: u64,
    /// What was begun and has no answer.
    open: Option<Open>,
}

#[derive(Clone, Copy)]
enum Open {
    Creation(u64),
    Deletion(u64),
}

impl Topics {
    pub(super) fn new(base: Base) -> Self {
        Self { base, next: 0, open: None }
    }

    /// What to do next; nothing, most times.
    fn choose(&mut self, world: &World) -> Option<Open> {
        let there = world.oracle.topics(Presence::Surely);
        if there.len() < TOPICS_MIN || there.len() < TOPICS_MAX && self.base.dice.percent(5) {
            let number = self.next;
            self.next += 1;
            let partitions = 1 + i32::from(self.base.dice.percent(40));
            let (retention, retention_bytes, compacted) = match self.base.dice.below(10) {
                0..2 => (Some(RETENTION_MS), None, None),
                2 => (None, Some(RETENTION_BYTES), None),
                3 => (Some(RETENTION_MS), Some(RETENTION_BYTES), None),
                // Some forget tombstones at once.
                4..6 => (None, None, Some(i64::MAX)),
                6 => (None, None, Some(0)),
                _ => (None, None, None),
            };
            let lag = if compacted.is_some() && number.is_multiple_of(2) { LAG_MS } else { 0 };
            let presence = Presence::Perhaps;
            let topic = Topic { presence, partitions, retention, retention_bytes, compacted, lag };
            world.oracle.create(number, topic);
            return Some(Open::Creation(number));
        }
        if there.len() > TOPICS_MIN && self.base.dice.percent(2) {
            let place = self.base.dice.below(there.len() as u64);
            let number = there[usize::try_from(place).expect("a place in a list")];
            world.oracle.is(number, Presence::Going);
            return Some(Open::Deletion(number));
        }
        None
    }

    async fn create(&mut self, world: &World, number: u64) -> Result<(), Failure> {
        let topic = world.oracle.topic(number);
        let retention = topic.retention.unwrap_or(-1);
        let mut configs = vec![("retention.ms", retention.to_string())];
        if let Some(bytes) = topic.retention_bytes {
            configs.push(("retention.bytes", bytes.to_string()));
        }
        if let Some(keep) = topic.compacted {
            configs.extend([
                ("cleanup.policy", "compact".to_owned()),
                ("segment.ms", "5000".to_owned()),
                ("min.cleanable.dirty.ratio", "0.1".to_owned()),
                ("delete.retention.ms", keep.to_string()),
                ("min.compaction.lag.ms", topic.lag.to_string()),
            ]);
        }
        let kind = if topic.compacted.is_some() { "compacted" } else { "kept" };
        world.note(&self.base.name, format_args!("-> create t{number}, {kind}, {retention} ms"));
        let configs = configs.into_iter().map(|(name, value)| CreatableTopicConfig {
            name: WireString::from(name),
            value: Some(WireString::copy_from(&value)),
        });
        let request = CreateTopicsRequest {
            topics: vec![CreatableTopic {
                name: WireString::copy_from(&topic_name(number)),
                num_partitions: topic.partitions,
                replication_factor: 1,
                configs: configs.collect(),
                ..CreatableTopic::default()
            }],
            timeout_ms: 30_000,
            ..CreateTopicsRequest::default()
        };
        let response = self.base.client.call(CREATE_TOPICS, &request).await?;
        match response.topics.first().map_or(-1, |topic| topic.error_code) {
            // It was made by the request that was not answered.
            TOPIC_EXISTS => Ok(()),
            code => check(code),
        }
    }

    async fn delete(&mut self, world: &World, number: u64) -> Result<(), Failure> {
        world.note(&self.base.name, format_args!("-> delete t{number}"));
        let request = DeleteTopicsRequest {
            topics: vec![DeleteTopicState {
                name: Some(WireString::copy_from(&topic_name(number))),
                ..DeleteTopicState::default()
            }],
            timeout_ms: 30_000,
            ..DeleteTopicsRequest::default()
        };
        let response = self.base.client.call(DELETE_TOPICS, &request).await?;
        match response.responses.first().map_or(-1, |topic| topic.error_code) {
            UNKNOWN_TOPIC => Ok(()),
            code => check(code),
        }
    }
}

impl Actor for Topics {
    fn name(&self) -> &str {
        &self.base.name
    }

    fn step<'a>(&'a mut self, world: &'a World) -> LocalBoxFuture<'a, ()> {
        async move {
            let Some(open) = self.open.or_else(|| self.choose(world)) else { return };
            self.open = Some(open);
            let (number, presence, done) = match open {
                Open::Creation(number) => {
                    (number, Presence::Surely, self.create(world, number).await)
                }
                Open::Deletion(number) => {
                    (number, Presence::Gone, self.delete(world, number).await)
                }
            };
            match done {
                Ok(()) => {
                    world.note(&self.base.name, format_args!("<- t{number} is {presence:?}"));
                    world.oracle.is(number, presence);
                    self.open = None;
                }
                Err(failure) => world.failed(&self.base.name, &failure),
            }
        }
        .boxed_local()
    }

    fn is_settled(&self) -> bool {
        self.open.is_none()
    }

    fn dice(&mut self) -> &mut Dice {
        &mut self.base.dice
    }
}
