//! Walks the frames of segments, checks every byte, and collects the entries. What it means where
//! a walk stops is for [`recover`](super::recover) to judge.

use std::io;
use std::num::NonZero;
use std::thread;

use bytes::Bytes;

use super::scan::{Found, Scan};
use super::segment::Segment;
use crate::files::Blocking;
use crate::{Position, Recovered};

/// More readers gain nothing where memory is the limit.
const READERS_MAX: usize = 4;

/// How far the frames of a segment go.
pub(crate) struct Walk {
    /// Where the next frame would begin.
    pub(crate) end: Position,
    /// The frames say that everything below was durable.
    pub(crate) proven: Position,
    pub(crate) stop: Stop,
    /// The entries from the trim position on.
    pub(crate) entries: Vec<Recovered>,
}

/// What is wrong with a segment whose last frame goes on behind the end of its file.
pub(crate) const CUT: &str = "the file ends before its last frame does";

/// What lies at the end of a walk.
pub(crate) enum Stop {
    NextSegment,
    Mark,
    Nothing,
    Cut,
    Damaged(&'static str),
}

/// Walks all segments, several at a time where reading blocks.
pub(crate) fn walk_all(
    segments: &[Segment],
    trim: Position,
    blocking: Blocking,
) -> io::Result<Vec<Walk>> {
    let readers = match blocking {
        Blocking::Inline => 1,
        Blocking::Thread => thread::available_parallelism().map_or(1, NonZero::get),
    };
    let readers = readers.min(READERS_MAX).min(segments.len());
    let walk_one = |index: usize| {
        let next = segments.get(index + 1).map(|next| next.start);
        walk(&segments[index], next, trim)
    };
    if readers <= 1 {
        return (0..segments.len()).map(walk_one).collect();
    }
    // Each reader takes every so-manieth segment; then they are put in order again.
    let walk_some = |first: usize| (first..segments.len()).step_by(readers).map(walk_one).collect();
    let mut parts: Vec<std::vec::IntoIter<Walk>> = thread::scope(|scope| {
        let walk_some = &walk_some;
        let spawn = |first| scope.spawn(move || -> io::Result<Vec<Walk>> { walk_some(first) });
        let running: Vec<_> = (0..readers).map(spawn).collect();
        let join = |reader: thread::ScopedJoinHandle<'_, io::Result<Vec<Walk>>>| {
            reader.join().expect("a walk does not panic").map(Vec::into_iter)
        };
        running.into_iter().map(join).collect::<io::Result<_>>()
    })?;
    let in_order = (0..segments.len()).map(|index| parts[index % readers].next());
    Ok(in_order.map(|walk| walk.expect("one for each segment")).collect())
}

/// Walks the frames of one segment up to where the next one begins.
pub(crate) fn walk(segment: &Segment, next: Option<Position>, trim: Position) -> io::Result<Walk> {
    let mut scan = Scan::new(segment);
    let (mut end, mut proven) = (segment.start, segment.start);
    let mut found = Vec::new();
    // The headers of a segment share one allocation.
    let mut headers = Vec::new();
    let stop = loop {
        if next.is_some_and(|next| end >= next) {
            break Stop::NextSegment;
        }
        match scan.frame(end)? {
            Found::Entry(head) if head.durable >= proven => {
                (end, proven) = (head.end(), head.durable);
                if head.location.position >= trim {
                    headers.extend_from_slice(&scan.header);
                    found.push((head.location, head.durable));
                }
            }
            Found::Entry(_) => break Stop::Damaged("the frame proves less than an earlier one"),
            Found::Mark => {
                proven = end;
                break Stop::Mark;
            }
            Found::Nothing => break Stop::Nothing,
            Found::Cut => break Stop::Cut,
            Found::Damaged(what) => break Stop::Damaged(what),
        }
    };
    let mut headers = Bytes::from(headers);
    let entries = found.into_iter().map(|(location, group)| {
        let header = headers.split_to(usize::from(location.header_length));
        Recovered { header, location, group }
    });
    Ok(Walk { end, proven, stop, entries: entries.collect() })
}
