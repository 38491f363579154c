//! `DeleteGroups` (42): groups without members, and their offsets, go.

use std::collections::HashSet;

use penstock_wire::delete_groups_request::DeleteGroupsRequest;
use penstock_wire::delete_groups_response::{DeletableGroupResult, DeleteGroupsResponse};

use super::error_code::ErrorCode;
use crate::broker::Broker;

pub(super) async fn handle(broker: &Broker, request: DeleteGroupsRequest) -> DeleteGroupsResponse {
    let mut results = Vec::with_capacity(request.groups_names.len());
    let mut seen = HashSet::new();
    for group_id in request.groups_names {
        // One that is named again is deleted, and answered, once.
        if !seen.insert(group_id.clone()) {
            continue;
        }
        let outcome = broker.groups.delete(&group_id).await;
        results.push(DeletableGroupResult { group_id, error_code: ErrorCode::of(outcome).0 });
    }
    DeleteGroupsResponse { throttle_time_ms: 0, results }
}
