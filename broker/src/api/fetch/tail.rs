//! A fetch that waits at the tails of its streams.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use penstock_model::id::{Offset, StreamId};
use penstock_s3stream::TailListener;
use tokio::sync::Notify;

/// Remembers which streams moved, and wakes the fetch that waits for one of them.
#[derive(Debug, Default)]
pub(super) struct MovedStreams {
    moved: Mutex<HashSet<StreamId>>,
    wake: Notify,
}

impl MovedStreams {
    /// Waits until a stream has moved, and takes the names of all that have.
    pub(super) async fn take(&self) -> HashSet<StreamId> {
        loop {
            let moved =
                std::mem::take(&mut *self.moved.lock().unwrap_or_else(PoisonError::into_inner));
            if !moved.is_empty() {
                return moved;
            }
            // A permit that was left by an earlier move costs one more turn, never a wake-up.
            self.wake.notified().await;
        }
    }
}

impl TailListener for MovedStreams {
    fn advanced(&self, stream: StreamId, _durable: Offset) {
        self.moved.lock().unwrap_or_else(PoisonError::into_inner).insert(stream);
        self.wake.notify_one();
    }
}
