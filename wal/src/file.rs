//! The file backend: a folder of segments, each a file of frames with zeros behind them.
//!
//! ```text
//!   {dir}/lock                         held while the log is open
//!   {dir}/00000000000000000000.wal     segments, named by the position of their first frame
//!   {dir}/00000000000001043968.wal
//!   {dir}/next.tmp                     the segment after these, being filled with zeros
//!   {dir}/spare-1.tmp                  some that were trimmed away, to be filled with zeros again
//! ```
//!
//! - A segment's blocks are on the disk before it gets its name, so that a write changes no
//!   file's shape and its sync has nothing else to do. A segment that has its name and no proper
//!   header is damaged, never new.
//! - A group lies in one segment. The next segment is named when the one before it is full and
//!   synced, so that its name proves all that lies below it.
//! - There is one writer, and one group in flight: a write, a sync, the next write.
//!
//! [`frame`](crate::frame) says how frames prove each other, [`recover`] what follows from it.

use std::path::Path;
use std::sync::Arc;

use crate::files::{Files, LockGuard};
use crate::log::Log;
use crate::settings::WalSettings;
use crate::{Owner, Position, Recovered, Recovering, Sink, Wal, WalError};

mod append;
mod inspect;
mod prepare;
mod recover;
mod scan;
pub(crate) mod segment;
mod segments;
mod walk;

#[cfg(test)]
mod damage;
#[cfg(test)]
mod power_cut;

use append::FileAppender;
pub use inspect::{SegmentReport, Tail};
use segments::Segments;

/// Settings of the file backend.
#[derive(Clone, Debug)]
pub struct FileWalSettings {
    /// What all backends share.
    pub wal: WalSettings,
    /// The length of a segment's file; an entry that is longer gets a segment of its own length.
    pub segment_bytes: u64,
    /// The length of a log's very first segment: an empty log is there at once, and small.
    pub first_segment_bytes: u64,
}

impl Default for FileWalSettings {
    fn default() -> Self {
        Self { wal: WalSettings::default(), segment_bytes: 64 << 20, first_segment_bytes: 1 << 20 }
    }
}

/// The log in a folder.
pub struct FileWal;

impl FileWal {
    /// Locks the folder, which is made if missing, finds the log's entries from where it `begins`
    /// (its trim position), checks every byte of them, and cuts off what a crash left unfinished
    /// behind the last. `None` says that there may be no log yet: an empty folder becomes one then,
    /// and only then. Takes time with the length of the log, and blocks as `files` do.
    ///
    /// # Errors
    /// [`WalError::Locked`] when another holds the folder; [`WalError::Foreign`] when the log is not
    /// the `owner`'s, [`WalError::Corrupt`], [`WalError::Missing`] and [`WalError::Gone`] when it is
    /// not what it was, and then nothing is changed;
    /// [`WalError::Io`] for what the system reports.
    pub fn recover(
        files: &Arc<dyn Files>,
        dir: &Path,
        owner: Owner,
        begins: Option<Position>,
        settings: &FileWalSettings,
    ) -> Result<FileRecovery, WalError> {
        recover::recover(files, dir, owner, begins, settings)
    }

    /// How many segments lie in a folder, which may be missing. Takes no lock, and blocks.
    ///
    /// # Errors
    /// [`WalError::Io`] for what the system reports.
    pub fn segments(files: &dyn Files, dir: &Path) -> Result<usize, WalError> {
        recover::segments(files, dir)
    }
}

/// A file log that was recovered.
pub struct FileRecovery {
    entries: Vec<Recovered>,
    segments: Arc<Segments>,
    lock: Box<dyn LockGuard>,
    settings: FileWalSettings,
}

impl<C: Send + 'static> Recovering<C> for FileRecovery {
    fn take_entries(&mut self) -> Vec<Recovered> {
        std::mem::take(&mut self.entries)
    }

    fn end(&self) -> Position {
        self.segments.progress.get().durable
    }

    fn start(self: Box<Self>, sink: Box<dyn Sink<C>>) -> Arc<dyn Wal<C>> {
        let wal_settings = self.settings.wal.clone();
        let appender = FileAppender::new(Arc::clone(&self.segments), self.lock, self.settings);
        Log::start(appender, self.segments, sink, wal_settings)
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;

    use super::*;
    use crate::conformance::{self, Subject};
    use crate::files::OsFiles;

    struct OnDisk {
        dir: tempfile::TempDir,
        files: Arc<dyn Files>,
    }

    #[async_trait]
    impl Subject for OnDisk {
        async fn recover(&self, trim: Position) -> Result<Box<dyn Recovering<u64>>, WalError> {
            let settings = FileWalSettings {
                wal: conformance::settings(),
                segment_bytes: 32 << 10,
                first_segment_bytes: 8 << 10,
            };
            let dir = self.dir.path().join("wal");
            let begins = conformance::begins(trim);
            let recovery =
                FileWal::recover(&self.files, &dir, conformance::OWNER, begins, &settings)?;
            Ok(Box::new(recovery))
        }

        fn fail_next_write(&self) -> bool {
            false
        }

        fn operations(&self) -> Option<u64> {
            None
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn conforms_on_a_disk() {
        let new = async || OnDisk { dir: tempfile::tempdir().unwrap(), files: Arc::new(OsFiles) };
        conformance::check_all(new).await;
    }

    /// A read of a segment that is being removed finishes or says that it was trimmed.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn reads_and_trims_go_side_by_side() {
        let on_disk = OnDisk { dir: tempfile::tempdir().unwrap(), files: Arc::new(OsFiles) };
        let ear = conformance::Ear::default();
        let recovering = on_disk.recover(Position(0)).await.unwrap();
        let wal = recovering.start(Box::new(ear.clone()));
        for number in 0..300 {
            conformance::append(&*wal, conformance::entry(number), number).await.unwrap();
        }
        ear.wait_for(300).await;
        let places = ear.heard().durable;
        let reader = {
            let (wal, places) = (Arc::clone(&wal), places.clone());
            tokio::spawn(async move {
                let mut trimmed = 0;
                for (place, number) in places.iter().rev().chain(&places).chain(&places) {
                    match wal.read(*place).await {
                        Ok(payload) => assert_eq!(payload, conformance::entry(*number).payload),
                        Err(crate::ReadError::Trimmed(_)) => trimmed += 1,
                        Err(error) => panic!("{error}"),
                    }
                }
                trimmed
            })
        };
        for (place, _) in places.iter().step_by(3) {
            wal.trim(place.position).await.unwrap();
        }
        assert!(reader.await.unwrap() < 900);
        wal.close().await.unwrap();
        assert!(OsFiles.list(&on_disk.dir.path().join("wal")).unwrap().len() <= 7);
    }
}
