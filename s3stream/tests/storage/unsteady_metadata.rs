//! The real metadata machine behind a connection that fails as told, and a check on every commit:
//! the objects must lie in the store by then.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use penstock_model::client::{LocalClient, MetadataClient, SubmitError};
use penstock_model::command::{Command, Outcome};
use penstock_model::image::MetadataImage;
use penstock_model::watch;

use crate::checked_store::CheckedStore;
use crate::random::Random;

pub(crate) struct UnsteadyMetadata {
    inner: Arc<LocalClient>,
    store: Arc<CheckedStore>,
    random: Mutex<Random>,
    failing: AtomicU64,
    pub(crate) commands: AtomicU64,
}

impl UnsteadyMetadata {
    pub(crate) fn new(inner: Arc<LocalClient>, store: Arc<CheckedStore>, seed: u64) -> Arc<Self> {
        Arc::new(Self {
            inner,
            store,
            random: Mutex::new(Random::new(seed)),
            failing: AtomicU64::new(0),
            commands: AtomicU64::new(0),
        })
    }

    /// How many of a hundred commands, and of a hundred answers, are lost.
    pub(crate) fn fail(&self, percent: u64) {
        self.failing.store(percent, Ordering::Relaxed);
    }

    fn chance(&self) -> bool {
        self.random.lock().unwrap().chance(self.failing.load(Ordering::Relaxed))
    }

    async fn check(&self, command: &Command) {
        let objects = match command {
            Command::CommitUpload(commit) => &commit.objects[..],
            Command::ReplaceRanges(commit) => std::slice::from_ref(&commit.object),
            _ => return,
        };
        let content = self.store.content().await;
        let image = self.inner.image();
        for object in objects {
            // A retry of an applied commit may come after all of it is gone again.
            let there = content.contains(&(object.id, object.size));
            let dead = image.lease_of(object.id).is_none();
            assert!(there || dead, "object {} is committed before it is there", object.id);
        }
    }
}

#[async_trait]
impl MetadataClient for UnsteadyMetadata {
    async fn submit(&self, command: Command) -> Result<Outcome, SubmitError> {
        self.commands.fetch_add(1, Ordering::Relaxed);
        let lost = || SubmitError::Unavailable("told to fail".into());
        tokio::task::yield_now().await;
        if self.chance() {
            return Err(lost());
        }
        self.check(&command).await;
        let outcome = self.inner.apply(&command);
        if self.chance() { Err(lost()) } else { Ok(outcome) }
    }

    fn image(&self) -> Arc<MetadataImage> {
        self.inner.image()
    }

    fn watch(&self) -> watch::Receiver<Arc<MetadataImage>> {
        self.inner.watch()
    }
}
