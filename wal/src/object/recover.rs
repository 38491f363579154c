//! What sealed parts of a log hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::stream::{self, StreamExt, TryStreamExt};
use object_store::path::Path;

use super::bucket::{Bucket, read_table};
use super::format::LABEL_BYTES;
use super::sequence::Sequence;
use super::{LogPart, ObjectRecovery};
use crate::{Position, WalError};

/// How many tables are read at once.
const READS_MAX: usize = 16;

/// An object that is there.
#[derive(Clone, Copy)]
struct Found {
    epoch: u64,
    size: u64,
}

/// See [`ObjectWal::recover`](super::ObjectWal::recover).
pub(super) async fn recover(
    bucket: &Arc<Bucket>,
    parts: &[LogPart],
    end: Position,
    trim: Option<Position>,
    epoch: u64,
) -> Result<ObjectRecovery, WalError> {
    if let Some(trim) = trim.filter(|trim| *trim > end) {
        return Err(bucket.missing(end..trim));
    }
    let mut objects = BTreeMap::new();
    for (index, part) in parts.iter().enumerate() {
        let ends = parts.get(index + 1).map_or(end, |next| next.begins);
        let content = Sequence::of(part.begins)..Sequence::of(ends);
        let epoch = part.epoch;
        for (sequence, size) in bucket.list(epoch).await? {
            if content.contains(&sequence) {
                objects.insert(sequence, Found { epoch, size });
            }
        }
    }
    let end_sequence = Sequence::of(end);
    let first = match trim {
        Some(trim) => Sequence::of(trim),
        None => run_before(end_sequence, &objects),
    };
    for sequence in (first.0..end_sequence.0).map(Sequence) {
        if !objects.contains_key(&sequence) {
            let there = objects.range(sequence..).next().map_or(end_sequence, |(next, _)| *next);
            return Err(bucket.missing(sequence.begins()..there.begins()));
        }
    }
    let kept = objects.split_off(&first);
    let leftovers = leftovers(bucket, &objects);
    let tables = stream::iter(kept)
        .map(|(sequence, found)| read_table(bucket, found.epoch, sequence, found.size))
        .buffered(READS_MAX);
    let tables: Vec<_> = tables.try_collect().await?;
    let begins = trim.unwrap_or(first.begins());
    let entries = tables.into_iter().flatten().filter(|entry| entry.location.position >= begins);
    let mut all_parts = parts.to_vec();
    all_parts.push(LogPart { epoch, begins: end });
    Ok(ObjectRecovery {
        entries: entries.collect(),
        bucket: Arc::clone(bucket),
        parts: all_parts,
        begins,
        leftovers,
    })
}

/// Where the gapless run of objects begins that ends at `end`.
fn run_before(end: Sequence, objects: &BTreeMap<Sequence, Found>) -> Sequence {
    let mut first = end;
    for sequence in objects.range(..end).rev().map(|(sequence, _)| *sequence) {
        if sequence.next() != first {
            break;
        }
        first = sequence;
    }
    first
}

/// Objects below the trim position: their deletion was not seen to the end. Seals stay.
fn leftovers(bucket: &Bucket, objects: &BTreeMap<Sequence, Found>) -> Vec<Path> {
    let data = objects.iter().filter(|(_, found)| found.size != LABEL_BYTES as u64);
    data.map(|(sequence, found)| bucket.key(found.epoch, *sequence)).collect()
}
