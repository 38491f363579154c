//! What may happen next.
//!
//! Over-approximations that keep it small and sound: a request once sent may take effect at any
//! later time and any number of times (delay, retry, hedge and duplicate in one); an answer is never
//! forced to arrive; a process may stop taking steps at any time (crash, pause); a recoverer has no
//! identity, so any number of them may start, stop and start over.

use std::ops::Range;

use crate::mutation::Mutation;
use crate::rules::Rules;
use crate::state::{
    EPOCHS, Epoch, Key, Life, SEQUENCES, STREAMS, Sequence, Slot, Stage, State, Stream, of_node,
};

/// One step of somebody.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Action {
    Append { epoch: Epoch, streams: u8 },
    PutLands { epoch: Epoch, sequence: Sequence },
    PutAnswered { epoch: Epoch, sequence: Sequence },
    UploadStored { epoch: Epoch, from: Sequence, to: Sequence },
    CommitLands { epoch: Epoch, upload: Slot },
    UploadExpires { epoch: Epoch, upload: Slot },
    DeleteLands { epoch: Epoch, sequence: Sequence },
    CompactAndDelete { part: Epoch, sequence: Sequence },
    Fence { epoch: Epoch },
    Restart { epoch: Epoch },
    Open { epoch: Epoch, stream: Stream },
    CloseForHandover { epoch: Epoch, stream: Stream },
    HandoverLands { epoch: Epoch, stream: Stream, to: Epoch },
    ResumeAfterTimeout { epoch: Epoch, stream: Stream },
    ForcedMove { stream: Stream, to: Epoch },
    RecoveryStarts { slot: u8, wal: Epoch },
    SealSent { slot: u8 },
    SealLands { epoch: Epoch, sequence: Sequence },
    RecoveryLooks { slot: u8 },
    AdoptionLands { slot: u8 },
    AdoptEmpty { wal: Epoch },
    InheritanceLands { slot: u8, heir: Epoch },
    InheritEmpty { wal: Epoch, heir: Epoch },
    HeirPresumes { slot: u8, heir: Epoch },
    HeirUploadsEarly { slot: u8, heir: Epoch },
    Elect { stream: Stream, to: Epoch },
}

impl Rules {
    pub(crate) fn actions(&self, state: &State, out: &mut Vec<Action>) {
        for epoch in (0..EPOCHS).filter(|epoch| state.wals[*epoch].life != Life::Unregistered) {
            self.writing(state, epoch, out);
            self.keys(state, epoch, out);
            self.uploading(state, epoch, out);
            self.owning(state, epoch, out);
        }
        let newest = (0..EPOCHS).rev().find(|epoch| state.wals[*epoch].life != Life::Unregistered);
        let restarted = newest.map_or(0, |newest| newest.saturating_sub(1));
        if restarted < self.bounds.restarts {
            out.push(Action::Restart { epoch: restarted + 2 });
        }
        for slot in 0..self.bounds.recoverers {
            self.recovering(state, slot, out);
        }
        for stream in 0..self.bounds.streams {
            self.electing(state, stream, out);
        }
    }

    fn writing(&self, state: &State, epoch: Epoch, out: &mut Vec<Action>) {
        let broker = &state.brokers[epoch];
        let Some(first) = broker.first else { return };
        if broker.next < SEQUENCES && broker.next - first < self.bounds.appends[epoch] {
            let is_open = |stream: &Stream| broker.open[*stream] > 0;
            let open = (0..STREAMS).filter(is_open).fold(0, |set, stream| set | 1 << stream);
            let sets = (1..1 << self.bounds.streams).filter(|streams| streams & open == *streams);
            out.extend(sets.map(|streams| Action::Append { epoch, streams }));
        }
        for sequence in first..broker.next {
            let (stored, heard) = (broker.stored.has(sequence), broker.heard.has(sequence));
            let lands = match state.keys[epoch][sequence] {
                Key::Absent => true,
                Key::Data => !stored,
                Key::Seal => self.is(Mutation::PlainPut),
            };
            if lands {
                out.push(Action::PutLands { epoch, sequence });
            }
            if stored && !heard {
                out.push(Action::PutAnswered { epoch, sequence });
            }
        }
    }

    /// What happens to the keys of an epoch, but for the writer's PUTs.
    fn keys(&self, state: &State, epoch: Epoch, out: &mut Vec<Action>) {
        let wal = state.wals[epoch];
        let holder = state.wals[state.holder(epoch)];
        for sequence in 0..SEQUENCES {
            let by_image = self.is(Mutation::DeleteBelowImageTrim) && sequence < wal.trim;
            let deletable = state.brokers[epoch].deletable.has(sequence) || by_image;
            if deletable && state.key(epoch, sequence) == Key::Data {
                out.push(Action::DeleteLands { epoch, sequence });
            }
        }
        for sequence in 0..=SEQUENCES {
            let sealing = state.seals_sent[epoch].has(sequence);
            let adopted = holder.life == Life::Adopted;
            let collected = match state.keys[epoch][sequence] {
                Key::Absent => false,
                Key::Data => adopted || sequence < holder.trim,
                Key::Seal => adopted && self.is(Mutation::SealCollected),
            };
            match state.keys[epoch][sequence] {
                Key::Absent if sealing => out.push(Action::SealLands { epoch, sequence }),
                Key::Data if sealing && self.is(Mutation::PlainPut) => {
                    out.push(Action::SealLands { epoch, sequence });
                }
                _ => {}
            }
            if collected && self.bounds.compact {
                out.push(Action::CompactAndDelete { part: epoch, sequence });
            }
        }
    }

    fn uploading(&self, state: &State, epoch: Epoch, out: &mut Vec<Action>) {
        let broker = &state.brokers[epoch];
        let unacked = self.is(Mutation::UploadUnacked);
        let ready = if unacked { broker.next } else { broker.heard.front() };
        let stages = broker.uploads.0.iter().map(|upload| upload.stage);
        let used = stages.take_while(|stage| *stage != Stage::Unused).fold(0, |used, _| used + 1);
        if broker.first.is_some() && used < self.bounds.uploads[epoch] {
            // The next upload follows the last one without waiting for it, or starts over from the
            // trim position.
            let last = if used > 0 { broker.uploads[used - 1].to } else { broker.start };
            let trim = state.wals[epoch].trim;
            for from in [Some(last), (trim != last).then_some(trim)].into_iter().flatten() {
                for to in from + 1..=ready {
                    if can_read(state, epoch, from..to) {
                        out.push(Action::UploadStored { epoch, from, to });
                    }
                }
            }
        }
        for upload in 0..used {
            let stage = broker.uploads[upload].stage;
            if matches!(stage, Stage::Prepared | Stage::Destroyed) {
                out.push(Action::CommitLands { epoch, upload });
            }
            if stage == Stage::Prepared && self.bounds.expire {
                out.push(Action::UploadExpires { epoch, upload });
            }
        }
    }

    /// What becomes of an epoch, and of the streams that it owns.
    fn owning(&self, state: &State, epoch: Epoch, out: &mut Vec<Action>) {
        let (broker, wal) = (&state.brokers[epoch], state.wals[epoch]);
        if wal.life == Life::Active {
            out.push(Action::Fence { epoch });
        }
        if wal.life == Life::Fenced {
            if wal.begins.is_some() {
                let slots = 0..self.bounds.recoverers;
                out.extend(slots.map(|slot| Action::RecoveryStarts { slot, wal: epoch }));
            } else {
                self.closing_empty(state, epoch, out);
            }
        }
        for stream in 0..self.bounds.streams {
            if broker.grant[stream].is_some() && broker.first.is_some() {
                out.push(Action::Open { epoch, stream });
            }
            if self.bounds.stream_epochs == 0 {
                continue;
            }
            if broker.closing[stream] == 0 {
                if broker.open[stream] > 0 {
                    out.push(Action::CloseForHandover { epoch, stream });
                }
                continue;
            }
            if self.is(Mutation::ResumeHandover) && broker.open[stream] == 0 {
                out.push(Action::ResumeAfterTimeout { epoch, stream });
            }
            let heard = broker.heard.front();
            let flushed = (0..broker.next)
                .all(|sequence| broker.blocks[sequence][stream].is_none() || sequence < heard);
            let may_move = state.streams[stream].epoch < self.bounds.stream_epochs;
            if may_move && (flushed || self.is(Mutation::HandoverBeforeFlush)) {
                let others = (0..EPOCHS).filter(|to| *to != epoch);
                let others = others.filter(|to| state.wals[*to].life == Life::Active);
                out.extend(others.map(|to| Action::HandoverLands { epoch, stream, to }));
            }
        }
    }

    /// An epoch that was fenced before its part began has no content.
    fn closing_empty(&self, state: &State, wal: Epoch, out: &mut Vec<Action>) {
        if self.bounds.adopt {
            out.push(Action::AdoptEmpty { wal });
        }
        for heir in heirs(state, wal).filter(|_| self.bounds.inherit) {
            out.push(Action::InheritEmpty { wal, heir });
        }
    }

    fn recovering(&self, state: &State, slot: u8, out: &mut Vec<Action>) {
        let recoverer = state.recoverers[slot];
        if !recoverer.on {
            return;
        }
        let wal = recoverer.wal;
        if !recoverer.sealed {
            if !state.seals_sent[wal].has(recoverer.cursor) && !self.is(Mutation::NoSeal) {
                out.push(Action::SealSent { slot });
            }
            out.push(Action::RecoveryLooks { slot });
            return;
        }
        if self.bounds.adopt {
            out.push(Action::AdoptionLands { slot });
        }
        for heir in heirs(state, wal).filter(|_| self.bounds.inherit) {
            out.push(Action::InheritanceLands { slot, heir });
            let broker = &state.brokers[heir];
            if self.is(Mutation::WriteBeforeInheriting) && broker.first.is_none() {
                out.push(Action::HeirPresumes { slot, heir });
            }
            let early = [Mutation::CommitBeforeInheriting, Mutation::OnlyUploadEarly];
            let unused = broker.uploads[0].stage == Stage::Unused && self.bounds.uploads[heir] > 0;
            let content = recoverer.start < recoverer.cursor;
            if early.into_iter().any(|early| self.is(early)) && unused && content {
                out.push(Action::HeirUploadsEarly { slot, heir });
            }
        }
    }

    fn electing(&self, state: &State, stream: Stream, out: &mut Vec<Action>) {
        let owner = state.streams[stream].owner;
        let life = state.wals[owner].life;
        let early = life == Life::Fenced && self.is(Mutation::ElectBeforeAdoption);
        let forced = life == Life::Active && self.is(Mutation::ForcedMove);
        let forced = forced && state.streams[stream].epoch < 1 + self.bounds.stream_epochs.max(2);
        for to in (0..EPOCHS).filter(|to| state.wals[*to].life == Life::Active) {
            if life == Life::Adopted || early {
                out.push(Action::Elect { stream, to });
            }
            if forced && to != owner {
                out.push(Action::ForcedMove { stream, to });
            }
        }
    }
}

/// Who may inherit from an epoch.
fn heirs(state: &State, from: Epoch) -> impl Iterator<Item = Epoch> {
    let later = of_node(from).filter(move |heir| *heir > from);
    later.filter(|heir| state.wals[*heir].life == Life::Active)
}

/// What a broker wrote itself is in its memory; what it inherited it reads from the store.
fn can_read(state: &State, epoch: Epoch, mut range: Range<Sequence>) -> bool {
    let inherited = state.wals[epoch].trim..state.brokers[epoch].first.unwrap_or(SEQUENCES);
    range.all(|sequence| !inherited.contains(&sequence) || state.key(epoch, sequence) == Key::Data)
}
