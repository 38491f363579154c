//! High watermark and log start never go back: an answer shows at least what was shown to anybody
//! before it was asked for.

use super::Looked;

/// The greatest that was shown of one partition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Watermarks {
    /// The high watermark, or the end of what was acknowledged.
    pub(crate) high: i64,
    /// The log start.
    pub(crate) start: i64,
}

impl Watermarks {
    /// This was shown.
    pub(crate) fn show(&mut self, shown: Self) {
        self.high = self.high.max(shown.high);
        self.start = self.start.max(shown.start);
    }

    /// An answer shows `now`; `self` was known before it was asked for.
    pub(crate) fn look(self, now: Self) -> Looked {
        if now.high < self.high {
            return Err(format!("the high watermark is {}, and was {}", now.high, self.high));
        }
        if now.start < self.start {
            return Err(format!("the log starts at {}, and did at {}", now.start, self.start));
        }
        if now.start > now.high {
            return Err(format!("the log starts at {}, behind its end {}", now.start, now.high));
        }
        Ok(())
    }
}
