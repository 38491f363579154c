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
use super::sequence::Sequence;
use crate::{Position, WalError};

/// See [`ObjectWal::seal`](super::ObjectWal::seal).
pub(super) async fn seal(
    bucket: &Bucket,
    part: LogPart,
    trim: Option<Position>,
) -> Result<Position, WalError> {
    let objects = bucket.list(part.epoch).await?;
    let mut next = first_free(bucket, part, trim, &objects).await?;
    let trimmed = trim.unwrap_or(part.begins);
    for tries in (0..).map(|doublings: u32| 1_u64 << doublings.min(10)) {
        let range = next.0..next.0 + tries;
        if let Some(end) = seal_first(bucket, part.epoch, range.clone(), trimmed).await? {
            return Ok(end.begins());
        }
        // The writer is still at work, and outran this.
        next = Sequence(range.end);
    }
    unreachable!("the numbers of attempts do not end")
}

/// The sequence at which the seal is to be put, or stands already.
async fn first_free(
    bucket: &Bucket,
    part: LogPart,
    trim: Option<Position>,
    objects: &BTreeMap<Sequence, u64>,
) -> Result<Sequence, WalError> {
    let begins = Sequence::of(part.begins);
    let mut from = match trim {
        Some(trim) => begins.max(Sequence::of(trim)),
        None => objects.range(begins..).next().map_or(begins, |(first, _)| *first),
    };
    loop {
        let free = (from.0..).map(Sequence).find(|sequence| !is_data(objects, *sequence));
        let free = free.expect("a log ends");
        if objects.contains_key(&free) {
            return Ok(free);
        }
        // An object that is there says how far the log was durable when it was sent.
        let mut behind = objects.range(free..).rev();
        let Some((last, _)) = behind.find(|(sequence, _)| is_data(objects, **sequence)) else {
            return Ok(free);
        };
        let Some(label) = bucket.look(part.epoch, *last).await? else { return Ok(free) };
        if label.origin.durable <= free.begins() {
            return Ok(free);
        }
        let there = objects.range(free..).next().map_or(*last, |(next, _)| *next);
        if trim.is_some() {
            return Err(bucket.missing(free.begins()..there.begins()));
        }
        // The trim position is unknown, and lies past here.
        from = there;
    }
}

/// As far as the sizes tell.
fn is_data(objects: &BTreeMap<Sequence, u64>, sequence: Sequence) -> bool {
    objects.get(&sequence).is_some_and(|size| *size != LABEL_BYTES as u64)
}

/// Puts seals at all of these sequences, and answers the first that bears one, ours or another's.
async fn seal_first(
    bucket: &Bucket,
    epoch: u64,
    sequences: Range<u64>,
    trimmed: Position,
) -> Result<Option<Sequence>, WalError> {
    let put = |sequence| {
        let sequence = Sequence(sequence);
        let durable = sequence.begins();
        let origin = Origin { owner: bucket.owner, epoch, sequence, trimmed, durable };
        let seal = format::seal(origin);
        async move { bucket.put_seal(&seal).await }
    };
    try_join_all(sequences.clone().map(put)).await?;
    for sequence in sequences.map(Sequence) {
        loop {
            match bucket.look(epoch, sequence).await? {
                Some(Label { kind: Kind::Seal, .. }) => return Ok(Some(sequence)),
                Some(Label { kind: Kind::Data { .. }, .. }) => break,
                // The store said that the key is taken, or was, and holds nothing there.
                None => {
                    let durable = sequence.begins();
                    let origin = Origin { owner: bucket.owner, epoch, sequence, trimmed, durable };
                    bucket.put_seal(&format::seal(origin)).await?;
                }
            }
        }
    }
    Ok(None)
}
