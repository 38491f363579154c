//! What each action does.

use crate::actions::Action;
use crate::mutation::Mutation;
use crate::rules::{Rules, Verdict};
use crate::state::{
    Backing, Block, Epoch, Key, Life, Recoverer, SEQUENCES, STREAMS, Sequence, Stage, State,
    Upload, value,
};

impl Rules {
    pub(crate) fn step(&self, state: &mut State, action: Action) -> Verdict {
        match action {
            Action::Append { epoch, streams } => self.append(state, epoch, streams)?,
            Action::PutLands { epoch, sequence } => {
                let key = &mut state.keys[epoch][sequence];
                if *key == Key::Absent || self.is(Mutation::PlainPut) {
                    *key = Key::Data;
                }
                if *key == Key::Data {
                    state.brokers[epoch].stored.add(sequence);
                }
            }
            Action::PutAnswered { epoch, sequence } => {
                let broker = &mut state.brokers[epoch];
                let before = broker.heard.front();
                broker.heard.add(sequence);
                let acked = if self.is(Mutation::AckOutOfOrder) {
                    sequence..sequence + 1
                } else {
                    before..broker.heard.front().min(broker.next)
                };
                for sequence in acked {
                    show_object(state, epoch, sequence)?;
                }
            }
            Action::UploadStored { epoch, from, to } => {
                let broker = &mut state.brokers[epoch];
                let mut uploads = broker.uploads.0.iter_mut();
                let unused = uploads.find(|upload| upload.stage == Stage::Unused);
                *unused.expect("a free slot") = Upload { from, to, stage: Stage::Prepared };
                if self.is(Mutation::DeleteBeforeCommit) {
                    (from..to).for_each(|sequence| broker.deletable.add(sequence));
                }
            }
            Action::CommitLands { epoch, upload } => self.commit(state, epoch, upload)?,
            Action::UploadExpires { epoch, upload } => {
                state.brokers[epoch].uploads[upload].stage = Stage::Destroyed;
            }
            Action::DeleteLands { epoch, sequence } => {
                let part = state.part_of(epoch, sequence);
                state.keys[part][sequence] = Key::Absent;
            }
            Action::CompactAndDelete { part, sequence } => {
                let ranges = state.streams.0.iter_mut().flat_map(|stream| &mut stream.ranges.0);
                for entry in ranges.filter(|entry| entry.backing == Backing::Wal(part, sequence)) {
                    entry.backing = Backing::Compacted;
                }
                state.keys[part][sequence] = Key::Absent;
            }
            Action::Fence { epoch } => state.wals[epoch].life = Life::Fenced,
            Action::Restart { epoch } => self.register(state, epoch),
            Action::Open { .. }
            | Action::CloseForHandover { .. }
            | Action::ResumeAfterTimeout { .. } => move_stream(state, action),
            Action::HandoverLands { epoch, stream, to } => {
                self.hand_over(state, epoch, stream, to)?;
            }
            Action::ForcedMove { stream, to } | Action::Elect { stream, to } => {
                state.elect(stream, to);
            }
            Action::RecoveryStarts { slot, wal } => {
                state.recoverers[slot] = self.recoverer(state, wal);
            }
            Action::SealSent { slot } => {
                let Recoverer { wal, cursor, .. } = state.recoverers[slot];
                state.seals_sent[wal].add(cursor);
            }
            Action::SealLands { epoch, sequence } => state.keys[epoch][sequence] = Key::Seal,
            Action::RecoveryLooks { slot } => {
                let recoverer = &mut state.recoverers[slot];
                match state.keys[recoverer.wal][recoverer.cursor] {
                    Key::Data => recoverer.cursor += 1,
                    Key::Seal => recoverer.sealed = true,
                    Key::Absent => recoverer.sealed = self.is(Mutation::NoSeal),
                }
            }
            Action::AdoptionLands { slot } => {
                let recoverer = state.recoverers[slot];
                self.adopt(state, recoverer)?;
            }
            Action::AdoptEmpty { wal } => self.close_adopted(state, wal),
            Action::InheritanceLands { slot, heir } => {
                let recoverer = state.recoverers[slot];
                self.inherit(state, recoverer, heir)?;
            }
            Action::InheritEmpty { wal, heir } => self.pass_streams(state, wal, heir, 0..0)?,
            Action::HeirPresumes { slot, heir } => self.presume_all(state, slot, heir)?,
            Action::HeirUploadsEarly { slot, heir } => {
                let Recoverer { start: from, cursor: to, .. } = state.recoverers[slot];
                state.brokers[heir].uploads[0] = Upload { from, to, stage: Stage::Prepared };
            }
        }
        // They are interchangeable.
        state.recoverers.0[..usize::from(self.bounds.recoverers)].sort_unstable();
        Ok(())
    }

    fn append(&self, state: &mut State, epoch: Epoch, streams: u8) -> Verdict {
        let broker = &mut state.brokers[epoch];
        let sequence = broker.next;
        broker.next += 1;
        for stream in (0..STREAMS).filter(|stream| streams >> stream & 1 == 1) {
            let offset = broker.next_offset[stream];
            let block = Block { offset, epoch: broker.open[stream] };
            broker.blocks[sequence][stream] = Some(block);
            broker.next_offset[stream] += 1;
        }
        if self.is(Mutation::ShowBeforeAck) {
            show_object(state, epoch, sequence)?;
        }
        Ok(())
    }

    /// Begins on an image that contains the fence. Earlier parts are known to be sealed.
    pub(crate) fn recoverer(&self, state: &State, wal: Epoch) -> Recoverer {
        let begins = state.wals[wal].begins.expect("an epoch with a part");
        let stale = self.is(Mutation::StaleTrimAtRecovery);
        let start = if stale { begins } else { state.trim(wal) };
        let cursor = start.max(begins);
        let is_missing = |at: &Sequence| state.keys[wal][*at] != Key::Data;
        let listed = (cursor..SEQUENCES).find(is_missing).unwrap_or(SEQUENCES);
        let listed = if self.is(Mutation::ListBeforeSeal) { listed } else { 0 };
        Recoverer { on: true, wal, start, cursor, sealed: false, listed }
    }

    /// The heir acts as if its inheritance had been accepted.
    fn presume_all(&self, state: &mut State, slot: u8, heir: Epoch) -> Verdict {
        let Recoverer { wal, start, cursor, .. } = state.recoverers[slot];
        state.presume(heir, cursor);
        for stream in 0..self.bounds.streams {
            if state.streams[stream].owner == wal {
                let tail = self.find_tail(state, wal, stream, start..cursor)?;
                let broker = &mut state.brokers[heir];
                broker.open[stream] = state.streams[stream].epoch + 1;
                broker.next_offset[stream] = tail;
            }
        }
        Ok(())
    }
}

fn show_object(state: &mut State, epoch: Epoch, sequence: Sequence) -> Verdict {
    for stream in 0..STREAMS {
        if let Some(block) = state.brokers[epoch].blocks[sequence][stream] {
            state.show(stream, block.offset, value(epoch, sequence))?;
        }
    }
    Ok(())
}

/// What a broker does with a stream of its own accord.
fn move_stream(state: &mut State, action: Action) {
    match action {
        Action::Open { epoch, stream } => {
            let broker = &mut state.brokers[epoch];
            let grant = broker.grant[stream].take().expect("it was granted");
            broker.open[stream] = grant.epoch;
            broker.next_offset[stream] = grant.start;
            broker.closing[stream] = 0;
        }
        Action::CloseForHandover { epoch, stream } => {
            let broker = &mut state.brokers[epoch];
            broker.closing[stream] = broker.open[stream];
            broker.open[stream] = 0;
        }
        Action::ResumeAfterTimeout { epoch, stream } => {
            let broker = &mut state.brokers[epoch];
            broker.open[stream] = broker.closing[stream];
        }
        _ => unreachable!("it moves no stream"),
    }
}
