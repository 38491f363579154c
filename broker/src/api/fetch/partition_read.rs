//! What a fetch finds in one partition.

use std::cmp::Ordering;
use std::sync::Arc;

use bytes::Bytes;
use penstock_model::id::{NodeId, Offset, StreamEpoch, TopicId};
use penstock_s3stream::{Read, ReadError, ReadLimits};
use tokio::time::{Instant, timeout_at};

use super::session::{News, PartitionFetch};
use crate::api::error_code::ErrorCode;
use crate::broker::Broker;
use crate::log::{Partition, PartitionError};

/// One partition's part of a fetch.
#[derive(Debug, Default)]
pub(super) struct PartitionRead {
    pub(super) error: Option<ErrorCode>,
    /// Where the leader is, when it is not here.
    pub(super) leader: Option<(NodeId, StreamEpoch)>,
    /// The log forked from what the client has: this epoch, and where it ended.
    pub(super) diverging: Option<(StreamEpoch, Offset)>,
    pub(super) high_watermark: i64,
    pub(super) log_start: i64,
    pub(super) batches: Vec<Bytes>,
    /// Bytes of memory that the batches keep.
    pub(super) keeps: usize,
    /// Bytes of batches that were found and let go.
    let_go: usize,
    /// There is more, which a limit kept out.
    is_limited: bool,
    /// Bytes of the first batch, where it alone was larger than the limit.
    pub(super) kept_out: Option<usize>,
}

impl PartitionRead {
    pub(super) fn refused(error: ErrorCode) -> Self {
        Self { error: Some(error), high_watermark: -1, log_start: -1, ..Self::default() }
    }

    pub(super) fn not_here(error: &PartitionError) -> Self {
        let leader = match error {
            PartitionError::NotLeader { leader, epoch } => Some((*leader, *epoch)),
            _ => None,
        };
        Self { leader, ..Self::refused(error.into()) }
    }

    /// Bytes of records that were found.
    pub(super) fn bytes(&self) -> usize {
        self.batches.iter().map(Bytes::len).sum::<usize>() + self.let_go
    }

    /// Keeps no more than the size of what was found, so that a fetch that waits for more holds
    /// no memory.
    pub(super) fn let_go(&mut self) {
        self.let_go = self.bytes();
        self.batches = Vec::new();
        self.keeps = 0;
    }

    /// Whether there is something to be read again.
    pub(super) fn was_let_go(&self) -> bool {
        self.let_go > 0
    }

    /// Whether waiting would tell the client too late, or nothing more: there is news that is no
    /// record, or more records than it wants. That a topic is unknown can wait, as in Kafka: a
    /// consumer that names a deleted one would ask again and again.
    pub(super) fn is_settled(&self) -> bool {
        let unknown =
            [ErrorCode::UNKNOWN_TOPIC_ID, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION].map(Some);
        self.is_limited
            || self.diverging.is_some()
            || self.error.is_some() && !unknown.contains(&self.error)
    }

    pub(super) fn news(&self) -> News {
        News {
            error: self.error.is_some(),
            content: !self.batches.is_empty() || self.diverging.is_some(),
            high_watermark: self.high_watermark,
            log_start: self.log_start,
        }
    }
}

/// Finds the partition of a fetch.
pub(super) async fn look_up(
    broker: &Broker,
    topic: TopicId,
    index: i32,
    fetch: &PartitionFetch,
) -> Result<Arc<Partition>, PartitionRead> {
    let partition = broker.partitions.get(topic, index).await;
    let partition = partition.map_err(|error| PartitionRead::not_here(&error))?;
    // Here anything below 0 knows none.
    match check_leader_epoch(partition.epoch(), fetch.current_leader_epoch.max(-1)) {
        Some(error) => Err(PartitionRead::refused(error)),
        None => Ok(partition),
    }
}

/// Whether the client knows another leader than this one (KIP-320); -1 knows none.
pub(in crate::api) fn check_leader_epoch(current: StreamEpoch, known: i32) -> Option<ErrorCode> {
    match known.cmp(&current.leader_epoch()) {
        _ if known == -1 => None,
        Ordering::Less => Some(ErrorCode::FENCED_LEADER_EPOCH),
        Ordering::Greater => Some(ErrorCode::UNKNOWN_LEADER_EPOCH),
        Ordering::Equal => None,
    }
}

/// Reads one partition within its byte limits, and until then: where the store does not answer in
/// time, nothing is found, and the client asks again. It hears of other partitions meanwhile.
pub(super) async fn read(
    partition: &Partition,
    fetch: &PartitionFetch,
    max_bytes: usize,
    until: Instant,
) -> PartitionRead {
    if let Some(diverged) = check_last_fetched(partition, fetch) {
        return diverged;
    }
    let Some(from) = Offset::from_wire(fetch.fetch_offset) else {
        return PartitionRead::refused(ErrorCode::OFFSET_OUT_OF_RANGE);
    };
    let up_to = partition.stream().offsets().durable;
    let limits = ReadLimits { max_bytes, at_least_one: false, up_to };
    let read = timeout_at(until, partition.stream().read(from, limits)).await;
    let offsets = partition.stream().offsets();
    let nothing = PartitionRead {
        high_watermark: offsets.durable.to_wire(),
        log_start: offsets.start.to_wire(),
        ..PartitionRead::default()
    };
    match read {
        Ok(Ok(read)) => {
            let is_limited = read.next < up_to;
            let Read { batches, keeps, kept_out, .. } = read;
            PartitionRead { is_limited, batches, keeps, kept_out, ..nothing }
        }
        Err(_elapsed) => nothing,
        Ok(Err(error)) => {
            if let ReadError::Corrupt(what) = &error {
                let (topic, number) = (partition.topic(), partition.number());
                tracing::error!(%topic, number, %from, what, "stored batches are damaged");
            }
            PartitionRead::refused(ErrorCode::from(&error))
        }
    }
}

/// Compares what the client has with the epochs of this log (KIP-595).
fn check_last_fetched(partition: &Partition, fetch: &PartitionFetch) -> Option<PartitionRead> {
    let last_fetched = StreamEpoch(u32::try_from(fetch.last_fetched_epoch).ok()?);
    let found = partition.end_of_epoch(last_fetched);
    let offsets = partition.stream().offsets();
    match fork(last_fetched, found, Offset::from_wire(fetch.fetch_offset), offsets.start) {
        Ok(None) => None,
        Ok(diverging) => Some(PartitionRead {
            diverging,
            high_watermark: offsets.durable.to_wire(),
            log_start: offsets.start.to_wire(),
            ..PartitionRead::default()
        }),
        Err(error) => Some(PartitionRead::refused(error)),
    }
}

/// Where the log forked from what a client has up to `from`, if it did. `found` is the log's
/// greatest epoch up to the client's last, and its end. What lies before the log says nothing of
/// forks.
fn fork(
    last_fetched: StreamEpoch,
    found: Option<(StreamEpoch, Offset)>,
    from: Option<Offset>,
    log_start: Offset,
) -> Result<Option<(StreamEpoch, Offset)>, ErrorCode> {
    match (found, from) {
        (Some((epoch, end)), Some(from)) if from >= log_start => {
            Ok((epoch < last_fetched || end < from).then_some((epoch, end)))
        }
        _ => Err(ErrorCode::OFFSET_OUT_OF_RANGE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forks() {
        /// A log that begins at 3, and a client whose last epoch is 5.
        #[track_caller]
        fn check(found: Option<(u32, u64)>, from: Option<u64>, expect: Result<bool, ErrorCode>) {
            let found = found.map(|(epoch, end)| (StreamEpoch(epoch), Offset(end)));
            let forked = fork(StreamEpoch(5), found, from.map(Offset), Offset(3));
            assert_eq!(forked, expect.map(|forks| found.filter(|_| forks)));
        }
        check(Some((5, 8)), Some(3), Ok(false));
        check(Some((5, 8)), Some(8), Ok(false));
        check(Some((5, 8)), Some(9), Ok(true));
        check(Some((4, 8)), Some(3), Ok(true));
        for found in [Some((5, 8)), Some((4, 8)), Some((4, 2))] {
            check(found, Some(2), Err(ErrorCode::OFFSET_OUT_OF_RANGE));
            check(found, None, Err(ErrorCode::OFFSET_OUT_OF_RANGE));
        }
        check(None, Some(3), Err(ErrorCode::OFFSET_OUT_OF_RANGE));
    }
}
