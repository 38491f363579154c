//! Recovery: which entries are durable, and is that all that ever were?
//!
//! Frames are walked from the segment that holds the trim position. Where the walk stops, the log
//! ends, if nothing proves that it once went on. Proofs are: a later segment (named when all
//! before it was durable), the trim position (given out for durable entries only), and any intact
//! frame further on that says so. With a proof the bytes are damaged or missing: recovery refuses,
//! says where, and changes nothing. Without one, what lies there is the torn last group, whose
//! appends nobody was told about: zeros replace it, so that no piece of it can ever look like the
//! continuation of what is written next.
//!
//! Before all that, every segment must say that it is the owner's, even one that was trimmed: what
//! follows overwrites and removes files.
//!
//! The last group itself may be in the kernel's cache only: its process died before the sync, or
//! the sync failed, after which the kernel takes the pages for clean though they are not on the
//! disk. What is not proven is therefore written again before the sync that makes it durable, and
//! only then handed out.

use std::io::{self, IoSlice};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::prepare::{NEXT, prepare, there};
use super::scan::Scan;
use super::segment::{self, HEADER_BYTES, Segment};
use super::segments::Segments;
use super::walk::{CUT, Stop, Walk, walk_all};
use super::{FileRecovery, FileWalSettings};
use crate::files::{Files, LockGuard, OpenMode};
use crate::frame::HEAD_BYTES;
use crate::progress::Progress;
use crate::{Owner, Position, WalError};

const LOCK: &str = "lock";

/// The name of a segment, so to speak: the position of its first frame, and its file's length.
type Listed = (Position, u64);

/// Copied at a time when the last group is written again.
const COPY_BYTES: u64 = 1 << 20;

pub(crate) fn recover(
    files: &Arc<dyn Files>,
    dir: &Path,
    owner: Owner,
    begins: Option<Position>,
    settings: &FileWalSettings,
) -> Result<FileRecovery, WalError> {
    let trim = begins.unwrap_or_default();
    let folder = Folder { files: &**files, dir, owner };
    let lock = folder.lock()?;
    let listed = folder.list()?;
    folder.check_owner(&listed)?;
    let (trimmed, kept) = split_at_trim(&listed, trim)
        .map_err(|missing| WalError::Missing { place: folder.place(), missing })?;

    let mut entries = Vec::new();
    let (segments, end) = if kept.is_empty() {
        if begins.is_some() {
            return Err(WalError::Gone { place: folder.place() });
        }
        let segment = folder.first_segment(settings.first_segment_bytes)?;
        (vec![segment], Position(0))
    } else {
        let segments = folder.open(kept)?;
        let mut walks =
            walk_all(&segments, trim, files.blocking()).map_err(|error| folder.failed(&error))?;
        for (index, (segment, walk)) in segments.iter().zip(&mut walks).enumerate() {
            let next = segments.get(index + 1).map(|next| next.start);
            folder.check_end(segment, next, trim, walk)?;
            entries.append(&mut walk.entries);
        }
        let (last, walk) = (&segments[segments.len() - 1], &walks[walks.len() - 1]);
        folder.finish(last, walk)?;
        let end = walk.end;
        (segments, end)
    };
    // Only now is it sure that nothing has to be kept as it was found.
    folder.remove_leftovers(trimmed)?;
    // The last segment's name may be in the kernel's cache only.
    files.sync_dir(dir).map_err(|error| folder.failed(&error))?;

    let progress = Progress::new(trim, end);
    let segments = Arc::new(Segments::new(Arc::clone(files), dir, owner, progress, segments));
    Ok(FileRecovery { entries, segments, lock, settings: settings.clone() })
}

pub(crate) fn segments(files: &dyn Files, dir: &Path) -> Result<usize, WalError> {
    match segment::list(files, dir) {
        Ok(listed) => Ok(listed.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(WalError::Io {
            action: "list",
            place: dir.display().to_string(),
            reason: error.to_string(),
        }),
    }
}

/// Parts the segments into those wholly below the trim position, and the rest. The error is what
/// the rest lacks at its front.
fn split_at_trim(
    listed: &[Listed],
    trim: Position,
) -> Result<(&[Listed], &[Listed]), Range<Position>> {
    let Some((first, _)) = listed.first() else {
        return if trim == Position(0) { Ok((&[], &[])) } else { Err(Position(0)..trim) };
    };
    match listed.partition_point(|(start, _)| *start <= trim) {
        0 => Err(trim..*first),
        holding => Ok(listed.split_at(holding - 1)),
    }
}

/// The folder of the log that is being recovered.
struct Folder<'a> {
    files: &'a dyn Files,
    dir: &'a Path,
    owner: Owner,
}

impl Folder<'_> {
    fn place(&self) -> String {
        self.dir.display().to_string()
    }

    fn failed(&self, error: &io::Error) -> WalError {
        WalError::Io { action: "recover", place: self.place(), reason: error.to_string() }
    }

    fn corrupt(&self, segment: Position, at: u64, what: &'static str) -> WalError {
        let place = self.dir.join(segment::name(segment)).display().to_string();
        WalError::Corrupt { place, at, what }
    }

    fn lock(&self) -> Result<Box<dyn LockGuard>, WalError> {
        self.files.create_dir_all(self.dir).map_err(|error| self.failed(&error))?;
        self.files.lock(&self.dir.join(LOCK)).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => WalError::Locked { place: self.place() },
            _ => self.failed(&error),
        })
    }

    /// Start and length of every segment, in order.
    fn list(&self) -> Result<Vec<Listed>, WalError> {
        segment::list(self.files, self.dir).map_err(|error| self.failed(&error))
    }

    /// Refuses another's log; damage is for [`open`](Self::open) to judge, where it matters.
    fn check_owner(&self, listed: &[Listed]) -> Result<(), WalError> {
        for (start, _) in listed {
            let path = self.dir.join(segment::name(*start));
            let read = || segment::read_owner(&*self.files.open(&path, OpenMode::Read)?);
            match read().map_err(|error| self.failed(&error))? {
                Ok(found) if found != self.owner => {
                    let (place, expected) = (path.display().to_string(), self.owner);
                    return Err(WalError::Foreign { place, found, expected });
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn first_segment(&self, length: u64) -> Result<Segment, WalError> {
        let create = || {
            let (files, cancelled) = (self.files, AtomicBool::new(false));
            let prepared = prepare(files, self.dir, self.owner, length, &cancelled)?;
            let to = self.dir.join(segment::name(Position(0)));
            files.rename_new(&self.dir.join(NEXT), &to)?;
            files.sync_dir(self.dir)?;
            Ok(Segment { start: Position(0), length: prepared.length, file: prepared.file })
        };
        create().map_err(|error: io::Error| self.failed(&error))
    }

    fn open(&self, listed: &[Listed]) -> Result<Vec<Segment>, WalError> {
        let open = |&(start, length): &Listed| {
            let path = self.dir.join(segment::name(start));
            let file = self.files.open(&path, OpenMode::ReadWrite);
            let file = file.map_err(|error| self.failed(&error))?;
            segment::read_owner(&*file)
                .map_err(|error| self.failed(&error))?
                .map_err(|what| self.corrupt(start, 0, what))?;
            Ok(Segment { start, length, file })
        };
        listed.iter().map(open).collect()
    }

    /// Judges where the walk through a segment stopped; `next` is the start of the one behind it.
    fn check_end(
        &self,
        segment: &Segment,
        next: Option<Position>,
        trim: Position,
        walk: &Walk,
    ) -> Result<(), WalError> {
        let stopped_at = segment.offset(walk.end);
        if next.is_some_and(|next| walk.end > next) {
            let what = "a frame runs into the next segment";
            return Err(self.corrupt(segment.start, stopped_at, what));
        }
        let proven = next.unwrap_or(trim);
        if walk.end >= proven {
            return Ok(());
        }
        Err(match walk.stop {
            Stop::Cut => self.corrupt(segment.start, stopped_at, CUT),
            Stop::Damaged(what) => self.corrupt(segment.start, stopped_at, what),
            Stop::Mark | Stop::Nothing | Stop::NextSegment => {
                WalError::Missing { place: self.place(), missing: walk.end..proven }
            }
        })
    }

    /// Makes sure that the log ends where the walk through the last segment did, cuts what lies
    /// behind, and makes durable what is about to be handed out.
    fn finish(&self, segment: &Segment, walk: &Walk) -> Result<(), WalError> {
        let mut scan = Scan::new(segment);
        let end = segment.offset(walk.end);
        // No torn write does that: a file has its length before it has its name, and groups leave
        // room for a mark.
        if matches!(walk.stop, Stop::Cut) || end + HEAD_BYTES as u64 > segment.length {
            return Err(self.corrupt(segment.start, end, CUT));
        }
        let marked = matches!(walk.stop, Stop::Mark);
        let tail = if marked { end + HEAD_BYTES as u64 } else { end };
        let written = scan.last_written(tail).map_err(|error| self.failed(&error))?;
        if let Some(written) = written {
            let proof = scan.proof_past(walk.end, tail..written);
            if proof.map_err(|error| self.failed(&error))? {
                let what = match walk.stop {
                    Stop::Damaged(what) => what,
                    _ => "frames are missing, and later ones are there",
                };
                return Err(self.corrupt(segment.start, end, what));
            }
        }
        if marked && written.is_none() {
            return Ok(());
        }
        let cut = || {
            rewrite(segment, segment.offset(walk.proven)..end)?;
            overwrite_with_zeros(segment, end..written.unwrap_or(end))?;
            segment.file.sync_data()?;
            // Not before the sync: the mark says that what lies below it is durable.
            segment.write_mark(walk.end)
        };
        cut().map_err(|error| self.failed(&error))?;
        if let Some(written) = written {
            let (from, bytes) = (walk.end.0, written - end);
            tracing::info!(from, bytes, "cut what a crash had left unfinished");
        }
        Ok(())
    }

    fn remove_leftovers(&self, trimmed: &[Listed]) -> Result<(), WalError> {
        let names = trimmed.iter().map(|(start, _)| segment::name(*start));
        for name in names.chain([NEXT.to_owned()]) {
            there(self.files.remove(&self.dir.join(name))).map_err(|error| self.failed(&error))?;
        }
        Ok(())
    }
}

/// Writes the bytes that are there once more, so that the next sync has them to write.
fn rewrite(segment: &Segment, range: Range<u64>) -> io::Result<()> {
    assert!(range.start >= HEADER_BYTES as u64, "frames lie behind the header");
    let mut at = range.start;
    while at < range.end {
        let step = (range.end - at).min(COPY_BYTES);
        let mut bytes = vec![0; usize::try_from(step).expect("a step fits in memory")];
        segment.file.read_exact_at(&mut bytes, at)?;
        segment.file.write_all_at(&[IoSlice::new(&bytes)], at)?;
        at += step;
    }
    Ok(())
}

fn overwrite_with_zeros(segment: &Segment, range: Range<u64>) -> io::Result<()> {
    let mut at = range.start;
    while at < range.end {
        let step = (range.end - at).min(COPY_BYTES);
        let zeros = vec![0; usize::try_from(step).expect("a step fits in memory")];
        segment.file.write_all_at(&[IoSlice::new(&zeros)], at)?;
        at += step;
    }
    Ok(())
}
