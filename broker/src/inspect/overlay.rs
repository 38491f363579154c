//! A file system that is never written: what is changed through it stays in memory.
//!
//! The readers that serve also mend: they cut torn tails, sync, elect themselves. Over this they
//! may do all that, and an inspection is still read-only.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, IoSlice};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use penstock_wal::files::{Blocking, DirEntry, File, Files, LockGuard, OpenMode};

/// Changes are kept in pieces of this size.
const PAGE_BYTES: usize = 4096;

/// See the module.
pub(super) struct Overlay {
    under: Arc<dyn Files>,
    /// Guards the names; a file that was opened stays what it is.
    names: Mutex<Names>,
}

#[derive(Default)]
struct Names {
    /// Files that were opened or made, and `None` for those that were removed.
    files: BTreeMap<PathBuf, Option<Arc<OverlayFile>>>,
    dirs: BTreeSet<PathBuf>,
}

impl Overlay {
    pub(super) fn new(under: Arc<dyn Files>) -> Self {
        Self { under, names: Mutex::default() }
    }

    fn names(&self) -> MutexGuard<'_, Names> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file of a name, as changed as it is.
    fn find(&self, names: &mut Names, path: &Path) -> io::Result<Arc<OverlayFile>> {
        match names.files.get(path) {
            Some(Some(file)) => Ok(Arc::clone(file)),
            Some(None) => Err(io::ErrorKind::NotFound.into()),
            None => {
                let base = self.under.open(path, OpenMode::Read)?;
                let length = base.length()?;
                let file = OverlayFile::new(Some(base), length);
                names.files.insert(path.to_owned(), Some(Arc::clone(&file)));
                Ok(file)
            }
        }
    }
}

impl Files for Overlay {
    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        self.names().dirs.insert(dir.to_owned());
        Ok(())
    }

    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        self.create_dir_all(dir)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<DirEntry>> {
        let names = self.names();
        let mut entries = match self.under.list(dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && names.dirs.contains(dir) => {
                Vec::new()
            }
            listed => listed?,
        };
        for (path, file) in names.files.iter().filter(|(path, _)| path.parent() == Some(dir)) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            entries.retain(|entry| entry.name != name);
            if let Some(file) = file {
                entries.push(DirEntry { name, is_dir: false, length: file.content().length });
            }
        }
        entries.sort();
        Ok(entries)
    }

    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>> {
        let mut names = self.names();
        let found = self.find(&mut names, path);
        match (mode, found) {
            (OpenMode::CreateNew, Ok(_)) => Err(io::ErrorKind::AlreadyExists.into()),
            (OpenMode::CreateNew, Err(error)) if error.kind() == io::ErrorKind::NotFound => {
                let file = OverlayFile::new(None, 0);
                names.files.insert(path.to_owned(), Some(Arc::clone(&file)));
                Ok(file)
            }
            (_, found) => Ok(found?),
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut names = self.names();
        let file = self.find(&mut names, from)?;
        names.files.insert(from.to_owned(), None);
        names.files.insert(to.to_owned(), Some(file));
        Ok(())
    }

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        match self.find(&mut self.names(), to) {
            Ok(_) => return Err(io::ErrorKind::AlreadyExists.into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        self.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut names = self.names();
        self.find(&mut names, path)?;
        names.files.insert(path.to_owned(), None);
        Ok(())
    }

    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    /// Locks nothing: a running node may go on, and what it writes meanwhile may be seen or not.
    fn lock(&self, _: &Path) -> io::Result<Box<dyn LockGuard>> {
        Ok(Box::new(NoLock))
    }

    fn blocking(&self) -> Blocking {
        self.under.blocking()
    }
}

struct NoLock;

impl LockGuard for NoLock {}

/// A file whose changed pages are in memory.
struct OverlayFile {
    base: Option<Arc<dyn File>>,
    content: Mutex<Content>,
}

struct Content {
    length: u64,
    /// How much of the base is still to be seen.
    base_length: u64,
    pages: BTreeMap<u64, Box<[u8; PAGE_BYTES]>>,
}

impl OverlayFile {
    fn new(base: Option<Arc<dyn File>>, length: u64) -> Arc<Self> {
        let content = Content { length, base_length: length, pages: BTreeMap::new() };
        Arc::new(Self { base, content: Mutex::new(content) })
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fills `buffer` from the base, zeros behind its end.
    fn read_base(&self, content: &Content, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let held = usize::try_from(content.base_length.saturating_sub(offset));
        let held = held.unwrap_or(usize::MAX).min(buffer.len());
        let (from_base, beyond) = buffer.split_at_mut(held);
        beyond.fill(0);
        match &self.base {
            Some(base) if held > 0 => base.read_exact_at(from_base, offset),
            _ => Ok(()),
        }
    }

    fn write(&self, content: &mut Content, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
        while !bytes.is_empty() {
            let page = offset / PAGE_BYTES as u64;
            let within = usize::try_from(offset % PAGE_BYTES as u64).expect("within a page");
            let (now, later) = bytes.split_at(bytes.len().min(PAGE_BYTES - within));
            if !content.pages.contains_key(&page) {
                let mut whole = Box::new([0; PAGE_BYTES]);
                self.read_base(content, whole.as_mut_slice(), page * PAGE_BYTES as u64)?;
                content.pages.insert(page, whole);
            }
            let whole = content.pages.get_mut(&page).expect("just made");
            whole[within..within + now.len()].copy_from_slice(now);
            offset += now.len() as u64;
            bytes = later;
        }
        content.length = content.length.max(offset);
        Ok(())
    }
}

impl File for OverlayFile {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let content = self.content();
        let end = offset + buffer.len() as u64;
        if end > content.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.read_base(&content, buffer, offset)?;
        let page_bytes = PAGE_BYTES as u64;
        for (page, bytes) in content.pages.range(offset / page_bytes..=end / page_bytes) {
            let (first, last) = (page * page_bytes, (page + 1) * page_bytes);
            let (from, to) = (first.max(offset), last.min(end));
            if from < to {
                let index = |at: u64, start: u64| usize::try_from(at - start).expect("in memory");
                buffer[index(from, offset)..index(to, offset)]
                    .copy_from_slice(&bytes[index(from, first)..index(to, first)]);
            }
        }
        Ok(())
    }

    fn write_all_at(&self, slices: &[IoSlice<'_>], offset: u64) -> io::Result<()> {
        let mut content = self.content();
        let mut at = offset;
        for slice in slices {
            self.write(&mut content, slice, at)?;
            at += slice.len() as u64;
        }
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let mut content = self.content();
        if length < content.length {
            content.base_length = content.base_length.min(length);
            let kept = length.div_ceil(PAGE_BYTES as u64);
            content.pages.split_off(&kept);
            let within = usize::try_from(length % PAGE_BYTES as u64).expect("within a page");
            if within > 0
                && let Some(page) = content.pages.get_mut(&(kept - 1))
            {
                page[within..].fill(0);
            }
        }
        content.length = length;
        Ok(())
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.content().length)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use penstock_wal::files::OsFiles;
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Change {
        Write(u64, Vec<u8>),
        Cut(u64),
    }

    fn change() -> impl Strategy<Value = Change> {
        let bytes = prop::collection::vec(any::<u8>(), 1..6000);
        prop_oneof![
            (0_u64..20_000, bytes).prop_map(|(at, bytes)| Change::Write(at, bytes)),
            (0_u64..30_000).prop_map(Change::Cut),
        ]
    }

    proptest! {
        #[test]
        fn reads_what_was_written_over_what_is_there(
            base in prop::collection::vec(any::<u8>(), 0..15_000),
            changes in prop::collection::vec(change(), 0..8),
        ) {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("file");
            fs::write(&path, &base).unwrap();
            let overlay = Overlay::new(Arc::new(OsFiles));
            let file = overlay.open(&path, OpenMode::ReadWrite).unwrap();
            let mut model = base.clone();
            for change in changes {
                match change {
                    Change::Write(at, bytes) => {
                        file.write_all_at(&[IoSlice::new(&bytes)], at).unwrap();
                        let at = usize::try_from(at).unwrap();
                        model.resize(model.len().max(at + bytes.len()), 0);
                        model[at..at + bytes.len()].copy_from_slice(&bytes);
                    }
                    Change::Cut(length) => {
                        file.set_len(length).unwrap();
                        model.resize(usize::try_from(length).unwrap(), 0);
                    }
                }
            }
            let again = overlay.open(&path, OpenMode::Read).unwrap();
            prop_assert_eq!(again.length().unwrap(), model.len() as u64);
            let mut read = vec![0; model.len()];
            again.read_exact_at(&mut read, 0).unwrap();
            prop_assert_eq!(read, model);
            prop_assert_eq!(fs::read(&path).unwrap(), base);
        }
    }

    #[test]
    fn names_change_in_memory_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        fs::write(path("a"), b"a").unwrap();
        fs::write(path("b"), b"b").unwrap();
        let overlay = Overlay::new(Arc::new(OsFiles));
        overlay.remove(&path("a")).unwrap();
        overlay.rename(&path("b"), &path("c")).unwrap();
        overlay.open(&path("d"), OpenMode::CreateNew).unwrap();
        assert!(overlay.open(&path("a"), OpenMode::Read).is_err());
        assert!(overlay.open(&path("c"), OpenMode::CreateNew).is_err());
        let names = |files: &dyn Files| {
            files.list(dir.path()).unwrap().into_iter().map(|e| e.name).collect::<Vec<_>>()
        };
        assert_eq!(names(&overlay), ["c", "d"]);
        assert_eq!(names(&OsFiles), ["a", "b"]);
    }
}
