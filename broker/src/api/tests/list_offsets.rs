//! ListOffsets: by time, by name, several at once, and in time.

use penstock_records::{BatchBuilder, Encoding, NewRecord, Timestamp, Work};
use penstock_wire::list_offsets_request::{
    ListOffsetsPartition, ListOffsetsRequest, ListOffsetsTopic,
};
use tokio::time::Instant;

use super::records::{filled, produce};
use super::{create, topic};
use crate::testing::{TestBroker, produce_request};

fn asked(partition_index: i32, timestamp: i64) -> ListOffsetsPartition {
    ListOffsetsPartition { partition_index, current_leader_epoch: -1, timestamp }
}

fn request(topics: Vec<(&'static str, Vec<ListOffsetsPartition>)>) -> ListOffsetsRequest {
    let topics = topics
        .into_iter()
        .map(|(name, partitions)| ListOffsetsTopic { name: name.into(), partitions });
    ListOffsetsRequest { replica_id: -1, topics: topics.collect(), ..ListOffsetsRequest::default() }
}

/// Error, offset and timestamp of one partition of the topic `t`.
pub(super) async fn list(
    broker: &TestBroker,
    version: i16,
    partition: i32,
    time: i64,
) -> (i16, i64, i64) {
    let request = request(vec![("t", vec![asked(partition, time)])]);
    let response = broker.ask(version, &request).await;
    let answer = &response.topics[0].partitions[0];
    (answer.error_code, answer.offset, answer.timestamp)
}

#[tokio::test]
async fn offsets_by_time() {
    let broker = filled().await;
    let check = async |version: i16, time: i64, expect: (i16, i64, i64)| {
        assert_eq!(list(&broker, version, 0, time).await, expect, "time {time}, v{version}");
    };
    for version in 1..=11 {
        check(version, -1, (0, 6, -1)).await;
        check(version, -2, (0, 0, -1)).await;
        check(version, 0, (0, 0, 100)).await;
        check(version, 101, (0, 1, 300)).await;
        check(version, 301, (0, 3, 500)).await;
        check(version, 501, (0, -1, -1)).await;
    }
    check(6, -3, (35, -1, -1)).await;
    check(7, -3, (0, 3, 500)).await;
    check(7, -4, (35, -1, -1)).await;
    check(8, -4, (0, 0, -1)).await;
    check(9, -5, (0, -1, -1)).await;
    check(11, -6, (0, -1, -1)).await;
    check(11, -7, (35, -1, -1)).await;
    // Whether there is such a timestamp comes before whether there is such a topic.
    let missing = request(vec![("missing", vec![asked(0, -3), asked(1, -1)])]);
    let response = broker.ask(6, &missing).await;
    let errors: Vec<_> = response.topics[0].partitions.iter().map(|p| p.error_code).collect();
    assert_eq!(errors, [35, 3]);
    // An empty partition, and none.
    assert_eq!(list(&broker, 11, 1, -1).await, (0, 0, -1));
    assert_eq!(list(&broker, 11, 1, -3).await, (0, -1, -1));
    assert_eq!(list(&broker, 11, 2, -1).await.0, 3);
}

/// Each partition is answered once, where it is named first.
#[tokio::test]
async fn a_partition_that_is_named_twice_is_refused_once() {
    let broker = filled().await;
    let request = request(vec![
        ("t", vec![asked(0, -1), asked(1, -1), asked(0, -2), asked(0, -1)]),
        ("missing", vec![asked(0, -1)]),
        ("t", vec![asked(0, -1)]),
    ]);
    let response = broker.ask(11, &request).await;
    let answers: Vec<_> = response
        .topics
        .iter()
        .flat_map(|topic| topic.partitions.iter().map(|p| (&*topic.name, p)))
        .map(|(topic, p)| (topic, p.partition_index, p.error_code, p.offset))
        .collect();
    assert_eq!(answers, [("t", 0, 42, -1), ("t", 1, 0, 0), ("missing", 0, 3, -1)]);
    assert_eq!(response.topics.len(), 2);
}

/// Twenty partitions whose batches nobody can look into now, and one in memory behind them: the
/// time runs once for all of them.
#[tokio::test(start_paused = true)]
async fn lookups_that_take_too_long_are_given_up_side_by_side() {
    const SLOW: i32 = 20;
    let broker = filled().await;
    broker.ask(7, &create(vec![topic("slow", SLOW, &[])])).await;
    for partition in 0..SLOW {
        let mut builder = BatchBuilder::new(Encoding::Gzip { level: -1 });
        let timestamp = Timestamp(100);
        builder.push(&NewRecord { timestamp, value: Some(b"value"), ..NewRecord::default() });
        let records = builder.build().unwrap().sequence(0, 0, Timestamp(0)).bytes;
        let produced = produce(&broker, 12, produce_request("slow", partition, records)).await;
        assert_eq!(produced.error_code, 0);
    }
    let slow = || (0..SLOW).map(|partition| asked(partition, 0)).collect();
    let check = async |version: i16, timeout_ms: i32, expect: (i16, u128)| {
        let begin = Instant::now();
        let request = ListOffsetsRequest {
            timeout_ms,
            ..request(vec![("slow", slow()), ("t", vec![asked(0, 101), asked(1, -1)])])
        };
        let response = broker.ask(version, &request).await;
        let errors: Vec<_> = response.topics[0].partitions.iter().map(|p| p.error_code).collect();
        assert_eq!(errors, [expect.0; SLOW as usize]);
        let indexes = response.topics[0].partitions.iter().map(|p| p.partition_index);
        assert!(indexes.eq(0..SLOW));
        let quick = &response.topics[1].partitions;
        assert_eq!(
            quick.iter().map(|p| (p.error_code, p.offset)).collect::<Vec<_>>(),
            [(0, 1), (0, 0)]
        );
        assert_eq!(begin.elapsed().as_millis(), expect.1);
    };
    // Opened before, so that nothing but a look into batches has to be waited for.
    assert_eq!(list(&broker, 11, 1, -1).await, (0, 0, -1));
    let everything = Work { memory_bytes: 1 << 20, records_bytes: 1 };
    let (_, held) = broker.broker.inspector.run(everything, || ()).await.unwrap();
    check(10, 500, (7, 500)).await;
    check(11, 0, (7, 30_000)).await;
    check(9, 0, (7, 30_000)).await;
    drop(held);
    check(9, 0, (0, 0)).await;
}
