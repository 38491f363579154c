//! Of a compacted topic only records go that have a newer one with their key, and what has gone does
//! not come back.

use std::collections::{BTreeMap, BTreeSet};

use tokio::time::Instant;

use super::Looked;
use crate::oracle::{Key, Value};

/// What is known of the records of one partition.
#[derive(Default)]
pub(crate) struct Superseded {
    /// Whether tombstones go, too, once they were looked at.
    forgets: bool,
    /// The last record of each key whose place is known.
    newest: BTreeMap<Key, i64>,
    /// Records that were sent, and may be anywhere.
    unplaced: BTreeSet<Value>,
    /// Since when an offset has no record any more.
    gone: BTreeMap<i64, (Key, Instant)>,
}

impl Superseded {
    pub(crate) fn new(forgets: bool) -> Self {
        Self { forgets, ..Self::default() }
    }

    /// A value is about to be sent.
    pub(crate) fn sent(&mut self, value: Value) {
        self.unplaced.insert(value);
    }

    /// A value is at an offset.
    pub(crate) fn placed(&mut self, value: Value, offset: i64) {
        self.unplaced.remove(&value);
        let newest = self.newest.entry(value.key()).or_insert(offset);
        *newest = offset.max(*newest);
    }

    /// An answer to a question of `asked` shows a record at this offset.
    pub(crate) fn shown(&self, offset: i64, asked: Instant) -> Looked {
        match self.gone.get(&offset) {
            Some((_, since)) if *since < asked => Err(format!("what was at {offset} comes back")),
            _ => Ok(()),
        }
    }

    /// An answer shows that what was there is there no more.
    pub(crate) fn missing(&mut self, value: Value, offset: i64) {
        let now = Instant::now();
        self.gone.entry(offset).or_insert((value.key(), now));
    }

    /// All was read up to the end: each that has gone has a newer one.
    pub(crate) fn all_read(&self) -> Looked {
        let without = self.gone.iter().find(|(offset, (key, _))| {
            let newest = self.newest.get(key).copied().unwrap_or(-1);
            newest <= **offset && !self.may_be_forgotten(*key)
        });
        match without {
            Some((offset, _)) => {
                Err(format!("what was at {offset} is gone, and nothing newer came"))
            }
            None => Ok(()),
        }
    }

    /// Whether a tombstone that nobody heard of may have taken all of a key with it.
    fn may_be_forgotten(&self, key: Key) -> bool {
        let tombstone = |value: &Value| value.key() == key && value.is_tombstone();
        self.forgets && self.unplaced.iter().any(tombstone)
    }
}
