//! What the fuzz targets of `wal/fuzz` run: any bytes as the files of a log.
//!
//! ```text
//!   draw 1 | trim 2 | length of the first segment 2 | start of the second 8 | segments
//! ```

use std::cell::RefCell;
use std::io::IoSlice;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use penstock_fuzzing::{Target, take};
use tokio::runtime::Runtime;

use crate::conformance::{Ear, OWNER, append, begins};
use crate::file::segment;
use crate::files::{Files, OpenMode, PowerCutFiles};
use crate::frame::{self, HEAD_BYTES, Head, Kind};
pub use crate::object::fuzzing::OBJECT;
use crate::{
    Entry, FileRecovery, FileWal, FileWalSettings, Location, Position, Recovered, Recovering, Tail,
    WalError,
};

/// Recovery of a folder with one or two segments.
pub const SEGMENTS: Target = Target { name: "segments", run: segments, seeds };

/// Frames get their positions and checksums, up to the first whose last byte of the head is not
/// zero.
const SEALED: u8 = 1;
/// There are two segments.
const TWO: u8 = 1 << 1;
/// The first segment's header is part of its bytes; otherwise it has a good one.
const RAW_HEADER: u8 = 1 << 2;
/// The second segment begins where the input says; otherwise where the frames of the first end.
const RAW_START: u8 = 1 << 3;
/// Zeros follow the last segment's bytes, as in a file that is not full.
const ZEROS: u8 = 1 << 4;

const DIR: &str = "/wal";

fn settings() -> FileWalSettings {
    FileWalSettings { segment_bytes: 2048, first_segment_bytes: 512, ..FileWalSettings::default() }
}

thread_local! {
    pub(crate) static RUNTIME: RefCell<Runtime> = RefCell::new(
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime without threads or sockets"),
    );
}

/// What recovery takes is what lies there, can be read back, and is the same at the next one; what
/// it refuses it leaves as it was.
fn segments(mut input: &[u8]) -> Option<()> {
    let [draw] = *take(&mut input)?;
    let trim = Position(u16::from_le_bytes(*take(&mut input)?).into());
    let first_length = usize::from(u16::from_le_bytes(*take(&mut input)?));
    let start = u64::from_le_bytes(*take(&mut input)?);
    let disk = disk(draw, first_length, start, input);
    let before = content(&disk);
    let report = FileWal::inspect(&disk, Path::new(DIR)).expect("damage is part of the report");
    assert!(content(&disk) == before, "inspection changed the log");

    let mut recovery = match recover(&disk, trim) {
        Ok(recovery) => recovery,
        Err(WalError::Corrupt { .. } | WalError::Missing { .. } | WalError::Foreign { .. }) => {
            assert!(content(&disk) == before, "recovery changed what it refused");
            return None;
        }
        Err(error) => panic!("the bytes of files cannot make {error}"),
    };
    let holding = report.iter().rposition(|segment| segment.start <= trim).expect("it recovered");
    let kept = report[holding..].iter().flat_map(|segment| &segment.entries);
    let expect: Vec<_> = kept.filter(|entry| entry.location.position >= trim).map(facts).collect();
    let entries = Recovering::<u64>::take_entries(&mut recovery);
    let end = Recovering::<u64>::end(&recovery);
    assert_eq!(entries.iter().map(facts).collect::<Vec<_>>(), expect);
    assert!(entries.iter().all(|entry| entry.location.position < end) && trim <= end);

    let next = go_on(recovery, &entries, input);
    let disk = disk.kill();
    let again = Recovering::<u64>::take_entries(&mut recover(&disk, trim).expect("it recovered"));
    let (last, former) = again.split_last().expect("one was appended");
    assert_eq!(former.iter().map(facts).collect::<Vec<_>>(), expect);
    assert_eq!(last.location, next);
    let report = FileWal::inspect(&disk, Path::new(DIR)).expect("it was inspected before");
    assert_eq!(report.last().map(|segment| segment.tail), Some(Tail::Mark));
    Some(())
}

fn facts(entry: &Recovered) -> (Bytes, Location) {
    (entry.header.clone(), entry.location)
}

fn recover(disk: &PowerCutFiles, trim: Position) -> Result<FileRecovery, WalError> {
    let files: Arc<dyn Files> = Arc::new(disk.clone());
    FileWal::recover(&files, Path::new(DIR), OWNER, begins(trim), &settings())
}

/// Reads every entry back, and appends one more. Answers where that lies.
fn go_on(recovery: FileRecovery, entries: &[Recovered], input: &[u8]) -> Location {
    let ear = Ear::default();
    RUNTIME.with_borrow(|runtime| {
        runtime.block_on(async {
            let wal = Box::new(recovery).start(Box::new(ear.clone()));
            for Recovered { location, .. } in entries {
                let payload = wal.read(*location).await.expect("it was recovered");
                assert_eq!(payload.len(), location.payload_length as usize);
                assert!(payload.is_empty() || contains(input, &payload), "bytes from nowhere");
            }
            append(&*wal, entry(b"next"), 0).await.expect("the log works");
            wal.close().await.expect("the log works");
        });
    });
    let heard = ear.heard();
    assert!(heard.stopped.is_none());
    let [(next, 0)] = heard.durable[..] else { panic!("one entry: {heard:?}") };
    next
}

fn contains(input: &[u8], part: &[u8]) -> bool {
    input.windows(part.len()).any(|window| window == part)
}

type Content = Vec<(PathBuf, Option<Vec<u8>>)>;

fn content(disk: &PowerCutFiles) -> Content {
    disk.paths().into_iter().map(|path| (path.clone(), disk.content(&path))).collect()
}

/// The folder that an input stands for.
fn disk(draw: u8, first_length: usize, start: u64, bytes: &[u8]) -> PowerCutFiles {
    let disk = PowerCutFiles::new(0);
    disk.create_dir_all(Path::new(DIR)).expect("a disk without faults");
    let length = if draw & TWO == 0 { bytes.len() } else { first_length.min(bytes.len()) };
    let (first, second) = bytes.split_at(length);
    let mut first = first.to_vec();
    let header = segment::header(OWNER);
    if draw & RAW_HEADER == 0 {
        first.splice(..0, header);
    }
    let mut end = 0;
    if draw & SEALED != 0
        && let Some((header, frames)) = first.split_at_mut_checked(segment::HEADER_BYTES)
    {
        let (content, checksum) = header.split_last_chunk_mut().expect("a header ends with one");
        *checksum = crc32c::crc32c(content).to_le_bytes();
        end = seal(frames, 0);
    }
    let mut files = vec![(0, first)];
    if draw & TWO != 0 {
        let start = if draw & RAW_START == 0 { end } else { start };
        let mut second = second.to_vec();
        if draw & SEALED != 0 {
            seal(&mut second, start);
        }
        // In place of the first, where both have one name.
        files.retain(|(other, _)| *other != start);
        files.push((start, [&header[..], &second].concat()));
    }
    if draw & ZEROS != 0
        && let Some((_, last)) = files.last_mut()
    {
        last.extend([0; 300]);
    }
    for (start, bytes) in files {
        let path = Path::new(DIR).join(segment::name(Position(start)));
        let file = disk.open(&path, OpenMode::CreateNew).expect("a disk without faults");
        file.write_all_at(&[IoSlice::new(&bytes)], 0).expect("a disk without faults");
    }
    disk
}

/// Gives frames their positions and checksums. Answers the position behind the last.
fn seal(bytes: &mut [u8], start: u64) -> u64 {
    let (mut rest, mut position) = (bytes, start);
    while let Some(head) = rest.first_chunk_mut::<HEAD_BYTES>() {
        head[8..16].copy_from_slice(&position.to_le_bytes());
        let sealed = Head::decode(head, Position(position)).ok().and_then(|head| {
            let length = usize::try_from(head.frame_bytes()).ok()?;
            (length <= rest.len()).then_some((head, length))
        });
        let Some((head, length)) = sealed else { break };
        let (frame, behind) = std::mem::take(&mut rest).split_at_mut(length);
        let crc32c = crc32c::crc32c(&frame[4..]);
        frame[..4].copy_from_slice(&crc32c.to_le_bytes());
        check_encoding(&Head { crc32c, ..head }, frame);
        position = position.saturating_add(head.frame_bytes());
        rest = behind;
    }
    position
}

/// What was decoded of a frame is written as it was.
fn check_encoding(head: &Head, frame: &[u8]) {
    let Head { kind, location, durable, .. } = *head;
    let (header, payload) = frame[HEAD_BYTES..].split_at(location.header_length.into());
    let mut encoded = Vec::new();
    match kind {
        Kind::Mark => encoded.extend(frame::mark(location.position)),
        Kind::Entry => {
            let entry = Entry { header: Bytes::copy_from_slice(header), ..entry(payload) };
            frame::encode(&entry, location, durable, &mut encoded);
            encoded.extend(payload);
        }
    }
    assert_eq!(encoded, frame);
}

fn entry(payload: &[u8]) -> Entry {
    Entry {
        header: Bytes::from_static(b"head"),
        payload: Bytes::copy_from_slice(payload),
        payload_crc32c: crc32c::crc32c(payload),
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let seed = |draw: u8, trim: u16, first: &[u8], second: &[u8]| {
        let length = u16::try_from(first.len()).expect("a short segment");
        let mut input = vec![draw];
        input.extend(trim.to_le_bytes());
        input.extend(length.to_le_bytes());
        input.extend((first.len() as u64).to_le_bytes());
        input.extend(first);
        input.extend(second);
        input
    };
    let groups = frames(0, &[&[b"one"], &[b"two", b""], &[&[7; 100]]], true);
    let unmarked = frames(0, &[&[b"one"], &[b"two", b"three"]], false);
    let second = frames(unmarked.len() as u64, &[&[b"four"], &[b"five"]], true);
    let with_header = [&segment::header(OWNER)[..], &groups].concat();
    let torn = [&unmarked[..], &[0xA5; 40]].concat();
    vec![
        seed(SEALED | ZEROS, 0, &groups, &[]),
        seed(SEALED | ZEROS, 35, &groups, &[]),
        seed(SEALED | ZEROS | TWO, 0, &unmarked, &second),
        seed(ZEROS | TWO | RAW_START, 0, &unmarked, &second),
        seed(ZEROS | RAW_HEADER, 0, &with_header, &[]),
        seed(SEALED | ZEROS | RAW_HEADER, 0, &with_header, &[]),
        seed(ZEROS, 0, &torn, &[]),
        seed(ZEROS, 0, &[], &[]),
    ]
}

/// Groups of entries, back to back from `position` on.
fn frames(mut position: u64, groups: &[&[&[u8]]], marked: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    for group in groups {
        let durable = Position(position);
        for payload in *group {
            let entry = entry(payload);
            let location = frame::place(&entry, Position(position));
            frame::encode(&entry, location, durable, &mut bytes);
            bytes.extend(*payload);
            position += frame::frame_bytes(location);
        }
    }
    if marked {
        bytes.extend(frame::mark(Position(position)));
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments() {
        SEGMENTS.check();
    }
}
