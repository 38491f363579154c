//! The admin HTTP: metrics, probes, and what a node tells of itself (`/v1`).
//!
//! It shows what others tell it, and decides nothing. Its connections are few, short and bounded,
//! because nobody has to say who he is here.

mod answer;
mod bounded;
mod cluster;
mod groups;
mod page;
mod storage;
#[cfg(test)]
mod tests;
mod topics;
mod v1;

use std::future::ready;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use penstock_s3stream::store::metered::StoreCounters;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::broker::Broker;
use crate::metrics::{self, Metrics};
use crate::shutdown::Shutdown;
use bounded::BoundedListener;

/// Whether clients should come here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// Not yet: the node is recovering.
    Starting,
    /// Registered and serving.
    Serving,
    /// No longer.
    Draining,
}

/// Brings what is only counted elsewhere up to date, just before the metrics are shown.
pub type Sample = Arc<dyn Fn() + Send + Sync>;

/// What a node shows once it serves.
#[derive(Clone)]
pub struct Insight {
    /// Brings the metrics up to date.
    pub sample: Sample,
    /// The broker.
    pub broker: Arc<Broker>,
    /// What was asked of the store.
    pub store: Arc<StoreCounters>,
}

/// The admin HTTP, bound and not yet serving.
#[derive(Debug)]
pub struct AdminHttp {
    listener: TcpListener,
}

impl AdminHttp {
    /// Binds `host:port`; port 0 picks one.
    ///
    /// # Errors
    /// When the port is taken, or the address is not this machine's.
    pub async fn bind(address: &str) -> io::Result<Self> {
        Ok(Self { listener: TcpListener::bind(address).await? })
    }

    /// The address, with the port that was picked.
    ///
    /// # Errors
    /// What the system reports.
    pub fn local_address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until the shutdown.
    pub async fn run(
        self,
        metrics: Arc<Metrics>,
        insight: watch::Receiver<Option<Insight>>,
        readiness: watch::Receiver<Readiness>,
        shutdown: Shutdown,
    ) {
        let v1 = v1::router(&insight);
        let metrics = get(move || ready(show_metrics(&metrics, &insight)));
        let router = Router::new()
            .merge(v1)
            .route("/metrics", metrics)
            // That the event loop answers is all it says: a store that is away must not have the
            // node killed and restarted.
            .route("/livez", get(|| ready("ok\n")))
            .route("/readyz", get(move || ready(show_readiness(*readiness.borrow()))));
        let listener = BoundedListener::new(self.listener);
        let server = axum::serve(listener, router.into_make_service());
        let server = server.with_graceful_shutdown(async move { shutdown.requested().await });
        if let Err(error) = server.await {
            tracing::error!(%error, "the admin HTTP has stopped");
        }
    }
}

fn show_metrics(
    metrics: &Metrics,
    insight: &watch::Receiver<Option<Insight>>,
) -> impl IntoResponse + use<> {
    let insight = insight.borrow().clone();
    if let Some(Insight { sample, .. }) = insight {
        sample();
    }
    match metrics.encode() {
        Ok(text) => (StatusCode::OK, [(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], text),
        Err(error) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            [(header::CONTENT_TYPE, "text/plain")],
            error.to_string(),
        ),
    }
}

fn show_readiness(readiness: Readiness) -> (StatusCode, &'static str) {
    match readiness {
        Readiness::Starting => (StatusCode::SERVICE_UNAVAILABLE, "starting\n"),
        Readiness::Serving => (StatusCode::OK, "ok\n"),
        Readiness::Draining => (StatusCode::SERVICE_UNAVAILABLE, "draining\n"),
    }
}
