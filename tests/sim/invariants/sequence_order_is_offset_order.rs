//! An idempotent producer's batches lie in the log in the order of their sequences, and one that
//! sends them in that order is never told that it does not.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Looked;

/// Where the batches of one producer are in one partition.
#[derive(Default)]
pub(crate) struct SequencedBatches(BTreeMap<i32, Range<i64>>);

impl SequencedBatches {
    /// The batch with this first sequence was acknowledged at these offsets.
    pub(crate) fn acked(&mut self, sequence: i32, offsets: Range<i64>) -> Looked {
        let before = self.0.range(..sequence).next_back();
        let after = self.0.range(sequence + 1..).next();
        if let Some((other, found)) = before.filter(|(_, found)| found.end > offsets.start) {
            return Err(format!("sequence {sequence} is at {offsets:?}, {other} at {found:?}"));
        }
        if let Some((other, found)) = after.filter(|(_, found)| found.start < offsets.end) {
            return Err(format!("sequence {sequence} is at {offsets:?}, {other} at {found:?}"));
        }
        self.0.insert(sequence, offsets);
        Ok(())
    }
}
