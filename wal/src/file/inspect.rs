//! Looks at a log without changing it, not even its lock: for people who want to know what is
//! there. A log that is in use may be caught in the middle of a write.

use std::io;
use std::path::Path;

use super::FileWal;
use super::segment::{self, Segment};
use super::walk::{CUT, Stop, walk};
use crate::files::{Files, OpenMode};
use crate::{Owner, Position, Recovered, WalError};

/// What one segment holds.
#[derive(Debug)]
pub struct SegmentReport {
    /// The file's name.
    pub name: String,
    /// The position of its first entry.
    pub start: Position,
    /// Whose log it says it is part of; `None` if its header is damaged.
    pub owner: Option<Owner>,
    /// The file's length in bytes.
    pub length: u64,
    /// The entries whose every byte was checked.
    pub entries: Vec<Recovered>,
    /// The position behind the last of them.
    pub end: Position,
    /// What lies there.
    pub tail: Tail,
}

/// What lies behind a segment's last entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// The next segment begins at this position.
    NextSegment,
    /// A mark: the log came to rest here.
    Mark,
    /// Zeros.
    Zeros,
    /// Anything else: the rest of a torn write if this is the last segment, or else damage.
    Damage {
        /// The byte of the file.
        at: u64,
        /// What does not hold.
        what: &'static str,
    },
}

impl FileWal {
    /// Reads and checks the segments in a folder, in order.
    ///
    /// # Errors
    /// [`WalError::Io`] for what the system reports; damage is part of the report.
    pub fn inspect(files: &dyn Files, dir: &Path) -> Result<Vec<SegmentReport>, WalError> {
        let read = || -> io::Result<Vec<SegmentReport>> {
            let segments = segment::list(files, dir)?;
            let nexts = segments.iter().skip(1).map(|(start, _)| Some(*start)).chain([None]);
            segments
                .iter()
                .zip(nexts)
                .map(|(&(start, _), next)| {
                    let name = segment::name(start);
                    let file = files.open(&dir.join(&name), OpenMode::Read)?;
                    let length = file.length()?;
                    inspect(&Segment { start, length, file }, name, next)
                })
                .collect()
        };
        read().map_err(|error| WalError::Io {
            action: "inspect",
            place: dir.display().to_string(),
            reason: error.to_string(),
        })
    }
}

fn inspect(segment: &Segment, name: String, next: Option<Position>) -> io::Result<SegmentReport> {
    let &Segment { start, length, .. } = segment;
    let owner = match segment::read_owner(&*segment.file)? {
        Ok(owner) => Some(owner),
        Err(what) => {
            let (entries, tail) = (Vec::new(), Tail::Damage { at: 0, what });
            return Ok(SegmentReport {
                name,
                start,
                owner: None,
                length,
                entries,
                end: start,
                tail,
            });
        }
    };
    let walk = walk(segment, next, Position(0))?;
    let tail = match walk.stop {
        Stop::NextSegment => Tail::NextSegment,
        Stop::Mark => Tail::Mark,
        Stop::Nothing => Tail::Zeros,
        Stop::Cut => Tail::Damage { at: segment.offset(walk.end), what: CUT },
        Stop::Damaged(what) => Tail::Damage { at: segment.offset(walk.end), what },
    };
    Ok(SegmentReport { name, start, owner, length, entries: walk.entries, end: walk.end, tail })
}
