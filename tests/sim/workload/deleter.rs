//! Deletes records of topics that keep theirs for ever: a few most times, and each time by a command
//! of the metadata, so that its log grows.

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use penstock_wal::files::Dice;
use penstock_wire::WireString;
use penstock_wire::delete_records_request::{
    DeleteRecordsPartition, DeleteRecordsRequest, DeleteRecordsTopic,
};

use super::{Actor, Base, topic_name};
use crate::client::{Failure, check};
use crate::oracle::Place;
use crate::world::World;

const DELETE_RECORDS: i16 = 2;

pub(super) struct Deleter {
    base: Base,
}

impl Deleter {
    pub(super) fn new(base: Base) -> Self {
        Self { base }
    }

    async fn delete(&mut self, world: &World, place: Place) -> Result<(), Failure> {
        let (topic, partition_index) = place;
        let known = world.oracle.known(place);
        let length = u64::try_from(known.high - known.start).expect("a log does not end first");
        let most = if self.base.dice.percent(5) { length } else { length.min(10) };
        let part = i64::try_from(self.base.dice.below(most + 1)).expect("a part of it");
        let offset = known.start + part;
        world.oracle.deletes(place, offset);
        let name = &self.base.name;
        world.note(name, format_args!("-> t{topic}/{partition_index} without {offset}"));
        let request = DeleteRecordsRequest {
            topics: vec![DeleteRecordsTopic {
                name: WireString::copy_from(&topic_name(topic)),
                partitions: vec![DeleteRecordsPartition { partition_index, offset }],
            }],
            timeout_ms: 30_000,
        };
        let response = self.base.client.call(DELETE_RECORDS, &request).await?;
        let topic = response.topics.first();
        let answer = topic.and_then(|topic| topic.partitions.first());
        check(answer.map_or(-1, |answer| answer.error_code))?;
        let start = answer.map_or(0, |answer| answer.low_watermark);
        world.note(&self.base.name, format_args!("<- t{}/{} begins at {start}", place.0, place.1));
        if start < offset {
            world.findings.add(format!("records before {offset} were deleted, {start} is there"));
        }
        world.oracle.started(place, known, start, world.wall.latest());
        Ok(())
    }
}

impl Actor for Deleter {
    fn name(&self) -> &str {
        &self.base.name
    }

    fn step<'a>(&'a mut self, world: &'a World) -> LocalBoxFuture<'a, ()> {
        async move {
            let Some(place) = self.base.pick(world) else { return };
            let topic = world.oracle.topic(place.0);
            let is_limited = topic.retention.is_some() || topic.retention_bytes.is_some();
            let is_kept = !is_limited && topic.compacted.is_none();
            if !is_kept || self.base.dice.percent(50) {
                return;
            }
            if let Err(failure) = self.delete(world, place).await {
                world.failed(&self.base.name, &failure);
            }
        }
        .boxed_local()
    }

    fn is_settled(&self) -> bool {
        true
    }

    fn dice(&mut self) -> &mut Dice {
        &mut self.base.dice
    }
}
