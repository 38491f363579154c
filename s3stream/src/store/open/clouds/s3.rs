//! S3's client, and its steps of an assembly: one place says how both reach the bucket.

use std::sync::{Arc, Mutex, PoisonError};

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey as Key};
use object_store::client::{HttpClient, HttpConnector};
use object_store::{ClientOptions, Result};

use super::client;
use crate::store::assemble::Steps;
use crate::store::assemble::s3::S3Steps;
use crate::store::assemble::s3::address::Address;
use crate::store::open::doubts::DoubtingConnector;
use crate::store::open::{OpenError, Opened, StoreSettings};
use crate::store::url::Bucket;

pub(super) fn open(bucket: &Bucket, settings: &StoreSettings) -> Result<Opened, OpenError> {
    let connector = Remembering::default();
    let options = connector.clone();
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(&bucket.name)
        .with_retry(client::no_retries())
        .with_http_connector(connector);
    for (key, value) in client::options(bucket, settings) {
        builder = builder.with_config(Key::Client(key), value);
    }
    let (builder, address) = addressed(builder, bucket);
    let (assembles, signs) = (assembles(&builder), !is_on(&builder, Key::SkipSignature));
    let store = builder.build()?;
    let steps = match options.last().filter(|_| assembles) {
        None => None,
        Some(options) => {
            let credentials = signs.then(|| Arc::clone(store.credentials()));
            // A client of its own: copies take their time, and say nothing of how slow puts are.
            let client = DoubtingConnector.connect(&options)?;
            let steps: Arc<dyn Steps> = Arc::new(S3Steps::new(client, credentials, address));
            Some(steps)
        }
    };
    Ok(Opened { store: client::with_prefix(store, bucket), steps })
}

/// Where the bucket is.
fn addressed(mut builder: AmazonS3Builder, bucket: &Bucket) -> (AmazonS3Builder, Address) {
    let given = |key| builder.get_config_value(&key);
    let endpoint = bucket.endpoint.clone();
    let endpoint = endpoint.or_else(|| given(Key::S3Endpoint)).or_else(|| given(Key::Endpoint));
    let region = bucket.region.clone().or_else(|| given(Key::Region));
    let region = region.unwrap_or_else(|| "us-east-1".into());
    // A bucket with a dot in its name has no certificate of its own. Other services than
    // Amazon's seldom have names for buckets.
    let path_style = bucket.path_style.unwrap_or(endpoint.is_some() || bucket.name.contains('.'));
    let (name, is_amazons) = (&bucket.name, endpoint.is_none());
    // TLS protects what is sent: hashing it once more, with SHA-256, would cost more than
    // everything else that a PUT does. Plain HTTP does not protect it.
    let sign_payload = endpoint.as_ref().is_some_and(|endpoint| !endpoint.starts_with("https:"));
    let endpoint = endpoint.map(|endpoint| match path_style {
        true => endpoint.trim_end_matches('/').to_owned(),
        false => endpoint.replacen("://", &format!("://{name}."), 1),
    });
    let bucket_url = match (&endpoint, path_style) {
        (Some(endpoint), true) => format!("{endpoint}/{name}"),
        (Some(endpoint), false) => endpoint.trim_end_matches('/').to_owned(),
        (None, true) => format!("https://s3.{region}.amazonaws.com/{name}"),
        (None, false) => format!("https://{name}.s3.{region}.amazonaws.com"),
    };
    builder = builder
        .with_region(&region)
        .with_virtual_hosted_style_request(!path_style)
        .with_unsigned_payload(!sign_payload);
    if let Some(endpoint) = endpoint {
        // It stands before the one that `with_endpoint` sets, which the environment may have set.
        builder = builder.with_config(Key::S3Endpoint, endpoint);
    }
    let address = Address {
        bucket_url,
        bucket: bucket.name.clone(),
        prefix: bucket.prefix.clone(),
        region,
        sign_payload,
        requester_pays: is_on(&builder, Key::RequestPayer),
        encryption: encryption(&builder),
        lists_by_prefix: is_amazons,
    };
    (builder, address)
}

/// Directory buckets have credentials that nobody else can ask for, and of objects that the client has
/// keys for, each part would have to be sent them: such are made without.
fn assembles(builder: &AmazonS3Builder) -> bool {
    let kind = named(builder, "aws_server_side_encryption");
    !is_on(builder, Key::S3Express) && kind.as_deref() != Some("sse-c")
}

/// What a new object's request says of its encryption.
fn encryption(builder: &AmazonS3Builder) -> Vec<(&'static str, String)> {
    let Some(kind) = named(builder, "aws_server_side_encryption") else { return Vec::new() };
    let key = named(builder, "aws_sse_kms_key_id");
    let bucket_key = named(builder, "aws_sse_bucket_key_enabled");
    let bucket_key = bucket_key.map(|value| is_yes(&value).to_string());
    let headers = [
        ("x-amz-server-side-encryption", Some(kind)),
        ("x-amz-server-side-encryption-aws-kms-key-id", key),
        ("x-amz-server-side-encryption-bucket-key-enabled", bucket_key),
    ];
    headers.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// Some keys can only be had by their names.
fn named(builder: &AmazonS3Builder, name: &str) -> Option<String> {
    builder.get_config_value(&name.parse().ok()?)
}

fn is_on(builder: &AmazonS3Builder, key: Key) -> bool {
    builder.get_config_value(&key).is_some_and(|value| is_yes(&value))
}

/// As the builder reads what is yes or no.
fn is_yes(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "1" | "true" | "on" | "yes" | "y")
}

/// Connects so that requests are doubted, and remembers how: the builder alone knows what the
/// environment says of it. The store's own client comes last.
#[derive(Clone, Debug, Default)]
struct Remembering(Arc<Mutex<Option<ClientOptions>>>);

impl Remembering {
    fn last(&self) -> Option<ClientOptions> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl HttpConnector for Remembering {
    fn connect(&self, options: &ClientOptions) -> Result<HttpClient> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(options.clone());
        DoubtingConnector.connect(options)
    }
}

#[cfg(test)]
mod tests;
