//! Where the journal begins: the greatest number among the names in a folder.
//!
//! The objects are empty. A greater one is created before the smaller ones are removed; a process
//! that was replaced can only add smaller ones.

use std::io;

use async_trait::async_trait;
use object_store::path::Path;
use penstock_wal::Position;
use tokio::sync::Mutex;

use super::objects::Objects;
use super::{BucketError, number_of, numbered};
use crate::place::Head;

/// See the module.
pub(super) struct StoredBegins {
    objects: Objects,
    folder: Path,
    /// Those that are there. Held while one is stored.
    there: Mutex<Vec<Position>>,
    /// The greatest one that was found.
    found: Position,
}

impl StoredBegins {
    /// Of the journal below `log`.
    pub(super) async fn load(objects: Objects, log: &Path) -> Result<Self, BucketError> {
        let folder = log.clone().join("begins");
        let listed = objects.list(&folder).await?;
        let there: Vec<_> = listed.iter().filter_map(number_of).map(Position).collect();
        let found = there.iter().max().copied().unwrap_or_default();
        Ok(Self { objects, folder, there: Mutex::new(there), found })
    }

    /// Where it began when this was loaded: at the very first position, if it never was trimmed.
    pub(super) fn position(&self) -> Position {
        self.found
    }

    /// The folder, for a person.
    pub(super) fn place(&self) -> String {
        self.folder.to_string()
    }

    fn path(&self, position: Position) -> Path {
        self.folder.clone().join(numbered(position.0))
    }
}

#[async_trait]
impl Head for StoredBegins {
    async fn store(&self, position: Position) -> io::Result<()> {
        let mut there = self.there.lock().await;
        let path = self.path(position);
        if !self.objects.create(&path, &[]).await.map_err(io::Error::other)? {
            return Err(io::Error::other(format!("{path} is taken by something else")));
        }
        let mut left = vec![position];
        for old in there.drain(..).filter(|old| *old != position) {
            if let Err(error) = self.objects.remove(&self.path(old)).await {
                let place = self.path(old);
                tracing::warn!(%place, %error, "a superfluous object cannot be removed");
                left.push(old);
            }
        }
        *there = left;
        Ok(())
    }
}
