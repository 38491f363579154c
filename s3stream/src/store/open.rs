//! Opens the store that a URL names.
//!
//! The clouds' own clients try nothing again: what failed is counted, and `retry.rs` alone decides
//! about the next attempt. What hangs does not fail, and is asked for again beside it (`doubts.rs`).
//! Their credentials come from the environment and the identities that the cloud's own tools know.

mod clouds;
#[cfg(any(feature = "aws", feature = "azure", feature = "gcp"))]
pub(super) mod doubts;
#[cfg(any(feature = "aws", feature = "azure", feature = "gcp"))]
mod slowness;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use object_store::ObjectStore;
use object_store::memory::InMemory;
use penstock_wal::files::Files;

use super::assemble::Steps;
use super::assemble::by_hand::ByHand;
use super::local::LocalStore;
use super::metered::{MeteredStore, StoreLimits};
use super::url::StoreUrl;

/// How a store is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreSettings {
    /// How many requests may be under way.
    pub limits: StoreLimits,
    /// How long connecting may take.
    pub connect_timeout: Duration,
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self { limits: StoreLimits::default(), connect_timeout: Duration::from_secs(3) }
    }
}

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be used.
    #[error("storage.url: {0}; give the process a folder that it may write")]
    Folder(#[from] io::Error),
    /// The binary was built without this cloud.
    #[error(
        "storage.url: this build cannot speak to {scheme}://; build it with the feature {feature}"
    )]
    NotBuilt {
        /// The URL's scheme.
        scheme: &'static str,
        /// The cargo feature.
        feature: &'static str,
    },
    /// The cloud's client refuses its settings, from the URL or the environment.
    #[error("storage.url: {0}")]
    Client(#[from] object_store::Error),
}

/// Where stores come from: those that URLs name, or one that a simulation keeps in its hands.
pub trait Stores: Send + Sync + 'static {
    /// Opens a store, as [`open`] does.
    ///
    /// # Errors
    /// See [`OpenError`].
    fn open(&self, url: &StoreUrl) -> Result<MeteredStore, OpenError>;
}

/// Folders, memory and clouds.
pub struct StoresOfUrls {
    /// Where folders are.
    pub files: Arc<dyn Files>,
    /// Of every store.
    pub settings: StoreSettings,
}

impl Stores for StoresOfUrls {
    fn open(&self, url: &StoreUrl) -> Result<MeteredStore, OpenError> {
        open(url, Arc::clone(&self.files), &self.settings)
    }
}

/// Opens a store. Sends it nothing yet: a store that is away, or refuses the credentials, shows
/// at the first request. Blocks on a folder.
///
/// # Errors
/// See [`OpenError`].
pub fn open(
    url: &StoreUrl,
    files: Arc<dyn Files>,
    settings: &StoreSettings,
) -> Result<MeteredStore, OpenError> {
    let opened = match url {
        StoreUrl::File(folder) => Opened::alone(Arc::new(LocalStore::open(files, folder)?)),
        StoreUrl::Memory => {
            let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
            let steps = Arc::new(ByHand::new(Arc::clone(&store), 1));
            Opened { store, steps: Some(steps) }
        }
        StoreUrl::Bucket(bucket) => clouds::open(bucket, settings)?,
    };
    let store = MeteredStore::new(opened.store, settings.limits);
    Ok(match opened.steps {
        Some(steps) => store.with_assembler(steps),
        None => store,
    })
}

/// A store's client, and how it makes objects of parts of others, if it does.
struct Opened {
    store: Arc<dyn ObjectStore>,
    steps: Option<Arc<dyn Steps>>,
}

impl Opened {
    fn alone(store: Arc<dyn ObjectStore>) -> Self {
        Self { store, steps: None }
    }
}

#[cfg(test)]
mod tests;
