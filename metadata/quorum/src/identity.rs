//! Who votes: the identity of a controller within Raft, and how others reach it.
//!
//! A Raft id stands for one log on one disk. It is drawn at random when the folder is new, stored
//! in it, and lost with it: a controller that starts over with an empty disk must not be taken for
//! the one that voted before. `node.id`, which Kafka's clients see, may come back; a Raft id never
//! does.
//!
//! So it is the Raft id that the log states as its [`Owner`]: unlike the cluster's id, which the log
//! itself will bring, it is there before the first entry, and another controller's log, be it of
//! the same cluster, holds votes that this one never gave.

use std::fmt;
use std::io;
use std::path::Path;

use penstock_model::id::NodeId;
use penstock_wal::Owner;
use penstock_wal::files::Files;

use crate::stored_number::{StoredNumber, StoredNumberError};

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

/// What the file `id` and the log's owner begin with.
const MAGIC: &[u8; 8] = b"PNSTRFT1";

impl RaftId {
    /// Who the log says it belongs to.
    pub(crate) fn owner(self) -> Owner {
        let mut bytes = [0; Owner::BYTES];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..16].copy_from_slice(&self.0.to_be_bytes());
        Owner(bytes)
    }

    /// The controller that a log says it belongs to; `None` if it is none.
    #[must_use]
    pub fn of_owner(owner: Owner) -> Option<Self> {
        let number = owner.0.strip_prefix(MAGIC)?.first_chunk()?;
        Some(Self(u64::from_be_bytes(*number)))
    }

    /// The id stored in `dir`, which is made if missing, or `drawn`, which is stored there first.
    /// Makes blocking calls. See [`Folder::open`](crate::Folder::open).
    pub(crate) fn load_or_store(
        files: &dyn Files,
        dir: &Path,
        drawn: Self,
    ) -> Result<Self, StoredNumberError> {
        let stored = StoredNumber::new(dir, "id", MAGIC);
        files.create_dir_all(dir).map_err(|error| stored.failed("make the folder of", error))?;
        if let Some(id) = stored.load(files)? {
            return Ok(Self(id));
        }
        match files.list(&dir.join("log")) {
            Ok(log) if !log.is_empty() => return Err(stored.gone()),
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(stored.failed("look for the log of", error));
            }
            _ => {}
        }
        stored.store(files, drawn.0)?;
        Ok(drawn)
    }
}

#[cfg(test)]
mod tests {
    use penstock_wal::files::OsFiles;

    use super::*;

    #[test]
    fn the_first_id_drawn_stays() {
        let dir = tempfile::tempdir().unwrap();
        let load = |drawn| RaftId::load_or_store(&OsFiles, dir.path(), RaftId(drawn)).unwrap();
        assert_eq!(load(7), RaftId(7));
        assert_eq!(load(8), RaftId(7));
    }

    #[test]
    fn owners_are_told_apart() {
        assert_eq!(RaftId::of_owner(RaftId(7).owner()), Some(RaftId(7)));
        assert_eq!(RaftId(0x0102).owner().0, *b"PNSTRFT1\0\0\0\0\0\0\x01\x02\0\0\0\0");
        assert_eq!(RaftId::of_owner(Owner([7; Owner::BYTES])), None);
    }

    #[test]
    fn no_second_id_for_one_log() {
        let dir = tempfile::tempdir().unwrap();
        let load = || RaftId::load_or_store(&OsFiles, dir.path(), RaftId(7));
        std::fs::create_dir(dir.path().join("log")).unwrap();
        assert_eq!(load().unwrap(), RaftId(7));
        std::fs::write(dir.path().join("log/0.wal"), "entries").unwrap();
        std::fs::remove_file(dir.path().join("id")).unwrap();
        assert!(matches!(load(), Err(StoredNumberError::Gone { .. })));
    }
}
