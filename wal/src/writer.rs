//! The one writer of a log: takes a group, makes it durable, tells the sink. It runs on a thread
//! of its own where files block, and as a task where they do not; both take the same turns.
//!
//! It knows neither bytes nor files: an [`Appender`] does.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::batch::{Load, worth_waiting_for};
use crate::files::Blocking;
use crate::queue::{Group, Queue, State, Woken};
use crate::settings::WalSettings;
use crate::{DurableGroup, Entry, Location, Position, Sink, WalError};

/// The writing side of a backend.
pub(crate) trait Appender: Send + 'static {
    /// Makes the entries durable behind all before them, and says where they lie. After an error
    /// it is not called again.
    fn commit(
        &mut self,
        entries: &[Entry],
        locations: &mut Vec<Location>,
    ) -> Result<Range<Position>, WalError>;

    /// After this long without an append `settle` is called, once; `None` for never.
    fn settle_after(&self) -> Option<Duration>;

    /// A quiet moment: note what helps the next recovery.
    fn settle(&mut self) -> Result<(), WalError>;

    /// The last call: everything is durable, and nothing more comes.
    fn close(&mut self) -> Result<(), WalError>;
}

/// What the writer does after a turn.
enum Turn {
    Again,
    Sleep(Option<Duration>),
    End,
}

pub(crate) struct Writer<C, A> {
    queue: Arc<Queue<C>>,
    appender: A,
    sink: Box<dyn Sink<C>>,
    settings: WalSettings,
    group: Group<C>,
    locations: Vec<Location>,
    settled: bool,
    /// Dropped at the very end, which whoever closes the log waits for.
    _running: watch::Sender<()>,
}

impl<C: Send + 'static, A: Appender> Writer<C, A> {
    /// Starts the writer, and returns what closes when it has ended.
    pub(crate) fn start(
        queue: Arc<Queue<C>>,
        appender: A,
        sink: Box<dyn Sink<C>>,
        settings: WalSettings,
        blocking: Blocking,
    ) -> watch::Receiver<()> {
        let (running, ended) = watch::channel(());
        let writer = Self {
            queue,
            appender,
            sink,
            settings,
            group: Group::empty(),
            locations: Vec::new(),
            settled: true,
            _running: running,
        };
        match blocking {
            Blocking::Inline => drop(tokio::spawn(writer.run_as_task())),
            Blocking::Thread => {
                // The sink may want to spawn.
                let runtime = tokio::runtime::Handle::current();
                let run = move || {
                    let _entered = runtime.enter();
                    writer.run();
                };
                let thread = std::thread::Builder::new().name("wal-writer".into());
                drop(thread.spawn(run).expect("the system gives a thread to its most needed task"));
            }
        }
        ended
    }

    fn run(mut self) {
        let mut woken = Woken::Rung;
        loop {
            match self.turn_or_stop(woken) {
                Turn::Again => woken = Woken::Rung,
                Turn::Sleep(at_most) => woken = self.queue.wait(at_most),
                Turn::End => return,
            }
        }
    }

    async fn run_as_task(mut self) {
        let mut woken = Woken::Rung;
        loop {
            match self.turn_or_stop(woken) {
                Turn::Again => {
                    tokio::task::yield_now().await;
                    woken = Woken::Rung;
                }
                Turn::Sleep(at_most) => woken = self.queue.wait_as_task(at_most).await,
                Turn::End => return,
            }
        }
    }

    /// A turn that panics, where that does not end the process, stops the log: everybody who waits
    /// hears of it, and nothing of what it left half done is looked at again.
    fn turn_or_stop(&mut self, woken: Woken) -> Turn {
        catch_unwind(AssertUnwindSafe(|| self.turn(woken)))
            .unwrap_or_else(|_reported| self.stop(&WalError::Panicked))
    }

    fn turn(&mut self, woken: Woken) -> Turn {
        let mut waiting = self.queue.lock();
        waiting.take(&mut self.group, self.settings.group_bytes_max);
        if !self.group.entries.is_empty() {
            drop(waiting);
            return self.write();
        }
        if matches!(waiting.state, State::Closing) {
            drop(waiting);
            return self.close();
        }
        if woken == Woken::Elapsed && !self.settled {
            drop(waiting);
            return self.settle();
        }
        waiting.sleep_until(Load::ONE_ENTRY);
        Turn::Sleep(if self.settled { None } else { self.appender.settle_after() })
    }

    fn write(&mut self) -> Turn {
        let range = match self.appender.commit(&self.group.entries, &mut self.locations) {
            Ok(range) => range,
            Err(error) => return self.stop(&error),
        };
        assert_eq!(self.locations.len(), self.group.entries.len(), "a place for each entry");
        let answered = self.group.entries.len();
        // What comes once the sink has answered is no sign of load.
        let came_meanwhile = self.queue.lock().load();
        self.group.entries.clear();
        let entries = self.locations.drain(..).zip(self.group.contexts.drain(..)).collect();
        self.sink.durable(DurableGroup { range, entries });
        self.queue.answered(&mut self.group);
        self.settled = self.appender.settle_after().is_none();

        let gap_max = self.settings.gap_max;
        let Some(expected) = worth_waiting_for(answered, came_meanwhile, gap_max) else {
            return Turn::Again;
        };
        let mut waiting = self.queue.lock();
        if matches!(waiting.state, State::Closing) || waiting.load().reaches(expected) {
            return Turn::Again;
        }
        waiting.sleep_until(expected);
        Turn::Sleep(Some(gap_max))
    }

    fn settle(&mut self) -> Turn {
        match self.appender.settle() {
            Ok(()) => {
                self.settled = true;
                Turn::Again
            }
            Err(error) => self.stop(&error),
        }
    }

    fn close(&mut self) -> Turn {
        match self.appender.close() {
            Ok(()) => {
                self.queue.stop(WalError::Closed);
                Turn::End
            }
            Err(error) => self.stop(&error),
        }
    }

    fn stop(&mut self, error: &WalError) -> Turn {
        tracing::error!(%error, "the write-ahead log has stopped");
        let mut unresolved = std::mem::take(&mut self.group.contexts);
        unresolved.extend(self.queue.stop(error.clone()));
        self.sink.stopped(error, unresolved);
        Turn::End
    }
}

impl<C, A> Drop for Writer<C, A> {
    /// A writer that ends in any other way, with its runtime for example, leaves no log behind
    /// that seems to work.
    fn drop(&mut self) {
        let stopped = matches!(self.queue.lock().state, State::Stopped(_));
        if !stopped {
            self.queue.stop(WalError::Closed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{OnceLock, mpsc};

    use bytes::Bytes;
    use tokio::time::Instant;

    use super::*;
    use crate::{AppendPermit, MemoryMedium, Recovering, Wal};

    /// Answers every entry with the next one, before the writer looks at its queue again.
    struct OneAtATime {
        wal: Arc<OnceLock<Arc<dyn Wal<u64>>>>,
        permits: mpsc::Receiver<AppendPermit>,
        last: watch::Sender<u64>,
    }

    fn entry() -> Entry {
        let payload = Bytes::from_static(b"one record");
        let payload_crc32c = crc32c::crc32c(&payload);
        Entry { header: Bytes::new(), payload, payload_crc32c }
    }

    impl Sink<u64> for OneAtATime {
        fn durable(&mut self, group: DurableGroup<u64>) {
            let [(_, number)] = group.entries[..] else { panic!("one at a time") };
            if let Ok(permit) = self.permits.try_recv() {
                self.wal.get().unwrap().append(entry(), permit, number + 1).unwrap();
            }
            self.last.send_replace(number);
        }

        fn stopped(&mut self, error: &WalError, _: Vec<u64>) {
            panic!("{error}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_record_at_a_time_never_waits_for_company() {
        let recovery =
            MemoryMedium::default().recover(Position(0), &WalSettings::default()).unwrap();
        let cell = Arc::new(OnceLock::new());
        let (give, permits) = mpsc::channel();
        let (last, mut lasts) = watch::channel(0);
        let sink = OneAtATime { wal: Arc::clone(&cell), permits, last };
        let wal = cell.get_or_init(|| Box::new(recovery).start(Box::new(sink)));
        for _ in 1..100 {
            give.send(wal.reserve(entry().bytes()).await.unwrap()).unwrap();
        }
        let (permit, start) = (wal.reserve(entry().bytes()).await.unwrap(), Instant::now());
        wal.append(entry(), permit, 1).unwrap();
        lasts.wait_for(|last| *last == 100).await.unwrap();
        assert_eq!(start.elapsed(), Duration::ZERO);
        wal.close().await.unwrap();
    }
}
