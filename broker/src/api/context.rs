//! What a handler is told besides the request itself.

use std::net::SocketAddr;
use std::sync::Arc;

use penstock_wire::{ApiKey, RequestHeader, WireString};

use crate::net::Session;

/// Where a request came from, and how its answer is addressed.
#[derive(Clone, Debug)]
pub struct RequestContext {
    /// The listener that the client connected to: answers name endpoints of the same.
    pub listener: Arc<str>,
    /// The client's address.
    pub peer: SocketAddr,
    /// Who the client is.
    pub principal: Arc<str>,
    /// As the client calls itself; a slice of the frame.
    pub client_id: Option<WireString>,
    /// The API.
    pub api_key: ApiKey,
    /// The version of request and answer.
    pub api_version: i16,
    /// Comes back in the answer.
    pub correlation_id: i32,
}

impl RequestContext {
    pub(super) fn new(session: &Session, header: RequestHeader) -> Self {
        Self {
            listener: Arc::clone(&session.listener),
            peer: session.peer,
            principal: Arc::clone(&session.principal),
            client_id: header.client_id,
            api_key: header.api_key,
            api_version: header.api_version,
            correlation_id: header.correlation_id,
        }
    }
}
