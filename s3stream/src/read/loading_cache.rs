//! A cache that is bounded in bytes, and whose missing values are loaded once however many wait.
//!
//! ```text
//!   get ──► cached? ──► in flight? join it ──► otherwise load, for all who come meanwhile
//! ```
//!
//! A load lives as long as somebody waits for it: it runs in no task of its own, and when the
//! last who waited goes away, so does the request. It does not know how to load, nor when a
//! failed load is worth another try.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::{BoxFuture, FutureExt, Shared, WeakShared, try_join_all};

use tokio::task::yield_now;

use super::load_budget::LoadBudget;
use super::lru::Lru;
pub use super::lru::Purpose;

/// One request.
pub(super) struct Load<V, E> {
    /// About how many it brings.
    pub(super) bytes: u64,
    /// What has been answered.
    pub(super) answer: BoxFuture<'static, Result<Check<V, E>, E>>,
}

/// What is left to do then: one value or several, in order.
pub(super) type Check<V, E> = Box<dyn FnOnce() -> Result<Vec<V>, E> + Send>;

type Answer<V, E> = BoxFuture<'static, Result<Arc<[V]>, E>>;

/// A load that is waited for, and where in its answer (first) to find which keys (second).
struct Wait<V, E> {
    load: Shared<Answer<V, E>>,
    places: Vec<(usize, usize)>,
}

/// Where to find a key that is being loaded, as long as somebody waits for it.
struct Flight<V, E> {
    load_id: u64,
    load: WeakShared<Answer<V, E>>,
    at: usize,
    /// Whether somebody waits for this very key.
    purpose: Purpose,
}

/// How often a value was there, or on its way, when it was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheCounts {
    /// It was there or on its way.
    pub hits: u64,
    /// It had to be asked for.
    pub misses: u64,
}

/// See the module.
pub(super) struct LoadingCache<K, V, E> {
    state: Arc<Mutex<State<K, V, E>>>,
    weigh: fn(&V) -> usize,
    budget: Arc<LoadBudget>,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// Guards: what is there, and which keys are being loaded, by which load.
struct State<K, V, E> {
    cached: Lru<K, V>,
    flights: HashMap<K, Flight<V, E>>,
    next_load: u64,
}

/// What [`LoadingCache::get`] found.
pub(super) struct Got<V> {
    /// The values, in order of the keys.
    pub(super) values: Vec<V>,
    /// True if each was there or on its way already.
    pub(super) all_hits: bool,
}

impl<K, V, E> LoadingCache<K, V, E>
where
    K: Copy + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
    E: Clone + Send + Sync + 'static,
{
    /// Keeps at most `capacity` bytes of values, those on their way included, which find room in a
    /// budget as well. What is only asked for [ahead](Purpose::Ahead) does not count as a hit, nor
    /// as a miss.
    pub(super) fn new(capacity: usize, weigh: fn(&V) -> usize, budget: Arc<LoadBudget>) -> Self {
        let state = State { cached: Lru::new(capacity), flights: HashMap::new(), next_load: 0 };
        let state = Arc::new(Mutex::new(state));
        Self { state, weigh, budget, hits: AtomicU64::new(0), misses: AtomicU64::new(0) }
    }

    /// The values of `keys`. What is neither cached nor in flight is named to `start` by its
    /// places, which returns loads that bring all of them, each with the places it brings.
    ///
    /// # Errors
    /// The first error of a load that brings any of them.
    pub(super) async fn get(
        &self,
        purpose: Purpose,
        keys: &[K],
        start: impl FnOnce(&[usize]) -> Vec<(Vec<usize>, Load<V, E>)>,
    ) -> Result<Got<V>, E> {
        let mut values: Vec<Option<V>> = vec![None; keys.len()];
        let mut waits: Vec<Wait<V, E>> = Vec::new();
        let mut missing = Vec::new();
        {
            // A load caches its values before it leaves the map, so that under the lock a value
            // is cached, in flight, or not on its way at all.
            let mut state = lock(&self.state);
            for (place, key) in keys.iter().enumerate() {
                if let Some(value) = state.cached.get(key, purpose) {
                    values[place] = Some(value);
                } else if let Some((load, at)) = state.join(key, purpose) {
                    match waits.iter_mut().find(|wait| wait.load.ptr_eq(&load)) {
                        Some(wait) => wait.places.push((at, place)),
                        None => waits.push(Wait { load, places: vec![(at, place)] }),
                    }
                } else {
                    missing.push(place);
                }
            }
            if !missing.is_empty() {
                for (places, load) in start(&missing) {
                    let load_keys = places.iter().map(|place| keys[*place]).collect();
                    let load = self.register(&mut state, purpose, load_keys, load);
                    waits.push(Wait { load, places: places.into_iter().enumerate().collect() });
                }
            }
        }
        if purpose == Purpose::Serve {
            let misses = missing.len() as u64;
            self.misses.fetch_add(misses, Ordering::Relaxed);
            self.hits.fetch_add(keys.len() as u64 - misses, Ordering::Relaxed);
        }
        let (loads, places): (Vec<_>, Vec<_>) =
            waits.into_iter().map(|wait| (wait.load, wait.places)).unzip();
        for (answer, places) in try_join_all(loads).await?.iter().zip(places) {
            for (at, place) in places {
                values[place] = Some(answer[at].clone());
            }
        }
        let found = |value: Option<V>| value.expect("every key was cached, joined or loaded");
        Ok(Got { values: values.into_iter().map(found).collect(), all_hits: missing.is_empty() })
    }

    /// Makes a load findable for as long as it runs.
    fn register(
        &self,
        state: &mut State<K, V, E>,
        purpose: Purpose,
        keys: Vec<K>,
        load: Load<V, E>,
    ) -> Shared<Answer<V, E>> {
        let load_id = state.next_load;
        state.next_load += 1;
        let (weigh, budget) = (self.weigh, self.budget.clone());
        let state_of_load = self.state.clone();
        let mut registered =
            Registered { load_id, keys: keys.clone(), reserved: 0, state: state_of_load };
        let shared = async move {
            let mut room = budget.acquire(load.bytes).await;
            registered.reserve(load.bytes);
            let check = load.answer.await?;
            // Whoever comes next asks while this is checked.
            room.answered();
            yield_now().await;
            let values = check()?;
            assert_eq!(values.len(), registered.keys.len(), "a load brings what it names");
            let mut state = lock(&registered.state);
            state.cached.release(std::mem::take(&mut registered.reserved));
            for (key, value) in registered.keys.iter().zip(&values) {
                let purpose = state.flights.get(key).expect("it is being loaded").purpose;
                state.cached.insert(*key, value.clone(), weigh(value), purpose);
            }
            drop(state);
            Ok(values.into())
        }
        .boxed()
        .shared();
        let weak = shared.downgrade().expect("the load has not run yet");
        for (at, key) in keys.into_iter().enumerate() {
            state.flights.insert(key, Flight { load_id, load: weak.clone(), at, purpose });
        }
        shared
    }

    /// Hits and misses so far.
    pub(super) fn counts(&self) -> CacheCounts {
        CacheCounts {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
        }
    }

    /// The bytes that it keeps, or waits for.
    pub(super) fn bytes(&self) -> usize {
        lock(&self.state).cached.bytes()
    }
}

impl<K: Eq + Hash, V, E> State<K, V, E> {
    /// The load that brings a key, and where in its answer.
    fn join(&mut self, key: &K, purpose: Purpose) -> Option<(Shared<Answer<V, E>>, usize)> {
        let flight = self.flights.get_mut(key)?;
        let load = flight.load.upgrade()?;
        if purpose == Purpose::Serve {
            flight.purpose = purpose;
        }
        Some((load, flight.at))
    }
}

/// Takes a load out of the map when it is done, or dropped half-way.
struct Registered<K: Copy + Eq + Hash, V: Clone, E> {
    load_id: u64,
    keys: Vec<K>,
    /// Bytes of the cache that are kept free for it.
    reserved: usize,
    state: Arc<Mutex<State<K, V, E>>>,
}

impl<K: Copy + Eq + Hash, V: Clone, E> Registered<K, V, E> {
    fn reserve(&mut self, bytes: u64) {
        self.reserved = usize::try_from(bytes).unwrap_or(usize::MAX);
        lock(&self.state).cached.reserve(self.reserved);
    }
}

impl<K: Copy + Eq + Hash, V: Clone, E> Drop for Registered<K, V, E> {
    fn drop(&mut self) {
        let mut state = lock(&self.state);
        state.cached.release(self.reserved);
        for key in &self.keys {
            // Somebody may have come after the last who waited had left, and started anew.
            if state.flights.get(key).is_some_and(|flight| flight.load_id == self.load_id) {
                state.flights.remove(key);
            }
        }
    }
}

/// The map is consistent between any two statements that touch it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
