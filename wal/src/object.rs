//! The object backend: numbered objects in a store, so that a node's own disk holds nothing.
//!
//! ```text
//!   {root}/log                      whose log this is: it was begun
//!   {root}/{epoch}/claim            the one process that has this epoch
//!   {root}/{epoch}/{sequence}       data, data, data, … seal      an epoch that has ended
//!   {root}/{epoch}/{sequence}                           data, …   the next one, from there on
//! ```
//!
//! - **A key is only ever created.** The store refuses a second object under it, and that is the
//!   fence: whoever takes over puts a seal at the first free sequence, and whatever the former
//!   writer still sends, there or behind it, is never acknowledged. No lease, no clock.
//! - **Several objects are on their way at once**; what is durable moves over the gapless front.
//! - **A request is sent until its fate is known.** A key that is taken tells by what: the own
//!   bytes are success, a seal is the end.
//! - **A writer's epochs are one log**: its positions go on, and what an earlier epoch holds is
//!   read and trimmed like its own.
//!
//! [`mod@format`] is an object's bytes, [`pace`] says when the next one goes out, [`window`] how many
//! bytes at once, [`put`] how one is sent, [`seal`] how an epoch ends, [`recover`] what is found in it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use object_store::ObjectStore;
use object_store::path::Path;

use crate::retry::Backoff;
use crate::settings::WalSettings;
use crate::{Owner, Position, Recovered, Recovering, Sink, Wal, WalError};

mod bucket;
mod format;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod inspect;
mod latency;
mod log;
mod pace;
mod put;
mod recover;
mod seal;
mod sequence;
mod trimmer;
mod window;
mod writer;

#[cfg(test)]
mod fencing;
#[cfg(test)]
mod scripted;
#[cfg(test)]
mod tests;

use bucket::Bucket;
pub use inspect::{ObjectContent, ObjectReport};
use sequence::{Sequence, epoch_prefix};

/// Below the root: the log was begun, and whose it is.
const BEGUN: &str = "log";

/// Below an epoch's folder: the one process that has it.
const CLAIM: &str = "claim";

/// Settings of the object backend.
#[derive(Clone, Debug)]
pub struct ObjectWalSettings {
    /// What all backends share.
    pub wal: WalSettings,
    /// Objects a second, while there is less than a full one to send each time; 0 for no limit.
    pub puts_per_second_max: u32,
    /// Entries of so many bytes are an object of their own, whatever the budget says.
    pub object_bytes_max: usize,
    /// Objects on their way at once; their bytes follow what the store takes quickly.
    pub puts_in_flight_max: usize,
    /// Between attempts. How long one may take is the store's to say, which knows the line.
    pub backoff: Backoff,
}

impl Default for ObjectWalSettings {
    fn default() -> Self {
        Self {
            wal: WalSettings::default(),
            puts_per_second_max: 20,
            object_bytes_max: 16 << 20,
            puts_in_flight_max: 4,
            // A store that comes back is used within a second.
            backoff: Backoff { first: Duration::from_millis(50), cap: Duration::from_secs(1) },
        }
    }
}

impl ObjectWalSettings {
    /// The time between two objects, while there is less than a full one to send each time.
    fn interval(&self) -> Duration {
        Duration::from_secs(1).checked_div(self.puts_per_second_max).unwrap_or_default()
    }
}

/// One epoch's part of a log. It ends where the next one begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogPart {
    /// The epoch, which one process ever had.
    pub epoch: u64,
    /// Where its first object lies, or would.
    pub begins: Position,
}

/// The epoch whose part of the log holds an object.
fn epoch_of(parts: &[LogPart], sequence: Sequence) -> u64 {
    let begun = parts.partition_point(|part| part.begins <= sequence.begins());
    parts[begun.checked_sub(1).expect("nothing lies before the first part")].epoch
}

/// The log of one writer in a store.
#[derive(Clone)]
pub struct ObjectWal {
    bucket: Arc<Bucket>,
}

impl ObjectWal {
    /// Names the log below `root`. Asks the store nothing yet.
    #[must_use]
    pub fn new(
        store: Arc<dyn ObjectStore>,
        root: Path,
        owner: Owner,
        settings: ObjectWalSettings,
    ) -> Self {
        Self { bucket: Arc::new(Bucket { store, root, owner, settings }) }
    }

    /// Proves that the store refuses to create a key twice, which is all that keeps two writers
    /// apart. `name` is one that nobody else draws. Leaves nothing behind but, after a crash, one
    /// small object under it.
    ///
    /// # Errors
    /// [`WalError::NotFenced`] where it does not, or cannot.
    pub async fn prove_fence(&self, name: &str) -> Result<(), WalError> {
        self.bucket.prove_fence(name).await
    }

    /// Whether this log was ever begun. One that was, and is not there, is another store's, or lost.
    ///
    /// # Errors
    /// [`WalError::Foreign`] where somebody else's log was begun.
    pub async fn is_begun(&self) -> Result<bool, WalError> {
        let Some(found) = self.bucket.content(&self.begun()).await? else { return Ok(false) };
        if found[..] == self.bucket.owner.0 { Ok(true) } else { Err(self.others(&found)) }
    }

    /// Begins the log, if it was not: from now on it is missed where it is not.
    ///
    /// # Errors
    /// [`WalError::Foreign`] where somebody else's log was begun.
    pub async fn begin(&self) -> Result<(), WalError> {
        match self.bucket.settle(&self.begun(), &self.bucket.owner.0).await? {
            true => Ok(()),
            false => Err(self.others(b"")),
        }
    }

    /// Whether anything was ever written to it.
    ///
    /// # Errors
    /// When the store refuses to list it.
    pub async fn is_written(&self) -> Result<bool, WalError> {
        Ok(!self.bucket.list(&self.bucket.root).await?.is_empty())
    }

    /// Makes an epoch that of one process, which draws `incarnation`, for good: before it seals
    /// anything, and before it writes.
    ///
    /// # Errors
    /// [`WalError::Fenced`] when another process has it: two sets of metadata granted it.
    pub async fn claim(&self, epoch: u64, incarnation: [u8; 16]) -> Result<(), WalError> {
        let key = epoch_prefix(&self.bucket.root, epoch).join(CLAIM);
        match self.bucket.settle(&key, &incarnation).await? {
            true => Ok(()),
            false => Err(WalError::Fenced),
        }
    }

    fn begun(&self) -> Path {
        self.bucket.root.clone().join(BEGUN)
    }

    fn others(&self, found: &[u8]) -> WalError {
        let mut owner = Owner([0; Owner::BYTES]);
        let known = found.len().min(Owner::BYTES);
        owner.0[..known].copy_from_slice(&found[..known]);
        WalError::Foreign {
            place: self.bucket.root.to_string(),
            found: owner,
            expected: self.bucket.owner,
        }
    }

    /// Ends a part for good, and answers where its content ends: the next part may begin there. Its
    /// writer must be known to be replaced, and `trim` no older than that. Idempotent, and safe side
    /// by side; goes on while the store fails.
    ///
    /// # Errors
    /// [`WalError::Missing`] when objects are gone that were durable, [`WalError::Foreign`] and
    /// [`WalError::Corrupt`] for what is no object of this log; then nothing is changed.
    pub async fn seal(&self, part: LogPart, trim: Position) -> Result<Position, WalError> {
        seal::seal(&self.bucket, part, trim).await
    }

    /// Finds what sealed parts, oldest first, hold from `trim` on; the last one ends at `end`. Reads no
    /// payload. The recovered log goes on as `epoch`. Goes on while the store fails.
    ///
    /// # Errors
    /// [`WalError::Missing`] when it does not hold everything from the trim position on,
    /// [`WalError::Foreign`] and [`WalError::Corrupt`] for what is no object of this log.
    pub async fn recover(
        &self,
        parts: &[LogPart],
        end: Position,
        trim: Position,
        epoch: u64,
    ) -> Result<ObjectRecovery, WalError> {
        recover::recover(&self.bucket, parts, end, trim, epoch).await
    }
}

impl fmt::Debug for ObjectWal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectWal").field("root", &self.bucket.root).finish_non_exhaustive()
    }
}

/// An object log that was recovered.
pub struct ObjectRecovery {
    entries: Vec<Recovered>,
    bucket: Arc<Bucket>,
    /// Oldest first; the last one is still to be written.
    parts: Vec<LogPart>,
    /// Where the entries begin.
    begins: Position,
    /// Objects that a trim has made superfluous and that are there all the same.
    leftovers: Vec<Path>,
}

impl<C: Send + 'static> Recovering<C> for ObjectRecovery {
    fn take_entries(&mut self) -> Vec<Recovered> {
        std::mem::take(&mut self.entries)
    }

    fn end(&self) -> Position {
        self.parts.last().expect("the part to be written").begins
    }

    fn start(self: Box<Self>, sink: Box<dyn Sink<C>>) -> Arc<dyn Wal<C>> {
        log::ObjectLog::start(*self, sink)
    }
}
