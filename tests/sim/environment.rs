//! The world's wall clock and chance, from the seed.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use penstock_broker::env::Entropy;
use penstock_model::id::Timestamp;
use penstock_s3stream::Clock;
use penstock_wal::files::Dice;

use crate::events::Events;

/// The wall clock when all begins, in milliseconds: the year 2023.
const BEGIN: i64 = 1_700_000_000_000;

/// A wall clock that goes with simulated time, and can be set.
#[derive(Clone)]
pub(crate) struct WallClock {
    events: Events,
    /// By how much it is off, in milliseconds.
    off: Arc<AtomicI64>,
    /// The latest that it was ever seen at.
    latest: Arc<AtomicI64>,
}

impl WallClock {
    pub(crate) fn new(events: Events) -> Self {
        Self { events, off: Arc::default(), latest: Arc::default() }
    }

    /// Somebody sets it.
    pub(crate) fn jump(&self, milliseconds: i64) {
        self.off.fetch_add(milliseconds, Ordering::Relaxed);
    }

    /// The latest time that anybody may have seen.
    pub(crate) fn latest(&self) -> Timestamp {
        Timestamp(self.now().0.max(self.latest.load(Ordering::Relaxed)))
    }
}

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        let now = BEGIN + milliseconds(self.events.now()) + self.off.load(Ordering::Relaxed);
        self.latest.fetch_max(now, Ordering::Relaxed);
        Timestamp(now)
    }
}

pub(crate) fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).expect("a short time")
}

/// Bytes from the seed.
pub(crate) struct SeededEntropy(Mutex<Dice>);

impl SeededEntropy {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Mutex::new(Dice::new(seed)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        let mut dice = self.0.lock().expect("throwing does not panic");
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&dice.throw().to_be_bytes()[..chunk.len()]);
        }
    }
}
