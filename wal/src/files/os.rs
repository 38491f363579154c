//! The real file system. Every error names the action and the path, and keeps the kind.

use std::fs;
use std::io::{self, IoSlice};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{CWD, FlockOperation, RenameFlags};
use rustix::io::retry_on_intr;

use super::{Blocking, DirEntry, File, Files, LockGuard, OpenMode};

/// The most slices that Linux takes in one `pwritev`.
const SLICES_PER_WRITE_MAX: usize = 1024;

/// The operating system's files.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsFiles;

impl Files for OsFiles {
    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        if dir.as_os_str().is_empty() {
            return Ok(());
        }
        let parent = dir.parent().unwrap_or(Path::new(""));
        if dir.is_dir() {
            // Whoever made it may have been killed before its name was durable. A parent that may
            // not be read is somebody else's work: this process could not have made a folder in it.
            return match self.sync_dir(parent) {
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
                synced => synced,
            };
        }
        self.create_dir_all(parent)?;
        self.create_dir(dir)?;
        self.sync_dir(parent)
    }

    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        match fs::create_dir(dir) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                Err(named("create folder", dir, &error))
            }
            _ => Ok(()),
        }
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<DirEntry>> {
        let read = || {
            let mut entries = Vec::new();
            for entry in fs::read_dir(dir)? {
                let entry = entry?;
                let metadata = match entry.metadata() {
                    // Removed since the folder was read: not there any more.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                    metadata => metadata?,
                };
                let name = entry.file_name().into_string().map_err(|name| {
                    let what = format!("the name {} is not UTF-8", name.display());
                    io::Error::new(io::ErrorKind::InvalidData, what)
                })?;
                let is_dir = metadata.is_dir();
                let length = if is_dir { 0 } else { metadata.len() };
                entries.push(DirEntry { name, is_dir, length });
            }
            entries.sort_unstable();
            Ok(entries)
        };
        read().map_err(|error| named("list", dir, &error))
    }

    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn File>> {
        let file = fs::File::options()
            .read(true)
            .write(mode != OpenMode::Read)
            .create_new(mode == OpenMode::CreateNew)
            .open(path)
            .map_err(|error| named("open", path, &error))?;
        Ok(Arc::new(OsFile { file, path: path.to_owned() }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to).map_err(|error| named("rename to", to, &error))
    }

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE)
            .map_err(|error| named("rename to new", to, &error.into()))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path).map_err(|error| named("remove", path, &error))
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
        fs::File::open(dir)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| named("sync folder", dir, &error))
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn LockGuard>> {
        let take = || {
            let file = fs::File::options().write(true).create(true).truncate(false).open(path)?;
            rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive)?;
            Ok(file)
        };
        let file = take().map_err(|error| named("lock", path, &error))?;
        Ok(Box::new(OsLock { _file: file }))
    }

    fn blocking(&self) -> Blocking {
        Blocking::Thread
    }
}

/// The kernel drops the lock with the last handle of the open file.
struct OsLock {
    _file: fs::File,
}

impl LockGuard for OsLock {}

struct OsFile {
    file: fs::File,
    path: PathBuf,
}

impl OsFile {
    fn named<T>(&self, action: &str, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| named(action, &self.path, &error))
    }

    /// One `pwritev` as far as it gets; then, if it stopped inside a slice, the rest of that one.
    /// Returns the slices and bytes written.
    fn write_some(&self, slices: &[IoSlice<'_>], offset: u64) -> io::Result<(usize, u64)> {
        let mut written = retry_on_intr(|| rustix::io::pwritev(&self.file, slices, offset))?;
        let mut bytes = 0;
        for (index, slice) in slices.iter().enumerate() {
            let length = slice.len();
            if written < length {
                if index > 0 && written == 0 {
                    return Ok((index, bytes));
                }
                self.file.write_all_at(&slice[written..], offset + bytes + written as u64)?;
                return Ok((index + 1, bytes + length as u64));
            }
            written -= length;
            bytes += length as u64;
        }
        Ok((slices.len(), bytes))
    }
}

impl File for OsFile {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.named("read", self.file.read_exact_at(buffer, offset))
    }

    fn write_all_at(&self, slices: &[IoSlice<'_>], offset: u64) -> io::Result<()> {
        let (mut rest, mut at) = (slices, offset);
        while !rest.is_empty() {
            let once = &rest[..rest.len().min(SLICES_PER_WRITE_MAX)];
            let (count, bytes) = self.named("write", self.write_some(once, at))?;
            rest = &rest[count..];
            at += bytes;
        }
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.named("sync", rustix::fs::fdatasync(&self.file).map_err(Into::into))
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.named("set the length of", self.file.set_len(length))
    }

    fn length(&self) -> io::Result<u64> {
        self.named("look at", self.file.metadata()).map(|metadata| metadata.len())
    }
}

fn named(action: &str, path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{action} {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn writes_more_slices_than_one_call_takes_and_reads_them_back() {
        let dir = folder();
        let file = OsFiles.open(&dir.path().join("f"), OpenMode::CreateNew).unwrap();
        let parts: Vec<Vec<u8>> = (0..3000_usize)
            .map(|i| vec![u8::try_from(i % 251).unwrap(); i % 7]) // some are empty
            .collect();
        let slices: Vec<IoSlice<'_>> = parts.iter().map(|part| IoSlice::new(part)).collect();
        file.write_all_at(&slices, 5).unwrap();
        file.sync_data().unwrap();
        let expected = parts.concat();
        let mut found = vec![0; expected.len()];
        file.read_exact_at(&mut found, 5).unwrap();
        assert_eq!(found, expected);
        assert_eq!(file.length().unwrap(), 5 + expected.len() as u64);
        let eof = file.read_exact_at(&mut found, 6).unwrap_err();
        assert_eq!(eof.kind(), io::ErrorKind::UnexpectedEof);
        file.set_len(3).unwrap();
        assert_eq!(file.length().unwrap(), 3);
    }

    #[test]
    fn names_folders_and_locks() {
        let dir = folder();
        let deep = dir.path().join("a/b/c");
        OsFiles.create_dir_all(&deep).unwrap();
        OsFiles.create_dir_all(&deep).unwrap();
        let (one, two) = (deep.join("one"), deep.join("two"));
        OsFiles.open(&one, OpenMode::CreateNew).unwrap();
        let again = OsFiles.open(&one, OpenMode::CreateNew).err().unwrap();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        OsFiles.open(&two, OpenMode::CreateNew).unwrap();
        let taken = OsFiles.rename_new(&one, &two).unwrap_err();
        assert_eq!(taken.kind(), io::ErrorKind::AlreadyExists);
        OsFiles.rename(&one, &two).unwrap();
        OsFiles.rename_new(&two, &one).unwrap();
        let gone = OsFiles.open(&two, OpenMode::Read).err().unwrap();
        assert_eq!(gone.kind(), io::ErrorKind::NotFound);
        assert!(gone.to_string().contains("a/b/c/two"), "{gone}");
        let names: Vec<_> = OsFiles.list(&deep).unwrap().into_iter().map(|e| e.name).collect();
        assert_eq!(names, ["one"]);
        assert!(OsFiles.list(dir.path()).unwrap()[0].is_dir);
        assert_eq!(OsFiles.list(&deep.join("x")).unwrap_err().kind(), io::ErrorKind::NotFound);
        OsFiles.sync_dir(&deep).unwrap();

        let lock = OsFiles.lock(&deep.join("lock")).unwrap();
        let held = OsFiles.lock(&deep.join("lock")).err().unwrap();
        assert_eq!(held.kind(), io::ErrorKind::WouldBlock);
        drop(lock);
        OsFiles.lock(&deep.join("lock")).unwrap();
        OsFiles.remove(&one).unwrap();
        assert_eq!(OsFiles.remove(&one).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
