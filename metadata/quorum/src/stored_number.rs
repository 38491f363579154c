//! One number in a file: the Raft id, and where the log begins.
//!
//! ```text
//!   magic 8 bytes | number u64 big-endian | CRC32C u32 of the 16 bytes before it
//! ```
//!
//! A crash leaves the file as it was, or as it shall be.

use std::io::{self, IoSlice};
use std::path::{Path, PathBuf};

use penstock_wal::files::{Files, OpenMode};

/// Why a stored number cannot be told or changed.
#[derive(Debug, thiserror::Error)]
pub enum StoredNumberError {
    /// Look at the disk.
    #[error("{action} {path}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// The bytes are kept as they are.
    #[error(
        "{path} is damaged; restore it, or start over with an empty folder as a new voter of the metadata quorum"
    )]
    Damaged {
        /// Which file.
        path: String,
    },
    /// It must have been there.
    #[error(
        "{path} is gone; restore it, or start over with an empty folder as a new voter of the metadata quorum"
    )]
    Gone {
        /// Which file.
        path: String,
    },
}

type Magic = [u8; 8];

const FILE_BYTES: usize = 20;

fn encode(magic: &Magic, number: u64) -> [u8; FILE_BYTES] {
    let mut bytes = [0; FILE_BYTES];
    bytes[..8].copy_from_slice(magic);
    bytes[8..16].copy_from_slice(&number.to_be_bytes());
    let checksum = crc32c::crc32c(&bytes[..16]);
    bytes[16..].copy_from_slice(&checksum.to_be_bytes());
    bytes
}

fn decode(magic: &Magic, bytes: &[u8; FILE_BYTES]) -> Option<u64> {
    let number = u64::from_be_bytes(bytes[8..16].try_into().ok()?);
    (encode(magic, number) == *bytes).then_some(number)
}

/// Where a number is stored, under a magic that says what it is.
#[derive(Clone, Debug)]
pub(crate) struct StoredNumber {
    dir: PathBuf,
    name: &'static str,
    magic: &'static Magic,
}

impl StoredNumber {
    pub(crate) fn new(dir: &Path, name: &'static str, magic: &'static Magic) -> Self {
        Self { dir: dir.to_owned(), name, magic }
    }

    /// The number, if one was stored. Makes blocking calls.
    pub(crate) fn load(&self, files: &dyn Files) -> Result<Option<u64>, StoredNumberError> {
        let path = self.dir.join(self.name);
        let file = match files.open(&path, OpenMode::Read) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failed("open", error)),
        };
        let mut bytes = [0; FILE_BYTES];
        let number = match file.read_exact_at(&mut bytes, 0) {
            Ok(()) => decode(self.magic, &bytes),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => None,
            Err(error) => return Err(self.failed("read", error)),
        };
        if number.is_none() {
            return Err(StoredNumberError::Damaged { path: path.display().to_string() });
        }
        // The process that stored it may have died before its name was durable. Nothing may be
        // built on a number that the next crash takes back.
        files.sync_dir(&self.dir).map_err(|error| self.failed("sync the folder of", error))?;
        Ok(number)
    }

    /// Stores a number in place of the former, durably. Makes blocking calls.
    pub(crate) fn store(&self, files: &dyn Files, number: u64) -> Result<(), StoredNumberError> {
        let path = self.dir.join(self.name);
        let temporary = self.dir.join(format!("{}.tmp", self.name));
        let write = || {
            match files.remove(&temporary) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let file = files.open(&temporary, OpenMode::CreateNew)?;
            file.write_all_at(&[IoSlice::new(&encode(self.magic, number))], 0)?;
            file.sync_data()?;
            files.rename(&temporary, &path)?;
            files.sync_dir(&self.dir)
        };
        write().map_err(|error| self.failed("write", error))
    }

    pub(crate) fn gone(&self) -> StoredNumberError {
        StoredNumberError::Gone { path: self.dir.join(self.name).display().to_string() }
    }

    pub(crate) fn failed(&self, action: &'static str, source: io::Error) -> StoredNumberError {
        let path = self.dir.join(self.name).display().to_string();
        StoredNumberError::Io { action, path, source }
    }
}

#[cfg(test)]
mod tests {
    use penstock_wal::files::OsFiles;

    use super::*;

    const MAGIC: &Magic = b"PNSTTEST";

    #[test]
    fn golden_bytes() {
        let bytes = encode(b"PNSTRFT1", 0x0102_0304_0506_0708);
        assert_eq!(&bytes[..16], b"PNSTRFT1\x01\x02\x03\x04\x05\x06\x07\x08");
        assert_eq!(bytes[16..], 0xf15a_0859_u32.to_be_bytes());
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let good = encode(MAGIC, 77);
        assert_eq!(decode(MAGIC, &good), Some(77));
        for bit in 0..FILE_BYTES * 8 {
            let mut bytes = good;
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(decode(MAGIC, &bytes), None, "bit {bit}");
        }
    }

    #[test]
    fn the_last_one_stored_is_loaded() {
        let dir = tempfile::tempdir().unwrap();
        let stored = StoredNumber::new(dir.path(), "number", MAGIC);
        assert_eq!(stored.load(&OsFiles).unwrap(), None);
        for number in [5, 6] {
            stored.store(&OsFiles, number).unwrap();
            assert_eq!(stored.load(&OsFiles).unwrap(), Some(number));
        }
        std::fs::write(dir.path().join("number"), b"PNST").unwrap();
        assert!(matches!(stored.load(&OsFiles), Err(StoredNumberError::Damaged { .. })));
    }
}
