//! One segment: its name, its header, and where in it a position lies.
//!
//! A segment's file begins with 36 bytes: `penstwal`, the format version (4 bytes, little-endian),
//! the log's owner (20 bytes), and the CRC32C of these 32. The first frame follows.

use std::io::{self, IoSlice};
use std::path::Path;
use std::sync::Arc;

use crate::files::{File, Files};
use crate::frame::{self, HEAD_BYTES};
use crate::{Owner, Position};

/// The bytes before the first frame.
pub(crate) const HEADER_BYTES: usize = CRC_AT + 4;

const MAGIC: &[u8; 8] = b"penstwal";
const VERSION: u32 = 3;
const OWNER_AT: usize = 12;
const CRC_AT: usize = OWNER_AT + Owner::BYTES;
const SUFFIX: &str = ".wal";
const DIGITS: usize = 20;

/// A segment that has its name.
#[derive(Clone)]
pub(crate) struct Segment {
    /// The position of its first frame.
    pub(crate) start: Position,
    /// The length of its file.
    pub(crate) length: u64,
    pub(crate) file: Arc<dyn File>,
}

impl Segment {
    /// The byte of the file at which the frame of this position lies.
    pub(crate) fn offset(&self, position: Position) -> u64 {
        assert!(position >= self.start, "{position:?} lies before this segment");
        HEADER_BYTES as u64 + (position.0 - self.start.0)
    }

    /// The position of the frame that lies at this byte of the file.
    pub(crate) fn position(&self, offset: u64) -> Position {
        Position(self.start.0 + (offset - HEADER_BYTES as u64))
    }

    /// Marks the end of the log, below which everything is durable. Needs no sync.
    pub(crate) fn write_mark(&self, end: Position) -> io::Result<()> {
        let offset = self.offset(end);
        assert!(offset + HEAD_BYTES as u64 <= self.length, "groups leave room for a mark");
        self.file.write_all_at(&[IoSlice::new(&frame::mark(end))], offset)
    }
}

/// The file's name.
pub(crate) fn name(start: Position) -> String {
    format!("{:0DIGITS$}{SUFFIX}", start.0)
}

/// The reverse; `None` of any other file's name.
pub(crate) fn start_of(name: &str) -> Option<Position> {
    let digits = name.strip_suffix(SUFFIX)?;
    let canonical = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
    canonical.then(|| digits.parse().ok().map(Position))?
}

/// Start and file length of every segment in a folder, in order.
pub(crate) fn list(files: &dyn Files, dir: &Path) -> io::Result<Vec<(Position, u64)>> {
    // Names have a fixed width: their order is the order of the positions.
    let names = files.list(dir)?.into_iter();
    Ok(names.filter_map(|entry| Some((start_of(&entry.name)?, entry.length))).collect())
}

pub(crate) fn header(owner: Owner) -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    header[..8].copy_from_slice(MAGIC);
    header[8..OWNER_AT].copy_from_slice(&VERSION.to_le_bytes());
    header[OWNER_AT..CRC_AT].copy_from_slice(&owner.0);
    let crc32c = crc32c::crc32c(&header[..CRC_AT]);
    header[CRC_AT..].copy_from_slice(&crc32c.to_le_bytes());
    header
}

/// Reads whose log the segment is part of, or says what is wrong with its header.
pub(crate) fn read_owner(file: &dyn File) -> io::Result<Result<Owner, &'static str>> {
    let mut found = [0; HEADER_BYTES];
    match file.read_exact_at(&mut found, 0) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            return Ok(Err("the file is shorter than a segment's header"));
        }
        result => result?,
    }
    let owner = Owner(*found[12..].first_chunk().expect("a header has these bytes"));
    if found == header(owner) {
        return Ok(Ok(owner));
    }
    // Another version may keep its checksum elsewhere.
    Ok(Err(if found[..8] == *MAGIC && found[8..OWNER_AT] != VERSION.to_le_bytes() {
        "the segment is of another format version, or its header is damaged; use the release that wrote it"
    } else {
        "the segment's header is damaged"
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        #[track_caller]
        fn check(name: &str, expect: Option<u64>) {
            assert_eq!(start_of(name), expect.map(Position), "{name}");
        }
        check("00000000000000000000.wal", Some(0));
        check("18446744073709551615.wal", Some(u64::MAX));
        check("18446744073709551616.wal", None);
        check("0.wal", None);
        check("+0000000000000000001.wal", None);
        check("00000000000000000001.tmp", None);
        check("lock", None);
        assert_eq!(start_of(&name(Position(1_043_968))), Some(Position(1_043_968)));
    }

    #[test]
    fn golden_header() {
        let hex: String = header(Owner(*b"a node's, and wholly"))
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(hex, "70656e737477616c0300000061206e6f646527732c20616e642077686f6c6c795807d656");
    }
}
