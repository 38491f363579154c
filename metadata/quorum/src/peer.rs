//! Openraft's side of the [`Network`]: a connection to one other controller, and what answers its
//! requests here.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use openraft::errors::{NetworkError, RPCError, ReplicationClosed, StreamingError};
use openraft::network::{RPCOption, RaftNetworkFactory, RaftNetworkV2};
use openraft::raft::{
    AppendEntriesRequest, AppendEntriesResponse, SnapshotResponse, TransferLeaderRequest,
    TransferLeaderResponse, VoteRequest, VoteResponse,
};
use openraft::{OptionalSend, errors};
use penstock_model::image::MetadataImage;

use crate::client::QuorumClient;
use crate::identity::{RaftId, Voter};
use crate::network::{Answer, Ask, Network, Request, Response, Unreachable};
use crate::type_config::{Fatal, Raft, Snapshot, TypeConfig, Vote};

/// Makes a [`Peer`] of each other member.
pub(crate) struct Peers(pub(crate) Arc<dyn Network>);

impl RaftNetworkFactory<TypeConfig> for Peers {
    type Network = Peer;

    async fn new_client(&mut self, target: RaftId, voter: &Voter) -> Peer {
        Peer { network: self.0.clone(), target, voter: voter.clone() }
    }
}

/// The way to one other member.
pub(crate) struct Peer {
    network: Arc<dyn Network>,
    target: RaftId,
    voter: Voter,
}

impl Peer {
    async fn ask(&self, ask: Ask, patience: Duration) -> Result<Answer, RPCError<TypeConfig>> {
        let answer = self.network.ask(self.target, &self.voter, Request(ask));
        match tokio::time::timeout(patience, answer).await {
            Ok(Ok(Response(answer))) => Ok(answer),
            Ok(Err(error)) => Err(RPCError::Unreachable(errors::Unreachable::new(&error))),
            Err(elapsed) => Err(RPCError::Network(NetworkError::new(&elapsed))),
        }
    }
}

fn foreign_answer() -> RPCError<TypeConfig> {
    RPCError::Network(NetworkError::from_string("the answer belongs to another request"))
}

impl RaftNetworkV2<TypeConfig> for Peer {
    type SnapshotData = Arc<MetadataImage>;

    async fn append_entries(
        &mut self,
        request: AppendEntriesRequest<TypeConfig>,
        option: RPCOption,
    ) -> Result<AppendEntriesResponse<TypeConfig>, RPCError<TypeConfig>> {
        match self.ask(Ask::Append(request), option.soft_ttl()).await? {
            Answer::Append(answer) => Ok(answer),
            _ => Err(foreign_answer()),
        }
    }

    async fn vote(
        &mut self,
        request: VoteRequest<TypeConfig>,
        option: RPCOption,
    ) -> Result<VoteResponse<TypeConfig>, RPCError<TypeConfig>> {
        match self.ask(Ask::Vote(request), option.soft_ttl()).await? {
            Answer::Vote(answer) => Ok(answer),
            _ => Err(foreign_answer()),
        }
    }

    async fn pre_vote(
        &mut self,
        request: VoteRequest<TypeConfig>,
        option: RPCOption,
    ) -> Result<VoteResponse<TypeConfig>, RPCError<TypeConfig>> {
        match self.ask(Ask::PreVote(request), option.soft_ttl()).await? {
            Answer::Vote(answer) => Ok(answer),
            _ => Err(foreign_answer()),
        }
    }

    async fn full_snapshot(
        &mut self,
        vote: Vote,
        snapshot: Snapshot,
        cancel: impl Future<Output = ReplicationClosed> + OptionalSend + 'static,
        option: RPCOption,
    ) -> Result<SnapshotResponse<TypeConfig>, StreamingError<TypeConfig>> {
        let ask = Ask::InstallSnapshot { vote, snapshot };
        tokio::select! {
            biased;
            closed = cancel => Err(closed.into()),
            answer = self.ask(ask, option.soft_ttl()) => match answer? {
                Answer::Snapshot(answer) => Ok(answer),
                _ => Err(foreign_answer().into()),
            },
        }
    }

    async fn transfer_leader(
        &mut self,
        request: TransferLeaderRequest<TypeConfig>,
        option: RPCOption,
    ) -> Result<TransferLeaderResponse<TypeConfig>, RPCError<TypeConfig>> {
        match self.ask(Ask::TransferLeader(request), option.soft_ttl()).await? {
            Answer::TransferLeader(answer) => Ok(answer),
            _ => Err(foreign_answer()),
        }
    }
}

/// Answers the requests of other controllers; a cheap handle.
#[derive(Clone)]
pub struct Answerer {
    pub(crate) id: RaftId,
    pub(crate) raft: Raft,
    pub(crate) client: Arc<QuorumClient>,
}

impl Answerer {
    /// Answers one request.
    ///
    /// # Errors
    /// When this controller is stopping: to the one that asks it is as if it were gone.
    pub async fn answer(&self, Request(ask): Request) -> Result<Response, Unreachable> {
        let answer = match ask {
            Ask::Append(request) => {
                Answer::Append(self.raft.append_entries(request).await.map_err(|e| self.gone(e))?)
            }
            Ask::Vote(request) => {
                Answer::Vote(self.raft.vote(request).await.map_err(|e| self.gone(e))?)
            }
            Ask::PreVote(request) => {
                Answer::Vote(self.raft.pre_vote(request).await.map_err(|e| self.gone(e))?)
            }
            Ask::InstallSnapshot { vote, snapshot } => {
                let installed = self.raft.install_full_snapshot(vote, snapshot).await;
                Answer::Snapshot(installed.map_err(|e: Fatal| self.gone(e))?)
            }
            Ask::TransferLeader(request) => {
                let transferred = self.raft.handle_transfer_leader(request).await;
                Answer::TransferLeader(transferred.map_err(|e: Fatal| self.gone(e))?)
            }
            Ask::Submit(proposal) => Answer::Submit(self.client.submit_as_leader(proposal).await),
        };
        Ok(Response(answer))
    }

    fn gone(&self, reason: impl std::fmt::Display) -> Unreachable {
        Unreachable { target: self.id, reason: reason.to_string() }
    }
}
