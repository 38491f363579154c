//! Bounds the requests in flight by their bytes and their number.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use penstock_wal::put_times::PutTimes;
use tokio::sync::{Mutex as Turn, Notify, Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout};

use super::give_way::GiveWay;

/// Whoever waits for so long goes on beside what hangs.
const OVERDUE: Duration = Duration::from_secs(2);

/// Nothing under way for so long is no work.
const AT_REST: Duration = Duration::from_millis(100);

/// See the module.
#[derive(Debug)]
pub(super) struct LoadBudget {
    bytes_max: u32,
    bytes: Semaphore,
    requests_max: usize,
    /// Whoever has it is the next one to begin.
    turn: Turn<()>,
    requests: Mutex<Requests>,
    ended: Notify,
}

#[derive(Debug)]
struct Requests {
    under_way: usize,
    /// Of any.
    last_answer: Instant,
    give_way: GiveWay,
}

impl LoadBudget {
    /// So many bytes, and so many requests: fewer where those of a log would be slowed down.
    pub(super) fn new(bytes: usize, requests: usize, log: Option<Arc<PutTimes>>) -> Self {
        let bytes_max = u32::try_from(bytes).unwrap_or(u32::MAX).max(1);
        let give_way = GiveWay::new(log, requests);
        Self {
            bytes_max,
            bytes: Semaphore::new(bytes_max as usize),
            turn: Turn::new(()),
            requests: Mutex::new(Requests { under_way: 0, last_answer: Instant::now(), give_way }),
            requests_max: requests.max(1),
            ended: Notify::new(),
        }
    }

    /// Waits for room; it is given back when the answer is dropped.
    pub(super) async fn acquire(&self, bytes: u64) -> Room<'_> {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX).min(self.bytes_max);
        let bytes = self.bytes.acquire_many(bytes).await.expect("the budget is never closed");
        let _turn = self.turn.lock().await;
        while !self.begin() {
            let ended = timeout(OVERDUE, self.ended.notified()).await;
            if ended.is_err() && self.begin_beside_what_hangs() {
                break;
            }
        }
        Room { budget: self, is_answered: false, _bytes: bytes }
    }

    fn begin(&self) -> bool {
        let mut requests = self.lock();
        let Requests { under_way, last_answer, give_way } = &mut *requests;
        if *under_way == 0 && last_answer.elapsed() > AT_REST {
            give_way.forget();
        }
        let begins = give_way.lets_begin(*under_way);
        *under_way += usize::from(begins);
        begins
    }

    fn begin_beside_what_hangs(&self) -> bool {
        let mut requests = self.lock();
        let begins = requests.under_way < self.requests_max;
        requests.under_way += usize::from(begins);
        begins
    }

    /// The count is consistent between any two statements that touch it.
    fn lock(&self) -> MutexGuard<'_, Requests> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Room for one request.
pub(super) struct Room<'a> {
    budget: &'a LoadBudget,
    is_answered: bool,
    _bytes: SemaphorePermit<'a>,
}

impl Room<'_> {
    /// The store has nothing to do with it any more; its bytes are still there.
    pub(super) fn answered(&mut self) {
        if !std::mem::replace(&mut self.is_answered, true) {
            let mut requests = self.budget.lock();
            requests.under_way -= 1;
            requests.last_answer = Instant::now();
            drop(requests);
            self.budget.ended.notify_one();
        }
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        self.answered();
    }
}

#[cfg(test)]
mod tests {
    use futures::poll;
    use tokio::time::advance;

    use super::*;

    #[tokio::test]
    async fn requests_in_flight_are_bounded_in_bytes_and_number() {
        let budget = LoadBudget::new(100, 3, None);
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

    #[tokio::test]
    async fn what_is_answered_takes_bytes_and_no_turn() {
        let budget = LoadBudget::new(100, 1, None);
        let mut first = budget.acquire(60).await;
        let mut second = Box::pin(budget.acquire(40));
        assert!(poll!(&mut second).is_pending());
        first.answered();
        let second = second.await;
        drop(second);
        let mut third = Box::pin(budget.acquire(60));
        assert!(poll!(&mut third).is_pending(), "120 bytes");
        drop(first);
        let mut fourth = Box::pin(budget.acquire(1));
        let _third = third.await;
        assert!(poll!(&mut fourth).is_pending(), "its turn is given back once");
    }

    /// A log whose PUTs take so many milliseconds.
    async fn puts(log: &Arc<PutTimes>, count: usize, millis: u64) {
        for _ in 0..count {
            let put = log.begin(1);
            advance(Duration::from_millis(millis)).await;
            put.answered();
        }
    }

    /// How many may begin at once, and one has to wait.
    async fn room(budget: &LoadBudget) -> usize {
        let mut rooms = Vec::new();
        loop {
            let mut next = Box::pin(budget.acquire(1));
            match poll!(&mut next) {
                std::task::Poll::Ready(room) => rooms.push(room),
                std::task::Poll::Pending => return rooms.len(),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn they_give_way_to_a_log() {
        let log = Arc::new(PutTimes::new(Duration::ZERO));
        let budget = LoadBudget::new(1_000, 16, Some(Arc::clone(&log)));
        assert_eq!(room(&budget).await, 16, "a log at rest");
        puts(&log, 1, 10).await;
        // All the time there is one under way.
        let mut one = budget.acquire(1).await;
        assert_eq!(room(&budget).await, 0, "what it takes beside them is not known");
        puts(&log, 31, 10).await;
        for more in 1..=15 {
            puts(&log, 7, 12).await;
            puts(&log, 1, 90).await;
            assert_eq!(room(&budget).await, more);
        }
        puts(&log, 8, 12).await;
        assert_eq!(room(&budget).await, 15, "at most");
        for left in [7, 3, 1, 0, 0] {
            puts(&log, 2, 90).await;
            assert_eq!(room(&budget).await, left);
        }
        // Two of many are not too much, and one of six says nothing.
        puts(&log, 20, 12).await;
        puts(&log, 2, 90).await;
        assert_eq!(room(&budget).await, 1);
        puts(&log, 5, 12).await;
        puts(&log, 1, 90).await;
        assert_eq!(room(&budget).await, 1);
        one.answered();
        advance(Duration::from_secs(1)).await;
        assert_eq!(room(&budget).await, 16, "at rest again");
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_needed_is_not_kept_in_store() {
        let log = Arc::new(PutTimes::new(Duration::ZERO));
        let budget = LoadBudget::new(1_000, 16, Some(Arc::clone(&log)));
        for _ in 0..100 {
            let one = budget.acquire(1).await;
            puts(&log, 8, 10).await;
            drop(one);
        }
        assert_eq!(room(&budget).await, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_is_let_in_in_order() {
        let log = Arc::new(PutTimes::new(Duration::ZERO));
        let budget = LoadBudget::new(1_000, 16, Some(Arc::clone(&log)));
        puts(&log, 1, 10).await;
        let first = budget.acquire(1).await;
        let (mut second, mut third) = (Box::pin(budget.acquire(1)), Box::pin(budget.acquire(1)));
        assert!(poll!(&mut second).is_pending() && poll!(&mut third).is_pending());
        drop(first);
        assert!(poll!(&mut third).is_pending(), "it is not its turn");
        // Who goes away holds nobody up.
        drop(second);
        assert!(poll!(&mut third).is_ready());
    }
    #[tokio::test(start_paused = true)]
    async fn what_the_log_met_while_nothing_was_read_is_forgotten() {
        let log = Arc::new(PutTimes::new(Duration::ZERO));
        let budget = LoadBudget::new(1_000, 16, Some(Arc::clone(&log)));
        puts(&log, 32, 10).await;
        for _ in 0..3 {
            let one = budget.acquire(1).await;
            assert_eq!(room(&budget).await, 0);
            puts(&log, 7, 10).await;
            drop(one);
            puts(&log, 20, 10).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_hangs_holds_up_nobody_for_long() {
        let log = Arc::new(PutTimes::new(Duration::ZERO));
        let budget = LoadBudget::new(1_000, 2, Some(Arc::clone(&log)));
        let stuck = log.begin(1);
        let _hangs = budget.acquire(1).await;
        let begun = Instant::now();
        let _beside = budget.acquire(1).await;
        assert_eq!(begun.elapsed(), OVERDUE);
        // Two at most, whatever hangs.
        let third = timeout(Duration::from_secs(60), budget.acquire(1)).await;
        assert!(third.is_err());
        drop(stuck);
    }
}
