//! The controller: registrations, commits and hand-overs, and when each does nothing.

use std::ops::Range;

use crate::mutation::Mutation;
use crate::rules::{Rules, Verdict};
use crate::small::Set;
use crate::state::{
    Backing, Claim, Committed, Entry, Epoch, Grant, Life, Offset, Sequence, Slot, Stage, State,
    Stream, of_node, value,
};

impl State {
    /// A reader or a producer learns which record an offset holds.
    pub(crate) fn show(&mut self, stream: Stream, offset: Offset, value: u8) -> Verdict {
        let cell = &mut self.shown[stream][offset];
        if *cell != 0 && *cell != value {
            return Err("two values for one offset");
        }
        *cell = value;
        Ok(())
    }

    pub(crate) fn extend(
        &mut self,
        stream: Stream,
        part: Epoch,
        at: Sequence,
        backing: Backing,
    ) -> Verdict {
        let value = value(part, at);
        let committed = &mut self.streams[stream];
        let offset = committed.end;
        committed.ranges[offset] = Entry { value, backing };
        committed.end += 1;
        self.show(stream, offset, value)
    }

    pub(crate) fn give(&mut self, stream: Stream, to: Epoch, grant: Grant) {
        let committed = &mut self.streams[stream];
        committed.owner = to;
        committed.epoch = grant.epoch;
        self.brokers[to].grant[stream] = Some(grant);
    }

    pub(crate) fn elect(&mut self, stream: Stream, to: Epoch) {
        let Committed { epoch, end, .. } = self.streams[stream];
        self.give(stream, to, Grant { epoch: epoch + 1, start: end });
    }

    /// The epoch's part of its node's log begins, and its process may write.
    pub(crate) fn begin(&mut self, epoch: Epoch, at: Sequence, trim: Sequence) {
        let wal = &mut self.wals[epoch];
        wal.begins = Some(at);
        wal.trim = wal.trim.max(trim);
        let start = wal.trim;
        self.brokers[epoch].start = start;
        self.presume(epoch, at);
    }

    /// The process goes on at a sequence, unless it has begun to write.
    pub(crate) fn presume(&mut self, epoch: Epoch, first: Sequence) {
        let broker = &mut self.brokers[epoch];
        if broker.first.is_none() {
            broker.first = Some(first);
            broker.next = first;
            broker.stored = Set::below(first);
            broker.heard = Set::below(first);
        }
    }

    /// Whether an earlier part of the node's log is neither adopted nor inherited.
    pub(crate) fn has_open_part(&self, epoch: Epoch) -> bool {
        of_node(epoch)
            .map(|other| self.wals[other])
            .any(|wal| wal.life == Life::Fenced && wal.begins.is_some())
    }
}

impl Rules {
    /// A process enters, and fences the earlier ones of its node.
    pub(crate) fn register(&self, state: &mut State, epoch: Epoch) {
        for earlier in of_node(epoch).filter(|earlier| *earlier < epoch) {
            if state.wals[earlier].life == Life::Active {
                state.wals[earlier].life = Life::Fenced;
            }
            if self.is(Mutation::OwnerIsNode) && state.wals[earlier].life == Life::Fenced {
                for stream in 0..self.bounds.streams {
                    if state.streams[stream].owner == earlier {
                        state.elect(stream, epoch);
                    }
                }
            }
        }
        state.wals[epoch].life = Life::Active;
        if !state.has_open_part(epoch) || self.is(Mutation::OwnerIsNode) {
            self.begin_after_all(state, epoch);
        }
    }

    /// All earlier parts of the node's log are closed: the next one goes on behind them.
    pub(crate) fn begin_after_all(&self, state: &mut State, epoch: Epoch) {
        let ends = of_node(epoch).map(|other| state.wals[other].trim);
        let end = if self.is(Mutation::RestartPositions) { 0 } else { ends.fold(0, u8::max) };
        state.begin(epoch, end, end);
    }

    /// Applies an upload commit: all of it or nothing, but for records of streams that the broker
    /// no longer owns, which are left out.
    pub(crate) fn commit(&self, state: &mut State, epoch: Epoch, slot: Slot) -> Verdict {
        let upload = state.brokers[epoch].uploads[slot];
        let wal = state.wals[epoch];
        if upload.stage == Stage::Destroyed && !self.is(Mutation::CommitExpired) {
            return Ok(());
        }
        let unfenced = [Mutation::NoFenceOnCommit, Mutation::OnlyEpochCheckGone];
        if wal.life != Life::Active && !unfenced.into_iter().any(|gone| self.is(gone)) {
            return Ok(());
        }
        let mut earlier = of_node(epoch).filter(|earlier| *earlier < epoch);
        let must_inherit = earlier.any(|earlier| state.wals[earlier].life == Life::Fenced);
        if must_inherit && !self.may_commit_first() {
            return Ok(());
        }
        if upload.from > wal.trim && !self.is(Mutation::CommitOutOfOrder) {
            return Ok(());
        }
        let mut after = state.clone();
        for at in upload.from..upload.to {
            for stream in 0..self.bounds.streams {
                let Some(Claim { part, offset, epoch: claimed }) = state.claim(epoch, at, stream)
                else {
                    continue;
                };
                let end = after.streams[stream].end;
                if !after.owns(epoch, stream, claimed) || offset < end {
                    continue;
                }
                if offset > end {
                    return Ok(());
                }
                after.extend(stream, part, at, Backing::Upload(epoch, slot))?;
            }
        }
        let is_gone = upload.stage == Stage::Destroyed;
        let stage = if is_gone { Stage::Phantom } else { Stage::Committed };
        after.brokers[epoch].uploads[slot].stage = stage;
        after.wals[epoch].trim = wal.trim.max(upload.to);
        self.list_deletable(&mut after, epoch, wal.trim..upload.to);
        *state = after;
        Ok(())
    }

    fn may_commit_first(&self) -> bool {
        self.is(Mutation::CommitBeforeInheriting) || self.is(Mutation::OwnerIsNode)
    }

    /// The reply says which objects may be deleted: those that no range refers to.
    pub(crate) fn list_deletable(&self, state: &mut State, epoch: Epoch, trimmed: Range<Sequence>) {
        for at in trimmed {
            let backing = Backing::Wal(state.part_of(epoch, at), at);
            if !state.is_referenced(backing) || self.is(Mutation::DeleteReferenced) {
                state.brokers[epoch].deletable.add(at);
            }
        }
    }

    /// A live broker gives a stream away, with the objects of its log that hold the uncommitted
    /// tail.
    pub(crate) fn hand_over(
        &self,
        state: &mut State,
        epoch: Epoch,
        stream: Stream,
        to: Epoch,
    ) -> Verdict {
        let closing = state.brokers[epoch].closing[stream];
        let is_active = |epoch: Epoch| state.wals[epoch].life == Life::Active;
        if !is_active(epoch) || !is_active(to) || !state.owns(epoch, stream, closing) {
            return Ok(());
        }
        for at in state.wals[epoch].trim..state.brokers[epoch].heard.front() {
            let Some(claim) = state.claim(epoch, at, stream) else { continue };
            let end = state.streams[stream].end;
            if claim.epoch != closing || claim.offset < end {
                continue;
            }
            if claim.offset > end {
                return Err("hand-over leaves a gap");
            }
            state.extend(stream, claim.part, at, Backing::Wal(claim.part, at))?;
        }
        state.elect(stream, to);
        Ok(())
    }
}
