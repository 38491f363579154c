//! What a stream should hold: a plain list of batches.

use std::cmp::Reverse;
use std::ops::{Range, RangeInclusive};

use bytes::Bytes;
use penstock_model::id::{Offset, StreamId, Timestamp};
use penstock_s3stream::{Backing, Batch, BatchSummary, Found, Read, Summary};

use crate::cleaner::{emptied, key_of};
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
    /// Batches may go once another one with their key is durable.
    pub(crate) cleans: bool,
}

impl Oracle {
    pub(crate) fn new(id: StreamId) -> Self {
        Self { id, start: 0, batches: Vec::new(), acked: 0, cleans: false }
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
        let (id, mut left, mut next) = (self.id, &got[..], from);
        let mut served = 0;
        for batch in self.readable(from, up_to.min(*durable.end())) {
            if batch.offsets.end > read.next.0 {
                break;
            }
            next = batch.offsets.end;
            let gone = self.may_be_gone(batch, *durable.end());
            let emptied = emptied(batch.offsets.start);
            let whole = left.strip_prefix(&*batch.payload);
            let found = whole.or_else(|| left.strip_prefix(&*emptied).filter(|_| gone));
            served += usize::from(found.is_some());
            left = match found {
                Some(behind) => behind,
                None if gone => left,
                None => panic!("stream {id} read {from}..{}: other bytes at {next}", read.next),
            };
        }
        // A limit within a batch that is gone is as good a place to read on from as its end.
        let within = self.batches.iter().find(|batch| batch.offsets.contains(&read.next.0));
        let is_border = within.is_none_or(|batch| {
            batch.offsets.start == read.next.0 || !self.may_be_gone(batch, *durable.end())
        });
        assert!(
            next == read.next.0 || !is_border,
            "stream {id} read from {from}: goes on at {} instead of {next}",
            read.next
        );
        assert!(left.is_empty(), "stream {id} read {from}..{next}: too many bytes");
        let first = self.readable(from, up_to.min(*durable.start())).next();
        // A limit within a batch that is there holds a read up before it.
        let moves_on = read.next.0 > from || up_to != u64::MAX;
        if let Some(first) = first {
            assert!(
                !got.is_empty() || moves_on && self.may_be_gone(first, *durable.end()),
                "stream {id} at {from}: nothing, and {:?} is there",
                first.offsets
            );
            let larger = got.len() > max_bytes;
            assert!(!larger || served == 1, "stream {id}: past the limit");
        }
    }

    /// Checks a search by time.
    pub(crate) fn check_found(&self, timestamp: i64, durable: u64, found: Option<&Found>) {
        let mut expected =
            self.readable(self.start, durable).filter(|batch| batch.timestamp >= timestamp);
        let is_before = |batch: &Expected| {
            found.is_none_or(|found| batch.offsets.start < found.offsets.start.0)
        };
        let first = expected.find(|b| !is_before(b) || !self.may_be_gone(b, durable));
        self.check_same(first, found);
    }

    /// Whether a batch with the same key is behind it.
    fn may_be_gone(&self, batch: &Expected, durable: u64) -> bool {
        let behind =
            self.batches.iter().rev().take_while(|b| b.offsets.start > batch.offsets.start);
        let mut behind = behind.filter(|behind| behind.offsets.end <= durable);
        self.cleans && behind.any(|behind| key_of(&behind.payload) == key_of(&batch.payload))
    }

    /// Checks a search for the greatest time.
    pub(crate) fn check_greatest(&self, durable: u64, found: Option<&Found>) {
        let mut expected: Vec<_> = self.readable(self.start, durable).collect();
        expected.sort_by_key(|batch| (Reverse(batch.timestamp), batch.offsets.start));
        let is_before = |batch: &Expected| {
            let place = |timestamp, start| (Reverse(timestamp), start);
            found.is_none_or(|found| {
                place(batch.timestamp, batch.offsets.start)
                    < place(found.max_timestamp.0, found.offsets.start.0)
            })
        };
        let first = expected.into_iter().find(|b| !is_before(b) || !self.may_be_gone(b, durable));
        self.check_same(first, found);
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
