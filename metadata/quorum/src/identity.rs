//! Who votes: the identity of a controller within Raft, and how others reach it.
//!
//! A Raft id stands for one log on one disk. It is drawn at random when the folder is new, stored
//! in it, and lost with it: a controller that starts over with an empty disk must not be taken for
//! the one that voted before. `node.id`, which Kafka's clients see, may come back; a Raft id never
//! does.

use std::fmt;
use std::io::{self, IoSlice};
use std::path::Path;

use penstock_model::id::NodeId;
use penstock_wal::files::{Files, OpenMode};

/// One log on one disk, for as long as that disk's content lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RaftId(pub u64);

impl fmt::Display for RaftId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// What the members know of one another; part of the replicated membership.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Voter {
    /// The node it runs on.
    pub node: NodeId,
    /// Where its internal listener is reached, `host:port`; empty if nobody else needs to.
    pub address: String,
}

/// Why a folder's Raft id cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
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
    /// The bytes are kept as they are. Restore the file, or give this controller up and add it
    /// anew with an empty folder.
    #[error(
        "{path} is damaged: it holds no Raft id; restore it, or start over with an empty folder as a new voter"
    )]
    Damaged {
        /// Which file.
        path: String,
    },
}

/// File: magic `PNSTRFT1` | id, big-endian u64 | CRC32C of the 16 bytes before it.
const MAGIC: &[u8; 8] = b"PNSTRFT1";
const FILE_BYTES: usize = 20;

fn encode(id: RaftId) -> [u8; FILE_BYTES] {
    let mut bytes = [0; FILE_BYTES];
    bytes[..8].copy_from_slice(MAGIC);
    bytes[8..16].copy_from_slice(&id.0.to_be_bytes());
    let checksum = crc32c::crc32c(&bytes[..16]);
    bytes[16..].copy_from_slice(&checksum.to_be_bytes());
    bytes
}

fn decode(bytes: &[u8; FILE_BYTES]) -> Option<RaftId> {
    let id = RaftId(u64::from_be_bytes(bytes[8..16].try_into().ok()?));
    (encode(id) == *bytes).then_some(id)
}

impl RaftId {
    /// The id stored in `dir`, or `drawn`, which is stored there first. `drawn` comes from the
    /// system's entropy; `dir` must exist. Makes blocking calls.
    ///
    /// # Errors
    /// When the disk fails, or the stored id is damaged: never a new id in its place.
    pub fn load_or_store(
        files: &dyn Files,
        dir: &Path,
        drawn: Self,
    ) -> Result<Self, IdentityError> {
        let path = dir.join("id");
        let failed = |action, path: &Path| {
            let path = path.display().to_string();
            move |source| IdentityError::Io { action, path, source }
        };
        match files.open(&path, OpenMode::Read) {
            Ok(file) => {
                let damaged = || IdentityError::Damaged { path: path.display().to_string() };
                let mut bytes = [0; FILE_BYTES];
                match file.read_exact_at(&mut bytes, 0) {
                    Ok(()) => {
                        let id = decode(&bytes).ok_or_else(damaged)?;
                        // Its name may be in the kernel's cache only, if the process that stored
                        // it died; votes under an id must not outlive it.
                        files.sync_dir(dir).map_err(failed("sync the folder of", &path))?;
                        Ok(id)
                    }
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(damaged()),
                    Err(error) => Err(failed("read", &path)(error)),
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                store(files, dir, &path, drawn).map_err(failed("write", &path))?;
                Ok(drawn)
            }
            Err(error) => Err(failed("open", &path)(error)),
        }
    }
}

/// A crash leaves either no file of that name or a whole one.
fn store(files: &dyn Files, dir: &Path, path: &Path, id: RaftId) -> io::Result<()> {
    let temporary = dir.join("id.tmp");
    match files.remove(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let file = files.open(&temporary, OpenMode::CreateNew)?;
    file.write_all_at(&[IoSlice::new(&encode(id))], 0)?;
    file.sync_data()?;
    files.rename(&temporary, path)?;
    files.sync_dir(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_bytes() {
        let bytes = encode(RaftId(0x0102_0304_0506_0708));
        assert_eq!(&bytes[..16], b"PNSTRFT1\x01\x02\x03\x04\x05\x06\x07\x08");
        assert_eq!(bytes[16..], 0xf15a_0859_u32.to_be_bytes());
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let good = encode(RaftId(77));
        assert_eq!(decode(&good), Some(RaftId(77)));
        for bit in 0..FILE_BYTES * 8 {
            let mut bytes = good;
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(decode(&bytes), None, "bit {bit}");
        }
    }
}
