//! Why a node does not start, and why one ends by itself. Each says what to do.

use std::io;

use penstock_model::client::SubmitError;
use penstock_model::command::Refused;
use penstock_quorum::{QuorumFailure, StoredNumberError};
use penstock_s3stream::Failure;
use penstock_s3stream::store::open::OpenError;
use penstock_wal::WalError;

use super::log_owner::LogOwner;

/// Why a node does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another process uses the folder.
    #[error("{0} is in use by another process; stop it, or set another data.dir")]
    Locked(String),
    /// Give the process a folder that it may write.
    #[error("data.dir: {0}")]
    Folder(io::Error),
    /// Free the address, or set another.
    #[error("cannot listen on {address} ({setting}): {reason}")]
    Bind {
        /// As set.
        address: String,
        /// By which setting.
        setting: &'static str,
        /// What the system said.
        reason: io::Error,
    },
    /// See the error.
    #[error(transparent)]
    Identity(#[from] StoredNumberError),
    /// See the error.
    #[error(transparent)]
    Quorum(#[from] penstock_quorum::StartError),
    /// See the error.
    #[error(transparent)]
    QuorumFailed(#[from] QuorumFailure),
    /// See the error.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// The metadata is another cluster's.
    #[error(
        "the metadata belongs to cluster {found}, not to {expected}; correct cluster.id, data.dir or storage.url"
    )]
    OtherCluster {
        /// What the metadata says.
        found: String,
        /// What `cluster.id` says.
        expected: String,
    },
    /// The store is shared, and nobody said which part of it is meant.
    #[error(
        "storage.url holds the metadata of several clusters: {0}; set cluster.id to one of them"
    )]
    SeveralClusters(String),
    /// The metadata would begin anew in the store.
    #[error(
        "{0} holds metadata, and with this wal.url it is kept in the object store; nothing was changed: set wal.url back, or name an empty data.dir"
    )]
    MetadataInFolder(String),
    /// A new cluster would begin beside one that may be this node's.
    #[error(
        "storage.url holds the metadata of cluster {clusters}, and {folder} holds none; nothing was changed: set wal.url=object to go on with what is there, bring the folder back if this node had one, or set cluster.id to an id that is not there to begin another cluster beside it"
    )]
    MetadataInStore {
        /// Where this start would keep metadata.
        folder: String,
        /// Whose metadata is in the store.
        clusters: String,
    },
    /// The log that `wal.url` names is another's. It is kept as it is.
    #[error(
        "{place} belongs to {found}, and this is {expected}; nothing was changed: correct wal.url or node.id, or name an empty folder"
    )]
    OthersLog {
        /// Which file.
        place: String,
        /// What it says.
        found: LogOwner,
        /// What it would have to say.
        expected: LogOwner,
    },
    /// The node's records may be in a log of the other kind.
    #[error(
        "node {node} keeps its log in {found}, and wal.url names {asked}; nothing was changed: set wal.url back, or give this start another node.id"
    )]
    OtherWalKind {
        /// The node.
        node: penstock_model::id::NodeId,
        /// Where its log is.
        found: &'static str,
        /// Where it would be.
        asked: &'static str,
    },
    /// There is a log, and no metadata that says what it holds.
    #[error(
        "{log} holds a log, and {metadata} nothing of the metadata that it belongs to; the log was not changed: bring back that folder (is its disk mounted?), or name an empty folder in wal.url to begin anew without what the log holds"
    )]
    MetadataGone {
        /// The log's folder.
        log: String,
        /// Where the metadata should be.
        metadata: String,
    },
    /// The metadata says no to what every start does.
    #[error("the metadata refuses to let this node in: {0}")]
    Refused(#[from] Refused),
    /// See the error.
    #[error("the write-ahead log cannot be used: {0}")]
    Wal(#[from] WalError),
    /// See the error.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// See the error.
    #[error("log and metadata contradict each other: {0}; restore data.dir as a whole")]
    Storage(#[from] penstock_s3stream::StartError),
}

/// Why a running node ended by itself. What was acknowledged is safe.
#[derive(Debug, thiserror::Error)]
pub enum NodeFailure {
    /// See the error.
    #[error(transparent)]
    Storage(#[from] Failure),
    /// See the error.
    #[error(transparent)]
    Quorum(#[from] QuorumFailure),
    /// A bug: a task that must run as long as the node has ended.
    #[error("a task of the node ended: {0}")]
    Task(String),
}
