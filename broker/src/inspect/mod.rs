//! `penstock inspect`: what is stored, decoded and verified by the readers that serve it.
//!
//! Nothing is written to what is inspected, whatever those readers would mend. The first thing
//! that does not hold is an error that names the place.

mod metadata;
mod object;
mod overlay;
mod place;
mod store_overlay;
mod verify;
mod wal;

use std::io;
use std::path::PathBuf;

use penstock_s3stream::HeaderError;
use penstock_s3stream::object::reader::ObjectError;
use penstock_s3stream::store::open::OpenError;
use penstock_wal::WalError;

pub use metadata::metadata;
pub use object::object;
pub use verify::verify;
pub use wal::wal;

/// Why something cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// Name something else.
    #[error("{place}: {what}")]
    NotThat {
        /// As given.
        place: String,
        /// What it is not, and what would be.
        what: String,
    },
    /// Check the path, or the disk.
    #[error("{place}: {reason}")]
    Unreadable {
        /// As given.
        place: String,
        /// What the system said.
        reason: io::Error,
    },
    /// See the error.
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// See the error.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// See the error.
    #[error(transparent)]
    Wal(#[from] WalError),
    /// See the error: the log itself is sound.
    #[error("the entry at position {position} cannot be read: {reason}")]
    Entry {
        /// Where it lies.
        position: u64,
        /// What is wrong with it.
        reason: HeaderError,
    },
    /// See the error.
    #[error("the metadata cannot be read: {0}")]
    Metadata(String),
    /// Nobody reads what is shown.
    #[error("cannot write what was found: {0}")]
    Output(io::Error),
}

/// A folder or file, given as a path or as `file://…`.
fn local_path(place: &str) -> PathBuf {
    PathBuf::from(place.strip_prefix("file://").unwrap_or(place))
}
