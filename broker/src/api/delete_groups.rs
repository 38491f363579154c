//! `DeleteGroups` (42): groups without members, and their offsets, go.

use penstock_wire::delete_groups_request::DeleteGroupsRequest;
use penstock_wire::delete_groups_response::{DeletableGroupResult, DeleteGroupsResponse};

use super::error_code::ErrorCode;
use crate::broker::Broker;

pub(super) async fn handle(broker: &Broker, request: DeleteGroupsRequest) -> DeleteGroupsResponse {
    let mut results = Vec::with_capacity(request.groups_names.len());
    for group_id in request.groups_names {
        let outcome = broker.groups.delete(&group_id).await;
        results.push(DeletableGroupResult { group_id, error_code: ErrorCode::of(outcome).0 });
    }
    DeleteGroupsResponse { throttle_time_ms: 0, results }
}
