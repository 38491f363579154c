//! The write-ahead log: durable, fenced, group-committed append of opaque entries.
//!
//! ```text
//!   append ──► queue ──► group ──► one write ──► durable, in order ──► Sink
//!                        (batch.rs)  (file/, memory.rs)
//! ```
//!
//! It knows no streams, no offsets and no Kafka: an entry is a small opaque header and an opaque
//! payload. What it does know is order, durability and how to tell a torn tail from corruption.

use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use crate::put_times::PutTimes;

mod batch;
#[cfg(any(test, feature = "simulation"))]
pub mod conformance;
mod file;
pub mod files;
mod frame;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod log;
mod memory;
mod object;
mod owner;
mod progress;
pub mod put_times;
mod queue;
pub mod retry;
mod settings;
mod writer;

pub use file::{FileRecovery, FileWal, FileWalSettings, SegmentReport, Tail};
pub use memory::{MemoryMedium, MemoryRecovery};
pub use object::{
    LogPart, ObjectContent, ObjectRecovery, ObjectReport, ObjectWal, ObjectWalSettings,
};
pub use owner::Owner;
pub use settings::WalSettings;

/// A place in the log. Grows by whatever unit the backend counts in; only order matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u64);

/// Where a durable entry lies, for reading it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The entry's own position; trimming to a greater one gives it up.
    pub position: Position,
    /// The header's length in bytes.
    pub header_length: u16,
    /// The payload's length in bytes.
    pub payload_length: u32,
}

/// What is appended: opaque to the log.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Small, and all that recovery needs to hold in memory; at most [`Entry::HEADER_BYTES_MAX`].
    pub header: Bytes,
    /// Never copied.
    pub payload: Bytes,
    /// CRC32C of the payload, which the caller has or can combine from parts it has; the log
    /// does not read the payload to check it, and every later read does.
    pub payload_crc32c: u32,
}

impl Entry {
    /// The longest header.
    pub const HEADER_BYTES_MAX: usize = 256;

    /// What counts against every bound.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.header.len() + self.payload.len()
    }
}

/// Entries that became durable with one write.
#[derive(Debug)]
pub struct DurableGroup<C> {
    /// The positions of the group; the next group starts at its end.
    pub range: Range<Position>,
    /// In order of append, with the context that each was appended with.
    pub entries: Vec<(Location, C)>,
}

/// Hears of durability. Called by the log's writer, one call at a time, in order of position;
/// it must not block.
pub trait Sink<C>: Send + 'static {
    /// The group, and everything before it, survives a crash from now on.
    fn durable(&mut self, group: DurableGroup<C>);

    /// The log has stopped by itself: nothing more becomes durable through it. `unresolved` are
    /// the appended entries whose fate is unknown: they may be found at the next recovery, or
    /// not. Called at most once, and never by a [`close`](Wal::close), which resolves them all.
    fn stopped(&mut self, error: &WalError, unresolved: Vec<C>);
}

/// A recovered entry: durable, complete and checked.
#[derive(Clone, Debug)]
pub struct Recovered {
    /// The header it was appended with.
    pub header: Bytes,
    /// Where its payload can be read.
    pub location: Location,
    /// Where the group begins that it became durable with: what one write or one object holds.
    pub group: Position,
}

/// A log whose content from the trim position on has been found, checked and closed to every other
/// writer, and that can go on from there.
pub trait Recovering<C: Send + 'static>: Send {
    /// The durable entries at or past the trim position, in order. Empty at the second call.
    fn take_entries(&mut self) -> Vec<Recovered>;

    /// The position of the next entry: the end of all that is durable.
    fn end(&self) -> Position;

    /// Goes on behind the last recovered entry. Called within a tokio runtime.
    fn start(self: Box<Self>, sink: Box<dyn Sink<C>>) -> Arc<dyn Wal<C>>;
}

/// Room in the queue for the bytes of one or more appends; given back when they are durable.
#[derive(Debug)]
pub struct AppendPermit(pub(crate) tokio::sync::OwnedSemaphorePermit);

impl AppendPermit {
    /// Takes `bytes` of the room out, for an append of their own; `None` if there are fewer.
    pub fn split(&mut self, bytes: usize) -> Option<AppendPermit> {
        self.0.split(bytes).map(AppendPermit)
    }
}

/// Why a log works no more, or could not be opened.
#[derive(Clone, Debug, thiserror::Error)]
pub enum WalError {
    /// A write or a sync failed. Final: stop the node, and look at the disk.
    #[error("{action} {place}: {reason}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file or object.
        place: String,
        /// What the system said.
        reason: String,
    },
    /// Bytes that were durable are damaged. They are kept as they are.
    #[error(
        "{place} is damaged at byte {at}: {what}; nothing was changed: bring an undamaged copy back, to start without it would lose acknowledged records"
    )]
    Corrupt {
        /// Which file or object.
        place: String,
        /// Where in it.
        at: u64,
        /// What does not hold.
        what: &'static str,
    },
    /// Entries that were durable are not there at all.
    #[error(
        "{place} lacks the positions {} to {}; nothing was changed: bring back what is missing, to start without it would lose acknowledged records",
        missing.start.0, missing.end.0
    )]
    Missing {
        /// Which folder or prefix.
        place: String,
        /// What should be there and is not.
        missing: Range<Position>,
    },
    /// There was a log, and there is none: another disk is mounted, or the folder was moved.
    #[error(
        "{place} holds no log, and one was begun; nothing was changed: bring it back, or correct wal.url or data.dir; to start without it would lose acknowledged records"
    )]
    Gone {
        /// Which folder.
        place: String,
    },
    /// It is somebody else's log. It is kept as it is.
    #[error(
        "{place} belongs to {found}, not to {expected}; nothing was changed: set the folder of the own log, or an empty one"
    )]
    Foreign {
        /// Which file.
        place: String,
        /// Whose it is.
        found: Owner,
        /// Who wanted to use it.
        expected: Owner,
    },
    /// Another process holds the log.
    #[error("{place} is in use by another process; stop it, or use another folder")]
    Locked {
        /// What is locked.
        place: String,
    },
    /// The log's writer, or its sink, panicked: a bug. Stop the node; recovery decides.
    #[error("the log's writer panicked; stop the node, and recover")]
    Panicked,
    /// The store cannot keep two writers apart.
    #[error(
        "the store refuses no second object under one key ({reason}); put the log into a store that does, or on a disk"
    )]
    NotFenced {
        /// What it did.
        reason: String,
    },
    /// A later epoch has sealed the log.
    #[error(
        "the log was sealed: another process has taken over; look for a second one with this node.id"
    )]
    Fenced,
    /// The log was closed in order.
    #[error("the log is closed")]
    Closed,
}

/// Why an entry could not be read back.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ReadError {
    /// It lies below the trim position: look in the objects.
    #[error("position {0:?} is trimmed")]
    Trimmed(Position),
    /// See the error; the entry is never served.
    #[error(transparent)]
    Wal(#[from] WalError),
}

/// A write-ahead log that was recovered and accepts entries.
///
/// 1. Order: entries become durable in the order of the calls to [`append`](Wal::append), and the
///    sink hears of them in that order, each exactly once.
/// 2. Durability: what the sink heard of is returned by every later recovery, unless trimmed.
/// 3. Prefix: a recovery returns a prefix of what was appended from the trim position on,
///    contiguous, at least up to the last entry that the sink heard of.
/// 4. Trim: entries at or past the trim position stay; those below may go at any time.
/// 5. Read-back: a durable, untrimmed entry is read back as appended or not at all.
/// 6. Bound: bytes between `reserve` and `durable` never exceed the configured number, but for a
///    single entry that is larger alone.
/// 7. Fence: after a failed write, a failed sync, a panic or a seal nothing becomes durable any more.
/// 8. No tick: a log without appends does no work.
#[async_trait]
pub trait Wal<C: Send + 'static>: Send + Sync + 'static {
    /// Waits for room for `bytes` of header and payload. An entry larger than the whole room gets
    /// all of it.
    ///
    /// # Errors
    /// When the log has stopped.
    async fn reserve(&self, bytes: usize) -> Result<AppendPermit, WalError>;

    /// Puts one entry behind all others. Returns at once; the sink hears the outcome. After the
    /// log has stopped the context comes back through [`Sink::stopped`] or in the error.
    ///
    /// # Errors
    /// The context, when the log has stopped already.
    fn append(&self, entry: Entry, permit: AppendPermit, context: C) -> Result<(), (WalError, C)>;

    /// Reads a durable entry's payload, and checks it.
    ///
    /// # Errors
    /// When it is trimmed, damaged or out of reach; never other bytes.
    async fn read(&self, location: Location) -> Result<Bytes, ReadError>;

    /// Gives up everything below `position`, which a committed command has made superfluous; it is
    /// at most the durable end. A log that stopped keeps what it has.
    ///
    /// # Errors
    /// When the log has stopped.
    async fn trim(&self, position: Position) -> Result<(), WalError>;

    /// Waits until everything appended so far is durable, then stops the log in order.
    ///
    /// # Errors
    /// When the log had stopped by itself.
    async fn close(&self) -> Result<(), WalError>;

    /// How its PUTs fare, for others who ask the same store; `None` of a log that is in none.
    fn put_times(&self) -> Option<Arc<PutTimes>> {
        None
    }
}
