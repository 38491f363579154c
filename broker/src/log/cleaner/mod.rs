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
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use penstock_model::client::MetadataClient;
use penstock_model::id::{Offset, TopicId};
use penstock_records::{InflationLimits, StoredBatch, Work};
use penstock_s3stream::{
    Cleaning, CleaningError, CleaningRules, Dirty, Fate, LogCleaner, SourceBatch,
};

use self::keys::{Keys, bytes_for};
use self::rules::{Given, Rules};
use super::checkpoint::LogState;
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
        let ms = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Some(CleaningRules {
            dirty_ratio_min: compaction.dirty_ratio_min,
            lag_min: ms(compaction.lag_min),
            lag_max: ms(compaction.lag_max),
            dirty_bytes_min: config.segment_bytes as u64,
            dirty_age_min: ms(config.segment_age),
        })
    }

    async fn begin(&self, dirty: &Dirty) -> Result<Box<dyn Cleaning>, CleaningError> {
        let checkpoint = &dirty.checkpoint;
        let state = LogState::decode(&checkpoint.bytes, checkpoint.offset)
            .map_err(|error| CleaningError(error.to_string()))?;
        let last = |offsets: &std::ops::Range<Offset>| offsets.end.to_wire() - 1;
        let producers = state.producers.iter();
        let producers = producers.map(|(id, one)| (id.0, last(&one.newest().offsets)));
        let config = self.config(dirty.topic);
        let keep =
            config.compaction.map_or(Duration::ZERO, |compaction| compaction.keep_tombstones);
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
        Ok(Box::new(Compaction { rules, inspector: self.inspector.clone(), _room: room }))
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

/// A batch that is what its block says, and the bytes that its records take inflated.
struct Checked {
    batch: StoredBatch,
    stays: bool,
    inflated_bytes: usize,
}

impl Compaction {
    /// Does something with each batch and its records, in order.
    async fn with_each<T: Send + 'static>(
        &mut self,
        batches: Vec<SourceBatch>,
        mut act: impl FnMut(&mut Rules, &StoredBatch, &[u8], bool) -> Result<T, String> + Send + 'static,
    ) -> Result<Vec<T>, CleaningError> {
        let limits = InflationLimits::default();
        let checked = self.inspect(batches, move |batch| check(batch, &limits)).await?;
        let mut work = Work::default();
        for Checked { batch, inflated_bytes, .. } in &checked {
            let one =
                batch.retaining_work(&limits, *inflated_bytes).map_err(|e| failed(batch, e))?;
            work.memory_bytes = work.memory_bytes.max(one.memory_bytes);
            work.records_bytes = work.records_bytes.saturating_add(one.records_bytes);
        }
        let mut rules = self.rules.take().expect(AT_HOME);
        let job = move || {
            let each = checked.iter().map(|Checked { batch, stays, inflated_bytes }| {
                let inflated = batch.inflate_counted(&limits, *inflated_bytes);
                let inflated: Bytes = inflated.map_err(|error| failed(batch, error))?;
                act(&mut rules, batch, &inflated, *stays).map_err(|error| failed(batch, error))
            });
            (each.collect(), rules)
        };
        let ((done, rules), _memory) = self.inspector.run_at_any_size(work, job).await;
        self.rules = Some(rules);
        done
    }

    /// Checks the batches, and counts what their records take inflated.
    async fn inspect(
        &self,
        batches: Vec<SourceBatch>,
        check: impl Fn(SourceBatch) -> Result<Checked, CleaningError> + Send + 'static,
    ) -> Result<Vec<Checked>, CleaningError> {
        let limits = InflationLimits::default();
        let mut work = Work::default();
        for batch in &batches {
            let split = split(batch)?;
            let one = split.work(&limits).map_err(|error| failed(&split, error))?;
            work.memory_bytes = work.memory_bytes.max(one.memory_bytes);
            work.records_bytes = work.records_bytes.saturating_add(one.records_bytes);
        }
        let job = move || batches.into_iter().map(check).collect();
        self.inspector.run_at_any_size(work, job).await.0
    }
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

/// A batch that was damaged before its block was summed shall not get a checksum that fits.
fn check(source: SourceBatch, limits: &InflationLimits) -> Result<Checked, CleaningError> {
    let batch = split(&source)?;
    batch.check().map_err(|error| failed(&batch, error))?;
    let inflated_bytes = batch.inflated_bytes(limits).map_err(|error| failed(&batch, error))?;
    Ok(Checked { batch, stays: source.stays, inflated_bytes })
}

fn failed(batch: &StoredBatch, error: impl fmt::Display) -> CleaningError {
    CleaningError(format!("the batch at offset {}: {error}", batch.header().base_offset))
}

impl fmt::Debug for LogCompaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogCompaction").field("keys", &self.keys).finish_non_exhaustive()
    }
}
