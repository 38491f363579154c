//! One node: its log, its store and its metadata outlive the processes that run on them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use object_store::ObjectStore;
use penstock_model::client::{LocalClient, MetadataClient};
use penstock_model::command::{
    Command, CreateTopic, DeleteTopic, InheritWal, RegisterBroker, Reply, WalKind,
};
use penstock_model::id::{
    BrokerEpoch, ClusterId, Incarnation, NodeId, ObjectId, StreamId, Timestamp, TopicId,
};
use penstock_model::image::ObjectLife;
use penstock_model::invariants;
use penstock_s3stream::verify::{Listed, verify};
use penstock_s3stream::{
    Appended, Clock, CompactionSettings, Expiry, MemoryShares, PaceSettings, Parts, RangeLimits,
    Settings, Stopped, Storage, Stream, UploadSettings,
};
use penstock_wal::files::{Files, OsFiles};
use penstock_wal::{
    FileWal, FileWalSettings, MemoryMedium, Owner, Position, Recovering, WalError, WalSettings,
};
use tokio::task::JoinHandle;

use crate::assembler::CheckedAssembler;
use crate::checked_store::CheckedStore;
use crate::checked_wal::{CheckedRecovery, NextPayload};
use crate::cleaner::ByKey;
use crate::fold::{Chain, Link};
use crate::unsteady_metadata::UnsteadyMetadata;

pub(crate) const NODE: NodeId = NodeId(1);
/// Whose log it is.
const OWNER: Owner = Owner([9; Owner::BYTES]);
const TOPIC: TopicId = TopicId([7; 16]);

pub(crate) struct World {
    pub(crate) medium: Medium,
    pub(crate) local: Arc<LocalClient>,
    pub(crate) metadata: Arc<UnsteadyMetadata>,
    pub(crate) store: Arc<CheckedStore>,
    pub(crate) assembler: Arc<CheckedAssembler>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) settings: Settings,
    pub(crate) next_payload: NextPayload,
    /// For how many milliseconds records may stand in one range; 0 for any.
    pub(crate) span: u64,
    /// Whether logs are compacted.
    pub(crate) cleans: bool,
    starts: u8,
}

/// Where the log lies.
pub(crate) enum Medium {
    Memory(MemoryMedium),
    /// In files of this folder, with segments so small that many come and go.
    Files(tempfile::TempDir),
}

impl Medium {
    fn recover(&self, trim: Position) -> Result<Box<dyn Recovering<Appended>>, WalError> {
        Ok(match self {
            Self::Memory(medium) => Box::new(medium.recover(trim, &WalSettings::default())?),
            Self::Files(dir) => {
                let files: Arc<dyn Files> = Arc::new(OsFiles);
                let settings = FileWalSettings {
                    segment_bytes: 1 << 20,
                    first_segment_bytes: 256 << 10,
                    ..FileWalSettings::default()
                };
                // Before the first trim there may be no log yet.
                let begins = (trim > Position(0)).then_some(trim);
                Box::new(FileWal::recover(&files, dir.path(), OWNER, begins, &settings)?)
            }
        })
    }

    /// The next write fails.
    pub(crate) fn fail_next_write(&self) {
        match self {
            Self::Memory(medium) => medium.fail_next_write(),
            Self::Files(_) => panic!("files do not fail on demand"),
        }
    }
}

/// A process on it.
pub(crate) struct Process {
    pub(crate) storage: Storage,
    pub(crate) epoch: BrokerEpoch,
    upload: JoinHandle<()>,
    compaction: JoinHandle<()>,
}

/// Records of one range may be written within so many milliseconds; 0 for any.
struct Span(u64);

impl Expiry for Span {
    fn limits(&self, _topic: TopicId) -> RangeLimits {
        RangeLimits { span: (self.0 > 0).then_some(self.0), ..RangeLimits::default() }
    }
}

/// A clock that is set by hand.
#[derive(Debug, Default)]
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn pass(&self, time: Duration) {
        self.0.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

/// Budgets so small that everything happens often.
pub(crate) fn tiny() -> Settings {
    Settings {
        memory: MemoryShares {
            log_cache: 24 << 10,
            index: 40 << 10,
            upload: 64 << 10,
            block_cache: 64 << 10,
        },
        upload: UploadSettings {
            block_bytes_max: 16 << 10,
            stream_object_bytes_min: 6 << 10,
            command_bytes_max: 600,
            lease: Duration::from_secs(120),
            ..UploadSettings::default()
        },
        compaction: CompactionSettings {
            small_max: 3,
            large_max: 8,
            // What log compaction has in memory, too.
            merged_bytes_max: 48 << 10,
            pause: Duration::from_secs(5),
            pace: PaceSettings {
                percent_of_uploads: 150,
                bytes_per_second: 4 << 10,
                burst_bytes: 100 << 10,
            },
        },
        wal_backlog_bytes_max: 200 << 10,
        delete_delay: Duration::from_secs(600),
    }
}

impl World {
    pub(crate) fn new(seed: u64, settings: Settings) -> Self {
        let local = Arc::new(LocalClient::default());
        let store = CheckedStore::new(Arc::clone(&local), seed);
        let metadata = UnsteadyMetadata::new(Arc::clone(&local), Arc::clone(&store), !seed);
        local.apply(&Command::Format(ClusterId([3; 16]))).result.unwrap();
        let medium = Medium::Memory(MemoryMedium::default());
        let (clock, next_payload) = (Arc::default(), Arc::default());
        let assembler = CheckedAssembler::new(Arc::clone(&local), Arc::clone(&store));
        Self {
            medium,
            local,
            metadata,
            store,
            assembler,
            clock,
            settings,
            next_payload,
            span: 0,
            cleans: false,
            starts: 0,
        }
    }

    /// A new process on what the former left.
    pub(crate) fn start(&mut self) -> Process {
        self.starts += 1;
        let register = Command::RegisterBroker(RegisterBroker {
            node: NODE,
            incarnation: Incarnation([self.starts; 16]),
            endpoints: Vec::new(),
            rack: None,
            wal: WalKind::Local,
        });
        let Reply::Registered { epoch, unrecovered } = self.local.apply(&register).result.unwrap()
        else {
            panic!("a registration is answered with its epoch");
        };
        let image = self.local.image();
        let oldest = unrecovered.first().copied().unwrap_or(epoch);
        let trim = Position(image.wal(oldest).unwrap().trim.0);
        let recovered = self.medium.recover(trim).unwrap();
        for from in unrecovered {
            let inherit = Command::InheritWal(InheritWal { from, to: epoch, end: None });
            self.local.apply(&inherit).result.unwrap();
        }
        let wal = CheckedRecovery {
            inner: recovered,
            metadata: Arc::clone(&self.local),
            epoch,
            next_payload: Arc::clone(&self.next_payload),
        };
        let (storage, tasks) = Storage::start(Parts {
            wal: Box::new(wal),
            store: Arc::clone(&self.store) as _,
            assembler: Some(Arc::clone(&self.assembler) as _),
            metadata: Arc::clone(&self.metadata) as _,
            epoch,
            clock: Arc::clone(&self.clock) as _,
            fold: Arc::new(Chain),
            settings: self.settings.clone(),
        })
        .unwrap();
        let upload = tokio::spawn(tasks.upload.run());
        let (expiry, cleaner) = (Span(self.span), ByKey { cleans: self.cleans });
        let compaction = tokio::spawn(tasks.compaction.run(Arc::new(expiry), Arc::new(cleaner)));
        Process { storage, epoch, upload, compaction }
    }

    /// Creates a topic, and answers its streams.
    pub(crate) fn create_topic(&self, partitions: usize) -> Vec<StreamId> {
        let create = Command::CreateTopic(CreateTopic {
            id: TOPIC,
            name: "topic".into(),
            replication_factor: 1,
            leaders: vec![NODE; partitions],
            configs: Vec::new(),
        });
        self.local.apply(&create).result.unwrap();
        self.local.image().topic(TOPIC).unwrap().streams.clone()
    }

    pub(crate) fn delete_topic(&self) {
        let now = self.clock.now();
        self.local.apply(&Command::DeleteTopic(DeleteTopic { id: TOPIC, now })).result.unwrap();
    }

    /// Time passes, on every clock.
    pub(crate) async fn pass(&self, time: Duration) {
        self.clock.pass(time);
        tokio::time::sleep(time).await;
    }

    pub(crate) fn check_metadata(&self) {
        invariants::check(&self.local.image()).unwrap();
    }

    /// After all faults are gone: what the store holds is what the metadata refers to.
    pub(crate) async fn check_store(&self, storage: &Storage) {
        for _ in 0..4 {
            self.pass(Duration::from_secs(3_600)).await;
            storage.collect_garbage(self.clock.now()).await;
        }
        let image = self.local.image();
        let referred: Vec<(ObjectId, u64)> = image
            .objects()
            .inspect(|(id, object)| {
                assert!(matches!(object.life, ObjectLife::Live { .. }), "object {id} is left over");
            })
            .map(|(id, object)| (id, object.size))
            .collect();
        let store: Arc<dyn ObjectStore> = Arc::clone(&self.store) as _;
        let listed = Listed::new(&*store, image.cluster().unwrap()).await.unwrap();
        let report = verify(&store, &listed, &image, &image).await.unwrap();
        assert!(report.is_clean(), "{report:?}");
        assert_eq!(report.objects, referred.len() as u64);
        assert_eq!(self.store.content().await, referred);
        assert_eq!(image.leases().count(), 0);
        // What an attempt left behind before another one was committed.
        for _ in 0..2 {
            storage.reconcile().await;
        }
        assert_eq!(self.assembler.begun(), 0);
    }
}

impl Process {
    /// Opens a stream, and answers what its checkpoint and tail fold to.
    pub(crate) async fn open(&self, world: &World, id: StreamId) -> (Stream, Link) {
        let epoch = world.local.image().stream(id).unwrap().epoch;
        let opened = self.storage.open(id, epoch).await.unwrap();
        let mut link = Link::of(opened.checkpoint.as_ref());
        opened.tail.iter().for_each(|batch| link.add(id, batch));
        (opened.stream, link)
    }

    /// Flushes, in bounded time: an uploader that panicked would never be done.
    pub(crate) async fn flush(&self) -> Result<(), Stopped> {
        let flushed = tokio::time::timeout(Duration::from_secs(600), self.storage.flush()).await;
        flushed.expect("the uploader works on, or says why not")
    }

    /// The uploader only ends with the storage.
    pub(crate) fn check_alive(&self) {
        assert!(!self.upload.is_finished(), "the uploader ended");
        assert!(!self.compaction.is_finished(), "the compactor ended");
    }

    /// The process ends where it stands.
    pub(crate) fn crash(self) {
        self.upload.abort();
        self.compaction.abort();
    }

    pub(crate) async fn shut_down(self, flush: Duration) {
        self.storage.shutdown(flush).await;
        self.upload.await.unwrap();
        self.compaction.await.unwrap();
    }
}
