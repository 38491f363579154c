//! The node's part in the metadata: its controller, the cluster's id, its own registration.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use object_store::ObjectStore;
use penstock_model::client::{MetadataClient, SubmitError};
use penstock_model::command::{
    Command, Endpoint, Outcome, Refused, RegisterBroker, Reply, WalKind,
};
use penstock_model::id::{BrokerEpoch, ClusterId, Incarnation, NodeId};
use penstock_model::image::MetadataImage;
use penstock_quorum::{
    Bucket, BucketParts, Folder, Parts, Place, QuorumNode, QuorumSettings, RaftId,
};
use penstock_s3stream::store::metered::{MeteredStore, StoreLimits};
use penstock_wal::ObjectWalSettings;
use penstock_wal::files::Files;
use tokio::time::{sleep, timeout};

use super::StartError;
use crate::cluster_id;
use crate::config::{NodeConfig, WalPlace};
use crate::env::Entropy;
use crate::features;

/// A broker epoch, and what earlier ones left to do.
#[derive(Debug)]
pub(super) struct Registered {
    pub(super) epoch: BrokerEpoch,
    /// This start.
    pub(super) incarnation: Incarnation,
    /// Fenced epochs of this node whose logs wait for recovery, oldest first.
    pub(super) unrecovered: Vec<BrokerEpoch>,
}

/// The controller's folder, below `data.dir`.
pub(super) const QUORUM: &str = "quorum";

/// How long stopping the controller may take: a store that is away would hold it up for ever.
const LEAVE_MAX: Duration = Duration::from_secs(5);

/// Between two tries of a command that was not decided.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// Entries between two snapshots where each is an object of its own: a start reads them one by one.
const OBJECT_ENTRIES_MAX: u64 = 500;

/// A controller that knows all that it knew before.
pub(super) struct Controller {
    pub(super) quorum: QuorumNode,
    /// The cluster that it must turn out to belong to; `None` for any.
    pub(super) cluster: Option<ClusterId>,
}

/// Starts the controller: with a log in a folder it keeps its state beside that, with one in an
/// object store in the bucket of the objects. Waits until it knows all that it knew before.
pub(super) async fn start(
    files: &Arc<dyn Files>,
    store: &MeteredStore,
    config: &NodeConfig,
    entropy: &dyn Entropy,
) -> Result<Controller, StartError> {
    let drawn = RaftId(u64::from_be_bytes(entropy.draw()));
    let mut settings = QuorumSettings::default();
    let (place, cluster) = match config.wal {
        WalPlace::File(_) => {
            let dir = config.data_dir.join(QUORUM);
            if is_empty(files.as_ref(), &dir)? {
                check_none_is_in_the_store(store, config).await?;
            }
            files.create_dir_all(&dir).map_err(StartError::Folder)?;
            (Place::Folder(Folder::open(Arc::clone(files), dir, drawn)?), config.cluster)
        }
        WalPlace::Object(_) => {
            check_no_folder_is_there(files.as_ref(), config)?;
            settings.snapshot_entries = OBJECT_ENTRIES_MAX;
            let store: Arc<dyn ObjectStore> = Arc::new(store.beside(StoreLimits::default()));
            let cluster = choose_cluster(&store, config, entropy).await?;
            let (node, stamp) = (config.node, entropy.draw());
            let journal = ObjectWalSettings::default();
            let parts = BucketParts { store, cluster, node, journal, drawn, stamp };
            (Place::Bucket(Bucket::open(parts).await?), Some(cluster))
        }
    };
    let parts = Parts::alone(place.id(), config.node, settings);
    let quorum = QuorumNode::start(place, parts).await?;
    match quorum.recovered().await {
        Ok(()) => Ok(Controller { quorum, cluster }),
        Err(failure) => {
            leave(quorum).await;
            Err(failure.into())
        }
    }
}

/// The cluster whose metadata is in the store, or a new one.
async fn choose_cluster(
    store: &Arc<dyn ObjectStore>,
    config: &NodeConfig,
    entropy: &dyn Entropy,
) -> Result<ClusterId, StartError> {
    if let Some(cluster) = config.cluster {
        return Ok(cluster);
    }
    let found = Bucket::clusters(store).await.map_err(penstock_quorum::StartError::from)?;
    match found.as_slice() {
        [] => Ok(draw_cluster_id(entropy)),
        [cluster] => Ok(*cluster),
        several => {
            let several: Vec<_> = several.iter().map(|id| cluster_id::format(*id)).collect();
            Err(StartError::SeveralClusters(several.join(", ")))
        }
    }
}

/// A node's metadata goes on where it is.
fn check_no_folder_is_there(files: &dyn Files, config: &NodeConfig) -> Result<(), StartError> {
    let dir = config.data_dir.join(QUORUM);
    match is_empty(files, &dir)? {
        true => Ok(()),
        false => Err(StartError::MetadataInFolder(dir.display().to_string())),
    }
}

/// The other way round: a cluster that keeps its metadata in the store may be this node's, which an
/// empty folder does not tell. Asked at the first start alone, and until the store answers.
async fn check_none_is_in_the_store(
    store: &MeteredStore,
    config: &NodeConfig,
) -> Result<(), StartError> {
    let store: Arc<dyn ObjectStore> = Arc::new(store.beside(StoreLimits::default()));
    let found = Bucket::clusters(&store).await.map_err(penstock_quorum::StartError::from)?;
    let is_meant = |found: &ClusterId| config.cluster.is_none_or(|cluster| cluster == *found);
    let meant: Vec<_> = found.into_iter().filter(is_meant).map(cluster_id::format).collect();
    if meant.is_empty() {
        return Ok(());
    }
    let folder = config.data_dir.join(QUORUM).display().to_string();
    Err(StartError::MetadataInStore { folder, clusters: meant.join(", ") })
}

fn is_empty(files: &dyn Files, dir: &Path) -> Result<bool, StartError> {
    match files.list(dir) {
        Ok(there) => Ok(there.is_empty()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(StartError::Folder(error)),
    }
}

/// Stops the controller.
pub(super) async fn leave(quorum: QuorumNode) {
    match timeout(LEAVE_MAX, quorum.shutdown()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::error!(%error, "the quorum's log had stopped before the shutdown");
        }
        Err(_) => {
            tracing::warn!("the quorum's log is not closed: what it is kept in does not answer");
        }
    }
}

/// Submits a command until it is decided: each takes effect once, and what the metadata is kept in
/// may be away for long.
pub(super) async fn decided(
    metadata: &dyn MetadataClient,
    command: Command,
) -> Result<Outcome, SubmitError> {
    loop {
        match metadata.submit(command.clone()).await {
            Err(SubmitError::Unavailable(reason)) => {
                tracing::warn!(%reason, "the start waits for the metadata");
                sleep(ASK_AGAIN).await;
            }
            decided => return decided,
        }
    }
}

/// Gives an empty cluster its id, and features that have none their levels; of a formatted one,
/// checks that it is the one meant.
pub(super) async fn format(
    metadata: &dyn MetadataClient,
    expected: Option<ClusterId>,
    entropy: &dyn Entropy,
) -> Result<ClusterId, StartError> {
    let cluster = format_cluster(metadata, expected, entropy).await?;
    if metadata.image().features().epoch() == 0 {
        let outcome = decided(metadata, Command::UpdateFeatures(features::initial())).await?;
        match outcome.result {
            Ok(_) | Err(Refused::FeaturesChanged(_)) => {}
            Err(refused) => return Err(refused.into()),
        }
    }
    Ok(cluster)
}

async fn format_cluster(
    metadata: &dyn MetadataClient,
    expected: Option<ClusterId>,
    entropy: &dyn Entropy,
) -> Result<ClusterId, StartError> {
    if let Some(found) = metadata.image().cluster() {
        return match expected {
            Some(expected) if expected != found => Err(StartError::OtherCluster {
                found: cluster_id::format(found),
                expected: cluster_id::format(expected),
            }),
            _ => Ok(found),
        };
    }
    let id = expected.unwrap_or_else(|| draw_cluster_id(entropy));
    decided(metadata, Command::Format(id)).await?.result?;
    tracing::info!(cluster = cluster_id::format(id), "formatted a new cluster");
    Ok(id)
}

/// Draws an id that does not begin with a dash, which tools would take for an option.
fn draw_cluster_id(entropy: &dyn Entropy) -> ClusterId {
    loop {
        let id = ClusterId(entropy.draw());
        if !cluster_id::format(id).starts_with('-') {
            return id;
        }
    }
}

/// Enters the cluster as a new broker epoch, which fences the earlier ones of this node.
pub(super) async fn register(
    metadata: &dyn MetadataClient,
    config: &NodeConfig,
    endpoints: Vec<Endpoint>,
    entropy: &dyn Entropy,
) -> Result<Registered, StartError> {
    let wal = match config.wal {
        WalPlace::File(_) => WalKind::Local,
        WalPlace::Object(_) => WalKind::Object,
    };
    check_wal_kind(&metadata.image(), config.node, wal)?;
    let incarnation = Incarnation(entropy.draw());
    let command = Command::RegisterBroker(RegisterBroker {
        node: config.node,
        incarnation,
        endpoints,
        rack: config.rack.as_deref().map(Arc::from),
        wal,
    });
    match decided(metadata, command).await?.result? {
        Reply::Registered { epoch, unrecovered } => {
            Ok(Registered { epoch, incarnation, unrecovered })
        }
        other => unreachable!("a registration is answered by an epoch, not {other:?}"),
    }
}

/// A node's log goes on where it is: what the other kind holds would be left behind.
fn check_wal_kind(image: &MetadataImage, node: NodeId, asked: WalKind) -> Result<(), StartError> {
    let newest = image.broker(node).and_then(|broker| image.wal(broker.epoch));
    let place = |kind| match kind {
        WalKind::Local => "a folder",
        WalKind::Object => "an object store",
    };
    match newest {
        Some(wal) if wal.kind != asked => {
            Err(StartError::OtherWalKind { node, found: place(wal.kind), asked: place(asked) })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use async_trait::async_trait;
    use penstock_model::client::LocalClient;
    use penstock_model::watch;

    use super::*;

    /// A quorum that decides nothing for a while.
    struct Away {
        local: LocalClient,
        left: AtomicU32,
    }

    #[async_trait]
    impl MetadataClient for Away {
        async fn submit(&self, command: Command) -> Result<Outcome, SubmitError> {
            match self.left.load(Ordering::Relaxed) {
                0 => self.local.submit(command).await,
                left => {
                    self.left.store(left - 1, Ordering::Relaxed);
                    Err(SubmitError::Unavailable("it is away".into()))
                }
            }
        }

        fn image(&self) -> Arc<MetadataImage> {
            self.local.image()
        }

        fn watch(&self) -> watch::Receiver<Arc<MetadataImage>> {
            self.local.watch()
        }
    }

    /// Found by the simulation, seed 20086: a PUT of the metadata's journal that hangs for ten seconds
    /// ended the start.
    #[tokio::test(start_paused = true)]
    async fn a_start_waits_for_metadata_that_is_away() {
        let away = Away { local: LocalClient::default(), left: AtomicU32::new(30) };
        let (id, entropy) = (ClusterId([7; 16]), crate::env::SystemEntropy);
        assert_eq!(format(&away, Some(id), &entropy).await.unwrap(), id);
        assert_eq!(away.image().cluster(), Some(id));
        assert!(away.image().features().epoch() > 0);
    }
}
