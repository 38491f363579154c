//! The streams of one storage, by id, with the log cache and the life cycle that they share.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Arc, RwLock};

use penstock_model::id::StreamId;

use crate::lifecycle::Lifecycle;
use crate::log_cache::LogCache;
use crate::stream_state::StreamState;

/// See the module's head.
#[derive(Debug)]
pub(crate) struct Streams {
    pub(crate) cache: LogCache,
    pub(crate) lifecycle: Lifecycle,
    by_id: RwLock<BTreeMap<StreamId, Arc<StreamState>>>,
}

impl Streams {
    pub(crate) fn new(cache: LogCache, by_id: BTreeMap<StreamId, Arc<StreamState>>) -> Self {
        Self { cache, lifecycle: Lifecycle::running(), by_id: RwLock::new(by_id) }
    }

    pub(crate) fn get(&self, id: StreamId) -> Option<Arc<StreamState>> {
        self.by_id.read().expect(LOCK).get(&id).cloned()
    }

    pub(crate) fn all(&self) -> Vec<Arc<StreamState>> {
        self.by_id.read().expect(LOCK).values().cloned().collect()
    }

    /// The stream that is there, or else this one. A stream that comes after the log stopped is
    /// stopped as well.
    pub(crate) fn get_or_insert(&self, stream: StreamState) -> Arc<StreamState> {
        let stream = match self.by_id.write().expect(LOCK).entry(stream.id) {
            Entry::Occupied(present) => Arc::clone(present.get()),
            Entry::Vacant(vacant) => Arc::clone(vacant.insert(Arc::new(stream))),
        };
        if !self.lifecycle.is_running() {
            stream.stop();
        }
        stream
    }

    /// Forgets a stream that is closed, once nothing of it waits for upload.
    pub(crate) fn forget_if_finished(&self, stream: &Arc<StreamState>) {
        if !stream.is_finished() {
            return;
        }
        self.cache.give_up(stream);
        let mut by_id = self.by_id.write().expect(LOCK);
        if by_id.get(&stream.id).is_some_and(|present| Arc::ptr_eq(present, stream)) {
            by_id.remove(&stream.id);
        }
    }
}

const LOCK: &str = "nobody panics with the map of streams locked";
