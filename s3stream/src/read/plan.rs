//! What to fetch for a read, and which batches of it to return. Pure.
//!
//! ```text
//!   ranges    |------ object 7 ------|---- object 9 ----|
//!   blocks    [    ][  ][      ][    ]  [      ][       ]
//!   wanted         from ─────── max_bytes ────►           ... never past up_to
//! ```

use std::ops::Range;

use penstock_model::id::{ObjectId, Offset, StreamId};

use crate::object::format::Block;
use crate::object::index::{BlockEntry, ObjectIndex};
use crate::slice::{Slice, into_pieces};
use crate::stream::Read;

/// The longest run of neighbouring blocks that one GET fetches: long enough that the store's
/// first byte costs little beside the transfer, short enough that several run at once.
pub const GET_BYTES_MAX: u64 = 8 << 20;

/// What is left to fetch of a read.
#[derive(Clone, Debug)]
pub struct FetchPlan {
    stream: StreamId,
    offsets: Range<Offset>,
    bytes_left: u64,
    started: bool,
}

/// Blocks of one object, in order of offset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// The object.
    pub object: ObjectId,
    /// The offsets that are to be taken from it.
    pub offsets: Range<Offset>,
    /// The blocks; none where compaction left nothing of these offsets.
    pub blocks: Vec<BlockEntry>,
}

impl FetchPlan {
    /// Wants batches of `offsets`, from the one that contains the first, of about `max_bytes`,
    /// and one in any case. For the last sixteenth no further block is fetched: it is seldom
    /// room for another batch, and a short answer costs less than a late one.
    #[must_use]
    pub fn new(stream: StreamId, offsets: Range<Offset>, max_bytes: u64) -> Self {
        Self { stream, offsets, bytes_left: max_bytes - max_bytes / 16, started: false }
    }

    /// True once enough is planned, or the last offset is reached.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.offsets.is_empty() || self.started && self.bytes_left == 0
    }

    /// Whose batches it wants.
    #[must_use]
    pub fn stream(&self) -> StreamId {
        self.stream
    }

    /// The next offset that nothing is planned for.
    #[must_use]
    pub fn next(&self) -> Offset {
        self.offsets.start
    }

    /// Plans the part of a read that lies in one range of the stream, which must contain
    /// [`next`](Self::next).
    ///
    /// A block that is wanted from its middle is charged in proportion of its offsets, so that a
    /// reader that moves on block by block fetches each once, and no more than it asked for.
    ///
    /// # Panics
    /// When the range does not contain the next offset, or the plan is complete.
    #[must_use]
    pub fn take(&mut self, range: &Range<Offset>, object: ObjectId, index: &ObjectIndex) -> Fetch {
        assert!(range.contains(&self.offsets.start), "{range:?} is not next of {self:?}");
        assert!(!self.is_complete(), "nothing is left of {self:?}");
        let offsets = self.offsets.start..range.end.min(self.offsets.end);
        self.offsets.start = offsets.end;
        let mut blocks = Vec::new();
        for block in index.blocks_of(self.stream, &offsets) {
            if self.started && self.bytes_left == 0 {
                self.offsets.start = block.offsets.start;
                break;
            }
            self.started = true;
            self.bytes_left = self.bytes_left.saturating_sub(bytes_from(block, offsets.start));
            blocks.push(block.clone());
        }
        Fetch { object, offsets: offsets.start..self.offsets.start, blocks }
    }
}

/// About how many bytes of a block belong to batches from `offset` on.
fn bytes_from(block: &BlockEntry, offset: Offset) -> u64 {
    let span = block.offsets.end.0 - block.offsets.start.0;
    let wanted = block.offsets.end.0 - offset.max(block.offsets.start).0;
    let share = u128::from(block.payload_size()) * u128::from(wanted) / u128::from(span);
    u64::try_from(share).expect("a share of 32 bits")
}

/// Groups parts of an object (by their places, ascending) into the GETs that fetch them:
/// neighbours together, up to [`GET_BYTES_MAX`]. `bytes_of` says where a part lies.
#[must_use]
pub fn group_into_gets(
    bytes_of: impl Fn(usize) -> Range<u64>,
    wanted: impl IntoIterator<Item = usize>,
) -> Vec<Range<usize>> {
    group_up_to(GET_BYTES_MAX, bytes_of, wanted)
}

/// The same, with GETs of at most `bytes_max`.
#[must_use]
pub fn group_up_to(
    bytes_max: u64,
    bytes_of: impl Fn(usize) -> Range<u64>,
    wanted: impl IntoIterator<Item = usize>,
) -> Vec<Range<usize>> {
    let mut gets: Vec<Range<usize>> = Vec::new();
    let mut bytes = 0;
    for place in wanted {
        let part = bytes_of(place);
        let size = part.end - part.start;
        match gets.last_mut() {
            Some(get)
                if get.end == place
                    && bytes_of(place - 1).end == part.start
                    && bytes + size <= bytes_max =>
            {
                get.end += 1;
                bytes += size;
            }
            _ => {
                gets.push(place..place + 1);
                bytes = size;
            }
        }
    }
    gets
}

/// Batches being picked from blocks, in order of offset.
#[derive(Debug)]
pub struct Picker {
    offsets: Range<Offset>,
    bytes_left: usize,
    at_least_one: bool,
    picked: Vec<Slice>,
    full: bool,
    kept_out: Option<usize>,
}

impl Picker {
    /// Picks batches from the one that contains `offsets.start`, and none that ends behind
    /// `offsets.end`: at most `max_bytes`, but for a first one where `at_least_one`.
    #[must_use]
    pub fn new(offsets: Range<Offset>, max_bytes: usize, at_least_one: bool) -> Self {
        Self {
            offsets,
            bytes_left: max_bytes,
            at_least_one,
            picked: Vec::new(),
            full: false,
            kept_out: None,
        }
    }

    /// Picks from the next block: a run of batches is one slice of it.
    pub fn block(&mut self, block: &Block, within: &Range<Offset>) {
        if self.full {
            return;
        }
        let first = first_batch_past(block, self.offsets.start);
        let mut end = first;
        let mut bytes = 0;
        while end < block.batches() {
            let batch = block.batch(end);
            if batch.offsets.start >= within.end {
                break;
            }
            let needed = bytes + batch.bytes.len();
            let is_first = self.picked.is_empty() && end == first;
            if batch.offsets.end > self.offsets.end {
                self.full = true;
                break;
            }
            if needed > self.bytes_left && !(self.at_least_one && is_first) {
                self.full = true;
                self.kept_out = is_first.then_some(batch.bytes.len());
                break;
            }
            bytes = needed;
            self.offsets.start = batch.offsets.end;
            end += 1;
        }
        self.bytes_left = self.bytes_left.saturating_sub(bytes);
        if end > first {
            self.picked.push(slice_of(block, first..end));
        }
    }

    /// All blocks of a fetch were given: what is left of its offsets holds no batch.
    pub fn passed(&mut self, offset: Offset) {
        if !self.full {
            self.offsets.start = self.offsets.start.max(offset);
        }
    }

    /// The batches, copied where they are little of their block.
    #[must_use]
    pub fn finish(self) -> Read {
        let (batches, keeps) = into_pieces(&self.picked);
        Read { batches, keeps, next: self.offsets.start, kept_out: self.kept_out }
    }
}

/// Consecutive batches of a block.
fn slice_of(block: &Block, batches: Range<usize>) -> Slice {
    Slice { bytes: block.slice(batches), keeps: block.size() }
}

/// The place of the first batch that ends past `offset`.
#[must_use]
pub fn first_batch_past(block: &Block, offset: Offset) -> usize {
    let (mut low, mut high) = (0, block.batches());
    while low < high {
        let middle = low.midpoint(high);
        if block.batch(middle).offsets.end > offset { high = middle } else { low = middle + 1 }
    }
    low
}

#[cfg(test)]
mod tests;
