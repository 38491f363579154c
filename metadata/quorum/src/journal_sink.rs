//! Hears from the write-ahead log what became durable, and passes it on.

use std::io;
use std::sync::{Arc, Mutex};

use openraft::storage::IOFlushed;
use penstock_wal::{DurableGroup, Location, Sink, WalError};
use tokio::sync::oneshot;

use crate::log::Log;
use crate::type_config::{LogId, TypeConfig};

/// Who waits for a record.
pub(crate) enum Waiter {
    /// Nobody: what is written behind it vouches for it.
    Nobody,
    /// A call that returns when it is durable.
    Record(oneshot::Sender<Result<Location, WalError>>),
    /// The log, which needs to know where the entry lies, and for the last entry of an append,
    /// openraft.
    Entry {
        /// The entry.
        id: LogId,
        /// Openraft's callback.
        flushed: Option<IOFlushed<TypeConfig>>,
    },
}

impl Waiter {
    /// The record may or may not become durable.
    pub(crate) fn failed(self, error: &WalError) {
        match self {
            Self::Nobody | Self::Entry { flushed: None, .. } => {}
            // A caller that went away needs no answer.
            Self::Record(done) => drop(done.send(Err(error.clone()))),
            Self::Entry { flushed: Some(flushed), .. } => {
                flushed.io_completed(Err(io::Error::other(error.clone())));
            }
        }
    }
}

/// The write-ahead log's listener.
pub(crate) struct JournalSink {
    log: Arc<Mutex<Log>>,
}

impl JournalSink {
    pub(crate) fn new(log: Arc<Mutex<Log>>) -> Self {
        Self { log }
    }
}

impl Sink<Waiter> for JournalSink {
    fn durable(&mut self, group: DurableGroup<Waiter>) {
        {
            let mut log = self.log.lock().expect("nothing panics while it holds the log");
            for (location, waiter) in &group.entries {
                if let Waiter::Entry { id, .. } = waiter {
                    log.durable(*id, *location);
                }
            }
        }
        for (location, waiter) in group.entries {
            match waiter {
                Waiter::Nobody | Waiter::Entry { flushed: None, .. } => {}
                Waiter::Record(done) => drop(done.send(Ok(location))),
                Waiter::Entry { flushed: Some(flushed), .. } => flushed.io_completed(Ok(())),
            }
        }
    }

    fn stopped(&mut self, error: &WalError, unresolved: Vec<Waiter>) {
        unresolved.into_iter().for_each(|waiter| waiter.failed(error));
    }
}
