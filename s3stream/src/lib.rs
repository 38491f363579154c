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

mod batch;
mod checkpoint;
mod clock;
mod position;
mod retention;
mod settings;
mod storage;
mod stream;
mod tail;

pub use batch::{Backing, Batch, BatchSummary, Summary};
pub use checkpoint::{Checkpoint, CheckpointFold};
pub use clock::Clock;
pub use position::Positions;
pub use retention::Retention;
pub use settings::{MemoryShares, Settings, UploadSettings};
pub use storage::{
    AppendPermit, Appended, Failure, MemoryUse, OpenError, Opened, Parts, StartError, Stopped,
    Storage, Tasks, TrimError, UploadTask,
};
pub use stream::{AppendError, Found, Read, ReadError, ReadLimits, Stream};
pub use tail::{Lost, TailListener};
