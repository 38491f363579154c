//! A controller's folder on a disk.
//!
//! ```text
//!   id          the Raft id                                          (stored_number.rs)
//!   head        where the journal begins                             (stored_number.rs)
//!   log/        the journal's write-ahead log
//!   snapshot/   the newest two snapshots                             (folder/snapshots.rs)
//! ```

mod snapshots;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use penstock_wal::files::Files;
use penstock_wal::{FileRecovery, FileWal, FileWalSettings, Position, Recovering};

use crate::blocking;
use crate::identity::RaftId;
use crate::journal_sink::Waiter;
use crate::log_store::LogError;
use crate::place::{Found, Head};
use crate::stored_number::{StoredNumber, StoredNumberError};

pub(crate) use snapshots::SnapshotFolder;

/// One controller's folder, whose lock the caller holds.
pub struct Folder {
    files: Arc<dyn Files>,
    dir: PathBuf,
    id: RaftId,
}

impl Folder {
    /// Opens the folder, which is made if missing. Its Raft id is the one stored in it, or `drawn`
    /// from the system's entropy, which is stored there first. Makes blocking calls.
    ///
    /// # Errors
    /// When the disk fails, or the stored id is damaged, or gone though there is a log that was
    /// written under it: never a new id in its place.
    pub fn open(
        files: Arc<dyn Files>,
        dir: PathBuf,
        drawn: RaftId,
    ) -> Result<Self, StoredNumberError> {
        let id = RaftId::load_or_store(&*files, &dir, drawn)?;
        Ok(Self::of(files, dir, id))
    }

    /// The folder of a controller whose id is known.
    pub(crate) fn of(files: Arc<dyn Files>, dir: PathBuf, id: RaftId) -> Self {
        Self { files, dir, id }
    }

    /// The Raft id that is stored in it.
    #[must_use]
    pub fn id(&self) -> RaftId {
        self.id
    }

    pub(crate) async fn find(self) -> Result<Found, LogError> {
        let files = self.files.clone();
        blocking::run(files.blocking(), move || {
            let journal = self.recover(&wal_settings())?;
            Ok(self.with_journal(Box::new(journal)))
        })
        .await
    }

    /// The rest of the folder, beside a journal that was recovered.
    pub(crate) fn with_journal(&self, journal: Box<dyn Recovering<Waiter>>) -> Found {
        let snapshots = SnapshotFolder::new(self.files.clone(), self.dir.join("snapshot"));
        Found { journal, head: Box::new(self.head()), snapshots: Box::new(snapshots) }
    }

    pub(crate) fn head(&self) -> StoredHead {
        StoredHead::new(self.files.clone(), &self.dir)
    }

    /// Recovers the write-ahead log, which must be this controller's. Makes blocking calls.
    pub(crate) fn recover(&self, settings: &FileWalSettings) -> Result<FileRecovery, LogError> {
        let (files, id, head) = (&self.files, self.id, self.head());
        let begins = head.load()?;
        let recovered =
            FileWal::recover(files, &self.dir.join("log"), id.owner(), begins, settings);
        let recovered = recovered.map_err(|error| LogError::of_journal(error, id))?;
        if begins.is_none() {
            head.stored.store(&**files, Position(0).0)?;
        }
        Ok(recovered)
    }
}

/// The write-ahead log's settings.
fn wal_settings() -> FileWalSettings {
    FileWalSettings {
        // Small: what snapshots make superfluous goes by whole segments.
        segment_bytes: 4 << 20,
        // It is filled with zeros while an empty node starts.
        first_segment_bytes: 256 << 10,
        ..FileWalSettings::default()
    }
}

/// The file `head`. It is stored as soon as there is a log.
#[derive(Clone)]
pub(crate) struct StoredHead {
    files: Arc<dyn Files>,
    stored: StoredNumber,
}

impl StoredHead {
    fn new(files: Arc<dyn Files>, dir: &Path) -> Self {
        Self { files, stored: StoredNumber::new(dir, "head", b"PNSTRFH1") }
    }

    /// `None` as long as there was no log. Makes blocking calls.
    pub(crate) fn load(&self) -> Result<Option<Position>, LogError> {
        Ok(self.stored.load(&*self.files)?.map(Position))
    }
}

#[async_trait]
impl Head for StoredHead {
    async fn store(&self, position: Position) -> io::Result<()> {
        let this = self.clone();
        let store = move || this.stored.store(&*this.files, position.0);
        blocking::run(self.files.blocking(), store).await.map_err(io::Error::other)
    }
}
