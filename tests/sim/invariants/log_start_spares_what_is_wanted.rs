//! The log start moves only over records that somebody asked to delete, whose time is over, or that are
//! more than is to be kept.

use std::collections::BTreeMap;

use penstock_model::id::Timestamp;

use super::Looked;

/// What a batch takes in an object beside itself, at most.
const BESIDE_BYTES: u64 = 100;

/// What may be deleted of one partition.
#[derive(Default)]
pub(crate) struct Deletable {
    /// Records below were asked to be deleted.
    asked: i64,
    /// How long records are kept, if not for ever, in milliseconds.
    pub(crate) retention: Option<i64>,
    /// How many bytes are kept, if not all.
    pub(crate) retention_bytes: Option<u64>,
    /// How many batches may be there, or were, and their bytes.
    sent: usize,
    sent_bytes: u64,
    /// Those of known batches, by their first offset.
    batches: BTreeMap<i64, u64>,
    /// When the known ones were written, by their producer.
    written: BTreeMap<i64, i64>,
}

impl Deletable {
    /// Somebody asks for the deletion of what is below.
    pub(crate) fn ask(&mut self, below: i64) {
        self.asked = self.asked.max(below);
    }

    /// A batch may be there from now on.
    pub(crate) fn sends(&mut self, bytes: usize) {
        self.sent += 1;
        self.sent_bytes += bytes as u64 + BESIDE_BYTES;
    }

    /// A batch is there.
    pub(crate) fn batch(&mut self, base: i64, bytes: usize) {
        self.batches.insert(base, bytes as u64 + BESIDE_BYTES);
    }

    /// Whether somebody asked for the deletion of a record.
    pub(crate) fn is_asked(&self, offset: i64) -> bool {
        offset < self.asked
    }

    /// A record is known.
    pub(crate) fn written(&mut self, offset: i64, timestamp: i64) {
        self.written.insert(offset, timestamp);
    }

    /// Up to where records may be deleted by now, `latest` being the latest that a clock has shown.
    pub(crate) fn up_to(&self, latest: Timestamp, end: i64) -> i64 {
        // Behind what is known may be what was never answered.
        let end = if self.sent > self.batches.len() { i64::MAX } else { end };
        // Behind what is too much, the time of what comes next may be over.
        self.expired_to(self.asked.max(self.too_many_to(end)), latest, end)
    }

    fn expired_to(&self, from: i64, latest: Timestamp, end: i64) -> i64 {
        let Some(retention) = self.retention else { return from };
        let kept = |(_, written): &(&i64, &i64)| **written + retention > latest.0;
        let first_kept = self.written.range(from..).find(kept);
        first_kept.map_or(end.max(from), |(offset, _)| *offset)
    }

    /// Without what is below, and known to be, as much is left as is to be kept.
    fn too_many_to(&self, end: i64) -> i64 {
        let Some(kept) = self.retention_bytes else { return 0 };
        let mut left = self.sent_bytes;
        for (base, bytes) in &self.batches {
            left = left.saturating_sub(*bytes);
            if left < kept {
                return *base;
            }
        }
        end
    }

    /// The log starts at `start`.
    pub(crate) fn look(&self, start: i64, latest: Timestamp, end: i64) -> Looked {
        let up_to = self.up_to(latest, end);
        if start <= up_to {
            return Ok(());
        }
        Err(format!("the log starts at {start}, only what is below {up_to} may be deleted"))
    }
}
