//! A state of the world: what the object store, the brokers, the recoverers and the metadata hold.
//!
//! Node A has the broker epochs 0, 2 and 3, of which each fences the one before; node B has 1. The
//! sequences of a node go on over its epochs, and each epoch has keys of its own for all of them.

use crate::small::{Row, Set};

/// A broker epoch: one process, and one part of its node's log.
pub(crate) type Epoch = u8;
/// A stream.
pub(crate) type Stream = u8;
/// The number of an object in its node's log.
pub(crate) type Sequence = u8;
/// A record's place in its stream.
pub(crate) type Offset = u8;
/// A slot for an upload of one epoch.
pub(crate) type Slot = u8;

pub(crate) const EPOCHS: u8 = 4;
pub(crate) const STREAMS: u8 = 2;
/// One more can hold only a seal.
pub(crate) const SEQUENCES: u8 = 4;
pub(crate) const OFFSETS: u8 = 6;
pub(crate) const UPLOADS: u8 = 2;
const RECOVERERS: usize = 2;

pub(crate) type PerEpoch<T> = Row<T, { EPOCHS as usize }>;
pub(crate) type PerStream<T> = Row<T, { STREAMS as usize }>;

/// What one object of the log says of one stream: one record.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Block {
    pub(crate) offset: Offset,
    /// The stream epoch that it was appended under.
    pub(crate) epoch: u8,
}

/// What lies under a key of the log.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Key {
    Absent,
    Data,
    Seal,
}

/// Who may do what with a broker epoch.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Life {
    Unregistered,
    Active,
    Fenced,
    /// Its content is committed as ranges.
    Adopted,
    /// Its content is the first part of the heir's log.
    Inherited {
        heir: Epoch,
    },
}

/// What holds a committed record.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Backing {
    None,
    Wal(Epoch, Sequence),
    Upload(Epoch, Slot),
    Compacted,
}

/// How far an upload came.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Stage {
    Unused,
    /// The object is stored.
    Prepared,
    Committed,
    /// It expired, and the object is gone.
    Destroyed,
    /// Committed, and the object is gone.
    Phantom,
}

/// One committed offset.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Entry {
    /// Which record it is; see [`value`].
    pub(crate) value: u8,
    pub(crate) backing: Backing,
}

/// The objects `from..to` of the log, uploaded as one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Upload {
    pub(crate) from: Sequence,
    pub(crate) to: Sequence,
    pub(crate) stage: Stage,
}

/// A stream that was given to a broker that has not opened it yet.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Grant {
    pub(crate) epoch: u8,
    /// Where it goes on.
    pub(crate) start: Offset,
}

/// A broker process.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Broker {
    /// Its first sequence; `None` as long as it may not write.
    pub(crate) first: Option<Sequence>,
    /// The trim position when it began.
    pub(crate) start: Sequence,
    /// The first sequence that was not sent yet.
    pub(crate) next: Sequence,
    /// Contents, frozen when first sent.
    pub(crate) blocks: Row<PerStream<Option<Block>>, { SEQUENCES as usize }>,
    /// Some PUT succeeded, or found its own bytes: the answer is on its way. All before `first`.
    pub(crate) stored: Set,
    /// The answer arrived. All before `first`.
    pub(crate) heard: Set,
    /// The stream epoch that it appends under, 0 if none.
    pub(crate) open: PerStream<u8>,
    /// The stream epoch of a hand-over that was sent, 0 if none.
    pub(crate) closing: PerStream<u8>,
    pub(crate) grant: PerStream<Option<Grant>>,
    pub(crate) next_offset: PerStream<Offset>,
    pub(crate) uploads: Row<Upload, { UPLOADS as usize }>,
    /// Sequences that it may send a DELETE for, now or much later.
    pub(crate) deletable: Set,
}

/// What the metadata says of a broker epoch.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Wal {
    pub(crate) life: Life,
    /// Where its part of the node's log begins; `None` while an earlier part is open.
    pub(crate) begins: Option<Sequence>,
    pub(crate) trim: Sequence,
    /// The stream epochs under which streams passed to it with an earlier part, 0 if none.
    pub(crate) inherited: PerStream<u8>,
}

/// What the metadata says of a stream.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Committed {
    pub(crate) owner: Epoch,
    pub(crate) epoch: u8,
    pub(crate) end: Offset,
    pub(crate) ranges: Row<Entry, { OFFSETS as usize }>,
}

/// Somebody who seals and reads the log of a fenced epoch, to adopt it or to inherit it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct Recoverer {
    pub(crate) on: bool,
    pub(crate) wal: Epoch,
    /// The trim position when it began.
    pub(crate) start: Sequence,
    /// All before it was found to be data.
    pub(crate) cursor: Sequence,
    pub(crate) sealed: bool,
    /// For the mutation that lists before it seals.
    pub(crate) listed: Sequence,
}

/// Everything. What was shown is kept for the checks alone: the record that some reader saw at an
/// offset, or that some producer was promised, 0 if none.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct State {
    pub(crate) keys: PerEpoch<Row<Key, { SEQUENCES as usize + 1 }>>,
    pub(crate) seals_sent: PerEpoch<Set>,
    pub(crate) brokers: PerEpoch<Broker>,
    pub(crate) wals: PerEpoch<Wal>,
    pub(crate) streams: PerStream<Committed>,
    pub(crate) recoverers: Row<Recoverer, RECOVERERS>,
    pub(crate) shown: PerStream<Row<u8, { OFFSETS as usize }>>,
}

/// The node of a broker epoch.
pub(crate) fn node(epoch: Epoch) -> u8 {
    u8::from(epoch == 1)
}

/// The broker epochs of the same node, oldest first.
pub(crate) fn of_node(epoch: Epoch) -> impl DoubleEndedIterator<Item = Epoch> {
    (0..EPOCHS).filter(move |other| node(*other) == node(epoch))
}

/// The identity of a record: the object of the log that it was written in.
pub(crate) fn value(epoch: Epoch, sequence: Sequence) -> u8 {
    epoch * 8 + sequence + 1
}

/// The object that [`value`] names.
pub(crate) fn written_in(value: u8) -> (Epoch, Sequence) {
    ((value - 1) / 8, (value - 1) % 8)
}

/// A record as the holder of a log claims it.
#[derive(Clone, Copy)]
pub(crate) struct Claim {
    /// Who wrote it.
    pub(crate) part: Epoch,
    pub(crate) offset: Offset,
    /// The stream epoch under which the holder owns it.
    pub(crate) epoch: u8,
}

impl State {
    /// The epoch whose part of the log of `holder` a sequence lies in.
    pub(crate) fn part_of(&self, holder: Epoch, sequence: Sequence) -> Epoch {
        let begun = |part: &Epoch| self.wals[*part].begins.is_some_and(|at| at <= sequence);
        let mut parts = of_node(holder).rev().filter(|part| *part <= holder);
        parts.find(begun).unwrap_or(holder)
    }

    /// The epoch whose log the part of `epoch` belongs to by now.
    pub(crate) fn holder(&self, mut epoch: Epoch) -> Epoch {
        while let Life::Inherited { heir } = self.wals[epoch].life {
            epoch = heir;
        }
        epoch
    }

    /// Up to where the node's log is committed, as far as this epoch goes.
    pub(crate) fn trim(&self, holder: Epoch) -> Sequence {
        let parts = of_node(holder).filter(|part| *part <= holder);
        parts.fold(0, |trim, part| trim.max(self.wals[part].trim))
    }

    /// What lies at a sequence of the log of `holder`.
    pub(crate) fn key(&self, holder: Epoch, sequence: Sequence) -> Key {
        self.keys[self.part_of(holder, sequence)][sequence]
    }

    pub(crate) fn claim(&self, holder: Epoch, at: Sequence, stream: Stream) -> Option<Claim> {
        let part = self.part_of(holder, at);
        let Block { offset, epoch } = self.brokers[part].blocks[at][stream]?;
        let epoch = if part == holder { epoch } else { self.wals[holder].inherited[stream] };
        Some(Claim { part, offset, epoch })
    }

    pub(crate) fn owns(&self, holder: Epoch, stream: Stream, epoch: u8) -> bool {
        let stream = &self.streams[stream];
        stream.owner == holder && stream.epoch == epoch
    }

    pub(crate) fn is_referenced(&self, backing: Backing) -> bool {
        let ranges = self.streams.0.iter().flat_map(|stream| &stream.ranges.0);
        ranges.into_iter().any(|entry| entry.backing == backing)
    }

    /// The same with the streams' names exchanged, which changes nothing that matters.
    pub(crate) fn with_streams_swapped(&self) -> Self {
        let mut other = self.clone();
        other.streams.0.swap(0, 1);
        other.shown.0.swap(0, 1);
        for epoch in 0..EPOCHS {
            other.wals[epoch].inherited.0.swap(0, 1);
            let broker = &mut other.brokers[epoch];
            broker.open.0.swap(0, 1);
            broker.closing.0.swap(0, 1);
            broker.grant.0.swap(0, 1);
            broker.next_offset.0.swap(0, 1);
            for blocks in &mut broker.blocks.0 {
                blocks.0.swap(0, 1);
            }
        }
        other
    }
}
