//! Whose a broker's write-ahead log is: a node's of a cluster. Two nodes of one cluster must not take
//! one another's log, which looks like one's own in all but its streams.

use std::fmt;

use penstock_model::id::{ClusterId, NodeId};
use penstock_wal::Owner;

use crate::cluster_id;

/// See the module. In a segment's header: the cluster's id (16 bytes), then the node's (4, big-endian).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogOwner {
    /// The cluster.
    pub cluster: ClusterId,
    /// The node.
    pub node: NodeId,
}

impl LogOwner {
    const CLUSTER_BYTES: usize = 16;

    /// As a log says it.
    #[must_use]
    pub fn to_owner(self) -> Owner {
        let mut bytes = [0; Owner::BYTES];
        bytes[..Self::CLUSTER_BYTES].copy_from_slice(&self.cluster.0);
        bytes[Self::CLUSTER_BYTES..].copy_from_slice(&self.node.0.to_be_bytes());
        Owner(bytes)
    }

    /// The broker that a log says it belongs to, if it is a broker's.
    #[must_use]
    pub fn of(owner: Owner) -> Self {
        let (cluster, node) = owner.0.split_at(Self::CLUSTER_BYTES);
        Self {
            cluster: ClusterId(cluster.try_into().expect("the owner's front")),
            node: NodeId(i32::from_be_bytes(node.try_into().expect("the owner's end"))),
        }
    }
}

impl fmt::Display for LogOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node {} of cluster {}", self.node, cluster_id::format(self.cluster))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_says_whose_it_is() {
        let owner = LogOwner { cluster: ClusterId([7; 16]), node: NodeId(258) };
        assert_eq!(owner.to_owner().0[14..], [7, 7, 0, 0, 1, 2]);
        assert_eq!(LogOwner::of(owner.to_owner()), owner);
    }
}
