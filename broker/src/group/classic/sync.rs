//! What members do in a generation: fetch assignments, show that they live, commit, leave.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use super::{ClassicGroup, Effects, Limits, Phase, Token};
use crate::group::error::GroupError;
use crate::group::id::{Generation, InstanceId, MemberId};
use crate::group::time::Now;

/// Who a request claims to be from.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    /// The member; the empty id for clients that are no member.
    pub(crate) member: MemberId,
    /// Its name as a static member.
    pub(crate) instance: Option<InstanceId>,
    /// The generation it knows; below zero for clients that are no member.
    pub(crate) generation: Generation,
}

/// A request for an assignment; from the leader, with everybody's.
#[derive(Clone, Debug)]
pub(crate) struct Sync {
    /// Who asks.
    pub(crate) claim: Claim,
    /// What it takes the group for.
    pub(crate) protocol_type: Option<Arc<str>>,
    /// What it takes the members to have agreed on.
    pub(crate) protocol: Option<Arc<str>>,
    /// By member.
    pub(crate) assignments: HashMap<MemberId, Bytes>,
}

/// What a member is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Synced {
    /// What the group is.
    pub(crate) protocol_type: Option<Arc<str>>,
    /// What its members agreed on.
    pub(crate) protocol: Option<Arc<str>>,
    /// Opaque to the coordinator.
    pub(crate) assignment: Bytes,
}

/// Somebody who leaves, or is made to.
#[derive(Clone, Debug)]
pub(crate) struct Leaving {
    /// By id; empty to name only the instance.
    pub(crate) member: MemberId,
    /// By its name as a static member.
    pub(crate) instance: Option<InstanceId>,
}

impl ClassicGroup {
    /// A member asks for its assignment. The answer to `token` is among the effects of this step
    /// or of a later one.
    pub(crate) fn sync(
        &mut self,
        now: Now,
        limits: &Limits,
        token: Token,
        sync: Sync,
        effects: &mut Effects,
    ) {
        if let Err(error) = self.try_sync(now, limits, token, sync, effects) {
            effects.sync(token, Err(error));
        }
    }

    fn try_sync(
        &mut self,
        now: Now,
        limits: &Limits,
        token: Token,
        mut sync: Sync,
        effects: &mut Effects,
    ) -> Result<(), GroupError> {
        let id = sync.claim.member.clone();
        self.validate(&id.0, sync.claim.instance.as_ref())?;
        self.check_generation(sync.claim.generation)?;
        let differs = |said: &Option<Arc<str>>, holds: &Option<Arc<str>>| {
            said.is_some() && holds.is_some() && said != holds
        };
        if differs(&sync.protocol_type, &self.protocol_type)
            || differs(&sync.protocol, &self.protocol)
        {
            return Err(GroupError::InconsistentProtocol);
        }
        match self.phase {
            Phase::Empty => return Err(GroupError::UnknownMember),
            Phase::Joining(_) => return Err(GroupError::RebalanceInProgress),
            Phase::Stable => {
                let assignment = self.members[&id].assignment.clone();
                let synced = self.synced(&assignment);
                self.mark_synced(&id);
                effects.sync(token, Ok(synced));
                return Ok(());
            }
            Phase::Assigning => {}
        }
        let member = self.members.get_mut(&id).expect("the member was validated");
        if let Some(earlier) = member.syncing.replace(token) {
            // Its client has given that request up.
            effects.sync(earlier, Err(GroupError::RebalanceInProgress));
        }
        self.mark_synced(&id);
        if self.is_leader(&id) {
            if self.may_assign(&sync.assignments, limits) {
                self.assign(now, &mut sync.assignments, effects);
            } else {
                self.refuse_assignments(now, limits, effects);
            }
        }
        Ok(())
    }

    /// What the leader says cannot be kept: everybody who waits for it is told, and the group
    /// begins anew.
    fn refuse_assignments(&mut self, now: Now, limits: &Limits, effects: &mut Effects) {
        for member in self.members.values_mut() {
            if let Some(token) = member.syncing.take() {
                effects.sync(token, Err(GroupError::RecordTooLarge));
                effects.wake(member.refresh(now.tick));
            }
        }
        self.prepare_rebalance(now, limits, effects);
    }

    /// Everybody has what the leader says, and nothing where it says nothing.
    fn assign(
        &mut self,
        now: Now,
        assignments: &mut HashMap<MemberId, Bytes>,
        effects: &mut Effects,
    ) {
        self.enter(now, Phase::Stable);
        effects.write = true;
        let ids: Vec<MemberId> = self.members.keys().cloned().collect();
        for id in ids {
            let assignment = assignments.remove(&id).unwrap_or_default();
            let synced = self.synced(&assignment);
            let member = self.members.get_mut(&id).expect("the ids are the members'");
            member.assignment = assignment;
            if let Some(token) = member.syncing.take() {
                effects.sync(token, Ok(synced));
                effects.wake(member.refresh(now.tick));
            }
        }
    }

    /// A member shows that it lives, and hears whether it has to join again.
    ///
    /// # Errors
    /// When it has, or is no member.
    pub(crate) fn heartbeat(
        &mut self,
        now: Now,
        claim: &Claim,
        effects: &mut Effects,
    ) -> Result<(), GroupError> {
        self.validate(&claim.member.0, claim.instance.as_ref())?;
        self.check_generation(claim.generation)?;
        if matches!(self.phase, Phase::Empty) {
            return Err(GroupError::UnknownMember);
        }
        self.touch(now, &claim.member, effects);
        match self.phase {
            Phase::Joining(_) => Err(GroupError::RebalanceInProgress),
            _ => Ok(()),
        }
    }

    /// Whether offsets may be committed; a member that may shows that it lives.
    ///
    /// # Errors
    /// When it is not of this generation, or of none while the group has members.
    pub(crate) fn check_commit(
        &mut self,
        now: Now,
        claim: &Claim,
        effects: &mut Effects,
    ) -> Result<(), GroupError> {
        let is_empty = matches!(self.phase, Phase::Empty);
        if claim.generation.0 < 0 && is_empty {
            return Ok(());
        }
        let claims_membership =
            claim.generation.0 >= 0 || !claim.member.0.is_empty() || claim.instance.is_some();
        if !claims_membership {
            return if is_empty { Ok(()) } else { Err(GroupError::UnknownMember) };
        }
        self.validate(&claim.member.0, claim.instance.as_ref())?;
        self.check_generation(claim.generation)?;
        if matches!(self.phase, Phase::Assigning) {
            return Err(GroupError::RebalanceInProgress);
        }
        self.touch(now, &claim.member, effects);
        Ok(())
    }

    /// Somebody leaves; [`left`](Self::left) follows when all have.
    ///
    /// # Errors
    /// When it is no member.
    pub(crate) fn leave(
        &mut self,
        leaving: &Leaving,
        effects: &mut Effects,
    ) -> Result<(), GroupError> {
        let id = if leaving.member.0.is_empty() {
            let named = leaving.instance.as_ref().and_then(|name| self.instances.get(name));
            named.cloned().ok_or(GroupError::UnknownMember)?
        } else {
            if !self.pending.contains_key(&leaving.member) {
                self.validate(&leaving.member.0, leaving.instance.as_ref())?;
            }
            leaving.member.clone()
        };
        self.remove(&id, effects);
        Ok(())
    }

    /// At least one has left.
    pub(crate) fn left(&mut self, now: Now, limits: &Limits, effects: &mut Effects) {
        if !matches!(self.phase, Phase::Empty) {
            self.rebalance_or_complete(now, limits, effects);
        }
    }

    fn check_generation(&self, generation: Generation) -> Result<(), GroupError> {
        if generation == self.generation { Ok(()) } else { Err(GroupError::IllegalGeneration) }
    }

    fn touch(&mut self, now: Now, id: &MemberId, effects: &mut Effects) {
        if let Some(member) = self.members.get_mut(id) {
            effects.wake(member.refresh(now.tick));
        }
    }
}
