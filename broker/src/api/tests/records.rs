//! Records in and out: Produce, Fetch, OffsetForLeaderEpoch, DeleteRecords.

use std::time::Duration;

use bytes::Bytes;
use penstock_model::image::MetadataImage;
use penstock_records::{
    BatchBuilder, Batches, Encoding, HEADER_BYTES, NewRecord, ProducerEpoch, ProducerId, Sequence,
    Timestamp,
};
use penstock_wal::WalSettings;
use penstock_wire::delete_records_request::{
    DeleteRecordsPartition, DeleteRecordsRequest, DeleteRecordsTopic,
};
use penstock_wire::fetch_request::{FetchPartition, FetchRequest, FetchTopic};
use penstock_wire::fetch_response::FetchResponse;
use penstock_wire::init_producer_id_request::InitProducerIdRequest;
use penstock_wire::offset_for_leader_epoch_request::{
    OffsetForLeaderEpochRequest, OffsetForLeaderPartition, OffsetForLeaderTopic,
};
use penstock_wire::produce_request::{PartitionProduceData, ProduceRequest};
use penstock_wire::produce_response::PartitionProduceResponse;
use penstock_wire::{Records, Uuid};

use super::list_offsets::list;
use super::{create, topic};
use crate::net::Outcome;
use crate::testing::{TestBroker, produce_request};

/// A broker with the topics `t` (two partitions) and `compacted`.
async fn broker() -> TestBroker {
    let broker = TestBroker::start(&[]);
    let compacted = topic("compacted", 1, &[("cleanup.policy", "compact")]);
    let response = broker.ask(7, &create(vec![topic("t", 2, &[]), compacted])).await;
    assert!(response.topics.iter().all(|topic| topic.error_code == 0));
    broker
}

pub(super) fn batch(producer: Option<(i64, i16, i32)>, timestamps: &[i64]) -> Bytes {
    let mut builder = BatchBuilder::new(Encoding::None);
    if let Some((id, epoch, sequence)) = producer {
        builder = builder.producer(ProducerId(id), ProducerEpoch(epoch), Sequence(sequence));
    }
    for timestamp in timestamps {
        let timestamp = Timestamp(*timestamp);
        builder.push(&NewRecord { timestamp, value: Some(b"value"), ..NewRecord::default() });
    }
    builder.build().unwrap().sequence(0, 0, Timestamp(0)).bytes
}

pub(super) async fn produce(
    broker: &TestBroker,
    version: i16,
    request: ProduceRequest,
) -> PartitionProduceResponse {
    let mut response = broker.ask(version, &request).await;
    response.responses.remove(0).partition_responses.remove(0)
}

#[tokio::test]
async fn produce_in_every_version_and_by_id() {
    let broker = broker().await;
    for (offset, version) in (0..).zip(3..=12) {
        let request = produce_request("t", 0, batch(None, &[1_000]));
        let answer = produce(&broker, version, request).await;
        assert_eq!((answer.error_code, answer.base_offset), (0, offset), "version {version}");
    }
    let id = Uuid(broker.broker.metadata.image().topic_by_name("t").unwrap().id.0);
    let mut request = produce_request("", 0, batch(None, &[1_000]));
    request.topic_data[0].topic_id = id;
    assert_eq!(produce(&broker, 13, request.clone()).await.base_offset, 10);
    request.topic_data[0].topic_id = Uuid([9; 16]);
    assert_eq!(produce(&broker, 13, request).await.error_code, 100);
}

/// A batch whose records are a zstd frame of as many blocks of 128 KiB of zeros: no records.
fn zstd_zeros(window: u8, blocks: usize) -> Bytes {
    let mut bytes = batch(None, &[1_000]).to_vec();
    bytes.truncate(HEADER_BYTES);
    bytes[22] = 4;
    bytes.extend([0x28, 0xb5, 0x2f, 0xfd, 0, window]);
    for left in (0..blocks).rev() {
        // Last or not, one byte repeated, 2^17 times.
        let head: u32 = u32::from(left == 0) | 1 << 1 | 1 << (3 + 17);
        bytes.extend(&head.to_le_bytes()[..3]);
        bytes.push(0);
    }
    let length = i32::try_from(bytes.len() - 12).unwrap();
    bytes[8..12].copy_from_slice(&length.to_be_bytes());
    let checksum = crc32c::crc32c(&bytes[21..]);
    bytes[17..21].copy_from_slice(&checksum.to_be_bytes());
    bytes.into()
}

#[tokio::test]
async fn a_batch_that_would_take_more_memory_than_is_set_aside_is_to_be_split() {
    let broker = broker().await;
    let check = async |window: u8, blocks: usize, expect: i16| {
        let request = produce_request("t", 0, zstd_zeros(window, blocks));
        let answer = produce(&broker, 12, request).await;
        assert_eq!(answer.error_code, expect, "{window:#x}, {blocks}: {:?}", answer.error_message);
        assert_eq!(broker.broker.inspector.used(), 0);
    };
    // 8 MiB of window (an exponent of 10 and 13), all of it filled; 7 MiB are set aside.
    check(13 << 3, 64, 10).await;
    // The same window, hardly used; the same records, in a window of 2 MiB; one that is 128 MiB.
    check(13 << 3, 8, 87).await;
    check(11 << 3, 64, 87).await;
    check(17 << 3, 1, 87).await;
}

#[tokio::test(start_paused = true)]
async fn a_late_batch_of_an_idempotent_producer_is_not_overtaken() {
    let broker = broker().await;
    let everything = WalSettings::default().in_flight_bytes_max;
    let log_is_full = broker.broker.storage.reserve(everything).await.unwrap();
    let late = |producer| ProduceRequest {
        timeout_ms: 1,
        ..produce_request("t", 0, batch(producer, &[1_000]))
    };
    // Others may send it again whenever they like.
    assert_eq!(produce(&broker, 12, late(None)).await.error_code, 7);
    let outcome = broker.begin(12, &late(Some((5, 0, 0)))).await;
    assert!(matches!(outcome, Outcome::Close(_)));
    drop(log_is_full);
    // On its next connection the producer sends all of it again, from its first batch on.
    for sequence in 0..2 {
        let request = produce_request("t", 0, batch(Some((5, 0, sequence)), &[1_000]));
        let answer = produce(&broker, 12, request).await;
        assert_eq!((answer.error_code, answer.base_offset), (0, i64::from(sequence)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_comes_while_its_partition_opens_is_not_overtaken() {
    let broker = broker().await;
    let request = |producer| produce_request("t", 0, batch(producer, &[1_000]));
    assert_eq!(produce(&broker, 12, request(None)).await.error_code, 0);
    // It does not open again before the upload of what it has, which nobody does here.
    broker.broker.partitions.close_lost(&MetadataImage::default());
    for _opening_and_then_unavailable in 0..2 {
        assert_eq!(produce(&broker, 12, request(None)).await.error_code, 6);
        let outcome = broker.begin(12, &request(Some((5, 0, 0)))).await;
        assert!(matches!(outcome, Outcome::Close(_)));
        broker.broker.storage.shutdown(Duration::ZERO).await;
    }
}

#[tokio::test]
async fn a_producer_in_a_hurry_is_served_all_the_same() {
    let broker = broker().await;
    for producer in [None, Some((5, 0, 0))] {
        let request =
            ProduceRequest { timeout_ms: 0, ..produce_request("t", 0, batch(producer, &[1_000])) };
        assert_eq!(produce(&broker, 12, request).await.error_code, 0);
    }
}

#[tokio::test]
async fn refused_batches() {
    let broker = broker().await;
    let good = batch(None, &[1_000]);
    let mut damaged = good.to_vec();
    *damaged.last_mut().unwrap() ^= 1;
    let check = async |request: ProduceRequest, expect: i16| {
        let answer = produce(&broker, 12, request).await;
        assert_eq!(answer.error_code, expect);
        assert_eq!(answer.base_offset, -1);
        answer
    };
    check(produce_request("missing", 0, good.clone()), 3).await;
    check(produce_request("t", 2, good.clone()), 3).await;
    check(produce_request("t", -1, good.clone()), 3).await;
    check(produce_request("t", 0, damaged.into()), 2).await;
    check(produce_request("t", 0, Bytes::new()), 87).await;
    check(produce_request("t", 0, [&good[..], &good[..]].concat().into()), 87).await;
    check(produce_request("t", 0, batch(None, &[1_000_000 + 3_600_001])), 32).await;
    let first = produce_request("t", 0, batch(Some((7, 0, 0)), &[1_000, 1_000]));
    assert_eq!(produce(&broker, 12, first).await.error_code, 0);
    check(produce_request("t", 0, batch(Some((7, 0, 5)), &[1_000])), 45).await;
    let acks = |request| ProduceRequest { acks: 2, ..request };
    check(acks(produce_request("t", 0, good.clone())), 21).await;
    check(acks(produce_request("t", 0, Bytes::new())), 87).await;
    check(acks(produce_request("missing", 0, good.clone())), 3).await;
    let mut headless = good.to_vec();
    headless[8..12].copy_from_slice(&48_i32.to_be_bytes());
    headless.truncate(60);
    check(produce_request("t", 0, headless.clone().into()), 2).await;
    check(acks(produce_request("t", 0, headless.into())), 21).await;
    let mut builder = BatchBuilder::new(Encoding::None).transactional();
    builder.push(&NewRecord { timestamp: Timestamp(1_000), ..NewRecord::default() });
    let transactional = builder.build().unwrap().sequence(0, 0, Timestamp(0)).bytes;
    check(produce_request("t", 0, transactional.clone()), 53).await;
    check(acks(produce_request("missing", 0, transactional)), 53).await;
    let check_keyless = |answer: PartitionProduceResponse| {
        assert_eq!((answer.error_code, answer.record_errors[0].batch_index), (87, 0));
        let text = answer.record_errors[0].batch_index_error_message.as_deref();
        let expected =
            "Compacted topic cannot accept message without key in topic partition compacted-0";
        assert_eq!(text, Some(expected));
    };
    check_keyless(check(produce_request("compacted", 0, good.clone()), 87).await);
    // Whoever names it by its id is told its name.
    let compacted = broker.broker.metadata.image().topic_by_name("compacted").unwrap().id;
    let mut by_id = produce_request("", 0, good);
    by_id.topic_data[0].topic_id = Uuid(compacted.0);
    check_keyless(produce(&broker, 13, by_id).await);
}

/// As in Kafka: it looks at how each record field begins before it appends any, up to the first
/// batch of a transaction.
#[tokio::test]
async fn a_batch_that_cannot_be_read_fails_all_of_its_request() {
    let broker = broker().await;
    let good = batch(None, &[1_000]);
    let with = |at: usize, bytes: &[u8]| {
        let mut batch = good.to_vec();
        batch[at..at + bytes.len()].copy_from_slice(bytes);
        Bytes::from(batch)
    };
    let (unknown_format, old_format) = (with(16, &[3]), with(16, &[1]));
    let too_short = with(8, &13_i32.to_be_bytes());
    let transactional = with(21, &16_i16.to_be_bytes());
    let cut = transactional.slice(..transactional.len() - 1);
    let check = async |second: &Bytes, third: &Bytes, expect: [i16; 3]| {
        let mut request = produce_request("t", 0, good.clone());
        for (name, records) in [("t", second), ("missing", third)] {
            let mut topic = produce_request(name, 1, records.clone()).topic_data;
            request.topic_data.append(&mut topic);
        }
        let response = broker.ask(12, &request).await;
        let partitions = response.responses.iter().flat_map(|topic| &topic.partition_responses);
        let codes: Vec<_> = partitions.map(|partition| partition.error_code).collect();
        assert_eq!(codes, expect);
    };
    check(&unknown_format, &good, [2; 3]).await;
    check(&good, &too_short, [2; 3]).await;
    check(&transactional, &unknown_format, [53; 3]).await;
    check(&unknown_format, &transactional, [2; 3]).await;
    check(&old_format, &good, [0, 87, 3]).await;
    check(&cut, &good, [0, 87, 3]).await;
}

/// Producers that are made up crowd out none that wrote lately: its retry is still known as one.
#[tokio::test]
async fn a_flood_of_producers_lets_no_batch_be_appended_twice() {
    let broker = broker().await;
    let ask = async |id: i64, sequence: i32| {
        let records = batch(Some((id, 0, sequence)), &[1_000]);
        let answer = produce(&broker, 12, produce_request("t", 0, records)).await;
        (answer.error_code, answer.base_offset)
    };
    assert_eq!(ask(0, 0).await, (0, 0));
    let mut id = 1;
    while ask(id, 0).await == (0, id) {
        id += 1;
    }
    assert_eq!(ask(id, 0).await, (19, -1), "the next is told to try again");
    assert_eq!(ask(0, 0).await, (0, 0), "the same batch, at the same offset");
    assert_eq!(ask(0, 1).await, (0, id));
}

#[tokio::test]
async fn idempotent_producers() {
    let broker = broker().await;
    let request = InitProducerIdRequest {
        transactional_id: None,
        producer_id: -1,
        ..InitProducerIdRequest::default()
    };
    let granted = broker.ask(5, &request).await;
    assert_eq!((granted.error_code, granted.producer_epoch), (0, 0));
    let id = granted.producer_id;
    let check = async |epoch: i16, sequence: i32, expect: (i16, i64)| {
        let records = batch(Some((id, epoch, sequence)), &[1_000, 1_000]);
        let answer = produce(&broker, 12, produce_request("t", 1, records)).await;
        assert_eq!((answer.error_code, answer.base_offset), expect);
    };
    check(0, 0, (0, 0)).await;
    check(0, 2, (0, 2)).await;
    check(0, 0, (0, 0)).await;
    check(0, 5, (45, -1)).await;
    check(1, 2, (45, -1)).await;
    check(1, 0, (0, 4)).await;
    check(0, 4, (47, -1)).await;
    let transactional_id = Some("transaction".into());
    let transaction = InitProducerIdRequest { transactional_id, ..request.clone() };
    assert_eq!(broker.ask(5, &transaction).await.error_code, 53);
    let half = InitProducerIdRequest { producer_id: 5, producer_epoch: -1, ..request };
    assert_eq!(broker.ask(5, &half).await.error_code, 42);
}

/// Six records at offsets 0 to 5, in three batches.
pub(super) async fn filled() -> TestBroker {
    let broker = broker().await;
    for timestamps in [[100, 300], [200, 500], [400, 450]] {
        let request = produce_request("t", 0, batch(None, &timestamps));
        assert_eq!(produce(&broker, 12, request).await.error_code, 0);
    }
    broker
}

async fn delete_before(
    broker: &TestBroker,
    topic: &'static str,
    partition: i32,
    offset: i64,
) -> (i16, i64) {
    let partitions = vec![DeleteRecordsPartition { partition_index: partition, offset }];
    let topics = vec![DeleteRecordsTopic { name: topic.into(), partitions }];
    let request = DeleteRecordsRequest { topics, timeout_ms: 1000 };
    let response = broker.ask(2, &request).await;
    let answer = &response.topics[0].partitions[0];
    (answer.error_code, answer.low_watermark)
}

#[tokio::test]
async fn deleted_records() {
    let broker = filled().await;
    assert_eq!(delete_before(&broker, "t", 0, 7).await, (1, -1));
    assert_eq!(delete_before(&broker, "t", 0, -2).await, (1, -1));
    assert_eq!(delete_before(&broker, "compacted", 0, 0).await, (44, -1));
    // Within a batch: the batch is served whole, and searches look behind the new start.
    assert_eq!(delete_before(&broker, "t", 0, 3).await, (0, 3));
    assert_eq!(delete_before(&broker, "t", 0, 1).await, (0, 3));
    assert_eq!(list(&broker, 11, 0, -2).await, (0, 3, -1));
    assert_eq!(list(&broker, 11, 0, 0).await, (0, 3, 500));
    assert_eq!(fetch_one(&broker, 2).await.0, 1);
    assert_eq!(fetch_one(&broker, 3).await, (0, vec![2, 4], 6));
    assert_eq!(delete_before(&broker, "t", 0, -1).await, (0, 6));
    assert_eq!(fetch_one(&broker, 6).await, (0, vec![], 6));
    assert_eq!(list(&broker, 11, 0, 0).await, (0, -1, -1));
}

/// Kafka's order: is there such a partition, is it a client's, do deletions suit it, is there such
/// an offset.
#[tokio::test]
async fn deletions_that_are_refused() {
    let broker = broker().await;
    let policies = vec![
        topic("neither", 1, &[("cleanup.policy", "")]),
        topic("both", 1, &[("cleanup.policy", "compact,delete")]),
        topic("__consumer_offsets", 1, &[("cleanup.policy", "compact")]),
    ];
    let created = broker.ask(7, &create(policies)).await;
    assert!(created.topics.iter().all(|topic| topic.error_code == 0));
    for topic in ["neither", "both"] {
        assert_eq!(delete_before(&broker, topic, 0, 0).await, (0, 0), "{topic}");
        assert_eq!(delete_before(&broker, topic, 0, 1).await, (1, -1), "{topic}");
    }
    for (topic, expect) in [("__consumer_offsets", 17), ("compacted", 44)] {
        for offset in [0, 1, -1, -2] {
            assert_eq!(delete_before(&broker, topic, 0, offset).await, (expect, -1), "{topic}");
        }
        assert_eq!(delete_before(&broker, topic, 1, 0).await, (3, -1), "{topic}");
        assert_eq!(delete_before(&broker, topic, -1, 0).await, (3, -1), "{topic}");
    }
}

#[tokio::test]
async fn ends_of_leader_epochs() {
    let broker = filled().await;
    let epoch = broker
        .broker
        .metadata
        .image()
        .partitions(broker.broker.metadata.image().topic_by_name("t").unwrap())
        .next()
        .unwrap()
        .epoch
        .leader_epoch();
    let check = async |current: i32, asked: i32, expect: (i16, i32, i64)| {
        let partition = OffsetForLeaderPartition {
            partition: 0,
            current_leader_epoch: current,
            leader_epoch: asked,
        };
        let topics = vec![OffsetForLeaderTopic { topic: "t".into(), partitions: vec![partition] }];
        let request = OffsetForLeaderEpochRequest { replica_id: -1, topics };
        let response = broker.ask(4, &request).await;
        let answer = &response.topics[0].partitions[0];
        assert_eq!((answer.error_code, answer.leader_epoch, answer.end_offset), expect);
    };
    check(-1, epoch, (0, epoch, 6)).await;
    check(epoch, epoch, (0, epoch, 6)).await;
    check(-1, epoch + 1, (0, -1, -1)).await;
    check(-1, -1, (0, -1, -1)).await;
    check(epoch + 1, epoch, (75, -1, -1)).await;
    check(-2, epoch, (74, -1, -1)).await;
}

fn fetch_request(offset: i64, max_bytes: i32) -> FetchRequest {
    FetchRequest {
        replica_id: -1,
        min_bytes: 1,
        max_bytes,
        session_epoch: -1,
        topics: vec![FetchTopic {
            topic: "t".into(),
            partitions: vec![FetchPartition {
                current_leader_epoch: -1,
                fetch_offset: offset,
                last_fetched_epoch: -1,
                log_start_offset: -1,
                partition_max_bytes: max_bytes,
                ..FetchPartition::default()
            }],
            ..FetchTopic::default()
        }],
        ..FetchRequest::default()
    }
}

/// Where the log begins comes before whether it forked.
#[tokio::test]
async fn fetches_that_know_the_epoch_of_what_they_have() {
    let broker = filled().await;
    let image = broker.broker.metadata.image();
    let topic = image.topic_by_name("t").unwrap();
    let epoch = image.partition(topic.id, 0).unwrap().epoch.leader_epoch();
    assert_eq!(delete_before(&broker, "t", 0, 3).await, (0, 3));
    let check = async |offset: i64, last_fetched_epoch: i32, expect: (i16, i32, i64)| {
        let mut request = fetch_request(offset, 1 << 20);
        request.topics[0].partitions[0].last_fetched_epoch = last_fetched_epoch;
        let response = broker.ask(12, &request).await;
        let data = &response.responses[0].partitions[0];
        let diverging = &data.diverging_epoch;
        assert_eq!(
            (data.error_code, diverging.epoch, diverging.end_offset),
            expect,
            "from {offset}, behind epoch {last_fetched_epoch}"
        );
    };
    check(3, epoch, (0, -1, -1)).await;
    check(6, epoch, (0, -1, -1)).await;
    check(7, epoch, (0, epoch, 6)).await;
    check(3, epoch + 1, (1, -1, -1)).await;
    for last_fetched_epoch in [0, epoch] {
        check(2, last_fetched_epoch, (1, -1, -1)).await;
        check(-1, last_fetched_epoch, (1, -1, -1)).await;
    }
}

/// Error, base offsets of the batches, and high watermark of the only partition.
fn only(response: FetchResponse) -> (i16, Vec<i64>, i64) {
    assert_eq!(response.error_code, 0);
    let data = response.responses.into_iter().next().unwrap().partitions.remove(0);
    let batches = Batches::new(data.records.unwrap_or_default().into_bytes());
    let offsets = batches.map(|batch| batch.unwrap().header().base_offset).collect();
    (data.error_code, offsets, data.high_watermark)
}

async fn fetch_one(broker: &TestBroker, offset: i64) -> (i16, Vec<i64>, i64) {
    only(broker.ask(12, &fetch_request(offset, 1 << 20)).await)
}

#[tokio::test]
async fn fetches() {
    let broker = filled().await;
    for version in 4..=12 {
        let response = broker.ask(version, &fetch_request(0, 1 << 20)).await;
        assert_eq!(only(response), (0, vec![0, 2, 4], 6), "version {version}");
    }
    // The batch that holds the offset, from its beginning; at least one, whatever the limit.
    assert_eq!(fetch_one(&broker, 3).await, (0, vec![2, 4], 6));
    assert_eq!(only(broker.ask(12, &fetch_request(3, 1)).await), (0, vec![2], 6));
    assert_eq!(fetch_one(&broker, 6).await, (0, vec![], 6));
    assert_eq!(fetch_one(&broker, 7).await, (1, vec![], -1));
    assert_eq!(fetch_one(&broker, -1).await, (1, vec![], -1));
    let mut fenced = fetch_request(0, 100);
    fenced.topics[0].partitions[0].current_leader_epoch = i32::MAX;
    assert_eq!(only(broker.ask(12, &fenced).await).0, 75);
    let mut unknown = fetch_request(0, 100);
    unknown.topics[0].topic_id = Uuid([9; 16]);
    unknown.topics[0].topic = "".into();
    assert_eq!(only(broker.ask(18, &unknown).await).0, 100);
    let replica = FetchRequest { replica_id: 2, ..fetch_request(0, 100) };
    assert_eq!(only(broker.ask(12, &replica).await).0, 6);
}

#[tokio::test]
async fn a_session_sends_only_news() {
    let broker = filled().await;
    let open = FetchRequest { session_epoch: 0, ..fetch_request(6, 1 << 20) };
    let opened = broker.ask(12, &open).await;
    assert_ne!(opened.session_id, 0);
    let session_id = opened.session_id;
    let next = |session_epoch| FetchRequest {
        session_id,
        session_epoch,
        topics: Vec::new(),
        ..fetch_request(0, 1 << 20)
    };
    assert!(broker.ask(12, &next(1)).await.responses.is_empty());
    let request = produce_request("t", 0, batch(None, &[600]));
    produce(&broker, 12, request).await;
    assert_eq!(only(broker.ask(12, &next(2)).await), (0, vec![6], 7));
    assert_eq!(broker.ask(12, &next(2)).await.error_code, 71);
    assert_eq!(broker.ask(12, &next(-1)).await.session_id, 0);
    assert_eq!(broker.ask(12, &next(3)).await.error_code, 70);
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_waits_for_more_answers_what_there_is_when_its_time_is_up() {
    let broker = filled().await;
    let patient = FetchRequest {
        min_bytes: 1 << 20,
        max_wait_ms: 500,
        max_bytes: 1 << 20,
        ..fetch_request(0, 1 << 20)
    };
    let begin = tokio::time::Instant::now();
    assert_eq!(only(broker.ask(12, &patient).await), (0, vec![0, 2, 4], 6));
    assert_eq!(begin.elapsed().as_millis(), 500);
}

/// Each read by a limit of the client's own: more would not come by waiting.
#[tokio::test(start_paused = true)]
async fn a_fetch_that_a_limit_cuts_short_does_not_wait_for_more() {
    let broker = filled().await;
    let batch_bytes = broker.ask(12, &fetch_request(4, 1 << 20)).await;
    let records = batch_bytes.responses[0].partitions[0].records.clone();
    let two = i32::try_from(records.unwrap_or_default().into_bytes().len() * 5 / 2).unwrap();
    let begin = tokio::time::Instant::now();
    for (min_bytes, partition_max, max, expect) in [
        (two, two, 1 << 20, vec![0, 2]),
        (1 << 20, two, 1 << 20, vec![0, 2]),
        (1 << 20, 1 << 20, two, vec![0, 2]),
        (1 << 20, 1, 1 << 20, vec![0]),
    ] {
        let mut fetch =
            FetchRequest { min_bytes, max_wait_ms: 500, ..fetch_request(0, partition_max) };
        fetch.max_bytes = max;
        assert_eq!(only(broker.ask(12, &fetch).await), (0, expect, 6));
    }
    assert_eq!(begin.elapsed().as_millis(), 0);
}

/// A consumer that was assigned a topic which is deleted asks for it again and again.
#[tokio::test(start_paused = true)]
async fn an_unknown_topic_does_not_cut_the_wait_for_others_short() {
    let broker = filled().await;
    let elapsed = async |topics: &[(&'static str, i16)]| {
        let mut fetch = FetchRequest { max_wait_ms: 500, ..fetch_request(6, 1 << 20) };
        let one = fetch.topics.remove(0);
        fetch.topics = topics
            .iter()
            .map(|(name, _)| FetchTopic { topic: (*name).into(), ..one.clone() })
            .collect();
        let begin = tokio::time::Instant::now();
        let answer = broker.ask(12, &fetch).await;
        let errors: Vec<_> = answer.responses.iter().map(|t| t.partitions[0].error_code).collect();
        assert_eq!(errors, topics.iter().map(|(_, error)| *error).collect::<Vec<_>>());
        begin.elapsed().as_millis()
    };
    assert_eq!(elapsed(&[("deleted", 3)]).await, 0);
    assert_eq!(elapsed(&[("deleted", 3), ("t", 0)]).await, 500);
}

/// As Apache Kafka 4.3.1 answers.
#[tokio::test]
async fn a_refused_batch_is_told_where_the_partition_begins_if_the_log_has_looked_into_it() {
    let broker = TestBroker::start(&[]);
    let small = [("segment.bytes", "1048576"), ("max.message.bytes", "3000000")];
    broker.ask(7, &create(vec![topic("t", 1, &small)])).await;
    let first = produce_request("t", 0, batch(Some((9, 3, 0)), &[1_000]));
    assert_eq!(produce(&broker, 9, first).await.error_code, 0);
    let ok = batch(None, &[1_000]);
    let patched = |at: usize, value: u8, with_sum: bool| {
        let mut bytes = ok.to_vec();
        bytes[at] = value;
        if with_sum {
            let sum = crc32c::crc32c(&bytes[21..]);
            bytes[17..21].copy_from_slice(&sum.to_be_bytes());
        }
        Bytes::from(bytes)
    };
    let large = |bytes: usize| {
        let mut builder = BatchBuilder::new(Encoding::None);
        let (timestamp, value) = (Timestamp(1_000), vec![7; bytes]);
        builder.push(&NewRecord { timestamp, value: Some(&value), ..NewRecord::default() });
        builder.build().unwrap().sequence(0, 0, Timestamp(0)).bytes
    };
    for (what, records, version, expect) in [
        ("a gap", batch(Some((9, 3, 7)), &[1_000]), 9, (45, 0)),
        ("an old epoch", batch(Some((9, 2, 1)), &[1_000]), 9, (47, 0)),
        ("two batches", [&ok[..], &ok].concat().into(), 9, (87, -1)),
        ("none", Bytes::new(), 9, (87, -1)),
        ("an old format", patched(16, 1, false), 9, (87, -1)),
        ("a count", patched(60, 5, true), 9, (87, 0)),
        ("a delta", patched(26, 5, true), 9, (87, 0)),
        ("a base offset", patched(7, 4, false), 9, (87, 0)),
        ("a flipped byte", patched(65, 99, false), 9, (2, -1)),
        ("the future", batch(None, &[99_999_999_999]), 9, (32, 0)),
        ("no codec", patched(22, 7, true), 9, (-1, 0)),
        ("zstd too early", patched(22, 4, true), 6, (76, -1)),
        ("larger than a segment", large(2_000_000), 9, (18, -1)),
        ("larger than a batch", large(4_000_000), 9, (10, -1)),
    ] {
        let answer = produce(&broker, version, produce_request("t", 0, records)).await;
        assert_eq!((answer.error_code, answer.log_start_offset), expect, "{what}");
    }
}

/// As Apache Kafka 4.3.1 does.
#[tokio::test]
async fn a_partition_that_is_named_twice_takes_what_stands_last() {
    let broker = broker().await;
    let (one, three) = (batch(None, &[1_000]), batch(None, &[1_000; 3]));
    let flipped = {
        let mut bytes = one.to_vec();
        bytes[65] ^= 1;
        Bytes::from(bytes)
    };
    let sent = |parts: &[(i32, &Bytes)]| {
        let mut request = produce_request("t", 0, Bytes::new());
        let part = |(index, records): &(i32, &Bytes)| PartitionProduceData {
            index: *index,
            records: Some(Records::from(Bytes::clone(records))),
        };
        request.topic_data[0].partition_data = parts.iter().map(part).collect();
        request
    };
    let twice = {
        let mut request = sent(&[(0, &one)]);
        request.topic_data.push(request.topic_data[0].clone());
        request
    };
    for (request, expect) in [
        (sent(&[(0, &one), (1, &one), (0, &three)]), &[(1, 0, 0), (0, 0, 0)][..]),
        (sent(&[(1, &one), (1, &flipped)]), &[(1, 2, -1)]),
        (sent(&[(1, &flipped), (1, &one)]), &[(1, 0, 1)]),
        (twice, &[(0, 0, 3)]),
        (sent(&[(0, &one), (1, &one)]), &[(0, 0, 4), (1, 0, 2)]),
    ] {
        let response = broker.ask(9, &request).await;
        let answers = response.responses.iter().flat_map(|topic| &topic.partition_responses);
        let answers = answers.map(|answer| (answer.index, answer.error_code, answer.base_offset));
        assert_eq!(answers.collect::<Vec<_>>(), expect);
    }
}
