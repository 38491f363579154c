//! One group as its coordinator keeps it: members, offsets, who waits, what it holds of the share.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use penstock_model::id::{Offset, Timestamp};
use tokio::sync::oneshot;

use super::classic::{Answer, ClassicGroup, Effects, Token};
use super::error::GroupError;
use super::id::GroupId;
use super::load::Loaded;
use super::offsets::Offsets;
use super::record;
use super::share::{GroupShare, HeldBytes};
use super::time::Tick;
use super::timers::{LOOK_BYTES, PlannedLook};
use crate::footprint::{first_node, in_tree, text};

/// What a group with nothing in it takes in memory, beside its id.
const GROUP_BYTES: usize = size_of::<Group>()
    + in_tree::<(GroupId, Arc<Group>)>()
    + LOOK_BYTES
    + first_node::<(Token, Waiting)>()
    + Offsets::FIRST_BYTES;

/// How a request is answered that waits.
type Waiting = oneshot::Sender<Parked>;

/// One group.
pub(super) struct Group {
    pub(super) id: GroupId,
    state: Mutex<GroupState>,
}

/// What a group's lock guards.
pub(super) struct GroupState {
    pub(super) classic: ClassicGroup,
    pub(super) offsets: Offsets,
    /// Who waits for an answer.
    waiting: BTreeMap<Token, Waiting>,
    last_token: u64,
    /// Where the log ends that tells all of this state.
    pub(super) written: Offset,
    /// The log has a record of the group itself, which a tombstone must undo.
    pub(super) has_record: bool,
    /// The next time at which the timer looks at it.
    pub(super) scheduled: Option<PlannedLook>,
    /// What it has of the share of all groups.
    held: HeldBytes,
    /// Bytes in memory: of a group with this id,
    bare_bytes: usize,
    /// and of its members, as of the last step that could change them.
    members_bytes: usize,
    /// It is not in the map any more: look it up again.
    pub(super) gone: bool,
}

/// An answer, and the end of the log that has to be durable before it is given.
#[derive(Debug)]
pub(super) struct Parked {
    pub(super) answer: Answer,
    pub(super) written: Offset,
}

/// What a step may write: room is reserved for it before the step is taken.
#[derive(Clone, Copy, Debug)]
pub(super) enum Writes {
    /// The group itself, grown by so many bytes.
    Group(usize),
    /// Records of so many bytes, and never the group itself.
    Records(usize),
}

impl Group {
    /// One with nothing in it.
    pub(super) fn new(id: &GroupId, now: Timestamp, share: &Arc<GroupShare>) -> Self {
        let state = GroupState {
            classic: ClassicGroup::new(now),
            offsets: Offsets::default(),
            waiting: BTreeMap::new(),
            last_token: 0,
            written: Offset::ZERO,
            has_record: false,
            scheduled: None,
            held: share.group(),
            bare_bytes: GROUP_BYTES + text(&id.0),
            members_bytes: 0,
            gone: false,
        };
        Self { id: id.clone(), state: Mutex::new(state) }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, GroupState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl GroupState {
    /// Bytes that a batch takes at most.
    pub(super) fn room(&self, id: &GroupId, writes: Writes) -> usize {
        match writes {
            Writes::Group(bytes) => id.0.len() + self.classic.record_bytes_max() + bytes,
            Writes::Records(bytes) => bytes,
        }
    }

    /// Takes room for a step that makes it so much larger, or for none.
    ///
    /// # Errors
    /// When all groups together are too large then: the step must not be taken.
    pub(super) fn grow(&mut self, bytes: usize) -> Result<(), GroupError> {
        let fits = bytes == 0 || self.held.reach(self.memory_bytes() + bytes);
        fits.then_some(()).ok_or(GroupError::NoRoom)
    }

    /// Counts what it takes behind a step that could write so.
    pub(super) fn settle(&mut self, writes: Writes) {
        if let Writes::Group(_) = writes {
            self.members_bytes = self.classic.memory_bytes();
        }
        let bytes = self.memory_bytes();
        // In a rebalance members come back, and get assignments again: their room waits for them.
        if bytes > self.held.bytes() || !self.classic.is_rebalancing() {
            self.held.set(bytes);
        }
    }

    fn memory_bytes(&self) -> usize {
        self.bare_bytes + self.members_bytes + self.offsets.bytes()
    }

    /// What it holds of the share, and what it takes.
    #[cfg(test)]
    pub(super) fn held_and_taken(&self) -> (usize, usize) {
        let members = self.classic.memory_bytes();
        (self.held.bytes(), self.bare_bytes + members + self.offsets.counted_anew())
    }

    /// Takes what the log says of the group.
    pub(super) fn restore(
        &mut self,
        loaded: Loaded,
        end: Offset,
        now: Tick,
        effects: &mut Effects,
    ) {
        self.offsets = loaded.offsets;
        self.written = end;
        if let Some(snapshot) = loaded.snapshot {
            self.has_record = true;
            self.classic = ClassicGroup::restore(snapshot, now, effects);
        }
        self.settle(Writes::Group(0));
    }

    /// A group that had members once, and has nothing any more.
    pub(super) fn is_over(&self) -> bool {
        self.classic.is_abandoned() && self.offsets.is_empty() && self.has_record
    }

    /// Bytes that the tombstones of all its records take at most.
    pub(super) fn tombstone_bytes(&self, group: &str) -> usize {
        let offsets = self.offsets.iter().map(|(topic, ..)| record::no_offset_bytes(group, topic));
        record::batch_bytes_max(offsets.chain([record::no_group_bytes(group)]))
    }

    /// Nothing of it has to be kept.
    pub(super) fn is_blank(&self) -> bool {
        self.classic.is_abandoned() && self.offsets.is_empty() && !self.has_record
    }

    /// It is not used any more: whoever waits is sent to look for the coordinator.
    pub(super) fn give_up(&mut self) {
        self.gone = true;
        self.waiting.clear();
    }

    /// Answers a request that waits.
    pub(super) fn answer(&mut self, token: Token, answer: Answer) {
        if let Some(waiting) = self.waiting.remove(&token) {
            // Whoever went away does not need it.
            let _ = waiting.send(Parked { answer, written: self.written });
        }
    }

    /// A request that waits for one of the answers to come.
    pub(super) fn park(&mut self) -> (Token, oneshot::Receiver<Parked>) {
        self.last_token += 1;
        let token = Token(self.last_token);
        let (sender, receiver) = oneshot::channel();
        self.waiting.insert(token, sender);
        (token, receiver)
    }
}
