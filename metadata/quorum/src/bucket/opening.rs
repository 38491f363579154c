//! How a start takes a cluster's metadata over: the order of its steps, each safe to die after.
//!
//! ```text
//!   newest incarnation n ─► seal its journal ─► where does the journal begin ─► recover ─► create n + 1
//!   none ─► nothing else is there ─► prove that the store refuses a second creation ─► create 1
//! ```
//!
//! Nothing is written to a journal before its number is taken, and nobody takes one that is.

use std::sync::Arc;

use object_store::path::Path;
use penstock_model::id::ClusterId;
use penstock_wal::{LogPart, ObjectRecovery, ObjectWal, Position, WalError};

use super::begins::StoredBegins;
use super::incarnation::Incarnation;
use super::objects::Objects;
use super::snapshots::SnapshotObjects;
use super::{Bucket, BucketError, BucketParts, number_of, numbered};
use crate::identity::RaftId;
use crate::log_store::LogError;
use crate::node::StartError;
use crate::place::Found;

/// How the names begin under which the store is asked, while a cluster is begun, whether it refuses
/// to create a key twice.
const PROOF: &str = "proof";

/// One cluster's folder, for one node.
pub(super) struct Opening {
    objects: Objects,
    /// The cluster's folder.
    root: Path,
    parts: BucketParts,
}

impl Opening {
    pub(super) fn new(parts: BucketParts, root: Path) -> Self {
        Self { objects: Objects::new(Arc::clone(&parts.store)), root, parts }
    }

    /// `None` if another process came first.
    pub(super) async fn attempt(&self) -> Result<Option<Bucket>, StartError> {
        match self.newest().await? {
            Some(former) => self.go_on(&former).await,
            None => self.begin().await,
        }
    }

    /// Begins the metadata of a new cluster.
    async fn begin(&self) -> Result<Option<Bucket>, StartError> {
        if !self.nothing_is_there().await? {
            let place = incarnations(&self.root).to_string();
            // Unless another process has begun it meanwhile.
            let begun = self.newest().await?.is_some();
            return if begun { Ok(None) } else { Err(BucketError::Gone { place }.into()) };
        }
        let id = self.parts.drawn;
        let journal = self.journal(id);
        let failed = |error| LogError::of_journal(error, id);
        let proof = format!("{PROOF}-{:032x}", u128::from_be_bytes(self.parts.stamp));
        journal.prove_fence(&proof).await.map_err(failed)?;
        let recovery = journal.recover(&[], Position(0), Position(0), 1).await;
        let incarnation = Incarnation {
            cluster: self.parts.cluster,
            node: self.parts.node,
            id,
            stamp: self.parts.stamp,
            begins: Position(0),
            parts: vec![LogPart { epoch: 1, begins: Position(0) }],
        };
        let head = StoredBegins::load(self.objects.clone(), &self.log()).await?;
        self.take(&incarnation, recovery.map_err(failed)?, head).await
    }

    /// Ends the former incarnation, and goes on where that one did not.
    ///
    /// As long as it is not sealed, it may still trim its journal. A trimmed object looks like one
    /// that is not written yet, or was lost; but where the journal begins is stored before anything
    /// is trimmed, so that looking at that afterwards tells.
    async fn go_on(&self, former: &Incarnation) -> Result<Option<Bucket>, StartError> {
        let (id, number) = (former.id, former.number() + 1);
        let journal = self.journal(id);
        let failed = |error| Err(LogError::of_journal(error, id).into());
        let begun = self.begins(former).await?.position();
        let sealed = journal.seal(former.own_part(), begun).await;
        let head = self.begins(former).await?;
        let begins = head.position();
        let end = match sealed {
            Ok(end) if end < begins && begun < begins => return Ok(None),
            Err(WalError::Missing { .. }) if begun < begins => return Ok(None),
            Ok(end) => end,
            Err(error) => return failed(error),
        };
        let mut parts = former.parts_to_recover(end);
        let recovery = match journal.recover(&parts, end, begins, number).await {
            Ok(recovery) => recovery,
            Err(error) => {
                let trimmed = self.begins(former).await?.position() > begins;
                let again = trimmed && matches!(error, WalError::Missing { .. });
                return if again { Ok(None) } else { failed(error) };
            }
        };
        parts.push(LogPart { epoch: number, begins: end });
        let incarnation = Incarnation { stamp: self.parts.stamp, begins, parts, ..former.clone() };
        self.take(&incarnation, recovery, head).await
    }

    /// Where the journal begins, which is not before it did when the former incarnation started.
    async fn begins(&self, former: &Incarnation) -> Result<StoredBegins, BucketError> {
        let head = StoredBegins::load(self.objects.clone(), &self.log()).await?;
        if head.position() < former.begins {
            return Err(BucketError::Gone { place: head.place() });
        }
        Ok(head)
    }

    /// Takes the number, unless another process has.
    async fn take(
        &self,
        incarnation: &Incarnation,
        recovery: ObjectRecovery,
        head: StoredBegins,
    ) -> Result<Option<Bucket>, StartError> {
        let path = self.incarnation(incarnation.number());
        let ours = self.objects.create(&path, &[incarnation.encode()]).await;
        if !ours.map_err(BucketError::from)? {
            return Ok(None);
        }
        let snapshots = SnapshotObjects::new(self.objects.clone(), self.snapshots());
        let found = Found {
            journal: Box::new(recovery),
            head: Box::new(head),
            snapshots: Box::new(snapshots),
        };
        Ok(Some(Bucket { id: incarnation.id, found }))
    }

    /// The newest incarnation, if it is this node's.
    async fn newest(&self) -> Result<Option<Incarnation>, BucketError> {
        let BucketParts { cluster, node, .. } = self.parts;
        let Some(found) = newest(&self.objects, &self.root, cluster).await? else {
            return Ok(None);
        };
        if found.node != node {
            let place = self.incarnation(found.number()).to_string();
            return Err(BucketError::OtherNode { place, found: found.node, expected: node });
        }
        Ok(Some(found))
    }

    /// A cluster without an incarnation has nothing else either, but for a proof that was cut short.
    async fn nothing_is_there(&self) -> Result<bool, BucketError> {
        Ok(!has_more_than_proofs(&self.objects, &[self.log(), self.snapshots()]).await?)
    }

    fn journal(&self, id: RaftId) -> ObjectWal {
        let BucketParts { store, journal, .. } = &self.parts;
        ObjectWal::new(Arc::clone(store), self.log(), id.owner(), journal.clone())
    }

    fn log(&self) -> Path {
        log(&self.root)
    }

    fn snapshots(&self) -> Path {
        snapshots(&self.root)
    }

    fn incarnation(&self, number: u64) -> Path {
        incarnations(&self.root).join(numbered(number))
    }
}

fn incarnations(root: &Path) -> Path {
    root.clone().join("incarnation")
}

fn log(root: &Path) -> Path {
    root.clone().join("log")
}

fn snapshots(root: &Path) -> Path {
    root.clone().join("snapshot")
}

/// What is there of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trace {
    /// Nothing, but for proofs that were cut short.
    Nothing,
    /// It was begun, and nobody has written to its journal.
    Begun,
    /// A journal or a snapshot.
    Used,
}

/// Looks for what is there of a cluster.
pub(super) async fn trace(objects: &Objects, root: &Path) -> Result<Trace, BucketError> {
    if has_more_than_proofs(objects, &[log(root), snapshots(root)]).await? {
        return Ok(Trace::Used);
    }
    let begun = !objects.list(&incarnations(root)).await?.is_empty();
    Ok(if begun { Trace::Begun } else { Trace::Nothing })
}

async fn has_more_than_proofs(objects: &Objects, folders: &[Path]) -> Result<bool, BucketError> {
    let is_proof = |path: &Path| path.filename().is_some_and(|name| name.starts_with(PROOF));
    for folder in folders {
        if !objects.list(folder).await?.iter().all(is_proof) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The newest incarnation of a cluster, whichever node it is of.
pub(super) async fn newest(
    objects: &Objects,
    root: &Path,
    cluster: ClusterId,
) -> Result<Option<Incarnation>, BucketError> {
    let folder = incarnations(root);
    let listed = objects.list(&folder).await?;
    let Some(newest) = listed.iter().filter_map(number_of).max() else { return Ok(None) };
    let path = folder.join(numbered(newest));
    let place = path.to_string();
    let Some(bytes) = objects.get(&path).await? else {
        return Err(BucketError::Gone { place });
    };
    let found = match Incarnation::decode(&bytes) {
        Ok(found) if found.number() == newest => found,
        Ok(_) => return Err(BucketError::Damaged { place, what: "it states another number" }),
        Err(what) => return Err(BucketError::Damaged { place, what }),
    };
    if found.cluster != cluster {
        let (found, expected) = (found.cluster, cluster);
        return Err(BucketError::OtherCluster { place, found, expected });
    }
    Ok(Some(found))
}
