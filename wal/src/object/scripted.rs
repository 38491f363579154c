//! Stores for tests.

use std::fmt;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use tokio::sync::oneshot;
use tokio::time::sleep;

/// How long a PUT takes, by its number, counted from zero, and the bytes on their way, its own among
/// them; `None` where it fails at once.
pub(super) type PutTakes = fn(u64, u64) -> Option<Duration>;

/// Counts requests. PUTs take their time.
#[derive(Debug)]
pub(super) struct CountingStore {
    store: InMemory,
    put_takes: PutTakes,
    requests: AtomicU64,
    puts: AtomicU64,
    puts_under_way: AtomicU64,
    bytes_under_way: AtomicU64,
    longest_put: Mutex<Duration>,
}

impl CountingStore {
    pub(super) fn new(put_takes: PutTakes) -> Self {
        let [requests, puts, puts_under_way, bytes_under_way] = [0; 4].map(AtomicU64::new);
        let store = InMemory::new();
        Self {
            store,
            put_takes,
            requests,
            puts,
            puts_under_way,
            bytes_under_way,
            longest_put: Mutex::default(),
        }
    }

    pub(super) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    pub(super) fn puts(&self) -> u64 {
        self.puts.load(Ordering::Relaxed)
    }

    pub(super) fn puts_under_way(&self) -> u64 {
        self.puts_under_way.load(Ordering::Relaxed)
    }

    pub(super) fn longest_put(&self) -> Duration {
        *self.longest_put.lock().unwrap()
    }

    fn count(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }
}

/// Until it is dropped, so many more are under way.
struct UnderWay<'a>(&'a AtomicU64, u64);

impl<'a> UnderWay<'a> {
    fn new(count: &'a AtomicU64, more: u64) -> Self {
        count.fetch_add(more, Ordering::Relaxed);
        Self(count, more)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(self.1, Ordering::Relaxed);
    }
}

#[async_trait]
impl ObjectStore for CountingStore {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        self.count();
        let bytes = payload.content_length() as u64;
        let _put = UnderWay::new(&self.puts_under_way, 1);
        let _bytes = UnderWay::new(&self.bytes_under_way, bytes);
        let put = self.puts.fetch_add(1, Ordering::Relaxed);
        let takes = (self.put_takes)(put, self.bytes_under_way.load(Ordering::Relaxed));
        match takes {
            None => return Err(failed()),
            Some(Duration::ZERO) => {}
            Some(takes) => {
                {
                    let mut longest = self.longest_put.lock().unwrap();
                    *longest = takes.max(*longest);
                }
                sleep(takes).await;
            }
        }
        self.store.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.store.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.count();
        self.store.get_opts(location, options).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.count();
        self.store.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.count();
        self.store.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.store.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.store.copy_opts(from, to, options).await
    }
}

impl fmt::Display for CountingStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Counting({})", self.store)
    }
}

/// How a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is done, and whoever asked hears of it.
    Told,
    /// It is done, and the answer is lost.
    Lost,
    /// It seems to fail, and is done at some later time.
    FailedAndLate,
}

struct Pending {
    is_put: bool,
    go: oneshot::Sender<Answer>,
}

/// A store whose requests wait until a test says which is next, and how it goes.
#[derive(Default)]
pub(super) struct SteppedStore {
    store: Arc<InMemory>,
    turns: Arc<Turns>,
    /// Puts on their way.
    late: Mutex<Vec<(Path, PutPayload)>>,
    /// A key is overwritten, whatever was asked for.
    overwrites: bool,
    /// Lists have two pages.
    pages: bool,
}

impl SteppedStore {
    /// One that is no fence.
    pub(super) fn overwriting() -> Self {
        Self { overwrites: true, ..Self::default() }
    }

    /// One whose lists are not of one moment.
    pub(super) fn paging() -> Self {
        Self { pages: true, ..Self::default() }
    }

    /// The requests that wait, in order: whether each is a put.
    pub(super) fn pending(&self) -> Vec<bool> {
        let mut pending = self.turns.pending.lock().unwrap();
        // Whoever asked may have gone away.
        pending.retain(|request| !request.go.is_closed());
        pending.iter().map(|request| request.is_put).collect()
    }

    pub(super) fn answer(&self, index: usize, answer: Answer) {
        let request = self.turns.pending.lock().unwrap().remove(index);
        request.go.send(answer).unwrap();
    }

    /// How many puts are still on their way though they seemed to fail.
    pub(super) fn late(&self) -> usize {
        self.late.lock().unwrap().len()
    }

    pub(super) fn land(&self, index: usize) {
        let (key, payload) = self.late.lock().unwrap().remove(index);
        // Nobody hears what becomes of it.
        let put = self.store.put_opts(&key, payload, self.options());
        let _ = futures::FutureExt::now_or_never(put).expect("memory does not wait");
    }

    /// Whether requests wait from now on. At first they do not.
    pub(super) fn wait(&self, wait: bool) {
        self.turns.wait.store(wait, Ordering::Relaxed);
    }

    fn options(&self) -> PutOptions {
        PutOptions::from(if self.overwrites { PutMode::Overwrite } else { PutMode::Create })
    }
}

/// The requests that wait for their turn.
#[derive(Default)]
struct Turns {
    pending: Mutex<Vec<Pending>>,
    wait: AtomicBool,
}

impl Turns {
    async fn next(&self, is_put: bool) -> Answer {
        if !self.wait.load(Ordering::Relaxed) {
            return Answer::Told;
        }
        let (go, told) = oneshot::channel();
        self.pending.lock().unwrap().push(Pending { is_put, go });
        told.await.unwrap()
    }
}

/// What a store lists at a moment, in the order of the keys.
async fn list_now(store: &InMemory, prefix: Option<&Path>) -> Vec<ObjectMeta> {
    let listed: Vec<_> = store.list(prefix).collect().await;
    listed.into_iter().map(|meta| meta.expect("memory does not fail")).collect()
}

fn failed() -> Error {
    Error::Generic { store: "scripted", source: "as the test wants it".into() }
}

#[async_trait]
impl ObjectStore for SteppedStore {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        assert_eq!(options.mode, PutMode::Create, "the log creates, and never overwrites");
        match self.turns.next(true).await {
            Answer::Told => self.store.put_opts(location, payload, self.options()).await,
            Answer::Lost => {
                let _ = self.store.put_opts(location, payload, self.options()).await;
                Err(failed())
            }
            Answer::FailedAndLate => {
                self.late.lock().unwrap().push((location.clone(), payload));
                Err(failed())
            }
        }
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.store.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.turns.next(false).await;
        self.store.get_opts(location, options).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.store.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        // What a page shows may be old by the time that it is looked at: the first waits for no turn.
        // The second shows what lies behind the first one's keys at a later moment.
        let (store, turns, prefix) = (self.store.clone(), self.turns.clone(), prefix.cloned());
        let pages = self.pages;
        let listed = async move {
            let mut listed = list_now(&store, prefix.as_ref()).await;
            if pages {
                listed.truncate(1);
                turns.next(false).await;
                let rest = list_now(&store, prefix.as_ref()).await.into_iter();
                let last = listed.first().map(|meta| meta.location.clone());
                let is_behind = |meta: &ObjectMeta| Some(&meta.location) > last.as_ref();
                listed.extend(rest.filter(is_behind));
            }
            stream::iter(listed.into_iter().map(Ok))
        };
        stream::once(listed).flatten().boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.store.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.store.copy_opts(from, to, options).await
    }
}

impl fmt::Debug for SteppedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SteppedStore")
    }
}

impl fmt::Display for SteppedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SteppedStore")
    }
}
