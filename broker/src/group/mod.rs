//! Groups: who reads what together, and how far they have come.
//!
//! ```text
//!   api/ ──► GroupCoordinator ──► Shard (a partition of __consumer_offsets) ──► Group
//!                 │                    │                                        ├ ClassicGroup
//!              timers               its log: records of groups and offsets      └ Offsets
//! ```
//!
//! A group belongs to the node that leads its partition of `__consumer_offsets`, and lives in that
//! partition's log: whatever an answer reveals is durable there first. It knows no wire requests
//! and no error codes.

mod admin;
mod classic;
mod commits;
mod coordinator;
mod error;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod id;
mod lag;
mod load;
mod membership;
mod offsets;
mod record;
mod removal;
mod settings;
mod shard;
mod share;
mod state;
mod subscription;
#[cfg(test)]
mod tests;
mod time;
mod timers;
mod upkeep;

pub(crate) use admin::{DescribedGroup, DescribedMember};
pub(crate) use classic::{
    Claim, Client, JoinRefusal, Joined, JoinedMember, Leaving, Protocol, Sync,
};
pub(crate) use commits::{Commit, CommittedOffsets};
pub use coordinator::{GroupCoordinator, Parts as GroupParts};
pub(crate) use error::GroupError;
pub(crate) use id::{Generation, InstanceId, MemberId};
pub(crate) use lag::{GroupFigures, Position};
pub(crate) use load::partition_of;
pub(crate) use membership::JoinRequest;
pub(crate) use offsets::Offsets;
