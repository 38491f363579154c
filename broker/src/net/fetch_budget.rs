//! The memory of what fetches remember of their partitions: who names few never waits for those
//! who name many, and wait for long.

use super::byte_budget::{ByteBudget, BytePermit};

/// What a fetch takes of memory for each partition, beside its records, while it is answered: its
/// places in the plan, among what was found, among the listeners, in the answer and as written.
pub const FETCHED_PARTITION_BYTES: usize = 512;

/// So many partitions are part of what every connection takes.
const FREE_PARTITIONS_MAX: usize = 8;

/// So many are few.
const FEW_PARTITIONS_MAX: usize = 64;

/// See the module.
#[derive(Clone, Debug)]
pub struct FetchBudget {
    few: ByteBudget,
    many: ByteBudget,
}

impl FetchBudget {
    /// Divides `bytes`: a quarter for fetches of few partitions.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self { few: ByteBudget::new(bytes / 4), many: ByteBudget::new(bytes - bytes / 4) }
    }

    /// Waits for room for a fetch of so many partitions; for very few there is always. One of more
    /// than there is ever room for goes on alone.
    pub async fn acquire(&self, partitions: usize) -> Option<BytePermit> {
        if partitions <= FREE_PARTITIONS_MAX {
            return None;
        }
        let budget = if partitions <= FEW_PARTITIONS_MAX { &self.few } else { &self.many };
        Some(budget.acquire(partitions.saturating_mul(FETCHED_PARTITION_BYTES)).await)
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
        let budget = FetchBudget::new(400 * FETCHED_PARTITION_BYTES);
        let taken = |partitions: usize| budget.acquire(partitions).now_or_never();
        let many = taken(10_000).expect("alone");
        assert_eq!(budget.used(), 300 * FETCHED_PARTITION_BYTES);
        assert!(taken(FEW_PARTITIONS_MAX + 1).is_none());
        let few = taken(FEW_PARTITIONS_MAX).expect("beside the many");
        assert!(taken(FEW_PARTITIONS_MAX).is_none());
        assert!(matches!(taken(FREE_PARTITIONS_MAX), Some(None)));
        drop((many, few));
        assert_eq!(budget.used(), 0);
    }
}
