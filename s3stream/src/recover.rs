//! What a recovered log means for the streams. Pure: entries and an image in, streams out.
//!
//! ```text
//!   image     start ────────── checkpoint = end
//!   entries        [ skipped ) [ kept ) [ kept ) [ kept )      each starts where the last ended
//!
//!   image     start ── checkpoint ·········· end               batches between are in objects,
//!   entries                            [ kept ) [ kept )       and whoever opens it reads them
//! ```
//!
//! Entries of streams that are gone are skipped, and those that another broker has taken over and
//! committed. Anything else that does not fit is a contradiction, and nothing starts: guessing would
//! change what offsets mean.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use penstock_model::id::{BrokerEpoch, Offset, StreamEpoch, StreamId, WalPosition};
use penstock_model::image::{MetadataImage, Stream};
use penstock_wal::{Location, Recovered};

use crate::entry_header::{EntryHeader, HeaderError};
use crate::log_cache::RecoveredEntry;
use crate::position::Positions;
use crate::stream_cache::CachedBatch;
use crate::stream_state::StreamState;

/// The log contradicts the metadata, or itself. Nothing was changed: restore what was restored
/// from an older copy, or report this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// The metadata knows no such broker, or its log was not inherited.
    #[error("broker epoch {0} has no log in the metadata")]
    UnknownBroker(BrokerEpoch),
    /// The log was written under newer metadata, or under another cluster's.
    #[error("the log holds stream {0}, which the metadata never granted")]
    UnknownStream(StreamId),
    /// It is the log of another node: nobody else has these batches. Start the node under the
    /// `node.id` that wrote it, or give this node a log of its own.
    #[error(
        "the log at position {position} has offset {offset} of stream {stream}, which broker epoch {owner} owns and has not uploaded: it is another node's log; start that node with it (node.id), or name another wal.url"
    )]
    OthersStream {
        /// Where the entry lies.
        position: u64,
        /// The stream.
        stream: StreamId,
        /// Where the entry's batch starts.
        offset: Offset,
        /// Who owns the stream.
        owner: BrokerEpoch,
    },
    /// See the text.
    #[error("the log at position {position} cannot be used: {reason}")]
    Header {
        /// Where the entry lies.
        position: u64,
        /// What does not decode.
        reason: String,
    },
    /// Acknowledged batches are missing, or there twice.
    #[error("stream {stream} goes on at offset {expected}, but the log at {position} has {found}")]
    NotContiguous {
        /// The stream.
        stream: StreamId,
        /// Where its next batch should start.
        expected: Offset,
        /// Where the entry's batch starts.
        found: Offset,
        /// Where the entry lies.
        position: u64,
    },
    /// The metadata is older than the log.
    #[error("stream {stream} was appended to at epoch {found}, but the metadata is at {known}")]
    MetadataTooOld {
        /// The stream.
        stream: StreamId,
        /// The entry's epoch.
        found: StreamEpoch,
        /// The epoch in the metadata.
        known: StreamEpoch,
    },
}

/// What a log held.
#[derive(Debug, Default)]
pub(crate) struct RecoveredLog {
    /// Every stream that has batches in it, and where its next batch starts.
    pub(crate) streams: BTreeMap<StreamId, (Arc<StreamState>, Offset)>,
    /// All entries, in order.
    pub(crate) entries: Vec<RecoveredEntry>,
}

/// Sorts out the entries of the log of `broker`, which owns what the image says.
pub(crate) fn recover(
    entries: Vec<Recovered>,
    image: &MetadataImage,
    broker: BrokerEpoch,
) -> Result<RecoveredLog, StartError> {
    let trim = image.wal(broker).ok_or(StartError::UnknownBroker(broker))?.trim;
    let mut log = RecoveredLog::default();
    for Recovered { header, location, group } in entries {
        let position = location.position;
        if WalPosition(position.0) < trim {
            continue;
        }
        let header =
            EntryHeader::decode(&header).map_err(|error| header_error(location, &error))?;
        if !image.was_granted(header.stream) {
            return Err(StartError::UnknownStream(header.stream));
        }
        let batch = match image.stream(header.stream) {
            Some(stream) if stream.owner == broker => log.keep(stream, &header, location)?,
            Some(stream) if header.offsets.end > stream.end => {
                return Err(StartError::OthersStream {
                    position: position.0,
                    stream: header.stream,
                    offset: header.offsets.start,
                    owner: stream.owner,
                });
            }
            Some(_) | None => None,
        };
        log.entries.push(RecoveredEntry { group, batch });
    }
    Ok(log)
}

fn header_error(location: Location, error: &HeaderError) -> StartError {
    StartError::Header { position: location.position.0, reason: error.to_string() }
}

/// Before this offset nothing of the log is needed: it is committed, and folded into the
/// checkpoint. The two differ where a trim has passed the committed end, and where the checkpoint
/// could not be read when batches behind it were uploaded.
pub(crate) fn needed_from(stream: &Stream) -> Offset {
    stream.checkpoint.map_or(Offset::ZERO, |checkpoint| checkpoint.offset).min(stream.end)
}

impl RecoveredLog {
    fn keep(
        &mut self,
        stream: &Stream,
        header: &EntryHeader,
        location: Location,
    ) -> Result<Option<(Arc<StreamState>, CachedBatch)>, StartError> {
        let id = header.stream;
        if header.epoch > stream.epoch {
            let (found, known) = (header.epoch, stream.epoch);
            return Err(StartError::MetadataTooOld { stream: id, found, known });
        }
        let needed_from = needed_from(stream);
        if header.offsets.end <= needed_from {
            return Ok(None);
        }
        let Range { start: found, end } = header.offsets.clone();
        let known = self.streams.get(&id).map(|(_, next)| *next);
        let expected = known.unwrap_or(stream.end);
        if found > expected || known.is_some() && found < expected {
            let position = location.position.0;
            return Err(StartError::NotContiguous { stream: id, expected, found, position });
        }
        let new = || (Arc::new(new_state(id, stream)), needed_from);
        let (state, next) = self.streams.entry(id).or_insert_with(new);
        *next = end;
        state.cells.appended.advance(end);
        state.cells.durable.advance(end);
        let state = Arc::clone(state);
        Ok(Some((state, cached(header, location))))
    }
}

/// The state of a stream of which the log holds nothing.
pub(crate) fn new_state(id: StreamId, stream: &Stream) -> StreamState {
    let end = stream.end;
    let at = Positions { start: stream.start, uploaded: end, durable: end, appended: end };
    StreamState::new(id, stream.epoch, at, needed_from(stream))
}

fn cached(header: &EntryHeader, location: Location) -> CachedBatch {
    let span = header.offsets.end.0 - header.offsets.start.0;
    CachedBatch {
        start: header.offsets.start,
        span: u32::try_from(span).expect("the header states it in 32 bits"),
        records: header.records,
        max_timestamp: header.max_timestamp,
        position: location.position,
        header_length: location.header_length,
        payload_length: location.payload_length,
        payload_crc32c: header.payload_crc32c,
        summary: header.summary,
        payload: None,
    }
}
