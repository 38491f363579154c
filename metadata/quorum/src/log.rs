//! Raft's log as it stands: which entries there are, and where each one's bytes are found.
//!
//! ```text
//!   purged │ stored in the write-ahead log │ cached too │ cached, on its way to the disk
//!          first                       cached_from                              next index
//! ```
//!
//! Pure state: it neither reads nor writes. Records replayed from a journal and operations as
//! they happen go through the same methods, so that a restart finds what was there.

use std::collections::VecDeque;
use std::ops::Range;

use penstock_wal::{Location, Position};

use crate::journal::{PayloadKind, Record};
use crate::type_config::{Entry, LogId, Payload, Vote};

/// Entries and hard state of one Raft member.
#[derive(Debug)]
pub(crate) struct Log {
    pub(crate) vote: Option<Vote>,
    pub(crate) committed: Option<LogId>,
    /// The committed position that the journal states.
    committed_recorded: Option<LogId>,
    purged: Option<LogId>,
    /// Consecutive indexes behind `purged`.
    slots: VecDeque<Slot>,
    /// Slots from this index on are cached.
    cached_from: u64,
    cached_bytes: usize,
    cache_bytes_max: usize,
}

#[derive(Debug)]
struct Slot {
    id: LogId,
    kind: PayloadKind,
    /// Bytes of the encoded payload.
    bytes: usize,
    payload: Option<Payload>,
    /// Known once the entry is durable.
    location: Option<Location>,
}

/// Where an entry is found.
#[derive(Debug)]
pub(crate) enum Found {
    /// Here.
    Cached(Entry),
    /// In the write-ahead log.
    Stored(LogId, PayloadKind, Location),
}

/// Why a journal does not make a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the journal goes on with log index {found} where {expected} is due")]
pub struct Hole {
    /// The index that should have come.
    pub expected: u64,
    /// The one that came.
    pub found: u64,
}

impl Log {
    pub(crate) fn new(cache_bytes_max: usize) -> Self {
        Self {
            vote: None,
            committed: None,
            committed_recorded: None,
            purged: None,
            slots: VecDeque::new(),
            cached_from: 0,
            cached_bytes: 0,
            cache_bytes_max,
        }
    }

    /// Takes one record of a journal.
    pub(crate) fn replay(&mut self, record: Record, location: Location) -> Result<(), Hole> {
        match record {
            Record::Vote(vote) => self.vote = Some(vote),
            Record::Entry(id, kind) => {
                if let Some(expected) = self.expected_index()
                    && id.index != expected
                {
                    return Err(Hole { expected, found: id.index });
                }
                self.cached_from = id.index + 1;
                self.slots.push_back(Slot {
                    id,
                    kind,
                    bytes: location.payload_length as usize,
                    payload: None,
                    location: Some(location),
                });
            }
            Record::Truncated(after) => self.truncate_after(after),
            Record::Committed(id) => self.set_committed(Some(id)),
            Record::Purged { upto, vote, committed } => {
                self.vote = vote;
                self.set_committed(committed);
                self.purge(upto);
            }
        }
        Ok(())
    }

    fn set_committed(&mut self, committed: Option<LogId>) {
        self.committed = committed;
        self.committed_recorded = committed;
    }

    /// The committed position, if the journal does not state it yet; it counts as stated then.
    pub(crate) fn take_unrecorded_committed(&mut self) -> Option<LogId> {
        if self.committed == self.committed_recorded {
            return None;
        }
        self.committed_recorded = self.committed;
        self.committed
    }

    /// Whether a fully replayed journal left nothing out: its entries must reach back to what was
    /// purged.
    pub(crate) fn check_replayed(&self) -> Result<(), Hole> {
        let expected = self.purged.map_or(0, |id| id.index + 1);
        match self.slots.front() {
            Some(slot) if slot.id.index != expected => Err(Hole { expected, found: slot.id.index }),
            _ => Ok(()),
        }
    }

    /// The index that the next entry must have; any, when nothing is known yet.
    fn expected_index(&self) -> Option<u64> {
        self.last().map(|id| id.index + 1)
    }

    /// The last entry, or what was purged last if there is none.
    pub(crate) fn last(&self) -> Option<LogId> {
        self.slots.back().map(|slot| slot.id).or(self.purged)
    }

    /// The last entry given up.
    pub(crate) fn purged(&self) -> Option<LogId> {
        self.purged
    }

    /// Puts an entry behind all others. It is cached until it is durable, and as long after that
    /// as there is room.
    ///
    /// # Panics
    /// When it leaves a gap.
    pub(crate) fn append(&mut self, entry: Entry, bytes: usize) {
        let index = entry.log_id.index;
        if let Some(expected) = self.expected_index() {
            assert_eq!(index, expected, "entries are appended without a gap");
        }
        if self.slots.is_empty() {
            self.cached_from = index;
        }
        self.cached_bytes += bytes;
        self.slots.push_back(Slot {
            id: entry.log_id,
            kind: PayloadKind::of(&entry.payload),
            bytes,
            payload: Some(entry.payload),
            location: None,
        });
    }

    /// An appended entry is durable. Nothing happens if it was removed meanwhile.
    pub(crate) fn durable(&mut self, id: LogId, location: Location) {
        if let Some(position) = self.position_of(id.index)
            && let slot = &mut self.slots[position]
            && slot.id == id
        {
            slot.location = Some(location);
        }
        self.evict();
    }

    /// Lets go of the oldest cached payloads that can be read back.
    fn evict(&mut self) {
        while self.cached_bytes > self.cache_bytes_max {
            let Some(position) = self.position_of(self.cached_from) else { return };
            let slot = &mut self.slots[position];
            if slot.location.is_none() {
                return;
            }
            slot.payload = None;
            self.cached_bytes -= slot.bytes;
            self.cached_from += 1;
        }
    }

    /// Removes the entries behind `after`, or all of them.
    pub(crate) fn truncate_after(&mut self, after: Option<LogId>) {
        while let Some(slot) = self.slots.back() {
            if after.is_some_and(|after| slot.id.index <= after.index) {
                break;
            }
            self.forget_bytes_of_back();
        }
        if let Some(next) = self.expected_index() {
            self.cached_from = self.cached_from.min(next);
        }
    }

    fn forget_bytes_of_back(&mut self) {
        if let Some(slot) = self.slots.pop_back()
            && slot.payload.is_some()
        {
            self.cached_bytes -= slot.bytes;
        }
    }

    /// Gives up the entries up to `upto`. If the log did not reach that far, it goes on behind it.
    pub(crate) fn purge(&mut self, upto: LogId) {
        while let Some(slot) = self.slots.front()
            && slot.id.index <= upto.index
        {
            if slot.payload.is_some() {
                self.cached_bytes -= slot.bytes;
            }
            self.slots.pop_front();
        }
        self.purged = self.purged.max(Some(upto));
        self.cached_from = self.cached_from.max(upto.index + 1);
    }

    /// The first position of the write-ahead log that is still needed, if the record that stated
    /// the last purge is at `head`. Everything up to `head` must be durable.
    pub(crate) fn first_needed(&self, head: Position) -> Position {
        let first = self.slots.front().and_then(|slot| slot.location);
        first.map_or(head, |location| location.position.min(head))
    }

    /// The entries of a range, as far as the log has them, from its first on until they have
    /// `bytes_max` bytes; at least one.
    pub(crate) fn find(&self, range: Range<u64>, bytes_max: usize) -> Vec<Found> {
        let Some(first) = self.slots.front().map(|slot| slot.id.index) else { return Vec::new() };
        let next = first + self.slots.len() as u64;
        let mut found = Vec::new();
        let mut bytes = 0_usize;
        for index in range.start.max(first)..range.end.min(next) {
            let slot = &self.slots[Self::offset(index - first)];
            bytes = bytes.saturating_add(slot.bytes);
            if bytes > bytes_max && !found.is_empty() {
                break;
            }
            found.push(slot.found());
        }
        found
    }

    fn position_of(&self, index: u64) -> Option<usize> {
        let first = self.slots.front()?.id.index;
        let position = Self::offset(index.checked_sub(first)?);
        (position < self.slots.len()).then_some(position)
    }

    fn offset(distance: u64) -> usize {
        usize::try_from(distance).unwrap_or(usize::MAX)
    }
}

impl Slot {
    fn found(&self) -> Found {
        match (&self.payload, self.location) {
            (Some(payload), _) => {
                Found::Cached(Entry { log_id: self.id, payload: payload.clone() })
            }
            (None, Some(location)) => Found::Stored(self.id, self.kind, location),
            (None, None) => unreachable!("an entry stays cached until it is durable"),
        }
    }
}

#[cfg(test)]
mod tests;
