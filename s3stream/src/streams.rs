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

    /// The stream that is there, or else the one that `make` makes while nobody can come or go: a
    /// stream is forgotten once the metadata has all of it, so that what `make` reads there is no
    /// older than that. A stream that comes after the log stopped is stopped as well.
    pub(crate) fn get_or_insert<E>(
        &self,
        id: StreamId,
        make: impl FnOnce() -> Result<StreamState, E>,
    ) -> Result<Arc<StreamState>, E> {
        let stream = match self.by_id.write().expect(LOCK).entry(id) {
            Entry::Occupied(present) => Arc::clone(present.get()),
            Entry::Vacant(vacant) => Arc::clone(vacant.insert(Arc::new(make()?))),
        };
        if !self.lifecycle.is_running() {
            stream.stop();
        }
        Ok(stream)
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

#[cfg(test)]
mod tests {
    use penstock_model::id::{Offset, StreamEpoch};
    use penstock_wal::Position;

    use super::*;
    use crate::position::Positions;
    use crate::settings::Settings;

    fn stream(end: u64) -> StreamState {
        let end = Offset(end);
        let at = Positions { start: Offset(0), uploaded: end, durable: end, appended: end };
        StreamState::new(StreamId(1), StreamEpoch(0), at, Offset(0))
    }

    /// A stream that ends, committed and forgotten, must not begin again from what the metadata
    /// said before: its last offsets would be given out a second time.
    #[test]
    fn a_stream_is_made_of_what_is_known_once_nobody_can_come_or_go() {
        let cache = LogCache::new(&Settings::default(), Position(0));
        let streams = Streams::new(cache, BTreeMap::new());
        let make = |end| {
            let made = streams.get_or_insert(StreamId(1), || {
                assert!(streams.by_id.try_read().is_err(), "nothing is forgotten meanwhile");
                Ok::<_, ()>(stream(end))
            });
            made.unwrap()
        };
        let first = make(100);
        assert!(Arc::ptr_eq(&first, &make(90)), "one that is there is not made again");
        assert_eq!(
            streams.get_or_insert(StreamId(2), || Err("not owned")).err(),
            Some("not owned")
        );
        assert!(streams.get(StreamId(2)).is_none());
        first.close();
        streams.forget_if_finished(&first);
        assert_eq!(make(120).cells.appended.get(), Offset(120));
    }
}
