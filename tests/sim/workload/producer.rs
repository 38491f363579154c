//! Produces batches, one after the other: an idempotent producer sends each until it is answered,
//! and now and then once more; a plain one sends it once.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use penstock_model::id::Timestamp;
use penstock_records::{
    BatchBuilder, Encoding, NewRecord, ProducerEpoch, ProducerId, Sequence, Timestamp as RecordTime,
};
use penstock_s3stream::Clock;
use penstock_tests::producer::{PRODUCE_BY_NAME, only_partition, produce_request};
use penstock_wal::files::Dice;
use penstock_wire::init_producer_id_request::InitProducerIdRequest;

use super::{Actor, Base, topic_name};
use crate::client::{Failure, check};
use crate::oracle::{Place, Presence, Value};
use crate::world::World;

const INIT_PRODUCER_ID: i16 = 5;
const UNKNOWN_TOPIC: i16 = 3;

pub(super) struct Producer {
    base: Base,
    /// `None` for a plain one.
    identity: Option<Identity>,
    /// What was sent and not answered.
    open: Option<Batch>,
}

/// What makes it idempotent.
#[derive(Default)]
struct Identity {
    id: Option<(i64, i16)>,
    sequences: BTreeMap<Place, i32>,
}

#[derive(Clone)]
struct Batch {
    place: Place,
    values: Vec<Value>,
    bytes: Bytes,
    /// Where it is, if it was answered before.
    acked: Option<i64>,
}

impl Producer {
    pub(super) fn plain(base: Base) -> Self {
        Self { base, identity: None, open: None }
    }

    pub(super) fn idempotent(base: Base) -> Self {
        Self { base, identity: Some(Identity::default()), open: None }
    }

    async fn learn_identity(&mut self) -> Result<(), Failure> {
        let Some(identity) = &mut self.identity else { return Ok(()) };
        if identity.id.is_some() {
            return Ok(());
        }
        let request = InitProducerIdRequest {
            transactional_id: None,
            transaction_timeout_ms: i32::MAX,
            producer_id: -1,
            producer_epoch: -1,
            ..InitProducerIdRequest::default()
        };
        let response = self.base.client.call(INIT_PRODUCER_ID, &request).await?;
        check(response.error_code)?;
        identity.id = Some((response.producer_id, response.producer_epoch));
        Ok(())
    }

    /// The next batch; `None` where there is no topic.
    fn next(&mut self, world: &World) -> Option<Batch> {
        let place = self.base.pick(world)?;
        let count = 1 + self.base.dice.below(8);
        let now = world.wall.now();
        let values = world.oracle.new_values(place, count, now);
        let sequence = self.identity.as_ref().map(|identity| {
            let (id, epoch) = identity.id.expect("it was learned before");
            (id, epoch, identity.sequences.get(&place).copied().unwrap_or(0))
        });
        let most = if self.base.dice.percent(10) { 20_000 } else { 400 };
        let padding = usize::try_from(self.base.dice.below(most)).expect("a length");
        let encoding = self.draw_encoding();
        let bytes = batch(encoding, sequence, &values, padding, now);
        Some(Batch { place, values, bytes, acked: None })
    }

    fn draw_encoding(&mut self) -> Encoding {
        match self.base.dice.below(8) {
            0 => Encoding::Gzip { level: -1 },
            1 => Encoding::Snappy,
            2 => Encoding::Lz4,
            3 => Encoding::Zstd { level: 3 },
            _ => Encoding::None,
        }
    }

    async fn send(&mut self, batch: &Batch) -> Result<i64, Failure> {
        let (topic, partition) = batch.place;
        let acks = if self.identity.is_some() || self.base.dice.percent(50) { -1 } else { 1 };
        let bytes = batch.bytes.clone();
        let request = produce_request(&topic_name(topic), partition, acks, bytes);
        let response = self.base.client.call(PRODUCE_BY_NAME, &request).await?;
        let answer = only_partition(&response)?;
        check(answer.error_code)?;
        Ok(answer.base_offset)
    }

    /// The batch is where it was said to be.
    fn acked(&mut self, world: &World, batch: Batch, base: i64) {
        world.oracle.acked(batch.place, base, &batch.values);
        if batch.acked.is_some() {
            world.oracle.count(|counts| counts.duplicates += 1);
            return;
        }
        let Some(identity) = &mut self.identity else { return };
        let count = i32::try_from(batch.values.len()).expect("a short batch");
        *identity.sequences.entry(batch.place).or_default() += count;
        if self.base.dice.percent(20) {
            self.open = Some(Batch { acked: Some(base), ..batch });
        }
    }

    /// It did not come through, as far as is known.
    fn failed(&mut self, world: &World, batch: Batch, failure: &Failure) {
        world.failed(&self.base.name, failure);
        let (topic, _) = batch.place;
        if matches!(failure, Failure::Code(UNKNOWN_TOPIC)) {
            world.oracle.unknown(topic);
        }
        let is_there = world.oracle.topic(topic).presence == Presence::Surely;
        if self.identity.is_some() && is_there {
            self.open = Some(batch);
        }
    }

    async fn step(&mut self, world: &World) {
        if let Err(failure) = self.learn_identity().await {
            return world.failed(&self.base.name, &failure);
        }
        if self.open.is_none() {
            self.open = self.next(world);
        }
        let Some(batch) = self.open.clone() else { return };
        let Batch { place: (topic, partition), values, bytes, acked } = &batch;
        let (first, count, length) = (values[0], values.len(), bytes.len());
        let again = if acked.is_some() { " again" } else { "" };
        let place = format_args!("t{topic}/{partition}");
        world.note(
            &self.base.name,
            format_args!("-> {place} {first} and {} more, {length} bytes{again}", count - 1),
        );
        if self.identity.is_none() {
            // Whoever dies in between has sent it once.
            self.open = None;
        }
        let sent = self.send(&batch).await;
        self.open = None;
        match sent {
            Ok(base) => {
                world.note(&self.base.name, format_args!("<- {place} {base}"));
                self.acked(world, batch, base);
            }
            Err(failure) => self.failed(world, batch, &failure),
        }
    }
}

fn batch(
    encoding: Encoding,
    sequence: Option<(i64, i16, i32)>,
    values: &[Value],
    padding: usize,
    now: Timestamp,
) -> Bytes {
    let mut builder = BatchBuilder::new(encoding);
    if let Some((id, epoch, base)) = sequence {
        builder = builder.producer(ProducerId(id), ProducerEpoch(epoch), Sequence(base));
    }
    let timestamp = RecordTime(now.0);
    for value in values {
        let mut bytes = value.0.to_be_bytes().to_vec();
        bytes.resize(8 + padding, b'.');
        builder.push(&NewRecord { timestamp, value: Some(&bytes), ..NewRecord::default() });
    }
    builder.build().expect("values make a batch").sequence(0, 0, RecordTime(0)).bytes
}

impl Actor for Producer {
    fn name(&self) -> &str {
        &self.base.name
    }

    fn step<'a>(&'a mut self, world: &'a World) -> LocalBoxFuture<'a, ()> {
        self.step(world).boxed_local()
    }

    fn is_settled(&self) -> bool {
        self.open.is_none()
    }

    fn dice(&mut self) -> &mut Dice {
        &mut self.base.dice
    }
}
