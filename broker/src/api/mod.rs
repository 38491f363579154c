//! Kafka's APIs: one file each, and the way from a frame to the right one.
//!
//! ```text
//!   RequestFrame ─► header ─► RequestContext ─► dispatch ─► <api>::handle ─► Outcome
//! ```
//!
//! To add an API: a file with `handle`, a line in `served::SERVED`, an arm in `dispatch`. It
//! knows no sockets; a body that cannot be read closes the connection, as Kafka does.

mod alter_configs;
mod answer_room;
mod api_versions;
mod cluster_view;
mod config_alteration;
mod config_change;
mod config_resource;
mod config_value;
mod context;
mod create_partitions;
mod create_topics;
mod delete_groups;
mod delete_records;
mod delete_topics;
mod describe_cluster;
mod describe_configs;
mod describe_groups;
mod error_code;
mod fetch;
mod find_coordinator;
mod heartbeat;
mod incremental_alter_configs;
mod init_producer_id;
mod internal_topic;
mod join_group;
mod leave_group;
mod list_groups;
mod list_offsets;
mod metadata;
mod offset_commit;
mod offset_fetch;
mod offset_for_leader_epoch;
mod produce;
mod refusal;
mod replica_assignment;
mod served;
mod sync_group;
#[cfg(test)]
mod tests;
mod topic_creation;
mod topic_name;

use std::future::ready;
use std::sync::Arc;

use bytes::Bytes;
use penstock_wire::create_topics_request::CreateTopicsRequest;
use penstock_wire::describe_configs_request::DescribeConfigsRequest;
use penstock_wire::describe_groups_request::DescribeGroupsRequest;
use penstock_wire::find_coordinator_request::FindCoordinatorRequest;
use penstock_wire::list_groups_request::ListGroupsRequest;
use penstock_wire::metadata_request::MetadataRequest;
use penstock_wire::offset_fetch_request::OffsetFetchRequest;
use penstock_wire::{ApiKey, DecodeError, Message, Reader, Request, decode_request_header};
use tokio::time::Instant;

pub use context::RequestContext;
pub use fetch::Sessions as FetchSessions;
pub(crate) use topic_name::CONSUMER_OFFSETS;

use crate::broker::Broker;
use crate::net::limits::SMALL_REQUEST_BYTES_MAX;
use crate::net::{Admission, BytePermit, Handler, Outcome, RequestFrame, Response, Session};

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

    /// Exchanges the room of a request that may wait for long: however many do, the room for others
    /// is there. A small one is part of what every connection takes; `None` when there is no room
    /// for a larger one.
    fn wait_elsewhere(&self, permit: BytePermit, frame: &Bytes) -> Option<Option<BytePermit>> {
        drop(permit);
        if frame.len() <= SMALL_REQUEST_BYTES_MAX {
            return Some(None);
        }
        self.broker.waiting.try_acquire(frame.len()).map(Some)
    }

    /// `frame` is what `body` is read from; Produce takes the records out of it.
    async fn dispatch(
        &self,
        session: &mut Session,
        mut context: RequestContext,
        mut body: Reader,
        frame: Bytes,
        permit: BytePermit,
    ) -> Result<Outcome, DecodeError> {
        if context.api_key == ApiKey::Fetch {
            let request = decode(&context, &mut body)?;
            // The last slices of the frame but for the request itself.
            drop((body, frame, context.client_id.take()));
            let answer = fetch::answer(&self.broker, &context, request, permit).await;
            return Ok(Outcome::Respond(answer));
        }
        if context.api_key == ApiKey::Produce {
            return produce::begin(&self.broker, context, body, frame, permit).await;
        }
        let permit = match context.api_key {
            ApiKey::JoinGroup | ApiKey::SyncGroup => match self.wait_elsewhere(permit, &frame) {
                Some(waiting) => waiting,
                None => return Ok(Outcome::Close("too many large requests wait for their groups")),
            },
            _ => Some(permit),
        };
        let (broker, body, at) = (&self.broker, &mut body, &context);
        let answers = &broker.answers;
        let response = match context.api_key {
            ApiKey::ApiVersions => return api_versions::answer(session, at, body),
            ApiKey::ListOffsets => {
                respond(at, &list_offsets::handle(broker, at, decode(at, body)?).await)
            }
            ApiKey::OffsetForLeaderEpoch => {
                respond(at, &offset_for_leader_epoch::handle(broker, decode(at, body)?).await)
            }
            ApiKey::DeleteRecords => {
                respond(at, &delete_records::handle(broker, decode(at, body)?).await)
            }
            ApiKey::InitProducerId => {
                respond(at, &init_producer_id::handle(broker, decode(at, body)?).await)
            }
            ApiKey::Metadata => {
                let request: MetadataRequest = decode(at, body)?;
                let rows = request.topics.as_ref().map_or(0, Vec::len);
                let handle = || metadata::handle(broker, at, &request);
                return within(answer_room::answer(answers, at, rows, handle).await);
            }
            ApiKey::CreateTopics => {
                let request: CreateTopicsRequest = decode(at, body)?;
                let (rows, row_bytes) = (request.topics.len(), create_topics::ROW_BYTES);
                let Some(room) = answer_room::room_for(answers, rows, row_bytes).await else {
                    return within(None);
                };
                room.hold(respond(at, &create_topics::handle(broker, request).await))
            }
            ApiKey::DeleteTopics => {
                respond(at, &delete_topics::handle(broker, at, decode(at, body)?).await)
            }
            ApiKey::CreatePartitions => {
                respond(at, &create_partitions::handle(broker, decode(at, body)?).await)
            }
            ApiKey::DescribeCluster => {
                respond(at, &describe_cluster::handle(broker, at, &decode(at, body)?))
            }
            ApiKey::DescribeConfigs => {
                let request: DescribeConfigsRequest = decode(at, body)?;
                let rows = request.resources.len();
                let handle = || ready(describe_configs::handle(broker, &request));
                return within(answer_room::answer(answers, at, rows, handle).await);
            }
            ApiKey::AlterConfigs => {
                respond(at, &alter_configs::handle(broker, decode(at, body)?).await)
            }
            ApiKey::IncrementalAlterConfigs => {
                respond(at, &incremental_alter_configs::handle(broker, decode(at, body)?).await)
            }
            ApiKey::FindCoordinator => {
                let request: FindCoordinatorRequest = decode(at, body)?;
                let rows = request.coordinator_keys.len();
                let handle = || find_coordinator::handle(broker, at, &request);
                return within(answer_room::answer(answers, at, rows, handle).await);
            }
            ApiKey::JoinGroup => {
                respond(at, &join_group::handle(broker, at, decode(at, body)?).await)
            }
            ApiKey::SyncGroup => {
                respond(at, &sync_group::handle(broker, at, decode(at, body)?).await)
            }
            ApiKey::Heartbeat => respond(at, &heartbeat::handle(broker, decode(at, body)?).await),
            ApiKey::LeaveGroup => {
                respond(at, &leave_group::handle(broker, at, decode(at, body)?).await)
            }
            ApiKey::OffsetCommit => {
                respond(at, &offset_commit::handle(broker, at, decode(at, body)?).await)
            }
            ApiKey::OffsetFetch => {
                let request: OffsetFetchRequest = decode(at, body)?;
                let rows = offset_fetch::rows(&request);
                let handle = || offset_fetch::handle(broker, at, &request);
                return within(answer_room::answer(answers, at, rows, handle).await);
            }
            ApiKey::DescribeGroups => {
                let request: DescribeGroupsRequest = decode(at, body)?;
                let rows = request.groups.len();
                let handle = || describe_groups::handle(broker, at, &request);
                return within(answer_room::answer(answers, at, rows, handle).await);
            }
            ApiKey::ListGroups => {
                let request: ListGroupsRequest = decode(at, body)?;
                let handle = || ready(list_groups::handle(broker, &request));
                return within(answer_room::answer(answers, at, 0, handle).await);
            }
            ApiKey::DeleteGroups => {
                respond(at, &delete_groups::handle(broker, decode(at, body)?).await)
            }
            // `admit` lets only those through that `SERVED` names.
            other => unreachable!("{} is served without an arm here", other.name()),
        };
        let response = answer_room::charge(answers, response).await;
        drop(permit);
        Ok(Outcome::Respond(response))
    }
}

impl Handler for Api {
    fn admit(&self, api_key: i16, api_version: i16) -> Admission {
        match ApiKey::try_from(api_key) {
            Ok(ApiKey::ApiVersions) => Admission::Serve,
            Ok(api_key) if !served::is_served(api_key, api_version) => Admission::Close,
            Ok(ApiKey::Produce) => Admission::ServeBulk,
            Ok(ApiKey::Fetch | ApiKey::JoinGroup | ApiKey::SyncGroup) => Admission::ServeWaiting,
            Ok(_) => Admission::Serve,
            Err(_) => Admission::Close,
        }
    }

    async fn begin(&self, session: &mut Session, request: RequestFrame) -> Outcome {
        let started = Instant::now();
        let RequestFrame { api_key, bytes, permit, .. } = request;
        let mut reader = if api_key == ApiKey::Produce as i16 {
            Reader::of_records(bytes.clone())
        } else {
            Reader::new(bytes.clone())
        };
        let Ok(header) = decode_request_header(&mut reader) else {
            return Outcome::Close("malformed request header");
        };
        let context = RequestContext::new(session, header);
        let (api, peer) = (context.api_key.name(), context.peer);
        let outcome = match self.dispatch(session, context, reader, bytes, permit).await {
            Ok(outcome) => outcome,
            Err(error) => {
                tracing::debug!(%peer, api, %error, "malformed request");
                return Outcome::Close("malformed request");
            }
        };
        match outcome {
            Outcome::Later(answer) => {
                let broker = Arc::clone(&self.broker);
                Outcome::Later(Box::pin(async move {
                    let response = answer.await;
                    broker.metrics.request(api, started.elapsed());
                    response
                }))
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

/// Reads the request's body.
fn decode<R: Request>(context: &RequestContext, body: &mut Reader) -> Result<R, DecodeError> {
    R::decode(body, context.api_version)
}
