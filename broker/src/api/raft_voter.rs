//! What both APIs that change the voters of the metadata refuse (KIP-853): the voters are those that
//! the nodes were started with, as in a Kafka cluster whose `kraft.version` is 0.

use penstock_wire::{Uuid, WireString};

use super::cluster_view;
use super::error_code::ErrorCode;
use super::refusal::Refusal;
use crate::broker::Broker;

/// A change that is asked for.
pub(super) struct VoterChange<'a> {
    pub(super) cluster_id: Option<&'a WireString>,
    pub(super) voter: i32,
    pub(super) directory: Uuid,
    /// As texts begin: `Add` or `Remove`.
    pub(super) verb: &'static str,
    /// As texts go on: `adding` or `removing`.
    pub(super) doing: &'static str,
}

impl VoterChange<'_> {
    /// Why it is not made.
    pub(super) fn refusal(&self, broker: &Broker) -> Refusal {
        let Self { verb, doing, .. } = self;
        let own = cluster_view::cluster_id(&broker.metadata.image()).unwrap_or_default();
        if let Some(given) = self.cluster_id.filter(|given| **given != own) {
            let message =
                format!("The given id \"{given}\" doesn't match the cluster id \"{own}\"");
            return Refusal::new(ErrorCode::INCONSISTENT_CLUSTER_ID, message);
        }
        if self.voter < 0 || self.directory == Uuid::ZERO {
            let message = format!("{verb} voter request didn't include a valid voter");
            return Refusal::new(ErrorCode::INVALID_REQUEST, message);
        }
        let message =
            format!("Cluster doesn't support {doing} voter because the kraft.version feature is 0");
        Refusal::new(ErrorCode::UNSUPPORTED_VERSION, message)
    }
}
