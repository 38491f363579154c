//! How far ahead of each sequential reader blocks are fetched. Pure.
//!
//! ```text
//!   read ── read ── read ──►|· · · fetched, unread · · ·|
//!                        next                         until       at most `window` bytes
//! ```
//!
//! A reader is whoever reads on where a read of the same stream ended; the first read of one
//! fetches nothing ahead. Its window doubles with every read that finds what it needs, and halves
//! when what was fetched for it had left the cache before it came. It is refilled once it is half
//! empty, in one go: a few large requests cost a store less than many small ones.
//!
//! All windows share one budget, and none is larger than its part of it; readers that others have
//! long overtaken lose theirs first.

use std::collections::{BTreeMap, HashMap};

use penstock_model::id::{Offset, StreamId};

use super::plan::GET_BYTES_MAX;

/// The numbers of read-ahead, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadAheadSettings {
    /// The first window.
    pub window_min: u64,
    /// The largest window.
    pub window_max: u64,
    /// All windows together. Less than the block cache, or readers push out each other's blocks.
    pub budget: u64,
    /// How many readers are remembered.
    pub readers_max: usize,
}

impl ReadAheadSettings {
    /// For a block cache of so many bytes, of which windows take up to three quarters: it lets go
    /// of what was read before it does of what was not.
    #[must_use]
    pub fn of(block_cache_bytes: usize) -> Self {
        let budget = block_cache_bytes as u64 / 4 * 3;
        // Half of it is one GET of the largest kind, and covers 80 ms of a 100 MiB/s reader.
        let window_max = (2 * GET_BYTES_MAX).min(budget);
        Self { window_min: (1 << 20).min(window_max), window_max, budget, readers_max: 1_024 }
    }
}

/// Names a reader for as long as it is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReaderId(u64);

/// A read that was served from objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observed {
    /// The stream.
    pub stream: StreamId,
    /// Where the read began.
    pub from: Offset,
    /// Where the next one would.
    pub next: Offset,
    /// The bytes returned.
    pub bytes: u64,
    /// True if it had to wait for the store.
    pub missed: bool,
}

/// What to fetch for a reader now; to be answered with [`ReadAhead::fetched`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ahead {
    /// Whose it is.
    pub reader: ReaderId,
    /// The stream.
    pub stream: StreamId,
    /// From this offset on.
    pub from: Offset,
    /// About so many bytes.
    pub bytes: u64,
}

#[derive(Clone, Copy, Debug)]
struct Reader {
    stream: StreamId,
    next: Offset,
    /// Everything from `next` to here was fetched.
    until: Offset,
    /// Bytes fetched, or being fetched, and not read.
    unread: u64,
    window: u64,
    fetching: bool,
    last_read: u64,
}

/// A reader is idle when so many reads went by for every reader that is remembered.
const IDLE_READS: u64 = 4;

/// See the module.
#[derive(Debug)]
pub struct ReadAhead {
    settings: ReadAheadSettings,
    readers: HashMap<ReaderId, Reader>,
    by_position: HashMap<(StreamId, Offset), ReaderId>,
    /// The one that read the longest ago comes first.
    by_age: BTreeMap<u64, ReaderId>,
    reads: u64,
    next_reader: u64,
    unread: u64,
    /// How many readers have something unread.
    holders: u64,
}

impl ReadAhead {
    /// Remembers nobody.
    #[must_use]
    pub fn new(settings: ReadAheadSettings) -> Self {
        Self {
            settings,
            readers: HashMap::new(),
            by_position: HashMap::new(),
            by_age: BTreeMap::new(),
            reads: 0,
            next_reader: 0,
            unread: 0,
            holders: 0,
        }
    }

    /// Bytes that were fetched ahead, or are being fetched, and that nobody has read.
    #[must_use]
    pub fn unread(&self) -> u64 {
        self.unread
    }

    /// Learns of a read, and says what to fetch because of it.
    pub fn observe(&mut self, read: Observed) -> Option<Ahead> {
        self.reads += 1;
        let known = self.by_position.get(&(read.stream, read.from)).copied();
        let Some(id) = known else {
            self.remember(read);
            return None;
        };
        let mut reader = self.take(id).expect("both maps hold the same readers");
        if read.missed && reader.until > read.from && !reader.fetching {
            reader.window = (reader.window / 2).max(self.settings.window_min);
            self.unread -= reader.unread;
            (reader.unread, reader.until) = (0, read.next);
        } else {
            let doubled = (reader.window * 2).max(self.settings.window_min);
            reader.window = doubled.min(self.settings.window_max);
            let read_now = read.bytes.min(reader.unread);
            reader.unread -= read_now;
            self.unread -= read_now;
        }
        reader.next = read.next;
        if reader.next >= reader.until && !reader.fetching {
            // Blocks are a little larger than the batches in them.
            self.unread -= std::mem::take(&mut reader.unread);
        }
        reader.until = reader.until.max(read.next);
        let ahead = self.grant(id, &mut reader);
        self.put(id, reader);
        ahead
    }

    /// Learns what became of an [`Ahead`]: blocks up to `until`, of so many bytes, are on their
    /// way; or none, when `until` is where it began.
    pub fn fetched(&mut self, ahead: Ahead, until: Offset, bytes: u64) {
        let Some(reader) = self.readers.get_mut(&ahead.reader) else { return };
        reader.fetching = false;
        reader.until = reader.until.max(until);
        // It was charged with what it asked for; some of that may have been read meanwhile.
        let unread = (reader.unread + bytes).saturating_sub(ahead.bytes);
        self.unread = self.unread - reader.unread + unread;
        self.holders -= u64::from(reader.unread > 0);
        self.holders += u64::from(unread > 0);
        reader.unread = unread;
    }

    /// Refills a window that is half empty, within the budget.
    fn grant(&mut self, id: ReaderId, reader: &mut Reader) -> Option<Ahead> {
        if reader.fetching {
            return None;
        }
        while self.share() < reader.window && self.forget_idle() {}
        let window = reader.window.min(self.share());
        if reader.unread > window / 2 {
            return None;
        }
        let wanted = window - reader.unread;
        let bytes = wanted.min(self.settings.budget.saturating_sub(self.unread));
        // The rest of the budget is no window: others have more than their part, and give it back.
        if bytes == 0 || bytes < wanted / 2 {
            return None;
        }
        reader.fetching = true;
        reader.unread += bytes;
        self.unread += bytes;
        Some(Ahead { reader: id, stream: reader.stream, from: reader.until, bytes })
    }

    /// The part of one reader more among those that have something unread.
    fn share(&self) -> u64 {
        let share = self.settings.budget / (self.holders + 1);
        share.max(self.settings.window_min)
    }

    /// Forgets the reader that read the longest ago, if it is idle.
    fn forget_idle(&mut self) -> bool {
        let idle_since = self.reads.saturating_sub(IDLE_READS * (self.readers.len() as u64 + 1));
        let oldest = self.by_age.first_key_value().map(|(last_read, id)| (*last_read, *id));
        let Some((_, id)) = oldest.filter(|(last_read, _)| *last_read < idle_since) else {
            return false;
        };
        self.forget(id);
        true
    }

    fn remember(&mut self, read: Observed) {
        let Observed { stream, next, .. } = read;
        let id = ReaderId(self.next_reader);
        self.next_reader += 1;
        let (fetching, last_read) = (false, self.reads);
        let reader =
            Reader { stream, next, until: next, unread: 0, window: 0, fetching, last_read };
        self.put(id, reader);
        if self.readers.len() > self.settings.readers_max {
            let oldest = self.by_age.first_key_value().map(|(_, id)| *id);
            self.forget(oldest.expect("there are readers"));
        }
    }

    fn forget(&mut self, id: ReaderId) {
        let reader = self.take(id).expect("a reader that is known");
        self.unread -= reader.unread;
    }

    fn take(&mut self, id: ReaderId) -> Option<Reader> {
        let reader = self.readers.remove(&id)?;
        self.by_position.remove(&(reader.stream, reader.next));
        self.by_age.remove(&reader.last_read);
        self.holders -= u64::from(reader.unread > 0);
        Some(reader)
    }

    /// Of two readers that have come to the same offset one is left: they go on as one.
    fn put(&mut self, id: ReaderId, mut reader: Reader) {
        reader.last_read = self.reads;
        if let Some(other) = self.by_position.get(&(reader.stream, reader.next)).copied() {
            self.forget(other);
        }
        self.by_position.insert((reader.stream, reader.next), id);
        self.by_age.insert(reader.last_read, id);
        self.holders += u64::from(reader.unread > 0);
        self.readers.insert(id, reader);
    }
}

#[cfg(test)]
mod tests;
