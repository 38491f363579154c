//! A group without members that commits offsets, and fetches what it has committed.

use std::collections::BTreeMap;

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use penstock_wal::files::Dice;
use penstock_wire::WireString;
use penstock_wire::offset_commit_request::{
    OffsetCommitRequest, OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use penstock_wire::offset_fetch_request::{OffsetFetchRequest, OffsetFetchRequestTopic};

use super::{Actor, Base, find_coordinator, topic_name};
use crate::client::{Failure, check};
use crate::invariants::committed_offset_is_fetched::Commits;
use crate::oracle::{Place, Presence};
use crate::world::World;

const OFFSET_COMMIT: i16 = 8;
const OFFSET_FETCH: i16 = 7;

pub(super) struct Group {
    base: Base,
    is_found: bool,
    commits: BTreeMap<Place, Commits>,
}

impl Group {
    pub(super) fn new(base: Base) -> Self {
        Self { base, is_found: false, commits: BTreeMap::new() }
    }

    fn id(&self) -> WireString {
        WireString::copy_from(&self.base.name)
    }

    async fn commit(&mut self, world: &World, place: Place) -> Result<(), Failure> {
        let (topic, partition_index) = place;
        let offset = i64::try_from(self.base.dice.below(1_000_000)).expect("a small number");
        let name = &self.base.name;
        world.note(name, format_args!("-> t{topic}/{partition_index} commit {offset}"));
        self.commits.entry(place).or_default().sent(offset);
        let request = commit_request(self.id(), place, offset);
        let response = self.base.client.call(OFFSET_COMMIT, &request).await?;
        let answer = response.topics.first().and_then(|topic| topic.partitions.first());
        check(answer.map_or(-1, |answer| answer.error_code))?;
        world.note(&self.base.name, format_args!("<- t{topic}/{partition_index} committed"));
        world.oracle.count(|counts| counts.commits += 1);
        self.commits.entry(place).or_default().acked();
        Ok(())
    }

    async fn fetch(&mut self, world: &World, place: Place) -> Result<(), Failure> {
        let (topic, partition) = place;
        let request = OffsetFetchRequest {
            group_id: self.id(),
            topics: Some(vec![OffsetFetchRequestTopic {
                name: WireString::copy_from(&topic_name(topic)),
                partition_indexes: vec![partition],
            }]),
            ..OffsetFetchRequest::default()
        };
        let response = self.base.client.call(OFFSET_FETCH, &request).await?;
        check(response.error_code)?;
        let answer = response.topics.first().and_then(|topic| topic.partitions.first());
        check(answer.map_or(-1, |answer| answer.error_code))?;
        let fetched = answer.map_or(-1, |answer| answer.committed_offset);
        world.note(&self.base.name, format_args!("<- t{topic}/{partition} is at {fetched}"));
        if world.oracle.topic(topic).presence == Presence::Surely {
            let looked = self.commits.entry(place).or_default();
            let looked = looked.look((fetched >= 0).then_some(fetched));
            let looked = looked.map_err(|what| format!("t{topic}/{partition}: {what}"));
            world.findings.look("committed offset is fetched", looked);
        }
        Ok(())
    }

    async fn act(&mut self, world: &World) -> Result<(), Failure> {
        if !self.is_found {
            find_coordinator(&mut self.base.client, &self.base.name).await?;
            self.is_found = true;
        }
        match self.base.pick(world) {
            None => Ok(()),
            Some(place) if self.base.dice.percent(50) => self.commit(world, place).await,
            Some(place) => self.fetch(world, place).await,
        }
    }
}

/// A commit of nobody in particular.
pub(super) fn commit_request(
    group_id: WireString,
    (topic, partition_index): Place,
    committed_offset: i64,
) -> OffsetCommitRequest {
    OffsetCommitRequest {
        group_id,
        generation_id_or_member_epoch: -1,
        topics: vec![OffsetCommitRequestTopic {
            name: WireString::copy_from(&topic_name(topic)),
            partitions: vec![OffsetCommitRequestPartition {
                partition_index,
                committed_offset,
                committed_leader_epoch: -1,
                ..OffsetCommitRequestPartition::default()
            }],
            ..OffsetCommitRequestTopic::default()
        }],
        ..OffsetCommitRequest::default()
    }
}

impl Actor for Group {
    fn name(&self) -> &str {
        &self.base.name
    }

    fn step<'a>(&'a mut self, world: &'a World) -> LocalBoxFuture<'a, ()> {
        async move {
            if let Err(failure) = self.act(world).await {
                world.failed(&self.base.name, &failure);
            }
        }
        .boxed_local()
    }

    fn is_settled(&self) -> bool {
        self.is_found
    }

    fn dice(&mut self) -> &mut Dice {
        &mut self.base.dice
    }
}
