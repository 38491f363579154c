//! A node without its listeners, started and stopped in the order of `broker/src/node.rs`.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use anyhow::{Context, anyhow, ensure};
use async_trait::async_trait;
use penstock_broker::node::log_owner::LogOwner;
use penstock_model::client::MetadataClient;
use penstock_model::command::{Command, InheritWal, RegisterBroker, Reply, WalKind};
use penstock_model::id::{ClusterId, Incarnation, NodeId, StreamId, Timestamp, TopicId};
use penstock_quorum::{Folder, Place, QuorumNode, QuorumSettings, RaftId};
use penstock_s3stream::store::open::{StoreSettings, open};
use penstock_s3stream::store::url::StoreUrl;
use penstock_s3stream::{
    Cleaning, CleaningError, CleaningRules, Clock, CompactionSettings, Dirty, Expiry, LogCleaner,
    MemoryShares, Opened, Parts, RangeLimits, Settings, Storage, UploadSettings,
};
use penstock_wal::files::{Files, LockGuard};
use penstock_wal::{FileWal, FileWalSettings, Position, WalSettings};
use tokio::task::JoinHandle;

use crate::fold::ChainFold;

/// Where the metadata gives every stream to.
pub(crate) const NODE: NodeId = NodeId(1);

const DATA: &str = "/data";
const QUORUM: &str = "/data/quorum";
pub(crate) const QUORUM_LOG: &str = "/data/quorum/log";
pub(crate) const SNAPSHOTS: &str = "/data/quorum/snapshot";
pub(crate) const WAL: &str = "/data/wal";
pub(crate) const OBJECTS: &str = "/data/objects";

/// What each disk is formatted as.
const CLUSTER: ClusterId = ClusterId([3; 16]);

/// How long a clean stop may upload.
const FLUSH_MAX: Duration = Duration::from_secs(5);

/// A running node.
pub(crate) struct Node {
    quorum: QuorumNode,
    pub(crate) metadata: Arc<dyn MetadataClient>,
    pub(crate) storage: Storage,
    upload: JoinHandle<()>,
    compaction: JoinHandle<()>,
    _lock: Box<dyn LockGuard>,
}

/// A wall clock that is set by hand, and outlives the lives.
#[derive(Debug, Default)]
pub(crate) struct HistoryClock(AtomicI64);

impl HistoryClock {
    pub(crate) fn pass(&self, time: Duration) {
        self.0.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::Relaxed);
    }
}

impl Clock for HistoryClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

impl Node {
    /// Starts on what the disk holds. `drawn` is a number that nobody else drew.
    pub(crate) async fn start(
        files: Arc<dyn Files>,
        clock: Arc<HistoryClock>,
        drawn: u64,
    ) -> anyhow::Result<Self> {
        files.create_dir_all(Path::new(DATA))?;
        let lock = files.lock(&Path::new(DATA).join("lock"))?;
        let quorum = start_quorum(&files, RaftId(drawn)).await?;
        let metadata = quorum.client();
        if metadata.image().cluster().is_none() {
            metadata.submit(Command::Format(CLUSTER)).await?.result?;
        }
        // Before the registration: an epoch that was granted says that there is a log.
        let begins = metadata.image().local_log_begins(NODE).map(|begins| Position(begins.0));
        let owner = LogOwner { cluster: CLUSTER, node: NODE };
        let recovery =
            FileWal::recover(&files, Path::new(WAL), owner.to_owner(), begins, &wal_settings())?;
        let register = Command::RegisterBroker(RegisterBroker {
            node: NODE,
            incarnation: Incarnation(u128::from(drawn).to_be_bytes()),
            endpoints: Vec::new(),
            rack: None,
            wal: WalKind::Local,
        });
        let Reply::Registered { epoch, unrecovered } = metadata.submit(register).await?.result?
        else {
            return Err(anyhow!("a registration is answered by an epoch"));
        };

        for from in unrecovered {
            metadata
                .submit(Command::InheritWal(InheritWal { from, to: epoch, end: None }))
                .await?
                .result?;
        }
        let url = StoreUrl::File(OBJECTS.into());
        let (storage, tasks) = Storage::start(Parts {
            wal: Box::new(recovery),
            store: Arc::new(open(&url, files, &StoreSettings::default())?),
            assembler: None,
            metadata: Arc::clone(&metadata),
            epoch,
            clock,
            fold: Arc::new(ChainFold),
            settings: storage_settings(),
        })?;
        let upload = tokio::spawn(tasks.upload.run());
        let compaction = tokio::spawn(tasks.compaction.run(Arc::new(Plain), Arc::new(Plain)));
        Ok(Self { quorum, metadata, storage, upload, compaction, _lock: lock })
    }

    /// Opens a stream at the epoch that the metadata states.
    pub(crate) async fn open(&self, stream: StreamId) -> anyhow::Result<Opened> {
        let image = self.metadata.image();
        let epoch = image.stream(stream).context("the metadata has lost the stream")?.epoch;
        Ok(self.storage.open(stream, epoch).await?)
    }

    /// The uploader ends with the storage only.
    pub(crate) fn check_alive(&self) -> anyhow::Result<()> {
        ensure!(!self.upload.is_finished(), "the uploader has ended");
        ensure!(!self.compaction.is_finished(), "the compactor has ended");
        Ok(())
    }

    /// Stops in order.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.storage.shutdown(FLUSH_MAX).await;
        self.upload.await?;
        self.compaction.await?;
        Ok(self.quorum.shutdown().await?)
    }
}

async fn start_quorum(files: &Arc<dyn Files>, drawn: RaftId) -> anyhow::Result<QuorumNode> {
    let dir = Path::new(QUORUM);
    files.create_dir_all(dir)?;
    let folder = Folder::open(Arc::clone(files), dir.to_owned(), drawn)?;
    let settings = QuorumSettings {
        // A few commands make a snapshot, and two snapshots make a purge.
        snapshot_entries: 6,
        entry_cache_bytes: 2_000,
        ..QuorumSettings::default()
    };
    let parts = penstock_quorum::Parts::alone(folder.id(), NODE, settings);
    let quorum = QuorumNode::start(Place::Folder(folder), parts).await?;
    quorum.recovered().await?;
    Ok(quorum)
}

/// Segments so small that many come and go.
fn wal_settings() -> FileWalSettings {
    let wal = WalSettings { group_bytes_max: 8 << 10, ..WalSettings::default() };
    FileWalSettings { wal, segment_bytes: 16 << 10, first_segment_bytes: 4 << 10 }
}

/// Records have no time that counts, and no keys.
struct Plain;

impl Expiry for Plain {
    fn limits(&self, _topic: TopicId) -> RangeLimits {
        RangeLimits::default()
    }
}

#[async_trait]
impl LogCleaner for Plain {
    fn rules(&self, _topic: TopicId) -> Option<CleaningRules> {
        None
    }

    async fn begin(&self, dirty: &Dirty) -> Result<Option<Box<dyn Cleaning>>, CleaningError> {
        unreachable!("{dirty:?} is of no compacted topic")
    }
}

/// Budgets so small that everything happens often.
fn storage_settings() -> Settings {
    Settings {
        memory: MemoryShares {
            log_cache: 12 << 10,
            index: 40 << 10,
            upload: 64 << 10,
            block_cache: 32 << 10,
        },
        upload: UploadSettings {
            block_bytes_max: 12 << 10,
            stream_object_bytes_min: 5 << 10,
            command_bytes_max: 600,
            lease: Duration::from_secs(120),
            ..UploadSettings::default()
        },
        compaction: CompactionSettings {
            small_max: 3,
            pause: Duration::from_secs(5),
            ..CompactionSettings::default()
        },
        wal_backlog_bytes_max: 200 << 10,
        delete_delay: Duration::from_secs(60),
    }
}
