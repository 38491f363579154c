//! Bounds the requests in flight by their bytes and their number.

use tokio::sync::{Semaphore, SemaphorePermit};

/// See the module.
#[derive(Debug)]
pub(super) struct LoadBudget {
    bytes_max: u32,
    bytes: Semaphore,
    requests: Semaphore,
}

impl LoadBudget {
    /// So many bytes, and so many requests.
    pub(super) fn new(bytes: usize, requests: usize) -> Self {
        let bytes_max = u32::try_from(bytes).unwrap_or(u32::MAX).max(1);
        Self {
            bytes_max,
            bytes: Semaphore::new(bytes_max as usize),
            requests: Semaphore::new(requests.max(1)),
        }
    }

    /// Waits for room; it is given back when the answer is dropped.
    pub(super) async fn acquire(&self, bytes: u64) -> Room<'_> {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX).min(self.bytes_max);
        let open = "the budget is never closed";
        let bytes = self.bytes.acquire_many(bytes).await.expect(open);
        let request = self.requests.acquire().await.expect(open);
        Room { _bytes: bytes, _request: request }
    }
}

/// Room for one request.
pub(super) struct Room<'a> {
    _bytes: SemaphorePermit<'a>,
    _request: SemaphorePermit<'a>,
}

#[cfg(test)]
mod tests {
    use futures::poll;

    use super::*;

    #[tokio::test]
    async fn requests_in_flight_are_bounded_in_bytes_and_number() {
        let budget = LoadBudget::new(100, 3);
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
