//! What must hold in every state.

use crate::rules::{Rules, Verdict};
use crate::state::{
    Backing, EPOCHS, Epoch, Key, Life, OFFSETS, Offset, Stage, State, Stream, Upload, of_node,
    written_in,
};

impl Rules {
    pub(crate) fn check(&self, state: &State) -> Verdict {
        for stream in 0..self.bounds.streams {
            for offset in 0..OFFSETS {
                is_backed(state, stream, offset)?;
                is_kept(state, stream, offset)?;
            }
        }
        for epoch in 0..EPOCHS {
            inherited_is_there(state, epoch)?;
        }
        if self.mutation.is_none() {
            self.recovery_ends(state)?;
        }
        Ok(())
    }

    /// Once faults stop, a fresh recoverer of a fenced epoch finishes, whatever is lying about; and
    /// so does an heir, up to the commit of all that it inherited.
    fn recovery_ends(&self, state: &State) -> Verdict {
        let open = |epoch: &Epoch| {
            let wal = state.wals[*epoch];
            wal.life == Life::Fenced && wal.begins.is_some()
        };
        for epoch in (0..EPOCHS).filter(open) {
            let mut state = state.clone();
            let mut recoverer = self.recoverer(&state, epoch);
            while state.keys[epoch][recoverer.cursor] == Key::Data {
                recoverer.cursor += 1;
            }
            state.keys[epoch][recoverer.cursor] = Key::Seal;
            if self.bounds.adopt {
                let mut state = state.clone();
                for _ in 0..=recoverer.cursor {
                    self.adopt(&mut state, recoverer)?;
                }
                if state.wals[epoch].life != Life::Adopted {
                    return Err("adoption does not end");
                }
            }
            let is_heir = |heir: &Epoch| state.wals[*heir].life == Life::Active;
            let mut later = of_node(epoch).filter(|heir| *heir > epoch);
            if let Some(heir) = later.find(is_heir).filter(|_| self.bounds.inherit) {
                self.inherit(&mut state, recoverer, heir)?;
                self.heir_commits(&mut state, heir)?;
            }
        }
        Ok(())
    }

    fn heir_commits(&self, state: &mut State, heir: Epoch) -> Verdict {
        for empty in of_node(heir) {
            if state.wals[empty].life == Life::Fenced {
                self.pass_streams(state, empty, heir, 0..0)?;
            }
        }
        inherited_is_there(state, heir)?;
        let wal = state.wals[heir];
        let Some(end) = wal.begins else { return Err("an heir never begins") };
        let upload = Upload { from: wal.trim, to: end, stage: Stage::Prepared };
        state.brokers[heir].uploads[0] = upload;
        self.commit(state, heir, 0)?;
        match state.brokers[heir].uploads[0].stage {
            Stage::Committed => Ok(()),
            _ => Err("an heir cannot commit what it inherited"),
        }
    }
}

/// Committed ranges are backed by objects that exist, without a gap.
fn is_backed(state: &State, stream: Stream, offset: Offset) -> Verdict {
    let committed = &state.streams[stream];
    let exists = match committed.ranges[offset].backing {
        Backing::None => offset >= committed.end,
        Backing::Wal(part, sequence) => state.keys[part][sequence] == Key::Data,
        Backing::Upload(epoch, slot) => {
            state.brokers[epoch].uploads[slot].stage == Stage::Committed
        }
        Backing::Compacted => true,
    };
    if exists { Ok(()) } else { Err("a committed range is not backed by its object") }
}

/// What was acknowledged or shown is committed, or is what recovery would find.
fn is_kept(state: &State, stream: Stream, offset: Offset) -> Verdict {
    let shown = state.shown[stream][offset];
    let committed = state.streams[stream].ranges[offset].value;
    if shown == 0 || committed == shown {
        return Ok(());
    }
    if committed != 0 {
        return Err("a committed offset differs from what was shown");
    }
    let (part, at) = written_in(shown);
    let holder = state.holder(part);
    let wal = state.wals[holder];
    let is_open = matches!(wal.life, Life::Active | Life::Fenced) && wal.trim <= at;
    let mut before = wal.trim..=at;
    let is_found = state.part_of(holder, at) == part
        && before.all(|sequence| state.key(holder, sequence) == Key::Data);
    let claim = state.claim(holder, at, stream);
    let is_owned = claim.is_some_and(|claim| state.owns(holder, stream, claim.epoch));
    if is_open && is_found && is_owned {
        Ok(())
    } else {
        Err("a shown or acknowledged record is lost")
    }
}

/// What an epoch inherited and nobody committed yet lies in the store.
fn inherited_is_there(state: &State, epoch: Epoch) -> Verdict {
    let wal = state.wals[epoch];
    let Some(begins) = wal.begins else { return Ok(()) };
    let is_open = matches!(wal.life, Life::Active | Life::Fenced);
    if is_open && (wal.trim..begins).any(|at| state.key(epoch, at) != Key::Data) {
        return Err("an inherited object is gone");
    }
    Ok(())
}
