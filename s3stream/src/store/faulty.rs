//! A store for tests that fails as it is told.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing is done, and it fails.
    Refused,
    /// It is done, and the answer is lost.
    AnswerLost,
    /// A put is told that the key is taken, although nothing is there: S3's answer to two
    /// creations at a time (HTTP 409). Waits for the next put.
    Conflict,
    /// A put is told that there is no such bucket. Waits for the next put.
    NoBucket,
}

impl Fault {
    fn is_for_puts(self) -> bool {
        matches!(self, Self::Conflict | Self::NoBucket)
    }
}

/// Puts and gets meet the next fault of a list, if any is left.
#[derive(Debug)]
pub(crate) struct FaultyStore {
    store: Arc<dyn ObjectStore>,
    faults: Mutex<VecDeque<Fault>>,
}

impl FaultyStore {
    pub(crate) fn new(store: Arc<dyn ObjectStore>) -> Self {
        Self { store, faults: Mutex::default() }
    }

    /// The next requests meet these.
    pub(crate) fn meet(&self, faults: impl IntoIterator<Item = Fault>) {
        self.faults.lock().unwrap().extend(faults);
    }

    async fn ask<T>(&self, put: bool, request: impl Future<Output = Result<T>>) -> Result<T> {
        let fault = self.faults.lock().unwrap().pop_front_if(|next| put || !next.is_for_puts());
        let lost = |what: &str| Error::Generic { store: "faulty", source: what.into() };
        match fault {
            None => request.await,
            Some(Fault::Refused) => Err(lost("refused")),
            Some(Fault::AnswerLost) => {
                request.await?;
                Err(lost("the answer was lost"))
            }
            Some(Fault::Conflict) => {
                Err(Error::AlreadyExists { path: String::new(), source: "conflict".into() })
            }
            Some(Fault::NoBucket) => {
                Err(Error::NotFound { path: String::new(), source: "no such bucket".into() })
            }
        }
    }
}

#[async_trait]
impl ObjectStore for FaultyStore {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        self.ask(true, self.store.put_opts(location, payload, options)).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.store.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.ask(false, self.store.get_opts(location, options)).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.store.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.store.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.store.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.store.copy_opts(from, to, options).await
    }
}

impl fmt::Display for FaultyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Faulty({})", self.store)
    }
}
