//! For tests: images with brokers and topics, and a whole broker in memory.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use penstock_model::apply::apply;
use penstock_model::client::{LocalClient, MetadataClient};
use penstock_model::command::{Command, CreateTopic, Endpoint, RegisterBroker, Reply, WalKind};
use penstock_model::id::{
    BrokerEpoch, ClusterId, Incarnation, LogIndex, NodeId, Timestamp, TopicId,
};
use penstock_model::image::MetadataImage;
use penstock_s3stream::store::open::{StoreSettings, open};
use penstock_s3stream::store::url::StoreUrl;
use penstock_s3stream::{Clock, Opened, Parts, Settings, Storage};
use penstock_wal::files::{Blocking, OsFiles};
use penstock_wal::{MemoryMedium, Position, WalSettings};
use penstock_wire::produce_request::{PartitionProduceData, ProduceRequest, TopicProduceData};
use penstock_wire::{Message, Reader, Records, Request, encode_request};

use crate::api::{Api, FetchSessions};
use crate::broker::Broker;
use crate::config::Given;
use crate::env::{Entropy, SystemEntropy};
use crate::features;
use crate::group::{GroupCoordinator, GroupParts};
use crate::inspector::Inspector;
use crate::log::{LogStateFold, Partitions, ProducerShare};
use crate::metrics::Metrics;
use crate::net::{
    Admission, AnswerBudget, ByteBudget, FetchBudget, Handler, Outcome, RequestBudget,
    RequestFrame, Session,
};
use crate::producer_ids::ProducerIds;
use crate::shutdown::{self, ShutdownTrigger};
use crate::topic_settings::TopicSettingsCache;

/// The cluster of every test.
pub(crate) const CLUSTER: ClusterId = ClusterId([7; 16]);

/// The only listener's name.
pub(crate) const LISTENER: &str = "PLAINTEXT";

/// An image of a cluster with these brokers, each with a listener on port 9000 and its number.
pub(crate) fn image_of(active: &[i32], fenced: &[i32]) -> MetadataImage {
    let mut image = MetadataImage::default();
    run(&mut image, &Command::Format(CLUSTER));
    for node in active.iter().chain(fenced) {
        let reply = run(&mut image, &register(NodeId(*node)));
        let Reply::Registered { epoch, .. } = reply else { panic!("{reply:?}") };
        if fenced.contains(node) {
            run(&mut image, &Command::FenceBroker(epoch));
        }
    }
    image
}

/// Creates a topic with one replica, its partitions led by these nodes.
pub(crate) fn add_topic(image: &mut MetadataImage, name: &str, leaders: &[i32]) -> TopicId {
    let command = topic(name, leaders);
    let id = command.id;
    run(image, &Command::CreateTopic(command));
    id
}

/// A topic with a partition for each of the leaders.
pub(crate) fn topic(name: &str, leaders: &[i32]) -> CreateTopic {
    let entropy: &dyn Entropy = &SystemEntropy;
    CreateTopic {
        id: TopicId(entropy.draw()),
        name: Arc::from(name),
        replication_factor: 1,
        leaders: leaders.iter().map(|node| NodeId(*node)).collect(),
        configs: Vec::new(),
    }
}

/// Applies a command that must not be refused.
pub(crate) fn run(image: &mut MetadataImage, command: &Command) -> Reply {
    let index = LogIndex(image.index().0 + 1);
    apply(image, index, command).result.expect("the command is right")
}

fn register(node: NodeId) -> Command {
    Command::RegisterBroker(RegisterBroker {
        node,
        incarnation: Incarnation([u8::try_from(node.0).expect("a small number"); 16]),
        endpoints: vec![Endpoint {
            listener: Arc::from(LISTENER),
            security: Arc::from("PLAINTEXT"),
            host: Arc::from("127.0.0.1"),
            port: u16::try_from(9000 + node.0).expect("a small number"),
        }],
        rack: None,
        wal: WalKind::Local,
    })
}

/// A clock that stands still until it is set on.
#[derive(Debug)]
pub(crate) struct StoppedClock(AtomicI64);

impl StoppedClock {
    pub(crate) fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.0))
    }

    /// So much time passes at once.
    pub(crate) fn pass(&self, time: Duration) {
        let time = i64::try_from(time.as_millis()).expect("a short time");
        self.0.fetch_add(time, Ordering::Relaxed);
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

/// A broker on metadata, log and store in memory: node 1, the only one unless `metadata` is told
/// of others. Needs a tokio runtime.
pub(crate) struct TestBroker {
    pub(crate) broker: Arc<Broker>,
    pub(crate) metadata: Arc<LocalClient>,
    pub(crate) clock: Arc<StoppedClock>,
    /// Room for requests.
    pub(crate) requests: RequestBudget,
    /// Dropping it drains the broker.
    _draining: ShutdownTrigger,
}

impl TestBroker {
    /// With these settings, as `key=value`.
    pub(crate) fn start(settings: &[&str]) -> Self {
        let test = Self::unfinalized(settings);
        let features = Command::UpdateFeatures(features::initial());
        test.metadata.apply(&features).result.expect("nothing is finalized");
        test
    }

    /// In a cluster that has finalized nothing yet.
    pub(crate) fn without_features() -> Self {
        Self::unfinalized(&[])
    }

    fn unfinalized(settings: &[&str]) -> Self {
        let pairs: Vec<String> = settings.iter().map(|pair| (*pair).to_owned()).collect();
        let given = Given::load(None, [], &pairs).expect("valid settings");
        let (given, node) = (Arc::new(given), NodeId(1));
        let local = Arc::new(LocalClient::default());
        local.apply(&Command::Format(CLUSTER)).result.expect("an empty image");
        let reply = local.apply(&register(node)).result;
        let Ok(Reply::Registered { epoch, .. }) = reply else { panic!("{reply:?}") };

        let metadata: Arc<dyn MetadataClient> = Arc::clone(&local) as _;
        let stopped = Arc::new(StoppedClock::at(Timestamp(1_000_000)));
        let clock: Arc<dyn Clock> = Arc::clone(&stopped) as _;
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let metrics = Arc::new(Metrics::new(false));
        let storage = start_storage(epoch, &metadata, &clock);
        let (draining, drain_seen) = shutdown::channel();
        let topic_settings =
            TopicSettingsCache::new(Arc::clone(&given), node, Arc::clone(&metrics));
        let topic_settings = Arc::new(topic_settings);
        let partitions = Arc::new(Partitions::new(
            storage.clone(),
            Arc::clone(&metadata),
            epoch,
            Arc::new(ProducerShare::new(1 << 20)),
            Arc::clone(&clock),
            drain_seen.clone(),
        ));
        let inspector = Inspector::new(8 << 20, Blocking::Thread);
        let groups_bytes = given.effective("memory.groups.bytes");
        let groups_bytes = groups_bytes.map_or(16 << 20, |bytes| bytes.parse().expect("a number"));
        let groups = Arc::new(GroupCoordinator::new(GroupParts {
            given: Arc::clone(&given),
            epoch,
            partitions: Arc::clone(&partitions),
            topic_settings: Arc::clone(&topic_settings),
            storage: storage.clone(),
            inspector: inspector.clone(),
            metadata: Arc::clone(&metadata),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
            memory_bytes: groups_bytes,
            draining: drain_seen.clone(),
        }));
        tokio::spawn(Arc::clone(&groups).run(drain_seen.clone()));
        let broker = Broker {
            node,
            epoch,
            given,
            partitions,
            groups,
            producer_ids: ProducerIds::new(Arc::clone(&metadata), epoch, Arc::clone(&entropy)),
            metadata,
            quorum_term: Arc::new(|| 3),
            storage,
            storage_place: "memory://".to_owned(),
            topic_settings,
            inspector,
            log_compaction: ByteBudget::new(1 << 20),
            fetch_sessions: Mutex::new(FetchSessions::new(10, 1 << 20, 0)),
            answers: AnswerBudget::new(4 << 20),
            fetches: FetchBudget::new(1 << 20),
            fetch_max_bytes: 1 << 20,
            clock,
            entropy,
            metrics,
            draining: drain_seen,
        };
        Self {
            broker: Arc::new(broker),
            metadata: local,
            clock: stopped,
            requests: RequestBudget::new(64 << 20),
            _draining: draining,
        }
    }

    /// Creates a topic of one partition, and opens that.
    pub(crate) async fn open_partition(&self, name: &str) -> Opened {
        let command = Command::CreateTopic(topic(name, &[self.broker.node.0]));
        self.metadata.apply(&command).result.expect("there is none of that name");
        let image = self.broker.metadata.image();
        let stream = image.topic_by_name(name).expect("it was created").streams[0];
        let epoch = image.stream(stream).expect("a topic's stream").epoch;
        self.broker.storage.open(stream, epoch).await.expect("an empty stream opens")
    }

    /// The last command that was decided.
    pub(crate) fn metadata_index(&self) -> u64 {
        self.broker.metadata.image().index().0
    }

    /// The epoch of the finalized features, and these.
    pub(crate) fn features(&self) -> String {
        let image = self.broker.metadata.image();
        let levels = image.features().levels().map(|(name, level)| format!(" {name}={level}"));
        format!("{}:{}", image.features().epoch(), levels.collect::<String>())
    }

    /// Another broker enters the cluster.
    pub(crate) fn join(&self, node: i32) -> BrokerEpoch {
        let reply = self.metadata.apply(&register(NodeId(node))).result;
        let Ok(Reply::Registered { epoch, .. }) = reply else { panic!("{reply:?}") };
        epoch
    }

    /// What becomes of a request that comes in a frame, in this version.
    pub(crate) async fn begin<R: Request>(&self, version: i16, request: &R) -> Outcome {
        let frame = encode_request(version, 7, None, request).expect("it fits the version");
        let bytes = Bytes::from(frame.concat()).slice(4..);
        let api = Api::new(Arc::clone(&self.broker));
        let Admission::Serve(kind) = api.admit(R::API_KEY as i16, version) else {
            panic!("{} v{version} is served", R::API_KEY.name())
        };
        let mut room = self.requests.acquire(kind, bytes.len()).await.expect("it is no giant");
        self.requests.decode(kind, bytes.len(), &mut room).await;
        let request =
            RequestFrame { api_key: R::API_KEY as i16, api_version: version, bytes, room };
        let mut session = Session::new(Arc::from(LISTENER), ([127, 0, 0, 1], 40_000).into());
        api.begin(&mut session, request).await
    }

    /// A request's whole way, frames included, in this version.
    pub(crate) async fn ask<R: Request>(&self, version: i16, request: &R) -> R::Response {
        let response = match self.begin(version, request).await {
            Outcome::Respond(response) => response,
            Outcome::Later(response, _) => response.await,
            _ => panic!("{} v{version} is answered", R::API_KEY.name()),
        };
        // Length and correlation id; no tags in a flexible header are one byte.
        let header = 8 + usize::from(R::API_KEY.response_header_version(version) > 0);
        let mut body = Reader::new(Bytes::from(response.into_bytes()).slice(header..));
        R::Response::decode(&mut body, version).expect("an answer in the request's version")
    }
}

/// A storage on log and store in memory, of which nothing is uploaded.
pub(crate) fn start_storage(
    epoch: BrokerEpoch,
    metadata: &Arc<dyn MetadataClient>,
    clock: &Arc<dyn Clock>,
) -> Storage {
    let store = open(&StoreUrl::Memory, Arc::new(OsFiles), &StoreSettings::default());
    let wal = MemoryMedium::default().recover(Position(0), &WalSettings::default());
    let (storage, _tasks) = Storage::start(Parts {
        wal: Box::new(wal.expect("an empty log")),
        store: Arc::new(store.expect("a store in memory")),
        assembler: None,
        metadata: Arc::clone(metadata),
        epoch,
        clock: Arc::clone(clock),
        fold: Arc::new(LogStateFold),
        settings: Settings::default(),
    })
    .expect("an empty log fits an empty image");
    storage
}

/// A request to append these bytes, acknowledged by all.
pub(crate) fn produce_request(
    topic: &'static str,
    partition: i32,
    records: Bytes,
) -> ProduceRequest {
    ProduceRequest {
        acks: -1,
        timeout_ms: 1000,
        topic_data: vec![TopicProduceData {
            name: topic.into(),
            partition_data: vec![PartitionProduceData {
                index: partition,
                records: Some(Records::from(records)),
            }],
            ..TopicProduceData::default()
        }],
        ..ProduceRequest::default()
    }
}
