//! A log in a folder: one log of the node, that each epoch goes on with in place.

use std::path::Path;
use std::sync::Arc;

use penstock_model::client::MetadataClient;
use penstock_model::command::{Command, InheritWal};
use penstock_model::id::ClusterId;
use penstock_model::image::MetadataImage;
use penstock_wal::files::{Blocking, Files};
use penstock_wal::{FileRecovery, FileWal, FileWalSettings, Position, WalError};

use super::wal_settings;
use crate::config::NodeConfig;
use crate::node::StartError;
use crate::node::log_owner::LogOwner;
use crate::node::metadata::{QUORUM, Registered, decided};

/// Refuses where there is a log and no metadata that knows of it: a new cluster would find it
/// another's.
pub(in crate::node) async fn check_metadata_is_there(
    files: &Arc<dyn Files>,
    dir: &Path,
    config: &NodeConfig,
    image: &MetadataImage,
) -> Result<(), StartError> {
    if image.cluster().is_some() {
        return Ok(());
    }
    let (in_dir, on) = (dir.to_owned(), Arc::clone(files));
    let segments = blocking(files.as_ref(), move || FileWal::segments(&*on, &in_dir)).await?;
    if segments == 0 {
        return Ok(());
    }
    let place = |path: &Path| path.display().to_string();
    Err(StartError::MetadataGone {
        log: place(dir),
        metadata: place(&config.data_dir.join(QUORUM)),
    })
}

/// Reads the log from where it was trimmed to. Before the registration: an epoch that was granted
/// says that there is a log, so that one that is gone is not taken for a new one; and a log that
/// cannot be used costs no epoch at each attempt.
pub(in crate::node) async fn recover(
    cluster: ClusterId,
    files: &Arc<dyn Files>,
    dir: &Path,
    config: &NodeConfig,
    image: &MetadataImage,
) -> Result<FileRecovery, StartError> {
    let begins = image.local_log_begins(config.node).map(|begins| Position(begins.0));
    let settings = FileWalSettings { wal: wal_settings(config), ..FileWalSettings::default() };
    let (dir, on) = (dir.to_owned(), Arc::clone(files));
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
pub(in crate::node) async fn inherit(
    metadata: &dyn MetadataClient,
    registered: &Registered,
) -> Result<(), StartError> {
    for from in &registered.unrecovered {
        let inherit = InheritWal { from: *from, to: registered.epoch, end: None };
        decided(metadata, Command::InheritWal(inherit)).await?.result?;
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
