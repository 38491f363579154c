//! `RemoveRaftVoter` (81): one voter of the metadata less.

use penstock_wire::remove_raft_voter_request::RemoveRaftVoterRequest;
use penstock_wire::remove_raft_voter_response::RemoveRaftVoterResponse;

use super::raft_voter::VoterChange;
use crate::broker::Broker;

pub(super) fn handle(broker: &Broker, request: &RemoveRaftVoterRequest) -> RemoveRaftVoterResponse {
    let change = VoterChange {
        cluster_id: request.cluster_id.as_ref(),
        voter: request.voter_id,
        directory: request.voter_directory_id,
        verb: "Remove",
        doing: "removing",
    };
    let refusal = change.refusal(broker);
    RemoveRaftVoterResponse {
        throttle_time_ms: 0,
        error_code: refusal.code.0,
        error_message: refusal.wire_message(),
    }
}
