//! The node's part in the metadata: its controller, the cluster's id, its own registration.

use std::collections::BTreeMap;
use std::sync::Arc;

use penstock_model::client::MetadataClient;
use penstock_model::command::{Command, Endpoint, Refused, RegisterBroker, Reply, WalKind};
use penstock_model::id::{BrokerEpoch, ClusterId, Incarnation, NodeId};
use penstock_model::image::MetadataImage;
use penstock_quorum::{Loopback, Parts, QuorumNode, QuorumSettings, RaftId, Voter};
use penstock_wal::files::Files;

use super::StartError;
use crate::cluster_id;
use crate::config::{NodeConfig, WalPlace};
use crate::env::Entropy;
use crate::features;

/// A broker epoch, and what earlier ones left to do.
#[derive(Debug)]
pub(super) struct Registered {
    pub(super) epoch: BrokerEpoch,
    /// Fenced epochs of this node whose logs wait for recovery, oldest first.
    pub(super) unrecovered: Vec<BrokerEpoch>,
}

/// The controller's folder, below `data.dir`.
pub(super) const QUORUM: &str = "quorum";

/// Starts the controller, and waits until it knows all that it knew before.
pub(super) async fn start(
    files: &Arc<dyn Files>,
    config: &NodeConfig,
    entropy: &dyn Entropy,
) -> Result<QuorumNode, StartError> {
    let dir = config.data_dir.join(QUORUM);
    files.create_dir_all(&dir).map_err(StartError::Folder)?;
    let drawn = RaftId(u64::from_be_bytes(entropy.draw()));
    let id = RaftId::load_or_store(files.as_ref(), &dir, drawn)?;
    // Alone, it needs no address and no network.
    let voters = BTreeMap::from([(id, Voter { node: config.node, address: String::new() })]);
    let loopback = Loopback::default();
    let quorum = QuorumNode::start(Parts {
        files: Arc::clone(files),
        dir,
        id,
        voters,
        network: loopback.seen_by(id),
        settings: QuorumSettings::default(),
    })
    .await?;
    loopback.attach(quorum.answerer());
    match quorum.recovered().await {
        Ok(()) => Ok(quorum),
        Err(failure) => {
            leave(quorum).await;
            Err(failure.into())
        }
    }
}

/// Stops the controller.
pub(super) async fn leave(quorum: QuorumNode) {
    if let Err(error) = quorum.shutdown().await {
        tracing::error!(%error, "the quorum's log had stopped before the shutdown");
    }
}

/// Gives an empty cluster its id, and features that have none their levels; of a formatted one,
/// checks that it is the one meant.
pub(super) async fn format(
    metadata: &dyn MetadataClient,
    config: &NodeConfig,
    entropy: &dyn Entropy,
) -> Result<ClusterId, StartError> {
    let cluster = format_cluster(metadata, config, entropy).await?;
    if metadata.image().features().epoch() == 0 {
        let outcome = metadata.submit(Command::UpdateFeatures(features::initial())).await?;
        match outcome.result {
            Ok(_) | Err(Refused::FeaturesChanged(_)) => {}
            Err(refused) => return Err(refused.into()),
        }
    }
    Ok(cluster)
}

async fn format_cluster(
    metadata: &dyn MetadataClient,
    config: &NodeConfig,
    entropy: &dyn Entropy,
) -> Result<ClusterId, StartError> {
    if let Some(found) = metadata.image().cluster() {
        return match config.cluster {
            Some(expected) if expected != found => Err(StartError::OtherCluster {
                found: cluster_id::format(found),
                expected: cluster_id::format(expected),
            }),
            _ => Ok(found),
        };
    }
    let id = config.cluster.unwrap_or_else(|| draw_cluster_id(entropy));
    metadata.submit(Command::Format(id)).await?.result?;
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
    let command = Command::RegisterBroker(RegisterBroker {
        node: config.node,
        incarnation: Incarnation(entropy.draw()),
        endpoints,
        rack: config.rack.as_deref().map(Arc::from),
        wal,
    });
    match metadata.submit(command).await?.result? {
        Reply::Registered { epoch, unrecovered } => Ok(Registered { epoch, unrecovered }),
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
