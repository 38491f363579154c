//! The way to the metadata: submit commands, read images.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;

use crate::apply::apply;
use crate::command::{Command, Outcome};
use crate::id::LogIndex;
use crate::image::MetadataImage;
use crate::watch;

/// Why the fate of a command is unknown. Commands are idempotent: submit it again, with back-off.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// No controller could be reached, or none leads.
    #[error("the metadata quorum is unavailable: {0}")]
    Unavailable(String),
    /// This node is stopping.
    #[error("the metadata client is shut down")]
    Stopped,
}

/// A handle on the metadata quorum.
///
/// 1. A command that was answered is applied, durably, at the index that the answer names.
/// 2. When `submit` returns, the image of this client includes that index.
/// 3. Images only grow in index; each is a consistent state after some prefix of the log.
/// 4. `image` never blocks and never fails: it may be old, and is never wrong about the past.
#[async_trait]
pub trait MetadataClient: Send + Sync {
    /// Submits one command and waits until it has been decided.
    ///
    /// # Errors
    /// The command may or may not take effect, now or later.
    async fn submit(&self, command: Command) -> Result<Outcome, SubmitError>;

    /// The newest image that this client knows.
    fn image(&self) -> Arc<MetadataImage>;

    /// Sees every newer image, or the newest of several.
    fn watch(&self) -> watch::Receiver<Arc<MetadataImage>>;
}

/// The real state machine without a log: for tests of whatever stands on metadata, which thereby
/// meet the product and no double. It remembers as long as it lives.
#[derive(Debug)]
pub struct LocalClient {
    /// What was applied last. Held while an image is published, so that they appear in order.
    applied: Mutex<MetadataImage>,
    published: watch::Sender<Arc<MetadataImage>>,
}

impl LocalClient {
    /// Goes on from an image.
    #[must_use]
    pub fn new(image: MetadataImage) -> Self {
        let published = watch::Sender::new(Arc::new(image.clone()));
        Self { applied: Mutex::new(image), published }
    }

    /// Applies one command.
    ///
    /// # Panics
    /// When an earlier call panicked.
    pub fn apply(&self, command: &Command) -> Outcome {
        let mut image = self.applied.lock().expect("an earlier call panicked");
        let index = LogIndex(image.index().0 + 1);
        let outcome = apply(&mut image, index, command);
        self.published.send_replace(Arc::new(image.clone()));
        outcome
    }
}

impl Default for LocalClient {
    fn default() -> Self {
        Self::new(MetadataImage::default())
    }
}

#[async_trait]
impl MetadataClient for LocalClient {
    async fn submit(&self, command: Command) -> Result<Outcome, SubmitError> {
        Ok(self.apply(&command))
    }

    fn image(&self) -> Arc<MetadataImage> {
        Arc::clone(&self.published.borrow())
    }

    fn watch(&self) -> watch::Receiver<Arc<MetadataImage>> {
        self.published.subscribe()
    }
}
