//! Bugs to plant under a log or a store: a power-cut test that does not find them is worth
//! nothing.

use std::io::{self, IoSlice};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Blocking, DirEntry, File, Files, LockGuard, OpenMode};

/// What is wrong with a [`PlantedFiles`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlantedBug {
    /// As if whoever writes forgot to sync.
    NoSyncData,
    /// As if whoever writes went on before the sync, and synced afterwards: each sync is made
    /// just before the next write to its file.
    LateSyncData,
    /// As if whoever creates, renames and removes forgot to sync the folder.
    NoSyncDir,
}

/// A file system with a bug of its user's in it.
pub struct PlantedFiles {
    files: Arc<dyn Files>,
    bug: PlantedBug,
    /// Elsewhere it is a sound one; every path starts with the empty one.
    folder: PathBuf,
}

impl PlantedFiles {
    /// Puts the bug between `files` and whoever uses them.
    #[must_use]
    pub fn new(files: Arc<dyn Files>, bug: PlantedBug) -> Self {
        Self::within(files, bug, "")
    }

    /// Puts the bug between `files` and whoever uses this folder and what is below it.
    #[must_use]
    pub fn within(files: Arc<dyn Files>, bug: PlantedBug, folder: impl Into<PathBuf>) -> Self {
        Self { files, bug, folder: folder.into() }
    }
}

impl Files for PlantedFiles {
    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        self.files.create_dir_all(dir)
    }

    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        self.files.create_dir(dir)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<DirEntry>> {
        self.files.list(dir)
    }

    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>> {
        let file = self.files.open(path, mode)?;
        if !path.starts_with(&self.folder) {
            return Ok(file);
        }
        Ok(Arc::new(PlantedFile { file, bug: self.bug, sync_is_due: AtomicBool::new(false) }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.files.rename(from, to)
    }

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.files.rename_new(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.files.remove(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        match self.bug {
            PlantedBug::NoSyncDir if dir.starts_with(&self.folder) => Ok(()),
            _ => self.files.sync_dir(dir),
        }
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn LockGuard>> {
        self.files.lock(path)
    }

    fn blocking(&self) -> Blocking {
        self.files.blocking()
    }
}

struct PlantedFile {
    file: Arc<dyn File>,
    bug: PlantedBug,
    sync_is_due: AtomicBool,
}

impl File for PlantedFile {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.file.read_exact_at(buffer, offset)
    }

    fn write_all_at(&self, slices: &[IoSlice<'_>], offset: u64) -> io::Result<()> {
        if self.sync_is_due.swap(false, Ordering::Relaxed) {
            self.file.sync_data()?;
        }
        self.file.write_all_at(slices, offset)
    }

    fn sync_data(&self) -> io::Result<()> {
        match self.bug {
            PlantedBug::NoSyncData => Ok(()),
            PlantedBug::LateSyncData => {
                self.sync_is_due.store(true, Ordering::Relaxed);
                Ok(())
            }
            PlantedBug::NoSyncDir => self.file.sync_data(),
        }
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.file.set_len(length)
    }

    fn length(&self) -> io::Result<u64> {
        self.file.length()
    }
}
