//! The suite of all backends, on the object backend.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use object_store::memory::InMemory;
use object_store::path::Path;

use super::scripted::CountingStore;
use super::*;
use crate::conformance::{self, OWNER, Subject};

/// A log in a store, with what the metadata would know of it.
struct InStore {
    wal: ObjectWal,
    store: Arc<CountingStore>,
    parts: Mutex<Vec<LogPart>>,
    epochs: AtomicU64,
    /// Whether time is paused, so that an hour at rest takes none.
    is_paused: bool,
}

impl InStore {
    fn new(settings: ObjectWalSettings, is_paused: bool) -> Self {
        let store = Arc::new(CountingStore::new(Arc::new(InMemory::new())));
        let wal = ObjectWal::new(store.clone(), Path::from("wal/root"), OWNER, settings);
        Self { wal, store, parts: Mutex::default(), epochs: AtomicU64::new(1), is_paused }
    }
}

fn settings() -> ObjectWalSettings {
    ObjectWalSettings {
        wal: conformance::settings(),
        puts_per_second_max: 0,
        ..ObjectWalSettings::default()
    }
}

#[async_trait]
impl Subject for InStore {
    async fn recover(&self, trim: Position) -> Result<Box<dyn Recovering<u64>>, WalError> {
        let parts = self.parts.lock().unwrap().clone();
        let end = match parts.last() {
            Some(last) => self.wal.seal(*last, Some(trim)).await?,
            None => Position(0),
        };
        let epoch = self.epochs.fetch_add(1, Ordering::Relaxed);
        let recovery = self.wal.recover(&parts, end, Some(trim), epoch).await?;
        self.parts.lock().unwrap().push(LogPart { epoch, begins: end });
        Ok(Box::new(recovery))
    }

    fn fail_next_write(&self) -> bool {
        false
    }

    fn operations(&self) -> Option<u64> {
        self.is_paused.then(|| self.store.requests())
    }
}

#[tokio::test(start_paused = true)]
async fn conforms() {
    conformance::check_all(async || InStore::new(settings(), true)).await;
}

#[tokio::test(start_paused = true)]
async fn conforms_within_a_budget() {
    let budget = ObjectWalSettings { puts_per_second_max: 20, ..settings() };
    conformance::check_all(async || InStore::new(budget.clone(), true)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conforms_on_many_threads() {
    conformance::check_all(async || InStore::new(settings(), false)).await;
}
