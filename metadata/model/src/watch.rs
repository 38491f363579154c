//! A value that many watch: tokio's `watch`, but that those who wait are woken in the order in which
//! they began to. Tokio spreads them over eight lists by chance, and then the order of events is
//! chance, too, which a simulation of one seed must not have.
//!
//! For values that change now and then, and that tasks wait for; not for what thousands of
//! connections look at with each request.

use std::ops::Deref;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use tokio::sync::Notify;

/// Sets the value; dropping it tells everybody that there is no newer one.
#[derive(Debug)]
pub struct Sender<T>(Arc<Shared<T>>);

/// Sees the value.
#[derive(Debug)]
pub struct Receiver<T> {
    shared: Arc<Shared<T>>,
    /// The version that it has seen last.
    seen: u64,
}

/// A look at the value. It must not be held for long: who sets it waits.
#[derive(Debug)]
pub struct Ref<'a, T>(RwLockReadGuard<'a, Slot<T>>);

/// The sender is gone, and no newer value comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nobody sets the value any more")]
pub struct Closed;

#[derive(Debug)]
struct Shared<T> {
    /// Guards the value and its version.
    slot: RwLock<Slot<T>>,
    changed: Notify,
}

#[derive(Debug)]
struct Slot<T> {
    value: T,
    version: u64,
    is_closed: bool,
}

/// A value, to be set and to be seen.
pub fn channel<T>(value: T) -> (Sender<T>, Receiver<T>) {
    let sender = Sender::new(value);
    let receiver = sender.subscribe();
    (sender, receiver)
}

impl<T> Shared<T> {
    fn read(&self) -> RwLockReadGuard<'_, Slot<T>> {
        self.slot.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Slot<T>> {
        self.slot.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Sender<T> {
    /// A value that nobody sees yet.
    pub fn new(value: T) -> Self {
        let slot = RwLock::new(Slot { value, version: 0, is_closed: false });
        Self(Arc::new(Shared { slot, changed: Notify::new() }))
    }

    /// One more who sees it, and has seen what it is now.
    #[must_use]
    pub fn subscribe(&self) -> Receiver<T> {
        let shared = Arc::clone(&self.0);
        let seen = shared.read().version;
        Receiver { shared, seen }
    }

    /// What it is.
    pub fn borrow(&self) -> Ref<'_, T> {
        Ref(self.0.read())
    }

    /// Sets it, tells everybody, and gives back what it was.
    pub fn send_replace(&self, value: T) -> T {
        let mut slot = self.0.write();
        let before = std::mem::replace(&mut slot.value, value);
        slot.version += 1;
        drop(slot);
        self.0.changed.notify_waiters();
        before
    }

    /// Changes it in place, and tells everybody if `modify` says that it did.
    pub fn send_if_modified(&self, modify: impl FnOnce(&mut T) -> bool) -> bool {
        let mut slot = self.0.write();
        let is_modified = modify(&mut slot.value);
        slot.version += u64::from(is_modified);
        drop(slot);
        if is_modified {
            self.0.changed.notify_waiters();
        }
        is_modified
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.0.write().is_closed = true;
        self.0.changed.notify_waiters();
    }
}

impl<T> Receiver<T> {
    /// What it is. It stays unseen if it was.
    pub fn borrow(&self) -> Ref<'_, T> {
        Ref(self.shared.read())
    }

    /// What it is, and from now on it is seen.
    pub fn borrow_and_update(&mut self) -> Ref<'_, T> {
        let slot = self.shared.read();
        self.seen = slot.version;
        Ref(slot)
    }

    /// It counts as not seen.
    pub fn mark_changed(&mut self) {
        self.seen = self.seen.wrapping_sub(1);
    }

    /// Waits until there is a value that was not seen, and counts it as seen. Safe to drop and call
    /// again.
    ///
    /// # Errors
    /// When no newer one will come.
    pub async fn changed(&mut self) -> Result<(), Closed> {
        let shared = Arc::clone(&self.shared);
        loop {
            let mut changed = std::pin::pin!(shared.changed.notified());
            // From here on it is told, so that nothing is missed between the look and the wait.
            changed.as_mut().enable();
            {
                let slot = shared.read();
                if slot.version != self.seen {
                    self.seen = slot.version;
                    return Ok(());
                }
                if slot.is_closed {
                    return Err(Closed);
                }
            }
            changed.await;
        }
    }

    /// Waits for a value of which `wanted` holds, and gives a copy of it; at once if that is so
    /// already. Safe to drop and call again.
    ///
    /// # Errors
    /// When no such value will come.
    pub async fn wait_for(&mut self, mut wanted: impl FnMut(&T) -> bool) -> Result<T, Closed>
    where
        T: Clone,
    {
        loop {
            {
                let value = self.borrow_and_update();
                if wanted(&value) {
                    return Ok(value.clone());
                }
            }
            self.changed().await?;
        }
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), seen: self.seen }
    }
}

impl<T> Deref for Ref<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[tokio::test]
    async fn who_waits_is_woken_in_turn() {
        const WAITING: usize = 40;
        let (sender, receiver) = channel(0);
        let woken = Arc::new(Mutex::new(Vec::new()));
        let waiting: Vec<_> = (0..WAITING)
            .map(|number| {
                let (mut receiver, woken) = (receiver.clone(), Arc::clone(&woken));
                tokio::spawn(async move {
                    receiver.wait_for(|value| *value == 1).await.unwrap();
                    woken.lock().unwrap().push(number);
                })
            })
            .collect();
        tokio::task::yield_now().await;
        sender.send_replace(1);
        for task in waiting {
            task.await.unwrap();
        }
        assert_eq!(*woken.lock().unwrap(), (0..WAITING).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn a_value_is_seen_once() {
        let (sender, mut receiver) = channel(0);
        receiver.mark_changed();
        receiver.changed().await.unwrap();
        assert!(!sender.send_if_modified(|_| false));
        sender.send_replace(1);
        sender.send_replace(2);
        receiver.changed().await.unwrap();
        assert_eq!(*receiver.borrow(), 2);
        sender.send_replace(3);
        drop(sender);
        assert_eq!(receiver.changed().await, Ok(()));
        assert_eq!(*receiver.borrow_and_update(), 3);
        assert_eq!(receiver.changed().await, Err(Closed));
    }

    #[tokio::test]
    async fn a_value_that_is_there_is_not_waited_for_and_one_that_never_comes_is_told() {
        let (sender, mut receiver) = channel(7);
        assert_eq!(receiver.wait_for(|value| *value == 7).await, Ok(7));
        let mut other = sender.subscribe();
        let waiting = tokio::spawn(async move { receiver.wait_for(|_| false).await.is_err() });
        tokio::task::yield_now().await;
        drop(sender);
        assert!(waiting.await.unwrap());
        assert_eq!(other.wait_for(|value| *value == 7).await, Ok(7));
    }
}
