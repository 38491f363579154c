//! Requests that are not answered are sent again, beside the one that may only be slow.
//!
//! ```text
//!   request ─────────────────────────────► (nothing)
//!           └ doubt ► request ───────────► answer
//!                   └ doubt ► request ───►              at most REPEATS_MAX, until one is answered
//! ```
//!
//! A network that swallows packets and a store that is stuck say nothing, and whoever waits for them
//! waits for long after they are well again. To give up and ask anew would never end with a store
//! that is slow and well. So the first answer counts, whichever request it is for, and teaches how
//! slow the store is (see [`super::slowness`]). Every request may be repeated: a creation that finds its
//! key taken is compared by whoever asked for it.
//!
//! A large body may need long on a slow line, and what is sent beside it shares that line: while other
//! requests are answered, its time doubles with each doubt. While none is, the store is away, and what
//! counts is to be there soon when it is back.
//!
//! Who else sends a request twice is the object log, whose hedges are for PUTs that take longer than most:
//! they are sent before [`HANGS_AFTER`](penstock_wal::retry::HANGS_AFTER) and given up there, and nothing is
//! doubted sooner. So no hedge is repeated, and no log needs to know what is slow and what hangs.
//!
//! A repeated request has a connection of its own: what hangs is often the line, and with it all the
//! connections that wait for use.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{FuturesUnordered, StreamExt};
use http_body::{Body, Frame, SizeHint};
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse,
    HttpResponseBody, HttpService, ReqwestConnector,
};
use object_store::{ClientConfigKey, ClientOptions};
use tokio::time::{Instant, Sleep, sleep, timeout_at};

use super::slowness::Slowness;

/// How often a request is repeated. Then it has failed, and `retry.rs` decides.
const REPEATS_MAX: u32 = 11;

/// What the store itself does for a request before it answers, as if so much were sent to it. An
/// extension of requests that send little.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Work {
    /// Such as those that it copies.
    pub(in crate::store) bytes: u64,
}

fn work_bytes(request: &HttpRequest) -> usize {
    let done = request.extensions().get::<Work>().map_or(0, |work| work.bytes);
    request.body().content_length().max(usize::try_from(done).unwrap_or(usize::MAX))
}

/// Connects so that requests are doubted.
#[derive(Debug)]
pub(super) struct DoubtingConnector;

impl HttpConnector for DoubtingConnector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let connect = |options: &ClientOptions| ReqwestConnector::default().connect(options);
        let alone = options.clone().with_config(ClientConfigKey::PoolMaxIdlePerHost, "0");
        Ok(HttpClient::new(Doubting::new(connect(options)?, connect(&alone)?)))
    }
}

#[derive(Debug)]
struct Doubting {
    client: HttpClient,
    /// One that keeps no connections for later use.
    repeating: HttpClient,
    known: Arc<Known>,
}

/// What all requests learn from.
#[derive(Debug)]
struct Known {
    begun: Instant,
    slowness: Mutex<Slowness>,
}

impl Known {
    fn answered(&self, body_bytes: usize, took: Duration) {
        let now = self.begun.elapsed();
        self.lock().answered(body_bytes, took, now);
    }

    fn doubt(&self, body_bytes: usize, doublings: u32) -> Duration {
        self.lock().doubt(body_bytes, doublings, self.begun.elapsed())
    }

    fn answers_since(&self, begun: Instant) -> bool {
        self.lock().answers_since(begun.duration_since(self.begun))
    }

    fn lock(&self) -> MutexGuard<'_, Slowness> {
        self.slowness.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Doubting {
    fn new(client: HttpClient, repeating: HttpClient) -> Self {
        let known = Known { begun: Instant::now(), slowness: Mutex::default() };
        Self { client, repeating, known: Arc::new(known) }
    }

    async fn ask(
        &self,
        client: &HttpClient,
        request: HttpRequest,
    ) -> Result<HttpResponse, HttpError> {
        let body_bytes = work_bytes(&request);
        let begun = Instant::now();
        let answer = client.execute(request).await?;
        self.known.answered(body_bytes, begun.elapsed());
        Ok(answer)
    }
}

#[async_trait]
impl HttpService for Doubting {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let body_bytes = work_bytes(&request);
        let sent_bytes = request.body().content_length();
        let (parts, body) = request.into_parts();
        let again = || HttpRequest::from_parts(parts.clone(), body.clone());
        let (begun, mut doublings) = (Instant::now(), 0);
        let mut asked = FuturesUnordered::new();
        asked.push(self.ask(&self.client, again()));
        for repeats in 0..=REPEATS_MAX {
            if repeats > 0 {
                tracing::debug!(method = %parts.method, path = parts.uri.path(), repeats, "no answer from the object store yet, will ask again");
                doublings += u32::from(self.known.answers_since(begun));
                asked.push(self.ask(&self.repeating, again()));
            }
            let until = Instant::now() + self.known.doubt(body_bytes, doublings);
            while let Ok(Some(answer)) = timeout_at(until, asked.next()).await {
                match answer {
                    // What is not sent is done while the answer is under way, too.
                    Ok(answer) => {
                        return Ok(doubt_body(answer, body_bytes - sent_bytes, &self.known));
                    }
                    // Those before it may still be answered, and the time for it has not passed.
                    Err(_) if !asked.is_empty() => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Err(hangs())
    }
}

fn hangs() -> HttpError {
    HttpError::new(HttpErrorKind::Timeout, Hangs)
}

/// Nothing came, for longer than it ever takes.
#[derive(Debug, thiserror::Error)]
#[error("the object store does not answer")]
struct Hangs;

fn doubt_body(answer: HttpResponse, work_bytes: usize, known: &Arc<Known>) -> HttpResponse {
    let (parts, body) = answer.into_parts();
    let body = DoubtedBody {
        body,
        work_bytes,
        doubted: Box::pin(sleep(known.doubt(work_bytes, 0))),
        moved: Instant::now(),
        known: Arc::clone(known),
    };
    HttpResponse::from_parts(parts, HttpResponseBody::new(body))
}

/// The body of an answer. It fails once nothing more comes of it: then it is to be asked for anew.
struct DoubtedBody {
    body: HttpResponseBody,
    work_bytes: usize,
    doubted: Pin<Box<Sleep>>,
    /// When something came last.
    moved: Instant,
    known: Arc<Known>,
}

impl Body for DoubtedBody {
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            self.known.answered(self.work_bytes, self.moved.elapsed());
            self.moved = Instant::now();
            let until = self.moved + self.known.doubt(self.work_bytes, 0);
            self.doubted.as_mut().reset(until);
            return Poll::Ready(frame);
        }
        ready!(self.doubted.as_mut().poll(context));
        Poll::Ready(Some(Err(hangs())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests;
