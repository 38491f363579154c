//! What is known of a stream without reading it.

use std::time::Duration;

use bytes::Bytes;
use penstock_model::id::{Offset, Timestamp};
use penstock_s3stream::{Backing, Batch, Settings, Stream, Summary};

use crate::world::{Process, World};

async fn append(process: &Process, stream: &Stream, bytes: usize, written: i64) {
    let payload = Bytes::from(vec![7; bytes]);
    let permit = process.storage.reserve(bytes).await.unwrap();
    let start = stream.offsets().appended;
    let batch = Batch {
        offsets: start..start.plus(1),
        records: 1,
        max_timestamp: Timestamp(written),
        summary: Summary::EMPTY,
        payload_crc32c: crc32c::crc32c(&payload),
        payload,
        backing: Backing::new(bytes),
    };
    stream.append(batch, permit).unwrap();
    stream.durable(start.plus(1)).await.unwrap();
}

#[tokio::test]
async fn what_waits_for_its_upload_and_when_it_was_written() {
    let mut world = World::new(1, Settings::default());
    let process = world.start();
    let id = world.create_topic(1)[0];
    let (stream, _) = process.open(&world, id).await;
    let seen = || {
        let written = |offset| stream.written_by(Offset(offset)).map(|at| at.0);
        (process.storage.log_bytes(id), [written(0), written(1), written(2)])
    };
    assert_eq!(seen(), (0, [None, None, None]));
    append(&process, &stream, 10, 100).await;
    append(&process, &stream, 20, 300).await;
    assert_eq!(seen(), (30, [Some(100), Some(300), None]));
    // What was uploaded is in memory for a while: it is known batch by batch.
    process.flush().await.unwrap();
    assert_eq!(seen(), (0, [Some(100), Some(300), None]));
    append(&process, &stream, 5, 200).await;
    assert_eq!(seen(), (5, [Some(100), Some(300), Some(200)]));

    // Of an object only the time of the whole range is known.
    process.storage.shutdown(Duration::from_secs(10)).await;
    let process = world.start();
    let (stream, _) = process.open(&world, id).await;
    let written = |offset| stream.written_by(Offset(offset)).map(|at| at.0);
    assert_eq!([written(0), written(1), written(3)], [Some(300), Some(300), None]);
}
