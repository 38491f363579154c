//! RFC 8878. Frames may follow one another.

use std::io;

use zstd::stream::{read, write};

use super::{BoundedBuffer, Reach};

const MAGIC: u32 = 0xfd2f_b528;
/// The magic numbers of frames to be skipped differ in their last four bits.
const MAGIC_SKIPPED: u32 = 0x184d_2a50;

/// A block inflates to no more than this.
const BLOCK_BYTES_MAX: u64 = 128 << 10;
/// What the decoder has beside its window: itself with its tables (0.16 MiB), a block as it comes
/// in, and two blocks behind the window.
const READER_BYTES: usize = (256 + 3 * 128) << 10;

/// What the encoder has beside window and tables: sequences and literals of a block, the optimal
/// parser's prices, a block in and a block out.
const WRITER_BYTES: usize = 3 << 20;
/// The logarithms of the two tables' sizes at each level from 1 on (zstd's `clevels.h`, for input
/// of unknown size) and of the window.
const TABLE_LOGS: [(u32, u32, u32); 22] = [
    (19, 13, 14),
    (20, 15, 16),
    (21, 16, 17),
    (21, 18, 18),
    (21, 18, 19),
    (21, 18, 19),
    (21, 19, 20),
    (21, 19, 20),
    (22, 20, 21),
    (22, 21, 22),
    (22, 21, 22),
    (22, 22, 23),
    (22, 22, 22),
    (22, 22, 23),
    (22, 23, 23),
    (22, 22, 22),
    (23, 23, 22),
    (23, 23, 22),
    (23, 24, 22),
    (25, 25, 23),
    (26, 26, 24),
    (27, 27, 25),
];
/// The smallest window that there is.
const WINDOW_LOG_MIN: u32 = 10;

pub(crate) type Reader<'a> = read::Decoder<'static, &'a [u8]>;
pub(crate) type Writer = write::Encoder<'static, BoundedBuffer>;

pub(crate) fn reader(compressed: &[u8], window_log_max: u32) -> io::Result<Reader<'_>> {
    let mut reader = Reader::with_buffer(compressed)?;
    reader.window_log_max(window_log_max)?;
    Ok(reader)
}

/// One decoder reads all frames, and has the window of the greatest. Of a window no more is
/// touched than there is content.
pub(crate) fn reach(compressed: &[u8], window_log_max: u32) -> Reach {
    let mut reach = Reach::default();
    let mut rest = compressed;
    while let Some(frame) = Frame::take(&mut rest) {
        if frame.window > 1 << window_log_max {
            break;
        }
        let touched = usize::try_from(frame.window.min(frame.content)).unwrap_or(usize::MAX);
        reach.memory_bytes = reach.memory_bytes.max(touched);
        reach.inflated_bytes = reach.inflated_bytes.saturating_add(frame.content);
        if !frame.whole {
            break;
        }
    }
    reach.memory_bytes = reach.memory_bytes.saturating_add(READER_BYTES);
    reach
}

/// What the heads of a frame and of its blocks say.
struct Frame {
    window: u64,
    /// Upper bound on what it inflates to.
    content: u64,
    whole: bool,
}

impl Frame {
    /// Takes the next frame off `rest`; `None` where there is none, and where nothing of it could be
    /// inflated.
    fn take(rest: &mut &[u8]) -> Option<Self> {
        let magic = little_endian(rest, 4)?;
        if magic & !0xf == u64::from(MAGIC_SKIPPED) {
            let bytes = little_endian(rest, 4)?;
            *rest = rest.get(usize::try_from(bytes).ok()?..)?;
            return Some(Self { window: 0, content: 0, whole: true });
        }
        if magic != u64::from(MAGIC) {
            return None;
        }
        let descriptor = little_endian(rest, 1)?;
        let single_segment = descriptor & 1 << 5 != 0;
        let window = if single_segment { None } else { Some(window(little_endian(rest, 1)?)) };
        let _dictionary = little_endian(rest, [0, 1, 2, 4][usize_of(descriptor & 3)])?;
        let size_bytes = match descriptor >> 6 {
            0 => usize::from(single_segment),
            1 => 2,
            2 => 4,
            _ => 8,
        };
        let stated = little_endian(rest, size_bytes)?;
        // The size in two bytes counts from 256 on.
        let stated = if size_bytes == 2 { stated + 256 } else { stated };
        let mut frame = Self { window: window.unwrap_or(stated), content: 0, whole: false };
        frame.take_blocks(rest);
        if frame.whole && descriptor & 1 << 2 != 0 {
            frame.whole = little_endian(rest, 4).is_some();
        }
        Some(frame)
    }

    fn take_blocks(&mut self, rest: &mut &[u8]) {
        while let Some(head) = little_endian(rest, 3) {
            let (last, kind, size) = (head & 1 != 0, head >> 1 & 3, head >> 3);
            let (stored, inflated) = match kind {
                0 => (size, size),
                1 => (1, size),
                _ => (size, BLOCK_BYTES_MAX),
            };
            self.content = self.content.saturating_add(inflated.min(BLOCK_BYTES_MAX));
            match rest.get(usize_of(stored)..) {
                Some(behind) => *rest = behind,
                None => return,
            }
            if last {
                self.whole = true;
                return;
            }
        }
    }
}

/// What a window's byte means: five bits of exponent, three of mantissa.
fn window(byte: u64) -> u64 {
    let base = 1_u64 << (u64::from(WINDOW_LOG_MIN) + (byte >> 3));
    base + base / 8 * (byte & 7)
}

/// Takes a number of up to eight bytes.
fn little_endian(rest: &mut &[u8], bytes: usize) -> Option<u64> {
    let (taken, behind) = rest.split_at_checked(bytes)?;
    *rest = behind;
    Some(taken.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

fn usize_of(number: u64) -> usize {
    usize::try_from(number).expect("a block's size has 21 bits")
}

/// The window that an encoder of so many bytes needs, as a power of two: its level's at most.
fn window_log(level: i32, records_bytes: u64) -> u32 {
    let needed = records_bytes.max(1).next_power_of_two().ilog2();
    needed.clamp(WINDOW_LOG_MIN, logs(level).0)
}

/// Of levels below 1, zstd's fastest, the first's are upper bounds.
fn logs(level: i32) -> (u32, u32, u32) {
    // 0 stands for the default.
    let level = if level == 0 { ::zstd::DEFAULT_COMPRESSION_LEVEL } else { level };
    let at = usize::try_from(level - 1).unwrap_or(0);
    TABLE_LOGS[at.min(TABLE_LOGS.len() - 1)]
}

/// What an encoder of so many bytes takes. zstd cuts its tables to twice the window.
pub(crate) fn writer_bytes(level: i32, records_bytes: u64) -> usize {
    let (_, chain, hash) = logs(level);
    let window = window_log(level, records_bytes);
    let table = |log: u32| 1_usize << log.min(window + 1);
    // Numbers of four bytes, and with some strategies a byte more for each place of the second.
    WRITER_BYTES + (1 << window) + 4 * table(chain) + 5 * table(hash)
}

/// A writer of about `records_bytes`, at most. A window beyond them would only take memory, here
/// and in every reader.
pub(crate) fn writer(out: BoundedBuffer, level: i32, records_bytes: u64) -> io::Result<Writer> {
    let mut writer = Writer::new(out, level)?;
    writer.window_log(window_log(level, records_bytes))?;
    Ok(writer)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    /// Zeros as frames: of one, two or four blocks of a window that level 22 has.
    fn frame(level: i32, window_log: u32, bytes: usize) -> Vec<u8> {
        let mut writer = Writer::new(BoundedBuffer::new(Vec::new(), 1 << 20), level).unwrap();
        writer.window_log(window_log).unwrap();
        writer.write_all(&vec![0; bytes]).unwrap();
        writer.finish().unwrap().bytes
    }

    #[track_caller]
    fn check(compressed: &[u8], memory: usize, inflated: std::ops::RangeInclusive<u64>) {
        let reach = reach(compressed, 27);
        assert_eq!(reach.memory_bytes, READER_BYTES + memory);
        assert!(inflated.contains(&reach.inflated_bytes), "{reach:?}");
        let mut all = Vec::new();
        if reader(compressed, 27).unwrap().read_to_end(&mut all).is_ok() {
            assert!(all.len() as u64 <= reach.inflated_bytes);
        }
    }

    #[test]
    fn a_window_counts_as_far_as_there_is_content() {
        const BLOCK: usize = 128 << 10;
        let large = frame(1, 27, 4 << 20);
        let blocks = (4 << 20)..=(4 << 20) + BLOCK as u64;
        let touched = usize::try_from(reach(&large, 27).inflated_bytes).unwrap();
        check(&large, touched, blocks.clone());
        check(&frame(1, 20, 4 << 20), 1 << 20, blocks.clone());
        // The greatest window of all frames, the sum of all contents; a frame to be skipped.
        let skipped = b"\x5f\x2a\x4d\x18\x03\0\0\0abc".to_vec();
        let frames = [frame(1, 19, 2 << 20), skipped, frame(1, 20, 2 << 20)].concat();
        check(&frames, 1 << 20, (4 << 20)..=(4 << 20) + 2 * BLOCK as u64);
        // Nothing comes of what is beyond the limit, is cut off, or is no frame.
        check(b"\x28\xb5\x2f\xfd\x00\xa8\x09\0\0\0", 0, 0..=0);
        check(&large[..5], 0, 0..=0);
        check(b"no frame", 0, 0..=0);
        check(&large[..large.len() - 1], touched, blocks);
    }

    #[test]
    fn sizes_that_a_head_states() {
        // A single segment of 300 bytes, stored: the size in two bytes, less 256.
        let stored = [b"\x28\xb5\x2f\xfd\x60\x2c\x00\x61\x09\x00".as_slice(), &[7; 300]].concat();
        check(&stored, 300, 300..=300);
        // A block of one byte, repeated 100,000 times.
        let repeated = b"\x28\xb5\x2f\xfd\xa0\xa0\x86\x01\x00\x03\x35\x0c\x07";
        check(repeated, 100_000, 100_000..=100_000);
    }

    #[test]
    fn an_encoder_has_no_more_than_its_level_and_its_input_ask_for() {
        fn check(level: i32, records: u64, window: u32) {
            assert_eq!(window_log(level, records), window, "{level}, {records}");
        }
        check(3, 1, 10);
        check(3, 1 << 20, 20);
        check(3, (1 << 20) + 1, 21);
        check(3, 1 << 40, 21);
        check(0, 1 << 40, 21);
        check(-5, 1 << 40, 19);
        check(22, 1 << 20, 20);
        check(22, 1 << 40, 27);
        assert!(writer_bytes(3, 1 << 20) < 6 << 20);
        assert!(writer_bytes(22, 1 << 20) < 23 << 20);
    }
}
