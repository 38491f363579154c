//! The way to the quorum for everyone on this node: commands go to the leader, wherever it is;
//! images come from this node's own state machine.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use openraft::errors::{ClientWriteError, ForwardToLeader, RaftError};
use penstock_model::client::{MetadataClient, SubmitError};
use penstock_model::command::{Command, Outcome};
use penstock_model::image::MetadataImage;
use penstock_model::watch;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::identity::{RaftId, Voter};
use crate::network::{Answer, Ask, Network, Request, Response};
use crate::settings::QuorumSettings;
use crate::type_config::{Applied, Fatal, Proposal, Raft};

/// See [`MetadataClient`]; its guarantees hold.
pub(crate) struct QuorumClient {
    raft: Raft,
    images: watch::Receiver<Arc<MetadataImage>>,
    network: Arc<dyn Network>,
    /// After so long the fate of a command counts as unknown.
    patience: Duration,
    /// Bytes that may still be proposed here.
    room: Arc<Semaphore>,
    room_bytes: u32,
}

/// What a command takes beside its encoded bytes until it is decided, roughly.
const PROPOSAL_BYTES: u32 = 1 << 10;

/// What became of a command that was proposed here.
enum Proposed {
    Decided(Outcome),
    LedBy(RaftId, Voter),
    Unknown(SubmitError),
}

impl QuorumClient {
    pub(crate) fn new(
        raft: Raft,
        images: watch::Receiver<Arc<MetadataImage>>,
        network: Arc<dyn Network>,
        settings: &QuorumSettings,
    ) -> Self {
        let room_bytes = u32::try_from(settings.submit_bytes).unwrap_or(u32::MAX);
        let room = Arc::new(Semaphore::new(room_bytes as usize));
        Self { raft, images, network, patience: settings.submit_timeout, room, room_bytes }
    }

    async fn propose(&self, proposal: Proposal) -> Proposed {
        // A command that is larger than the whole room gets all of it.
        let bytes = u32::try_from(proposal.encoded().len()).unwrap_or(u32::MAX);
        let bytes = bytes.saturating_add(PROPOSAL_BYTES).min(self.room_bytes);
        let room = Arc::clone(&self.room).acquire_many_owned(bytes).await;
        let room = room.expect("nobody closes it");
        // Whoever asked may go away; what was proposed takes room until it is decided.
        let raft = self.raft.clone();
        let decided = tokio::spawn(async move {
            let written = raft.client_write(proposal).await;
            drop(room);
            written
        });
        let Ok(written) = decided.await else {
            return Proposed::Unknown(SubmitError::Stopped);
        };
        match written {
            Ok(written) => match written.data {
                Applied::Command(outcome) => Proposed::Decided(outcome),
                Applied::Nothing => unreachable!("a command's entry carries a command"),
            },
            Err(RaftError::APIError(ClientWriteError::ForwardToLeader(ForwardToLeader {
                leader_id: Some(leader),
                leader_node: Some(voter),
                ..
            }))) => Proposed::LedBy(leader, voter),
            Err(RaftError::APIError(error)) => {
                Proposed::Unknown(SubmitError::Unavailable(error.to_string()))
            }
            Err(RaftError::Fatal(Fatal::Stopped)) => Proposed::Unknown(SubmitError::Stopped),
            Err(RaftError::Fatal(fatal)) => {
                Proposed::Unknown(SubmitError::Unavailable(fatal.to_string()))
            }
        }
    }

    /// For commands that another controller has sent here, because it took this one for the
    /// leader; they go no further.
    pub(crate) async fn submit_as_leader(
        &self,
        proposal: Proposal,
    ) -> Result<Outcome, SubmitError> {
        match self.propose(proposal).await {
            Proposed::Decided(outcome) => Ok(outcome),
            Proposed::LedBy(leader, _) => {
                Err(SubmitError::Unavailable(format!("controller {leader} leads now")))
            }
            Proposed::Unknown(error) => Err(error),
        }
    }

    async fn submit_anywhere(&self, proposal: Proposal) -> Result<Outcome, SubmitError> {
        let (leader, voter) = match self.propose(proposal.clone()).await {
            Proposed::Decided(outcome) => return Ok(outcome),
            Proposed::LedBy(leader, voter) => (leader, voter),
            Proposed::Unknown(error) => return Err(error),
        };
        let request = Request(Ask::Submit(proposal));
        let outcome = match self.network.ask(leader, &voter, request).await {
            Ok(Response(Answer::Submit(answer))) => answer?,
            Ok(_) => {
                let reason = "the answer belongs to another request".to_owned();
                return Err(SubmitError::Unavailable(reason));
            }
            Err(error) => return Err(SubmitError::Unavailable(error.to_string())),
        };
        // Decided there; what this client shows next must include it.
        let mut images = self.images.clone();
        match images.wait_for(|image| image.index() >= outcome.index).await {
            Ok(_) => Ok(outcome),
            Err(_) => Err(SubmitError::Stopped),
        }
    }
}

#[async_trait]
impl MetadataClient for QuorumClient {
    async fn submit(&self, command: Command) -> Result<Outcome, SubmitError> {
        match timeout(self.patience, self.submit_anywhere(Proposal::new(command))).await {
            Ok(result) => result,
            Err(_) => Err(SubmitError::Unavailable(format!(
                "the command was not decided within {:?}",
                self.patience
            ))),
        }
    }

    fn image(&self) -> Arc<MetadataImage> {
        self.images.borrow().clone()
    }

    fn watch(&self) -> watch::Receiver<Arc<MetadataImage>> {
        self.images.clone()
    }
}
