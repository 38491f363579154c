//! Bytes by hand: each primitive at its edges, and each way to be refused.

use std::collections::HashSet;
use std::fmt::Debug;

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError};
use crate::generated::describe_groups_request::DescribeGroupsRequest;
use crate::generated::fetch_request::{FetchPartition, FetchRequest, FetchTopic};
use crate::generated::heartbeat_request::HeartbeatRequest;
use crate::generated::init_producer_id_request::InitProducerIdRequest;
use crate::generated::metadata_request::MetadataRequest;
use crate::generated::produce_request::ProduceRequest;
use crate::message::Message;
use crate::reader::Reader;
use crate::records::Records;
use crate::string::WireString;
use crate::writer::Writer;

fn reads<T: PartialEq + Debug>(
    bytes: &'static [u8],
    read: impl Fn(&mut Reader) -> Result<T, DecodeError>,
    expected: Result<T, DecodeError>,
) {
    let mut reader = Reader::new(Bytes::from_static(bytes));
    let read = read(&mut reader);
    let left = if read.is_ok() { reader.remaining() } else { 0 };
    assert_eq!((read, left), (expected, 0), "{bytes:?}");
}

fn truncated<T>(needed: u64, remaining: usize) -> Result<T, DecodeError> {
    Err(DecodeError::Truncated { needed, remaining })
}

#[test]
fn varints() {
    let check = |bytes, expected| reads(bytes, Reader::varint, expected);
    check(&[0x00], Ok(0));
    check(&[0x7f], Ok(127));
    check(&[0x80, 0x01], Ok(128));
    check(&[0xff, 0xff, 0xff, 0xff, 0x0f], Ok(u32::MAX));
    // Longer than it need be, which Kafka's reader takes as well.
    check(&[0x81, 0x00], Ok(1));
    check(&[0xff, 0xff, 0xff, 0xff, 0x1f], Err(DecodeError::VarintTooLong));
    check(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x00], Err(DecodeError::VarintTooLong));
    check(&[0x80], truncated(1, 0));
    for value in [0, 1, 127, 128, 16_383, 16_384, u32::MAX / 2, u32::MAX] {
        let mut writer = Writer::new();
        writer.varint(value);
        assert_eq!(Reader::new(writer.into_bytes()).varint(), Ok(value));
    }
}

#[test]
fn strings() {
    let check = |bytes, flexible, expected: Result<Option<&'static str>, DecodeError>| {
        let expected = expected.map(|text| text.map(WireString::from));
        reads(bytes, |reader| reader.nullable_string(flexible), expected);
    };
    check(b"\x00\x02hi", false, Ok(Some("hi")));
    check(b"\x03hi", true, Ok(Some("hi")));
    check(b"\x00\x00", false, Ok(Some("")));
    check(b"\x01", true, Ok(Some("")));
    check(b"\xff\xff", false, Ok(None));
    check(b"\x00", true, Ok(None));
    check(b"\xff\xfe", false, Err(DecodeError::InvalidLength(-2)));
    check(b"\x00\x05hi", false, truncated(5, 2));
    check(b"\x81\x80\x02", true, Err(DecodeError::StringTooLong(32_768)));
    check(b"\x00\x03a\xffb", false, Ok(Some("a\u{fffd}b")));
    let grown = [&[0x2a, 0xab][..], &[0xff; 0x2aab]].concat().leak();
    check(grown, false, Err(DecodeError::StringTooLong(32_769)));
    reads(b"\xff\xff", |reader| reader.string(false), Err(DecodeError::InvalidLength(-1)));

    let long = WireString::from("x".repeat(32_768));
    assert_eq!(Writer::new().string(&long, true), Err(EncodeError::StringTooLong(32_768)));
}

#[test]
fn bytes_and_arrays() {
    let bytes = |bytes, flexible, expected| {
        reads(bytes, |reader| reader.nullable_bytes(flexible), expected);
    };
    bytes(b"\x00\x00\x00\x01a", false, Ok(Some(Bytes::from_static(b"a"))));
    bytes(b"\x02a", true, Ok(Some(Bytes::from_static(b"a"))));
    bytes(b"\xff\xff\xff\xff", false, Ok(None));
    bytes(b"\x7f\xff\xff\xff", false, truncated(0x7fff_ffff, 0));
    bytes(b"\x80\x00\x00\x00", false, Err(DecodeError::InvalidLength(i64::from(i32::MIN))));
    bytes(b"\xff\xff\xff\xff\x0f", true, truncated(0xffff_fffe, 0));

    let array = |bytes, expected| reads(bytes, |reader| reader.array::<i16>(0, true), expected);
    array(b"\x03\x00\x01\xff\xff", Ok(vec![1, -1]));
    array(b"\x01", Ok(Vec::new()));
    array(b"\x00", Err(DecodeError::InvalidLength(-1)));
    // Refused by the count alone.
    array(b"\x04\x00\x01\xff\xff", truncated(6, 4));
}

#[test]
fn the_memory_of_what_is_decoded_is_bounded() {
    // Each empty string is one byte here and a few dozen in memory.
    let mut bytes = vec![0x81, 0x80, 0x40];
    bytes.resize((1 << 20) + 3, 1);
    bytes.extend([0, 0]);
    let read = DescribeGroupsRequest::decode(&mut Reader::new(bytes.into()), 5);
    assert!(matches!(read, Err(DecodeError::TooMuchMemory { .. })), "{read:?}");

    // What is no UTF-8 becomes three times as long, in memory of its own.
    let no_text = [&[2, 0x91, 0x4e][..], &[0xff; 10_000], &[0, 0]].concat();
    let read = |allowance| {
        let mut reader = Reader::with_allowance(no_text.clone().into(), allowance);
        let read = DescribeGroupsRequest::decode(&mut reader, 5);
        read.map(|_| allowance - reader.allowance())
    };
    let taken = 30_000 + size_of::<WireString>();
    assert_eq!(read(100_000), Ok(taken));
    assert!(matches!(read(taken - 1), Err(DecodeError::TooMuchMemory { .. })));

    // A full fetch request of honest sizes is far from the bound.
    let partition = FetchPartition { partition: 7, ..FetchPartition::default() };
    let topic = FetchTopic { partitions: vec![partition; 100_000], ..FetchTopic::default() };
    let request = FetchRequest { topics: vec![topic; 5], ..FetchRequest::default() };
    let mut writer = Writer::new();
    request.encode(&mut writer, 17).unwrap();
    let mut reader = Reader::new(writer.into_bytes());
    assert!(FetchRequest::decode(&mut reader, 17).unwrap() == request);
}

#[test]
fn unknown_tags_are_skipped_and_known_ones_end_where_they_say() {
    let heartbeat = |tags: &[u8]| {
        let mut bytes = b"\x02g\x00\x00\x00\x03\x02m\x00".to_vec();
        bytes.extend_from_slice(tags);
        let mut reader = Reader::new(bytes.into());
        let read = HeartbeatRequest::decode(&mut reader, 4);
        (read.map(|request| request.generation_id), reader.remaining())
    };
    assert_eq!(heartbeat(&[0]), (Ok(3), 0));
    assert_eq!(heartbeat(&[2, 0, 1, 0xaa, 0x90, 0x4e, 2, 1, 2]), (Ok(3), 0));
    assert_eq!(heartbeat(&[1, 0, 9, 0]).0, truncated(9, 1));

    // Tag 0 of a fetch request is the cluster's id.
    let fetch = |tag: &[u8]| {
        let mut writer = Writer::new();
        FetchRequest::default().encode(&mut writer, 12).unwrap();
        let mut bytes = writer.into_bytes().to_vec();
        assert_eq!(bytes.pop(), Some(0));
        bytes.extend_from_slice(tag);
        FetchRequest::decode(&mut Reader::new(bytes.into()), 12).map(|request| request.cluster_id)
    };
    assert_eq!(fetch(&[1, 0, 3, 3, b'i', b'd']), Ok(Some("id".into())));
    assert_eq!(
        fetch(&[1, 0, 4, 3, b'i', b'd', 0]),
        Err(DecodeError::TaggedFieldSize { number: 0, left: 1 })
    );
    // The string is there, but not within the tag.
    assert_eq!(fetch(&[1, 0, 2, 3, b'i', b'd']), truncated(2, 1));
}

#[test]
fn what_a_version_cannot_carry_is_refused_or_dropped() {
    fn check<M: Message + PartialEq + Debug>(
        message: &M,
        version: i16,
        expected: Result<M, EncodeError>,
    ) {
        let mut writer = Writer::new();
        let encoded = message.encode(&mut writer, version);
        let read = encoded.map(|()| M::decode(&mut Reader::new(writer.into_bytes()), version));
        assert_eq!(read, expected.map(Ok), "v{version}");
    }
    let bump = InitProducerIdRequest { producer_id: 5, ..Default::default() };
    let field = "InitProducerIdRequest.producer_id";
    check(&bump, 3, Ok(bump.clone()));
    check(&bump, 2, Err(EncodeError::NotInVersion { field, version: 2 }));

    let session = FetchRequest { session_epoch: 5, ..Default::default() };
    check(&session, 7, Ok(session.clone()));
    check(&session, 6, Ok(FetchRequest::default()));

    let all = MetadataRequest { topics: None, ..Default::default() };
    check(&all, 4, Ok(all.clone()));
    let field = "MetadataRequest.topics";
    check(&all, 0, Err(EncodeError::NullInVersion { field, version: 0 }));

    let message = "ProduceRequest";
    let unsupported = EncodeError::UnsupportedVersion { message, version: 2 };
    check(&ProduceRequest::default(), 2, Err(unsupported));
    assert_eq!(
        ProduceRequest::decode(&mut Reader::new(Bytes::new()), 14),
        Err(DecodeError::UnsupportedVersion { message, version: 14 })
    );
}

#[test]
fn strings_are_found_and_ordered_by_their_text() {
    let frame = Bytes::from_static(b"..topic..");
    let sliced = WireString::from_bytes(frame.slice(2..7));
    assert_eq!(sliced.as_bytes().as_ptr(), frame[2..].as_ptr());
    assert_ne!(sliced.detach().as_bytes().as_ptr(), sliced.as_bytes().as_ptr());
    assert_eq!(sliced.detach(), sliced);
    assert!(HashSet::from([sliced.clone()]).contains("topic"));
    assert_eq!((sliced.clone(), &*sliced), ("topic".into(), "topic"));
    let mut words: Vec<WireString> = ["ß", "b", "", "a"].map(WireString::from).into();
    words.sort();
    assert_eq!(words, ["", "a", "b", "ß"]);
}

#[test]
fn records_are_equal_however_they_are_cut() {
    let parts = |parts: &[&'static str]| {
        let chunks = parts.iter().map(|part| Bytes::from_static(part.as_bytes()));
        Records::from(chunks.collect::<Vec<_>>())
    };
    assert_eq!(parts(&["ab", "c"]), parts(&["a", "", "bc"]));
    assert_ne!(parts(&["ab"]), parts(&["ac"]));
    assert_eq!(parts(&[]), parts(&[""]));
    assert!(parts(&["", ""]).is_empty());
    assert_eq!(parts(&["ab", "c"]).into_bytes(), "abc");
    assert_eq!(parts(&[]).into_bytes(), "");
}
