//! `DescribeGroups` (15): classic groups and their members, for operators.

use std::collections::HashSet;

use penstock_wire::WireString;
use penstock_wire::describe_groups_request::DescribeGroupsRequest;
use penstock_wire::describe_groups_response::{
    DescribeGroupsResponse, DescribedGroup, DescribedGroupMember,
};

use super::RequestContext;
use super::error_code::ErrorCode;
use super::side_by_side::side_by_side;
use crate::broker::Broker;
use crate::group::{self, DescribedMember, GroupError, InstanceId};

/// The first version that says that a group is not there.
const GROUP_ID_NOT_FOUND: i16 = 6;

/// What everyone may do with a group while nobody authorizes: one bit for each operation, by
/// Kafka's numbers (read, delete, describe, describe and alter configs).
const GROUP_OPERATIONS: i32 = 3400;

/// One that is named again, which no client does, is answered once.
fn once(request: &DescribeGroupsRequest) -> Vec<&WireString> {
    let mut seen = HashSet::new();
    request.groups.iter().filter(|group| seen.insert(*group)).collect()
}

/// The bytes of what is known of the groups that are asked for, once they are loaded.
pub(super) async fn known_bytes(broker: &Broker, request: &DescribeGroupsRequest) -> usize {
    let groups = &once(request);
    let known = side_by_side(groups.len(), |at| broker.groups.described_bytes(groups[at]));
    known.await.into_iter().fold(0, usize::saturating_add)
}

pub(super) async fn handle(
    broker: &Broker,
    context: &RequestContext,
    request: &DescribeGroupsRequest,
) -> DescribeGroupsResponse {
    let asked = &once(request);
    let groups = side_by_side(asked.len(), |at| async move {
        let group_id = asked[at];
        let mut described = match broker.groups.describe(group_id).await {
            Ok(described) => describe(group_id.clone(), described),
            Err(GroupError::UnknownGroup) => dead(group_id.clone(), context.api_version),
            Err(error) => DescribedGroup {
                error_code: ErrorCode::from(error).0,
                group_id: group_id.clone(),
                ..DescribedGroup::default()
            },
        };
        if request.include_authorized_operations && described.error_code == ErrorCode::NONE.0 {
            described.authorized_operations = GROUP_OPERATIONS;
        }
        described
    });
    DescribeGroupsResponse { throttle_time_ms: 0, groups: groups.await }
}

fn describe(group_id: WireString, described: group::DescribedGroup) -> DescribedGroup {
    let text = |text: Option<&str>| text.map(WireString::copy_from).unwrap_or_default();
    DescribedGroup {
        group_id,
        group_state: WireString::from(described.state.name()),
        protocol_type: text(described.protocol_type.as_deref()),
        protocol_data: text(described.protocol.as_deref()),
        members: described.members.into_iter().map(member).collect(),
        ..DescribedGroup::default()
    }
}

fn member(member: DescribedMember) -> DescribedGroupMember {
    DescribedGroupMember {
        member_id: member.id.to_wire(),
        group_instance_id: member.instance.as_ref().map(InstanceId::to_wire),
        client_id: WireString::copy_from(&member.client.id),
        client_host: WireString::copy_from(&member.client.host),
        member_metadata: member.metadata,
        member_assignment: member.assignment,
    }
}

/// A group that is not there.
fn dead(group_id: WireString, version: i16) -> DescribedGroup {
    let message = format!("Group {group_id} not found.");
    let is_told = version >= GROUP_ID_NOT_FOUND;
    DescribedGroup {
        error_code: if is_told { ErrorCode::GROUP_ID_NOT_FOUND.0 } else { ErrorCode::NONE.0 },
        error_message: is_told.then(|| WireString::from(message)),
        group_id,
        group_state: WireString::from("Dead"),
        ..DescribedGroup::default()
    }
}
