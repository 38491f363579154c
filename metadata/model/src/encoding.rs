//! Commands and images as bytes: what the Raft log, snapshots and networks carry.
//!
//! ```text
//!   command          version u8 | Command
//!   image            chunk, chunk, ...
//!   chunk            version u8 | (length varint | Entry)...
//! ```
//!
//! Messages are Protocol Buffers; `message.rs` and the files that turn them into our types are
//! the definition, no generator runs. Within a version, fields and variants are only ever added,
//! and what a command means by an added one is gated by the feature level, because an older node
//! passes over what it does not know. Anything else takes another version.
//!
//! Decoding is total: bytes that nobody encoded give an error, and no more memory is taken than
//! their number allows for.

mod command;
mod hash;
mod image;
mod message;

pub use command::{decode_command, encode_command};
pub use hash::image_hash;
pub use image::{ImageDecoder, decode_image, encode_image};

use crate::invariants::Violation;

/// The first byte of every command and chunk.
pub const VERSION: u8 = 1;

/// Why bytes are not what they should be. Reading them again gives the same; keep them.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DecodeError {
    /// There are no bytes at all.
    #[error("no bytes")]
    Empty,
    /// Another release wrote them; use that one, or a later one.
    #[error("encoded as version {0}, this release knows version {VERSION}")]
    Version(u8),
    /// They are damaged, or something else altogether.
    #[error("malformed message: {0}")]
    Message(#[from] prost::DecodeError),
    /// A field does not hold what this version writes.
    #[error("{0} is missing, repeated or out of range")]
    Field(&'static str),
    /// The image ends before its last entry, or goes on behind it.
    #[error("the image has {found} of {expected} entries")]
    Incomplete {
        /// Entries before the end.
        found: u64,
        /// Entries that were written; zero if the end is missing.
        expected: u64,
    },
    /// Each entry can be read, but together they are no image.
    #[error("inconsistent image: {0}")]
    Inconsistent(#[from] Violation),
}

/// What follows the version.
fn versioned(bytes: &[u8]) -> Result<&[u8], DecodeError> {
    match bytes.split_first() {
        Some((&VERSION, rest)) => Ok(rest),
        Some((&other, _)) => Err(DecodeError::Version(other)),
        None => Err(DecodeError::Empty),
    }
}

/// A value that is always written.
fn required<T>(value: Option<T>, field: &'static str) -> Result<T, DecodeError> {
    value.ok_or(DecodeError::Field(field))
}

/// 128 bits as they are.
fn random(bytes: &[u8], field: &'static str) -> Result<[u8; 16], DecodeError> {
    bytes.try_into().map_err(|_| DecodeError::Field(field))
}

/// A number in a narrower type than the message's.
fn narrow<N: TryFrom<W>, W>(value: W, field: &'static str) -> Result<N, DecodeError> {
    N::try_from(value).map_err(|_| DecodeError::Field(field))
}
