//! What a recovered log means for the streams. Pure: entries and an image in, streams out.
//!
//! ```text
//!   image     start ────────── checkpoint = end
//!   entries        [ skipped ) [ kept ) [ kept ) [ kept )      each starts where the last ended
//! ```
//!
//! Entries of streams that are gone, or another broker's by now, are skipped. Anything else that
//! does not fit is a contradiction, and nothing starts: guessing would change what offsets mean.

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
    for Recovered { header, location } in entries {
        let position = location.position;
        if WalPosition(position.0) < trim {
            continue;
        }
        let header =
            EntryHeader::decode(&header).map_err(|error| header_error(location, &error))?;
        let stream = image.stream(header.stream).filter(|stream| stream.owner == broker);
        let batch = match stream {
            Some(stream) => log.keep(stream, &header, location)?,
            None => None,
        };
        log.entries.push(RecoveredEntry { position, batch });
    }
    Ok(log)
}

fn header_error(location: Location, error: &HeaderError) -> StartError {
    StartError::Header { position: location.position.0, reason: error.to_string() }
}

/// Before this offset nothing of the log is needed: it is committed, and folded into the
/// checkpoint. The two differ only where a trim has passed the committed end.
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
        let expected = known.unwrap_or(needed_from);
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

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use penstock_model::client::{LocalClient, MetadataClient};
    use penstock_model::command::{
        CheckpointRef, Command, CommitUpload, CreateTopic, LeaseObjects, ObjectKind,
        RegisterBroker, Reply, TrimStreams, UploadedObject, UploadedRange, WalKind,
    };
    use penstock_model::id::{ClusterId, Incarnation, NodeId, RequestId, Timestamp, TopicId};
    use penstock_wal::Position;

    use super::*;
    use crate::batch::Summary;

    const BROKER: BrokerEpoch = BrokerEpoch(1);

    /// Two streams of one broker, with nothing in them.
    fn cluster() -> (LocalClient, [StreamId; 2]) {
        let client = LocalClient::default();
        let commands = [
            Command::Format(ClusterId([1; 16])),
            Command::RegisterBroker(RegisterBroker {
                node: NodeId(1),
                incarnation: Incarnation([1; 16]),
                endpoints: Vec::new(),
                rack: None,
                wal: WalKind::Local,
            }),
            Command::CreateTopic(CreateTopic {
                id: TopicId([1; 16]),
                name: "topic".into(),
                replication_factor: 1,
                leaders: vec![NodeId(1); 2],
                configs: Vec::new(),
            }),
        ];
        for command in &commands {
            client.apply(command).result.unwrap();
        }
        let streams = client.image().topic(TopicId([1; 16])).unwrap().streams.clone();
        (client, streams.try_into().unwrap())
    }

    /// Commits offsets 0 to `end`, and the checkpoint there.
    fn commit(client: &LocalClient, stream: StreamId, end: u64) {
        let lease = Command::LeaseObjects(LeaseObjects {
            broker: BROKER,
            request: RequestId([1; 16]),
            count: 1,
            deadline: Timestamp(1),
        });
        let Reply::Leased(ids) = client.apply(&lease).result.unwrap() else { panic!("no lease") };
        let object = ids.start;
        let commit = CommitUpload {
            broker: BROKER,
            wal: WalPosition(0)..WalPosition(0),
            objects: vec![UploadedObject {
                id: object,
                kind: ObjectKind::Stream,
                size: 100,
                index_position: 50,
            }],
            ranges: vec![UploadedRange {
                stream,
                epoch: StreamEpoch(0),
                offsets: Offset(0)..Offset(end),
                object,
                size: 10,
                max_timestamp: Timestamp(0),
            }],
            checkpoints: vec![(
                stream,
                CheckpointRef { offset: Offset(end), object, position: 10, size: 10 },
            )],
            now: Timestamp(0),
        };
        client.apply(&Command::CommitUpload(commit)).result.unwrap();
    }

    fn entry(position: u64, stream: StreamId, epoch: u32, offsets: Range<u64>) -> Recovered {
        let header = EntryHeader {
            stream,
            epoch: StreamEpoch(epoch),
            offsets: Offset(offsets.start)..Offset(offsets.end),
            records: 1,
            max_timestamp: Timestamp(0),
            payload_crc32c: 0,
            summary: Summary::EMPTY,
        }
        .encode();
        let header_length = u16::try_from(header.len()).unwrap();
        let location = Location { position: Position(position), header_length, payload_length: 1 };
        Recovered { header, location }
    }

    /// Recovers entries of (stream, offsets), and says which were kept, and where streams end.
    #[track_caller]
    fn check(
        client: &LocalClient,
        entries: &[(StreamId, Range<u64>)],
        kept: &[bool],
    ) -> RecoveredLog {
        let entries = (0..)
            .zip(entries)
            .map(|(position, (stream, offsets))| entry(position, *stream, 0, offsets.clone()))
            .collect();
        let log = recover(entries, &client.image(), BROKER).unwrap();
        let was_kept: Vec<_> = log.entries.iter().map(|entry| entry.batch.is_some()).collect();
        assert_eq!(was_kept, kept);
        log
    }

    fn positions(log: &RecoveredLog, stream: StreamId) -> [u64; 4] {
        let at = log.streams[&stream].0.cells.get();
        [at.start.0, at.uploaded.0, at.durable.0, at.appended.0]
    }

    #[test]
    fn batches_behind_the_committed_end_are_kept() {
        let (client, [a, b]) = cluster();
        commit(&client, a, 10);
        let entries = [(a, 0..4), (b, 0..1), (a, 4..10), (a, 10..13), (b, 1..2), (a, 13..14)];
        let log = check(&client, &entries, &[false, true, false, true, true, true]);
        assert_eq!(positions(&log, a), [0, 10, 14, 14]);
        assert_eq!(positions(&log, b), [0, 0, 2, 2]);
    }

    #[test]
    fn a_trim_past_the_committed_end_keeps_what_is_not_folded_yet() {
        let (client, [a, _]) = cluster();
        commit(&client, a, 3);
        let trim = TrimStreams {
            broker: BROKER,
            starts: vec![(a, StreamEpoch(0), Offset(7))],
            now: Timestamp(0),
        };
        client.apply(&Command::TrimStreams(trim)).result.unwrap();
        let entries = [(a, 0..3), (a, 3..5), (a, 5..8), (a, 8..9)];
        let log = check(&client, &entries, &[false, true, true, true]);
        assert_eq!(positions(&log, a), [7, 7, 9, 9]);
        let log = check(&client, &entries[..2], &[false, true]);
        assert_eq!(positions(&log, a), [7, 7, 7, 7]);
    }

    #[test]
    fn streams_that_are_gone_are_skipped() {
        let (client, [a, _]) = cluster();
        let gone = StreamId(99);
        let log = check(&client, &[(gone, 5..6), (a, 0..1), (gone, 1..2)], &[false, true, false]);
        assert_eq!(log.streams.len(), 1);
    }

    #[test]
    fn contradictions_are_refused() {
        #[track_caller]
        fn check(client: &LocalClient, entries: Vec<Recovered>, expect: &str) {
            let error = recover(entries, &client.image(), BROKER).unwrap_err();
            assert_eq!(error.to_string(), expect);
        }
        let (client, [a, _]) = cluster();
        commit(&client, a, 10);
        check(
            &client,
            vec![entry(0, a, 0, 11..12)],
            "stream 1 goes on at offset 10, but the log at 0 has 11",
        );
        check(
            &client,
            vec![entry(0, a, 0, 10..12), entry(1, a, 0, 13..14)],
            "stream 1 goes on at offset 12, but the log at 1 has 13",
        );
        check(
            &client,
            vec![entry(0, a, 0, 10..12), entry(1, a, 0, 11..14)],
            "stream 1 goes on at offset 12, but the log at 1 has 11",
        );
        check(
            &client,
            vec![entry(0, a, 1, 10..12)],
            "stream 1 was appended to at epoch 1, but the metadata is at 0",
        );
        let mut unreadable = entry(7, a, 0, 10..12);
        unreadable.header = Bytes::from_static(&[9]);
        check(
            &client,
            vec![unreadable],
            "the log at position 7 cannot be used: an entry has format version 9, which this \
             release does not know",
        );
    }
}
