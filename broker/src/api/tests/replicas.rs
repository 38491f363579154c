//! Partitions as administrators see them: pages of topics, folders, elections, reassignments,
//! producers; answers as Apache Kafka 4.3.1 gave them.

use penstock_model::command::Command;
use penstock_wire::alter_partition_reassignments_request::{
    AlterPartitionReassignmentsRequest, ReassignablePartition, ReassignableTopic,
};
use penstock_wire::alter_replica_log_dirs_request::{
    AlterReplicaLogDir, AlterReplicaLogDirTopic, AlterReplicaLogDirsRequest,
};
use penstock_wire::describe_log_dirs_request::{DescribableLogDirTopic, DescribeLogDirsRequest};
use penstock_wire::describe_producers_request::{self, DescribeProducersRequest};
use penstock_wire::describe_topic_partitions_request::{
    Cursor, DescribeTopicPartitionsRequest, TopicRequest,
};
use penstock_wire::describe_topic_partitions_response::DescribeTopicPartitionsResponse;
use penstock_wire::elect_leaders_request::{ElectLeadersRequest, TopicPartitions};
use penstock_wire::elect_leaders_response::ElectLeadersResponse;
use penstock_wire::list_partition_reassignments_request::ListPartitionReassignmentsRequest;

use super::records::{batch, produce};
use super::{assigned, create, topic};
use crate::testing::{TestBroker, produce_request};

/// A broker with the topics `aa` of three partitions, `bb` of two and `cc` of one.
async fn broker(settings: &[&str]) -> TestBroker {
    let test = TestBroker::start(settings);
    let topics = [("aa", 3), ("bb", 2), ("cc", 1)].map(|(name, count)| topic(name, count, &[]));
    let response = test.ask(7, &create(topics.to_vec())).await;
    assert!(response.topics.iter().all(|topic| topic.error_code == 0));
    test
}

fn page(
    topics: &[&'static str],
    limit: i32,
    cursor: Option<(&'static str, i32)>,
) -> DescribeTopicPartitionsRequest {
    DescribeTopicPartitionsRequest {
        topics: topics.iter().map(|name| TopicRequest { name: (*name).into() }).collect(),
        response_partition_limit: limit,
        cursor: cursor
            .map(|(name, partition_index)| Cursor { topic_name: name.into(), partition_index }),
    }
}

/// `name:error[partitions]` of each topic, and the next cursor.
fn page_text(response: &DescribeTopicPartitionsResponse) -> String {
    let topics = response.topics.iter().map(|topic| {
        let indexes: Vec<i32> = topic.partitions.iter().map(|p| p.partition_index).collect();
        format!("{}:{}{indexes:?} ", topic.name.as_deref().unwrap(), topic.error_code)
    });
    let next = response.next_cursor.as_ref();
    let next = next.map(|cursor| format!("then {} {}", cursor.topic_name, cursor.partition_index));
    topics.collect::<String>() + &next.unwrap_or_default()
}

#[tokio::test]
async fn topics_come_in_pages_of_partitions() {
    let test = broker(&[]).await;
    for (request, expect) in [
        (page(&[], 2000, None), "aa:0[0, 1, 2] bb:0[0, 1] cc:0[0] "),
        (page(&[], 4, None), "aa:0[0, 1, 2] bb:0[0] then bb 1"),
        (page(&[], 4, Some(("bb", 1))), "bb:0[1] cc:0[0] "),
        (page(&[], 3, None), "aa:0[0, 1, 2] then bb 0"),
        (page(&[], 0, None), "aa:0[0] then aa 1"),
        (page(&[], -1, None), "aa:0[0] then aa 1"),
        (page(&[], 10, Some(("aa", 9))), "aa:0[] bb:0[0, 1] cc:0[0] "),
        (page(&[], 10, Some(("ab", 1))), "bb:0[0, 1] cc:0[0] "),
        (page(&["zz", "bad name", "aa", "aa"], 100, None), "aa:0[0, 1, 2] bad name:17[] zz:3[] "),
        (page(&["aa", "zz"], 3, None), "aa:0[0, 1, 2] then zz 0"),
        (page(&["a0", "aa", "ab", "bb"], 3, None), "a0:3[] aa:0[0, 1, 2] then ab 0"),
        // A cursor that makes no sense.
        (page(&[], 10, Some(("aa", -1))), ""),
        (page(&["aa", "cc"], 10, Some(("bb", 1))), "aa:42[] cc:42[] "),
    ] {
        let response = test.ask(0, &request).await;
        assert_eq!(page_text(&response), expect, "{request:?}");
    }
    let test = broker(&["max.request.partition.size.limit=2"]).await;
    let response = test.ask(0, &page(&[], 2000, None)).await;
    assert_eq!(page_text(&response), "aa:0[0, 1] then aa 2");
}

#[tokio::test]
async fn a_page_tells_of_replicas_and_of_what_one_may_do() {
    let test = TestBroker::start(&[]);
    let two = test.join(2);
    test.ask(7, &create(vec![assigned("t", &[&[1, 2], &[2, 1]])])).await;
    test.metadata.apply(&Command::FenceBroker(two)).result.unwrap();
    let response = test.ask(0, &page(&["t", "missing"], 10, None)).await;
    let [missing, topic] = &response.topics[..] else { panic!("{response:?}") };
    let operations = [missing.topic_authorized_operations, topic.topic_authorized_operations];
    assert_eq!(operations, [3576, 3576]);
    let [here, gone] = &topic.partitions[..] else { panic!("{topic:?}") };
    assert_eq!((here.error_code, here.leader_id, &here.isr_nodes[..]), (0, 1, &[1][..]));
    assert_eq!((gone.error_code, gone.leader_id, &gone.offline_replicas[..]), (0, -1, &[2][..]));
    assert_eq!(
        (&here.eligible_leader_replicas, &here.last_known_elr),
        (&Some(vec![]), &Some(vec![]))
    );
}

#[tokio::test]
async fn the_one_folder_tells_what_partitions_take() {
    let test = broker(&[]).await;
    let records = batch(None, &[1_000]);
    let bytes = i64::try_from(records.len()).unwrap();
    assert_eq!(produce(&test, 12, produce_request("aa", 1, records)).await.error_code, 0);
    let named = |topics: &[(&'static str, &[i32])]| {
        let topic = |(name, partitions): &(&'static str, &[i32])| DescribableLogDirTopic {
            topic: (*name).into(),
            partitions: partitions.to_vec(),
        };
        Some(topics.iter().map(topic).collect())
    };
    let all = format!("aa0=0 aa1={bytes} aa2=0 bb0=0 bb1=0 cc0=0");
    for (topics, expect) in [
        (None, all.as_str()),
        (named(&[]), ""),
        (named(&[("aa", &[0, 7, -1]), ("zz", &[0]), ("bb", &[])]), "aa0=0"),
        (named(&[("cc", &[0, 0]), ("cc", &[0])]), "cc0=0"),
    ] {
        for version in 1..=5 {
            let response =
                test.ask(version, &DescribeLogDirsRequest { topics: topics.clone() }).await;
            let [dir] = &response.results[..] else { panic!("{response:?}") };
            assert_eq!((dir.error_code, dir.log_dir.as_str()), (0, "memory://"));
            assert_eq!((dir.total_bytes, dir.usable_bytes), (-1, -1));
            let partitions = dir.topics.iter().flat_map(|topic| {
                let line =
                    |p: &penstock_wire::describe_log_dirs_response::DescribeLogDirsPartition| {
                        format!("{}{}={}", topic.name, p.partition_index, p.partition_size)
                    };
                topic.partitions.iter().map(line).collect::<Vec<_>>()
            });
            assert_eq!(partitions.collect::<Vec<_>>().join(" "), expect, "v{version}");
        }
    }
    let to = |path: &'static str, name: &'static str, partitions: &[i32]| AlterReplicaLogDir {
        path: path.into(),
        topics: vec![AlterReplicaLogDirTopic {
            name: name.into(),
            partitions: partitions.to_vec(),
        }],
    };
    let dirs = vec![to("/nowhere", "aa", &[0, 9]), to("memory://", "bb", &[0, 9])];
    let response = test.ask(2, &AlterReplicaLogDirsRequest { dirs }).await;
    let errors = response.results.iter().flat_map(|topic| &topic.partitions);
    assert_eq!(errors.map(|p| p.error_code).collect::<Vec<_>>(), [57, 57, 0, 3]);
    // A partition is answered once, for the folder that is named last; a topic without any, never.
    let dirs = vec![
        to("/nowhere", "aa", &[0, 1]),
        to("memory://", "aa", &[0, 0]),
        to("memory://", "bb", &[]),
    ];
    let response = test.ask(2, &AlterReplicaLogDirsRequest { dirs }).await;
    let [topic] = &response.results[..] else { panic!("{response:?}") };
    let errors: Vec<_> =
        topic.partitions.iter().map(|p| (p.partition_index, p.error_code)).collect();
    assert_eq!((topic.topic_name.as_str(), errors), ("aa", vec![(0, 0), (1, 57)]));
}

fn electing(election_type: i8, topics: Option<&[(&'static str, &[i32])]>) -> ElectLeadersRequest {
    let topic = |(name, partitions): &(&'static str, &[i32])| TopicPartitions {
        topic: (*name).into(),
        partitions: partitions.to_vec(),
    };
    ElectLeadersRequest {
        election_type,
        topic_partitions: topics.map(|topics| topics.iter().map(topic).collect()),
        ..ElectLeadersRequest::default()
    }
}

fn elected(response: &ElectLeadersResponse) -> Vec<String> {
    let results = response.replica_election_results.iter();
    let lines = results.flat_map(|topic| {
        topic.partition_result.iter().map(|partition| {
            let message = partition.error_message.as_deref().unwrap_or("null");
            let (name, id) = (&topic.topic, partition.partition_id);
            format!("{name}-{id}: {} {message}", partition.error_code)
        })
    });
    lines.collect()
}

#[tokio::test]
async fn no_partition_with_a_leader_needs_an_election() {
    let test = broker(&[]).await;
    let named: &[(&str, &[i32])] = &[("aa", &[0, 9]), ("zz", &[0]), ("bb", &[])];
    for version in 0..=2 {
        let response = test.ask(version, &electing(0, Some(named))).await;
        assert_eq!(response.error_code, 0);
        let expect = [
            "aa-0: 84 Leader election not needed for topic partition.",
            "aa-9: 3 No such partition as aa-9",
            "zz-0: 3 No such topic as zz",
        ];
        assert_eq!(elected(&response), expect);
    }
    let all = test.ask(2, &electing(1, None)).await;
    assert_eq!((all.replica_election_results.len(), elected(&all).len()), (3, 0));
    let response = test.ask(2, &electing(5, Some(&[("aa", &[0])]))).await;
    assert_eq!(response.error_code, 42);
    assert_eq!(elected(&response), ["aa-0: 42 Unknown election type 5"]);
    let response = test.ask(2, &electing(5, Some(&[]))).await;
    assert_eq!((response.error_code, response.replica_election_results.len()), (0, 0));
    let response = test.ask(2, &electing(5, None)).await;
    assert_eq!((response.error_code, response.replica_election_results.len()), (42, 0));
}

#[tokio::test]
async fn nobody_else_can_lead_what_a_lost_broker_led() {
    let test = TestBroker::start(&[]);
    let two = test.join(2);
    test.ask(7, &create(vec![assigned("t", &[&[1], &[2]])])).await;
    test.metadata.apply(&Command::FenceBroker(two)).result.unwrap();
    for (election, expect) in [
        (0, "t-1: 80 The preferred leader was not available."),
        (1, "t-1: 83 Eligible topic partition leaders are not available."),
    ] {
        assert_eq!(elected(&test.ask(2, &electing(election, None)).await), [expect]);
    }
}

fn reassigning(
    topic: &'static str,
    partition_index: i32,
    replicas: Option<&[i32]>,
) -> AlterPartitionReassignmentsRequest {
    let replicas = replicas.map(<[i32]>::to_vec);
    let partitions = vec![ReassignablePartition { partition_index, replicas }];
    AlterPartitionReassignmentsRequest {
        topics: vec![ReassignableTopic { name: topic.into(), partitions }],
        ..AlterPartitionReassignmentsRequest::default()
    }
}

#[tokio::test]
async fn a_reassignment_that_keeps_the_leader_is_done_at_once() {
    let test = broker(&[]).await;
    test.join(2);
    for (topic, index, replicas, error, message) in [
        ("aa", 0, Some(&[1][..]), 0, None),
        ("aa", 0, Some(&[1, 2]), 0, None),
        ("aa", 1, None, 85, None),
        (
            "aa",
            2,
            Some(&[9]),
            39,
            Some(
                "The manual partition assignment includes broker 9, but no such broker is \
                 registered.",
            ),
        ),
        (
            "aa",
            2,
            Some(&[2]),
            39,
            Some(
                "Partition aa:2 is led by broker 1, which has its log; this version hands no \
                 partition over. Keep that broker among its replicas.",
            ),
        ),
        ("aa", 7, Some(&[1]), 3, Some("Unable to find partition aa:7.")),
        ("aa", -1, None, 3, Some("Unable to find partition aa:-1.")),
        ("zz", 0, Some(&[1]), 3, Some("Unable to find a topic named zz.")),
        (
            "bb",
            0,
            Some(&[]),
            39,
            Some("The manual partition assignment includes an empty replica list."),
        ),
        (
            "bb",
            1,
            Some(&[1, 1]),
            39,
            Some("The manual partition assignment includes the broker 1 more than once."),
        ),
    ] {
        for version in 0..=1 {
            let response = test.ask(version, &reassigning(topic, index, replicas)).await;
            assert_eq!((response.error_code, response.error_message), (0, None));
            let partition = &response.responses[0].partitions[0];
            let found = (partition.error_code, partition.error_message.as_deref());
            assert_eq!(found, (error, message), "{topic}-{index} {replicas:?}");
        }
    }
    let fixed = AlterPartitionReassignmentsRequest {
        allow_replication_factor_change: false,
        ..reassigning("aa", 0, Some(&[1, 2]))
    };
    let response = test.ask(1, &fixed).await;
    assert!(!response.allow_replication_factor_change);
    let partition = &response.responses[0].partitions[0];
    let message = "The replication factor is changed from 1 to 2";
    assert_eq!((partition.error_code, partition.error_message.as_deref()), (38, Some(message)));

    let nothing = AlterPartitionReassignmentsRequest {
        allow_replication_factor_change: false,
        ..AlterPartitionReassignmentsRequest::default()
    };
    let response = test.ask(1, &nothing).await;
    assert_eq!(response.error_message.as_deref(), Some(""));
    assert!(response.allow_replication_factor_change);
    let response = test.ask(0, &ListPartitionReassignmentsRequest::default()).await;
    assert_eq!((response.error_code, response.error_message, response.topics.len()), (0, None, 0));
}

#[tokio::test]
async fn a_partition_tells_of_the_producers_that_it_remembers() {
    let test = broker(&[]).await;
    for (epoch, sequence, time) in [(2, 0, 5_000), (2, 1, 4_000)] {
        let records = batch(Some((77, epoch, sequence)), &[time]);
        assert_eq!(produce(&test, 12, produce_request("aa", 0, records)).await.error_code, 0);
    }
    let topic = |name: &'static str, partitions: &[i32]| describe_producers_request::TopicRequest {
        name: name.into(),
        partition_indexes: partitions.to_vec(),
    };
    let topics = vec![topic("aa", &[0, 1, 9]), topic("zz", &[0]), topic("bad name", &[0])];
    let response = test.ask(0, &DescribeProducersRequest { topics }).await;
    let partitions: Vec<_> = response.topics.iter().flat_map(|topic| &topic.partitions).collect();
    let errors: Vec<_> =
        partitions.iter().map(|p| (p.error_code, p.error_message.as_deref())).collect();
    let expect = [
        (0, None),
        (0, None),
        (3, None),
        (3, Some("This server does not host this topic-partition.")),
        (
            17,
            Some(
                "Topic name is invalid: 'bad name' contains one or more characters other than \
                 ASCII alphanumerics, '.', '_' and '-'",
            ),
        ),
    ];
    assert_eq!(errors, expect);
    let [producer] = &partitions[0].active_producers[..] else { panic!("{partitions:?}") };
    assert_eq!((producer.producer_id, producer.producer_epoch, producer.last_sequence), (77, 2, 1));
    assert_eq!((producer.last_timestamp, producer.coordinator_epoch), (4_000, -1));
    assert_eq!(producer.current_txn_start_offset, -1);
    assert!(partitions[1].active_producers.is_empty());
}
