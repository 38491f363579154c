//! Reads of a fetch's partitions: side by side, in order, within the room that was taken for them.

use futures::StreamExt;
use futures::stream::FuturesOrdered;
use penstock_model::id::{Offset, StreamId};
use penstock_s3stream::KEPT_PER_BYTE;
use tokio::time::Instant;

use super::partition_read::{PartitionRead, read};
use super::{Limits, READ_WAIT, Target};
use crate::broker::Broker;
use crate::net::BytePermit;

/// Partitions of one fetch that are read at a time, where the store has to be asked.
const SIDE_BY_SIDE: usize = 8;

/// Bytes of records that were found.
pub(super) fn bytes_of(targets: &[Target]) -> usize {
    targets.iter().map(|target| target.read.bytes()).sum()
}

/// Bytes of memory that they keep: whole frames and blocks, of which they may be half.
fn kept_by(targets: &[Target]) -> usize {
    targets.iter().map(|target| target.read.keeps).sum()
}

/// Reads the targets whose stream is `wanted`, within what the others leave of `max_bytes` and what
/// there is room for. The first batch of the whole answer is returned however large it is, once there
/// is room for it.
pub(super) async fn read_with_room(
    broker: &Broker,
    targets: &mut [Target],
    limits: &Limits,
    wanted: impl Fn(StreamId) -> bool,
) -> Option<BytePermit> {
    let (max_bytes, until) = (limits.max_bytes, Instant::now() + READ_WAIT);
    let chosen: Vec<usize> =
        (0..targets.len()).filter(|&at| targets[at].stream().is_some_and(&wanted)).collect();
    for &at in &chosen {
        targets[at].read = PartitionRead::default();
    }
    let asked = chosen.iter().filter(|&&at| targets[at].has_records());
    let asked = asked.fold(0, |sum: usize, &at| sum.saturating_add(targets[at].bytes_max()));
    let others = bytes_of(targets);
    let wanted_bytes = asked.min(max_bytes.saturating_sub(others));
    if !chosen.iter().any(|&at| targets[at].has_records()) {
        // What is left to tell takes no room.
        read_each(targets, &chosen, 0, until).await;
        return None;
    }
    let (mut permit, bytes) = broker.answers.up_to(KEPT_PER_BYTE * wanted_bytes.max(1));
    let bytes = bytes / KEPT_PER_BYTE;
    read_each(targets, &chosen, bytes, until).await;
    if others == 0 && bytes_of(targets) == 0 {
        permit = read_first(broker, targets, &chosen, Room { permit, bytes }).await;
    }
    if let Some(permit) = &mut permit {
        permit.shrink_to(kept_by(targets));
    }
    permit
}

/// Reads targets within `max_bytes` in all. Each may use what those before it leave; while that is
/// not known, as many are read at once as fit whatever is found.
async fn read_each(targets: &mut [Target], chosen: &[usize], max_bytes: usize, until: Instant) {
    let mut reading = FuturesOrdered::new();
    let (mut used, mut promised) = (0, 0);
    let mut next = chosen.iter().copied().peekable();
    loop {
        while reading.len() < SIDE_BY_SIDE
            && let Some(&at) = next.peek()
        {
            let target = &targets[at];
            let left = max_bytes.saturating_sub(used + promised);
            let limit = target.bytes_max().min(left);
            if limit < target.bytes_max() && !reading.is_empty() {
                break;
            }
            let partition = target.partition.clone().expect("a chosen target has a partition");
            let fetch = target.fetch;
            promised += limit;
            reading.push_back(
                async move { (at, limit, read(&partition, &fetch, limit, until).await) },
            );
            next.next();
        }
        let Some((at, limit, found)) = reading.next().await else { return };
        promised -= limit;
        used += found.bytes();
        targets[at].read = found;
    }
}

/// Room for so many bytes of records.
struct Room {
    permit: Option<BytePermit>,
    bytes: usize,
}

/// Reads the first batch there is, whatever its size, when there is room for it.
async fn read_first(
    broker: &Broker,
    targets: &mut [Target],
    chosen: &[usize],
    mut room: Room,
) -> Option<BytePermit> {
    for &at in chosen {
        let Some(bytes) = targets[at].read.kept_out else { continue };
        if bytes > room.bytes {
            drop(room.permit.take());
            let permit = Some(broker.answers.acquire(KEPT_PER_BYTE * bytes).await);
            room = Room { permit, bytes };
        }
        // The wait for room took none of the store's time.
        targets[at].read_now(bytes, Instant::now() + READ_WAIT).await;
        // Past one that is damaged the next is tried; where the store is late, the client asks again.
        if targets[at].read.error.is_none() {
            break;
        }
    }
    room.permit
}

impl Target {
    fn stream(&self) -> Option<StreamId> {
        self.partition.as_ref().map(|partition| partition.stream().id())
    }

    /// What the client wants of it at most; one byte in any case, since a read of none does not
    /// look how large the first batch is.
    fn bytes_max(&self) -> usize {
        usize::try_from(self.fetch.partition_max_bytes).unwrap_or(0).max(1)
    }

    /// Whether there may be records where the client wants them.
    fn has_records(&self) -> bool {
        let Some(partition) = &self.partition else { return false };
        let at = partition.stream().offsets();
        Offset::from_wire(self.fetch.fetch_offset)
            .is_some_and(|from| at.start <= from && from < at.durable)
    }

    async fn read_now(&mut self, max_bytes: usize, until: Instant) {
        if let Some(partition) = &self.partition {
            self.read = read(partition, &self.fetch, max_bytes, until).await;
        }
    }
}
