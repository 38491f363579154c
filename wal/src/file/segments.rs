//! The segments of an open log, which the writer adds to, readers read and trims shorten.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;

use super::prepare::retire;
use super::segment::{self, Segment};
use crate::files::{Blocking, Files};
use crate::frame::{HEAD_BYTES, Head, Kind, frame_bytes};
use crate::log::Keeper;
use crate::progress::Progress;
use crate::{Location, Owner, Position, ReadError, WalError};

pub(crate) struct Segments {
    pub(crate) files: Arc<dyn Files>,
    pub(crate) dir: PathBuf,
    pub(crate) owner: Owner,
    pub(crate) progress: Progress,
    /// By start; held for a look-up or a change of the map, never across a call of `files`.
    map: Mutex<BTreeMap<Position, Segment>>,
    /// Whether files may be taken away; held by the one trim that does.
    may_trim: Mutex<bool>,
}

impl Segments {
    pub(crate) fn new(
        files: Arc<dyn Files>,
        dir: &Path,
        owner: Owner,
        progress: Progress,
        segments: impl IntoIterator<Item = Segment>,
    ) -> Self {
        let map = segments.into_iter().map(|segment| (segment.start, segment)).collect();
        Self {
            files,
            dir: dir.to_owned(),
            owner,
            progress,
            map: Mutex::new(map),
            may_trim: Mutex::new(true),
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Position, Segment>> {
        self.map.lock().expect("nothing panics while it holds the map")
    }

    /// The segment that is written to.
    pub(crate) fn last(&self) -> Segment {
        self.lock().last_key_value().expect("an open log has a segment").1.clone()
    }

    /// The segment becomes the last, in place of an empty one of the same start.
    pub(crate) fn add(&self, segment: Segment) {
        let mut map = self.lock();
        assert!(map.keys().all(|start| *start <= segment.start), "segments are added at the end");
        map.insert(segment.start, segment);
    }

    fn holding(&self, position: Position) -> Option<Segment> {
        self.lock().range(..=position).next_back().map(|(_, segment)| segment.clone())
    }

    /// The first segment, if it holds nothing from `position` on.
    fn first_below(&self, position: Position) -> Option<Position> {
        let map = self.lock();
        let mut starts = map.keys();
        let first = starts.next()?;
        starts.next().is_some_and(|second| *second <= position).then_some(*first)
    }

    /// The folder is about to be given up: no trim touches it from now on.
    pub(crate) fn end_trims(&self) {
        *self.may_trim.lock().expect("nothing panics while it trims") = false;
    }

    pub(crate) fn path(&self, start: Position) -> PathBuf {
        self.dir.join(segment::name(start))
    }

    /// Reads and checks the frame; nothing else may hold the bytes to be someone else's.
    fn read_frame(&self, segment: &Segment, location: Location) -> Result<Bytes, WalError> {
        let offset = segment.offset(location.position);
        let corrupt = |what| WalError::Corrupt {
            place: self.path(segment.start).display().to_string(),
            at: offset,
            what,
        };
        let length = usize::try_from(frame_bytes(location)).expect("a frame fits in memory");
        let mut frame = vec![0; length];
        segment.file.read_exact_at(&mut frame, offset).map_err(|error| WalError::Io {
            action: "read back from",
            place: self.dir.display().to_string(),
            reason: error.to_string(),
        })?;
        let head = frame.first_chunk::<HEAD_BYTES>().expect("it begins with a head");
        let head = Head::decode(head, location.position).map_err(corrupt)?;
        if head.kind != Kind::Entry || head.location != location {
            return Err(corrupt("another entry lies there"));
        }
        if crc32c::crc32c(&frame[4..]) != head.crc32c {
            return Err(corrupt("the frame does not match its checksum"));
        }
        let payload = HEAD_BYTES + usize::from(location.header_length);
        Ok(Bytes::from(frame).slice(payload..))
    }
}

impl Keeper for Segments {
    fn read(&self, location: Location) -> Result<Bytes, ReadError> {
        let positions = self.progress.get();
        let trimmed = ReadError::Trimmed(location.position);
        if location.position < positions.trimmed {
            return Err(trimmed);
        }
        if location.position.0.saturating_add(frame_bytes(location)) > positions.durable.0 {
            return Err(ReadError::Wal(WalError::Corrupt {
                place: self.dir.display().to_string(),
                at: location.position.0,
                what: "nothing durable lies there",
            }));
        }
        let Some(segment) = self.holding(location.position) else {
            return Err(trimmed);
        };
        self.read_frame(&segment, location).map_err(|error| {
            // A trim may have come in between, and the file be in use again: no damage.
            let gone = location.position < self.progress.get().trimmed;
            if gone { trimmed } else { ReadError::Wal(error) }
        })
    }

    /// Takes the segments that lie wholly below away, oldest first. Their names need no sync: one
    /// that comes back after a crash lies below the trim position again, and nobody looks into it.
    fn trim(&self, position: Position) -> Result<(), WalError> {
        self.progress.trimmed_up_to(position);
        let may_trim = self.may_trim.lock().expect("nothing panics while it trims");
        if !*may_trim {
            return Err(WalError::Closed);
        }
        while let Some(start) = self.first_below(position) {
            let retired = retire(&*self.files, &self.dir, &self.path(start));
            retired.map_err(|error| WalError::Io {
                action: "trim",
                place: self.dir.display().to_string(),
                reason: error.to_string(),
            })?;
            self.lock().remove(&start);
        }
        Ok(())
    }

    fn blocking(&self) -> Blocking {
        self.files.blocking()
    }
}
