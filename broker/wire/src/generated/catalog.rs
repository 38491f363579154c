// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Every message and its schema.

use crate::catalog::{Default, Entry, Field, Kind};
use crate::generated::add_offsets_to_txn_request::AddOffsetsToTxnRequest;
use crate::generated::add_offsets_to_txn_response::AddOffsetsToTxnResponse;
use crate::generated::add_partitions_to_txn_request::AddPartitionsToTxnRequest;
use crate::generated::add_partitions_to_txn_response::AddPartitionsToTxnResponse;
use crate::generated::add_raft_voter_request::AddRaftVoterRequest;
use crate::generated::add_raft_voter_response::AddRaftVoterResponse;
use crate::generated::allocate_producer_ids_request::AllocateProducerIdsRequest;
use crate::generated::allocate_producer_ids_response::AllocateProducerIdsResponse;
use crate::generated::alter_client_quotas_request::AlterClientQuotasRequest;
use crate::generated::alter_client_quotas_response::AlterClientQuotasResponse;
use crate::generated::alter_configs_request::AlterConfigsRequest;
use crate::generated::alter_configs_response::AlterConfigsResponse;
use crate::generated::alter_partition_reassignments_request::AlterPartitionReassignmentsRequest;
use crate::generated::alter_partition_reassignments_response::AlterPartitionReassignmentsResponse;
use crate::generated::alter_partition_request::AlterPartitionRequest;
use crate::generated::alter_partition_response::AlterPartitionResponse;
use crate::generated::alter_replica_log_dirs_request::AlterReplicaLogDirsRequest;
use crate::generated::alter_replica_log_dirs_response::AlterReplicaLogDirsResponse;
use crate::generated::alter_share_group_offsets_request::AlterShareGroupOffsetsRequest;
use crate::generated::alter_share_group_offsets_response::AlterShareGroupOffsetsResponse;
use crate::generated::alter_user_scram_credentials_request::AlterUserScramCredentialsRequest;
use crate::generated::alter_user_scram_credentials_response::AlterUserScramCredentialsResponse;
use crate::generated::api_versions_request::ApiVersionsRequest;
use crate::generated::api_versions_response::ApiVersionsResponse;
use crate::generated::assign_replicas_to_dirs_request::AssignReplicasToDirsRequest;
use crate::generated::assign_replicas_to_dirs_response::AssignReplicasToDirsResponse;
use crate::generated::begin_quorum_epoch_request::BeginQuorumEpochRequest;
use crate::generated::begin_quorum_epoch_response::BeginQuorumEpochResponse;
use crate::generated::broker_heartbeat_request::BrokerHeartbeatRequest;
use crate::generated::broker_heartbeat_response::BrokerHeartbeatResponse;
use crate::generated::broker_registration_request::BrokerRegistrationRequest;
use crate::generated::broker_registration_response::BrokerRegistrationResponse;
use crate::generated::consumer_group_current_member_assignment_key::ConsumerGroupCurrentMemberAssignmentKey;
use crate::generated::consumer_group_current_member_assignment_value::ConsumerGroupCurrentMemberAssignmentValue;
use crate::generated::consumer_group_describe_request::ConsumerGroupDescribeRequest;
use crate::generated::consumer_group_describe_response::ConsumerGroupDescribeResponse;
use crate::generated::consumer_group_heartbeat_request::ConsumerGroupHeartbeatRequest;
use crate::generated::consumer_group_heartbeat_response::ConsumerGroupHeartbeatResponse;
use crate::generated::consumer_group_member_metadata_key::ConsumerGroupMemberMetadataKey;
use crate::generated::consumer_group_member_metadata_value::ConsumerGroupMemberMetadataValue;
use crate::generated::consumer_group_metadata_key::ConsumerGroupMetadataKey;
use crate::generated::consumer_group_metadata_value::ConsumerGroupMetadataValue;
use crate::generated::consumer_group_partition_metadata_key::ConsumerGroupPartitionMetadataKey;
use crate::generated::consumer_group_partition_metadata_value::ConsumerGroupPartitionMetadataValue;
use crate::generated::consumer_group_regular_expression_key::ConsumerGroupRegularExpressionKey;
use crate::generated::consumer_group_regular_expression_value::ConsumerGroupRegularExpressionValue;
use crate::generated::consumer_group_target_assignment_member_key::ConsumerGroupTargetAssignmentMemberKey;
use crate::generated::consumer_group_target_assignment_member_value::ConsumerGroupTargetAssignmentMemberValue;
use crate::generated::consumer_group_target_assignment_metadata_key::ConsumerGroupTargetAssignmentMetadataKey;
use crate::generated::consumer_group_target_assignment_metadata_value::ConsumerGroupTargetAssignmentMetadataValue;
use crate::generated::consumer_protocol_assignment::ConsumerProtocolAssignment;
use crate::generated::consumer_protocol_subscription::ConsumerProtocolSubscription;
use crate::generated::control_record_type_schema::ControlRecordTypeSchema;
use crate::generated::controller_registration_request::ControllerRegistrationRequest;
use crate::generated::controller_registration_response::ControllerRegistrationResponse;
use crate::generated::create_acls_request::CreateAclsRequest;
use crate::generated::create_acls_response::CreateAclsResponse;
use crate::generated::create_delegation_token_request::CreateDelegationTokenRequest;
use crate::generated::create_delegation_token_response::CreateDelegationTokenResponse;
use crate::generated::create_partitions_request::CreatePartitionsRequest;
use crate::generated::create_partitions_response::CreatePartitionsResponse;
use crate::generated::create_topics_request::CreateTopicsRequest;
use crate::generated::create_topics_response::CreateTopicsResponse;
use crate::generated::default_principal_data::DefaultPrincipalData;
use crate::generated::delete_acls_request::DeleteAclsRequest;
use crate::generated::delete_acls_response::DeleteAclsResponse;
use crate::generated::delete_groups_request::DeleteGroupsRequest;
use crate::generated::delete_groups_response::DeleteGroupsResponse;
use crate::generated::delete_records_request::DeleteRecordsRequest;
use crate::generated::delete_records_response::DeleteRecordsResponse;
use crate::generated::delete_share_group_offsets_request::DeleteShareGroupOffsetsRequest;
use crate::generated::delete_share_group_offsets_response::DeleteShareGroupOffsetsResponse;
use crate::generated::delete_share_group_state_request::DeleteShareGroupStateRequest;
use crate::generated::delete_share_group_state_response::DeleteShareGroupStateResponse;
use crate::generated::delete_topics_request::DeleteTopicsRequest;
use crate::generated::delete_topics_response::DeleteTopicsResponse;
use crate::generated::describe_acls_request::DescribeAclsRequest;
use crate::generated::describe_acls_response::DescribeAclsResponse;
use crate::generated::describe_client_quotas_request::DescribeClientQuotasRequest;
use crate::generated::describe_client_quotas_response::DescribeClientQuotasResponse;
use crate::generated::describe_cluster_request::DescribeClusterRequest;
use crate::generated::describe_cluster_response::DescribeClusterResponse;
use crate::generated::describe_configs_request::DescribeConfigsRequest;
use crate::generated::describe_configs_response::DescribeConfigsResponse;
use crate::generated::describe_delegation_token_request::DescribeDelegationTokenRequest;
use crate::generated::describe_delegation_token_response::DescribeDelegationTokenResponse;
use crate::generated::describe_groups_request::DescribeGroupsRequest;
use crate::generated::describe_groups_response::DescribeGroupsResponse;
use crate::generated::describe_log_dirs_request::DescribeLogDirsRequest;
use crate::generated::describe_log_dirs_response::DescribeLogDirsResponse;
use crate::generated::describe_producers_request::DescribeProducersRequest;
use crate::generated::describe_producers_response::DescribeProducersResponse;
use crate::generated::describe_quorum_request::DescribeQuorumRequest;
use crate::generated::describe_quorum_response::DescribeQuorumResponse;
use crate::generated::describe_share_group_offsets_request::DescribeShareGroupOffsetsRequest;
use crate::generated::describe_share_group_offsets_response::DescribeShareGroupOffsetsResponse;
use crate::generated::describe_topic_partitions_request::DescribeTopicPartitionsRequest;
use crate::generated::describe_topic_partitions_response::DescribeTopicPartitionsResponse;
use crate::generated::describe_transactions_request::DescribeTransactionsRequest;
use crate::generated::describe_transactions_response::DescribeTransactionsResponse;
use crate::generated::describe_user_scram_credentials_request::DescribeUserScramCredentialsRequest;
use crate::generated::describe_user_scram_credentials_response::DescribeUserScramCredentialsResponse;
use crate::generated::elect_leaders_request::ElectLeadersRequest;
use crate::generated::elect_leaders_response::ElectLeadersResponse;
use crate::generated::end_quorum_epoch_request::EndQuorumEpochRequest;
use crate::generated::end_quorum_epoch_response::EndQuorumEpochResponse;
use crate::generated::end_txn_marker::EndTxnMarker;
use crate::generated::end_txn_request::EndTxnRequest;
use crate::generated::end_txn_response::EndTxnResponse;
use crate::generated::envelope_request::EnvelopeRequest;
use crate::generated::envelope_response::EnvelopeResponse;
use crate::generated::expire_delegation_token_request::ExpireDelegationTokenRequest;
use crate::generated::expire_delegation_token_response::ExpireDelegationTokenResponse;
use crate::generated::fetch_request::FetchRequest;
use crate::generated::fetch_response::FetchResponse;
use crate::generated::fetch_snapshot_request::FetchSnapshotRequest;
use crate::generated::fetch_snapshot_response::FetchSnapshotResponse;
use crate::generated::find_coordinator_request::FindCoordinatorRequest;
use crate::generated::find_coordinator_response::FindCoordinatorResponse;
use crate::generated::get_telemetry_subscriptions_request::GetTelemetrySubscriptionsRequest;
use crate::generated::get_telemetry_subscriptions_response::GetTelemetrySubscriptionsResponse;
use crate::generated::group_metadata_key::GroupMetadataKey;
use crate::generated::group_metadata_value::GroupMetadataValue;
use crate::generated::heartbeat_request::HeartbeatRequest;
use crate::generated::heartbeat_response::HeartbeatResponse;
use crate::generated::incremental_alter_configs_request::IncrementalAlterConfigsRequest;
use crate::generated::incremental_alter_configs_response::IncrementalAlterConfigsResponse;
use crate::generated::init_producer_id_request::InitProducerIdRequest;
use crate::generated::init_producer_id_response::InitProducerIdResponse;
use crate::generated::initialize_share_group_state_request::InitializeShareGroupStateRequest;
use crate::generated::initialize_share_group_state_response::InitializeShareGroupStateResponse;
use crate::generated::join_group_request::JoinGroupRequest;
use crate::generated::join_group_response::JoinGroupResponse;
use crate::generated::leave_group_request::LeaveGroupRequest;
use crate::generated::leave_group_response::LeaveGroupResponse;
use crate::generated::legacy_offset_commit_key::LegacyOffsetCommitKey;
use crate::generated::legacy_offset_commit_value::LegacyOffsetCommitValue;
use crate::generated::list_config_resources_request::ListConfigResourcesRequest;
use crate::generated::list_config_resources_response::ListConfigResourcesResponse;
use crate::generated::list_groups_request::ListGroupsRequest;
use crate::generated::list_groups_response::ListGroupsResponse;
use crate::generated::list_offsets_request::ListOffsetsRequest;
use crate::generated::list_offsets_response::ListOffsetsResponse;
use crate::generated::list_partition_reassignments_request::ListPartitionReassignmentsRequest;
use crate::generated::list_partition_reassignments_response::ListPartitionReassignmentsResponse;
use crate::generated::list_transactions_request::ListTransactionsRequest;
use crate::generated::list_transactions_response::ListTransactionsResponse;
use crate::generated::metadata_request::MetadataRequest;
use crate::generated::metadata_response::MetadataResponse;
use crate::generated::offset_commit_key::OffsetCommitKey;
use crate::generated::offset_commit_request::OffsetCommitRequest;
use crate::generated::offset_commit_response::OffsetCommitResponse;
use crate::generated::offset_commit_value::OffsetCommitValue;
use crate::generated::offset_delete_request::OffsetDeleteRequest;
use crate::generated::offset_delete_response::OffsetDeleteResponse;
use crate::generated::offset_fetch_request::OffsetFetchRequest;
use crate::generated::offset_fetch_response::OffsetFetchResponse;
use crate::generated::offset_for_leader_epoch_request::OffsetForLeaderEpochRequest;
use crate::generated::offset_for_leader_epoch_response::OffsetForLeaderEpochResponse;
use crate::generated::produce_request::ProduceRequest;
use crate::generated::produce_response::ProduceResponse;
use crate::generated::push_telemetry_request::PushTelemetryRequest;
use crate::generated::push_telemetry_response::PushTelemetryResponse;
use crate::generated::read_share_group_state_request::ReadShareGroupStateRequest;
use crate::generated::read_share_group_state_response::ReadShareGroupStateResponse;
use crate::generated::read_share_group_state_summary_request::ReadShareGroupStateSummaryRequest;
use crate::generated::read_share_group_state_summary_response::ReadShareGroupStateSummaryResponse;
use crate::generated::remove_raft_voter_request::RemoveRaftVoterRequest;
use crate::generated::remove_raft_voter_response::RemoveRaftVoterResponse;
use crate::generated::renew_delegation_token_request::RenewDelegationTokenRequest;
use crate::generated::renew_delegation_token_response::RenewDelegationTokenResponse;
use crate::generated::request_header::RequestHeader;
use crate::generated::response_header::ResponseHeader;
use crate::generated::sasl_authenticate_request::SaslAuthenticateRequest;
use crate::generated::sasl_authenticate_response::SaslAuthenticateResponse;
use crate::generated::sasl_handshake_request::SaslHandshakeRequest;
use crate::generated::sasl_handshake_response::SaslHandshakeResponse;
use crate::generated::share_acknowledge_request::ShareAcknowledgeRequest;
use crate::generated::share_acknowledge_response::ShareAcknowledgeResponse;
use crate::generated::share_fetch_request::ShareFetchRequest;
use crate::generated::share_fetch_response::ShareFetchResponse;
use crate::generated::share_group_current_member_assignment_key::ShareGroupCurrentMemberAssignmentKey;
use crate::generated::share_group_current_member_assignment_value::ShareGroupCurrentMemberAssignmentValue;
use crate::generated::share_group_describe_request::ShareGroupDescribeRequest;
use crate::generated::share_group_describe_response::ShareGroupDescribeResponse;
use crate::generated::share_group_heartbeat_request::ShareGroupHeartbeatRequest;
use crate::generated::share_group_heartbeat_response::ShareGroupHeartbeatResponse;
use crate::generated::share_group_member_metadata_key::ShareGroupMemberMetadataKey;
use crate::generated::share_group_member_metadata_value::ShareGroupMemberMetadataValue;
use crate::generated::share_group_metadata_key::ShareGroupMetadataKey;
use crate::generated::share_group_metadata_value::ShareGroupMetadataValue;
use crate::generated::share_group_state_partition_metadata_key::ShareGroupStatePartitionMetadataKey;
use crate::generated::share_group_state_partition_metadata_value::ShareGroupStatePartitionMetadataValue;
use crate::generated::share_group_target_assignment_member_key::ShareGroupTargetAssignmentMemberKey;
use crate::generated::share_group_target_assignment_member_value::ShareGroupTargetAssignmentMemberValue;
use crate::generated::share_group_target_assignment_metadata_key::ShareGroupTargetAssignmentMetadataKey;
use crate::generated::share_group_target_assignment_metadata_value::ShareGroupTargetAssignmentMetadataValue;
use crate::generated::share_snapshot_key::ShareSnapshotKey;
use crate::generated::share_snapshot_value::ShareSnapshotValue;
use crate::generated::share_update_key::ShareUpdateKey;
use crate::generated::share_update_value::ShareUpdateValue;
use crate::generated::streams_group_current_member_assignment_key::StreamsGroupCurrentMemberAssignmentKey;
use crate::generated::streams_group_current_member_assignment_value::StreamsGroupCurrentMemberAssignmentValue;
use crate::generated::streams_group_describe_request::StreamsGroupDescribeRequest;
use crate::generated::streams_group_describe_response::StreamsGroupDescribeResponse;
use crate::generated::streams_group_heartbeat_request::StreamsGroupHeartbeatRequest;
use crate::generated::streams_group_heartbeat_response::StreamsGroupHeartbeatResponse;
use crate::generated::streams_group_member_metadata_key::StreamsGroupMemberMetadataKey;
use crate::generated::streams_group_member_metadata_value::StreamsGroupMemberMetadataValue;
use crate::generated::streams_group_metadata_key::StreamsGroupMetadataKey;
use crate::generated::streams_group_metadata_value::StreamsGroupMetadataValue;
use crate::generated::streams_group_target_assignment_member_key::StreamsGroupTargetAssignmentMemberKey;
use crate::generated::streams_group_target_assignment_member_value::StreamsGroupTargetAssignmentMemberValue;
use crate::generated::streams_group_target_assignment_metadata_key::StreamsGroupTargetAssignmentMetadataKey;
use crate::generated::streams_group_target_assignment_metadata_value::StreamsGroupTargetAssignmentMetadataValue;
use crate::generated::streams_group_topology_key::StreamsGroupTopologyKey;
use crate::generated::streams_group_topology_value::StreamsGroupTopologyValue;
use crate::generated::sync_group_request::SyncGroupRequest;
use crate::generated::sync_group_response::SyncGroupResponse;
use crate::generated::transaction_log_key::TransactionLogKey;
use crate::generated::transaction_log_value::TransactionLogValue;
use crate::generated::txn_offset_commit_request::TxnOffsetCommitRequest;
use crate::generated::txn_offset_commit_response::TxnOffsetCommitResponse;
use crate::generated::unregister_broker_request::UnregisterBrokerRequest;
use crate::generated::unregister_broker_response::UnregisterBrokerResponse;
use crate::generated::update_features_request::UpdateFeaturesRequest;
use crate::generated::update_features_response::UpdateFeaturesResponse;
use crate::generated::update_raft_voter_request::UpdateRaftVoterRequest;
use crate::generated::update_raft_voter_response::UpdateRaftVoterResponse;
use crate::generated::vote_request::VoteRequest;
use crate::generated::vote_response::VoteResponse;
use crate::generated::write_share_group_state_request::WriteShareGroupStateRequest;
use crate::generated::write_share_group_state_response::WriteShareGroupStateResponse;
use crate::generated::write_txn_markers_request::WriteTxnMarkersRequest;
use crate::generated::write_txn_markers_response::WriteTxnMarkersResponse;

/// All messages, ordered by name within each jar.
pub const MESSAGES: &[Entry] = &[
    Entry::of::<AddOffsetsToTxnRequest>(Some(25), ADD_OFFSETS_TO_TXN_REQUEST),
    Entry::of::<AddOffsetsToTxnResponse>(Some(25), ADD_OFFSETS_TO_TXN_RESPONSE),
    Entry::of::<AddPartitionsToTxnRequest>(Some(24), ADD_PARTITIONS_TO_TXN_REQUEST),
    Entry::of::<AddPartitionsToTxnResponse>(Some(24), ADD_PARTITIONS_TO_TXN_RESPONSE),
    Entry::of::<AddRaftVoterRequest>(Some(80), ADD_RAFT_VOTER_REQUEST),
    Entry::of::<AddRaftVoterResponse>(Some(80), ADD_RAFT_VOTER_RESPONSE),
    Entry::of::<AllocateProducerIdsRequest>(Some(67), ALLOCATE_PRODUCER_IDS_REQUEST),
    Entry::of::<AllocateProducerIdsResponse>(Some(67), ALLOCATE_PRODUCER_IDS_RESPONSE),
    Entry::of::<AlterClientQuotasRequest>(Some(49), ALTER_CLIENT_QUOTAS_REQUEST),
    Entry::of::<AlterClientQuotasResponse>(Some(49), ALTER_CLIENT_QUOTAS_RESPONSE),
    Entry::of::<AlterConfigsRequest>(Some(33), ALTER_CONFIGS_REQUEST),
    Entry::of::<AlterConfigsResponse>(Some(33), ALTER_CONFIGS_RESPONSE),
    Entry::of::<AlterPartitionReassignmentsRequest>(
        Some(45),
        ALTER_PARTITION_REASSIGNMENTS_REQUEST,
    ),
    Entry::of::<AlterPartitionReassignmentsResponse>(
        Some(45),
        ALTER_PARTITION_REASSIGNMENTS_RESPONSE,
    ),
    Entry::of::<AlterPartitionRequest>(Some(56), ALTER_PARTITION_REQUEST),
    Entry::of::<AlterPartitionResponse>(Some(56), ALTER_PARTITION_RESPONSE),
    Entry::of::<AlterReplicaLogDirsRequest>(Some(34), ALTER_REPLICA_LOG_DIRS_REQUEST),
    Entry::of::<AlterReplicaLogDirsResponse>(Some(34), ALTER_REPLICA_LOG_DIRS_RESPONSE),
    Entry::of::<AlterShareGroupOffsetsRequest>(Some(91), ALTER_SHARE_GROUP_OFFSETS_REQUEST),
    Entry::of::<AlterShareGroupOffsetsResponse>(Some(91), ALTER_SHARE_GROUP_OFFSETS_RESPONSE),
    Entry::of::<AlterUserScramCredentialsRequest>(Some(51), ALTER_USER_SCRAM_CREDENTIALS_REQUEST),
    Entry::of::<AlterUserScramCredentialsResponse>(Some(51), ALTER_USER_SCRAM_CREDENTIALS_RESPONSE),
    Entry::of::<ApiVersionsRequest>(Some(18), API_VERSIONS_REQUEST),
    Entry::of::<ApiVersionsResponse>(Some(18), API_VERSIONS_RESPONSE),
    Entry::of::<AssignReplicasToDirsRequest>(Some(73), ASSIGN_REPLICAS_TO_DIRS_REQUEST),
    Entry::of::<AssignReplicasToDirsResponse>(Some(73), ASSIGN_REPLICAS_TO_DIRS_RESPONSE),
    Entry::of::<BeginQuorumEpochRequest>(Some(53), BEGIN_QUORUM_EPOCH_REQUEST),
    Entry::of::<BeginQuorumEpochResponse>(Some(53), BEGIN_QUORUM_EPOCH_RESPONSE),
    Entry::of::<BrokerHeartbeatRequest>(Some(63), BROKER_HEARTBEAT_REQUEST),
    Entry::of::<BrokerHeartbeatResponse>(Some(63), BROKER_HEARTBEAT_RESPONSE),
    Entry::of::<BrokerRegistrationRequest>(Some(62), BROKER_REGISTRATION_REQUEST),
    Entry::of::<BrokerRegistrationResponse>(Some(62), BROKER_REGISTRATION_RESPONSE),
    Entry::of::<ConsumerGroupDescribeRequest>(Some(69), CONSUMER_GROUP_DESCRIBE_REQUEST),
    Entry::of::<ConsumerGroupDescribeResponse>(Some(69), CONSUMER_GROUP_DESCRIBE_RESPONSE),
    Entry::of::<ConsumerGroupHeartbeatRequest>(Some(68), CONSUMER_GROUP_HEARTBEAT_REQUEST),
    Entry::of::<ConsumerGroupHeartbeatResponse>(Some(68), CONSUMER_GROUP_HEARTBEAT_RESPONSE),
    Entry::of::<ConsumerProtocolAssignment>(None, CONSUMER_PROTOCOL_ASSIGNMENT),
    Entry::of::<ConsumerProtocolSubscription>(None, CONSUMER_PROTOCOL_SUBSCRIPTION),
    Entry::of::<ControlRecordTypeSchema>(None, CONTROL_RECORD_TYPE_SCHEMA),
    Entry::of::<ControllerRegistrationRequest>(Some(70), CONTROLLER_REGISTRATION_REQUEST),
    Entry::of::<ControllerRegistrationResponse>(Some(70), CONTROLLER_REGISTRATION_RESPONSE),
    Entry::of::<CreateAclsRequest>(Some(30), CREATE_ACLS_REQUEST),
    Entry::of::<CreateAclsResponse>(Some(30), CREATE_ACLS_RESPONSE),
    Entry::of::<CreateDelegationTokenRequest>(Some(38), CREATE_DELEGATION_TOKEN_REQUEST),
    Entry::of::<CreateDelegationTokenResponse>(Some(38), CREATE_DELEGATION_TOKEN_RESPONSE),
    Entry::of::<CreatePartitionsRequest>(Some(37), CREATE_PARTITIONS_REQUEST),
    Entry::of::<CreatePartitionsResponse>(Some(37), CREATE_PARTITIONS_RESPONSE),
    Entry::of::<CreateTopicsRequest>(Some(19), CREATE_TOPICS_REQUEST),
    Entry::of::<CreateTopicsResponse>(Some(19), CREATE_TOPICS_RESPONSE),
    Entry::of::<DefaultPrincipalData>(None, DEFAULT_PRINCIPAL_DATA),
    Entry::of::<DeleteAclsRequest>(Some(31), DELETE_ACLS_REQUEST),
    Entry::of::<DeleteAclsResponse>(Some(31), DELETE_ACLS_RESPONSE),
    Entry::of::<DeleteGroupsRequest>(Some(42), DELETE_GROUPS_REQUEST),
    Entry::of::<DeleteGroupsResponse>(Some(42), DELETE_GROUPS_RESPONSE),
    Entry::of::<DeleteRecordsRequest>(Some(21), DELETE_RECORDS_REQUEST),
    Entry::of::<DeleteRecordsResponse>(Some(21), DELETE_RECORDS_RESPONSE),
    Entry::of::<DeleteShareGroupOffsetsRequest>(Some(92), DELETE_SHARE_GROUP_OFFSETS_REQUEST),
    Entry::of::<DeleteShareGroupOffsetsResponse>(Some(92), DELETE_SHARE_GROUP_OFFSETS_RESPONSE),
    Entry::of::<DeleteShareGroupStateRequest>(Some(86), DELETE_SHARE_GROUP_STATE_REQUEST),
    Entry::of::<DeleteShareGroupStateResponse>(Some(86), DELETE_SHARE_GROUP_STATE_RESPONSE),
    Entry::of::<DeleteTopicsRequest>(Some(20), DELETE_TOPICS_REQUEST),
    Entry::of::<DeleteTopicsResponse>(Some(20), DELETE_TOPICS_RESPONSE),
    Entry::of::<DescribeAclsRequest>(Some(29), DESCRIBE_ACLS_REQUEST),
    Entry::of::<DescribeAclsResponse>(Some(29), DESCRIBE_ACLS_RESPONSE),
    Entry::of::<DescribeClientQuotasRequest>(Some(48), DESCRIBE_CLIENT_QUOTAS_REQUEST),
    Entry::of::<DescribeClientQuotasResponse>(Some(48), DESCRIBE_CLIENT_QUOTAS_RESPONSE),
    Entry::of::<DescribeClusterRequest>(Some(60), DESCRIBE_CLUSTER_REQUEST),
    Entry::of::<DescribeClusterResponse>(Some(60), DESCRIBE_CLUSTER_RESPONSE),
    Entry::of::<DescribeConfigsRequest>(Some(32), DESCRIBE_CONFIGS_REQUEST),
    Entry::of::<DescribeConfigsResponse>(Some(32), DESCRIBE_CONFIGS_RESPONSE),
    Entry::of::<DescribeDelegationTokenRequest>(Some(41), DESCRIBE_DELEGATION_TOKEN_REQUEST),
    Entry::of::<DescribeDelegationTokenResponse>(Some(41), DESCRIBE_DELEGATION_TOKEN_RESPONSE),
    Entry::of::<DescribeGroupsRequest>(Some(15), DESCRIBE_GROUPS_REQUEST),
    Entry::of::<DescribeGroupsResponse>(Some(15), DESCRIBE_GROUPS_RESPONSE),
    Entry::of::<DescribeLogDirsRequest>(Some(35), DESCRIBE_LOG_DIRS_REQUEST),
    Entry::of::<DescribeLogDirsResponse>(Some(35), DESCRIBE_LOG_DIRS_RESPONSE),
    Entry::of::<DescribeProducersRequest>(Some(61), DESCRIBE_PRODUCERS_REQUEST),
    Entry::of::<DescribeProducersResponse>(Some(61), DESCRIBE_PRODUCERS_RESPONSE),
    Entry::of::<DescribeQuorumRequest>(Some(55), DESCRIBE_QUORUM_REQUEST),
    Entry::of::<DescribeQuorumResponse>(Some(55), DESCRIBE_QUORUM_RESPONSE),
    Entry::of::<DescribeShareGroupOffsetsRequest>(Some(90), DESCRIBE_SHARE_GROUP_OFFSETS_REQUEST),
    Entry::of::<DescribeShareGroupOffsetsResponse>(Some(90), DESCRIBE_SHARE_GROUP_OFFSETS_RESPONSE),
    Entry::of::<DescribeTopicPartitionsRequest>(Some(75), DESCRIBE_TOPIC_PARTITIONS_REQUEST),
    Entry::of::<DescribeTopicPartitionsResponse>(Some(75), DESCRIBE_TOPIC_PARTITIONS_RESPONSE),
    Entry::of::<DescribeTransactionsRequest>(Some(65), DESCRIBE_TRANSACTIONS_REQUEST),
    Entry::of::<DescribeTransactionsResponse>(Some(65), DESCRIBE_TRANSACTIONS_RESPONSE),
    Entry::of::<DescribeUserScramCredentialsRequest>(
        Some(50),
        DESCRIBE_USER_SCRAM_CREDENTIALS_REQUEST,
    ),
    Entry::of::<DescribeUserScramCredentialsResponse>(
        Some(50),
        DESCRIBE_USER_SCRAM_CREDENTIALS_RESPONSE,
    ),
    Entry::of::<ElectLeadersRequest>(Some(43), ELECT_LEADERS_REQUEST),
    Entry::of::<ElectLeadersResponse>(Some(43), ELECT_LEADERS_RESPONSE),
    Entry::of::<EndQuorumEpochRequest>(Some(54), END_QUORUM_EPOCH_REQUEST),
    Entry::of::<EndQuorumEpochResponse>(Some(54), END_QUORUM_EPOCH_RESPONSE),
    Entry::of::<EndTxnMarker>(None, END_TXN_MARKER),
    Entry::of::<EndTxnRequest>(Some(26), END_TXN_REQUEST),
    Entry::of::<EndTxnResponse>(Some(26), END_TXN_RESPONSE),
    Entry::of::<EnvelopeRequest>(Some(58), ENVELOPE_REQUEST),
    Entry::of::<EnvelopeResponse>(Some(58), ENVELOPE_RESPONSE),
    Entry::of::<ExpireDelegationTokenRequest>(Some(40), EXPIRE_DELEGATION_TOKEN_REQUEST),
    Entry::of::<ExpireDelegationTokenResponse>(Some(40), EXPIRE_DELEGATION_TOKEN_RESPONSE),
    Entry::of::<FetchRequest>(Some(1), FETCH_REQUEST),
    Entry::of::<FetchResponse>(Some(1), FETCH_RESPONSE),
    Entry::of::<FetchSnapshotRequest>(Some(59), FETCH_SNAPSHOT_REQUEST),
    Entry::of::<FetchSnapshotResponse>(Some(59), FETCH_SNAPSHOT_RESPONSE),
    Entry::of::<FindCoordinatorRequest>(Some(10), FIND_COORDINATOR_REQUEST),
    Entry::of::<FindCoordinatorResponse>(Some(10), FIND_COORDINATOR_RESPONSE),
    Entry::of::<GetTelemetrySubscriptionsRequest>(Some(71), GET_TELEMETRY_SUBSCRIPTIONS_REQUEST),
    Entry::of::<GetTelemetrySubscriptionsResponse>(Some(71), GET_TELEMETRY_SUBSCRIPTIONS_RESPONSE),
    Entry::of::<HeartbeatRequest>(Some(12), HEARTBEAT_REQUEST),
    Entry::of::<HeartbeatResponse>(Some(12), HEARTBEAT_RESPONSE),
    Entry::of::<IncrementalAlterConfigsRequest>(Some(44), INCREMENTAL_ALTER_CONFIGS_REQUEST),
    Entry::of::<IncrementalAlterConfigsResponse>(Some(44), INCREMENTAL_ALTER_CONFIGS_RESPONSE),
    Entry::of::<InitProducerIdRequest>(Some(22), INIT_PRODUCER_ID_REQUEST),
    Entry::of::<InitProducerIdResponse>(Some(22), INIT_PRODUCER_ID_RESPONSE),
    Entry::of::<InitializeShareGroupStateRequest>(Some(83), INITIALIZE_SHARE_GROUP_STATE_REQUEST),
    Entry::of::<InitializeShareGroupStateResponse>(Some(83), INITIALIZE_SHARE_GROUP_STATE_RESPONSE),
    Entry::of::<JoinGroupRequest>(Some(11), JOIN_GROUP_REQUEST),
    Entry::of::<JoinGroupResponse>(Some(11), JOIN_GROUP_RESPONSE),
    Entry::of::<LeaveGroupRequest>(Some(13), LEAVE_GROUP_REQUEST),
    Entry::of::<LeaveGroupResponse>(Some(13), LEAVE_GROUP_RESPONSE),
    Entry::of::<ListConfigResourcesRequest>(Some(74), LIST_CONFIG_RESOURCES_REQUEST),
    Entry::of::<ListConfigResourcesResponse>(Some(74), LIST_CONFIG_RESOURCES_RESPONSE),
    Entry::of::<ListGroupsRequest>(Some(16), LIST_GROUPS_REQUEST),
    Entry::of::<ListGroupsResponse>(Some(16), LIST_GROUPS_RESPONSE),
    Entry::of::<ListOffsetsRequest>(Some(2), LIST_OFFSETS_REQUEST),
    Entry::of::<ListOffsetsResponse>(Some(2), LIST_OFFSETS_RESPONSE),
    Entry::of::<ListPartitionReassignmentsRequest>(Some(46), LIST_PARTITION_REASSIGNMENTS_REQUEST),
    Entry::of::<ListPartitionReassignmentsResponse>(
        Some(46),
        LIST_PARTITION_REASSIGNMENTS_RESPONSE,
    ),
    Entry::of::<ListTransactionsRequest>(Some(66), LIST_TRANSACTIONS_REQUEST),
    Entry::of::<ListTransactionsResponse>(Some(66), LIST_TRANSACTIONS_RESPONSE),
    Entry::of::<MetadataRequest>(Some(3), METADATA_REQUEST),
    Entry::of::<MetadataResponse>(Some(3), METADATA_RESPONSE),
    Entry::of::<OffsetCommitRequest>(Some(8), OFFSET_COMMIT_REQUEST),
    Entry::of::<OffsetCommitResponse>(Some(8), OFFSET_COMMIT_RESPONSE),
    Entry::of::<OffsetDeleteRequest>(Some(47), OFFSET_DELETE_REQUEST),
    Entry::of::<OffsetDeleteResponse>(Some(47), OFFSET_DELETE_RESPONSE),
    Entry::of::<OffsetFetchRequest>(Some(9), OFFSET_FETCH_REQUEST),
    Entry::of::<OffsetFetchResponse>(Some(9), OFFSET_FETCH_RESPONSE),
    Entry::of::<OffsetForLeaderEpochRequest>(Some(23), OFFSET_FOR_LEADER_EPOCH_REQUEST),
    Entry::of::<OffsetForLeaderEpochResponse>(Some(23), OFFSET_FOR_LEADER_EPOCH_RESPONSE),
    Entry::of::<ProduceRequest>(Some(0), PRODUCE_REQUEST),
    Entry::of::<ProduceResponse>(Some(0), PRODUCE_RESPONSE),
    Entry::of::<PushTelemetryRequest>(Some(72), PUSH_TELEMETRY_REQUEST),
    Entry::of::<PushTelemetryResponse>(Some(72), PUSH_TELEMETRY_RESPONSE),
    Entry::of::<ReadShareGroupStateRequest>(Some(84), READ_SHARE_GROUP_STATE_REQUEST),
    Entry::of::<ReadShareGroupStateResponse>(Some(84), READ_SHARE_GROUP_STATE_RESPONSE),
    Entry::of::<ReadShareGroupStateSummaryRequest>(
        Some(87),
        READ_SHARE_GROUP_STATE_SUMMARY_REQUEST,
    ),
    Entry::of::<ReadShareGroupStateSummaryResponse>(
        Some(87),
        READ_SHARE_GROUP_STATE_SUMMARY_RESPONSE,
    ),
    Entry::of::<RemoveRaftVoterRequest>(Some(81), REMOVE_RAFT_VOTER_REQUEST),
    Entry::of::<RemoveRaftVoterResponse>(Some(81), REMOVE_RAFT_VOTER_RESPONSE),
    Entry::of::<RenewDelegationTokenRequest>(Some(39), RENEW_DELEGATION_TOKEN_REQUEST),
    Entry::of::<RenewDelegationTokenResponse>(Some(39), RENEW_DELEGATION_TOKEN_RESPONSE),
    Entry::of::<RequestHeader>(None, REQUEST_HEADER),
    Entry::of::<ResponseHeader>(None, RESPONSE_HEADER),
    Entry::of::<SaslAuthenticateRequest>(Some(36), SASL_AUTHENTICATE_REQUEST),
    Entry::of::<SaslAuthenticateResponse>(Some(36), SASL_AUTHENTICATE_RESPONSE),
    Entry::of::<SaslHandshakeRequest>(Some(17), SASL_HANDSHAKE_REQUEST),
    Entry::of::<SaslHandshakeResponse>(Some(17), SASL_HANDSHAKE_RESPONSE),
    Entry::of::<ShareAcknowledgeRequest>(Some(79), SHARE_ACKNOWLEDGE_REQUEST),
    Entry::of::<ShareAcknowledgeResponse>(Some(79), SHARE_ACKNOWLEDGE_RESPONSE),
    Entry::of::<ShareFetchRequest>(Some(78), SHARE_FETCH_REQUEST),
    Entry::of::<ShareFetchResponse>(Some(78), SHARE_FETCH_RESPONSE),
    Entry::of::<ShareGroupDescribeRequest>(Some(77), SHARE_GROUP_DESCRIBE_REQUEST),
    Entry::of::<ShareGroupDescribeResponse>(Some(77), SHARE_GROUP_DESCRIBE_RESPONSE),
    Entry::of::<ShareGroupHeartbeatRequest>(Some(76), SHARE_GROUP_HEARTBEAT_REQUEST),
    Entry::of::<ShareGroupHeartbeatResponse>(Some(76), SHARE_GROUP_HEARTBEAT_RESPONSE),
    Entry::of::<StreamsGroupDescribeRequest>(Some(89), STREAMS_GROUP_DESCRIBE_REQUEST),
    Entry::of::<StreamsGroupDescribeResponse>(Some(89), STREAMS_GROUP_DESCRIBE_RESPONSE),
    Entry::of::<StreamsGroupHeartbeatRequest>(Some(88), STREAMS_GROUP_HEARTBEAT_REQUEST),
    Entry::of::<StreamsGroupHeartbeatResponse>(Some(88), STREAMS_GROUP_HEARTBEAT_RESPONSE),
    Entry::of::<SyncGroupRequest>(Some(14), SYNC_GROUP_REQUEST),
    Entry::of::<SyncGroupResponse>(Some(14), SYNC_GROUP_RESPONSE),
    Entry::of::<TxnOffsetCommitRequest>(Some(28), TXN_OFFSET_COMMIT_REQUEST),
    Entry::of::<TxnOffsetCommitResponse>(Some(28), TXN_OFFSET_COMMIT_RESPONSE),
    Entry::of::<UnregisterBrokerRequest>(Some(64), UNREGISTER_BROKER_REQUEST),
    Entry::of::<UnregisterBrokerResponse>(Some(64), UNREGISTER_BROKER_RESPONSE),
    Entry::of::<UpdateFeaturesRequest>(Some(57), UPDATE_FEATURES_REQUEST),
    Entry::of::<UpdateFeaturesResponse>(Some(57), UPDATE_FEATURES_RESPONSE),
    Entry::of::<UpdateRaftVoterRequest>(Some(82), UPDATE_RAFT_VOTER_REQUEST),
    Entry::of::<UpdateRaftVoterResponse>(Some(82), UPDATE_RAFT_VOTER_RESPONSE),
    Entry::of::<VoteRequest>(Some(52), VOTE_REQUEST),
    Entry::of::<VoteResponse>(Some(52), VOTE_RESPONSE),
    Entry::of::<WriteShareGroupStateRequest>(Some(85), WRITE_SHARE_GROUP_STATE_REQUEST),
    Entry::of::<WriteShareGroupStateResponse>(Some(85), WRITE_SHARE_GROUP_STATE_RESPONSE),
    Entry::of::<WriteTxnMarkersRequest>(Some(27), WRITE_TXN_MARKERS_REQUEST),
    Entry::of::<WriteTxnMarkersResponse>(Some(27), WRITE_TXN_MARKERS_RESPONSE),
    Entry::of::<ConsumerGroupCurrentMemberAssignmentKey>(
        Some(8),
        CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT_KEY,
    ),
    Entry::of::<ConsumerGroupCurrentMemberAssignmentValue>(
        Some(8),
        CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT_VALUE,
    ),
    Entry::of::<ConsumerGroupMemberMetadataKey>(Some(5), CONSUMER_GROUP_MEMBER_METADATA_KEY),
    Entry::of::<ConsumerGroupMemberMetadataValue>(Some(5), CONSUMER_GROUP_MEMBER_METADATA_VALUE),
    Entry::of::<ConsumerGroupMetadataKey>(Some(3), CONSUMER_GROUP_METADATA_KEY),
    Entry::of::<ConsumerGroupMetadataValue>(Some(3), CONSUMER_GROUP_METADATA_VALUE),
    Entry::of::<ConsumerGroupPartitionMetadataKey>(Some(4), CONSUMER_GROUP_PARTITION_METADATA_KEY),
    Entry::of::<ConsumerGroupPartitionMetadataValue>(
        Some(4),
        CONSUMER_GROUP_PARTITION_METADATA_VALUE,
    ),
    Entry::of::<ConsumerGroupRegularExpressionKey>(Some(16), CONSUMER_GROUP_REGULAR_EXPRESSION_KEY),
    Entry::of::<ConsumerGroupRegularExpressionValue>(
        Some(16),
        CONSUMER_GROUP_REGULAR_EXPRESSION_VALUE,
    ),
    Entry::of::<ConsumerGroupTargetAssignmentMemberKey>(
        Some(7),
        CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER_KEY,
    ),
    Entry::of::<ConsumerGroupTargetAssignmentMemberValue>(
        Some(7),
        CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER_VALUE,
    ),
    Entry::of::<ConsumerGroupTargetAssignmentMetadataKey>(
        Some(6),
        CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA_KEY,
    ),
    Entry::of::<ConsumerGroupTargetAssignmentMetadataValue>(
        Some(6),
        CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA_VALUE,
    ),
    Entry::of::<GroupMetadataKey>(Some(2), GROUP_METADATA_KEY),
    Entry::of::<GroupMetadataValue>(Some(2), GROUP_METADATA_VALUE),
    Entry::of::<LegacyOffsetCommitKey>(Some(0), LEGACY_OFFSET_COMMIT_KEY),
    Entry::of::<LegacyOffsetCommitValue>(Some(0), LEGACY_OFFSET_COMMIT_VALUE),
    Entry::of::<OffsetCommitKey>(Some(1), OFFSET_COMMIT_KEY),
    Entry::of::<OffsetCommitValue>(Some(1), OFFSET_COMMIT_VALUE),
    Entry::of::<ShareGroupCurrentMemberAssignmentKey>(
        Some(14),
        SHARE_GROUP_CURRENT_MEMBER_ASSIGNMENT_KEY,
    ),
    Entry::of::<ShareGroupCurrentMemberAssignmentValue>(
        Some(14),
        SHARE_GROUP_CURRENT_MEMBER_ASSIGNMENT_VALUE,
    ),
    Entry::of::<ShareGroupMemberMetadataKey>(Some(10), SHARE_GROUP_MEMBER_METADATA_KEY),
    Entry::of::<ShareGroupMemberMetadataValue>(Some(10), SHARE_GROUP_MEMBER_METADATA_VALUE),
    Entry::of::<ShareGroupMetadataKey>(Some(11), SHARE_GROUP_METADATA_KEY),
    Entry::of::<ShareGroupMetadataValue>(Some(11), SHARE_GROUP_METADATA_VALUE),
    Entry::of::<ShareGroupStatePartitionMetadataKey>(
        Some(15),
        SHARE_GROUP_STATE_PARTITION_METADATA_KEY,
    ),
    Entry::of::<ShareGroupStatePartitionMetadataValue>(
        Some(15),
        SHARE_GROUP_STATE_PARTITION_METADATA_VALUE,
    ),
    Entry::of::<ShareGroupTargetAssignmentMemberKey>(
        Some(13),
        SHARE_GROUP_TARGET_ASSIGNMENT_MEMBER_KEY,
    ),
    Entry::of::<ShareGroupTargetAssignmentMemberValue>(
        Some(13),
        SHARE_GROUP_TARGET_ASSIGNMENT_MEMBER_VALUE,
    ),
    Entry::of::<ShareGroupTargetAssignmentMetadataKey>(
        Some(12),
        SHARE_GROUP_TARGET_ASSIGNMENT_METADATA_KEY,
    ),
    Entry::of::<ShareGroupTargetAssignmentMetadataValue>(
        Some(12),
        SHARE_GROUP_TARGET_ASSIGNMENT_METADATA_VALUE,
    ),
    Entry::of::<StreamsGroupCurrentMemberAssignmentKey>(
        Some(22),
        STREAMS_GROUP_CURRENT_MEMBER_ASSIGNMENT_KEY,
    ),
    Entry::of::<StreamsGroupCurrentMemberAssignmentValue>(
        Some(22),
        STREAMS_GROUP_CURRENT_MEMBER_ASSIGNMENT_VALUE,
    ),
    Entry::of::<StreamsGroupMemberMetadataKey>(Some(19), STREAMS_GROUP_MEMBER_METADATA_KEY),
    Entry::of::<StreamsGroupMemberMetadataValue>(Some(19), STREAMS_GROUP_MEMBER_METADATA_VALUE),
    Entry::of::<StreamsGroupMetadataKey>(Some(17), STREAMS_GROUP_METADATA_KEY),
    Entry::of::<StreamsGroupMetadataValue>(Some(17), STREAMS_GROUP_METADATA_VALUE),
    Entry::of::<StreamsGroupTargetAssignmentMemberKey>(
        Some(21),
        STREAMS_GROUP_TARGET_ASSIGNMENT_MEMBER_KEY,
    ),
    Entry::of::<StreamsGroupTargetAssignmentMemberValue>(
        Some(21),
        STREAMS_GROUP_TARGET_ASSIGNMENT_MEMBER_VALUE,
    ),
    Entry::of::<StreamsGroupTargetAssignmentMetadataKey>(
        Some(20),
        STREAMS_GROUP_TARGET_ASSIGNMENT_METADATA_KEY,
    ),
    Entry::of::<StreamsGroupTargetAssignmentMetadataValue>(
        Some(20),
        STREAMS_GROUP_TARGET_ASSIGNMENT_METADATA_VALUE,
    ),
    Entry::of::<StreamsGroupTopologyKey>(Some(23), STREAMS_GROUP_TOPOLOGY_KEY),
    Entry::of::<StreamsGroupTopologyValue>(Some(23), STREAMS_GROUP_TOPOLOGY_VALUE),
    Entry::of::<TransactionLogKey>(Some(0), TRANSACTION_LOG_KEY),
    Entry::of::<TransactionLogValue>(Some(0), TRANSACTION_LOG_VALUE),
    Entry::of::<ShareSnapshotKey>(Some(0), SHARE_SNAPSHOT_KEY),
    Entry::of::<ShareSnapshotValue>(Some(0), SHARE_SNAPSHOT_VALUE),
    Entry::of::<ShareUpdateKey>(Some(1), SHARE_UPDATE_KEY),
    Entry::of::<ShareUpdateValue>(Some(1), SHARE_UPDATE_VALUE),
];

const ADD_OFFSETS_TO_TXN_REQUEST: &[Field] = &[
    Field::new("transactional_id", Kind::String, 0, 4),
    Field::new("producer_id", Kind::Integer(8), 0, 4),
    Field::new("producer_epoch", Kind::Integer(2), 0, 4),
    Field::new("group_id", Kind::String, 0, 4),
];

const ADD_OFFSETS_TO_TXN_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 4),
    Field::new("error_code", Kind::Integer(2), 0, 4),
];

const ADD_PARTITIONS_TO_TXN_REQUEST: &[Field] = &[
    Field::new(
        "transactions",
        Kind::Array(&Kind::Structure(&[
            Field::new("transactional_id", Kind::String, 4, 5),
            Field::new("producer_id", Kind::Integer(8), 4, 5),
            Field::new("producer_epoch", Kind::Integer(2), 4, 5),
            Field::new("verify_only", Kind::Bool, 4, 5),
            Field::new(
                "topics",
                Kind::Array(&Kind::Structure(&[
                    Field::new("name", Kind::String, 0, 5),
                    Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 5),
                ])),
                4,
                5,
            ),
        ])),
        4,
        5,
    ),
    Field::new("v3_and_below_transactional_id", Kind::String, 0, 3),
    Field::new("v3_and_below_producer_id", Kind::Integer(8), 0, 3),
    Field::new("v3_and_below_producer_epoch", Kind::Integer(2), 0, 3),
    Field::new(
        "v3_and_below_topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 5),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 5),
        ])),
        0,
        3,
    ),
];

const ADD_PARTITIONS_TO_TXN_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 5),
    Field::new("error_code", Kind::Integer(2), 4, 5),
    Field::new(
        "results_by_transaction",
        Kind::Array(&Kind::Structure(&[
            Field::new("transactional_id", Kind::String, 4, 5),
            Field::new(
                "topic_results",
                Kind::Array(&Kind::Structure(&[
                    Field::new("name", Kind::String, 0, 5),
                    Field::new(
                        "results_by_partition",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("partition_index", Kind::Integer(4), 0, 5),
                            Field::new("partition_error_code", Kind::Integer(2), 0, 5),
                        ])),
                        0,
                        5,
                    ),
                ])),
                4,
                5,
            ),
        ])),
        4,
        5,
    ),
    Field::new(
        "results_by_topic_v3_and_below",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 5),
            Field::new(
                "results_by_partition",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 0, 5),
                    Field::new("partition_error_code", Kind::Integer(2), 0, 5),
                ])),
                0,
                5,
            ),
        ])),
        0,
        3,
    ),
];

const ADD_RAFT_VOTER_REQUEST: &[Field] = &[
    Field::new("cluster_id", Kind::String, 0, 1).nullable(0, 1),
    Field::new("timeout_ms", Kind::Integer(4), 0, 1),
    Field::new("voter_id", Kind::Integer(4), 0, 1),
    Field::new("voter_directory_id", Kind::Uuid, 0, 1),
    Field::new(
        "listeners",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 1),
            Field::new("host", Kind::String, 0, 1),
            Field::new("port", Kind::Integer(2), 0, 1),
        ])),
        0,
        1,
    ),
    Field::new("ack_when_committed", Kind::Bool, 1, 1).default(Default::Integer(1)),
];

const ADD_RAFT_VOTER_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 1),
    Field::new("error_code", Kind::Integer(2), 0, 1),
    Field::new("error_message", Kind::String, 0, 1).nullable(0, 1),
];

const ALLOCATE_PRODUCER_IDS_REQUEST: &[Field] = &[
    Field::new("broker_id", Kind::Integer(4), 0, 0),
    Field::new("broker_epoch", Kind::Integer(8), 0, 0).default(Default::Integer(-1)),
];

const ALLOCATE_PRODUCER_IDS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 0),
    Field::new("error_code", Kind::Integer(2), 0, 0),
    Field::new("producer_id_start", Kind::Integer(8), 0, 0),
    Field::new("producer_id_len", Kind::Integer(4), 0, 0),
];

const ALTER_CLIENT_QUOTAS_REQUEST: &[Field] = &[
    Field::new(
        "entries",
        Kind::Array(&Kind::Structure(&[
            Field::new(
                "entity",
                Kind::Array(&Kind::Structure(&[
                    Field::new("entity_type", Kind::String, 0, 1),
                    Field::new("entity_name", Kind::String, 0, 1).nullable(0, 1),
                ])),
                0,
                1,
            ),
            Field::new(
                "ops",
                Kind::Array(&Kind::Structure(&[
                    Field::new("key", Kind::String, 0, 1),
                    Field::new("value", Kind::Float, 0, 1),
                    Field::new("remove", Kind::Bool, 0, 1),
                ])),
                0,
                1,
            ),
        ])),
        0,
        1,
    ),
    Field::new("validate_only", Kind::Bool, 0, 1),
];

const ALTER_CLIENT_QUOTAS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 1),
    Field::new(
        "entries",
        Kind::Array(&Kind::Structure(&[
            Field::new("error_code", Kind::Integer(2), 0, 1),
            Field::new("error_message", Kind::String, 0, 1).nullable(0, 1),
            Field::new(
                "entity",
                Kind::Array(&Kind::Structure(&[
                    Field::new("entity_type", Kind::String, 0, 1),
                    Field::new("entity_name", Kind::String, 0, 1).nullable(0, 1),
                ])),
                0,
                1,
            ),
        ])),
        0,
        1,
    ),
];

const ALTER_CONFIGS_REQUEST: &[Field] = &[
    Field::new(
        "resources",
        Kind::Array(&Kind::Structure(&[
            Field::new("resource_type", Kind::Integer(1), 0, 2),
            Field::new("resource_name", Kind::String, 0, 2),
            Field::new(
                "configs",
                Kind::Array(&Kind::Structure(&[
                    Field::new("name", Kind::String, 0, 2),
                    Field::new("value", Kind::String, 0, 2).nullable(0, 2),
                ])),
                0,
                2,
            ),
        ])),
        0,
        2,
    ),
    Field::new("validate_only", Kind::Bool, 0, 2),
];

const ALTER_CONFIGS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 2),
    Field::new(
        "responses",
        Kind::Array(&Kind::Structure(&[
            Field::new("error_code", Kind::Integer(2), 0, 2),
            Field::new("error_message", Kind::String, 0, 2).nullable(0, 2),
            Field::new("resource_type", Kind::Integer(1), 0, 2),
            Field::new("resource_name", Kind::String, 0, 2),
        ])),
        0,
        2,
    ),
];

const ALTER_PARTITION_REASSIGNMENTS_REQUEST: &[Field] = &[
    Field::new("timeout_ms", Kind::Integer(4), 0, 1).default(Default::Integer(60000)),
    Field::new("allow_replication_factor_change", Kind::Bool, 1, 1).default(Default::Integer(1)),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 1),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 0, 1),
                    Field::new("replicas", Kind::Array(&Kind::Integer(4)), 0, 1)
                        .nullable(0, 1)
                        .default(Default::Null),
                ])),
                0,
                1,
            ),
        ])),
        0,
        1,
    ),
];

const ALTER_PARTITION_REASSIGNMENTS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 1),
    Field::new("allow_replication_factor_change", Kind::Bool, 1, 1).default(Default::Integer(1)),
    Field::new("error_code", Kind::Integer(2), 0, 1),
    Field::new("error_message", Kind::String, 0, 1).nullable(0, 1),
    Field::new(
        "responses",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 1),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 0, 1),
                    Field::new("error_code", Kind::Integer(2), 0, 1),
                    Field::new("error_message", Kind::String, 0, 1).nullable(0, 1),
                ])),
                0,
                1,
            ),
        ])),
        0,
        1,
    ),
];

const ALTER_PARTITION_REQUEST: &[Field] = &[
    Field::new("broker_id", Kind::Integer(4), 2, 3),
    Field::new("broker_epoch", Kind::Integer(8), 2, 3).default(Default::Integer(-1)),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_id", Kind::Uuid, 2, 3),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 2, 3),
                    Field::new("leader_epoch", Kind::Integer(4), 2, 3),
                    Field::new("new_isr", Kind::Array(&Kind::Integer(4)), 2, 2),
                    Field::new(
                        "new_isr_with_epochs",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("broker_id", Kind::Integer(4), 3, 3),
                            Field::new("broker_epoch", Kind::Integer(8), 3, 3)
                                .default(Default::Integer(-1)),
                        ])),
                        3,
                        3,
                    ),
                    Field::new("leader_recovery_state", Kind::Integer(1), 2, 3),
                    Field::new("partition_epoch", Kind::Integer(4), 2, 3),
                ])),
                2,
                3,
            ),
        ])),
        2,
        3,
    ),
];

const ALTER_PARTITION_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 2, 3),
    Field::new("error_code", Kind::Integer(2), 2, 3),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_id", Kind::Uuid, 2, 3),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 2, 3),
                    Field::new("error_code", Kind::Integer(2), 2, 3),
                    Field::new("leader_id", Kind::Integer(4), 2, 3),
                    Field::new("leader_epoch", Kind::Integer(4), 2, 3),
                    Field::new("isr", Kind::Array(&Kind::Integer(4)), 2, 3),
                    Field::new("leader_recovery_state", Kind::Integer(1), 2, 3),
                    Field::new("partition_epoch", Kind::Integer(4), 2, 3),
                ])),
                2,
                3,
            ),
        ])),
        2,
        3,
    ),
];

const ALTER_REPLICA_LOG_DIRS_REQUEST: &[Field] = &[Field::new(
    "dirs",
    Kind::Array(&Kind::Structure(&[
        Field::new("path", Kind::String, 1, 2),
        Field::new(
            "topics",
            Kind::Array(&Kind::Structure(&[
                Field::new("name", Kind::String, 1, 2),
                Field::new("partitions", Kind::Array(&Kind::Integer(4)), 1, 2),
            ])),
            1,
            2,
        ),
    ])),
    1,
    2,
)];

const ALTER_REPLICA_LOG_DIRS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 1, 2),
    Field::new(
        "results",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_name", Kind::String, 1, 2),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 1, 2),
                    Field::new("error_code", Kind::Integer(2), 1, 2),
                ])),
                1,
                2,
            ),
        ])),
        1,
        2,
    ),
];

const ALTER_SHARE_GROUP_OFFSETS_REQUEST: &[Field] = &[
    Field::new("group_id", Kind::String, 0, 0),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_name", Kind::String, 0, 0),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 0, 0),
                    Field::new("start_offset", Kind::Integer(8), 0, 0),
                ])),
                0,
                0,
            ),
        ])),
        0,
        0,
    ),
];

const ALTER_SHARE_GROUP_OFFSETS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 0),
    Field::new("error_code", Kind::Integer(2), 0, 0),
    Field::new("error_message", Kind::String, 0, 0).nullable(0, 0).default(Default::Null),
    Field::new(
        "responses",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_name", Kind::String, 0, 0),
            Field::new("topic_id", Kind::Uuid, 0, 0),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 0, 0),
                    Field::new("error_code", Kind::Integer(2), 0, 0),
                    Field::new("error_message", Kind::String, 0, 0)
                        .nullable(0, 0)
                        .default(Default::Null),
                ])),
                0,
                0,
            ),
        ])),
        0,
        0,
    ),
];

const ALTER_USER_SCRAM_CREDENTIALS_REQUEST: &[Field] = &[
    Field::new(
        "deletions",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 0),
            Field::new("mechanism", Kind::Integer(1), 0, 0),
        ])),
        0,
        0,
    ),
    Field::new(
        "upsertions",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 0),
            Field::new("mechanism", Kind::Integer(1), 0, 0),
            Field::new("iterations", Kind::Integer(4), 0, 0),
            Field::new("salt", Kind::Bytes, 0, 0),
            Field::new("salted_password", Kind::Bytes, 0, 0),
        ])),
        0,
        0,
    ),
];

const ALTER_USER_SCRAM_CREDENTIALS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 0),
    Field::new(
        "results",
        Kind::Array(&Kind::Structure(&[
            Field::new("user", Kind::String, 0, 0),
            Field::new("error_code", Kind::Integer(2), 0, 0),
            Field::new("error_message", Kind::String, 0, 0).nullable(0, 0),
        ])),
        0,
        0,
    ),
];

const API_VERSIONS_REQUEST: &[Field] = &[
    Field::new("client_software_name", Kind::String, 3, 4),
    Field::new("client_software_version", Kind::String, 3, 4),
];

const API_VERSIONS_RESPONSE: &[Field] = &[
    Field::new("error_code", Kind::Integer(2), 0, 4),
    Field::new(
        "api_keys",
        Kind::Array(&Kind::Structure(&[
            Field::new("api_key", Kind::Integer(2), 0, 4),
            Field::new("min_version", Kind::Integer(2), 0, 4),
            Field::new("max_version", Kind::Integer(2), 0, 4),
        ])),
        0,
        4,
    ),
    Field::new("throttle_time_ms", Kind::Integer(4), 1, 4),
    Field::new(
        "supported_features",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 3, 4),
            Field::new("min_version", Kind::Integer(2), 3, 4),
            Field::new("max_version", Kind::Integer(2), 3, 4),
        ])),
        3,
        4,
    )
    .tag(0),
    Field::new("finalized_features_epoch", Kind::Integer(8), 3, 4)
        .tag(1)
        .default(Default::Integer(-1)),
    Field::new(
        "finalized_features",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 3, 4),
            Field::new("max_version_level", Kind::Integer(2), 3, 4),
            Field::new("min_version_level", Kind::Integer(2), 3, 4),
        ])),
        3,
        4,
    )
    .tag(2),
    Field::new("zk_migration_ready", Kind::Bool, 3, 4).tag(3),
];

const ASSIGN_REPLICAS_TO_DIRS_REQUEST: &[Field] = &[
    Field::new("broker_id", Kind::Integer(4), 0, 0),
    Field::new("broker_epoch", Kind::Integer(8), 0, 0).default(Default::Integer(-1)),
    Field::new(
        "directories",
        Kind::Array(&Kind::Structure(&[
            Field::new("id", Kind::Uuid, 0, 0),
            Field::new(
                "topics",
                Kind::Array(&Kind::Structure(&[
                    Field::new("topic_id", Kind::Uuid, 0, 0),
                    Field::new(
                        "partitions",
                        Kind::Array(&Kind::Structure(&[Field::new(
                            "partition_index",
                            Kind::Integer(4),
                            0,
                            0,
                        )])),
                        0,
                        0,
                    ),
                ])),
                0,
                0,
            ),
        ])),
        0,
        0,
    ),
];

const ASSIGN_REPLICAS_TO_DIRS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 0),
    Field::new("error_code", Kind::Integer(2), 0, 0),
    Field::new(
        "directories",
        Kind::Array(&Kind::Structure(&[
            Field::new("id", Kind::Uuid, 0, 0),
            Field::new(
                "topics",
                Kind::Array(&Kind::Structure(&[
                    Field::new("topic_id", Kind::Uuid, 0, 0),
                    Field::new(
                        "partitions",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("partition_index", Kind::Integer(4), 0, 0),
                            Field::new("error_code", Kind::Integer(2), 0, 0),
                        ])),
                        0,
                        0,
                    ),
                ])),
                0,
                0,
            ),
        ])),
        0,
        0,
    ),
];

const BEGIN_QUORUM_EPOCH_REQUEST: &[Field] = &[
    Field::new("cluster_id", Kind::String, 0, 1).nullable(0, 1).default(Default::Null),
    Field::new("voter_id", Kind::Integer(4), 1, 1).default(Default::Integer(-1)),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_name", Kind::String, 0, 1),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 0, 1),
                    Field::new("voter_directory_id", Kind::Uuid, 1, 1),
                    Field::new("leader_id", Kind::Integer(4), 0, 1),
                    Field::new("leader_epoch", Kind::Integer(4), 0, 1),
                ])),
                0,
                1,
            ),
        ])),
        0,
        1,
    ),
    Field::new(
        "leader_endpoints",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 1, 1),
            Field::new("host", Kind::String, 1, 1),
            Field::new("port", Kind::Integer(2), 1, 1),
        ])),
        1,
        1,
    ),
];

const BEGIN_QUORUM_EPOCH_RESPONSE: &[Field] = &[
    Field::new("error_code", Kind::Integer(2), 0, 1),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_name", Kind::String, 0, 1),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 0, 1),
                    Field::new("error_code", Kind::Integer(2), 0, 1),
                    Field::new("leader_id", Kind::Integer(4), 0, 1),
                    Field::new("leader_epoch", Kind::Integer(4), 0, 1),
                ])),
                0,
                1,
            ),
        ])),
        0,
        1,
    ),
    Field::new(
        "node_endpoints",
        Kind::Array(&Kind::Structure(&[
            Field::new("node_id", Kind::Integer(4), 1, 1),
            Field::new("host", Kind::String, 1, 1),
            Field::new("port", Kind::Integer(2), 1, 1),
        ])),
        1,
        1,
    )
    .tag(0),
];

const BROKER_HEARTBEAT_REQUEST: &[Field] = &[
    Field::new("broker_id", Kind::Integer(4), 0, 2),
    Field::new("broker_epoch", Kind::Integer(8), 0, 2).default(Default::Integer(-1)),
    Field::new("current_metadata_offset", Kind::Integer(8), 0, 2),
    Field::new("want_fence", Kind::Bool, 0, 2),
    Field::new("want_shut_down", Kind::Bool, 0, 2),
    Field::new("offline_log_dirs", Kind::Array(&Kind::Uuid), 1, 2).tag(0),
    Field::new("cordoned_log_dirs", Kind::Array(&Kind::Uuid), 2, 2)
        .nullable(2, 2)
        .tag(1)
        .default(Default::Null),
];

const BROKER_HEARTBEAT_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 2),
    Field::new("error_code", Kind::Integer(2), 0, 2),
    Field::new("is_caught_up", Kind::Bool, 0, 2),
    Field::new("is_fenced", Kind::Bool, 0, 2).default(Default::Integer(1)),
    Field::new("should_shut_down", Kind::Bool, 0, 2),
];

const BROKER_REGISTRATION_REQUEST: &[Field] = &[
    Field::new("broker_id", Kind::Integer(4), 0, 4),
    Field::new("cluster_id", Kind::String, 0, 4),
    Field::new("incarnation_id", Kind::Uuid, 0, 4),
    Field::new(
        "listeners",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 4),
            Field::new("host", Kind::String, 0, 4),
            Field::new("port", Kind::Integer(2), 0, 4),
            Field::new("security_protocol", Kind::Integer(2), 0, 4),
        ])),
        0,
        4,
    ),
    Field::new(
        "features",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 4),
            Field::new("min_supported_version", Kind::Integer(2), 0, 4),
            Field::new("max_supported_version", Kind::Integer(2), 0, 4),
        ])),
        0,
        4,
    ),
    Field::new("rack", Kind::String, 0, 4).nullable(0, 4),
    Field::new("is_migrating_zk_broker", Kind::Bool, 1, 4),
    Field::new("log_dirs", Kind::Array(&Kind::Uuid), 2, 4),
    Field::new("previous_broker_epoch", Kind::Integer(8), 3, 4).default(Default::Integer(-1)),
];

const BROKER_REGISTRATION_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 4),
    Field::new("error_code", Kind::Integer(2), 0, 4),
    Field::new("broker_epoch", Kind::Integer(8), 0, 4).default(Default::Integer(-1)),
];

const CONSUMER_GROUP_DESCRIBE_REQUEST: &[Field] = &[
    Field::new("group_ids", Kind::Array(&Kind::String), 0, 1),
    Field::new("include_authorized_operations", Kind::Bool, 0, 1),
];

const CONSUMER_GROUP_DESCRIBE_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 1),
    Field::new(
        "groups",
        Kind::Array(&Kind::Structure(&[
            Field::new("error_code", Kind::Integer(2), 0, 1),
            Field::new("error_message", Kind::String, 0, 1).nullable(0, 1).default(Default::Null),
            Field::new("group_id", Kind::String, 0, 1),
            Field::new("group_state", Kind::String, 0, 1),
            Field::new("group_epoch", Kind::Integer(4), 0, 1),
            Field::new("assignment_epoch", Kind::Integer(4), 0, 1),
            Field::new("assignor_name", Kind::String, 0, 1),
            Field::new(
                "members",
                Kind::Array(&Kind::Structure(&[
                    Field::new("member_id", Kind::String, 0, 1),
                    Field::new("instance_id", Kind::String, 0, 1)
                        .nullable(0, 1)
                        .default(Default::Null),
                    Field::new("rack_id", Kind::String, 0, 1).nullable(0, 1).default(Default::Null),
                    Field::new("member_epoch", Kind::Integer(4), 0, 1),
                    Field::new("client_id", Kind::String, 0, 1),
                    Field::new("client_host", Kind::String, 0, 1),
                    Field::new("subscribed_topic_names", Kind::Array(&Kind::String), 0, 1),
                    Field::new("subscribed_topic_regex", Kind::String, 0, 1)
                        .nullable(0, 1)
                        .default(Default::Null),
                    Field::new(
                        "assignment",
                        Kind::Structure(&[Field::new(
                            "topic_partitions",
                            Kind::Array(&Kind::Structure(&[
                                Field::new("topic_id", Kind::Uuid, 0, 1),
                                Field::new("topic_name", Kind::String, 0, 1),
                                Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 1),
                            ])),
                            0,
                            1,
                        )]),
                        0,
                        1,
                    ),
                    Field::new(
                        "target_assignment",
                        Kind::Structure(&[Field::new(
                            "topic_partitions",
                            Kind::Array(&Kind::Structure(&[
                                Field::new("topic_id", Kind::Uuid, 0, 1),
                                Field::new("topic_name", Kind::String, 0, 1),
                                Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 1),
                            ])),
                            0,
                            1,
                        )]),
                        0,
                        1,
                    ),
                    Field::new("member_type", Kind::Integer(1), 1, 1).default(Default::Integer(-1)),
                ])),
                0,
                1,
            ),
            Field::new("authorized_operations", Kind::Integer(4), 0, 1)
                .default(Default::Integer(-2147483648)),
        ])),
        0,
        1,
    ),
];

const CONSUMER_GROUP_HEARTBEAT_REQUEST: &[Field] = &[
    Field::new("group_id", Kind::String, 0, 1),
    Field::new("member_id", Kind::String, 0, 1),
    Field::new("member_epoch", Kind::Integer(4), 0, 1),
    Field::new("instance_id", Kind::String, 0, 1).nullable(0, 1).default(Default::Null),
    Field::new("rack_id", Kind::String, 0, 1).nullable(0, 1).default(Default::Null),
    Field::new("rebalance_timeout_ms", Kind::Integer(4), 0, 1).default(Default::Integer(-1)),
    Field::new("subscribed_topic_names", Kind::Array(&Kind::String), 0, 1)
        .nullable(0, 1)
        .default(Default::Null),
    Field::new("subscribed_topic_regex", Kind::String, 1, 1).nullable(1, 1).default(Default::Null),
    Field::new("server_assignor", Kind::String, 0, 1).nullable(0, 1).default(Default::Null),
    Field::new(
        "topic_partitions",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_id", Kind::Uuid, 0, 1),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 1),
        ])),
        0,
        1,
    )
    .nullable(0, 1)
    .default(Default::Null),
];

const CONSUMER_GROUP_HEARTBEAT_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 1),
    Field::new("error_code", Kind::Integer(2), 0, 1),
    Field::new("error_message", Kind::String, 0, 1).nullable(0, 1).default(Default::Null),
    Field::new("member_id", Kind::String, 0, 1).nullable(0, 1).default(Default::Null),
    Field::new("member_epoch", Kind::Integer(4), 0, 1),
    Field::new("heartbeat_interval_ms", Kind::Integer(4), 0, 1),
    Field::new(
        "assignment",
        Kind::Structure(&[Field::new(
            "topic_partitions",
            Kind::Array(&Kind::Structure(&[
                Field::new("topic_id", Kind::Uuid, 0, 1),
                Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 1),
            ])),
            0,
            1,
        )]),
        0,
        1,
    )
    .nullable(0, 1)
    .default(Default::Null),
];

const CONSUMER_PROTOCOL_ASSIGNMENT: &[Field] = &[
    Field::new(
        "assigned_partitions",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic", Kind::String, 0, 3),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 3),
        ])),
        0,
        3,
    ),
    Field::new("user_data", Kind::Bytes, 0, 3).nullable(0, 3).default(Default::Null),
];

const CONSUMER_PROTOCOL_SUBSCRIPTION: &[Field] = &[
    Field::new("topics", Kind::Array(&Kind::String), 0, 3),
    Field::new("user_data", Kind::Bytes, 0, 3).nullable(0, 3).default(Default::Null),
    Field::new(
        "owned_partitions",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic", Kind::String, 1, 3),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 1, 3),
        ])),
        1,
        3,
    ),
    Field::new("generation_id", Kind::Integer(4), 2, 3).default(Default::Integer(-1)),
    Field::new("rack_id", Kind::String, 3, 3).nullable(3, 3).default(Default::Null),
];

const CONTROL_RECORD_TYPE_SCHEMA: &[Field] = &[Field::new("type", Kind::Integer(2), 0, 0)];

const CONTROLLER_REGISTRATION_REQUEST: &[Field] = &[
    Field::new("controller_id", Kind::Integer(4), 0, 0),
    Field::new("incarnation_id", Kind::Uuid, 0, 0),
    Field::new("zk_migration_ready", Kind::Bool, 0, 0),
    Field::new(
        "listeners",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 0),
            Field::new("host", Kind::String, 0, 0),
            Field::new("port", Kind::Integer(2), 0, 0),
            Field::new("security_protocol", Kind::Integer(2), 0, 0),
        ])),
        0,
        0,
    ),
    Field::new(
        "features",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 0),
            Field::new("min_supported_version", Kind::Integer(2), 0, 0),
            Field::new("max_supported_version", Kind::Integer(2), 0, 0),
        ])),
        0,
        0,
    ),
];

const CONTROLLER_REGISTRATION_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 0),
    Field::new("error_code", Kind::Integer(2), 0, 0),
    Field::new("error_message", Kind::String, 0, 0).nullable(0, 0),
];

const CREATE_ACLS_REQUEST: &[Field] = &[Field::new(
    "creations",
    Kind::Array(&Kind::Structure(&[
        Field::new("resource_type", Kind::Integer(1), 1, 3),
        Field::new("resource_name", Kind::String, 1, 3),
        Field::new("resource_pattern_type", Kind::Integer(1), 1, 3).default(Default::Integer(3)),
        Field::new("principal", Kind::String, 1, 3),
        Field::new("host", Kind::String, 1, 3),
        Field::new("operation", Kind::Integer(1), 1, 3),
        Field::new("permission_type", Kind::Integer(1), 1, 3),
    ])),
    1,
    3,
)];

const CREATE_ACLS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 1, 3),
    Field::new(
        "results",
        Kind::Array(&Kind::Structure(&[
            Field::new("error_code", Kind::Integer(2), 1, 3),
            Field::new("error_message", Kind::String, 1, 3).nullable(1, 3),
        ])),
        1,
        3,
    ),
];

const CREATE_DELEGATION_TOKEN_REQUEST: &[Field] = &[
    Field::new("owner_principal_type", Kind::String, 3, 3).nullable(3, 3),
    Field::new("owner_principal_name", Kind::String, 3, 3).nullable(3, 3),
    Field::new(
        "renewers",
        Kind::Array(&Kind::Structure(&[
            Field::new("principal_type", Kind::String, 1, 3),
            Field::new("principal_name", Kind::String, 1, 3),
        ])),
        1,
        3,
    ),
    Field::new("max_lifetime_ms", Kind::Integer(8), 1, 3),
];

const CREATE_DELEGATION_TOKEN_RESPONSE: &[Field] = &[
    Field::new("error_code", Kind::Integer(2), 1, 3),
    Field::new("principal_type", Kind::String, 1, 3),
    Field::new("principal_name", Kind::String, 1, 3),
    Field::new("token_requester_principal_type", Kind::String, 3, 3),
    Field::new("token_requester_principal_name", Kind::String, 3, 3),
    Field::new("issue_timestamp_ms", Kind::Integer(8), 1, 3),
    Field::new("expiry_timestamp_ms", Kind::Integer(8), 1, 3),
    Field::new("max_timestamp_ms", Kind::Integer(8), 1, 3),
    Field::new("token_id", Kind::String, 1, 3),
    Field::new("hmac", Kind::Bytes, 1, 3),
    Field::new("throttle_time_ms", Kind::Integer(4), 1, 3),
];

const CREATE_PARTITIONS_REQUEST: &[Field] = &[
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 3),
            Field::new("count", Kind::Integer(4), 0, 3),
            Field::new(
                "assignments",
                Kind::Array(&Kind::Structure(&[Field::new(
                    "broker_ids",
                    Kind::Array(&Kind::Integer(4)),
                    0,
                    3,
                )])),
                0,
                3,
            )
            .nullable(0, 3),
        ])),
        0,
        3,
    ),
    Field::new("timeout_ms", Kind::Integer(4), 0, 3),
    Field::new("validate_only", Kind::Bool, 0, 3),
];

const CREATE_PARTITIONS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 3),
    Field::new(
        "results",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 3),
            Field::new("error_code", Kind::Integer(2), 0, 3),
            Field::new("error_message", Kind::String, 0, 3).nullable(0, 3).default(Default::Null),
        ])),
        0,
        3,
    ),
];

const CREATE_TOPICS_REQUEST: &[Field] = &[
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 2, 7),
            Field::new("num_partitions", Kind::Integer(4), 2, 7),
            Field::new("replication_factor", Kind::Integer(2), 2, 7),
            Field::new(
                "assignments",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 2, 7),
                    Field::new("broker_ids", Kind::Array(&Kind::Integer(4)), 2, 7),
                ])),
                2,
                7,
            ),
            Field::new(
                "configs",
                Kind::Array(&Kind::Structure(&[
                    Field::new("name", Kind::String, 2, 7),
                    Field::new("value", Kind::String, 2, 7).nullable(2, 7),
                ])),
                2,
                7,
            ),
        ])),
        2,
        7,
    ),
    Field::new("timeout_ms", Kind::Integer(4), 2, 7).default(Default::Integer(60000)),
    Field::new("validate_only", Kind::Bool, 2, 7),
];

const CREATE_TOPICS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 2, 7),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 2, 7),
            Field::new("topic_id", Kind::Uuid, 7, 7),
            Field::new("error_code", Kind::Integer(2), 2, 7),
            Field::new("error_message", Kind::String, 2, 7).nullable(2, 7),
            Field::new("topic_config_error_code", Kind::Integer(2), 5, 7).tag(0),
            Field::new("num_partitions", Kind::Integer(4), 5, 7).default(Default::Integer(-1)),
            Field::new("replication_factor", Kind::Integer(2), 5, 7).default(Default::Integer(-1)),
            Field::new(
                "configs",
                Kind::Array(&Kind::Structure(&[
                    Field::new("name", Kind::String, 5, 7),
                    Field::new("value", Kind::String, 5, 7).nullable(5, 7),
                    Field::new("read_only", Kind::Bool, 5, 7),
                    Field::new("config_source", Kind::Integer(1), 5, 7)
                        .default(Default::Integer(-1)),
                    Field::new("is_sensitive", Kind::Bool, 5, 7),
                ])),
                5,
                7,
            )
            .nullable(5, 7),
        ])),
        2,
        7,
    ),
];

const DEFAULT_PRINCIPAL_DATA: &[Field] = &[
    Field::new("type", Kind::String, 0, 0),
    Field::new("name", Kind::String, 0, 0),
    Field::new("token_authenticated", Kind::Bool, 0, 0),
];

const DELETE_ACLS_REQUEST: &[Field] = &[Field::new(
    "filters",
    Kind::Array(&Kind::Structure(&[
        Field::new("resource_type_filter", Kind::Integer(1), 1, 3),
        Field::new("resource_name_filter", Kind::String, 1, 3).nullable(1, 3),
        Field::new("pattern_type_filter", Kind::Integer(1), 1, 3).default(Default::Integer(3)),
        Field::new("principal_filter", Kind::String, 1, 3).nullable(1, 3),
        Field::new("host_filter", Kind::String, 1, 3).nullable(1, 3),
        Field::new("operation", Kind::Integer(1), 1, 3),
        Field::new("permission_type", Kind::Integer(1), 1, 3),
    ])),
    1,
    3,
)];

const DELETE_ACLS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 1, 3),
    Field::new(
        "filter_results",
        Kind::Array(&Kind::Structure(&[
            Field::new("error_code", Kind::Integer(2), 1, 3),
            Field::new("error_message", Kind::String, 1, 3).nullable(1, 3),
            Field::new(
                "matching_acls",
                Kind::Array(&Kind::Structure(&[
                    Field::new("error_code", Kind::Integer(2), 1, 3),
                    Field::new("error_message", Kind::String, 1, 3).nullable(1, 3),
                    Field::new("resource_type", Kind::Integer(1), 1, 3),
                    Field::new("resource_name", Kind::String, 1, 3),
                    Field::new("pattern_type", Kind::Integer(1), 1, 3).default(Default::Integer(3)),
                    Field::new("principal", Kind::String, 1, 3),
                    Field::new("host", Kind::String, 1, 3),
                    Field::new("operation", Kind::Integer(1), 1, 3),
                    Field::new("permission_type", Kind::Integer(1), 1, 3),
                ])),
                1,
                3,
            ),
        ])),
        1,
        3,
    ),
];

const DELETE_GROUPS_REQUEST: &[Field] =
    &[Field::new("groups_names", Kind::Array(&Kind::String), 0, 2)];

const DELETE_GROUPS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 2),
    Field::new(
        "results",
        Kind::Array(&Kind::Structure(&[
            Field::new("group_id", Kind::String, 0, 2),
            Field::new("error_code", Kind::Integer(2), 0, 2),
        ])),
        0,
        2,
    ),
];

const DELETE_RECORDS_REQUEST: &[Field] = &[
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 2),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 0, 2),
                    Field::new("offset", Kind::Integer(8), 0, 2),
                ])),
                0,
                2,
            ),
        ])),
        0,
        2,
    ),
    Field::new("timeout_ms", Kind::Integer(4), 0, 2),
];

const DELETE_RECORDS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 2),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 2),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 0, 2),
                    Field::new("low_watermark", Kind::Integer(8), 0, 2),
                    Field::new("error_code", Kind::Integer(2), 0, 2),
                ])),
                0,
                2,
            ),
        ])),
        0,
        2,
    ),
];

const DELETE_SHARE_GROUP_OFFSETS_REQUEST: &[Field] = &[
    Field::new("group_id", Kind::String, 0, 0),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[Field::new("topic_name", Kind::String, 0, 0)])),
        0,
        0,
    ),
];

const DELETE_SHARE_GROUP_OFFSETS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 0),
    Field::new("error_code", Kind::Integer(2), 0, 0),
    Field::new("error_message", Kind::String, 0, 0).nullable(0, 0).default(Default::Null),
    Field::new(
        "responses",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_name", Kind::String, 0, 0),
            Field::new("topic_id", Kind::Uuid, 0, 0),
            Field::new("error_code", Kind::Integer(2), 0, 0),
            Field::new("error_message", Kind::String, 0, 0).nullable(0, 0).default(Default::Null),
        ])),
        0,
        0,
    ),
];

const DELETE_SHARE_GROUP_STATE_REQUEST: &[Field] = &[
    Field::new("group_id", Kind::String, 0, 0),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_id", Kind::Uuid, 0, 0),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[Field::new("partition", Kind::Integer(4), 0, 0)])),
                0,
                0,
            ),
        ])),
        0,
        0,
    ),
];

const DELETE_SHARE_GROUP_STATE_RESPONSE: &[Field] = &[Field::new(
    "results",
    Kind::Array(&Kind::Structure(&[
        Field::new("topic_id", Kind::Uuid, 0, 0),
        Field::new(
            "partitions",
            Kind::Array(&Kind::Structure(&[
                Field::new("partition", Kind::Integer(4), 0, 0),
                Field::new("error_code", Kind::Integer(2), 0, 0),
                Field::new("error_message", Kind::String, 0, 0)
                    .nullable(0, 0)
                    .default(Default::Null),
            ])),
            0,
            0,
        ),
    ])),
    0,
    0,
)];

const DELETE_TOPICS_REQUEST: &[Field] = &[
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 6, 6).nullable(6, 6).default(Default::Null),
            Field::new("topic_id", Kind::Uuid, 6, 6),
        ])),
        6,
        6,
    ),
    Field::new("topic_names", Kind::Array(&Kind::String), 1, 5),
    Field::new("timeout_ms", Kind::Integer(4), 1, 6),
];

const DELETE_TOPICS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 1, 6),
    Field::new(
        "responses",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 1, 6).nullable(6, 6),
            Field::new("topic_id", Kind::Uuid, 6, 6),
            Field::new("error_code", Kind::Integer(2), 1, 6),
            Field::new("error_message", Kind::String, 5, 6).nullable(5, 6).default(Default::Null),
        ])),
        1,
        6,
    ),
];

const DESCRIBE_ACLS_REQUEST: &[Field] = &[
    Field::new("resource_type_filter", Kind::Integer(1), 1, 3),
    Field::new("resource_name_filter", Kind::String, 1, 3).nullable(1, 3),
    Field::new("pattern_type_filter", Kind::Integer(1), 1, 3).default(Default::Integer(3)),
    Field::new("principal_filter", Kind::String, 1, 3).nullable(1, 3),
    Field::new("host_filter", Kind::String, 1, 3).nullable(1, 3),
    Field::new("operation", Kind::Integer(1), 1, 3),
    Field::new("permission_type", Kind::Integer(1), 1, 3),
];

const DESCRIBE_ACLS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 1, 3),
    Field::new("error_code", Kind::Integer(2), 1, 3),
    Field::new("error_message", Kind::String, 1, 3).nullable(1, 3),
    Field::new(
        "resources",
        Kind::Array(&Kind::Structure(&[
            Field::new("resource_type", Kind::Integer(1), 1, 3),
            Field::new("resource_name", Kind::String, 1, 3),
            Field::new("pattern_type", Kind::Integer(1), 1, 3).default(Default::Integer(3)),
            Field::new(
                "acls",
                Kind::Array(&Kind::Structure(&[
                    Field::new("principal", Kind::String, 1, 3),
                    Field::new("host", Kind::String, 1, 3),
                    Field::new("operation", Kind::Integer(1), 1, 3),
                    Field::new("permission_type", Kind::Integer(1), 1, 3),
                ])),
                1,
                3,
            ),
        ])),
        1,
        3,
    ),
];

const DESCRIBE_CLIENT_QUOTAS_REQUEST: &[Field] = &[
    Field::new(
        "components",
        Kind::Array(&Kind::Structure(&[
            Field::new("entity_type", Kind::String, 0, 1),
            Field::new("match_type", Kind::Integer(1), 0, 1),
            Field::new("match", Kind::String, 0, 1).nullable(0, 1),
        ])),
        0,
        1,
    ),
    Field::new("strict", Kind::Bool, 0, 1),
];

const DESCRIBE_CLIENT_QUOTAS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 1),
    Field::new("error_code", Kind::Integer(2), 0, 1),
    Field::new("error_message", Kind::String, 0, 1).nullable(0, 1),
    Field::new(
        "entries",
        Kind::Array(&Kind::Structure(&[
            Field::new(
                "entity",
                Kind::Array(&Kind::Structure(&[
                    Field::new("entity_type", Kind::String, 0, 1),
                    Field::new("entity_name", Kind::String, 0, 1).nullable(0, 1),
                ])),
                0,
                1,
            ),
            Field::new(
                "values",
                Kind::Array(&Kind::Structure(&[
                    Field::new("key", Kind::String, 0, 1),
                    Field::new("value", Kind::Float, 0, 1),
                ])),
                0,
                1,
            ),
        ])),
        0,
        1,
    )
    .nullable(0, 1),
];

const DESCRIBE_CLUSTER_REQUEST: &[Field] = &[
    Field::new("include_cluster_authorized_operations", Kind::Bool, 0, 2),
    Field::new("endpoint_type", Kind::Integer(1), 1, 2).default(Default::Integer(1)),
    Field::new("include_fenced_brokers", Kind::Bool, 2, 2),
];

const DESCRIBE_CLUSTER_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 2),
    Field::new("error_code", Kind::Integer(2), 0, 2),
    Field::new("error_message", Kind::String, 0, 2).nullable(0, 2).default(Default::Null),
    Field::new("endpoint_type", Kind::Integer(1), 1, 2).default(Default::Integer(1)),
    Field::new("cluster_id", Kind::String, 0, 2),
    Field::new("controller_id", Kind::Integer(4), 0, 2).default(Default::Integer(-1)),
    Field::new(
        "brokers",
        Kind::Array(&Kind::Structure(&[
            Field::new("broker_id", Kind::Integer(4), 0, 2),
            Field::new("host", Kind::String, 0, 2),
            Field::new("port", Kind::Integer(4), 0, 2),
            Field::new("rack", Kind::String, 0, 2).nullable(0, 2).default(Default::Null),
            Field::new("is_fenced", Kind::Bool, 2, 2),
        ])),
        0,
        2,
    ),
    Field::new("cluster_authorized_operations", Kind::Integer(4), 0, 2)
        .default(Default::Integer(-2147483648)),
];

const DESCRIBE_CONFIGS_REQUEST: &[Field] = &[
    Field::new(
        "resources",
        Kind::Array(&Kind::Structure(&[
            Field::new("resource_type", Kind::Integer(1), 1, 4),
            Field::new("resource_name", Kind::String, 1, 4),
            Field::new("configuration_keys", Kind::Array(&Kind::String), 1, 4).nullable(1, 4),
        ])),
        1,
        4,
    ),
    Field::new("include_synonyms", Kind::Bool, 1, 4),
    Field::new("include_documentation", Kind::Bool, 3, 4),
];

const DESCRIBE_CONFIGS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 1, 4),
    Field::new(
        "results",
        Kind::Array(&Kind::Structure(&[
            Field::new("error_code", Kind::Integer(2), 1, 4),
            Field::new("error_message", Kind::String, 1, 4).nullable(1, 4),
            Field::new("resource_type", Kind::Integer(1), 1, 4),
            Field::new("resource_name", Kind::String, 1, 4),
            Field::new(
                "configs",
                Kind::Array(&Kind::Structure(&[
                    Field::new("name", Kind::String, 1, 4),
                    Field::new("value", Kind::String, 1, 4).nullable(1, 4),
                    Field::new("read_only", Kind::Bool, 1, 4),
                    Field::new("config_source", Kind::Integer(1), 1, 4)
                        .default(Default::Integer(-1)),
                    Field::new("is_sensitive", Kind::Bool, 1, 4),
                    Field::new(
                        "synonyms",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("name", Kind::String, 1, 4),
                            Field::new("value", Kind::String, 1, 4).nullable(1, 4),
                            Field::new("source", Kind::Integer(1), 1, 4),
                        ])),
                        1,
                        4,
                    ),
                    Field::new("config_type", Kind::Integer(1), 3, 4),
                    Field::new("documentation", Kind::String, 3, 4).nullable(3, 4),
                ])),
                1,
                4,
            ),
        ])),
        1,
        4,
    ),
];

const DESCRIBE_DELEGATION_TOKEN_REQUEST: &[Field] = &[Field::new(
    "owners",
    Kind::Array(&Kind::Structure(&[
        Field::new("principal_type", Kind::String, 1, 3),
        Field::new("principal_name", Kind::String, 1, 3),
    ])),
    1,
    3,
)
.nullable(1, 3)];

const DESCRIBE_DELEGATION_TOKEN_RESPONSE: &[Field] = &[
    Field::new("error_code", Kind::Integer(2), 1, 3),
    Field::new(
        "tokens",
        Kind::Array(&Kind::Structure(&[
            Field::new("principal_type", Kind::String, 1, 3),
            Field::new("principal_name", Kind::String, 1, 3),
            Field::new("token_requester_principal_type", Kind::String, 3, 3),
            Field::new("token_requester_principal_name", Kind::String, 3, 3),
            Field::new("issue_timestamp", Kind::Integer(8), 1, 3),
            Field::new("expiry_timestamp", Kind::Integer(8), 1, 3),
            Field::new("max_timestamp", Kind::Integer(8), 1, 3),
            Field::new("token_id", Kind::String, 1, 3),
            Field::new("hmac", Kind::Bytes, 1, 3),
            Field::new(
                "renewers",
                Kind::Array(&Kind::Structure(&[
                    Field::new("principal_type", Kind::String, 1, 3),
                    Field::new("principal_name", Kind::String, 1, 3),
                ])),
                1,
                3,
            ),
        ])),
        1,
        3,
    ),
    Field::new("throttle_time_ms", Kind::Integer(4), 1, 3),
];

const DESCRIBE_GROUPS_REQUEST: &[Field] = &[
    Field::new("groups", Kind::Array(&Kind::String), 0, 6),
    Field::new("include_authorized_operations", Kind::Bool, 3, 6),
];

const DESCRIBE_GROUPS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 1, 6),
    Field::new(
        "groups",
        Kind::Array(&Kind::Structure(&[
            Field::new("error_code", Kind::Integer(2), 0, 6),
            Field::new("error_message", Kind::String, 6, 6).nullable(6, 6).default(Default::Null),
            Field::new("group_id", Kind::String, 0, 6),
            Field::new("group_state", Kind::String, 0, 6),
            Field::new("protocol_type", Kind::String, 0, 6),
            Field::new("protocol_data", Kind::String, 0, 6),
            Field::new(
                "members",
                Kind::Array(&Kind::Structure(&[
                    Field::new("member_id", Kind::String, 0, 6),
                    Field::new("group_instance_id", Kind::String, 4, 6)
                        .nullable(4, 6)
                        .default(Default::Null),
                    Field::new("client_id", Kind::String, 0, 6),
                    Field::new("client_host", Kind::String, 0, 6),
                    Field::new("member_metadata", Kind::Bytes, 0, 6),
                    Field::new("member_assignment", Kind::Bytes, 0, 6),
                ])),
                0,
                6,
            ),
            Field::new("authorized_operations", Kind::Integer(4), 3, 6)
                .default(Default::Integer(-2147483648)),
        ])),
        0,
        6,
    ),
];

const DESCRIBE_LOG_DIRS_REQUEST: &[Field] = &[Field::new(
    "topics",
    Kind::Array(&Kind::Structure(&[
        Field::new("topic", Kind::String, 1, 5),
        Field::new("partitions", Kind::Array(&Kind::Integer(4)), 1, 5),
    ])),
    1,
    5,
)
.nullable(1, 5)];

const DESCRIBE_LOG_DIRS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 1, 5),
    Field::new("error_code", Kind::Integer(2), 3, 5),
    Field::new(
        "results",
        Kind::Array(&Kind::Structure(&[
            Field::new("error_code", Kind::Integer(2), 1, 5),
            Field::new("log_dir", Kind::String, 1, 5),
            Field::new(
                "topics",
                Kind::Array(&Kind::Structure(&[
                    Field::new("name", Kind::String, 1, 5),
                    Field::new(
                        "partitions",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("partition_index", Kind::Integer(4), 1, 5),
                            Field::new("partition_size", Kind::Integer(8), 1, 5),
                            Field::new("offset_lag", Kind::Integer(8), 1, 5),
                            Field::new("is_future_key", Kind::Bool, 1, 5),
                        ])),
                        1,
                        5,
                    ),
                ])),
                1,
                5,
            ),
            Field::new("total_bytes", Kind::Integer(8), 4, 5).default(Default::Integer(-1)),
            Field::new("usable_bytes", Kind::Integer(8), 4, 5).default(Default::Integer(-1)),
            Field::new("is_cordoned", Kind::Bool, 5, 5),
        ])),
        1,
        5,
    ),
];

const DESCRIBE_PRODUCERS_REQUEST: &[Field] = &[Field::new(
    "topics",
    Kind::Array(&Kind::Structure(&[
        Field::new("name", Kind::String, 0, 0),
        Field::new("partition_indexes", Kind::Array(&Kind::Integer(4)), 0, 0),
    ])),
    0,
    0,
)];

const DESCRIBE_PRODUCERS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 0),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 0),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 0, 0),
                    Field::new("error_code", Kind::Integer(2), 0, 0),
                    Field::new("error_message", Kind::String, 0, 0)
                        .nullable(0, 0)
                        .default(Default::Null),
                    Field::new(
                        "active_producers",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("producer_id", Kind::Integer(8), 0, 0),
                            Field::new("producer_epoch", Kind::Integer(4), 0, 0),
                            Field::new("last_sequence", Kind::Integer(4), 0, 0)
                                .default(Default::Integer(-1)),
                            Field::new("last_timestamp", Kind::Integer(8), 0, 0)
                                .default(Default::Integer(-1)),
                            Field::new("coordinator_epoch", Kind::Integer(4), 0, 0),
                            Field::new("current_txn_start_offset", Kind::Integer(8), 0, 0)
                                .default(Default::Integer(-1)),
                        ])),
                        0,
                        0,
                    ),
                ])),
                0,
                0,
            ),
        ])),
        0,
        0,
    ),
];

const DESCRIBE_QUORUM_REQUEST: &[Field] = &[Field::new(
    "topics",
    Kind::Array(&Kind::Structure(&[
        Field::new("topic_name", Kind::String, 0, 2),
        Field::new(
            "partitions",
            Kind::Array(&Kind::Structure(&[Field::new("partition_index", Kind::Integer(4), 0, 2)])),
            0,
            2,
        ),
    ])),
    0,
    2,
)];

const DESCRIBE_QUORUM_RESPONSE: &[Field] = &[
    Field::new("error_code", Kind::Integer(2), 0, 2),
    Field::new("error_message", Kind::String, 2, 2).nullable(2, 2),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_name", Kind::String, 0, 2),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 0, 2),
                    Field::new("error_code", Kind::Integer(2), 0, 2),
                    Field::new("error_message", Kind::String, 2, 2).nullable(2, 2),
                    Field::new("leader_id", Kind::Integer(4), 0, 2),
                    Field::new("leader_epoch", Kind::Integer(4), 0, 2),
                    Field::new("high_watermark", Kind::Integer(8), 0, 2),
                    Field::new(
                        "current_voters",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("replica_id", Kind::Integer(4), 0, 2),
                            Field::new("replica_directory_id", Kind::Uuid, 2, 2),
                            Field::new("log_end_offset", Kind::Integer(8), 0, 2),
                            Field::new("last_fetch_timestamp", Kind::Integer(8), 1, 2)
                                .default(Default::Integer(-1)),
                            Field::new("last_caught_up_timestamp", Kind::Integer(8), 1, 2)
                                .default(Default::Integer(-1)),
                        ])),
                        0,
                        2,
                    ),
                    Field::new(
                        "observers",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("replica_id", Kind::Integer(4), 0, 2),
                            Field::new("replica_directory_id", Kind::Uuid, 2, 2),
                            Field::new("log_end_offset", Kind::Integer(8), 0, 2),
                            Field::new("last_fetch_timestamp", Kind::Integer(8), 1, 2)
                                .default(Default::Integer(-1)),
                            Field::new("last_caught_up_timestamp", Kind::Integer(8), 1, 2)
                                .default(Default::Integer(-1)),
                        ])),
                        0,
                        2,
                    ),
                ])),
                0,
                2,
            ),
        ])),
        0,
        2,
    ),
    Field::new(
        "nodes",
        Kind::Array(&Kind::Structure(&[
            Field::new("node_id", Kind::Integer(4), 2, 2),
            Field::new(
                "listeners",
                Kind::Array(&Kind::Structure(&[
                    Field::new("name", Kind::String, 2, 2),
                    Field::new("host", Kind::String, 2, 2),
                    Field::new("port", Kind::Integer(2), 2, 2),
                ])),
                2,
                2,
            ),
        ])),
        2,
        2,
    ),
];

const DESCRIBE_SHARE_GROUP_OFFSETS_REQUEST: &[Field] = &[Field::new(
    "groups",
    Kind::Array(&Kind::Structure(&[
        Field::new("group_id", Kind::String, 0, 1),
        Field::new(
            "topics",
            Kind::Array(&Kind::Structure(&[
                Field::new("topic_name", Kind::String, 0, 1),
                Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 1),
            ])),
            0,
            1,
        )
        .nullable(0, 1),
    ])),
    0,
    1,
)];

const DESCRIBE_SHARE_GROUP_OFFSETS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 1),
    Field::new(
        "groups",
        Kind::Array(&Kind::Structure(&[
            Field::new("group_id", Kind::String, 0, 1),
            Field::new(
                "topics",
                Kind::Array(&Kind::Structure(&[
                    Field::new("topic_name", Kind::String, 0, 1),
                    Field::new("topic_id", Kind::Uuid, 0, 1),
                    Field::new(
                        "partitions",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("partition_index", Kind::Integer(4), 0, 1),
                            Field::new("start_offset", Kind::Integer(8), 0, 1),
                            Field::new("leader_epoch", Kind::Integer(4), 0, 1),
                            Field::new("lag", Kind::Integer(8), 1, 1).default(Default::Integer(-1)),
                            Field::new("error_code", Kind::Integer(2), 0, 1),
                            Field::new("error_message", Kind::String, 0, 1)
                                .nullable(0, 1)
                                .default(Default::Null),
                        ])),
                        0,
                        1,
                    ),
                ])),
                0,
                1,
            ),
            Field::new("error_code", Kind::Integer(2), 0, 1),
            Field::new("error_message", Kind::String, 0, 1).nullable(0, 1).default(Default::Null),
        ])),
        0,
        1,
    ),
];

const DESCRIBE_TOPIC_PARTITIONS_REQUEST: &[Field] = &[
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[Field::new("name", Kind::String, 0, 0)])),
        0,
        0,
    ),
    Field::new("response_partition_limit", Kind::Integer(4), 0, 0).default(Default::Integer(2000)),
    Field::new(
        "cursor",
        Kind::Structure(&[
            Field::new("topic_name", Kind::String, 0, 0),
            Field::new("partition_index", Kind::Integer(4), 0, 0),
        ]),
        0,
        0,
    )
    .nullable(0, 0)
    .default(Default::Null),
];

const DESCRIBE_TOPIC_PARTITIONS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 0),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("error_code", Kind::Integer(2), 0, 0),
            Field::new("name", Kind::String, 0, 0).nullable(0, 0),
            Field::new("topic_id", Kind::Uuid, 0, 0),
            Field::new("is_internal", Kind::Bool, 0, 0),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("error_code", Kind::Integer(2), 0, 0),
                    Field::new("partition_index", Kind::Integer(4), 0, 0),
                    Field::new("leader_id", Kind::Integer(4), 0, 0),
                    Field::new("leader_epoch", Kind::Integer(4), 0, 0)
                        .default(Default::Integer(-1)),
                    Field::new("replica_nodes", Kind::Array(&Kind::Integer(4)), 0, 0),
                    Field::new("isr_nodes", Kind::Array(&Kind::Integer(4)), 0, 0),
                    Field::new("eligible_leader_replicas", Kind::Array(&Kind::Integer(4)), 0, 0)
                        .nullable(0, 0)
                        .default(Default::Null),
                    Field::new("last_known_elr", Kind::Array(&Kind::Integer(4)), 0, 0)
                        .nullable(0, 0)
                        .default(Default::Null),
                    Field::new("offline_replicas", Kind::Array(&Kind::Integer(4)), 0, 0),
                ])),
                0,
                0,
            ),
            Field::new("topic_authorized_operations", Kind::Integer(4), 0, 0)
                .default(Default::Integer(-2147483648)),
        ])),
        0,
        0,
    ),
    Field::new(
        "next_cursor",
        Kind::Structure(&[
            Field::new("topic_name", Kind::String, 0, 0),
            Field::new("partition_index", Kind::Integer(4), 0, 0),
        ]),
        0,
        0,
    )
    .nullable(0, 0)
    .default(Default::Null),
];

const DESCRIBE_TRANSACTIONS_REQUEST: &[Field] =
    &[Field::new("transactional_ids", Kind::Array(&Kind::String), 0, 0)];

const DESCRIBE_TRANSACTIONS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 0),
    Field::new(
        "transaction_states",
        Kind::Array(&Kind::Structure(&[
            Field::new("error_code", Kind::Integer(2), 0, 0),
            Field::new("transactional_id", Kind::String, 0, 0),
            Field::new("transaction_state", Kind::String, 0, 0),
            Field::new("transaction_timeout_ms", Kind::Integer(4), 0, 0),
            Field::new("transaction_start_time_ms", Kind::Integer(8), 0, 0),
            Field::new("producer_id", Kind::Integer(8), 0, 0),
            Field::new("producer_epoch", Kind::Integer(2), 0, 0),
            Field::new(
                "topics",
                Kind::Array(&Kind::Structure(&[
                    Field::new("topic", Kind::String, 0, 0),
                    Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
                ])),
                0,
                0,
            ),
        ])),
        0,
        0,
    ),
];

const DESCRIBE_USER_SCRAM_CREDENTIALS_REQUEST: &[Field] = &[Field::new(
    "users",
    Kind::Array(&Kind::Structure(&[Field::new("name", Kind::String, 0, 0)])),
    0,
    0,
)
.nullable(0, 0)];

const DESCRIBE_USER_SCRAM_CREDENTIALS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 0),
    Field::new("error_code", Kind::Integer(2), 0, 0),
    Field::new("error_message", Kind::String, 0, 0).nullable(0, 0),
    Field::new(
        "results",
        Kind::Array(&Kind::Structure(&[
            Field::new("user", Kind::String, 0, 0),
            Field::new("error_code", Kind::Integer(2), 0, 0),
            Field::new("error_message", Kind::String, 0, 0).nullable(0, 0),
            Field::new(
                "credential_infos",
                Kind::Array(&Kind::Structure(&[
                    Field::new("mechanism", Kind::Integer(1), 0, 0),
                    Field::new("iterations", Kind::Integer(4), 0, 0),
                ])),
                0,
                0,
            ),
        ])),
        0,
        0,
    ),
];

const ELECT_LEADERS_REQUEST: &[Field] = &[
    Field::new("election_type", Kind::Integer(1), 1, 2),
    Field::new(
        "topic_partitions",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic", Kind::String, 0, 2),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 2),
        ])),
        0,
        2,
    )
    .nullable(0, 2),
    Field::new("timeout_ms", Kind::Integer(4), 0, 2).default(Default::Integer(60000)),
];

const ELECT_LEADERS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 2),
    Field::new("error_code", Kind::Integer(2), 1, 2),
    Field::new(
        "replica_election_results",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic", Kind::String, 0, 2),
            Field::new(
                "partition_result",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_id", Kind::Integer(4), 0, 2),
                    Field::new("error_code", Kind::Integer(2), 0, 2),
                    Field::new("error_message", Kind::String, 0, 2).nullable(0, 2),
                ])),
                0,
                2,
            ),
        ])),
        0,
        2,
    ),
];

const END_QUORUM_EPOCH_REQUEST: &[Field] = &[
    Field::new("cluster_id", Kind::String, 0, 1).nullable(0, 1).default(Default::Null),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_name", Kind::String, 0, 1),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 0, 1),
                    Field::new("leader_id", Kind::Integer(4), 0, 1),
                    Field::new("leader_epoch", Kind::Integer(4), 0, 1),
                    Field::new("preferred_successors", Kind::Array(&Kind::Integer(4)), 0, 0),
                    Field::new(
                        "preferred_candidates",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("candidate_id", Kind::Integer(4), 1, 1),
                            Field::new("candidate_directory_id", Kind::Uuid, 1, 1),
                        ])),
                        1,
                        1,
                    ),
                ])),
                0,
                1,
            ),
        ])),
        0,
        1,
    ),
    Field::new(
        "leader_endpoints",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 1, 1),
            Field::new("host", Kind::String, 1, 1),
            Field::new("port", Kind::Integer(2), 1, 1),
        ])),
        1,
        1,
    ),
];

const END_QUORUM_EPOCH_RESPONSE: &[Field] = &[
    Field::new("error_code", Kind::Integer(2), 0, 1),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_name", Kind::String, 0, 1),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 0, 1),
                    Field::new("error_code", Kind::Integer(2), 0, 1),
                    Field::new("leader_id", Kind::Integer(4), 0, 1),
                    Field::new("leader_epoch", Kind::Integer(4), 0, 1),
                ])),
                0,
                1,
            ),
        ])),
        0,
        1,
    ),
    Field::new(
        "node_endpoints",
        Kind::Array(&Kind::Structure(&[
            Field::new("node_id", Kind::Integer(4), 1, 1),
            Field::new("host", Kind::String, 1, 1),
            Field::new("port", Kind::Integer(2), 1, 1),
        ])),
        1,
        1,
    )
    .tag(0),
];

const END_TXN_MARKER: &[Field] = &[Field::new("coordinator_epoch", Kind::Integer(4), 0, 0)];

const END_TXN_REQUEST: &[Field] = &[
    Field::new("transactional_id", Kind::String, 0, 5),
    Field::new("producer_id", Kind::Integer(8), 0, 5),
    Field::new("producer_epoch", Kind::Integer(2), 0, 5),
    Field::new("committed", Kind::Bool, 0, 5),
];

const END_TXN_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 5),
    Field::new("error_code", Kind::Integer(2), 0, 5),
    Field::new("producer_id", Kind::Integer(8), 5, 5).default(Default::Integer(-1)),
    Field::new("producer_epoch", Kind::Integer(2), 5, 5).default(Default::Integer(-1)),
];

const ENVELOPE_REQUEST: &[Field] = &[
    Field::new("request_data", Kind::Bytes, 0, 0),
    Field::new("request_principal", Kind::Bytes, 0, 0).nullable(0, 0),
    Field::new("client_host_address", Kind::Bytes, 0, 0),
];

const ENVELOPE_RESPONSE: &[Field] = &[
    Field::new("response_data", Kind::Bytes, 0, 0).nullable(0, 0).default(Default::Null),
    Field::new("error_code", Kind::Integer(2), 0, 0),
];

const EXPIRE_DELEGATION_TOKEN_REQUEST: &[Field] = &[
    Field::new("hmac", Kind::Bytes, 1, 2),
    Field::new("expiry_time_period_ms", Kind::Integer(8), 1, 2),
];

const EXPIRE_DELEGATION_TOKEN_RESPONSE: &[Field] = &[
    Field::new("error_code", Kind::Integer(2), 1, 2),
    Field::new("expiry_timestamp_ms", Kind::Integer(8), 1, 2),
    Field::new("throttle_time_ms", Kind::Integer(4), 1, 2),
];

const FETCH_REQUEST: &[Field] = &[
    Field::new("cluster_id", Kind::String, 12, 18).nullable(12, 18).tag(0).default(Default::Null),
    Field::new("replica_id", Kind::Integer(4), 4, 14).default(Default::Integer(-1)),
    Field::new(
        "replica_state",
        Kind::Structure(&[
            Field::new("replica_id", Kind::Integer(4), 15, 18).default(Default::Integer(-1)),
            Field::new("replica_epoch", Kind::Integer(8), 15, 18).default(Default::Integer(-1)),
        ]),
        15,
        18,
    )
    .tag(1),
    Field::new("max_wait_ms", Kind::Integer(4), 4, 18),
    Field::new("min_bytes", Kind::Integer(4), 4, 18),
    Field::new("max_bytes", Kind::Integer(4), 4, 18).default(Default::Integer(2147483647)),
    Field::new("isolation_level", Kind::Integer(1), 4, 18),
    Field::new("session_id", Kind::Integer(4), 7, 18),
    Field::new("session_epoch", Kind::Integer(4), 7, 18).default(Default::Integer(-1)),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic", Kind::String, 4, 12),
            Field::new("topic_id", Kind::Uuid, 13, 18),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition", Kind::Integer(4), 4, 18),
                    Field::new("current_leader_epoch", Kind::Integer(4), 9, 18)
                        .default(Default::Integer(-1)),
                    Field::new("fetch_offset", Kind::Integer(8), 4, 18),
                    Field::new("last_fetched_epoch", Kind::Integer(4), 12, 18)
                        .default(Default::Integer(-1)),
                    Field::new("log_start_offset", Kind::Integer(8), 5, 18)
                        .default(Default::Integer(-1)),
                    Field::new("partition_max_bytes", Kind::Integer(4), 4, 18),
                    Field::new("replica_directory_id", Kind::Uuid, 17, 18).tag(0),
                    Field::new("high_watermark", Kind::Integer(8), 18, 18)
                        .tag(1)
                        .default(Default::Integer(9223372036854775807)),
                ])),
                4,
                18,
            ),
        ])),
        4,
        18,
    ),
    Field::new(
        "forgotten_topics_data",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic", Kind::String, 7, 12),
            Field::new("topic_id", Kind::Uuid, 13, 18),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 7, 18),
        ])),
        7,
        18,
    ),
    Field::new("rack_id", Kind::String, 11, 18),
];

const FETCH_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 4, 18),
    Field::new("error_code", Kind::Integer(2), 7, 18),
    Field::new("session_id", Kind::Integer(4), 7, 18),
    Field::new(
        "responses",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic", Kind::String, 4, 12),
            Field::new("topic_id", Kind::Uuid, 13, 18),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 4, 18),
                    Field::new("error_code", Kind::Integer(2), 4, 18),
                    Field::new("high_watermark", Kind::Integer(8), 4, 18),
                    Field::new("last_stable_offset", Kind::Integer(8), 4, 18)
                        .default(Default::Integer(-1)),
                    Field::new("log_start_offset", Kind::Integer(8), 5, 18)
                        .default(Default::Integer(-1)),
                    Field::new(
                        "diverging_epoch",
                        Kind::Structure(&[
                            Field::new("epoch", Kind::Integer(4), 12, 18)
                                .default(Default::Integer(-1)),
                            Field::new("end_offset", Kind::Integer(8), 12, 18)
                                .default(Default::Integer(-1)),
                        ]),
                        12,
                        18,
                    )
                    .tag(0),
                    Field::new(
                        "current_leader",
                        Kind::Structure(&[
                            Field::new("leader_id", Kind::Integer(4), 12, 18)
                                .default(Default::Integer(-1)),
                            Field::new("leader_epoch", Kind::Integer(4), 12, 18)
                                .default(Default::Integer(-1)),
                        ]),
                        12,
                        18,
                    )
                    .tag(1),
                    Field::new(
                        "snapshot_id",
                        Kind::Structure(&[
                            Field::new("end_offset", Kind::Integer(8), 12, 18)
                                .default(Default::Integer(-1)),
                            Field::new("epoch", Kind::Integer(4), 12, 18)
                                .default(Default::Integer(-1)),
                        ]),
                        12,
                        18,
                    )
                    .tag(2),
                    Field::new(
                        "aborted_transactions",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("producer_id", Kind::Integer(8), 4, 18),
                            Field::new("first_offset", Kind::Integer(8), 4, 18),
                        ])),
                        4,
                        18,
                    )
                    .nullable(4, 18),
                    Field::new("preferred_read_replica", Kind::Integer(4), 11, 18)
                        .default(Default::Integer(-1)),
                    Field::new("records", Kind::Bytes, 4, 18)
                        .nullable(4, 18)
                        .default(Default::Null),
                ])),
                4,
                18,
            ),
        ])),
        4,
        18,
    ),
    Field::new(
        "node_endpoints",
        Kind::Array(&Kind::Structure(&[
            Field::new("node_id", Kind::Integer(4), 16, 18),
            Field::new("host", Kind::String, 16, 18),
            Field::new("port", Kind::Integer(4), 16, 18),
            Field::new("rack", Kind::String, 16, 18).nullable(16, 18).default(Default::Null),
        ])),
        16,
        18,
    )
    .tag(0),
];

const FETCH_SNAPSHOT_REQUEST: &[Field] = &[
    Field::new("cluster_id", Kind::String, 0, 1).nullable(0, 1).tag(0).default(Default::Null),
    Field::new("replica_id", Kind::Integer(4), 0, 1).default(Default::Integer(-1)),
    Field::new("max_bytes", Kind::Integer(4), 0, 1).default(Default::Integer(2147483647)),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 1),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition", Kind::Integer(4), 0, 1),
                    Field::new("current_leader_epoch", Kind::Integer(4), 0, 1),
                    Field::new(
                        "snapshot_id",
                        Kind::Structure(&[
                            Field::new("end_offset", Kind::Integer(8), 0, 1),
                            Field::new("epoch", Kind::Integer(4), 0, 1),
                        ]),
                        0,
                        1,
                    ),
                    Field::new("position", Kind::Integer(8), 0, 1),
                    Field::new("replica_directory_id", Kind::Uuid, 1, 1).tag(0),
                ])),
                0,
                1,
            ),
        ])),
        0,
        1,
    ),
];

const FETCH_SNAPSHOT_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 1),
    Field::new("error_code", Kind::Integer(2), 0, 1),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 1),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("index", Kind::Integer(4), 0, 1),
                    Field::new("error_code", Kind::Integer(2), 0, 1),
                    Field::new(
                        "snapshot_id",
                        Kind::Structure(&[
                            Field::new("end_offset", Kind::Integer(8), 0, 1),
                            Field::new("epoch", Kind::Integer(4), 0, 1),
                        ]),
                        0,
                        1,
                    ),
                    Field::new(
                        "current_leader",
                        Kind::Structure(&[
                            Field::new("leader_id", Kind::Integer(4), 0, 1),
                            Field::new("leader_epoch", Kind::Integer(4), 0, 1),
                        ]),
                        0,
                        1,
                    )
                    .tag(0),
                    Field::new("size", Kind::Integer(8), 0, 1),
                    Field::new("position", Kind::Integer(8), 0, 1),
                    Field::new("unaligned_records", Kind::Bytes, 0, 1),
                ])),
                0,
                1,
            ),
        ])),
        0,
        1,
    ),
    Field::new(
        "node_endpoints",
        Kind::Array(&Kind::Structure(&[
            Field::new("node_id", Kind::Integer(4), 1, 1),
            Field::new("host", Kind::String, 1, 1),
            Field::new("port", Kind::Integer(2), 1, 1),
        ])),
        1,
        1,
    )
    .tag(0),
];

const FIND_COORDINATOR_REQUEST: &[Field] = &[
    Field::new("key", Kind::String, 0, 3),
    Field::new("key_type", Kind::Integer(1), 1, 6),
    Field::new("coordinator_keys", Kind::Array(&Kind::String), 4, 6),
];

const FIND_COORDINATOR_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 1, 6),
    Field::new("error_code", Kind::Integer(2), 0, 3),
    Field::new("error_message", Kind::String, 1, 3).nullable(1, 3),
    Field::new("node_id", Kind::Integer(4), 0, 3),
    Field::new("host", Kind::String, 0, 3),
    Field::new("port", Kind::Integer(4), 0, 3),
    Field::new(
        "coordinators",
        Kind::Array(&Kind::Structure(&[
            Field::new("key", Kind::String, 4, 6),
            Field::new("node_id", Kind::Integer(4), 4, 6),
            Field::new("host", Kind::String, 4, 6),
            Field::new("port", Kind::Integer(4), 4, 6),
            Field::new("error_code", Kind::Integer(2), 4, 6),
            Field::new("error_message", Kind::String, 4, 6).nullable(4, 6),
        ])),
        4,
        6,
    ),
];

const GET_TELEMETRY_SUBSCRIPTIONS_REQUEST: &[Field] =
    &[Field::new("client_instance_id", Kind::Uuid, 0, 0)];

const GET_TELEMETRY_SUBSCRIPTIONS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 0),
    Field::new("error_code", Kind::Integer(2), 0, 0),
    Field::new("client_instance_id", Kind::Uuid, 0, 0),
    Field::new("subscription_id", Kind::Integer(4), 0, 0),
    Field::new("accepted_compression_types", Kind::Array(&Kind::Integer(1)), 0, 0),
    Field::new("push_interval_ms", Kind::Integer(4), 0, 0),
    Field::new("telemetry_max_bytes", Kind::Integer(4), 0, 0),
    Field::new("delta_temporality", Kind::Bool, 0, 0),
    Field::new("requested_metrics", Kind::Array(&Kind::String), 0, 0),
];

const HEARTBEAT_REQUEST: &[Field] = &[
    Field::new("group_id", Kind::String, 0, 4),
    Field::new("generation_id", Kind::Integer(4), 0, 4),
    Field::new("member_id", Kind::String, 0, 4),
    Field::new("group_instance_id", Kind::String, 3, 4).nullable(3, 4).default(Default::Null),
];

const HEARTBEAT_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 1, 4),
    Field::new("error_code", Kind::Integer(2), 0, 4),
];

const INCREMENTAL_ALTER_CONFIGS_REQUEST: &[Field] = &[
    Field::new(
        "resources",
        Kind::Array(&Kind::Structure(&[
            Field::new("resource_type", Kind::Integer(1), 0, 1),
            Field::new("resource_name", Kind::String, 0, 1),
            Field::new(
                "configs",
                Kind::Array(&Kind::Structure(&[
                    Field::new("name", Kind::String, 0, 1),
                    Field::new("config_operation", Kind::Integer(1), 0, 1),
                    Field::new("value", Kind::String, 0, 1).nullable(0, 1),
                ])),
                0,
                1,
            ),
        ])),
        0,
        1,
    ),
    Field::new("validate_only", Kind::Bool, 0, 1),
];

const INCREMENTAL_ALTER_CONFIGS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 1),
    Field::new(
        "responses",
        Kind::Array(&Kind::Structure(&[
            Field::new("error_code", Kind::Integer(2), 0, 1),
            Field::new("error_message", Kind::String, 0, 1).nullable(0, 1),
            Field::new("resource_type", Kind::Integer(1), 0, 1),
            Field::new("resource_name", Kind::String, 0, 1),
        ])),
        0,
        1,
    ),
];

const INIT_PRODUCER_ID_REQUEST: &[Field] = &[
    Field::new("transactional_id", Kind::String, 0, 6).nullable(0, 6),
    Field::new("transaction_timeout_ms", Kind::Integer(4), 0, 6),
    Field::new("producer_id", Kind::Integer(8), 3, 6).default(Default::Integer(-1)),
    Field::new("producer_epoch", Kind::Integer(2), 3, 6).default(Default::Integer(-1)),
    Field::new("enable2_pc", Kind::Bool, 6, 6),
    Field::new("keep_prepared_txn", Kind::Bool, 6, 6),
];

const INIT_PRODUCER_ID_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 6),
    Field::new("error_code", Kind::Integer(2), 0, 6),
    Field::new("producer_id", Kind::Integer(8), 0, 6).default(Default::Integer(-1)),
    Field::new("producer_epoch", Kind::Integer(2), 0, 6),
    Field::new("ongoing_txn_producer_id", Kind::Integer(8), 6, 6).default(Default::Integer(-1)),
    Field::new("ongoing_txn_producer_epoch", Kind::Integer(2), 6, 6).default(Default::Integer(-1)),
];

const INITIALIZE_SHARE_GROUP_STATE_REQUEST: &[Field] = &[
    Field::new("group_id", Kind::String, 0, 0),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_id", Kind::Uuid, 0, 0),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition", Kind::Integer(4), 0, 0),
                    Field::new("state_epoch", Kind::Integer(4), 0, 0),
                    Field::new("start_offset", Kind::Integer(8), 0, 0),
                ])),
                0,
                0,
            ),
        ])),
        0,
        0,
    ),
];

const INITIALIZE_SHARE_GROUP_STATE_RESPONSE: &[Field] = &[Field::new(
    "results",
    Kind::Array(&Kind::Structure(&[
        Field::new("topic_id", Kind::Uuid, 0, 0),
        Field::new(
            "partitions",
            Kind::Array(&Kind::Structure(&[
                Field::new("partition", Kind::Integer(4), 0, 0),
                Field::new("error_code", Kind::Integer(2), 0, 0),
                Field::new("error_message", Kind::String, 0, 0)
                    .nullable(0, 0)
                    .default(Default::Null),
            ])),
            0,
            0,
        ),
    ])),
    0,
    0,
)];

const JOIN_GROUP_REQUEST: &[Field] = &[
    Field::new("group_id", Kind::String, 0, 9),
    Field::new("session_timeout_ms", Kind::Integer(4), 0, 9),
    Field::new("rebalance_timeout_ms", Kind::Integer(4), 1, 9).default(Default::Integer(-1)),
    Field::new("member_id", Kind::String, 0, 9),
    Field::new("group_instance_id", Kind::String, 5, 9).nullable(5, 9).default(Default::Null),
    Field::new("protocol_type", Kind::String, 0, 9),
    Field::new(
        "protocols",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 9),
            Field::new("metadata", Kind::Bytes, 0, 9),
        ])),
        0,
        9,
    ),
    Field::new("reason", Kind::String, 8, 9).nullable(8, 9).default(Default::Null),
];

const JOIN_GROUP_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 2, 9),
    Field::new("error_code", Kind::Integer(2), 0, 9),
    Field::new("generation_id", Kind::Integer(4), 0, 9).default(Default::Integer(-1)),
    Field::new("protocol_type", Kind::String, 7, 9).nullable(7, 9).default(Default::Null),
    Field::new("protocol_name", Kind::String, 0, 9).nullable(7, 9),
    Field::new("leader", Kind::String, 0, 9),
    Field::new("skip_assignment", Kind::Bool, 9, 9),
    Field::new("member_id", Kind::String, 0, 9),
    Field::new(
        "members",
        Kind::Array(&Kind::Structure(&[
            Field::new("member_id", Kind::String, 0, 9),
            Field::new("group_instance_id", Kind::String, 5, 9)
                .nullable(5, 9)
                .default(Default::Null),
            Field::new("metadata", Kind::Bytes, 0, 9),
        ])),
        0,
        9,
    ),
];

const LEAVE_GROUP_REQUEST: &[Field] = &[
    Field::new("group_id", Kind::String, 0, 5),
    Field::new("member_id", Kind::String, 0, 2),
    Field::new(
        "members",
        Kind::Array(&Kind::Structure(&[
            Field::new("member_id", Kind::String, 3, 5),
            Field::new("group_instance_id", Kind::String, 3, 5)
                .nullable(3, 5)
                .default(Default::Null),
            Field::new("reason", Kind::String, 5, 5).nullable(5, 5).default(Default::Null),
        ])),
        3,
        5,
    ),
];

const LEAVE_GROUP_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 1, 5),
    Field::new("error_code", Kind::Integer(2), 0, 5),
    Field::new(
        "members",
        Kind::Array(&Kind::Structure(&[
            Field::new("member_id", Kind::String, 3, 5),
            Field::new("group_instance_id", Kind::String, 3, 5).nullable(3, 5),
            Field::new("error_code", Kind::Integer(2), 3, 5),
        ])),
        3,
        5,
    ),
];

const LIST_CONFIG_RESOURCES_REQUEST: &[Field] =
    &[Field::new("resource_types", Kind::Array(&Kind::Integer(1)), 1, 1)];

const LIST_CONFIG_RESOURCES_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 1),
    Field::new("error_code", Kind::Integer(2), 0, 1),
    Field::new(
        "config_resources",
        Kind::Array(&Kind::Structure(&[
            Field::new("resource_name", Kind::String, 0, 1),
            Field::new("resource_type", Kind::Integer(1), 1, 1).default(Default::Integer(16)),
        ])),
        0,
        1,
    ),
];

const LIST_GROUPS_REQUEST: &[Field] = &[
    Field::new("states_filter", Kind::Array(&Kind::String), 4, 5),
    Field::new("types_filter", Kind::Array(&Kind::String), 5, 5),
];

const LIST_GROUPS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 1, 5),
    Field::new("error_code", Kind::Integer(2), 0, 5),
    Field::new(
        "groups",
        Kind::Array(&Kind::Structure(&[
            Field::new("group_id", Kind::String, 0, 5),
            Field::new("protocol_type", Kind::String, 0, 5),
            Field::new("group_state", Kind::String, 4, 5),
            Field::new("group_type", Kind::String, 5, 5),
        ])),
        0,
        5,
    ),
];

const LIST_OFFSETS_REQUEST: &[Field] = &[
    Field::new("replica_id", Kind::Integer(4), 1, 11),
    Field::new("isolation_level", Kind::Integer(1), 2, 11),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 1, 11),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 1, 11),
                    Field::new("current_leader_epoch", Kind::Integer(4), 4, 11)
                        .default(Default::Integer(-1)),
                    Field::new("timestamp", Kind::Integer(8), 1, 11),
                ])),
                1,
                11,
            ),
        ])),
        1,
        11,
    ),
    Field::new("timeout_ms", Kind::Integer(4), 10, 11),
];

const LIST_OFFSETS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 2, 11),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 1, 11),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 1, 11),
                    Field::new("error_code", Kind::Integer(2), 1, 11),
                    Field::new("timestamp", Kind::Integer(8), 1, 11).default(Default::Integer(-1)),
                    Field::new("offset", Kind::Integer(8), 1, 11).default(Default::Integer(-1)),
                    Field::new("leader_epoch", Kind::Integer(4), 4, 11)
                        .default(Default::Integer(-1)),
                ])),
                1,
                11,
            ),
        ])),
        1,
        11,
    ),
];

const LIST_PARTITION_REASSIGNMENTS_REQUEST: &[Field] = &[
    Field::new("timeout_ms", Kind::Integer(4), 0, 0).default(Default::Integer(60000)),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 0),
            Field::new("partition_indexes", Kind::Array(&Kind::Integer(4)), 0, 0),
        ])),
        0,
        0,
    )
    .nullable(0, 0)
    .default(Default::Null),
];

const LIST_PARTITION_REASSIGNMENTS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 0),
    Field::new("error_code", Kind::Integer(2), 0, 0),
    Field::new("error_message", Kind::String, 0, 0).nullable(0, 0),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 0),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 0, 0),
                    Field::new("replicas", Kind::Array(&Kind::Integer(4)), 0, 0),
                    Field::new("adding_replicas", Kind::Array(&Kind::Integer(4)), 0, 0),
                    Field::new("removing_replicas", Kind::Array(&Kind::Integer(4)), 0, 0),
                ])),
                0,
                0,
            ),
        ])),
        0,
        0,
    ),
];

const LIST_TRANSACTIONS_REQUEST: &[Field] = &[
    Field::new("state_filters", Kind::Array(&Kind::String), 0, 2),
    Field::new("producer_id_filters", Kind::Array(&Kind::Integer(8)), 0, 2),
    Field::new("duration_filter", Kind::Integer(8), 1, 2).default(Default::Integer(-1)),
    Field::new("transactional_id_pattern", Kind::String, 2, 2)
        .nullable(2, 2)
        .default(Default::Null),
];

const LIST_TRANSACTIONS_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 2),
    Field::new("error_code", Kind::Integer(2), 0, 2),
    Field::new("unknown_state_filters", Kind::Array(&Kind::String), 0, 2),
    Field::new(
        "transaction_states",
        Kind::Array(&Kind::Structure(&[
            Field::new("transactional_id", Kind::String, 0, 2),
            Field::new("producer_id", Kind::Integer(8), 0, 2),
            Field::new("transaction_state", Kind::String, 0, 2),
        ])),
        0,
        2,
    ),
];

const METADATA_REQUEST: &[Field] = &[
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_id", Kind::Uuid, 10, 13),
            Field::new("name", Kind::String, 0, 13).nullable(10, 13),
        ])),
        0,
        13,
    )
    .nullable(1, 13),
    Field::new("allow_auto_topic_creation", Kind::Bool, 4, 13).default(Default::Integer(1)),
    Field::new("include_cluster_authorized_operations", Kind::Bool, 8, 10),
    Field::new("include_topic_authorized_operations", Kind::Bool, 8, 13),
];

const METADATA_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 3, 13),
    Field::new(
        "brokers",
        Kind::Array(&Kind::Structure(&[
            Field::new("node_id", Kind::Integer(4), 0, 13),
            Field::new("host", Kind::String, 0, 13),
            Field::new("port", Kind::Integer(4), 0, 13),
            Field::new("rack", Kind::String, 1, 13).nullable(1, 13).default(Default::Null),
        ])),
        0,
        13,
    ),
    Field::new("cluster_id", Kind::String, 2, 13).nullable(2, 13).default(Default::Null),
    Field::new("controller_id", Kind::Integer(4), 1, 13).default(Default::Integer(-1)),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("error_code", Kind::Integer(2), 0, 13),
            Field::new("name", Kind::String, 0, 13).nullable(12, 13),
            Field::new("topic_id", Kind::Uuid, 10, 13),
            Field::new("is_internal", Kind::Bool, 1, 13),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("error_code", Kind::Integer(2), 0, 13),
                    Field::new("partition_index", Kind::Integer(4), 0, 13),
                    Field::new("leader_id", Kind::Integer(4), 0, 13),
                    Field::new("leader_epoch", Kind::Integer(4), 7, 13)
                        .default(Default::Integer(-1)),
                    Field::new("replica_nodes", Kind::Array(&Kind::Integer(4)), 0, 13),
                    Field::new("isr_nodes", Kind::Array(&Kind::Integer(4)), 0, 13),
                    Field::new("offline_replicas", Kind::Array(&Kind::Integer(4)), 5, 13),
                ])),
                0,
                13,
            ),
            Field::new("topic_authorized_operations", Kind::Integer(4), 8, 13)
                .default(Default::Integer(-2147483648)),
        ])),
        0,
        13,
    ),
    Field::new("cluster_authorized_operations", Kind::Integer(4), 8, 10)
        .default(Default::Integer(-2147483648)),
    Field::new("error_code", Kind::Integer(2), 13, 13),
];

const OFFSET_COMMIT_REQUEST: &[Field] = &[
    Field::new("group_id", Kind::String, 2, 10),
    Field::new("generation_id_or_member_epoch", Kind::Integer(4), 2, 10)
        .default(Default::Integer(-1)),
    Field::new("member_id", Kind::String, 2, 10),
    Field::new("group_instance_id", Kind::String, 7, 10).nullable(7, 10).default(Default::Null),
    Field::new("retention_time_ms", Kind::Integer(8), 2, 4).default(Default::Integer(-1)),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 2, 9),
            Field::new("topic_id", Kind::Uuid, 10, 10),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 2, 10),
                    Field::new("committed_offset", Kind::Integer(8), 2, 10),
                    Field::new("committed_leader_epoch", Kind::Integer(4), 6, 10)
                        .default(Default::Integer(-1)),
                    Field::new("committed_metadata", Kind::String, 2, 10).nullable(2, 10),
                ])),
                2,
                10,
            ),
        ])),
        2,
        10,
    ),
];

const OFFSET_COMMIT_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 3, 10),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 2, 9),
            Field::new("topic_id", Kind::Uuid, 10, 10),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 2, 10),
                    Field::new("error_code", Kind::Integer(2), 2, 10),
                ])),
                2,
                10,
            ),
        ])),
        2,
        10,
    ),
];

const OFFSET_DELETE_REQUEST: &[Field] = &[
    Field::new("group_id", Kind::String, 0, 0),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 0),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[Field::new(
                    "partition_index",
                    Kind::Integer(4),
                    0,
                    0,
                )])),
                0,
                0,
            ),
        ])),
        0,
        0,
    ),
];

const OFFSET_DELETE_RESPONSE: &[Field] = &[
    Field::new("error_code", Kind::Integer(2), 0, 0),
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 0),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 0),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 0, 0),
                    Field::new("error_code", Kind::Integer(2), 0, 0),
                ])),
                0,
                0,
            ),
        ])),
        0,
        0,
    ),
];

const OFFSET_FETCH_REQUEST: &[Field] = &[
    Field::new("group_id", Kind::String, 1, 7),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 1, 7),
            Field::new("partition_indexes", Kind::Array(&Kind::Integer(4)), 1, 7),
        ])),
        1,
        7,
    )
    .nullable(2, 7),
    Field::new(
        "groups",
        Kind::Array(&Kind::Structure(&[
            Field::new("group_id", Kind::String, 8, 10),
            Field::new("member_id", Kind::String, 9, 10).nullable(9, 10).default(Default::Null),
            Field::new("member_epoch", Kind::Integer(4), 9, 10).default(Default::Integer(-1)),
            Field::new(
                "topics",
                Kind::Array(&Kind::Structure(&[
                    Field::new("name", Kind::String, 8, 9),
                    Field::new("topic_id", Kind::Uuid, 10, 10),
                    Field::new("partition_indexes", Kind::Array(&Kind::Integer(4)), 8, 10),
                ])),
                8,
                10,
            )
            .nullable(8, 10),
        ])),
        8,
        10,
    ),
    Field::new("require_stable", Kind::Bool, 7, 10),
];

const OFFSET_FETCH_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 3, 10),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 1, 7),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 1, 7),
                    Field::new("committed_offset", Kind::Integer(8), 1, 7),
                    Field::new("committed_leader_epoch", Kind::Integer(4), 5, 7)
                        .default(Default::Integer(-1)),
                    Field::new("metadata", Kind::String, 1, 7).nullable(1, 7),
                    Field::new("error_code", Kind::Integer(2), 1, 7),
                ])),
                1,
                7,
            ),
        ])),
        1,
        7,
    ),
    Field::new("error_code", Kind::Integer(2), 2, 7),
    Field::new(
        "groups",
        Kind::Array(&Kind::Structure(&[
            Field::new("group_id", Kind::String, 8, 10),
            Field::new(
                "topics",
                Kind::Array(&Kind::Structure(&[
                    Field::new("name", Kind::String, 8, 9),
                    Field::new("topic_id", Kind::Uuid, 10, 10),
                    Field::new(
                        "partitions",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("partition_index", Kind::Integer(4), 8, 10),
                            Field::new("committed_offset", Kind::Integer(8), 8, 10),
                            Field::new("committed_leader_epoch", Kind::Integer(4), 8, 10)
                                .default(Default::Integer(-1)),
                            Field::new("metadata", Kind::String, 8, 10).nullable(8, 10),
                            Field::new("error_code", Kind::Integer(2), 8, 10),
                        ])),
                        8,
                        10,
                    ),
                ])),
                8,
                10,
            ),
            Field::new("error_code", Kind::Integer(2), 8, 10),
        ])),
        8,
        10,
    ),
];

const OFFSET_FOR_LEADER_EPOCH_REQUEST: &[Field] = &[
    Field::new("replica_id", Kind::Integer(4), 3, 4).default(Default::Integer(-2)),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic", Kind::String, 2, 4),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition", Kind::Integer(4), 2, 4),
                    Field::new("current_leader_epoch", Kind::Integer(4), 2, 4)
                        .default(Default::Integer(-1)),
                    Field::new("leader_epoch", Kind::Integer(4), 2, 4),
                ])),
                2,
                4,
            ),
        ])),
        2,
        4,
    ),
];

const OFFSET_FOR_LEADER_EPOCH_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 2, 4),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic", Kind::String, 2, 4),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("error_code", Kind::Integer(2), 2, 4),
                    Field::new("partition", Kind::Integer(4), 2, 4),
                    Field::new("leader_epoch", Kind::Integer(4), 2, 4)
                        .default(Default::Integer(-1)),
                    Field::new("end_offset", Kind::Integer(8), 2, 4).default(Default::Integer(-1)),
                ])),
                2,
                4,
            ),
        ])),
        2,
        4,
    ),
];

const PRODUCE_REQUEST: &[Field] = &[
    Field::new("transactional_id", Kind::String, 3, 13).nullable(3, 13).default(Default::Null),
    Field::new("acks", Kind::Integer(2), 3, 13),
    Field::new("timeout_ms", Kind::Integer(4), 3, 13),
    Field::new(
        "topic_data",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 3, 12),
            Field::new("topic_id", Kind::Uuid, 13, 13),
            Field::new(
                "partition_data",
                Kind::Array(&Kind::Structure(&[
                    Field::new("index", Kind::Integer(4), 3, 13),
                    Field::new("records", Kind::Bytes, 3, 13)
                        .nullable(3, 13)
                        .default(Default::Null),
                ])),
                3,
                13,
            ),
        ])),
        3,
        13,
    ),
];

const PRODUCE_RESPONSE: &[Field] = &[
    Field::new(
        "responses",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 3, 12),
            Field::new("topic_id", Kind::Uuid, 13, 13),
            Field::new(
                "partition_responses",
                Kind::Array(&Kind::Structure(&[
                    Field::new("index", Kind::Integer(4), 3, 13),
                    Field::new("error_code", Kind::Integer(2), 3, 13),
                    Field::new("base_offset", Kind::Integer(8), 3, 13),
                    Field::new("log_append_time_ms", Kind::Integer(8), 3, 13)
                        .default(Default::Integer(-1)),
                    Field::new("log_start_offset", Kind::Integer(8), 5, 13)
                        .default(Default::Integer(-1)),
                    Field::new(
                        "record_errors",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("batch_index", Kind::Integer(4), 8, 13),
                            Field::new("batch_index_error_message", Kind::String, 8, 13)
                                .nullable(8, 13)
                                .default(Default::Null),
                        ])),
                        8,
                        13,
                    ),
                    Field::new("error_message", Kind::String, 8, 13)
                        .nullable(8, 13)
                        .default(Default::Null),
                    Field::new(
                        "current_leader",
                        Kind::Structure(&[
                            Field::new("leader_id", Kind::Integer(4), 10, 13)
                                .default(Default::Integer(-1)),
                            Field::new("leader_epoch", Kind::Integer(4), 10, 13)
                                .default(Default::Integer(-1)),
                        ]),
                        10,
                        13,
                    )
                    .tag(0),
                ])),
                3,
                13,
            ),
        ])),
        3,
        13,
    ),
    Field::new("throttle_time_ms", Kind::Integer(4), 3, 13),
    Field::new(
        "node_endpoints",
        Kind::Array(&Kind::Structure(&[
            Field::new("node_id", Kind::Integer(4), 10, 13),
            Field::new("host", Kind::String, 10, 13),
            Field::new("port", Kind::Integer(4), 10, 13),
            Field::new("rack", Kind::String, 10, 13).nullable(10, 13).default(Default::Null),
        ])),
        10,
        13,
    )
    .tag(0),
];

const PUSH_TELEMETRY_REQUEST: &[Field] = &[
    Field::new("client_instance_id", Kind::Uuid, 0, 0),
    Field::new("subscription_id", Kind::Integer(4), 0, 0),
    Field::new("terminating", Kind::Bool, 0, 0),
    Field::new("compression_type", Kind::Integer(1), 0, 0),
    Field::new("metrics", Kind::Bytes, 0, 0),
];

const PUSH_TELEMETRY_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 0),
    Field::new("error_code", Kind::Integer(2), 0, 0),
];

const READ_SHARE_GROUP_STATE_REQUEST: &[Field] = &[
    Field::new("group_id", Kind::String, 0, 0),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_id", Kind::Uuid, 0, 0),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition", Kind::Integer(4), 0, 0),
                    Field::new("leader_epoch", Kind::Integer(4), 0, 0),
                ])),
                0,
                0,
            ),
        ])),
        0,
        0,
    ),
];

const READ_SHARE_GROUP_STATE_RESPONSE: &[Field] = &[Field::new(
    "results",
    Kind::Array(&Kind::Structure(&[
        Field::new("topic_id", Kind::Uuid, 0, 0),
        Field::new(
            "partitions",
            Kind::Array(&Kind::Structure(&[
                Field::new("partition", Kind::Integer(4), 0, 0),
                Field::new("error_code", Kind::Integer(2), 0, 0),
                Field::new("error_message", Kind::String, 0, 0)
                    .nullable(0, 0)
                    .default(Default::Null),
                Field::new("state_epoch", Kind::Integer(4), 0, 0),
                Field::new("start_offset", Kind::Integer(8), 0, 0),
                Field::new(
                    "state_batches",
                    Kind::Array(&Kind::Structure(&[
                        Field::new("first_offset", Kind::Integer(8), 0, 0),
                        Field::new("last_offset", Kind::Integer(8), 0, 0),
                        Field::new("delivery_state", Kind::Integer(1), 0, 0),
                        Field::new("delivery_count", Kind::Integer(2), 0, 0),
                    ])),
                    0,
                    0,
                ),
            ])),
            0,
            0,
        ),
    ])),
    0,
    0,
)];

const READ_SHARE_GROUP_STATE_SUMMARY_REQUEST: &[Field] = &[
    Field::new("group_id", Kind::String, 0, 1),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_id", Kind::Uuid, 0, 1),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition", Kind::Integer(4), 0, 1),
                    Field::new("leader_epoch", Kind::Integer(4), 0, 1),
                ])),
                0,
                1,
            ),
        ])),
        0,
        1,
    ),
];

const READ_SHARE_GROUP_STATE_SUMMARY_RESPONSE: &[Field] = &[Field::new(
    "results",
    Kind::Array(&Kind::Structure(&[
        Field::new("topic_id", Kind::Uuid, 0, 1),
        Field::new(
            "partitions",
            Kind::Array(&Kind::Structure(&[
                Field::new("partition", Kind::Integer(4), 0, 1),
                Field::new("error_code", Kind::Integer(2), 0, 1),
                Field::new("error_message", Kind::String, 0, 1)
                    .nullable(0, 1)
                    .default(Default::Null),
                Field::new("state_epoch", Kind::Integer(4), 0, 1),
                Field::new("leader_epoch", Kind::Integer(4), 0, 1),
                Field::new("start_offset", Kind::Integer(8), 0, 1),
                Field::new("delivery_complete_count", Kind::Integer(4), 1, 1)
                    .default(Default::Integer(-1)),
            ])),
            0,
            1,
        ),
    ])),
    0,
    1,
)];

const REMOVE_RAFT_VOTER_REQUEST: &[Field] = &[
    Field::new("cluster_id", Kind::String, 0, 0).nullable(0, 0),
    Field::new("voter_id", Kind::Integer(4), 0, 0),
    Field::new("voter_directory_id", Kind::Uuid, 0, 0),
];

const REMOVE_RAFT_VOTER_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 0),
    Field::new("error_code", Kind::Integer(2), 0, 0),
    Field::new("error_message", Kind::String, 0, 0).nullable(0, 0),
];

const RENEW_DELEGATION_TOKEN_REQUEST: &[Field] =
    &[Field::new("hmac", Kind::Bytes, 1, 2), Field::new("renew_period_ms", Kind::Integer(8), 1, 2)];

const RENEW_DELEGATION_TOKEN_RESPONSE: &[Field] = &[
    Field::new("error_code", Kind::Integer(2), 1, 2),
    Field::new("expiry_timestamp_ms", Kind::Integer(8), 1, 2),
    Field::new("throttle_time_ms", Kind::Integer(4), 1, 2),
];

const REQUEST_HEADER: &[Field] = &[
    Field::new("request_api_key", Kind::Integer(2), 1, 2),
    Field::new("request_api_version", Kind::Integer(2), 1, 2),
    Field::new("correlation_id", Kind::Integer(4), 1, 2),
    Field::new("client_id", Kind::String, 1, 2).nullable(1, 2).never_flexible(),
];

const RESPONSE_HEADER: &[Field] = &[Field::new("correlation_id", Kind::Integer(4), 0, 1)];

const SASL_AUTHENTICATE_REQUEST: &[Field] = &[Field::new("auth_bytes", Kind::Bytes, 0, 2)];

const SASL_AUTHENTICATE_RESPONSE: &[Field] = &[
    Field::new("error_code", Kind::Integer(2), 0, 2),
    Field::new("error_message", Kind::String, 0, 2).nullable(0, 2),
    Field::new("auth_bytes", Kind::Bytes, 0, 2),
    Field::new("session_lifetime_ms", Kind::Integer(8), 1, 2),
];

const SASL_HANDSHAKE_REQUEST: &[Field] = &[Field::new("mechanism", Kind::String, 0, 1)];

const SASL_HANDSHAKE_RESPONSE: &[Field] = &[
    Field::new("error_code", Kind::Integer(2), 0, 1),
    Field::new("mechanisms", Kind::Array(&Kind::String), 0, 1),
];

const SHARE_ACKNOWLEDGE_REQUEST: &[Field] = &[
    Field::new("group_id", Kind::String, 1, 2).nullable(1, 2).default(Default::Null),
    Field::new("member_id", Kind::String, 1, 2).nullable(1, 2),
    Field::new("share_session_epoch", Kind::Integer(4), 1, 2),
    Field::new("is_renew_ack", Kind::Bool, 2, 2),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_id", Kind::Uuid, 1, 2),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 1, 2),
                    Field::new(
                        "acknowledgement_batches",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("first_offset", Kind::Integer(8), 1, 2),
                            Field::new("last_offset", Kind::Integer(8), 1, 2),
                            Field::new("acknowledge_types", Kind::Array(&Kind::Integer(1)), 1, 2),
                        ])),
                        1,
                        2,
                    ),
                ])),
                1,
                2,
            ),
        ])),
        1,
        2,
    ),
];

const SHARE_ACKNOWLEDGE_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 1, 2),
    Field::new("error_code", Kind::Integer(2), 1, 2),
    Field::new("error_message", Kind::String, 1, 2).nullable(1, 2).default(Default::Null),
    Field::new("acquisition_lock_timeout_ms", Kind::Integer(4), 2, 2),
    Field::new(
        "responses",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_id", Kind::Uuid, 1, 2),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 1, 2),
                    Field::new("error_code", Kind::Integer(2), 1, 2),
                    Field::new("error_message", Kind::String, 1, 2)
                        .nullable(1, 2)
                        .default(Default::Null),
                    Field::new(
                        "current_leader",
                        Kind::Structure(&[
                            Field::new("leader_id", Kind::Integer(4), 1, 2),
                            Field::new("leader_epoch", Kind::Integer(4), 1, 2),
                        ]),
                        1,
                        2,
                    ),
                ])),
                1,
                2,
            ),
        ])),
        1,
        2,
    ),
    Field::new(
        "node_endpoints",
        Kind::Array(&Kind::Structure(&[
            Field::new("node_id", Kind::Integer(4), 1, 2),
            Field::new("host", Kind::String, 1, 2),
            Field::new("port", Kind::Integer(4), 1, 2),
            Field::new("rack", Kind::String, 1, 2).nullable(1, 2).default(Default::Null),
        ])),
        1,
        2,
    ),
];

const SHARE_FETCH_REQUEST: &[Field] = &[
    Field::new("group_id", Kind::String, 1, 2).nullable(1, 2).default(Default::Null),
    Field::new("member_id", Kind::String, 1, 2).nullable(1, 2),
    Field::new("share_session_epoch", Kind::Integer(4), 1, 2),
    Field::new("max_wait_ms", Kind::Integer(4), 1, 2),
    Field::new("min_bytes", Kind::Integer(4), 1, 2),
    Field::new("max_bytes", Kind::Integer(4), 1, 2).default(Default::Integer(2147483647)),
    Field::new("max_records", Kind::Integer(4), 1, 2),
    Field::new("batch_size", Kind::Integer(4), 1, 2),
    Field::new("share_acquire_mode", Kind::Integer(1), 2, 2),
    Field::new("is_renew_ack", Kind::Bool, 2, 2),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_id", Kind::Uuid, 1, 2),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 1, 2),
                    Field::new(
                        "acknowledgement_batches",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("first_offset", Kind::Integer(8), 1, 2),
                            Field::new("last_offset", Kind::Integer(8), 1, 2),
                            Field::new("acknowledge_types", Kind::Array(&Kind::Integer(1)), 1, 2),
                        ])),
                        1,
                        2,
                    ),
                ])),
                1,
                2,
            ),
        ])),
        1,
        2,
    ),
    Field::new(
        "forgotten_topics_data",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_id", Kind::Uuid, 1, 2),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 1, 2),
        ])),
        1,
        2,
    ),
];

const SHARE_FETCH_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 1, 2),
    Field::new("error_code", Kind::Integer(2), 1, 2),
    Field::new("error_message", Kind::String, 1, 2).nullable(1, 2).default(Default::Null),
    Field::new("acquisition_lock_timeout_ms", Kind::Integer(4), 1, 2),
    Field::new(
        "responses",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_id", Kind::Uuid, 1, 2),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 1, 2),
                    Field::new("error_code", Kind::Integer(2), 1, 2),
                    Field::new("error_message", Kind::String, 1, 2)
                        .nullable(1, 2)
                        .default(Default::Null),
                    Field::new("acknowledge_error_code", Kind::Integer(2), 1, 2),
                    Field::new("acknowledge_error_message", Kind::String, 1, 2)
                        .nullable(1, 2)
                        .default(Default::Null),
                    Field::new(
                        "current_leader",
                        Kind::Structure(&[
                            Field::new("leader_id", Kind::Integer(4), 1, 2),
                            Field::new("leader_epoch", Kind::Integer(4), 1, 2),
                        ]),
                        1,
                        2,
                    ),
                    Field::new("records", Kind::Bytes, 1, 2),
                    Field::new(
                        "acquired_records",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("first_offset", Kind::Integer(8), 1, 2),
                            Field::new("last_offset", Kind::Integer(8), 1, 2),
                            Field::new("delivery_count", Kind::Integer(2), 1, 2),
                        ])),
                        1,
                        2,
                    ),
                ])),
                1,
                2,
            ),
        ])),
        1,
        2,
    ),
    Field::new(
        "node_endpoints",
        Kind::Array(&Kind::Structure(&[
            Field::new("node_id", Kind::Integer(4), 1, 2),
            Field::new("host", Kind::String, 1, 2),
            Field::new("port", Kind::Integer(4), 1, 2),
            Field::new("rack", Kind::String, 1, 2).nullable(1, 2).default(Default::Null),
        ])),
        1,
        2,
    ),
];

const SHARE_GROUP_DESCRIBE_REQUEST: &[Field] = &[
    Field::new("group_ids", Kind::Array(&Kind::String), 1, 1),
    Field::new("include_authorized_operations", Kind::Bool, 1, 1),
];

const SHARE_GROUP_DESCRIBE_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 1, 1),
    Field::new(
        "groups",
        Kind::Array(&Kind::Structure(&[
            Field::new("error_code", Kind::Integer(2), 1, 1),
            Field::new("error_message", Kind::String, 1, 1).nullable(1, 1).default(Default::Null),
            Field::new("group_id", Kind::String, 1, 1),
            Field::new("group_state", Kind::String, 1, 1),
            Field::new("group_epoch", Kind::Integer(4), 1, 1),
            Field::new("assignment_epoch", Kind::Integer(4), 1, 1),
            Field::new("assignor_name", Kind::String, 1, 1),
            Field::new(
                "members",
                Kind::Array(&Kind::Structure(&[
                    Field::new("member_id", Kind::String, 1, 1),
                    Field::new("rack_id", Kind::String, 1, 1).nullable(1, 1).default(Default::Null),
                    Field::new("member_epoch", Kind::Integer(4), 1, 1),
                    Field::new("client_id", Kind::String, 1, 1),
                    Field::new("client_host", Kind::String, 1, 1),
                    Field::new("subscribed_topic_names", Kind::Array(&Kind::String), 1, 1),
                    Field::new(
                        "assignment",
                        Kind::Structure(&[Field::new(
                            "topic_partitions",
                            Kind::Array(&Kind::Structure(&[
                                Field::new("topic_id", Kind::Uuid, 1, 1),
                                Field::new("topic_name", Kind::String, 1, 1),
                                Field::new("partitions", Kind::Array(&Kind::Integer(4)), 1, 1),
                            ])),
                            1,
                            1,
                        )]),
                        1,
                        1,
                    ),
                ])),
                1,
                1,
            ),
            Field::new("authorized_operations", Kind::Integer(4), 1, 1)
                .default(Default::Integer(-2147483648)),
        ])),
        1,
        1,
    ),
];

const SHARE_GROUP_HEARTBEAT_REQUEST: &[Field] = &[
    Field::new("group_id", Kind::String, 1, 1),
    Field::new("member_id", Kind::String, 1, 1),
    Field::new("member_epoch", Kind::Integer(4), 1, 1),
    Field::new("rack_id", Kind::String, 1, 1).nullable(1, 1).default(Default::Null),
    Field::new("subscribed_topic_names", Kind::Array(&Kind::String), 1, 1)
        .nullable(1, 1)
        .default(Default::Null),
];

const SHARE_GROUP_HEARTBEAT_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 1, 1),
    Field::new("error_code", Kind::Integer(2), 1, 1),
    Field::new("error_message", Kind::String, 1, 1).nullable(1, 1).default(Default::Null),
    Field::new("member_id", Kind::String, 1, 1).nullable(1, 1).default(Default::Null),
    Field::new("member_epoch", Kind::Integer(4), 1, 1),
    Field::new("heartbeat_interval_ms", Kind::Integer(4), 1, 1),
    Field::new(
        "assignment",
        Kind::Structure(&[Field::new(
            "topic_partitions",
            Kind::Array(&Kind::Structure(&[
                Field::new("topic_id", Kind::Uuid, 1, 1),
                Field::new("partitions", Kind::Array(&Kind::Integer(4)), 1, 1),
            ])),
            1,
            1,
        )]),
        1,
        1,
    )
    .nullable(1, 1)
    .default(Default::Null),
];

const STREAMS_GROUP_DESCRIBE_REQUEST: &[Field] = &[
    Field::new("group_ids", Kind::Array(&Kind::String), 0, 0),
    Field::new("include_authorized_operations", Kind::Bool, 0, 0),
];

const STREAMS_GROUP_DESCRIBE_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 0),
    Field::new(
        "groups",
        Kind::Array(&Kind::Structure(&[
            Field::new("error_code", Kind::Integer(2), 0, 0),
            Field::new("error_message", Kind::String, 0, 0).nullable(0, 0).default(Default::Null),
            Field::new("group_id", Kind::String, 0, 0),
            Field::new("group_state", Kind::String, 0, 0),
            Field::new("group_epoch", Kind::Integer(4), 0, 0),
            Field::new("assignment_epoch", Kind::Integer(4), 0, 0),
            Field::new(
                "topology",
                Kind::Structure(&[
                    Field::new("epoch", Kind::Integer(4), 0, 0),
                    Field::new(
                        "subtopologies",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("subtopology_id", Kind::String, 0, 0),
                            Field::new("source_topics", Kind::Array(&Kind::String), 0, 0),
                            Field::new("repartition_sink_topics", Kind::Array(&Kind::String), 0, 0),
                            Field::new(
                                "state_changelog_topics",
                                Kind::Array(&Kind::Structure(&[
                                    Field::new("name", Kind::String, 0, 0),
                                    Field::new("partitions", Kind::Integer(4), 0, 0),
                                    Field::new("replication_factor", Kind::Integer(2), 0, 0),
                                    Field::new(
                                        "topic_configs",
                                        Kind::Array(&Kind::Structure(&[
                                            Field::new("key", Kind::String, 0, 0),
                                            Field::new("value", Kind::String, 0, 0),
                                        ])),
                                        0,
                                        0,
                                    ),
                                ])),
                                0,
                                0,
                            ),
                            Field::new(
                                "repartition_source_topics",
                                Kind::Array(&Kind::Structure(&[
                                    Field::new("name", Kind::String, 0, 0),
                                    Field::new("partitions", Kind::Integer(4), 0, 0),
                                    Field::new("replication_factor", Kind::Integer(2), 0, 0),
                                    Field::new(
                                        "topic_configs",
                                        Kind::Array(&Kind::Structure(&[
                                            Field::new("key", Kind::String, 0, 0),
                                            Field::new("value", Kind::String, 0, 0),
                                        ])),
                                        0,
                                        0,
                                    ),
                                ])),
                                0,
                                0,
                            ),
                        ])),
                        0,
                        0,
                    )
                    .nullable(0, 0)
                    .default(Default::Null),
                ]),
                0,
                0,
            )
            .nullable(0, 0)
            .default(Default::Null),
            Field::new(
                "members",
                Kind::Array(&Kind::Structure(&[
                    Field::new("member_id", Kind::String, 0, 0),
                    Field::new("member_epoch", Kind::Integer(4), 0, 0),
                    Field::new("instance_id", Kind::String, 0, 0)
                        .nullable(0, 0)
                        .default(Default::Null),
                    Field::new("rack_id", Kind::String, 0, 0).nullable(0, 0).default(Default::Null),
                    Field::new("client_id", Kind::String, 0, 0),
                    Field::new("client_host", Kind::String, 0, 0),
                    Field::new("topology_epoch", Kind::Integer(4), 0, 0),
                    Field::new("process_id", Kind::String, 0, 0),
                    Field::new(
                        "user_endpoint",
                        Kind::Structure(&[
                            Field::new("host", Kind::String, 0, 0),
                            Field::new("port", Kind::Integer(2), 0, 0),
                        ]),
                        0,
                        0,
                    )
                    .nullable(0, 0)
                    .default(Default::Null),
                    Field::new(
                        "client_tags",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("key", Kind::String, 0, 0),
                            Field::new("value", Kind::String, 0, 0),
                        ])),
                        0,
                        0,
                    ),
                    Field::new(
                        "task_offsets",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("subtopology_id", Kind::String, 0, 0),
                            Field::new("partition", Kind::Integer(4), 0, 0),
                            Field::new("offset", Kind::Integer(8), 0, 0),
                        ])),
                        0,
                        0,
                    ),
                    Field::new(
                        "task_end_offsets",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("subtopology_id", Kind::String, 0, 0),
                            Field::new("partition", Kind::Integer(4), 0, 0),
                            Field::new("offset", Kind::Integer(8), 0, 0),
                        ])),
                        0,
                        0,
                    ),
                    Field::new(
                        "assignment",
                        Kind::Structure(&[
                            Field::new(
                                "active_tasks",
                                Kind::Array(&Kind::Structure(&[
                                    Field::new("subtopology_id", Kind::String, 0, 0),
                                    Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
                                ])),
                                0,
                                0,
                            ),
                            Field::new(
                                "standby_tasks",
                                Kind::Array(&Kind::Structure(&[
                                    Field::new("subtopology_id", Kind::String, 0, 0),
                                    Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
                                ])),
                                0,
                                0,
                            ),
                            Field::new(
                                "warmup_tasks",
                                Kind::Array(&Kind::Structure(&[
                                    Field::new("subtopology_id", Kind::String, 0, 0),
                                    Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
                                ])),
                                0,
                                0,
                            ),
                        ]),
                        0,
                        0,
                    ),
                    Field::new(
                        "target_assignment",
                        Kind::Structure(&[
                            Field::new(
                                "active_tasks",
                                Kind::Array(&Kind::Structure(&[
                                    Field::new("subtopology_id", Kind::String, 0, 0),
                                    Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
                                ])),
                                0,
                                0,
                            ),
                            Field::new(
                                "standby_tasks",
                                Kind::Array(&Kind::Structure(&[
                                    Field::new("subtopology_id", Kind::String, 0, 0),
                                    Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
                                ])),
                                0,
                                0,
                            ),
                            Field::new(
                                "warmup_tasks",
                                Kind::Array(&Kind::Structure(&[
                                    Field::new("subtopology_id", Kind::String, 0, 0),
                                    Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
                                ])),
                                0,
                                0,
                            ),
                        ]),
                        0,
                        0,
                    ),
                    Field::new("is_classic", Kind::Bool, 0, 0),
                ])),
                0,
                0,
            ),
            Field::new("authorized_operations", Kind::Integer(4), 0, 0)
                .default(Default::Integer(-2147483648)),
        ])),
        0,
        0,
    ),
];

const STREAMS_GROUP_HEARTBEAT_REQUEST: &[Field] = &[
    Field::new("group_id", Kind::String, 0, 0),
    Field::new("member_id", Kind::String, 0, 0),
    Field::new("member_epoch", Kind::Integer(4), 0, 0),
    Field::new("endpoint_information_epoch", Kind::Integer(4), 0, 0),
    Field::new("instance_id", Kind::String, 0, 0).nullable(0, 0).default(Default::Null),
    Field::new("rack_id", Kind::String, 0, 0).nullable(0, 0).default(Default::Null),
    Field::new("rebalance_timeout_ms", Kind::Integer(4), 0, 0).default(Default::Integer(-1)),
    Field::new(
        "topology",
        Kind::Structure(&[
            Field::new("epoch", Kind::Integer(4), 0, 0),
            Field::new(
                "subtopologies",
                Kind::Array(&Kind::Structure(&[
                    Field::new("subtopology_id", Kind::String, 0, 0),
                    Field::new("source_topics", Kind::Array(&Kind::String), 0, 0),
                    Field::new("source_topic_regex", Kind::Array(&Kind::String), 0, 0),
                    Field::new(
                        "state_changelog_topics",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("name", Kind::String, 0, 0),
                            Field::new("partitions", Kind::Integer(4), 0, 0),
                            Field::new("replication_factor", Kind::Integer(2), 0, 0),
                            Field::new(
                                "topic_configs",
                                Kind::Array(&Kind::Structure(&[
                                    Field::new("key", Kind::String, 0, 0),
                                    Field::new("value", Kind::String, 0, 0),
                                ])),
                                0,
                                0,
                            ),
                        ])),
                        0,
                        0,
                    ),
                    Field::new("repartition_sink_topics", Kind::Array(&Kind::String), 0, 0),
                    Field::new(
                        "repartition_source_topics",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("name", Kind::String, 0, 0),
                            Field::new("partitions", Kind::Integer(4), 0, 0),
                            Field::new("replication_factor", Kind::Integer(2), 0, 0),
                            Field::new(
                                "topic_configs",
                                Kind::Array(&Kind::Structure(&[
                                    Field::new("key", Kind::String, 0, 0),
                                    Field::new("value", Kind::String, 0, 0),
                                ])),
                                0,
                                0,
                            ),
                        ])),
                        0,
                        0,
                    ),
                    Field::new(
                        "copartition_groups",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("source_topics", Kind::Array(&Kind::Integer(2)), 0, 0),
                            Field::new("source_topic_regex", Kind::Array(&Kind::Integer(2)), 0, 0),
                            Field::new(
                                "repartition_source_topics",
                                Kind::Array(&Kind::Integer(2)),
                                0,
                                0,
                            ),
                        ])),
                        0,
                        0,
                    ),
                ])),
                0,
                0,
            ),
        ]),
        0,
        0,
    )
    .nullable(0, 0)
    .default(Default::Null),
    Field::new(
        "active_tasks",
        Kind::Array(&Kind::Structure(&[
            Field::new("subtopology_id", Kind::String, 0, 0),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
        ])),
        0,
        0,
    )
    .nullable(0, 0)
    .default(Default::Null),
    Field::new(
        "standby_tasks",
        Kind::Array(&Kind::Structure(&[
            Field::new("subtopology_id", Kind::String, 0, 0),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
        ])),
        0,
        0,
    )
    .nullable(0, 0)
    .default(Default::Null),
    Field::new(
        "warmup_tasks",
        Kind::Array(&Kind::Structure(&[
            Field::new("subtopology_id", Kind::String, 0, 0),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
        ])),
        0,
        0,
    )
    .nullable(0, 0)
    .default(Default::Null),
    Field::new("process_id", Kind::String, 0, 0).nullable(0, 0).default(Default::Null),
    Field::new(
        "user_endpoint",
        Kind::Structure(&[
            Field::new("host", Kind::String, 0, 0),
            Field::new("port", Kind::Integer(2), 0, 0),
        ]),
        0,
        0,
    )
    .nullable(0, 0)
    .default(Default::Null),
    Field::new(
        "client_tags",
        Kind::Array(&Kind::Structure(&[
            Field::new("key", Kind::String, 0, 0),
            Field::new("value", Kind::String, 0, 0),
        ])),
        0,
        0,
    )
    .nullable(0, 0)
    .default(Default::Null),
    Field::new(
        "task_offsets",
        Kind::Array(&Kind::Structure(&[
            Field::new("subtopology_id", Kind::String, 0, 0),
            Field::new("partition", Kind::Integer(4), 0, 0),
            Field::new("offset", Kind::Integer(8), 0, 0),
        ])),
        0,
        0,
    )
    .nullable(0, 0)
    .default(Default::Null),
    Field::new(
        "task_end_offsets",
        Kind::Array(&Kind::Structure(&[
            Field::new("subtopology_id", Kind::String, 0, 0),
            Field::new("partition", Kind::Integer(4), 0, 0),
            Field::new("offset", Kind::Integer(8), 0, 0),
        ])),
        0,
        0,
    )
    .nullable(0, 0)
    .default(Default::Null),
    Field::new("shutdown_application", Kind::Bool, 0, 0),
];

const STREAMS_GROUP_HEARTBEAT_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 0),
    Field::new("error_code", Kind::Integer(2), 0, 0),
    Field::new("error_message", Kind::String, 0, 0).nullable(0, 0).default(Default::Null),
    Field::new("member_id", Kind::String, 0, 0),
    Field::new("member_epoch", Kind::Integer(4), 0, 0),
    Field::new("heartbeat_interval_ms", Kind::Integer(4), 0, 0),
    Field::new("acceptable_recovery_lag", Kind::Integer(4), 0, 0),
    Field::new("task_offset_interval_ms", Kind::Integer(4), 0, 0),
    Field::new(
        "status",
        Kind::Array(&Kind::Structure(&[
            Field::new("status_code", Kind::Integer(1), 0, 0),
            Field::new("status_detail", Kind::String, 0, 0),
        ])),
        0,
        0,
    )
    .nullable(0, 0),
    Field::new(
        "active_tasks",
        Kind::Array(&Kind::Structure(&[
            Field::new("subtopology_id", Kind::String, 0, 0),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
        ])),
        0,
        0,
    )
    .nullable(0, 0)
    .default(Default::Null),
    Field::new(
        "standby_tasks",
        Kind::Array(&Kind::Structure(&[
            Field::new("subtopology_id", Kind::String, 0, 0),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
        ])),
        0,
        0,
    )
    .nullable(0, 0)
    .default(Default::Null),
    Field::new(
        "warmup_tasks",
        Kind::Array(&Kind::Structure(&[
            Field::new("subtopology_id", Kind::String, 0, 0),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
        ])),
        0,
        0,
    )
    .nullable(0, 0)
    .default(Default::Null),
    Field::new("endpoint_information_epoch", Kind::Integer(4), 0, 0),
    Field::new(
        "partitions_by_user_endpoint",
        Kind::Array(&Kind::Structure(&[
            Field::new(
                "user_endpoint",
                Kind::Structure(&[
                    Field::new("host", Kind::String, 0, 0),
                    Field::new("port", Kind::Integer(2), 0, 0),
                ]),
                0,
                0,
            ),
            Field::new(
                "active_partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("topic", Kind::String, 0, 0),
                    Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
                ])),
                0,
                0,
            ),
            Field::new(
                "standby_partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("topic", Kind::String, 0, 0),
                    Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
                ])),
                0,
                0,
            ),
        ])),
        0,
        0,
    )
    .nullable(0, 0)
    .default(Default::Null),
];

const SYNC_GROUP_REQUEST: &[Field] = &[
    Field::new("group_id", Kind::String, 0, 5),
    Field::new("generation_id", Kind::Integer(4), 0, 5),
    Field::new("member_id", Kind::String, 0, 5),
    Field::new("group_instance_id", Kind::String, 3, 5).nullable(3, 5).default(Default::Null),
    Field::new("protocol_type", Kind::String, 5, 5).nullable(5, 5).default(Default::Null),
    Field::new("protocol_name", Kind::String, 5, 5).nullable(5, 5).default(Default::Null),
    Field::new(
        "assignments",
        Kind::Array(&Kind::Structure(&[
            Field::new("member_id", Kind::String, 0, 5),
            Field::new("assignment", Kind::Bytes, 0, 5),
        ])),
        0,
        5,
    ),
];

const SYNC_GROUP_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 1, 5),
    Field::new("error_code", Kind::Integer(2), 0, 5),
    Field::new("protocol_type", Kind::String, 5, 5).nullable(5, 5).default(Default::Null),
    Field::new("protocol_name", Kind::String, 5, 5).nullable(5, 5).default(Default::Null),
    Field::new("assignment", Kind::Bytes, 0, 5),
];

const TXN_OFFSET_COMMIT_REQUEST: &[Field] = &[
    Field::new("transactional_id", Kind::String, 0, 5),
    Field::new("group_id", Kind::String, 0, 5),
    Field::new("producer_id", Kind::Integer(8), 0, 5),
    Field::new("producer_epoch", Kind::Integer(2), 0, 5),
    Field::new("generation_id", Kind::Integer(4), 3, 5).default(Default::Integer(-1)),
    Field::new("member_id", Kind::String, 3, 5),
    Field::new("group_instance_id", Kind::String, 3, 5).nullable(3, 5).default(Default::Null),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 5),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 0, 5),
                    Field::new("committed_offset", Kind::Integer(8), 0, 5),
                    Field::new("committed_leader_epoch", Kind::Integer(4), 2, 5)
                        .default(Default::Integer(-1)),
                    Field::new("committed_metadata", Kind::String, 0, 5).nullable(0, 5),
                ])),
                0,
                5,
            ),
        ])),
        0,
        5,
    ),
];

const TXN_OFFSET_COMMIT_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 5),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 5),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 0, 5),
                    Field::new("error_code", Kind::Integer(2), 0, 5),
                ])),
                0,
                5,
            ),
        ])),
        0,
        5,
    ),
];

const UNREGISTER_BROKER_REQUEST: &[Field] = &[Field::new("broker_id", Kind::Integer(4), 0, 0)];

const UNREGISTER_BROKER_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 0),
    Field::new("error_code", Kind::Integer(2), 0, 0),
    Field::new("error_message", Kind::String, 0, 0).nullable(0, 0),
];

const UPDATE_FEATURES_REQUEST: &[Field] = &[
    Field::new("timeout_ms", Kind::Integer(4), 0, 2).default(Default::Integer(60000)),
    Field::new(
        "feature_updates",
        Kind::Array(&Kind::Structure(&[
            Field::new("feature", Kind::String, 0, 2),
            Field::new("max_version_level", Kind::Integer(2), 0, 2),
            Field::new("allow_downgrade", Kind::Bool, 0, 0),
            Field::new("upgrade_type", Kind::Integer(1), 1, 2).default(Default::Integer(1)),
        ])),
        0,
        2,
    ),
    Field::new("validate_only", Kind::Bool, 1, 2),
];

const UPDATE_FEATURES_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 2),
    Field::new("error_code", Kind::Integer(2), 0, 2),
    Field::new("error_message", Kind::String, 0, 2).nullable(0, 2),
    Field::new(
        "results",
        Kind::Array(&Kind::Structure(&[
            Field::new("feature", Kind::String, 0, 1),
            Field::new("error_code", Kind::Integer(2), 0, 1),
            Field::new("error_message", Kind::String, 0, 1).nullable(0, 1),
        ])),
        0,
        1,
    ),
];

const UPDATE_RAFT_VOTER_REQUEST: &[Field] = &[
    Field::new("cluster_id", Kind::String, 0, 0).nullable(0, 0),
    Field::new("current_leader_epoch", Kind::Integer(4), 0, 0),
    Field::new("voter_id", Kind::Integer(4), 0, 0),
    Field::new("voter_directory_id", Kind::Uuid, 0, 0),
    Field::new(
        "listeners",
        Kind::Array(&Kind::Structure(&[
            Field::new("name", Kind::String, 0, 0),
            Field::new("host", Kind::String, 0, 0),
            Field::new("port", Kind::Integer(2), 0, 0),
        ])),
        0,
        0,
    ),
    Field::new(
        "k_raft_version_feature",
        Kind::Structure(&[
            Field::new("min_supported_version", Kind::Integer(2), 0, 0),
            Field::new("max_supported_version", Kind::Integer(2), 0, 0),
        ]),
        0,
        0,
    ),
];

const UPDATE_RAFT_VOTER_RESPONSE: &[Field] = &[
    Field::new("throttle_time_ms", Kind::Integer(4), 0, 0),
    Field::new("error_code", Kind::Integer(2), 0, 0),
    Field::new(
        "current_leader",
        Kind::Structure(&[
            Field::new("leader_id", Kind::Integer(4), 0, 0).default(Default::Integer(-1)),
            Field::new("leader_epoch", Kind::Integer(4), 0, 0).default(Default::Integer(-1)),
            Field::new("host", Kind::String, 0, 0),
            Field::new("port", Kind::Integer(4), 0, 0),
        ]),
        0,
        0,
    )
    .tag(0),
];

const VOTE_REQUEST: &[Field] = &[
    Field::new("cluster_id", Kind::String, 0, 2).nullable(0, 2).default(Default::Null),
    Field::new("voter_id", Kind::Integer(4), 1, 2).default(Default::Integer(-1)),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_name", Kind::String, 0, 2),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 0, 2),
                    Field::new("replica_epoch", Kind::Integer(4), 0, 2),
                    Field::new("replica_id", Kind::Integer(4), 0, 2),
                    Field::new("replica_directory_id", Kind::Uuid, 1, 2),
                    Field::new("voter_directory_id", Kind::Uuid, 1, 2),
                    Field::new("last_offset_epoch", Kind::Integer(4), 0, 2),
                    Field::new("last_offset", Kind::Integer(8), 0, 2),
                    Field::new("pre_vote", Kind::Bool, 2, 2),
                ])),
                0,
                2,
            ),
        ])),
        0,
        2,
    ),
];

const VOTE_RESPONSE: &[Field] = &[
    Field::new("error_code", Kind::Integer(2), 0, 2),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_name", Kind::String, 0, 2),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition_index", Kind::Integer(4), 0, 2),
                    Field::new("error_code", Kind::Integer(2), 0, 2),
                    Field::new("leader_id", Kind::Integer(4), 0, 2),
                    Field::new("leader_epoch", Kind::Integer(4), 0, 2),
                    Field::new("vote_granted", Kind::Bool, 0, 2),
                ])),
                0,
                2,
            ),
        ])),
        0,
        2,
    ),
    Field::new(
        "node_endpoints",
        Kind::Array(&Kind::Structure(&[
            Field::new("node_id", Kind::Integer(4), 1, 2),
            Field::new("host", Kind::String, 1, 2),
            Field::new("port", Kind::Integer(2), 1, 2),
        ])),
        1,
        2,
    )
    .tag(0),
];

const WRITE_SHARE_GROUP_STATE_REQUEST: &[Field] = &[
    Field::new("group_id", Kind::String, 0, 1),
    Field::new(
        "topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_id", Kind::Uuid, 0, 1),
            Field::new(
                "partitions",
                Kind::Array(&Kind::Structure(&[
                    Field::new("partition", Kind::Integer(4), 0, 1),
                    Field::new("state_epoch", Kind::Integer(4), 0, 1),
                    Field::new("leader_epoch", Kind::Integer(4), 0, 1),
                    Field::new("start_offset", Kind::Integer(8), 0, 1),
                    Field::new("delivery_complete_count", Kind::Integer(4), 1, 1)
                        .default(Default::Integer(-1)),
                    Field::new(
                        "state_batches",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("first_offset", Kind::Integer(8), 0, 1),
                            Field::new("last_offset", Kind::Integer(8), 0, 1),
                            Field::new("delivery_state", Kind::Integer(1), 0, 1),
                            Field::new("delivery_count", Kind::Integer(2), 0, 1),
                        ])),
                        0,
                        1,
                    ),
                ])),
                0,
                1,
            ),
        ])),
        0,
        1,
    ),
];

const WRITE_SHARE_GROUP_STATE_RESPONSE: &[Field] = &[Field::new(
    "results",
    Kind::Array(&Kind::Structure(&[
        Field::new("topic_id", Kind::Uuid, 0, 1),
        Field::new(
            "partitions",
            Kind::Array(&Kind::Structure(&[
                Field::new("partition", Kind::Integer(4), 0, 1),
                Field::new("error_code", Kind::Integer(2), 0, 1),
                Field::new("error_message", Kind::String, 0, 1)
                    .nullable(0, 1)
                    .default(Default::Null),
            ])),
            0,
            1,
        ),
    ])),
    0,
    1,
)];

const WRITE_TXN_MARKERS_REQUEST: &[Field] = &[Field::new(
    "markers",
    Kind::Array(&Kind::Structure(&[
        Field::new("producer_id", Kind::Integer(8), 1, 2),
        Field::new("producer_epoch", Kind::Integer(2), 1, 2),
        Field::new("transaction_result", Kind::Bool, 1, 2),
        Field::new(
            "topics",
            Kind::Array(&Kind::Structure(&[
                Field::new("name", Kind::String, 1, 2),
                Field::new("partition_indexes", Kind::Array(&Kind::Integer(4)), 1, 2),
            ])),
            1,
            2,
        ),
        Field::new("coordinator_epoch", Kind::Integer(4), 1, 2),
        Field::new("transaction_version", Kind::Integer(1), 2, 2),
    ])),
    1,
    2,
)];

const WRITE_TXN_MARKERS_RESPONSE: &[Field] = &[Field::new(
    "markers",
    Kind::Array(&Kind::Structure(&[
        Field::new("producer_id", Kind::Integer(8), 1, 2),
        Field::new(
            "topics",
            Kind::Array(&Kind::Structure(&[
                Field::new("name", Kind::String, 1, 2),
                Field::new(
                    "partitions",
                    Kind::Array(&Kind::Structure(&[
                        Field::new("partition_index", Kind::Integer(4), 1, 2),
                        Field::new("error_code", Kind::Integer(2), 1, 2),
                    ])),
                    1,
                    2,
                ),
            ])),
            1,
            2,
        ),
    ])),
    1,
    2,
)];

const CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT_KEY: &[Field] =
    &[Field::new("group_id", Kind::String, 0, 0), Field::new("member_id", Kind::String, 0, 0)];

const CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT_VALUE: &[Field] = &[
    Field::new("member_epoch", Kind::Integer(4), 0, 0),
    Field::new("previous_member_epoch", Kind::Integer(4), 0, 0),
    Field::new("state", Kind::Integer(1), 0, 0),
    Field::new(
        "assigned_partitions",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_id", Kind::Uuid, 0, 0),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
            Field::new("assignment_epochs", Kind::Array(&Kind::Integer(4)), 0, 0)
                .nullable(0, 0)
                .tag(0),
        ])),
        0,
        0,
    ),
    Field::new(
        "partitions_pending_revocation",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_id", Kind::Uuid, 0, 0),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
            Field::new("assignment_epochs", Kind::Array(&Kind::Integer(4)), 0, 0)
                .nullable(0, 0)
                .tag(0),
        ])),
        0,
        0,
    ),
];

const CONSUMER_GROUP_MEMBER_METADATA_KEY: &[Field] =
    &[Field::new("group_id", Kind::String, 0, 0), Field::new("member_id", Kind::String, 0, 0)];

const CONSUMER_GROUP_MEMBER_METADATA_VALUE: &[Field] = &[
    Field::new("instance_id", Kind::String, 0, 0).nullable(0, 0),
    Field::new("rack_id", Kind::String, 0, 0).nullable(0, 0),
    Field::new("client_id", Kind::String, 0, 0),
    Field::new("client_host", Kind::String, 0, 0),
    Field::new("subscribed_topic_names", Kind::Array(&Kind::String), 0, 0),
    Field::new("subscribed_topic_regex", Kind::String, 0, 0).nullable(0, 0),
    Field::new("rebalance_timeout_ms", Kind::Integer(4), 0, 0).default(Default::Integer(-1)),
    Field::new("server_assignor", Kind::String, 0, 0).nullable(0, 0),
    Field::new(
        "classic_member_metadata",
        Kind::Structure(&[
            Field::new("session_timeout_ms", Kind::Integer(4), 0, 0),
            Field::new(
                "supported_protocols",
                Kind::Array(&Kind::Structure(&[
                    Field::new("name", Kind::String, 0, 0),
                    Field::new("metadata", Kind::Bytes, 0, 0),
                ])),
                0,
                0,
            ),
        ]),
        0,
        0,
    )
    .nullable(0, 0)
    .tag(0),
];

const CONSUMER_GROUP_METADATA_KEY: &[Field] = &[Field::new("group_id", Kind::String, 0, 0)];

const CONSUMER_GROUP_METADATA_VALUE: &[Field] = &[
    Field::new("epoch", Kind::Integer(4), 0, 0),
    Field::new("metadata_hash", Kind::Integer(8), 0, 0).tag(0),
];

const CONSUMER_GROUP_PARTITION_METADATA_KEY: &[Field] =
    &[Field::new("group_id", Kind::String, 0, 0)];

const CONSUMER_GROUP_PARTITION_METADATA_VALUE: &[Field] = &[Field::new(
    "topics",
    Kind::Array(&Kind::Structure(&[
        Field::new("topic_id", Kind::Uuid, 0, 0),
        Field::new("topic_name", Kind::String, 0, 0),
        Field::new("num_partitions", Kind::Integer(4), 0, 0),
        Field::new(
            "partition_metadata",
            Kind::Array(&Kind::Structure(&[
                Field::new("partition", Kind::Integer(4), 0, 0),
                Field::new("racks", Kind::Array(&Kind::String), 0, 0),
            ])),
            0,
            0,
        ),
    ])),
    0,
    0,
)];

const CONSUMER_GROUP_REGULAR_EXPRESSION_KEY: &[Field] = &[
    Field::new("group_id", Kind::String, 0, 0),
    Field::new("regular_expression", Kind::String, 0, 0),
];

const CONSUMER_GROUP_REGULAR_EXPRESSION_VALUE: &[Field] = &[
    Field::new("topics", Kind::Array(&Kind::String), 0, 0),
    Field::new("version", Kind::Integer(8), 0, 0),
    Field::new("timestamp", Kind::Integer(8), 0, 0),
];

const CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER_KEY: &[Field] =
    &[Field::new("group_id", Kind::String, 0, 0), Field::new("member_id", Kind::String, 0, 0)];

const CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER_VALUE: &[Field] = &[Field::new(
    "topic_partitions",
    Kind::Array(&Kind::Structure(&[
        Field::new("topic_id", Kind::Uuid, 0, 0),
        Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
    ])),
    0,
    0,
)];

const CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA_KEY: &[Field] =
    &[Field::new("group_id", Kind::String, 0, 0)];

const CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA_VALUE: &[Field] = &[
    Field::new("assignment_epoch", Kind::Integer(4), 0, 0),
    Field::new("assignment_timestamp", Kind::Integer(8), 0, 0).tag(0),
];

const GROUP_METADATA_KEY: &[Field] = &[Field::new("group", Kind::String, 0, 0)];

const GROUP_METADATA_VALUE: &[Field] = &[
    Field::new("protocol_type", Kind::String, 0, 4),
    Field::new("generation", Kind::Integer(4), 0, 4),
    Field::new("protocol", Kind::String, 0, 4).nullable(0, 4),
    Field::new("leader", Kind::String, 0, 4).nullable(0, 4),
    Field::new("current_state_timestamp", Kind::Integer(8), 2, 4).default(Default::Integer(-1)),
    Field::new(
        "members",
        Kind::Array(&Kind::Structure(&[
            Field::new("member_id", Kind::String, 0, 4),
            Field::new("group_instance_id", Kind::String, 3, 4)
                .nullable(3, 4)
                .default(Default::Null),
            Field::new("client_id", Kind::String, 0, 4),
            Field::new("client_host", Kind::String, 0, 4),
            Field::new("rebalance_timeout", Kind::Integer(4), 1, 4).default(Default::Integer(-1)),
            Field::new("session_timeout", Kind::Integer(4), 0, 4),
            Field::new("subscription", Kind::Bytes, 0, 4),
            Field::new("assignment", Kind::Bytes, 0, 4),
        ])),
        0,
        4,
    ),
];

const LEGACY_OFFSET_COMMIT_KEY: &[Field] = &[
    Field::new("group", Kind::String, 0, 0),
    Field::new("topic", Kind::String, 0, 0),
    Field::new("partition", Kind::Integer(4), 0, 0),
];

const LEGACY_OFFSET_COMMIT_VALUE: &[Field] = &[
    Field::new("offset", Kind::Integer(8), 0, 0),
    Field::new("metadata", Kind::String, 0, 0),
    Field::new("commit_timestamp", Kind::Integer(8), 0, 0),
];

const OFFSET_COMMIT_KEY: &[Field] = &[
    Field::new("group", Kind::String, 0, 0),
    Field::new("topic", Kind::String, 0, 0),
    Field::new("partition", Kind::Integer(4), 0, 0),
];

const OFFSET_COMMIT_VALUE: &[Field] = &[
    Field::new("offset", Kind::Integer(8), 0, 4),
    Field::new("leader_epoch", Kind::Integer(4), 3, 4).default(Default::Integer(-1)),
    Field::new("metadata", Kind::String, 0, 4),
    Field::new("commit_timestamp", Kind::Integer(8), 0, 4),
    Field::new("expire_timestamp", Kind::Integer(8), 1, 1).default(Default::Integer(-1)),
    Field::new("topic_id", Kind::Uuid, 4, 4).tag(0),
];

const SHARE_GROUP_CURRENT_MEMBER_ASSIGNMENT_KEY: &[Field] =
    &[Field::new("group_id", Kind::String, 0, 0), Field::new("member_id", Kind::String, 0, 0)];

const SHARE_GROUP_CURRENT_MEMBER_ASSIGNMENT_VALUE: &[Field] = &[
    Field::new("member_epoch", Kind::Integer(4), 0, 0),
    Field::new("previous_member_epoch", Kind::Integer(4), 0, 0),
    Field::new("state", Kind::Integer(1), 0, 0),
    Field::new(
        "assigned_partitions",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_id", Kind::Uuid, 0, 0),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
        ])),
        0,
        0,
    ),
];

const SHARE_GROUP_MEMBER_METADATA_KEY: &[Field] =
    &[Field::new("group_id", Kind::String, 0, 0), Field::new("member_id", Kind::String, 0, 0)];

const SHARE_GROUP_MEMBER_METADATA_VALUE: &[Field] = &[
    Field::new("rack_id", Kind::String, 0, 0).nullable(0, 0),
    Field::new("client_id", Kind::String, 0, 0),
    Field::new("client_host", Kind::String, 0, 0),
    Field::new("subscribed_topic_names", Kind::Array(&Kind::String), 0, 0),
];

const SHARE_GROUP_METADATA_KEY: &[Field] = &[Field::new("group_id", Kind::String, 0, 0)];

const SHARE_GROUP_METADATA_VALUE: &[Field] = &[
    Field::new("epoch", Kind::Integer(4), 0, 0),
    Field::new("metadata_hash", Kind::Integer(8), 0, 0),
];

const SHARE_GROUP_STATE_PARTITION_METADATA_KEY: &[Field] =
    &[Field::new("group_id", Kind::String, 0, 0)];

const SHARE_GROUP_STATE_PARTITION_METADATA_VALUE: &[Field] = &[
    Field::new(
        "initializing_topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_id", Kind::Uuid, 0, 0),
            Field::new("topic_name", Kind::String, 0, 0),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
        ])),
        0,
        0,
    ),
    Field::new(
        "initialized_topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_id", Kind::Uuid, 0, 0),
            Field::new("topic_name", Kind::String, 0, 0),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
        ])),
        0,
        0,
    ),
    Field::new(
        "deleting_topics",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic_id", Kind::Uuid, 0, 0),
            Field::new("topic_name", Kind::String, 0, 0),
        ])),
        0,
        0,
    ),
];

const SHARE_GROUP_TARGET_ASSIGNMENT_MEMBER_KEY: &[Field] =
    &[Field::new("group_id", Kind::String, 0, 0), Field::new("member_id", Kind::String, 0, 0)];

const SHARE_GROUP_TARGET_ASSIGNMENT_MEMBER_VALUE: &[Field] = &[Field::new(
    "topic_partitions",
    Kind::Array(&Kind::Structure(&[
        Field::new("topic_id", Kind::Uuid, 0, 0),
        Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
    ])),
    0,
    0,
)];

const SHARE_GROUP_TARGET_ASSIGNMENT_METADATA_KEY: &[Field] =
    &[Field::new("group_id", Kind::String, 0, 0)];

const SHARE_GROUP_TARGET_ASSIGNMENT_METADATA_VALUE: &[Field] = &[
    Field::new("assignment_epoch", Kind::Integer(4), 0, 0),
    Field::new("assignment_timestamp", Kind::Integer(8), 0, 0).tag(0),
];

const STREAMS_GROUP_CURRENT_MEMBER_ASSIGNMENT_KEY: &[Field] =
    &[Field::new("group_id", Kind::String, 0, 0), Field::new("member_id", Kind::String, 0, 0)];

const STREAMS_GROUP_CURRENT_MEMBER_ASSIGNMENT_VALUE: &[Field] = &[
    Field::new("member_epoch", Kind::Integer(4), 0, 0),
    Field::new("previous_member_epoch", Kind::Integer(4), 0, 0),
    Field::new("state", Kind::Integer(1), 0, 0),
    Field::new(
        "active_tasks",
        Kind::Array(&Kind::Structure(&[
            Field::new("subtopology_id", Kind::String, 0, 0),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
            Field::new("assignment_epochs", Kind::Array(&Kind::Integer(4)), 0, 0)
                .nullable(0, 0)
                .tag(0),
        ])),
        0,
        0,
    ),
    Field::new(
        "standby_tasks",
        Kind::Array(&Kind::Structure(&[
            Field::new("subtopology_id", Kind::String, 0, 0),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
            Field::new("assignment_epochs", Kind::Array(&Kind::Integer(4)), 0, 0)
                .nullable(0, 0)
                .tag(0),
        ])),
        0,
        0,
    ),
    Field::new(
        "warmup_tasks",
        Kind::Array(&Kind::Structure(&[
            Field::new("subtopology_id", Kind::String, 0, 0),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
            Field::new("assignment_epochs", Kind::Array(&Kind::Integer(4)), 0, 0)
                .nullable(0, 0)
                .tag(0),
        ])),
        0,
        0,
    ),
    Field::new(
        "active_tasks_pending_revocation",
        Kind::Array(&Kind::Structure(&[
            Field::new("subtopology_id", Kind::String, 0, 0),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
            Field::new("assignment_epochs", Kind::Array(&Kind::Integer(4)), 0, 0)
                .nullable(0, 0)
                .tag(0),
        ])),
        0,
        0,
    ),
    Field::new(
        "standby_tasks_pending_revocation",
        Kind::Array(&Kind::Structure(&[
            Field::new("subtopology_id", Kind::String, 0, 0),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
            Field::new("assignment_epochs", Kind::Array(&Kind::Integer(4)), 0, 0)
                .nullable(0, 0)
                .tag(0),
        ])),
        0,
        0,
    ),
    Field::new(
        "warmup_tasks_pending_revocation",
        Kind::Array(&Kind::Structure(&[
            Field::new("subtopology_id", Kind::String, 0, 0),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
            Field::new("assignment_epochs", Kind::Array(&Kind::Integer(4)), 0, 0)
                .nullable(0, 0)
                .tag(0),
        ])),
        0,
        0,
    ),
];

const STREAMS_GROUP_MEMBER_METADATA_KEY: &[Field] =
    &[Field::new("group_id", Kind::String, 0, 0), Field::new("member_id", Kind::String, 0, 0)];

const STREAMS_GROUP_MEMBER_METADATA_VALUE: &[Field] = &[
    Field::new("instance_id", Kind::String, 0, 0).nullable(0, 0),
    Field::new("rack_id", Kind::String, 0, 0).nullable(0, 0),
    Field::new("client_id", Kind::String, 0, 0),
    Field::new("client_host", Kind::String, 0, 0),
    Field::new("rebalance_timeout_ms", Kind::Integer(4), 0, 0).default(Default::Integer(-1)),
    Field::new("topology_epoch", Kind::Integer(4), 0, 0),
    Field::new("process_id", Kind::String, 0, 0),
    Field::new(
        "user_endpoint",
        Kind::Structure(&[
            Field::new("host", Kind::String, 0, 0),
            Field::new("port", Kind::Integer(2), 0, 0),
        ]),
        0,
        0,
    )
    .nullable(0, 0)
    .default(Default::Null),
    Field::new(
        "client_tags",
        Kind::Array(&Kind::Structure(&[
            Field::new("key", Kind::String, 0, 0),
            Field::new("value", Kind::String, 0, 0),
        ])),
        0,
        0,
    ),
];

const STREAMS_GROUP_METADATA_KEY: &[Field] = &[Field::new("group_id", Kind::String, 0, 0)];

const STREAMS_GROUP_METADATA_VALUE: &[Field] = &[
    Field::new("epoch", Kind::Integer(4), 0, 0),
    Field::new("metadata_hash", Kind::Integer(8), 0, 0),
    Field::new("validated_topology_epoch", Kind::Integer(4), 0, 0)
        .tag(0)
        .default(Default::Integer(-1)),
    Field::new(
        "last_assignment_configs",
        Kind::Array(&Kind::Structure(&[
            Field::new("key", Kind::String, 0, 0),
            Field::new("value", Kind::String, 0, 0),
        ])),
        0,
        0,
    )
    .nullable(0, 0)
    .tag(1),
];

const STREAMS_GROUP_TARGET_ASSIGNMENT_MEMBER_KEY: &[Field] =
    &[Field::new("group_id", Kind::String, 0, 0), Field::new("member_id", Kind::String, 0, 0)];

const STREAMS_GROUP_TARGET_ASSIGNMENT_MEMBER_VALUE: &[Field] = &[
    Field::new(
        "active_tasks",
        Kind::Array(&Kind::Structure(&[
            Field::new("subtopology_id", Kind::String, 0, 0),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
        ])),
        0,
        0,
    ),
    Field::new(
        "standby_tasks",
        Kind::Array(&Kind::Structure(&[
            Field::new("subtopology_id", Kind::String, 0, 0),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
        ])),
        0,
        0,
    ),
    Field::new(
        "warmup_tasks",
        Kind::Array(&Kind::Structure(&[
            Field::new("subtopology_id", Kind::String, 0, 0),
            Field::new("partitions", Kind::Array(&Kind::Integer(4)), 0, 0),
        ])),
        0,
        0,
    ),
];

const STREAMS_GROUP_TARGET_ASSIGNMENT_METADATA_KEY: &[Field] =
    &[Field::new("group_id", Kind::String, 0, 0)];

const STREAMS_GROUP_TARGET_ASSIGNMENT_METADATA_VALUE: &[Field] = &[
    Field::new("assignment_epoch", Kind::Integer(4), 0, 0),
    Field::new("assignment_timestamp", Kind::Integer(8), 0, 0).tag(0),
];

const STREAMS_GROUP_TOPOLOGY_KEY: &[Field] = &[Field::new("group_id", Kind::String, 0, 0)];

const STREAMS_GROUP_TOPOLOGY_VALUE: &[Field] = &[
    Field::new("epoch", Kind::Integer(4), 0, 0),
    Field::new(
        "subtopologies",
        Kind::Array(&Kind::Structure(&[
            Field::new("subtopology_id", Kind::String, 0, 0),
            Field::new("source_topics", Kind::Array(&Kind::String), 0, 0),
            Field::new("source_topic_regex", Kind::Array(&Kind::String), 0, 0),
            Field::new(
                "state_changelog_topics",
                Kind::Array(&Kind::Structure(&[
                    Field::new("name", Kind::String, 0, 0),
                    Field::new("partitions", Kind::Integer(4), 0, 0),
                    Field::new("replication_factor", Kind::Integer(2), 0, 0),
                    Field::new(
                        "topic_configs",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("key", Kind::String, 0, 0),
                            Field::new("value", Kind::String, 0, 0),
                        ])),
                        0,
                        0,
                    ),
                ])),
                0,
                0,
            ),
            Field::new("repartition_sink_topics", Kind::Array(&Kind::String), 0, 0),
            Field::new(
                "repartition_source_topics",
                Kind::Array(&Kind::Structure(&[
                    Field::new("name", Kind::String, 0, 0),
                    Field::new("partitions", Kind::Integer(4), 0, 0),
                    Field::new("replication_factor", Kind::Integer(2), 0, 0),
                    Field::new(
                        "topic_configs",
                        Kind::Array(&Kind::Structure(&[
                            Field::new("key", Kind::String, 0, 0),
                            Field::new("value", Kind::String, 0, 0),
                        ])),
                        0,
                        0,
                    ),
                ])),
                0,
                0,
            ),
            Field::new(
                "copartition_groups",
                Kind::Array(&Kind::Structure(&[
                    Field::new("source_topics", Kind::Array(&Kind::Integer(2)), 0, 0),
                    Field::new("source_topic_regex", Kind::Array(&Kind::Integer(2)), 0, 0),
                    Field::new("repartition_source_topics", Kind::Array(&Kind::Integer(2)), 0, 0),
                ])),
                0,
                0,
            ),
        ])),
        0,
        0,
    ),
];

const TRANSACTION_LOG_KEY: &[Field] = &[Field::new("transactional_id", Kind::String, 0, 0)];

const TRANSACTION_LOG_VALUE: &[Field] = &[
    Field::new("producer_id", Kind::Integer(8), 0, 1),
    Field::new("previous_producer_id", Kind::Integer(8), 1, 1).tag(0).default(Default::Integer(-1)),
    Field::new("next_producer_id", Kind::Integer(8), 1, 1).tag(1).default(Default::Integer(-1)),
    Field::new("producer_epoch", Kind::Integer(2), 0, 1),
    Field::new("next_producer_epoch", Kind::Integer(2), 1, 1).tag(3).default(Default::Integer(-1)),
    Field::new("transaction_timeout_ms", Kind::Integer(4), 0, 1),
    Field::new("transaction_status", Kind::Integer(1), 0, 1),
    Field::new(
        "transaction_partitions",
        Kind::Array(&Kind::Structure(&[
            Field::new("topic", Kind::String, 0, 1),
            Field::new("partition_ids", Kind::Array(&Kind::Integer(4)), 0, 1),
        ])),
        0,
        1,
    )
    .nullable(0, 1),
    Field::new("transaction_last_update_timestamp_ms", Kind::Integer(8), 0, 1),
    Field::new("transaction_start_timestamp_ms", Kind::Integer(8), 0, 1),
    Field::new("client_transaction_version", Kind::Integer(2), 1, 1).tag(2),
];

const SHARE_SNAPSHOT_KEY: &[Field] = &[
    Field::new("group_id", Kind::String, 0, 0),
    Field::new("topic_id", Kind::Uuid, 0, 0),
    Field::new("partition", Kind::Integer(4), 0, 0),
];

const SHARE_SNAPSHOT_VALUE: &[Field] = &[
    Field::new("snapshot_epoch", Kind::Integer(4), 0, 0),
    Field::new("state_epoch", Kind::Integer(4), 0, 0),
    Field::new("leader_epoch", Kind::Integer(4), 0, 0),
    Field::new("start_offset", Kind::Integer(8), 0, 0),
    Field::new("delivery_complete_count", Kind::Integer(4), 0, 0)
        .tag(0)
        .default(Default::Integer(-1)),
    Field::new("create_timestamp", Kind::Integer(8), 0, 0),
    Field::new("write_timestamp", Kind::Integer(8), 0, 0),
    Field::new(
        "state_batches",
        Kind::Array(&Kind::Structure(&[
            Field::new("first_offset", Kind::Integer(8), 0, 0),
            Field::new("last_offset", Kind::Integer(8), 0, 0),
            Field::new("delivery_state", Kind::Integer(1), 0, 0),
            Field::new("delivery_count", Kind::Integer(2), 0, 0),
        ])),
        0,
        0,
    ),
];

const SHARE_UPDATE_KEY: &[Field] = &[
    Field::new("group_id", Kind::String, 0, 0),
    Field::new("topic_id", Kind::Uuid, 0, 0),
    Field::new("partition", Kind::Integer(4), 0, 0),
];

const SHARE_UPDATE_VALUE: &[Field] = &[
    Field::new("snapshot_epoch", Kind::Integer(4), 0, 0),
    Field::new("leader_epoch", Kind::Integer(4), 0, 0),
    Field::new("start_offset", Kind::Integer(8), 0, 0),
    Field::new("delivery_complete_count", Kind::Integer(4), 0, 0)
        .tag(0)
        .default(Default::Integer(-1)),
    Field::new(
        "state_batches",
        Kind::Array(&Kind::Structure(&[
            Field::new("first_offset", Kind::Integer(8), 0, 0),
            Field::new("last_offset", Kind::Integer(8), 0, 0),
            Field::new("delivery_state", Kind::Integer(1), 0, 0),
            Field::new("delivery_count", Kind::Integer(2), 0, 0),
        ])),
        0,
        0,
    ),
];
