//! Which failures of a store may pass.

use object_store::Error;
pub use penstock_wal::retry::{Backoff, with_retries};

use super::local::NamesUnsafe;

/// Whether the same request may succeed later, although nothing about it changes.
///
/// Missing rights count as such: an operator grants them, or a credential is renewed, and service
/// resumes by itself.
#[must_use]
pub fn is_transient(error: &Error) -> bool {
    let refused = matches!(
        error,
        Error::NotFound { .. }
            | Error::InvalidPath { .. }
            | Error::NotSupported { .. }
            | Error::NotImplemented { .. }
            | Error::AlreadyExists { .. }
            | Error::Precondition { .. }
            | Error::NotModified { .. }
            | Error::UnknownConfigurationKey { .. }
    );
    !refused && !NamesUnsafe::caused(error)
}
