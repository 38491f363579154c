//! What all requests of a node share.

use std::sync::{Arc, Mutex, PoisonError};

use penstock_model::client::MetadataClient;
use penstock_model::id::{BrokerEpoch, NodeId, TopicId};
use penstock_s3stream::{Clock, Storage};
use penstock_wire::WireString;

use crate::api::FetchSessions;
use crate::config::Given;
use crate::env::Entropy;
use crate::group::GroupCoordinator;
use crate::inspector::Inspector;
use crate::log::Partitions;
use crate::metrics::Metrics;
use crate::net::{AnswerBudget, ByteBudget, FetchBudget};
use crate::producer_ids::ProducerIds;
use crate::shutdown::Shutdown;
use crate::topic_settings::TopicSettingsCache;

/// Tells the term that the quorum is in now.
pub type QuorumTerm = Arc<dyn Fn() -> u64 + Send + Sync>;

/// The broker: handles on everything that an API may need.
pub struct Broker {
    /// This node.
    pub node: NodeId,
    /// This start of it.
    pub epoch: BrokerEpoch,
    /// The settings it was started with.
    pub given: Arc<Given>,
    /// The cluster's metadata.
    pub metadata: Arc<dyn MetadataClient>,
    /// Tells the term that the quorum is in.
    pub quorum_term: QuorumTerm,
    /// The streams.
    pub storage: Storage,
    /// Where objects lie, as answers may tell.
    pub storage_place: String,
    /// The partitions that are led here.
    pub partitions: Arc<Partitions>,
    /// What holds for each topic.
    pub topic_settings: Arc<TopicSettingsCache>,
    /// Ids for idempotent producers.
    pub producer_ids: ProducerIds,
    /// The groups that are coordinated here.
    pub groups: Arc<GroupCoordinator>,
    /// Looks into batches.
    pub inspector: Inspector,
    /// Memory for the keys of logs that are being compacted.
    pub log_compaction: ByteBudget,
    /// Incremental fetch sessions. A short lock, never held across an await.
    pub fetch_sessions: Mutex<FetchSessions>,
    /// Memory for answers.
    pub answers: AnswerBudget,
    /// Memory for what fetches remember of their partitions, until they are answered.
    pub fetches: FetchBudget,
    /// `fetch.max.bytes`, and never more than one answer may hold.
    pub fetch_max_bytes: usize,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// Counts and measures.
    pub metrics: Arc<Metrics>,
    /// Once requested, no request waits any longer than it must: a parked fetch answers at once.
    pub draining: Shutdown,
}

/// Where a broker can be reached, as answers state it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdvertisedEndpoint {
    /// The host.
    pub host: WireString,
    /// The port.
    pub port: i32,
    /// The broker's zone.
    pub rack: Option<WireString>,
}

impl Broker {
    /// Where `node` is reached by clients that use `listener`, while it is active.
    #[must_use]
    pub fn endpoint(&self, node: NodeId, listener: &str) -> Option<AdvertisedEndpoint> {
        let image = self.metadata.image();
        let (_, broker) = image.active_brokers().find(|(id, _)| *id == node)?;
        let endpoint = broker.endpoints.iter().find(|e| &*e.listener == listener)?;
        Some(AdvertisedEndpoint {
            host: WireString::copy_from(&endpoint.host),
            port: i32::from(endpoint.port),
            rack: broker.rack.as_deref().map(WireString::copy_from),
        })
    }

    /// What fetch sessions remember.
    #[must_use]
    pub fn fetch_sessions_bytes(&self) -> usize {
        self.fetch_sessions.lock().unwrap_or_else(PoisonError::into_inner).bytes()
    }

    /// Counts bytes that consumers were sent.
    pub fn count_fetched(&self, topic: TopicId, bytes: usize) {
        let settings = self.topic_settings.of(&self.metadata.image(), topic);
        settings.counters.fetch_bytes.inc_by(bytes as u64);
    }
}
