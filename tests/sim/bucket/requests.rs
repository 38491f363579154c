//! The bucket as a client's library shows it.

use std::collections::BTreeSet;
use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{
    Attributes, CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult,
    MultipartUpload, ObjectMeta, ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload,
    PutResult, Result,
};

use super::shelves::{Content, Put, is_data, meta};
use super::{Bucket, Inner};

/// Keys in one answer to a list; S3 has a thousand.
const PAGE_KEYS: usize = 50;

/// Deletions that are under way at once.
const DELETES_AT_ONCE: usize = 8;

/// See the module.
#[derive(Clone)]
pub(super) struct Remote(pub(super) Bucket);

#[async_trait]
impl ObjectStore for Remote {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        let content = Bytes::from(payload);
        let (bytes, checksum) = (content.len(), crc32c::crc32c(&content));
        let content = Content::Bytes(content);
        let put = Put { key: location.clone(), content, mode: options.mode };
        let how = match put.mode {
            PutMode::Create => "create",
            _ => "put",
        };
        let what = format!("{how} {location} {bytes} bytes {checksum:08x}");
        let number = self.0.note_request(&what);
        let sent = self.0.send(number, put);
        let answer = self.0.ask(number, (location, true), bytes, |inner| {
            inner.counts.put += u64::from(is_data(location));
            inner.arrive(number)
        });
        let answer = answer.await;
        // One that was refused never arrives.
        self.0.inner().shelves.forget(number);
        drop(sent);
        answer
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let asked = options.range.as_ref().map_or_else(String::new, |range| format!(" {range}"));
        let how = if options.head { "head" } else { "get" };
        let number = self.0.note_request(&format!("{how} {location}{asked}"));
        let found = self.0.ask(number, (location, false), 0, |inner| inner.shelves.get(location));
        let found = found.await?;
        let size = found.len() as u64;
        let range = match &options.range {
            Some(range) => range.as_range(size).map_err(|error| Error::Generic {
                store: "sim",
                source: error.to_string().into(),
            })?,
            None => 0..size,
        };
        let meta = meta(location.clone(), &found);
        let place = |at: u64| usize::try_from(at).expect("an object fits in memory");
        let part = found.slice(place(range.start)..place(range.end));
        let payload = GetResultPayload::Stream(stream::once(async { Ok(part) }).boxed());
        let attributes = Attributes::default();
        Ok(GetResult { payload, meta, range, attributes, extensions: Default::default() })
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        let bucket = self.0.clone();
        let delete = move |location: Result<Path>| {
            let bucket = bucket.clone();
            async move {
                let location = location?;
                let number = bucket.note_request(&format!("delete {location}"));
                bucket.look_at_deletion(&location);
                let answer = bucket.ask(number, (&location, false), 0, |inner| {
                    inner.counts.deleted += u64::from(is_data(&location));
                    inner.counts.trimmed += u64::from(location.as_ref().starts_with("wal/"));
                    inner.delete(&location);
                    Ok(())
                });
                answer.await.map(|()| location)
            }
        };
        locations.map(delete).buffered(DELETES_AT_ONCE).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let (bucket, prefix) = (self.0.clone(), prefix.cloned().unwrap_or_default());
        let next = move |after: Option<Option<Path>>| {
            let (bucket, prefix) = (bucket.clone(), prefix.clone());
            async move {
                let Some(after) = after else { return Ok::<_, Error>(None) };
                let page = bucket.page(&prefix, after.as_ref()).await?;
                let last = page.last().map(|meta| meta.location.clone());
                let more = (page.len() == PAGE_KEYS).then_some(last);
                Ok(Some((stream::iter(page.into_iter().map(Ok)), more)))
            }
        };
        stream::try_unfold(Some(None), next).try_flatten().boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        let folder = prefix.cloned().unwrap_or_default();
        let below: Vec<ObjectMeta> = self.list(prefix).try_collect().await?;
        let (mut objects, mut common_prefixes) = (Vec::new(), BTreeSet::new());
        for meta in below {
            let rest = meta.location.prefix_match(&folder).expect("it is below the folder");
            let parts: Vec<_> = rest.map(|part| part.as_ref().to_owned()).take(2).collect();
            match parts.as_slice() {
                [first, _] => drop(common_prefixes.insert(folder.clone().join(first.as_str()))),
                _ => objects.push(meta),
            }
        }
        let common_prefixes = common_prefixes.into_iter().collect();
        Ok(ListResult { objects, common_prefixes, extensions: Default::default() })
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

impl Bucket {
    /// One answer to a list; it may take long.
    async fn page(&self, prefix: &Path, after: Option<&Path>) -> Result<Vec<ObjectMeta>> {
        let number = match after {
            None => self.note_request(&format!("list {prefix}")),
            Some(after) => self.note_request(&format!("list {prefix} after {after}")),
        };
        let more = self.inner().weather.slowness_of_lists - 1;
        let way = self.inner().way(0);
        tokio::time::sleep(way * more).await;
        let page = |inner: &mut Inner| Ok(inner.shelves.page(prefix, after, PAGE_KEYS));
        self.ask(number, (prefix, false), 0, page).await
    }
}

fn not_implemented(operation: &str) -> Error {
    Error::NotImplemented { operation: operation.into(), implementer: "sim".into() }
}

impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sim")
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
