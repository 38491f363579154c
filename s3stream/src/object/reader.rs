//! Reads parts of objects: exact ranges, each checked before anybody sees it.
//!
//! It never guesses where something lies, never retries, and never keeps anything.

use std::ops::Range;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{GetOptions, ObjectStore, ObjectStoreExt};
use penstock_model::command::CheckpointRef;
use penstock_model::id::{ClusterId, ObjectId, StreamId};

use super::format::{Block, Damage, FOOTER_BYTES, IndexError, decode_checkpoint, decode_footer};
use super::index::{BlockEntry, ObjectExtent, ObjectIndex, bytes_of};
use super::key::object_key;
use crate::store::retry::is_transient;

/// Why a part of an object could not be had. Never is it replaced by other bytes, or by none.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ObjectError {
    /// The object is not there: metadata may have moved on. Read a newer image, and try again.
    #[error("{key} is gone; metadata names another object by now, or data is lost")]
    Gone {
        /// Where it was looked for.
        key: Path,
    },
    /// Its bytes are not what was written. Nobody serves or deletes them: restore the object, or
    /// give up the offsets that it holds.
    #[error("{key} is damaged at byte {at}: {what}; its bytes are kept, and not served")]
    Damaged {
        /// The object.
        key: Path,
        /// Where the damaged part begins.
        at: u64,
        /// What does not hold.
        what: &'static str,
    },
    /// Read it with the release that wrote it.
    #[error("{key} has format version {version}, which this release does not know")]
    Version {
        /// The object.
        key: Path,
        /// The version it names.
        version: u32,
    },
    /// The store did not answer as it should: see the error, and [`is_transient`].
    #[error("cannot read {key}: {error}")]
    Store {
        /// The object.
        key: Path,
        /// What the store said.
        error: Arc<object_store::Error>,
    },
}

impl ObjectError {
    /// Whether the same request may succeed later, although nothing about it changes.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Store { error, .. } if is_transient(error))
    }
}

/// Reads the objects of one cluster.
#[derive(Clone, Debug)]
pub struct ObjectReader {
    store: Arc<dyn ObjectStore>,
    cluster: ClusterId,
}

impl ObjectReader {
    /// Reads from a store, under the prefix that it was opened with.
    #[must_use]
    pub fn new(store: Arc<dyn ObjectStore>, cluster: ClusterId) -> Self {
        Self { store, cluster }
    }

    /// Finds an object's parts without metadata: by the size that the store states, and the
    /// footer.
    ///
    /// # Errors
    /// See [`ObjectError`].
    pub async fn extent(&self, id: ObjectId) -> Result<ObjectExtent, ObjectError> {
        let key = object_key(self.cluster, id);
        let size = self.store.head(&key).await.map_err(|error| store_error(&key, error))?.size;
        let Some(footer_position) = size.checked_sub(FOOTER_BYTES as u64) else {
            let what = "the object is shorter than a footer";
            return Err(damaged(&key, Damage { at: 0, what }));
        };
        let mut parts = self.read(&key, footer_position..size, &[FOOTER_BYTES]).await?;
        let footer = parts.pop().expect("one part was asked for");
        let footer = decode_footer(&footer, size).map_err(|error| index_error(&key, error))?;
        Ok(ObjectExtent { id, size, index_position: footer.index_position })
    }

    /// Reads an object's index: one GET.
    ///
    /// # Errors
    /// See [`ObjectError`].
    pub async fn index(&self, object: ObjectExtent) -> Result<ObjectIndex, ObjectError> {
        let key = object_key(self.cluster, object.id);
        let range = object.index_position..object.size;
        let length = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX);
        let mut parts = self.read(&key, range, &[length]).await?;
        let bytes = parts.pop().expect("one part was asked for");
        ObjectIndex::decode(&bytes, object).map_err(|error| index_error(&key, error))
    }

    /// Reads blocks that lie back to back: one GET.
    ///
    /// # Errors
    /// See [`ObjectError`]; one bad block fails them all.
    ///
    /// # Panics
    /// When there are none, or gaps between them.
    pub async fn blocks(
        &self,
        object: ObjectId,
        entries: &[BlockEntry],
    ) -> Result<Vec<Block>, ObjectError> {
        self.unchecked_blocks(object, entries.to_vec()).await?.check()
    }

    /// The same, with the work that is left once the store has answered apart.
    pub(crate) async fn unchecked_blocks(
        &self,
        object: ObjectId,
        entries: Vec<BlockEntry>,
    ) -> Result<UncheckedBlocks, ObjectError> {
        let range = bytes_of(&entries);
        let key = object_key(self.cluster, object);
        let lengths: Vec<usize> = entries.iter().map(|entry| entry.size as usize).collect();
        let parts = self.read(&key, range, &lengths).await?;
        Ok(UncheckedBlocks { key, entries, parts })
    }

    /// Reads the opaque states of checkpoints that lie back to back: one GET.
    ///
    /// # Errors
    /// See [`ObjectError`]; one bad checkpoint fails them all.
    ///
    /// # Panics
    /// When there are none, or gaps between them.
    pub async fn checkpoints(
        &self,
        wanted: &[(StreamId, CheckpointRef)],
    ) -> Result<Vec<Bytes>, ObjectError> {
        let (first, last) = wanted.first().zip(wanted.last()).expect("checkpoints to read");
        let (range, end) = (checkpoint_bytes(&first.1), checkpoint_bytes(&last.1).end);
        let adjacent = |pair: &[(StreamId, CheckpointRef)]| {
            let [(_, former), (_, next)] = pair else { return false };
            (former.object, checkpoint_bytes(former).end) == (next.object, next.position)
        };
        assert!(wanted.windows(2).all(adjacent), "checkpoints of one GET lie back to back");
        let key = object_key(self.cluster, first.1.object);
        let lengths: Vec<usize> = wanted.iter().map(|(_, c)| c.size as usize).collect();
        let parts = self.read(&key, range.start..end, &lengths).await?;
        let decode = |(bytes, (stream, checkpoint)): (Bytes, &(StreamId, CheckpointRef))| {
            decode_checkpoint(&bytes, checkpoint.position, *stream, checkpoint.offset)
                .map_err(|error| damaged(&key, error))
        };
        parts.into_iter().zip(wanted).map(decode).collect()
    }

    /// The same of one.
    ///
    /// # Errors
    /// See [`ObjectError`].
    pub async fn checkpoint(
        &self,
        stream: StreamId,
        checkpoint: &CheckpointRef,
    ) -> Result<Bytes, ObjectError> {
        let mut read = self.checkpoints(&[(stream, *checkpoint)]).await?;
        Ok(read.pop().expect("one checkpoint was asked for"))
    }

    /// That an object does not hold what others say it does.
    #[must_use]
    pub fn damaged(&self, object: ObjectId, at: u64, what: &'static str) -> ObjectError {
        damaged(&object_key(self.cluster, object), Damage { at, what })
    }

    /// Reads a range, cut into parts of these lengths, which add up to it.
    async fn read(
        &self,
        key: &Path,
        range: Range<u64>,
        lengths: &[usize],
    ) -> Result<Vec<Bytes>, ObjectError> {
        let short = || Damage { at: range.start, what: "the object ends before it should" };
        if range.is_empty() {
            return Err(damaged(key, short()));
        }
        let options = GetOptions::new().with_range(Some(range.clone()));
        let failed = |error| store_error(key, error);
        let answer = match self.store.get_opts(key, options).await {
            Ok(answer) => answer,
            // Stores answer a range past the end as they answer any failure.
            Err(error) if is_transient(&error) && self.ends_before(key, range.end).await => {
                return Err(damaged(key, short()));
            }
            Err(error) => return Err(failed(error)),
        };
        if answer.range != range {
            return Err(damaged(key, short()));
        }
        let mut parts = Parts::new(lengths);
        let mut stream = answer.into_stream();
        while let Some(chunk) = stream.try_next().await.map_err(failed)? {
            parts.push(chunk);
        }
        parts.finish().ok_or_else(|| damaged(key, short()))
    }

    /// True if the object is known to be shorter than `end`.
    async fn ends_before(&self, key: &Path, end: u64) -> bool {
        self.store.head(key).await.is_ok_and(|there| there.size < end)
    }
}

/// The bytes of some blocks. Each has a buffer of its own, so that one that is kept does not keep the
/// others.
pub(crate) struct UncheckedBlocks {
    key: Path,
    entries: Vec<BlockEntry>,
    parts: Vec<Bytes>,
}

impl UncheckedBlocks {
    /// Checks and decodes them; one bad block fails them all.
    pub(crate) fn check(self) -> Result<Vec<Block>, ObjectError> {
        let Self { key, entries, parts } = self;
        let blocks = parts.into_iter().zip(&entries);
        blocks
            .map(|(bytes, entry)| Block::decode(bytes, entry).map_err(|e| damaged(&key, e)))
            .collect()
    }
}

/// Where a checkpoint's bytes lie in its object.
#[must_use]
pub fn checkpoint_bytes(checkpoint: &CheckpointRef) -> Range<u64> {
    checkpoint.position..checkpoint.position.saturating_add(checkpoint.size.into())
}

/// Cuts a stream of chunks into parts of given lengths, each in a buffer of its own size.
struct Parts<'a> {
    lengths: std::slice::Iter<'a, usize>,
    done: Vec<Bytes>,
    missing: usize,
    open: BytesMut,
}

impl<'a> Parts<'a> {
    fn new(lengths: &'a [usize]) -> Self {
        let mut lengths = lengths.iter();
        let missing = lengths.next().copied().unwrap_or(0);
        Self { lengths, done: Vec::new(), missing, open: BytesMut::new() }
    }

    fn push(&mut self, mut chunk: Bytes) {
        while !chunk.is_empty() && self.missing > 0 {
            let part = chunk.split_to(chunk.len().min(self.missing));
            let whole = self.open.is_empty() && part.len() == self.missing && chunk.is_empty();
            self.missing -= part.len();
            if whole {
                self.done.push(owned(part));
                self.missing = self.lengths.next().copied().unwrap_or(0);
                continue;
            }
            if self.open.is_empty() {
                self.open.reserve(part.len() + self.missing);
            }
            self.open.extend_from_slice(&part);
            if self.missing == 0 {
                self.done.push(std::mem::take(&mut self.open).freeze());
                self.missing = self.lengths.next().copied().unwrap_or(0);
            }
        }
    }

    /// The parts, if all bytes came.
    fn finish(self) -> Option<Vec<Bytes>> {
        (self.missing == 0 && self.lengths.len() == 0).then_some(self.done)
    }
}

/// The same bytes in an allocation that holds little else: their size is what keeping them costs.
fn owned(bytes: Bytes) -> Bytes {
    let length = bytes.len();
    match bytes.try_into_mut() {
        Ok(buffer) if buffer.capacity() <= length + length / 8 => buffer.freeze(),
        Ok(buffer) => Bytes::copy_from_slice(&buffer),
        Err(bytes) => Bytes::copy_from_slice(&bytes),
    }
}

fn damaged(key: &Path, Damage { at, what }: Damage) -> ObjectError {
    ObjectError::Damaged { key: key.clone(), at, what }
}

fn index_error(key: &Path, error: IndexError) -> ObjectError {
    match error {
        IndexError::Damaged(damage) => damaged(key, damage),
        IndexError::Version(version) => ObjectError::Version { key: key.clone(), version },
    }
}

fn store_error(key: &Path, error: object_store::Error) -> ObjectError {
    match error {
        object_store::Error::NotFound { .. } => ObjectError::Gone { key: key.clone() },
        error => ObjectError::Store { key: key.clone(), error: Arc::new(error) },
    }
}
