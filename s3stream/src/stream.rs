//! One stream: batches in, in offset order; out again, once they are durable.

use std::future::Future;
use std::sync::Weak;

use bytes::Bytes;
use penstock_model::id::{Offset, StreamEpoch, StreamId, Timestamp};
use std::ops::Range;

use crate::batch::Batch;
use crate::position::Positions;
use crate::retention::Retention;
use crate::storage::AppendPermit;
use crate::tail::{Lost, TailListener};

/// A handle on an open stream. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Stream {
    id: StreamId,
    epoch: StreamEpoch,
}

/// Why a batch was not appended: nothing of it will ever be durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Another broker leads by now, or the topic is gone: the client must look again.
    #[error("the stream is closed")]
    Closed,
    /// The log works no more: the node is stopping.
    #[error("the log has stopped")]
    Stopped,
}

/// What bounds one read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadLimits {
    /// Bytes of batches at most.
    pub max_bytes: usize,
    /// Return the first batch even where it is larger than `max_bytes`.
    pub at_least_one: bool,
    /// Only batches that end at or below this offset, whatever else is durable.
    pub up_to: Offset,
}

/// Batches in order, each whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// The first contains the offset that was asked for, or is the first behind it where
    /// compaction left a gap.
    pub batches: Vec<Bytes>,
    /// Where to read on: the end of the last batch, or the offset asked for.
    pub next: Offset,
}

/// Why nothing was read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ReadError {
    /// The offset is trimmed or not there yet: ask for one of these.
    #[error("the stream holds offsets {start} to {durable}")]
    OutOfRange {
        /// The first that can be read.
        start: Offset,
        /// The first that cannot be read yet.
        durable: Offset,
    },
    /// This broker has no longer the say over the stream: the client must look again.
    #[error("the stream is closed")]
    Closed,
    /// The store or the log cannot be read now: try again.
    #[error("the batches cannot be read now: {0}")]
    Unavailable(String),
    /// What was read is damaged, and is never served: a person must look.
    #[error("stored batches are damaged: {0}")]
    Corrupt(String),
}

/// One batch that was searched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its offsets.
    pub offsets: Range<Offset>,
    /// The greatest timestamp of its records.
    pub max_timestamp: Timestamp,
    /// The batch as it was appended.
    pub payload: Bytes,
}

impl Stream {
    /// Which stream it is.
    #[must_use]
    pub fn id(&self) -> StreamId {
        self.id
    }

    /// The epoch that it was opened with.
    #[must_use]
    pub fn epoch(&self) -> StreamEpoch {
        self.epoch
    }

    /// Appends one batch. Returns at once; [`durable`](Self::durable) tells the outcome. The
    /// caller holds a lock of its own over choosing the offset and this call.
    ///
    /// # Errors
    /// When the stream takes no more appends.
    ///
    /// # Panics
    /// When the batch does not start where the last one ended.
    pub fn append(&self, batch: Batch, permit: AppendPermit) -> Result<(), AppendError> {
        todo!("{batch:?} {permit:?}")
    }

    /// Resolves when everything below `offset` is durable, at once if it is already.
    ///
    /// # Errors
    /// When that will never be known, because the log stopped.
    pub fn durable(&self, offset: Offset) -> impl Future<Output = Result<(), Lost>> + Send + use<> {
        async move { todo!("{offset}") }
    }

    /// How far the stream has come.
    #[must_use]
    pub fn offsets(&self) -> Positions {
        todo!()
    }

    /// Calls `listener` whenever the durable end moves, as long as it lives. To miss nothing,
    /// look at the stream once more after this call.
    pub fn listen(&self, listener: Weak<dyn TailListener>) {
        todo!("{}", listener.strong_count())
    }

    /// Reads batches from the one that contains `from`.
    ///
    /// # Errors
    /// See [`ReadError`]. The durable end itself is in range, and reads as nothing.
    pub async fn read(&self, from: Offset, limits: ReadLimits) -> Result<Read, ReadError> {
        todo!("{from} {limits:?}")
    }

    /// The first readable batch whose greatest timestamp is at or past `timestamp`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn find_by_timestamp(
        &self,
        timestamp: Timestamp,
    ) -> Result<Option<Found>, ReadError> {
        todo!("{timestamp}")
    }

    /// The first readable batch that holds the greatest timestamp of all.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn max_timestamp_batch(&self) -> Result<Option<Found>, ReadError> {
        todo!()
    }

    /// Where the stream should start by these limits; `None` where it may stay.
    #[must_use]
    pub fn retention_start(&self, now: Timestamp, retention: Retention) -> Option<Offset> {
        todo!("{now} {retention:?}")
    }
}
