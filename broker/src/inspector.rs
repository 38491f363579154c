//! Looking into batches: within a share of memory, and off the runtime's workers where it takes
//! long.
//!
//! ```text
//!   little work ──► a small share ──► at once, on this worker
//!   much        ──► the large one, first come first served ──► a thread of its own, as many as cores
//! ```
//!
//! A batch that is read back for it has room of its own before, and keeps it while it waits.
//!
//! A small compressed batch may ask for a large window and inflate for a second. Whoever sends many
//! of those waits behind its like only. It does not know what the work is.

use std::num::NonZeroUsize;
use std::sync::Arc;

use penstock_records::Work;
use penstock_s3stream::KEPT_PER_BYTE;
use penstock_wal::files::Blocking;
use tokio::sync::Semaphore;

use crate::net::{ByteBudget, BytePermit};

/// Records up to this size are walked over on the worker. A thread of one's own costs some 20 µs
/// (two wake-ups); so many records, inflated, take ten times that.
const INLINE_RECORDS_BYTES_MAX: u64 = 256 << 10;

/// Of the memory, one part in so many is for work that is done at once.
const SMALL_SHARE: usize = 8;

/// And one in so many for batches that are read back.
const READ_SHARE: usize = 16;

/// See the module.
#[derive(Clone, Debug)]
pub struct Inspector {
    read: ByteBudget,
    small: ByteBudget,
    large: ByteBudget,
    threads: Arc<Semaphore>,
    blocking: Blocking,
}

/// The work would never fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "it would take {needed} bytes of memory to look into a batch, and {share} are set aside for that \
     (memory.inflation.bytes)"
)]
pub struct TooMuchMemory {
    /// An upper bound.
    pub needed: usize,
    /// What there is.
    pub share: usize,
}

impl Inspector {
    /// With so much memory in all. What takes long is done where `blocking` says.
    #[must_use]
    pub fn new(bytes: usize, blocking: Blocking) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let (small, read) = (bytes / SMALL_SHARE, bytes / READ_SHARE);
        Self {
            read: ByteBudget::new(read),
            small: ByteBudget::new(small),
            large: ByteBudget::new(bytes - small - read),
            threads: Arc::new(Semaphore::new(cores)),
            blocking,
        }
    }

    /// Waits for room for batches of so many bytes, that they may be read to be looked into. Whoever
    /// looks waits for memory and threads with them in hand. What is larger than the share has it for
    /// itself.
    pub async fn room_to_read(&self, bytes: usize) -> BytePermit {
        self.read.acquire(bytes.saturating_mul(KEPT_PER_BYTE)).await
    }

    /// Does `job`, which takes no more than `work` says, when there is room for it. The room may be
    /// kept for what the job leaves behind. A job that has begun ends, whoever waits for it.
    ///
    /// # Errors
    /// When there is never so much room.
    ///
    /// # Panics
    /// When the job does.
    pub async fn run<T: Send + 'static>(
        &self,
        work: Work,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<(T, BytePermit), TooMuchMemory> {
        let (needed, share) = (work.memory_bytes, self.large.total());
        if needed > share && !self.is_small(work) {
            return Err(TooMuchMemory { needed, share });
        }
        Ok(self.run_at_any_size(work, job).await)
    }

    /// As [`run`](Self::run), for batches that were taken once and must be read: one that takes more
    /// than the share has it for itself, so that there is never more in use than the share and one
    /// batch.
    ///
    /// # Panics
    /// When the job does.
    pub async fn run_at_any_size<T: Send + 'static>(
        &self,
        work: Work,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> (T, BytePermit) {
        if self.is_small(work) {
            let permit = self.small.acquire(work.memory_bytes).await;
            return (job(), permit);
        }
        let thread = Arc::clone(&self.threads).acquire_owned();
        let permit = self.large.acquire(work.memory_bytes).await;
        let thread = thread.await.expect("the threads' permits are never closed");
        let work = move || {
            let outcome = (job(), permit);
            drop(thread);
            outcome
        };
        if self.blocking == Blocking::Inline {
            return work();
        }
        match tokio::task::spawn_blocking(work).await {
            Ok(outcome) => outcome,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime ends, and this task with it.
                Err(_) => std::future::pending().await,
            },
        }
    }

    fn is_small(&self, work: Work) -> bool {
        work.records_bytes <= INLINE_RECORDS_BYTES_MAX && work.memory_bytes <= self.small.total()
    }

    /// The memory in use.
    #[must_use]
    pub fn used(&self) -> usize {
        self.read.used() + self.small.used() + self.large.used()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use futures::FutureExt;

    use super::*;

    const LARGE: Work = Work { memory_bytes: 600, records_bytes: INLINE_RECORDS_BYTES_MAX + 1 };
    const SMALL: Work = Work { memory_bytes: 100, records_bytes: 1 };

    #[tokio::test]
    async fn large_work_waits_for_its_like_and_small_work_for_nobody() {
        let inspector = Inspector::new(800, Blocking::Thread);
        let (release, released) = mpsc::channel();
        let bomb = inspector.clone();
        let first = tokio::spawn(async move {
            bomb.run(LARGE, move || released.recv().expect("it is released")).await
        });
        while inspector.used() == 0 {
            tokio::task::yield_now().await;
        }
        let mut second = std::pin::pin!(inspector.run(LARGE, || 2));
        assert!((&mut second).now_or_never().is_none());
        let small = inspector.run(SMALL, || 3).now_or_never().expect("at once").unwrap();
        assert_eq!((small.0, inspector.small.used()), (3, 100));
        drop(small);
        release.send(1).unwrap();
        let (outcome, permit) = first.await.unwrap().unwrap();
        assert_eq!(outcome, 1);
        assert!((&mut second).now_or_never().is_none(), "the room is kept");
        drop(permit);
        assert_eq!(second.await.unwrap().0, 2);
        assert_eq!(inspector.used(), 0);
    }

    #[tokio::test]
    async fn work_that_never_fits_is_refused() {
        let inspector = Inspector::new(800, Blocking::Thread);
        let work = Work { memory_bytes: 651, ..LARGE };
        let refused = inspector.run(work, || ()).await.unwrap_err();
        assert_eq!(refused, TooMuchMemory { needed: 651, share: 650 });
        // Little to walk over, but much memory: not for the small share.
        let work = Work { memory_bytes: 650, ..SMALL };
        assert!(inspector.run(work, || ()).await.is_ok());
    }
}
