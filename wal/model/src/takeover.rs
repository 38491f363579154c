//! The controller: what becomes of the log of a fenced epoch. Others adopt it, or its own node
//! inherits it, whichever command comes first.

use std::ops::Range;

use crate::mutation::Mutation;
use crate::rules::{Rules, Verdict};
use crate::state::{
    Backing, Block, Epoch, Grant, Key, Life, Offset, Recoverer, SEQUENCES, Sequence, State, Stream,
    of_node, value,
};

impl Rules {
    /// Applies a recoverer's adoption, whole or (chunked) one object at a time.
    pub(crate) fn adopt(&self, state: &mut State, recoverer: Recoverer) -> Verdict {
        let epoch = recoverer.wal;
        let wal = state.wals[epoch];
        let inherited = matches!(wal.life, Life::Inherited { .. });
        let reopened = inherited && self.is(Mutation::AdoptInherited);
        if wal.life != Life::Fenced && !reopened && !self.is(Mutation::AdoptTwice) {
            return Ok(());
        }
        let (from, to, fits) = if self.bounds.chunked {
            let next = recoverer.cursor.min(wal.trim + 1);
            (wal.trim, next, recoverer.cursor >= wal.trim)
        } else {
            (recoverer.start, recoverer.cursor, recoverer.start == wal.trim)
        };
        if !fits && !self.adopts_from_anywhere() {
            return Ok(());
        }
        let content = if self.is(Mutation::ListBeforeSeal) { to.min(recoverer.listed) } else { to };
        let last_only = self.is(Mutation::AdoptLastPartOnly);
        let first = wal.begins.filter(|_| last_only).unwrap_or(0);
        for at in from.max(first)..content {
            for stream in 0..self.bounds.streams {
                self.adopt_block(state, epoch, at, stream)?;
            }
        }
        state.wals[epoch].trim = wal.trim.max(to);
        if to == recoverer.cursor {
            self.close_adopted(state, epoch);
        }
        Ok(())
    }

    fn adopts_from_anywhere(&self) -> bool {
        let twice = self.is(Mutation::AdoptTwice) && !self.bounds.chunked;
        let unchecked = [
            Mutation::StaleTrimAtRecovery,
            Mutation::NoFenceOnCommit,
            Mutation::OnlyStartCheckGone,
        ];
        twice || unchecked.into_iter().any(|gone| self.is(gone))
    }

    fn adopt_block(
        &self,
        state: &mut State,
        epoch: Epoch,
        at: Sequence,
        stream: Stream,
    ) -> Verdict {
        let Some(claim) = state.claim(epoch, at, stream) else { return Ok(()) };
        let written = state.brokers[claim.part].blocks[at][stream].map(|Block { epoch, .. }| epoch);
        let by_written = self.is(Mutation::AdoptByWrittenEpoch);
        let claimed = written.filter(|_| by_written).unwrap_or(claim.epoch);
        let blindly = self.is(Mutation::AdoptBlindly);
        let any_owner = [Mutation::OnlyOwnerCheckGone, Mutation::AdoptTwice];
        let any_owner = blindly || any_owner.into_iter().any(|gone| self.is(gone));
        if !state.owns(epoch, stream, claimed) && !any_owner {
            return Ok(());
        }
        let end = state.streams[stream].end;
        if claim.offset < end {
            return if blindly { Err("committed ranges overlap") } else { Ok(()) };
        }
        if claim.offset > end {
            return Err("adoption leaves a gap");
        }
        state.extend(stream, claim.part, at, Backing::Wal(claim.part, at))
    }

    /// Closes an epoch whose content, if any, is committed. A restarted node that waited for its
    /// log goes on behind it.
    pub(crate) fn close_adopted(&self, state: &mut State, epoch: Epoch) {
        state.wals[epoch].life = Life::Adopted;
        let mut node = of_node(epoch);
        let waits = |epoch: &Epoch| {
            let wal = state.wals[*epoch];
            wal.life == Life::Active && wal.begins.is_none()
        };
        if let Some(waiting) = node.find(waits).filter(|_| !state.has_open_part(epoch)) {
            self.begin_after_all(state, waiting);
        }
    }

    /// The sealed content of a fenced epoch becomes the first part of the heir's log, and its
    /// streams pass to the heir.
    pub(crate) fn inherit(&self, state: &mut State, sealed: Recoverer, heir: Epoch) -> Verdict {
        let (from, end) = (sealed.wal, sealed.cursor);
        let former = state.wals[from];
        if former.life != Life::Fenced || state.wals[heir].life != Life::Active {
            return Ok(());
        }
        let trim = state.trim(from);
        let Some(begins) = former.begins.filter(|begins| trim.max(*begins) <= end) else {
            return Ok(());
        };
        let content = if self.is(Mutation::ListBeforeSeal) { sealed.listed } else { end };
        self.pass_streams(state, from, heir, trim..content)?;
        let carried = match self.mutation {
            Some(Mutation::ForgetTrim) => 0,
            Some(Mutation::InheritLastPartOnly) => trim.max(begins),
            _ => trim,
        };
        let at = if self.is(Mutation::BeginAtZero) { 0 } else { end };
        state.begin(heir, at, carried);
        // What the earlier epoch did not delete any more.
        let is_left = |at: &Sequence| state.key(heir, *at) == Key::Data;
        for at in (0..trim).filter(is_left).collect::<Vec<_>>() {
            self.list_deletable(state, heir, at..at + 1);
        }
        Ok(())
    }

    /// Passes on what an epoch owns, whose uncommitted tails lie in this part of its log.
    pub(crate) fn pass_streams(
        &self,
        state: &mut State,
        from: Epoch,
        heir: Epoch,
        content: Range<Sequence>,
    ) -> Verdict {
        for stream in 0..self.bounds.streams {
            if state.streams[stream].owner != from {
                continue;
            }
            let tail = self.find_tail(state, from, stream, content.clone())?;
            let raised = u8::from(!self.is(Mutation::KeepStreamEpoch));
            let epoch = state.streams[stream].epoch + raised;
            state.give(stream, heir, Grant { epoch, start: tail });
            state.wals[heir].inherited[stream] = epoch;
        }
        state.wals[from].life = Life::Inherited { heir };
        Ok(())
    }

    /// Where a stream goes on. All that is found before is shown to readers.
    pub(crate) fn find_tail(
        &self,
        state: &mut State,
        holder: Epoch,
        stream: Stream,
        content: Range<Sequence>,
    ) -> Result<Offset, &'static str> {
        let mut tail = state.streams[stream].end;
        for at in content.start..content.end.min(SEQUENCES) {
            let Some(claim) = state.claim(holder, at, stream) else { continue };
            if !state.owns(holder, stream, claim.epoch) || claim.offset < tail {
                continue;
            }
            if claim.offset > tail {
                return Err("an inherited log leaves a gap");
            }
            state.show(stream, tail, value(claim.part, at))?;
            tail += 1;
        }
        Ok(tail)
    }
}
