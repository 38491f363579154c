//! `storage.url`: which store, and where in it.
//!
//! ```text
//!   file://dir          relative to the working directory, or absolute with a third slash
//!   memory://           gone with the process
//!   s3://bucket/prefix  ?endpoint=http://127.0.0.1:9000&region=us-east-1&path_style=true
//!   gs://bucket/prefix  ?endpoint=…
//!   az://container/prefix  ?account=…&endpoint=…
//! ```
//!
//! Credentials never stand in it: they come from the environment.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use object_store::path::Path;
use url::Url;

/// Where objects are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreUrl {
    /// In a folder.
    File(PathBuf),
    /// In the memory of this process.
    Memory,
    /// In a bucket.
    Bucket(Bucket),
}

/// A part of a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Whose protocol it speaks.
    pub cloud: Cloud,
    /// Its name; Azure calls it a container.
    pub name: String,
    /// Everything is kept below it; empty for the whole bucket.
    pub prefix: Path,
    /// Where the service is, if not where the cloud has it.
    pub endpoint: Option<String>,
    /// S3: the region.
    pub region: Option<String>,
    /// S3: whether the bucket stands in the path, not in the host's name. Unless it is said, it
    /// does where there is an endpoint.
    pub path_style: Option<bool>,
    /// Azure: the storage account.
    pub account: Option<String>,
}

/// The protocol of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cloud {
    /// Amazon S3, and all that speak like it.
    S3,
    /// Google Cloud Storage.
    Gcs,
    /// Azure Blob Storage.
    Azure,
}

impl fmt::Display for StoreUrl {
    /// Says where it is, and nothing of how it is reached.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "file://{}", path.display()),
            Self::Memory => write!(f, "memory://"),
            Self::Bucket(Bucket { cloud, name, prefix, .. }) => {
                write!(f, "{}://{name}", cloud.scheme())?;
                if prefix.as_ref().is_empty() { Ok(()) } else { write!(f, "/{prefix}") }
            }
        }
    }
}

impl Cloud {
    /// How its URLs begin.
    fn scheme(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Gcs => "gs",
            Self::Azure => "az",
        }
    }

    /// The options that its URLs take.
    fn options(self) -> &'static [&'static str] {
        match self {
            Self::S3 => &["endpoint", "region", "path_style"],
            Self::Gcs => &["endpoint"],
            Self::Azure => &["account", "endpoint"],
        }
    }
}

/// What is wrong with a URL, and what to write instead. Never shows the URL itself: somebody may
/// have put a secret in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreUrlError {
    /// Not of the form `scheme://…`.
    #[error(
        "not a URL ({0}); write file://folder, s3://bucket/prefix, gs://bucket/prefix, az://container/prefix or memory://"
    )]
    Malformed(String),
    /// A scheme that is none of ours.
    #[error("unknown scheme {0:?}; write file://, s3://, gs://, az:// or memory://")]
    Scheme(String),
    /// There is no folder or bucket.
    #[error("{scheme}:// names no {what}; write {scheme}://{what}")]
    Nowhere {
        /// The scheme.
        scheme: &'static str,
        /// What is missing.
        what: &'static str,
    },
    /// A bucket's prefix cannot be the start of a key.
    #[error("the prefix cannot be part of a key: {0}")]
    Prefix(String),
    /// An option that this kind of store does not have.
    #[error("unknown option {option:?}; this kind of store takes: {known}")]
    Option {
        /// What was written.
        option: String,
        /// What could have been.
        known: String,
    },
    /// An option stands there twice.
    #[error("option {0:?} is given twice")]
    Twice(String),
    /// An option's value cannot be one.
    #[error("{value:?} is no value of option {option}; write {expected}")]
    Value {
        /// The option.
        option: &'static str,
        /// What was written.
        value: String,
        /// What can be.
        expected: &'static str,
    },
    /// A user or a password stands before the bucket.
    #[error(
        "credentials do not belong into the URL; set them in the environment, as the cloud's own tools read them"
    )]
    Credentials,
}

impl FromStr for StoreUrl {
    type Err = StoreUrlError;

    fn from_str(text: &str) -> Result<Self, StoreUrlError> {
        // Parsed apart: a folder may be relative, and may hold any character.
        if let Some(folder) = text.strip_prefix("file://") {
            return match folder {
                "" => Err(StoreUrlError::Nowhere { scheme: "file", what: "folder" }),
                folder => Ok(Self::File(folder.into())),
            };
        }
        let url = Url::parse(text).map_err(|e| StoreUrlError::Malformed(e.to_string()))?;
        let bucket =
            |cloud, scheme, what| Bucket::parse(&url, cloud, scheme, what).map(Self::Bucket);
        match url.scheme() {
            "memory" if matches!(text, "memory://" | "memory:///") => Ok(Self::Memory),
            "memory" => Err(StoreUrlError::Malformed("write memory:// and nothing more".into())),
            "s3" => bucket(Cloud::S3, "s3", "bucket"),
            "gs" => bucket(Cloud::Gcs, "gs", "bucket"),
            "az" => bucket(Cloud::Azure, "az", "container"),
            other => Err(StoreUrlError::Scheme(other.into())),
        }
    }
}

impl Bucket {
    fn parse(
        url: &Url,
        cloud: Cloud,
        scheme: &'static str,
        what: &'static str,
    ) -> Result<Self, StoreUrlError> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(StoreUrlError::Credentials);
        }
        let name = url.host_str().unwrap_or_default();
        if name.is_empty() {
            return Err(StoreUrlError::Nowhere { scheme, what });
        }
        let prefix =
            Path::from_url_path(url.path()).map_err(|e| StoreUrlError::Prefix(e.to_string()))?;
        let mut bucket = Self {
            cloud,
            name: name.into(),
            prefix,
            endpoint: None,
            region: None,
            path_style: None,
            account: None,
        };
        let mut seen = Vec::new();
        for (option, value) in url.query_pairs() {
            if seen.contains(&option) {
                return Err(StoreUrlError::Twice(option.into()));
            }
            bucket.set(&option, &value)?;
            seen.push(option);
        }
        Ok(bucket)
    }

    fn set(&mut self, option: &str, value: &str) -> Result<(), StoreUrlError> {
        let known = self.cloud.options();
        let wrong =
            |option, expected| Err(StoreUrlError::Value { option, value: value.into(), expected });
        match option {
            _ if !known.contains(&option) => {
                return Err(StoreUrlError::Option {
                    option: option.into(),
                    known: known.join(", "),
                });
            }
            "endpoint" => {
                let url = Url::parse(value);
                if !url.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
                {
                    return wrong("endpoint", "http://host:port or https://host");
                }
                self.endpoint = Some(value.trim_end_matches('/').into());
            }
            "path_style" => match value {
                "true" => self.path_style = Some(true),
                "false" => self.path_style = Some(false),
                _ => return wrong("path_style", "true or false"),
            },
            "region" if value.is_empty() => return wrong("region", "a region's name"),
            "region" => self.region = Some(value.into()),
            _ if value.is_empty() => return wrong("account", "a storage account's name"),
            _ => self.account = Some(value.into()),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(cloud: Cloud, name: &str, prefix: &str) -> Bucket {
        Bucket {
            cloud,
            name: name.into(),
            prefix: prefix.into(),
            endpoint: None,
            region: None,
            path_style: None,
            account: None,
        }
    }

    #[test]
    fn every_kind_of_store_has_its_url() {
        let check =
            |text: &str, expected: StoreUrl| assert_eq!(text.parse(), Ok(expected), "{text}");
        check("file://./penstock-data/objects", StoreUrl::File("./penstock-data/objects".into()));
        check("file:///var/lib/penstock", StoreUrl::File("/var/lib/penstock".into()));
        check("file://a b?c%20d", StoreUrl::File("a b?c%20d".into()));
        check("memory://", StoreUrl::Memory);
        check("s3://b", StoreUrl::Bucket(bucket(Cloud::S3, "b", "")));
        check("s3://b/one/two/", StoreUrl::Bucket(bucket(Cloud::S3, "b", "one/two")));
        check("gs://b/p", StoreUrl::Bucket(bucket(Cloud::Gcs, "b", "p")));
        check(
            "s3://b/p?endpoint=http://127.0.0.1:9000&region=us-east-1&path_style=true",
            StoreUrl::Bucket(Bucket {
                endpoint: Some("http://127.0.0.1:9000".into()),
                region: Some("us-east-1".into()),
                path_style: Some(true),
                ..bucket(Cloud::S3, "b", "p")
            }),
        );
        check(
            "az://c/p?account=store&endpoint=https://store.example/",
            StoreUrl::Bucket(Bucket {
                account: Some("store".into()),
                endpoint: Some("https://store.example".into()),
                ..bucket(Cloud::Azure, "c", "p")
            }),
        );
    }

    #[test]
    fn what_is_shown_is_where_it_is_and_no_more() {
        for (text, shown) in [
            ("file:///var/lib/penstock", "file:///var/lib/penstock"),
            ("memory://", "memory://"),
            ("s3://b?endpoint=http://127.0.0.1:9000&region=r", "s3://b"),
            ("gs://b/one/two/", "gs://b/one/two"),
            ("az://c/p?account=store", "az://c/p"),
        ] {
            assert_eq!(text.parse::<StoreUrl>().unwrap().to_string(), shown);
        }
    }

    #[test]
    fn a_mistake_is_answered_with_what_to_write() {
        let check = |text: &str, expected: &str| {
            let error = text.parse::<StoreUrl>().unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        };
        check("", "write file://folder");
        check("/var/lib/penstock", "write file://folder");
        check("s4://bucket", "unknown scheme \"s4\"; write file://, s3://");
        check("file://", "write file://folder");
        check("s3://", "s3:// names no bucket");
        check("s3:///prefix", "s3:// names no bucket");
        check(
            "s3://b?endpont=http://h",
            "unknown option \"endpont\"; this kind of store takes: endpoint, region, path_style",
        );
        check("gs://b?region=x", "takes: endpoint");
        check("s3://b?endpoint=127.0.0.1:9000", "write http://host:port");
        check("s3://b?endpoint=ftp://h", "write http://host:port");
        check("s3://b?path_style=yes", "write true or false");
        check("s3://b?region=", "region");
        check("s3://b?region=a&region=b", "twice");
        check("s3://b/a//b", "prefix");
        check("memory://x", "memory:// and nothing more");
    }

    #[test]
    fn an_error_shows_no_secret() {
        for text in ["s3://key:hunter2@bucket/p", "az://hunter2@container"] {
            let error = text.parse::<StoreUrl>().unwrap_err();
            assert_eq!(error, StoreUrlError::Credentials);
            assert!(!format!("{error} {error:?}").contains("hunter2"));
        }
    }
}
