//! Reads a partition of `__consumer_offsets` from its start, and makes the groups of it.

use std::collections::BTreeMap;

use bytes::Bytes;
use penstock_model::id::Offset;
use penstock_records::{
    Batches, InflationLimits, Records, RecordsError, StoredBatch, StoredBatchError, Work,
};
use penstock_s3stream::{ReadError, ReadLimits};
use penstock_wire::DecodeError;

use super::classic::Snapshot;
use super::id::GroupId;
use super::offsets::Offsets;
use super::record::{self, Read};
use crate::inspector::Inspector;
use crate::log::Partition;
use crate::net::BytePermit;

/// Read at once, or one batch: all partitions are loaded side by side at a start.
const CHUNK_BYTES: usize = 64 << 10;

/// Why the groups of a partition are not known.
#[derive(Debug, thiserror::Error)]
pub(super) enum LoadError {
    /// Try again.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The node is stopping.
    #[error("the log stopped")]
    Stopped,
    /// A person must look.
    #[error("at offset {0}: {1}")]
    Batch(Offset, StoredBatchError),
    /// A person must look.
    #[error("records at offset {0}: {1}")]
    Records(Offset, RecordsError),
    /// It was written by a later release: upgrade first.
    #[error("record at offset {0}: {1}")]
    Record(i64, DecodeError),
}

/// What the log says of a group.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub(super) snapshot: Option<Snapshot>,
    pub(super) offsets: Offsets,
}

/// Everything that is in the log, and where that ends.
pub(super) async fn load(
    partition: &Partition,
    inspector: &Inspector,
) -> Result<(BTreeMap<GroupId, Loaded>, Offset), LoadError> {
    let mut groups = BTreeMap::new();
    let end = read_all(partition, inspector, |read| replay(&mut groups, read)).await?;
    Ok((groups, end))
}

/// Hands over every record that is in the log, in order. Answers where it ends.
pub(super) async fn read_all(
    partition: &Partition,
    inspector: &Inspector,
    mut take: impl FnMut(Read),
) -> Result<Offset, LoadError> {
    let stream = partition.stream();
    let end = stream.offsets().appended;
    stream.durable(end).await.map_err(|_lost| LoadError::Stopped)?;
    let mut next = stream.offsets().start;
    while next < end {
        let limits = ReadLimits { max_bytes: CHUNK_BYTES, at_least_one: true, up_to: end };
        let read = stream.read(next, limits).await?;
        for chunk in read.batches {
            for batch in Batches::new(chunk) {
                let batch = batch.map_err(|error| LoadError::Batch(next, error))?;
                if batch.header().attributes.is_control() {
                    continue;
                }
                let header = *batch.header();
                let unreadable = |error: RecordsError| LoadError::Records(next, error);
                let inflated = inflate(batch, inspector).await;
                let (records, _memory) = inflated.map_err(unreadable)?;
                for record in Records::new(&header, &records) {
                    let record = record.map_err(unreadable)?;
                    let Some(key) = record.key else { continue };
                    let read = record::read(key, record.value)
                        .map_err(|error| LoadError::Record(record.offset, error))?;
                    take(read);
                }
            }
        }
        if read.next <= next {
            // Nothing is left below the end: compaction took it.
            break;
        }
        next = read.next;
    }
    Ok(end)
}

/// The records of a batch, whole, and the memory that is set aside for them. How far they inflate
/// is not known before, but by a bound that is a thousand times too high: they are inflated twice.
async fn inflate(
    batch: StoredBatch,
    inspector: &Inspector,
) -> Result<(Bytes, BytePermit), RecordsError> {
    let limits = InflationLimits::default();
    let work = batch.work(&limits)?;
    let counting = batch.clone();
    let counted = inspector.run_at_any_size(work, move || counting.inflated_bytes(&limits)).await;
    let bytes = counted.0?;
    drop(counted.1);
    let memory_bytes = work.memory_bytes.saturating_add(bytes);
    let whole = Work { memory_bytes, records_bytes: bytes as u64 };
    let inflating = move || batch.inflate_counted(&limits, bytes);
    let (records, memory) = inspector.run_at_any_size(whole, inflating).await;
    Ok((records?, memory))
}

pub(super) fn replay(groups: &mut BTreeMap<GroupId, Loaded>, read: Read) {
    match read {
        Read::Group(id, Some(snapshot)) => groups.entry(id).or_default().snapshot = Some(snapshot),
        Read::Group(id, None) => undo(groups, &id, |group| group.snapshot = None),
        Read::Offset(id, topic, partition, Some(committed)) => {
            groups.entry(id).or_default().offsets.set(topic, partition, committed);
        }
        Read::Offset(id, topic, partition, None) => {
            undo(groups, &id, |group| group.offsets.remove(&topic, partition));
        }
        // Groups of other kinds are not served yet; their records stay as they are.
        Read::Other(_) => {}
    }
}

/// Groups come and go: one that has nothing left takes no memory while the others are read.
fn undo(groups: &mut BTreeMap<GroupId, Loaded>, id: &GroupId, undo: impl FnOnce(&mut Loaded)) {
    let Some(group) = groups.get_mut(id) else { return };
    undo(group);
    if group.snapshot.is_none() && group.offsets.is_empty() {
        groups.remove(id);
    }
}

/// Which partition of `__consumer_offsets` a group is in: Java's hash of the id, as tools that
/// look for its offsets compute it too.
pub(crate) fn partition_of(group: &str, partitions: usize) -> i32 {
    let hash = group
        .encode_utf16()
        .fold(0_i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)));
    let partitions = i32::try_from(partitions).expect("a topic has fewer partitions");
    // Kafka's `Utils.abs` takes the smallest number for 0.
    hash.checked_abs().unwrap_or(0) % partitions
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn groups_are_where_java_puts_them() {
        fn check(group: &str, partitions: usize, expect: i32) {
            assert_eq!(partition_of(group, partitions), expect, "{group}");
        }
        check("", 50, 0);
        check("g", 50, 3);
        // "polygenelubricants".hashCode() is the smallest int of all.
        check("polygenelubricants", 50, 0);
        check("console-consumer-1", 1, 0);
        // Two UTF-16 units: 0xD83D * 31 + 0xDE00.
        check("\u{1F600}", 1 << 30, 0xD83D * 31 + 0xDE00);
    }

    #[test]
    fn tombstones_undo() {
        let mut groups = BTreeMap::new();
        let id = GroupId::new("g");
        let committed = super::super::offsets::Committed {
            offset: 1,
            leader_epoch: None,
            metadata: Arc::from(""),
            committed_at: penstock_model::id::Timestamp(0),
            expires_at: None,
            topic_id: None,
        };
        replay(&mut groups, Read::Offset(id.clone(), Arc::from("t"), 0, Some(committed)));
        replay(&mut groups, Read::Other(5));
        assert!(groups[&id].offsets.get("t", 0).is_some());
        replay(&mut groups, Read::Offset(id.clone(), Arc::from("t"), 0, None));
        assert!(groups.is_empty());
        replay(&mut groups, Read::Group(id.clone(), None));
        assert!(groups.is_empty());
    }
}
