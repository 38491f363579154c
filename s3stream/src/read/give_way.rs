//! How many requests cold reads may have under way: as many as leave the log's own as quick as they are
//! without them. Whoever writes waits for those.
//!
//! ```text
//!   of eight PUTs of the log, or more, a quarter slow  ─►  half as many
//!   an eighth, or less                                 ─►  one more, if there was need of it
//!   the log at rest, or not in a store                 ─►  no limit
//! ```
//!
//! A store that has room for both never answers later, so that cold reads soon have all they want. One
//! that has not, a single core or a thin line, would else be shared by the number of requests alone.

use std::sync::Arc;

use penstock_wal::put_times::{Judged, PutTimes};

/// So many PUTs tell how they fare: at the usual budget, within half a second.
const TOLD_BY: u64 = 8;

/// See the module.
#[derive(Debug)]
pub(super) struct GiveWay {
    log: Option<Arc<PutTimes>>,
    max: usize,
    limit: usize,
    /// What the limit was last decided by.
    seen: Judged,
    /// Somebody had to wait since then.
    is_in_need: bool,
}

impl GiveWay {
    /// At most `max` at once; no limit but that without a log whose PUTs could be slowed down.
    pub(super) fn new(log: Option<Arc<PutTimes>>, max: usize) -> Self {
        // While it is not known what the log's PUTs take beside them, one.
        Self { log, max: max.max(1), limit: 1, seen: Judged::default(), is_in_need: false }
    }

    /// Nothing was under way for a while: how the log fared since is not to be laid at its door.
    pub(super) fn forget(&mut self) {
        if let Some(log) = &self.log {
            self.seen = log.judged();
        }
    }

    /// Whether another request may begin beside those that are under way.
    pub(super) fn lets_begin(&mut self, under_way: usize) -> bool {
        let limit = self.limit();
        self.is_in_need |= under_way >= limit;
        under_way < limit
    }

    fn limit(&mut self) -> usize {
        let Some(log) = &self.log else { return self.max };
        if log.is_at_rest() {
            return self.max;
        }
        let judged = log.judged();
        let (quick, slow) = (judged.quick - self.seen.quick, judged.slow - self.seen.slow);
        let all = quick + slow;
        // Too much is known sooner than enough.
        let is_too_much = slow >= 2 && slow * 4 >= all;
        if is_too_much || all >= TOLD_BY {
            if is_too_much {
                self.limit = (self.limit / 2).max(1);
            } else if slow * 8 <= all && self.is_in_need {
                self.limit = (self.limit + 1).min(self.max);
            }
            (self.seen, self.is_in_need) = (judged, false);
        }
        self.limit
    }
}
