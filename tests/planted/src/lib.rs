//! Bugs in the product, one a safeguard, for a simulation that must find each of them: one that does
//! not is worth nothing.
//!
//! ```text
//!   product     if planted::is(Bug::TrimBeforeCommit) { .. }     where the safeguard is
//!   simulation  planted::plant(Some(Bug::TrimBeforeCommit))      for one history, on its thread
//! ```
//!
//! Without the feature `planting`, which no release has, `is` is the constant `false`, and nothing of
//! a bug is compiled. With it a thread has the bug that it asked for; nobody does but simulations.

/// A safeguard that is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// A batch is acknowledged before the log has it.
    AckBeforeDurable,
    /// Whichever object of the log is stored, the first on its way is acknowledged.
    AckOutOfOrder,
    /// The high watermark is the end of what was appended.
    VisibleBeforeDurable,
    /// An upload is committed while its objects are on their way.
    CommitBeforeUpload,
    /// The log is trimmed before the upload of what it held is committed.
    TrimBeforeCommit,
    /// Objects are deleted once what takes their place is stored, before that is committed.
    DeleteBeforeReplacement,
    /// A partition is opened without what is known of its producers.
    ProducersForgotten,
    /// A checkpoint states what the one before it did.
    StaleCheckpoint,
    /// A log is compacted up to its end, however young that is.
    CompactionPastLag,
}

#[cfg(feature = "planting")]
mod planting {
    use std::cell::Cell;

    use super::Bug;

    thread_local! {
        static PLANTED: Cell<Option<Bug>> = const { Cell::new(None) };
    }

    /// From now on this thread has this bug, and no other.
    pub fn plant(bug: Option<Bug>) {
        PLANTED.set(bug);
    }

    /// Whether this thread has the bug.
    #[must_use]
    pub fn is(bug: Bug) -> bool {
        PLANTED.get() == Some(bug)
    }
}

#[cfg(feature = "planting")]
pub use planting::{is, plant};

/// Whether this thread has the bug.
#[cfg(not(feature = "planting"))]
#[must_use]
#[inline(always)]
pub const fn is(_: Bug) -> bool {
    false
}
