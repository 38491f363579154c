//! A classic group: members that join, elect a leader among them, and get from it what each is to
//! do.
//!
//! ```text
//!   Empty ──join──► PreparingRebalance ──all joined──► CompletingRebalance ──leader syncs──► Stable
//!     ▲                │  ▲                                   │                               │
//!     └──nobody left───┘  └────────── join, leave, session ends ◄─────────────────────────────┘
//! ```
//!
//! A pure state machine: a step takes the time, and says what follows as [`Effects`]. It knows no
//! sockets, no log, no tasks, and nothing of what members assign to each other.

mod join;
mod member;
mod rebalance;
mod roster;
mod size;
mod snapshot;
mod sync;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use penstock_model::id::Timestamp;

pub(crate) use join::{Join, JoinRefusal, Joined, JoinedMember};
pub(crate) use member::{Client, Member, Protocol};
pub(crate) use snapshot::{MemberSnapshot, Snapshot};
pub(crate) use sync::{Claim, Leaving, Sync, Synced};

use super::error::GroupError;
use super::id::{Generation, InstanceId, MemberId};
use super::time::{Now, Tick};

/// How long a member that was not told its id yet may wait in a rebalance: its client may be gone,
/// and would leave a defunct member with each try.
const NEW_MEMBER_JOIN_TIMEOUT: Duration = Duration::from_secs(300);

/// A leader that is away but not gone is waited for again and again, but not without a break.
const ABSENT_LEADER_RETRY: Duration = Duration::from_secs(1);

/// Members that were given an id and have not come back with it; the oldest expire soon.
const PENDING_MAX: usize = 10_000;

/// A request that waits for its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Token(pub(crate) u64);

/// An answer to a request that waited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// To a join.
    Join(Result<Joined, JoinRefusal>),
    /// To a sync.
    Sync(Result<Synced, GroupError>),
}

/// What follows from a step.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    /// Answers to waiting requests; to be given when what is written below is durable.
    pub(crate) answers: Vec<(Token, Answer)>,
    /// The group has to be written as it is now.
    pub(crate) write: bool,
    /// A deadline that the step set: look at the group again no later.
    pub(crate) wake_at: Option<Tick>,
}

impl Effects {
    fn wake(&mut self, at: Tick) {
        self.wake_at = Some(self.wake_at.map_or(at, |earlier| earlier.min(at)));
    }

    fn join(&mut self, token: Token, answer: Result<Joined, JoinRefusal>) {
        self.answers.push((token, Answer::Join(answer)));
    }

    fn sync(&mut self, token: Token, answer: Result<Synced, GroupError>) {
        self.answers.push((token, Answer::Sync(answer)));
    }
}

/// What an operator allows groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// `group.max.size`.
    pub(crate) members_max: usize,
    /// `group.initial.rebalance.delay.ms`.
    pub(crate) initial_delay: Duration,
    /// `max.message.bytes` of `__consumer_offsets`: what a group's record may take, as it is
    /// before compression.
    pub(crate) record_bytes_max: usize,
}

/// The state of a group, as Kafka names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// No members.
    Empty,
    /// Members are joining.
    PreparingRebalance,
    /// All have joined, and the leader is assigning.
    CompletingRebalance,
    /// All have their assignment.
    Stable,
}

impl State {
    /// Kafka's name of it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Empty => "Empty",
            Self::PreparingRebalance => "PreparingRebalance",
            Self::CompletingRebalance => "CompletingRebalance",
            Self::Stable => "Stable",
        }
    }
}

/// A [`State`] with what belongs to it alone.
#[derive(Clone, Copy, Debug)]
enum Phase {
    Empty,
    Joining(JoinPhase),
    Assigning,
    Stable,
}

/// How long members may still join.
#[derive(Clone, Copy, Debug)]
struct JoinPhase {
    ends: Tick,
    /// The group was empty: it waits for its first members to come together.
    initial: Option<InitialDelay>,
}

#[derive(Clone, Copy, Debug)]
struct InitialDelay {
    /// The present part of it.
    delay: Duration,
    /// By how much it may still be extended.
    remaining: Duration,
    /// A member has come meanwhile, and may not be the last.
    grew: bool,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct ClassicGroup {
    protocol_type: Option<Arc<str>>,
    /// The protocol that the members agreed on.
    protocol: Option<Arc<str>>,
    generation: Generation,
    leader: Option<MemberId>,
    phase: Phase,
    /// When the phase began; unknown for what Kafka before 2.1 wrote.
    since: Option<Timestamp>,
    members: BTreeMap<MemberId, Member>,
    instances: BTreeMap<InstanceId, MemberId>,
    /// Ids that were given out and not joined with yet, and when they expire.
    pending: BTreeMap<MemberId, Tick>,
    /// Who has joined the generation and not asked for its assignment.
    unsynced: BTreeSet<MemberId>,
    /// Until when they may.
    sync_ends: Option<Tick>,
    /// How many members speak each protocol.
    speakers: BTreeMap<Arc<str>, usize>,
}

impl ClassicGroup {
    /// A group that nobody has joined.
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            protocol_type: None,
            protocol: None,
            generation: Generation(0),
            leader: None,
            phase: Phase::Empty,
            since: Some(now),
            members: BTreeMap::new(),
            instances: BTreeMap::new(),
            pending: BTreeMap::new(),
            unsynced: BTreeSet::new(),
            sync_ends: None,
            speakers: BTreeMap::new(),
        }
    }

    /// Its state.
    pub(crate) fn state(&self) -> State {
        match self.phase {
            Phase::Empty => State::Empty,
            Phase::Joining(_) => State::PreparingRebalance,
            Phase::Assigning => State::CompletingRebalance,
            Phase::Stable => State::Stable,
        }
    }

    /// What its members call themselves: `consumer`, `connect`, …; none before the first joined.
    pub(crate) fn protocol_type(&self) -> Option<&Arc<str>> {
        self.protocol_type.as_ref()
    }

    /// The protocol that the members agreed on.
    pub(crate) fn protocol(&self) -> Option<&Arc<str>> {
        self.protocol.as_ref()
    }

    /// The members.
    pub(crate) fn members(&self) -> impl ExactSizeIterator<Item = (&MemberId, &Member)> {
        self.members.iter()
    }

    /// When the present state began.
    pub(crate) fn since(&self) -> Option<Timestamp> {
        self.since
    }

    /// Nobody is in it, and nobody is about to be.
    pub(crate) fn is_abandoned(&self) -> bool {
        matches!(self.phase, Phase::Empty) && self.members.is_empty() && self.pending.is_empty()
    }

    /// Its members come together anew, or wait for what they are to do.
    pub(crate) fn is_rebalancing(&self) -> bool {
        matches!(self.phase, Phase::Joining(_) | Phase::Assigning)
    }

    /// The next moment at which something expires.
    pub(crate) fn deadline(&self) -> Option<Tick> {
        let joining = match &self.phase {
            Phase::Joining(phase) => Some(phase.ends),
            _ => None,
        };
        let sessions = self.members.values().filter_map(|member| member.session_ends);
        sessions.chain(self.pending.values().copied()).chain(joining).chain(self.sync_ends).min()
    }

    /// Whether the member is one of the group, and not replaced.
    fn validate(&self, id: &str, instance: Option<&InstanceId>) -> Result<(), GroupError> {
        if let Some(instance) = instance {
            match self.instances.get(instance) {
                None => return Err(GroupError::UnknownMember),
                Some(current) if &*current.0 != id => return Err(GroupError::FencedInstance),
                Some(_) => {}
            }
        }
        if self.members.contains_key(id) { Ok(()) } else { Err(GroupError::UnknownMember) }
    }

    /// Whether a member with these protocols could be one of the group.
    fn supports(&self, protocol_type: &str, protocols: &[Protocol]) -> bool {
        if matches!(self.phase, Phase::Empty) {
            return !protocol_type.is_empty() && !protocols.is_empty();
        }
        let speakers = |name| self.speakers.get(name).copied().unwrap_or(0);
        self.protocol_type.as_deref() == Some(protocol_type)
            && protocols.iter().any(|spoken| speakers(&spoken.name) == self.members.len())
    }

    fn is_leader(&self, id: &MemberId) -> bool {
        self.leader.as_ref() == Some(id)
    }

    fn enter(&mut self, now: Now, phase: Phase) {
        self.phase = phase;
        self.since = Some(now.wall);
    }

    /// The longest that a member wants to be waited for.
    fn rebalance_timeout(&self) -> Duration {
        self.members.values().map(|member| member.rebalance_timeout).max().unwrap_or_default()
    }

    /// The members as the leader gets them.
    fn joined_members(&self) -> Vec<JoinedMember> {
        let protocol = self.protocol.as_deref().unwrap_or_default();
        let joined = |(id, member): (&MemberId, &Member)| JoinedMember {
            id: id.clone(),
            instance: member.instance.clone(),
            metadata: member.metadata(protocol),
        };
        self.members.iter().map(joined).collect()
    }

    fn synced(&self, assignment: &Bytes) -> Synced {
        Synced {
            protocol_type: self.protocol_type.clone(),
            protocol: self.protocol.clone(),
            assignment: assignment.clone(),
        }
    }
}
