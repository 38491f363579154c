//! How far a stream has come, in offsets: drawn here once, and asserted.
//!
//! ```text
//!   0 ........ start ........ uploaded ........ durable ........ appended
//!    trimmed    | in objects    | in the WAL      | on its way to it |
//! ```

use std::sync::atomic::{AtomicU64, Ordering};

use penstock_model::id::Offset;

/// The positions of one stream at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Positions {
    /// The first offset that may be read.
    pub start: Offset,
    /// Everything below is in objects, and the metadata says so.
    pub uploaded: Offset,
    /// Everything below survives a crash; nothing from here on is shown to anybody.
    pub durable: Offset,
    /// Where the next batch goes.
    pub appended: Offset,
}

/// An offset that only grows.
#[derive(Debug)]
pub(crate) struct MonotoneOffset(AtomicU64);

impl MonotoneOffset {
    pub(crate) fn new(offset: Offset) -> Self {
        Self(AtomicU64::new(offset.0))
    }

    pub(crate) fn get(&self) -> Offset {
        Offset(self.0.load(Ordering::Acquire))
    }

    /// Moves to `offset`, from wherever it is; a smaller one changes nothing.
    pub(crate) fn advance(&self, offset: Offset) {
        self.0.fetch_max(offset.0, Ordering::AcqRel);
    }
}

/// The cells behind [`Positions`].
#[derive(Debug)]
pub(crate) struct PositionCells {
    pub(crate) start: MonotoneOffset,
    pub(crate) uploaded: MonotoneOffset,
    pub(crate) durable: MonotoneOffset,
    pub(crate) appended: MonotoneOffset,
}

impl PositionCells {
    pub(crate) fn new(at: Positions) -> Self {
        at.check();
        Self {
            start: MonotoneOffset::new(at.start),
            uploaded: MonotoneOffset::new(at.uploaded),
            durable: MonotoneOffset::new(at.durable),
            appended: MonotoneOffset::new(at.appended),
        }
    }

    /// The metadata says that the stream starts at `start` and is committed up to `end`.
    pub(crate) fn committed(&self, start: Offset, end: Offset) {
        // The greater first: whoever reads between the two sees them in order.
        self.uploaded.advance(end);
        self.start.advance(start);
    }

    /// Reads the cells in ascending order: a later cell can only have grown since an earlier one
    /// was read, so that the order holds without a lock.
    pub(crate) fn get(&self) -> Positions {
        let at = Positions {
            start: self.start.get(),
            uploaded: self.uploaded.get(),
            durable: self.durable.get(),
            appended: self.appended.get(),
        };
        at.check();
        at
    }
}

impl Positions {
    fn check(self) {
        assert!(
            self.start <= self.uploaded
                && self.uploaded <= self.durable
                && self.durable <= self.appended,
            "a stream's positions are out of order: {self:?}"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn positions(start: u64, uploaded: u64, durable: u64, appended: u64) -> Positions {
        Positions {
            start: Offset(start),
            uploaded: Offset(uploaded),
            durable: Offset(durable),
            appended: Offset(appended),
        }
    }

    #[test]
    fn cells_only_grow() {
        let cells = PositionCells::new(positions(1, 2, 3, 4));
        cells.appended.advance(Offset(9));
        cells.appended.advance(Offset(5));
        assert_eq!(cells.get(), positions(1, 2, 3, 9));
    }

    #[test]
    #[should_panic(expected = "out of order")]
    fn what_is_not_appended_is_not_durable() {
        let cells = PositionCells::new(positions(1, 2, 3, 4));
        cells.durable.advance(Offset(5));
        cells.get();
    }
}
