//! Log compaction: what newer records supersede leaves the objects (Kafka's `cleanup.policy=compact`).
//!
//! ```text
//!   ranges   [ clean      ][ clean   ][ dirty ][ dirty   ][ dirty, too young ]
//!   look                              └── which keys are here ──┘
//!   rewrite  └── what has a newer record behind it goes ─────────┘
//! ```
//!
//! Two passes over a stream, and no more in memory than its keys and one object: the dirty part says
//! what the newest record of each key is, then everything is written again without those that it
//! supersedes, object by object, oldest first, each with a commit of its own. Offsets stay. How far
//! the stream is clean is committed last; who dies before that cleans again.
//!
//! What a key is, and what may go, is the layer's above ([`LogCleaner`]). All it is told comes out of
//! objects and the metadata, its checkpoint included, so that any node can do it for any stream.

pub(crate) mod job;
pub(crate) mod plan;

use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;
use penstock_model::id::{Offset, StreamId, Timestamp, TopicId};

use crate::checkpoint::Checkpoint;

/// When the streams of a topic are cleaned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CleaningRules {
    /// Once more than this share of its bytes is dirty, from 0 to 1 (`min.cleanable.dirty.ratio`).
    pub dirty_ratio_min: f64,
    /// Not before records are so old, in milliseconds (`min.compaction.lag.ms`).
    pub lag_min: u64,
    /// But once they are so old, in milliseconds (`max.compaction.lag.ms`).
    pub lag_max: u64,
    /// What is dirty waits until it is of so many bytes (`segment.bytes`) …
    pub dirty_bytes_min: u64,
    /// … or so old, in milliseconds (`segment.ms`).
    pub dirty_age_min: u64,
}

/// What is to be cleaned of a stream.
#[derive(Clone, Debug)]
pub struct Dirty {
    /// The topic.
    pub topic: TopicId,
    /// The stream.
    pub stream: StreamId,
    /// What no cleaning has looked at; all of it is uploaded, and the checkpoint tells of it.
    pub offsets: Range<Offset>,
    /// How many records are in it, at most.
    pub records: u64,
    /// The layer's own state of the stream, up to the end of `offsets` or behind it.
    pub checkpoint: Checkpoint,
    /// The clock.
    pub now: Timestamp,
}

/// A batch as it is stored.
#[derive(Clone, Debug)]
pub struct SourceBatch {
    /// The offsets it spans.
    pub offsets: Range<Offset>,
    /// How many records it holds.
    pub records: u32,
    /// The greatest timestamp among them.
    pub max_timestamp: Timestamp,
    /// All of it.
    pub bytes: Bytes,
    /// It may be emptied, but not go: readers find the offsets behind it by it.
    pub stays: bool,
}

/// What becomes of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stays as it is.
    Kept,
    /// It goes.
    Gone,
    /// This one, over the same offsets, takes its place.
    Rewritten {
        /// How many records it has; 0 of one that is emptied.
        records: u32,
        /// The greatest timestamp among them, or of no record -1.
        max_timestamp: Timestamp,
        /// All of it.
        bytes: Bytes,
    },
}

/// Batches that the layer above cannot understand: its stream stays as it is, and a person must look.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct CleaningError(pub String);

/// Log compaction as the layer above defines it.
#[async_trait]
pub trait LogCleaner: Send + Sync + 'static {
    /// When a topic's streams are cleaned; `None` where they never are.
    fn rules(&self, topic: TopicId) -> Option<CleaningRules>;

    /// Begins to clean a stream, once there is room for it; `None` where that is not wanted any more.
    ///
    /// # Errors
    /// When its checkpoint is not one.
    async fn begin(&self, dirty: &Dirty) -> Result<Option<Box<dyn Cleaning>>, CleaningError>;
}

/// A stream being cleaned: first all that is dirty is looked at, then all of it rewritten, in order.
#[async_trait]
pub trait Cleaning: Send {
    /// Looks at the next batches; the first may begin before what is dirty. False when it cannot
    /// look at more: what follows stays dirty.
    ///
    /// # Errors
    /// When they are none of its own.
    async fn look(&mut self, batches: Vec<SourceBatch>) -> Result<bool, CleaningError>;

    /// All before it is clean once all that was looked at is rewritten.
    fn end(&self) -> Offset;

    /// Says what becomes of the next batches, one fate for each.
    ///
    /// # Errors
    /// As [`look`](Self::look).
    async fn rewrite(&mut self, batches: Vec<SourceBatch>) -> Result<Vec<Fate>, CleaningError>;
}
