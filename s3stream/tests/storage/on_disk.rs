//! On a log in real files, with threads and in real time: writers, readers, uploads and restarts
//! at once.

use std::time::Duration;

use bytes::Bytes;
use penstock_model::id::{Offset, StreamId, Timestamp};
use penstock_s3stream::{Backing, Batch, ReadLimits, Settings, Storage, Stream, Summary};

use crate::random::Random;
use crate::world::{Medium, World, tiny};

const STREAMS: usize = 4;
const BATCHES_A_ROUND: usize = 150;

/// The batch that starts at this offset of this stream: what it is depends on nothing else, so
/// that a reader knows what it should find.
fn batch_at(stream: StreamId, start: u64) -> Batch {
    let mut random = Random::new(stream.0 << 32 | start);
    let span = 1 + random.below(4);
    let length = usize::try_from(1 + random.below(6_000)).unwrap();
    let payload = Bytes::from(vec![u8::try_from(random.below(256)).unwrap(); length]);
    Batch {
        offsets: Offset(start)..Offset(start + span),
        records: 1,
        max_timestamp: Timestamp(0),
        summary: Summary::EMPTY,
        payload_crc32c: crc32c::crc32c(&payload),
        backing: Backing::new(payload.len()),
        payload,
    }
}

async fn write(storage: Storage, stream: Stream) {
    for number in 0..BATCHES_A_ROUND {
        let permit = storage.reserve(6_000).await.unwrap();
        let batch = batch_at(stream.id(), stream.offsets().appended.0);
        let end = batch.offsets.end;
        stream.append(batch, permit).unwrap();
        if number % 8 == 0 || number + 1 == BATCHES_A_ROUND {
            stream.durable(end).await.unwrap();
            assert!(stream.offsets().durable >= end);
        }
    }
}

/// Reads everything that is durable, from the first offset.
async fn read(stream: &Stream) {
    let end = stream.offsets().durable;
    let mut next = Offset(0);
    while next < end {
        let limits = ReadLimits { max_bytes: 30_000, at_least_one: true, up_to: Offset(u64::MAX) };
        let read = stream.read(next, limits).await.unwrap();
        let mut expected = Vec::new();
        while next < read.next {
            let batch = batch_at(stream.id(), next.0);
            expected.extend_from_slice(&batch.payload);
            next = batch.offsets.end;
        }
        assert_eq!(next, read.next, "stream {}: a read ends within a batch", stream.id());
        assert!(read.batches.concat() == expected, "stream {}: other bytes", stream.id());
        assert!(!expected.is_empty(), "stream {}: nothing at {next}", stream.id());
    }
}

async fn round(world: &mut World, ids: &[StreamId], flush: Duration) {
    let process = world.start();
    let mut writers = Vec::new();
    let mut streams = Vec::new();
    for id in ids {
        let (stream, link) = process.open(world, *id).await;
        assert_eq!(link.next, stream.offsets().durable.0, "checkpoint and tail reach the end");
        read(&stream).await;
        writers.push(tokio::spawn(write(process.storage.clone(), stream.clone())));
        streams.push(stream);
    }
    while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
        process.check_alive();
        for stream in &streams {
            read(stream).await;
        }
        tokio::task::yield_now().await;
    }
    for writer in writers {
        writer.await.unwrap();
    }
    world.check_metadata();
    process.shut_down(flush).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_at_once_on_real_files() {
    let settings = Settings { wal_backlog_bytes_max: 1 << 20, ..tiny() };
    let mut world = World::new(1, settings);
    world.medium = Medium::Files(tempfile::tempdir().unwrap());
    let first = world.start();
    let ids = world.create_topic(STREAMS);
    first.shut_down(Duration::ZERO).await;
    for flush in [Duration::ZERO, Duration::from_secs(60), Duration::ZERO] {
        round(&mut world, &ids, flush).await;
    }
    let process = world.start();
    process.flush().await.unwrap();
    for id in &ids {
        let (stream, _) = process.open(&world, *id).await;
        assert_eq!(stream.offsets().uploaded, stream.offsets().durable);
        read(&stream).await;
    }
    process.shut_down(Duration::ZERO).await;
}
