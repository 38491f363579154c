//! How many bytes a group takes, in its record and in memory, and how many it may.
//!
//! As in Kafka, the record must fit `max.message.bytes` of `__consumer_offsets`, or nobody gets an
//! assignment. Kafka learns that when it writes; here a member that would make the record too large
//! is refused before it is one, so that the others go on.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use super::{
    Answer, ClassicGroup, Client, Join, JoinedMember, Limits, Member, Phase, Protocol, Sync, Token,
};
use crate::footprint::{allocated, blob, first_node, in_tree, text};
use crate::group::error::GroupError;
use crate::group::id::{InstanceId, MemberId};
use crate::group::time::Tick;

/// A group may take so many records' bytes in memory: its record holds what the members say in one
/// protocol, and clients commonly speak two; and a member that takes a hundred bytes in a record
/// takes over a thousand in memory.
const RECORDS_IN_MEMORY: usize = 16;

/// A record without members, with its key and the head of its batch: 110 bytes, and some to spare.
const RECORD_BYTES: usize = 256;
/// A member in a record beside its texts, metadata and assignment: six lengths and two times.
const MEMBER_BYTES: usize = 24;
/// A request that waits: its place, and the channel through which it is answered.
const WAITING_BYTES: usize =
    in_tree::<(Token, usize)>() + allocated(size_of::<(Answer, [usize; 8])>());
/// A member in memory beside its texts, protocols and assignment: its place, its name's, and its
/// place among those who have not asked for their assignment; the two requests that it may have
/// waiting, so that it adds nothing when it comes back; and its part of what the leader is told.
const MEMBER_MEMORY_BYTES: usize = in_tree::<(MemberId, Member)>()
    + in_tree::<(InstanceId, MemberId)>()
    + in_tree::<MemberId>()
    + 2 * WAITING_BYTES
    + size_of::<JoinedMember>();
/// What the first member takes beside, or the first id that is given out.
const FIRST_BYTES: usize = first_node::<(MemberId, Member)>()
    + first_node::<(InstanceId, MemberId)>()
    + first_node::<(MemberId, Tick)>()
    + first_node::<MemberId>()
    + first_node::<(Arc<str>, usize)>();

/// Bytes at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Size {
    record: usize,
    memory: usize,
}

/// What a member says in the protocol in which it says most.
fn longest_metadata(protocols: &[Protocol]) -> usize {
    protocols.iter().map(|spoken| spoken.metadata.len()).max().unwrap_or(0)
}

/// What the protocols take in memory: with their place among those that are spoken, whose name may
/// be the one that somebody brought who has left.
fn spoken_bytes(protocols: &[Protocol]) -> usize {
    let bytes = |spoken: &Protocol| {
        size_of::<Protocol>()
            + in_tree::<(Arc<str>, usize)>()
            + 2 * text(&spoken.name)
            + blob(spoken.metadata.len())
    };
    protocols.iter().map(bytes).sum()
}

/// An id that was given out, in memory.
fn pending_bytes(id: &MemberId) -> usize {
    in_tree::<(MemberId, Tick)>() + text(&id.0)
}

/// A member's part of a record beside metadata and assignment.
fn texts_bytes(id: &MemberId, instance: Option<&InstanceId>, client: &Client) -> usize {
    let instance = instance.map_or(0, |instance| instance.0.len());
    MEMBER_BYTES + id.0.len() + instance + client.id.len() + client.host.len()
}

impl Size {
    fn new(
        id: &MemberId,
        instance: Option<&InstanceId>,
        client: &Client,
        protocols: &[Protocol],
        assignment: usize,
    ) -> Self {
        let instance_memory = instance.map_or(0, |instance| text(&instance.0));
        let texts = text(&id.0) + instance_memory + text(&client.id) + text(&client.host);
        Self {
            record: texts_bytes(id, instance, client) + longest_metadata(protocols) + assignment,
            memory: MEMBER_MEMORY_BYTES + texts + spoken_bytes(protocols) + blob(assignment),
        }
    }
}

impl Member {
    fn texts_bytes(&self, id: &MemberId) -> usize {
        texts_bytes(id, self.instance.as_ref(), &self.client)
    }

    fn size(&self, id: &MemberId) -> Size {
        let instance = self.instance.as_ref();
        Size::new(id, instance, &self.client, &self.protocols, self.assignment.len())
    }
}

impl Join {
    fn id(&self) -> &MemberId {
        self.member.as_ref().unwrap_or(&self.new_id)
    }

    /// As a member who is new.
    fn size(&self) -> Size {
        Size::new(self.id(), self.instance.as_ref(), &self.client, &self.protocols, 0)
    }

    /// As a member that is there already: what it speaks changes, and its id where it starts again.
    fn size_as(&self, member: &Member) -> Size {
        let (instance, assignment) = (member.instance.as_ref(), member.assignment.len());
        Size::new(self.id(), instance, &member.client, &self.protocols, assignment)
    }
}

impl ClassicGroup {
    /// Bytes that a record of it takes at most, beside its id.
    pub(crate) fn record_bytes_max(&self) -> usize {
        self.bare_record_bytes()
            + self.members.iter().map(|(id, member)| member.size(id).record).sum::<usize>()
    }

    /// A record without its members.
    fn bare_record_bytes(&self) -> usize {
        let text = |text: &Option<Arc<str>>| text.as_ref().map_or(0, |text| text.len());
        // The protocol may change to any that a member speaks.
        let protocol = self.speakers.keys().map(|name| name.len()).max().unwrap_or(0);
        let ids = self.members.keys().chain(self.pending.keys()).map(|id| id.0.len());
        RECORD_BYTES
            + text(&self.protocol_type)
            + text(&self.protocol).max(protocol)
            + ids.max().unwrap_or(0)
    }

    /// Bytes that it takes in memory, at most.
    pub(crate) fn memory_bytes(&self) -> usize {
        let members = self.members.iter().map(|(id, member)| member.size(id).memory);
        let first = if self.is_deserted() { 0 } else { FIRST_BYTES };
        let protocol_type = self.protocol_type.as_deref().map_or(0, text);
        first + protocol_type + members.chain(self.pending.keys().map(pending_bytes)).sum::<usize>()
    }

    /// No member, and no id that was given out.
    fn is_deserted(&self) -> bool {
        self.members.is_empty() && self.pending.is_empty()
    }

    /// The member that joins again; under its instance's name, in another life.
    fn former(&self, join: &Join) -> Option<(&MemberId, &Member)> {
        let named = || join.instance.as_ref().and_then(|instance| self.instances.get(instance));
        let known = join.member.as_ref().or_else(named);
        known.and_then(|id| self.members.get_key_value(id))
    }

    /// How many bytes of memory more the group takes when this join is taken, at most.
    pub(crate) fn growth_by_join(&self, join: &Join) -> usize {
        let (now, next) = if let Some((id, member)) = self.former(join) {
            (member.size(id).memory, join.size_as(member).memory)
        } else {
            let first = if self.is_deserted() { FIRST_BYTES } else { 0 };
            match &join.member {
                // It will be told that it is no member.
                Some(id) if !self.pending.contains_key(id) => (0, 0),
                None if join.must_know_its_id() => (0, first + pending_bytes(&join.new_id)),
                pending => {
                    let kind = self.protocol_type.as_deref().map_or(0, text);
                    let next_kind =
                        if self.members.is_empty() { text(&join.protocol_type) } else { kind };
                    let now = kind + pending.as_ref().map_or(0, pending_bytes);
                    (now, first + next_kind + join.size().memory)
                }
            }
        };
        next.saturating_sub(now)
    }

    /// How many bytes of memory more the group takes when this sync is taken, at most.
    pub(crate) fn growth_by_sync(&self, sync: &Sync) -> usize {
        if !self.is_leader(&sync.claim.member) || !matches!(self.phase, Phase::Assigning) {
            return 0;
        }
        let next = self.members.keys().filter_map(|id| sync.assignments.get(id));
        let next: usize = next.map(|assignment| blob(assignment.len())).sum();
        let now = self.members.values().map(|member| blob(member.assignment.len())).sum();
        next.saturating_sub(now)
    }

    /// Whether there is room for what a member brings along. What makes a group smaller fits
    /// always: the operator may have lowered the bound.
    pub(super) fn check_room(&self, join: &Join, limits: &Limits) -> Result<(), GroupError> {
        let (former, next) = match self.former(join) {
            Some((id, member)) => (member.size(id), join.size_as(member)),
            None => (Size::default(), join.size()),
        };
        let fits = |now: usize, former: usize, next: usize, most: usize| {
            next <= former || now - former + next <= most
        };
        let record_max = limits.record_bytes_max;
        let memory_max = record_max.saturating_mul(RECORDS_IN_MEMORY);
        if fits(self.record_bytes_max(), former.record, next.record, record_max)
            && fits(self.memory_bytes(), former.memory, next.memory, memory_max)
        {
            Ok(())
        } else {
            Err(GroupError::RecordTooLarge)
        }
    }

    /// Whether the record holds these assignments.
    pub(super) fn may_assign(
        &self,
        assignments: &HashMap<MemberId, Bytes>,
        limits: &Limits,
    ) -> bool {
        let protocol = self.protocol.as_deref().unwrap_or_default();
        let member = |(id, member): (&MemberId, &Member)| {
            let assignment = assignments.get(id).map_or(0, Bytes::len);
            member.texts_bytes(id) + member.metadata(protocol).len() + assignment
        };
        let members = self.members.iter().map(member).sum::<usize>();
        self.bare_record_bytes() + members <= limits.record_bytes_max
    }
}
