//! The storage of one broker, put together: start, open, trim, collect, stop.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use object_store::ObjectStore;
use penstock_model::client::MetadataClient;
use penstock_model::id::{BrokerEpoch, Offset, StreamEpoch, StreamId, Timestamp};
use penstock_wal::Recovering;

use crate::batch::BatchSummary;
use crate::checkpoint::{Checkpoint, CheckpointFold};
use crate::clock::Clock;
use crate::settings::Settings;
use crate::stream::Stream;

/// What a storage is made of.
pub struct Parts {
    /// The log, recovered from the trim position that the metadata states for `epoch`.
    pub wal: Box<dyn Recovering<Appended>>,
    /// Where objects lie.
    pub store: Arc<dyn ObjectStore>,
    /// Where it is written which objects make up which streams.
    pub metadata: Arc<dyn MetadataClient>,
    /// The broker process that owns the streams; its log must have been inherited.
    pub epoch: BrokerEpoch,
    /// For deadlines.
    pub clock: Arc<dyn Clock>,
    /// Folds batches into checkpoints.
    pub fold: Arc<dyn CheckpointFold>,
    /// The numbers.
    pub settings: Settings,
}

/// What the log carries along with each entry until it is durable.
#[derive(Debug)]
pub struct Appended(());

/// Room for one append; see [`Storage::reserve`].
#[derive(Debug)]
pub struct AppendPermit(());

/// An open stream, with what the layer above needs to know of its past.
#[derive(Debug)]
pub struct Opened {
    /// The stream.
    pub stream: Stream,
    /// The newest folded state; `None` is that of an empty stream.
    pub checkpoint: Option<Checkpoint>,
    /// Every batch behind the checkpoint, in order.
    pub tail: Vec<BatchSummary>,
}

/// Why the storage works no more. Final: stop the node; what was acknowledged is safe.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Failure {
    /// See the error.
    #[error("the write-ahead log stopped: {0}")]
    Wal(#[from] penstock_wal::WalError),
    /// Another process took over.
    #[error("broker epoch {0} is fenced: another process has taken over")]
    Fenced(BrokerEpoch),
    /// The metadata refuses what must be possible.
    #[error("an upload cannot be committed: {0}; the log keeps what it holds, report this")]
    Refused(#[from] penstock_model::command::Refused),
    /// Stored bytes are damaged.
    #[error("{0}")]
    Corrupt(String),
}

/// Why a storage did not start.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StartError {
    /// The log holds what cannot follow from what the metadata says.
    #[error("the log and the metadata contradict each other: {0}; nothing was changed")]
    Contradiction(String),
}

/// Why a stream was not opened.
#[derive(Clone, Debug, thiserror::Error)]
pub enum OpenError {
    /// The metadata gives it to another broker or epoch: look again.
    #[error("stream {0} does not belong to this broker at epoch {1}")]
    NotOwned(StreamId, StreamEpoch),
    /// The store cannot be read now: try again.
    #[error("the checkpoint cannot be read now: {0}")]
    Unavailable(String),
    /// The checkpoint is damaged: a person must look.
    #[error("the checkpoint is damaged: {0}")]
    Corrupt(String),
    /// The node is stopping.
    #[error("the storage has stopped")]
    Stopped,
}

/// The storage works no more; [`Storage::failed`] tells why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the storage has stopped")]
pub struct Stopped;

/// Why start offsets did not move.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrimError {
    /// Nobody decides now: try again.
    #[error(transparent)]
    Unknown(#[from] penstock_model::client::SubmitError),
    /// See the error.
    #[error(transparent)]
    Refused(#[from] penstock_model::command::Refused),
    /// The offset is not there yet.
    #[error("stream {stream} ends at {durable}")]
    PastEnd {
        /// The stream.
        stream: StreamId,
        /// Its durable end.
        durable: Offset,
    },
    /// The stream is not open here.
    #[error("stream {0} is not open")]
    NotOpen(StreamId),
}

/// Bytes in memory, by pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryUse {
    /// See [`MemoryShares::log_cache`](crate::settings::MemoryShares::log_cache).
    pub log_cache: usize,
    /// See [`MemoryShares::index`](crate::settings::MemoryShares::index).
    pub index: usize,
    /// See [`MemoryShares::upload`](crate::settings::MemoryShares::upload).
    pub upload: usize,
    /// See [`MemoryShares::block_cache`](crate::settings::MemoryShares::block_cache).
    pub block_cache: usize,
}

/// The storage of one broker. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Storage(());

/// The long-lived tasks of a storage. Run each; they end after [`Storage::shutdown`], or when the
/// storage failed.
#[derive(Debug)]
pub struct Tasks {
    /// Makes objects of what the log holds.
    pub upload: UploadTask,
}

/// See [`Tasks::upload`].
#[derive(Debug)]
pub struct UploadTask(());

impl UploadTask {
    /// Runs until the storage is shut down or failed.
    pub async fn run(self) {
        todo!()
    }
}

impl Storage {
    /// Starts on a recovered log. Reads no payload and no object.
    ///
    /// # Errors
    /// When log and metadata contradict each other.
    #[allow(clippy::needless_pass_by_value, reason = "the storage keeps its parts")]
    pub fn start(parts: Parts) -> Result<(Self, Tasks), StartError> {
        todo!("{}", parts.epoch)
    }

    /// Waits for room for one batch with a payload of so many bytes: in the log's queue, in the
    /// backlog, in memory. Hold one permit at a time, and append with it before the next is
    /// asked for: two holders that wait for each other's room would wait for ever.
    ///
    /// # Errors
    /// When the storage has stopped.
    pub async fn reserve(&self, bytes: usize) -> Result<AppendPermit, Stopped> {
        todo!("{bytes}")
    }

    /// Opens a stream that the metadata gives to this broker.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(&self, stream: StreamId, epoch: StreamEpoch) -> Result<Opened, OpenError> {
        todo!("{stream} {epoch}")
    }

    /// Moves start offsets forward, up to the durable end at most; effective for readers when it
    /// returns. For DeleteRecords and retention.
    ///
    /// # Errors
    /// See [`TrimError`].
    pub async fn trim(&self, starts: &[(StreamId, Offset)]) -> Result<(), TrimError> {
        todo!("{starts:?}")
    }

    /// Deletes destroyed objects that no read can be under way on, and what dead uploads left.
    /// Without either it asks the store nothing.
    pub async fn collect_garbage(&self, now: Timestamp) {
        todo!("{now}")
    }

    /// Gives up a stream whose leadership or topic is gone. What it still holds in the log is
    /// uploaded if the metadata wants it, and dropped otherwise.
    pub fn close(&self, stream: StreamId) {
        todo!("{stream}")
    }

    /// Uploads everything that is durable now, and returns when it is committed.
    ///
    /// # Errors
    /// When the storage stops before.
    pub async fn flush(&self) -> Result<(), Stopped> {
        todo!()
    }

    /// Takes no more appends, waits until all are durable, uploads for at most `flush`, and stops
    /// tasks and log.
    pub async fn shutdown(&self, flush: Duration) {
        todo!("{flush:?}")
    }

    /// Resolves when the storage works no more without having been shut down.
    pub fn failed(&self) -> impl Future<Output = Failure> + Send + use<> {
        async move { todo!() }
    }

    /// Bytes in memory, by pool.
    #[must_use]
    pub fn memory(&self) -> MemoryUse {
        todo!()
    }
}
