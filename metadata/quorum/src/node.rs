//! A controller: puts log, snapshots, state machine and openraft together, and takes them apart.

use std::collections::BTreeMap;
use std::future::{self, Future};
use std::sync::Arc;

use openraft::async_runtime::watch::WatchReceiver;
use penstock_model::client::MetadataClient;
use penstock_model::id::NodeId;
use penstock_model::image::MetadataImage;
use penstock_model::watch as images;
use penstock_wal::WalError;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::bucket::BucketError;
use crate::client::QuorumClient;
use crate::compaction::{self, Progress};
use crate::identity::{RaftId, Voter};
use crate::log_store::{LogError, LogStore, Shared};
use crate::loopback::Loopback;
use crate::network::Network;
use crate::peer::{Answerer, Peers};
use crate::place::{Found, Place};
use crate::settings::QuorumSettings;
use crate::snapshot_store::{Covered, SnapshotError, SnapshotPlace, SnapshotStore};
use crate::state_machine::StateMachine;
use crate::timers;
use crate::type_config::{Fatal, Raft, openraft_config};

/// What a controller is made of, beside what it keeps.
pub struct Parts {
    /// Its identity: the [`id`](Place::id) of its place.
    pub id: RaftId,
    /// Who votes in a cluster that is only now being formed; the same on each. Of no effect once
    /// the log has a membership. Without this controller in it, it waits to be taken in.
    pub voters: BTreeMap<RaftId, Voter>,
    /// The way to the others.
    pub network: Arc<dyn Network>,
    /// How it is tuned.
    pub settings: QuorumSettings,
}

impl Parts {
    /// Those of a controller that is the only voter: it needs no address and no network.
    #[must_use]
    pub fn alone(id: RaftId, node: NodeId, settings: QuorumSettings) -> Self {
        let voters = BTreeMap::from([(id, Voter { node, address: String::new() })]);
        Self { id, voters, network: Loopback::default().seen_by(id), settings }
    }
}

/// Why a controller cannot start. Nothing was changed that a later start would miss.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// See the error.
    #[error(transparent)]
    Log(#[from] LogError),
    /// See the error.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// See the error.
    #[error(transparent)]
    Bucket(#[from] BucketError),
    /// Mend the settings.
    #[error("the settings of the metadata quorum contradict each other: {0}")]
    Settings(String),
    /// What log and snapshot hold does not fit together, or the disk failed: the text says which.
    #[error("Raft cannot start: {0}")]
    Raft(String),
}

/// Raft has stopped by itself, and this node with it: say so and end the process.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the metadata quorum has failed on this node: {0}")]
pub struct QuorumFailure(String);

/// A running controller.
pub struct QuorumNode {
    id: RaftId,
    raft: Raft,
    log: Arc<Shared>,
    snapshots: Arc<SnapshotStore>,
    client: Arc<QuorumClient>,
    tasks: Vec<JoinHandle<()>>,
}

impl QuorumNode {
    /// Starts on what the place holds. A lone voter leads within a few writes; with others, see
    /// [`recovered`](Self::recovered).
    ///
    /// # Errors
    /// When what the place holds cannot be used, or the disk fails.
    pub async fn start(place: Place, parts: Parts) -> Result<Self, StartError> {
        assert_eq!(place.id(), parts.id, "a controller starts on what is its own");
        Self::start_on(place.find().await?, parts).await
    }

    /// Starts on what was found. A start that fails leaves nobody at work there either: the log's
    /// writer holds its lock, and lets go of it only once it is closed.
    pub(crate) async fn start_on(found: Found, parts: Parts) -> Result<Self, StartError> {
        let Found { journal, head, snapshots } = found;
        let voters = parts.voters.clone();
        let covered = Covered::default();
        let log = LogStore::open(journal, head, covered.clone(), &parts.settings)?;
        let shared = log.shared();
        let (error, closed) = match Self::assemble(log, snapshots, covered, parts).await {
            Ok(node) => match node.take_part(voters).await {
                Ok(()) => return Ok(node),
                Err(fatal) => (StartError::Raft(fatal.to_string()), node.shutdown().await),
            },
            Err(error) => (error, shared.close().await),
        };
        if let Err(error) = closed {
            tracing::error!(%error, "the quorum's log had stopped before the start failed");
        }
        Err(error)
    }

    /// Puts everything together, and leaves the log to the caller where that fails.
    async fn assemble(
        log: LogStore,
        snapshots: Box<dyn SnapshotPlace>,
        covered: Covered,
        parts: Parts,
    ) -> Result<Self, StartError> {
        let Parts { id, network, settings, .. } = parts;
        let shared = log.shared();
        let (progress, progress_seen) = watch::channel(Progress::default());
        let (published, seen) = images::channel(Arc::new(MetadataImage::default()));
        let snapshots = SnapshotStore::open(snapshots, covered, progress.clone()).await?;
        let snapshots = Arc::new(snapshots);
        let newest = snapshots.load(log.purged()).await?;
        if newest.is_some() && log.is_pristine() {
            return Err(LogError::Gone.into());
        }
        let state_machine = StateMachine::new(newest, snapshots.clone(), published, progress);

        let config =
            openraft_config(&settings).map_err(|error| StartError::Settings(error.to_string()))?;
        let raft = Raft::new(id, config, Peers(network.clone()), log, state_machine)
            .await
            .map_err(|fatal| StartError::Raft(fatal.to_string()))?;
        let client = Arc::new(QuorumClient::new(raft.clone(), seen, network, &settings));
        let compaction = compaction::run(raft.clone(), progress_seen, settings);
        let tasks = vec![
            tokio::spawn(timers::run(raft.clone(), id)),
            // It ends when openraft does, which says why itself.
            tokio::spawn(async move { drop(compaction.await) }),
        ];
        Ok(Self { id, raft, log: shared, snapshots, client, tasks })
    }

    /// Forms the cluster if there is none yet; a lone voter leads at once.
    async fn take_part(&self, voters: BTreeMap<RaftId, Voter>) -> Result<(), Fatal> {
        if !self.raft.is_initialized().await? {
            if voters.contains_key(&self.id)
                && let Err(error) = self.raft.initialize(voters).await
            {
                // Somebody else's entries came first: there is a cluster now.
                match error {
                    openraft::errors::RaftError::Fatal(fatal) => return Err(fatal),
                    openraft::errors::RaftError::APIError(_) => {}
                }
            }
            return Ok(());
        }
        let id = self.id;
        let alone = self
            .raft
            .with_raft_state(move |state| state.membership_state.effective().voter_ids().eq([id]));
        if alone.await? {
            self.raft.trigger().elect(false).await?;
        }
        Ok(())
    }

    /// The way to the metadata for everyone on this node.
    #[must_use]
    pub fn client(&self) -> Arc<dyn MetadataClient> {
        self.client.clone()
    }

    /// Answers what other controllers ask of this one.
    #[must_use]
    pub fn answerer(&self) -> Answerer {
        Answerer { id: self.id, raft: self.raft.clone(), client: self.client.clone() }
    }

    /// Waits until the image has caught up with all that this node knew before it was last
    /// stopped. Before, images may be older than what was shown then. Needs a leader.
    ///
    /// # Errors
    /// When the node stops meanwhile.
    pub async fn recovered(&self) -> Result<(), QuorumFailure> {
        let Err(error) = self.raft.wait_for_recovery(None).await else { return Ok(()) };
        // What stopped it says more than that it has stopped.
        let state = self.raft.metrics().borrow_watched().running_state.clone();
        let reason = state.err().map_or_else(|| error.to_string(), |fatal| fatal.to_string());
        Err(QuorumFailure(reason))
    }

    /// Resolves when Raft has stopped by itself; never after [`shutdown`](Self::shutdown).
    pub fn failed(&self) -> impl Future<Output = QuorumFailure> + Send + use<> {
        let mut metrics = self.raft.metrics();
        async move {
            let mut ended = false;
            loop {
                let state = metrics.borrow_watched().running_state.clone();
                match state {
                    Err(Fatal::Stopped) => return future::pending().await,
                    Err(fatal) => return QuorumFailure(fatal.to_string()),
                    Ok(()) if ended => return QuorumFailure("it panicked".to_owned()),
                    Ok(()) => ended = metrics.changed().await.is_err(),
                }
            }
        }
    }

    /// Tells the term that this controller is in, whenever it is asked.
    pub fn term(&self) -> impl Fn() -> u64 + Send + Sync + use<> {
        let metrics = self.raft.metrics();
        move || metrics.borrow_watched().current_term
    }

    #[cfg(test)]
    pub(crate) fn raft(&self) -> &Raft {
        &self.raft
    }

    /// Stops in order: what was answered stays, what was not may or may not. Nobody works in the
    /// place any more when this returns.
    ///
    /// # Errors
    /// When the log had failed before.
    pub async fn shutdown(self) -> Result<(), WalError> {
        // It returns when the core is gone; that it panicked is told by `failed`.
        drop(self.raft.shutdown().await);
        self.tasks.iter().for_each(JoinHandle::abort);
        // A snapshot that is being built outlives the core.
        self.snapshots.close().await;
        self.log.close().await
    }
}
