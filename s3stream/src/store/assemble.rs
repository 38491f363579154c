//! Objects that are made of parts of others within the store, so that their bytes go through nobody's
//! line: S3's multipart upload with UploadPartCopy. Other stores may come to have their own.
//!
//! An assembly that is cut short leaves what it had begun in the store, invisible to lists and paid
//! for: whoever ends the lease of a key abandons what was begun under it.
//!
//! ```text
//!   Assembler ─► Steps: begin ─► copy, send (a few at once) ─► complete      s3.rs, by_hand.rs
//!     (what to do)        └──────────── or, once one has failed ─► abandon   one request each
//! ```

mod assembler;
pub mod by_hand;
#[cfg(feature = "aws")]
pub(super) mod s3;
mod steps;

use std::fmt;
use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;
use object_store::Result;
use object_store::path::Path;

pub use assembler::Assembler;
pub use steps::{Part, Steps};

/// How many pieces one object may have: S3's limit for parts.
pub const PIECES_MAX: usize = 10_000;

/// What an object is made of, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Bytes of an object that lies in the store.
    Copied {
        /// Its key.
        key: Path,
        /// Which of its bytes; [`Assemble::piece_bytes_min`] at least, unless it comes last.
        bytes: Range<u64>,
    },
    /// Bytes that are sent; [`Assemble::piece_bytes_min`] at least, unless they come last.
    Sent(Bytes),
}

impl Piece {
    /// Its bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        match self {
            Self::Copied { bytes, .. } => bytes.end - bytes.start,
            Self::Sent(bytes) => bytes.len() as u64,
        }
    }
}

/// An assembly that was begun, and neither completed nor abandoned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unfinished {
    /// The key that was to be created.
    pub key: Path,
    /// What the store calls it.
    pub id: String,
}

impl Unfinished {
    /// Whether its key is in a folder, as lists have it.
    #[must_use]
    pub fn is_below(&self, folder: &Path) -> bool {
        self.key != *folder && self.key.prefix_matches(folder)
    }
}

/// A store that makes objects of parts of others.
#[async_trait]
pub trait Assemble: fmt::Debug + Send + Sync + 'static {
    /// The least that a piece has, but for the last, in bytes. S3's limit for parts.
    fn piece_bytes_min(&self) -> u64 {
        5 << 20
    }

    /// Creates an object of pieces. Tries nothing again. What fails is abandoned, as far as the store
    /// answers; whoever drops the future leaves it unfinished.
    ///
    /// # Errors
    /// `AlreadyExists` where the key is taken, or is being taken: by another object, or by an attempt
    /// whose answer was lost. `NotFound` where a source is not there, or somebody has abandoned this
    /// assembly. `NotImplemented` where the store knows no such request, or refuses it for good.
    ///
    /// # Panics
    /// Without a piece, or with more than [`PIECES_MAX`].
    async fn assemble(&self, key: &Path, pieces: &[Piece]) -> Result<()>;

    /// What is unfinished under a folder.
    ///
    /// # Errors
    /// Those of a list.
    async fn unfinished(&self, folder: &Path) -> Result<Vec<Unfinished>>;

    /// Ends an assembly, whether it is still there or not; nothing is left of its pieces, and it
    /// cannot be completed any more.
    ///
    /// # Errors
    /// Those of a delete.
    async fn abandon(&self, assembly: &Unfinished) -> Result<()>;
}
