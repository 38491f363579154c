//! A poll goes on where it was asked to, leaves nothing out, and shows nothing behind the high
//! watermark.

use std::ops::Range;

use super::Looked;

/// Batches over these offsets were answered to a poll of `asked`.
pub(crate) fn look(asked: i64, batches: &[Range<i64>], high: i64) -> Looked {
    let Some(first) = batches.first() else { return Ok(()) };
    if !first.contains(&asked) {
        return Err(format!("asked for {asked}, the first batch is {first:?}"));
    }
    if let Some(pair) = batches.windows(2).find(|pair| pair[0].end != pair[1].start) {
        return Err(format!("{:?} follows {:?}", pair[1], pair[0]));
    }
    match batches.last() {
        Some(last) if last.end > high => Err(format!("{last:?} is behind the watermark {high}")),
        _ => Ok(()),
    }
}
