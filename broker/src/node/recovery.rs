//! From what the last run left on the disk to a storage that goes on.

use std::sync::Arc;

use penstock_model::client::MetadataClient;
use penstock_model::command::{Command, InheritWal};
use penstock_model::id::{BrokerEpoch, ClusterId};
use penstock_model::image::MetadataImage;
use penstock_s3stream::store::metered::StoreCounters;
use penstock_s3stream::store::open::{StoreSettings, open};
use penstock_s3stream::{Clock, Parts, Settings, Storage, Tasks, UploadSettings};
use penstock_wal::files::{Blocking, Files};
use penstock_wal::{
    FileRecovery, FileWal, FileWalSettings, Owner, Position, WalError, WalSettings,
};

use super::StartError;
use super::metadata::Registered;
use crate::cluster_id;
use crate::config::NodeConfig;
use crate::log::LogStateFold;

/// A storage that has started, and what runs and counts for it.
pub(super) struct Started {
    pub(super) storage: Storage,
    pub(super) tasks: Tasks,
    pub(super) store_counters: Arc<StoreCounters>,
}

/// Reads the log from where it was trimmed to, and passes it on, epoch by epoch, to the one that
/// was just registered.
pub(super) async fn recover(
    cluster: ClusterId,
    files: &Arc<dyn Files>,
    config: &NodeConfig,
    metadata: &dyn MetadataClient,
    registered: &Registered,
) -> Result<FileRecovery, StartError> {
    let trim = trimmed_to(&metadata.image(), &registered.unrecovered);
    let settings = FileWalSettings {
        wal: WalSettings { in_flight_bytes_max: config.memory.wal, ..WalSettings::default() },
        ..FileWalSettings::default()
    };
    let (dir, on) = (config.wal_dir.clone(), Arc::clone(files));
    let recover = move || FileWal::recover(&on, &dir, Owner(cluster.0), trim, &settings);
    let recovery = blocking(files.as_ref(), recover).await.map_err(|error| match error {
        WalError::Foreign { place, found, .. } => StartError::OtherClustersLog {
            place,
            found: cluster_id::format(ClusterId(found.0)),
            expected: cluster_id::format(cluster),
        },
        error => error.into(),
    })?;
    for from in &registered.unrecovered {
        let inherit = InheritWal { from: *from, to: registered.epoch };
        metadata.submit(Command::InheritWal(inherit)).await?.result?;
    }
    Ok(recovery)
}

/// How far the log of these epochs was trimmed. They share one log: an epoch that ended before it
/// inherited the log states 0 of it, and the greatest position is the one that was committed.
fn trimmed_to(image: &MetadataImage, epochs: &[BrokerEpoch]) -> Position {
    let trims = epochs.iter().filter_map(|epoch| image.wal(*epoch));
    trims.map(|wal| Position(wal.trim.0)).max().unwrap_or_default()
}

/// Runs what may wait for a disk where it may.
async fn blocking<T: Send + 'static>(
    files: &dyn Files,
    work: impl FnOnce() -> Result<T, WalError> + Send + 'static,
) -> Result<T, WalError> {
    match files.blocking() {
        Blocking::Inline => work(),
        Blocking::Thread => match tokio::task::spawn_blocking(work).await {
            Ok(result) => result,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        },
    }
}

/// Starts the storage on the log.
pub(super) async fn start_storage(
    recovery: FileRecovery,
    files: &Arc<dyn Files>,
    config: &NodeConfig,
    metadata: &Arc<dyn MetadataClient>,
    clock: &Arc<dyn Clock>,
    epoch: BrokerEpoch,
) -> Result<Started, StartError> {
    let store = open(&config.store, Arc::clone(files), &StoreSettings::default())?;
    let store_counters = Arc::clone(store.counters());
    let (storage, tasks) = Storage::start(Parts {
        wal: Box::new(recovery),
        store: Arc::new(store),
        metadata: Arc::clone(metadata),
        epoch,
        clock: Arc::clone(clock),
        fold: Arc::new(LogStateFold {
            producer_expiration_ms: i64::try_from(config.producer_id_expiration.as_millis())
                .unwrap_or(i64::MAX),
        }),
        settings: Settings {
            memory: config.memory.storage,
            upload: UploadSettings {
                block_bytes_max: config.upload_bytes_max,
                block_age_max: config.upload_interval,
                ..UploadSettings::default()
            },
            wal_backlog_bytes_max: config.wal_backlog_bytes_max,
            ..Settings::default()
        },
    })?;
    Ok(Started { storage, tasks, store_counters })
}

#[cfg(test)]
mod tests {
    use penstock_model::client::LocalClient;
    use penstock_model::command::{CommitUpload, RegisterBroker, Reply, WalKind};
    use penstock_model::id::{ClusterId, Incarnation, NodeId, Timestamp, WalPosition};

    use super::*;

    fn register(client: &LocalClient, incarnation: u8) -> (BrokerEpoch, Vec<BrokerEpoch>) {
        let register = RegisterBroker {
            node: NodeId(1),
            incarnation: Incarnation([incarnation; 16]),
            endpoints: Vec::new(),
            rack: None,
            wal: WalKind::Local,
        };
        match client.apply(&Command::RegisterBroker(register)).result {
            Ok(Reply::Registered { epoch, unrecovered }) => (epoch, unrecovered),
            other => panic!("{other:?}"),
        }
    }

    /// A process that was killed between its registration and its inheritance.
    #[test]
    fn an_epoch_that_never_had_the_log_does_not_say_where_it_begins() {
        let client = LocalClient::default();
        assert!(client.apply(&Command::Format(ClusterId([1; 16]))).result.is_ok());
        let (first, none) = register(&client, 1);
        assert_eq!(none, []);
        let trim = CommitUpload {
            broker: first,
            wal: WalPosition(0)..WalPosition(500),
            objects: Vec::new(),
            ranges: Vec::new(),
            checkpoints: Vec::new(),
            now: Timestamp(0),
        };
        assert!(client.apply(&Command::CommitUpload(trim)).result.is_ok());
        let (second, _) = register(&client, 2);
        let (_, unrecovered) = register(&client, 3);
        assert_eq!(unrecovered, [first, second]);
        assert_eq!(trimmed_to(&client.image(), &unrecovered), Position(500));
    }
}
