//! Snapshots on disk: written whole or not at all, the newest two kept.
//!
//! A file is named after the last log entry it includes. It is written under another name, synced,
//! renamed, and its folder synced, before anyone is told that it exists. The one before the newest
//! stays, and so does the log behind it: a newest one that turns out damaged costs a longer replay.
//! A crash may leave the one that was replaced beside them, until the next start.

use std::io::{self, BufReader, IoSlice, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use penstock_wal::files::{Blocking, File, Files, OpenMode};
use tokio::sync::watch;

use crate::compaction::Progress;
use crate::identity::RaftId;
use crate::snapshot::{self, Damage, ReadFailure};
use crate::type_config::{LeaderId, LogId, Snapshot};

/// How many are kept.
const KEPT: usize = 2;

/// Read from the disk at a time.
const READ_BYTES: usize = 256 << 10;

/// Which log entries a durable snapshot includes. Only grows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Covered(Arc<AtomicU64>);

impl Covered {
    fn raise(&self, last: LogId) {
        self.0.fetch_max(last.index + 1, Ordering::Release);
    }

    /// Whether entries up to this one are included.
    pub(crate) fn includes(&self, id: LogId) -> bool {
        id.index < self.0.load(Ordering::Acquire)
    }
}

/// Why a folder's snapshots cannot be used. Their bytes are kept as they are.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Look at the disk.
    #[error("{action} {path}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file or folder.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// Restore the file, or start over as a new voter.
    #[error(
        "the snapshot {path} is damaged: {what}; the log does not reach behind it: restore it, or start over with an empty folder as a new voter"
    )]
    Damaged {
        /// Which file.
        path: String,
        /// What is wrong.
        what: Damage,
    },
    /// Restore the folder, or start over as a new voter.
    #[error(
        "{dir} holds no snapshot that reaches log index {purged}, before which the log was given up; restore it, or start over with an empty folder as a new voter"
    )]
    Missing {
        /// The folder.
        dir: String,
        /// The last index that the log gave up.
        purged: u64,
    },
}

/// The folder of snapshots, and the newest one in memory.
pub(crate) struct SnapshotStore {
    files: Arc<dyn Files>,
    dir: PathBuf,
    covered: Covered,
    progress: watch::Sender<Progress>,
    /// Guards the folder too: one writer at a time.
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    current: Option<Snapshot>,
    /// Names on disk that are believed whole, oldest first.
    kept: Vec<LogId>,
    /// Nothing is saved any more.
    closed: bool,
}

impl SnapshotStore {
    /// Looks at the folder, which is made if missing. Makes blocking calls.
    pub(crate) fn open(
        files: Arc<dyn Files>,
        dir: &Path,
        covered: Covered,
        progress: watch::Sender<Progress>,
    ) -> Result<Self, SnapshotError> {
        let failed = |action| move |source| io_error(action, dir, source);
        files.create_dir_all(dir).map_err(failed("create"))?;
        let mut kept = Vec::new();
        for entry in files.list(dir).map_err(failed("list"))? {
            if entry.name.ends_with(TEMPORARY) {
                let path = dir.join(&entry.name);
                files.remove(&path).map_err(|source| io_error("remove", &path, source))?;
            } else if let Some(id) = parse_name(&entry.name) {
                kept.push(id);
            }
        }
        // A crash may have come between a file's renaming and the sync of its name: what was
        // found here must not vanish with the next one.
        if !kept.is_empty() {
            files.sync_dir(dir).map_err(failed("sync"))?;
        }
        kept.sort_by_key(|id| id.index);
        let held = Mutex::new(Held { current: None, kept, closed: false });
        Ok(Self { files, dir: dir.to_owned(), covered, progress, held })
    }

    /// Loads the newest whole snapshot, given the last entry that the log has given up. Damaged
    /// ones are passed over, as long as the log reaches back to an older one, or to the beginning.
    /// Makes blocking calls.
    pub(crate) fn load(&self, purged: Option<LogId>) -> Result<Option<Snapshot>, SnapshotError> {
        let mut damaged = None;
        let mut held = self.held.lock().expect("no writer panics");
        while let Some(&id) = held.kept.last() {
            let path = self.dir.join(name(id));
            match self.read(id, &path)? {
                Ok(snapshot) => {
                    if purged.is_some_and(|purged| purged.index > id.index) {
                        break;
                    }
                    self.covered.raise(id);
                    held.current = Some(snapshot.clone());
                    self.remove_superfluous(&mut held)
                        .map_err(|source| io_error("tidy up", &self.dir, source))?;
                    self.report(&held);
                    return Ok(Some(snapshot));
                }
                Err(what) => {
                    let path = path.display().to_string();
                    tracing::error!(path, %what, "a snapshot is damaged");
                    held.kept.pop();
                    damaged.get_or_insert(SnapshotError::Damaged { path, what });
                }
            }
        }
        match (purged, damaged) {
            (None, _) => Ok(None),
            (Some(_), Some(damaged)) => Err(damaged),
            (Some(purged), None) => Err(SnapshotError::Missing {
                dir: self.dir.display().to_string(),
                purged: purged.index,
            }),
        }
    }

    fn read(&self, id: LogId, path: &Path) -> Result<Result<Snapshot, Damage>, SnapshotError> {
        let failed = |source| io_error("read", path, source);
        let file = self.files.open(path, OpenMode::Read).map_err(failed)?;
        let length = file.length().map_err(failed)?;
        let reader = BufReader::with_capacity(READ_BYTES, FileReader { file, offset: 0, length });
        match snapshot::decode(reader) {
            Ok(snapshot) if snapshot.meta.last_log_id == Some(id) => Ok(Ok(snapshot)),
            Ok(_) => Ok(Err(Damage::Name)),
            Err(ReadFailure::Damaged(damage)) => Ok(Err(damage)),
            Err(ReadFailure::Io(source)) => Err(failed(source)),
        }
    }

    /// Makes a snapshot durable and current, unless a newer one is, or there is nothing in it.
    /// Fails once the store is closed. Makes blocking calls.
    pub(crate) fn save(&self, snapshot: &Snapshot) -> io::Result<()> {
        let Some(id) = snapshot.meta.last_log_id else { return Ok(()) };
        let mut held = self.held.lock().expect("no writer panics");
        if held.current.as_ref().is_some_and(|current| current.meta.last_log_id >= Some(id)) {
            return Ok(());
        }
        if held.closed {
            return Err(io::Error::other("the controller has stopped"));
        }
        self.write(id, snapshot)?;
        self.covered.raise(id);
        held.current = Some(snapshot.clone());
        held.kept.retain(|kept| kept.index != id.index);
        held.kept.push(id);
        held.kept.sort_by_key(|id| id.index);
        self.remove_superfluous(&mut held)?;
        self.report(&held);
        Ok(())
    }

    /// Called when the newest is durable, and known to be whole.
    fn remove_superfluous(&self, held: &mut Held) -> io::Result<()> {
        let superfluous = held.kept.len().saturating_sub(KEPT);
        for old in held.kept.drain(..superfluous) {
            self.files.remove(&self.dir.join(name(old)))?;
        }
        Ok(())
    }

    /// Waits for a snapshot that is being saved; nobody works in the folder from now on. Makes
    /// blocking calls.
    pub(crate) fn close(&self) {
        self.held.lock().expect("no writer panics").closed = true;
    }

    fn write(&self, id: LogId, snapshot: &Snapshot) -> io::Result<()> {
        let path = self.dir.join(name(id));
        let temporary = self.dir.join(format!("{}{TEMPORARY}", name(id)));
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

    fn report(&self, held: &Held) {
        let previous = held.kept.len().checked_sub(2).map(|previous| held.kept[previous].index);
        self.progress.send_if_modified(|progress| {
            std::mem::replace(&mut progress.previous_snapshot, previous) != previous
        });
    }

    /// The newest snapshot.
    pub(crate) fn current(&self) -> Option<Snapshot> {
        self.held.lock().expect("no writer panics").current.clone()
    }

    /// Where calls that block may be made.
    pub(crate) fn blocking(&self) -> Blocking {
        self.files.blocking()
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
    SnapshotError::Io { action, path: path.display().to_string(), source }
}

const SUFFIX: &str = ".snapshot";
const TEMPORARY: &str = ".tmp";

fn name(id: LogId) -> String {
    let LeaderId { term, node_id } = id.leader_id;
    format!("{:020}-{term:020}-{node_id}{SUFFIX}", id.index)
}

fn parse_name(text: &str) -> Option<LogId> {
    let mut parts = text.strip_suffix(SUFFIX)?.splitn(3, '-');
    let index = parts.next()?.parse().ok()?;
    let term = parts.next()?.parse().ok()?;
    let node_id = RaftId(u64::from_str_radix(parts.next()?, 16).ok()?);
    let id = LogId { leader_id: LeaderId { term, node_id }, index };
    (name(id) == text).then_some(id)
}
