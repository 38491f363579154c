//! `JoinGroup` (11): a member joins, and waits until its group is together.

use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;
use penstock_wire::join_group_request::JoinGroupRequest;
use penstock_wire::join_group_response::{JoinGroupResponse, JoinGroupResponseMember};
use penstock_wire::{DecodeError, WireString};

use super::error_code::ErrorCode;
use super::{RequestBody, RequestContext, answer_room, respond};
use crate::broker::Broker;
use crate::group::{
    Client, GroupError, InstanceId, JoinRefusal, JoinRequest, Joined, JoinedMember, MemberId,
    Protocol,
};
use crate::net::Outcome;

/// The first version in which there may be no protocol.
const NULLABLE_PROTOCOL: i16 = 7;

/// Answers when the group is together. The request has room until the group has taken it in.
pub(super) async fn answer(
    broker: &Broker,
    mut context: RequestContext,
    mut body: RequestBody,
) -> Result<Outcome, DecodeError> {
    let request: JoinGroupRequest = body.decode(&context).await?;
    let group = request.group_id.detach();
    if let Some(reason) = request.reason.as_deref() {
        tracing::debug!(%group, member = &*request.member_id, reason, "a member joins");
    }
    let join = join_request(&context, &request);
    drop((request, context.client_id.take()));
    let joined = broker.groups.join(&group, join, body.into_room()).await;
    // What the members state may be another by the time that there is room for it: who is told to
    // try again finds the group as it is then.
    let bytes = joined.as_ref().map_or(0, bytes_of);
    let Some(room) = answer_room::at_once(&broker.answers, bytes) else {
        let refusal = JoinRefusal { error: GroupError::NoRoom, member: None };
        let answer = respond(&context, &response(context.api_version, Err(refusal)));
        return Ok(Outcome::Respond(answer));
    };
    let answer = respond(&context, &response(context.api_version, joined));
    Ok(Outcome::Respond(room.hold(answer)))
}

/// What the answer takes.
fn bytes_of(joined: &Joined) -> usize {
    let member = |member: &JoinedMember| {
        let instance = member.instance.as_ref().map_or(0, |instance| instance.0.len());
        size_of::<JoinGroupResponseMember>() + member.id.0.len() + instance + member.metadata.len()
    };
    joined.members.iter().map(member).sum()
}

fn response(version: i16, joined: Result<Joined, JoinRefusal>) -> JoinGroupResponse {
    let text = |text: Option<Arc<str>>| text.as_deref().map(WireString::copy_from);
    let nullable = |text: Option<WireString>| {
        text.or_else(|| (version < NULLABLE_PROTOCOL).then(WireString::default))
    };
    match joined {
        Ok(joined) => JoinGroupResponse {
            generation_id: joined.generation.0,
            protocol_type: text(joined.protocol_type),
            protocol_name: nullable(text(joined.protocol)),
            leader: joined.leader.as_ref().map(MemberId::to_wire).unwrap_or_default(),
            skip_assignment: joined.skip_assignment,
            member_id: joined.member.to_wire(),
            members: joined.members.iter().map(member).collect(),
            ..JoinGroupResponse::default()
        },
        Err(refusal) => JoinGroupResponse {
            error_code: ErrorCode::from(refusal.error).0,
            generation_id: -1,
            protocol_name: nullable(None),
            member_id: refusal.member.as_ref().map(MemberId::to_wire).unwrap_or_default(),
            ..JoinGroupResponse::default()
        },
    }
}

fn member(member: &JoinedMember) -> JoinGroupResponseMember {
    JoinGroupResponseMember {
        member_id: member.id.to_wire(),
        group_instance_id: member.instance.as_ref().map(InstanceId::to_wire),
        metadata: member.metadata.clone(),
    }
}

/// The request without its frame.
fn join_request(context: &RequestContext, request: &JoinGroupRequest) -> JoinRequest {
    // One that is named again would count as if another member spoke it.
    let mut names = HashSet::new();
    let protocols = request.protocols.iter().filter(|protocol| names.insert(&*protocol.name));
    let protocols = protocols.map(|protocol| Protocol {
        name: Arc::from(&*protocol.name),
        metadata: Bytes::copy_from_slice(&protocol.metadata),
    });
    JoinRequest {
        member: Some(&*request.member_id).filter(|id| !id.is_empty()).map(MemberId::new),
        instance: request.group_instance_id.as_deref().map(InstanceId::new),
        client: Client {
            id: Arc::from(context.client_id.as_deref().unwrap_or_default()),
            host: Arc::from(format!("/{}", context.peer.ip().to_canonical())),
        },
        session_timeout_ms: request.session_timeout_ms,
        rebalance_timeout_ms: match context.api_version {
            0 => request.session_timeout_ms,
            _ => request.rebalance_timeout_ms,
        },
        protocol_type: Arc::from(&*request.protocol_type),
        protocols: protocols.collect(),
        id_required: context.api_version >= 4,
        may_skip_assignment: context.api_version >= 9,
    }
}
