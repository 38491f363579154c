//! What a stream should hold: a plain list of batches.

use std::ops::{Range, RangeInclusive};

use bytes::Bytes;
use penstock_model::id::{Offset, StreamId, Timestamp};
use penstock_s3stream::{Backing, Batch, BatchSummary, Found, Read, Summary};

use crate::fold::Link;
use crate::random::Random;

#[derive(Clone, Debug)]
pub(crate) struct Expected {
    pub(crate) offsets: Range<u64>,
    pub(crate) timestamp: i64,
    pub(crate) payload: Bytes,
    pub(crate) summary: Summary,
    pub(crate) records: u32,
}

#[derive(Debug)]
pub(crate) struct Oracle {
    pub(crate) id: StreamId,
    pub(crate) start: u64,
    pub(crate) batches: Vec<Expected>,
    /// Everything below was acknowledged.
    pub(crate) acked: u64,
}

impl Oracle {
    pub(crate) fn new(id: StreamId) -> Self {
        Self { id, start: 0, batches: Vec::new(), acked: 0 }
    }

    pub(crate) fn end(&self) -> u64 {
        self.batches.last().map_or(0, |batch| batch.offsets.end)
    }

    /// Makes up the next batch.
    pub(crate) fn next(&mut self, random: &mut Random, bytes_max: u64) -> Batch {
        let start = self.end();
        let span = 1 + random.below(5);
        let nonce = random.next();
        let mut payload = vec![0; usize::try_from(12 + random.below(bytes_max)).unwrap()];
        payload.chunks_mut(8).for_each(|chunk| {
            chunk.copy_from_slice(&nonce.to_be_bytes()[..chunk.len()]);
        });
        let payload = Bytes::from(payload);
        let summary_length = usize::try_from(random.below(9)).unwrap();
        let expected = Expected {
            offsets: start..start + span,
            timestamp: i64::try_from(random.below(1_000)).unwrap(),
            payload: payload.clone(),
            summary: Summary::new(&nonce.to_be_bytes()[..summary_length]).unwrap(),
            records: u32::try_from(1 + random.below(span)).unwrap(),
        };
        self.batches.push(expected.clone());
        Batch {
            offsets: Offset(start)..Offset(start + span),
            records: expected.records,
            max_timestamp: Timestamp(expected.timestamp),
            summary: expected.summary,
            payload_crc32c: crc32c::crc32c(&payload),
            backing: Backing::new(payload.len() + 200),
            payload,
        }
    }

    /// After a restart: what was acknowledged is there, and what follows is a prefix of the rest.
    pub(crate) fn recovered(&mut self, durable: u64, link: Link) {
        let id = self.id;
        assert!(durable >= self.acked, "stream {id} lost {durable}..{}", self.acked);
        self.batches.retain(|batch| batch.offsets.end <= durable);
        assert_eq!(self.end(), durable, "stream {id} was cut within a batch");
        self.acked = durable;
        assert_eq!(link, self.link(), "stream {id}: checkpoint and tail are not its history");
    }

    /// What all of it folds to.
    pub(crate) fn link(&self) -> Link {
        let mut link = Link::default();
        for batch in &self.batches {
            let summary = BatchSummary {
                offsets: Offset(batch.offsets.start)..Offset(batch.offsets.end),
                records: batch.records,
                max_timestamp: Timestamp(batch.timestamp),
                summary: batch.summary,
            };
            link.add(self.id, &summary);
        }
        link
    }

    /// The batches below `end` from the one that contains `from`.
    fn readable(&self, from: u64, end: u64) -> impl Iterator<Item = &Expected> {
        self.batches.iter().filter(move |b| b.offsets.end > from && b.offsets.end <= end)
    }

    /// Checks a read: contiguous, exact bytes, and something where something is.
    pub(crate) fn check_read(
        &self,
        from: u64,
        up_to: u64,
        max_bytes: usize,
        durable: u64,
        read: &Read,
    ) {
        self.check_read_during(from, up_to, max_bytes, durable..=durable, read);
    }

    /// The same while the durable end moved: what was there before must be found, what came since may.
    pub(crate) fn check_read_during(
        &self,
        from: u64,
        up_to: u64,
        max_bytes: usize,
        durable: RangeInclusive<u64>,
        read: &Read,
    ) {
        let got: Vec<u8> = read.batches.iter().flatten().copied().collect();
        let mut expected = Vec::new();
        let mut next = from;
        for batch in self.readable(from, up_to.min(*durable.end())) {
            if batch.offsets.end > read.next.0 {
                break;
            }
            expected.extend_from_slice(&batch.payload);
            next = batch.offsets.end;
        }
        let id = self.id;
        assert_eq!(next, read.next.0, "stream {id} read from {from}: where to read on");
        assert!(got == expected, "stream {id} read {from}..{next}: other bytes");
        let first = self.readable(from, up_to.min(*durable.start())).next();
        if let Some(first) = first {
            assert!(
                !got.is_empty(),
                "stream {id} at {from}: nothing, and {:?} is there",
                first.offsets
            );
            let larger = got.len() > max_bytes;
            assert!(!larger || next == first.offsets.end, "stream {id}: past the limit");
        }
    }

    /// Checks a search by time.
    pub(crate) fn check_found(&self, timestamp: i64, durable: u64, found: Option<&Found>) {
        let expected =
            self.readable(self.start, durable).find(|batch| batch.timestamp >= timestamp);
        self.check_same(expected, found);
    }

    /// Checks a search for the greatest time.
    pub(crate) fn check_greatest(&self, durable: u64, found: Option<&Found>) {
        let mut expected: Option<&Expected> = None;
        for batch in self.readable(self.start, durable) {
            if expected.is_none_or(|best| batch.timestamp > best.timestamp) {
                expected = Some(batch);
            }
        }
        self.check_same(expected, found);
    }

    fn check_same(&self, expected: Option<&Expected>, found: Option<&Found>) {
        let expected =
            expected.map(|batch| (batch.offsets.clone(), batch.timestamp, batch.payload.len()));
        let found = found.map(|found| {
            let offsets = found.offsets.start.0..found.offsets.end.0;
            (offsets, found.max_timestamp.0, found.bytes)
        });
        assert_eq!(found, expected, "stream {}", self.id);
    }
}
