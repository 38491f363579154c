//! A world with its rules, and how it begins.

use crate::mutation::Mutation;
use crate::scenario::Bounds;
use crate::small::{Row, Set};
use crate::state::{
    Backing, Broker, Committed, Entry, Key, Life, Recoverer, Stage, State, Upload, Wal,
};

/// Says what is wrong with a state, or with a step.
pub(crate) type Verdict = Result<(), &'static str>;

/// One world.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) bounds: Bounds,
    pub(crate) mutation: Option<Mutation>,
}

impl Rules {
    pub(crate) fn is(&self, mutation: Mutation) -> bool {
        self.mutation == Some(mutation)
    }

    /// Broker A owns all streams, which are empty.
    pub(crate) fn first_state(&self) -> State {
        let broker = Broker {
            first: None,
            start: 0,
            next: 0,
            blocks: Row::of(Row::of(None)),
            stored: Set::default(),
            heard: Set::default(),
            open: Row::of(0),
            closing: Row::of(0),
            grant: Row::of(None),
            next_offset: Row::of(0),
            uploads: Row::of(Upload { from: 0, to: 0, stage: Stage::Unused }),
            deletable: Set::default(),
        };
        let wal = Wal { life: Life::Unregistered, begins: None, trim: 0, inherited: Row::of(0) };
        let nothing = Entry { value: 0, backing: Backing::None };
        let stream = Committed { owner: 0, epoch: 1, end: 0, ranges: Row::of(nothing) };
        let idle = Recoverer { on: false, wal: 0, start: 0, cursor: 0, sealed: false, listed: 0 };
        let mut state = State {
            keys: Row::of(Row::of(Key::Absent)),
            seals_sent: Row::of(Set::default()),
            brokers: Row::of(broker),
            wals: Row::of(wal),
            streams: Row::of(stream),
            recoverers: Row::of(idle),
            shown: Row::of(Row::of(0)),
        };
        self.register(&mut state, 0);
        if self.bounds.adopt || self.bounds.stream_epochs > 0 {
            self.register(&mut state, 1);
        }
        for stream in 0..self.bounds.streams {
            state.brokers[0].open[stream] = 1;
        }
        state
    }
}
