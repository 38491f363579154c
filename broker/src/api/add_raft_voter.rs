//! `AddRaftVoter` (80): one more voter of the metadata.

use penstock_wire::add_raft_voter_request::AddRaftVoterRequest;
use penstock_wire::add_raft_voter_response::AddRaftVoterResponse;

use super::raft_voter::VoterChange;
use crate::broker::Broker;

pub(super) fn handle(broker: &Broker, request: &AddRaftVoterRequest) -> AddRaftVoterResponse {
    let change = VoterChange {
        cluster_id: request.cluster_id.as_ref(),
        voter: request.voter_id,
        directory: request.voter_directory_id,
        verb: "Add",
        doing: "adding",
    };
    let refusal = change.refusal(broker);
    AddRaftVoterResponse {
        throttle_time_ms: 0,
        error_code: refusal.code.0,
        error_message: refusal.wire_message(),
    }
}
