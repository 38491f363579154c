//! The writing side: one vectored write and one sync for a group.

use std::io::{self, IoSlice};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::FileWalSettings;
use super::prepare::{NEXT, Preparer};
use super::segment::{HEADER_BYTES, Segment};
use super::segments::Segments;
use crate::files::LockGuard;
use crate::frame::{self, HEAD_BYTES};
use crate::writer::Appender;
use crate::{Entry, Location, Position, WalError};

/// After a rest of this length the log is marked: long enough to cost nothing under load, short
/// enough that a log is marked before anyone can look at it.
const MARK_AFTER: Duration = Duration::from_millis(5);

pub(crate) struct FileAppender {
    segments: Arc<Segments>,
    /// Where the next group begins; all below is durable.
    end: Position,
    segment: Segment,
    preparer: Preparer,
    settings: FileWalSettings,
    /// The frames of a group without their payloads; kept for its room.
    heads: Vec<u8>,
    marked: bool,
    /// Given up last, after the preparer has ended.
    _lock: Box<dyn LockGuard>,
}

impl FileAppender {
    pub(crate) fn new(
        segments: Arc<Segments>,
        lock: Box<dyn LockGuard>,
        settings: FileWalSettings,
    ) -> Self {
        Self {
            end: segments.progress.get().durable,
            segment: segments.last(),
            preparer: Preparer::new(
                Arc::clone(&segments.files),
                segments.dir.clone(),
                segments.owner,
            ),
            segments,
            settings,
            heads: Vec::new(),
            marked: true,
            _lock: lock,
        }
    }

    fn failed(&self, action: &'static str, error: &io::Error) -> WalError {
        let place = self.segments.dir.display().to_string();
        WalError::Io { action, place, reason: error.to_string() }
    }

    /// Goes over to a new segment when the group and a mark behind it have no room in this one.
    fn make_room(&mut self, group_bytes: u64) -> io::Result<()> {
        let needed = group_bytes + HEAD_BYTES as u64;
        if self.segment.offset(self.end) + needed <= self.segment.length {
            return Ok(());
        }
        let least = HEADER_BYTES as u64 + needed;
        let next = self.preparer.take(least, self.settings.segment_bytes)?;
        let Segments { files, dir, .. } = &*self.segments;
        let (from, to) = (dir.join(NEXT), self.segments.path(self.end));
        if self.segment.start == self.end {
            // The segment before it is empty, and too small: nothing is lost with it.
            files.rename(&from, &to)?;
        } else {
            files.rename_new(&from, &to)?;
        }
        files.sync_dir(dir)?;
        self.segment = Segment { start: self.end, length: next.length, file: next.file };
        self.segments.add(self.segment.clone());
        Ok(())
    }

    /// Encodes the frames, and fills in where each will lie.
    fn encode(&mut self, entries: &[Entry], locations: &mut Vec<Location>) {
        self.heads.clear();
        let mut position = self.end;
        for entry in entries {
            let location = frame::place(entry, position);
            frame::encode(entry, location, self.end, &mut self.heads);
            position.0 += frame::frame_bytes(location);
            locations.push(location);
        }
    }

    fn write(&self, entries: &[Entry]) -> io::Result<()> {
        let mut slices = Vec::with_capacity(2 * entries.len());
        let mut heads = self.heads.as_slice();
        for entry in entries {
            let (head, rest) = heads.split_at(HEAD_BYTES + entry.header.len());
            slices.push(IoSlice::new(head));
            slices.push(IoSlice::new(&entry.payload));
            heads = rest;
        }
        self.segment.file.write_all_at(&slices, self.segment.offset(self.end))?;
        self.segment.file.sync_data()
    }

    /// The next segment is begun when a quarter of this one is used, so that an idle log stays
    /// small and a busy one finds it ready.
    fn prepare_ahead(&mut self) {
        if self.segment.offset(self.end) > self.segment.length / 4 {
            self.preparer.begin(self.settings.segment_bytes);
        }
    }
}

impl Appender for FileAppender {
    fn commit(
        &mut self,
        entries: &[Entry],
        locations: &mut Vec<Location>,
    ) -> Result<Range<Position>, WalError> {
        let group_bytes = entries.iter().map(|entry| (HEAD_BYTES + entry.bytes()) as u64).sum();
        let start = self.end;
        self.make_room(group_bytes).map_err(|error| self.failed("extend", &error))?;
        self.encode(entries, locations);
        self.write(entries).map_err(|error| self.failed("append to", &error))?;
        self.end.0 += group_bytes;
        self.segments.progress.durable_up_to(self.end);
        self.marked = false;
        self.prepare_ahead();
        Ok(start..self.end)
    }

    fn settle_after(&self) -> Option<Duration> {
        Some(MARK_AFTER)
    }

    fn settle(&mut self) -> Result<(), WalError> {
        self.segment.write_mark(self.end).map_err(|error| self.failed("mark", &error))?;
        self.marked = true;
        Ok(())
    }

    fn close(&mut self) -> Result<(), WalError> {
        if !self.marked {
            self.settle()?;
        }
        self.segment.file.sync_data().map_err(|error| self.failed("close", &error))
    }
}

impl Drop for FileAppender {
    /// The lock goes next: nobody works in the folder any more.
    fn drop(&mut self) {
        self.segments.end_trims();
    }
}
