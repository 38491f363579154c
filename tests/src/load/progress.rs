//! How far a load has come, for whoever waits for it.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::bail;

/// Counts of acknowledged batches and of records that were read, by partition.
#[derive(Debug)]
pub struct Progress {
    counts: Mutex<Counts>,
    moved: Condvar,
}

/// Guarded by the lock of [`Progress`].
#[derive(Clone, Debug)]
struct Counts {
    acknowledged: Vec<usize>,
    read: Vec<usize>,
}

impl Progress {
    pub(super) fn new(partitions: usize) -> Self {
        let counts = Counts { acknowledged: vec![0; partitions], read: vec![0; partitions] };
        Self { counts: Mutex::new(counts), moved: Condvar::new() }
    }

    pub(super) fn acknowledged(&self, partition: usize) {
        self.lock().acknowledged[partition] += 1;
        self.moved.notify_all();
    }

    pub(super) fn read(&self, partition: usize, records: usize) {
        self.lock().read[partition] += records;
        self.moved.notify_all();
    }

    /// Batches that are acknowledged so far.
    #[must_use]
    pub fn batches(&self) -> usize {
        self.lock().acknowledged.iter().sum()
    }

    /// Waits for so many more acknowledged batches, of all producers together.
    ///
    /// # Errors
    /// When they do not come in time.
    pub fn goes_on(&self, batches: usize, within: Duration) -> anyhow::Result<()> {
        let aim = self.batches() + batches;
        self.wait(within, |counts| counts.acknowledged.iter().sum::<usize>() >= aim)
    }

    /// Waits until every producer had another batch acknowledged and every follower has read on.
    ///
    /// # Errors
    /// When that does not happen in time.
    pub fn all_go_on(&self, within: Duration) -> anyhow::Result<()> {
        let before = self.lock().clone();
        let more =
            |now: &[usize], then: &[usize]| now.iter().zip(then).all(|(now, then)| now > then);
        self.wait(within, |counts| {
            more(&counts.acknowledged, &before.acknowledged) && more(&counts.read, &before.read)
        })
    }

    /// Whether no batch is acknowledged for so long.
    #[must_use]
    pub fn stands_still(&self, within: Duration) -> bool {
        self.goes_on(1, within).is_err()
    }

    fn wait(&self, within: Duration, done: impl Fn(&Counts) -> bool) -> anyhow::Result<()> {
        let waited = self.moved.wait_timeout_while(self.lock(), within, |counts| !done(counts));
        let (counts, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if !done(&counts) {
            bail!("the load does not go on within {within:?}: {counts:?}");
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
