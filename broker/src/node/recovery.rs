//! From what the last run left on the disk to a storage that goes on.

use std::path::Path;
use std::sync::Arc;

use penstock_model::client::MetadataClient;
use penstock_model::command::{Command, InheritWal};
use penstock_model::id::{BrokerEpoch, ClusterId};
use penstock_model::image::MetadataImage;
use penstock_s3stream::store::metered::{MeteredStore, StoreCounters};
use penstock_s3stream::{Clock, Parts, Settings, Storage, Tasks, UploadSettings};
use penstock_wal::files::{Blocking, Files};
use penstock_wal::{FileRecovery, FileWal, FileWalSettings, Position, WalError, WalSettings};

use super::StartError;
use super::log_owner::LogOwner;
use super::metadata::{QUORUM, Registered};
use crate::config::NodeConfig;
use crate::log::LogStateFold;

/// A storage that has started, and what runs and counts for it.
pub(super) struct Started {
    pub(super) storage: Storage,
    pub(super) tasks: Tasks,
    pub(super) store_counters: Arc<StoreCounters>,
}

/// Refuses where there is a log and no metadata that knows of it: a new cluster would find it
/// another's.
pub(super) async fn check_metadata_is_there(
    files: &Arc<dyn Files>,
    config: &NodeConfig,
    image: &MetadataImage,
) -> Result<(), StartError> {
    if image.cluster().is_some() {
        return Ok(());
    }
    let (dir, on) = (config.wal_dir.clone(), Arc::clone(files));
    let segments = blocking(files.as_ref(), move || FileWal::segments(&*on, &dir)).await?;
    if segments == 0 {
        return Ok(());
    }
    let place = |path: &Path| path.display().to_string();
    Err(StartError::MetadataGone {
        log: place(&config.wal_dir),
        metadata: place(&config.data_dir.join(QUORUM)),
    })
}

/// Reads the log from where it was trimmed to. Before the registration: an epoch that was granted
/// says that there is a log, so that one that is gone is not taken for a new one; and a log that
/// cannot be used costs no epoch at each attempt.
pub(super) async fn recover(
    cluster: ClusterId,
    files: &Arc<dyn Files>,
    config: &NodeConfig,
    image: &MetadataImage,
) -> Result<FileRecovery, StartError> {
    let begins = image.local_log_begins(config.node).map(|begins| Position(begins.0));
    let settings = FileWalSettings {
        wal: WalSettings { in_flight_bytes_max: config.memory.wal, ..WalSettings::default() },
        ..FileWalSettings::default()
    };
    let (dir, on) = (config.wal_dir.clone(), Arc::clone(files));
    let expected = LogOwner { cluster, node: config.node };
    let recover = move || FileWal::recover(&on, &dir, expected.to_owner(), begins, &settings);
    blocking(files.as_ref(), recover).await.map_err(|error| match error {
        WalError::Foreign { place, found, .. } => {
            StartError::OthersLog { place, found: LogOwner::of(found), expected }
        }
        error => error.into(),
    })
}

/// Passes the log on, epoch by epoch, to the one that was just registered.
pub(super) async fn inherit(
    metadata: &dyn MetadataClient,
    registered: &Registered,
) -> Result<(), StartError> {
    for from in &registered.unrecovered {
        let inherit = InheritWal { from: *from, to: registered.epoch, end: None };
        metadata.submit(Command::InheritWal(inherit)).await?.result?;
    }
    Ok(())
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
    store: MeteredStore,
    config: &NodeConfig,
    metadata: &Arc<dyn MetadataClient>,
    clock: &Arc<dyn Clock>,
    epoch: BrokerEpoch,
) -> Result<Started, StartError> {
    let store_counters = Arc::clone(store.counters());
    let (storage, tasks) = Storage::start(Parts {
        wal: Box::new(recovery),
        store: Arc::new(store),
        metadata: Arc::clone(metadata),
        epoch,
        clock: Arc::clone(clock),
        fold: Arc::new(LogStateFold),
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
