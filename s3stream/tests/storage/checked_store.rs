//! A store in memory that fails as told, counts requests, and refuses what must never be asked
//! of it: the deletion of an object that the metadata still refers to.

use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, ObjectStoreExt, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use penstock_model::client::{LocalClient, MetadataClient};
use penstock_model::id::ObjectId;
use penstock_model::image::{MetadataImage, ObjectLife};

use crate::random::Random;

pub(crate) struct CheckedStore {
    inner: Arc<InMemory>,
    metadata: Arc<LocalClient>,
    faults: Arc<Faults>,
    requests: Arc<AtomicU64>,
}

struct Faults {
    random: Mutex<Random>,
    /// How many of a hundred requests fail.
    percent: AtomicU64,
    /// Whether every get fails.
    gets: AtomicBool,
}

impl Faults {
    fn strike(&self) -> bool {
        self.random.lock().unwrap().chance(self.percent.load(Ordering::Relaxed))
    }
}

impl CheckedStore {
    pub(crate) fn new(metadata: Arc<LocalClient>, seed: u64) -> Arc<Self> {
        Arc::new(Self {
            inner: Arc::new(InMemory::new()),
            metadata,
            faults: Arc::new(Faults {
                random: Mutex::new(Random::new(seed)),
                percent: AtomicU64::new(0),
                gets: AtomicBool::new(false),
            }),
            requests: Arc::default(),
        })
    }

    pub(crate) fn fail(&self, percent: u64) {
        self.faults.percent.store(percent, Ordering::Relaxed);
    }

    /// From now on every get fails, or none but by chance.
    pub(crate) fn fail_gets(&self, fail: bool) {
        self.faults.gets.store(fail, Ordering::Relaxed);
    }

    pub(crate) fn is_failing(&self) -> bool {
        self.faults.percent.load(Ordering::Relaxed) > 0
    }

    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Turns one bit of an object over; once more mends it.
    pub(crate) async fn flip(&self, object: ObjectId, at: u64) {
        let listed = self.inner.list(None).map(|meta| meta.unwrap().location);
        let key = listed.filter(|key| std::future::ready(object_id(key) == object)).next().await;
        let key = key.unwrap();
        let mut bytes = self.inner.get(&key).await.unwrap().bytes().await.unwrap().to_vec();
        bytes[usize::try_from(at).unwrap()] ^= 1;
        self.inner.put(&key, bytes.into()).await.unwrap();
    }

    /// What lies in it, beside all faults and checks.
    pub(crate) fn inner(&self) -> &InMemory {
        &self.inner
    }

    /// Whether the next request fails.
    pub(crate) fn strike(&self) -> bool {
        self.faults.strike()
    }

    /// The ids of all objects, with their sizes, in order.
    pub(crate) async fn content(&self) -> Vec<(ObjectId, u64)> {
        let listed = self.inner.list(None).map(|meta| meta.unwrap());
        let mut content: Vec<_> =
            listed.map(|meta| (object_id(&meta.location), meta.size)).collect().await;
        content.sort();
        content
    }

    pub(crate) fn broken() -> Error {
        Error::Generic { store: "checked", source: "the store was told to fail".into() }
    }
}

fn check_unneeded(image: &MetadataImage, path: &Path) {
    let id = object_id(path);
    if let Some(object) = image.object(id) {
        assert!(
            matches!(object.life, ObjectLife::Destroyed { .. }),
            "object {id} is deleted and still referred to"
        );
    }
    if let Some((_, lease)) = image.lease_of(id) {
        let may_come = !lease.expired && image.is_active(lease.broker);
        assert!(!may_come, "object {id} is deleted while it may be committed");
    }
}

pub(crate) fn object_id(path: &Path) -> ObjectId {
    ObjectId(path.filename().unwrap().parse().unwrap())
}

#[async_trait]
impl ObjectStore for CheckedStore {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        // A request takes its time, so that others get in between.
        tokio::task::yield_now().await;
        if self.faults.strike() {
            return Err(Self::broken());
        }
        let answer = self.inner.put_opts(location, payload, options).await;
        // Stored, and the answer lost.
        if self.faults.strike() { Err(Self::broken()) } else { answer }
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        tokio::task::yield_now().await;
        if self.faults.gets.load(Ordering::Relaxed) || self.faults.strike() {
            return Err(Self::broken());
        }
        self.inner.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.inner.get_ranges(location, ranges).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        let (inner, metadata) = (Arc::clone(&self.inner), Arc::clone(&self.metadata));
        let (faults, requests) = (Arc::clone(&self.faults), Arc::clone(&self.requests));
        let delete = move |location: Result<Path>| {
            let inner = Arc::clone(&inner);
            requests.fetch_add(1, Ordering::Relaxed);
            let location = location.unwrap();
            check_unneeded(&metadata.image(), &location);
            let broken = faults.strike();
            async move {
                if broken {
                    return Err(Self::broken());
                }
                inner.delete(&location).await?;
                Ok(location)
            }
        };
        locations.then(delete).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}

impl fmt::Debug for CheckedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CheckedStore")
    }
}

impl fmt::Display for CheckedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CheckedStore")
    }
}
