//! What a reader keeps in memory of what others have long let go of.

use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;
use penstock_model::id::{Offset, Timestamp};
use penstock_s3stream::{Backing, Batch, ReadLimits, Settings, Stream, Summary};

use crate::world::{Medium, Process, World};

/// A request's frame, which tells when nobody keeps it any more.
struct Frame {
    bytes: Vec<u8>,
    _is_kept: Arc<()>,
}

impl AsRef<[u8]> for Frame {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

fn frame(size: usize) -> (Bytes, Weak<()>) {
    let is_kept = Arc::new(());
    let probe = Arc::downgrade(&is_kept);
    (Bytes::from_owner(Frame { bytes: vec![7; size], _is_kept: is_kept }), probe)
}

/// Appends one record, which keeps an allocation of so many bytes.
async fn append(process: &Process, stream: &Stream, payload: Bytes, keeps: usize) {
    let permit = process.storage.reserve(payload.len()).await.unwrap();
    let start = stream.offsets().appended;
    let end = start.plus(1);
    let batch = Batch {
        offsets: start..end,
        records: 1,
        max_timestamp: Timestamp(0),
        summary: Summary::EMPTY,
        payload_crc32c: crc32c::crc32c(&payload),
        payload,
        backing: Backing::new(keeps),
    };
    stream.append(batch, permit).unwrap();
    stream.durable(end).await.unwrap();
}

/// Reads a batch that is a part of a frame, while it is in memory, and keeps it until after.
async fn check(frame_bytes: usize, batch_bytes: usize, is_copied: bool) {
    let mut settings = Settings::default();
    settings.memory.log_cache = 1 << 20;
    let mut world = World::new(1, settings);
    world.medium = Medium::Files(tempfile::tempdir().unwrap());
    let process = world.start();
    let id = world.create_topic(1)[0];
    let (stream, _) = process.open(&world, id).await;

    let (frame, is_kept) = frame(frame_bytes);
    let payload = frame.slice(frame_bytes - batch_bytes..);
    let lies_at = payload.as_ptr();
    drop(frame);
    append(&process, &stream, payload, frame_bytes).await;
    let limits = ReadLimits { max_bytes: 1 << 20, at_least_one: true, up_to: Offset(1) };
    let read = stream.read(Offset(0), limits).await.unwrap();
    assert_eq!(process.storage.counters().log_cache_hits.get(), 1);
    assert_eq!(read.batches.concat(), vec![7; batch_bytes]);
    assert_eq!(read.batches[0].as_ptr() != lies_at, is_copied, "{batch_bytes} of {frame_bytes}");

    // Pushes it out of memory.
    append(&process, &stream, Bytes::from_static(&[8; 5_000]), 1 << 20).await;
    append(&process, &stream, Bytes::from_static(&[8; 5_000]), 1 << 20).await;
    assert_eq!(is_kept.upgrade().is_none(), is_copied, "{batch_bytes} of {frame_bytes}");
    drop(read);
    assert!(is_kept.upgrade().is_none());
    process.shut_down(Duration::ZERO).await;
}

#[tokio::test]
async fn a_slow_reader_keeps_no_frame_of_which_it_has_little() {
    check(1 << 20, 5_000, true).await;
    check(10_002, 5_000, true).await;
}

#[tokio::test]
async fn a_batch_that_came_alone_is_read_as_it_lies_in_its_frame() {
    check(5_100, 5_000, false).await;
    check(10_000, 5_000, false).await;
}
