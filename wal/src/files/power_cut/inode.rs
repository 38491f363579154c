//! The bytes of one file: as they can be read, and as they are on the disk.

use std::io;

use super::dice::Dice;

/// What a disk writes in one step, or not at all.
const SECTOR_BYTES: usize = 512;

#[derive(Default)]
pub(super) struct Inode {
    seen: Vec<u8>,
    durable: Vec<u8>,
    /// In order.
    unsynced: Vec<Change>,
}

enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Length(usize),
}

impl Inode {
    pub(super) fn length(&self) -> u64 {
        self.seen.len() as u64
    }

    pub(super) fn content(&self) -> &[u8] {
        &self.seen
    }

    pub(super) fn read(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let found = start.checked_add(buffer.len()).and_then(|end| self.seen.get(start..end));
        let found = found.ok_or(io::ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(found);
        Ok(())
    }

    pub(super) fn write(&mut self, offset: u64, bytes: Vec<u8>) {
        let offset = usize::try_from(offset).expect("files of a simulation are small");
        put(&mut self.seen, offset, &bytes);
        self.unsynced.push(Change::Write { offset, bytes });
    }

    pub(super) fn set_len(&mut self, length: u64) {
        let length = usize::try_from(length).expect("files of a simulation are small");
        self.seen.resize(length, 0);
        self.unsynced.push(Change::Length(length));
    }

    pub(super) fn sync(&mut self) {
        for change in std::mem::take(&mut self.unsynced) {
            match change {
                Change::Write { offset, bytes } => put(&mut self.durable, offset, &bytes),
                Change::Length(length) => self.durable.resize(length, 0),
            }
        }
    }

    /// Each unsynced change reaches the disk, or not, or in part; none can any more later on.
    pub(super) fn settle(&mut self, dice: &mut Dice) {
        for change in std::mem::take(&mut self.unsynced) {
            match change {
                Change::Length(length) if dice.percent(50) => self.durable.resize(length, 0),
                Change::Length(_) => {}
                Change::Write { offset, bytes } => self.settle_write(offset, &bytes, dice),
            }
        }
    }

    fn settle_write(&mut self, offset: usize, bytes: &[u8], dice: &mut Dice) {
        match dice.below(4) {
            0 => {}
            1 => put(&mut self.durable, offset, bytes),
            2 => {
                let torn = usize::try_from(dice.below(bytes.len() as u64 + 1)).expect("a length");
                put(&mut self.durable, offset, &bytes[..torn]);
            }
            _ => {
                let mut at = 0;
                while at < bytes.len() {
                    let in_sector = SECTOR_BYTES - (offset + at) % SECTOR_BYTES;
                    let end = (at + in_sector).min(bytes.len());
                    if dice.percent(50) {
                        put(&mut self.durable, offset + at, &bytes[at..end]);
                    }
                    at = end;
                }
            }
        }
    }

    /// From now on only what is on the disk is there.
    pub(super) fn forget_cache(&mut self) {
        self.seen.clone_from(&self.durable);
    }

    pub(super) fn flip(&mut self, at: usize, mask: u8) {
        self.seen[at] ^= mask;
        if let Some(byte) = self.durable.get_mut(at) {
            *byte ^= mask;
        }
    }
}

fn put(content: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    let end = offset + bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[offset..end].copy_from_slice(bytes);
}
