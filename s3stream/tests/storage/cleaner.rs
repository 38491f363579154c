//! Log compaction of made-up batches: the first byte of a batch says which key it has.

use std::collections::HashMap;

use async_trait::async_trait;
use bytes::Bytes;
use penstock_model::id::{Offset, Timestamp, TopicId};
use penstock_s3stream::{
    Cleaning, CleaningError, CleaningRules, Dirty, Fate, LogCleaner, SourceBatch,
};

use crate::fold::Link;

/// So few keys that most batches are superseded soon.
const KEYS: u8 = 6;

/// How many of them one cleaning has room for.
const KEYS_AT_ONCE: usize = 4;

/// The key of a batch.
pub(crate) fn key_of(payload: &[u8]) -> u8 {
    payload[0] % KEYS
}

/// What stands for a batch that was emptied: no other begins so.
pub(crate) fn emptied(offset: u64) -> Bytes {
    format!("emptied {offset};").into_bytes().into()
}

/// Cleans every stream, as soon as anything is dirty; or none.
pub(crate) struct ByKey {
    pub(crate) cleans: bool,
}

#[async_trait]
impl LogCleaner for ByKey {
    fn rules(&self, _topic: TopicId) -> Option<CleaningRules> {
        self.cleans.then_some(CleaningRules {
            dirty_ratio_min: 0.2,
            lag_min: 0,
            lag_max: u64::MAX,
            dirty_bytes_min: 1,
            dirty_age_min: u64::MAX,
        })
    }

    async fn begin(&self, dirty: &Dirty) -> Result<Option<Box<dyn Cleaning>>, CleaningError> {
        let Link { next, .. } = Link::of(Some(&dirty.checkpoint));
        assert!(dirty.offsets.end.0 <= next, "{dirty:?} is not folded");
        let end = dirty.offsets.start;
        let (newest, dirty) = (HashMap::new(), dirty.clone());
        Ok(Some(Box::new(KeysSeen { newest, end, dirty, looked: 0 })))
    }
}

struct KeysSeen {
    newest: HashMap<u8, Offset>,
    end: Offset,
    dirty: Dirty,
    looked: u64,
}

#[async_trait]
impl Cleaning for KeysSeen {
    async fn look(&mut self, batches: Vec<SourceBatch>) -> Result<bool, CleaningError> {
        for SourceBatch { offsets, records, bytes, .. } in batches {
            self.looked += u64::from(records);
            assert!(self.looked <= self.dirty.records, "{:?} has more records", self.dirty);
            let key = key_of(&bytes);
            if self.newest.len() == KEYS_AT_ONCE && !self.newest.contains_key(&key) {
                return Ok(false);
            }
            if records > 0 {
                self.newest.insert(key, offsets.start);
            }
            self.end = offsets.end;
        }
        Ok(true)
    }

    fn end(&self) -> Offset {
        self.end
    }

    async fn rewrite(&mut self, batches: Vec<SourceBatch>) -> Result<Vec<Fate>, CleaningError> {
        let fate = |SourceBatch { offsets, records, bytes, stays, .. }: SourceBatch| {
            let is_superseded = records == 0
                || self.newest.get(&key_of(&bytes)).is_some_and(|newest| *newest > offsets.start);
            match (is_superseded && offsets.start < self.end, stays) {
                (false, _) => Fate::Kept,
                (true, false) => Fate::Gone,
                (true, true) if records == 0 => Fate::Kept,
                (true, true) => Fate::Rewritten {
                    records: 0,
                    max_timestamp: Timestamp(-1),
                    bytes: emptied(offsets.start.0),
                },
            }
        };
        Ok(batches.into_iter().map(fate).collect())
    }
}
