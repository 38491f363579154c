//! `Heartbeat` (12): a member lives, and hears whether its group rebalances.

use penstock_wire::heartbeat_request::HeartbeatRequest;
use penstock_wire::heartbeat_response::HeartbeatResponse;

use super::error_code::ErrorCode;
use crate::broker::Broker;
use crate::group::{Claim, Generation, GroupError, InstanceId, MemberId};

pub(super) async fn handle(broker: &Broker, request: HeartbeatRequest) -> HeartbeatResponse {
    let claim = Claim {
        member: MemberId::new(&request.member_id),
        instance: request.group_instance_id.as_deref().map(InstanceId::new),
        generation: Generation(request.generation_id),
    };
    let outcome = match broker.groups.heartbeat(&request.group_id, &claim).await {
        // Nothing is known against the member yet, and clients expect no word of loading here.
        Err(GroupError::Loading) => Ok(()),
        outcome => outcome,
    };
    HeartbeatResponse { throttle_time_ms: 0, error_code: ErrorCode::of(outcome).0 }
}
