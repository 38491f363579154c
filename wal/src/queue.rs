//! The queue between those who append and the one writer, bounded in bytes by permits.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};

use crate::batch::{Load, group_length};
use crate::files::Blocking;
use crate::{AppendPermit, Entry, WalError};

/// Why a wait came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    Rung,
    Elapsed,
}

pub(crate) struct Queue<C> {
    /// Guards what waits; held for a push or a swap, never across a write.
    waiting: Mutex<Waiting<C>>,
    bell: Bell,
    room: Arc<Semaphore>,
    room_bytes: usize,
}

pub(crate) struct Waiting<C> {
    pub(crate) state: State,
    group: Group<C>,
    bytes: usize,
    /// The load at which the writer, if it sleeps, wants to be woken.
    sleeper: Option<Load>,
}

/// Entries and what belongs to each, in order of append.
pub(crate) struct Group<C> {
    pub(crate) entries: Vec<Entry>,
    pub(crate) contexts: Vec<C>,
    room: usize,
}

#[derive(Clone, Debug)]
pub(crate) enum State {
    Open,
    /// What waits is still written, nothing more is taken.
    Closing,
    Stopped(WalError),
}

/// How the writer sleeps: on a thread of its own, or as a task.
enum Bell {
    Thread(Condvar),
    Task(Notify),
}

impl<C> Group<C> {
    pub(crate) fn empty() -> Self {
        Self { entries: Vec::new(), contexts: Vec::new(), room: 0 }
    }
}

impl<C> Waiting<C> {
    pub(crate) fn load(&self) -> Load {
        Load { entries: self.group.entries.len(), bytes: self.bytes }
    }

    /// The writer is about to sleep until the load is reached.
    pub(crate) fn sleep_until(&mut self, load: Load) {
        self.sleeper = Some(load);
    }

    /// Moves the next group's entries into `group`, which is empty.
    pub(crate) fn take(&mut self, group: &mut Group<C>, group_bytes_max: usize) {
        assert!(group.entries.is_empty() && group.contexts.is_empty(), "the last one is answered");
        let sizes = self.group.entries.iter().map(Entry::bytes);
        let count = group_length(sizes, group_bytes_max);
        if count == self.group.entries.len() {
            std::mem::swap(group, &mut self.group);
            self.bytes = 0;
        } else {
            group.entries.extend(self.group.entries.drain(..count));
            group.contexts.extend(self.group.contexts.drain(..count));
            let bytes = group.entries.iter().map(Entry::bytes).sum::<usize>();
            self.bytes -= bytes;
            // What was reserved beyond the entries' bytes goes with the last group.
            group.room = bytes.min(self.group.room);
            self.group.room -= group.room;
        }
    }
}

impl<C> Queue<C> {
    pub(crate) fn new(room_bytes: usize, blocking: Blocking) -> Self {
        let room_bytes = room_bytes.min(u32::MAX as usize).min(Semaphore::MAX_PERMITS);
        Self {
            waiting: Mutex::new(Waiting {
                state: State::Open,
                group: Group::empty(),
                bytes: 0,
                sleeper: None,
            }),
            bell: match blocking {
                Blocking::Thread => Bell::Thread(Condvar::new()),
                Blocking::Inline => Bell::Task(Notify::new()),
            },
            room: Arc::new(Semaphore::new(room_bytes)),
            room_bytes,
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Waiting<C>> {
        // After a panic the log is stopped: no more is asked of the queue than that.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) async fn reserve(&self, bytes: usize) -> Result<AppendPermit, WalError> {
        let bytes = u32::try_from(bytes.min(self.room_bytes)).expect("the room is below 4 GiB");
        match Arc::clone(&self.room).acquire_many_owned(bytes).await {
            Ok(permit) => Ok(AppendPermit(permit)),
            Err(_closed) => Err(self.why_stopped()),
        }
    }

    pub(crate) fn push(
        &self,
        entry: Entry,
        permit: AppendPermit,
        context: C,
    ) -> Result<(), (WalError, C)> {
        assert!(entry.header.len() <= Entry::HEADER_BYTES_MAX, "a header is small");
        assert!(u32::try_from(entry.payload.len()).is_ok(), "a payload is below 4 GiB");
        let room = permit.0.num_permits();
        assert!(room >= entry.bytes().min(self.room_bytes), "the permit covers the entry");
        let mut waiting = self.lock();
        match &waiting.state {
            State::Open => {}
            State::Closing => return Err((WalError::Closed, context)),
            State::Stopped(error) => return Err((error.clone(), context)),
        }
        // From here on the room is given back by `answered`, once for a whole group.
        permit.0.forget();
        waiting.bytes += entry.bytes();
        waiting.group.room += room;
        waiting.group.entries.push(entry);
        waiting.group.contexts.push(context);
        let load = waiting.load();
        if waiting.sleeper.is_some_and(|threshold| load.reaches(threshold)) {
            self.ring(waiting);
        }
        Ok(())
    }

    /// Takes nothing more; what waits is still written.
    pub(crate) fn close(&self) {
        let mut waiting = self.lock();
        if matches!(waiting.state, State::Open) {
            waiting.state = State::Closing;
            self.ring(waiting);
        }
    }

    fn ring(&self, mut waiting: MutexGuard<'_, Waiting<C>>) {
        waiting.sleeper = None;
        drop(waiting);
        match &self.bell {
            Bell::Thread(condvar) => condvar.notify_one(),
            Bell::Task(notify) => notify.notify_one(),
        }
    }

    /// The group is durable: its room is free again.
    pub(crate) fn answered(&self, group: &mut Group<C>) {
        self.room.add_permits(std::mem::take(&mut group.room));
    }

    /// Nothing more becomes durable. Returns the contexts of what waited.
    pub(crate) fn stop(&self, error: WalError) -> Vec<C> {
        let mut waiting = self.lock();
        waiting.state = State::Stopped(error);
        let waited = std::mem::replace(&mut waiting.group, Group::empty());
        drop(waiting);
        self.room.close();
        waited.contexts
    }

    /// Refuses once the log has stopped, or been closed.
    pub(crate) fn check_running(&self) -> Result<(), WalError> {
        match &self.lock().state {
            State::Open => Ok(()),
            State::Closing => Err(WalError::Closed),
            State::Stopped(error) => Err(error.clone()),
        }
    }

    pub(crate) fn why_stopped(&self) -> WalError {
        match &self.lock().state {
            State::Stopped(error) => error.clone(),
            State::Open | State::Closing => WalError::Closed,
        }
    }

    /// Sleeps on the writer's own thread.
    pub(crate) fn wait(&self, at_most: Option<Duration>) -> Woken {
        let Bell::Thread(condvar) = &self.bell else {
            unreachable!("a task does not block");
        };
        let asleep = |waiting: &mut Waiting<C>| waiting.sleeper.is_some();
        let poisoned = "nothing panics while it holds the queue";
        let waiting = self.lock();
        let Some(at_most) = at_most else {
            drop(condvar.wait_while(waiting, asleep).expect(poisoned));
            return Woken::Rung;
        };
        let (mut waiting, result) =
            condvar.wait_timeout_while(waiting, at_most, asleep).expect(poisoned);
        waiting.sleeper = None;
        if result.timed_out() { Woken::Elapsed } else { Woken::Rung }
    }

    /// Sleeps as a task.
    pub(crate) async fn wait_as_task(&self, at_most: Option<Duration>) -> Woken {
        let Bell::Task(notify) = &self.bell else {
            unreachable!("a thread has nothing to poll it");
        };
        let Some(at_most) = at_most else {
            notify.notified().await;
            return Woken::Rung;
        };
        let rung = tokio::time::timeout(at_most, notify.notified()).await;
        self.lock().sleeper = None;
        if rung.is_ok() { Woken::Rung } else { Woken::Elapsed }
    }
}
