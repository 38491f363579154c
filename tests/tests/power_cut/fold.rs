//! A fold that notices a batch that is missing, there twice, or out of order.

use bytes::Bytes;
use penstock_model::id::StreamId;
use penstock_s3stream::{BatchSummary, Checkpoint, CheckpointFold, FoldError};

/// What all batches of a stream, up to an offset, fold to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chain {
    next: u64,
    records: u64,
    checksum: u32,
}

impl Chain {
    pub(crate) fn of(checkpoint: Option<&Checkpoint>) -> Self {
        let Some(checkpoint) = checkpoint else { return Self::default() };
        let number =
            |at: usize| u64::from_be_bytes(checkpoint.bytes[at..at + 8].try_into().unwrap());
        let checksum = u32::try_from(number(16)).unwrap();
        let chain = Self { next: number(0), records: number(8), checksum };
        assert_eq!(chain.next, checkpoint.offset.0, "a checkpoint includes what it says");
        chain
    }

    pub(crate) fn add(&mut self, stream: StreamId, batch: &BatchSummary) {
        assert_eq!(batch.offsets.start.0, self.next, "stream {stream}: folded out of order");
        self.next = batch.offsets.end.0;
        self.records += u64::from(batch.records);
        self.checksum = crc32c::crc32c_append(self.checksum, &batch.summary);
    }
}

/// Chains the summaries.
pub(crate) struct ChainFold;

impl CheckpointFold for ChainFold {
    fn fold(
        &self,
        stream: StreamId,
        previous: Option<&Checkpoint>,
        batches: &[BatchSummary],
    ) -> Result<Bytes, FoldError> {
        let mut chain = Chain::of(previous);
        batches.iter().for_each(|batch| chain.add(stream, batch));
        let numbers = [chain.next, chain.records, u64::from(chain.checksum)];
        Ok(numbers.iter().flat_map(|number| number.to_be_bytes()).collect())
    }
}
