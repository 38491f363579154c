//! A number of bytes that can be in use at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// See the module; who wants more waits, first come first served.
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
            || self.also.as_ref().is_some_and(|also| also.is_wanted())
    }

    /// Tells the same of it wherever it is kept.
    #[must_use]
    pub fn demand(&self) -> Demand {
        let mut demand = self.also.as_ref().map(|also| also.demand()).unwrap_or_default();
        demand.0.push(Arc::clone(&self.waiting));
        demand
    }

    /// Keeps room in another budget for as long.
    #[must_use]
    pub fn and(mut self, also: Self) -> Self {
        assert!(self.also.is_none(), "a permit is joined with one other");
        self.also = Some(Box::new(also));
        self
    }

    /// The bytes there is room for, but for those in another budget.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.permit.num_permits()
    }

    /// Gives back all but `bytes`, but for those in another budget.
    pub fn shrink_to(&mut self, bytes: usize) {
        let spare = self.permit.num_permits().saturating_sub(bytes);
        drop(self.permit.split(spare));
    }
}

/// Whether others wait for the room of a permit that is kept elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Demand(Vec<Arc<AtomicUsize>>);

impl Demand {
    /// Whether anybody waits.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.0.iter().any(|waiting| waiting.load(Ordering::Relaxed) > 0)
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

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn one_that_wants_more_than_the_budget_waits_for_all_of_it() {
        let budget = ByteBudget::new(100);
        let first = budget.acquire(1).await;
        let elsewhere = ByteBudget::new(1).acquire(1).await.and(budget.acquire(1).await);
        let mut second = Box::pin(budget.acquire(1000));
        assert!((&mut second).now_or_never().is_none());
        assert!(first.is_wanted() && elsewhere.is_wanted() && elsewhere.demand().is_there());
        drop(second);
        assert!(!first.is_wanted() && !elsewhere.is_wanted(), "it was given up");
        drop((first, elsewhere));
        let giant = budget.acquire(1000).await;
        assert_eq!((giant.bytes(), budget.used()), (100, 100));
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
}
