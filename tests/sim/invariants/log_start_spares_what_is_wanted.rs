//! The log start moves only over records that somebody asked to delete, or whose time is over.

use std::collections::BTreeMap;

use penstock_model::id::Timestamp;

use super::Looked;

/// What may be deleted of one partition.
#[derive(Default)]
pub(crate) struct Deletable {
    /// Records below were asked to be deleted.
    asked: i64,
    /// How long records are kept, if not for ever, in milliseconds.
    pub(crate) retention: Option<i64>,
    /// When the known ones were written, by their producer.
    written: BTreeMap<i64, i64>,
}

impl Deletable {
    /// Somebody asks for the deletion of what is below.
    pub(crate) fn ask(&mut self, below: i64) {
        self.asked = self.asked.max(below);
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
        let Some(retention) = self.retention else { return self.asked };
        let kept = |(_, written): &(&i64, &i64)| **written + retention > latest.0;
        let first_kept = self.written.range(self.asked..).find(kept);
        first_kept.map_or(end.max(self.asked), |(offset, _)| *offset)
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
