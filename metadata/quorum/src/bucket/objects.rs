//! Requests to the store, each tried again without end while it fails.
//!
//! How long an attempt may take is the store's own affair. Removing alone is tried once: whoever
//! removes has something newer, and does not wait for it.

use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{
    Error, GetResult, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload,
};
use penstock_wal::retry::{Backoff, may_pass, with_retries};

/// A store that does not do what is asked of it, and never will: correct its settings.
#[derive(Debug, thiserror::Error)]
#[error("the store refuses to {action} {place}: {source}")]
pub struct StoreRefused {
    /// What was asked.
    pub action: &'static str,
    /// Of which object or folder.
    pub place: String,
    /// What it said.
    pub source: Error,
}

/// A store; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Objects {
    store: Arc<dyn ObjectStore>,
}

impl Objects {
    pub(crate) fn new(store: Arc<dyn ObjectStore>) -> Self {
        Self { store }
    }

    /// The keys in a folder.
    pub(crate) async fn list(&self, folder: &Path) -> Result<Vec<Path>, StoreRefused> {
        let list = || async {
            let listed = self.store.list(Some(folder));
            absent_as_empty(listed.map_ok(|meta| meta.location).try_collect().await)
        };
        self.outlived("list", folder, list).await
    }

    /// The names of the folders in a folder.
    pub(crate) async fn folders(&self, folder: &Path) -> Result<Vec<String>, StoreRefused> {
        let list = || async {
            let listed = self.store.list_with_delimiter(Some(folder)).await;
            let prefixes = absent_as_empty(listed.map(|listed| listed.common_prefixes))?;
            let names = prefixes.iter().filter_map(Path::filename);
            Ok(names.map(str::to_owned).collect())
        };
        self.outlived("list", folder, list).await
    }

    /// The bytes of an object, if it is there.
    pub(crate) async fn get(&self, path: &Path) -> Result<Option<Bytes>, StoreRefused> {
        let get = || async {
            let Some(found) = self.find(path).await? else { return Ok(None) };
            let size = found.meta.size;
            let bytes = found.bytes().await?;
            if bytes.len() as u64 == size { Ok(Some(bytes)) } else { Err(cut_short()) }
        };
        self.outlived("read", path, get).await
    }

    /// Creates an object, and says whether it is there: not if the key is taken by another.
    pub(crate) async fn create(&self, path: &Path, pieces: &[Bytes]) -> Result<bool, StoreRefused> {
        let payload: PutPayload = pieces.iter().cloned().collect();
        let create = || async {
            let mode = PutOptions::from(PutMode::Create);
            match self.store.put_opts(path, payload.clone(), mode).await {
                Ok(_) => Ok(true),
                Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => {
                    // By an attempt whose answer was lost, or by another; or by nothing yet, where
                    // two creations at a time keep each other from succeeding.
                    let same = self.compare(path, pieces).await?;
                    same.ok_or_else(|| generic("the key is taken, and nothing is there"))
                }
                Err(error) => Err(error),
            }
        };
        self.outlived("create", path, create).await
    }

    /// Whether an object can be read, and is these bytes.
    pub(crate) async fn holds(&self, path: &Path, pieces: &[Bytes]) -> Result<bool, StoreRefused> {
        let compare = || self.compare(path, pieces);
        Ok(self.outlived("read", path, compare).await? == Some(true))
    }

    /// Removes an object, if it is there. One attempt.
    pub(crate) async fn remove(&self, path: &Path) -> Result<(), Error> {
        match self.store.delete(path).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// One attempt; `None` if there is nothing.
    async fn find(&self, path: &Path) -> Result<Option<GetResult>, Error> {
        match self.store.get(path).await {
            Ok(found) => Ok(Some(found)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// One attempt to tell whether an object is these bytes; `None` if there is nothing.
    async fn compare(&self, path: &Path, pieces: &[Bytes]) -> Result<Option<bool>, Error> {
        let Some(found) = self.find(path).await? else { return Ok(None) };
        let mut left = pieces.iter().map(|piece| piece.len() as u64).sum::<u64>();
        if found.meta.size != left {
            return Ok(Some(false));
        }
        let mut pieces = pieces.iter().cloned();
        let mut piece = Bytes::new();
        let mut chunks = found.into_stream();
        while let Some(mut chunk) = chunks.next().await.transpose()? {
            while !chunk.is_empty() {
                if piece.is_empty() {
                    match pieces.next() {
                        Some(next) => piece = next,
                        None => return Ok(Some(false)),
                    }
                }
                let length = chunk.len().min(piece.len());
                if chunk.split_to(length) != piece.split_to(length) {
                    return Ok(Some(false));
                }
                left -= length as u64;
            }
        }
        if left == 0 { Ok(Some(true)) } else { Err(cut_short()) }
    }

    async fn outlived<T, A>(
        &self,
        action: &'static str,
        path: &Path,
        attempt: impl FnMut() -> A,
    ) -> Result<T, StoreRefused>
    where
        A: Future<Output = Result<T, Error>>,
    {
        let what = format!("{action} {path}");
        let answer = with_retries(Backoff::default(), &what, may_pass, attempt).await;
        answer.map_err(|source| StoreRefused { action, place: path.to_string(), source })
    }
}

/// A folder without objects is none.
fn absent_as_empty<T>(listed: Result<Vec<T>, Error>) -> Result<Vec<T>, Error> {
    match listed {
        Err(Error::NotFound { .. }) => Ok(Vec::new()),
        listed => listed,
    }
}

fn cut_short() -> Error {
    generic("the answer was cut short")
}

fn generic(what: &'static str) -> Error {
    Error::Generic { store: "metadata", source: what.into() }
}
