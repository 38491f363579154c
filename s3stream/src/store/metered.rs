//! Counts what is asked of a store, and bounds how much is asked at once.
//!
//! It knows nothing of keys or contents. Requests are the logical ones: with the store's own
//! retries off (see `open.rs`), as many as reach it, but for lists of many pages and deletes,
//! which some stores take a thousand at a time.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload,
    ObjectMeta, ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What is asked of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Write an object.
    Put,
    /// Read an object, or a range of it.
    Get,
    /// Look whether there is one.
    Head,
    /// Delete one.
    Delete,
    /// List some.
    List,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Put, Self::Get, Self::Head, Self::Delete, Self::List];

    /// The name in metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Put => "put",
            Self::Get => "get",
            Self::Head => "head",
            Self::Delete => "delete",
            Self::List => "list",
        }
    }
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As asked.
    Ok,
    /// There is no such object.
    NotFound,
    /// A condition was not met, such as that there be no such object yet.
    Conflict,
    /// In any other way.
    Failed,
    /// Whoever asked went away before it ended.
    Cancelled,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Ok, Self::NotFound, Self::Conflict, Self::Failed, Self::Cancelled];

    /// The name in metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    fn of<T>(answer: &Result<T>) -> Self {
        match answer {
            Ok(_) => Self::Ok,
            Err(Error::NotFound { .. }) => Self::NotFound,
            Err(
                Error::AlreadyExists { .. }
                | Error::Precondition { .. }
                | Error::NotModified { .. },
            ) => Self::Conflict,
            Err(_) => Self::Failed,
        }
    }
}

/// Counters that only grow.
#[derive(Debug, Default)]
pub struct StoreCounters {
    requests: [[AtomicU64; Outcome::ALL.len()]; Operation::ALL.len()],
    bytes_read: AtomicU64,
    bytes_written: AtomicU64,
}

impl StoreCounters {
    /// Requests that ended.
    #[must_use]
    pub fn requests(&self, operation: Operation, outcome: Outcome) -> u64 {
        self.requests[operation as usize][outcome as usize].load(Ordering::Relaxed)
    }

    /// Bytes of objects that were received.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read.load(Ordering::Relaxed)
    }

    /// Bytes of objects that were written with success.
    #[must_use]
    pub fn bytes_written(&self) -> u64 {
        self.bytes_written.load(Ordering::Relaxed)
    }
}

/// How many requests may be under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreLimits {
    /// Gets, heads and lists.
    pub reads: usize,
    /// Puts and deletes.
    pub writes: usize,
}

impl Default for StoreLimits {
    /// What keeps a 10 Gbit/s line busy with requests of 1 MiB at 50 ms each is about 60.
    fn default() -> Self {
        Self { reads: 64, writes: 32 }
    }
}

/// A store with counters and limits.
#[derive(Clone, Debug)]
pub struct MeteredStore {
    store: Arc<dyn ObjectStore>,
    counters: Arc<StoreCounters>,
    reads: Arc<Semaphore>,
    writes: Arc<Semaphore>,
}

impl MeteredStore {
    /// Counts and bounds what is asked of `store` through it.
    #[must_use]
    pub fn new(store: Arc<dyn ObjectStore>, limits: StoreLimits) -> Self {
        Self {
            store,
            counters: Arc::default(),
            reads: Arc::new(Semaphore::new(limits.reads)),
            writes: Arc::new(Semaphore::new(limits.writes)),
        }
    }

    /// Its counters.
    #[must_use]
    pub fn counters(&self) -> &Arc<StoreCounters> {
        &self.counters
    }

    /// Waits for its turn. The request lasts until what this returns is dropped.
    async fn begin(&self, operation: Operation) -> Request {
        let slots = match operation {
            Operation::Put | Operation::Delete => &self.writes,
            Operation::Get | Operation::Head | Operation::List => &self.reads,
        };
        let slot = slots.clone().acquire_owned().await.expect("the limits are never closed");
        Request {
            counters: self.counters.clone(),
            operation,
            outcome: Outcome::Cancelled,
            _slot: slot,
        }
    }
}

/// A request under way; counted when it is dropped.
struct Request {
    counters: Arc<StoreCounters>,
    operation: Operation,
    outcome: Outcome,
    _slot: OwnedSemaphorePermit,
}

impl Request {
    fn ended<T>(&mut self, answer: Result<T>) -> Result<T> {
        self.outcome = Outcome::of(&answer);
        answer
    }

    /// All parts of the answer were seen.
    fn complete(mut self) {
        if self.outcome == Outcome::Cancelled {
            self.outcome = Outcome::Ok;
        }
    }

    /// Passes on the items of an answer that comes in parts. It is as good as its first error
    /// says, and cancelled unless somebody sees its end.
    fn watch<T: Send + 'static>(
        self,
        parts: BoxStream<'static, Result<T>>,
    ) -> BoxStream<'static, Result<T>> {
        let next = |(mut request, mut parts): (Self, BoxStream<'static, Result<T>>)| async {
            match parts.next().await {
                Some(Err(error)) => {
                    let error = request.ended(Err(error));
                    Some((error, (request, parts)))
                }
                Some(part) => Some((part, (request, parts))),
                None => {
                    request.complete();
                    None
                }
            }
        };
        stream::unfold((self, parts), next).boxed()
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        let outcomes = &self.counters.requests[self.operation as usize];
        outcomes[self.outcome as usize].fetch_add(1, Ordering::Relaxed);
    }
}

#[async_trait]
impl ObjectStore for MeteredStore {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        let mut request = self.begin(Operation::Put).await;
        let bytes = payload.content_length() as u64;
        let answer = request.ended(self.store.put_opts(location, payload, options).await)?;
        self.counters.bytes_written.fetch_add(bytes, Ordering::Relaxed);
        Ok(answer)
    }

    async fn put_multipart_opts(
        &self,
        _location: &Path,
        _options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        Err(not_implemented("put_multipart_opts"))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let operation = if options.head { Operation::Head } else { Operation::Get };
        let mut request = self.begin(operation).await;
        let answer = request.ended(self.store.get_opts(location, options).await)?;
        if operation == Operation::Head {
            return Ok(answer);
        }
        request.outcome = Outcome::Cancelled;
        let (meta, range) = (answer.meta.clone(), answer.range.clone());
        let (attributes, extensions) = (answer.attributes.clone(), answer.extensions.clone());
        let counters = self.counters.clone();
        let count = move |chunk: &Bytes| {
            counters.bytes_read.fetch_add(chunk.len() as u64, Ordering::Relaxed);
        };
        let body = request.watch(answer.into_stream()).inspect_ok(count).boxed();
        let payload = GetResultPayload::Stream(body);
        Ok(GetResult { payload, meta, range, attributes, extensions })
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        let store = self.clone();
        let deletions = async move {
            let slot = store.writes.clone().acquire_owned().await.expect("never closed");
            let counters = store.counters.clone();
            store.store.delete_stream(locations).inspect(move |answer| {
                let _held_until_the_end = &slot;
                let outcomes = &counters.requests[Operation::Delete as usize];
                outcomes[Outcome::of(answer) as usize].fetch_add(1, Ordering::Relaxed);
            })
        };
        stream::once(deletions).flatten().boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let (store, prefix) = (self.clone(), prefix.cloned());
        let listing = async move {
            let request = store.begin(Operation::List).await;
            request.watch(store.store.list(prefix.as_ref()))
        };
        stream::once(listing).flatten().boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        let mut request = self.begin(Operation::List).await;
        request.ended(self.store.list_with_delimiter(prefix).await)
    }

    async fn copy_opts(&self, _from: &Path, _to: &Path, _options: CopyOptions) -> Result<()> {
        Err(not_implemented("copy_opts"))
    }
}

fn not_implemented(operation: &str) -> Error {
    Error::NotImplemented { operation: operation.into(), implementer: "metered".into() }
}

impl fmt::Display for MeteredStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.store, f)
    }
}

#[cfg(test)]
mod tests;
