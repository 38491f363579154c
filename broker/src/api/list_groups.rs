//! `ListGroups` (16): the groups that this node coordinates.

use penstock_wire::WireString;
use penstock_wire::list_groups_request::ListGroupsRequest;
use penstock_wire::list_groups_response::{ListGroupsResponse, ListedGroup};

use super::answer_room::Rows;
use super::error_code::ErrorCode;
use crate::broker::Broker;

/// The only kind of group here.
const CLASSIC: &str = "classic";

/// The bytes of what is known of all groups, with a row for each.
pub(super) fn known_bytes(broker: &Broker) -> usize {
    let (count, bytes) = broker.groups.listed_bytes();
    bytes + Rows::of::<ListedGroup>(count).named_bytes()
}

pub(super) async fn handle(broker: &Broker, request: &ListGroupsRequest) -> ListGroupsResponse {
    let groups = match broker.groups.list().await {
        Ok(groups) => groups,
        Err(error) => {
            let error_code = ErrorCode::from(error).0;
            return ListGroupsResponse { error_code, ..ListGroupsResponse::default() };
        }
    };
    let wanted = |filter: &[WireString], value: &str| {
        filter.is_empty() || filter.iter().any(|wanted| wanted.trim().eq_ignore_ascii_case(value))
    };
    let groups = groups
        .into_iter()
        .filter(|group| wanted(&request.states_filter, group.state.name()))
        .filter(|_| wanted(&request.types_filter, CLASSIC))
        .map(|group| ListedGroup {
            group_id: WireString::copy_from(&group.id),
            protocol_type: group
                .protocol_type
                .as_deref()
                .map(WireString::copy_from)
                .unwrap_or_default(),
            group_state: WireString::from(group.state.name()),
            group_type: WireString::from(CLASSIC),
        });
    ListGroupsResponse { groups: groups.collect(), ..ListGroupsResponse::default() }
}
