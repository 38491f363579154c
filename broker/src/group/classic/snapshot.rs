//! A group as its record keeps it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use penstock_model::id::Timestamp;

use super::member::{Client, Member, Protocol};
use super::{ClassicGroup, Effects, Phase};
use crate::group::id::{Generation, InstanceId, MemberId};
use crate::group::time::Tick;

/// What outlives the coordinator's process: a group between two rebalances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Snapshot {
    pub(crate) protocol_type: Option<Arc<str>>,
    pub(crate) protocol: Option<Arc<str>>,
    pub(crate) generation: Generation,
    pub(crate) leader: Option<MemberId>,
    pub(crate) since: Option<Timestamp>,
    pub(crate) members: Vec<MemberSnapshot>,
}

/// A member of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MemberSnapshot {
    pub(crate) id: MemberId,
    pub(crate) instance: Option<InstanceId>,
    pub(crate) client: Client,
    pub(crate) rebalance_timeout: Duration,
    pub(crate) session_timeout: Duration,
    /// What it says in the protocol that was agreed on.
    pub(crate) subscription: Bytes,
    pub(crate) assignment: Bytes,
}

impl ClassicGroup {
    /// The group as it is to be written.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let protocol = self.protocol.as_deref().unwrap_or_default();
        let member = |(id, member): (&MemberId, &Member)| MemberSnapshot {
            id: id.clone(),
            instance: member.instance.clone(),
            client: member.client.clone(),
            rebalance_timeout: member.rebalance_timeout,
            session_timeout: member.session_timeout,
            subscription: member.metadata(protocol),
            assignment: member.assignment.clone(),
        };
        Snapshot {
            protocol_type: self.protocol_type.clone(),
            protocol: self.protocol.clone(),
            generation: self.generation,
            leader: self.leader.clone(),
            since: self.since,
            members: self.members.iter().map(member).collect(),
        }
    }

    /// The group as it was written. Its members have to be heard of within a session from `now`.
    pub(crate) fn restore(snapshot: Snapshot, now: Tick, effects: &mut Effects) -> Self {
        let mut group = Self::new(Timestamp(0));
        group.protocol_type = snapshot.protocol_type;
        group.protocol = snapshot.protocol.clone();
        group.generation = snapshot.generation;
        group.since = snapshot.since;
        group.phase = if snapshot.members.is_empty() { Phase::Empty } else { Phase::Stable };
        let protocol = snapshot.protocol.unwrap_or_else(|| Arc::from(""));
        for saved in snapshot.members {
            let ends = now.after(saved.session_timeout);
            effects.wake(ends);
            let spoken = Protocol { name: Arc::clone(&protocol), metadata: saved.subscription };
            let member = Member {
                instance: saved.instance,
                client: saved.client,
                rebalance_timeout: saved.rebalance_timeout,
                session_timeout: saved.session_timeout,
                protocols: vec![spoken],
                assignment: saved.assignment,
                joining: None,
                syncing: None,
                is_new: false,
                session_ends: Some(ends),
            };
            group.insert(saved.id, member);
        }
        // Its text is a member's, where it is one.
        let leader = snapshot.leader.map(|id| match group.members.get_key_value(&id) {
            Some((known, _)) => known.clone(),
            None => id,
        });
        group.leader = leader;
        group
    }
}
