//! A whole node of the product, on what the world has in place of an operating system.

use std::sync::Arc;

use penstock_broker::config::{Given, NodeConfig};
use penstock_broker::node::{Node, Parts};
use penstock_broker::shutdown::Shutdown;
use penstock_model::client::MetadataClient;
use penstock_s3stream::Storage;
use penstock_wal::files::{Files, PlantedBug, PlantedFiles};

use crate::environment::SeededEntropy;
use crate::world::World;

/// Where the write-ahead log lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Log {
    /// On the disk.
    Files,
    /// In the bucket.
    Objects,
}

/// A promise that the world breaks, which must be found, or all of this would prove nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bug {
    /// Files in this folder of the disk have it.
    OfFiles(&'static str, PlantedBug),
    /// The store answers some puts that it has not done.
    LostPuts,
    /// The store deletes an object of its own accord, now and then, when it deletes another.
    LostObjects,
    /// The store answers a creation of what is there as done.
    BlindCreations,
    /// The node itself has it.
    OfProduct(penstock_planted::Bug),
}

impl Bug {
    /// The only place of the log where it shows, if it does not in both.
    pub(crate) fn log(self) -> Option<Log> {
        use penstock_planted::Bug::{
            AckBeforeDurable, AckOutOfOrder, TrimBeforeCommit, VisibleBeforeDurable,
        };
        match self {
            Self::OfFiles(..) => Some(Log::Files),
            // A write to the disk takes no time, and one segment takes all of a history.
            Self::OfProduct(
                AckBeforeDurable | AckOutOfOrder | VisibleBeforeDurable | TrimBeforeCommit,
            ) => Some(Log::Objects),
            _ => None,
        }
    }
}

/// Such that everything happens within minutes.
const SETTINGS: &[&str] = &[
    "data.dir=/data",
    "storage.url=s3://sim",
    "listeners=PLAINTEXT://127.0.0.1:9092",
    "admin.listener=",
    "auto.create.topics.enable=false",
    "offsets.topic.num.partitions=2",
    "offsets.topic.replication.factor=1",
    "log.retention.check.interval.ms=30000",
    "upload.interval.ms=3000",
    // What is left over is to be found, not to be cleared away.
    "storage.reconcile.interval.ms=1000000000000",
    "drain.timeout.ms=5000",
];

/// What a node shows besides Kafka.
pub(crate) struct Seen {
    pub(crate) metadata: Arc<dyn MetadataClient>,
    pub(crate) storage: Storage,
}

/// Starts a node and serves until the shutdown; `ready` is called in between.
///
/// # Errors
/// Why it ended by itself.
pub(crate) async fn serve(
    world: &World,
    log: Log,
    bug: Option<Bug>,
    mut files: Arc<dyn Files>,
    life: u64,
    shutdown: Shutdown,
    ready: impl FnOnce(Seen),
) -> Result<(), String> {
    let mut settings: Vec<String> = SETTINGS.iter().map(|pair| (*pair).to_owned()).collect();
    if log == Log::Objects {
        settings.push("wal.url=object".to_owned());
    }
    let many_objects = world.dice("sizes").percent(50);
    if many_objects {
        settings.push("upload.interval.ms=500".to_owned());
    }
    let given = Given::load(None, [], &settings).expect("the settings are right");
    let mut config = NodeConfig::new(&given).expect("the settings are right");
    if many_objects {
        // Those of kilobytes are large, and soon too many.
        config.stream_object_bytes_min = 1 << 10;
        config.compaction.large_max = 4;
        config.compaction.merged_bytes_max = 32 << 10;
    }
    if let Some(Bug::OfFiles(folder, bug)) = bug {
        files = Arc::new(PlantedFiles::within(files, bug, folder));
    }
    let chance = world.dice(&format!("life {life}")).throw();
    let parts = Parts {
        given: Arc::new(given),
        config,
        files,
        stores: Arc::new(world.bucket.clone()),
        network: world.network.clone(),
        clock: Arc::new(world.wall.clone()),
        entropy: Arc::new(SeededEntropy::new(chance)),
    };
    let node = Box::pin(Node::start(parts)).await.map_err(|error| error.to_string())?;
    world.bucket.serves(node.metadata());
    ready(Seen { metadata: node.metadata(), storage: node.storage().clone() });
    Box::pin(node.run(shutdown)).await.map_err(|error| error.to_string())
}
