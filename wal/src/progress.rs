//! How far the log has come: `trimmed ≤ durable`, each growing only.

use std::sync::Mutex;

use crate::Position;

/// Shared between the writer, which moves `durable`, and the readers, who move `trimmed`.
#[derive(Debug)]
pub(crate) struct Progress(Mutex<Positions>);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Positions {
    /// Entries below may be gone.
    pub(crate) trimmed: Position,
    /// Entries below survive a crash.
    pub(crate) durable: Position,
}

impl Progress {
    pub(crate) fn new(trimmed: Position, durable: Position) -> Self {
        assert!(trimmed <= durable, "trimmed {trimmed:?} is past durable {durable:?}");
        Self(Mutex::new(Positions { trimmed, durable }))
    }

    pub(crate) fn get(&self) -> Positions {
        *self.0.lock().expect("held for a few instructions only")
    }

    pub(crate) fn durable_up_to(&self, position: Position) {
        let mut positions = self.0.lock().expect("held for a few instructions only");
        assert!(position >= positions.durable, "{position:?} is behind {positions:?}");
        positions.durable = position;
    }

    /// Returns whether this moved the trim position; one that lies behind it changes nothing.
    pub(crate) fn trimmed_up_to(&self, position: Position) -> bool {
        let mut positions = self.0.lock().expect("held for a few instructions only");
        assert!(position <= positions.durable, "trim to {position:?} is past {positions:?}");
        let moves = position > positions.trimmed;
        positions.trimmed = positions.trimmed.max(position);
        moves
    }
}
