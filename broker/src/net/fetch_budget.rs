//! The memory of what fetches remember of their partitions: who names few never waits for those
//! who name many, and wait for long.

use super::answer_budget::FREE_ANSWER_BYTES_MAX;
use super::byte_budget::{ByteBudget, BytePermit};

/// What a fetch takes of memory for each partition, beside its records and its topic's name, while
/// it is answered: its places in the plan, among what was found, among the listeners, in the answer
/// and as written.
pub const FETCHED_PARTITION_BYTES: usize = 512;

/// What few partitions take: 64 of them, with names of 64 bytes, which are kept twice.
const FEW_BYTES_MAX: usize = 64 * (FETCHED_PARTITION_BYTES + 2 * 64);

/// See the module.
#[derive(Clone, Debug)]
pub struct FetchBudget {
    few: ByteBudget,
    many: ByteBudget,
}

/// A fetch takes more than there is memory for all fetches. Its client can ask for less at a time,
/// or whoever runs the broker raise `memory.requests.bytes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it takes {needed} bytes, and there are {total}: raise memory.requests.bytes")]
pub struct FetchTooLarge {
    /// The bytes that it takes.
    pub needed: usize,
    /// Those that there are.
    pub total: usize,
}

impl FetchBudget {
    /// Divides `bytes`: a quarter for fetches of few partitions.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self { few: ByteBudget::new(bytes / 4), many: ByteBudget::new(bytes - bytes / 4) }
    }

    /// Waits for room for a fetch whose partitions take so many bytes; for very few there is always.
    ///
    /// # Errors
    /// When there is never so much.
    pub async fn acquire(&self, bytes: usize) -> Result<Option<BytePermit>, FetchTooLarge> {
        if bytes <= FREE_ANSWER_BYTES_MAX {
            return Ok(None);
        }
        let total = self.many.total();
        if bytes > total {
            return Err(FetchTooLarge { needed: bytes, total });
        }
        let is_few = bytes <= FEW_BYTES_MAX.min(self.few.total());
        let budget = if is_few { &self.few } else { &self.many };
        Ok(Some(budget.acquire(bytes).await))
    }

    /// The bytes in use.
    #[must_use]
    pub fn used(&self) -> usize {
        self.few.used() + self.many.used()
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn few_never_wait_for_many() {
        let budget = FetchBudget::new(4 * FEW_BYTES_MAX);
        let total = 3 * FEW_BYTES_MAX;
        let taken = |bytes: usize| budget.acquire(bytes).now_or_never();
        let many = taken(total).expect("alone");
        assert_eq!(budget.used(), total);
        assert!(taken(FEW_BYTES_MAX + 1).is_none());
        let few = taken(FEW_BYTES_MAX).expect("beside the many");
        assert!(taken(FEW_BYTES_MAX).is_none());
        assert!(matches!(taken(FREE_ANSWER_BYTES_MAX), Some(Ok(None))));
        let too_large = FetchTooLarge { needed: total + 1, total };
        assert_eq!(taken(total + 1).expect("at once").unwrap_err(), too_large);
        drop((many, few));
        assert_eq!(budget.used(), 0);
    }
}
