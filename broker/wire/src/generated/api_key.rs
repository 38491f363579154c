// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Every API of Kafka that is alive, with the versions of its schema.

use crate::api::{ApiFacts, UnknownApiKey};

/// The number that names an API in a request header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(i16)]
pub enum ApiKey {
    /// Versions 3-13.
    Produce = 0,
    /// Versions 4-18.
    Fetch = 1,
    /// Versions 1-11.
    ListOffsets = 2,
    /// Versions 0-13.
    Metadata = 3,
    /// Versions 2-10.
    OffsetCommit = 8,
    /// Versions 1-10.
    OffsetFetch = 9,
    /// Versions 0-6.
    FindCoordinator = 10,
    /// Versions 0-9.
    JoinGroup = 11,
    /// Versions 0-4.
    Heartbeat = 12,
    /// Versions 0-5.
    LeaveGroup = 13,
    /// Versions 0-5.
    SyncGroup = 14,
    /// Versions 0-6.
    DescribeGroups = 15,
    /// Versions 0-5.
    ListGroups = 16,
    /// Versions 0-1.
    SaslHandshake = 17,
    /// Versions 0-4.
    ApiVersions = 18,
    /// Versions 2-7.
    CreateTopics = 19,
    /// Versions 1-6.
    DeleteTopics = 20,
    /// Versions 0-2.
    DeleteRecords = 21,
    /// Versions 0-6.
    InitProducerId = 22,
    /// Versions 2-4.
    OffsetForLeaderEpoch = 23,
    /// Versions 0-5.
    AddPartitionsToTxn = 24,
    /// Versions 0-4.
    AddOffsetsToTxn = 25,
    /// Versions 0-5.
    EndTxn = 26,
    /// Versions 1-2.
    WriteTxnMarkers = 27,
    /// Versions 0-5.
    TxnOffsetCommit = 28,
    /// Versions 1-3.
    DescribeAcls = 29,
    /// Versions 1-3.
    CreateAcls = 30,
    /// Versions 1-3.
    DeleteAcls = 31,
    /// Versions 1-4.
    DescribeConfigs = 32,
    /// Versions 0-2.
    AlterConfigs = 33,
    /// Versions 1-2.
    AlterReplicaLogDirs = 34,
    /// Versions 1-5.
    DescribeLogDirs = 35,
    /// Versions 0-2.
    SaslAuthenticate = 36,
    /// Versions 0-3.
    CreatePartitions = 37,
    /// Versions 1-3.
    CreateDelegationToken = 38,
    /// Versions 1-2.
    RenewDelegationToken = 39,
    /// Versions 1-2.
    ExpireDelegationToken = 40,
    /// Versions 1-3.
    DescribeDelegationToken = 41,
    /// Versions 0-2.
    DeleteGroups = 42,
    /// Versions 0-2.
    ElectLeaders = 43,
    /// Versions 0-1.
    IncrementalAlterConfigs = 44,
    /// Versions 0-1.
    AlterPartitionReassignments = 45,
    /// Versions 0.
    ListPartitionReassignments = 46,
    /// Versions 0.
    OffsetDelete = 47,
    /// Versions 0-1.
    DescribeClientQuotas = 48,
    /// Versions 0-1.
    AlterClientQuotas = 49,
    /// Versions 0.
    DescribeUserScramCredentials = 50,
    /// Versions 0.
    AlterUserScramCredentials = 51,
    /// Versions 0-2.
    Vote = 52,
    /// Versions 0-1.
    BeginQuorumEpoch = 53,
    /// Versions 0-1.
    EndQuorumEpoch = 54,
    /// Versions 0-2.
    DescribeQuorum = 55,
    /// Versions 2-3.
    AlterPartition = 56,
    /// Versions 0-2.
    UpdateFeatures = 57,
    /// Versions 0.
    Envelope = 58,
    /// Versions 0-1.
    FetchSnapshot = 59,
    /// Versions 0-2.
    DescribeCluster = 60,
    /// Versions 0.
    DescribeProducers = 61,
    /// Versions 0-4.
    BrokerRegistration = 62,
    /// Versions 0-2.
    BrokerHeartbeat = 63,
    /// Versions 0.
    UnregisterBroker = 64,
    /// Versions 0.
    DescribeTransactions = 65,
    /// Versions 0-2.
    ListTransactions = 66,
    /// Versions 0.
    AllocateProducerIds = 67,
    /// Versions 0-1.
    ConsumerGroupHeartbeat = 68,
    /// Versions 0-1.
    ConsumerGroupDescribe = 69,
    /// Versions 0.
    ControllerRegistration = 70,
    /// Versions 0.
    GetTelemetrySubscriptions = 71,
    /// Versions 0.
    PushTelemetry = 72,
    /// Versions 0.
    AssignReplicasToDirs = 73,
    /// Versions 0-1.
    ListConfigResources = 74,
    /// Versions 0.
    DescribeTopicPartitions = 75,
    /// Versions 1.
    ShareGroupHeartbeat = 76,
    /// Versions 1.
    ShareGroupDescribe = 77,
    /// Versions 1-2.
    ShareFetch = 78,
    /// Versions 1-2.
    ShareAcknowledge = 79,
    /// Versions 0-1.
    AddRaftVoter = 80,
    /// Versions 0.
    RemoveRaftVoter = 81,
    /// Versions 0.
    UpdateRaftVoter = 82,
    /// Versions 0.
    InitializeShareGroupState = 83,
    /// Versions 0.
    ReadShareGroupState = 84,
    /// Versions 0-1.
    WriteShareGroupState = 85,
    /// Versions 0.
    DeleteShareGroupState = 86,
    /// Versions 0-1.
    ReadShareGroupStateSummary = 87,
    /// Versions 0.
    StreamsGroupHeartbeat = 88,
    /// Versions 0.
    StreamsGroupDescribe = 89,
    /// Versions 0-1.
    DescribeShareGroupOffsets = 90,
    /// Versions 0.
    AlterShareGroupOffsets = 91,
    /// Versions 0.
    DeleteShareGroupOffsets = 92,
}

impl ApiKey {
    /// All of them, ordered by number.
    pub const ALL: [Self; 89] = [
        Self::Produce,
        Self::Fetch,
        Self::ListOffsets,
        Self::Metadata,
        Self::OffsetCommit,
        Self::OffsetFetch,
        Self::FindCoordinator,
        Self::JoinGroup,
        Self::Heartbeat,
        Self::LeaveGroup,
        Self::SyncGroup,
        Self::DescribeGroups,
        Self::ListGroups,
        Self::SaslHandshake,
        Self::ApiVersions,
        Self::CreateTopics,
        Self::DeleteTopics,
        Self::DeleteRecords,
        Self::InitProducerId,
        Self::OffsetForLeaderEpoch,
        Self::AddPartitionsToTxn,
        Self::AddOffsetsToTxn,
        Self::EndTxn,
        Self::WriteTxnMarkers,
        Self::TxnOffsetCommit,
        Self::DescribeAcls,
        Self::CreateAcls,
        Self::DeleteAcls,
        Self::DescribeConfigs,
        Self::AlterConfigs,
        Self::AlterReplicaLogDirs,
        Self::DescribeLogDirs,
        Self::SaslAuthenticate,
        Self::CreatePartitions,
        Self::CreateDelegationToken,
        Self::RenewDelegationToken,
        Self::ExpireDelegationToken,
        Self::DescribeDelegationToken,
        Self::DeleteGroups,
        Self::ElectLeaders,
        Self::IncrementalAlterConfigs,
        Self::AlterPartitionReassignments,
        Self::ListPartitionReassignments,
        Self::OffsetDelete,
        Self::DescribeClientQuotas,
        Self::AlterClientQuotas,
        Self::DescribeUserScramCredentials,
        Self::AlterUserScramCredentials,
        Self::Vote,
        Self::BeginQuorumEpoch,
        Self::EndQuorumEpoch,
        Self::DescribeQuorum,
        Self::AlterPartition,
        Self::UpdateFeatures,
        Self::Envelope,
        Self::FetchSnapshot,
        Self::DescribeCluster,
        Self::DescribeProducers,
        Self::BrokerRegistration,
        Self::BrokerHeartbeat,
        Self::UnregisterBroker,
        Self::DescribeTransactions,
        Self::ListTransactions,
        Self::AllocateProducerIds,
        Self::ConsumerGroupHeartbeat,
        Self::ConsumerGroupDescribe,
        Self::ControllerRegistration,
        Self::GetTelemetrySubscriptions,
        Self::PushTelemetry,
        Self::AssignReplicasToDirs,
        Self::ListConfigResources,
        Self::DescribeTopicPartitions,
        Self::ShareGroupHeartbeat,
        Self::ShareGroupDescribe,
        Self::ShareFetch,
        Self::ShareAcknowledge,
        Self::AddRaftVoter,
        Self::RemoveRaftVoter,
        Self::UpdateRaftVoter,
        Self::InitializeShareGroupState,
        Self::ReadShareGroupState,
        Self::WriteShareGroupState,
        Self::DeleteShareGroupState,
        Self::ReadShareGroupStateSummary,
        Self::StreamsGroupHeartbeat,
        Self::StreamsGroupDescribe,
        Self::DescribeShareGroupOffsets,
        Self::AlterShareGroupOffsets,
        Self::DeleteShareGroupOffsets,
    ];

    /// What the schema says of it.
    pub const fn facts(self) -> &'static ApiFacts {
        match self {
            Self::Produce => &ApiFacts {
                name: "Produce",
                version_min: 3,
                version_max: 13,
                flexible_from: 9,
                latest_version_unstable: false,
            },
            Self::Fetch => &ApiFacts {
                name: "Fetch",
                version_min: 4,
                version_max: 18,
                flexible_from: 12,
                latest_version_unstable: false,
            },
            Self::ListOffsets => &ApiFacts {
                name: "ListOffsets",
                version_min: 1,
                version_max: 11,
                flexible_from: 6,
                latest_version_unstable: false,
            },
            Self::Metadata => &ApiFacts {
                name: "Metadata",
                version_min: 0,
                version_max: 13,
                flexible_from: 9,
                latest_version_unstable: false,
            },
            Self::OffsetCommit => &ApiFacts {
                name: "OffsetCommit",
                version_min: 2,
                version_max: 10,
                flexible_from: 8,
                latest_version_unstable: false,
            },
            Self::OffsetFetch => &ApiFacts {
                name: "OffsetFetch",
                version_min: 1,
                version_max: 10,
                flexible_from: 6,
                latest_version_unstable: false,
            },
            Self::FindCoordinator => &ApiFacts {
                name: "FindCoordinator",
                version_min: 0,
                version_max: 6,
                flexible_from: 3,
                latest_version_unstable: false,
            },
            Self::JoinGroup => &ApiFacts {
                name: "JoinGroup",
                version_min: 0,
                version_max: 9,
                flexible_from: 6,
                latest_version_unstable: false,
            },
            Self::Heartbeat => &ApiFacts {
                name: "Heartbeat",
                version_min: 0,
                version_max: 4,
                flexible_from: 4,
                latest_version_unstable: false,
            },
            Self::LeaveGroup => &ApiFacts {
                name: "LeaveGroup",
                version_min: 0,
                version_max: 5,
                flexible_from: 4,
                latest_version_unstable: false,
            },
            Self::SyncGroup => &ApiFacts {
                name: "SyncGroup",
                version_min: 0,
                version_max: 5,
                flexible_from: 4,
                latest_version_unstable: false,
            },
            Self::DescribeGroups => &ApiFacts {
                name: "DescribeGroups",
                version_min: 0,
                version_max: 6,
                flexible_from: 5,
                latest_version_unstable: false,
            },
            Self::ListGroups => &ApiFacts {
                name: "ListGroups",
                version_min: 0,
                version_max: 5,
                flexible_from: 3,
                latest_version_unstable: false,
            },
            Self::SaslHandshake => &ApiFacts {
                name: "SaslHandshake",
                version_min: 0,
                version_max: 1,
                flexible_from: i16::MAX,
                latest_version_unstable: false,
            },
            Self::ApiVersions => &ApiFacts {
                name: "ApiVersions",
                version_min: 0,
                version_max: 4,
                flexible_from: 3,
                latest_version_unstable: false,
            },
            Self::CreateTopics => &ApiFacts {
                name: "CreateTopics",
                version_min: 2,
                version_max: 7,
                flexible_from: 5,
                latest_version_unstable: false,
            },
            Self::DeleteTopics => &ApiFacts {
                name: "DeleteTopics",
                version_min: 1,
                version_max: 6,
                flexible_from: 4,
                latest_version_unstable: false,
            },
            Self::DeleteRecords => &ApiFacts {
                name: "DeleteRecords",
                version_min: 0,
                version_max: 2,
                flexible_from: 2,
                latest_version_unstable: false,
            },
            Self::InitProducerId => &ApiFacts {
                name: "InitProducerId",
                version_min: 0,
                version_max: 6,
                flexible_from: 2,
                latest_version_unstable: true,
            },
            Self::OffsetForLeaderEpoch => &ApiFacts {
                name: "OffsetForLeaderEpoch",
                version_min: 2,
                version_max: 4,
                flexible_from: 4,
                latest_version_unstable: false,
            },
            Self::AddPartitionsToTxn => &ApiFacts {
                name: "AddPartitionsToTxn",
                version_min: 0,
                version_max: 5,
                flexible_from: 3,
                latest_version_unstable: false,
            },
            Self::AddOffsetsToTxn => &ApiFacts {
                name: "AddOffsetsToTxn",
                version_min: 0,
                version_max: 4,
                flexible_from: 3,
                latest_version_unstable: false,
            },
            Self::EndTxn => &ApiFacts {
                name: "EndTxn",
                version_min: 0,
                version_max: 5,
                flexible_from: 3,
                latest_version_unstable: false,
            },
            Self::WriteTxnMarkers => &ApiFacts {
                name: "WriteTxnMarkers",
                version_min: 1,
                version_max: 2,
                flexible_from: 1,
                latest_version_unstable: false,
            },
            Self::TxnOffsetCommit => &ApiFacts {
                name: "TxnOffsetCommit",
                version_min: 0,
                version_max: 5,
                flexible_from: 3,
                latest_version_unstable: false,
            },
            Self::DescribeAcls => &ApiFacts {
                name: "DescribeAcls",
                version_min: 1,
                version_max: 3,
                flexible_from: 2,
                latest_version_unstable: false,
            },
            Self::CreateAcls => &ApiFacts {
                name: "CreateAcls",
                version_min: 1,
                version_max: 3,
                flexible_from: 2,
                latest_version_unstable: false,
            },
            Self::DeleteAcls => &ApiFacts {
                name: "DeleteAcls",
                version_min: 1,
                version_max: 3,
                flexible_from: 2,
                latest_version_unstable: false,
            },
            Self::DescribeConfigs => &ApiFacts {
                name: "DescribeConfigs",
                version_min: 1,
                version_max: 4,
                flexible_from: 4,
                latest_version_unstable: false,
            },
            Self::AlterConfigs => &ApiFacts {
                name: "AlterConfigs",
                version_min: 0,
                version_max: 2,
                flexible_from: 2,
                latest_version_unstable: false,
            },
            Self::AlterReplicaLogDirs => &ApiFacts {
                name: "AlterReplicaLogDirs",
                version_min: 1,
                version_max: 2,
                flexible_from: 2,
                latest_version_unstable: false,
            },
            Self::DescribeLogDirs => &ApiFacts {
                name: "DescribeLogDirs",
                version_min: 1,
                version_max: 5,
                flexible_from: 2,
                latest_version_unstable: false,
            },
            Self::SaslAuthenticate => &ApiFacts {
                name: "SaslAuthenticate",
                version_min: 0,
                version_max: 2,
                flexible_from: 2,
                latest_version_unstable: false,
            },
            Self::CreatePartitions => &ApiFacts {
                name: "CreatePartitions",
                version_min: 0,
                version_max: 3,
                flexible_from: 2,
                latest_version_unstable: false,
            },
            Self::CreateDelegationToken => &ApiFacts {
                name: "CreateDelegationToken",
                version_min: 1,
                version_max: 3,
                flexible_from: 2,
                latest_version_unstable: false,
            },
            Self::RenewDelegationToken => &ApiFacts {
                name: "RenewDelegationToken",
                version_min: 1,
                version_max: 2,
                flexible_from: 2,
                latest_version_unstable: false,
            },
            Self::ExpireDelegationToken => &ApiFacts {
                name: "ExpireDelegationToken",
                version_min: 1,
                version_max: 2,
                flexible_from: 2,
                latest_version_unstable: false,
            },
            Self::DescribeDelegationToken => &ApiFacts {
                name: "DescribeDelegationToken",
                version_min: 1,
                version_max: 3,
                flexible_from: 2,
                latest_version_unstable: false,
            },
            Self::DeleteGroups => &ApiFacts {
                name: "DeleteGroups",
                version_min: 0,
                version_max: 2,
                flexible_from: 2,
                latest_version_unstable: false,
            },
            Self::ElectLeaders => &ApiFacts {
                name: "ElectLeaders",
                version_min: 0,
                version_max: 2,
                flexible_from: 2,
                latest_version_unstable: false,
            },
            Self::IncrementalAlterConfigs => &ApiFacts {
                name: "IncrementalAlterConfigs",
                version_min: 0,
                version_max: 1,
                flexible_from: 1,
                latest_version_unstable: false,
            },
            Self::AlterPartitionReassignments => &ApiFacts {
                name: "AlterPartitionReassignments",
                version_min: 0,
                version_max: 1,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::ListPartitionReassignments => &ApiFacts {
                name: "ListPartitionReassignments",
                version_min: 0,
                version_max: 0,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::OffsetDelete => &ApiFacts {
                name: "OffsetDelete",
                version_min: 0,
                version_max: 0,
                flexible_from: i16::MAX,
                latest_version_unstable: false,
            },
            Self::DescribeClientQuotas => &ApiFacts {
                name: "DescribeClientQuotas",
                version_min: 0,
                version_max: 1,
                flexible_from: 1,
                latest_version_unstable: false,
            },
            Self::AlterClientQuotas => &ApiFacts {
                name: "AlterClientQuotas",
                version_min: 0,
                version_max: 1,
                flexible_from: 1,
                latest_version_unstable: false,
            },
            Self::DescribeUserScramCredentials => &ApiFacts {
                name: "DescribeUserScramCredentials",
                version_min: 0,
                version_max: 0,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::AlterUserScramCredentials => &ApiFacts {
                name: "AlterUserScramCredentials",
                version_min: 0,
                version_max: 0,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::Vote => &ApiFacts {
                name: "Vote",
                version_min: 0,
                version_max: 2,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::BeginQuorumEpoch => &ApiFacts {
                name: "BeginQuorumEpoch",
                version_min: 0,
                version_max: 1,
                flexible_from: 1,
                latest_version_unstable: false,
            },
            Self::EndQuorumEpoch => &ApiFacts {
                name: "EndQuorumEpoch",
                version_min: 0,
                version_max: 1,
                flexible_from: 1,
                latest_version_unstable: false,
            },
            Self::DescribeQuorum => &ApiFacts {
                name: "DescribeQuorum",
                version_min: 0,
                version_max: 2,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::AlterPartition => &ApiFacts {
                name: "AlterPartition",
                version_min: 2,
                version_max: 3,
                flexible_from: 2,
                latest_version_unstable: false,
            },
            Self::UpdateFeatures => &ApiFacts {
                name: "UpdateFeatures",
                version_min: 0,
                version_max: 2,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::Envelope => &ApiFacts {
                name: "Envelope",
                version_min: 0,
                version_max: 0,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::FetchSnapshot => &ApiFacts {
                name: "FetchSnapshot",
                version_min: 0,
                version_max: 1,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::DescribeCluster => &ApiFacts {
                name: "DescribeCluster",
                version_min: 0,
                version_max: 2,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::DescribeProducers => &ApiFacts {
                name: "DescribeProducers",
                version_min: 0,
                version_max: 0,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::BrokerRegistration => &ApiFacts {
                name: "BrokerRegistration",
                version_min: 0,
                version_max: 4,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::BrokerHeartbeat => &ApiFacts {
                name: "BrokerHeartbeat",
                version_min: 0,
                version_max: 2,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::UnregisterBroker => &ApiFacts {
                name: "UnregisterBroker",
                version_min: 0,
                version_max: 0,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::DescribeTransactions => &ApiFacts {
                name: "DescribeTransactions",
                version_min: 0,
                version_max: 0,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::ListTransactions => &ApiFacts {
                name: "ListTransactions",
                version_min: 0,
                version_max: 2,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::AllocateProducerIds => &ApiFacts {
                name: "AllocateProducerIds",
                version_min: 0,
                version_max: 0,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::ConsumerGroupHeartbeat => &ApiFacts {
                name: "ConsumerGroupHeartbeat",
                version_min: 0,
                version_max: 1,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::ConsumerGroupDescribe => &ApiFacts {
                name: "ConsumerGroupDescribe",
                version_min: 0,
                version_max: 1,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::ControllerRegistration => &ApiFacts {
                name: "ControllerRegistration",
                version_min: 0,
                version_max: 0,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::GetTelemetrySubscriptions => &ApiFacts {
                name: "GetTelemetrySubscriptions",
                version_min: 0,
                version_max: 0,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::PushTelemetry => &ApiFacts {
                name: "PushTelemetry",
                version_min: 0,
                version_max: 0,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::AssignReplicasToDirs => &ApiFacts {
                name: "AssignReplicasToDirs",
                version_min: 0,
                version_max: 0,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::ListConfigResources => &ApiFacts {
                name: "ListConfigResources",
                version_min: 0,
                version_max: 1,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::DescribeTopicPartitions => &ApiFacts {
                name: "DescribeTopicPartitions",
                version_min: 0,
                version_max: 0,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::ShareGroupHeartbeat => &ApiFacts {
                name: "ShareGroupHeartbeat",
                version_min: 1,
                version_max: 1,
                flexible_from: 1,
                latest_version_unstable: false,
            },
            Self::ShareGroupDescribe => &ApiFacts {
                name: "ShareGroupDescribe",
                version_min: 1,
                version_max: 1,
                flexible_from: 1,
                latest_version_unstable: false,
            },
            Self::ShareFetch => &ApiFacts {
                name: "ShareFetch",
                version_min: 1,
                version_max: 2,
                flexible_from: 1,
                latest_version_unstable: false,
            },
            Self::ShareAcknowledge => &ApiFacts {
                name: "ShareAcknowledge",
                version_min: 1,
                version_max: 2,
                flexible_from: 1,
                latest_version_unstable: false,
            },
            Self::AddRaftVoter => &ApiFacts {
                name: "AddRaftVoter",
                version_min: 0,
                version_max: 1,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::RemoveRaftVoter => &ApiFacts {
                name: "RemoveRaftVoter",
                version_min: 0,
                version_max: 0,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::UpdateRaftVoter => &ApiFacts {
                name: "UpdateRaftVoter",
                version_min: 0,
                version_max: 0,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::InitializeShareGroupState => &ApiFacts {
                name: "InitializeShareGroupState",
                version_min: 0,
                version_max: 0,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::ReadShareGroupState => &ApiFacts {
                name: "ReadShareGroupState",
                version_min: 0,
                version_max: 0,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::WriteShareGroupState => &ApiFacts {
                name: "WriteShareGroupState",
                version_min: 0,
                version_max: 1,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::DeleteShareGroupState => &ApiFacts {
                name: "DeleteShareGroupState",
                version_min: 0,
                version_max: 0,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::ReadShareGroupStateSummary => &ApiFacts {
                name: "ReadShareGroupStateSummary",
                version_min: 0,
                version_max: 1,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::StreamsGroupHeartbeat => &ApiFacts {
                name: "StreamsGroupHeartbeat",
                version_min: 0,
                version_max: 0,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::StreamsGroupDescribe => &ApiFacts {
                name: "StreamsGroupDescribe",
                version_min: 0,
                version_max: 0,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::DescribeShareGroupOffsets => &ApiFacts {
                name: "DescribeShareGroupOffsets",
                version_min: 0,
                version_max: 1,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::AlterShareGroupOffsets => &ApiFacts {
                name: "AlterShareGroupOffsets",
                version_min: 0,
                version_max: 0,
                flexible_from: 0,
                latest_version_unstable: false,
            },
            Self::DeleteShareGroupOffsets => &ApiFacts {
                name: "DeleteShareGroupOffsets",
                version_min: 0,
                version_max: 0,
                flexible_from: 0,
                latest_version_unstable: false,
            },
        }
    }
}

impl TryFrom<i16> for ApiKey {
    type Error = UnknownApiKey;

    fn try_from(key: i16) -> Result<Self, UnknownApiKey> {
        Ok(match key {
            0 => Self::Produce,
            1 => Self::Fetch,
            2 => Self::ListOffsets,
            3 => Self::Metadata,
            8 => Self::OffsetCommit,
            9 => Self::OffsetFetch,
            10 => Self::FindCoordinator,
            11 => Self::JoinGroup,
            12 => Self::Heartbeat,
            13 => Self::LeaveGroup,
            14 => Self::SyncGroup,
            15 => Self::DescribeGroups,
            16 => Self::ListGroups,
            17 => Self::SaslHandshake,
            18 => Self::ApiVersions,
            19 => Self::CreateTopics,
            20 => Self::DeleteTopics,
            21 => Self::DeleteRecords,
            22 => Self::InitProducerId,
            23 => Self::OffsetForLeaderEpoch,
            24 => Self::AddPartitionsToTxn,
            25 => Self::AddOffsetsToTxn,
            26 => Self::EndTxn,
            27 => Self::WriteTxnMarkers,
            28 => Self::TxnOffsetCommit,
            29 => Self::DescribeAcls,
            30 => Self::CreateAcls,
            31 => Self::DeleteAcls,
            32 => Self::DescribeConfigs,
            33 => Self::AlterConfigs,
            34 => Self::AlterReplicaLogDirs,
            35 => Self::DescribeLogDirs,
            36 => Self::SaslAuthenticate,
            37 => Self::CreatePartitions,
            38 => Self::CreateDelegationToken,
            39 => Self::RenewDelegationToken,
            40 => Self::ExpireDelegationToken,
            41 => Self::DescribeDelegationToken,
            42 => Self::DeleteGroups,
            43 => Self::ElectLeaders,
            44 => Self::IncrementalAlterConfigs,
            45 => Self::AlterPartitionReassignments,
            46 => Self::ListPartitionReassignments,
            47 => Self::OffsetDelete,
            48 => Self::DescribeClientQuotas,
            49 => Self::AlterClientQuotas,
            50 => Self::DescribeUserScramCredentials,
            51 => Self::AlterUserScramCredentials,
            52 => Self::Vote,
            53 => Self::BeginQuorumEpoch,
            54 => Self::EndQuorumEpoch,
            55 => Self::DescribeQuorum,
            56 => Self::AlterPartition,
            57 => Self::UpdateFeatures,
            58 => Self::Envelope,
            59 => Self::FetchSnapshot,
            60 => Self::DescribeCluster,
            61 => Self::DescribeProducers,
            62 => Self::BrokerRegistration,
            63 => Self::BrokerHeartbeat,
            64 => Self::UnregisterBroker,
            65 => Self::DescribeTransactions,
            66 => Self::ListTransactions,
            67 => Self::AllocateProducerIds,
            68 => Self::ConsumerGroupHeartbeat,
            69 => Self::ConsumerGroupDescribe,
            70 => Self::ControllerRegistration,
            71 => Self::GetTelemetrySubscriptions,
            72 => Self::PushTelemetry,
            73 => Self::AssignReplicasToDirs,
            74 => Self::ListConfigResources,
            75 => Self::DescribeTopicPartitions,
            76 => Self::ShareGroupHeartbeat,
            77 => Self::ShareGroupDescribe,
            78 => Self::ShareFetch,
            79 => Self::ShareAcknowledge,
            80 => Self::AddRaftVoter,
            81 => Self::RemoveRaftVoter,
            82 => Self::UpdateRaftVoter,
            83 => Self::InitializeShareGroupState,
            84 => Self::ReadShareGroupState,
            85 => Self::WriteShareGroupState,
            86 => Self::DeleteShareGroupState,
            87 => Self::ReadShareGroupStateSummary,
            88 => Self::StreamsGroupHeartbeat,
            89 => Self::StreamsGroupDescribe,
            90 => Self::DescribeShareGroupOffsets,
            91 => Self::AlterShareGroupOffsets,
            92 => Self::DeleteShareGroupOffsets,
            _ => return Err(UnknownApiKey(key)),
        })
    }
}
