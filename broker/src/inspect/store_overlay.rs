//! A store over another one that is only read: what is written or deleted is so in memory alone.
//!
//! For readers that mend or seal what they find before they trust it. Knows the requests that logs and
//! metadata make, and refuses others.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, ObjectStoreExt, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult,
    Result,
};

/// See the module.
#[derive(Debug)]
pub(super) struct StoreOverlay {
    below: Arc<dyn ObjectStore>,
    above: Arc<InMemory>,
    /// Keys of which nothing is seen that lies below: they were written or deleted.
    hidden: Arc<Mutex<BTreeSet<Path>>>,
}

impl StoreOverlay {
    pub(super) fn new(below: Arc<dyn ObjectStore>) -> Self {
        Self { below, above: Arc::default(), hidden: Arc::default() }
    }

    fn is_hidden(&self, location: &Path) -> bool {
        lock(&self.hidden).contains(location)
    }
}

fn lock(hidden: &Mutex<BTreeSet<Path>>) -> MutexGuard<'_, BTreeSet<Path>> {
    hidden.lock().unwrap_or_else(PoisonError::into_inner)
}

fn not_implemented(operation: &str) -> Error {
    Error::NotImplemented { operation: operation.into(), implementer: "overlay".into() }
}

#[async_trait]
impl ObjectStore for StoreOverlay {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        if options.mode == PutMode::Create && !self.is_hidden(location) {
            match self.below.head(location).await {
                Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(error),
                Ok(_) => {
                    let path = location.to_string();
                    return Err(Error::AlreadyExists { path, source: "it lies below".into() });
                }
            }
        }
        let answer = self.above.put_opts(location, payload, options).await?;
        lock(&self.hidden).insert(location.clone());
        Ok(answer)
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        match self.is_hidden(location) {
            true => self.above.get_opts(location, options).await,
            false => self.below.get_opts(location, options).await,
        }
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        let hidden = Arc::clone(&self.hidden);
        let locations = locations.inspect_ok(move |location| {
            lock(&hidden).insert(location.clone());
        });
        self.above.delete_stream(locations.boxed())
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let hidden = Arc::clone(&self.hidden);
        let below = self.below.list(prefix).try_filter(move |meta| {
            let is_seen = !lock(&hidden).contains(&meta.location);
            async move { is_seen }
        });
        stream::select(below, self.above.list(prefix)).boxed()
    }

    async fn list_with_delimiter(&self, _prefix: Option<&Path>) -> Result<ListResult> {
        Err(not_implemented("list_with_delimiter"))
    }

    async fn put_multipart_opts(
        &self,
        _location: &Path,
        _options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        Err(not_implemented("put_multipart_opts"))
    }

    async fn copy_opts(&self, _from: &Path, _to: &Path, _options: CopyOptions) -> Result<()> {
        Err(not_implemented("copy_opts"))
    }
}

impl fmt::Display for StoreOverlay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Overlay({})", self.below)
    }
}

#[cfg(test)]
mod tests {
    use object_store::ObjectStore;

    use super::*;

    async fn content(store: &dyn ObjectStore) -> Vec<(String, Vec<u8>)> {
        let mut found = Vec::new();
        let mut keys: Vec<_> =
            store.list(None).map_ok(|meta| meta.location).try_collect().await.unwrap();
        keys.sort();
        for key in keys {
            let bytes = store.get(&key).await.unwrap().bytes().await.unwrap();
            found.push((key.to_string(), bytes.to_vec()));
        }
        found
    }

    #[tokio::test]
    async fn what_is_done_above_is_not_done_below() {
        let below = Arc::new(InMemory::new());
        for key in ["kept", "deleted", "taken"] {
            below.put(&Path::from(key), PutPayload::from(key.as_bytes().to_vec())).await.unwrap();
        }
        let before = content(below.as_ref()).await;
        let overlay = StoreOverlay::new(Arc::clone(&below) as Arc<dyn ObjectStore>);
        assert_eq!(content(&overlay).await, before);
        let create = async |key: &str| {
            let options = PutOptions::from(PutMode::Create);
            overlay.put_opts(&Path::from(key), PutPayload::from("new"), options).await
        };
        for taken in ["taken", "kept"] {
            let answer = create(taken).await;
            assert!(matches!(answer, Err(Error::AlreadyExists { .. })), "{answer:?}");
        }
        create("created").await.unwrap();
        assert!(matches!(create("created").await, Err(Error::AlreadyExists { .. })));
        overlay.delete(&Path::from("deleted")).await.unwrap();
        assert!(overlay.get(&Path::from("deleted")).await.is_err());
        let expect = [("created", "new"), ("kept", "kept"), ("taken", "taken")];
        let expect = expect.map(|(key, bytes)| (key.to_owned(), bytes.as_bytes().to_vec()));
        assert_eq!(content(&overlay).await, expect);
        assert_eq!(content(below.as_ref()).await, before);
    }
}
