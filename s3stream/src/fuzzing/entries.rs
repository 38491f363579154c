//! The headers of a log's entries: `header as a part …`

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bytes::Bytes;
use penstock_fuzzing::{put_part, take_part};
use penstock_model::apply::apply;
use penstock_model::command::{Command, CreateTopic, RegisterBroker, WalKind};
use penstock_model::id::{
    BrokerEpoch, ClusterId, Incarnation, LogIndex, NodeId, Offset, StreamEpoch, StreamId,
    Timestamp, TopicId,
};
use penstock_model::image::MetadataImage;
use penstock_wal::{Location, Position, Recovered};

use crate::batch::Summary;
use crate::entry_header::{EntryHeader, HEADER_BYTES_MAX};
use crate::recover::recover;

/// The broker of the image, which owns its three streams.
const BROKER: BrokerEpoch = BrokerEpoch(1);

static IMAGE: LazyLock<MetadataImage> = LazyLock::new(|| {
    let register = RegisterBroker {
        node: NodeId(1),
        incarnation: Incarnation([1; 16]),
        endpoints: Vec::new(),
        rack: None,
        wal: WalKind::Local,
    };
    let topic = CreateTopic {
        id: TopicId([1; 16]),
        name: "topic".into(),
        replication_factor: 1,
        leaders: vec![NodeId(1); 3],
        configs: Vec::new(),
    };
    let commands = [
        Command::Format(ClusterId([1; 16])),
        Command::RegisterBroker(register),
        Command::CreateTopic(topic),
    ];
    let mut image = MetadataImage::default();
    for (index, command) in (1..).zip(&commands) {
        apply(&mut image, LogIndex(index), command).result.expect("it suits the image");
    }
    image
});

/// A header is written as it was read; streams that were recovered go on without a gap.
pub(super) fn run(mut input: &[u8]) -> Option<()> {
    let mut entries = Vec::new();
    let mut next = BTreeMap::new();
    let mut contiguous = true;
    while let Some(bytes) = take_part(&mut input) {
        if let Ok(header) = EntryHeader::decode(bytes) {
            assert_eq!(header.encode(), bytes);
            assert!(bytes.len() <= HEADER_BYTES_MAX && !header.offsets.is_empty());
            if IMAGE.stream(header.stream).is_some() {
                let expected = next.entry(header.stream).or_insert(Offset::ZERO);
                contiguous &= header.offsets.start == *expected;
                *expected = header.offsets.end;
            }
        }
        let location = Location {
            position: Position(entries.len() as u64),
            header_length: u16::try_from(bytes.len()).ok()?,
            payload_length: 1,
        };
        entries.push(Recovered {
            header: Bytes::copy_from_slice(bytes),
            location,
            group: location.position,
        });
    }
    let count = entries.len();
    let log = recover(entries, &IMAGE, BROKER).ok()?;
    assert!(contiguous, "recovery took a gap");
    assert_eq!(log.entries.len(), count);
    for (id, (state, end)) in &log.streams {
        assert_eq!(next.get(id), Some(end));
        let positions = state.cells.get();
        assert_eq!((positions.durable, positions.appended), (*end, *end));
    }
    Some(())
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let header = |stream: u64, offsets: std::ops::Range<u64>, summary: &[u8]| {
        EntryHeader {
            stream: StreamId(stream),
            epoch: StreamEpoch(0),
            offsets: Offset(offsets.start)..Offset(offsets.end),
            records: 2,
            max_timestamp: Timestamp(1_800_000_000_000),
            payload_crc32c: 0xdead_beef,
            summary: Summary::new(summary).expect("it is short"),
        }
        .encode()
    };
    let log = |headers: &[Bytes]| {
        let mut input = Vec::new();
        headers.iter().for_each(|header| put_part(&mut input, header));
        input
    };
    let first = header(1, 0..10, &[7; 36]);
    let whole = [first.clone(), header(2, 0..1, &[]), header(1, 10..12, &[8; 48])];
    vec![log(&[first]), log(&whole), log(&[])]
}
