//! What is kept of a log, and what is refused.

use bytes::Bytes;
use penstock_model::client::{LocalClient, MetadataClient};
use penstock_model::command::{
    CheckpointRef, Command, CommitUpload, CreateTopic, DeleteTopic, LeaseObjects, ObjectKind,
    RegisterBroker, Reply, TrimStreams, UploadedObject, UploadedRange, WalKind,
};
use penstock_model::id::{ClusterId, Incarnation, NodeId, RequestId, Timestamp, TopicId};
use penstock_wal::Position;

use super::*;
use crate::batch::Summary;

const BROKER: BrokerEpoch = BrokerEpoch(1);

/// Two streams of one broker, with nothing in them.
fn cluster() -> (LocalClient, [StreamId; 2]) {
    let client = LocalClient::default();
    let commands = [
        Command::Format(ClusterId([1; 16])),
        Command::RegisterBroker(RegisterBroker {
            node: NodeId(1),
            incarnation: Incarnation([1; 16]),
            endpoints: Vec::new(),
            rack: None,
            wal: WalKind::Local,
        }),
        Command::CreateTopic(CreateTopic {
            id: TopicId([1; 16]),
            name: "topic".into(),
            replication_factor: 1,
            leaders: vec![NodeId(1); 2],
            configs: Vec::new(),
        }),
    ];
    for command in &commands {
        client.apply(command).result.unwrap();
    }
    let streams = client.image().topic(TopicId([1; 16])).unwrap().streams.clone();
    (client, streams.try_into().unwrap())
}

/// Commits offsets 0 to `end`, and the checkpoint there.
fn commit(client: &LocalClient, stream: StreamId, end: u64) {
    let lease = Command::LeaseObjects(LeaseObjects {
        broker: BROKER,
        request: RequestId([1; 16]),
        count: 1,
        deadline: Timestamp(1),
    });
    let Reply::Leased(ids) = client.apply(&lease).result.unwrap() else { panic!("no lease") };
    let object = ids.start;
    let commit = CommitUpload {
        broker: BROKER,
        wal: WalPosition(0)..WalPosition(0),
        objects: vec![UploadedObject {
            id: object,
            kind: ObjectKind::Stream,
            size: 100,
            index_position: 50,
        }],
        ranges: vec![UploadedRange {
            stream,
            epoch: StreamEpoch(0),
            offsets: Offset(0)..Offset(end),
            object,
            size: 10,
            max_timestamp: Timestamp(0),
        }],
        checkpoints: vec![(
            stream,
            CheckpointRef { offset: Offset(end), object, position: 10, size: 10 },
        )],
        now: Timestamp(0),
    };
    client.apply(&Command::CommitUpload(commit)).result.unwrap();
}

fn entry(position: u64, stream: StreamId, epoch: u32, offsets: Range<u64>) -> Recovered {
    let header = EntryHeader {
        stream,
        epoch: StreamEpoch(epoch),
        offsets: Offset(offsets.start)..Offset(offsets.end),
        records: 1,
        max_timestamp: Timestamp(0),
        payload_crc32c: 0,
        summary: Summary::EMPTY,
    }
    .encode();
    let header_length = u16::try_from(header.len()).unwrap();
    let location = Location { position: Position(position), header_length, payload_length: 1 };
    Recovered { header, location, group: location.position }
}

/// Recovers entries of (stream, offsets), and says which were kept, and where streams end.
#[track_caller]
fn check(client: &LocalClient, entries: &[(StreamId, Range<u64>)], kept: &[bool]) -> RecoveredLog {
    let entries = (0..)
        .zip(entries)
        .map(|(position, (stream, offsets))| entry(position, *stream, 0, offsets.clone()))
        .collect();
    let log = recover(entries, &client.image(), BROKER).unwrap();
    let was_kept: Vec<_> = log.entries.iter().map(|entry| entry.batch.is_some()).collect();
    assert_eq!(was_kept, kept);
    log
}

fn positions(log: &RecoveredLog, stream: StreamId) -> [u64; 4] {
    let at = log.streams[&stream].0.cells.get();
    [at.start.0, at.uploaded.0, at.durable.0, at.appended.0]
}

#[test]
fn batches_behind_the_committed_end_are_kept() {
    let (client, [a, b]) = cluster();
    commit(&client, a, 10);
    let entries = [(a, 0..4), (b, 0..1), (a, 4..10), (a, 10..13), (b, 1..2), (a, 13..14)];
    let log = check(&client, &entries, &[false, true, false, true, true, true]);
    assert_eq!(positions(&log, a), [0, 10, 14, 14]);
    assert_eq!(positions(&log, b), [0, 0, 2, 2]);
}

#[test]
fn a_trim_past_the_committed_end_keeps_what_is_not_folded_yet() {
    let (client, [a, _]) = cluster();
    commit(&client, a, 3);
    let trim = TrimStreams {
        broker: BROKER,
        starts: vec![(a, StreamEpoch(0), Offset(7))],
        now: Timestamp(0),
    };
    client.apply(&Command::TrimStreams(trim)).result.unwrap();
    let entries = [(a, 0..3), (a, 3..5), (a, 5..8), (a, 8..9)];
    let log = check(&client, &entries, &[false, true, true, true]);
    assert_eq!(positions(&log, a), [7, 7, 9, 9]);
    let log = check(&client, &entries[..2], &[false, true]);
    assert_eq!(positions(&log, a), [7, 7, 7, 7]);
}

#[test]
fn streams_that_are_gone_are_skipped() {
    let (client, [a, _]) = cluster();
    let other = TopicId([2; 16]);
    let create = CreateTopic {
        id: other,
        name: "other".into(),
        replication_factor: 1,
        leaders: vec![NodeId(1)],
        configs: Vec::new(),
    };
    client.apply(&Command::CreateTopic(create)).result.unwrap();
    let gone = client.image().topic(other).unwrap().streams[0];
    let delete = DeleteTopic { id: other, now: Timestamp(0) };
    client.apply(&Command::DeleteTopic(delete)).result.unwrap();
    let log = check(&client, &[(gone, 5..6), (a, 0..1), (gone, 1..2)], &[false, true, false]);
    assert_eq!(log.streams.len(), 1);
}

#[test]
fn contradictions_are_refused() {
    #[track_caller]
    fn check(client: &LocalClient, entries: Vec<Recovered>, expect: &str) {
        let error = recover(entries, &client.image(), BROKER).unwrap_err();
        assert_eq!(error.to_string(), expect);
    }
    let (client, [a, _]) = cluster();
    check(
        &client,
        vec![entry(0, StreamId(99), 0, 0..1)],
        "the log holds stream 99, which the metadata never granted",
    );
    commit(&client, a, 10);
    check(
        &client,
        vec![entry(0, a, 0, 11..12)],
        "stream 1 goes on at offset 10, but the log at 0 has 11",
    );
    check(
        &client,
        vec![entry(0, a, 0, 10..12), entry(1, a, 0, 13..14)],
        "stream 1 goes on at offset 12, but the log at 1 has 13",
    );
    check(
        &client,
        vec![entry(0, a, 0, 10..12), entry(1, a, 0, 11..14)],
        "stream 1 goes on at offset 12, but the log at 1 has 11",
    );
    check(
        &client,
        vec![entry(0, a, 1, 10..12)],
        "stream 1 was appended to at epoch 1, but the metadata is at 0",
    );
    let mut unreadable = entry(7, a, 0, 10..12);
    unreadable.header = Bytes::from_static(&[9]);
    check(
        &client,
        vec![unreadable],
        "the log at position 7 cannot be used: an entry has format version 9, which this \
         release does not know",
    );
}

/// A node that was given another `node.id` on the same folders.
#[test]
fn the_log_of_another_node_is_refused_while_nobody_else_has_its_batches() {
    let (client, [a, _]) = cluster();
    commit(&client, a, 10);
    let other = RegisterBroker {
        node: NodeId(2),
        incarnation: Incarnation([2; 16]),
        endpoints: Vec::new(),
        rack: None,
        wal: WalKind::Local,
    };
    let reply = client.apply(&Command::RegisterBroker(other)).result;
    let Ok(Reply::Registered { epoch, .. }) = reply else { panic!("{reply:?}") };
    let committed = vec![entry(0, a, 0, 4..10)];
    let log = recover(committed, &client.image(), epoch).unwrap();
    assert!(log.streams.is_empty() && log.entries[0].batch.is_none());
    let refused = recover(vec![entry(0, a, 0, 10..12)], &client.image(), epoch).unwrap_err();
    assert_eq!(
        refused,
        StartError::OthersStream { position: 0, stream: a, offset: Offset(10), owner: BROKER }
    );
}
