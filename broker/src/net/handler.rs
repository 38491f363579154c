//! The seam between sockets and APIs: what a connection hands in, and what it may get back.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;

use super::byte_budget::Demand;
use super::request_budget::{RequestKind, RequestRoom};
use super::response::Response;

/// Serves the requests of all connections.
pub trait Handler: Send + Sync + 'static {
    /// Judges a request by its first four bytes, before the rest of it is read.
    fn admit(&self, api_key: i16, api_version: i16) -> Admission;

    /// Serves one request. The connection calls it in order of arrival, one call at a time, so
    /// that whatever happens before this returns happens in the order the client meant.
    ///
    /// Produce returns as soon as its batches are appended, with the future of the durable
    /// answer; every other API runs to its end in here. When the connection is lost the call is
    /// dropped where it stands: work that must not stop half-way belongs to another owner.
    fn begin(
        &self,
        session: &mut Session,
        request: RequestFrame,
    ) -> impl Future<Output = Outcome> + Send;
}

/// What becomes of a request whose API and version are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Read and served, with room from the lanes of its kind.
    Serve(RequestKind),
    /// The connection closes without an answer.
    Close,
}

/// One request as it came from the socket.
#[derive(Debug)]
pub struct RequestFrame {
    /// The API's key.
    pub api_key: i16,
    /// The version of request and answer.
    pub api_version: i16,
    /// The whole frame behind its length: header, then body.
    pub bytes: Bytes,
    /// The room that `bytes` takes, and what they may be decoded to; drop it when they are gone or
    /// accounted for elsewhere.
    pub room: RequestRoom,
}

/// What a connection knows of its client.
#[derive(Debug)]
pub struct Session {
    /// The name of the listener that the client connected to.
    pub listener: Arc<str>,
    /// The client's address.
    pub peer: SocketAddr,
    /// As the client named its library in `ApiVersions` (KIP-511); empty before.
    pub software_name: String,
    /// That library's version; empty before.
    pub software_version: String,
    /// Who the client is.
    pub principal: Arc<str>,
}

impl Session {
    /// The principal of a client that has not said who it is.
    pub const ANONYMOUS: &'static str = "User:ANONYMOUS";

    /// A session of a client that has just connected.
    #[must_use]
    pub fn new(listener: Arc<str>, peer: SocketAddr) -> Self {
        Self {
            listener,
            peer,
            software_name: String::new(),
            software_version: String::new(),
            principal: Arc::from(Self::ANONYMOUS),
        }
    }
}

/// The answer that a request gets, or the end of the connection.
pub enum Outcome {
    /// The answer.
    Respond(Response),
    /// The answer will be known later; meanwhile the next request begins. Whether others wait for
    /// what it takes until it is written.
    Later(Pin<Box<dyn Future<Output = Response> + Send>>, Demand),
    /// The client asked for no answer.
    Silent,
    /// There is nothing to answer: the connection closes, once earlier answers are written.
    Close(&'static str),
}
