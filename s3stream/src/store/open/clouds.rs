//! The clouds' clients, as far as this build has them.

#[cfg(feature = "aws")]
mod s3;

#[cfg(any(feature = "azure", feature = "gcp"))]
use super::doubts::DoubtingConnector;
use super::{OpenError, Opened, StoreSettings};
use crate::store::url::{Bucket, Cloud};

pub(super) fn open(bucket: &Bucket, settings: &StoreSettings) -> Result<Opened, OpenError> {
    match bucket.cloud {
        Cloud::S3 => s3::open(bucket, settings),
        Cloud::Gcs => gcs(bucket, settings),
        Cloud::Azure => azure(bucket, settings),
    }
}

#[cfg(feature = "gcp")]
fn gcs(bucket: &Bucket, settings: &StoreSettings) -> Result<Opened, OpenError> {
    use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey as Key};

    let mut builder = GoogleCloudStorageBuilder::from_env()
        .with_bucket_name(&bucket.name)
        .with_retry(client::no_retries())
        .with_http_connector(DoubtingConnector);
    for (key, value) in client::options(bucket, settings) {
        builder = builder.with_config(Key::Client(key), value);
    }
    if let Some(endpoint) = &bucket.endpoint {
        builder = builder.with_base_url(endpoint);
    }
    Ok(Opened::alone(client::with_prefix(builder.build()?, bucket)))
}

#[cfg(feature = "azure")]
fn azure(bucket: &Bucket, settings: &StoreSettings) -> Result<Opened, OpenError> {
    use object_store::azure::{AzureConfigKey as Key, MicrosoftAzureBuilder};

    let mut builder = MicrosoftAzureBuilder::from_env()
        .with_container_name(&bucket.name)
        .with_retry(client::no_retries())
        .with_http_connector(DoubtingConnector);
    for (key, value) in client::options(bucket, settings) {
        builder = builder.with_config(Key::Client(key), value);
    }
    if let Some(account) = &bucket.account {
        builder = builder.with_account(account);
    }
    if let Some(endpoint) = &bucket.endpoint {
        builder = builder.with_endpoint(endpoint.clone());
    }
    Ok(Opened::alone(client::with_prefix(builder.build()?, bucket)))
}

#[cfg(not(feature = "aws"))]
mod s3 {
    use super::{Bucket, OpenError, Opened, StoreSettings};

    pub(super) fn open(_: &Bucket, _: &StoreSettings) -> Result<Opened, OpenError> {
        Err(OpenError::NotBuilt { scheme: "s3", feature: "aws" })
    }
}

#[cfg(not(feature = "gcp"))]
fn gcs(_: &Bucket, _: &StoreSettings) -> Result<Opened, OpenError> {
    Err(OpenError::NotBuilt { scheme: "gs", feature: "gcp" })
}

#[cfg(not(feature = "azure"))]
fn azure(_: &Bucket, _: &StoreSettings) -> Result<Opened, OpenError> {
    Err(OpenError::NotBuilt { scheme: "az", feature: "azure" })
}

/// What the clouds' clients have in common.
#[cfg(any(feature = "aws", feature = "azure", feature = "gcp"))]
mod client {
    use std::sync::Arc;
    use std::time::Duration;

    use object_store::prefix::PrefixStore;
    use object_store::{ClientConfigKey, ObjectStore, RetryConfig};

    use super::{Bucket, StoreSettings};

    /// No request takes longer, whatever it sends on whatever line: as long as the ids of an upload
    /// stay promised to it.
    const REQUEST_TIMEOUT: Duration = Duration::from_secs(3_600);

    /// Laid over what the environment says.
    pub(super) fn options(
        bucket: &Bucket,
        settings: &StoreSettings,
    ) -> Vec<(ClientConfigKey, String)> {
        let millis = |duration: Duration| format!("{}ms", duration.as_millis());
        let mut options = vec![
            (ClientConfigKey::Timeout, millis(REQUEST_TIMEOUT)),
            (ClientConfigKey::ConnectTimeout, millis(settings.connect_timeout)),
        ];
        if bucket.endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http:")) {
            options.push((ClientConfigKey::AllowHttp, "true".into()));
        }
        options
    }

    pub(super) fn no_retries() -> RetryConfig {
        RetryConfig { max_retries: 0, ..RetryConfig::default() }
    }

    pub(super) fn with_prefix(store: impl ObjectStore, bucket: &Bucket) -> Arc<dyn ObjectStore> {
        match bucket.prefix.is_root() {
            true => Arc::new(store),
            false => Arc::new(PrefixStore::new(store, bucket.prefix.clone())),
        }
    }
}
