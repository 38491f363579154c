//! What openraft is told of us: the types it works with, and how it is set up.
//!
//! Only this module names openraft's generics; the others use the aliases below. Nothing of
//! openraft is ever written to a disk as it is: journal and snapshots have formats of their own,
//! so that another release of it, or another library, finds the same bytes.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use openraft::type_config::alias;
use penstock_model::command::{Command, Outcome};
use penstock_model::encoding::{self, DecodeError};
use penstock_model::image::MetadataImage;

use crate::identity::{RaftId, Voter};
use crate::settings::QuorumSettings;
use crate::state_machine::StateMachine;

openraft::declare_raft_types!(
    /// The types of the metadata quorum.
    pub(crate) TypeConfig:
        D = Proposal,
        R = Applied,
        NodeId = RaftId,
        Node = Voter,
        AsyncRuntime = openraft_rt_tokio::TokioRuntime,
);

pub(crate) type Raft = openraft::Raft<TypeConfig, StateMachine>;
pub(crate) type LogId = alias::LogIdOf<TypeConfig>;
pub(crate) type LeaderId = alias::LeaderIdOf<TypeConfig>;
pub(crate) type Vote = alias::VoteOf<TypeConfig>;
pub(crate) type Entry = alias::EntryOf<TypeConfig>;
pub(crate) type Payload = alias::PayloadOf<TypeConfig>;
pub(crate) type Membership = openraft::Membership<RaftId, Voter>;
pub(crate) type StoredMembership = alias::StoredMembershipOf<TypeConfig>;
pub(crate) type SnapshotMeta = alias::SnapshotMetaOf<TypeConfig>;
/// A snapshot in flight is the image itself: images share what they have in common, so keeping
/// one costs what changed since, and only a network or a disk needs its bytes.
pub(crate) type Snapshot = alias::SnapshotOf<TypeConfig, Arc<MetadataImage>>;
pub(crate) type Fatal = openraft::errors::Fatal<TypeConfig>;

/// A command on its way through the log, encoded once for every disk and network it passes.
#[derive(Clone, PartialEq)]
pub(crate) struct Proposal {
    command: Arc<Command>,
    encoded: Bytes,
}

impl Proposal {
    pub(crate) fn new(command: Command) -> Self {
        let encoded = encoding::encode_command(&command).into();
        Self { command: Arc::new(command), encoded }
    }

    pub(crate) fn decode(encoded: Bytes) -> Result<Self, DecodeError> {
        let command = Arc::new(encoding::decode_command(&encoded)?);
        Ok(Self { command, encoded })
    }

    pub(crate) fn command(&self) -> &Command {
        &self.command
    }

    pub(crate) fn encoded(&self) -> &Bytes {
        &self.encoded
    }
}

impl fmt::Debug for Proposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Short: openraft puts it into log lines.
impl fmt::Display for Proposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "command of {} bytes", self.encoded.len())
    }
}

/// What became of an entry.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Applied {
    /// It was Raft's own: a new leader's first entry, or a membership.
    Nothing,
    /// It was a command.
    Command(Outcome),
}

/// Openraft's settings from ours.
///
/// A restarted leader stands for election like everyone else: to take leadership up again without
/// one is sound only if the committed position is durable before each answer, and ours follows
/// with the next write. Snapshots and purges are ordered by `compaction.rs`, which knows bytes as
/// well as entries.
pub(crate) fn openraft_config(
    settings: &QuorumSettings,
) -> Result<Arc<openraft::Config>, openraft::ConfigError> {
    let election_max = milliseconds(settings.election_timeout_max);
    let config = openraft::Config {
        cluster_name: "penstock".to_owned(),
        heartbeat_interval: milliseconds(settings.heartbeat_interval),
        election_timeout_min: milliseconds(settings.election_timeout_min),
        election_timeout_max: election_max,
        install_snapshot_timeout: milliseconds(settings.snapshot_transfer_timeout),
        snapshot_policy: openraft::SnapshotPolicy::Never,
        max_in_snapshot_log_to_keep: u64::MAX,
        replication_lag_threshold: settings.snapshot_entries.saturating_mul(2),
        enable_pre_vote: Some(true),
        enable_leader_restore: Some(false),
        // The least that openraft accepts: the leader's lease and one election.
        quorum_loss_probe_interval: Some(election_max.saturating_mul(2)),
        ..openraft::Config::default()
    };
    Ok(Arc::new(config.validate()?))
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
