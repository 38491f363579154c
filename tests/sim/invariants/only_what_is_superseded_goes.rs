//! Of a compacted topic only records go that have a newer one with their key and are old enough, what
//! is there is what was sent, and what has gone does not come back.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use penstock_model::id::Timestamp;
use tokio::time::Instant;

use super::Looked;
use crate::oracle::{Key, Value};

/// What is known of the records of one partition.
#[derive(Default)]
pub(crate) struct Superseded {
    /// Whether tombstones go, too, once they were looked at.
    forgets: bool,
    /// For how many milliseconds all records stay.
    lag: i64,
    /// All records whose place is known.
    placed: BTreeMap<i64, Value>,
    /// The last of them of each key.
    newest: BTreeMap<Key, (i64, Value)>,
    /// Records that were sent, and may be anywhere.
    unplaced: BTreeSet<Value>,
    /// When each was sent.
    sent: BTreeMap<Value, Timestamp>,
    /// Since when an offset has no record any more.
    gone: BTreeMap<i64, (Value, Instant)>,
}

impl Superseded {
    pub(crate) fn new(forgets: bool, lag: i64) -> Self {
        Self { forgets, lag, ..Self::default() }
    }

    /// A value is about to be sent.
    pub(crate) fn sent(&mut self, value: Value, now: Timestamp) {
        self.sent.insert(value, now);
        self.unplaced.insert(value);
    }

    /// A value is at an offset.
    pub(crate) fn placed(&mut self, value: Value, offset: i64) {
        self.unplaced.remove(&value);
        self.placed.insert(offset, value);
        let newest = self.newest.entry(value.key()).or_insert((offset, value));
        *newest = (offset, value).max(*newest);
    }

    /// An answer to a question that was asked then shows a record.
    pub(crate) fn shown(&self, offset: i64, asked: Instant) -> Looked {
        match self.gone.get(&offset) {
            Some((_, since)) if *since < asked => Err(format!("what was at {offset} comes back")),
            _ => Ok(()),
        }
    }

    /// All between two offsets was answered, and nothing but this is there; `latest` is the latest that
    /// a clock has shown.
    pub(crate) fn answered(
        &mut self,
        offsets: Range<i64>,
        there: &BTreeMap<i64, Value>,
        latest: Timestamp,
    ) -> Looked {
        let missing = self.placed.range(offsets).filter(|(offset, _)| !there.contains_key(offset));
        for (offset, value) in missing {
            self.gone.entry(*offset).or_insert((*value, Instant::now()));
            let age = self.sent.get(value).map_or(0, |sent| latest.0 - sent.0);
            if age < self.lag {
                return Err(format!("{value} at {offset} is gone after {age} ms"));
            }
        }
        Ok(())
    }

    /// All was read up to the end: each that has gone has a newer one.
    pub(crate) fn all_read(&self) -> Looked {
        let without = self.gone.iter().find(|(offset, (value, _))| {
            let key = value.key();
            let (newest, last) = self.newest[&key];
            let is_superseded = newest > **offset;
            !is_superseded && !self.may_be_forgotten(key, last)
        });
        match without {
            Some((offset, (value, _))) => {
                Err(format!("{value} at {offset} is gone, and nothing newer came"))
            }
            None => Ok(()),
        }
    }

    /// Whether a tombstone may have taken all of a key with it, and have gone then: the last one that
    /// is known, or one that nobody heard of.
    fn may_be_forgotten(&self, key: Key, last: Value) -> bool {
        let tombstone = |value: &Value| value.key() == key && value.is_tombstone();
        self.forgets && (last.is_tombstone() || self.unplaced.iter().any(tombstone))
    }
}
