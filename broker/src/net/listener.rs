//! The accept loop of one listener, and its drain.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::metrics::gauge::Gauge;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{sleep, timeout};

use super::connection::{self, ConnectionSettings, End};
use super::connection_limits::{ConnectionLimits, ConnectionPermit};
use super::handler::{Handler, Session};
use super::request_budget::RequestBudget;
use super::transport::{Accepted, Acceptor};
use crate::shutdown::Shutdown;

/// How long to wait when the system has no more file descriptors, say.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);

/// Accepts the connections of one listener and serves them.
#[derive(Debug)]
pub struct Listener<A, H> {
    /// As `listeners` names it.
    pub name: Arc<str>,
    /// Where connections come from.
    pub acceptor: A,
    /// Serves the requests.
    pub handler: Arc<H>,
    /// Shared by all listeners of the node.
    pub limits: ConnectionLimits,
    /// Shared by all listeners of the node.
    pub budget: RequestBudget,
    /// Of each connection.
    pub settings: ConnectionSettings,
    /// Counts the open ones.
    pub connections: Gauge,
}

impl<A: Acceptor, H: Handler> Listener<A, H> {
    /// Accepts until shutdown is requested; then lets the connections finish what they have begun
    /// for at most `drain_max`, and closes the rest.
    pub async fn run(self, shutdown: Shutdown, drain_max: Duration) {
        let mut connections = JoinSet::new();
        loop {
            let (accepted, permit) = tokio::select! {
                biased;
                () = shutdown.requested() => break,
                Some(ended) = connections.join_next() => {
                    report(ended);
                    continue;
                }
                next = self.accept() => next,
            };
            let session = Session::new(Arc::clone(&self.name), accepted.peer);
            let handler = Arc::clone(&self.handler);
            let (budget, settings) = (self.budget.clone(), self.settings);
            let shutdown = shutdown.clone();
            let open = Open::new(&self.connections);
            connections.spawn(async move {
                let peer = accepted.peer;
                let end =
                    connection::serve(accepted, session, handler, budget, settings, shutdown).await;
                match end {
                    End::TooLong(error) => tracing::info!(%peer, %error, "connection closed"),
                    end => tracing::debug!(%peer, %end, "connection closed"),
                }
                drop((permit, open));
            });
        }
        let Self { name, acceptor, .. } = self;
        drop(acceptor);
        let drained = async {
            while let Some(ended) = connections.join_next().await {
                report(ended);
            }
        };
        if timeout(drain_max, drained).await.is_err() {
            tracing::warn!(listener = %name, open = connections.len(), "closing busy connections");
            connections.shutdown().await;
        }
    }

    /// Waits for a connection that may stay. Safe to drop and call again.
    async fn accept(&self) -> (Accepted<A::Read, A::Write>, ConnectionPermit) {
        loop {
            let room = self.limits.room().await;
            match self.acceptor.accept().await {
                Ok(accepted) => match self.limits.admit(room, accepted.peer.ip()) {
                    Some(permit) => return (accepted, permit),
                    None => tracing::debug!(peer = %accepted.peer, "too many from its address"),
                },
                Err(error) => {
                    tracing::warn!(listener = %self.name, %error, "cannot accept; trying again");
                    sleep(ACCEPT_RETRY).await;
                }
            }
        }
    }
}

/// Counts a connection for as long as it is open, however it ends.
struct Open(Gauge);

impl Open {
    fn new(connections: &Gauge) -> Self {
        connections.inc();
        Self(connections.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn report(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a connection's task failed");
    }
}
