//! The broker put together on a running storage, and its listeners.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use penstock_model::client::MetadataClient;
use penstock_model::id::BrokerEpoch;
use penstock_s3stream::store::metered::StoreCounters;
use penstock_s3stream::{Clock, CompactionTask, Storage};
use penstock_wal::files::Blocking;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::sampler::Sampler;
use crate::admin_http::Insight;
use crate::api::{Api, FetchSessions};
use crate::broker::{Broker, QuorumTerm};
use crate::config::{Given, NodeConfig};
use crate::env::Entropy;
use crate::group::{GroupCoordinator, GroupParts};
use crate::inspector::Inspector;
use crate::log::{
    Housekeeping, HousekeepingIntervals, LogCompaction, Partitions, ProducerShare, TopicExpiry,
};
use crate::metrics::Metrics;
use crate::net::transport::Acceptor;
use crate::net::{
    AnswerBudget, ByteBudget, ConnectionLimits, FetchBudget, Listener, RequestBudget,
};
use crate::producer_ids::ProducerIds;
use crate::shutdown::Shutdown;
use crate::topic_settings::TopicSettingsCache;

/// Between two looks for producers that are silent, and for objects that may be deleted.
const HOUSEKEEPING_INTERVAL: Duration = Duration::from_secs(600);
const GARBAGE_INTERVAL: Duration = Duration::from_secs(60);

/// Between two tries of a partition that is refused because of what is stored of it.
const REOPEN_INTERVAL: Duration = Duration::from_secs(60);

/// How long a start waits for its partitions, which go on being opened after that. Opening one takes
/// a read from the store; with a store that answers, thousands are open by then.
const OPEN_WAIT: Duration = Duration::from_secs(2);

/// A fetch session that was used within this time does not give way to a new one, as in Kafka.
const FETCH_SESSION_IDLE_MS_MIN: i64 = 120_000;

/// What the broker is made of.
pub(super) struct Parts {
    pub(super) given: Arc<Given>,
    pub(super) config: NodeConfig,
    pub(super) epoch: BrokerEpoch,
    pub(super) metadata: Arc<dyn MetadataClient>,
    pub(super) quorum_term: QuorumTerm,
    pub(super) storage: Storage,
    /// Where work that takes long may be done.
    pub(super) blocking: Blocking,
    pub(super) compaction: CompactionTask,
    pub(super) store_counters: Arc<StoreCounters>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) draining: Shutdown,
}

/// The broker, ready to listen.
pub(super) struct Serving {
    pub(super) broker: Arc<Broker>,
    config: NodeConfig,
    requests: RequestBudget,
    store_counters: Arc<StoreCounters>,
}

/// Puts the broker together, opens its partitions, and starts what goes on beside requests.
pub(super) async fn open(
    parts: Parts,
    background: &mut JoinSet<()>,
    stopping: &Shutdown,
) -> Serving {
    let Parts { given, config, epoch, metadata, storage, store_counters, .. } = parts;
    let Parts { clock, entropy, metrics, draining, quorum_term, compaction, blocking, .. } = parts;
    let topic_settings =
        TopicSettingsCache::new(Arc::clone(&given), config.node, Arc::clone(&metrics));
    let topic_settings = Arc::new(topic_settings);
    let producers = Arc::new(ProducerShare::new(config.memory.producers));
    let partitions = Arc::new(Partitions::new(
        storage.clone(),
        Arc::clone(&metadata),
        epoch,
        producers,
        Arc::clone(&clock),
        stopping.clone(),
    ));
    let (all_tried, opened) = oneshot::channel();
    background.spawn(Arc::clone(&partitions).keep_open(REOPEN_INTERVAL, all_tried));
    tokio::select! {
        biased;
        _ = opened => {}
        // The node notices as soon as it runs.
        _ = storage.failed() => {}
        () = sleep(OPEN_WAIT) => {
            let open = partitions.opened().len();
            tracing::warn!(open, "partitions do not open, the others are served meanwhile");
        }
    }
    let housekeeping = Housekeeping {
        partitions: Arc::clone(&partitions),
        storage: storage.clone(),
        metadata: Arc::clone(&metadata),
        topic_settings: Arc::clone(&topic_settings),
        clock: Arc::clone(&clock),
        intervals: HousekeepingIntervals {
            retention: config.retention_check_interval,
            producers: HOUSEKEEPING_INTERVAL,
            producer_expiration: config.producer_id_expiration,
            garbage: GARBAGE_INTERVAL,
            reconcile: config.reconcile_interval,
        },
    };
    housekeeping.spawn(background, stopping);
    // Of the memory for requests, an eighth each for what sessions remember and for fetches.
    let (requests, part) = (config.memory.requests, config.memory.requests / 8);
    let fetch_sessions =
        FetchSessions::new(config.fetch_sessions_max, part, FETCH_SESSION_IDLE_MS_MIN);
    let answers = AnswerBudget::new(config.memory.responses);
    let inspector = Inspector::new(config.memory.inflation, blocking);
    let log_compaction = ByteBudget::new(config.memory.log_compaction);
    let expiry = TopicExpiry::new(Arc::clone(&metadata), Arc::clone(&topic_settings));
    let cleaner = LogCompaction {
        metadata: Arc::clone(&metadata),
        topic_settings: Arc::clone(&topic_settings),
        inspector: inspector.clone(),
        entropy: Arc::clone(&entropy),
        keys: log_compaction.clone(),
    };
    background.spawn(compaction.run(Arc::new(expiry), Arc::new(cleaner)));
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
        memory_bytes: config.memory.groups,
        draining: draining.clone(),
    }));
    background.spawn(Arc::clone(&groups).run(stopping.clone()));
    let broker = Broker {
        node: config.node,
        epoch,
        given,
        producer_ids: ProducerIds::new(Arc::clone(&metadata), epoch, Arc::clone(&entropy)),
        metadata,
        quorum_term,
        storage,
        storage_place: config.store.to_string(),
        partitions,
        topic_settings,
        groups,
        inspector,
        log_compaction,
        fetch_sessions: Mutex::new(fetch_sessions),
        fetches: FetchBudget::new(part),
        fetch_max_bytes: config.fetch_bytes_max.min(answers.one_answer()),
        answers,
        clock,
        entropy,
        metrics,
        draining,
    };
    let requests = RequestBudget::new(requests - 2 * part);
    Serving { broker: Arc::new(broker), config, requests, store_counters }
}

impl Serving {
    /// What the admin HTTP shows.
    pub(super) fn insight(&self) -> Insight {
        let sampler = Sampler {
            broker: Arc::clone(&self.broker),
            store: Arc::clone(&self.store_counters),
            requests: self.requests.clone(),
        };
        Insight {
            sample: Arc::new(move || sampler.sample()),
            broker: Arc::clone(&self.broker),
            store: Arc::clone(&self.store_counters),
        }
    }

    /// Serves every listener until the drain.
    pub(super) fn listen<A: Acceptor>(self, acceptors: Vec<(Arc<str>, A)>) -> JoinSet<()> {
        let config = self.config;
        let limits = ConnectionLimits::new(
            config.connections_max,
            config.connections_per_address_max,
            config.connections_per_address_overrides,
        );
        let draining = self.broker.draining.clone();
        let connections = self.broker.metrics.connections.clone();
        let handler = Arc::new(Api::new(self.broker));
        let mut listeners = JoinSet::new();
        for (name, acceptor) in acceptors {
            let label = crate::metrics::ListenerLabel { listener: name.to_string() };
            let listener = Listener {
                connections: connections.get_or_create_owned(&label),
                name,
                acceptor,
                handler: Arc::clone(&handler),
                limits: limits.clone(),
                budget: self.requests.clone(),
                settings: config.connection,
            };
            listeners.spawn(listener.run(draining.clone(), config.drain_max));
        }
        listeners
    }
}
