//! The disk behind all boots: files, names, and what happens to them when the power goes.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use super::dice::Dice;
use super::inode::Inode;
use crate::files::DirEntry;

pub(super) struct Disk {
    pub(super) boot: u64,
    pub(super) stopped: bool,
    /// Counts calls that change something.
    pub(super) changes: u64,
    /// What is to happen at which change.
    pub(super) fault: Option<(u64, Fault)>,
    pub(super) capacity: u64,
    /// The journal of names has failed: nothing can be changed until the next power cut.
    read_only: bool,
    pub(super) locks: BTreeSet<PathBuf>,
    dice: Dice,
    inodes: BTreeMap<u64, Inode>,
    next_inode: u64,
    /// As processes see them.
    dirs: BTreeSet<PathBuf>,
    names: BTreeMap<PathBuf, u64>,
    durable_dirs: BTreeSet<PathBuf>,
    durable_names: BTreeMap<PathBuf, u64>,
    /// In order.
    unsynced_names: Vec<NameChange>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    Stop,
    Error(io::ErrorKind),
}

#[derive(Clone)]
enum NameChange {
    CreateDir { path: PathBuf },
    Create { path: PathBuf, inode: u64 },
    Rename { from: PathBuf, to: PathBuf, inode: u64 },
    Remove { path: PathBuf, inode: u64 },
}

impl NameChange {
    /// The folder whose sync makes it durable.
    fn dir(&self) -> &Path {
        match self {
            Self::CreateDir { path } | Self::Create { path, .. } | Self::Remove { path, .. } => {
                parent(path)
            }
            Self::Rename { to, .. } => parent(to),
        }
    }

    /// In one step, and only as far as the names are still the file's own.
    fn apply(self, dirs: &mut BTreeSet<PathBuf>, names: &mut BTreeMap<PathBuf, u64>) {
        let mut remove = |path: PathBuf, inode| {
            if names.get(&path) == Some(&inode) {
                names.remove(&path);
            }
        };
        match self {
            Self::CreateDir { path } => drop(dirs.insert(path)),
            Self::Create { path, inode } => drop(names.insert(path, inode)),
            Self::Remove { path, inode } => remove(path, inode),
            Self::Rename { from, to, inode } => {
                remove(from, inode);
                names.insert(to, inode);
            }
        }
    }
}

impl Disk {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            boot: 0,
            stopped: false,
            changes: 0,
            fault: None,
            capacity: u64::MAX,
            read_only: false,
            locks: BTreeSet::new(),
            dice: Dice::new(seed),
            inodes: BTreeMap::new(),
            next_inode: 0,
            dirs: BTreeSet::new(),
            names: BTreeMap::new(),
            durable_dirs: BTreeSet::new(),
            durable_names: BTreeMap::new(),
            unsynced_names: Vec::new(),
        }
    }

    pub(super) fn end_boot(&mut self) {
        self.boot += 1;
        self.stopped = false;
        self.fault = None;
        self.locks.clear();
    }

    pub(super) fn lose_power(&mut self) {
        self.end_boot();
        self.read_only = false;
        for change in std::mem::take(&mut self.unsynced_names) {
            if self.dice.percent(50) {
                change.apply(&mut self.durable_dirs, &mut self.durable_names);
            }
        }
        self.lose_what_lies_in_lost_folders();
        self.dirs.clone_from(&self.durable_dirs);
        self.names.clone_from(&self.durable_names);
        let named: BTreeSet<u64> = self.names.values().copied().collect();
        self.inodes.retain(|inode, _| named.contains(inode));
        for inode in self.inodes.values_mut() {
            inode.settle(&mut self.dice);
            inode.forget_cache();
        }
    }

    /// A folder whose name is lost takes with it whatever is in it, however durable that was.
    fn lose_what_lies_in_lost_folders(&mut self) {
        // Parents come before what lies in them.
        for dir in std::mem::take(&mut self.durable_dirs) {
            if is_there(&self.durable_dirs, parent(&dir)) {
                self.durable_dirs.insert(dir);
            }
        }
        let dirs = &self.durable_dirs;
        self.durable_names.retain(|path, _| is_there(dirs, parent(path)));
    }

    /// Counts a change. The fault, if it is due, is for the caller to suffer.
    fn change(&mut self) -> Option<io::Error> {
        self.changes += 1;
        if self.read_only {
            return Some(io::ErrorKind::ReadOnlyFilesystem.into());
        }
        let (at, fault) = self.fault?;
        if at != self.changes {
            return None;
        }
        self.fault = None;
        Some(match fault {
            Fault::Stop => {
                self.stopped = true;
                io::Error::other("everything stops")
            }
            Fault::Error(kind) => io::Error::new(kind, "the disk was told to fail"),
        })
    }

    /// A change that is made in full or, when it fails, not at all; when everything stops, it is made.
    fn change_or_fail(&mut self) -> io::Result<Option<io::Error>> {
        match self.change() {
            Some(error) if !self.stopped => Err(error),
            outcome => Ok(outcome),
        }
    }

    pub(super) fn inode(&mut self, inode: u64) -> &mut Inode {
        self.inodes.get_mut(&inode).expect("open files stay until the boot ends")
    }

    pub(super) fn write(&mut self, inode: u64, offset: u64, bytes: Vec<u8>) -> io::Result<()> {
        let fault = self.change();
        let room = self.room(inode, offset);
        let error = match fault {
            None if bytes.len() as u64 > room => io::ErrorKind::StorageFull.into(),
            None => {
                self.inode(inode).write(offset, bytes);
                return Ok(());
            }
            Some(error) if self.stopped => {
                self.inode(inode).write(offset, bytes);
                return Err(error);
            }
            Some(error) => error,
        };
        let part = self.dice.below(bytes.len() as u64 + 1).min(room);
        let part = usize::try_from(part).expect("a length");
        self.inode(inode).write(offset, bytes[..part].to_vec());
        Err(error)
    }

    /// How many bytes can be written to a file from `offset` on.
    fn room(&self, inode: u64, offset: u64) -> u64 {
        if self.capacity == u64::MAX {
            return u64::MAX;
        }
        let used: u64 = self.names.values().map(|inode| self.inodes[inode].length()).sum();
        (self.inodes[&inode].length() + self.capacity.saturating_sub(used)).saturating_sub(offset)
    }

    pub(super) fn set_len(&mut self, inode: u64, length: u64) -> io::Result<()> {
        let fault = self.change_or_fail()?;
        self.inode(inode).set_len(length);
        fault.map_or(Ok(()), Err)
    }

    pub(super) fn sync_data(&mut self, inode: u64) -> io::Result<()> {
        let fault = self.change();
        let file = self.inodes.get_mut(&inode).expect("open files stay until the boot ends");
        match fault {
            None => file.sync(),
            Some(_) if self.stopped => {}
            // The kernel holds the pages for clean from now on: no later sync writes them.
            Some(_) => file.settle(&mut self.dice),
        }
        fault.map_or(Ok(()), Err)
    }

    pub(super) fn create_dir_all(&mut self, dir: &Path) -> io::Result<()> {
        if self.durable_dirs.contains(dir) {
            return Ok(());
        }
        let fault = self.change_or_fail()?;
        self.dirs.extend(dir.ancestors().map(Path::to_owned));
        self.durable_dirs.extend(dir.ancestors().map(Path::to_owned));
        fault.map_or(Ok(()), Err)
    }

    pub(super) fn create_dir(&mut self, dir: &Path) -> io::Result<()> {
        self.check_dir(parent(dir))?;
        if self.dirs.contains(dir) {
            return Ok(());
        }
        let fault = self.change_or_fail()?;
        self.change_name(NameChange::CreateDir { path: dir.to_owned() });
        fault.map_or(Ok(()), Err)
    }

    pub(super) fn list(&self, dir: &Path) -> io::Result<Vec<DirEntry>> {
        self.check_dir(dir)?;
        let name = |path: &Path| -> String {
            path.file_name().expect("not the root").to_string_lossy().into_owned()
        };
        let files =
            self.names.iter().filter(|(path, _)| parent(path) == dir).map(|(path, inode)| {
                DirEntry { name: name(path), is_dir: false, length: self.inodes[inode].length() }
            });
        let dirs = self.dirs.iter().filter(|path| path.file_name().is_some());
        let dirs = dirs.filter(|path| parent(path) == dir).map(|path| DirEntry {
            name: name(path),
            is_dir: true,
            length: 0,
        });
        let mut entries: Vec<DirEntry> = files.chain(dirs).collect();
        entries.sort_unstable();
        Ok(entries)
    }

    pub(super) fn find(&self, path: &Path) -> io::Result<u64> {
        self.names.get(path).copied().ok_or_else(|| not_found(path))
    }

    pub(super) fn create(&mut self, path: &Path) -> io::Result<u64> {
        self.check_dir(parent(path))?;
        if self.names.contains_key(path) {
            let what = format!("{} exists", path.display());
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, what));
        }
        let fault = self.change_or_fail()?;
        let inode = self.next_inode;
        self.next_inode += 1;
        self.inodes.insert(inode, Inode::default());
        self.change_name(NameChange::Create { path: path.to_owned(), inode });
        fault.map_or(Ok(inode), Err)
    }

    pub(super) fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.check_dir(parent(to))?;
        let inode = self.find(from)?;
        let fault = self.change_or_fail()?;
        self.change_name(NameChange::Rename { from: from.to_owned(), to: to.to_owned(), inode });
        fault.map_or(Ok(()), Err)
    }

    pub(super) fn remove(&mut self, path: &Path) -> io::Result<()> {
        let inode = self.find(path)?;
        let fault = self.change_or_fail()?;
        self.change_name(NameChange::Remove { path: path.to_owned(), inode });
        fault.map_or(Ok(()), Err)
    }

    fn change_name(&mut self, change: NameChange) {
        change.clone().apply(&mut self.dirs, &mut self.names);
        self.unsynced_names.push(change);
    }

    pub(super) fn sync_dir(&mut self, dir: &Path) -> io::Result<()> {
        self.check_dir(dir)?;
        let fault = self.change();
        if self.stopped {
            return fault.map_or(Ok(()), Err);
        }
        for change in std::mem::take(&mut self.unsynced_names) {
            if change.dir() != dir {
                self.unsynced_names.push(change);
            } else if fault.is_none() || self.dice.percent(50) {
                change.apply(&mut self.durable_dirs, &mut self.durable_names);
            }
        }
        self.read_only |= fault.is_some();
        fault.map_or(Ok(()), Err)
    }

    fn check_dir(&self, dir: &Path) -> io::Result<()> {
        if is_there(&self.dirs, dir) { Ok(()) } else { Err(not_found(dir)) }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &PathBuf> {
        self.names.keys()
    }

    pub(super) fn content(&self, path: &Path) -> Option<Vec<u8>> {
        let inode = self.names.get(path)?;
        Some(self.inodes[inode].content().to_vec())
    }

    pub(super) fn flip(&mut self, path: &Path, at: usize, mask: u8) {
        let inode = self.find(path).expect("the file is there");
        self.inode(inode).flip(at, mask);
    }
}

/// Of a folder; the one that has no name always is.
fn is_there(dirs: &BTreeSet<PathBuf>, dir: &Path) -> bool {
    dir.as_os_str().is_empty() || dirs.contains(dir)
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

fn not_found(path: &Path) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("{} is not there", path.display()))
}
