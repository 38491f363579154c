//! Partitions: Kafka's semantics of a log over a stream of opaque batches.
//!
//! ```text
//!   ValidBatch ──► Partition::append ──► stream        one short lock: sequence, offset, epoch
//!                       │
//!                   LogState (producers, leader epochs) ◄── checkpoint + summaries at open
//! ```
//!
//! It knows no wire structures and no error codes: requests come in as offsets and batches, and
//! refusals go out as facts.

mod checkpoint;
mod cleaner;
mod expiry;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod housekeeping;
mod leader_epochs;
mod opening;
mod partition;
mod partitions;
mod past;
mod producer_share;
mod producer_state;
mod summary;
mod time_lookup;

use std::time::Duration;

pub use checkpoint::LogStateFold;
pub use cleaner::LogCompaction;
pub use expiry::TopicExpiry;
pub use housekeeping::{Housekeeping, HousekeepingIntervals};
pub use partition::{AppendError, Appended, Partition, RememberedProducer};
pub use partitions::{PartitionError, Partitions};
pub use producer_share::{ProducerShare, TooManyProducers};
pub use producer_state::SequenceError;
pub use time_lookup::RecordPlace;

/// A time as the storage counts it.
fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
