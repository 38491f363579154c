//! Log compaction: which batches of a compacted topic still matter.
//!
//! ```text
//!   s3stream: blocks ──► split, checked ──► inflated within a share of memory ──► rules ──► fates
//! ```
//!
//! All it goes by is in the metadata and in the stream's checkpoint, not in an open partition: so it
//! can be done wherever the objects can be read.

mod keys;
mod rules;
mod transactions;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use penstock_model::client::MetadataClient;
use penstock_model::id::{Offset, TopicId};
use penstock_records::{InflationLimits, RecordsError, StoredBatch, Work};
use penstock_s3stream::{
    Cleaning, CleaningError, CleaningRules, Dirty, Fate, LogCleaner, SourceBatch,
};

use self::keys::{Keys, bytes_for};
use self::rules::{Given, Rules};
use super::checkpoint::LogState;
use super::milliseconds;
use crate::config::TopicConfig;
use crate::env::Entropy;
use crate::inspector::Inspector;
use crate::net::{ByteBudget, BytePermit};
use crate::topic_settings::TopicSettingsCache;

/// Cleans the logs of compacted topics.
pub struct LogCompaction {
    /// Where topics' settings stand.
    pub metadata: Arc<dyn MetadataClient>,
    /// What they mean.
    pub topic_settings: Arc<TopicSettingsCache>,
    /// Looks into batches.
    pub inspector: Inspector,
    /// Draws what keys are hashed with.
    pub entropy: Arc<dyn Entropy>,
    /// Memory for the keys of logs that are being compacted.
    pub keys: ByteBudget,
}

impl LogCompaction {
    fn config(&self, topic: TopicId) -> TopicConfig {
        self.topic_settings.of(&self.metadata.image(), topic).config.clone()
    }
}

#[async_trait]
impl LogCleaner for LogCompaction {
    fn rules(&self, topic: TopicId) -> Option<CleaningRules> {
        let config = self.config(topic);
        let compaction = config.compaction?;
        Some(CleaningRules {
            dirty_ratio_min: compaction.dirty_ratio_min,
            lag_min: milliseconds(compaction.lag_min),
            lag_max: milliseconds(compaction.lag_max),
            dirty_bytes_min: config.segment_bytes as u64,
            dirty_age_min: milliseconds(config.segment_age),
        })
    }

    async fn begin(&self, dirty: &Dirty) -> Result<Option<Box<dyn Cleaning>>, CleaningError> {
        let checkpoint = &dirty.checkpoint;
        let state = LogState::decode(&checkpoint.bytes, checkpoint.offset)
            .map_err(|error| CleaningError(error.to_string()))?;
        let producers = state.producers.iter();
        let producers = producers.map(|(id, one)| (id.0, one.newest().offsets.end.to_wire() - 1));
        let Some(compaction) = self.config(dirty.topic).compaction else { return Ok(None) };
        let keep = compaction.keep_tombstones;
        let given = Given {
            dirty_from: dirty.offsets.start.to_wire(),
            // Nobody begins a transaction yet, and so none is aborted.
            aborted: Vec::new(),
            last_of_producers: producers.collect(),
            now: penstock_records::Timestamp(dirty.now.0),
            keep_tombstones_ms: i64::try_from(keep.as_millis()).unwrap_or(i64::MAX),
        };
        let room = self.keys.acquire(bytes_for(dirty.records).min(self.keys.total())).await;
        let keys = Keys::new(self.entropy.draw(), dirty.records, room.bytes());
        let rules = Some(Box::new(Rules::new(keys, given)));
        Ok(Some(Box::new(Compaction { rules, inspector: self.inspector.clone(), _room: room })))
    }
}

/// One log being cleaned.
struct Compaction {
    /// Away only while the inspector works with them.
    rules: Option<Box<Rules>>,
    inspector: Inspector,
    /// For its keys.
    _room: BytePermit,
}

#[async_trait]
impl Cleaning for Compaction {
    async fn look(&mut self, batches: Vec<SourceBatch>) -> Result<bool, CleaningError> {
        self.with_each(batches, |rules, batch, inflated, _| {
            rules.look(batch, inflated).map_err(|error| error.to_string())
        })
        .await
        .map(|looked| !looked.contains(&false))
    }

    fn end(&self) -> Offset {
        let end = self.rules.as_ref().expect(AT_HOME).end();
        Offset::from_wire(end).expect("it is an offset of the log")
    }

    async fn rewrite(&mut self, batches: Vec<SourceBatch>) -> Result<Vec<Fate>, CleaningError> {
        self.with_each(batches, |rules, batch, inflated, stays| {
            rules.rewrite(batch, inflated, stays).map_err(|error| error.to_string())
        })
        .await
    }
}

const AT_HOME: &str = "whoever has them gives them back";

impl Compaction {
    /// Does something with each batch and its records, in order.
    async fn with_each<T: Send + 'static>(
        &mut self,
        batches: Vec<SourceBatch>,
        mut act: impl FnMut(&mut Rules, &StoredBatch, &[u8], bool) -> Result<T, String> + Send + 'static,
    ) -> Result<Vec<T>, CleaningError> {
        let limits = InflationLimits::default();
        let stays: Vec<bool> = batches.iter().map(|batch| batch.stays).collect();
        let split: Result<Vec<_>, _> = batches.iter().map(split).collect();
        let batches = split?;
        // How far they inflate is not known before.
        let work = one_by_one(&batches, |batch| batch.work(&limits))?;
        let checked = batches.clone();
        let count = move || checked.iter().map(|batch| check(batch, &limits)).collect();
        let counted: Result<Vec<usize>, _> = self.inspector.run_at_any_size(work, count).await.0;
        let counted = counted?;
        let mut sizes = counted.iter();
        let work = one_by_one(&batches, |batch| {
            batch.retaining_work(&limits, *sizes.next().expect("each is counted"))
        })?;
        let mut rules = self.rules.take().expect(AT_HOME);
        let job = move || {
            let each = batches.iter().zip(counted).zip(stays);
            let each = each.map(|((batch, size), stays)| {
                let inflated = batch.inflate_counted(&limits, size);
                let inflated = inflated.map_err(|error| failed(batch, error))?;
                act(&mut rules, batch, &inflated, stays).map_err(|error| failed(batch, error))
            });
            (each.collect(), rules)
        };
        let ((done, rules), _memory) = self.inspector.run_at_any_size(work, job).await;
        self.rules = Some(rules);
        done
    }
}

/// What it takes to work with some batches, one after the other.
fn one_by_one(
    batches: &[StoredBatch],
    mut work: impl FnMut(&StoredBatch) -> Result<Work, RecordsError>,
) -> Result<Work, CleaningError> {
    let mut all = Work::default();
    for batch in batches {
        let one = work(batch).map_err(|error| failed(batch, error))?;
        all.memory_bytes = all.memory_bytes.max(one.memory_bytes);
        all.records_bytes = all.records_bytes.saturating_add(one.records_bytes);
    }
    Ok(all)
}

/// The batch, if it is what its block says.
fn split(source: &SourceBatch) -> Result<StoredBatch, CleaningError> {
    let place = &source.offsets;
    let at = |error: String| CleaningError(format!("the batch at offset {}: {error}", place.start));
    let mut bytes = source.bytes.clone();
    let batch = StoredBatch::split_from(&mut bytes).map_err(|error| at(error.to_string()))?;
    let header = batch.header();
    let stated = (Offset::from_wire(header.base_offset), Offset::from_wire(header.next_offset()));
    if !bytes.is_empty() || stated != (Some(place.start), Some(place.end)) {
        return Err(at("its block says that it is another one".to_owned()));
    }
    Ok(batch)
}

/// The bytes that a batch's records take inflated. One that was damaged before its block was summed
/// shall not get a checksum that fits.
fn check(batch: &StoredBatch, limits: &InflationLimits) -> Result<usize, CleaningError> {
    batch.check().map_err(|error| failed(batch, error))?;
    batch.inflated_bytes(limits).map_err(|error| failed(batch, error))
}

fn failed(batch: &StoredBatch, error: impl fmt::Display) -> CleaningError {
    CleaningError(format!("the batch at offset {}: {error}", batch.header().base_offset))
}

impl fmt::Debug for LogCompaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogCompaction").field("keys", &self.keys).finish_non_exhaustive()
    }
}
