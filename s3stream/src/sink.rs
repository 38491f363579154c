//! Hears from the log what is durable, and lets everybody concerned know.
//!
//! ```text
//!   durable group ──► log cache shows the batches ──► durable ends move ──► those reached wake
//! ```

use std::sync::Arc;

use penstock_wal::{DurableGroup, Sink, WalError};
use tokio::time::Instant;

use crate::lifecycle::Failure;
use crate::log_cache::Appended;
use crate::streams::Streams;

/// The sink of a storage's log.
#[derive(Debug)]
pub(crate) struct LogSink {
    pub(crate) streams: Arc<Streams>,
}

impl Sink<Appended> for LogSink {
    fn durable(&mut self, group: DurableGroup<Appended>) {
        for stream in self.streams.cache.admit(group, Instant::now()) {
            let durable = stream.cells.durable.get();
            let woken = {
                let mut state = stream.lock();
                state.touched = false;
                state.tail.reached(durable)
            };
            woken.wake(stream.id, durable);
        }
    }

    fn stopped(&mut self, error: &WalError, _unresolved: Vec<Appended>) {
        match error {
            WalError::Closed => self.streams.lifecycle.shut_down(),
            error => self.streams.lifecycle.fail(Failure::Wal(error.clone())),
        }
        // After the state above, so that a stream that is opened meanwhile is stopped too.
        for stream in self.streams.all() {
            stream.stop();
        }
    }
}
