//! Moving start offsets forward, for DeleteRecords and retention.

use penstock_model::client::SubmitError;
use penstock_model::command::{Command, Refused, TrimStreams};
use penstock_model::id::{Offset, StreamId};

use crate::storage::Storage;

/// How many streams one command trims: three numbers of at most 11 bytes each, far below 1 MiB.
const STREAMS_MAX: usize = 10_000;

/// Why start offsets did not move. Some of several may have.
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
    /// # Errors
    /// See [`TrimError`].
    pub async fn trim(&self, starts: &[(StreamId, Offset)]) -> Result<(), TrimError> {
        let shared = &self.shared;
        let mut trims = Vec::with_capacity(starts.len());
        for (id, start) in starts {
            let state = shared.streams.get(*id).ok_or(TrimError::NotOpen(*id))?;
            let durable = state.cells.durable.get();
            if *start > durable {
                return Err(TrimError::PastEnd { stream: *id, durable });
            }
            trims.push((state, *start));
        }
        for trims in trims.chunks(STREAMS_MAX) {
            let command = Command::TrimStreams(TrimStreams {
                broker: shared.broker,
                starts: trims.iter().map(|(state, at)| (state.id, state.epoch, *at)).collect(),
                now: shared.clock.now(),
            });
            shared.metadata.submit(command).await?.result?;
            let image = shared.metadata.image();
            for (state, _) in trims {
                let owned = shared.owned(&image, state).ok_or(TrimError::NotOpen(state.id))?;
                state.cells.committed(owned.start, owned.end);
            }
        }
        Ok(())
    }
}
