//! A lone controller's part of a bucket: with it, the node's own disk holds nothing.
//!
//! ```text
//!   meta/{cluster}/incarnation/{n}                   one start of the node; created, never changed
//!   meta/{cluster}/log/{n}/{sequence}                the journal that incarnation n wrote, and its seal
//!   meta/{cluster}/log/begins/{position}             where the journal begins
//!   meta/{cluster}/snapshot/{index}-{term}-{leader}  the newest two snapshots
//! ```
//!
//! The store is the fence. Whoever starts seals the journal of the incarnation before, and takes the
//! next number if nobody else has: a process that was replaced can neither commit a command any
//! more nor take up a journal. The Raft id belongs to the journal, which goes on over all
//! incarnations, and so do vote and terms.
//!
//! A store that is away is asked again without end; until it answers, commands wait.

mod begins;
mod incarnation;
mod objects;
mod snapshots;

use std::sync::Arc;

use object_store::ObjectStore;
use object_store::path::Path;
use penstock_model::id::{ClusterId, NodeId};
use penstock_wal::{LogPart, ObjectRecovery, ObjectWal, ObjectWalSettings, Position, WalError};

use crate::identity::RaftId;
use crate::log_store::LogError;
use crate::node::StartError;
use crate::place::Found;

use begins::StoredBegins;
use incarnation::Incarnation;
pub(crate) use objects::Objects;
pub use objects::StoreRefused;
pub(crate) use snapshots::SnapshotObjects;

/// How often the next number may turn out to be taken.
const ATTEMPTS_MAX: usize = 8;

/// The folder of all clusters.
const META: &str = "meta";

/// Where the store is asked, while a cluster is formatted, whether it refuses to create a key twice.
const PROOF: &str = "proof";

/// Why a bucket's metadata cannot be used. Nothing of it was changed.
#[derive(Debug, thiserror::Error)]
pub enum BucketError {
    /// See the error.
    #[error(transparent)]
    Refused(#[from] StoreRefused),
    /// The bytes are kept.
    #[error("{place} is damaged: {what}; bring it back from a copy of the bucket")]
    Damaged {
        /// Which object.
        place: String,
        /// What does not hold.
        what: &'static str,
    },
    /// Somebody has copied objects from one cluster's folder to another's.
    #[error(
        "{place} belongs to cluster {found}, not to {expected}; nothing was changed: correct cluster.id or storage.url"
    )]
    OtherCluster {
        /// Which object.
        place: String,
        /// Whose it is.
        found: ClusterId,
        /// Whose it should be.
        expected: ClusterId,
    },
    /// It is another node that keeps the cluster's metadata.
    #[error(
        "{place} belongs to node {found}, and this is node {expected}; nothing was changed: correct node.id, cluster.id or storage.url"
    )]
    OtherNode {
        /// Which object.
        place: String,
        /// Whose it is.
        found: NodeId,
        /// Who wanted to start.
        expected: NodeId,
    },
    /// Objects were lost, not by this software.
    #[error("{place} is gone; bring it back from a copy of the bucket")]
    Gone {
        /// Which object or folder.
        place: String,
    },
    /// Let one of them run.
    #[error(
        "{place}: other processes start the same node again and again; stop them, or give each node its own node.id and cluster"
    )]
    Contested {
        /// Which folder.
        place: String,
    },
}

/// What a bucket is opened with.
pub struct BucketParts {
    /// The store, whose root is the bucket's prefix.
    pub store: Arc<dyn ObjectStore>,
    /// The cluster, which may be a new one.
    pub cluster: ClusterId,
    /// This node.
    pub node: NodeId,
    /// How the journal is written.
    pub journal: ObjectWalSettings,
    /// The Raft id of a controller that is only now made, from the system's entropy.
    pub drawn: RaftId,
    /// Drawn for this start alone: tells its objects from everybody else's.
    pub stamp: [u8; 16],
}

/// A lone controller's part of a bucket, which is this process's from now on.
pub struct Bucket {
    id: RaftId,
    found: Found,
}

impl Bucket {
    /// The clusters whose metadata is in a store. Goes on while the store fails.
    ///
    /// # Errors
    /// When the store refuses to tell.
    pub async fn clusters(store: &Arc<dyn ObjectStore>) -> Result<Vec<ClusterId>, BucketError> {
        let names = Objects::new(Arc::clone(store)).folders(&Path::from(META)).await?;
        Ok(names.iter().filter_map(|name| cluster_of(name)).collect())
    }

    /// Takes the cluster's metadata over from whoever had it, or begins it. Goes on while the
    /// store fails.
    ///
    /// # Errors
    /// When what is there cannot be used, or is another's.
    pub async fn open(parts: BucketParts) -> Result<Self, StartError> {
        let opening = Opening {
            objects: Objects::new(Arc::clone(&parts.store)),
            root: Path::from(META).join(parts.cluster.to_string()),
            parts,
        };
        for _ in 0..ATTEMPTS_MAX {
            if let Some(bucket) = opening.attempt().await? {
                return Ok(bucket);
            }
            tracing::info!(place = %opening.root, "another process of this node was at work meanwhile");
        }
        Err(BucketError::Contested { place: opening.root.to_string() }.into())
    }

    /// The Raft id that the journal belongs to.
    #[must_use]
    pub fn id(&self) -> RaftId {
        self.id
    }

    pub(crate) fn find(self) -> Found {
        self.found
    }
}

struct Opening {
    objects: Objects,
    /// The cluster's folder.
    root: Path,
    parts: BucketParts,
}

impl Opening {
    /// `None` if another process came first.
    async fn attempt(&self) -> Result<Option<Bucket>, StartError> {
        match self.newest().await? {
            Some(former) => self.go_on(&former).await,
            None => self.begin().await,
        }
    }

    /// Begins the metadata of a new cluster.
    async fn begin(&self) -> Result<Option<Bucket>, StartError> {
        self.check_nothing_is_there().await?;
        let id = self.parts.drawn;
        let journal = self.journal(id);
        let failed = |error| LogError::of_journal(error, id);
        journal.prove_fence(PROOF).await.map_err(failed)?;
        let recovery = journal.recover(&[], Position(0), Some(Position(0)), 1).await;
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
        let sealed = journal.seal(former.own_part(), Some(begun)).await;
        let head = self.begins(former).await?;
        let begins = head.position();
        let end = match sealed {
            Ok(end) if end < begins && begun < begins => return Ok(None),
            Err(WalError::Missing { .. }) if begun < begins => return Ok(None),
            Ok(end) => end,
            Err(error) => return failed(error),
        };
        let mut parts = former.parts_to_recover(end);
        let recovery = match journal.recover(&parts, end, Some(begins), number).await {
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
        let listed = self.objects.list(&self.root.clone().join("incarnation")).await?;
        let Some(newest) = listed.iter().filter_map(number_of).max() else { return Ok(None) };
        let path = self.incarnation(newest);
        let place = path.to_string();
        let Some(bytes) = self.objects.get(&path).await? else {
            return Err(BucketError::Gone { place });
        };
        let found = match Incarnation::decode(&bytes) {
            Ok(found) if found.number() == newest => found,
            Ok(_) => return Err(BucketError::Damaged { place, what: "it states another number" }),
            Err(what) => return Err(BucketError::Damaged { place, what }),
        };
        let BucketParts { cluster, node, .. } = self.parts;
        if found.cluster != cluster {
            let (found, expected) = (found.cluster, cluster);
            return Err(BucketError::OtherCluster { place, found, expected });
        }
        if found.node != node {
            return Err(BucketError::OtherNode { place, found: found.node, expected: node });
        }
        Ok(Some(found))
    }

    /// A cluster without an incarnation has nothing else either.
    async fn check_nothing_is_there(&self) -> Result<(), BucketError> {
        let mut there = self.objects.list(&self.log()).await?;
        there.extend(self.objects.list(&self.snapshots()).await?);
        if there.iter().all(|path| path.filename() == Some(PROOF)) {
            return Ok(());
        }
        Err(BucketError::Gone { place: self.root.clone().join("incarnation").to_string() })
    }

    fn journal(&self, id: RaftId) -> ObjectWal {
        let BucketParts { store, journal, .. } = &self.parts;
        ObjectWal::new(Arc::clone(store), self.log(), id.owner(), journal.clone())
    }

    fn log(&self) -> Path {
        self.root.clone().join("log")
    }

    fn snapshots(&self) -> Path {
        self.root.clone().join("snapshot")
    }

    fn incarnation(&self, number: u64) -> Path {
        self.root.clone().join("incarnation").join(numbered(number))
    }
}

/// The cluster whose folder has this name.
fn cluster_of(name: &str) -> Option<ClusterId> {
    let cluster = ClusterId(u128::from_str_radix(name, 16).ok()?.to_be_bytes());
    (cluster.to_string() == name).then_some(cluster)
}

/// A number as the last part of a key: later ones sort behind earlier ones.
fn numbered(number: u64) -> String {
    format!("{number:020}")
}

/// Reads what [`numbered`] wrote.
fn number_of(path: &Path) -> Option<u64> {
    let name = path.filename()?;
    let number = name.parse().ok()?;
    (numbered(number) == name).then_some(number)
}
