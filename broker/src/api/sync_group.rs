//! `SyncGroup` (14): a member gets its assignment; the leader brings everybody's.

use std::sync::Arc;

use bytes::Bytes;
use penstock_wire::sync_group_request::SyncGroupRequest;
use penstock_wire::sync_group_response::SyncGroupResponse;
use penstock_wire::{DecodeError, WireString};

use super::error_code::ErrorCode;
use super::{RequestBody, RequestContext, answer_room, respond};
use crate::broker::Broker;
use crate::group::{Claim, Generation, GroupError, InstanceId, MemberId, Sync};
use crate::net::{Outcome, RequestRoom};

/// Answers when the leader has assigned. The request has room until the group has taken it in.
pub(super) async fn answer(
    broker: &Broker,
    mut context: RequestContext,
    mut body: RequestBody,
) -> Result<Outcome, DecodeError> {
    let request: SyncGroupRequest = body.decode(&context).await?;
    drop(context.client_id.take());
    let response = handle(broker, context.api_version, request, body.into_room()).await;
    // The assignment may be another by the time that there is room for it.
    Ok(Outcome::Respond(match answer_room::at_once(&broker.answers, response.assignment.len()) {
        Some(room) => room.hold(respond(&context, &response)),
        None => respond(&context, &refused(GroupError::NoRoom.into())),
    }))
}

async fn handle(
    broker: &Broker,
    version: i16,
    request: SyncGroupRequest,
    room: RequestRoom,
) -> SyncGroupResponse {
    // From here on every member states what it joined with (KIP-559).
    let is_stated = request.protocol_type.is_some() && request.protocol_name.is_some();
    if version >= 5 && !is_stated {
        return refused(ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
    }
    let group = request.group_id.detach();
    let sync = sync(&request);
    drop(request);
    match broker.groups.sync(&group, sync, room).await {
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

/// The request without its frame.
fn sync(request: &SyncGroupRequest) -> Sync {
    let assignments = request.assignments.iter().map(|assigned| {
        (MemberId::new(&assigned.member_id), Bytes::copy_from_slice(&assigned.assignment))
    });
    Sync {
        claim: Claim {
            member: MemberId::new(&request.member_id),
            instance: request.group_instance_id.as_deref().map(InstanceId::new),
            generation: Generation(request.generation_id),
        },
        protocol_type: request.protocol_type.as_deref().map(Arc::from),
        protocol: request.protocol_name.as_deref().map(Arc::from),
        assignments: assignments.collect(),
    }
}

fn refused(error: ErrorCode) -> SyncGroupResponse {
    SyncGroupResponse { error_code: error.0, ..SyncGroupResponse::default() }
}
