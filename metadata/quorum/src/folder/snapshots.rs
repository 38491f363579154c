//! Snapshots in a folder: written whole or not at all.
//!
//! A file is named after the last log entry it includes. It is written under another name, synced,
//! renamed, and its folder synced, before anyone is told that it exists. A crash may leave the one
//! that was replaced beside the newest two, until the next start.

use std::io::{self, BufReader, IoSlice, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use penstock_wal::files::{File, Files, OpenMode};

use crate::blocking;
use crate::snapshot::{self, Damage, ReadFailure};
use crate::snapshot_store::{SnapshotError, SnapshotPlace, snapshot_name, snapshot_of_name};
use crate::type_config::{LogId, Snapshot};

/// Read from the disk at a time.
const READ_BYTES: usize = 256 << 10;

const TEMPORARY: &str = ".tmp";

/// See the module. Cheap to clone.
#[derive(Clone)]
pub(crate) struct SnapshotFolder {
    files: Arc<dyn Files>,
    dir: PathBuf,
}

impl SnapshotFolder {
    /// The folder is made when the snapshots are first listed.
    pub(crate) fn new(files: Arc<dyn Files>, dir: PathBuf) -> Self {
        Self { files, dir }
    }

    async fn blocking<T: Send + 'static>(
        &self,
        calls: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> T {
        let this = self.clone();
        blocking::run(self.files.blocking(), move || calls(&this)).await
    }

    fn path(&self, id: LogId) -> PathBuf {
        self.dir.join(snapshot_name(id))
    }

    fn find(&self) -> Result<Vec<LogId>, SnapshotError> {
        let failed = |action| move |source| io_error(action, &self.dir, source);
        self.files.create_dir_all(&self.dir).map_err(failed("create"))?;
        let mut found = Vec::new();
        for entry in self.files.list(&self.dir).map_err(failed("list"))? {
            if entry.name.ends_with(TEMPORARY) {
                let path = self.dir.join(&entry.name);
                self.files.remove(&path).map_err(|source| io_error("remove", &path, source))?;
            } else {
                found.extend(snapshot_of_name(&entry.name));
            }
        }
        // A crash may have come between a file's renaming and the sync of its name: what was
        // found here must not vanish with the next one.
        if !found.is_empty() {
            self.files.sync_dir(&self.dir).map_err(failed("sync"))?;
        }
        Ok(found)
    }

    fn load(&self, id: LogId) -> Result<Result<Snapshot, Damage>, SnapshotError> {
        let path = self.path(id);
        let failed = |source| io_error("read", &path, source);
        let file = self.files.open(&path, OpenMode::Read).map_err(failed)?;
        let length = file.length().map_err(failed)?;
        let reader = BufReader::with_capacity(READ_BYTES, FileReader { file, offset: 0, length });
        match snapshot::decode(reader) {
            Ok(snapshot) => Ok(Ok(snapshot)),
            Err(ReadFailure::Damaged(damage)) => Ok(Err(damage)),
            Err(ReadFailure::Io(source)) => Err(failed(source)),
        }
    }

    fn save(&self, id: LogId, snapshot: &Snapshot) -> io::Result<()> {
        let path = self.path(id);
        let temporary = self.dir.join(format!("{}{TEMPORARY}", snapshot_name(id)));
        match self.files.remove(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = self.files.open(&temporary, OpenMode::CreateNew)?;
        let mut offset = 0;
        for piece in snapshot::encode(id, snapshot) {
            file.write_all_at(&[IoSlice::new(&piece)], offset)?;
            offset += piece.len() as u64;
        }
        file.sync_data()?;
        self.files.rename(&temporary, &path)?;
        self.files.sync_dir(&self.dir)
    }
}

#[async_trait]
impl SnapshotPlace for SnapshotFolder {
    async fn list(&self) -> Result<Vec<LogId>, SnapshotError> {
        self.blocking(Self::find).await
    }

    async fn read(&self, id: LogId) -> Result<Result<Snapshot, Damage>, SnapshotError> {
        self.blocking(move |this| this.load(id)).await
    }

    async fn write(&self, id: LogId, snapshot: &Snapshot) -> io::Result<bool> {
        let snapshot = snapshot.clone();
        self.blocking(move |this| this.save(id, &snapshot)).await.map(|()| true)
    }

    async fn remove(&self, id: LogId) -> io::Result<()> {
        self.blocking(move |this| this.files.remove(&this.path(id))).await
    }

    fn describe(&self) -> String {
        self.dir.display().to_string()
    }
}

/// Reads a file from its beginning to its end.
struct FileReader {
    file: Arc<dyn File>,
    offset: u64,
    length: u64,
}

impl Read for FileReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(self.length - self.offset).unwrap_or(usize::MAX);
        let count = rest.min(buffer.len());
        self.file.read_exact_at(&mut buffer[..count], self.offset)?;
        self.offset += count as u64;
        Ok(count)
    }
}

fn io_error(action: &'static str, path: &Path, source: io::Error) -> SnapshotError {
    SnapshotError::Io { action, place: path.display().to_string(), source }
}
