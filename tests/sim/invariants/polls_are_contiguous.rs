//! A poll goes on where it was asked to, leaves nothing out but what compaction may have, and shows
//! nothing behind the high watermark.

use std::ops::Range;

use super::Looked;

/// Batches over these offsets were answered to a poll of `asked`; offsets may be missing where the log
/// is compacted.
pub(crate) fn look(asked: i64, batches: &[Range<i64>], high: i64, compacted: bool) -> Looked {
    let Some(first) = batches.first() else { return Ok(()) };
    if first.end <= asked || first.start > asked && !compacted {
        return Err(format!("asked for {asked}, the first batch is {first:?}"));
    }
    let is_wrong = |end, next| if compacted { next < end } else { next != end };
    if let Some(pair) = batches.windows(2).find(|pair| is_wrong(pair[0].end, pair[1].start)) {
        return Err(format!("{:?} follows {:?}", pair[1], pair[0]));
    }
    match batches.last() {
        Some(last) if last.end > high => Err(format!("{last:?} is behind the watermark {high}")),
        _ => Ok(()),
    }
}
