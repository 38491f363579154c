//! Counts what is asked of a store, and bounds how much is asked at once.
//!
//! It knows nothing of keys or contents. Requests are the logical ones: with the store's own
//! retries off (see `open.rs`), as many as reach it, but for lists of many pages, deletes,
//! which some stores take a thousand at a time, and what is asked again because it hangs.

mod assembly;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload,
    ObjectMeta, ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::assemble::{Assemble, Assembler, Steps};
pub use super::counters::{Operation, Outcome, StoreCounters};
use assembly::MeteredSteps;

/// How many requests may be under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreLimits {
    /// Gets, heads and lists.
    pub reads: usize,
    /// Puts, copies and deletes.
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
    steps: Option<Arc<dyn Steps>>,
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
            steps: None,
            counters: Arc::default(),
            reads: Arc::new(Semaphore::new(limits.reads)),
            writes: Arc::new(Semaphore::new(limits.writes)),
        }
    }

    /// It makes objects of parts of others in these steps.
    #[must_use]
    pub fn with_assembler(self, steps: Arc<dyn Steps>) -> Self {
        Self { steps: Some(steps), ..self }
    }

    /// Makes objects of parts of others, where the store can. Each step is a request that is counted
    /// and bounded: a copy, a list, a delete, and all others puts.
    #[must_use]
    pub fn assembler(&self) -> Option<Arc<dyn Assemble>> {
        let steps = Arc::clone(self.steps.as_ref()?);
        Some(Arc::new(Assembler::new(Arc::new(MeteredSteps { store: self.clone(), steps }))))
    }

    /// The same store for another purpose: counted together, bounded apart.
    #[must_use]
    pub fn beside(&self, limits: StoreLimits) -> Self {
        let (steps, counters) = (self.steps.clone(), Arc::clone(&self.counters));
        Self { steps, counters, ..Self::new(Arc::clone(&self.store), limits) }
    }

    /// Counts what is asked of this store where `other` counts.
    #[must_use]
    pub fn counted_with(self, other: &Self) -> Self {
        Self { counters: Arc::clone(&other.counters), ..self }
    }

    /// Its counters.
    #[must_use]
    pub fn counters(&self) -> &Arc<StoreCounters> {
        &self.counters
    }

    /// Waits for its turn. The request lasts until what this returns is dropped.
    async fn begin(&self, operation: Operation) -> Request {
        let slots = match operation {
            Operation::Put | Operation::Copy | Operation::Delete => &self.writes,
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
        self.counters.count(self.operation, self.outcome);
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
        let bytes = payload.content_length();
        let answer = request.ended(self.store.put_opts(location, payload, options).await)?;
        self.counters.count_written(bytes);
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
        let count = move |chunk: &Bytes| counters.count_read(chunk.len());
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
                counters.count(Operation::Delete, Outcome::of(answer));
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
