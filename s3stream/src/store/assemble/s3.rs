//! S3's steps: a multipart upload whose parts are copied with UploadPartCopy.
//!
//! object_store has no request that copies a part, and completes none with a condition, so all of them
//! are sent from here, signed and connected as its own are. All may be repeated (see `open/doubts.rs`):
//! a second upload that is begun is found by [`Steps::unfinished`], a second part takes the place of the
//! first, and a second completion finds the key taken.
//!
//! MinIO lists only what was begun since it was started; what is older than a day it abandons itself.

pub(in crate::store) mod address;
mod answer;
mod xml;

use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;
use object_store::aws::{AwsAuthorizer, AwsCredentialProvider};
use object_store::client::{HttpClient, HttpRequest, HttpRequestBody};
use object_store::path::Path;
use object_store::{Error, Result};

use super::{Part, Steps, Unfinished};
use crate::store::open::doubts::Work;
use address::Address;
use answer::{Answer, Step, failed};
use xml::Element;

/// A store copies so many times as quickly as it takes what is sent on a slow line, which is what a
/// request is given time for.
const COPIES_FASTER: u64 = 8;

/// See the module.
#[derive(Debug)]
pub(in crate::store) struct S3Steps {
    client: HttpClient,
    /// None: nothing is signed.
    credentials: Option<AwsCredentialProvider>,
    address: Address,
}

/// A request.
#[derive(Default)]
struct Ask<'a> {
    method: &'static str,
    /// The bucket's own without.
    key: Option<&'a Path>,
    query: Vec<(&'static str, &'a str)>,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
    /// Bytes that the store may have to copy before it answers.
    copies: u64,
}

impl S3Steps {
    pub(in crate::store) fn new(
        client: HttpClient,
        credentials: Option<AwsCredentialProvider>,
        address: Address,
    ) -> Self {
        Self { client, credentials, address }
    }

    async fn ask(&self, ask: Ask<'_>) -> Result<Answer> {
        let mut request = HttpRequest::new(HttpRequestBody::from(ask.body));
        *request.method_mut() = ask.method.parse().map_err(failed)?;
        *request.uri_mut() = self.address.url(ask.key, &ask.query).parse().map_err(failed)?;
        let length = request.body().content_length();
        request.headers_mut().insert("content-length", length.into());
        for (name, value) in ask.headers {
            request.headers_mut().insert(name, value.parse().map_err(failed)?);
        }
        if ask.copies > 0 {
            request.extensions_mut().insert(Work { bytes: ask.copies / COPIES_FASTER });
        }
        if let Some(credentials) = &self.credentials {
            let credential = credentials.get_credential().await?;
            AwsAuthorizer::new(&credential, "s3", &self.address.region)
                .with_sign_payload(self.address.sign_payload)
                .with_request_payer(self.address.requester_pays)
                .try_authorize(&mut request, None)?;
        }
        let (parts, body) = self.client.execute(request).await.map_err(failed)?.into_parts();
        let body = body.bytes().await.map_err(failed)?;
        let tag = parts.headers.get("etag").and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        Ok(Answer { status: parts.status.as_u16(), tag, body })
    }

    /// Of the upload of one object.
    async fn ask_of(&self, assembly: &Unfinished, ask: Ask<'_>) -> Result<Answer> {
        self.ask(Ask { key: Some(&assembly.key), ..ask }).await
    }

    /// Who finds its upload gone when it completes it may have completed it with a request that was
    /// repeated.
    async fn completed_or_abandoned(&self, key: &Path, gone: Error) -> Error {
        match self.ask(Ask { method: "HEAD", key: Some(key), ..Ask::default() }).await {
            Ok(Answer { status: 200, .. }) => {
                Error::AlreadyExists { path: key.to_string(), source: gone.into() }
            }
            Ok(Answer { status: 404, .. }) => gone,
            Ok(Answer { status, .. }) => failed(format!("HTTP {status} where it was to be")),
            Err(error) => error,
        }
    }

    /// Adds a page of uploads, and says where the next begins.
    fn page(&self, folder: &Path, listed: &Element, found: &mut Vec<Unfinished>) -> Option<Marker> {
        for upload in listed.children("Upload") {
            let (Some(key), Some(id)) = (upload.text("Key"), upload.text("UploadId")) else {
                continue;
            };
            // Keys that are none here belong to somebody else.
            let Some(key) = self.address.key(key) else { continue };
            let upload = Unfinished { key, id: id.to_owned() };
            if upload.is_below(folder) {
                found.push(upload);
            }
        }
        let text = |name| listed.text(name).unwrap_or_default().to_owned();
        let is_last = listed.text("IsTruncated") != Some("true");
        (!is_last).then(|| Marker { key: text("NextKeyMarker"), id: text("NextUploadIdMarker") })
    }
}

/// Where a page of a list begins.
#[derive(Debug, Default, PartialEq, Eq)]
struct Marker {
    key: String,
    id: String,
}

#[async_trait]
impl Steps for S3Steps {
    async fn begin(&self, key: &Path) -> Result<Unfinished> {
        let answer = self
            .ask(Ask {
                method: "POST",
                key: Some(key),
                query: vec![("uploads", "")],
                headers: self.address.encryption.clone(),
                ..Ask::default()
            })
            .await?;
        let begun = answer.xml(Step::Begin, key)?;
        let id = begun.text("UploadId").ok_or_else(|| failed("an upload without an id"))?;
        Ok(Unfinished { key: key.clone(), id: id.to_owned() })
    }

    async fn copy(
        &self,
        assembly: &Unfinished,
        number: usize,
        source: &Path,
        bytes: Range<u64>,
    ) -> Result<Part> {
        let length = bytes.end.saturating_sub(bytes.start);
        let last = bytes.end.saturating_sub(1);
        let answer = self
            .ask_of(
                assembly,
                Ask {
                    method: "PUT",
                    query: vec![("partNumber", &number.to_string()), ("uploadId", &assembly.id)],
                    headers: vec![
                        ("x-amz-copy-source", self.address.copy_source(source)),
                        ("x-amz-copy-source-range", format!("bytes={}-{last}", bytes.start)),
                    ],
                    copies: length,
                    ..Ask::default()
                },
            )
            .await?;
        let copied = answer.xml(Step::Copy, source)?;
        let tag = copied.text("ETag").ok_or_else(|| failed("a copied part without a tag"))?;
        Ok(Part { tag: tag.to_owned(), bytes: length })
    }

    async fn send(&self, assembly: &Unfinished, number: usize, bytes: Bytes) -> Result<Part> {
        let length = bytes.len() as u64;
        let answer = self
            .ask_of(
                assembly,
                Ask {
                    method: "PUT",
                    query: vec![("partNumber", &number.to_string()), ("uploadId", &assembly.id)],
                    body: bytes,
                    ..Ask::default()
                },
            )
            .await?;
        answer.check(Step::Send, &assembly.key)?;
        let tag = answer.tag.ok_or_else(|| failed("a sent part without a tag"))?;
        Ok(Part { tag, bytes: length })
    }

    async fn complete(&self, assembly: &Unfinished, parts: &[Part]) -> Result<()> {
        let answer = self
            .ask_of(
                assembly,
                Ask {
                    method: "POST",
                    query: vec![("uploadId", &assembly.id)],
                    headers: vec![("if-none-match", "*".into())],
                    body: xml::completion(parts),
                    copies: parts.iter().map(|part| part.bytes).sum(),
                    ..Ask::default()
                },
            )
            .await?;
        match answer.xml(Step::Complete, &assembly.key) {
            Ok(_) => Ok(()),
            Err(gone @ Error::NotFound { .. }) => {
                Err(self.completed_or_abandoned(&assembly.key, gone).await)
            }
            Err(error) => Err(error),
        }
    }

    async fn abandon(&self, assembly: &Unfinished) -> Result<()> {
        let query = vec![("uploadId", assembly.id.as_str())];
        let answer =
            self.ask_of(assembly, Ask { method: "DELETE", query, ..Ask::default() }).await?;
        match answer.check(Step::Abandon, &assembly.key) {
            Err(Error::NotFound { .. }) => Ok(()),
            answer => answer,
        }
    }

    async fn unfinished(&self, folder: &Path) -> Result<Vec<Unfinished>> {
        let (mut found, mut after) = (Vec::new(), Marker::default());
        let prefix = self.address.list_prefix(folder);
        loop {
            let mut query = vec![("uploads", "")];
            let asked = [("prefix", &prefix), ("key-marker", &after.key)];
            let asked = asked.into_iter().chain([("upload-id-marker", &after.id)]);
            query
                .extend(asked.filter(|(_, value)| !value.is_empty()).map(|(n, v)| (n, v.as_str())));
            let answer = self.ask(Ask { method: "GET", query, ..Ask::default() }).await?;
            match self.page(folder, &answer.xml(Step::List, folder)?, &mut found) {
                None => return Ok(found),
                Some(next) if next == after => return Err(failed("a list that does not go on")),
                Some(next) => after = next,
            }
        }
    }
}

#[cfg(test)]
mod tests;
