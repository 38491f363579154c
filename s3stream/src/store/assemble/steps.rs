//! The single requests that an assembly takes, for stores to answer and for whoever counts them.

use std::fmt;
use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;
use object_store::Result;
use object_store::path::Path;

use super::Unfinished;

/// A piece that an assembly has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What the store calls it.
    pub tag: String,
    /// Its bytes.
    pub bytes: u64,
}

/// What a store does of an assembly, a request each. None tries anything again.
///
/// Errors are those of [`Assemble::assemble`](super::Assemble::assemble), and any that may pass.
#[async_trait]
pub trait Steps: fmt::Debug + Send + Sync + 'static {
    /// See [`Assemble::piece_bytes_min`](super::Assemble::piece_bytes_min).
    fn piece_bytes_min(&self) -> u64 {
        5 << 20
    }

    /// Begins to create an object. The key may be taken: that shows when it is completed.
    ///
    /// # Errors
    /// `NotImplemented`.
    async fn begin(&self, key: &Path) -> Result<Unfinished>;

    /// Gives it bytes of another object. Pieces are counted from one, and may come in any order.
    ///
    /// # Errors
    /// `NotFound` where the source is not there, or the assembly was abandoned. `NotImplemented`.
    async fn copy(
        &self,
        assembly: &Unfinished,
        number: usize,
        source: &Path,
        bytes: Range<u64>,
    ) -> Result<Part>;

    /// Gives it bytes that are sent.
    ///
    /// # Errors
    /// `NotFound` where the assembly was abandoned. `NotImplemented`.
    async fn send(&self, assembly: &Unfinished, number: usize, bytes: Bytes) -> Result<Part>;

    /// The object is there, of its parts in order, the first of number one.
    ///
    /// # Errors
    /// `AlreadyExists` where the key is taken, by this very object perhaps. `NotFound` where the
    /// assembly was abandoned.
    /// `NotImplemented`.
    async fn complete(&self, assembly: &Unfinished, parts: &[Part]) -> Result<()>;

    /// See [`Assemble::abandon`](super::Assemble::abandon).
    ///
    /// # Errors
    /// Those of a delete.
    async fn abandon(&self, assembly: &Unfinished) -> Result<()>;

    /// See [`Assemble::unfinished`](super::Assemble::unfinished).
    ///
    /// # Errors
    /// Those of a list.
    async fn unfinished(&self, folder: &Path) -> Result<Vec<Unfinished>>;
}
