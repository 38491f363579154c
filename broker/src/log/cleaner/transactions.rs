//! What a cleaning knows of transactions while it walks over a log, by Kafka's rules: records of an
//! aborted one go at once, and its marker, as that of any, once nothing is left that it closes.

use std::collections::{HashMap, HashSet, VecDeque};

use penstock_records::{BatchHeader, Record, Records, RecordsError};

/// A transaction that ended without its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AbortedTransaction {
    /// Whose.
    pub(crate) producer: i64,
    /// Its first record's offset.
    pub(crate) first_offset: i64,
    /// Its marker's.
    pub(crate) last_offset: i64,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Transactions {
    /// Those that begin further on, in order.
    aborted: VecDeque<AbortedTransaction>,
    /// Producers within an aborted one, and whether a batch of it was met.
    aborting: HashMap<i64, bool>,
    /// Producers within one that is committed, of which a batch was met.
    committing: HashSet<i64>,
}

impl Transactions {
    /// For a walk from this offset on; `aborted` may be of more than that, in any order.
    pub(super) fn new(aborted: &[AbortedTransaction], from: i64) -> Self {
        // Of one that ended before, no marker would say so.
        let overlapping = aborted.iter().filter(|transaction| transaction.last_offset >= from);
        let mut aborted: VecDeque<_> = overlapping.copied().collect();
        aborted.make_contiguous().sort_by_key(|transaction| transaction.first_offset);
        Self { aborted, ..Self::default() }
    }

    /// Walks over a batch of records. True if they were aborted.
    pub(super) fn batch(&mut self, header: &BatchHeader) -> bool {
        self.reach(header.last_offset());
        if !header.attributes.is_transactional() {
            return false;
        }
        match self.aborting.get_mut(&header.producer_id.0) {
            Some(met) => {
                *met = true;
                true
            }
            None => {
                self.committing.insert(header.producer_id.0);
                false
            }
        }
    }

    /// Walks over a control batch. True if nothing is left that it closes.
    pub(super) fn marker(
        &mut self,
        header: &BatchHeader,
        inflated: &[u8],
    ) -> Result<bool, RecordsError> {
        self.reach(header.last_offset());
        let producer = header.producer_id.0;
        let first = Records::new(header, inflated).next().transpose()?;
        Ok(match first.as_ref().map(marker_type) {
            // It was emptied by an earlier cleaning.
            None => true,
            Some(Some(ABORT)) => self.aborting.remove(&producer) != Some(true),
            Some(Some(COMMIT)) => !self.committing.remove(&producer),
            Some(_) => false,
        })
    }

    fn reach(&mut self, offset: i64) {
        while let Some(next) = self.aborted.pop_front_if(|next| next.first_offset <= offset) {
            self.aborting.entry(next.producer).or_insert(false);
        }
    }
}

/// What a control record says: its key is a version and a type, of 16 bits each.
const ABORT: i16 = 0;
const COMMIT: i16 = 1;

fn marker_type(record: &Record<'_>) -> Option<i16> {
    let bytes: &[u8; 2] = record.key?.get(2..)?.first_chunk()?;
    Some(i16::from_be_bytes(*bytes))
}
