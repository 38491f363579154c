//! `SyncGroup` (14): a member gets its assignment; the leader brings everybody's.

use std::sync::Arc;

use bytes::Bytes;
use penstock_wire::WireString;
use penstock_wire::sync_group_request::SyncGroupRequest;
use penstock_wire::sync_group_response::SyncGroupResponse;

use super::RequestContext;
use super::error_code::ErrorCode;
use crate::broker::Broker;
use crate::group::{Claim, Generation, GroupError, InstanceId, MemberId, Sync};

pub(super) async fn handle(
    broker: &Broker,
    context: &RequestContext,
    request: SyncGroupRequest,
) -> SyncGroupResponse {
    // From here on every member states what it joined with (KIP-559).
    let is_stated = request.protocol_type.is_some() && request.protocol_name.is_some();
    if context.api_version >= 5 && !is_stated {
        return refused(ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
    }
    let group = request.group_id.detach();
    let assignments = request.assignments.iter().map(|assigned| {
        (MemberId::new(&assigned.member_id), Bytes::copy_from_slice(&assigned.assignment))
    });
    let sync = Sync {
        claim: Claim {
            member: MemberId::new(&request.member_id),
            instance: request.group_instance_id.as_deref().map(InstanceId::new),
            generation: Generation(request.generation_id),
        },
        protocol_type: request.protocol_type.as_deref().map(Arc::from),
        protocol: request.protocol_name.as_deref().map(Arc::from),
        assignments: assignments.collect(),
    };
    // Parked for minutes, nobody needs the frame.
    drop(request);
    match broker.groups.sync(&group, sync).await {
        Ok(synced) => SyncGroupResponse {
            protocol_type: synced.protocol_type.as_deref().map(WireString::copy_from),
            protocol_name: synced.protocol.as_deref().map(WireString::copy_from),
            assignment: synced.assignment,
            ..SyncGroupResponse::default()
        },
        // The rebalance is lost with what was in memory, and clients expect no word of loading.
        Err(GroupError::Loading) => refused(ErrorCode::REBALANCE_IN_PROGRESS),
        Err(error) => refused(ErrorCode::from(error)),
    }
}

fn refused(error: ErrorCode) -> SyncGroupResponse {
    SyncGroupResponse { error_code: error.0, ..SyncGroupResponse::default() }
}
