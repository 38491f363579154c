//! Raft's log storage: the [`Log`] in memory, each change of it a [`Record`] in a write-ahead log.
//!
//! ```text
//!   openraft ──► LogStore ──record──► Wal ──durable──► JournalSink ──► openraft's callback
//!                   └──────────► Log ◄──location──────────┘
//! ```
//!
//! Votes and purges return when they are durable. Entries return at once and report when they
//! are. A truncation needs no wait: what is appended behind it becomes durable after it. The
//! committed position travels with the next write: it costs no write of its own, and an idle
//! member none at all; what a crash takes of it, the next leader states again.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use openraft::OptionalSend;
use openraft::storage::{IOFlushed, LogState, RaftLogStorage};
use penstock_wal::{Location, Position, Recovering, Wal, WalError};
use tokio::sync::oneshot;

use crate::codec::Malformed;
use crate::identity::RaftId;
use crate::journal::{PayloadKind, Record, encode_payload};
use crate::journal_sink::{JournalSink, Waiter};
use crate::log::{Hole, Log};
use crate::log_reader::LogReader;
use crate::place::Head;
use crate::settings::QuorumSettings;
use crate::snapshot_store::Covered;
use crate::stored_number::StoredNumberError;
use crate::type_config::{Entry, LogId, TypeConfig, Vote};

/// Why a Raft log cannot be used. Its bytes are kept as they are.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The write-ahead log below cannot be used.
    #[error(transparent)]
    Wal(#[from] WalError),
    /// The log is another controller's, whose votes it holds. It is kept as it is.
    #[error(
        "{place} is the log of controller {found}, and this is controller {expected}; nothing was changed: bring back this one's own log, or start over as a new voter, with nothing"
    )]
    OtherController {
        /// Which file or object.
        place: String,
        /// Whose it is.
        found: String,
        /// This one.
        expected: RaftId,
    },
    /// A record that this release cannot read: start the release that wrote it.
    #[error("the Raft log holds a record at {position:?} that this release cannot read: {source}")]
    Unreadable {
        /// Where it is.
        position: Position,
        /// What is wrong with it.
        source: Malformed,
    },
    /// Records are missing: restore the folder, or start over as a new voter.
    #[error(
        "the Raft log is incomplete: {0}; restore it, or start over as a new voter, with nothing"
    )]
    Incomplete(#[from] Hole),
    /// Where the log begins cannot be told, or not be stored.
    #[error(transparent)]
    Head(#[from] StoredNumberError),
    /// There are snapshots and no log: restore it, or start over as a new voter.
    #[error(
        "the Raft log is gone, and this controller's vote with it; restore it, or start over as a new voter, with nothing"
    )]
    Gone,
}

impl LogError {
    /// What it means that the write-ahead log of controller `id` cannot be recovered.
    pub(crate) fn of_journal(error: WalError, id: RaftId) -> Self {
        match error {
            WalError::Foreign { place, found, .. } => {
                let found = RaftId::of_owner(found);
                let found = found.map_or_else(|| "somebody else".into(), |id| id.to_string());
                Self::OtherController { place, found, expected: id }
            }
            error => error.into(),
        }
    }
}

/// What store, readers and the closing node share.
pub(crate) struct Shared {
    pub(crate) wal: Arc<dyn Wal<Waiter>>,
    log: Arc<Mutex<Log>>,
    pub(crate) batch_bytes: usize,
}

/// The writing side; openraft has the only one.
pub(crate) struct LogStore {
    shared: Arc<Shared>,
    head: Box<dyn Head>,
    covered: Covered,
}

impl LogStore {
    /// Reads the journal of a recovered write-ahead log, and goes on with it. `covered` says what
    /// a durable snapshot makes superfluous.
    pub(crate) fn open(
        mut recovering: Box<dyn Recovering<Waiter>>,
        head: Box<dyn Head>,
        covered: Covered,
        settings: &QuorumSettings,
    ) -> Result<Self, LogError> {
        let mut log = Log::new(settings.entry_cache_bytes);
        for recovered in recovering.take_entries() {
            let record = Record::decode(&recovered.header).map_err(|source| {
                LogError::Unreadable { position: recovered.location.position, source }
            })?;
            log.replay(record, recovered.location)?;
        }
        log.check_replayed()?;
        let log = Arc::new(Mutex::new(log));
        let wal = recovering.start(Box::new(JournalSink::new(log.clone())));
        let batch_bytes = settings.replication_batch_bytes;
        Ok(Self { shared: Arc::new(Shared { wal, log, batch_bytes }), head, covered })
    }

    /// For whoever closes the log when openraft is gone.
    pub(crate) fn shared(&self) -> Arc<Shared> {
        self.shared.clone()
    }

    /// Whether nothing was ever written to it.
    pub(crate) fn is_pristine(&self) -> bool {
        let log = self.shared.lock();
        log.vote.is_none() && log.last().is_none()
    }

    /// The last entry given up.
    pub(crate) fn purged(&self) -> Option<LogId> {
        self.shared.lock().purged()
    }
}

impl Shared {
    /// Held briefly, and never across a write.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Log> {
        self.log.lock().expect("nothing panics while it holds the log")
    }

    async fn write(&self, record: Record, payload: Bytes, waiter: Waiter) -> Result<(), WalError> {
        let header = record.encode();
        let payload_crc32c = crc32c::crc32c(&payload);
        let entry = penstock_wal::Entry { header, payload, payload_crc32c };
        let permit = self.wal.reserve(entry.bytes()).await?;
        self.wal.append(entry, permit, waiter).map_err(|(error, waiter)| {
            waiter.failed(&error);
            error
        })
    }

    async fn write_durably(&self, record: Record) -> io::Result<Location> {
        let (done, outcome) = oneshot::channel();
        self.write(record, Bytes::new(), Waiter::Record(done)).await.map_err(io::Error::other)?;
        outcome.await.map_err(|_| io::Error::other(WalError::Closed))?.map_err(io::Error::other)
    }

    /// States the committed position, unless the journal does already.
    async fn write_committed(&self) -> Result<(), WalError> {
        let unrecorded = self.lock().take_unrecorded_committed();
        match unrecorded {
            Some(id) => self.write(Record::Committed(id), Bytes::new(), Waiter::Nobody).await,
            None => Ok(()),
        }
    }

    /// Writes what is still to be written and closes the write-ahead log. Nothing may write to
    /// the store any more.
    pub(crate) async fn close(&self) -> Result<(), WalError> {
        let written = self.write_committed().await;
        // Even so: a writer that has stopped lets go of the folder's lock only at its very end.
        self.wal.close().await.and(written)
    }
}

impl RaftLogStorage<TypeConfig> for LogStore {
    type LogReader = LogReader;

    async fn get_log_state(&mut self) -> io::Result<LogState<TypeConfig>> {
        let log = self.shared.lock();
        Ok(LogState { last_purged_log_id: log.purged(), last_log_id: log.last() })
    }

    async fn get_log_reader(&mut self) -> LogReader {
        LogReader::new(self.shared.clone())
    }

    async fn save_vote(&mut self, vote: &Vote) -> io::Result<()> {
        self.shared.write_durably(Record::Vote(*vote)).await?;
        self.shared.lock().vote = Some(*vote);
        Ok(())
    }

    async fn save_committed(&mut self, committed: Option<LogId>) -> io::Result<()> {
        self.shared.lock().committed = committed;
        Ok(())
    }

    async fn read_committed(&mut self) -> io::Result<Option<LogId>> {
        Ok(self.shared.lock().committed)
    }

    async fn append<I>(&mut self, entries: I, flushed: IOFlushed<TypeConfig>) -> io::Result<()>
    where
        I: IntoIterator<Item = Entry> + OptionalSend,
        I::IntoIter: OptionalSend,
    {
        self.shared.write_committed().await.map_err(io::Error::other)?;
        let mut entries = entries.into_iter().peekable();
        let mut flushed = Some(flushed);
        while let Some(entry) = entries.next() {
            let id = entry.log_id;
            let record = Record::Entry(id, PayloadKind::of(&entry.payload));
            let payload = encode_payload(&entry.payload);
            // Before the write: the sink must find the entry when it becomes durable.
            self.shared.lock().append(entry, payload.len());
            let flushed = if entries.peek().is_none() { flushed.take() } else { None };
            let waiter = Waiter::Entry { id, flushed };
            self.shared.write(record, payload, waiter).await.map_err(io::Error::other)?;
        }
        Ok(())
    }

    async fn truncate_after(&mut self, after: Option<LogId>) -> io::Result<()> {
        self.shared.lock().truncate_after(after);
        let record = Record::Truncated(after);
        self.shared.write(record, Bytes::new(), Waiter::Nobody).await.map_err(io::Error::other)
    }

    async fn purge(&mut self, upto: LogId) -> io::Result<()> {
        let record = {
            let mut log = self.shared.lock();
            log.take_unrecorded_committed();
            Record::Purged { upto, vote: log.vote, committed: log.committed }
        };
        let head = self.shared.write_durably(record).await?.position;
        let needed = {
            let mut log = self.shared.lock();
            log.purge(upto);
            log.first_needed(head)
        };
        // Openraft purges only what a snapshot has; the bytes go only once that snapshot's file
        // is known to be durable. Until then they stay, for a later purge to trim.
        if self.covered.includes(upto) {
            self.head.store(needed).await?;
            self.shared.wal.trim(needed).await.map_err(io::Error::other)?;
        }
        Ok(())
    }
}
