//! A node: what is started, in which order, and what is stopped.
//!
//! ```text
//!   admin HTTP ► lock ► bind ► quorum ► format ► recover WAL ► register ► inherit ► storage
//!                                                               ► partitions ► listeners ► ready
//!   not ready ► drain listeners ► background tasks ► flush storage ► quorum ► admin HTTP
//! ```
//!
//! Each step is a step because the next relies on it. When one fails, the process ends, and the
//! next start recovers as after a crash.

mod failure;
pub mod log_owner;
mod metadata;
mod recovery;
mod sampler;
mod serving;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use penstock_model::client::MetadataClient;
use penstock_model::command::Endpoint;
use penstock_model::id::{BrokerEpoch, ClusterId, NodeId};
use penstock_quorum::QuorumNode;
use penstock_s3stream::store::metered::{MeteredStore, StoreLimits};
use penstock_s3stream::store::open::{StoreSettings, Stores, StoresOfUrls};
use penstock_s3stream::{Appended, Clock, Storage};
use penstock_wal::Recovering;
use penstock_wal::files::{Files, LockGuard};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};

pub use failure::{NodeFailure, StartError};
use recovery::{file, object};

use crate::admin_http::{AdminHttp, Insight, Readiness};
use crate::cluster_id;
use crate::config::{Given, NodeConfig, WalPlace};
use crate::env::{Entropy, SystemClock, SystemEntropy};
use crate::metrics::Metrics;
use crate::net::transport::{Acceptor, Network, TcpNetwork};
use crate::shutdown::{self, Shutdown, ShutdownTrigger};

/// How long a stop may spend on uploading what the WAL holds; the next start finds the rest.
const FLUSH_MAX: Duration = Duration::from_secs(5);

/// What a node is made of.
pub struct Parts<N> {
    /// Everything that was set.
    pub given: Arc<Given>,
    /// What that means.
    pub config: NodeConfig,
    /// Its disk.
    pub files: Arc<dyn Files>,
    /// Where its stores come from.
    pub stores: Arc<dyn Stores>,
    /// Where it is spoken to. The admin HTTP is no part of it: that is the operating system's.
    pub network: N,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
}

impl Parts<TcpNetwork> {
    /// With the operating system's network, clock and entropy, and the stores that URLs name.
    #[must_use]
    pub fn of_system(given: Given, config: NodeConfig, files: Arc<dyn Files>) -> Self {
        let stores = StoresOfUrls { files: Arc::clone(&files), settings: StoreSettings::default() };
        Self {
            given: Arc::new(given),
            config,
            files,
            stores: Arc::new(stores),
            network: TcpNetwork,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
        }
    }
}

/// A running node.
pub struct Node {
    node: NodeId,
    cluster: ClusterId,
    kafka: Vec<(String, String)>,
    admin: Option<String>,
    quorum: QuorumNode,
    storage: Storage,
    readiness: watch::Sender<Readiness>,
    draining: ShutdownTrigger,
    listeners: JoinSet<()>,
    background: Background,
    admin_task: Background,
    _lock: Box<dyn LockGuard>,
}

/// Tasks that run until they are told to stop.
struct Background {
    stop: ShutdownTrigger,
    stopping: Shutdown,
    tasks: JoinSet<()>,
}

impl Background {
    fn new() -> Self {
        let (stop, stopping) = shutdown::channel();
        Self { stop, stopping, tasks: JoinSet::new() }
    }

    async fn stop(mut self) {
        self.stop.request();
        while let Some(ended) = self.tasks.join_next().await {
            report(ended);
        }
    }
}

impl Node {
    /// Starts everything, in the order of the picture above.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start<N: Network>(parts: Parts<N>) -> Result<Self, StartError> {
        let Parts { given, config, files, stores, network, clock, entropy } = parts;
        for setting in given.without_effect() {
            tracing::info!(key = setting.name, reason = setting.doc, "setting without effect");
        }
        let metrics = Arc::new(Metrics::new(config.metrics_by_topic));
        let (readiness, readiness_seen) = watch::channel(Readiness::Starting);
        let (shown, insight) = watch::channel::<Option<Insight>>(None);
        let mut admin_task = Background::new();
        let mut admin = None;
        if let Some(address) = &config.admin {
            let http = bind("admin.listener", &address.to_bind(), AdminHttp::bind).await?;
            admin = http.local_address().ok().map(|address| address.to_string());
            let stopping = admin_task.stopping.clone();
            let serving = http.run(Arc::clone(&metrics), insight, readiness_seen, stopping);
            admin_task.tasks.spawn(serving);
        }

        let lock = lock(files.as_ref(), &config)?;
        let (acceptors, endpoints) = bind_listeners(&network, &config).await?;
        let kafka = endpoints
            .iter()
            .map(|endpoint| {
                let listener =
                    format!("{}://{}:{}", endpoint.listener, endpoint.host, endpoint.port);
                (endpoint.listener.to_string(), listener)
            })
            .collect();
        let blocking = files.blocking();
        let store = stores.open(&config.store)?;
        let controller = metadata::start(&files, &store, &config, entropy.as_ref()).await?;
        let metadata::Controller { quorum, cluster } = controller;
        let client = quorum.client();
        let stores = stores.as_ref();
        let joining = Joining { cluster, store, stores, config: &config, files: &files };
        let joined = joining.join(&client, endpoints, &clock, entropy.as_ref()).await;
        let Joined { cluster, epoch, started } = match joined {
            Ok(joined) => joined,
            Err(error) => {
                metadata::leave(quorum).await;
                return Err(error);
            }
        };
        let recovery::Started { storage, tasks, store_counters } = started;

        let mut background = Background::new();
        background.tasks.spawn(tasks.upload.run());
        let (draining, drain_seen) = shutdown::channel();
        let parts = serving::Parts {
            given,
            config,
            epoch,
            metadata: client,
            quorum_term: Arc::new(quorum.term()),
            storage: storage.clone(),
            blocking,
            compaction: tasks.compaction,
            store_counters,
            clock,
            entropy,
            metrics,
            draining: drain_seen,
        };
        let serving = serving::open(parts, &mut background.tasks, &background.stopping).await;
        let node = serving.broker.node;
        shown.send_replace(Some(serving.insight()));
        let listeners = serving.listen(acceptors);
        readiness.send_replace(Readiness::Serving);
        Ok(Self {
            node,
            cluster,
            kafka,
            admin,
            quorum,
            storage,
            readiness,
            draining,
            listeners,
            background,
            admin_task,
            _lock: lock,
        })
    }

    /// The line that says that it is ready, and where.
    #[must_use]
    pub fn ready_line(&self) -> String {
        let kafka: Vec<&str> = self.kafka.iter().map(|(_, address)| address.as_str()).collect();
        let admin = match &self.admin {
            Some(address) => format!(", admin http://{address}"),
            None => String::new(),
        };
        format!(
            "penstock {} is ready: kafka {}{admin}, node {}, cluster {}",
            env!("CARGO_PKG_VERSION"),
            kafka.join(","),
            self.node,
            cluster_id::format(self.cluster),
        )
    }

    /// Where Kafka is spoken, by listener.
    #[must_use]
    pub fn kafka_addresses(&self) -> &[(String, String)] {
        &self.kafka
    }

    /// What the node knows of the metadata.
    #[must_use]
    pub fn metadata(&self) -> Arc<dyn MetadataClient> {
        self.quorum.client()
    }

    /// Where its records are.
    #[must_use]
    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    /// Serves until `shutdown`, then stops in order.
    ///
    /// # Errors
    /// What ended the node by itself; then nothing is stopped in order, and the next start
    /// recovers.
    pub async fn run(mut self, shutdown: Shutdown) -> Result<(), NodeFailure> {
        let ended = |ended: Option<Result<(), JoinError>>| {
            NodeFailure::Task(match ended {
                Some(Err(error)) => error.to_string(),
                _ => "it returned".to_owned(),
            })
        };
        tokio::select! {
            biased;
            () = shutdown.requested() => {}
            failure = self.storage.failed() => return Err(failure.into()),
            failure = self.quorum.failed() => return Err(failure.into()),
            task = self.listeners.join_next() => return Err(ended(task)),
            task = self.background.tasks.join_next() => return Err(ended(task)),
        }
        self.stop().await;
        Ok(())
    }

    async fn stop(mut self) {
        tracing::info!("draining");
        self.readiness.send_replace(Readiness::Draining);
        self.draining.request();
        while let Some(ended) = self.listeners.join_next().await {
            report(ended);
        }
        self.background.stop.request();
        self.storage.shutdown(FLUSH_MAX).await;
        self.background.stop().await;
        metadata::leave(self.quorum).await;
        self.admin_task.stop().await;
        tracing::info!("stopped");
    }
}

/// A node that is part of its cluster, with its storage.
struct Joined {
    cluster: ClusterId,
    epoch: BrokerEpoch,
    started: recovery::Started,
}

/// A node whose controller is up.
struct Joining<'a> {
    /// The cluster that it must be; `None` for any.
    cluster: Option<ClusterId>,
    store: MeteredStore,
    stores: &'a dyn Stores,
    config: &'a NodeConfig,
    files: &'a Arc<dyn Files>,
}

impl Joining<'_> {
    /// Enters the cluster, and goes on where the node's last run ended.
    async fn join(
        self,
        client: &Arc<dyn MetadataClient>,
        endpoints: Vec<Endpoint>,
        clock: &Arc<dyn Clock>,
        entropy: &dyn Entropy,
    ) -> Result<Joined, StartError> {
        let Self { cluster, store, stores, config, files } = self;
        if let WalPlace::File(dir) = &config.wal {
            file::check_metadata_is_there(files, dir, config, &client.image()).await?;
        }
        let cluster = metadata::format(client.as_ref(), cluster, entropy).await?;
        let (epoch, recovered): (_, Box<dyn Recovering<Appended>>) = match &config.wal {
            WalPlace::File(dir) => {
                let recovered = file::recover(cluster, files, dir, config, &client.image()).await?;
                let registered =
                    metadata::register(client.as_ref(), config, endpoints, entropy).await?;
                file::inherit(client.as_ref(), &registered).await?;
                (registered.epoch, Box::new(recovered))
            }
            WalPlace::Object(url) => {
                let wal_store = match url {
                    None => store.beside(StoreLimits::default()),
                    Some(url) => stores.open(url)?.counted_with(&store),
                };
                let drawn = u128::from_be_bytes(entropy.draw());
                let wal = object::find(cluster, wal_store, config, &client.image(), drawn).await?;
                let registered =
                    metadata::register(client.as_ref(), config, endpoints, entropy).await?;
                let recovered =
                    object::recover(&wal, client.as_ref(), &registered, config.node).await?;
                (registered.epoch, Box::new(recovered))
            }
        };
        let started =
            recovery::start_storage(recovered, store, config, client, clock, epoch).await?;
        Ok(Joined { cluster, epoch, started })
    }
}

fn report(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a task failed");
    }
}

/// Makes the data folder and takes it for this process.
fn lock(files: &dyn Files, config: &NodeConfig) -> Result<Box<dyn LockGuard>, StartError> {
    files.create_dir_all(&config.data_dir).map_err(StartError::Folder)?;
    let path = config.data_dir.join("lock");
    files.lock(&path).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => StartError::Locked(config.data_dir.display().to_string()),
        _ => StartError::Folder(error),
    })
}

async fn bind<T>(
    setting: &'static str,
    address: &str,
    bind: impl AsyncFnOnce(&str) -> io::Result<T>,
) -> Result<T, StartError> {
    bind(address).await.map_err(|reason| StartError::Bind {
        address: address.to_owned(),
        setting,
        reason,
    })
}

/// Binds all listeners, so that the metadata can be told the ports. Clients that connect from now
/// on wait in the system's queue until the node is ready.
async fn bind_listeners<N: Network>(
    network: &N,
    config: &NodeConfig,
) -> Result<(Vec<(Arc<str>, N::Acceptor)>, Vec<Endpoint>), StartError> {
    let (mut acceptors, mut endpoints) = (Vec::new(), Vec::new());
    for listener in &config.listeners {
        let name: Arc<str> = Arc::from(listener.name.as_str());
        let address = listener.bind.to_bind();
        let acceptor = bind("listeners", &address, async |address| network.bind(address).await);
        let acceptor = acceptor.await?;
        let picked = acceptor.local_address().map_err(StartError::Folder)?.port();
        let port = if listener.advertised.port == 0 { picked } else { listener.advertised.port };
        endpoints.push(Endpoint {
            listener: Arc::clone(&name),
            security: Arc::from("PLAINTEXT"),
            host: Arc::from(listener.advertised.host.as_str()),
            port,
        });
        acceptors.push((name, acceptor));
    }
    Ok((acceptors, endpoints))
}
