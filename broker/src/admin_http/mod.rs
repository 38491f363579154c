//! The admin HTTP: metrics and probes.
//!
//! It shows what others tell it, and decides nothing. Its connections are few, short and bounded,
//! because nobody has to say who he is here.

mod bounded;

use std::future::ready;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch;

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
        sample: watch::Receiver<Option<Sample>>,
        readiness: watch::Receiver<Readiness>,
        shutdown: Shutdown,
    ) {
        let metrics = get(move || ready(show_metrics(&metrics, &sample)));
        let router = Router::new()
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
    sample: &watch::Receiver<Option<Sample>>,
) -> impl IntoResponse + use<> {
    let sample = sample.borrow().clone();
    if let Some(sample) = sample {
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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::*;
    use crate::shutdown;

    async fn ask(address: SocketAddr, path: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn probes_follow_the_node_and_metrics_are_sampled() {
        let admin = AdminHttp::bind("127.0.0.1:0").await.unwrap();
        let address = admin.local_address().unwrap();
        let metrics = Arc::new(Metrics::new(false));
        let (sampler, sample) = watch::channel(None);
        let (ready, readiness) = watch::channel(Readiness::Starting);
        let (trigger, shutdown) = shutdown::channel();
        let task = tokio::spawn(admin.run(Arc::clone(&metrics), sample, readiness, shutdown));

        assert!(ask(address, "/livez").await.starts_with("HTTP/1.1 200"));
        assert!(ask(address, "/readyz").await.starts_with("HTTP/1.1 503"));
        ready.send_replace(Readiness::Serving);
        assert!(ask(address, "/readyz").await.starts_with("HTTP/1.1 200"));
        ready.send_replace(Readiness::Draining);
        assert!(ask(address, "/readyz").await.ends_with("draining\n"));
        assert!(ask(address, "/metrics").await.contains("\npenstock_partitions_led 0\n"));
        let led = metrics.partitions_led.clone();
        let sample: Sample = Arc::new(move || {
            led.set(7);
        });
        sampler.send_replace(Some(sample));
        assert!(ask(address, "/metrics").await.contains("\npenstock_partitions_led 7\n"));
        assert!(ask(address, "/nothing").await.starts_with("HTTP/1.1 404"));
        trigger.request();
        task.await.unwrap();
    }
}
