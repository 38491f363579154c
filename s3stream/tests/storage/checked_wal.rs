//! A log that refuses to be trimmed past what the metadata says is committed, and whose copy of a
//! payload may differ from what is in memory.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use penstock_model::client::{LocalClient, MetadataClient};
use penstock_model::id::{BrokerEpoch, WalPosition};
use penstock_s3stream::Appended;
use penstock_wal::{
    AppendPermit, Entry, Location, Position, ReadError, Recovered, Recovering, Sink, Wal, WalError,
};

/// What the log gets in place of the next payload: as if a bit of that had flipped in memory since.
pub(crate) type NextPayload = Arc<Mutex<Option<Bytes>>>;

pub(crate) struct CheckedRecovery {
    pub(crate) inner: Box<dyn Recovering<Appended>>,
    pub(crate) metadata: Arc<LocalClient>,
    pub(crate) epoch: BrokerEpoch,
    pub(crate) next_payload: NextPayload,
}

struct CheckedWal {
    inner: Arc<dyn Wal<Appended>>,
    metadata: Arc<LocalClient>,
    epoch: BrokerEpoch,
    next_payload: NextPayload,
}

impl Recovering<Appended> for CheckedRecovery {
    fn take_entries(&mut self) -> Vec<Recovered> {
        self.inner.take_entries()
    }

    fn end(&self) -> Position {
        self.inner.end()
    }

    fn start(self: Box<Self>, sink: Box<dyn Sink<Appended>>) -> Arc<dyn Wal<Appended>> {
        let Self { inner, metadata, epoch, next_payload } = *self;
        Arc::new(CheckedWal { inner: inner.start(sink), metadata, epoch, next_payload })
    }
}

#[async_trait]
impl Wal<Appended> for CheckedWal {
    async fn reserve(&self, bytes: usize) -> Result<AppendPermit, WalError> {
        self.inner.reserve(bytes).await
    }

    fn append(
        &self,
        mut entry: Entry,
        permit: AppendPermit,
        context: Appended,
    ) -> Result<(), (WalError, Appended)> {
        if let Some(payload) = self.next_payload.lock().unwrap().take() {
            entry.payload = payload;
        }
        self.inner.append(entry, permit, context)
    }

    async fn read(&self, location: Location) -> Result<Bytes, ReadError> {
        tokio::task::yield_now().await;
        self.inner.read(location).await
    }

    async fn trim(&self, position: Position) -> Result<(), WalError> {
        let committed = self.metadata.image().wal(self.epoch).unwrap().trim;
        assert!(
            WalPosition(position.0) <= committed,
            "the log is trimmed to {position:?}, and committed to {committed} only"
        );
        self.inner.trim(position).await
    }

    async fn close(&self) -> Result<(), WalError> {
        self.inner.close().await
    }
}
