//! What was read from objects and checked, kept for the next reader: blocks, and indexes apart
//! from them, so that a scan of blocks does not push out what finds blocks.
//!
//! Loads in flight are in neither capacity: they have a budget in bytes and in number of their
//! own. It does not know which blocks a read needs.

use std::ops::Range;
use std::sync::Arc;

use futures::FutureExt;
use penstock_model::id::ObjectId;
use tokio::sync::{Semaphore, SemaphorePermit};

pub use super::loading_cache::{CacheCounts, Purpose};
use super::loading_cache::{Got, LoadingCache};
use super::plan::group_into_gets;
use crate::object::format::Block;
use crate::object::index::{BlockEntry, ObjectExtent, ObjectIndex};
use crate::object::reader::{ObjectError, ObjectReader};

/// Where the memory of cold reads goes, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheSettings {
    /// Blocks that are kept.
    pub block_bytes: usize,
    /// Indexes that are kept.
    pub index_bytes: usize,
    /// Requests in flight; a larger one goes alone.
    pub load_bytes: usize,
    /// How many requests are in flight at most.
    pub loads: usize,
}

impl CacheSettings {
    /// The shares of a budget: five eighths for blocks, one for indexes, two for requests.
    #[must_use]
    pub fn of(budget: usize) -> Self {
        let eighth = budget / 8;
        // Sixteen requests of a mebibyte fill a 10 Gbit/s line at S3's usual 15 ms to first byte.
        Self { block_bytes: 5 * eighth, index_bytes: eighth, load_bytes: 2 * eighth, loads: 16 }
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
    budget: Arc<LoadBudget>,
}

impl BlockCache {
    /// An empty cache before `reader`.
    #[must_use]
    pub fn new(reader: ObjectReader, settings: CacheSettings) -> Self {
        Self {
            reader,
            blocks: LoadingCache::new(settings.block_bytes, Block::size),
            indexes: LoadingCache::new(settings.index_bytes, |index| index.size()),
            budget: Arc::new(LoadBudget::new(settings.load_bytes, settings.loads)),
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
            let (reader, budget) = (self.reader.clone(), self.budget.clone());
            let load = async move {
                let _room = budget.acquire(object.size.saturating_sub(object.index_position)).await;
                Ok(vec![Arc::new(reader.index(object).await?)])
            };
            vec![(vec![0], load.boxed())]
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
                let (reader, budget) = (self.reader.clone(), self.budget.clone());
                let load = async move {
                    let bytes = wanted.iter().map(|entry| u64::from(entry.size)).sum();
                    let _room = budget.acquire(bytes).await;
                    reader.blocks(object, &wanted).await
                };
                (places.collect(), load.boxed())
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

    /// The bytes that it keeps, without requests in flight.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.blocks.bytes() + self.indexes.bytes()
    }
}

/// Bounds the requests in flight by their bytes and their number.
#[derive(Debug)]
struct LoadBudget {
    bytes_max: u32,
    bytes: Semaphore,
    requests: Semaphore,
}

impl LoadBudget {
    fn new(bytes: usize, requests: usize) -> Self {
        let bytes_max = u32::try_from(bytes).unwrap_or(u32::MAX).max(1);
        Self {
            bytes_max,
            bytes: Semaphore::new(bytes_max as usize),
            requests: Semaphore::new(requests.max(1)),
        }
    }

    /// Waits for room; it is given back when the answer is dropped.
    async fn acquire(&self, bytes: u64) -> Room<'_> {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX).min(self.bytes_max);
        let open = "the budget is never closed";
        let bytes = self.bytes.acquire_many(bytes).await.expect(open);
        let request = self.requests.acquire().await.expect(open);
        Room { _bytes: bytes, _request: request }
    }
}

/// Room for one request.
struct Room<'a> {
    _bytes: SemaphorePermit<'a>,
    _request: SemaphorePermit<'a>,
}

#[cfg(test)]
mod tests {
    use futures::poll;

    use super::*;

    #[tokio::test]
    async fn requests_in_flight_are_bounded_in_bytes_and_number() {
        let budget = LoadBudget::new(100, 3);
        let (half, rest) = (budget.acquire(50).await, budget.acquire(40).await);
        let mut more = Box::pin(budget.acquire(20));
        assert!(poll!(&mut more).is_pending(), "110 bytes");
        drop(half);
        let more = more.await;
        let small = budget.acquire(1).await;
        let mut fourth = Box::pin(budget.acquire(1));
        assert!(poll!(&mut fourth).is_pending(), "four requests");
        drop(small);
        let fourth = fourth.await;
        // One that is larger than the budget goes alone.
        let mut large = Box::pin(budget.acquire(1_000));
        assert!(poll!(&mut large).is_pending());
        drop((rest, more, fourth));
        let large = large.await;
        let mut behind = Box::pin(budget.acquire(1));
        assert!(poll!(&mut behind).is_pending());
        drop(large);
        behind.await;
    }
}
