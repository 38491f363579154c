//! How many bytes a group takes, in its record and in memory, and how many it may.
//!
//! As in Kafka, the record must fit `max.message.bytes` of `__consumer_offsets`, or nobody gets an
//! assignment. Kafka learns that when it writes; here a member that would make the record too large
//! is refused before it is one, so that the others go on.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use super::{ClassicGroup, Client, Join, Limits, Member, Protocol};
use crate::group::error::GroupError;
use crate::group::id::{InstanceId, MemberId};

/// A group may take so many records' bytes in memory: its record holds what the members say in one
/// protocol, and clients commonly speak two.
const RECORDS_IN_MEMORY: usize = 4;

/// A record without members, with its key and the head of its batch: 110 bytes, and some to spare.
const RECORD_BYTES: usize = 256;
/// A member in a record beside its texts, metadata and assignment: six lengths and two times.
const MEMBER_BYTES: usize = 24;
/// Anything in a map, beside its texts.
const ENTRY_BYTES: usize = 64;

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

fn spoken_bytes(protocols: &[Protocol]) -> usize {
    let bytes = |spoken: &Protocol| ENTRY_BYTES + spoken.name.len() + spoken.metadata.len();
    protocols.iter().map(bytes).sum()
}

/// A member's part of a record beside metadata and assignment.
fn texts_bytes(id: &MemberId, instance: Option<&InstanceId>, client: &Client) -> usize {
    let instance = instance.map_or(0, |instance| instance.0.len());
    MEMBER_BYTES + id.0.len() + instance + client.id.len() + client.host.len()
}

impl Size {
    fn new(texts: usize, protocols: &[Protocol], assignment: usize) -> Self {
        Self {
            record: texts + longest_metadata(protocols) + assignment,
            memory: ENTRY_BYTES + texts + spoken_bytes(protocols) + assignment,
        }
    }
}

impl Member {
    fn texts_bytes(&self, id: &MemberId) -> usize {
        texts_bytes(id, self.instance.as_ref(), &self.client)
    }

    fn size(&self, id: &MemberId) -> Size {
        Size::new(self.texts_bytes(id), &self.protocols, self.assignment.len())
    }
}

impl Join {
    /// As a member, who has this assignment already.
    fn size(&self, assignment: usize) -> Size {
        let id = self.member.as_ref().unwrap_or(&self.new_id);
        let texts = texts_bytes(id, self.instance.as_ref(), &self.client);
        Size::new(texts, &self.protocols, assignment)
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

    fn memory_bytes(&self) -> usize {
        let members = self.members.iter().map(|(id, member)| member.size(id).memory);
        let pending = self.pending.keys().map(|id| ENTRY_BYTES + id.0.len());
        members.chain(pending).sum()
    }

    /// Whether there is room for what a member brings along. What makes a group smaller fits
    /// always: the operator may have lowered the bound.
    pub(super) fn check_room(&self, join: &Join, limits: &Limits) -> Result<(), GroupError> {
        let named = || join.instance.as_ref().and_then(|instance| self.instances.get(instance));
        let known = join.member.as_ref().or_else(named);
        let former = known.and_then(|id| self.members.get_key_value(id));
        let assignment = former.map_or(0, |(_, member)| member.assignment.len());
        let (former, next) =
            (former.map(|(id, member)| member.size(id)).unwrap_or_default(), join.size(assignment));
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
