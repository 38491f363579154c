//! The storage of one broker, put together: start, append room, flush, stop. Opening, reading,
//! trimming and collecting are in files of their names.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use object_store::ObjectStore;
use penstock_model::client::MetadataClient;
use penstock_model::id::{BrokerEpoch, StreamId, Timestamp};
use penstock_wal::{Position, Recovering};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use crate::checkpoint::CheckpointFold;
use crate::clock::Clock;
use crate::compaction::task::CompactionTask;
use crate::counters::Counters;
use crate::entry_header::HEADER_BYTES_MAX;
use crate::leases::Leases;
use crate::lifecycle::{Failure, Stopped};
use crate::log_cache::{Appended, LogCache};
use crate::read::block_cache::CacheCounts;
use crate::read::object_reads::{ObjectReadSettings, ObjectReads};
use crate::reconcile::Orphans;
use crate::recover::{StartError, recover};
use crate::settings::Settings;
use crate::shared::Shared;
use crate::sink::LogSink;
use crate::store::assemble::Assemble;
use crate::streams::Streams;
use crate::upload::room::UploadRoom;
use crate::upload::task::UploadTask;

/// How long a log may take to close: files are written in less; a store that is away is not waited
/// for.
const CLOSE_MAX: Duration = Duration::from_secs(10);

/// What a storage is made of.
pub struct Parts {
    /// The log, recovered from the trim position that the metadata states for `epoch`.
    pub wal: Box<dyn Recovering<Appended>>,
    /// Where objects lie.
    pub store: Arc<dyn ObjectStore>,
    /// The same store, where it makes objects of parts of others.
    pub assembler: Option<Arc<dyn Assemble>>,
    /// Where it is written which objects make up which streams.
    pub metadata: Arc<dyn MetadataClient>,
    /// The broker process that owns the streams; the log must have been inherited.
    pub epoch: BrokerEpoch,
    /// For deadlines.
    pub clock: Arc<dyn Clock>,
    /// Folds batches into checkpoints.
    pub fold: Arc<dyn CheckpointFold>,
    /// The numbers.
    pub settings: Settings,
}

/// Room for one append; see [`Storage::reserve`].
#[derive(Debug)]
pub struct AppendPermit(pub(crate) penstock_wal::AppendPermit);

/// Bytes in memory, by pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryUse {
    /// See [`MemoryShares::log_cache`](crate::MemoryShares::log_cache).
    pub log_cache: usize,
    /// See [`MemoryShares::index`](crate::MemoryShares::index).
    pub index: usize,
    /// See [`MemoryShares::upload`](crate::MemoryShares::upload).
    pub upload: usize,
    /// See [`MemoryShares::block_cache`](crate::MemoryShares::block_cache).
    pub block_cache: usize,
}

/// The storage of one broker. Cheap to clone.
#[derive(Clone)]
pub struct Storage {
    pub(crate) shared: Arc<Shared>,
}

/// The long-lived tasks of a storage. Run each; they end after [`Storage::shutdown`], or when the
/// storage failed.
#[derive(Debug)]
pub struct Tasks {
    /// Makes objects of what the log holds.
    pub upload: UploadTask,
    /// Makes few large objects of many small ones.
    pub compaction: CompactionTask,
}

impl Storage {
    /// Starts on a recovered log. Reads no payload and no object. Called within a tokio runtime.
    ///
    /// # Errors
    /// When log and metadata contradict each other.
    pub fn start(parts: Parts) -> Result<(Self, Tasks), StartError> {
        let Parts { mut wal, store, assembler, metadata, epoch, clock, fold, settings } = parts;
        let image = metadata.image();
        let cluster = image.cluster().ok_or(StartError::UnknownBroker(epoch))?;
        let trim = image.wal(epoch).ok_or(StartError::UnknownBroker(epoch))?.trim;
        let trim = Position(trim.0);

        let recovered = recover(wal.take_entries(), &image, epoch)?;
        let by_id = recovered.streams.into_iter().map(|(id, (state, _))| (id, state)).collect();
        let streams = Arc::new(Streams::new(LogCache::new(&settings, trim), by_id));
        streams.cache.recover(recovered.entries, wal.end(), Instant::now());
        let wal = wal.start(Box::new(LogSink { streams: Arc::clone(&streams) }));

        let objects = ObjectReadSettings {
            backoff: settings.upload.backoff,
            ..ObjectReadSettings::of(settings.memory.block_cache)
        };
        let upload_room = UploadRoom::new(settings.payload_bytes_max());
        let shared = Arc::new(Shared {
            streams,
            objects: ObjectReads::new(Arc::clone(&store), cluster, objects, wal.put_times()),
            wal,
            store,
            assembler,
            metadata,
            broker: epoch,
            cluster,
            clock,
            fold,
            settings,
            counters: Arc::default(),
            committed: watch::Sender::new(trim),
            upload_room,
            leases: Leases::default(),
            orphans: Orphans::default(),
        });
        let upload = UploadTask { shared: Arc::clone(&shared) };
        let compaction = CompactionTask { shared: Arc::clone(&shared) };
        Ok((Self { shared }, Tasks { upload, compaction }))
    }

    /// Waits for room for one batch with a payload of so many bytes: in the log's queue, in the
    /// backlog of the upload, in memory. Append with a permit before asking for the next one:
    /// two holders that wait for each other's room would wait for ever.
    ///
    /// # Errors
    /// When the storage has stopped.
    pub async fn reserve(&self, bytes: usize) -> Result<AppendPermit, Stopped> {
        let Streams { cache, lifecycle, .. } = &*self.shared.streams;
        if !cache.has_room() {
            tokio::select! {
                biased;
                () = lifecycle.ended() => {}
                () = cache.room() => {}
            }
        }
        if !lifecycle.is_running() {
            return Err(Stopped);
        }
        let reserved = self.shared.wal.reserve(bytes + HEADER_BYTES_MAX).await;
        reserved.map(AppendPermit).map_err(|_| Stopped)
    }

    /// Uploads everything that is durable now, and returns when it is committed.
    ///
    /// # Errors
    /// When the storage stops before.
    pub async fn flush(&self) -> Result<(), Stopped> {
        let Streams { cache, lifecycle, .. } = &*self.shared.streams;
        let position = cache.seal();
        let mut committed = self.shared.committed.subscribe();
        tokio::select! {
            biased;
            () = lifecycle.ended() => Err(Stopped),
            reached = committed.wait_for(|committed| *committed >= position) => {
                reached.map(drop).map_err(|_| Stopped)
            }
        }
    }

    /// Takes no more appends, waits until all are durable, uploads for at most `flush` (what is
    /// left is found in the log at the next start), and stops tasks and log.
    pub async fn shutdown(&self, flush: Duration) {
        let streams = &self.shared.streams;
        let drained = async {
            for stream in streams.all() {
                stream.close();
                // A log that stopped meanwhile is noticed below.
                let _ = stream.durable(stream.cells.appended.get()).await;
            }
            self.flush().await
        };
        if timeout(flush, drained).await.is_err() {
            tracing::warn!(?flush, "stopping before the upload is done, the log keeps the rest");
        }
        streams.lifecycle.shut_down();
        // A log in a store that is away takes nothing: what was not acknowledged may go.
        match timeout(CLOSE_MAX, self.shared.wal.close()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::error!(%error, "the write-ahead log had stopped before the shutdown");
            }
            Err(_elapsed) => {
                tracing::warn!("stopping before all that was appended is durable");
            }
        }
    }

    /// Deletes destroyed objects that no read can be under way on, and what dead uploads left.
    /// Without either it asks the store nothing.
    pub async fn collect_garbage(&self, now: Timestamp) {
        self.shared.collect_garbage(now).await;
    }

    /// Lists the store, reports the objects that nothing refers to and nobody can commit, and deletes
    /// those that the last call has reported.
    pub async fn reconcile(&self) {
        self.shared.reconcile().await;
    }

    /// Such objects that were found last and are still there, and their bytes.
    #[must_use]
    pub fn orphans(&self) -> (u64, u64) {
        self.shared.orphans.figures()
    }

    /// Resolves when the storage works no more without having been shut down: the process should
    /// end.
    pub fn failed(&self) -> impl Future<Output = Failure> + Send + use<> {
        self.shared.streams.lifecycle.failed()
    }

    /// Bytes in memory, by pool.
    #[must_use]
    pub fn memory(&self) -> MemoryUse {
        let cache = self.shared.streams.cache.usage();
        MemoryUse {
            log_cache: cache.resident_bytes,
            index: cache.index_bytes,
            upload: self.shared.upload_room.held(),
            block_cache: self.shared.objects.cached_bytes(),
        }
    }

    /// How often a block that was to be read from an object was in memory.
    #[must_use]
    pub fn block_cache(&self) -> CacheCounts {
        self.shared.objects.block_counts()
    }

    /// Stored bytes of a stream that no object holds yet; none of one that is not open here.
    #[must_use]
    pub fn log_bytes(&self, stream: StreamId) -> u64 {
        let Some(state) = self.shared.streams.get(stream) else { return 0 };
        let image = self.shared.metadata.image();
        self.shared.owned(&image, &state).map_or(0, |owned| state.log_bytes(owned.end))
    }

    /// Bytes that are durable in the log and not committed as objects.
    #[must_use]
    pub fn backlog_bytes(&self) -> u64 {
        self.shared.streams.cache.usage().backlog_bytes
    }

    /// What was done so far.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.shared.counters
    }
}

impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Storage").field("epoch", &self.shared.broker).finish_non_exhaustive()
    }
}
