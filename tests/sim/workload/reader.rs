//! Reads partitions: at the tail, or all of one from its beginning.

use std::io;
use std::ops::Range;

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use penstock_records::{Batches, InflationLimits, Records};
use penstock_tests::producer::{FETCH_BY_NAME, fetch_request};
use penstock_wal::files::Dice;
use penstock_wire::list_offsets_request::{
    ListOffsetsPartition, ListOffsetsRequest, ListOffsetsTopic,
};
use tokio::time::Instant;

use super::{Actor, Base, topic_name};
use crate::client::{Client, Failure, check};
use crate::invariants::watermarks_are_monotone::Watermarks;
use crate::oracle::{Body, Key, Place, Poll, ReadRecord, Value};
use crate::world::World;

const LIST_OFFSETS: i16 = 6;
const OUT_OF_RANGE: i16 = 1;
const UNKNOWN_TOPIC: i16 = 3;
const EARLIEST: i64 = -2;

pub(super) struct Reader {
    base: Base,
    /// Where it is, and whether it reads to the end.
    at: Option<(Place, i64)>,
}

impl Reader {
    pub(super) fn new(base: Base) -> Self {
        Self { base, at: None }
    }

    /// Some polls of one partition.
    async fn read(&mut self, world: &World) -> Result<(), Failure> {
        let (place, mut at) = match self.at.take() {
            Some(at) => at,
            None => match self.base.pick(world) {
                None => return Ok(()),
                Some(place) if self.base.dice.percent(50) => {
                    (place, world.oracle.known(place).high)
                }
                Some(place) => {
                    let (client, name) = (&mut self.base.client, &self.base.name);
                    (place, log_start(client, world, name, place).await?)
                }
            },
        };
        let polls = 1 + self.base.dice.below(6);
        for _ in 0..polls {
            let (client, name) = (&mut self.base.client, &self.base.name);
            let (next, high) = poll(client, world, name, place, at).await?;
            at = next;
            if next >= high && self.base.dice.percent(50) {
                return Ok(());
            }
        }
        self.at = Some((place, at));
        Ok(())
    }
}

/// Reads a partition from its beginning to its end.
pub(crate) async fn read_all(
    client: &mut Client,
    world: &World,
    name: &str,
    place: Place,
) -> Result<(), Failure> {
    let mut at = log_start(client, world, name, place).await?;
    let known = world.oracle.known(place);
    loop {
        let (next, high) = poll(client, world, name, place, at).await?;
        if next >= high.max(known.high) {
            world.oracle.all_read(place);
            return Ok(());
        }
        at = next;
    }
}

/// Asks where the log begins.
async fn log_start(
    client: &mut Client,
    world: &World,
    name: &str,
    place: Place,
) -> Result<i64, Failure> {
    let (topic, partition_index) = place;
    let known = world.oracle.known(place);
    let request = ListOffsetsRequest {
        replica_id: -1,
        topics: vec![ListOffsetsTopic {
            name: penstock_wire::WireString::copy_from(&topic_name(topic)),
            partitions: vec![ListOffsetsPartition {
                partition_index,
                current_leader_epoch: -1,
                timestamp: EARLIEST,
            }],
        }],
        ..ListOffsetsRequest::default()
    };
    let response = client.call(LIST_OFFSETS, &request).await?;
    let topic = response.topics.first();
    let answer = topic.and_then(|topic| topic.partitions.first()).ok_or_else(no_answer)?;
    check(answer.error_code)?;
    let start = answer.offset;
    world.note(name, format_args!("<- t{}/{} begins at {start}", place.0, place.1));
    world.oracle.started(place, known, start, world.wall.latest());
    Ok(start)
}

/// One poll; answers where to go on, and the high watermark.
async fn poll(
    client: &mut Client,
    world: &World,
    name: &str,
    place: Place,
    at: i64,
) -> Result<(i64, i64), Failure> {
    let (topic, partition) = place;
    let known = world.oracle.known(place);
    world.note(name, format_args!("-> t{topic}/{partition} from {at}"));
    let asked_at = Instant::now();
    let request = fetch_request(&topic_name(topic), partition, at, 200);
    let response = client.call(FETCH_BY_NAME, &request).await?;
    check(response.error_code)?;
    let topic = response.responses.into_iter().next();
    let data = topic.and_then(|topic| topic.partitions.into_iter().next()).ok_or_else(no_answer)?;
    if data.error_code == OUT_OF_RANGE {
        world.oracle.out_of_range(place, known, at, world.wall.latest());
    }
    check(data.error_code)?;
    let records = data.records.unwrap_or_default().into_bytes();
    let (batches, records) = match decode(records) {
        Ok(decoded) => decoded,
        Err(error) => {
            world.findings.add(format!("what is answered can be read: {error}"));
            return Err(Failure::Lost("bytes that are no records"));
        }
    };
    let shown = Watermarks { high: data.high_watermark, start: data.log_start_offset };
    let next = batches.last().map_or(at, |batch| batch.end);
    world.note(
        name,
        format_args!("<- t{}/{partition} {at}..{next} of {}..{}", place.0, shown.start, shown.high),
    );
    let poll = Poll { asked: at, asked_at, shown, batches, records };
    world.oracle.polled(place, known, &poll, world.wall.latest());
    Ok((next, shown.high))
}

type Decoded = (Vec<Range<i64>>, Vec<ReadRecord>);

fn decode(bytes: bytes::Bytes) -> Result<Decoded, Box<dyn std::error::Error + Send + Sync>> {
    let (mut batches, mut records) = (Vec::new(), Vec::new());
    for batch in Batches::new(bytes) {
        let batch = batch?;
        batch.check()?;
        let header = batch.header();
        batches.push(header.base_offset..header.next_offset());
        let inflated = batch.inflate(&InflationLimits::default())?;
        for record in Records::new(header, &inflated) {
            let record = record?;
            let told = record.headers.clone().next().and_then(|header| header.value);
            let value = told.and_then(|told| told.first_chunk()).ok_or("no value")?;
            let value = Value(u64::from_be_bytes(*value));
            let key = record.key.map(|key| Key(key.first().copied().unwrap_or(u8::MAX)));
            let body = match record.value {
                None => Body::None,
                Some(value) if value.iter().all(|byte| *byte == b'.') => Body::Padding,
                Some(_) => Body::Other,
            };
            records.push(ReadRecord { offset: record.offset, value, key, body });
        }
    }
    Ok((batches, records))
}

fn no_answer() -> io::Error {
    io::Error::other("the answer names no partition")
}

impl Actor for Reader {
    fn name(&self) -> &str {
        &self.base.name
    }

    fn step<'a>(&'a mut self, world: &'a World) -> LocalBoxFuture<'a, ()> {
        async move {
            let at = self.at;
            if let Err(failure) = self.read(world).await {
                world.failed(&self.base.name, &failure);
                if let (Some(((topic, _), _)), Failure::Code(UNKNOWN_TOPIC)) = (at, &failure) {
                    world.oracle.unknown(topic);
                }
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
