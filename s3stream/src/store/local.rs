//! Objects as files in a folder, through the file seam.
//!
//! ```text
//!   put:  .staging/0/17  write, sync  ──rename──►  data/8a/{cluster}/000…042  ──►  sync folder
//! ```
//!
//! 1. A put that was answered survives a power cut, whole; one that was not is whole or absent.
//! 2. A key created only if absent is created by one of those who try, whoever they are.
//! 3. A delete that was answered survives a power cut, and so does the answer that there is nothing
//!    to delete.
//! 4. A folder whose sync failed may have lost what it held: nothing is acknowledged after that
//!    until a restart, and whoever asks is told that trying again is of no use.
//!
//! Several processes may share a folder; each stages its files apart. What object stores offer
//! and this one cannot keep its word on (versions, conditions on tags or times, attributes) is
//! refused. Files state no time here: `last_modified` is always the epoch.

mod folders;
mod listing;
mod staging;

#[cfg(test)]
mod power_cut;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io::{self, ErrorKind};
use std::ops::Range;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{
    Attributes, CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult,
    MultipartUpload, ObjectMeta, ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload,
    PutResult, Result,
};
use penstock_wal::files::{Blocking, Files, OpenMode};

use folders::Folders;
pub(crate) use folders::NamesUnsafe;
use staging::{STAGING, Staging};

/// Deletions that are under way at once.
const DELETES_AT_ONCE: usize = 8;

/// See the module. Cheap to clone.
#[derive(Clone)]
pub struct LocalStore(Arc<Inner>);

struct Inner {
    root: PathBuf,
    folders: Folders,
    /// Where files are written before they get their names; `None` of a store that only reads.
    staging: Option<Staging>,
}

impl LocalStore {
    /// Opens a folder, which is made if it is missing, and removes what puts that a crash cut
    /// short have left behind. Blocks.
    ///
    /// # Errors
    /// When the folder cannot be made or written.
    pub fn open(files: Arc<dyn Files>, root: impl Into<PathBuf>) -> io::Result<Self> {
        let root = root.into();
        files.create_dir_all(&root)?;
        let staging = Staging::claim(files.clone(), &root)?;
        let folders = Folders::new(files, root.clone());
        Ok(Self(Arc::new(Inner { root, folders, staging: Some(staging) })))
    }

    /// Opens a folder and writes nothing to it, now or later.
    #[must_use]
    pub fn open_read_only(files: Arc<dyn Files>, root: impl Into<PathBuf>) -> Self {
        let root = root.into();
        let folders = Folders::new(files, root.clone());
        Self(Arc::new(Inner { root, folders, staging: None }))
    }

    /// Runs blocking calls where they may be made. They go on to their end even if the future is
    /// dropped.
    async fn blocking<T: Send + 'static>(
        &self,
        calls: impl FnOnce(&Inner) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        match self.0.files().blocking() {
            Blocking::Inline => calls(&self.0),
            Blocking::Thread => {
                let inner = self.0.clone();
                tokio::task::spawn_blocking(move || calls(&inner))
                    .await
                    .map_err(|error| generic(io::Error::other(error)))?
            }
        }
    }
}

impl Inner {
    fn files(&self) -> &Arc<dyn Files> {
        self.folders.files()
    }

    /// The file of a key.
    fn path(&self, key: &Path) -> Result<PathBuf> {
        let mut path = self.root.clone();
        for part in key.parts() {
            // `Path` holds neither `..` nor `/` within a part: keys stay below the root.
            path.push(FilePath::new(part.as_ref()));
        }
        let first = key.parts().next();
        match first {
            Some(first) if first.as_ref() != STAGING => Ok(path),
            _ => Err(not_supported(&format!("an object under the key {key}"))),
        }
    }

    fn put(&self, key: &Path, payload: &PutPayload, mode: &PutMode) -> Result<()> {
        let path = self.path(key)?;
        let failed = |error| store_error(key, error);
        let Some(staging) = &self.staging else {
            return Err(failed(ErrorKind::ReadOnlyFilesystem.into()));
        };
        let folder = path.parent().expect("a key is below the root");
        self.folders.make(folder).map_err(failed)?;
        let staged = staging.write(payload.as_ref()).map_err(failed)?;
        let placed = match mode {
            PutMode::Create => self.files().rename_new(&staged, &path),
            _ => self.files().rename(&staged, &path),
        };
        if placed.is_err() {
            // Swept at the next start if this fails.
            let _ = self.files().remove(&staged);
        }
        // Even a name that was taken is synced: whoever put it may not have come so far, and who
        // reads it now, and finds the bytes that it wanted to put, takes them for safe.
        self.folders.sync(folder).map_err(failed)?;
        placed.map_err(failed)
    }

    fn get(&self, key: &Path, options: &GetOptions) -> Result<(ObjectMeta, Range<u64>, Bytes)> {
        let failed = |error| store_error(key, error);
        let file = self.files().open(&self.path(key)?, OpenMode::Read).map_err(failed)?;
        let size = file.length().map_err(failed)?;
        let range = match &options.range {
            Some(range) => range.as_range(size).map_err(|e| generic(io::Error::other(e)))?,
            None => 0..size,
        };
        let meta = meta(key.clone(), size);
        if options.head {
            return Ok((meta, range, Bytes::new()));
        }
        let length = usize::try_from(range.end - range.start).expect("a range fits in memory");
        let mut bytes = vec![0; length];
        file.read_exact_at(&mut bytes, range.start).map_err(failed)?;
        Ok((meta, range, bytes.into()))
    }

    fn delete(&self, key: &Path) -> Result<()> {
        let path = self.path(key)?;
        let failed = |error| store_error(key, error);
        if self.staging.is_none() {
            return Err(failed(ErrorKind::ReadOnlyFilesystem.into()));
        }
        let removed = self.files().remove(&path);
        let folder = path.parent().expect("a key is below the root");
        match removed {
            // Whoever removed it may have died before that was safe, and nobody asks again once
            // it was told that there is nothing.
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.folders.sync_if_there(folder).map_err(failed)?;
                Err(failed(error))
            }
            Err(error) => Err(failed(error)),
            Ok(()) => self.folders.sync(folder).map_err(failed),
        }
    }
}

#[async_trait]
impl ObjectStore for LocalStore {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        if matches!(options.mode, PutMode::Update(_)) {
            return Err(not_supported("a put on condition of a version"));
        }
        if options.attributes != Attributes::default() {
            return Err(not_supported("attributes of objects"));
        }
        let location = location.clone();
        self.blocking(move |inner| inner.put(&location, &payload, &options.mode)).await?;
        Ok(PutResult { e_tag: None, version: None, extensions: Default::default() })
    }

    async fn put_multipart_opts(
        &self,
        _location: &Path,
        _options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        Err(not_implemented("put_multipart_opts"))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let conditional = options.if_match.is_some()
            || options.if_none_match.is_some()
            || options.if_modified_since.is_some()
            || options.if_unmodified_since.is_some();
        if conditional || options.version.is_some() {
            return Err(not_supported("a get on condition, or of a version"));
        }
        let location = location.clone();
        let (meta, range, bytes) =
            self.blocking(move |inner| inner.get(&location, &options)).await?;
        let payload = GetResultPayload::Stream(stream::once(async { Ok(bytes) }).boxed());
        let (attributes, extensions) = (Attributes::default(), Default::default());
        Ok(GetResult { payload, meta, range, attributes, extensions })
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        let store = self.clone();
        let delete = move |location: Result<Path>| {
            let store = store.clone();
            async move {
                let location = location?;
                let key = location.clone();
                store.blocking(move |inner| inner.delete(&key)).await?;
                Ok(location)
            }
        };
        locations.map(delete).buffered(DELETES_AT_ONCE).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let folders = vec![prefix.cloned().unwrap_or_default()];
        let store = self.clone();
        let next = move |mut folders: Vec<Path>| {
            let store = store.clone();
            async move {
                let Some(folder) = folders.pop() else { return Ok::<_, Error>(None) };
                let listed = store.blocking(move |inner| inner.list(&folder)).await?;
                folders.extend(listed.common_prefixes.into_iter().rev());
                Ok(Some((stream::iter(listed.objects.into_iter().map(Ok)), folders)))
            }
        };
        stream::try_unfold(folders, next).try_flatten().boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        let folder = prefix.cloned().unwrap_or_default();
        self.blocking(move |inner| inner.list(&folder)).await
    }

    async fn copy_opts(&self, _from: &Path, _to: &Path, _options: CopyOptions) -> Result<()> {
        Err(not_implemented("copy_opts"))
    }
}

impl fmt::Display for LocalStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LocalStore({})", self.0.root.display())
    }
}

impl fmt::Debug for LocalStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

const STORE: &str = "local";

fn meta(location: Path, size: u64) -> ObjectMeta {
    let last_modified = Default::default();
    ObjectMeta { location, last_modified, size, e_tag: None, version: None }
}

fn store_error(key: &Path, error: io::Error) -> Error {
    let path = key.to_string();
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory => {
            Error::NotFound { path, source: error.into() }
        }
        ErrorKind::AlreadyExists => Error::AlreadyExists { path, source: error.into() },
        ErrorKind::PermissionDenied => Error::PermissionDenied { path, source: error.into() },
        ErrorKind::ReadOnlyFilesystem => Error::NotSupported { source: error.into() },
        _ => generic(error),
    }
}

fn generic(error: io::Error) -> Error {
    Error::Generic { store: STORE, source: error.into() }
}

fn not_supported(what: &str) -> Error {
    Error::NotSupported { source: format!("a local store does not support {what}").into() }
}

fn not_implemented(operation: &str) -> Error {
    Error::NotImplemented { operation: operation.into(), implementer: STORE.into() }
}
