//! Snapshots: written whole or not at all, the newest two kept.
//!
//! The one before the newest stays, and so does the log behind it: a newest one that turns out
//! damaged costs a longer replay. What is superfluous and cannot be removed stays until the next
//! one is saved.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tokio::sync::{Mutex as TokioMutex, watch};

use crate::compaction::Progress;
use crate::identity::RaftId;
use crate::snapshot::Damage;
use crate::type_config::{LeaderId, LogId, Snapshot};

/// How many are kept.
const KEPT: usize = 2;

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

/// Why snapshots cannot be used. Their bytes are kept as they are.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Look at the disk, or the bucket.
    #[error("{action} {place}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file, folder or object.
        place: String,
        /// What the system said.
        source: io::Error,
    },
    /// Restore it, or start over as a new voter.
    #[error(
        "the snapshot {place} is damaged: {what}; the log does not reach behind it: restore it, or start over as a new voter, with nothing"
    )]
    Damaged {
        /// Which file or object.
        place: String,
        /// What is wrong.
        what: Damage,
    },
    /// Restore them, or start over as a new voter.
    #[error(
        "{place} holds no snapshot that reaches log index {purged}, before which the log was given up; restore it, or start over as a new voter, with nothing"
    )]
    Missing {
        /// The folder.
        place: String,
        /// The last index that the log gave up.
        purged: u64,
    },
}

/// Where snapshots are kept, each named after the last log entry that it includes. One caller at a
/// time.
///
/// 1. Whole: a snapshot that is read is one that was written, or damaged.
/// 2. Durable: one that was written is found by every later start, until it is removed.
/// 3. A write that is given up, or fails, leaves nothing that is listed, or all of it.
#[async_trait]
pub(crate) trait SnapshotPlace: Send + Sync + 'static {
    /// Those that are there. Called first.
    async fn list(&self) -> Result<Vec<LogId>, SnapshotError>;

    async fn read(&self, id: LogId) -> Result<Result<Snapshot, Damage>, SnapshotError>;

    /// Whether it is stored: not if something else has its name, which stays.
    async fn write(&self, id: LogId, snapshot: &Snapshot) -> io::Result<bool>;

    async fn remove(&self, id: LogId) -> io::Result<()>;

    /// What they are in, for a person.
    fn describe(&self) -> String;
}

/// The snapshots, and the newest one in memory.
pub(crate) struct SnapshotStore {
    place: Box<dyn SnapshotPlace>,
    covered: Covered,
    progress: watch::Sender<Progress>,
    /// Replaced in one step.
    current: Mutex<Option<Snapshot>>,
    /// Guards the place too: one writer at a time.
    held: TokioMutex<Held>,
}

struct Held {
    /// Those that are there and believed whole, oldest first.
    kept: Vec<LogId>,
    /// Nothing is saved any more.
    closed: bool,
}

impl SnapshotStore {
    /// Looks at what is there.
    pub(crate) async fn open(
        place: Box<dyn SnapshotPlace>,
        covered: Covered,
        progress: watch::Sender<Progress>,
    ) -> Result<Self, SnapshotError> {
        let mut kept = place.list().await?;
        kept.sort_by_key(|id| id.index);
        let held = TokioMutex::new(Held { kept, closed: false });
        Ok(Self { place, covered, progress, current: Mutex::default(), held })
    }

    /// Loads the newest whole snapshot, given the last entry that the log has given up. Damaged
    /// ones are passed over, as long as the log reaches back to an older one, or to the beginning.
    pub(crate) async fn load(
        &self,
        purged: Option<LogId>,
    ) -> Result<Option<Snapshot>, SnapshotError> {
        let mut damaged = None;
        let mut held = self.held.lock().await;
        while let Some(&id) = held.kept.last() {
            let what = match self.place.read(id).await? {
                Ok(snapshot) if snapshot.meta.last_log_id == Some(id) => {
                    if purged.is_some_and(|purged| purged.index > id.index) {
                        break;
                    }
                    self.covered.raise(id);
                    self.replace_current(&snapshot);
                    self.remove_superfluous(&mut held).await;
                    self.report(&held);
                    return Ok(Some(snapshot));
                }
                Ok(_) => Damage::Name,
                Err(what) => what,
            };
            let place = format!("{}/{}", self.place.describe(), snapshot_name(id));
            tracing::error!(place, %what, "a snapshot is damaged");
            held.kept.pop();
            damaged.get_or_insert(SnapshotError::Damaged { place, what });
        }
        match (purged, damaged) {
            (None, _) => Ok(None),
            (Some(_), Some(damaged)) => Err(damaged),
            (Some(purged), None) => {
                let place = self.place.describe();
                Err(SnapshotError::Missing { place, purged: purged.index })
            }
        }
    }

    /// Makes a snapshot durable and current, unless a newer one is, or there is nothing in it.
    /// Fails once the store is closed.
    pub(crate) async fn save(&self, snapshot: &Snapshot) -> io::Result<()> {
        let Some(id) = snapshot.meta.last_log_id else { return Ok(()) };
        let mut held = self.held.lock().await;
        if self.current().is_some_and(|current| current.meta.last_log_id >= Some(id)) {
            return Ok(());
        }
        if held.closed {
            return Err(io::Error::other("the controller has stopped"));
        }
        if !self.place.write(id, snapshot).await? {
            let place = format!("{}/{}", self.place.describe(), snapshot_name(id));
            tracing::error!(place, "a snapshot is not stored: something else is there");
            return Ok(());
        }
        self.covered.raise(id);
        self.replace_current(snapshot);
        held.kept.retain(|kept| kept.index != id.index);
        held.kept.push(id);
        held.kept.sort_by_key(|id| id.index);
        self.remove_superfluous(&mut held).await;
        self.report(&held);
        Ok(())
    }

    /// Called when the newest is durable, and known to be whole. What cannot be removed is tried
    /// again when the next one is saved.
    async fn remove_superfluous(&self, held: &mut Held) {
        let mut left = Vec::new();
        while held.kept.len() > KEPT {
            let old = held.kept.remove(0);
            if let Err(error) = self.place.remove(old).await {
                let (place, name) = (self.place.describe(), snapshot_name(old));
                tracing::warn!(place, name, %error, "a superfluous snapshot cannot be removed");
                left.push(old);
            }
        }
        held.kept.splice(..0, left);
    }

    /// Waits for a snapshot that is being saved; nobody works in the place from now on.
    pub(crate) async fn close(&self) {
        self.held.lock().await.closed = true;
    }

    fn report(&self, held: &Held) {
        let previous = held.kept.len().checked_sub(2).map(|previous| held.kept[previous].index);
        self.progress.send_if_modified(|progress| {
            std::mem::replace(&mut progress.previous_snapshot, previous) != previous
        });
    }

    fn replace_current(&self, snapshot: &Snapshot) {
        *self.current.lock().expect("held for a copy only") = Some(snapshot.clone());
    }

    /// The newest snapshot.
    pub(crate) fn current(&self) -> Option<Snapshot> {
        self.current.lock().expect("held for a copy only").clone()
    }
}

const SUFFIX: &str = ".snapshot";

/// The name of the snapshot whose last entry this is. Newer ones sort behind older ones.
pub(crate) fn snapshot_name(id: LogId) -> String {
    let LeaderId { term, node_id } = id.leader_id;
    format!("{:020}-{term:020}-{node_id}{SUFFIX}", id.index)
}

/// Reads what [`snapshot_name`] wrote.
pub(crate) fn snapshot_of_name(text: &str) -> Option<LogId> {
    let mut parts = text.strip_suffix(SUFFIX)?.splitn(3, '-');
    let index = parts.next()?.parse().ok()?;
    let term = parts.next()?.parse().ok()?;
    let node_id = RaftId(u64::from_str_radix(parts.next()?, 16).ok()?);
    let id = LogId { leader_id: LeaderId { term, node_id }, index };
    (snapshot_name(id) == text).then_some(id)
}
