//! OFFSET_OUT_OF_RANGE, which makes consumers jump, is answered only for an offset that was
//! deleted, or that nobody was shown yet.

use super::Looked;
use super::watermarks_are_monotone::Watermarks;

/// An offset was refused. `known` was shown before it was asked for, and up to `deletable` records
/// may have been deleted by now.
pub(crate) fn look(offset: i64, known: Watermarks, deletable: i64) -> Looked {
    if offset > known.high || offset < deletable {
        return Ok(());
    }
    Err(format!("{offset} is refused, and the log is from {deletable} at most to {}", known.high))
}
