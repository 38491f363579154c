//! Joining a group: who may, under which id, and when that means a rebalance.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::member::{Client, Member, Protocol};
use super::{ClassicGroup, Effects, Limits, NEW_MEMBER_JOIN_TIMEOUT, PENDING_MAX, Phase, Token};
use crate::group::error::GroupError;
use crate::group::id::{Generation, InstanceId, MemberId};
use crate::group::time::Now;

/// A request to join.
#[derive(Clone, Debug)]
pub(crate) struct Join {
    /// Who joins; nobody for a member that has no id yet.
    pub(crate) member: Option<MemberId>,
    /// The id to give to one that has none.
    pub(crate) new_id: MemberId,
    /// Its name as a static member.
    pub(crate) instance: Option<InstanceId>,
    /// Its client.
    pub(crate) client: Client,
    /// How long it may be silent.
    pub(crate) session_timeout: Duration,
    /// How long a rebalance waits for it.
    pub(crate) rebalance_timeout: Duration,
    /// What it is.
    pub(crate) protocol_type: Arc<str>,
    /// What it speaks, in order of preference.
    pub(crate) protocols: Vec<Protocol>,
    /// It must first know its id, and then join (KIP-394).
    pub(crate) id_required: bool,
    /// It understands that a leader may have nothing to assign (KIP-814).
    pub(crate) may_skip_assignment: bool,
}

/// A member of a generation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Joined {
    /// The generation.
    pub(crate) generation: Generation,
    /// What the group is.
    pub(crate) protocol_type: Option<Arc<str>>,
    /// What its members agreed on.
    pub(crate) protocol: Option<Arc<str>>,
    /// Who assigns.
    pub(crate) leader: Option<MemberId>,
    /// The leader has nothing to assign, though it sees the members.
    pub(crate) skip_assignment: bool,
    /// The member's own id.
    pub(crate) member: MemberId,
    /// All of them, for the leader only.
    pub(crate) members: Vec<JoinedMember>,
}

/// A member as the leader sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JoinedMember {
    /// Its id.
    pub(crate) id: MemberId,
    /// Its name as a static member.
    pub(crate) instance: Option<InstanceId>,
    /// What it says in the protocol that was agreed on.
    pub(crate) metadata: Bytes,
}

/// Why a join fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JoinRefusal {
    /// The reason.
    pub(crate) error: GroupError,
    /// The id to go on with.
    pub(crate) member: Option<MemberId>,
}

impl JoinRefusal {
    pub(crate) fn of_nobody(error: GroupError) -> Self {
        Self { error, member: None }
    }

    pub(crate) fn of(error: GroupError, member: MemberId) -> Self {
        Self { error, member: Some(member) }
    }
}

impl Join {
    /// Whether it is given an id first, with which to join.
    pub(super) fn must_know_its_id(&self) -> bool {
        self.member.is_none() && self.instance.is_none() && self.id_required
    }
}

impl ClassicGroup {
    /// Somebody wants to be in the group. The answer to `token` is among the effects of this step
    /// or of a later one.
    pub(crate) fn join(
        &mut self,
        now: Now,
        limits: &Limits,
        token: Token,
        join: Join,
        effects: &mut Effects,
    ) {
        if let Err(refusal) = self.try_join(now, limits, token, join, effects) {
            effects.join(token, Err(refusal));
        }
    }

    fn try_join(
        &mut self,
        now: Now,
        limits: &Limits,
        token: Token,
        join: Join,
        effects: &mut Effects,
    ) -> Result<(), JoinRefusal> {
        if !self.has_room(join.member.as_ref(), limits) {
            if let Some(member) = &join.member {
                self.remove(member, effects);
            }
            return Err(JoinRefusal::of_nobody(GroupError::Full));
        }
        if let Err(error) = self.check_room(&join, limits) {
            return Err(JoinRefusal { error, member: join.member });
        }
        match join.member.clone() {
            None => self.join_new(now, limits, token, join, effects),
            Some(member) => self.join_known(now, limits, token, member, join, effects),
        }
    }

    fn has_room(&self, member: Option<&MemberId>, limits: &Limits) -> bool {
        let known = member.and_then(|member| self.members.get(member));
        match self.phase {
            Phase::Empty => true,
            Phase::Joining(_) => {
                known.is_some_and(|known| known.joining.is_some())
                    || self.joining_count() < limits.members_max
            }
            Phase::Assigning | Phase::Stable => {
                known.is_some() || self.members.len() < limits.members_max
            }
        }
    }

    fn join_new(
        &mut self,
        now: Now,
        limits: &Limits,
        token: Token,
        join: Join,
        effects: &mut Effects,
    ) -> Result<(), JoinRefusal> {
        if !self.supports(&join.protocol_type, &join.protocols) {
            return Err(JoinRefusal::of_nobody(GroupError::InconsistentProtocol));
        }
        let id = join.new_id.clone();
        let replaced = join.instance.as_ref().and_then(|name| self.instances.get(name)).cloned();
        if let Some(old) = replaced {
            self.replace(now, limits, token, &old, join, effects);
            return Ok(());
        }
        if join.must_know_its_id() {
            if self.pending.len() >= PENDING_MAX {
                return Err(JoinRefusal::of_nobody(GroupError::Full));
            }
            let ends = now.tick.after(join.session_timeout);
            self.pending.insert(id.clone(), ends);
            effects.wake(ends);
            return Err(JoinRefusal::of(GroupError::MemberIdRequired, id));
        }
        self.add(now, limits, token, id, join, effects);
        Ok(())
    }

    fn join_known(
        &mut self,
        now: Now,
        limits: &Limits,
        token: Token,
        id: MemberId,
        join: Join,
        effects: &mut Effects,
    ) -> Result<(), JoinRefusal> {
        let refuse = |error| Err(JoinRefusal::of(error, id.clone()));
        if !self.supports(&join.protocol_type, &join.protocols) {
            return refuse(GroupError::InconsistentProtocol);
        }
        if self.pending.contains_key(&id) {
            if join.instance.is_some() {
                return Err(JoinRefusal::of_nobody(GroupError::GivenToDynamicMember));
            }
            self.add(now, limits, token, id, join, effects);
            return Ok(());
        }
        if let Err(error) = self.validate(&id.0, join.instance.as_ref()) {
            return refuse(error);
        }
        let unchanged =
            self.members.get(&id).is_some_and(|known| known.protocols == join.protocols);
        let answer_now = match self.phase {
            // It is not in the group any more, whatever it believes.
            Phase::Empty => return refuse(GroupError::UnknownMember),
            Phase::Joining(_) => false,
            // It has not received the answer to its join.
            Phase::Assigning => unchanged,
            // A leader that joins asks for a rebalance.
            Phase::Stable => unchanged && !self.is_leader(&id),
        };
        if answer_now {
            let members = if self.is_leader(&id) { self.joined_members() } else { Vec::new() };
            effects.join(token, Ok(Joined { members, ..self.joined(id) }));
            return Ok(());
        }
        self.update(token, &id, join, effects);
        self.rebalance_or_complete(now, limits, effects);
        Ok(())
    }

    /// The present generation, as a follower sees it.
    pub(super) fn joined(&self, member: MemberId) -> Joined {
        Joined {
            generation: self.generation,
            protocol_type: self.protocol_type.clone(),
            protocol: self.protocol.clone(),
            leader: self.leader.clone(),
            skip_assignment: false,
            member,
            members: Vec::new(),
        }
    }

    fn add(
        &mut self,
        now: Now,
        limits: &Limits,
        token: Token,
        id: MemberId,
        join: Join,
        effects: &mut Effects,
    ) {
        if let Phase::Joining(phase) = &mut self.phase
            && let Some(initial) = &mut phase.initial
        {
            initial.grew = true;
        }
        if self.members.is_empty() {
            self.protocol_type = Some(join.protocol_type);
        }
        let ends = now.tick.after(NEW_MEMBER_JOIN_TIMEOUT);
        effects.wake(ends);
        let member = Member {
            instance: join.instance,
            client: join.client,
            rebalance_timeout: join.rebalance_timeout,
            session_timeout: join.session_timeout,
            protocols: join.protocols,
            assignment: Bytes::new(),
            joining: Some(token),
            syncing: None,
            is_new: true,
            session_ends: Some(ends),
        };
        self.insert(id, member);
        self.rebalance_or_complete(now, limits, effects);
    }

    /// A member joins again: with what it says now.
    fn update(&mut self, token: Token, id: &MemberId, join: Join, effects: &mut Effects) {
        let member = self.members.get_mut(id).expect("the member was looked up");
        member.rebalance_timeout = join.rebalance_timeout;
        member.session_timeout = join.session_timeout;
        let before = std::mem::replace(&mut member.protocols, join.protocols);
        let now = member.protocols.clone();
        if let Some(earlier) = member.joining.replace(token) {
            // Its client has given that request up.
            let refusal = JoinRefusal::of(GroupError::RebalanceInProgress, id.clone());
            effects.join(earlier, Err(refusal));
        }
        self.discount_speaker(&before);
        self.count_speaker(&now);
    }

    /// A static member starts again: it takes the place of what it was, under a new id (KIP-345).
    /// As in Kafka, it is still described as the client that it was first.
    fn replace(
        &mut self,
        now: Now,
        limits: &Limits,
        token: Token,
        old: &MemberId,
        join: Join,
        effects: &mut Effects,
    ) {
        let new = join.new_id.clone();
        let may_skip = join.may_skip_assignment;
        let leader_before = self.leader.clone();
        let mut member = self.members.remove(old).expect("an instance names a member");
        // It is as patient as whoever has been here before.
        member.is_new = false;
        if let Some(token) = member.joining.take() {
            let refusal = JoinRefusal::of(GroupError::FencedInstance, old.clone());
            effects.join(token, Err(refusal));
        }
        if let Some(token) = member.syncing.take() {
            effects.sync(token, Err(GroupError::FencedInstance));
        }
        if self.is_leader(old) {
            self.leader = Some(new.clone());
        }
        if self.unsynced.remove(old) {
            self.unsynced.insert(new.clone());
        }
        if let Some(instance) = &member.instance {
            self.instances.insert(instance.clone(), new.clone());
        }
        self.members.insert(new.clone(), member);
        self.update(token, &new, join, effects);
        let member = self.members.get_mut(&new).expect("it was just inserted");
        effects.wake(member.refresh(now.tick));
        match self.phase {
            Phase::Stable if self.select_protocol() == self.protocol => {
                let member = self.members.get_mut(&new).expect("it was just inserted");
                member.joining = None;
                effects.write = true;
                let mut joined = self.joined(new.clone());
                if may_skip && self.is_leader(&new) {
                    joined.skip_assignment = true;
                    joined.members = self.joined_members();
                } else if !may_skip {
                    // A leader that believes to follow asks for its assignment, and gets the old.
                    joined.leader = leader_before;
                }
                effects.join(token, Ok(joined));
            }
            Phase::Joining(_) => self.complete_if_all_joined(now, effects),
            Phase::Empty | Phase::Assigning | Phase::Stable => {
                self.prepare_rebalance(now, limits, effects);
            }
        }
    }
}
