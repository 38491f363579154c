//! Kafka's APIs: one file each, and the way from a frame to the right one.
//!
//! ```text
//!   RequestFrame ─► header ─► RequestContext, RequestBody ─► dispatch ─► <api>::handle ─► Outcome
//! ```
//!
//! To add an API: a file with `handle`, a line in `served::SERVED`, an arm in `dispatch`. A request
//! keeps its room until it is answered; those that may wait for long, and Produce, say by themselves
//! how long they keep which part of it. It knows no sockets; a body that cannot be read closes the connection, as Kafka does.

mod add_raft_voter;
mod alter_configs;
mod alter_partition_reassignments;
mod alter_replica_log_dirs;
mod answer_room;
mod api_versions;
mod cluster_view;
mod config_alteration;
mod config_change;
mod config_resource;
mod context;
mod create_partitions;
mod create_topics;
mod delete_groups;
mod delete_records;
mod delete_topics;
mod describe_cluster;
mod describe_configs;
mod describe_groups;
mod describe_log_dirs;
mod describe_producers;
mod describe_quorum;
mod describe_topic_partitions;
mod elect_leaders;
mod error_code;
mod fetch;
mod find_coordinator;
mod get_telemetry_subscriptions;
mod heartbeat;
mod incremental_alter_configs;
mod init_producer_id;
mod internal_topic;
mod join_group;
mod leave_group;
mod list_config_resources;
mod list_groups;
mod list_offsets;
mod list_partition_reassignments;
mod log_dir;
mod metadata;
mod offset_commit;
mod offset_delete;
mod offset_fetch;
mod offset_for_leader_epoch;
mod partition_verdicts;
mod produce;
mod push_telemetry;
mod raft_voter;
mod refusal;
mod remove_raft_voter;
mod replica_assignment;
mod served;
mod side_by_side;
mod sync_group;
mod telemetry;
#[cfg(test)]
mod tests;
mod topic_creation;
mod topic_name;
mod topic_view;
mod unregister_broker;
mod update_features;

use std::future::ready;
use std::sync::Arc;

use bytes::Bytes;
use penstock_wire::create_topics_request::CreateTopicsRequest;
use penstock_wire::describe_configs_request::DescribeConfigsRequest;
use penstock_wire::describe_configs_response::DescribeConfigsResult;
use penstock_wire::describe_groups_request::DescribeGroupsRequest;
use penstock_wire::describe_groups_response::DescribedGroup;
use penstock_wire::describe_log_dirs_request::DescribeLogDirsRequest;
use penstock_wire::describe_producers_request::DescribeProducersRequest;
use penstock_wire::describe_topic_partitions_request::DescribeTopicPartitionsRequest;
use penstock_wire::elect_leaders_request::ElectLeadersRequest;
use penstock_wire::find_coordinator_request::FindCoordinatorRequest;
use penstock_wire::find_coordinator_response::Coordinator;
use penstock_wire::list_config_resources_request::ListConfigResourcesRequest;
use penstock_wire::list_groups_request::ListGroupsRequest;
use penstock_wire::list_groups_response::ListedGroup;
use penstock_wire::list_partition_reassignments_request::ListPartitionReassignmentsRequest;
use penstock_wire::metadata_request::MetadataRequest;
use penstock_wire::metadata_response::MetadataResponseTopic;
use penstock_wire::offset_fetch_request::OffsetFetchRequest;
use penstock_wire::offset_fetch_response::OffsetFetchResponsePartitions;
use penstock_wire::{ApiKey, DecodeError, Message, Reader, Request, decode_request_header};
use tokio::time::Instant;

pub use context::RequestContext;
pub use fetch::Sessions as FetchSessions;
pub(crate) use topic_name::{CONSUMER_OFFSETS, is_internal};

use self::answer_room::Rows;
use crate::broker::Broker;
use crate::net::{
    Admission, Handler, Outcome, RequestFrame, RequestKind, RequestRoom, Response, Session,
};

/// All APIs of a broker.
pub struct Api {
    broker: Arc<Broker>,
}

impl Api {
    /// The APIs of `broker`.
    #[must_use]
    pub fn new(broker: Arc<Broker>) -> Self {
        Self { broker }
    }

    async fn dispatch(
        &self,
        session: &mut Session,
        context: RequestContext,
        body: &mut RequestBody,
    ) -> Result<Outcome, DecodeError> {
        let (broker, at) = (&self.broker, &context);
        let answers = &broker.answers;
        let response = match context.api_key {
            ApiKey::ApiVersions => {
                return api_versions::answer(broker, session, at, &mut body.reader);
            }
            ApiKey::ListOffsets => {
                respond(at, &list_offsets::handle(broker, at, body.decode(at).await?).await)
            }
            ApiKey::OffsetForLeaderEpoch => {
                respond(at, &offset_for_leader_epoch::handle(broker, body.decode(at).await?).await)
            }
            ApiKey::DeleteRecords => {
                respond(at, &delete_records::handle(broker, body.decode(at).await?).await)
            }
            ApiKey::InitProducerId => {
                respond(at, &init_producer_id::handle(broker, body.decode(at).await?).await)
            }
            ApiKey::Metadata => {
                let request: MetadataRequest = body.decode(at).await?;
                let rows =
                    Rows::of::<MetadataResponseTopic>(request.topics.as_ref().map_or(0, Vec::len));
                let handle = || metadata::handle(broker, at, &request);
                return within(answer_room::answer(answers, at, rows, handle).await);
            }
            ApiKey::CreateTopics => {
                let request: CreateTopicsRequest = body.decode(at).await?;
                let told = create_topics::told(broker, at, &request);
                let rows = create_topics::rows(&request, told);
                let Some(room) = answer_room::room_for(answers, rows).await else {
                    return within(None);
                };
                room.hold(respond(at, &create_topics::handle(broker, request, told).await))
            }
            ApiKey::DeleteTopics => {
                respond(at, &delete_topics::handle(broker, at, body.decode(at).await?).await)
            }
            ApiKey::CreatePartitions => {
                respond(at, &create_partitions::handle(broker, body.decode(at).await?).await)
            }
            ApiKey::DescribeCluster => {
                respond(at, &describe_cluster::handle(broker, at, &body.decode(at).await?))
            }
            ApiKey::DescribeConfigs => {
                let request: DescribeConfigsRequest = body.decode(at).await?;
                let rows = Rows::of::<DescribeConfigsResult>(request.resources.len());
                let handle = || ready(describe_configs::handle(broker, &request));
                return within(answer_room::answer(answers, at, rows, handle).await);
            }
            ApiKey::AlterConfigs => {
                respond(at, &alter_configs::handle(broker, body.decode(at).await?).await)
            }
            ApiKey::IncrementalAlterConfigs => respond(
                at,
                &incremental_alter_configs::handle(broker, body.decode(at).await?).await,
            ),
            ApiKey::FindCoordinator => {
                let request: FindCoordinatorRequest = body.decode(at).await?;
                let rows = Rows::of::<Coordinator>(request.coordinator_keys.len());
                let handle = || find_coordinator::handle(broker, at, &request);
                return within(answer_room::answer(answers, at, rows, handle).await);
            }
            ApiKey::Heartbeat => {
                respond(at, &heartbeat::handle(broker, body.decode(at).await?).await)
            }
            ApiKey::LeaveGroup => {
                respond(at, &leave_group::handle(broker, at, body.decode(at).await?).await)
            }
            ApiKey::OffsetCommit => {
                respond(at, &offset_commit::handle(broker, at, body.decode(at).await?).await)
            }
            ApiKey::OffsetDelete => {
                respond(at, &offset_delete::handle(broker, body.decode(at).await?).await)
            }
            ApiKey::OffsetFetch => {
                let request: OffsetFetchRequest = body.decode(at).await?;
                let known = offset_fetch::known_bytes(broker, &request).await;
                let rows = Rows::of::<OffsetFetchResponsePartitions>(offset_fetch::rows(&request));
                let rows = rows.knowing(known);
                let handle = || offset_fetch::handle(broker, at, &request);
                return within(answer_room::answer(answers, at, rows, handle).await);
            }
            ApiKey::DescribeGroups => {
                let request: DescribeGroupsRequest = body.decode(at).await?;
                let known = describe_groups::known_bytes(broker, &request).await;
                let rows = Rows::of::<DescribedGroup>(request.groups.len()).knowing(known);
                let handle = || describe_groups::handle(broker, at, &request);
                return within(answer_room::answer(answers, at, rows, handle).await);
            }
            ApiKey::ListGroups => {
                let request: ListGroupsRequest = body.decode(at).await?;
                let known = list_groups::known_bytes(broker);
                let rows = Rows::of::<ListedGroup>(0).knowing(known);
                let handle = || list_groups::handle(broker, &request);
                return within(answer_room::answer(answers, at, rows, handle).await);
            }
            ApiKey::DeleteGroups => {
                respond(at, &delete_groups::handle(broker, body.decode(at).await?).await)
            }
            ApiKey::DescribeTopicPartitions => {
                let request: DescribeTopicPartitionsRequest = body.decode(at).await?;
                let rows = describe_topic_partitions::rows(broker, &request);
                let handle = || ready(describe_topic_partitions::handle(broker, &request));
                return within(answer_room::answer(answers, at, rows, handle).await);
            }
            ApiKey::DescribeLogDirs => {
                let request: DescribeLogDirsRequest = body.decode(at).await?;
                let rows = describe_log_dirs::rows(broker, &request);
                let handle = || ready(describe_log_dirs::handle(broker, &request));
                return within(answer_room::answer(answers, at, rows, handle).await);
            }
            ApiKey::AlterReplicaLogDirs => {
                respond(at, &alter_replica_log_dirs::handle(broker, body.decode(at).await?))
            }
            ApiKey::ElectLeaders => {
                let request: ElectLeadersRequest = body.decode(at).await?;
                let rows = elect_leaders::rows(broker, &request);
                let handle = || ready(elect_leaders::handle(broker, &request));
                return within(answer_room::answer(answers, at, rows, handle).await);
            }
            ApiKey::AlterPartitionReassignments => {
                respond(at, &alter_partition_reassignments::handle(broker, body.decode(at).await?))
            }
            ApiKey::ListPartitionReassignments => {
                let _: ListPartitionReassignmentsRequest = body.decode(at).await?;
                respond(at, &list_partition_reassignments::handle())
            }
            ApiKey::DescribeQuorum => {
                respond(at, &describe_quorum::handle(broker, at, &body.decode(at).await?))
            }
            ApiKey::UpdateFeatures => {
                respond(at, &update_features::handle(broker, at, &body.decode(at).await?).await)
            }
            ApiKey::DescribeProducers => {
                let request: DescribeProducersRequest = body.decode(at).await?;
                let rows = describe_producers::rows(broker, &request).await;
                let handle = || describe_producers::handle(broker, &request);
                return within(answer_room::answer(answers, at, rows, handle).await);
            }
            ApiKey::UnregisterBroker => {
                respond(at, &unregister_broker::handle(broker, &body.decode(at).await?))
            }
            ApiKey::GetTelemetrySubscriptions => {
                respond(at, &get_telemetry_subscriptions::handle(broker, &body.decode(at).await?))
            }
            ApiKey::PushTelemetry => {
                respond(at, &push_telemetry::handle(broker, &body.decode(at).await?))
            }
            ApiKey::ListConfigResources => {
                let request: ListConfigResourcesRequest = body.decode(at).await?;
                let rows = list_config_resources::rows(broker);
                let handle = || ready(list_config_resources::handle(broker, at, &request));
                return within(answer_room::answer(answers, at, rows, handle).await);
            }
            ApiKey::AddRaftVoter => {
                respond(at, &add_raft_voter::handle(broker, &body.decode(at).await?))
            }
            ApiKey::RemoveRaftVoter => {
                respond(at, &remove_raft_voter::handle(broker, &body.decode(at).await?))
            }
            // `admit` lets only those through that `SERVED` names, and `begin` takes the rest.
            other => unreachable!("{} is served without an arm here", other.name()),
        };
        Ok(Outcome::Respond(answer_room::charge(answers, response).await))
    }
}

impl Handler for Api {
    fn admit(&self, api_key: i16, api_version: i16) -> Admission {
        match ApiKey::try_from(api_key) {
            Ok(ApiKey::ApiVersions) => Admission::Serve(RequestKind::Ask),
            Ok(api_key) if !served::is_served(api_key, api_version) => Admission::Close,
            Ok(ApiKey::Produce) => Admission::Serve(RequestKind::Produce),
            Ok(ApiKey::Fetch | ApiKey::JoinGroup | ApiKey::SyncGroup) => {
                Admission::Serve(RequestKind::Wait)
            }
            Ok(_) => Admission::Serve(RequestKind::Ask),
            Err(_) => Admission::Close,
        }
    }

    async fn begin(&self, session: &mut Session, request: RequestFrame) -> Outcome {
        let started = Instant::now();
        let RequestFrame { bytes, room, .. } = request;
        let mut reader = Reader::with_allowance(bytes.clone(), room.decoded_bytes_max());
        let Ok(header) = decode_request_header(&mut reader) else {
            return Outcome::Close("malformed request header");
        };
        let context = RequestContext::new(session, header);
        let (api, peer) = (context.api_key.name(), context.peer);
        let mut body = RequestBody { reader, frame: bytes, room };
        let outcome = match context.api_key {
            ApiKey::Produce => produce::begin(&self.broker, context, body).await,
            ApiKey::Fetch => fetch::answer(&self.broker, context, body).await,
            ApiKey::JoinGroup => join_group::answer(&self.broker, context, body).await,
            ApiKey::SyncGroup => sync_group::answer(&self.broker, context, body).await,
            _ => self.dispatch(session, context, &mut body).await,
        };
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(error) => {
                tracing::debug!(%peer, api, %error, "malformed request");
                return Outcome::Close("malformed request");
            }
        };
        match outcome {
            Outcome::Later(answer, demand) => {
                let broker = Arc::clone(&self.broker);
                let timed = async move {
                    let response = answer.await;
                    broker.metrics.request(api, started.elapsed());
                    response
                };
                Outcome::Later(Box::pin(timed), demand)
            }
            outcome => {
                self.broker.metrics.request(api, started.elapsed());
                outcome
            }
        }
    }
}

/// The frame that answers the request of `context`. When the response cannot be expressed in the
/// request's version the handler has a bug; the client then loses its connection, and nobody else.
fn respond<M: Message>(context: &RequestContext, response: &M) -> Response {
    let frame = penstock_wire::encode_response(
        context.api_key,
        context.api_version,
        context.correlation_id,
        response,
    );
    match frame {
        Ok(chunks) => Response::new(chunks),
        Err(error) => {
            let version = context.api_version;
            tracing::error!(message = M::NAME, version, %error, "an answer cannot be expressed");
            debug_assert!(false, "{} v{version}: {error}", M::NAME);
            Response::default()
        }
    }
}

/// The answer to a question, if there was ever room for one.
#[expect(clippy::unnecessary_wraps, reason = "as the arms of `dispatch` want it")]
fn within(answer: Option<Response>) -> Result<Outcome, DecodeError> {
    let refused = Outcome::Close("it asks for more than there is memory to answer");
    Ok(answer.map_or(refused, Outcome::Respond))
}

/// The body of a request, and the room that it takes until it is dropped.
struct RequestBody {
    reader: Reader,
    /// What it is read from.
    frame: Bytes,
    room: RequestRoom,
}

impl RequestBody {
    /// Reads the body. It goes on in the room of what it became.
    async fn decode<R: Request>(&mut self, context: &RequestContext) -> Result<R, DecodeError> {
        let allowance = self.reader.allowance();
        let request = R::decode(&mut self.reader, context.api_version)?;
        self.room.was_decoded(allowance - self.reader.allowance()).await;
        Ok(request)
    }

    /// The room alone, where all that is needed of the request was copied.
    fn into_room(self) -> RequestRoom {
        self.room
    }
}
