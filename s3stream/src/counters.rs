//! What the storage has done since its start, for metrics.

use std::sync::atomic::{AtomicU64, Ordering};

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// The count so far.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }
}

/// See the module's head.
#[derive(Debug, Default)]
pub struct Counters {
    /// Blocks of the log that were uploaded and committed.
    pub uploads: Counter,
    /// Objects among them.
    pub uploaded_objects: Counter,
    /// Their bytes.
    pub uploaded_bytes: Counter,
    /// Objects that took the place of others.
    pub compactions: Counter,
    /// Their bytes.
    pub compacted_bytes: Counter,
    /// Objects that the store made of others.
    pub merges: Counter,
    /// Their bytes.
    pub merged_bytes: Counter,
    /// Objects that log compaction wrote.
    pub cleanings: Counter,
    /// Their bytes.
    pub cleaned_bytes: Counter,
    /// Stored bytes that log compaction left out.
    pub superseded_bytes: Counter,
    /// Batches read from the log cache's memory.
    pub log_cache_hits: Counter,
    /// Batches that had left it before their upload, and were read back from the WAL.
    pub wal_reads: Counter,
    /// Batches whose payload had changed in memory before their upload, and was taken from the WAL.
    pub changed_payloads: Counter,
    /// Reads that had to go to objects.
    pub object_reads: Counter,
    /// Objects deleted from the store.
    pub deleted_objects: Counter,
}
