//! Every number of the storage that somebody may want to turn, with its default and its reason.

use std::time::Duration;

use crate::compaction::task::CompactionSettings;
use crate::log_cache::ENTRY_BYTES;
use crate::store::retry::Backoff;

/// The default of `memory.budget.bytes`.
const MEMORY_BUDGET_BYTES: usize = 512 << 20;

/// Settings of a [`Storage`](crate::storage::Storage).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where memory goes.
    pub memory: MemoryShares,
    /// When and how batches become objects.
    pub upload: UploadSettings,
    /// When and how objects become fewer and larger.
    pub compaction: CompactionSettings,
    /// Bytes that may be durable in the WAL and not yet committed as objects; past it appends
    /// wait (`wal.backlog.bytes.max`).
    pub wal_backlog_bytes_max: u64,
    /// How long a destroyed object stays in the store: longer than any read takes.
    pub delete_delay: Duration,
}

/// Shares of the memory budget, in bytes. With [`MemoryShares::of`] they add up to half of it: the
/// rest belongs to the WAL's queue, to producers and groups, and to requests, their inflation and
/// responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryShares {
    /// Payloads that the WAL has acknowledged, for readers at the tail and for the upload.
    pub log_cache: usize,
    /// What is remembered of each batch in the WAL or the log cache. Past it appends wait: the
    /// number of batches that an upload may lag behind is bounded by it, as their bytes are by
    /// the backlog.
    pub index: usize,
    /// Uploads in flight: payloads that had to be read back from the WAL, blocks being built, and
    /// checkpoints; and a compaction, which takes the place of one of them. What the layer above
    /// folds has to fit into a quarter of it, over all streams and as often as uploads are in flight.
    pub upload: usize,
    /// Blocks read from objects.
    pub block_cache: usize,
}

impl MemoryShares {
    /// The shares of a budget.
    #[must_use]
    pub fn of(budget: usize) -> Self {
        Self {
            log_cache: budget / 16 * 3,
            index: budget / 16,
            upload: budget / 16 * 3,
            block_cache: budget / 16,
        }
    }
}

/// See [`Settings::upload`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadSettings {
    /// A block of the log is sealed for upload at this size.
    pub block_bytes_max: u64,
    /// … or at this age.
    pub block_age_max: Duration,
    /// … or with this many batches.
    pub block_batches_max: usize,
    /// … or with this many groups of the WAL: 256 for a WAL in the object store, where each is an
    /// object; `None` for a WAL in files, where a group costs nothing.
    pub block_groups_max: Option<usize>,
    /// A stream with so many bytes in one upload gets an object of its own.
    pub stream_object_bytes_min: u64,
    /// How many uploads may be in flight at once. Their commits keep the order of the WAL.
    pub uploads_in_flight_max: usize,
    /// The largest metadata command, in encoded bytes.
    pub command_bytes_max: usize,
    /// How long the ids of an upload stay promised to it.
    pub lease: Duration,
    /// The pauses between attempts of a PUT or a command, which go on without end.
    pub backoff: Backoff,
}

impl Settings {
    /// How many batches may wait for upload: what is remembered of them fills the index's share.
    pub(crate) fn batches_max(&self) -> usize {
        self.memory.index / ENTRY_BYTES
    }

    /// The memory for payloads that become objects: of uploads in flight, and of a compaction. A
    /// quarter of the share is left for checkpoints: however many streams a block is of, all of
    /// theirs are held at once.
    pub(crate) fn payload_bytes_max(&self) -> usize {
        self.memory.upload / 4 * 3
    }

    /// The most that one object has of it: as many uploads as may be in flight find room.
    pub(crate) fn object_payload_bytes_max(&self) -> usize {
        self.payload_bytes_max() / self.upload.uploads_in_flight_max.max(1)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            memory: MemoryShares::of(MEMORY_BUDGET_BYTES),
            upload: UploadSettings::default(),
            compaction: CompactionSettings::default(),
            wal_backlog_bytes_max: 10 << 30,
            // Longer than any fetch (`request.timeout.ms` is 30 s) and any slow reader of a block.
            delete_delay: Duration::from_secs(600),
        }
    }
}

impl Default for UploadSettings {
    fn default() -> Self {
        Self {
            // As far as memory goes: each costs an object, and two writes of metadata.
            block_bytes_max: 128 << 20,
            block_age_max: Duration::from_secs(30),
            block_batches_max: 100_000,
            block_groups_max: None,
            // Smaller ones share an object, and compaction gathers those that are small (`task.rs`).
            stream_object_bytes_min: 32 << 20,
            uploads_in_flight_max: 2,
            command_bytes_max: 1 << 20,
            // An upload that cannot finish in half of it, for one that was to spare has so much left,
            // may have to be put again, under a new one.
            lease: Duration::from_secs(3_600),
            backoff: Backoff::default(),
        }
    }
}
