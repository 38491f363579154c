//! The memory backend: for tests of what stands above, and for logs that need not outlive their
//! process. What was appended lives in a [`MemoryMedium`], which survives the log's handle as a
//! disk would, so that a test can start again on it.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;

use crate::files::Blocking;
use crate::log::{Keeper, Log};
use crate::settings::WalSettings;
use crate::writer::Appender;
use crate::{Entry, Location, Position, ReadError, Recovered, Recovering, Sink, Wal, WalError};

/// The place in errors.
const PLACE: &str = "the memory log";

/// Where a memory log keeps its entries. Positions count entries.
#[derive(Clone, Default)]
pub struct MemoryMedium(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    /// The position of the first entry that is kept.
    first: u64,
    entries: VecDeque<Entry>,
    /// Counts recoveries: each fences the writer of the one before.
    holder: u64,
    write_fails: bool,
}

impl Kept {
    fn end(&self) -> Position {
        Position(self.first + self.entries.len() as u64)
    }

    fn get(&self, position: Position) -> Option<&Entry> {
        let index = position.0.checked_sub(self.first)?;
        self.entries.get(usize::try_from(index).ok()?)
    }

    fn trim(&mut self, position: Position) {
        assert!(position <= self.end(), "trim to {position:?} is past the end {:?}", self.end());
        while self.first < position.0 {
            self.entries.pop_front();
            self.first += 1;
        }
    }
}

impl MemoryMedium {
    /// Recovers the log from the trim position on, and fences the handle that wrote to it so far.
    ///
    /// # Errors
    /// [`WalError::Missing`] when it does not hold everything from the trim position on.
    pub fn recover(
        &self,
        trim: Position,
        settings: &WalSettings,
    ) -> Result<MemoryRecovery, WalError> {
        let mut kept = self.lock();
        let missing = if trim.0 < kept.first {
            Some(trim..Position(kept.first))
        } else if trim > kept.end() {
            Some(kept.end()..trim)
        } else {
            None
        };
        if let Some(missing) = missing {
            return Err(WalError::Missing { place: PLACE.into(), missing });
        }
        kept.trim(trim);
        kept.holder += 1;
        let entries = (kept.first..).zip(&kept.entries).map(|(position, entry)| Recovered {
            header: entry.header.clone(),
            location: location(Position(position), entry),
            group: Position(position),
        });
        Ok(MemoryRecovery {
            entries: entries.collect(),
            end: kept.end(),
            side: Side { medium: self.clone(), holder: kept.holder },
            settings: settings.clone(),
        })
    }

    /// The next write fails, as on a broken disk.
    pub fn fail_next_write(&self) {
        self.lock().write_fails = true;
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().expect("nothing panics while it holds the entries")
    }
}

fn location(position: Position, entry: &Entry) -> Location {
    Location {
        position,
        header_length: u16::try_from(entry.header.len()).expect("checked at append"),
        payload_length: u32::try_from(entry.payload.len()).expect("checked at append"),
    }
}

/// A memory log that was recovered.
pub struct MemoryRecovery {
    entries: Vec<Recovered>,
    end: Position,
    side: Side,
    settings: WalSettings,
}

impl<C: Send + 'static> Recovering<C> for MemoryRecovery {
    fn take_entries(&mut self) -> Vec<Recovered> {
        std::mem::take(&mut self.entries)
    }

    fn end(&self) -> Position {
        self.end
    }

    fn start(self: Box<Self>, sink: Box<dyn Sink<C>>) -> Arc<dyn Wal<C>> {
        Log::start(self.side.clone(), Arc::new(self.side), sink, self.settings)
    }
}

/// One handle's side of the medium: to write as long as nobody else has recovered it, to read.
#[derive(Clone)]
struct Side {
    medium: MemoryMedium,
    holder: u64,
}

impl Appender for Side {
    fn commit(
        &mut self,
        entries: &[Entry],
        locations: &mut Vec<Location>,
    ) -> Result<Range<Position>, WalError> {
        let mut kept = self.medium.lock();
        if kept.holder != self.holder {
            return Err(WalError::Fenced);
        }
        if std::mem::take(&mut kept.write_fails) {
            let reason = "the medium was told to fail".into();
            return Err(WalError::Io { action: "write", place: PLACE.into(), reason });
        }
        let start = kept.end();
        for entry in entries {
            locations.push(location(kept.end(), entry));
            kept.entries.push_back(entry.clone());
        }
        Ok(start..kept.end())
    }

    fn settle_after(&self) -> Option<Duration> {
        None
    }

    fn settle(&mut self) -> Result<(), WalError> {
        Ok(())
    }

    fn close(&mut self) -> Result<(), WalError> {
        Ok(())
    }
}

impl Keeper for Side {
    fn read(&self, at: Location) -> Result<Bytes, ReadError> {
        let damaged = |what| WalError::Corrupt { place: PLACE.into(), at: at.position.0, what };
        let kept = self.medium.lock();
        if at.position.0 < kept.first {
            return Err(ReadError::Trimmed(at.position));
        }
        let entry = kept.get(at.position).ok_or_else(|| damaged("no entry lies there"))?;
        if location(at.position, entry) != at {
            return Err(damaged("another entry lies there").into());
        }
        if crc32c::crc32c(&entry.payload) != entry.payload_crc32c {
            return Err(damaged("the payload does not match its checksum").into());
        }
        Ok(entry.payload.clone())
    }

    fn trim(&self, position: Position) -> Result<(), WalError> {
        let mut kept = self.medium.lock();
        if kept.holder != self.holder {
            return Err(WalError::Fenced);
        }
        kept.trim(position);
        Ok(())
    }

    fn blocking(&self) -> Blocking {
        Blocking::Inline
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;

    use super::*;
    use crate::conformance::{self, Subject};

    #[async_trait]
    impl Subject for MemoryMedium {
        async fn recover(&self, trim: Position) -> Result<Box<dyn Recovering<u64>>, WalError> {
            let recovery = MemoryMedium::recover(self, trim, &conformance::settings())?;
            Ok(Box::new(recovery))
        }

        fn fail_next_write(&self) -> bool {
            MemoryMedium::fail_next_write(self);
            true
        }

        fn operations(&self) -> Option<u64> {
            None
        }
    }

    #[tokio::test(start_paused = true)]
    async fn conforms() {
        conformance::check_all(async || MemoryMedium::default()).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn conforms_on_many_threads() {
        conformance::check_all(async || MemoryMedium::default()).await;
    }
}
