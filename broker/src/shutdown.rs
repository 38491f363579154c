//! Shutdown as a future that is passed in: one side requests it, many wait for it.

use tokio::sync::watch;

/// Requests the shutdown; dropping it requests it too, so that nobody outlives its owner.
#[derive(Debug)]
pub struct ShutdownTrigger(watch::Sender<bool>);

/// Sees the shutdown; cheap to clone.
#[derive(Clone, Debug)]
pub struct Shutdown(watch::Receiver<bool>);

/// A trigger and its view.
#[must_use]
pub fn channel() -> (ShutdownTrigger, Shutdown) {
    let (sender, receiver) = watch::channel(false);
    (ShutdownTrigger(sender), Shutdown(receiver))
}

impl ShutdownTrigger {
    /// Requests the shutdown; again changes nothing.
    pub fn request(&self) {
        self.0.send_replace(true);
    }
}

impl Shutdown {
    /// Whether it has been requested.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Resolves when it is requested, at once if it was. Safe to drop and ask again.
    pub async fn requested(&self) {
        let mut receiver = self.0.clone();
        // An error says that the trigger is gone, which is a request as well.
        let _ = receiver.wait_for(|requested| *requested).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_request_and_a_dropped_trigger_are_seen_by_all() {
        for drop_it in [false, true] {
            let (trigger, shutdown) = channel();
            let other = shutdown.clone();
            assert!(!shutdown.is_requested());
            if drop_it {
                drop(trigger);
            } else {
                trigger.request();
            }
            shutdown.requested().await;
            assert!(shutdown.is_requested() && other.is_requested());
        }
    }
}
