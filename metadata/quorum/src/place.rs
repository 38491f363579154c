//! Where a controller keeps its bytes: the seam between what it keeps and where.
//!
//! A journal on a write-ahead log, where that begins, and snapshots: [`Folder`] has them on a disk,
//! [`Bucket`] in an object store.

use std::io;

use async_trait::async_trait;
use penstock_wal::{Position, Recovering};

use crate::bucket::Bucket;
use crate::folder::Folder;
use crate::identity::RaftId;
use crate::journal_sink::Waiter;
use crate::node::StartError;
use crate::snapshot_store::SnapshotPlace;

/// Where a controller keeps its bytes.
pub enum Place {
    /// A folder on a disk.
    Folder(Folder),
    /// A part of a bucket, for a controller that is the only voter.
    Bucket(Bucket),
}

/// What a controller finds there, and goes on with.
pub(crate) struct Found {
    /// The write-ahead log that the journal is in.
    pub(crate) journal: Box<dyn Recovering<Waiter>>,
    pub(crate) head: Box<dyn Head>,
    pub(crate) snapshots: Box<dyn SnapshotPlace>,
}

/// Keeps where the journal begins, so that the next start can tell what was given up, and what was
/// never there, from what was lost: with the journal, votes would be.
#[async_trait]
pub(crate) trait Head: Send + Sync + 'static {
    /// Once it returns, every later start takes the journal from here on, and only then is it
    /// trimmed. Positions grow.
    async fn store(&self, position: Position) -> io::Result<()>;
}

impl Place {
    /// The controller's identity.
    #[must_use]
    pub fn id(&self) -> RaftId {
        match self {
            Self::Folder(folder) => folder.id(),
            Self::Bucket(bucket) => bucket.id(),
        }
    }

    pub(crate) async fn find(self) -> Result<Found, StartError> {
        match self {
            Self::Folder(folder) => Ok(folder.find().await?),
            Self::Bucket(bucket) => Ok(bucket.find()),
        }
    }
}
