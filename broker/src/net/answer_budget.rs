//! The memory for answers, from before they are made until they are written.

use super::byte_budget::{ByteBudget, BytePermit};

/// Answers up to this size have a budget of their own, which slow clients cannot hold for long.
pub const SMALL_ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Answers up to this size are part of what every connection takes.
pub const FREE_ANSWER_BYTES_MAX: usize = 4 * 1024;

/// See the module.
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
        self.part(bytes).acquire(bytes).await
    }

    /// Takes room for an answer of `bytes`, if there is any now.
    #[must_use]
    pub fn try_acquire(&self, bytes: usize) -> Option<BytePermit> {
        self.part(bytes).try_acquire(bytes)
    }

    /// Where answers of so many bytes have their room.
    fn part(&self, bytes: usize) -> &ByteBudget {
        if bytes <= SMALL_ANSWER_BYTES_MAX { &self.small } else { &self.large }
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

    /// The bytes that one answer may consist of, so that several large ones fit, though they may
    /// keep twice as much.
    #[must_use]
    pub fn one_answer(&self) -> usize {
        self.large.total() / 8
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

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

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
}
