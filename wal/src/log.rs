//! The handle: the [`Wal`] of every backend that runs a [`Writer`].

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::watch;

use crate::files::Blocking;
use crate::queue::Queue;
use crate::settings::WalSettings;
use crate::writer::{Appender, Writer};
use crate::{AppendPermit, Entry, Location, Position, ReadError, Sink, Wal, WalError};

/// The reading side of a backend; both calls may wait for a disk if it says so.
pub(crate) trait Keeper: Send + Sync + 'static {
    fn read(&self, location: Location) -> Result<Bytes, ReadError>;

    fn trim(&self, position: Position) -> Result<(), WalError>;

    fn blocking(&self) -> Blocking;
}

pub(crate) struct Log<C, K> {
    queue: Arc<Queue<C>>,
    keeper: Arc<K>,
    ended: watch::Receiver<()>,
}

impl<C: Send + 'static, K: Keeper> Log<C, K> {
    pub(crate) fn start<A: Appender>(
        appender: A,
        keeper: Arc<K>,
        sink: Box<dyn Sink<C>>,
        settings: WalSettings,
    ) -> Arc<dyn Wal<C>> {
        let blocking = keeper.blocking();
        let queue = Arc::new(Queue::new(settings.in_flight_bytes_max, blocking));
        let ended = Writer::start(Arc::clone(&queue), appender, sink, settings, blocking);
        Arc::new(Self { queue, keeper, ended })
    }
}

impl<C, K: Keeper> Log<C, K> {
    async fn on_keeper<T: Send + 'static>(&self, call: impl FnOnce(&K) -> T + Send + 'static) -> T {
        match self.keeper.blocking() {
            Blocking::Inline => call(&self.keeper),
            Blocking::Thread => {
                let keeper = Arc::clone(&self.keeper);
                tokio::task::spawn_blocking(move || call(&keeper))
                    .await
                    .expect("it neither panics nor is it cancelled")
            }
        }
    }
}

#[async_trait]
impl<C: Send + 'static, K: Keeper> Wal<C> for Log<C, K> {
    async fn reserve(&self, bytes: usize) -> Result<AppendPermit, WalError> {
        self.queue.reserve(bytes).await
    }

    fn append(&self, entry: Entry, permit: AppendPermit, context: C) -> Result<(), (WalError, C)> {
        self.queue.push(entry, permit, context)
    }

    async fn read(&self, location: Location) -> Result<Bytes, ReadError> {
        self.on_keeper(move |keeper| keeper.read(location)).await
    }

    async fn trim(&self, position: Position) -> Result<(), WalError> {
        self.queue.check_running()?;
        self.on_keeper(move |keeper| keeper.trim(position)).await
    }

    async fn close(&self) -> Result<(), WalError> {
        self.queue.close();
        let mut ended = self.ended.clone();
        while ended.changed().await.is_ok() {}
        match self.queue.why_stopped() {
            WalError::Closed => Ok(()),
            error => Err(error),
        }
    }
}

impl<C, K> Drop for Log<C, K> {
    /// What was accepted is still written; then the writer ends.
    fn drop(&mut self) {
        self.queue.close();
    }
}
