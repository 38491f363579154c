//! What a stream should hold: a plain list of batches.

use bytes::Bytes;
use penstock_model::id::{Offset, StreamId, Timestamp};
use penstock_s3stream::{Backing, Batch, BatchSummary, Positions, Read, Summary};
use penstock_wal::files::Dice;

use crate::fold::Chain;

/// The longest payload.
pub(crate) const PAYLOAD_BYTES_MAX: usize = 3_000;

#[derive(Debug)]
pub(crate) struct Oracle {
    pub(crate) id: StreamId,
    batches: Vec<(BatchSummary, Bytes)>,
    /// Everything below was reported durable, or could be read.
    visible: u64,
    start: u64,
    /// Where it starts if a trim has taken effect whose answer was never heard.
    start_perhaps: Option<u64>,
}

impl Oracle {
    pub(crate) fn new(id: StreamId) -> Self {
        Self { id, batches: Vec::new(), visible: 0, start: 0, start_perhaps: None }
    }

    /// How many it should hold, trimmed ones included.
    pub(crate) fn batches(&self) -> usize {
        self.batches.len()
    }

    fn end(&self) -> u64 {
        self.batches.last().map_or(0, |(batch, _)| batch.offsets.end.0)
    }

    /// Makes up the next batch, unlike all others.
    pub(crate) fn next(&mut self, dice: &mut Dice) -> Batch {
        let start = self.end();
        let span = 1 + dice.below(5);
        let nonce = dice.throw().to_be_bytes();
        let longest = if dice.percent(40) { PAYLOAD_BYTES_MAX } else { 50 };
        let length = 12 + usize::try_from(dice.below(longest as u64 - 12)).unwrap();
        let payload: Bytes = nonce.iter().copied().cycle().take(length).collect();
        let summary = BatchSummary {
            offsets: Offset(start)..Offset(start + span),
            records: u32::try_from(1 + dice.below(span)).unwrap(),
            max_timestamp: Timestamp(i64::try_from(dice.below(1_000)).unwrap()),
            summary: Summary::new(&nonce[..usize::try_from(dice.below(9)).unwrap()]).unwrap(),
        };
        self.batches.push((summary.clone(), payload.clone()));
        let BatchSummary { offsets, records, max_timestamp, summary } = summary;
        Batch {
            offsets,
            records,
            max_timestamp,
            summary,
            payload_crc32c: crc32c::crc32c(&payload),
            backing: Backing::new(payload.len()),
            payload,
        }
    }

    /// Everything below was shown to somebody: it must stay.
    pub(crate) fn shown(&mut self, durable: Offset) {
        self.visible = self.visible.max(durable.0);
    }

    /// A trim was asked for.
    pub(crate) fn trimming(&mut self, start: Offset) {
        self.start_perhaps = Some(start.0);
    }

    /// It was answered.
    pub(crate) fn trimmed(&mut self) {
        self.start = self.start_perhaps.take().map_or(self.start, |start| start.max(self.start));
    }

    /// After a restart: what was visible is there, and what follows is a prefix of the rest.
    pub(crate) fn recovered(&mut self, at: Positions, chain: Chain) {
        let id = self.id;
        let visible = self.visible;
        assert!(at.durable.0 >= visible, "stream {id} lost offsets {}..{visible}", at.durable);
        assert_eq!(at.durable, at.appended, "stream {id}: what is found is durable");
        self.batches.retain(|(batch, _)| batch.offsets.end <= at.durable);
        assert_eq!(self.end(), at.durable.0, "stream {id} was cut within a batch");
        self.visible = at.durable.0;
        let moved = self.start_perhaps.take().is_some_and(|start| start == at.start.0);
        assert!(moved || self.start == at.start.0, "stream {id}: it starts at {}", at.start);
        self.start = at.start.0;
        let mut expected = Chain::default();
        self.batches.iter().for_each(|(batch, _)| expected.add(id, batch));
        assert_eq!(chain, expected, "stream {id}: checkpoint and tail are not its history");
    }

    /// Checks a read from `from` on: whole batches, exact bytes, and at least one.
    pub(crate) fn check_read(&self, from: Offset, durable: Offset, read: &Read) {
        let id = self.id;
        let mut expected = Vec::new();
        let mut next = from;
        for (batch, payload) in &self.batches {
            if batch.offsets.end > from && batch.offsets.end <= read.next {
                expected.extend_from_slice(payload);
                next = batch.offsets.end;
            }
        }
        assert_eq!(next, read.next, "stream {id} read from {from}: where to read on");
        assert!(read.batches.concat() == expected, "stream {id} read {from}..{next}: other bytes");
        assert!(next > from || from >= durable, "stream {id} read from {from}: nothing");
    }
}
