//! Which blocks are parts, and which objects are none.

use bytes::Bytes;
use object_store::memory::InMemory;
use penstock_model::command::{Command, CommitUpload, ObjectKind, TrimStreams};
use penstock_model::id::{BrokerEpoch, ClusterId, Offset, StreamEpoch, Timestamp, WalPosition};

use super::*;
use crate::compaction::testing::Cluster;
use crate::object::put::put_object;
use crate::object::reader::ObjectReader;
use crate::object::writer::{ObjectWriter, StoredBatch};
use crate::store::retry::Backoff;

const CLUSTER: ClusterId = ClusterId([1; 16]);
const STREAM: StreamId = StreamId(1);

/// Uploads these batches as one object each, trims, and answers how many blocks each part has, or the
/// object that is none.
async fn check(objects: &[&[(u64, u64)]], start: u64, piece_bytes_min: u64, expected: &str) {
    let (mut cluster, store) = (Cluster::new(1), Arc::new(InMemory::new()));
    for batches in objects {
        let mut writer = ObjectWriter::new(cluster.lease(), ObjectKind::Stream);
        let batch = |(start, end): &(u64, u64)| {
            let bytes = Bytes::from(vec![7; 600 << 10]);
            StoredBatch {
                records: 1,
                max_timestamp: Timestamp(0),
                crc32c: crc32c::crc32c(&bytes),
                bytes,
                offsets: Offset(*start)..Offset(*end),
            }
        };
        writer.stream(STREAM, StreamEpoch(0), batches.iter().map(batch).collect());
        let object = writer.finish();
        put_object(&*store, CLUSTER, &object, Backoff::default()).await.unwrap();
        cluster.apply(&Command::CommitUpload(CommitUpload {
            broker: BrokerEpoch(1),
            wal: WalPosition(0)..WalPosition(0),
            objects: vec![object.object],
            ranges: object.ranges,
            checkpoints: Vec::new(),
            now: Timestamp(0),
        }));
    }
    let starts = vec![(STREAM, StreamEpoch(0), Offset(start))];
    let trim = TrimStreams { broker: BrokerEpoch(1), starts, now: Timestamp(0) };
    cluster.apply(&Command::TrimStreams(trim));

    let image = &cluster.image;
    let run: Vec<_> = image.ranges_from(STREAM, Offset::ZERO).collect();
    let reader = ObjectReader::new(store, CLUSTER);
    let mut sources = Sources::new(&reader, image, Backoff::default());
    let objects = run.iter().map(|range| range.object).collect();
    let indexes = sources.indexes(objects).await.unwrap();
    let merge = Merge { stream: STREAM, run, index_bytes: 0 };
    let found = match parts(image, &sources, &indexes, &merge, piece_bytes_min) {
        Ok(parts) => {
            let blocks: Vec<_> = parts.iter().map(|part| part.blocks.len().to_string()).collect();
            blocks.join(" ")
        }
        Err(MergeFailure::Unfit(object)) => format!("{object} is unfit"),
        Err(MergeFailure::Unreadable(unreadable)) => format!("{} contradicts", unreadable.object),
        Err(failure) => failure.to_string(),
    };
    assert_eq!(found, expected, "{merge:?}");
}

#[tokio::test]
async fn blocks_join_and_end_where_their_ranges_do() {
    check(&[&[(0, 2), (2, 4)], &[(4, 7)]], 0, 1, "2 1").await;
    // What is trimmed goes with its range.
    check(&[&[(0, 2), (2, 4)], &[(4, 7)]], 3, 1, "2 1").await;
    check(&[&[(0, 2), (2, 4)], &[(4, 7)], &[(7, 8)]], 5, 1, "1 1").await;
}

#[tokio::test]
async fn what_is_right_and_cannot_be_a_part_is_unfit() {
    check(&[&[(0, 2), (2, 4)], &[(4, 7)]], 0, 700 << 10, "2 is unfit").await;
    // An upload that came again with more: what it has anew begins a block, or does not.
    check(&[&[(0, 2)], &[(0, 2), (2, 4)]], 0, 1, "1 1").await;
    check(&[&[(0, 2)], &[(0, 4)]], 0, 1, "2 is unfit").await;
    // As the first of a run its block may begin early.
    check(&[&[(0, 2)], &[(0, 4)], &[(4, 5)]], 2, 1, "1 1").await;
}

#[tokio::test]
async fn what_has_a_hole_contradicts() {
    check(&[&[(0, 2)], &[(2, 4), (5, 7)]], 0, 1, "2 contradicts").await;
}
