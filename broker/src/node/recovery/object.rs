//! A log in the object store: the part of each epoch is sealed by the next one, which begins there.

use penstock_model::client::MetadataClient;
use penstock_model::command::{Command, InheritWal};
use penstock_model::id::{BrokerEpoch, ClusterId, NodeId, WalPosition};
use penstock_s3stream::object::key::wal_root;
use penstock_s3stream::store::metered::MeteredStore;
use penstock_wal::{LogPart, ObjectRecovery, ObjectWal, ObjectWalSettings, Position, WalError};

use super::wal_settings;
use crate::config::NodeConfig;
use crate::node::StartError;
use crate::node::log_owner::LogOwner;
use crate::node::metadata::Registered;

/// Below the log's root, while the store is being proved.
const PROOF: &str = "proof";

/// Names the log of a node, in a store that is proved to keep two writers apart.
pub(in crate::node) async fn prove(
    cluster: ClusterId,
    node: NodeId,
    store: MeteredStore,
    config: &NodeConfig,
) -> Result<ObjectWal, StartError> {
    let settings = ObjectWalSettings {
        wal: wal_settings(config),
        puts_per_second_max: config.wal_puts_per_second_max,
        ..ObjectWalSettings::default()
    };
    let owner = LogOwner { cluster, node }.to_owner();
    let wal = ObjectWal::new(std::sync::Arc::new(store), wal_root(cluster, node), owner, settings);
    wal.prove_fence(PROOF).await?;
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
    let log = metadata.image().object_log(node, registered.epoch);
    let trim = Position(log.trim.0);
    let parts: Vec<_> = log.parts.iter().map(|part| log_part(*part)).collect();
    let end = match parts.last() {
        Some(last) => wal.seal(*last, Some(trim)).await.map_err(not_others)?,
        None => Position(0),
    };
    let epoch = registered.epoch.0;
    let recovery = wal.recover(&parts, end, Some(trim), epoch).await.map_err(not_others)?;
    for from in &registered.unrecovered {
        let wrote = log.parts.iter().any(|(epoch, _)| epoch == from);
        let end = wrote.then_some(WalPosition(end.0));
        let inherit = InheritWal { from: *from, to: registered.epoch, end };
        metadata.submit(Command::InheritWal(inherit)).await?.result?;
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
