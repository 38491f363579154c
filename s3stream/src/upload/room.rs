//! Memory for what is on its way into objects, taken before it is filled: by uploads in flight, and
//! by a compaction. First come, first served, so that neither starves the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// See the module.
#[derive(Debug)]
pub(crate) struct UploadRoom {
    payload_max: u32,
    payload: Arc<Semaphore>,
    /// All that is held, checkpoints included.
    held: Arc<AtomicUsize>,
}

impl UploadRoom {
    /// Room for so many bytes of payload.
    pub(crate) fn new(payload_bytes: usize) -> Self {
        let payload_max = u32::try_from(payload_bytes).unwrap_or(u32::MAX).max(1);
        let payload = Arc::new(Semaphore::new(payload_max as usize));
        Self { payload_max, payload, held: Arc::default() }
    }

    /// Waits for room for so many bytes; what is larger than all of it goes alone.
    pub(crate) async fn take(&self, bytes: u64) -> Room {
        let permits = u32::try_from(bytes).unwrap_or(u32::MAX).min(self.payload_max);
        let permit = Arc::clone(&self.payload).acquire_many_owned(permits).await;
        let permit = permit.expect("it is never closed");
        let mut room = Room { _permit: permit, held: Arc::clone(&self.held), bytes: 0 };
        room.add(usize::try_from(bytes).unwrap_or(usize::MAX));
        room
    }

    /// The bytes that are held.
    pub(crate) fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }
}

/// Room that was taken; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Room {
    _permit: OwnedSemaphorePermit,
    held: Arc<AtomicUsize>,
    bytes: usize,
}

impl Room {
    /// Counts what has room of its own beside the payload: checkpoints.
    pub(crate) fn add(&mut self, bytes: usize) {
        self.bytes += bytes;
        self.held.fetch_add(bytes, Ordering::Relaxed);
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.held.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use futures::poll;

    use super::*;

    #[tokio::test]
    async fn room_is_bounded_and_given_in_turn() {
        let room = UploadRoom::new(100);
        let (one, mut two) = (room.take(50).await, room.take(50).await);
        two.add(1_000);
        assert_eq!(room.held(), 1_100);
        let mut large = Box::pin(room.take(1_000));
        assert!(poll!(&mut large).is_pending());
        let mut small = Box::pin(room.take(1));
        drop(one);
        assert!(poll!(&mut small).is_pending(), "it came later");
        drop(two);
        let large = large.await;
        assert_eq!(room.held(), 1_000);
        assert!(poll!(&mut small).is_pending(), "what is larger goes alone");
        drop(large);
        drop(small.await);
        assert_eq!(room.held(), 0);
    }
}
