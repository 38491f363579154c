//! A log in the object store: the part of each epoch is sealed by the next one, which begins there.

use penstock_model::client::MetadataClient;
use penstock_model::command::{Command, InheritWal, Refused};
use penstock_model::id::{BrokerEpoch, ClusterId, NodeId, WalPosition};
use penstock_model::image::MetadataImage;
use penstock_s3stream::object::key::wal_root;
use penstock_s3stream::store::metered::MeteredStore;
use penstock_wal::{LogPart, ObjectRecovery, ObjectWal, ObjectWalSettings, Position, WalError};

use super::wal_settings;
use crate::config::NodeConfig;
use crate::node::StartError;
use crate::node::log_owner::LogOwner;
use crate::node::metadata::{QUORUM, Registered, decided};

/// Names the log of a node, in a store that is proved to keep two writers apart. What was begun must
/// be there, and what is there must be known: another store's log looks like an empty one. `drawn`
/// is a number that nobody else draws.
pub(in crate::node) async fn find(
    cluster: ClusterId,
    store: MeteredStore,
    config: &NodeConfig,
    image: &MetadataImage,
    drawn: u128,
) -> Result<ObjectWal, StartError> {
    let node = config.node;
    let settings = ObjectWalSettings {
        wal: wal_settings(config),
        puts_per_second_max: config.wal_puts_per_second_max,
        ..ObjectWalSettings::default()
    };
    let owner = LogOwner { cluster, node }.to_owner();
    let wal = ObjectWal::new(std::sync::Arc::new(store), wal_root(cluster, node), owner, settings);
    // Below the log's root, while the store is being proved.
    wal.prove_fence(&format!("proof-{drawn:032x}")).await?;
    let is_known = image.broker(node).is_some();
    let place = wal_root(cluster, node).to_string();
    match (wal.is_begun().await.map_err(not_others)?, is_known) {
        (true, true) => {}
        (false, true) => return Err(WalError::Gone { place }.into()),
        (true, false) if wal.is_written().await? => {
            let metadata = config.data_dir.join(QUORUM).display().to_string();
            return Err(StartError::MetadataGone { log: place, metadata });
        }
        // A start that ended before it registered.
        (_, false) => wal.begin().await.map_err(not_others)?,
    }
    Ok(wal)
}

/// Seals what the node's last epoch wrote, finds what all of them left, and passes it on to the
/// epoch that was just registered: the image that this reads contains the fence.
pub(in crate::node) async fn recover(
    wal: &ObjectWal,
    metadata: &dyn MetadataClient,
    registered: &Registered,
    node: NodeId,
) -> Result<ObjectRecovery, StartError> {
    let image = metadata.image();
    if !image.is_active(registered.epoch) {
        // Another start of this node came after.
        return Err(Refused::BrokerNotActive(registered.epoch).into());
    }
    wal.claim(registered.epoch.0, registered.incarnation.0).await?;
    let log = image.object_log(node, registered.epoch);
    let trim = Position(log.trim.0);
    let parts: Vec<_> = log.parts.iter().map(|part| log_part(*part)).collect();
    let end = match parts.last() {
        Some(last) => wal.seal(*last, trim).await.map_err(not_others)?,
        None => Position(0),
    };
    let epoch = registered.epoch.0;
    let recovery = wal.recover(&parts, end, trim, epoch).await.map_err(not_others)?;
    for from in &registered.unrecovered {
        let wrote = log.parts.iter().any(|(epoch, _)| epoch == from);
        let end = wrote.then_some(WalPosition(end.0));
        let inherit = InheritWal { from: *from, to: registered.epoch, end };
        decided(metadata, Command::InheritWal(inherit)).await?.result?;
    }
    Ok(recovery)
}

fn log_part((epoch, begins): (BrokerEpoch, WalPosition)) -> LogPart {
    LogPart { epoch: epoch.0, begins: Position(begins.0) }
}

fn not_others(error: WalError) -> StartError {
    match error {
        WalError::Foreign { place, found, expected } => StartError::OthersLog {
            place,
            found: LogOwner::of(found),
            expected: LogOwner::of(expected),
        },
        error => error.into(),
    }
}
