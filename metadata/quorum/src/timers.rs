//! Lets Raft's clock tick only where there is someone to hear: a lone member elects itself at
//! once and has nobody to show that it lives, and should not wake the machine for it.

use openraft::async_runtime::watch::WatchReceiver;

use crate::identity::RaftId;
use crate::type_config::{Raft, StoredMembership};

/// Whether a member has others to watch, or to be watched by.
fn has_company(id: RaftId, membership: &StoredMembership) -> bool {
    membership.nodes().any(|(member, _)| *member != id)
}

/// Follows the membership until openraft stops.
pub(crate) async fn run(raft: Raft, id: RaftId) {
    let mut metrics = raft.server_metrics();
    loop {
        let tick = has_company(id, &metrics.borrow_watched().membership_config);
        raft.runtime_config().tick(tick);
        if metrics.changed().await.is_err() {
            return;
        }
    }
}
