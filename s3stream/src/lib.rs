//! Streams of opaque batches over a write-ahead log and an object store.
//!
//! ```text
//!   append ──► WAL ──► durable ──► log cache ──► upload ──► objects ──► deleted
//!                                      │                       │
//!   read  ◄────────────────────────────┴── block cache ◄───────┘
//! ```
//!
//! It knows offsets, record counts and timestamps, and no Kafka: a batch is opaque bytes, and so
//! is the state that the layer above folds out of batches.

pub mod object;
pub mod read;
pub mod store;
pub mod verify;

mod batch;
mod checkpoint;
mod clock;
mod compaction;
mod counters;
mod entry_header;
mod fetch;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod gc;
mod leases;
mod lifecycle;
mod log_cache;
mod open;
mod page;
mod position;
mod reconcile;
mod recover;
mod retention;
mod settings;
mod shared;
mod sink;
mod slice;
mod storage;
mod stream;
mod stream_cache;
mod stream_state;
mod streams;
mod tail;
mod trim;
mod upload;

pub use batch::{Backing, Batch, BatchSummary, Summary};
pub use checkpoint::{Checkpoint, CheckpointFold, FoldError};
pub use clock::Clock;
pub use compaction::cleaning::{
    Cleaning, CleaningError, CleaningRules, Dirty, Fate, LogCleaner, SourceBatch,
};
pub use compaction::pace::PaceSettings;
pub use compaction::plan::RangeLimits;
pub use compaction::task::{CompactionSettings, CompactionTask, Expiry};
pub use counters::{Counter, Counters};
pub use entry_header::{EntryDescription, HeaderError};
pub use lifecycle::{Failure, Stopped};
pub use log_cache::Appended;
pub use open::{OpenError, Opened};
pub use position::Positions;
pub use recover::StartError;
pub use retention::Retention;
pub use settings::{MemoryShares, Settings, UploadSettings};
pub use storage::{AppendPermit, MemoryUse, Parts, Storage, Tasks};
pub use stream::{AppendError, Found, KEPT_PER_BYTE, Read, ReadError, ReadLimits, Stream};
pub use tail::{Lost, TailListener};
pub use trim::TrimError;
pub use upload::task::UploadTask;
