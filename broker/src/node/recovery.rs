//! From what the last run left to a storage that goes on.

use std::sync::Arc;

use penstock_model::client::MetadataClient;
use penstock_model::id::BrokerEpoch;
use penstock_s3stream::store::metered::{MeteredStore, StoreCounters};
use penstock_s3stream::{Appended, Clock, Parts, Settings, Storage, Tasks, UploadSettings};
use penstock_wal::{Recovering, WalSettings};

use super::StartError;
use crate::config::{NodeConfig, WalPlace};
use crate::log::LogStateFold;

pub(super) mod file;
pub(super) mod object;

/// How many objects a log in the store has before they are uploaded as fewer.
const LOG_OBJECTS_MAX: usize = 256;

/// A storage that has started, and what runs and counts for it.
pub(super) struct Started {
    pub(super) storage: Storage,
    pub(super) tasks: Tasks,
    pub(super) store_counters: Arc<StoreCounters>,
}

/// What the configuration says of every log.
fn wal_settings(config: &NodeConfig) -> WalSettings {
    WalSettings { in_flight_bytes_max: config.memory.wal, ..WalSettings::default() }
}

/// Starts the storage on the log.
pub(super) async fn start_storage(
    recovery: Box<dyn Recovering<Appended>>,
    store: MeteredStore,
    config: &NodeConfig,
    metadata: &Arc<dyn MetadataClient>,
    clock: &Arc<dyn Clock>,
    epoch: BrokerEpoch,
) -> Result<Started, StartError> {
    let store_counters = Arc::clone(store.counters());
    let block_groups_max = match config.wal {
        WalPlace::File(_) => None,
        WalPlace::Object(_) => Some(LOG_OBJECTS_MAX),
    };
    let (storage, tasks) = Storage::start(Parts {
        wal: recovery,
        assembler: store.assembler(),
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
                block_groups_max,
                stream_object_bytes_min: config.stream_object_bytes_min,
                ..UploadSettings::default()
            },
            compaction: config.compaction.clone(),
            wal_backlog_bytes_max: config.wal_backlog_bytes_max,
            ..Settings::default()
        },
    })?;
    Ok(Started { storage, tasks, store_counters })
}
