//! Bounds the requests in flight by their bytes, and by a number that follows how the store takes them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::concurrency::{Began, Concurrency};

/// See the module.
#[derive(Debug)]
pub(super) struct LoadBudget {
    bytes_max: u32,
    bytes: Semaphore,
    requests: Semaphore,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    concurrency: Concurrency,
    /// Permits that there are for requests, taken or not.
    permits: usize,
}

impl LoadBudget {
    /// So many bytes, and at most so many requests.
    pub(super) fn new(bytes: usize, requests: usize) -> Self {
        let bytes_max = u32::try_from(bytes).unwrap_or(u32::MAX).max(1);
        let concurrency = Concurrency::new(requests.max(1));
        let permits = concurrency.limit();
        Self {
            bytes_max,
            bytes: Semaphore::new(bytes_max as usize),
            requests: Semaphore::new(permits),
            inner: Mutex::new(Inner { concurrency, permits }),
        }
    }

    /// Waits for room; it is given back when the answer is dropped.
    pub(super) async fn acquire(&self, bytes: u64) -> Room<'_> {
        let permits = u32::try_from(bytes).unwrap_or(u32::MAX).min(self.bytes_max);
        let open = "the budget is never closed";
        let of_bytes = self.bytes.acquire_many(permits).await.expect(open);
        let request = self.requests.acquire().await.expect(open);
        let began = self.lock().concurrency.begin();
        Room {
            budget: self,
            bytes,
            began,
            since: Instant::now(),
            is_answered: false,
            request: Some(request),
            _bytes: of_bytes,
        }
    }

    /// Both numbers are consistent between any two statements that touch them.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Room for one request.
pub(super) struct Room<'a> {
    budget: &'a LoadBudget,
    bytes: u64,
    began: Began,
    since: Instant,
    is_answered: bool,
    request: Option<SemaphorePermit<'a>>,
    _bytes: SemaphorePermit<'a>,
}

impl Room<'_> {
    /// The request was answered in full.
    pub(super) fn answered(mut self) {
        self.is_answered = true;
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        let answered = self.is_answered.then(|| (self.bytes, self.since.elapsed()));
        let mut inner = self.budget.lock();
        inner.concurrency.end(self.began, answered);
        let limit = inner.concurrency.limit();
        if inner.permits > limit {
            // Others give theirs up as they end.
            inner.permits -= 1;
            self.request.take().expect("it is given up once").forget();
        } else if inner.permits < limit {
            self.budget.requests.add_permits(limit - inner.permits);
            inner.permits = limit;
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::poll;

    use super::*;

    #[tokio::test]
    async fn requests_in_flight_are_bounded_in_bytes_and_number() {
        let budget = LoadBudget::new(100, 12);
        // A quarter at first.
        let (half, rest) = (budget.acquire(50).await, budget.acquire(40).await);
        let mut more = Box::pin(budget.acquire(20));
        assert!(poll!(&mut more).is_pending(), "110 bytes");
        drop(half);
        let more = more.await;
        let small = budget.acquire(1).await;
        let mut fourth = Box::pin(budget.acquire(1));
        assert!(poll!(&mut fourth).is_pending(), "four requests");
        drop(small);
        let fourth = fourth.await;
        // One that is larger than the budget goes alone.
        let mut large = Box::pin(budget.acquire(1_000));
        assert!(poll!(&mut large).is_pending());
        drop((rest, more, fourth));
        let large = large.await;
        let mut behind = Box::pin(budget.acquire(1));
        assert!(poll!(&mut behind).is_pending());
        drop(large);
        behind.await;
    }
}
