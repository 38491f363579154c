//! What the suite listens with.

use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use crate::{DurableGroup, Location, Position, Sink, WalError};

/// A sink that keeps what it hears, and lets tests wait for it.
#[derive(Clone, Debug)]
pub struct Ear {
    heard: Arc<Mutex<Heard>>,
    count: Arc<watch::Sender<usize>>,
}

/// What an [`Ear`] has heard.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// Durable entries, in the order in which they became so.
    pub durable: Vec<(Location, u64)>,
    /// The end of the last group.
    pub end: Option<Position>,
    /// The error that stopped the log, and the contexts whose fate is unknown.
    pub stopped: Option<(WalError, Vec<u64>)>,
}

impl Default for Ear {
    fn default() -> Self {
        Self { heard: Arc::default(), count: Arc::new(watch::Sender::new(0)) }
    }
}

impl Ear {
    /// What was heard so far.
    #[must_use]
    pub fn heard(&self) -> Heard {
        self.heard.lock().expect("a test failed").clone()
    }

    /// The durable entries that were not taken yet.
    #[must_use]
    pub fn take_durable(&self) -> Vec<(Location, u64)> {
        let mut heard = self.heard.lock().expect("a test failed");
        let taken = std::mem::take(&mut heard.durable);
        if heard.stopped.is_none() {
            self.count.send_replace(0);
        }
        taken
    }

    /// Waits until so many entries are durable, or the log has stopped.
    pub async fn wait_for(&self, entries: usize) {
        let mut count = self.count.subscribe();
        count.wait_for(|count| *count >= entries).await.expect("the ear holds the sender");
    }

    fn hear(&self, change: impl FnOnce(&mut Heard)) {
        let mut heard = self.heard.lock().expect("a test failed");
        change(&mut heard);
        let count = if heard.stopped.is_some() { usize::MAX } else { heard.durable.len() };
        self.count.send_replace(count);
    }
}

impl Sink<u64> for Ear {
    fn durable(&mut self, group: DurableGroup<u64>) {
        self.hear(|heard| {
            assert!(heard.stopped.is_none(), "durable after stopped");
            assert!(heard.end.is_none_or(|end| end == group.range.start), "groups are contiguous");
            assert!(!group.entries.is_empty(), "a group has entries");
            for (location, _) in &group.entries {
                assert!(group.range.contains(&location.position), "{location:?} is outside");
            }
            heard.end = Some(group.range.end);
            heard.durable.extend(group.entries);
        });
    }

    fn stopped(&mut self, error: &WalError, unresolved: Vec<u64>) {
        self.hear(|heard| {
            assert!(heard.stopped.is_none(), "stopped twice");
            heard.stopped = Some((error.clone(), unresolved));
        });
    }
}
