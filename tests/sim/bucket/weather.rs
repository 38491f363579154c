//! How the store is today.

use std::time::Duration;

use object_store::path::Path;
use penstock_wal::files::Dice;

/// A client of the product's gives a request up before, and asks anew beside it.
const STUCK_MAX_MS: u64 = 40_000;

/// See the module.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weather {
    /// Of a hundred requests, so many are refused.
    pub(crate) refused: u64,
    /// Nothing below this folder is answered but with a refusal.
    pub(crate) throttled: Option<&'static str>,
    /// Of a hundred requests, so many are done, and nobody hears of it.
    pub(crate) lost_answers: u64,
    /// Of a hundred requests, so many are stuck on their way for a while.
    pub(crate) stuck: u64,
    /// So many times slower than usual.
    pub(crate) slowness: u32,
    /// So many times slower than that when it lists.
    pub(crate) slowness_of_lists: u32,
}

impl Default for Weather {
    fn default() -> Self {
        Self {
            refused: 0,
            throttled: None,
            lost_answers: 0,
            stuck: 0,
            slowness: 1,
            slowness_of_lists: 1,
        }
    }
}

impl Weather {
    /// How long one way takes: 3 to 20 ms, one in fifty five times as long, and 50 MB/s. Some are
    /// stuck.
    pub(super) fn way(&self, bytes: usize, dice: &mut Dice) -> Duration {
        let usual = Duration::from_micros(3_000 + dice.below(17_000));
        let tail = if dice.percent(2) { 5 } else { 1 };
        let line = Duration::from_nanos(20 * bytes as u64);
        let stuck = match dice.percent(self.stuck) {
            true => Duration::from_millis(dice.below(STUCK_MAX_MS)),
            false => Duration::ZERO,
        };
        (usual * tail + line) * self.slowness + stuck
    }

    pub(super) fn refuses(&self, key: &Path, dice: &mut Dice) -> bool {
        let is_throttled = self.throttled.is_some_and(|folder| key.as_ref().starts_with(folder));
        is_throttled || dice.percent(self.refused)
    }

    pub(super) fn loses_answer(&self, dice: &mut Dice) -> bool {
        dice.percent(self.lost_answers)
    }
}
