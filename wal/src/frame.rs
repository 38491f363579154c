//! The byte format of an entry in a file.
//!
//! ```text
//!   offset  size
//!        0     4  CRC32C of everything that follows, to the end of the payload
//!        4     4  payload length
//!        8     8  position of this frame
//!       16     8  durable: the position below which everything was durable before this was written
//!       24     2  header length, at most 256
//!       26     1  kind: 1 an entry, 2 a mark
//!       27     1  zero
//!       28        header, then payload
//! ```
//!
//! Numbers are little-endian. Frames lie back to back; a position is a byte's distance from the
//! start of the log, so a frame's position and its length give the position of the next.
//!
//! - **`durable`** is the same in all frames of a group: the position at which the group begins.
//!   An intact frame proves that everything below its `durable` was once on the disk, so damage
//!   there is corruption; only what lies past the last proof can be a torn write.
//! - **The position** in the frame makes stale bytes harmless: whatever else lies in a file was
//!   written for another position, and the frame that seems to be there is none.
//! - **A mark** is an empty frame at the end of the log whose `durable` is its own position. It is
//!   written, without waiting for the disk, once the log comes to rest, so that the last group is
//!   proven as all others are; the next group takes its place.
//! - **The CRC** is combined from the payload's, which the caller has: no pass over the payload.

use penstock_checksum::crc32c_combine;

use crate::{Entry, Location, Position};

/// The bytes before a frame's header.
pub(crate) const HEAD_BYTES: usize = 28;

/// A frame without its header and payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) kind: Kind,
    pub(crate) location: Location,
    pub(crate) durable: Position,
    /// Of [`Head::checked_bytes`], the header and the payload.
    pub(crate) crc32c: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Entry = 1,
    Mark = 2,
}

impl Head {
    /// The length of the whole frame.
    pub(crate) fn frame_bytes(&self) -> u64 {
        frame_bytes(self.location)
    }

    /// The position of the next frame.
    pub(crate) fn end(&self) -> Position {
        Position(self.location.position.0 + self.frame_bytes())
    }

    /// The part of a head that its CRC covers.
    pub(crate) fn checked_bytes(head: &[u8; HEAD_BYTES]) -> &[u8] {
        &head[4..]
    }

    /// Decodes the head of the frame at `position`; whether the CRC holds is for the caller to
    /// find out. The error says what does not hold.
    pub(crate) fn decode(
        bytes: &[u8; HEAD_BYTES],
        position: Position,
    ) -> Result<Self, &'static str> {
        let (head, durable) = (HeadFields::split(bytes), Position(u64_at(bytes, 16)));
        if Position(u64_at(bytes, 8)) != position {
            return Err("no frame of this position");
        }
        if usize::from(head.header_length) > Entry::HEADER_BYTES_MAX || head.zero != 0 {
            return Err("the frame's head is impossible");
        }
        if durable > position {
            return Err("the frame claims that its future was durable");
        }
        let kind = match head.kind {
            1 => Kind::Entry,
            2 if head.payload_length == 0 && head.header_length == 0 && durable == position => {
                Kind::Mark
            }
            _ => return Err("the frame's kind is unknown"),
        };
        let location = Location {
            position,
            header_length: head.header_length,
            payload_length: head.payload_length,
        };
        Ok(Self { kind, location, durable, crc32c: head.crc32c })
    }
}

struct HeadFields {
    crc32c: u32,
    payload_length: u32,
    header_length: u16,
    kind: u8,
    zero: u8,
}

impl HeadFields {
    fn split(bytes: &[u8; HEAD_BYTES]) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = *bytes;
        let [.., s, t, kind, zero] = *bytes;
        Self {
            crc32c: u32::from_le_bytes([a, b, c, d]),
            payload_length: u32::from_le_bytes([e, f, g, h]),
            header_length: u16::from_le_bytes([s, t]),
            kind,
            zero,
        }
    }
}

fn u64_at(bytes: &[u8; HEAD_BYTES], at: usize) -> u64 {
    u64::from_le_bytes(*bytes[at..].first_chunk().expect("a head has these bytes"))
}

/// The position that the frame whose head these bytes would be claims to have.
pub(crate) fn claimed_position(bytes: &[u8; HEAD_BYTES]) -> Position {
    Position(u64_at(bytes, 8))
}

/// The length of the frame that lies there.
pub(crate) fn frame_bytes(location: Location) -> u64 {
    HEAD_BYTES as u64 + u64::from(location.header_length) + u64::from(location.payload_length)
}

/// Where the entry will lie when it is put at `position`.
pub(crate) fn place(entry: &Entry, position: Position) -> Location {
    Location {
        position,
        header_length: u16::try_from(entry.header.len()).expect("checked at append"),
        payload_length: u32::try_from(entry.payload.len()).expect("checked at append"),
    }
}

/// Appends the entry's frame, up to where its payload begins.
pub(crate) fn encode(entry: &Entry, location: Location, durable: Position, out: &mut Vec<u8>) {
    let mut head = head(Kind::Entry, location, durable);
    let crc32c = crc32c::crc32c_append(crc32c::crc32c(&head[4..]), &entry.header);
    let payload_length = u64::from(location.payload_length);
    let crc32c = crc32c_combine(crc32c, entry.payload_crc32c, payload_length);
    head[..4].copy_from_slice(&crc32c.to_le_bytes());
    out.extend_from_slice(&head);
    out.extend_from_slice(&entry.header);
}

/// The mark that says that everything below `position` is durable.
pub(crate) fn mark(position: Position) -> [u8; HEAD_BYTES] {
    let location = Location { position, header_length: 0, payload_length: 0 };
    let mut head = head(Kind::Mark, location, position);
    let crc32c = crc32c::crc32c(&head[4..]);
    head[..4].copy_from_slice(&crc32c.to_le_bytes());
    head
}

/// A head whose CRC is still zero.
fn head(kind: Kind, location: Location, durable: Position) -> [u8; HEAD_BYTES] {
    let mut head = [0; HEAD_BYTES];
    head[4..8].copy_from_slice(&location.payload_length.to_le_bytes());
    head[8..16].copy_from_slice(&location.position.0.to_le_bytes());
    head[16..24].copy_from_slice(&durable.0.to_le_bytes());
    head[24..26].copy_from_slice(&location.header_length.to_le_bytes());
    head[26] = kind as u8;
    head
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;

    fn entry(header: &[u8], payload: &[u8]) -> Entry {
        Entry {
            header: Bytes::copy_from_slice(header),
            payload: Bytes::copy_from_slice(payload),
            payload_crc32c: crc32c::crc32c(payload),
        }
    }

    /// The whole frame.
    fn encoded(entry: &Entry, position: u64, durable: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        let location = place(entry, Position(position));
        encode(entry, location, Position(durable), &mut bytes);
        bytes.extend_from_slice(&entry.payload);
        assert_eq!(bytes.len() as u64, frame_bytes(location));
        bytes
    }

    fn head_of(frame: &[u8]) -> &[u8; HEAD_BYTES] {
        frame.first_chunk().unwrap()
    }

    #[test]
    fn golden_bytes() {
        #[track_caller]
        fn check(frame: &[u8], expect: &str) {
            let hex: String = frame.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hex, expect.replace(' ', ""));
        }
        check(
            &encoded(&entry(b"head", b"payload"), 0x0102_0304, 0x0102),
            "b46f4645 07000000 0403020100000000 0201000000000000 0400 01 00 68656164 7061796c6f6164",
        );
        check(
            &mark(Position(77)),
            "60f8b105 00000000 4d00000000000000 4d00000000000000 0000 02 00",
        );
        check(
            &encoded(&entry(b"", b""), 0, 0),
            "99745997 00000000 0000000000000000 0000000000000000 0000 01 00",
        );
    }

    #[test]
    fn zeros_are_no_frame_at_any_position() {
        for position in [0, 1, 1 << 40] {
            Head::decode(&[0; HEAD_BYTES], Position(position)).unwrap_err();
        }
    }

    proptest! {
        #[test]
        fn round_trip(
            header in prop::collection::vec(any::<u8>(), 0..=Entry::HEADER_BYTES_MAX),
            payload in prop::collection::vec(any::<u8>(), 0..2000),
            position in 0..u64::MAX / 2,
            behind in 0_u64..5000,
        ) {
            let durable = position.saturating_sub(behind);
            let entry = entry(&header, &payload);
            let frame = encoded(&entry, position, durable);
            let head = Head::decode(head_of(&frame), Position(position)).unwrap();
            prop_assert_eq!(head.location, place(&entry, Position(position)));
            prop_assert_eq!((head.kind, head.durable), (Kind::Entry, Position(durable)));
            prop_assert_eq!(head.crc32c, crc32c::crc32c(&frame[4..]));
            prop_assert_eq!(head.end(), Position(position + frame.len() as u64));
            Head::decode(head_of(&frame), Position(position + 1)).unwrap_err();
        }

        #[test]
        fn a_flipped_bit_is_found(
            payload in prop::collection::vec(any::<u8>(), 0..200),
            bit: prop::sample::Index,
        ) {
            let mut frame = encoded(&entry(b"some header", &payload), 1 << 33, 1 << 32);
            let bit = bit.index(frame.len() * 8);
            frame[bit / 8] ^= 1 << (bit % 8);
            if let Ok(head) = Head::decode(head_of(&frame), Position(1 << 33)) {
                prop_assert_ne!(head.crc32c, crc32c::crc32c(&frame[4..]));
            }
        }

        #[test]
        fn decode_is_total(bytes: [u8; HEAD_BYTES], position: u64) {
            let _ = Head::decode(&bytes, Position(position));
        }
    }
}
