//! Blocks: consecutive groups of the log that are uploaded together. Pure: a block is sealed by
//! size, age or count, whichever comes first, and no block is ever empty.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::Duration;

use penstock_wal::Position;
use tokio::time::Instant;

use crate::settings::Settings;

/// When a block is full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BlockLimits {
    pub(crate) bytes: u64,
    pub(crate) age: Duration,
    pub(crate) batches: u64,
    pub(crate) groups: Option<usize>,
}

impl BlockLimits {
    /// The limits of the settings, or less where a budget is so small that appends would wait for
    /// the upload of a block that is not full yet.
    pub(crate) fn of(settings: &Settings) -> Self {
        let upload = &settings.upload;
        let bytes = upload
            .block_bytes_max
            .min(settings.wal_backlog_bytes_max / 4)
            .min(settings.object_payload_bytes_max() as u64);
        let batches = upload.block_batches_max.min(settings.batches_max() / 4) as u64;
        Self {
            bytes,
            age: upload.block_age_max,
            batches: batches.max(1),
            groups: upload.block_groups_max,
        }
    }
}

/// A part of the log on its way into objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// Its positions: whole groups. It starts where the block before it ends.
    pub(crate) wal: Range<Position>,
    /// Its batches, as the log cache numbers them.
    pub(crate) batches: Range<u64>,
    /// The bytes of their payloads.
    pub(crate) bytes: u64,
    groups: usize,
    opened: Instant,
}

/// The blocks that are not taken for upload yet.
#[derive(Debug)]
pub(crate) struct Blocks {
    limits: BlockLimits,
    sealed: VecDeque<Block>,
    open: Option<Block>,
    /// Where the next block starts.
    end: Position,
}

impl Blocks {
    /// No block; the first one will start at the log's trim position.
    pub(crate) fn new(limits: BlockLimits, trim: Position) -> Self {
        Self { limits, sealed: VecDeque::new(), open: None, end: trim }
    }

    /// Adds a group, which ends at `end` and holds the batches with these numbers. True if the
    /// uploader has to look: a block was opened or sealed.
    pub(crate) fn add(
        &mut self,
        end: Position,
        batches: Range<u64>,
        bytes: u64,
        now: Instant,
    ) -> bool {
        assert!(end > self.end, "groups of the log come in order");
        let opened = self.open.is_none();
        let block = self.open.get_or_insert(Block {
            wal: self.end..end,
            batches: batches.start..batches.start,
            bytes: 0,
            groups: 0,
            opened: now,
        });
        assert_eq!(block.batches.end, batches.start, "batches are numbered in the log's order");
        block.wal.end = end;
        block.batches.end = batches.end;
        block.bytes += bytes;
        block.groups += 1;
        self.end = end;
        let limits = &self.limits;
        let full = block.bytes >= limits.bytes
            || block.batches.end - block.batches.start >= limits.batches
            || limits.groups.is_some_and(|max| block.groups >= max);
        if full {
            self.seal();
        }
        opened || full
    }

    /// Seals what there is. Answers the position up to which everything is sealed.
    pub(crate) fn seal(&mut self) -> Position {
        self.sealed.extend(self.open.take());
        self.end
    }

    /// Takes the oldest block that is due at `now`.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<Block> {
        if self.open.as_ref().is_some_and(|open| open.opened + self.limits.age <= now) {
            self.seal();
        }
        self.sealed.pop_front()
    }

    /// When the open block becomes due, if nothing is due now.
    pub(crate) fn due_at(&self) -> Option<Instant> {
        self.open.as_ref().map(|open| open.opened + self.limits.age)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGE: Duration = Duration::from_secs(30);

    fn blocks() -> Blocks {
        let limits = BlockLimits { bytes: 100, age: AGE, batches: 10, groups: Some(4) };
        Blocks::new(limits, Position(7))
    }

    /// Adds groups of (batches, bytes), and says which blocks come out at once, each as
    /// (positions, batches).
    #[track_caller]
    fn check(groups: &[(u64, u64)], expect: &[(Range<u64>, Range<u64>)]) {
        let now = Instant::now();
        let mut blocks = blocks();
        let mut number = 0;
        for (i, (batches, bytes)) in groups.iter().enumerate() {
            blocks.add(Position(8 + i as u64), number..number + batches, *bytes, now);
            number += batches;
        }
        let mut sealed = Vec::new();
        while let Some(block) = blocks.take_due(now) {
            sealed.push((block.wal.start.0..block.wal.end.0, block.batches));
        }
        assert_eq!(sealed, expect);
    }

    #[test]
    fn a_block_is_sealed_by_whatever_comes_first() {
        check(&[], &[]);
        check(&[(1, 99)], &[]);
        check(&[(1, 99), (1, 1)], &[(7..9, 0..2)]);
        check(&[(1, 500), (1, 100)], &[(7..8, 0..1), (8..9, 1..2)]);
        check(&[(9, 1), (0, 0), (1, 1), (1, 1)], &[(7..10, 0..10)]);
        check(&[(1, 1), (1, 1), (1, 1), (1, 1), (1, 1)], &[(7..11, 0..4)]);
    }

    #[test]
    fn age_counts_from_the_first_group() {
        let start = Instant::now();
        let mut blocks = blocks();
        assert_eq!(blocks.due_at(), None);
        assert!(blocks.add(Position(8), 0..1, 1, start), "the uploader must set its timer");
        assert!(!blocks.add(Position(9), 1..2, 1, start + AGE / 2), "and not be woken again");
        assert_eq!(blocks.due_at(), Some(start + AGE));
        assert_eq!(blocks.take_due(start + AGE - Duration::from_millis(1)), None);
        let block = blocks.take_due(start + AGE).expect("it is due");
        assert_eq!((block.wal, block.batches), (Position(7)..Position(9), 0..2));
        assert_eq!(blocks.due_at(), None, "nothing is left to wait for");
    }

    #[test]
    fn what_is_sealed_on_demand_is_due_at_once() {
        let now = Instant::now();
        let mut blocks = blocks();
        assert_eq!(blocks.seal(), Position(7));
        blocks.add(Position(8), 0..1, 1, now);
        assert_eq!(blocks.seal(), Position(8));
        assert!(blocks.take_due(now).is_some());
        assert_eq!(blocks.take_due(now + AGE), None);
    }

    #[test]
    fn small_budgets_make_small_blocks() {
        let mut settings = Settings::default();
        // Two that are in flight share the memory for uploads but for what checkpoints take.
        assert_eq!(BlockLimits::of(&settings).bytes, 36 << 20);
        // Four blocks of so many batches fill the memory for what is remembered of them.
        assert_eq!(BlockLimits::of(&settings).batches, settings.batches_max() as u64 / 4);
        settings.wal_backlog_bytes_max = 1 << 20;
        assert_eq!(BlockLimits::of(&settings).bytes, 1 << 18);
        settings.memory.index = 100 << 10;
        assert!(BlockLimits::of(&settings).batches < 1_000);
        settings.memory.index = 0;
        assert_eq!(BlockLimits::of(&settings).batches, 1);
    }
}
