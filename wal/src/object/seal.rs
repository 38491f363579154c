//! How an epoch ends for good.
//!
//! ```text
//!   data data data [free]                     put a seal there, if absent
//!   data data data DATA [free]                the writer was faster: at the next, and the two after
//!   data data data SEAL data                  whatever lies behind it was never acknowledged
//! ```
//!
//! The first seal in order decides. Once it stands, what lies before it is the epoch's content.

use std::collections::BTreeMap;
use std::ops::Range;

use futures::future::try_join_all;

use super::LogPart;
use super::bucket::Bucket;
use super::format::{self, Kind, LABEL_BYTES, Label, Origin};
use super::sequence::{Sequence, epoch_prefix};
use crate::{Position, WalError};

/// See [`ObjectWal::seal`](super::ObjectWal::seal).
pub(super) async fn seal(
    bucket: &Bucket,
    part: LogPart,
    trim: Position,
) -> Result<Position, WalError> {
    let sealing = Sealing { bucket, epoch: part.epoch, trimmed: trim };
    let mut next = sealing.first_free(part).await?;
    for tries in (0..).map(|doublings: u32| 1_u64 << doublings.min(10)) {
        let range = next.0..next.0 + tries;
        if let Some(end) = sealing.first_of(range.clone()).await? {
            return Ok(end.begins());
        }
        // The writer is still at work, and outran this.
        next = Sequence(range.end);
    }
    unreachable!("the numbers of attempts do not end")
}

struct Sealing<'a> {
    bucket: &'a Bucket,
    epoch: u64,
    trimmed: Position,
}

impl Sealing<'_> {
    /// The sequence at which the seal is to be put, or stands already.
    async fn first_free(&self, part: LogPart) -> Result<Sequence, WalError> {
        let listed = self.bucket.list(&epoch_prefix(&self.bucket.root, self.epoch)).await?;
        let mut objects: BTreeMap<Sequence, u64> =
            listed.into_iter().map(|((_, sequence), size)| (sequence, size)).collect();
        let begins = Sequence::of(part.begins);
        let is_none = |size: u64| size != LABEL_BYTES as u64 && size < 2 * LABEL_BYTES as u64;
        if let Some((sequence, _)) = objects.range(begins..).find(|(_, size)| is_none(**size)) {
            let key = self.bucket.key(self.epoch, *sequence);
            return Err(self.bucket.corrupt(&key, 0, "it is too short for an object of a log"));
        }
        let from = begins.max(Sequence::of(self.trimmed));
        loop {
            let free = (from.0..).map(Sequence).find(|sequence| !is_data(&objects, *sequence));
            let free = free.expect("a log ends");
            if objects.contains_key(&free) {
                return Ok(free);
            }
            let mut behind = objects.range(free..).rev().map(|(sequence, _)| *sequence);
            let last = behind.find(|sequence| is_data(&objects, *sequence));
            let Some(last) = last else { return Ok(free) };
            // An object that is there says how far the log was durable when it was sent.
            let Some(label) = self.bucket.look(self.epoch, last).await? else { return Ok(free) };
            if label.origin.durable <= free.begins() {
                return Ok(free);
            }
            // What was put while the list was made may not be on it.
            if let Some(there) = self.bucket.look(self.epoch, free).await? {
                objects.insert(free, there.length);
                continue;
            }
            let there = objects.range(free..).next().map_or(last, |(next, _)| *next);
            return Err(self.bucket.missing(self.epoch, free, there));
        }
    }

    /// Puts seals at all of these sequences, and answers the first that bears one, ours or
    /// another's.
    async fn first_of(&self, sequences: Range<u64>) -> Result<Option<Sequence>, WalError> {
        try_join_all(sequences.clone().map(|sequence| self.put(Sequence(sequence)))).await?;
        for sequence in sequences.map(Sequence) {
            loop {
                match self.bucket.look(self.epoch, sequence).await? {
                    Some(Label { kind: Kind::Seal, .. }) => return Ok(Some(sequence)),
                    Some(Label { kind: Kind::Data { .. }, .. }) => break,
                    None => {
                        let key = self.bucket.key(self.epoch, sequence);
                        self.bucket.pause_for_nothing_there(&key).await;
                        self.put(sequence).await?;
                    }
                }
            }
        }
        Ok(None)
    }

    /// Whether the seal stands there in the end is to be looked at.
    async fn put(&self, sequence: Sequence) -> Result<(), WalError> {
        let origin = Origin {
            owner: self.bucket.owner,
            epoch: self.epoch,
            sequence,
            trimmed: self.trimmed,
            durable: sequence.begins(),
        };
        self.bucket.put_seal(&format::seal(origin)).await
    }
}

/// As far as the sizes tell.
fn is_data(objects: &BTreeMap<Sequence, u64>, sequence: Sequence) -> bool {
    objects.get(&sequence).is_some_and(|size| *size != LABEL_BYTES as u64)
}
