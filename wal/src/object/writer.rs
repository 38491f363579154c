//! The one writer of an object log: takes groups, sends them as objects, some at once, and tells
//! the sink as the gapless front moves.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use futures::FutureExt;
use penstock_planted::{self as planted, Bug};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};

use super::bucket::Bucket;
use super::format::{self, Origin};
use super::pace::{self, Next, Pace};
use super::put::Put;
use super::sequence::Sequence;
use crate::progress::Progress;
use crate::put_times::PutTimes;
use crate::queue::{Group, Queue, State};
use crate::{DurableGroup, Location, Sink, WalError};

/// A group on its way.
struct Sent<C> {
    sequence: Sequence,
    group: Group<C>,
    locations: Vec<Location>,
    bytes: usize,
    is_stored: bool,
}

/// What a writer is made of.
pub(super) struct Parts<C> {
    pub(super) queue: Arc<Queue<C>>,
    pub(super) sink: Box<dyn Sink<C>>,
    pub(super) bucket: Arc<Bucket>,
    pub(super) progress: Arc<Progress>,
    pub(super) times: Arc<PutTimes>,
    pub(super) epoch: u64,
    /// The first object to be sent.
    pub(super) first: Sequence,
}

/// See the module.
pub(super) struct ObjectWriter<C> {
    parts: Parts<C>,
    next: Sequence,
    pace: Arc<Mutex<Pace>>,
    /// In order of sequence, without a gap up to `next`.
    sent: VecDeque<Sent<C>>,
    puts: JoinSet<(Sequence, Result<(), WalError>)>,
    /// Dropped at the very end, which whoever closes the log waits for.
    _running: watch::Sender<()>,
}

impl<C: Send + 'static> ObjectWriter<C> {
    /// Starts the writer, and returns what closes when it has ended.
    pub(super) fn start(parts: Parts<C>) -> watch::Receiver<()> {
        let (running, ended) = watch::channel(());
        let pace =
            Pace::new(&parts.bucket.settings, full_object(&parts.bucket.settings), Instant::now());
        let writer = Self {
            next: parts.first,
            parts,
            pace: Arc::new(Mutex::new(pace)),
            sent: VecDeque::new(),
            puts: JoinSet::new(),
            _running: running,
        };
        drop(tokio::spawn(writer.run()));
        ended
    }

    async fn run(mut self) {
        // A panic, where that does not end the process, stops the log: everybody who waits hears
        // of it, and nothing of what it left half done is looked at again.
        match AssertUnwindSafe(self.work()).catch_unwind().await {
            Ok(Ok(())) => drop(self.parts.queue.stop(WalError::Closed)),
            Ok(Err(error)) => self.stop(&error),
            Err(_reported) => self.stop(&WalError::Panicked),
        }
    }

    /// Returns when the log is closed and everything is durable.
    async fn work(&mut self) -> Result<(), WalError> {
        loop {
            self.acknowledge();
            let until = match self.take_or_wait() {
                Turn::Send(group) => {
                    self.send(group);
                    continue;
                }
                Turn::Wait(until) => until,
                Turn::End => return Ok(()),
            };
            tokio::select! {
                biased;
                Some(put) = self.puts.join_next() => {
                    let (sequence, stored) = match put.map_err(JoinError::try_into_panic) {
                        Ok(put) => put,
                        Err(Ok(panic)) => std::panic::resume_unwind(panic),
                        // The runtime shuts down.
                        Err(Err(_cancelled)) => return Err(WalError::Closed),
                    };
                    stored?;
                    self.sent_at(sequence).is_stored = true;
                }
                _woken = self.parts.queue.wait_as_task(None) => {}
                () = sleep_until(until.unwrap_or_else(Instant::now)), if until.is_some() => {}
            }
        }
    }

    fn take_or_wait(&mut self) -> Turn<C> {
        let settings = &self.parts.bucket.settings;
        let full = full_object(settings);
        let mut waiting = self.parts.queue.lock();
        let is_closing = matches!(waiting.state, State::Closing);
        let load = waiting.load();
        if is_closing && load.entries == 0 && self.sent.is_empty() {
            return Turn::End;
        }
        let pace = self.pace();
        let slot_is_free = self.puts.len() < settings.puts_in_flight_max;
        let room = pace.window.room(self.bytes_under_way()).filter(|_| slot_is_free);
        match pace::next(load, room.is_some(), full, &pace.budget, Instant::now()) {
            // Whoever closes the log waits for all of it.
            Next::Wait { .. } if is_closing && room.is_some() && load.entries > 0 => {}
            Next::Send => {}
            Next::Wait { until, load } => {
                if let Some(load) = load {
                    waiting.sleep_until(load);
                }
                return Turn::Wait(until);
            }
        }
        let mut group = Group::empty();
        waiting.take(&mut group, room.map_or(full, |room| room.min(full)));
        Turn::Send(group)
    }

    fn send(&mut self, mut group: Group<C>) {
        let Parts { bucket, progress, times, epoch, .. } = &self.parts;
        let (sequence, at) = (self.next, progress.get());
        let origin = Origin {
            owner: bucket.owner,
            epoch: *epoch,
            sequence,
            trimmed: at.trimmed,
            durable: at.durable,
        };
        let mut object = format::encode(origin, &group.entries);
        let locations = std::mem::take(&mut object.locations);
        let bytes = object.parts.iter().map(Bytes::len).sum();
        // Their bytes are in the object.
        group.entries.clear();
        let beside = self.bytes_under_way();
        let known = (Arc::clone(&self.pace), Arc::clone(times));
        let put = Put::new(Arc::clone(bucket), known, object, beside);
        self.puts.spawn(async move { (sequence, put.settle().await) });
        self.sent.push_back(Sent { sequence, group, locations, bytes, is_stored: false });
        self.next = sequence.next();
        self.pace().budget.spend(Instant::now());
    }

    /// What is stored, and everything before it, is durable.
    fn acknowledge(&mut self) {
        while self.sent.front().is_some_and(|front| front.is_stored) {
            let Sent { sequence, mut group, locations, .. } =
                self.sent.pop_front().expect("it was looked at");
            let range = sequence.begins()..sequence.next().begins();
            self.parts.progress.durable_up_to(range.end);
            assert_eq!(locations.len(), group.contexts.len(), "a place for each entry");
            let entries = locations.into_iter().zip(group.contexts.drain(..)).collect();
            self.parts.sink.durable(DurableGroup { range, entries });
            self.parts.queue.answered(&mut group);
        }
    }

    fn bytes_under_way(&self) -> usize {
        self.sent.iter().filter(|sent| !sent.is_stored).map(|sent| sent.bytes).sum()
    }

    fn sent_at(&mut self, sequence: Sequence) -> &mut Sent<C> {
        if planted::is(Bug::AckOutOfOrder) {
            let first = self.sent.iter_mut().find(|sent| !sent.is_stored);
            return first.expect("it is on its way");
        }
        let front = self.sent.front().expect("it is on its way").sequence;
        let index = usize::try_from(sequence.0 - front.0).expect("few are on their way");
        &mut self.sent[index]
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().expect("nothing panics while it holds it")
    }

    fn stop(&mut self, error: &WalError) {
        tracing::error!(%error, "the write-ahead log has stopped");
        let sent = self.sent.drain(..).flat_map(|sent| sent.group.contexts);
        let mut unresolved: Vec<C> = sent.collect();
        unresolved.extend(self.parts.queue.stop(error.clone()));
        self.parts.sink.stopped(error, unresolved);
    }
}

/// What the writer does after a look at the queue.
enum Turn<C> {
    Send(Group<C>),
    Wait(Option<Instant>),
    End,
}

/// How many bytes make an object full. Less where the queue holds little: several must fit.
fn full_object(settings: &super::ObjectWalSettings) -> usize {
    settings.object_bytes_max.min(settings.wal.in_flight_bytes_max / 4).max(1)
}

impl<C> Drop for ObjectWriter<C> {
    /// A writer that ends in any other way, with its runtime for example, leaves no log behind
    /// that seems to work.
    fn drop(&mut self) {
        let stopped = matches!(self.parts.queue.lock().state, State::Stopped(_));
        if !stopped {
            self.parts.queue.stop(WalError::Closed);
        }
    }
}
