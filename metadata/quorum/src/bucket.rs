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
pub(crate) mod objects;
mod opening;
pub(crate) mod snapshots;

use std::sync::Arc;

use object_store::ObjectStore;
use object_store::path::Path;
use penstock_model::id::{ClusterId, NodeId};
use penstock_wal::ObjectWalSettings;

use crate::identity::RaftId;
use crate::node::StartError;
use crate::place::Found;

use objects::Objects;
pub use objects::StoreRefused;
use opening::{Opening, Trace};

/// How often the next number may turn out to be taken.
const ATTEMPTS_MAX: usize = 8;

/// The folder of all clusters.
const META: &str = "meta";

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
    /// The clusters whose metadata is in a store. What a first start that was cut short has sent may
    /// arrive when another cluster was begun instead: so where one has a journal or a snapshot, those
    /// do not count that were merely begun, and where none has, one of those is enough. Goes on while
    /// the store fails.
    ///
    /// # Errors
    /// When the store refuses to tell.
    pub async fn clusters(store: &Arc<dyn ObjectStore>) -> Result<Vec<ClusterId>, BucketError> {
        let objects = Objects::new(Arc::clone(store));
        let (mut used, mut begun) = (Vec::new(), None);
        for name in objects.folders(&Path::from(META)).await? {
            let Some(cluster) = cluster_of(&name) else { continue };
            match opening::trace(&objects, &folder_of(cluster)).await? {
                Trace::Used => used.push(cluster),
                Trace::Begun => begun = begun.or(Some(cluster)),
                Trace::Nothing => {}
            }
        }
        Ok(if used.is_empty() { begun.into_iter().collect() } else { used })
    }

    /// The node that keeps a cluster's metadata; `None` where it was not begun. Goes on while the
    /// store fails.
    ///
    /// # Errors
    /// When what is there cannot be used.
    pub async fn keeper(
        store: &Arc<dyn ObjectStore>,
        cluster: ClusterId,
    ) -> Result<Option<NodeId>, BucketError> {
        let objects = Objects::new(Arc::clone(store));
        let newest = opening::newest(&objects, &folder_of(cluster), cluster).await?;
        Ok(newest.map(|incarnation| incarnation.node))
    }

    /// Takes the cluster's metadata over from whoever had it, or begins it. Goes on while the
    /// store fails.
    ///
    /// # Errors
    /// When what is there cannot be used, or is another's.
    pub async fn open(parts: BucketParts) -> Result<Self, StartError> {
        let root = folder_of(parts.cluster);
        let opening = Opening::new(parts, root.clone());
        for _ in 0..ATTEMPTS_MAX {
            if let Some(bucket) = opening.attempt().await? {
                return Ok(bucket);
            }
            tracing::info!(place = %root, "another process of this node was at work meanwhile");
        }
        Err(BucketError::Contested { place: root.to_string() }.into())
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

fn folder_of(cluster: ClusterId) -> Path {
    Path::from(META).join(cluster.to_string())
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
