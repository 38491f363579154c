//! The uploader: carries out what the plan says.
//!
//! ```text
//!   block ──► prepare ──► lease ──► PUT ──► commit ──► cache forgets ──► WAL is trimmed
//!             in order    └ several at once ┘  in order
//! ```
//!
//! Nothing is given up before what replaces it is committed and seen in the image. Failures of
//! store and quorum are outlived; what cannot pass stops the storage, with the log untouched.
//! Without blocks it does nothing at all.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;

use futures::stream::{FuturesOrdered, StreamExt};
use penstock_model::command::{Command, CommitUpload, Refused, Reply};
use penstock_model::id::{StreamId, WalPosition};
use penstock_planted::{self as planted, Bug};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::block::Block;
use super::prepare::{Part, Prepared};
use super::put::UploadedCommit;
use super::room::Room;
use crate::lifecycle::Failure;
use crate::shared::Shared;

/// See [`Tasks::upload`](crate::Tasks::upload).
pub struct UploadTask {
    pub(crate) shared: Arc<Shared>,
}

/// A block whose objects lie in the store.
struct Uploaded {
    prepared: Prepared,
    commits: Vec<UploadedCommit>,
    in_flight: InFlight,
}

/// A block is in flight from before it is taken until it is committed.
struct InFlight {
    _permit: OwnedSemaphorePermit,
    _room: Room,
}

impl UploadTask {
    /// Runs until the storage is shut down or failed.
    pub async fn run(self) {
        let lifecycle = &self.shared.streams.lifecycle;
        tokio::select! {
            biased;
            () = lifecycle.ended() => {}
            failure = Box::pin(self.upload()) => lifecycle.fail(failure),
        }
    }

    async fn upload(&self) -> Failure {
        let uploads_max = self.shared.settings.upload.uploads_in_flight_max.max(1);
        let room = Arc::new(Semaphore::new(uploads_max));
        // Holds all that may be in flight, so that sending never waits.
        let (done, uploaded) = mpsc::channel(uploads_max);
        tokio::select! {
            biased;
            failure = self.put_blocks(&room, done) => failure,
            failure = self.commit_blocks(uploaded) => failure,
        }
    }

    /// Puts blocks into the store, some at once, and hands them on in order.
    async fn put_blocks(&self, room: &Arc<Semaphore>, done: mpsc::Sender<Uploaded>) -> Failure {
        let mut puts = FuturesOrdered::new();
        let mut preparing = pin!(self.prepare_next(room));
        loop {
            tokio::select! {
                biased;
                Some(uploaded) = puts.next() => match uploaded {
                    Ok(uploaded) => {
                        let received = done.send(uploaded).await;
                        assert!(received.is_ok(), "both ends live in one future");
                    }
                    Err(failure) => return failure,
                },
                (in_flight, prepared) = &mut preparing => {
                    puts.push_back(self.put_block(prepared, in_flight));
                    // One at a time, because each fold goes on from the one before.
                    preparing.set(self.prepare_next(room));
                }
            }
        }
    }

    /// Takes the next block that is due. Reading its checkpoints takes as long as the store may be
    /// away: to be polled beside the uploads that are under way.
    async fn prepare_next(&self, room: &Arc<Semaphore>) -> (InFlight, Prepared) {
        let permit = Arc::clone(room).acquire_owned().await.expect("it is never closed");
        let block = self.shared.streams.cache.next_block().await;
        let mut room = self.shared.upload_room.take(block.bytes).await;
        let prepared = Prepared::new(&self.shared, block).await;
        room.add(prepared.checkpoint_bytes());
        (InFlight { _permit: permit, _room: room }, prepared)
    }

    async fn put_block(
        &self,
        mut prepared: Prepared,
        in_flight: InFlight,
    ) -> Result<Uploaded, Failure> {
        prepared.load(&self.shared).await?;
        let mut commits = Vec::with_capacity(prepared.plan.len());
        for planned in prepared.plan.clone() {
            commits.push(prepared.put(&self.shared, planned).await?);
        }
        Ok(Uploaded { prepared, commits, in_flight })
    }

    async fn commit_blocks(&self, mut uploaded: mpsc::Receiver<Uploaded>) -> Failure {
        loop {
            let Some(next) = uploaded.recv().await else {
                // The other half ended, and tells why.
                return std::future::pending().await;
            };
            if let Err(failure) = self.commit_block(next).await {
                return failure;
            }
        }
    }

    async fn commit_block(&self, uploaded: Uploaded) -> Result<(), Failure> {
        let Uploaded { prepared, commits, in_flight } = uploaded;
        prepared.check_contiguous(&self.shared);
        if planted::is(Bug::TrimBeforeCommit) {
            self.shared.wal.trim(prepared.block.wal.end).await.map_err(Failure::Wal)?;
        }
        let mut skipped = Vec::new();
        let mut rest = commits.len();
        if commits.is_empty() {
            // Nothing of the block is of use any more: only the trim position moves.
            let nothing = UploadedCommit::default();
            let answer = self.commit(&prepared.block, nothing, true).await;
            answer.map_err(|refused| self.shared.refused(refused))?;
        }
        for mut commit in commits {
            rest -= 1;
            loop {
                match self.commit(&prepared.block, commit.clone(), rest == 0).await {
                    Ok(more) => break skipped.extend(more),
                    Err(Refused::NotLeased(object)) => {
                        tracing::warn!(%object, "an upload came too late, will upload it again");
                        commit.delete(&self.shared).await;
                        commit = prepared.put(&self.shared, commit.planned).await?;
                    }
                    Err(refused) => return Err(self.shared.refused(refused)),
                }
            }
            self.shared.counters.uploaded_objects.add(commit.objects.len() as u64);
            let bytes = commit.objects.iter().map(|object| object.object.size).sum();
            self.shared.counters.uploaded_bytes.add(bytes);
        }
        self.forget(&prepared, &skipped)?;
        drop(in_flight);
        self.shared.counters.uploads.add(1);

        let end = prepared.block.wal.end;
        // Before whoever waits for the commit, and may end this task then, hears of it.
        self.shared.wal.trim(end).await.map_err(Failure::Wal)?;
        self.shared.committed.send_replace(end);
        Ok(())
    }

    /// Commits part of a block; the last one moves the trim position over all of it. Answers the
    /// streams that had no use for it.
    async fn commit(
        &self,
        block: &Block,
        commit: UploadedCommit,
        is_last: bool,
    ) -> Result<Vec<StreamId>, Refused> {
        let start = WalPosition(block.wal.start.0);
        let end = if is_last { WalPosition(block.wal.end.0) } else { start };
        let mut command = CommitUpload {
            broker: self.shared.broker,
            wal: start..end,
            objects: Vec::new(),
            ranges: Vec::new(),
            checkpoints: Vec::new(),
            now: self.shared.clock.now(),
        };
        for object in commit.objects {
            command.objects.push(object.object);
            command.ranges.extend(object.ranges);
            command.checkpoints.extend(object.checkpoints);
        }
        match self.shared.submit(Command::CommitUpload(command)).await? {
            Reply::Committed { skipped } => Ok(skipped),
            reply => unreachable!("a commit is answered with {reply:?}"),
        }
    }

    /// The block is committed, and the image includes it: readers find it in objects.
    fn forget(&self, prepared: &Prepared, skipped: &[StreamId]) -> Result<(), Failure> {
        let image = self.shared.metadata.image();
        let mut unwanted = Vec::new();
        for part in &prepared.parts {
            let stream = &part.stream;
            match self.shared.owned(&image, stream) {
                Some(_) if skipped.contains(&stream.id) => {
                    let what = "the metadata skipped an upload of a stream that this broker owns";
                    return Err(Failure::Corrupt(format!("stream {}: {what}", stream.id)));
                }
                Some(owned) => stream.cells.committed(owned.start, owned.end),
                None => unwanted.push(Arc::clone(stream)),
            }
        }
        let ends = prepared.parts.iter().map(|part| (Arc::clone(&part.stream), part.end));
        self.shared.streams.cache.commit(&prepared.block, ends);
        for Part { stream, checkpoint, .. } in &prepared.parts {
            if let Some(checkpoint) = checkpoint {
                stream.lock().release_fold(checkpoint.offset);
            }
        }
        for stream in unwanted {
            stream.close();
            self.shared.streams.cache.give_up(&stream);
        }
        for part in &prepared.parts {
            self.shared.streams.forget_if_finished(&part.stream);
        }
        Ok(())
    }
}

impl fmt::Debug for UploadTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadTask").finish_non_exhaustive()
    }
}
