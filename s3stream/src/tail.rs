//! Who waits at the end of a stream: appends that wait until they are durable, and readers that
//! wait for more to read. Woken exactly: nobody whose offset is not reached.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Weak;

use penstock_model::id::{Offset, StreamId};
use tokio::sync::oneshot;

/// Hears that a stream's readable end moved. Called from the log's writer: it must not block.
pub trait TailListener: Send + Sync {
    /// Everything below `durable` can be read now. Also called when the stream was closed or its
    /// log stopped, with an end that did not move: look again, and find out.
    fn advanced(&self, stream: StreamId, durable: Offset);
}

/// The appended batch, or some before it, may or may not survive: its writer must not be told
/// that it does. The node is stopping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the log stopped before the batch was known to be durable")]
pub struct Lost;

/// The waiters and listeners of one stream; guarded by the stream's lock.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    waiters: BinaryHeap<Reverse<Waiter>>,
    listeners: Vec<Weak<dyn TailListener>>,
    /// Dead listeners are swept when the list has grown to this length, so that sweeping costs a
    /// constant share of each registration.
    sweep_at: usize,
}

#[derive(Debug)]
struct Waiter {
    offset: Offset,
    done: oneshot::Sender<()>,
}

/// The shortest list of listeners worth sweeping.
const SWEEP_AT_MIN: usize = 8;

impl Tail {
    /// Resolves when everything below `offset` is durable; its sender is dropped when that will
    /// never be known.
    pub(crate) fn wait(&mut self, offset: Offset) -> oneshot::Receiver<()> {
        let (done, waiting) = oneshot::channel();
        self.waiters.push(Reverse(Waiter { offset, done }));
        waiting
    }

    pub(crate) fn listen(&mut self, listener: Weak<dyn TailListener>) {
        if self.listeners.len() >= self.sweep_at {
            self.listeners.retain(|listener| listener.strong_count() > 0);
            self.sweep_at = SWEEP_AT_MIN.max(2 * self.listeners.len());
        }
        self.listeners.push(listener);
    }

    /// Takes out whom the new durable end concerns. They are woken outside the stream's lock.
    pub(crate) fn reached(&mut self, durable: Offset) -> Woken {
        let mut woken = Woken::default();
        while self.waiters.peek().is_some_and(|Reverse(waiter)| waiter.offset <= durable) {
            woken.waiters.extend(self.waiters.pop().map(|Reverse(waiter)| waiter.done));
        }
        self.listeners.retain(|listener| listener.strong_count() > 0);
        woken.listeners.clone_from(&self.listeners);
        woken
    }

    /// Every waiter learns that it is lost.
    pub(crate) fn give_up_waiters(&mut self) {
        self.waiters.clear();
    }

    /// Takes out the listeners, who shall look a last time.
    pub(crate) fn take_listeners(&mut self) -> Vec<Weak<dyn TailListener>> {
        std::mem::take(&mut self.listeners)
    }
}

/// Those to wake.
#[derive(Debug, Default)]
pub(crate) struct Woken {
    waiters: Vec<oneshot::Sender<()>>,
    listeners: Vec<Weak<dyn TailListener>>,
}

impl Woken {
    pub(crate) fn wake(self, stream: StreamId, durable: Offset) {
        for waiter in self.waiters {
            // A waiter that went away is fine: its batch is durable all the same.
            let _ = waiter.send(());
        }
        notify(&self.listeners, stream, durable);
    }
}

/// Calls each listener that still lives.
pub(crate) fn notify(listeners: &[Weak<dyn TailListener>], stream: StreamId, durable: Offset) {
    for listener in listeners.iter().filter_map(Weak::upgrade) {
        listener.advanced(stream, durable);
    }
}

impl PartialEq for Waiter {
    fn eq(&self, other: &Self) -> bool {
        self.offset == other.offset
    }
}

impl Eq for Waiter {}

impl PartialOrd for Waiter {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Waiter {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.offset.cmp(&other.offset)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Default)]
    struct Heard(Mutex<Vec<Offset>>);

    impl TailListener for Heard {
        fn advanced(&self, _stream: StreamId, durable: Offset) {
            self.0.lock().unwrap().push(durable);
        }
    }

    #[test]
    fn only_those_whose_offset_is_reached_are_woken() {
        let mut tail = Tail::default();
        let mut waiting: Vec<_> =
            [5, 3, 9, 3].map(|offset| tail.wait(Offset(offset))).into_iter().collect();
        let mut done = || -> Vec<bool> {
            waiting.iter_mut().map(|waiting| waiting.try_recv().is_ok()).collect()
        };
        tail.reached(Offset(2)).wake(StreamId(1), Offset(2));
        assert_eq!(done(), [false; 4]);
        tail.reached(Offset(3)).wake(StreamId(1), Offset(3));
        assert_eq!(done(), [false, true, false, true]);
        tail.reached(Offset(8)).wake(StreamId(1), Offset(8));
        assert_eq!(done(), [true, false, false, false]);
        tail.give_up_waiters();
        assert_eq!(waiting[2].try_recv(), Err(oneshot::error::TryRecvError::Closed));
    }

    #[test]
    fn listeners_hear_until_they_are_dropped_and_leave_nothing_behind() {
        let mut tail = Tail::default();
        let heard = Arc::new(Heard::default());
        tail.listen(Arc::downgrade(&heard) as Weak<dyn TailListener>);
        for _ in 0..1_000 {
            let gone = Arc::new(Heard::default());
            tail.listen(Arc::downgrade(&gone) as Weak<dyn TailListener>);
        }
        assert!(tail.listeners.len() <= 2 * SWEEP_AT_MIN, "dead listeners pile up");
        tail.reached(Offset(7)).wake(StreamId(1), Offset(7));
        assert_eq!(*heard.0.lock().unwrap(), [Offset(7)]);
    }
}
