//! What the node itself is started with: typed, complete, checked against each other.

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use penstock_model::id::{ClusterId, NodeId};
use penstock_s3stream::store::url::StoreUrl;
use penstock_s3stream::{CompactionSettings, MemoryShares, UploadSettings};

use super::given::Given;
use super::listeners::{self, HostPort, ListenerConfig};
use super::setting::split_list;
use crate::cluster_id;
use crate::net::connection::ConnectionSettings;

/// See the module.
#[derive(Clone, Debug)]
pub struct NodeConfig {
    /// The id that the cluster must have; `None` for whichever it has.
    pub cluster: Option<ClusterId>,
    /// This node.
    pub node: NodeId,
    /// Its zone.
    pub rack: Option<String>,
    /// Where Kafka is spoken; at least one.
    pub listeners: Vec<ListenerConfig>,
    /// Where the admin HTTP listens; `None` for nowhere.
    pub admin: Option<HostPort>,
    /// Raft log, file WAL and, by default, objects.
    pub data_dir: PathBuf,
    /// Where objects lie.
    pub store: StoreUrl,
    /// Where the write-ahead log lies.
    pub wal: WalPlace,
    /// The object WAL's budget of requests; 0 for none.
    pub wal_puts_per_second_max: u32,
    /// Limits of each connection.
    pub connection: ConnectionSettings,
    /// Connections in all.
    pub connections_max: usize,
    /// Connections from one address.
    pub connections_per_address_max: usize,
    /// Connections from these addresses.
    pub connections_per_address_overrides: HashMap<IpAddr, usize>,
    /// How long requests that have begun may take when the node stops.
    pub drain_max: Duration,
    /// Whether traffic is counted by topic.
    pub metrics_by_topic: bool,
    /// Where memory goes.
    pub memory: MemoryConfig,
    /// Durable in the WAL and not yet committed.
    pub wal_backlog_bytes_max: u64,
    /// What starts an upload.
    pub upload_bytes_max: u64,
    /// What starts an upload.
    pub upload_interval: Duration,
    /// What makes an object large; the default's, but for a simulation.
    pub stream_object_bytes_min: u64,
    /// When and how objects are compacted; the default's, but for a simulation.
    pub compaction: CompactionSettings,
    /// The most that one fetch answers.
    pub fetch_bytes_max: usize,
    /// Fetch sessions that are kept.
    pub fetch_sessions_max: usize,
    /// How often records past their retention are looked for.
    pub retention_check_interval: Duration,
    /// Between two comparisons of the store with the metadata.
    pub reconcile_interval: Duration,
    /// How long the state of a silent idempotent producer is kept.
    pub producer_id_expiration: Duration,
}

/// Where the write-ahead log lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WalPlace {
    /// In a folder.
    File(PathBuf),
    /// In an object store; `None` for the one that the objects are in.
    Object(Option<StoreUrl>),
}

/// Shares of `memory.budget.bytes`, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryConfig {
    /// Of the storage.
    pub storage: MemoryShares,
    /// Requests that are read and served.
    pub requests: usize,
    /// Looking into compressed batches.
    pub inflation: usize,
    /// Keys of logs that are being compacted.
    pub log_compaction: usize,
    /// Fetched records on their way to clients.
    pub responses: usize,
    /// What is remembered of idempotent producers.
    pub producers: usize,
    /// Groups, their members and offsets.
    pub groups: usize,
    /// Records on their way to the WAL.
    pub wal: usize,
}

/// What settings say cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}`{key}` {message}")]
pub struct ConfigError {
    /// The setting.
    pub key: &'static str,
    /// Where it was given, with a colon; empty for a default.
    pub place: String,
    /// What is wrong, and what to do.
    pub message: String,
}

impl NodeConfig {
    /// What `given` means.
    ///
    /// # Errors
    /// The first setting that is not a value of its kind, or contradicts another.
    pub fn new(given: &Given) -> Result<Self, ConfigError> {
        let values = Values(given);
        values.check_single_node()?;
        let data_dir = PathBuf::from(values.text("data.dir"));
        let parsed = listeners::parse(
            values.text("listeners"),
            values.0.effective("advertised.listeners"),
            values.text("listener.security.protocol.map"),
            values.text("controller.listener.names"),
        );
        Ok(Self {
            cluster: values.cluster()?,
            node: values.node()?,
            rack: given.effective("broker.rack").map(str::to_owned),
            listeners: parsed.map_err(|(key, message)| values.error(key, message))?,
            admin: values.admin()?,
            store: values.store(&data_dir)?,
            wal: values.wal(&data_dir)?,
            wal_puts_per_second_max: values.number("wal.max.put.per.second")?,
            data_dir,
            connection: ConnectionSettings {
                request_bytes_max: values.size("socket.request.max.bytes")?,
                idle_max: values.idle_max()?,
            },
            connections_max: values.size("max.connections")?,
            connections_per_address_max: values.size("max.connections.per.ip")?,
            connections_per_address_overrides: values.overrides()?,
            drain_max: values.milliseconds("drain.timeout.ms")?,
            metrics_by_topic: values.text("metrics.by.topic.enable").eq_ignore_ascii_case("true"),
            memory: values.memory()?,
            wal_backlog_bytes_max: values.number("wal.backlog.bytes.max")?,
            upload_bytes_max: values.number("upload.bytes.max")?,
            upload_interval: values.milliseconds("upload.interval.ms")?,
            stream_object_bytes_min: UploadSettings::default().stream_object_bytes_min,
            compaction: CompactionSettings::default(),
            fetch_bytes_max: values.size("fetch.max.bytes")?,
            fetch_sessions_max: values.size("max.incremental.fetch.session.cache.slots")?,
            retention_check_interval: values.milliseconds("log.retention.check.interval.ms")?,
            reconcile_interval: values.milliseconds("storage.reconcile.interval.ms")?,
            producer_id_expiration: values.milliseconds("producer.id.expiration.ms")?,
        })
    }
}

/// Longer than any node runs, and within what clocks can count.
const CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);

struct Values<'a>(&'a Given);

impl Values<'_> {
    fn error(&self, key: &'static str, message: impl Into<String>) -> ConfigError {
        let place = self.0.place(key).map(|place| format!("{place}: ")).unwrap_or_default();
        ConfigError { key, place, message: message.into() }
    }

    fn text(&self, key: &'static str) -> &str {
        self.0.effective(key).unwrap_or_default()
    }

    fn number<T: std::str::FromStr>(&self, key: &'static str) -> Result<T, ConfigError> {
        let parsed = self.text(key).parse();
        parsed.map_err(|_| self.error(key, "is out of range for this machine"))
    }

    fn size(&self, key: &'static str) -> Result<usize, ConfigError> {
        self.number(key)
    }

    fn milliseconds(&self, key: &'static str) -> Result<Duration, ConfigError> {
        self.number(key).map(Duration::from_millis)
    }

    fn idle_max(&self) -> Result<Duration, ConfigError> {
        let milliseconds: i64 = self.number("connections.max.idle.ms")?;
        Ok(u64::try_from(milliseconds).map_or(CENTURY, Duration::from_millis).min(CENTURY))
    }

    /// This version is a single node with both roles; what says otherwise must not be ignored.
    fn check_single_node(&self) -> Result<(), ConfigError> {
        let roles = split_list(self.text("process.roles"));
        if !roles.contains(&"broker") || !roles.contains(&"controller") {
            let message = "must be broker,controller: this version runs as a single node";
            return Err(self.error("process.roles", message));
        }
        let node = self.text("node.id");
        let voters = split_list(self.text("controller.quorum.voters"));
        let is_other = |voter: &&str| voter.split_once('@').is_none_or(|(id, _)| id != node);
        if voters.len() > 1 || voters.iter().any(is_other) {
            let message = "names other nodes than this one: this version runs as a single node";
            return Err(self.error("controller.quorum.voters", message));
        }
        Ok(())
    }

    fn cluster(&self) -> Result<Option<ClusterId>, ConfigError> {
        let Some(text) = self.0.effective("cluster.id") else { return Ok(None) };
        let wrong = "is not 22 characters of URL-safe base 64; leave it out, and one is made";
        cluster_id::parse(text).map(Some).ok_or_else(|| self.error("cluster.id", wrong))
    }

    fn node(&self) -> Result<NodeId, ConfigError> {
        self.number("node.id").map(NodeId)
    }

    fn admin(&self) -> Result<Option<HostPort>, ConfigError> {
        let text = self.text("admin.listener");
        if text.is_empty() {
            return Ok(None);
        }
        let wrong = "is not of the form host:port";
        HostPort::parse(text).map(Some).ok_or_else(|| self.error("admin.listener", wrong))
    }

    fn store(&self, data_dir: &std::path::Path) -> Result<StoreUrl, ConfigError> {
        match self.0.effective("storage.url") {
            None => Ok(StoreUrl::File(data_dir.join("objects"))),
            Some(text) => {
                text.parse().map_err(|error| self.error("storage.url", format!("is {error}")))
            }
        }
    }

    fn wal(&self, data_dir: &std::path::Path) -> Result<WalPlace, ConfigError> {
        let Some(text) = self.0.effective("wal.url") else {
            return Ok(WalPlace::File(data_dir.join("wal")));
        };
        if text == "object" {
            return Ok(WalPlace::Object(None));
        }
        if let Some(url) = text.strip_prefix("object+") {
            let url = url.parse();
            let url = url.map_err(|error| self.error("wal.url", format!("is object+ and {error}")));
            return Ok(WalPlace::Object(Some(url?)));
        }
        match text.strip_prefix("file://") {
            Some(folder) if !folder.is_empty() => Ok(WalPlace::File(PathBuf::from(folder))),
            _ => {
                let message =
                    "must be file://folder, object, or object+ and a URL as of storage.url";
                Err(self.error("wal.url", message))
            }
        }
    }

    fn overrides(&self) -> Result<HashMap<IpAddr, usize>, ConfigError> {
        let key = "max.connections.per.ip.overrides";
        let parse = |item: &str| {
            let (address, count) = item.rsplit_once(':')?;
            let address: IpAddr = address.trim_matches(['[', ']']).parse().ok()?;
            Some((address.to_canonical(), count.trim().parse().ok()?))
        };
        let items = split_list(self.text(key)).into_iter().map(|item| {
            parse(item).ok_or_else(|| {
                self.error(key, format!("has {item:?}; write address:count, as in 10.0.0.1:100"))
            })
        });
        items.collect()
    }

    fn memory(&self) -> Result<MemoryConfig, ConfigError> {
        let budget = self.size("memory.budget.bytes")?;
        let shares = MemoryShares::of(budget);
        let share = |key: &'static str, default: usize| match self.0.effective(key) {
            Some(_) => self.size(key),
            None => Ok(default),
        };
        Ok(MemoryConfig {
            storage: MemoryShares {
                log_cache: share("memory.log.cache.bytes", shares.log_cache)?,
                index: share("memory.index.bytes", shares.index)?,
                upload: share("memory.upload.bytes", shares.upload)?,
                block_cache: share("memory.block.cache.bytes", shares.block_cache)?,
            },
            requests: share("memory.requests.bytes", budget / 8)?,
            inflation: share("memory.inflation.bytes", budget / 32 * 3)?,
            log_compaction: share("memory.log.compaction.bytes", budget / 32)?,
            responses: share("memory.responses.bytes", budget / 16)?,
            producers: share("memory.producers.bytes", budget / 16)?,
            groups: share("memory.groups.bytes", budget / 16)?,
            wal: share("memory.wal.bytes", budget / 16)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(set: &[&str]) -> Result<NodeConfig, String> {
        let set: Vec<String> = set.iter().map(|pair| (*pair).to_owned()).collect();
        let given = Given::load(None, [], &set).unwrap();
        NodeConfig::new(&given).map_err(|error| error.to_string())
    }

    #[test]
    fn without_settings_everything_is_on_loopback_and_under_one_folder() {
        let config = config(&[]).unwrap();
        assert_eq!(config.node, NodeId(1));
        assert_eq!(config.listeners[0].bind.to_string(), "127.0.0.1:9092");
        assert_eq!(config.admin.unwrap().to_string(), "127.0.0.1:9644");
        assert_eq!(config.store, StoreUrl::File("./penstock-data/objects".into()));
        assert_eq!(config.wal, WalPlace::File("./penstock-data/wal".into()));
        let memory = config.memory;
        let storage = memory.storage;
        let storage = storage.log_cache + storage.index + storage.upload + storage.block_cache;
        let served = memory.requests + memory.inflation + memory.responses + memory.wal;
        let kept = memory.producers + memory.groups + memory.log_compaction;
        assert_eq!(storage + served + kept, 512 << 20);
    }

    #[test]
    fn connections_may_be_idle_for_ever() {
        let idle_max = |set: &str| config(&[set]).unwrap().connection.idle_max;
        assert_eq!(idle_max("connections.max.idle.ms=5"), Duration::from_millis(5));
        assert_eq!(idle_max("connections.max.idle.ms=-1"), CENTURY);
        assert_eq!(idle_max(&format!("connections.max.idle.ms={}", i64::MAX)), CENTURY);
    }

    #[test]
    fn the_log_lies_in_a_folder_or_a_store() {
        let wal = |url: &str| config(&[&format!("wal.url={url}")]).unwrap().wal;
        assert_eq!(wal("file:///a/b"), WalPlace::File("/a/b".into()));
        assert_eq!(wal("object"), WalPlace::Object(None));
        assert_eq!(wal("object+memory://"), WalPlace::Object(Some(StoreUrl::Memory)));
    }

    #[test]
    fn contradictions_are_named() {
        fn check(set: &[&str], expect: &str) {
            assert_eq!(config(set).unwrap_err(), expect);
        }
        check(
            &["process.roles=broker"],
            "--set: `process.roles` must be broker,controller: this version runs as a single node",
        );
        check(
            &["controller.quorum.voters=1@a:1,2@b:1"],
            "--set: `controller.quorum.voters` names other nodes than this one: this version \
             runs as a single node",
        );
        check(
            &["wal.url=s3://bucket"],
            "--set: `wal.url` must be file://folder, object, or object+ and a URL as of storage.url",
        );
        check(
            &["wal.url=object+s4://bucket"],
            "--set: `wal.url` is object+ and unknown scheme \"s4\"; write file://, s3://, gs://, \
             az:// or memory://",
        );
        check(
            &["cluster.id=x"],
            "--set: `cluster.id` is not 22 characters of URL-safe base 64; leave it out, and \
             one is made",
        );
        check(
            &["max.connections.per.ip.overrides=localhost:5"],
            "--set: `max.connections.per.ip.overrides` has \"localhost:5\"; write \
             address:count, as in 10.0.0.1:100",
        );
        check(&["admin.listener=9644"], "--set: `admin.listener` is not of the form host:port");
        assert!(config(&["controller.quorum.voters=1@localhost:9093"]).is_ok());
    }
}
