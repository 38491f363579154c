//! What the fuzz targets of `metadata/quorum/fuzz` run: any bytes as a journal, and as a snapshot's
//! file.
//!
//! ```text
//!   journal    record as a part | payload as a part …
//!   snapshot   sealed 1 | the file
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use penstock_fuzzing::{Target, put_part, take, take_part};
use penstock_model::apply::apply;
use penstock_model::command::{AlterConfigs, Command, ConfigResource};
use penstock_model::id::{ClusterId, LogIndex, NodeId};
use penstock_model::image::MetadataImage;
use penstock_wal::{Location, Position};

use crate::identity::{RaftId, Voter};
use crate::journal::{PayloadKind, Record, decode_payload, encode_payload};
use crate::log::{Found, Log};
use crate::snapshot::{self, ReadFailure};
use crate::type_config::{
    LeaderId, LogId, Membership, Payload, Proposal, Snapshot, SnapshotMeta, StoredMembership, Vote,
};

/// The records of a journal, replayed to a log as at a start.
pub const JOURNAL: Target = Target { name: "journal", run: journal, seeds: journals };

/// A snapshot's file.
pub const SNAPSHOT: Target = Target { name: "snapshot", run: snapshot_file, seeds: snapshots };

/// Records and payloads are written as they were read; a log that took them can be asked for all
/// its entries.
fn journal(mut input: &[u8]) -> Option<()> {
    let mut log = Log::new(1 << 20);
    let mut payloads = BTreeMap::new();
    let mut position = Position(0);
    while let Some(header) = take_part(&mut input) {
        let payload = Bytes::copy_from_slice(take_part(&mut input).unwrap_or_default());
        let record = Record::decode(header).ok()?;
        assert_eq!(record.encode(), header, "{record:?}");
        let location = Location {
            position,
            header_length: u16::try_from(header.len()).ok()?,
            payload_length: u32::try_from(payload.len()).ok()?,
        };
        position.0 += 1;
        payloads.insert(location.position, payload);
        log.replay(record, location).ok()?;
    }
    log.check_replayed().ok()?;
    let first = log.purged().map_or(0, |id| id.index + 1);
    let found = log.find(0..u64::MAX, usize::MAX);
    let expect = log.last().map_or(first, |id| id.index + 1);
    assert_eq!(found.len() as u64, expect - first, "consecutive entries behind the purged ones");
    for (index, found) in (first..).zip(found) {
        let Found::Stored(id, kind, location) = found else { panic!("nothing was cached") };
        assert_eq!(id.index, index);
        let payload = decode_payload(kind, payloads[&location.position].clone()).ok()?;
        assert_eq!(PayloadKind::of(&payload), kind);
        let again = decode_payload(kind, encode_payload(&payload)).expect("it was read before");
        assert_eq!(again, payload);
    }
    assert!(log.first_needed(position) <= position);
    Some(())
}

/// A snapshot that can be read is written and read as the same.
fn snapshot_file(mut input: &[u8]) -> Option<()> {
    let [sealed] = *take(&mut input)?;
    let mut file = input.to_vec();
    if sealed != 0
        && let Some((content, checksum)) = file.split_last_chunk_mut::<4>()
    {
        *checksum = crc32c::crc32c(content).to_be_bytes();
    }
    let read = match snapshot::decode(&file[..]) {
        Ok(read) => read,
        Err(ReadFailure::Damaged(_)) => return None,
        Err(ReadFailure::Io(error)) => panic!("a slice cannot make {error}"),
    };
    let last = read.meta.last_log_id.expect("a file names its last entry");
    let written: Vec<u8> = snapshot::encode(last, &read).flatten().collect();
    let again = snapshot::decode(&written[..]).expect("it was read before");
    assert_eq!((again.meta, again.snapshot), (read.meta, read.snapshot));
    Some(())
}

fn log_id(index: u64) -> LogId {
    LogId { leader_id: LeaderId { term: 1, node_id: RaftId(2) }, index }
}

fn membership() -> Membership {
    let voter = |node| Voter { node: NodeId(node), address: "host:9093".to_owned() };
    let nodes = BTreeMap::from([(RaftId(2), voter(0)), (RaftId(3), voter(1))]);
    Membership::new(vec![BTreeSet::from([RaftId(2)])], nodes).expect("the voter is described")
}

fn format() -> Command {
    Command::Format(ClusterId([7; 16]))
}

fn journals() -> Vec<Vec<u8>> {
    let vote = Vote { leader_id: LeaderId { term: 1, node_id: RaftId(2) }, committed: true };
    let entry = |index, payload: &Payload| {
        (Record::Entry(log_id(index), PayloadKind::of(payload)), encode_payload(payload))
    };
    let bare = |record| (record, Bytes::new());
    let command = Payload::Normal(Proposal::new(format()));
    let purged = Record::Purged { upto: log_id(1), vote: Some(vote), committed: Some(log_id(1)) };
    let records = [
        bare(Record::Vote(vote)),
        entry(0, &Payload::Membership(membership())),
        entry(1, &Payload::Blank),
        entry(2, &command),
        bare(Record::Committed(log_id(1))),
        entry(3, &command),
        bare(Record::Truncated(Some(log_id(2)))),
        entry(3, &Payload::Blank),
        bare(purged),
        entry(4, &command),
    ];
    let journal = |records: &[(Record, Bytes)]| {
        let mut input = Vec::new();
        for (record, payload) in records {
            put_part(&mut input, &record.encode());
            put_part(&mut input, payload);
        }
        input
    };
    vec![journal(&records), journal(&records[..8]), journal(&records[3..]), journal(&[])]
}

fn snapshots() -> Vec<Vec<u8>> {
    let mut image = MetadataImage::default();
    let setting = Command::AlterConfigs(AlterConfigs {
        resource: ConfigResource::Broker(None),
        changes: vec![("key".into(), Some("value".into()))],
        relies_on: None,
    });
    for (index, command) in (1..).zip([format(), setting]) {
        apply(&mut image, LogIndex(index), &command).result.expect("it suits the image");
    }
    let last_membership = StoredMembership::new(Some(log_id(0)), membership());
    let meta = SnapshotMeta { last_log_id: Some(log_id(2)), last_membership };
    let full = Snapshot { meta, snapshot: Arc::new(image) };
    let meta = SnapshotMeta { last_log_id: Some(log_id(2)), ..SnapshotMeta::default() };
    let empty = Snapshot { meta, snapshot: Arc::new(MetadataImage::default()) };
    let file = |sealed: u8, snapshot| {
        [sealed].into_iter().chain(snapshot::encode(log_id(2), snapshot).flatten()).collect()
    };
    vec![file(0, &full), file(1, &full), file(1, &empty)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn journal() {
        JOURNAL.check();
    }

    #[test]
    fn snapshot() {
        SNAPSHOT.check();
    }
}
