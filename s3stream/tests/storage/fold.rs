//! A fold that notices a batch that is missing, repeated or out of order.

use bytes::Bytes;
use penstock_model::id::{Offset, StreamId};
use penstock_s3stream::{BatchSummary, Checkpoint, CheckpointFold, FoldError};

/// Chains the summaries of all batches of a stream.
pub(crate) struct Chain;

/// What the chain is after some batches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) next: u64,
    pub(crate) records: u64,
    pub(crate) checksum: u32,
}

impl Link {
    pub(crate) fn of(checkpoint: Option<&Checkpoint>) -> Self {
        let Some(checkpoint) = checkpoint else { return Self::default() };
        let number =
            |at: usize| u64::from_be_bytes(checkpoint.bytes[at..at + 8].try_into().unwrap());
        let link = Self {
            next: number(0),
            records: number(8),
            checksum: u32::try_from(number(16)).unwrap(),
        };
        assert_eq!(Offset(link.next), checkpoint.offset, "a checkpoint states where it ends");
        link
    }

    pub(crate) fn add(&mut self, stream: StreamId, batch: &BatchSummary) {
        assert_eq!(batch.offsets.start.0, self.next, "stream {stream}: folded out of order");
        self.next = batch.offsets.end.0;
        self.records += u64::from(batch.records);
        self.checksum = crc32c::crc32c_append(self.checksum, &batch.summary);
    }

    pub(crate) fn encode(self) -> Bytes {
        let numbers = [self.next, self.records, u64::from(self.checksum)];
        let mut bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_be_bytes()).collect();
        // Some are too large to be kept in memory.
        if self.checksum.is_multiple_of(3) {
            bytes.resize(2_000, 0);
        }
        bytes.into()
    }
}

impl CheckpointFold for Chain {
    fn fold(
        &self,
        stream: StreamId,
        previous: Option<&Checkpoint>,
        batches: &[BatchSummary],
    ) -> Result<Bytes, FoldError> {
        let mut link = Link::of(previous);
        batches.iter().for_each(|batch| link.add(stream, batch));
        Ok(link.encode())
    }
}
