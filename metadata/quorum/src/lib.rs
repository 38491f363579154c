//! The metadata quorum: the model's commands, replicated by Raft.
//!
//! ```text
//!   MetadataClient ──► openraft ──► log_store ──► write-ahead log of its own    ┐ place: a folder,
//!                        │   └────► peer ──► Network ──► other controllers     │ or, for a lone
//!                        ▼                                                     │ controller, a
//!                   state_machine ──► image, watched by everyone on the node   │ part of a bucket
//!                        └─────────► snapshot_store                            ┘
//! ```
//!
//! What a command means is the model's business alone; how bytes become durable is the
//! write-ahead log's. This crate knows order and agreement, and no streams, no objects, no Kafka.
//! Of openraft, `type_config` says what it works with; nothing of it is ever written to a disk.

mod blocking;
mod bucket;
mod client;
mod codec;
mod compaction;
mod folder;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod identity;
mod journal;
mod journal_sink;
mod log;
mod log_reader;
mod log_store;
mod loopback;
mod membership;
mod network;
mod node;
mod peer;
mod place;
mod settings;
mod snapshot;
mod snapshot_store;
mod state_machine;
mod stored_number;
mod timers;
mod type_config;

#[cfg(test)]
mod tests;

pub use bucket::{Bucket, BucketError, BucketParts, StoreRefused};
pub use codec::Malformed;
pub use folder::Folder;
pub use identity::{RaftId, Voter};
pub use log::Hole;
pub use log_store::LogError;
pub use loopback::Loopback;
pub use network::{Network, Request, Response, Unreachable};
pub use node::{Parts, QuorumFailure, QuorumNode, StartError};
pub use peer::Answerer;
pub use place::Place;
pub use settings::QuorumSettings;
pub use snapshot::Damage;
pub use snapshot_store::SnapshotError;
pub use stored_number::StoredNumberError;
