//! Which records stay: Kafka's rules, batch by batch (its `Cleaner`; KIP-58, KIP-98, KIP-534, KIP-354).
//!
//! A record stays if no dirty one behind it has its key. One without a value, a tombstone, says so to
//! readers for `delete.retention.ms`: from the cleaning that first met it, whose batch then states its
//! end. What is not cleaned yet stays, and so does the last batch of each active producer, if empty:
//! its sequence is known by it.

use std::collections::HashMap;

use penstock_records::{
    BatchHeader, Record, Records, RecordsError, Rejection, Remainder, StoredBatch, Timestamp,
};
use penstock_s3stream::Fate;

use super::keys::Keys;
use super::transactions::{AbortedTransaction, Transactions};

/// A cleaning of one log.
#[derive(Debug)]
pub(super) struct Rules {
    keys: Keys,
    /// The first offset that is dirty.
    dirty_from: i64,
    /// The first that is not looked at.
    end: i64,
    transactions: Transactions,
    aborted: Vec<AbortedTransaction>,
    /// The last offset of each active producer.
    last_of_producers: HashMap<i64, i64>,
    now: Timestamp,
    /// `delete.retention.ms`.
    keep_tombstones_ms: i64,
    is_full: bool,
    is_rewriting: bool,
}

/// What a cleaning goes by.
#[derive(Clone, Debug)]
pub(super) struct Given {
    /// The first offset that no cleaning has looked at.
    pub(super) dirty_from: i64,
    /// Transactions that were aborted, in all of the log.
    pub(super) aborted: Vec<AbortedTransaction>,
    /// The last offset of each active producer.
    pub(super) last_of_producers: HashMap<i64, i64>,
    /// The clock.
    pub(super) now: Timestamp,
    /// `delete.retention.ms`.
    pub(super) keep_tombstones_ms: i64,
}

impl Rules {
    pub(super) fn new(keys: Keys, given: Given) -> Self {
        let Given { dirty_from, aborted, last_of_producers, now, keep_tombstones_ms } = given;
        Self {
            keys,
            dirty_from,
            end: dirty_from,
            transactions: Transactions::new(&aborted, dirty_from),
            aborted,
            last_of_producers,
            now,
            keep_tombstones_ms,
            is_full: false,
            is_rewriting: false,
        }
    }

    /// All before it was looked at.
    pub(super) fn end(&self) -> i64 {
        self.end
    }

    /// Looks at the next batch. False when there was no room for all keys up to here: nothing is
    /// looked at any more.
    pub(super) fn look(
        &mut self,
        batch: &StoredBatch,
        inflated: &[u8],
    ) -> Result<bool, RecordsError> {
        if self.is_full {
            return Ok(false);
        }
        let header = batch.header();
        if header.attributes.is_control() {
            self.transactions.marker(header, inflated)?;
        } else if !self.transactions.batch(header) {
            for record in Records::new(header, inflated) {
                let Record { offset, key, .. } = record?;
                if !(header.base_offset..=header.last_offset()).contains(&offset) {
                    return Err(RecordsError::Malformed("a record lies outside of its batch"));
                }
                let Some(key) = key.filter(|_| offset >= self.dirty_from) else { continue };
                if !self.keys.note(key, offset) {
                    (self.end, self.is_full) = (offset, true);
                    return Ok(false);
                }
            }
        }
        self.end = self.end.max(header.next_offset());
        Ok(true)
    }

    /// Says what becomes of the next batch, once all was looked at. It may be emptied, but not go,
    /// where it `stays`.
    pub(super) fn rewrite(
        &mut self,
        batch: &StoredBatch,
        inflated: &[u8],
        stays: bool,
    ) -> Result<Fate, Rejection> {
        if !std::mem::replace(&mut self.is_rewriting, true) {
            self.transactions = Transactions::new(&self.aborted, batch.header().base_offset);
        }
        let header = batch.header();
        if header.base_offset >= self.end {
            return Ok(Fate::Kept);
        }
        let horizon = header.attributes.has_delete_horizon().then_some(header.base_timestamp);
        let is_past = horizon.is_some_and(|horizon| horizon <= self.now);
        let (is_spent, all_go) = if header.attributes.is_control() {
            let is_spent = self.transactions.marker(header, inflated)?;
            (is_spent, is_spent && is_past)
        } else {
            (false, self.transactions.batch(header))
        };
        let left = if all_go {
            Remainder::Nothing
        } else {
            let from_now = self.now.0.saturating_add(self.keep_tombstones_ms);
            let keep =
                |record: &Record<'_>| header.attributes.is_control() || self.keeps(record, is_past);
            batch.retain(inflated, is_spent, Timestamp(from_now), keep)?
        };
        Ok(match left {
            Remainder::All => Fate::Kept,
            Remainder::Some(some) => Fate::Rewritten {
                records: some.header.record_count.unsigned_abs(),
                max_timestamp: time(some.header.max_timestamp),
                bytes: some.bytes,
            },
            Remainder::Nothing if stays || self.is_last_of_producer(header) => emptied(batch),
            Remainder::Nothing => Fate::Gone,
        })
    }

    fn keeps(&self, record: &Record<'_>, tombstones_go: bool) -> bool {
        if record.offset >= self.end {
            return true;
        }
        let Some(key) = record.key else { return false };
        let is_newest = self.keys.newest(key).is_none_or(|newest| record.offset >= newest);
        is_newest && (record.value.is_some() || !tombstones_go)
    }

    fn is_last_of_producer(&self, header: &BatchHeader) -> bool {
        let last = self.last_of_producers.get(&header.producer_id.0);
        header.producer_id.is_some() && last == Some(&header.last_offset())
    }
}

fn emptied(batch: &StoredBatch) -> Fate {
    let emptied = batch.emptied();
    if emptied.bytes == *batch.bytes() {
        return Fate::Kept;
    }
    Fate::Rewritten { records: 0, max_timestamp: time(Timestamp::NONE), bytes: emptied.bytes }
}

fn time(timestamp: Timestamp) -> penstock_model::id::Timestamp {
    penstock_model::id::Timestamp(timestamp.0)
}

#[cfg(test)]
mod tests;
