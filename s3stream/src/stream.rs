//! One stream: batches in, in offset order; out again, once they are durable. Reading is in
//! `fetch.rs`.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Weak};

use bytes::Bytes;
use penstock_model::command::CheckpointRef;
use penstock_model::id::{Offset, StreamEpoch, StreamId, Timestamp};
use penstock_planted::{self as planted, Bug};
use penstock_wal::Entry;

use crate::batch::Batch;
use crate::checkpoint::Checkpoint;
use crate::entry_header::EntryHeader;
use crate::log_cache::Appended;
use crate::object::key::object_key;
use crate::position::Positions;
use crate::retention::{Retention, retention_start};
use crate::shared::Shared;
use crate::storage::AppendPermit;
use crate::stream_state::{Ended, StreamState};
use crate::tail::{Lost, TailListener};

/// A handle on an open stream. Cheap to clone.
#[derive(Clone)]
pub struct Stream {
    pub(crate) shared: Arc<Shared>,
    pub(crate) state: Arc<StreamState>,
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

/// Batches in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// Each is one or more whole batches back to back. The first batch contains the offset that
    /// was asked for, or is the first behind it where compaction left a gap. Each keeps at most
    /// twice its bytes in memory.
    pub batches: Vec<Bytes>,
    /// Bytes of memory that they keep.
    pub keeps: usize,
    /// Where to read on: the end of the last batch, or the offset asked for.
    pub next: Offset,
    /// Bytes of the first batch, where nothing was read because it alone is larger than the limit.
    /// It is not known of a limit of 0 bytes, for which nobody asks the store.
    pub kept_out: Option<usize>,
}

/// What is read keeps at most so many bytes of memory for each of its own.
pub const KEPT_PER_BYTE: usize = 2;

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

/// One batch that was searched for. To read it takes as much memory as it has bytes, and more:
/// whoever wants that takes room first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its offsets.
    pub offsets: Range<Offset>,
    /// The greatest timestamp of its records.
    pub max_timestamp: Timestamp,
    /// How large the batch is.
    pub bytes: usize,
}

impl Stream {
    /// Which stream it is.
    #[must_use]
    pub fn id(&self) -> StreamId {
        self.state.id
    }

    /// The epoch that it was opened with.
    #[must_use]
    pub fn epoch(&self) -> StreamEpoch {
        self.state.epoch
    }

    /// Appends one batch. Returns at once; [`durable`](Self::durable) tells the outcome. The
    /// caller holds a lock of its own over choosing the offset and this call.
    ///
    /// # Errors
    /// When the stream takes no more appends.
    ///
    /// # Panics
    /// When the batch does not start where the last one ended, is empty, or spans 2³² offsets.
    pub fn append(&self, batch: Batch, permit: AppendPermit) -> Result<(), AppendError> {
        let state = &self.state;
        let end = batch.offsets.end;
        let span = end.0.checked_sub(batch.offsets.start.0);
        assert!(
            span.is_some_and(|span| span > 0 && u32::try_from(span).is_ok()),
            "stream {}: a batch spans {:?}",
            state.id,
            batch.offsets
        );
        assert!(!batch.payload.is_empty(), "stream {}: a batch without bytes", state.id);
        let entry = Entry {
            header: EntryHeader::of(state.id, state.epoch, &batch).encode(),
            payload: batch.payload.clone(),
            payload_crc32c: batch.payload_crc32c,
        };
        let _offset_order_is_log_order = state.lock_gate();
        match state.ended() {
            Some(Ended::Closed) => return Err(AppendError::Closed),
            Some(Ended::Stopped) => return Err(AppendError::Stopped),
            None => {}
        }
        assert_eq!(
            batch.offsets.start,
            state.cells.appended.get(),
            "stream {}: a batch does not start where the last one ended",
            state.id
        );
        // Before the log has it: the sink may hear that it is durable at any time from then on.
        state.cells.appended.advance(end);
        let context = Appended { stream: Arc::clone(state), batch };
        self.shared.wal.append(entry, permit.0, context).map_err(|_| AppendError::Stopped)
    }

    /// Resolves when everything below `offset` is durable, at once if it is already.
    ///
    /// # Errors
    /// When that will never be known, because the log stopped.
    pub fn durable(&self, offset: Offset) -> impl Future<Output = Result<(), Lost>> + Send + use<> {
        self.state.durable(offset)
    }

    /// How far the stream has come.
    #[must_use]
    pub fn offsets(&self) -> Positions {
        let mut at = self.state.cells.get();
        if planted::is(Bug::VisibleBeforeDurable) {
            at.durable = at.appended;
        }
        at
    }

    /// Calls `listener` whenever the durable end moves, as long as it lives. To miss nothing,
    /// look at the stream once more after this call.
    pub fn listen(&self, listener: Weak<dyn TailListener>) {
        self.state.lock().tail.listen(listener);
    }

    /// Takes a state that was made of what [`Opened`](crate::Opened) stated, batches that only
    /// objects have included: the checkpoints to come go on from it.
    pub fn adopt(&self, state: Checkpoint) {
        self.state.lock().keep_fold(state.offset, state.bytes);
    }

    /// Why the stream was closed, where this broker still owns it: what is stored of its past
    /// cannot be read. Once that is mended it can be opened again.
    #[must_use]
    pub fn refused(&self) -> Option<Arc<str>> {
        self.state.refused()
    }

    /// Where the newest committed checkpoint lies, for a person who has to look at it.
    #[must_use]
    pub fn checkpoint_place(&self) -> Option<String> {
        let image = self.shared.metadata.image();
        let CheckpointRef { object, position, .. } = image.stream(self.state.id)?.checkpoint?;
        Some(format!("{} at byte {position}", object_key(self.shared.cluster, object)))
    }

    /// When the batch that holds an offset, or else the next one, was written, by the greatest
    /// timestamp of its records; where it is in an object alone, the greatest of its whole range.
    /// `None` where there is nothing. Reads nothing.
    #[must_use]
    pub fn written_by(&self, offset: Offset) -> Option<Timestamp> {
        let in_log = {
            let inner = self.state.lock();
            let next = inner.cache.batches_from(offset).next();
            next.map(|batch| (batch.start, batch.max_timestamp))
        };
        let image = self.shared.metadata.image();
        // One of which log compaction left no record has no time.
        let mut ranges = image.ranges_from(self.state.id, offset);
        let in_object = ranges.find(|range| range.max_timestamp >= Timestamp(0));
        let in_object = in_object.map(|range| (range.offsets.start, range.max_timestamp));
        let is_in_log = |(start, _): &(Offset, Timestamp)| *start <= offset;
        in_log.filter(is_in_log).or(in_object).or(in_log).map(|(_, written)| written)
    }

    /// Where the stream should start by these limits, for [`Storage::trim`](crate::Storage::trim);
    /// `None` where it may stay. Whole ranges of what is uploaded, never more.
    #[must_use]
    pub fn retention_start(&self, now: Timestamp, retention: Retention) -> Option<Offset> {
        let image = self.shared.metadata.image();
        let stream = self.shared.owned(&image, &self.state)?;
        let in_log = self.state.log_bytes(stream.end);
        let ranges = image.ranges_from(self.state.id, stream.start);
        retention_start(ranges, stream.bytes + in_log, now, retention)
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("id", &self.state.id)
            .field("epoch", &self.state.epoch)
            .finish_non_exhaustive()
    }
}
