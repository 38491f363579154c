//! A bucket in memory, as one process sees it, that fails as it is told.

use std::fmt;
use std::future;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, ObjectStoreExt, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use tokio::sync::watch;

/// What befalls one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing is done, and it fails.
    Refused,
    /// It is done, and the answer is lost.
    AnswerLost,
    /// It is carried out when it is [`release`](TestStore::release)d.
    Held,
    /// The process dies before it is carried out …
    DeathBefore,
    /// … or after. No request of its is carried out any more.
    DeathAfter,
}

/// See the module.
#[derive(Clone)]
pub(super) struct TestStore(Arc<Inner>);

struct Inner {
    bucket: Arc<InMemory>,
    state: Mutex<State>,
    /// The fault has struck.
    struck: watch::Sender<bool>,
    released: watch::Sender<bool>,
}

#[derive(Default)]
struct State {
    requests: u64,
    /// The first request that meets it, and after how many the next one does.
    fault: Option<(u64, u64, Fault)>,
    away: bool,
}

impl TestStore {
    pub(super) fn new(bucket: &Arc<InMemory>) -> Self {
        Self(Arc::new(Inner {
            bucket: Arc::clone(bucket),
            state: Mutex::default(),
            struck: watch::Sender::default(),
            released: watch::Sender::default(),
        }))
    }

    /// The `request`-th request, counted from one, meets the fault.
    pub(super) fn with_fault(bucket: &Arc<InMemory>, request: u64, fault: Fault) -> Self {
        Self::with_faults(bucket, request, u64::MAX, fault)
    }

    /// And from there on every `step`-th.
    pub(super) fn with_faults(bucket: &Arc<InMemory>, first: u64, step: u64, fault: Fault) -> Self {
        let this = Self::new(bucket);
        this.0.state.lock().unwrap().fault = Some((first, step, fault));
        this
    }

    /// From now on every request fails, or none does.
    pub(super) fn set_away(&self, away: bool) {
        self.0.state.lock().unwrap().away = away;
    }

    /// Tells one process from another.
    pub(super) fn stamp(&self) -> [u8; 16] {
        (Arc::as_ptr(&self.0) as usize as u128).to_be_bytes()
    }

    pub(super) fn requests(&self) -> u64 {
        self.0.state.lock().unwrap().requests
    }

    /// Whether the fault has struck.
    pub(super) fn is_struck(&self) -> bool {
        *self.0.struck.borrow()
    }

    /// Waits until the fault strikes.
    pub(super) async fn struck(&self) {
        self.0.struck.subscribe().wait_for(|struck| *struck).await.unwrap();
    }

    pub(super) fn release(&self) {
        self.0.released.send_replace(true);
    }

    async fn ask<T>(&self, request: impl Future<Output = Result<T>>) -> Result<T> {
        let fault = {
            let mut state = self.0.state.lock().unwrap();
            state.requests += 1;
            match state.fault {
                _ if state.away => Some(Fault::Refused),
                Some((.., Fault::DeathBefore | Fault::DeathAfter)) if self.is_struck() => {
                    Some(Fault::DeathBefore)
                }
                Some((first, step, fault))
                    if state.requests.checked_sub(first).is_some_and(|past| past % step == 0) =>
                {
                    self.0.struck.send_replace(true);
                    Some(fault)
                }
                _ => None,
            }
        };
        let failed = |what: &str| Error::Generic { store: "test", source: what.into() };
        match fault {
            None => request.await,
            Some(Fault::Refused) => Err(failed("refused")),
            Some(Fault::AnswerLost) => {
                request.await?;
                Err(failed("the answer was lost"))
            }
            Some(Fault::Held) => {
                self.0.released.subscribe().wait_for(|released| *released).await.unwrap();
                request.await
            }
            Some(Fault::DeathBefore) => future::pending().await,
            Some(Fault::DeathAfter) => {
                drop(request.await);
                future::pending().await
            }
        }
    }
}

#[async_trait]
impl ObjectStore for TestStore {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        self.ask(self.0.bucket.put_opts(location, payload, options)).await
    }

    async fn put_multipart_opts(
        &self,
        _: &Path,
        _: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        unreachable!("nobody creates an object in parts, which cannot be refused")
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.ask(self.0.bucket.get_opts(location, options)).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        let this = self.clone();
        let delete = move |location: Path| {
            let this = this.clone();
            async move {
                this.ask(this.0.bucket.delete(&location)).await?;
                Ok(location)
            }
        };
        locations.and_then(delete).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let (this, prefix) = (self.clone(), prefix.cloned());
        let list = async move {
            let listed = this.0.bucket.list(prefix.as_ref());
            let listed: Vec<_> = this.ask(listed.try_collect()).await?;
            Ok::<_, Error>(stream::iter(listed.into_iter().map(Ok)))
        };
        stream::once(list).try_flatten().boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.ask(self.0.bucket.list_with_delimiter(prefix)).await
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
        unreachable!("nobody copies")
    }
}

impl fmt::Debug for TestStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TestStore")
    }
}

impl fmt::Display for TestStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TestStore")
    }
}
