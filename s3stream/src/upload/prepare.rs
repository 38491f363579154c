//! A block made ready for upload: what each stream still needs of it, and its new checkpoint.

use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};
use penstock_model::id::Offset;
use penstock_planted::{self as planted, Bug};
use penstock_wal::{Location, ReadError};

use super::block::Block;
use super::plan::{PlannedCommit, StreamBytes, plan};
use crate::batch::BatchSummary;
use crate::checkpoint::Checkpoint;
use crate::lifecycle::Failure;
use crate::log_cache::BlockPart;
use crate::object::writer::StoredBatch;
use crate::shared::Shared;
use crate::slice::Slice;
use crate::stream_cache::{BatchSource, CachedBatch};
use crate::stream_state::StreamState;

/// How many large checkpoints are read from the store at once.
const CHECKPOINT_READS_MAX: usize = 16;

/// How many payloads are read back from the WAL at once.
const WAL_READS_MAX: usize = 16;

/// See the module's head.
pub(crate) struct Prepared {
    pub(crate) block: Block,
    /// In order of stream.
    pub(crate) parts: Vec<Part>,
    pub(crate) plan: Vec<PlannedCommit>,
}

/// One stream's part.
pub(crate) struct Part {
    pub(crate) stream: Arc<StreamState>,
    /// Where the stream's part of the block ends.
    pub(crate) end: Offset,
    /// What is to be stored: nothing of a stream that is another's, or below what is committed
    /// already, as after a trim past the committed end.
    batches: Vec<CachedBatch>,
    /// The same with their payloads, once loaded.
    pub(crate) stored: Vec<StoredBatch>,
    pub(crate) checkpoint: Option<Checkpoint>,
}

impl Prepared {
    /// Looks at what the metadata wants of a block, and folds its batches.
    pub(crate) async fn new(shared: &Shared, block: Block) -> Self {
        let parts: Vec<_> = stream::iter(shared.streams.cache.parts(&block))
            .map(|part| Part::new(shared, part))
            .buffered(CHECKPOINT_READS_MAX)
            .collect()
            .await;
        let sizes: Vec<_> = parts
            .iter()
            .filter(|part| part.checkpoint.is_some() || !part.batches.is_empty())
            .map(|part| StreamBytes {
                stream: part.stream.id,
                bytes: part.batches.iter().map(|batch| u64::from(batch.payload_length)).sum(),
            })
            .collect();
        let plan = plan(&sizes, &shared.settings.upload);
        Self { block, parts, plan }
    }

    /// What the new checkpoints take, until they are committed.
    pub(crate) fn checkpoint_bytes(&self) -> usize {
        self.parts.iter().filter_map(|part| part.checkpoint.as_ref()).map(|c| c.bytes.len()).sum()
    }

    /// Gathers the payloads, from memory or from the WAL.
    pub(crate) async fn load(&mut self, shared: &Shared) -> Result<(), Failure> {
        for part in &mut self.parts {
            let batches = std::mem::take(&mut part.batches);
            let stored = stream::iter(batches)
                .map(|batch| load(shared, &part.stream, batch))
                .buffered(WAL_READS_MAX)
                .try_collect()
                .await?;
            part.stored = stored;
        }
        Ok(())
    }

    /// Every stream's part joins what is committed of it: with a gap, the trim that comes with
    /// the commit would lose batches.
    pub(crate) fn check_contiguous(&self, shared: &Shared) {
        let image = shared.metadata.image();
        for part in &self.parts {
            if let (Some(owned), Some(first)) =
                (shared.owned(&image, &part.stream), part.stored.first())
            {
                let (start, end) = (first.offsets.start, owned.end);
                assert!(
                    start <= end,
                    "stream {}: {start} leaves a gap after {end}",
                    part.stream.id
                );
            }
        }
    }
}

impl Part {
    async fn new(shared: &Shared, part: BlockPart) -> Self {
        let BlockPart { stream, end, mut batches } = part;
        let checkpoint = fold(shared, &stream, end, &batches).await;
        let image = shared.metadata.image();
        let committed = shared.owned(&image, &stream).map(|owned| owned.end);
        batches.retain(|batch| committed.is_some_and(|committed| batch.end() > committed));
        Self { stream, end, batches, stored: Vec::new(), checkpoint }
    }
}

/// The checkpoint at the end of a part. None where there is nothing new for it, and none where the
/// state before the part cannot be had: the checkpoint that the metadata names then stays.
async fn fold(
    shared: &Shared,
    stream: &StreamState,
    end: Offset,
    batches: &[CachedBatch],
) -> Option<Checkpoint> {
    if stream.refused().is_some() {
        return None;
    }
    let previous = match shared.previous_checkpoint(stream).await {
        Ok(previous) => previous?,
        Err(error) => {
            stream.refuse(&error.to_string());
            return None;
        }
    };
    let folded_to = previous.as_ref().map_or(Offset::ZERO, |previous| previous.offset);
    let news: Vec<BatchSummary> =
        batches.iter().filter(|batch| batch.end() > folded_to).map(CachedBatch::summary).collect();
    if news.first()?.offsets.start > folded_to {
        // Batches between were uploaded while the checkpoint could not be read. Whoever opens the
        // stream reads them, and hands in a state to go on from.
        return None;
    }
    let news = if planted::is(Bug::StaleCheckpoint) { &[] } else { &*news };
    match shared.fold.fold(stream.id, previous.as_ref(), news) {
        Ok(bytes) => {
            stream.lock().keep_fold(end, bytes.clone());
            Some(Checkpoint { offset: end, bytes })
        }
        Err(error) => {
            stream.refuse(&error.to_string());
            None
        }
    }
}

/// Takes a batch's payload from where it is. In memory it may have changed since it was summed: then
/// the log has the last good copy, which is given up after the upload.
async fn load(
    shared: &Shared,
    stream: &StreamState,
    batch: CachedBatch,
) -> Result<StoredBatch, Failure> {
    let (bytes, crc32c) = match batch.source() {
        BatchSource::Memory(Slice { bytes, .. })
            if crc32c::crc32c(&bytes) == batch.payload_crc32c =>
        {
            (bytes, batch.payload_crc32c)
        }
        BatchSource::Memory(_) => {
            let (id, offset) = (stream.id, batch.start);
            tracing::error!(stream = %id, %offset, "a batch has changed in memory, will take the log's copy; check this machine's memory");
            shared.counters.changed_payloads.add(1);
            let good = read_back(shared, batch.location()).await?;
            shared.streams.cache.mend(stream, batch.start, good.0.clone());
            good
        }
        BatchSource::Wal(location) => read_back(shared, location).await?,
    };
    Ok(StoredBatch {
        offsets: batch.offsets(),
        records: batch.records,
        max_timestamp: batch.max_timestamp,
        bytes,
        crc32c,
    })
}

/// A payload as the log has it, which the log has checked, with its own sum: the remembered one may
/// have changed in memory too.
async fn read_back(shared: &Shared, location: Location) -> Result<(Bytes, u32), Failure> {
    shared.counters.wal_reads.add(1);
    let bytes = shared.wal.read(location).await.map_err(|error| match error {
        ReadError::Trimmed(position) => {
            let at = position.0;
            Failure::Corrupt(format!("the log was trimmed at {at} before the upload"))
        }
        ReadError::Wal(error) => Failure::Wal(error),
    })?;
    let crc32c = crc32c::crc32c(&bytes);
    Ok((bytes, crc32c))
}
