//! What is known of one stream, shared by its handles, the log's sink and the uploader.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use penstock_model::id::{Offset, StreamEpoch, StreamId};
use penstock_planted::{self as planted, Bug};

use crate::checkpoint::Checkpoint;
use crate::position::{PositionCells, Positions};
use crate::stream_cache::StreamCache;
use crate::tail::{Lost, Tail, notify};

/// Checkpoints above this size are read back from the store when they are folded again, so that
/// an idle stream costs little memory.
const KEPT_CHECKPOINT_BYTES_MAX: usize = 1 << 10;

/// One stream under one ownership.
#[derive(Debug)]
pub(crate) struct StreamState {
    pub(crate) id: StreamId,
    pub(crate) epoch: StreamEpoch,
    pub(crate) cells: PositionCells,
    /// Held while a batch is put into the log, so that offset order is log order.
    gate: Mutex<()>,
    closed: AtomicBool,
    stopped: AtomicBool,
    inner: Mutex<StreamInner>,
}

/// The part behind the stream's lock. Where both are needed, the log cache's lock comes first.
#[derive(Debug)]
pub(crate) struct StreamInner {
    pub(crate) cache: StreamCache,
    pub(crate) tail: Tail,
    /// Already on the sink's list of streams to wake.
    pub(crate) touched: bool,
    /// The newest fold, if it is kept: it may be ahead of what is committed.
    pub(crate) folded: Option<Checkpoint>,
    /// Why nothing can be folded any more.
    refused: Option<Arc<str>>,
}

/// Why a stream takes no more appends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Closed,
    Stopped,
}

impl StreamState {
    /// `cached_from`: uploads through here are committed, as the checkpoint shows.
    pub(crate) fn new(
        id: StreamId,
        epoch: StreamEpoch,
        at: Positions,
        cached_from: Offset,
    ) -> Self {
        Self {
            id,
            epoch,
            cells: PositionCells::new(at),
            gate: Mutex::new(()),
            closed: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            inner: Mutex::new(StreamInner {
                cache: StreamCache::new(cached_from),
                tail: Tail::default(),
                touched: false,
                folded: None,
                refused: None,
            }),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, StreamInner> {
        self.inner.lock().expect("nobody panics with a stream's lock held")
    }

    pub(crate) fn lock_gate(&self) -> MutexGuard<'_, ()> {
        self.gate.lock().expect("appends out of order have stopped this stream for good")
    }

    pub(crate) fn ended(&self) -> Option<Ended> {
        if self.stopped.load(Ordering::Acquire) {
            Some(Ended::Stopped)
        } else if self.closed.load(Ordering::Acquire) {
            Some(Ended::Closed)
        } else {
            None
        }
    }

    /// See [`Stream::durable`](crate::Stream::durable).
    pub(crate) fn durable(
        &self,
        offset: Offset,
    ) -> impl Future<Output = Result<(), Lost>> + Send + use<> {
        let waiting = {
            let mut inner = self.lock();
            if self.cells.durable.get() >= offset || planted::is(Bug::AckBeforeDurable) {
                Ok(None)
            } else if self.stopped.load(Ordering::Acquire) {
                Err(Lost)
            } else {
                Ok(Some(inner.tail.wait(offset)))
            }
        };
        async move {
            match waiting? {
                Some(waiting) => waiting.await.map_err(|_| Lost),
                None => Ok(()),
            }
        }
    }

    /// Takes no more appends; those on their way are still heard of. Readers look again.
    pub(crate) fn close(&self) {
        {
            let _no_append_is_under_way = self.lock_gate();
            self.closed.store(true, Ordering::Release);
        }
        let listeners = self.lock().tail.take_listeners();
        notify(&listeners, self.id, self.cells.durable.get());
    }

    /// What is stored of its past cannot be read: it is closed, and says why. What the log holds
    /// of it is uploaded all the same, for the log is everybody's.
    pub(crate) fn refuse(&self, reason: &str) {
        tracing::error!(stream = %self.id, reason, "a checkpoint is not folded, and stays as it is");
        self.lock().refused.get_or_insert_with(|| reason.into());
        self.close();
    }

    /// Bytes of its batches from an offset on, which no object holds.
    pub(crate) fn log_bytes(&self, from: Offset) -> u64 {
        let inner = self.lock();
        inner.cache.batches_from(from).map(|batch| u64::from(batch.payload_length)).sum()
    }

    /// See [`Stream::refused`](crate::Stream::refused).
    pub(crate) fn refused(&self) -> Option<Arc<str>> {
        self.lock().refused.clone()
    }

    /// The log has stopped: waiters are lost, readers look again.
    pub(crate) fn stop(&self) {
        // Before the lock, so that nobody begins to wait once the waiters are given up.
        self.stopped.store(true, Ordering::Release);
        let listeners = {
            let mut inner = self.lock();
            inner.tail.give_up_waiters();
            inner.tail.take_listeners()
        };
        notify(&listeners, self.id, self.cells.durable.get());
    }

    /// Closed, and nothing of it is left to upload: it can be forgotten.
    pub(crate) fn is_finished(&self) -> bool {
        let at = self.cells.get();
        self.ended().is_some() && at.durable == at.appended && self.lock().cache.is_drained()
    }
}

impl StreamInner {
    /// Remembers a fold until it is committed.
    pub(crate) fn keep_fold(&mut self, offset: Offset, bytes: Bytes) {
        self.folded = Some(Checkpoint { offset, bytes });
    }

    /// Remembers a committed fold, unless there is a newer one.
    pub(crate) fn keep_committed_fold(&mut self, fold: &Checkpoint) {
        let newest = self.folded.is_none() && fold.offset >= self.cache.committed();
        if newest && fold.bytes.len() <= KEPT_CHECKPOINT_BYTES_MAX {
            self.folded = Some(fold.clone());
        }
    }

    /// The checkpoint at `offset` is committed, and can be read where the metadata says.
    pub(crate) fn release_fold(&mut self, offset: Offset) {
        let large = |fold: &Checkpoint| fold.bytes.len() > KEPT_CHECKPOINT_BYTES_MAX;
        if self.folded.as_ref().is_some_and(|fold| fold.offset <= offset && large(fold)) {
            self.folded = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_fold_never_takes_the_place_of_a_newer_one() {
        let start = Offset::ZERO;
        let at = Positions { start, uploaded: start, durable: start, appended: start };
        let state = StreamState::new(StreamId(1), StreamEpoch(0), at, start);
        let fold = |offset| Checkpoint { offset: Offset(offset), bytes: Bytes::from_static(b"x") };
        let mut inner = state.lock();
        inner.keep_committed_fold(&fold(4));
        assert_eq!(inner.folded, Some(fold(4)));
        // A large one is committed, and let go of, while somebody reads the one before it.
        inner.keep_fold(Offset(9), vec![0; KEPT_CHECKPOINT_BYTES_MAX + 1].into());
        inner.keep_committed_fold(&fold(4));
        inner.cache.commit(Offset(9));
        inner.release_fold(Offset(9));
        assert_eq!(inner.folded, None);
        inner.keep_committed_fold(&fold(4));
        assert_eq!(inner.folded, None);
        inner.keep_committed_fold(&fold(9));
        assert_eq!(inner.folded, Some(fold(9)));
    }
}
