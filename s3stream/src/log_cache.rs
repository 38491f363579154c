//! The log cache: what the WAL has acknowledged, in the log's order, over all streams.
//!
//! ```text
//!   numbers   base ────────────────────────────────────────────────► next
//!   memory    [ evicted              ][ in memory, oldest leaves first ]
//!   upload    [ committed  ][ sealed blocks, in upload ][ open block   ]
//! ```
//!
//! Batches leave memory oldest first, when the budget asks for it, whether they are uploaded or
//! not: the WAL can be read back. What is remembered of each stays until it is uploaded. So memory
//! does not depend on how far the upload lags, but for a small entry a batch, which is bounded:
//! past the bound, or past the bound of bytes not uploaded, appends wait.
//!
//! The lock is taken before any stream's lock, and never across an await.

mod order;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use penstock_model::id::{Offset, StreamId};
use penstock_model::watch;
use penstock_wal::{DurableGroup, Position};
use tokio::sync::Notify;
use tokio::time::Instant;

use self::order::{CacheLimits, Order, Ordered};
use crate::batch::{Backing, Batch};
use crate::settings::Settings;
use crate::stream_cache::{CachedBatch, CachedPayload};
use crate::stream_state::StreamState;
use crate::upload::block::{Block, BlockLimits};

/// What the log carries along with each entry until it is durable.
#[derive(Debug)]
pub struct Appended {
    pub(crate) stream: Arc<StreamState>,
    pub(crate) batch: Batch,
}

/// What the cache costs for each batch, payload apart.
pub(crate) const ENTRY_BYTES: usize = size_of::<CachedBatch>() + size_of::<Ordered>();

/// See the module's head.
#[derive(Debug)]
pub(crate) struct LogCache {
    inner: Mutex<Order>,
    limits: CacheLimits,
    has_room: watch::Sender<bool>,
    /// A block was opened or sealed.
    uploader: Notify,
}

/// One stream's batches in a block.
#[derive(Clone, Debug)]
pub(crate) struct BlockPart {
    pub(crate) stream: Arc<StreamState>,
    /// Where it ends.
    pub(crate) end: Offset,
    /// Never empty.
    pub(crate) batches: Vec<CachedBatch>,
}

/// Bytes and counts at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CacheUse {
    pub(crate) resident_bytes: usize,
    pub(crate) index_bytes: usize,
    pub(crate) backlog_bytes: u64,
}

impl LogCache {
    pub(crate) fn new(settings: &Settings, trim: Position) -> Self {
        Self {
            inner: Mutex::new(Order::new(BlockLimits::of(settings), trim)),
            limits: CacheLimits {
                resident_bytes: settings.memory.log_cache,
                batches: settings.batches_max(),
                backlog_bytes: settings.wal_backlog_bytes_max,
            },
            has_room: watch::Sender::new(true),
            uploader: Notify::new(),
        }
    }

    /// Takes in recovered entries, before any other, each with its group in the log: the log has
    /// their payloads. Entries that nobody needs are only trimmed with the others.
    /// `end` is the log's.
    pub(crate) fn recover(&self, entries: Vec<RecoveredEntry>, end: Position, now: Instant) {
        let mut inner = self.lock();
        let (mut first, mut bytes) = (inner.next(), 0);
        let mut entries = entries.into_iter().peekable();
        while let Some(RecoveredEntry { group, batch }) = entries.next() {
            if let Some((stream, batch)) = batch {
                bytes += u64::from(batch.payload_length);
                inner
                    .batches
                    .push_back(Ordered { stream: Arc::clone(&stream), start: batch.start });
                stream.lock().cache.push(batch);
            }
            let end = match entries.peek() {
                // What became durable together is uploaded and trimmed together.
                Some(next) if next.group == group => continue,
                Some(next) => next.group,
                None => end,
            };
            inner.backlog_bytes += bytes;
            let numbers = first..inner.next();
            inner.blocks.add(end, numbers, bytes, now);
            (first, bytes) = (inner.next(), 0);
        }
        inner.evicted = inner.next();
        self.tell_room(&inner);
        self.uploader.notify_one();
    }

    /// Takes in what has become durable. Answers the streams that reach further now, each once.
    pub(crate) fn admit(
        &self,
        group: DurableGroup<Appended>,
        now: Instant,
    ) -> Vec<Arc<StreamState>> {
        let mut touched = Vec::new();
        let mut inner = self.lock();
        let first = inner.next();
        let mut bytes = 0;
        for (location, Appended { stream, batch }) in group.entries {
            let start = batch.offsets.start;
            let end = batch.offsets.end;
            bytes += u64::from(location.payload_length);
            let cached = inner.load(batch, location);
            {
                let mut state = stream.lock();
                state.cache.push(cached);
                stream.cells.durable.advance(end);
                if !std::mem::replace(&mut state.touched, true) {
                    touched.push(Arc::clone(&stream));
                }
            }
            inner.batches.push_back(Ordered { stream, start });
        }
        inner.backlog_bytes += bytes;
        let numbers = first..inner.next();
        let uploader_must_look = inner.blocks.add(group.range.end, numbers, bytes, now);
        inner.evict(self.limits);
        self.tell_room(&inner);
        drop(inner);
        if uploader_must_look {
            self.uploader.notify_one();
        }
        touched
    }

    /// Whether appends need not wait for the upload.
    pub(crate) fn has_room(&self) -> bool {
        *self.has_room.borrow()
    }

    /// Resolves when appends need not wait for the upload.
    pub(crate) async fn room(&self) {
        let mut has_room = self.has_room.subscribe();
        // The sender lives as long as the cache.
        let _ = has_room.wait_for(|has_room| *has_room).await;
    }

    /// Resolves when a block is due for upload, and takes it. To be awaited by the uploader alone.
    pub(crate) async fn next_block(&self) -> Block {
        loop {
            let due_at = {
                let mut inner = self.lock();
                if let Some(block) = inner.blocks.take_due(Instant::now()) {
                    return block;
                }
                inner.blocks.due_at()
            };
            match due_at {
                Some(at) => {
                    tokio::select! {
                        biased;
                        () = self.uploader.notified() => {}
                        () = tokio::time::sleep_until(at) => {}
                    }
                }
                None => self.uploader.notified().await,
            }
        }
    }

    /// Makes all that is durable due for upload. Answers the position to wait for.
    pub(crate) fn seal(&self) -> Position {
        let position = self.lock().blocks.seal();
        self.uploader.notify_one();
        position
    }

    /// What a block holds, in order of stream. Batches that were given up since are left out.
    pub(crate) fn parts(&self, block: &Block) -> Vec<BlockPart> {
        // Sorted and copied outside the lock, which the log's writer needs: the batches stay
        // remembered until this very block is committed.
        let ordered: Vec<_> = {
            let inner = self.lock();
            let numbers = inner.index_of(block.batches.start)..inner.index_of(block.batches.end);
            inner.batches.range(numbers).cloned().collect()
        };
        let mut streams: BTreeMap<StreamId, (Arc<StreamState>, RangeInclusive<Offset>)> =
            BTreeMap::new();
        for Ordered { stream, start } in ordered {
            let (_, starts) = streams.entry(stream.id).or_insert_with(|| (stream, start..=start));
            *starts = *starts.start()..=start;
        }
        let part = |(stream, starts): (Arc<StreamState>, RangeInclusive<Offset>)| {
            let batches: Vec<_> = stream
                .lock()
                .cache
                .batches_from(*starts.start())
                .take_while(|batch| batch.start <= *starts.end())
                .cloned()
                .collect();
            let end = batches.last()?.end();
            Some(BlockPart { stream, end, batches })
        };
        streams.into_values().filter_map(part).collect()
    }

    /// A block is committed, and so is every block before it; the image includes it. `ends` says
    /// how far that brings each stream.
    pub(crate) fn commit(
        &self,
        block: &Block,
        ends: impl Iterator<Item = (Arc<StreamState>, Offset)>,
    ) {
        for (stream, end) in ends {
            stream.lock().cache.commit(end);
        }
        let mut inner = self.lock();
        assert_eq!(inner.committed, block.batches.start, "blocks are committed in the log's order");
        inner.committed = block.batches.end;
        inner.backlog_bytes -= block.bytes;
        inner.evict(self.limits);
        self.tell_room(&inner);
    }

    /// Gives up what is cached of a stream that is another's by now, or nobody's.
    pub(crate) fn give_up(&self, stream: &StreamState) {
        let mut inner = self.lock();
        inner.resident_bytes -= stream.lock().cache.clear();
    }

    /// Log compaction has put other batches in the place of those before `end`.
    pub(crate) fn supersede(&self, stream: &StreamState, end: Offset) {
        let mut inner = self.lock();
        inner.resident_bytes -= stream.lock().cache.supersede(end);
    }

    /// Takes what the log has in place of a payload that has changed in memory, if that is still
    /// there: whoever reads it from now on gets what was appended.
    pub(crate) fn mend(&self, stream: &StreamState, start: Offset, bytes: Bytes) {
        let mut inner = self.lock();
        let backing = Backing::new(bytes.len());
        let held = backing.hold();
        // Evicting takes the stream's lock again.
        let released = stream.lock().cache.replace(start, CachedPayload { bytes, backing });
        if let Some(released) = released {
            inner.resident_bytes += held;
            inner.resident_bytes -= released;
            inner.evict(self.limits);
        }
    }

    pub(crate) fn usage(&self) -> CacheUse {
        let inner = self.lock();
        CacheUse {
            resident_bytes: inner.resident_bytes,
            index_bytes: inner.batches.len() * ENTRY_BYTES,
            backlog_bytes: inner.backlog_bytes,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Order> {
        self.inner.lock().expect("nobody panics with the log cache's lock held")
    }

    fn tell_room(&self, inner: &Order) {
        let waiting = inner.next() - inner.committed;
        let has_room =
            waiting < self.limits.batches as u64 && inner.backlog_bytes < self.limits.backlog_bytes;
        self.has_room.send_if_modified(|told| std::mem::replace(told, has_room) != has_room);
    }
}

/// One recovered entry of the log, with the batch if it is still needed.
#[derive(Debug)]
pub(crate) struct RecoveredEntry {
    /// Where its group begins in the log.
    pub(crate) group: Position,
    pub(crate) batch: Option<(Arc<StreamState>, CachedBatch)>,
}
