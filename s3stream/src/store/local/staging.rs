//! Where the files of a local store are written before they get their names.
//!
//! ```text
//!   .staging/0.lock   held by the process that stages in .staging/0
//!   .staging/0/17     a file being written
//! ```

use std::io::{self, ErrorKind, IoSlice};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use penstock_wal::files::{Files, LockGuard, OpenMode};

/// The folder's name; no key begins with it.
pub(super) const STAGING: &str = ".staging";

/// More processes than this do not share a folder.
const SLOTS: u32 = 1_024;

/// A folder for files that nobody else writes.
pub(super) struct Staging {
    files: Arc<dyn Files>,
    folder: PathBuf,
    next: AtomicU64,
    _lock: Box<dyn LockGuard>,
}

impl Staging {
    /// Takes the first folder that no process holds, and empties it: what lies in it was left by
    /// puts that a crash cut short.
    pub(super) fn claim(files: Arc<dyn Files>, root: &Path) -> io::Result<Self> {
        let staging = root.join(STAGING);
        files.create_dir_all(&staging)?;
        for slot in 0..SLOTS {
            let lock = match files.lock(&staging.join(format!("{slot}.lock"))) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                lock => lock?,
            };
            let folder = staging.join(slot.to_string());
            files.create_dir_all(&folder)?;
            for left in files.list(&folder)? {
                files.remove(&folder.join(left.name))?;
            }
            return Ok(Self { files, folder, next: AtomicU64::new(0), _lock: lock });
        }
        let what = format!("{} processes have {} open", SLOTS, root.display());
        Err(io::Error::new(ErrorKind::ResourceBusy, what))
    }

    /// Writes a file and syncs its contents. It has no name to keep yet.
    pub(super) fn write(&self, payload: &[Bytes]) -> io::Result<PathBuf> {
        let path = self.folder.join(self.next.fetch_add(1, Ordering::Relaxed).to_string());
        let written = self.files.open(&path, OpenMode::CreateNew).and_then(|file| {
            let slices: Vec<IoSlice<'_>> =
                payload.iter().map(|piece| IoSlice::new(piece)).collect();
            file.write_all_at(&slices, 0)?;
            file.sync_data()
        });
        match written {
            Ok(()) => Ok(path),
            Err(error) => {
                // Swept at the next start if this fails. A second try writes another file, so
                // that nothing relies on what a failed sync has left.
                let _ = self.files.remove(&path);
                Err(error)
            }
        }
    }
}
