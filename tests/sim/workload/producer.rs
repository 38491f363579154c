//! Produces batches: an idempotent producer sends several one behind the other, each until it is
//! answered, and now and then once more; a plain one sends one, once.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use penstock_model::id::Timestamp;
use penstock_records::{
    BatchBuilder, Encoding, NewRecord, ProducerEpoch, ProducerId, RecordHeader, Sequence,
    Timestamp as RecordTime,
};
use penstock_s3stream::Clock;
use penstock_tests::producer::{
    INIT_PRODUCER_ID, PRODUCE_BY_NAME, only_partition, produce_request, producer_id_request,
};
use penstock_wal::files::Dice;
use penstock_wire::produce_response::ProduceResponse;

use super::{Actor, Base, topic_name};
use crate::client::{Failure, check};
use crate::invariants::sequence_order_is_offset_order::SequencedBatches;
use crate::oracle::{Place, Presence, Value};
use crate::world::World;

const UNKNOWN_TOPIC: i16 = 3;
const OUT_OF_ORDER: i16 = 45;

/// As many as Kafka's producers have on their way, and as the server remembers.
const IN_FLIGHT_MAX: u64 = 5;
const REMEMBERED: usize = 5;

pub(super) struct Producer {
    base: Base,
    /// `None` for a plain one.
    identity: Option<Identity>,
    /// What was sent and not answered, all of one partition, in order.
    open: Vec<Batch>,
}

/// What makes it idempotent.
#[derive(Default)]
struct Identity {
    id: Option<(i64, i16)>,
    /// The next one of each partition.
    sequences: BTreeMap<Place, i32>,
    batches: BTreeMap<Place, SequencedBatches>,
    /// The last ones of each partition, by sequence: as many as the server remembers.
    answered: BTreeMap<Place, BTreeMap<i32, Batch>>,
}

#[derive(Clone)]
struct Batch {
    place: Place,
    values: Vec<Value>,
    /// The first of it; none of a plain one.
    sequence: i32,
    bytes: Bytes,
    /// Where it is, if it was answered before.
    acked: Option<i64>,
}

impl Producer {
    pub(super) fn plain(base: Base) -> Self {
        Self { base, identity: None, open: Vec::new() }
    }

    pub(super) fn idempotent(base: Base) -> Self {
        Self { base, identity: Some(Identity::default()), open: Vec::new() }
    }

    async fn learn_identity(&mut self) -> Result<(), Failure> {
        let Some(identity) = &mut self.identity else { return Ok(()) };
        if identity.id.is_some() {
            return Ok(());
        }
        let request = producer_id_request();
        let response = self.base.client.call(INIT_PRODUCER_ID, &request).await?;
        check(response.error_code)?;
        identity.id = Some((response.producer_id, response.producer_epoch));
        Ok(())
    }

    /// The next batches, all of one partition; none where there is no topic.
    fn next(&mut self, world: &World) -> Vec<Batch> {
        let Some(place) = self.base.pick(world) else { return Vec::new() };
        let several = self.identity.is_some() && self.base.dice.percent(40);
        let batches = if several { 1 + self.base.dice.below(IN_FLIGHT_MAX) } else { 1 };
        (0..batches).map(|_| self.next_batch(world, place)).collect()
    }

    fn next_batch(&mut self, world: &World, place: Place) -> Batch {
        let count = 1 + self.base.dice.below(8);
        let now = world.wall.now();
        let values = world.oracle.new_values(place, count, now);
        let (mut producer, mut sequence) = (None, 0);
        if let Some(identity) = &mut self.identity {
            let (id, epoch) = identity.id.expect("it was learned before");
            let next = identity.sequences.entry(place).or_default();
            sequence = *next;
            *next += i32::try_from(count).expect("a short batch");
            producer = Some((id, epoch, sequence));
        }
        let most = if self.base.dice.percent(10) { 20_000 } else { 400 };
        let padding = usize::try_from(self.base.dice.below(most)).expect("a length");
        let encoding = self.draw_encoding();
        let compacted = world.oracle.topic(place.0).compacted.is_some();
        let bytes = batch(encoding, producer, &values, compacted, padding, now);
        world.oracle.sends(place, bytes.len());
        Batch { place, values, sequence, bytes, acked: None }
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

    /// Sends all, one behind the other, and answers where each is.
    async fn send(&mut self, batches: &[Batch]) -> Vec<Result<i64, Failure>> {
        let acks = if self.identity.is_some() || self.base.dice.percent(50) { -1 } else { 1 };
        let request = |batch: &Batch| {
            let (topic, partition) = batch.place;
            produce_request(&topic_name(topic), partition, acks, batch.bytes.clone())
        };
        let requests: Vec<_> = batches.iter().map(request).collect();
        let answers = self.base.client.call_all(PRODUCE_BY_NAME, &requests).await;
        let base = |answer: Result<ProduceResponse, Failure>| {
            let answer = answer?;
            let answer = only_partition(&answer)?;
            check(answer.error_code)?;
            Ok(answer.base_offset)
        };
        answers.into_iter().map(base).collect()
    }

    /// The batch is where it was said to be.
    fn acked(&mut self, world: &World, batch: &Batch, base: i64) {
        world.oracle.acked(batch.place, base, &batch.values, batch.bytes.len());
        world.oracle.count(|counts| counts.duplicates += u64::from(batch.acked.is_some()));
        let Some(identity) = &mut self.identity else { return };
        let count = i64::try_from(batch.values.len()).expect("a short batch");
        let batches = identity.batches.entry(batch.place).or_default();
        let looked = batches.acked(batch.sequence, base..base + count);
        world.findings.look("sequence order is offset order", looked);
        let answered = identity.answered.entry(batch.place).or_default();
        answered.insert(batch.sequence, Batch { acked: Some(base), ..batch.clone() });
        if answered.len() > REMEMBERED {
            answered.pop_first();
        }
    }

    /// What it may send again, however long ago it was answered.
    fn draw_answered(&mut self, world: &World) -> Option<Batch> {
        let place = self.base.pick(world)?;
        let answered = self.identity.as_ref()?.answered.get(&place)?;
        // Where a log is compacted, and its checkpoint lost, only the last one is known.
        let is_compacted = world.oracle.topic(place.0).compacted.is_some();
        let most = if is_compacted { 1 } else { answered.len() as u64 };
        let back = usize::try_from(self.base.dice.below(most)).expect("a few");
        let batch = answered.values().rev().nth(back)?;
        // With the records of a partition all that is known of a producer may go.
        let stays = !world.oracle.may_be_deleted(place, batch.acked?);
        stays.then(|| batch.clone())
    }

    /// Whether the server knows the producer where these go: else it takes any sequence as the
    /// first, as Kafka does.
    fn is_known_at(&self, batches: &[Batch]) -> bool {
        let known = self.identity.as_ref().zip(batches.first());
        known.is_some_and(|(identity, first)| identity.batches.contains_key(&first.place))
    }

    /// It did not come through, as far as is known. Whether it is sent again.
    fn failed(&mut self, world: &World, batch: &Batch, is_first: bool, failure: &Failure) -> bool {
        world.failed(&self.base.name, failure);
        let (topic, _) = batch.place;
        if matches!(failure, Failure::Code(UNKNOWN_TOPIC)) {
            world.oracle.unknown(topic);
        }
        if is_first && matches!(failure, Failure::Code(OUT_OF_ORDER)) {
            let told =
                format!("{} is told that {} is out of order", self.base.name, batch.sequence);
            world.findings.look("sequence order is offset order", Err(told));
        }
        let is_there = world.oracle.topic(topic).presence == Presence::Surely;
        self.identity.is_some() && is_there
    }

    async fn step(&mut self, world: &World) {
        if let Err(failure) = self.learn_identity().await {
            return world.failed(&self.base.name, &failure);
        }
        if self.open.is_empty() {
            self.open = self.next(world);
        }
        let mut batches = self.open.clone();
        let lowest = batches.iter().map(|batch| batch.sequence).min();
        if self.base.dice.percent(5) && self.is_known_at(&batches) {
            // What comes too early is refused, and sent again.
            batches.rotate_right(1);
        }
        for Batch { place: (topic, partition), values, bytes, acked, .. } in &batches {
            let (first, more, length) = (values[0], values.len() - 1, bytes.len());
            let again = if acked.is_some() { " again" } else { "" };
            world.note(
                &self.base.name,
                format_args!(
                    "-> t{topic}/{partition} {first} and {more} more, {length} bytes{again}"
                ),
            );
        }
        if self.identity.is_none() {
            // Whoever dies in between has sent it once.
            self.open.clear();
        }
        let sent = self.send(&batches).await;
        self.open.clear();
        let mut last = None;
        for (batch, sent) in batches.into_iter().zip(sent) {
            let (topic, partition) = batch.place;
            match sent {
                Ok(base) => {
                    world.note(&self.base.name, format_args!("<- t{topic}/{partition} {base}"));
                    self.acked(world, &batch, base);
                    last = Some(Batch { acked: Some(base), ..batch });
                }
                Err(failure) => {
                    let is_first = Some(batch.sequence) == lowest;
                    if self.failed(world, &batch, is_first, &failure) {
                        self.open.push(batch);
                    }
                }
            }
        }
        self.open.sort_by_key(|batch| batch.sequence);
        if self.open.is_empty() && self.identity.is_some() && self.base.dice.percent(20) {
            let again = if self.base.dice.percent(50) { last } else { self.draw_answered(world) };
            self.open.extend(again);
        }
    }
}

fn batch(
    encoding: Encoding,
    sequence: Option<(i64, i16, i32)>,
    values: &[Value],
    compacted: bool,
    padding: usize,
    now: Timestamp,
) -> Bytes {
    let mut builder = BatchBuilder::new(encoding);
    if let Some((id, epoch, base)) = sequence {
        builder = builder.producer(ProducerId(id), ProducerEpoch(epoch), Sequence(base));
    }
    let timestamp = RecordTime(now.0);
    for value in values {
        let (told, key, bytes) = (value.0.to_be_bytes(), [value.key().0], vec![b'.'; padding]);
        builder.push(&NewRecord {
            timestamp,
            key: compacted.then_some(&key),
            value: Some(&*bytes).filter(|_| !compacted || !value.is_tombstone()),
            // Where a record has no value it is still one of those that were sent.
            headers: &[RecordHeader { key: b"v", value: Some(&told) }],
        });
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
        self.open.is_empty()
    }

    fn dice(&mut self) -> &mut Dice {
        &mut self.base.dice
    }
}
