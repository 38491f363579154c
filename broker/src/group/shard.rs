//! The groups of one partition of `__consumer_offsets`: a short lock a group, and a log that is
//! written under it.
//!
//! A change is applied at once and appended in the same breath, so that the log has the changes of
//! a group in the order in which they were made; nobody is told of it before the log is durable so
//! far. When the log takes no more, the shard is closed, and its memory with it is worth nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use penstock_model::id::{Offset, Timestamp};
use penstock_model::watch;
use penstock_records::{BatchBuilder, Encoding, NewRecord, ValidBatch};
use penstock_s3stream::{AppendPermit, Backing};

use super::classic::Effects;
use super::error::GroupError;
use super::id::GroupId;
use super::record::{self, GroupRecord};
use super::share::GroupShare;
use super::state::{Group, GroupState};
use crate::log::Partition;

/// Whether a shard can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Readiness {
    /// Its log is being read.
    Loading,
    /// Its log could not be read: that is tried again by itself.
    Unreadable,
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

/// What a step wants to have written and told.
#[derive(Default)]
pub(super) struct Change {
    pub(super) effects: Effects,
    pub(super) records: Vec<GroupRecord>,
    /// The group is at its end.
    pub(super) remove: bool,
}

impl Shard {
    pub(super) fn new(partition: Arc<Partition>) -> Self {
        Self {
            partition,
            readiness: watch::Sender::new(Readiness::Loading),
            groups: Mutex::default(),
        }
    }

    /// Waits until it is loaded, or cannot be.
    pub(super) async fn ready(&self) -> Result<(), GroupError> {
        let mut readiness = self.readiness.subscribe();
        let reached = readiness.wait_for(|readiness| *readiness != Readiness::Loading).await;
        match reached {
            Ok(Readiness::Ready) => Ok(()),
            Ok(Readiness::Unreadable) => Err(GroupError::NotAvailable),
            _ => Err(GroupError::NotCoordinator),
        }
    }

    /// Turns from one state to another; false where it is in a third.
    pub(super) fn turn(&self, from: Readiness, to: Readiness) -> bool {
        self.readiness.send_if_modified(|readiness| {
            let turns = *readiness == from;
            if turns {
                *readiness = to;
            }
            turns
        })
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
        let removed = groups.removed;
        let entry = groups.by_id.entry(id.clone());
        let new = |id: &GroupId| {
            let group = Group::new(id, now, share);
            // What is told of it tells that one of its name, if there was one, is no more.
            group.lock().written = removed;
            Arc::new(group)
        };
        Arc::clone(entry.or_insert_with_key(new))
    }

    /// Where the log ends that tells of all groups that are there no more.
    pub(super) fn removed(&self) -> Offset {
        self.lock().removed
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
            state.give_up();
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
        let writes_group = change.effects.write && !change.remove;
        if writes_group {
            state.has_record = true;
            change.records.push(record::group(&group.id, &state.classic.snapshot()));
        }
        if !change.records.is_empty() {
            let batch = build(&change.records, now, encoding, reserved);
            let bytes = batch.size();
            match self.partition.append(batch, Backing::new(bytes), permit, now) {
                Ok(appended) => {
                    state.written = appended.offsets.end;
                }
                Err(error) => {
                    tracing::warn!(partition = self.partition.number(), %error, "groups are given up");
                    // The locks are taken in the other order there.
                    self.readiness.send_replace(Readiness::Closed);
                    state.give_up();
                    return Err(GroupError::NotCoordinator);
                }
            }
        }
        for (token, answer) in change.effects.answers {
            state.answer(token, answer);
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
