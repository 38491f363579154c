//! A rebalance: gathering the members, electing a leader and a protocol, and what time does to it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;

use super::{
    ABSENT_LEADER_RETRY, ClassicGroup, Effects, InitialDelay, JoinPhase, Joined, Limits, Member,
    MemberId, Phase,
};
use crate::group::error::GroupError;
use crate::group::time::Now;

impl ClassicGroup {
    /// Begins a rebalance, or ends one that waited only for this.
    pub(super) fn rebalance_or_complete(
        &mut self,
        now: Now,
        limits: &Limits,
        effects: &mut Effects,
    ) {
        match self.phase {
            Phase::Joining(_) => self.complete_if_all_joined(now, effects),
            Phase::Empty | Phase::Assigning | Phase::Stable => {
                self.prepare_rebalance(now, limits, effects);
            }
        }
    }

    /// Asks all members to join again.
    pub(super) fn prepare_rebalance(&mut self, now: Now, limits: &Limits, effects: &mut Effects) {
        if matches!(self.phase, Phase::Assigning) {
            for member in self.members.values_mut() {
                member.assignment = Bytes::new();
                if let Some(token) = member.syncing.take() {
                    effects.sync(token, Err(GroupError::RebalanceInProgress));
                    effects.wake(member.refresh(now.tick));
                }
            }
        }
        self.unsynced.clear();
        self.sync_ends = None;
        let timeout = self.rebalance_timeout();
        let phase = if matches!(self.phase, Phase::Empty) {
            let delay = limits.initial_delay;
            let remaining = timeout.saturating_sub(delay);
            let initial = Some(InitialDelay { delay, remaining, grew: false });
            JoinPhase { ends: now.tick.after(delay), initial }
        } else {
            JoinPhase { ends: now.tick.after(timeout), initial: None }
        };
        effects.wake(phase.ends);
        self.enter(now, Phase::Joining(phase));
        self.complete_if_all_joined(now, effects);
    }

    /// Ends the gathering when nobody is missing; a group that was empty waits its time out.
    pub(super) fn complete_if_all_joined(&mut self, now: Now, effects: &mut Effects) {
        if let Phase::Joining(JoinPhase { initial: None, .. }) = self.phase
            && self.have_all_joined()
        {
            self.complete_join(now, effects);
        }
    }

    fn have_all_joined(&self) -> bool {
        self.pending.is_empty() && self.joining_count() == self.members.len()
    }

    /// A group that was loaded with more members than the operator allows now: all may commit, and
    /// those who join again first stay.
    pub(crate) fn settle_size(&mut self, now: Now, limits: &Limits, effects: &mut Effects) {
        if self.members.len() > limits.members_max {
            self.prepare_rebalance(now, limits, effects);
        }
    }

    /// How many members wait for a rebalance to begin.
    pub(super) fn joining_count(&self) -> usize {
        self.members.values().filter(|member| member.joining.is_some()).count()
    }

    /// Goes on without those who have not come.
    fn complete_join(&mut self, now: Now, effects: &mut Effects) {
        // A static member is on its way until its session ends.
        let late = |(id, member): (&MemberId, &Member)| {
            (member.joining.is_none() && member.instance.is_none()).then(|| id.clone())
        };
        let late: Vec<MemberId> = self.members.iter().filter_map(late).collect();
        for id in &late {
            self.remove(id, effects);
        }
        if !self.elect_leader() && !self.members.is_empty() {
            let ends = now.tick.after(self.rebalance_timeout().max(ABSENT_LEADER_RETRY));
            self.phase = Phase::Joining(JoinPhase { ends, initial: None });
            effects.wake(ends);
            return;
        }
        self.generation = self.generation.next();
        self.unsynced.clear();
        self.sync_ends = None;
        if self.members.is_empty() {
            self.protocol = None;
            self.enter(now, Phase::Empty);
            effects.write = true;
            return;
        }
        self.protocol = self.select_protocol();
        self.enter(now, Phase::Assigning);
        let mut members = self.joined_members();
        let ids: Vec<MemberId> = self.members.keys().cloned().collect();
        for id in ids {
            let members =
                if self.is_leader(&id) { std::mem::take(&mut members) } else { Vec::new() };
            let joined = Joined { members, ..self.joined(id.clone()) };
            let member = self.members.get_mut(&id).expect("the ids are the members'");
            if let Some(token) = member.joining.take() {
                effects.join(token, Ok(joined));
            }
            member.is_new = false;
            effects.wake(member.refresh(now.tick));
            self.unsynced.insert(id);
        }
        let ends = now.tick.after(self.rebalance_timeout());
        self.sync_ends = Some(ends);
        effects.wake(ends);
    }

    /// The leader stays if it has come; otherwise somebody who has takes its place.
    fn elect_leader(&mut self) -> bool {
        let joined = |member: &Member| member.joining.is_some();
        let leader = self.leader.as_ref().and_then(|leader| self.members.get(leader));
        if leader.is_some_and(joined) {
            return true;
        }
        let other = self.members.iter().find(|(_, member)| joined(member));
        let Some((other, _)) = other else { return false };
        self.leader = Some(other.clone());
        true
    }

    /// The protocol that most members prefer among those that all speak; of those that as many prefer,
    /// the one that Kafka comes upon first.
    pub(super) fn select_protocol(&self) -> Option<Arc<str>> {
        let all = self.members.len();
        let candidates: BTreeSet<&Arc<str>> = self
            .speakers
            .iter()
            .filter(|(_, count)| **count == all)
            .map(|(name, _)| name)
            .collect();
        let mut votes: BTreeMap<&Arc<str>, usize> = BTreeMap::new();
        for vote in self.members.values().filter_map(|member| member.vote(&candidates)) {
            *votes.entry(vote).or_default() += 1;
        }
        let most = votes.into_iter().max_by_key(|(name, count)| (*count, Reverse(bucket(name))));
        most.map(|(name, _)| Arc::clone(name))
    }

    /// Does what time has come for. The effects name the next deadline.
    pub(crate) fn expire(&mut self, now: Now, limits: &Limits, effects: &mut Effects) {
        self.expire_sessions(now, limits, effects);
        if let Phase::Joining(phase) = &mut self.phase
            && phase.ends <= now.tick
        {
            match &mut phase.initial {
                Some(initial) if initial.grew && !initial.remaining.is_zero() => {
                    let delay = limits.initial_delay.min(initial.remaining);
                    initial.remaining = initial.remaining.saturating_sub(initial.delay);
                    initial.delay = delay;
                    initial.grew = false;
                    phase.ends = now.tick.after(delay);
                }
                _ => self.complete_join(now, effects),
            }
        }
        if self.sync_ends.is_some_and(|ends| ends <= now.tick) {
            for id in std::mem::take(&mut self.unsynced) {
                self.remove(&id, effects);
            }
            self.sync_ends = None;
            self.prepare_rebalance(now, limits, effects);
        }
        effects.wake_at = self.deadline();
    }

    fn expire_sessions(&mut self, now: Now, limits: &Limits, effects: &mut Effects) {
        let before = self.pending.len();
        self.pending.retain(|_, ends| *ends > now.tick);
        let mut missing = self.pending.len() < before;
        let mut silent = Vec::new();
        for (id, member) in &mut self.members {
            if member.session_ends.is_some_and(|ends| ends <= now.tick) {
                if member.is_waiting() {
                    member.session_ends = None;
                } else {
                    silent.push(id.clone());
                }
            }
        }
        for id in &silent {
            self.remove(id, effects);
            missing = true;
        }
        match self.phase {
            // Also where a group that was empty still waits for its first members: as in Kafka,
            // whom time removes does not hold up those who are there.
            Phase::Joining(_) if missing && self.have_all_joined() => {
                self.complete_join(now, effects);
            }
            Phase::Assigning | Phase::Stable if !silent.is_empty() => {
                self.prepare_rebalance(now, limits, effects);
            }
            _ => {}
        }
    }
}

/// Where a hash map of Java's with less than a dozen keys has one: Kafka counts votes in such a map,
/// and a group that moves here keeps its protocol.
fn bucket(name: &str) -> u32 {
    let hash = name
        .encode_utf16()
        .fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)));
    (hash ^ hash >> 16) & 15
}
