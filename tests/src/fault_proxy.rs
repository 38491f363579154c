//! A proxy before an object store, on loopback, that does to requests what networks and stores do
//! on bad days: for each a fault of a plan, which a test changes at run time.
//!
//! ```text
//!   server ──► read whole ──► count ──► fault? ──► store ──► answer read whole ──► fault? ──► server
//! ```
//!
//! Requests and answers are passed on verbatim: signatures hold.

mod connection;
mod counts;
mod http;
mod plan;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

pub use counts::Counts;
pub use plan::{Fault, Outage, Plan};

use crate::random::Random;

/// See the module. Ends with all its connections when it is dropped.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

impl FaultProxy {
    /// Starts before a store, with no faults yet.
    ///
    /// # Errors
    /// When there is no port to be had.
    pub fn start(store: SocketAddr, seed: u64) -> io::Result<Self> {
        let listener = TcpListener::bind((store.ip(), 0))?;
        let address = listener.local_addr()?;
        let shared =
            Arc::new(Shared { store, seed, state: Mutex::default(), stopping: Condvar::new() });
        let accepting = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&shared, &listener)
        });
        Ok(Self { address, shared, accepting: Some(accepting) })
    }

    /// Where the store seems to be.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on requests meet this; those under way met what was planned before.
    pub fn set(&self, plan: Plan) {
        let mut state = self.shared.lock();
        if plan.outage == Some(Outage::Refused) {
            state.close_all();
        }
        state.plan = plan;
    }

    /// What was asked since the start, answered or not.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.shared.lock().counts.clone()
    }

    /// How many requests met a fault since the start.
    #[must_use]
    pub fn faults_met(&self) -> u64 {
        self.shared.lock().faults_met
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.is_stopping = true;
        state.close_all();
        drop(state);
        self.shared.stopping.notify_all();
        // Wakes the one that accepts.
        let _ = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

/// What all connections share.
#[derive(Debug)]
struct Shared {
    store: SocketAddr,
    seed: u64,
    state: Mutex<State>,
    stopping: Condvar,
}

/// Guarded by the lock of [`Shared`].
#[derive(Debug, Default)]
struct State {
    plan: Plan,
    counts: Counts,
    faults_met: u64,
    /// How often each method was asked for each key.
    asked: HashMap<String, u64>,
    /// Both ends of every connection, to be closed at an outage and at the end.
    connections: HashMap<u64, TcpStream>,
    next_connection: u64,
    is_stopping: bool,
}

impl State {
    fn close_all(&mut self) {
        for connection in self.connections.values() {
            // It may be closed already.
            let _ = connection.shutdown(Shutdown::Both);
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn outage(&self) -> Option<Outage> {
        self.lock().plan.outage
    }

    /// Counts a request, and draws what it meets.
    fn meet(&self, method: &str, key: &str) -> (Option<Fault>, Random) {
        let mut state = self.lock();
        state.counts.add(method, key);
        let nth = state.asked.entry(format!("{method} {key}")).or_default();
        *nth += 1;
        let nth = *nth;
        let drawn = state.plan.draw(self.seed, method, key, nth);
        state.faults_met += u64::from(drawn.0.is_some());
        drawn
    }

    /// Lets time pass. False when the proxy ends meanwhile.
    fn pause(&self, duration: Duration) -> bool {
        let waiting = |state: &mut State| !state.is_stopping;
        let waited = self.stopping.wait_timeout_while(self.lock(), duration, waiting);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !state.is_stopping
    }
}

fn accept(shared: &Arc<Shared>, listener: &TcpListener) {
    let mut threads: Vec<JoinHandle<()>> = Vec::new();
    for client in listener.incoming() {
        threads.retain(|thread| !thread.is_finished());
        let Ok(client) = client else { continue };
        let mut state = shared.lock();
        if state.is_stopping {
            break;
        }
        let id = state.next_connection;
        state.next_connection += 1;
        let Ok(handle) = client.try_clone() else { continue };
        state.connections.insert(id, handle);
        drop(state);
        let shared = Arc::clone(shared);
        threads.push(std::thread::spawn(move || {
            // However it ended, the server sees the connection end.
            let _ = connection::serve(&shared, &client);
            shared.lock().connections.remove(&id);
        }));
    }
    for thread in threads {
        let _ = thread.join();
    }
}
