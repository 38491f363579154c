//! A file system in memory, from a seed, whose power can be cut: whatever no completed sync
//! covered is then kept, lost or torn, each piece by itself. The same seed and the same calls give
//! the same disk.
//!
//! ```text
//!   boot 0: PowerCutFiles ──► Disk ──► crash(): unsynced bytes and names roll the dice
//!   boot 1: PowerCutFiles ──► Disk                handles of boot 0 fail from now on
//! ```
//!
//! It is harsher than any real file system: a name may be lost though the file was synced, a later
//! write may reach the disk without an earlier one, and a write may reach it in part.

use std::io::{self, IoSlice};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use super::{Blocking, DirEntry, File, Files, LockGuard, OpenMode};

mod dice;
mod disk;
mod inode;

pub use dice::Dice;
use disk::{Disk, Fault};

/// The disk as the processes of one boot see it. Clones see the same boot.
#[derive(Clone)]
pub struct PowerCutFiles {
    disk: Arc<Mutex<Disk>>,
    boot: u64,
}

impl PowerCutFiles {
    /// An empty disk.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { disk: Arc::new(Mutex::new(Disk::new(seed))), boot: 0 }
    }

    /// Cuts the power, and returns the next boot. Every handle of this one fails from now on.
    #[must_use]
    pub fn crash(&self) -> Self {
        let mut disk = self.disk();
        disk.lose_power();
        Self { disk: Arc::clone(&self.disk), boot: disk.boot }
    }

    /// Kills the processes but not the machine: what they wrote stays, synced or not. Handles and
    /// locks end.
    #[must_use]
    pub fn kill(&self) -> Self {
        let mut disk = self.disk();
        disk.end_boot();
        Self { disk: Arc::clone(&self.disk), boot: disk.boot }
    }

    /// Everything stops in the k-th change from now: 1 is the next one. The change has happened as
    /// far as the machine knows, but whoever made it never hears of that, and every call fails
    /// until [`crash`](Self::crash) or [`kill`](Self::kill) says what it was that stopped it.
    pub fn stop_at(&self, change: u64) {
        let mut disk = self.disk();
        disk.fault = Some((disk.changes + change, Fault::Stop));
    }

    /// The k-th change from now fails. A write may have happened in part; what a failed sync
    /// should have covered may be lost, though it can be read until the power is cut. After a
    /// failed sync of a folder nothing can be changed until then, as where a journal has failed.
    pub fn fail_at(&self, change: u64, kind: io::ErrorKind) {
        let mut disk = self.disk();
        disk.fault = Some((disk.changes + change, Fault::Error(kind)));
    }

    /// True once everything has stopped, for this boot.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        let disk = self.disk();
        disk.stopped || disk.boot != self.boot
    }

    /// Files may hold so many bytes in all from now on; then writes fail with `StorageFull`.
    pub fn set_capacity(&self, bytes: u64) {
        self.disk().capacity = bytes;
    }

    /// Counts writes, syncs and changes of names and lengths, since the disk was new.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.disk().changes
    }

    /// All files, in order.
    #[must_use]
    pub fn paths(&self) -> Vec<PathBuf> {
        self.disk().names().cloned().collect()
    }

    /// What a file holds.
    #[must_use]
    pub fn content(&self, path: &Path) -> Option<Vec<u8>> {
        self.disk().content(path)
    }

    /// Changes one byte, as a failing disk would: no error, no trace.
    pub fn flip(&self, path: &Path, at: usize, mask: u8) {
        self.disk().flip(path, at, mask);
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().expect("nothing panics while it holds the disk")
    }

    /// The disk, if it still runs for this boot.
    fn running(&self) -> io::Result<MutexGuard<'_, Disk>> {
        let disk = self.disk();
        if disk.stopped || disk.boot != self.boot {
            return Err(io::Error::other("everything has stopped"));
        }
        Ok(disk)
    }
}

impl Files for PowerCutFiles {
    /// Durable at once, as the contract says, and counted as one change.
    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        self.running()?.create_dir_all(dir)
    }

    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        self.running()?.create_dir(dir)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<DirEntry>> {
        self.running()?.list(dir)
    }

    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>> {
        let mut disk = self.running()?;
        let inode = match mode {
            OpenMode::Read | OpenMode::ReadWrite => disk.find(path)?,
            OpenMode::CreateNew => disk.create(path)?,
        };
        let writable = mode != OpenMode::Read;
        Ok(Arc::new(PowerCutFile { files: self.clone(), inode, writable }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.running()?.rename(from, to)
    }

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut disk = self.running()?;
        if disk.find(to).is_ok() {
            let what = format!("{} exists", to.display());
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, what));
        }
        disk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.running()?.remove(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.running()?.sync_dir(dir)
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn LockGuard>> {
        if !self.running()?.locks.insert(path.to_owned()) {
            let what = format!("{} is locked", path.display());
            return Err(io::Error::new(io::ErrorKind::WouldBlock, what));
        }
        Ok(Box::new(PowerCutLock { files: self.clone(), path: path.to_owned() }))
    }

    fn blocking(&self) -> Blocking {
        Blocking::Inline
    }
}

struct PowerCutLock {
    files: PowerCutFiles,
    path: PathBuf,
}

impl LockGuard for PowerCutLock {}

impl Drop for PowerCutLock {
    fn drop(&mut self) {
        // The locks of a boot end with it.
        if let Ok(mut disk) = self.files.running() {
            disk.locks.remove(&self.path);
        }
    }
}

struct PowerCutFile {
    files: PowerCutFiles,
    inode: u64,
    writable: bool,
}

impl PowerCutFile {
    fn check_writable(&self) -> io::Result<()> {
        if self.writable {
            return Ok(());
        }
        Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file was opened to read"))
    }
}

impl File for PowerCutFile {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.files.running()?.inode(self.inode).read(buffer, offset)
    }

    fn write_all_at(&self, slices: &[IoSlice<'_>], offset: u64) -> io::Result<()> {
        self.check_writable()?;
        let mut bytes = Vec::new();
        slices.iter().for_each(|slice| bytes.extend_from_slice(slice));
        self.files.running()?.write(self.inode, offset, bytes)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.files.running()?.sync_data(self.inode)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.check_writable()?;
        self.files.running()?.set_len(self.inode, length)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.files.running()?.inode(self.inode).length())
    }
}

#[cfg(test)]
mod tests;
