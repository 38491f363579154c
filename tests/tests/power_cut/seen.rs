//! What happened in histories.

use penstock_s3stream::Counters;

/// What happened, so that a test can tell that it tested something.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) histories: u64,
    /// Starts that came as far as serving.
    pub(crate) lives: u64,
    /// Lives that ended by a fault.
    pub(crate) faults: u64,
    pub(crate) clean_stops: u64,
    pub(crate) appended: u64,
    /// Batches that were not there after a restart, and need not be.
    pub(crate) lost_unseen: u64,
    pub(crate) uploads: u64,
    pub(crate) object_reads: u64,
    pub(crate) wal_reads: u64,
    pub(crate) deleted_objects: u64,
    pub(crate) compactions: u64,
    pub(crate) trims: u64,
    pub(crate) deleted_topics: u64,
    /// Lives that ended with two snapshots of the quorum: then its log has been purged.
    pub(crate) purged: u64,
}

impl Seen {
    fn counts(&mut self) -> [&mut u64; 14] {
        [
            &mut self.histories,
            &mut self.lives,
            &mut self.faults,
            &mut self.clean_stops,
            &mut self.appended,
            &mut self.lost_unseen,
            &mut self.uploads,
            &mut self.object_reads,
            &mut self.wal_reads,
            &mut self.deleted_objects,
            &mut self.compactions,
            &mut self.trims,
            &mut self.deleted_topics,
            &mut self.purged,
        ]
    }

    /// Adds what the storage of one life has done.
    pub(crate) fn count(&mut self, counters: &Counters) {
        self.uploads += counters.uploads.get();
        self.object_reads += counters.object_reads.get();
        self.wal_reads += counters.wal_reads.get();
        self.deleted_objects += counters.deleted_objects.get();
        self.compactions += counters.compactions.get();
    }

    pub(crate) fn add(&mut self, more: &Self) {
        let mut more = *more;
        for (sum, count) in self.counts().into_iter().zip(more.counts()) {
            *sum += *count;
        }
    }

    /// Whether everything happened in every other history.
    pub(crate) fn is_worth_something(mut self) -> bool {
        let histories = self.histories;
        self.counts().into_iter().all(|count| *count >= histories / 2)
    }
}
