//! `LeaveGroup` (13): members go, or an operator has them gone.

use penstock_wire::leave_group_request::LeaveGroupRequest;
use penstock_wire::leave_group_response::{LeaveGroupResponse, MemberResponse};

use super::RequestContext;
use super::error_code::ErrorCode;
use crate::broker::Broker;
use crate::group::{InstanceId, Leaving, MemberId};

pub(super) async fn handle(
    broker: &Broker,
    context: &RequestContext,
    request: LeaveGroupRequest,
) -> LeaveGroupResponse {
    let leaving: Vec<Leaving> = if context.api_version < 3 {
        vec![Leaving { member: MemberId::new(&request.member_id), instance: None }]
    } else {
        let group = &request.group_id;
        for (member, reason) in
            request.members.iter().filter_map(|m| Some((m, m.reason.as_deref()?)))
        {
            tracing::debug!(%group, member = &*member.member_id, reason, "a member leaves");
        }
        let leaving = request.members.iter().map(|member| Leaving {
            member: MemberId::new(&member.member_id),
            instance: member.group_instance_id.as_deref().map(InstanceId::new),
        });
        leaving.collect()
    };
    let outcomes = match broker.groups.leave(&request.group_id, &leaving).await {
        Ok(outcomes) => outcomes,
        Err(error) => {
            let error_code = ErrorCode::from(error).0;
            return LeaveGroupResponse { error_code, ..LeaveGroupResponse::default() };
        }
    };
    if context.api_version < 3 {
        let only = outcomes.into_iter().next().unwrap_or(Ok(()));
        return LeaveGroupResponse {
            error_code: ErrorCode::of(only).0,
            ..LeaveGroupResponse::default()
        };
    }
    let answer = |(leaving, outcome): (&Leaving, Result<(), _>)| MemberResponse {
        member_id: leaving.member.to_wire(),
        group_instance_id: leaving.instance.as_ref().map(InstanceId::to_wire),
        error_code: ErrorCode::of(outcome).0,
    };
    LeaveGroupResponse {
        members: leaving.iter().zip(outcomes).map(answer).collect(),
        ..LeaveGroupResponse::default()
    }
}
