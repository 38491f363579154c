//! `ListPartitionReassignments` (46): reassignments under way (KIP-455). Each is done when it is
//! asked for, so that there never are any.

use penstock_wire::list_partition_reassignments_response::ListPartitionReassignmentsResponse;

pub(super) fn handle() -> ListPartitionReassignmentsResponse {
    ListPartitionReassignmentsResponse {
        error_message: None,
        ..ListPartitionReassignmentsResponse::default()
    }
}
