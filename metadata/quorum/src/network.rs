//! The way to the other controllers: a seam, so that one process, a simulation and a real network
//! carry the same requests.

use async_trait::async_trait;
use openraft::raft::{
    AppendEntriesRequest, AppendEntriesResponse, SnapshotResponse, TransferLeaderRequest,
    TransferLeaderResponse, VoteRequest, VoteResponse,
};
use penstock_model::client::SubmitError;
use penstock_model::command::Outcome;

use crate::identity::{RaftId, Voter};
use crate::type_config::{Proposal, Snapshot, TypeConfig, Vote};

/// What one controller asks of another.
pub struct Request(pub(crate) Ask);

pub(crate) enum Ask {
    Append(AppendEntriesRequest<TypeConfig>),
    Vote(VoteRequest<TypeConfig>),
    PreVote(VoteRequest<TypeConfig>),
    InstallSnapshot { vote: Vote, snapshot: Snapshot },
    TransferLeader(TransferLeaderRequest<TypeConfig>),
    Submit(Proposal),
}

/// What it is answered.
pub struct Response(pub(crate) Answer);

pub(crate) enum Answer {
    Append(AppendEntriesResponse<TypeConfig>),
    Vote(VoteResponse<TypeConfig>),
    Snapshot(SnapshotResponse<TypeConfig>),
    TransferLeader(TransferLeaderResponse<TypeConfig>),
    Submit(Result<Outcome, SubmitError>),
}

/// The request may or may not have arrived. Ask again, with back-off.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("controller {target} cannot be reached: {reason}")]
pub struct Unreachable {
    /// Which one.
    pub target: RaftId,
    /// What is in the way.
    pub reason: String,
}

/// Carries requests to other controllers.
///
/// 1. A request may be lost, delayed or answered twice over; it is never changed.
/// 2. It reaches the controller with that Raft id, or none.
/// 3. Dropping the future gives up waiting, not the request.
#[async_trait]
pub trait Network: Send + Sync + 'static {
    /// Asks one controller, and waits for its answer; the caller bounds the wait.
    ///
    /// # Errors
    /// When there was no answer.
    async fn ask(
        &self,
        target: RaftId,
        voter: &Voter,
        request: Request,
    ) -> Result<Response, Unreachable>;
}
