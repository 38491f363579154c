//! The bytes of an object of the log, version 1.
//!
//! ```text
//!   data      label | frame* | table | label          a seal is a label alone
//!   frame     CRC32C of the payload 4 | payload
//!   table     row*, one for each frame, in order
//!   row       payload length 4 | header length 2 | header
//!
//!   label     "PENSTWAL" | version 4 | kind 1, data 1 or seal 2 | 3 zeros | owner 20 | epoch 8 |
//!             sequence 8 | trimmed 8 | durable 8 | length of the object 8 |
//!             position of the table 8 | entries 4 | CRC32C of the table 4 |
//!             CRC32C of the label before it 4
//! ```
//!
//! Numbers are big-endian. The label stands at both ends: at the front for whoever finds a key
//! taken and wants to know by what, at the end for whoever reads the table with the same request.
//!
//! - **`trimmed` and `durable`** are positions as the writer knew them when it sent the object: an
//!   object proves that everything below its `durable` was there, so that a gap below is a loss and
//!   no unfinished write, and a log can be understood from its objects alone.
//! - **A frame** carries its payload's checksum, so that reading one back needs nothing but its
//!   place. The CRC of a payload is the caller's: the log makes no pass over it.

use bytes::{Buf, BufMut, Bytes, BytesMut};

use super::sequence::Sequence;
use crate::{Entry, Location, Owner, Position, Recovered};

/// The format's version.
const VERSION: u32 = 1;
/// How a label begins.
const MAGIC: [u8; 8] = *b"PENSTWAL";
/// The length of a label, and of a seal.
pub(crate) const LABEL_BYTES: usize = 96;
/// What stands before a frame's payload.
pub(crate) const FRAME_HEAD_BYTES: usize = 4;
/// What stands before a row's header.
const ROW_HEAD_BYTES: usize = 6;
const CHECKSUM_BYTES: usize = 4;

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Entries.
    Data {
        /// Where the table begins, in bytes.
        table_position: u64,
        /// How many there are.
        entries: u32,
        /// Of the table.
        table_crc32c: u32,
    },
    /// The end of an epoch: nothing behind it was ever acknowledged.
    Seal,
}

/// Where an object comes from, and what its writer knew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) owner: Owner,
    pub(crate) epoch: u64,
    pub(crate) sequence: Sequence,
    pub(crate) trimmed: Position,
    pub(crate) durable: Position,
}

/// What an object says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) origin: Origin,
    /// Of the whole object, in bytes.
    pub(crate) length: u64,
    pub(crate) kind: Kind,
}

/// Why bytes are no label of this format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LabelError {
    NotALog,
    Version(u32),
    Checksum,
    Impossible,
}

impl LabelError {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::NotALog => "it is no object of a log",
            Self::Version(_) => "a newer release wrote it: start that one",
            Self::Checksum => "its label does not match its checksum",
            Self::Impossible => "its label states what cannot be",
        }
    }
}

impl Label {
    pub(crate) fn encode(&self) -> Bytes {
        let mut out = BytesMut::with_capacity(LABEL_BYTES);
        let (kind, table_position, entries, table_crc32c) = match self.kind {
            Kind::Data { table_position, entries, table_crc32c } => {
                (1, table_position, entries, table_crc32c)
            }
            Kind::Seal => (2, 0, 0, 0),
        };
        out.put_slice(&MAGIC);
        out.put_u32(VERSION);
        out.put_slice(&[kind, 0, 0, 0]);
        let Origin { owner, epoch, sequence, trimmed, durable } = self.origin;
        out.put_slice(&owner.0);
        for number in [epoch, sequence.0, trimmed.0, durable.0, self.length] {
            out.put_u64(number);
        }
        out.put_u64(table_position);
        out.put_u32(entries);
        out.put_u32(table_crc32c);
        let checksum = crc32c::crc32c(&out);
        out.put_u32(checksum);
        assert_eq!(out.len(), LABEL_BYTES, "a label has a fixed length");
        out.freeze()
    }

    pub(crate) fn decode(bytes: &[u8; LABEL_BYTES]) -> Result<Self, LabelError> {
        let (checked, mut checksum) = bytes.split_at(LABEL_BYTES - CHECKSUM_BYTES);
        let mut rest = checked;
        if rest[..MAGIC.len()] != MAGIC {
            return Err(LabelError::NotALog);
        }
        rest.advance(MAGIC.len());
        match rest.get_u32() {
            VERSION => {}
            other => return Err(LabelError::Version(other)),
        }
        if crc32c::crc32c(checked) != checksum.get_u32() {
            return Err(LabelError::Checksum);
        }
        let kind = [rest.get_u8(), rest.get_u8(), rest.get_u8(), rest.get_u8()];
        let mut owner = Owner([0; Owner::BYTES]);
        rest.copy_to_slice(&mut owner.0);
        let (epoch, sequence) = (rest.get_u64(), Sequence(rest.get_u64()));
        let (trimmed, durable) = (Position(rest.get_u64()), Position(rest.get_u64()));
        let (length, table_position) = (rest.get_u64(), rest.get_u64());
        let (entries, table_crc32c) = (rest.get_u32(), rest.get_u32());
        let label_bytes = LABEL_BYTES as u64;
        let kind = match kind {
            [1, 0, 0, 0]
                if table_position >= label_bytes
                    && length.checked_sub(label_bytes).is_some_and(|end| table_position <= end) =>
            {
                Kind::Data { table_position, entries, table_crc32c }
            }
            [2, 0, 0, 0] if length == label_bytes => Kind::Seal,
            _ => return Err(LabelError::Impossible),
        };
        let origin = Origin { owner, epoch, sequence, trimmed, durable };
        Ok(Self { origin, length, kind })
    }
}

/// An object in the making: its parts, ready to be sent any number of times.
#[derive(Clone, Debug)]
pub(crate) struct EncodedObject {
    pub(crate) label: Label,
    /// In order; together they are the object.
    pub(crate) parts: Vec<Bytes>,
    /// Where each entry lies.
    pub(crate) locations: Vec<Location>,
}

/// Groups of no more than this are copied into one piece, which costs less than many small writes.
const COPIED_BYTES_MAX: usize = 64 << 10;

/// Lays out entries as an object. Payloads are copied only where they are few bytes together.
pub(crate) fn encode(origin: Origin, entries: &[Entry]) -> EncodedObject {
    let mut table = BytesMut::new();
    let mut locations = Vec::with_capacity(entries.len());
    let mut offset = LABEL_BYTES as u64;
    for entry in entries {
        let header_length = u16::try_from(entry.header.len()).expect("checked at append");
        let payload_length = u32::try_from(entry.payload.len()).expect("checked at append");
        let position = origin.sequence.position_at(offset).expect("an object is smaller than that");
        locations.push(Location { position, header_length, payload_length });
        table.put_u32(payload_length);
        table.put_u16(header_length);
        table.put_slice(&entry.header);
        offset += FRAME_HEAD_BYTES as u64 + u64::from(payload_length);
    }
    let label = Label {
        origin,
        length: offset + (table.len() + LABEL_BYTES) as u64,
        kind: Kind::Data {
            table_position: offset,
            entries: u32::try_from(entries.len()).expect("an object has fewer entries"),
            table_crc32c: crc32c::crc32c(&table),
        },
    };
    let encoded = label.encode();
    let table = table.freeze();
    let mut parts = Vec::with_capacity(3 + 2 * entries.len());
    parts.push(encoded.clone());
    let mut heads = BytesMut::with_capacity(entries.len() * FRAME_HEAD_BYTES);
    entries.iter().for_each(|entry| heads.put_u32(entry.payload_crc32c));
    let mut heads = heads.freeze();
    for entry in entries {
        parts.push(heads.split_to(FRAME_HEAD_BYTES));
        parts.push(entry.payload.clone());
    }
    parts.extend([table, encoded]);
    if label.length <= COPIED_BYTES_MAX as u64 {
        let mut whole =
            BytesMut::with_capacity(COPIED_BYTES_MAX.min(parts.iter().map(Bytes::len).sum()));
        parts.iter().for_each(|part| whole.put_slice(part));
        parts = vec![whole.freeze()];
    }
    EncodedObject { label, parts, locations }
}

/// A seal, which is a label alone.
pub(crate) fn seal(origin: Origin) -> Label {
    Label { origin, length: LABEL_BYTES as u64, kind: Kind::Seal }
}

/// Reads the table of a data object: its entries, with where they lie.
pub(crate) fn decode_table(label: &Label, table: &Bytes) -> Result<Vec<Recovered>, &'static str> {
    let Kind::Data { table_position, entries, table_crc32c } = label.kind else {
        return Err("a seal has no table");
    };
    if crc32c::crc32c(table) != table_crc32c {
        return Err("its table does not match its checksum");
    }
    let short = "its table ends early";
    if table.len() / ROW_HEAD_BYTES < entries as usize {
        return Err(short);
    }
    let mut rest = table.clone();
    let mut offset = LABEL_BYTES as u64;
    let mut found = Vec::with_capacity(entries as usize);
    for _ in 0..entries {
        if rest.len() < ROW_HEAD_BYTES {
            return Err(short);
        }
        let (payload_length, header_length) = (rest.get_u32(), rest.get_u16());
        if rest.len() < usize::from(header_length) {
            return Err(short);
        }
        let end = offset + FRAME_HEAD_BYTES as u64 + u64::from(payload_length);
        if end > table_position {
            return Err("its table names entries behind their end");
        }
        let position = label.origin.sequence.position_at(offset);
        let position = position.ok_or("its table names an entry where none can lie")?;
        // A copy: the header shall not keep all that was read with it.
        let header = Bytes::copy_from_slice(&rest.split_to(usize::from(header_length)));
        let location = Location { position, header_length, payload_length };
        found.push(Recovered { header, location, group: label.origin.sequence.begins() });
        offset = end;
    }
    if offset != table_position || !rest.is_empty() {
        return Err("its table does not account for all of it");
    }
    Ok(found)
}

/// Takes the payload out of a frame, and checks it.
pub(crate) fn decode_frame(frame: &Bytes) -> Result<Bytes, &'static str> {
    let mut payload = frame.clone();
    if payload.len() < FRAME_HEAD_BYTES {
        return Err("the entry ends early");
    }
    let checksum = payload.get_u32();
    if crc32c::crc32c(&payload) == checksum {
        Ok(payload)
    } else {
        Err("the payload does not match its checksum")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(header: &[u8], payload: &[u8]) -> Entry {
        Entry {
            header: Bytes::copy_from_slice(header),
            payload: Bytes::copy_from_slice(payload),
            payload_crc32c: crc32c::crc32c(payload),
        }
    }

    fn origin() -> Origin {
        Origin {
            owner: Owner(*b"whose these logs are"),
            epoch: 3,
            sequence: Sequence(0x0102),
            trimmed: Position(5),
            durable: Position(0x0607),
        }
    }

    fn whole(object: &EncodedObject) -> Vec<u8> {
        object.parts.concat()
    }

    fn label_at_front(bytes: &[u8]) -> Result<Label, LabelError> {
        Label::decode(bytes.first_chunk().unwrap())
    }

    fn label_at_end(bytes: &[u8]) -> Result<Label, LabelError> {
        Label::decode(bytes.last_chunk().unwrap())
    }

    fn table_of(label: &Label, bytes: &[u8]) -> Bytes {
        let Kind::Data { table_position, .. } = label.kind else { panic!("data") };
        let start = usize::try_from(table_position).unwrap();
        Bytes::copy_from_slice(&bytes[start..bytes.len() - LABEL_BYTES])
    }

    #[test]
    fn golden_bytes() {
        #[track_caller]
        fn check(bytes: &[u8], expect: &str) {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hex, expect.replace(' ', ""));
        }
        check(
            &seal(origin()).encode(),
            "50454e535457414c 00000001 02000000 77686f7365207468657365206c6f677320617265 \
             0000000000000003 0000000000000102 0000000000000005 0000000000000607 0000000000000060 \
             0000000000000000 00000000 00000000 7bb3d428",
        );
        let object = encode(origin(), &[entry(b"head", b"payload"), entry(b"", b"")]);
        let bytes = whole(&object);
        check(
            &bytes[LABEL_BYTES..bytes.len() - LABEL_BYTES],
            "f4e36970 7061796c6f6164 00000000 00000007 0004 68656164 00000000 0000",
        );
        check(
            &bytes[..LABEL_BYTES],
            "50454e535457414c 00000001 01000000 77686f7365207468657365206c6f677320617265 \
             0000000000000003 0000000000000102 0000000000000005 0000000000000607 00000000000000df \
             000000000000006f 00000002 4e171db0 a176b106",
        );
    }

    #[test]
    fn what_is_no_label_is_named() {
        #[track_caller]
        fn check(change: impl FnOnce(&mut [u8]), expect: LabelError) {
            let mut bytes = seal(origin()).encode().to_vec();
            change(&mut bytes);
            assert_eq!(label_at_front(&bytes), Err(expect));
        }
        fn resealed(change: impl FnOnce(&mut [u8])) -> impl FnOnce(&mut [u8]) {
            |bytes| {
                change(bytes);
                let checksum = crc32c::crc32c(&bytes[..LABEL_BYTES - 4]);
                bytes[LABEL_BYTES - 4..].copy_from_slice(&checksum.to_be_bytes());
            }
        }
        check(|bytes| bytes[0] ^= 1, LabelError::NotALog);
        check(|bytes| bytes[11] = 2, LabelError::Version(2));
        check(|bytes| bytes[20] ^= 1, LabelError::Checksum);
        check(resealed(|bytes| bytes[12] = 3), LabelError::Impossible);
        check(resealed(|bytes| bytes[13] = 1), LabelError::Impossible);
        check(resealed(|bytes| bytes[75] += 1), LabelError::Impossible);
        check(resealed(|bytes| bytes[12] = 1), LabelError::Impossible);
    }

    proptest! {
        #[test]
        fn round_trip(entries in prop::collection::vec(
            (prop::collection::vec(any::<u8>(), 0..=Entry::HEADER_BYTES_MAX),
             prop::collection::vec(any::<u8>(), 0..3000)), 0..40,
        )) {
            let entries: Vec<_> = entries.iter().map(|(h, p)| entry(h, p)).collect();
            let object = encode(origin(), &entries);
            let bytes = whole(&object);
            prop_assert_eq!(bytes.len() as u64, object.label.length);
            prop_assert_eq!(label_at_front(&bytes), Ok(object.label));
            prop_assert_eq!(label_at_end(&bytes), Ok(object.label));
            let found = decode_table(&object.label, &table_of(&object.label, &bytes)).unwrap();
            prop_assert_eq!(found.len(), entries.len());
            for ((found, location), entry) in found.iter().zip(&object.locations).zip(&entries) {
                prop_assert_eq!(&found.location, location);
                prop_assert_eq!(&found.header, &entry.header);
                let offset = usize::try_from(crate::object::sequence::offset_of(location.position)).unwrap();
                let frame = &bytes[offset..][..FRAME_HEAD_BYTES + entry.payload.len()];
                prop_assert_eq!(decode_frame(&Bytes::copy_from_slice(frame)).unwrap(), &entry.payload);
            }
        }

        #[test]
        fn a_flipped_bit_is_found(payload in prop::collection::vec(any::<u8>(), 0..200), bit: prop::sample::Index) {
            let object = encode(origin(), &[entry(b"some header", &payload)]);
            let sound = whole(&object);
            let mut bytes = sound.clone();
            let bit = bit.index(bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
            let is_found = label_at_front(&bytes) != Ok(object.label)
                || label_at_end(&bytes) != Ok(object.label)
                || decode_table(&object.label, &table_of(&object.label, &bytes)).is_err()
                || decode_frame(&Bytes::copy_from_slice(&bytes[LABEL_BYTES..][..4 + payload.len()])).is_err();
            prop_assert!(is_found);
        }

        #[test]
        fn no_bytes_make_it_panic(label: [u8; LABEL_BYTES], table in prop::collection::vec(any::<u8>(), 0..200), entries: u32, table_position in 0..1_u64 << 20) {
            let _ = Label::decode(&label);
            let table = Bytes::from(table);
            let kind = Kind::Data { table_position, entries, table_crc32c: crc32c::crc32c(&table) };
            let _ = decode_table(&Label { kind, ..seal(origin()) }, &table);
            let _ = decode_frame(&table);
        }
    }
}
