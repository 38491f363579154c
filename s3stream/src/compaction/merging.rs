//! The second tier's jobs: the store makes one object of what many hold of a stream, and only indexes
//! come through here.
//!
//! ```text
//!   image ──► plan/merge ──► indexes read ──► laid out ──► assembled by the store ──► commit
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use object_store::Error;
use penstock_model::command::{Refused, ReplaceRanges};
use penstock_model::id::{ObjectId, StreamId};
use penstock_model::image::{MetadataImage, StreamRange};

use super::commit::{replace, replaced_run};
use super::plan::merge::Merge;
use super::source::{Follower, Sources, Unreadable};
use crate::object::index::ObjectIndex;
use crate::object::merged::{self, MergedObject, Source};
use crate::object::put::{PutError, assemble_object};
use crate::shared::Shared;
use crate::store::assemble::Assemble;

/// Why ranges were not merged. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub(super) enum MergeFailure {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// Right as it is, but its blocks do not end where its range does, or are too few to be copied.
    #[error("object {0} cannot be a part of another")]
    Unfit(ObjectId),
    /// Plan anew.
    #[error("a source is gone, or somebody took the attempt for dead")]
    Stale,
    /// Not before the next start.
    #[error("the store makes no objects of parts of others: {0}")]
    Unsupported(Arc<Error>),
    #[error(transparent)]
    Put(PutError),
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// What was merged.
#[derive(Debug)]
pub(super) struct Merged {
    /// The object's size.
    pub(super) bytes: u64,
    /// Streams that have changed meanwhile, and stay as they are.
    pub(super) skipped: Vec<StreamId>,
}

/// Reads the indexes, and says what the store is to make under a new lease.
pub(super) async fn lay_out(
    shared: &Shared,
    assembler: &dyn Assemble,
    image: &MetadataImage,
    sources: &mut Sources<'_>,
    merge: &Merge,
) -> Result<MergedObject, MergeFailure> {
    let objects: BTreeSet<_> = merge.run.iter().map(|range| range.object).collect();
    let indexes = sources.indexes(objects).await?;
    let parts = parts(image, sources, &indexes, merge, assembler.piece_bytes_min())?;
    let id = shared.lease(1).await?;
    Ok(merged::merge(id, &parts))
}

/// Has the store make the object, and commits it. Whoever tries again does so under a new lease: so the
/// end of each finds what was begun under it.
pub(super) async fn make(
    shared: &Shared,
    assembler: &dyn Assemble,
    merge: &Merge,
    merged: &MergedObject,
) -> Result<Merged, MergeFailure> {
    let assembled = assemble_object(assembler, &*shared.store, shared.cluster, merged);
    assembled.await.map_err(failure)?;
    let command = ReplaceRanges {
        broker: shared.broker,
        object: merged.object,
        runs: vec![replaced_run(&merge.run, &merged.range, false)],
        checkpoints: Vec::new(),
        now: shared.clock.now(),
    };
    Ok(Merged { bytes: merged.object.size, skipped: replace(shared, command).await? })
}

/// The blocks of each range, in order: they join, and end where it does.
fn parts<'i>(
    image: &MetadataImage,
    sources: &Sources<'_>,
    indexes: &'i BTreeMap<ObjectId, Arc<ObjectIndex>>,
    merge: &Merge,
    piece_bytes_min: u64,
) -> Result<Vec<Source<'i>>, MergeFailure> {
    let mut follower = Follower::new(image, merge.stream, merge.run[0].offsets.start);
    let mut parts = Vec::with_capacity(merge.run.len());
    for StreamRange { offsets, object, .. } in &merge.run {
        let blocks = indexes[object].blocks_of(merge.stream, offsets);
        for block in blocks {
            // An upload that came again with more has both in one block.
            if follower.overlaps(&block.offsets) || block.offsets.end > offsets.end {
                return Err(MergeFailure::Unfit(*object));
            }
            if !follower.follow(&block.offsets) {
                return Err(sources.contradicts(*object).into());
            }
        }
        if blocks.is_empty() || !follower.has_reached(offsets.end) {
            return Err(sources.contradicts(*object).into());
        }
        let part = Source { object: *object, blocks };
        let bytes = part.bytes();
        if bytes.end - bytes.start < piece_bytes_min {
            return Err(MergeFailure::Unfit(*object));
        }
        parts.push(part);
    }
    Ok(parts)
}

fn failure(error: PutError) -> MergeFailure {
    match error {
        PutError::Refused { error, .. } if matches!(*error, Error::NotFound { .. }) => {
            MergeFailure::Stale
        }
        PutError::Refused { error, .. }
            if matches!(*error, Error::NotImplemented { .. } | Error::NotSupported { .. }) =>
        {
            MergeFailure::Unsupported(error)
        }
        error => MergeFailure::Put(error),
    }
}

#[cfg(test)]
mod tests;
