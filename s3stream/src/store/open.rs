//! Opens the store that a URL names.
//!
//! The clouds' own clients try nothing again: every attempt is counted, and `retry.rs` alone
//! decides about the next. Their credentials come from the environment and the identities that
//! the cloud's own tools know.

mod clouds;
#[cfg(any(feature = "aws", feature = "azure", feature = "gcp"))]
mod deadlines;

use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use object_store::ObjectStore;
use object_store::memory::InMemory;
use penstock_wal::files::Files;

use super::local::LocalStore;
use super::metered::{MeteredStore, StoreLimits};
use super::url::StoreUrl;

/// How long a request may take that sends little. It covers its answer's body, of which most are
/// a few MiB.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(32);

/// How fast a body is sent at least. Two blocks of 64 MiB are under way at once and share the line:
/// as two objects they get through at 0.5 MiB/s, cut into sixteen of 8 MiB at 2 MiB/s. An object of
/// 64 MiB on a connection on which nothing moves is tried again after five minutes.
const UPLOAD_BYTES_PER_SECOND_MIN: NonZeroUsize = NonZeroUsize::new(256 << 10).unwrap();

/// How a store is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreSettings {
    /// How many requests may be under way.
    pub limits: StoreLimits,
    /// How long a request may take, its answer's body included …
    pub request_timeout: Duration,
    /// … and longer by what its own body takes at this speed.
    pub upload_bytes_per_second_min: NonZeroUsize,
    /// How long connecting may take.
    pub connect_timeout: Duration,
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self {
            limits: StoreLimits::default(),
            request_timeout: REQUEST_TIMEOUT,
            upload_bytes_per_second_min: UPLOAD_BYTES_PER_SECOND_MIN,
            connect_timeout: Duration::from_secs(3),
        }
    }
}

impl StoreSettings {
    /// How long a request with a body of so many bytes may take.
    #[must_use]
    pub fn time_for(&self, bytes: usize) -> Duration {
        let sending = bytes.div_ceil(self.upload_bytes_per_second_min.get());
        self.request_timeout + Duration::from_secs(sending as u64)
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
    let store: Arc<dyn ObjectStore> = match url {
        StoreUrl::File(folder) => Arc::new(LocalStore::open(files, folder)?),
        StoreUrl::Memory => Arc::new(InMemory::new()),
        StoreUrl::Bucket(bucket) => clouds::open(bucket, settings)?,
    };
    Ok(MeteredStore::new(store, settings.limits))
}
