//! Where a bucket is, and how things in it are written in URLs and headers.

use std::fmt::Write;

use object_store::path::Path;

/// A part of a bucket, and how requests for it are signed.
#[derive(Clone, Debug)]
pub(in crate::store) struct Address {
    /// Where the bucket's own requests go; without a slash at its end.
    pub(in crate::store) bucket_url: String,
    /// The bucket's name.
    pub(in crate::store) bucket: String,
    /// Everything is kept below it.
    pub(in crate::store) prefix: Path,
    /// What it signs for.
    pub(in crate::store) region: String,
    /// Whether bodies are signed too.
    pub(in crate::store) sign_payload: bool,
    /// Whether whoever asks pays.
    pub(in crate::store) requester_pays: bool,
    /// Headers that say how new objects are encrypted.
    pub(in crate::store) encryption: Vec<(&'static str, String)>,
    /// Whether uploads can be listed by the beginnings of their keys. MinIO takes such a beginning for
    /// a whole key.
    pub(in crate::store) lists_by_prefix: bool,
}

impl Address {
    pub(super) fn url(&self, key: Option<&Path>, query: &[(&str, &str)]) -> String {
        let mut url = self.bucket_url.clone();
        if let Some(key) = key {
            url.push('/');
            url.push_str(&encoded_path(&self.full(key)));
        }
        for (at, (name, value)) in query.iter().enumerate() {
            url.push(if at == 0 { '?' } else { '&' });
            url.push_str(name);
            url.push('=');
            encode(value, "", &mut url);
        }
        url
    }

    pub(super) fn copy_source(&self, key: &Path) -> String {
        format!("{}/{}", self.bucket, encoded_path(&self.full(key)))
    }

    /// What the keys of uploads in a folder begin with; empty for all in the bucket.
    pub(super) fn list_prefix(&self, folder: &Path) -> String {
        let folder = self.full(folder);
        match self.lists_by_prefix && !folder.is_root() {
            true => format!("{folder}/"),
            false => String::new(),
        }
    }

    /// The key of what has this one in the bucket, if it is below the prefix.
    pub(super) fn key(&self, full: &str) -> Option<Path> {
        let full = Path::parse(full).ok()?;
        let key: Path = full.prefix_match(&self.prefix)?.collect();
        Some(key)
    }

    fn full(&self, key: &Path) -> Path {
        self.prefix.parts().chain(key.parts()).collect()
    }
}

fn encoded_path(path: &Path) -> String {
    let mut encoded = String::new();
    encode(path.as_ref(), "/", &mut encoded);
    encoded
}

/// As signatures want it: all but what RFC 3986 leaves unreserved, and `kept`.
fn encode(text: &str, kept: &str, encoded: &mut String) {
    for byte in text.bytes() {
        let char = char::from(byte);
        if char.is_ascii_alphanumeric() || "-._~".contains(char) || kept.contains(char) {
            encoded.push(char);
        } else {
            write!(encoded, "%{byte:02X}").expect("a string takes all");
        }
    }
}
