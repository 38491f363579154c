//! What sealed parts of a log hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::stream::{self, StreamExt, TryStreamExt};
use object_store::path::Path;

use super::bucket::{Bucket, Listed};
use super::format::{self, Kind, LABEL_BYTES};
use super::sequence::Sequence;
use super::{LogPart, ObjectRecovery, epoch_of};
use crate::{Position, Recovered, WalError};

/// How many tables are read at once.
const READS_MAX: usize = 16;

/// What is read of an object at first: the tables of most, with their label.
const TAIL_BYTES: u64 = 64 << 10;

/// See [`ObjectWal::recover`](super::ObjectWal::recover).
pub(super) async fn recover(
    bucket: &Arc<Bucket>,
    parts: &[LogPart],
    end: Position,
    trim: Position,
    epoch: u64,
) -> Result<ObjectRecovery, WalError> {
    let mut all_parts = parts.to_vec();
    all_parts.push(LogPart { epoch, begins: end });
    let end_sequence = Sequence::of(end);
    if trim > end {
        return Err(bucket.missing(epoch, end_sequence, Sequence::of(trim)));
    }
    let listed = bucket.list(&bucket.root).await?;
    let of_parts = listed.iter().filter(|((epoch, sequence), _)| {
        *sequence < end_sequence && part_of(&all_parts, *sequence) == Some(*epoch)
    });
    let mut objects: BTreeMap<Sequence, u64> =
        of_parts.map(|((_, sequence), size)| (*sequence, *size)).collect();
    let first = Sequence::of(trim);
    for sequence in (first.0..end_sequence.0).map(Sequence) {
        if objects.contains_key(&sequence) {
            continue;
        }
        // It may have been put while the list was made.
        let epoch = epoch_of(&all_parts, sequence);
        let Some(there) = bucket.look(epoch, sequence).await? else {
            let next = objects.range(sequence..).next().map_or(end_sequence, |(next, _)| *next);
            return Err(bucket.missing(epoch, sequence, next));
        };
        objects.insert(sequence, there.length);
    }
    let kept = objects.split_off(&first);
    let tables = stream::iter(kept)
        .map(|(sequence, size)| read_table(bucket, epoch_of(&all_parts, sequence), sequence, size))
        .buffered(READS_MAX);
    let tables: Vec<_> = tables.try_collect().await?;
    let entries = tables.into_iter().flatten().filter(|entry| entry.location.position >= trim);
    Ok(ObjectRecovery {
        entries: entries.collect(),
        bucket: Arc::clone(bucket),
        parts: all_parts,
        begins: trim,
        leftovers: leftovers(bucket, &listed, epoch, first),
    })
}

/// The epoch whose part holds a sequence; `None` before the first part.
fn part_of(parts: &[LogPart], sequence: Sequence) -> Option<u64> {
    let first = parts.first().expect("the part to be written");
    (first.begins <= sequence.begins()).then(|| epoch_of(parts, sequence))
}

/// Objects of earlier epochs below the trim position: their deletion was not seen to the end, or
/// they lay behind a seal. Seals stay.
fn leftovers(bucket: &Bucket, listed: &Listed, epoch: u64, first: Sequence) -> Vec<Path> {
    let is_left = |((of, sequence), size): &(&(u64, Sequence), &u64)| {
        *of < epoch && *sequence < first && **size != LABEL_BYTES as u64
    };
    let left = listed.iter().filter(is_left);
    left.map(|((epoch, sequence), _)| bucket.key(*epoch, *sequence)).collect()
}

/// The entries of a data object of so many bytes, read from its end.
async fn read_table(
    bucket: &Bucket,
    epoch: u64,
    sequence: Sequence,
    size: u64,
) -> Result<Vec<Recovered>, WalError> {
    let key = bucket.key(epoch, sequence);
    let gone = || bucket.missing(epoch, sequence, sequence.next());
    if size < LABEL_BYTES as u64 {
        return Err(bucket.corrupt(&key, 0, "it is too short"));
    }
    let tail_begins = size.saturating_sub(TAIL_BYTES);
    let tail = bucket.read(&key, tail_begins..size).await?.ok_or_else(gone)?;
    let label = &tail[tail.len() - LABEL_BYTES..];
    let label = bucket.check(label, epoch, sequence, size)?;
    let table = match label.kind {
        Kind::Seal => return Err(bucket.corrupt(&key, 0, "a seal lies where entries were")),
        Kind::Data { table_position, .. } if table_position < tail_begins => {
            let range = table_position..size - LABEL_BYTES as u64;
            bucket.read(&key, range).await?.ok_or_else(gone)?
        }
        Kind::Data { table_position, .. } => {
            let start = usize::try_from(table_position - tail_begins).expect("within the tail");
            tail.slice(start..tail.len() - LABEL_BYTES)
        }
    };
    format::decode_table(&label, &table).map_err(|what| bucket.corrupt(&key, 0, what))
}
