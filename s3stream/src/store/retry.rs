//! Which failures of a store may pass.

use object_store::Error;
use penstock_wal::retry::may_pass;
pub use penstock_wal::retry::{Backoff, with_retries};

use super::local::NamesUnsafe;

/// Whether the same request may succeed later, although nothing about it changes: of any store, and of
/// one in files.
#[must_use]
pub fn is_transient(error: &Error) -> bool {
    may_pass(error) && !NamesUnsafe::caused(error)
}
