//! Who is in a group: what changes together when a member comes or goes.

use std::sync::Arc;

use super::{ClassicGroup, Effects, JoinRefusal, Member, Protocol};
use crate::group::error::GroupError;
use crate::group::id::MemberId;

impl ClassicGroup {
    pub(super) fn count_speaker(&mut self, protocols: &[Protocol]) {
        for spoken in protocols {
            *self.speakers.entry(Arc::clone(&spoken.name)).or_default() += 1;
        }
    }

    pub(super) fn discount_speaker(&mut self, protocols: &[Protocol]) {
        for spoken in protocols {
            let count =
                self.speakers.get_mut(&spoken.name).expect("a member's protocol is counted");
            *count -= 1;
            if *count == 0 {
                self.speakers.remove(&spoken.name);
            }
        }
    }

    pub(super) fn insert(&mut self, id: MemberId, member: Member) {
        if self.leader.is_none() {
            self.leader = Some(id.clone());
        }
        if let Some(instance) = &member.instance {
            self.instances.insert(instance.clone(), id.clone());
        }
        self.count_speaker(&member.protocols);
        self.pending.remove(&id);
        self.members.insert(id, member);
    }

    /// Takes a member out, or an id that was given out. Requests of it that wait are answered.
    pub(super) fn remove(&mut self, id: &MemberId, effects: &mut Effects) {
        self.pending.remove(id);
        self.mark_synced(id);
        let Some(member) = self.members.remove(id) else { return };
        self.discount_speaker(&member.protocols);
        if let Some(instance) = &member.instance
            && self.instances.get(instance) == Some(id)
        {
            self.instances.remove(instance);
        }
        if self.is_leader(id) {
            self.leader = self.members.keys().next().cloned();
        }
        if let Some(token) = member.joining {
            effects.join(token, Err(JoinRefusal::of_nobody(GroupError::UnknownMember)));
        }
        if let Some(token) = member.syncing {
            effects.sync(token, Err(GroupError::UnknownMember));
        }
    }

    pub(super) fn mark_synced(&mut self, id: &MemberId) {
        self.unsynced.remove(id);
        if self.unsynced.is_empty() {
            self.sync_ends = None;
        }
    }
}
