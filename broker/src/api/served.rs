//! Which APIs are served, in which versions: what `ApiVersions` says, and nothing more.

use penstock_wire::ApiKey;

/// One line of the version table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Served {
    pub(super) api_key: ApiKey,
    /// The lowest version that is answered.
    pub(super) version_min: i16,
    /// The highest version that is answered.
    pub(super) version_max: i16,
}

const fn served(api_key: ApiKey, version_min: i16, version_max: i16) -> Served {
    Served { api_key, version_min, version_max }
}

/// By key.
pub(super) const SERVED: &[Served] = &[
    served(ApiKey::Produce, 3, 13),
    served(ApiKey::Fetch, 4, 18),
    served(ApiKey::ListOffsets, 1, 11),
    served(ApiKey::Metadata, 0, 13),
    served(ApiKey::OffsetCommit, 2, 10),
    served(ApiKey::OffsetFetch, 1, 10),
    served(ApiKey::FindCoordinator, 0, 6),
    served(ApiKey::JoinGroup, 0, 9),
    served(ApiKey::Heartbeat, 0, 4),
    served(ApiKey::LeaveGroup, 0, 5),
    served(ApiKey::SyncGroup, 0, 5),
    served(ApiKey::DescribeGroups, 0, 6),
    served(ApiKey::ListGroups, 0, 5),
    served(ApiKey::ApiVersions, 0, 4),
    served(ApiKey::CreateTopics, 2, 7),
    served(ApiKey::DeleteTopics, 1, 6),
    served(ApiKey::DeleteRecords, 0, 2),
    served(ApiKey::InitProducerId, 0, 5),
    served(ApiKey::OffsetForLeaderEpoch, 2, 4),
    served(ApiKey::DescribeConfigs, 1, 4),
    served(ApiKey::AlterConfigs, 0, 2),
    served(ApiKey::AlterReplicaLogDirs, 1, 2),
    served(ApiKey::DescribeLogDirs, 1, 5),
    served(ApiKey::CreatePartitions, 0, 3),
    served(ApiKey::DeleteGroups, 0, 2),
    served(ApiKey::ElectLeaders, 0, 2),
    served(ApiKey::IncrementalAlterConfigs, 0, 1),
    served(ApiKey::AlterPartitionReassignments, 0, 1),
    served(ApiKey::ListPartitionReassignments, 0, 0),
    served(ApiKey::OffsetDelete, 0, 0),
    served(ApiKey::DescribeQuorum, 0, 2),
    served(ApiKey::UpdateFeatures, 0, 2),
    served(ApiKey::DescribeCluster, 0, 2),
    served(ApiKey::DescribeProducers, 0, 0),
    served(ApiKey::UnregisterBroker, 0, 0),
    served(ApiKey::GetTelemetrySubscriptions, 0, 0),
    served(ApiKey::PushTelemetry, 0, 0),
    served(ApiKey::ListConfigResources, 0, 1),
    served(ApiKey::DescribeTopicPartitions, 0, 0),
    served(ApiKey::AddRaftVoter, 0, 1),
    served(ApiKey::RemoveRaftVoter, 0, 0),
];

/// Whether clients are told of it. Those that are told of telemetry send it, and nobody takes it.
pub(super) fn is_advertised(served: &Served) -> bool {
    !matches!(served.api_key, ApiKey::GetTelemetrySubscriptions | ApiKey::PushTelemetry)
}

/// Whether a request can be answered.
pub(super) fn is_served(api_key: ApiKey, version: i16) -> bool {
    let of_key = SERVED.iter().find(|served| served.api_key == api_key);
    of_key.is_some_and(|served| (served.version_min..=served.version_max).contains(&version))
}

/// The lowest version to advertise. librdkafka up to 2.11.0 turns compression off unless it sees
/// Produce from 0 on (KAFKA-18659), though nobody has answered 0 to 2 since Kafka 4.0.
pub(super) fn advertised_min(served: &Served) -> i16 {
    if served.api_key == ApiKey::Produce { 0 } else { served.version_min }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_within_the_schemas() {
        assert!(SERVED.is_sorted_by_key(|served| served.api_key as i16));
        for served in SERVED {
            let versions = served.api_key.stable_versions();
            assert!(versions.contains(&served.version_min), "{served:?}");
            assert!(versions.contains(&served.version_max), "{served:?}");
        }
    }
}
