//! The handle of an object log.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::watch;
use tokio::time::timeout;

use super::bucket::Bucket;
use super::format::{FRAME_HEAD_BYTES, decode_frame};
use super::sequence::{Sequence, offset_of};
use super::trimmer::Trimmer;
use super::writer::{ObjectWriter, Parts};
use super::{LogPart, ObjectRecovery, epoch_of};
use crate::files::Blocking;
use crate::progress::Progress;
use crate::put_times::PutTimes;
use crate::queue::Queue;
use crate::{AppendPermit, Entry, Location, Position, ReadError, Sink, Wal, WalError};

/// How long closing waits for the deletion of what was trimmed; the next start finds the rest.
const DELETIONS_MAX: Duration = Duration::from_secs(1);

pub(super) struct ObjectLog<C> {
    queue: Arc<Queue<C>>,
    bucket: Arc<Bucket>,
    parts: Arc<[LogPart]>,
    progress: Arc<Progress>,
    times: Arc<PutTimes>,
    /// The first object that is to stay.
    keep: watch::Sender<Sequence>,
    /// The first object that is not deleted yet.
    deleted: watch::Receiver<Sequence>,
    ended: watch::Receiver<()>,
}

impl<C: Send + 'static> ObjectLog<C> {
    pub(super) fn start(recovery: ObjectRecovery, sink: Box<dyn Sink<C>>) -> Arc<dyn Wal<C>> {
        let ObjectRecovery { bucket, parts, begins, leftovers, .. } = recovery;
        let LogPart { epoch, begins: end } = *parts.last().expect("the part to be written");
        let parts: Arc<[LogPart]> = parts.into();
        let room = bucket.settings.wal.in_flight_bytes_max;
        let queue = Arc::new(Queue::new(room, Blocking::Inline));
        let progress = Arc::new(Progress::new(begins, end));
        let times = Arc::new(PutTimes::new(bucket.settings.interval()));
        let ended = ObjectWriter::start(Parts {
            queue: Arc::clone(&queue),
            sink,
            bucket: Arc::clone(&bucket),
            progress: Arc::clone(&progress),
            times: Arc::clone(&times),
            epoch,
            first: Sequence::of(end),
        });
        let (keep, kept) = watch::channel(Sequence::of(begins));
        let (deleting, deleted) = watch::channel(Sequence::of(begins));
        let trimmer = Trimmer {
            bucket: Arc::clone(&bucket),
            parts: Arc::clone(&parts),
            keep: kept,
            deleted: deleting,
        };
        drop(tokio::spawn(trimmer.run(leftovers)));
        Arc::new(Self { queue, bucket, parts, progress, times, keep, deleted, ended })
    }
}

impl<C> ObjectLog<C> {
    fn check_kept(&self, position: Position) -> Result<(), ReadError> {
        if position < self.progress.get().trimmed {
            Err(ReadError::Trimmed(position))
        } else {
            Ok(())
        }
    }
}

#[async_trait]
impl<C: Send + 'static> Wal<C> for ObjectLog<C> {
    async fn reserve(&self, bytes: usize) -> Result<AppendPermit, WalError> {
        self.queue.reserve(bytes).await
    }

    fn append(&self, entry: Entry, permit: AppendPermit, context: C) -> Result<(), (WalError, C)> {
        self.queue.push(entry, permit, context)
    }

    async fn read(&self, at: Location) -> Result<Bytes, ReadError> {
        self.check_kept(at.position)?;
        let (sequence, offset) = (Sequence::of(at.position), offset_of(at.position));
        let epoch = epoch_of(&self.parts, sequence);
        let key = self.bucket.key(epoch, sequence);
        let corrupt = |what| self.bucket.corrupt(&key, offset, what);
        if at.position >= self.progress.get().durable {
            return Err(corrupt("no entry lies there").into());
        }
        let end = offset + FRAME_HEAD_BYTES as u64 + u64::from(at.payload_length);
        let Some(frame) = self.bucket.read(&key, offset..end).await? else {
            self.check_kept(at.position)?;
            return Err(self.bucket.missing(epoch, sequence, sequence.next()).into());
        };
        Ok(decode_frame(&frame).map_err(corrupt)?)
    }

    async fn trim(&self, position: Position) -> Result<(), WalError> {
        self.queue.check_running()?;
        if self.progress.trimmed_up_to(position) {
            let keep = Sequence::of(position);
            self.keep.send_if_modified(|kept| std::mem::replace(kept, keep.max(*kept)) < keep);
        }
        Ok(())
    }

    fn put_times(&self) -> Option<Arc<PutTimes>> {
        Some(Arc::clone(&self.times))
    }

    async fn close(&self) -> Result<(), WalError> {
        self.queue.close();
        let mut ended = self.ended.clone();
        while ended.changed().await.is_ok() {}
        match self.queue.why_stopped() {
            WalError::Closed => {}
            error => return Err(error),
        }
        let (keep, mut deleted) = (*self.keep.borrow(), self.deleted.clone());
        // What is left is deleted after the next start.
        let _ = timeout(DELETIONS_MAX, deleted.wait_for(|deleted| *deleted >= keep)).await;
        Ok(())
    }
}

impl<C> Drop for ObjectLog<C> {
    /// What was accepted is still written; then the writer ends.
    fn drop(&mut self) {
        self.queue.close();
    }
}
