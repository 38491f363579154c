//! How much memory the groups of all partitions may take together (`memory.groups.bytes`): a client
//! makes up as many as it likes, and members and offsets in each.
//!
//! A step that makes a group larger takes room for that first, and is refused where there is none,
//! so that it changes nothing and nothing has to be undone. Whatever makes none larger goes on:
//! groups that are there are served while the share is full. What the log holds is loaded in any
//! case, and counts: it was acknowledged.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// See the module.
#[derive(Debug)]
pub(super) struct GroupShare {
    bytes_max: usize,
    held: AtomicUsize,
}

/// What one group holds of the share; given back when it is dropped.
#[derive(Debug)]
pub(super) struct HeldBytes {
    share: Arc<GroupShare>,
    bytes: usize,
}

impl GroupShare {
    /// Of so many bytes.
    pub(super) fn new(bytes_max: usize) -> Self {
        Self { bytes_max, held: AtomicUsize::new(0) }
    }

    /// What all groups hold.
    pub(super) fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    /// A group, which holds nothing yet.
    pub(super) fn group(self: &Arc<Self>) -> HeldBytes {
        HeldBytes { share: Arc::clone(self), bytes: 0 }
    }
}

impl HeldBytes {
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes what is missing to `bytes`. Gives back whether there was room for it; with nothing
    /// missing there is.
    pub(super) fn reach(&mut self, bytes: usize) -> bool {
        if bytes <= self.bytes {
            return true;
        }
        let (missing, most) = (bytes - self.bytes, self.share.bytes_max);
        let grown = |held: usize| held.checked_add(missing).filter(|sum| *sum <= most);
        let order = Ordering::Relaxed;
        let taken = self.share.held.fetch_update(order, order, grown).is_ok();
        if taken {
            self.bytes = bytes;
        }
        taken
    }

    /// So much it is, whether there is room or not.
    pub(super) fn set(&mut self, bytes: usize) {
        // Wraps around zero and back where it shrinks: the sum is what counts.
        self.share.held.fetch_add(bytes.wrapping_sub(self.bytes), Ordering::Relaxed);
        self.bytes = bytes;
    }
}

impl Drop for HeldBytes {
    fn drop(&mut self) {
        self.set(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_taken_whole_or_not_at_all_and_given_back() {
        let share = Arc::new(GroupShare::new(100));
        let (mut one, mut other) = (share.group(), share.group());
        assert!(one.reach(60) && one.reach(50) && !other.reach(41) && other.reach(40));
        assert_eq!((one.bytes(), other.bytes(), share.held()), (60, 40, 100));
        // What was loaded counts, whatever it takes; it goes on, and nothing is added.
        other.set(200);
        assert!(!one.reach(61) && one.reach(60) && other.reach(200));
        other.set(10);
        assert!(one.reach(90) && !one.reach(91));
        drop(one);
        assert_eq!(share.held(), 10);
        drop(other);
        assert_eq!(share.held(), 0);
    }
}
