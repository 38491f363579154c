//! The file seam: every byte that a node keeps on its own disk passes through here, so that a
//! test can cut the power at any point and lose exactly what no completed sync covered.
//!
//! The calls are blocking and speak of durability as POSIX does: file contents are safe after
//! [`File::sync_data`], names (creation, renaming, removal) after [`Files::sync_dir`] of their
//! folder. Nothing else is promised, in particular no order among unsynced writes.

use std::io::{self, IoSlice};
use std::path::Path;
use std::sync::Arc;

mod os;
#[cfg(any(test, feature = "simulation"))]
mod planted;
#[cfg(any(test, feature = "simulation"))]
mod power_cut;

pub use os::OsFiles;
#[cfg(any(test, feature = "simulation"))]
pub use planted::{PlantedBug, PlantedFiles};
#[cfg(any(test, feature = "simulation"))]
pub use power_cut::{Dice, PowerCutFiles};

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenMode {
    /// An existing file, to read.
    Read,
    /// An existing file, to read and write.
    ReadWrite,
    /// A file that must not exist yet, to read and write.
    CreateNew,
}

/// One name in a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DirEntry {
    /// The last component of the path.
    pub name: String,
    /// True of a folder.
    pub is_dir: bool,
    /// The length in bytes; 0 for a folder.
    pub length: u64,
}

/// Whether blocking calls may be made where one stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocking {
    /// They wait for a disk: take a thread of their own, or tokio's blocking pool.
    Thread,
    /// They only touch memory: call them in place. A simulation stays on one thread this way.
    Inline,
}

/// A file system, or a simulation of one.
pub trait Files: Send + Sync + 'static {
    /// Makes a folder and its missing parents, durably.
    ///
    /// # Errors
    /// Whatever the operating system reports.
    fn create_dir_all(&self, dir: &Path) -> io::Result<()>;

    /// Makes one folder, if it is not there yet, in one that is. Its name is a name as others are.
    ///
    /// # Errors
    /// Whatever the operating system reports.
    fn create_dir(&self, dir: &Path) -> io::Result<()>;

    /// The names in a folder, sorted. A folder that does not exist is `NotFound`.
    ///
    /// # Errors
    /// Whatever the operating system reports.
    fn list(&self, dir: &Path) -> io::Result<Vec<DirEntry>>;

    /// Opens a file.
    ///
    /// # Errors
    /// `NotFound` or `AlreadyExists` as the mode asks; else what the operating system reports.
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>>;

    /// Renames within one file system, replacing `to` in one step.
    ///
    /// # Errors
    /// Whatever the operating system reports.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Renames only if `to` does not exist, in one step.
    ///
    /// # Errors
    /// `AlreadyExists` if it does; else what the operating system reports.
    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file's name.
    ///
    /// # Errors
    /// Whatever the operating system reports.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes the names in a folder durable as they are.
    ///
    /// # Errors
    /// Final: what was not synced may be lost, and a second attempt proves nothing.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;

    /// Takes an exclusive advisory lock on a file, which is created if missing. The lock ends
    /// with the guard, and with the process however that ends.
    ///
    /// # Errors
    /// `WouldBlock` when another holds it; else what the operating system reports.
    fn lock(&self, path: &Path) -> io::Result<Box<dyn LockGuard>>;

    /// Where the calls of this file system may be made.
    fn blocking(&self) -> Blocking;
}

/// Keeps a lock until it is dropped.
pub trait LockGuard: Send + Sync {}

/// An open file.
pub trait File: Send + Sync {
    /// Reads exactly `buffer.len()` bytes from `offset`.
    ///
    /// # Errors
    /// `UnexpectedEof` past the end; else what the operating system reports.
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;

    /// Writes all slices, one behind the other, from `offset`. After an error, or a crash before
    /// a sync, any part of them may have been written.
    ///
    /// # Errors
    /// Whatever the operating system reports.
    fn write_all_at(&self, slices: &[IoSlice<'_>], offset: u64) -> io::Result<()>;

    /// Makes the contents, and the length, durable (`fdatasync`).
    ///
    /// # Errors
    /// Final: the kernel may have dropped the bytes, and a second attempt would lie.
    fn sync_data(&self) -> io::Result<()>;

    /// Cuts or extends (with zeros) to `length` bytes.
    ///
    /// # Errors
    /// Whatever the operating system reports.
    fn set_len(&self, length: u64) -> io::Result<()>;

    /// The length in bytes.
    ///
    /// # Errors
    /// Whatever the operating system reports.
    fn length(&self) -> io::Result<u64>;
}
