//! Moving start offsets forward, for DeleteRecords and retention.

use std::sync::Arc;

use penstock_model::client::SubmitError;
use penstock_model::command::{Command, Refused, TrimStreams};
use penstock_model::id::{Offset, StreamEpoch, StreamId};

use crate::shared::Shared;
use crate::storage::Storage;
use crate::stream_state::StreamState;

/// How many streams one command trims: three numbers of at most 11 bytes each, far below 1 MiB.
const STREAMS_MAX: usize = 10_000;

/// Why a start offset did not move.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrimError {
    /// Nobody decides now: try again.
    #[error(transparent)]
    Unknown(#[from] SubmitError),
    /// See the error.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The offset is not there yet.
    #[error("stream {stream} ends at {durable}")]
    PastEnd {
        /// The stream.
        stream: StreamId,
        /// Its durable end.
        durable: Offset,
    },
    /// The stream is not open here, or no longer.
    #[error("stream {0} is not open")]
    NotOpen(StreamId),
}

impl Storage {
    /// Moves start offsets forward, up to the durable end at most; effective for readers when it
    /// returns. A smaller offset than the present start changes nothing. One attempt.
    ///
    /// Answers for each stream, in their order: none of them stops the others.
    pub async fn trim(&self, starts: &[(StreamId, Offset)]) -> Vec<Result<(), TrimError>> {
        let mut outcomes = Vec::with_capacity(starts.len());
        for starts in starts.chunks(STREAMS_MAX) {
            let found: Vec<_> = starts.iter().map(|start| self.trimmed(start)).collect();
            let trims = found.iter().filter_map(|found| found.as_ref().ok());
            let trims: Vec<_> =
                trims.map(|(state, start)| (state.id, state.epoch, *start)).collect();
            let decided = if trims.is_empty() { Ok(()) } else { self.commit_trims(trims).await };
            let image = self.shared.metadata.image();
            outcomes.extend(found.into_iter().map(|found| {
                let (state, _) = found?;
                decided.clone()?;
                let owned = self.shared.owned(&image, &state);
                let owned = owned.ok_or(TrimError::NotOpen(state.id))?;
                state.cells.committed(owned.start, owned.end);
                Ok(())
            }));
        }
        outcomes
    }

    /// The stream, if it can be trimmed so far.
    fn trimmed(
        &self,
        (id, start): &(StreamId, Offset),
    ) -> Result<(Arc<StreamState>, Offset), TrimError> {
        let state = self.shared.streams.get(*id).ok_or(TrimError::NotOpen(*id))?;
        let durable = state.cells.durable.get();
        if *start > durable {
            return Err(TrimError::PastEnd { stream: *id, durable });
        }
        Ok((state, *start))
    }

    async fn commit_trims(
        &self,
        starts: Vec<(StreamId, StreamEpoch, Offset)>,
    ) -> Result<(), TrimError> {
        let Shared { broker, clock, metadata, .. } = &*self.shared;
        let command = TrimStreams { broker: *broker, starts, now: clock.now() };
        metadata.submit(Command::TrimStreams(command)).await?.result?;
        Ok(())
    }
}
