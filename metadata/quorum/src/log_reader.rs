//! Reads Raft's log: from the cache, or back from the write-ahead log.

use std::fmt::Debug;
use std::io;
use std::ops::{Bound, Range, RangeBounds};
use std::sync::Arc;

use futures::stream::{self, Stream, StreamExt, TryStreamExt};
use openraft::OptionalSend;
use openraft::storage::RaftLogReader;

use crate::journal::decode_payload;
use crate::log::Found;
use crate::log_store::Shared;
use crate::type_config::{Entry, TypeConfig, Vote};

/// Entries read back side by side: a read waits mostly for its turn on another thread.
const READS_AT_ONCE: usize = 16;

/// A reading side; each replication and the state machine have their own.
pub(crate) struct LogReader {
    shared: Arc<Shared>,
}

impl LogReader {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    async fn read(&self, range: Range<u64>, bytes_max: usize) -> io::Result<Vec<Entry>> {
        let found = self.shared.lock().find(range, bytes_max);
        let entries = stream::iter(found).map(|found| self.load(found));
        entries.buffered(READS_AT_ONCE).try_collect().await
    }

    async fn load(&self, found: Found) -> io::Result<Entry> {
        match found {
            Found::Cached(entry) => Ok(entry),
            Found::Stored(log_id, kind, location) => {
                let bytes = self.shared.wal.read(location).await.map_err(io::Error::other)?;
                let payload = decode_payload(kind, bytes).map_err(io::Error::other)?;
                Ok(Entry { log_id, payload })
            }
        }
    }
}

/// The half-open form of any range of indexes.
fn half_open(range: &impl RangeBounds<u64>) -> Range<u64> {
    let start = match range.start_bound() {
        Bound::Included(start) => *start,
        Bound::Excluded(before) => before.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let end = match range.end_bound() {
        Bound::Included(last) => last.saturating_add(1),
        Bound::Excluded(end) => *end,
        Bound::Unbounded => u64::MAX,
    };
    start..end
}

impl RaftLogReader<TypeConfig> for LogReader {
    async fn try_get_log_entries<B>(&mut self, range: B) -> io::Result<Vec<Entry>>
    where
        B: RangeBounds<u64> + Clone + Debug + OptionalSend,
    {
        self.read(half_open(&range), usize::MAX).await
    }

    async fn read_vote(&mut self) -> io::Result<Option<Vote>> {
        Ok(self.shared.lock().vote)
    }

    /// What one message to another voter holds.
    async fn limited_get_log_entries(&mut self, start: u64, end: u64) -> io::Result<Vec<Entry>> {
        self.read(start..end, self.shared.batch_bytes).await
    }

    /// What the state machine applies, a batch in memory at a time.
    async fn entries_stream<B>(
        &mut self,
        range: B,
    ) -> impl Stream<Item = io::Result<Entry>> + OptionalSend
    where
        B: RangeBounds<u64> + Clone + Debug + OptionalSend,
    {
        let reader = Self::new(self.shared.clone());
        let ahead = (reader, half_open(&range), Vec::new().into_iter());
        stream::try_unfold(ahead, |(reader, mut rest, mut batch)| async move {
            if batch.len() == 0 {
                batch = reader.read(rest.clone(), reader.shared.batch_bytes).await?.into_iter();
            }
            let Some(entry) = batch.next() else { return Ok(None) };
            rest.start = entry.log_id.index + 1;
            Ok(Some((entry, (reader, rest, batch))))
        })
    }
}
