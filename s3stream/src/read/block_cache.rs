//! What was read from objects and checked, kept for the next reader: blocks, and indexes apart
//! from them, so that a scan of blocks does not push out what finds blocks.
//!
//! What is on its way counts as though it were there. It does not know which blocks a read needs.

use std::ops::Range;
use std::sync::Arc;

use futures::FutureExt;
use penstock_model::id::ObjectId;
use penstock_wal::put_times::PutTimes;

use super::load_budget::LoadBudget;
pub use super::loading_cache::{CacheCounts, Purpose};
use super::loading_cache::{Check, Got, Load, LoadingCache};
use super::plan::group_into_gets;
use crate::object::format::Block;
use crate::object::index::{BlockEntry, ObjectExtent, ObjectIndex};
use crate::object::reader::{ObjectError, ObjectReader};

/// Where the memory of cold reads goes, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheSettings {
    /// Blocks that are kept, or on their way.
    pub block_bytes: usize,
    /// Indexes that are kept, or on their way.
    pub index_bytes: usize,
    /// The part of both that may be on its way; a larger request goes alone.
    pub load_bytes: usize,
    /// How many requests are in flight at most.
    pub loads: usize,
}

impl CacheSettings {
    /// The shares of a budget: seven eighths for blocks, one for indexes; half may be on its way. (Many
    /// indexes at once may take more than their eighth, for as long as they are.)
    #[must_use]
    pub fn of(budget: usize) -> Self {
        let eighth = budget / 8;
        // Sixteen requests of a mebibyte fill a 10 Gbit/s line at S3's usual 15 ms to first byte.
        Self { block_bytes: 7 * eighth, index_bytes: eighth, load_bytes: 4 * eighth, loads: 16 }
    }
}

/// A block, by where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct BlockKey {
    object: ObjectId,
    position: u64,
}

/// Blocks and whether each was there, or on its way, already.
#[derive(Debug)]
pub struct Blocks {
    /// In the order that they were asked for.
    pub blocks: Vec<Block>,
    /// False when this request had to ask the store.
    pub all_hits: bool,
}

/// See the module.
pub struct BlockCache {
    reader: ObjectReader,
    blocks: LoadingCache<BlockKey, Block, ObjectError>,
    indexes: LoadingCache<ObjectId, Arc<ObjectIndex>, ObjectError>,
}

impl BlockCache {
    /// An empty cache before `reader`, whose requests give way to those of a log.
    #[must_use]
    pub fn new(reader: ObjectReader, settings: CacheSettings, log: Option<Arc<PutTimes>>) -> Self {
        let budget = Arc::new(LoadBudget::new(settings.load_bytes, settings.loads, log));
        Self {
            reader,
            blocks: LoadingCache::new(settings.block_bytes, Block::size, Arc::clone(&budget)),
            indexes: LoadingCache::new(settings.index_bytes, |index| index.size(), budget),
        }
    }

    /// An object's index.
    ///
    /// # Errors
    /// See [`ObjectError`].
    pub async fn index(
        &self,
        purpose: Purpose,
        object: ObjectExtent,
    ) -> Result<Arc<ObjectIndex>, ObjectError> {
        let load = |_: &[usize]| {
            let reader = self.reader.clone();
            let bytes = object.size.saturating_sub(object.index_position);
            let answer = async move {
                let index = Arc::new(reader.index(object).await?);
                Ok(Box::new(|| Ok(vec![index])) as Check<_, _>)
            };
            vec![(vec![0], Load { bytes, answer: answer.boxed() })]
        };
        let Got { mut values, .. } = self.indexes.get(purpose, &[object.id], load).await?;
        Ok(values.pop().expect("one index was asked for"))
    }

    /// Blocks of one object, in order of position. Neighbours that are missing come in one GET.
    ///
    /// # Errors
    /// See [`ObjectError`]; one bad block fails them all.
    pub async fn blocks(
        &self,
        purpose: Purpose,
        object: ObjectId,
        entries: &[BlockEntry],
    ) -> Result<Blocks, ObjectError> {
        let key = |entry: &BlockEntry| BlockKey { object, position: entry.position };
        let keys: Vec<BlockKey> = entries.iter().map(key).collect();
        let load = |missing: &[usize]| {
            let gets = group_into_gets(|place| entries[place].bytes(), missing.iter().copied());
            let load = |places: Range<usize>| {
                let wanted = entries[places.clone()].to_vec();
                let bytes = wanted.iter().map(|entry| u64::from(entry.size)).sum();
                let reader = self.reader.clone();
                let answer = async move {
                    let blocks = reader.unchecked_blocks(object, wanted).await?;
                    Ok(Box::new(|| blocks.check()) as Check<_, _>)
                };
                (places.collect(), Load { bytes, answer: answer.boxed() })
            };
            gets.into_iter().map(load).collect()
        };
        let Got { values: blocks, all_hits } = self.blocks.get(purpose, &keys, load).await?;
        Ok(Blocks { blocks, all_hits })
    }

    /// How often blocks were there.
    #[must_use]
    pub fn block_counts(&self) -> CacheCounts {
        self.blocks.counts()
    }

    /// How often indexes were there.
    #[must_use]
    pub fn index_counts(&self) -> CacheCounts {
        self.indexes.counts()
    }

    /// The bytes that it keeps, or waits for.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.blocks.bytes() + self.indexes.bytes()
    }
}
