//! `DeleteGroups` (42): groups without members, and their offsets, go.

use std::collections::HashSet;

use penstock_wire::delete_groups_request::DeleteGroupsRequest;
use penstock_wire::delete_groups_response::{DeletableGroupResult, DeleteGroupsResponse};

use super::error_code::ErrorCode;
use super::side_by_side::side_by_side;
use crate::broker::Broker;

pub(super) async fn handle(broker: &Broker, request: DeleteGroupsRequest) -> DeleteGroupsResponse {
    let mut names = request.groups_names;
    // One that is named again is deleted, and answered, once.
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    let names = &names;
    let results = side_by_side(names.len(), |at| async move {
        let group_id = names[at].clone();
        let outcome = broker.groups.delete(&group_id).await;
        DeletableGroupResult { group_id, error_code: ErrorCode::of(outcome).0 }
    });
    DeleteGroupsResponse { throttle_time_ms: 0, results: results.await }
}
