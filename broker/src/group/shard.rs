//! The groups of one partition of `__consumer_offsets`: a short lock a group, and a log that is
//! written under it.
//!
//! A change is applied at once and appended in the same breath, so that the log has the changes of
//! a group in the order in which they were made; nobody is told of it before the log is durable so
//! far. When the log takes no more, the shard is closed, and its memory with it is worth nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use penstock_model::id::{Offset, Timestamp};
use penstock_records::{BatchBuilder, Encoding, NewRecord, ValidBatch};
use penstock_s3stream::{AppendPermit, Backing};
use tokio::sync::{oneshot, watch};

use super::classic::{Answer, ClassicGroup, Effects, Token};
use super::error::GroupError;
use super::footprint::{first_node, in_tree, text};
use super::id::GroupId;
use super::offsets::Offsets;
use super::record::{self, GroupRecord};
use super::share::{GroupShare, HeldBytes};
use super::timers::{LOOK_BYTES, PlannedLook};
use crate::log::Partition;

/// What a group with nothing in it takes in memory, beside its id.
const GROUP_BYTES: usize = size_of::<Group>()
    + in_tree::<(GroupId, Arc<Group>)>()
    + LOOK_BYTES
    + first_node::<(Token, Waiting)>()
    + Offsets::FIRST_BYTES;

/// How a request is answered that waits.
type Waiting = oneshot::Sender<Parked>;

/// Whether a shard can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Readiness {
    /// Its log is being read.
    Loading,
    /// It has all that its log holds.
    Ready,
    /// It will not be used any more: find the coordinator anew.
    Closed,
}

/// See the module.
pub(super) struct Shard {
    pub(super) partition: Arc<Partition>,
    pub(super) readiness: watch::Sender<Readiness>,
    /// Guards the map alone. Taken after a group's lock, never before.
    groups: Mutex<Groups>,
}

/// The groups that there are.
#[derive(Default)]
struct Groups {
    by_id: BTreeMap<GroupId, Arc<Group>>,
    /// Where the log ends that tells of all that are there no more.
    removed: Offset,
}

/// There is no such group; nobody is told before the log is durable so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Absent {
    pub(super) written: Offset,
}

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

/// What a step wants to have written and told.
#[derive(Default)]
pub(super) struct Change {
    pub(super) effects: Effects,
    pub(super) records: Vec<GroupRecord>,
    /// The group is at its end.
    pub(super) remove: bool,
}

/// What a step may write: room is reserved for it before the step is taken.
#[derive(Clone, Copy, Debug)]
pub(super) enum Writes {
    /// The group itself, grown by so many bytes.
    Group(usize),
    /// Records of so many bytes, and never the group itself.
    Records(usize),
}

impl Shard {
    pub(super) fn new(partition: Arc<Partition>) -> Self {
        Self {
            partition,
            readiness: watch::Sender::new(Readiness::Loading),
            groups: Mutex::default(),
        }
    }

    /// Waits until it is loaded.
    pub(super) async fn ready(&self) -> Result<(), GroupError> {
        let mut readiness = self.readiness.subscribe();
        let reached = readiness.wait_for(|readiness| *readiness != Readiness::Loading).await;
        match reached.map(|readiness| *readiness) {
            Ok(Readiness::Ready) => Ok(()),
            _ => Err(GroupError::NotCoordinator),
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        *self.readiness.borrow() == Readiness::Closed
    }

    /// A group, if there is one.
    pub(super) fn find(&self, id: &str) -> Result<Arc<Group>, Absent> {
        let groups = self.lock();
        groups.by_id.get(id).cloned().ok_or(Absent { written: groups.removed })
    }

    /// A group; made where there is none.
    pub(super) fn find_or_create(
        &self,
        id: &GroupId,
        now: Timestamp,
        share: &Arc<GroupShare>,
    ) -> Arc<Group> {
        let mut groups = self.lock();
        let entry = groups.by_id.entry(id.clone());
        Arc::clone(entry.or_insert_with_key(|id| Arc::new(Group::new(id, now, share))))
    }

    /// Every group.
    pub(super) fn all(&self) -> Vec<Arc<Group>> {
        self.lock().by_id.values().cloned().collect()
    }

    /// Nobody uses it any more; whoever waits is sent to look for the coordinator.
    pub(super) fn close(&self) {
        self.readiness.send_replace(Readiness::Closed);
        let groups = std::mem::take(&mut self.lock().by_id);
        for group in groups.into_values() {
            let mut state = group.lock();
            state.gone = true;
            state.waiting.clear();
        }
    }

    /// Writes what a step has changed, and hands the answers over. Answers with the end of the log
    /// that tells all that the group is now.
    pub(super) fn commit(
        &self,
        group: &Group,
        state: &mut GroupState,
        mut change: Change,
        now: Timestamp,
        encoding: Encoding,
        (permit, reserved): (AppendPermit, usize),
    ) -> Result<Offset, GroupError> {
        if change.effects.write && !change.remove {
            state.has_record = true;
            change.records.push(record::group(&group.id, &state.classic.snapshot()));
        }
        if !change.records.is_empty() {
            let batch = build(&change.records, now, encoding, reserved);
            let backing = Backing::new(batch.size());
            match self.partition.append(batch, backing, permit, now) {
                Ok(appended) => state.written = appended.offsets.end,
                Err(error) => {
                    tracing::warn!(partition = self.partition.number(), %error, "groups are given up");
                    // The locks are taken in the other order there.
                    self.readiness.send_replace(Readiness::Closed);
                    state.gone = true;
                    state.waiting.clear();
                    return Err(GroupError::NotCoordinator);
                }
            }
        }
        for (token, answer) in change.effects.answers {
            if let Some(waiting) = state.waiting.remove(&token) {
                // Whoever went away does not need it.
                let _ = waiting.send(Parked { answer, written: state.written });
            }
        }
        if change.remove || state.is_blank() {
            self.forget(group, state);
        }
        Ok(state.written)
    }

    fn forget(&self, group: &Group, state: &mut GroupState) {
        state.gone = true;
        let mut groups = self.lock();
        groups.by_id.remove(&group.id);
        groups.removed = groups.removed.max(state.written);
    }

    fn lock(&self) -> MutexGuard<'_, Groups> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
        let mut offsets = Offsets::default();
        for (topic, partition, committed) in self.offsets.iter() {
            offsets.set(Arc::clone(topic), partition, committed.clone());
        }
        let taken = self.bare_bytes + self.classic.memory_bytes() + offsets.bytes();
        (self.held.bytes(), taken)
    }

    /// Nothing of it has to be kept.
    fn is_blank(&self) -> bool {
        self.classic.is_abandoned() && self.offsets.is_empty() && !self.has_record
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

/// One batch of these records. Compressed where that makes it smaller: the room that was reserved
/// is for the records as they are.
fn build(
    records: &[GroupRecord],
    now: Timestamp,
    encoding: Encoding,
    reserved: usize,
) -> ValidBatch {
    let with = |encoding| {
        let mut builder = BatchBuilder::new(encoding);
        for record in records {
            builder.push(&NewRecord {
                timestamp: penstock_records::Timestamp(now.0),
                key: Some(&record.key),
                value: record.value.as_deref(),
                headers: &[],
            });
        }
        builder.build().expect("a few records are a valid batch")
    };
    let mut batch = with(encoding);
    if batch.size() > reserved {
        batch = with(Encoding::None);
    }
    assert!(
        batch.size() <= reserved,
        "{} bytes were reserved for a batch of {}",
        reserved,
        batch.size()
    );
    batch
}
