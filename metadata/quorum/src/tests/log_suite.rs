//! Openraft's own suite for log stores and state machines, on both kinds of write-ahead log.

use std::sync::Arc;

use openraft::StorageError;
use openraft::testing::log::{StoreBuilder, Suite};
use penstock_model::image::MetadataImage;
use penstock_wal::{FileWalSettings, MemoryMedium, Position, Recovering, WalSettings};
use tempfile::TempDir;
use tokio::sync::watch;

use crate::compaction::Progress;
use crate::journal_sink::Waiter;
use crate::log_store::LogStore;
use crate::place::Found;
use crate::snapshot_store::{Covered, SnapshotStore};
use crate::state_machine::StateMachine;
use crate::type_config::TypeConfig;
use crate::{QuorumSettings, RaftId};

use super::folder;

impl From<u64> for RaftId {
    fn from(value: u64) -> Self {
        Self(value)
    }
}

enum Builder {
    Memory,
    Files,
}

impl StoreBuilder<TypeConfig, LogStore, StateMachine, TempDir> for Builder {
    async fn build(&self) -> Result<(TempDir, LogStore, StateMachine), StorageError<TypeConfig>> {
        let dir = tempfile::tempdir().unwrap();
        let folder = folder(dir.path());
        let recovering: Box<dyn Recovering<Waiter>> = match self {
            Self::Memory => {
                let medium = MemoryMedium::default();
                Box::new(medium.recover(Position(0), &WalSettings::default()).unwrap())
            }
            Self::Files => Box::new(folder.recover(&FileWalSettings::default()).unwrap()),
        };
        let covered = Covered::default();
        // Nothing stays cached that can be read back.
        let settings = QuorumSettings { entry_cache_bytes: 0, ..QuorumSettings::default() };
        let Found { journal, head, snapshots } = folder.with_journal(recovering);
        let log = LogStore::open(journal, head, covered.clone(), &settings).unwrap();
        let (progress, _) = watch::channel(Progress::default());
        let snapshots = SnapshotStore::open(snapshots, covered, progress.clone()).await;
        let (published, _) = penstock_model::watch::channel(Arc::new(MetadataImage::default()));
        let state_machine =
            StateMachine::new(None, Arc::new(snapshots.unwrap()), published, progress);
        Ok((dir, log, state_machine))
    }
}

#[tokio::test(start_paused = true)]
async fn openrafts_suite_on_memory() {
    Suite::test_all(Builder::Memory).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn openrafts_suite_on_files() {
    Suite::test_all(Builder::Files).await.unwrap();
}
