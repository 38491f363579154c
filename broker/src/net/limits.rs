//! Limits of connections and of the bytes that they may hold.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Requests up to this size have a budget of their own: heartbeats, commits, ordinary fetches.
pub const SMALL_REQUEST_BYTES_MAX: usize = 16 * 1024;

/// A number of bytes that can be in use at a time; who wants more waits, first come first served.
#[derive(Clone, Debug)]
pub struct ByteBudget {
    semaphore: Arc<Semaphore>,
    total: u32,
    waiting: Arc<AtomicUsize>,
}

/// Room for some bytes, given back when dropped.
#[derive(Debug)]
pub struct BytePermit {
    permit: OwnedSemaphorePermit,
    waiting: Arc<AtomicUsize>,
    also: Option<Box<BytePermit>>,
}

impl BytePermit {
    /// Whether others wait for room in the same budget.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    /// Keeps room in another budget for as long.
    #[must_use]
    pub fn and(mut self, also: Self) -> Self {
        self.also = Some(Box::new(also));
        self
    }

    /// Gives back all but `bytes`.
    pub fn shrink_to(&mut self, bytes: usize) {
        let spare = self.permit.num_permits().saturating_sub(bytes);
        drop(self.permit.split(spare));
    }
}

/// Counts one who waits for room, until it has it or gives up.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl ByteBudget {
    /// A budget of `bytes`, at least one, at most 4 GiB.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        let total = u32::try_from(bytes).unwrap_or(u32::MAX).max(1);
        let semaphore = Arc::new(Semaphore::new(total as usize));
        Self { semaphore, total, waiting: Arc::default() }
    }

    /// Waits for room. More than the whole budget is granted when nothing else is in use.
    ///
    /// # Panics
    /// Never: the budget is not closed while someone holds it.
    pub async fn acquire(&self, bytes: usize) -> BytePermit {
        let count = u32::try_from(bytes).unwrap_or(u32::MAX).min(self.total);
        let waiting = Waiting::new(&self.waiting);
        let permit = Arc::clone(&self.semaphore).acquire_many_owned(count).await;
        drop(waiting);
        self.granted(permit.expect("a byte budget is never closed"))
    }

    /// Takes room if there is any now. More than the whole budget counts as the whole.
    #[must_use]
    pub fn try_acquire(&self, bytes: usize) -> Option<BytePermit> {
        let count = u32::try_from(bytes).unwrap_or(u32::MAX).min(self.total);
        let permit = Arc::clone(&self.semaphore).try_acquire_many_owned(count).ok()?;
        Some(self.granted(permit))
    }

    fn granted(&self, permit: OwnedSemaphorePermit) -> BytePermit {
        BytePermit { permit, waiting: Arc::clone(&self.waiting), also: None }
    }

    /// The bytes that can be in use at a time.
    #[must_use]
    pub fn total(&self) -> usize {
        self.total as usize
    }

    /// The bytes in use.
    #[must_use]
    pub fn used(&self) -> usize {
        self.total as usize - self.semaphore.available_permits()
    }
}

/// The budgets of requests: whoever sends little never waits for those who send much, and whoever
/// asks never for those who produce.
#[derive(Clone, Debug)]
pub struct RequestBudget {
    small: ByteBudget,
    small_bulk: ByteBudget,
    large: ByteBudget,
    /// What large requests become when they are decoded: nobody holds it for a slow network.
    decoded: ByteBudget,
}

impl RequestBudget {
    /// Divides `bytes`: an eighth for small requests, one for small ones in bulk, and a quarter for
    /// what large ones are decoded to.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        let part = bytes / 8;
        Self {
            small: ByteBudget::new(part),
            small_bulk: ByteBudget::new(part),
            large: ByteBudget::new(bytes - 4 * part),
            decoded: ByteBudget::new(2 * part),
        }
    }

    /// Waits for room for a request of `bytes`.
    pub async fn acquire(&self, bytes: usize, bulk: bool) -> BytePermit {
        match (bytes <= SMALL_REQUEST_BYTES_MAX, bulk) {
            (true, true) => self.small_bulk.acquire(bytes).await,
            (true, false) => self.small.acquire(bytes).await,
            (false, _) => self.large.acquire(bytes).await,
        }
    }

    /// Waits for room for what a request of `bytes`, which is whole by now, becomes when it is
    /// decoded; of bulk that is nothing to speak of. Small ones wait for nobody: their own budget
    /// bounds what all of them become, too.
    pub async fn decode(&self, permit: BytePermit, bytes: usize, bulk: bool) -> BytePermit {
        if bulk || bytes <= SMALL_REQUEST_BYTES_MAX {
            return permit;
        }
        let decoded = bytes.saturating_mul(penstock_wire::DECODED_BYTES_PER_BYTE);
        permit.and(self.decoded.acquire(decoded).await)
    }

    /// The bytes in use.
    #[must_use]
    pub fn used(&self) -> usize {
        self.small.used() + self.small_bulk.used() + self.large.used() + self.decoded.used()
    }
}

/// Answers up to this size have a budget of their own, which slow clients cannot hold for long.
pub const SMALL_ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Answers up to this size are part of what every connection takes.
pub const FREE_ANSWER_BYTES_MAX: usize = 4 * 1024;

/// The memory for answers, from before they are made until they are written.
#[derive(Clone, Debug)]
pub struct AnswerBudget {
    small: ByteBudget,
    large: ByteBudget,
}

impl AnswerBudget {
    /// Divides `bytes`: an eighth for small answers.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self { small: ByteBudget::new(bytes / 8), large: ByteBudget::new(bytes - bytes / 8) }
    }

    /// Waits for room for an answer of `bytes`.
    pub async fn acquire(&self, bytes: usize) -> BytePermit {
        let small = bytes <= SMALL_ANSWER_BYTES_MAX;
        if small { self.small.acquire(bytes).await } else { self.large.acquire(bytes).await }
    }

    /// Room for an answer of up to `bytes`, and for how many: a small one where larger ones have
    /// used theirs up, and one without a permit where small ones have, so that nobody waits for
    /// clients that take their answers slowly.
    #[must_use]
    pub fn up_to(&self, bytes: usize) -> (Option<BytePermit>, usize) {
        if bytes > SMALL_ANSWER_BYTES_MAX
            && let Some(permit) = self.large.try_acquire(bytes)
        {
            return (Some(permit), bytes);
        }
        let bytes = bytes.min(SMALL_ANSWER_BYTES_MAX);
        match self.small.try_acquire(bytes) {
            Some(permit) => (Some(permit), bytes),
            None => (None, bytes.min(FREE_ANSWER_BYTES_MAX)),
        }
    }

    /// What one answer may hold, so that several large ones fit.
    #[must_use]
    pub fn one_answer(&self) -> usize {
        self.large.total() / 4
    }

    /// The bytes that an answer can hold at all.
    #[must_use]
    pub fn total(&self) -> usize {
        self.large.total()
    }

    /// The bytes in use.
    #[must_use]
    pub fn used(&self) -> usize {
        self.small.used() + self.large.used()
    }
}

/// How many connections there may be, in all and from one address.
#[derive(Clone, Debug)]
pub struct ConnectionLimits {
    total: Arc<Semaphore>,
    per_address: Arc<PerAddress>,
}

#[derive(Debug)]
struct PerAddress {
    max: usize,
    overrides: HashMap<IpAddr, usize>,
    /// Guards the counts; an address without connections has no entry.
    counts: Mutex<HashMap<IpAddr, usize>>,
}

/// The right to have a connection, given back when dropped.
#[derive(Debug)]
pub struct ConnectionPermit {
    _total: OwnedSemaphorePermit,
    per_address: Arc<PerAddress>,
    address: IpAddr,
}

impl ConnectionLimits {
    /// At most `total`, and `per_address` from each address but those of `overrides`.
    #[must_use]
    pub fn new(total: usize, per_address: usize, overrides: HashMap<IpAddr, usize>) -> Self {
        Self {
            total: Arc::new(Semaphore::new(total.min(Semaphore::MAX_PERMITS))),
            per_address: Arc::new(PerAddress {
                max: per_address,
                overrides,
                counts: Mutex::default(),
            }),
        }
    }

    /// Waits until there is room for one more connection of whichever address.
    ///
    /// # Panics
    /// Never: the limit is not closed while someone holds it.
    pub async fn room(&self) -> OwnedSemaphorePermit {
        let permit = Arc::clone(&self.total).acquire_owned().await;
        permit.expect("the connection limit is never closed")
    }

    /// Uses `room` for a connection from `address`, or `None` when that has its share.
    #[must_use]
    pub fn admit(&self, room: OwnedSemaphorePermit, address: IpAddr) -> Option<ConnectionPermit> {
        let address = address.to_canonical();
        let per_address = &self.per_address;
        let max = per_address.overrides.get(&address).copied().unwrap_or(per_address.max);
        let mut counts = per_address.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.get(&address).copied().unwrap_or(0);
        if count >= max {
            return None;
        }
        counts.insert(address, count + 1);
        drop(counts);
        Some(ConnectionPermit { _total: room, per_address: Arc::clone(per_address), address })
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let counts = &self.per_address.counts;
        let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.get(&self.address).copied().unwrap_or(0);
        assert!(count > 0, "a connection is counted as long as it lives");
        if count == 1 {
            counts.remove(&self.address);
        } else {
            counts.insert(self.address, count - 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn one_request_larger_than_the_budget_waits_for_all_of_it() {
        let budget = ByteBudget::new(100);
        let first = budget.acquire(1).await;
        let mut second = Box::pin(budget.acquire(1000));
        assert!((&mut second).now_or_never().is_none());
        assert!(first.is_wanted());
        drop(second);
        assert!(!first.is_wanted(), "it was given up");
        drop(first);
        let giant = budget.acquire(1000).await;
        assert_eq!(budget.used(), 100);
        assert!(budget.acquire(1).now_or_never().is_none());
        drop(giant);
        assert_eq!(budget.used(), 0);
    }

    #[tokio::test]
    async fn a_permit_shrinks_and_never_grows() {
        fn check(bytes: usize, shrink_to: usize, expect: usize) {
            let budget = ByteBudget::new(100);
            let mut permit = budget.try_acquire(bytes).unwrap();
            permit.shrink_to(shrink_to);
            assert_eq!(budget.used(), expect);
            drop(permit);
            assert_eq!(budget.used(), 0);
        }
        check(60, 20, 20);
        check(60, 0, 0);
        check(60, 60, 60);
        check(60, 90, 60);
        check(1_000, 90, 90);
    }

    #[tokio::test]
    async fn small_requests_never_wait_behind_large_or_bulk_ones() {
        let budget = RequestBudget::new(800_000);
        let _large = budget.acquire(400_000, false).await;
        for bulk in [false, true] {
            assert!(budget.acquire(SMALL_REQUEST_BYTES_MAX + 1, bulk).now_or_never().is_none());
            assert!(budget.acquire(SMALL_REQUEST_BYTES_MAX, bulk).now_or_never().is_some());
        }
        // A slow store holds up who produces, and nobody else.
        let _bulk: Vec<_> = (0..6).map(|_| budget.acquire(16_000, true).now_or_never()).collect();
        assert!(budget.acquire(16_000, true).now_or_never().is_none());
        assert!(budget.acquire(1, false).now_or_never().is_some());
    }

    #[tokio::test]
    async fn answers_become_small_ones_rather_than_wait_for_large_ones() {
        let budget = AnswerBudget::new(1 << 20);
        let (large, bytes) = budget.up_to(900_000);
        assert_eq!(bytes, 900_000);
        let (small, bytes) = budget.up_to(100_000);
        assert_eq!(bytes, SMALL_ANSWER_BYTES_MAX);
        let (second, bytes) = budget.up_to(100_000);
        assert!(second.is_some() && bytes == SMALL_ANSWER_BYTES_MAX);
        let (third, bytes) = budget.up_to(100_000);
        assert!(third.is_none() && bytes == FREE_ANSWER_BYTES_MAX);
        assert!(budget.acquire(SMALL_ANSWER_BYTES_MAX + 1).now_or_never().is_none());
        drop((large, small, second));
        assert!(budget.acquire(2 << 20).now_or_never().is_some(), "alone, however large");
        assert_eq!(budget.used(), 0);
    }

    #[tokio::test]
    async fn connections_are_counted_in_all_and_by_address() {
        let one: IpAddr = "10.0.0.1".parse().unwrap();
        let mapped: IpAddr = "::ffff:10.0.0.1".parse().unwrap();
        let other: IpAddr = "10.0.0.2".parse().unwrap();
        let limits = ConnectionLimits::new(3, 1, HashMap::from([(other, 2)]));
        let first = limits.admit(limits.room().await, one);
        assert!(first.is_some());
        assert!(limits.admit(limits.room().await, mapped).is_none(), "the same client by IPv6");
        let second = limits.admit(limits.room().await, other);
        let third = limits.admit(limits.room().await, other);
        assert!(second.is_some() && third.is_some());
        assert!(limits.room().now_or_never().is_none(), "three is the limit");
        drop(first);
        let again = limits.admit(limits.room().await, one);
        assert!(again.is_some(), "room was given back");
        drop((second, third, again));
        assert!(limits.per_address.counts.lock().unwrap().is_empty());
    }
}
