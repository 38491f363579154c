//! Topics, batches and reads, as a careful client makes them.

use std::io;

use anyhow::{Context, bail, ensure};
use bytes::Bytes;
use penstock_broker::env::SystemClock;
use penstock_records::{
    BatchBuilder, Batches, Encoding, InflationLimits, NewRecord, ProducerEpoch, ProducerId,
    Records as RecordIter, Sequence, Timestamp,
};
use penstock_s3stream::Clock;
use penstock_wire::fetch_request::{FetchPartition, FetchRequest, FetchTopic};
use penstock_wire::init_producer_id_request::InitProducerIdRequest;
use penstock_wire::metadata_request::{MetadataRequest, MetadataRequestTopic};
use penstock_wire::produce_request::{PartitionProduceData, ProduceRequest, TopicProduceData};
use penstock_wire::produce_response::{PartitionProduceResponse, ProduceResponse};
use penstock_wire::{Records, WireString};

use crate::client::Client;

/// The version in which topics still go by name, and all else is as in the newest.
pub const PRODUCE_BY_NAME: i16 = 12;
/// Likewise.
pub const FETCH_BY_NAME: i16 = 12;
/// The newest.
const METADATA: i16 = 13;
/// The newest.
pub const INIT_PRODUCER_ID: i16 = 5;

/// A value that was read, with its offset.
pub type Read = (i64, Bytes);

/// Asks for a topic until it is there, as clients do; the server creates it. Answers the number
/// of its partitions.
///
/// # Errors
/// When it does not appear.
pub fn create_topic(client: &mut Client, topic: &str) -> anyhow::Result<usize> {
    let wanted = MetadataRequestTopic {
        name: Some(WireString::copy_from(topic)),
        ..MetadataRequestTopic::default()
    };
    let request = MetadataRequest {
        topics: Some(vec![wanted]),
        allow_auto_topic_creation: true,
        ..MetadataRequest::default()
    };
    for _ in 0..100 {
        let response = client.call(METADATA, &request)?;
        let found = response.topics.first().context("metadata answers for the topic")?;
        match found.error_code {
            0 => return Ok(found.partitions.len()),
            3 | 5 => {}
            code => bail!("topic {topic}: error {code}"),
        }
    }
    bail!("topic {topic} does not appear")
}

/// A request for the identity of an idempotent producer that has none.
#[must_use]
pub fn producer_id_request() -> InitProducerIdRequest {
    InitProducerIdRequest {
        transactional_id: None,
        transaction_timeout_ms: i32::MAX,
        producer_id: -1,
        producer_epoch: -1,
        ..InitProducerIdRequest::default()
    }
}

/// An identity for an idempotent producer.
///
/// # Errors
/// When there is none.
pub fn producer_id(client: &mut Client) -> anyhow::Result<(i64, i16)> {
    let response = client.call(INIT_PRODUCER_ID, &producer_id_request())?;
    ensure!(response.error_code == 0, "no producer id: error {}", response.error_code);
    Ok((response.producer_id, response.producer_epoch))
}

/// A batch of values, of an idempotent producer if `sequence` says which and from where on.
///
/// # Panics
/// When the values make no batch.
#[must_use]
pub fn batch(encoding: Encoding, sequence: Option<(i64, i16, i32)>, values: &[Bytes]) -> Bytes {
    let mut builder = BatchBuilder::new(encoding);
    if let Some((id, epoch, base)) = sequence {
        builder = builder.producer(ProducerId(id), ProducerEpoch(epoch), Sequence(base));
    }
    // Of today: retention by time looks at it.
    let timestamp = Timestamp(SystemClock.now().0);
    for value in values {
        builder.push(&NewRecord { timestamp, value: Some(value), ..NewRecord::default() });
    }
    builder.build().expect("values make a batch").sequence(0, 0, Timestamp(0)).bytes
}

/// A request with one batch for one partition.
#[must_use]
pub fn produce_request(topic: &str, partition: i32, acks: i16, batch: Bytes) -> ProduceRequest {
    let records = Some(Records::from(vec![batch]));
    ProduceRequest {
        transactional_id: None,
        acks,
        timeout_ms: 30_000,
        topic_data: vec![TopicProduceData {
            name: WireString::copy_from(topic),
            partition_data: vec![PartitionProduceData { index: partition, records }],
            ..TopicProduceData::default()
        }],
    }
}

/// The answer for the one partition of [`produce_request`].
///
/// # Errors
/// When there is none.
pub fn only_partition(response: &ProduceResponse) -> io::Result<&PartitionProduceResponse> {
    let topic = response.responses.first();
    let partition = topic.and_then(|topic| topic.partition_responses.first());
    partition.ok_or_else(|| io::Error::other("the answer names no partition"))
}

/// Produces one batch with acks=all, and answers its first offset.
///
/// # Errors
/// When it is refused.
pub fn produce(
    client: &mut Client,
    topic: &str,
    partition: i32,
    batch: Bytes,
) -> anyhow::Result<i64> {
    let response = client.call(PRODUCE_BY_NAME, &produce_request(topic, partition, -1, batch))?;
    let answer = only_partition(&response)?;
    ensure!(answer.error_code == 0, "produce: error {}", answer.error_code);
    Ok(answer.base_offset)
}

/// A fetch of one partition from `offset` on.
#[must_use]
pub fn fetch_request(topic: &str, partition: i32, offset: i64, max_wait_ms: i32) -> FetchRequest {
    FetchRequest {
        replica_id: -1,
        max_wait_ms,
        min_bytes: 1,
        max_bytes: 8 << 20,
        session_epoch: -1,
        topics: vec![FetchTopic {
            topic: WireString::copy_from(topic),
            partitions: vec![FetchPartition {
                partition,
                current_leader_epoch: -1,
                fetch_offset: offset,
                last_fetched_epoch: -1,
                log_start_offset: -1,
                partition_max_bytes: 4 << 20,
                ..FetchPartition::default()
            }],
            ..FetchTopic::default()
        }],
        ..FetchRequest::default()
    }
}

/// Fetches once: values from `offset` on, and the high watermark.
///
/// # Errors
/// When the answer is an error, or its bytes are no batches.
pub fn fetch(
    client: &mut Client,
    topic: &str,
    partition: i32,
    offset: i64,
    max_wait_ms: i32,
) -> anyhow::Result<(Vec<Read>, i64)> {
    let request = fetch_request(topic, partition, offset, max_wait_ms);
    let response = client.call(FETCH_BY_NAME, &request)?;
    ensure!(response.error_code == 0, "fetch: error {}", response.error_code);
    let topic = response.responses.into_iter().next().context("fetch answers for the topic")?;
    let data = topic.partitions.into_iter().next().context("fetch answers for the partition")?;
    ensure!(data.error_code == 0, "fetch at {offset}: error {}", data.error_code);
    let records = data.records.unwrap_or_default().into_bytes();
    let mut values = Vec::new();
    for batch in Batches::new(records) {
        let batch = batch?;
        batch.check()?;
        let inflated = batch.inflate(&InflationLimits::default())?;
        for record in RecordIter::new(batch.header(), &inflated) {
            let record = record?;
            if record.offset >= offset {
                values.push((record.offset, Bytes::copy_from_slice(record.value.unwrap_or(b""))));
            }
        }
    }
    Ok((values, data.high_watermark))
}

/// Reads a partition from its beginning to the high watermark.
///
/// # Errors
/// As [`fetch`], or when it leaves a gap.
pub fn read_all(client: &mut Client, topic: &str, partition: i32) -> anyhow::Result<Vec<Read>> {
    let mut all: Vec<Read> = Vec::new();
    loop {
        let next = all.last().map_or(0, |(offset, _)| offset + 1);
        let (values, high_watermark) = fetch(client, topic, partition, next, 0)?;
        if let Some((first, _)) = values.first() {
            ensure!(*first == next, "asked for {next}, got {first}");
        }
        all.extend(values);
        let next = all.last().map_or(0, |(offset, _)| offset + 1);
        if next >= high_watermark {
            return Ok(all);
        }
    }
}
