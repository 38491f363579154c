//! Snapshots as objects: created, never changed, and read back before anything older is given up.
//!
//! An object's name is the last log entry that it includes. A process that was replaced may still
//! create some: what it had applied was committed, and is in the journal of whoever replaced it.

use std::io;

use async_trait::async_trait;
use bytes::Bytes;
use object_store::path::Path;
use penstock_wal::files::Blocking;

use super::objects::{Objects, StoreRefused};
use crate::blocking;
use crate::snapshot::{self, Damage, ReadFailure};
use crate::snapshot_store::{SnapshotError, SnapshotPlace, snapshot_name, snapshot_of_name};
use crate::type_config::{LogId, Snapshot};

/// See the module.
pub(crate) struct SnapshotObjects {
    objects: Objects,
    folder: Path,
}

impl SnapshotObjects {
    pub(crate) fn new(objects: Objects, folder: Path) -> Self {
        Self { objects, folder }
    }

    fn path(&self, id: LogId) -> Path {
        self.folder.clone().join(snapshot_name(id))
    }
}

#[async_trait]
impl SnapshotPlace for SnapshotObjects {
    async fn list(&self) -> Result<Vec<LogId>, SnapshotError> {
        let listed = self.objects.list(&self.folder).await.map_err(refused)?;
        Ok(listed.iter().filter_map(|path| snapshot_of_name(path.filename()?)).collect())
    }

    async fn read(&self, id: LogId) -> Result<Result<Snapshot, Damage>, SnapshotError> {
        let read = self.objects.get(&self.path(id)).await.map_err(refused)?;
        let Some(bytes) = read else { return Ok(Err(Damage::Gone)) };
        let decode = move || snapshot::decode(&bytes[..]);
        match blocking::run(Blocking::Thread, decode).await {
            Ok(snapshot) => Ok(Ok(snapshot)),
            Err(ReadFailure::Damaged(damage)) => Ok(Err(damage)),
            Err(ReadFailure::Io(error)) => unreachable!("bytes in memory cannot make {error}"),
        }
    }

    async fn write(&self, id: LogId, snapshot: &Snapshot) -> io::Result<bool> {
        let (path, snapshot) = (self.path(id), snapshot.clone());
        let encode = move || snapshot::encode(id, &snapshot).map(Bytes::from).collect::<Vec<_>>();
        let pieces = blocking::run(Blocking::Thread, encode).await;
        let created = self.objects.create(&path, &pieces).await.map_err(io::Error::other)?;
        Ok(created && self.objects.holds(&path, &pieces).await.map_err(io::Error::other)?)
    }

    async fn remove(&self, id: LogId) -> io::Result<()> {
        self.objects.remove(&self.path(id)).await.map_err(io::Error::other)
    }

    fn describe(&self) -> String {
        self.folder.to_string()
    }
}

fn refused(StoreRefused { action, place, source }: StoreRefused) -> SnapshotError {
    SnapshotError::Io { action, place, source: io::Error::other(source) }
}
